#include <dragline/net/proxies/wire/socks.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

using namespace std::string_literals;
using dragline::condition;
using dragline::net::errc;
using dragline::net::make_socks_error;
using dragline::net::make_socks_reply;
using dragline::net::proxy_target;
using dragline::net::socks4a_client;
using dragline::net::socks5_client;
using dragline::net::socks_reply;

namespace {

proxy_target socks_target(const std::string& host, std::uint16_t port = 443) {
    return proxy_target::make(host, port).value();
}

struct spoken {
    std::string sent;  // by the client
    std::string left;  // bytes of the tunnel
    std::error_code ec;
    bool done = false;
};

// Gives the client what the proxy sends, in pieces that end at `split`.
template <class Client>
spoken speak(Client& client, std::string_view from_proxy, std::size_t split) {
    spoken all;
    const auto send = [&] {
        all.sent += client.output();
        client.output_sent();
    };
    send();
    for (const auto piece : {from_proxy.substr(0, split), from_proxy.substr(split)}) {
        if (all.ec) break;
        const auto used = client.receive(piece);
        send();
        all.ec = used.error();
        if (used) all.left += piece.substr(*used);
    }
    all.done = client.done();
    return all;
}

// The same whatever the split; cut short, it is neither done nor an error, and never wants a byte too many.
template <class Make>
spoken speak_anyhow(Make make, const std::string& from_proxy, std::size_t handshake) {
    auto whole_client = make();
    const auto whole = speak(whole_client, from_proxy, 0);
    for (std::size_t split = 1; split <= from_proxy.size(); ++split) {
        CAPTURE(split);
        auto client = make();
        const auto got = speak(client, from_proxy, split);
        CHECK((got.sent == whole.sent && got.left == whole.left && got.ec == whole.ec &&
               got.done == whole.done));
    }
    auto careful = make();
    std::size_t at = 0;
    while (careful.wanted() > 0 && at < from_proxy.size()) {
        const auto used = careful.receive(std::string_view(from_proxy).substr(at, careful.wanted()));
        if (!used) break;
        CHECK(*used > 0);
        at += *used;
        CHECK(at <= handshake);
        CHECK(careful.done() == (at == handshake && whole.done));
    }
    return whole;
}

const std::string socks5_good = "\5\0\0\1\x7f\0\0\1\x1f\x90"s;

}  // namespace

TEST_CASE("a proxy target is an address in any spelling, or a name", "[net][socks]") {
    using kind = proxy_target::kind;
    CHECK(socks_target("192.0.2.7").type() == kind::ipv4);
    CHECK(socks_target("192.0.2.7").to_string() == "192.0.2.7:443");
    CHECK(socks_target("127.1").host() == "127.0.0.1");
    CHECK(socks_target("0x7f000001").bytes() == "\x7f\0\0\1"s);
    CHECK(socks_target("2001:DB8::1").type() == kind::ipv6);
    CHECK(socks_target("[2001:DB8::1]").to_string() == "[2001:db8::1]:443");
    CHECK(socks_target("::ffff:1.2.3.4").bytes().size() == 16);
    CHECK(socks_target("a_b-c.Test").to_string() == "a_b-c.Test:443");
    CHECK(socks_target(std::string(255, 'a')).host().size() == 255);
    for (const std::string& bad :
         {""s, std::string(256, 'a'), "a b"s, "a\0b"s, "a\r\nb"s, "a/b"s, "u@h"s, "h:80"s, "fe80::1%lo"s,
          "1.2.3.4.5"s, "\xc3\xa4.test"s, "[a]"s, ":"s, "[]"s}) {
        CAPTURE(bad);
        CHECK(proxy_target::make(bad, 1).error() == errc::invalid_endpoint);
    }
    for (const std::string host : {"192.0.2.7", "2001:db8::1", "a.test"}) {
        std::string bytes;
        socks_target(host, 0xfe01).append_to(bytes);
        CHECK(proxy_target::parse(bytes).value() == socks_target(host, 0xfe01));
        for (std::size_t size = 0; size < bytes.size(); ++size)
            CHECK(!proxy_target::parse(bytes.substr(0, size)));
        CHECK(!proxy_target::parse(bytes + "a"));
    }
    CHECK(proxy_target::parse("\2abcd\0\1"s).error() == errc::proxy_address_not_supported);
    CHECK(proxy_target::parse("\3\0\0\1"s).error() == errc::proxy_protocol_error);
    CHECK(proxy_target::parse("\3\x09"
                              "127.0.0.1\0\1"s)
              .value() == socks_target("127.0.0.1", 1));
}

