#include <dragline/net/proxies/wire/http_connect.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

using dragline::condition;
using dragline::net::errc;
using dragline::net::http_connect;
using dragline::net::proxy_target;

namespace h1 = dragline::h1;

namespace {

proxy_target connect_target(const std::string& host = "a.test") {
    return proxy_target::make(host, 443).value();
}

struct answered {
    std::error_code ec;
    std::string left;
    int status = 0;
    bool done = false;

    bool operator==(const answered&) const = default;
};

answered answer(http_connect& client, std::string_view bytes, std::size_t split) {
    answered all;
    client.output_sent();
    for (const auto piece : {bytes.substr(0, split), bytes.substr(split)}) {
        const auto used = client.receive(piece);
        all.ec = used.error();
        if (!used) break;
        all.left += piece.substr(*used);
    }
    all.status = client.status();
    all.done = client.done();
    return all;
}

answered answer_anyhow(const std::string& bytes, const std::string& authorization = "") {
    http_connect first(connect_target(), authorization);
    const auto whole = answer(first, bytes, 0);
    for (std::size_t split = 1; split <= bytes.size(); ++split) {
        CAPTURE(split);
        http_connect client(connect_target(), authorization);
        CHECK(answer(client, bytes, split) == whole);
    }
    return whole;
}

}  // namespace

TEST_CASE("CONNECT names the target twice, and the authorization once", "[net][http_connect]") {
    CHECK(http_connect(connect_target()).output() ==
          "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n");
    CHECK(http_connect(connect_target("2001:db8::1"), "Basic YTpi").output() ==
          "CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443\r\nProxy-Authorization: Basic "
          "YTpi\r\n\r\n");
    for (const auto& bad : {std::string("Basic a\r\nX: y"), std::string("a\n"), std::string("a\0b", 3)}) {
        http_connect client(connect_target(), bad);
        CHECK(client.error() == errc::invalid_proxy);
        CHECK(client.output().empty());
        CHECK(client.wanted() == 0);
    }
}

TEST_CASE("the tunnel begins right behind the head of a 2xx, whatever that says", "[net][http_connect]") {
    for (const std::string head :
         {"HTTP/1.1 200 Connection established\r\n\r\n", "HTTP/1.0 200 OK\r\nProxy-Agent: x\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
          "HTTP/1.1 299 \r\nTransfer-Encoding: chunked\r\n\r\n",
          "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Wait\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"}) {
        CAPTURE(head);
        const auto got = answer_anyhow(head + "220 early\r\n");
        CHECK(!got.ec);
        CHECK(got.done);
        CHECK(got.left == "220 early\r\n");
        for (std::size_t size = 0; size < head.size(); ++size) {
            http_connect cut(connect_target());
            const auto part = answer(cut, std::string_view(head).substr(0, size), 0);
            CHECK((!part.done && !part.ec));
        }
    }
}

TEST_CASE("each refusal of an HTTP proxy is told apart", "[net][http_connect]") {
    const auto refused = [](int status, const std::string& authorization = "") {
        const auto got = answer_anyhow(
            "HTTP/1.1 " + std::to_string(status) + " No\r\nContent-Length: 2\r\n\r\nno", authorization);
        CHECK(got.status == status);
        CHECK(!got.done);
        CHECK(got.ec == condition::proxy_failed);
        return got.ec;
    };
    CHECK(refused(407) == errc::proxy_authentication_required);
    CHECK(refused(407, "Basic YTpi") == errc::proxy_authentication_refused);
    CHECK(refused(403) == errc::proxy_refused);
    CHECK(refused(302) == errc::proxy_refused);
    CHECK(refused(405) == errc::proxy_refused);
    CHECK(refused(502) == errc::proxy_host_unreachable);
    CHECK(refused(503) == errc::proxy_host_unreachable);
    CHECK(refused(504) == errc::proxy_target_timeout);
    CHECK(refused(500) == errc::proxy_failure);
    CHECK(refused(999) == errc::proxy_failure);
}

TEST_CASE("what a proxy wants to know stays to be read", "[net][http_connect]") {
    http_connect client(connect_target());
    const auto got = client.receive(
        "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"a\"\r\nproxy-authenticate: Digest "
        "realm=\"b\"\r\n\r\n");
    CHECK(got.error() == errc::proxy_authentication_required);
    CHECK(client.challenges() == std::vector<std::string>{"Basic realm=\"a\"", "Digest realm=\"b\""});
    CHECK(client.receive("HTTP/1.1 200 OK\r\n\r\n").error() == errc::proxy_authentication_required);
}

TEST_CASE("what is not HTTP is no answer of a proxy", "[net][http_connect]") {
    for (const std::string bytes :
         {"<html>hello</html>\r\n\r\n", "SSH-2.0-x\r\n", "\5\1\0", "HTTP/2 200\r\n\r\n",
          "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 200 OK\n\n", "HTTP/1.1 200 OK\r\n folded\r\n\r\n",
          "HTTP/1.1 101 Switching\r\n\r\n", "\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"}) {
        CAPTURE(bytes);
        CHECK(answer_anyhow(bytes).ec == errc::proxy_protocol_error);
    }
}

TEST_CASE("the answer of an HTTP proxy has limits", "[net][http_connect]") {
    const std::string begin = "HTTP/1.1 200 OK\r\n", end = "\r\n";
    const auto take = [&](const std::string& bytes, h1::head_limits limits = http_connect::default_limits()) {
        http_connect client(connect_target(), "", limits);
        const auto got = client.receive(bytes);
        CHECK(client.done() == !got.error());
        return got.error();
    };
    const auto size = begin.size() + end.size();
    CHECK(!take(begin + end, h1::head_limits().max_size(size)));
    CHECK(take(begin + end, h1::head_limits().max_size(size - 1)) == errc::proxy_limit_exceeded);
    std::string fields;
    for (int count = 0; count < 256; ++count) fields += "a: b\r\n";
    CHECK(!take(begin + fields + end));
    CHECK(take(begin + fields + "a: b\r\n" + end) == errc::proxy_limit_exceeded);
    CHECK(!take(begin + "a: " + std::string(16 * 1024 - 3, 'b') + "\r\n" + end));
    CHECK(take(begin + "a: " + std::string(16 * 1024 - 2, 'b') + "\r\n" + end) == errc::proxy_limit_exceeded);
    std::string interim;
    for (int count = 0; count < 32; ++count) interim += "HTTP/1.1 103 Early\r\n\r\n";
    CHECK(!take(interim + begin + end));
    CHECK(take(interim + "HTTP/1.1 103 Early\r\n\r\n" + begin + end) == errc::proxy_limit_exceeded);

    http_connect endless(connect_target());
    std::size_t sent = 0;
    std::error_code ec = endless.receive(begin).error();
    while (!ec && sent < 1024 * 1024) {
        ec = endless.receive("x: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n").error();
        sent += 35;
    }
    CHECK(ec == errc::proxy_limit_exceeded);
    CHECK(sent <= 64 * 1024);
}
