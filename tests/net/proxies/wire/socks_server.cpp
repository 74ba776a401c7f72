#include <dragline/net/proxies/wire/socks_server.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

using namespace std::string_literals;
using dragline::net::errc;
using dragline::net::proxy_target;
using dragline::net::socks5_client;
using dragline::net::socks5_server;
using dragline::net::socks_reply;

namespace {

const std::string ask_name = "\5\1\0\3\6a.test\1\xbb"s;

bool knows_me(std::string_view user, std::string_view password) {
    return user == "me" && password == "secret";
}

struct served {
    std::string answer;
    std::string left;
    std::error_code ec;
    bool request = false;

    bool operator==(const served&) const = default;
};

served serve(socks5_server& server, std::string_view from_client, std::size_t split) {
    served all;
    for (const auto piece : {from_client.substr(0, split), from_client.substr(split)}) {
        const auto used = server.receive(piece);
        all.ec = used.error();
        if (!used) break;
        all.left += piece.substr(*used);
    }
    all.answer = server.output();
    server.output_sent();
    all.request = server.has_request();
    return all;
}

template <class Make>
served serve_anyhow(Make make, const std::string& from_client) {
    socks5_server first = make();
    const auto whole = serve(first, from_client, 0);
    for (std::size_t split = 1; split <= from_client.size(); ++split) {
        CAPTURE(split);
        socks5_server server = make();
        CHECK(serve(server, from_client, split) == whole);
    }
    for (std::size_t size = 0; size + whole.left.size() < from_client.size(); ++size) {
        CAPTURE(size);
        socks5_server cut = make();
        const auto got = serve(cut, std::string_view(from_client).substr(0, size), 0);
        CHECK(!got.request);
        CHECK((!got.ec || got.ec == whole.ec));
    }
    return whole;
}

socks5_server open_server() { return socks5_server(); }
socks5_server guarded_server() { return socks5_server(&knows_me); }

}  // namespace

TEST_CASE("a SOCKS 5 server takes CONNECT to names and addresses, in every split", "[net][socks_server]") {
    const auto got = serve_anyhow(open_server, "\5\1\0"s + ask_name + "early");
    CHECK(got.answer == "\5\0"s);
    CHECK(got.request);
    CHECK(got.left == "early");
    for (const std::string host : {"a.test", "192.0.2.7", "2001:db8::1"}) {
        const auto target = proxy_target::make(host, 443).value();
        std::string asked = "\5\2\7\0\5\1\0"s;
        target.append_to(asked);
        auto server = open_server();
        CHECK(serve(server, asked, 0).request);
        CHECK(server.target() == target);
        server.reply(socks_reply::succeeded, proxy_target::make("127.0.0.1", 8080).value());
        CHECK(server.output() == "\5\0\0\1\x7f\0\0\1\x1f\x90"s);
        CHECK(server.done());
        CHECK(server.receive("tunnel").value() == 0);
        CHECK(server.wanted() == 0);
    }
}

TEST_CASE("a SOCKS 5 server with users wants a good one", "[net][socks_server]") {
    const auto good = serve_anyhow(guarded_server, "\5\2\0\2\1\2me\6secret"s + ask_name);
    CHECK(good.answer == "\5\2\1\0"s);
    CHECK(good.request);
    const auto bad = serve_anyhow(guarded_server, "\5\1\2\1\2me\5wrong"s + ask_name);
    CHECK(bad.answer == "\5\2\1\1"s);
    CHECK(bad.ec == errc::proxy_authentication_refused);
    const auto empty = serve_anyhow(guarded_server, "\5\1\2\1\0\0"s + ask_name);
    CHECK(empty.answer == "\5\2\1\1"s);
    for (const std::string& methods : {"\5\1\0"s, "\5\0"s, "\5\2\0\1"s}) {
        const auto without = serve_anyhow(guarded_server, methods + ask_name);
        CHECK(without.answer == "\5\xff"s);
        CHECK(without.ec == errc::proxy_authentication_required);
    }
    CHECK(serve_anyhow(open_server, "\5\1\2"s).answer == "\5\xff"s);
}