TEST_CASE("a SOCKS 5 client asks for a name, in every split of the answer", "[net][socks]") {
    const auto make = [] { return socks5_client(socks_target("a.test")); };
    const auto got = speak_anyhow(make, "\5\0"s + socks5_good + "tunnel", 12);
    CHECK(got.sent == "\5\1\0"s + "\5\1\0\3\6a.test\1\xbb"s);
    CHECK(got.done);
    CHECK(got.left == "tunnel");
}

TEST_CASE("a SOCKS 5 client sends addresses as such, and reads every kind", "[net][socks]") {
    for (const std::string& bound :
         {"\1\x7f\0\0\1\0\1"s, "\4"s + std::string(15, '\0') + "\1\0\1"s, "\3\6b.test\0\1"s}) {
        const auto make = [] { return socks5_client(socks_target("2001:db8::1", 80)); };
        const auto answer = "\5\0\5\0\0"s + bound;
        const auto got = speak_anyhow(make, answer + "x", answer.size());
        CHECK(got.sent == "\5\1\0\5\1\0\4\x20\1\xd\xb8"s + std::string(11, '\0') + "\1\0P"s);
        CHECK(got.done);
        CHECK(got.left == "x");
    }
    socks5_client client(socks_target("127.0.0.1", 80));
    CHECK(speak(client, "\5\0\5\0\0\3\6b.test\0\7"s, 3).sent == "\5\1\0\5\1\0\1\x7f\0\0\1\0P"s);
    CHECK(client.bound() == socks_target("b.test", 7));
    socks5_client nameless(socks_target("a.test"));
    CHECK(speak(nameless, "\5\0\5\0\0\3\0\0\0"s, 3).done);  // bound to nothing: the tunnel stands
    CHECK(nameless.bound() == proxy_target());
}

TEST_CASE("a SOCKS 5 client gives its password only to a proxy that asks for it", "[net][socks]") {
    const auto make = [] { return socks5_client(socks_target("a.test"), "me", "secret"); };
    const auto asked = speak_anyhow(make, "\5\2\1\0"s + socks5_good, 14);
    CHECK(asked.sent == "\5\2\0\2\1\2me\6secret\5\1\0\3\6a.test\1\xbb"s);
    CHECK(asked.done);
    const auto open = speak_anyhow(make, "\5\0"s + socks5_good, 12);
    CHECK(open.sent.find("secret") == std::string::npos);
    CHECK(open.done);
    CHECK(speak_anyhow(make, "\5\2\1\1"s, 4).ec == errc::proxy_authentication_refused);
    CHECK(speak_anyhow(make, "\5\2\5\0"s, 4).ec == errc::proxy_protocol_error);
    CHECK(speak_anyhow(make, "\5\xff"s, 2).ec == errc::proxy_authentication_required);
    CHECK(speak_anyhow(make, "\5\1"s, 2).ec == errc::proxy_protocol_error);
    const auto none = [] { return socks5_client(socks_target("a.test")); };
    CHECK(speak_anyhow(none, "\5\2"s, 2).ec == errc::proxy_protocol_error);
}

TEST_CASE("the sizes of SOCKS 5 names, users and passwords end at 255", "[net][socks]") {
    for (const std::size_t size : {1, 255}) {
        const std::string text(size, 'x');
        socks5_client client(socks_target(text, 1), text, text);
        REQUIRE(!client.error());
        const auto got = speak(client, "\5\2\1\0"s + socks5_good, 2);
        const auto count = static_cast<char>(size);
        CHECK(got.sent == "\5\2\0\2\1"s + count + text + count + text + "\5\1\0\3"s + count + text + "\0\1"s);
        CHECK(got.done);
    }
    const std::string longer(256, 'x');
    const auto target = socks_target("a.test");
    CHECK(socks5_client(target, longer, "b").error() == errc::invalid_proxy);
    CHECK(socks5_client(target, "a", longer).error() == errc::invalid_proxy);
    CHECK(socks5_client(target, "", "b").error() == errc::invalid_proxy);
    CHECK(socks5_client(target, longer, "b").output().empty());
    CHECK(socks5_client(target, longer, "b").wanted() == 0);
    CHECK(!socks5_client(target, "a", "").error());
}

