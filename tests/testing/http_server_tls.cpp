#include <dragline/testing/http_server.hpp>

#include <dragline/testing/certificate_authority.hpp>
#include <dragline/tls/context.hpp>
#include <dragline/tls/error.hpp>

#include "raw_client.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <chrono>
#include <list>
#include <string>
#include <system_error>

using namespace std::chrono_literals;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;
using dragline::test::raw_client;
using dragline::testing::certificate_authority;
using dragline::testing::certificate_request;
using dragline::testing::ending;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace tls = dragline::tls;

namespace {

const certificate_authority& authority() {
    static const certificate_authority instance;
    return instance;
}

tls::context trusting(const std::string& pem = authority().certificate_pem()) {
    return tls::context::make_client(tls::client_options().ca_pem(pem)).value();
}

auto certificate(const std::string& name) { return authority().issue(certificate_request().name(name)); }

}  // namespace

TEST_CASE("over TLS a server knows the name that was asked for", "[testing][http_server]") {
    http_server server(certificate("a.test"));
    server.on("/", http_reply().body("abc"));
    CHECK_THAT(server.url("/"), StartsWith("https://127.0.0.1:"));
    raw_client client(server.endpoint(), trusting(), "a.test");
    CHECK_THAT(client.get("/", 3), StartsWith("HTTP/1.1 200 OK") && EndsWith("abc"));
    CHECK_THAT(client.get("/", 3), EndsWith("abc"));
    CHECK(client.error() == std::error_code());
    const auto seen = server.requests();
    REQUIRE(seen.size() == 2);
    CHECK(seen[0].secure);
    CHECK(seen[0].server_name == "a.test");
    CHECK(seen[1].reused());
    CHECK(server.failed_handshakes() == 0);
}

TEST_CASE("each name can have its own certificate", "[testing][http_server]") {
    http_server server(certificate("a.test"));
    server.certificate_for("B.test", certificate("b.test"))
        .certificate_for("old.test", authority().issue(certificate_request().name("old.test").expired()))
        .on("/", http_reply());
    for (const std::string name : {"a.test", "b.test"}) {
        raw_client client(server.endpoint(), trusting(), name);
        CHECK_THAT(client.get("/", 0), StartsWith("HTTP/1.1 200 OK"));
        CHECK(client.engine().peer().chain().at(0).names == std::vector<std::string>{name});
    }
    CHECK(raw_client(server.endpoint(), trusting(), "old.test").error());
    CHECK(raw_client(server.endpoint(), trusting(), "other.test").error());
}

TEST_CASE("a refused certificate is a failed handshake, and no request", "[testing][http_server]") {
    http_server server(certificate("a.test"));
    const certificate_authority stranger("somebody else");
    {
        raw_client client(server.endpoint(), trusting(stranger.certificate_pem()), "a.test");
        CHECK(client.error() == dragline::condition::tls_failed);
    }
    CHECK(server.wait_for_open_connections(0));
    CHECK(server.failed_handshakes() == 1);
    {
        raw_client plain(server.endpoint());
        plain.get_to_end("/");
        CHECK(plain.error() == asio::error::eof);  // after the alert, not a reset that swallows it
    }
    CHECK(server.wait_for_open_connections(0));
    CHECK(server.failed_handshakes() == 2);
    CHECK(server.request_count() == 0);
}

TEST_CASE("over TLS the end of a connection may or may not be announced", "[testing][http_server]") {
    http_server server(certificate("a.test"));
    server.on("/close", http_reply().body("abc").close())
        .on("/truncate", http_reply().body("abc").finish(ending::truncate))
        .on("/cut", http_reply().body("abcdef").cut_body(3, ending::truncate))
        .on("/reset", http_reply().body("abcdef").cut_body(3, ending::reset))
        .on("/none", http_reply().no_answer(ending::truncate));
    const auto end_of = [&](const std::string& target, const std::string& expected) {
        raw_client client(server.endpoint(), trusting(), "a.test");
        CHECK_THAT(client.get_to_end(target), EndsWith(expected));
        return client.error();
    };
    CHECK(end_of("/close", "abc") == asio::error::eof);
    CHECK(end_of("/truncate", "abc") == tls::errc::truncated);
    CHECK(end_of("/cut", "abc") == tls::errc::truncated);
    CHECK(end_of("/reset", "abc") == asio::error::connection_reset);
    CHECK(end_of("/none", "") == tls::errc::truncated);
}

TEST_CASE("faults are the same over TLS", "[testing][http_server]") {
    http_server server(certificate("a.test"));
    const std::string large(1'000'000, 'x');
    server.on("/large", http_reply().body(large))
        .on("/drip", http_reply().body("abcdef").drip_body(2, 5ms))
        .on("/idle", http_reply().body("abc").close_idle(10ms))
        .on("/stale", http_reply().body("abc").next_request(ending::truncate));
    const auto context = trusting();
    raw_client client(server.endpoint(), context, "a.test");
    CHECK_THAT(client.get("/large", large.size()), EndsWith("\r\n\r\n" + large));
    CHECK_THAT(client.get("/drip", 6), EndsWith("abcdef"));
    CHECK_THAT(client.get_to_end("/idle"), EndsWith("abc"));
    CHECK(client.error() == asio::error::eof);
    raw_client stale(server.endpoint(), context, "a.test");
    CHECK_THAT(stale.get("/stale", 3), EndsWith("abc"));
    CHECK(stale.get_to_end("/stale").empty());
    CHECK(stale.error() == tls::errc::truncated);
}

TEST_CASE("a TLS server can keep silent instead of shaking hands", "[testing][http_server]") {
    http_server server(certificate("a.test"));
    server.fail_connections(1, ending::stall);
    {
        raw_client client(server.endpoint());
        client.send("whatever");
        REQUIRE(server.wait_for_open_connections(1));
    }
    CHECK(server.wait_for_open_connections(0));
    CHECK(server.failed_handshakes() == 0);
}

TEST_CASE("plain and TLS listeners share one script", "[testing][http_server]") {
    http_server server;
    server.on_host("test", "/", http_reply().body("same"));
    const auto secure = server.listen_tls(certificate("a.test"), asio::ip::make_address("127.3.0.1"));
    CHECK_THAT(raw_client(server.endpoint()).get("/", 4), EndsWith("same"));
    CHECK_THAT(raw_client(secure, trusting(), "a.test").get("/", 4), EndsWith("same"));
    CHECK_FALSE(server.requests()[0].secure);
    CHECK(server.requests()[1].secure);
    CHECK_THROWS_AS(server.listen_tls(tls::server_options()), std::system_error);
}

TEST_CASE("a TLS server can be destroyed in the middle of a handshake", "[testing][http_server]") {
    std::list<raw_client> clients;
    {
        http_server server(certificate("a.test"));
        server.on("/never", http_reply().no_answer());
        clients.emplace_back(server.endpoint());
        clients.emplace_back(server.endpoint()).send(std::string("\x16\x03\x01\x02", 4));
        clients.emplace_back(server.endpoint(), trusting(), "a.test")
            .send("GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
        REQUIRE(server.wait_for_requests(1));
        REQUIRE(server.wait_for_open_connections(3));
    }
    for (auto& client : clients) {
        client.read_to_end();
        CHECK(client.error() != asio::error::timed_out);
    }
}