TEST_CASE("a SOCKS 5 server whose users cannot be looked up refuses, and says so", "[net][socks_server]") {
    socks5_server server(
        [](std::string_view, std::string_view) -> bool { throw std::runtime_error("down"); });
    CHECK(server.receive("\5\1\2"s).value() == 3);
    server.output_sent();
    CHECK_THROWS_AS(server.receive("\1\2me\6secret"s), std::runtime_error);
    CHECK(server.error() == dragline::errc::callback_failed);
    CHECK(server.output() == "\1\1"s);
    CHECK(server.wanted() == 0);
    CHECK(!server.has_request());
    CHECK(server.receive(ask_name).error() == dragline::errc::callback_failed);
}

TEST_CASE("a SOCKS 5 server reads users and passwords of up to 255 bytes", "[net][socks_server]") {
    for (const std::size_t size : {1, 254, 255}) {
        const std::string text(size, 'x');
        const auto take = [&](std::string_view user, std::string_view password) {
            return user == text && password == text;
        };
        socks5_server server(take);
        socks5_client client(proxy_target::make(text, 1).value(), text, text);
        while (!server.has_request()) {
            REQUIRE(server.receive(client.output()).value() == client.output().size());
            client.output_sent();
            REQUIRE(client.receive(server.output()).value() == server.output().size());
            server.output_sent();
        }
        CHECK(server.target().host() == text);
        server.reply(socks_reply::connection_refused);
        CHECK(client.receive(server.output()).error() == errc::proxy_connection_refused);
        CHECK(!server.done());
        CHECK(server.error() == errc::proxy_connection_refused);
    }
}

TEST_CASE("a SOCKS 5 server refuses what it does not do, and says so", "[net][socks_server]") {
    const std::string hello = "\5\1\0"s;
    for (const std::string& command : {"\2"s, "\3"s, "\0"s, "\xff"s}) {
        const auto got = serve_anyhow(open_server, hello + "\5" + command + "\0\1\x7f\0\0\1\0\1"s);
        CHECK(got.answer == "\5\0\5\7\0\1\0\0\0\0\0\0"s);
        CHECK(got.ec == errc::proxy_command_not_supported);
        CHECK(!got.request);
    }
    const auto type = serve_anyhow(open_server, hello + "\5\1\0\2\0"s);
    CHECK(type.answer == "\5\0\5\x8\0\1\0\0\0\0\0\0"s);
    CHECK(type.ec == errc::proxy_address_not_supported);
    for (const std::string& name : {"\0"s, "\3a b"s, "\3a\0b"s, "\4a\r\nb"s,
                                    "\x09"
                                    "1.2.3.4.5"s}) {
        CAPTURE(name);
        const auto got = serve_anyhow(open_server, hello + "\5\1\0\3"s + name + "\0\1"s);
        CHECK(got.answer == "\5\0\5\1\0\1\0\0\0\0\0\0"s);
        CHECK(got.ec == errc::proxy_protocol_error);
    }
}

TEST_CASE("a SOCKS 5 server tells strangers at once", "[net][socks_server]") {
    for (const std::string& input :
         {"GET / HTTP/1.1\r\n\r\n"s, "\4\1\0P\x7f\0\0\1\0"s, "\0\0"s, "\x16\3\1"s}) {
        CAPTURE(input);
        const auto got = serve_anyhow(open_server, input);
        CHECK(got.ec == errc::proxy_protocol_error);
        CHECK(got.answer.empty());
    }
    CHECK(serve_anyhow(open_server, "\5\1\0\4\1\0\1\0"s).ec == errc::proxy_protocol_error);
    CHECK(serve_anyhow(guarded_server, "\5\1\2\5\2me\6secret"s).ec == errc::proxy_protocol_error);
}

TEST_CASE("a reply that nobody asked for is none", "[net][socks_server]") {
    socks5_server server;
    server.reply(socks_reply::succeeded);
    CHECK(server.output().empty());
    CHECK(!server.done());
    REQUIRE(server.receive("\5\1\0"s + ask_name));
    server.output_sent();
    server.reply(socks_reply::succeeded);
    const std::string said(server.output());
    server.reply(socks_reply::general_failure);
    CHECK(server.output() == said);
    CHECK(server.done());
}