TEST_CASE("each refusal of a SOCKS 5 proxy is an error of its own", "[net][socks]") {
    std::vector<std::error_code> seen;
    for (int code = 1; code <= 255; ++code) {
        CAPTURE(code);
        socks5_client client(socks_target("a.test"));
        const auto got = speak(client, "\5\0\5"s + static_cast<char>(code) + "\0\1\0\0\0\0\0\0"s, 4);
        CHECK(got.ec == condition::proxy_failed);
        CHECK(client.status() == code);
        CHECK(client.receive("more").error() == got.ec);
        if (code <= 8) {
            for (const auto& each : seen) CHECK(got.ec != each);
            seen.push_back(got.ec);
            CHECK(make_socks_reply(got.ec) == static_cast<socks_reply>(code));
        } else {
            CHECK(got.ec == errc::proxy_failure);
        }
    }
    CHECK(!make_socks_error(socks_reply::succeeded));
    CHECK(make_socks_reply({}) == socks_reply::succeeded);
    CHECK(make_socks_reply(errc::address_blocked) == socks_reply::not_allowed);
    CHECK(make_socks_reply(errc::no_address) == socks_reply::host_unreachable);
    CHECK(make_socks_reply(dragline::make_timeout(dragline::phase::connect)) == socks_reply::ttl_expired);
    CHECK(make_socks_reply(std::error_code(ECONNREFUSED, std::system_category())) ==
          socks_reply::connection_refused);
    CHECK(make_socks_reply(std::error_code(ENETUNREACH, std::system_category())) ==
          socks_reply::network_unreachable);
    CHECK(make_socks_reply(std::error_code(EIO, std::system_category())) == socks_reply::general_failure);
}

TEST_CASE("what is not SOCKS 5 is refused as soon as it shows", "[net][socks]") {
    const auto make = [] { return socks5_client(socks_target("a.test")); };
    for (const std::string& answer :
         {"HTTP/1.1 400 Bad Request\r\n\r\n"s, "<html>"s, "\4\0"s, "\0\x5a"s, "\5\0HTTP/"s, "\5\0\4\0\0\1\0"s,
          "\5\0\5\0\0\2\0"s, "\5\0\5\0\0\xff\0"s}) {
        CAPTURE(answer);
        const auto got = speak_anyhow(make, answer, answer.size());
        CHECK(got.ec == errc::proxy_protocol_error);
        CHECK(!got.done);
    }
}

TEST_CASE("a SOCKS 4a client asks for names and IPv4 addresses", "[net][socks]") {
    const auto make = [] { return socks4a_client(socks_target("a.test"), "me"); };
    const auto got = speak_anyhow(make, "\0\x5a\0\0\0\0\0\0tunnel"s, 8);
    CHECK(got.sent == "\4\1\1\xbb\0\0\0\1me\0a.test\0"s);
    CHECK(got.done);
    CHECK(got.left == "tunnel");
    socks4a_client address(socks_target("192.0.2.7", 80));
    CHECK(address.output() == "\4\1\0P\xc0\0\2\7\0"s);
}

TEST_CASE("SOCKS 4a has limits that are errors before anything is sent", "[net][socks]") {
    CHECK(socks4a_client(socks_target("::1")).error() == errc::proxy_address_not_supported);
    CHECK(socks4a_client(socks_target("0.0.0.1")).error() == errc::proxy_address_not_supported);
    CHECK(socks4a_client(socks_target("0.0.0.255")).error() == errc::proxy_address_not_supported);
    CHECK(!socks4a_client(socks_target("0.0.1.0")).error());
    CHECK(!socks4a_client(socks_target("a.test"), std::string(255, 'u')).error());
    CHECK(socks4a_client(socks_target("a.test"), std::string(256, 'u')).error() == errc::invalid_proxy);
    CHECK(socks4a_client(socks_target("a.test"), "a\0b"s).error() == errc::invalid_proxy);
    CHECK(socks4a_client(socks_target("::1")).output().empty());
    const auto make = [] { return socks4a_client(socks_target("a.test")); };
    const std::string rest(6, '\0');
    CHECK(speak_anyhow(make, "\0\x5b"s + rest, 8).ec == errc::proxy_failure);
    CHECK(speak_anyhow(make, "\0\x5c"s + rest, 8).ec == errc::proxy_authentication_refused);
    CHECK(speak_anyhow(make, "\0\x5d"s + rest, 8).ec == errc::proxy_authentication_refused);
    CHECK(speak_anyhow(make, "\0\x5e"s + rest, 8).ec == errc::proxy_protocol_error);
    CHECK(speak_anyhow(make, "\4\x5a"s + rest, 8).ec == errc::proxy_protocol_error);
    CHECK(speak_anyhow(make, "HTTP/1.1 400"s, 8).ec == errc::proxy_protocol_error);
}
