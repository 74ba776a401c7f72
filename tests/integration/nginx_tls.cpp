// Fetching from nginx over TLS.
#include <dragline/http.hpp>

#include "../support/http_client.hpp"
#include "nginx_server.hpp"

#include <dragline/async/for_each.hpp>
#include <dragline/tls/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string>
#include <utility>

using dragline::condition;
using dragline::fetch_options;
using dragline::phase;
using dragline::phase_of;
using dragline::test::add_certificate;
using dragline::test::certificate_of;
using dragline::test::file_list;
using dragline::test::http_client;
using dragline::test::nginx_server;
using dragline::test::pattern;
using dragline::test::run_to_end;
using dragline::test::test_ca;
using dragline::test::trusting_test_ca;
using dragline::test::usual_certificate;
using dragline::testing::certificate_request;

namespace http = dragline::http;
namespace net = dragline::net;
namespace tls = dragline::tls;

namespace {

file_list files() {
    file_list out{{"www/small", "Hello, world!"}, {"www/large", pattern(10 * 1024 * 1024)}};
    add_certificate(out, "usual", usual_certificate());
    return out;
}

const std::string usual =
    "ssl_certificate @F/usual.pem; ssl_certificate_key @F/usual.key; ssl_protocols TLSv1.2 TLSv1.3;";

http::session_options trusting() { return http::session_options().tls(trusting_test_ca()); }

fetch_options at(const nginx_server& server, std::size_t which = 0) {
    return fetch_options().connect_to(net::endpoint("127.0.0.1", server.port(which)));
}

}  // namespace

TEST_CASE("fetches from nginx over TLS and says with whom it spoke", "[integration][nginx]") {
    const nginx_server nginx(usual + R"(
        add_header X-Name $ssl_server_name;
        add_header X-Version $ssl_protocol;
        add_header X-Requests $connection_requests;
        server { listen 127.0.0.1:@0 ssl http2; })",
                             files());
    http_client client(trusting());
    const auto got = client.fetch("https://a.test/small", at(nginx));
    INFO(got.ec.message());
    CHECK(got.response.body == "Hello, world!");
    CHECK(got.response.headers.get("X-Name") == "a.test");
    CHECK(got.response.headers.get("X-Version") == got.response.peer.tls.version());
    CHECK(got.response.peer.tls.version() == "TLSv1.3");
    CHECK(got.response.peer.tls.alpn() == "http/1.1");  // though nginx would rather speak h2
    CHECK_FALSE(got.response.peer.tls.cipher().empty());
    const auto chain = got.response.peer.tls.chain();
    REQUIRE(chain.size() == 1);
    CHECK(chain[0].names == std::vector<std::string>{"a.test", "b.test"});
    CHECK(chain[0].issuer_common_name == "dragline test CA");

    const auto again = client.fetch("https://a.test/large", at(nginx));
    CHECK(again.response.headers.get("X-Requests") == "2");
    CHECK(bool(again.response.body == pattern(10 * 1024 * 1024)));
    CHECK(client.fetch(nginx.secure_url("/small")).response.headers.get("X-Name").empty());  // no SNI for
                                                                                             // addresses
}

TEST_CASE("nginx and the client meet in the TLS version that both have", "[integration][nginx]") {
    const nginx_server nginx(usual + R"(
        server { listen 127.0.0.1:@0 ssl; ssl_protocols TLSv1.2; }
        server { listen 127.0.0.1:@1 ssl; ssl_protocols TLSv1.3; })",
                             files());
    http_client client(trusting());
    CHECK(client.fetch(nginx.secure_url("/small", 0)).response.peer.tls.version() == "TLSv1.2");
    CHECK(client.fetch(nginx.secure_url("/small", 1)).response.peer.tls.version() == "TLSv1.3");

    const auto older = trusting_test_ca().max_version(tls::version::tls_1_2);
    const auto newer = trusting_test_ca().min_version(tls::version::tls_1_3);
    CHECK(client.fetch(nginx.secure_url("/small", 0), fetch_options().tls(older)).response.status == 200);
    CHECK(client.fetch(nginx.secure_url("/small", 1), fetch_options().tls(newer)).response.status == 200);
    for (const auto& got : {client.fetch(nginx.secure_url("/small", 1), fetch_options().tls(older)),
                            client.fetch(nginx.secure_url("/small", 0), fetch_options().tls(newer))}) {
        CHECK(got.ec == tls::errc::protocol_version);
        CHECK(got.ec == condition::tls_failed);
        CHECK(phase_of(got.ec) == phase::tls);
    }
    CHECK(client.fetch(nginx.secure_url("/small", 0)).response.status == 200);
}

TEST_CASE("nginx resumes the TLS session of an earlier connection", "[integration][nginx]") {
    const nginx_server nginx(usual + R"(
        add_header X-Resumed $ssl_session_reused;
        server { listen 127.0.0.1:@0 ssl; ssl_protocols TLSv1.2; }
        server { listen 127.0.0.1:@1 ssl; ssl_protocols TLSv1.3; }
        server { listen 127.0.0.1:@2 ssl; ssl_session_tickets off; })",
                             files());
    http_client client(trusting());
    for (const std::size_t which : {0u, 1u, 2u}) {
        INFO("server " << which);
        const bool tickets = which < 2;
        const auto fetch = [&] {
            return client.fetch(nginx.secure_url("/small", which), fetch_options().fresh_connection(true));
        };
        const auto first = fetch();
        CHECK(first.response.headers.get("X-Resumed") == ".");
        CHECK_FALSE(first.response.peer.tls.resumed());
        for (int i = 0; i < 3; ++i) {
            const auto next = fetch();
            CHECK(next.response.headers.get("X-Resumed") == (tickets ? "r" : "."));
            CHECK(next.response.peer.tls.resumed() == tickets);
            REQUIRE(next.trace.attempts.size() == 1);
            CHECK(next.trace.attempts[0].connection.tls_resumed == tickets);
            CHECK_FALSE(next.response.peer.reused);
        }
    }
}

TEST_CASE("a certificate of nginx that does not hold is refused, and nothing else is",
          "[integration][nginx]") {
    auto all = files();
    add_certificate(all, "expired", certificate_of(certificate_request().name("a.test").expired()));
    add_certificate(all, "early", certificate_of(certificate_request().name("a.test").not_yet_valid()));
    add_certificate(all, "self", certificate_of(certificate_request().name("a.test").self_signed()));
    add_certificate(all, "foreign",
                    dragline::testing::certificate_authority("somebody else")
                        .issue(certificate_request().name("a.test")));
    add_certificate(all, "chain", certificate_of(certificate_request().name("a.test").intermediate()));
    const auto server = [](const std::string& port, const std::string& name) {
        return "server { listen 127.0.0.1:@" + port + " ssl; ssl_certificate @F/" + name +
               ".pem; ssl_certificate_key @F/" + name + ".key; }\n";
    };
    const nginx_server nginx(server("0", "usual") + server("1", "expired") + server("2", "early") +
                                 server("3", "self") + server("4", "foreign") + server("5", "chain"),
                             all);
    http_client client(trusting());
    const auto refused = [&](const std::string& url, const fetch_options& options, tls::errc why) {
        const auto bystander = client.start("https://a.test/small", at(nginx));
        const auto got = client.fetch(url, options);
        INFO(url << ": " << got.ec.message());
        CHECK(got.ec == why);
        CHECK(got.ec == condition::tls_failed);
        CHECK(phase_of(got.ec) == phase::tls);
        REQUIRE(got.trace.attempts.size() == 1);
        CHECK_FALSE(got.trace.attempts[0].connection.tls_detail.empty());
        client.wait_for(bystander);
        CHECK(bystander->response.body == "Hello, world!");
    };
    refused("https://c.test/small", at(nginx), tls::errc::host_mismatch);
    refused("https://a.test.test/small", at(nginx), tls::errc::host_mismatch);
    refused("https://127.0.0.2/small", at(nginx), tls::errc::address_mismatch);
    refused("https://[::2]/small", at(nginx), tls::errc::address_mismatch);
    refused("https://a.test/small", at(nginx, 1), tls::errc::certificate_expired);
    refused("https://a.test/small", at(nginx, 2), tls::errc::certificate_not_yet_valid);
    refused("https://a.test/small", at(nginx, 3), tls::errc::self_signed);
    refused("https://a.test/small", at(nginx, 4), tls::errc::unknown_issuer);
    CHECK(client.fetch("https://a.test/small", at(nginx, 5)).response.peer.tls.chain().size() == 2);

    const auto unchecked = at(nginx, 1).tls(tls::client_options().verify(false));
    CHECK(client.fetch("https://c.test/small", unchecked).response.status == 200);
    const auto renamed = at(nginx).tls(trusting_test_ca().server_name("b.test"));
    CHECK(client.fetch("https://c.test/small", renamed).response.status == 200);
}

TEST_CASE("TLS to a plain port and plain HTTP to a TLS port are told", "[integration][nginx]") {
    const nginx_server nginx(usual + R"(
        server { listen 127.0.0.1:@0 ssl; }
        server { listen 127.0.0.1:@1; })",
                             files());
    http_client client(trusting());
    const auto not_tls = client.fetch(nginx.secure_url("/small", 1));
    CHECK(not_tls.ec == tls::errc::not_tls);
    const auto not_plain = client.fetch(nginx.url("/small", 0));
    CHECK_FALSE(not_plain.ec);
    CHECK(not_plain.response.status == 400);
    CHECK(client.fetch(nginx.secure_url("/small", 0)).response.status == 200);
    CHECK(client.fetch(nginx.url("/small", 1)).response.status == 200);
}

TEST_CASE("nginx leads from http to https, and not back", "[integration][nginx]") {
    const nginx_server nginx(usual + R"(
        server { listen 127.0.0.1:@0 ssl; location /down/ { return 302 http://127.0.0.1:@1/small; } }
        server { listen 127.0.0.1:@1; location /up/ { return 301 https://127.0.0.1:@0/small; } })",
                             files());
    http_client client(trusting());
    const auto up = client.fetch(nginx.url("/up/", 1));
    CHECK(up.response.body == "Hello, world!");
    CHECK(up.response.url.href() == nginx.secure_url("/small", 0));
    CHECK(up.response.peer.tls);

    const auto down = client.fetch(nginx.secure_url("/down/", 0));
    CHECK(down.ec == http::errc::insecure_redirect);
    CHECK(down.ec == condition::blocked);
    CHECK(phase_of(down.ec) == phase::redirect);
    const auto allowed = fetch_options().redirects(http::redirect_policy().allow_insecure(true));
    CHECK(client.fetch(nginx.secure_url("/down/", 0), allowed).response.body == "Hello, world!");
}

TEST_CASE("a body that nginx refuses early over TLS gets its answer", "[integration][nginx]") {
    const nginx_server nginx(usual + R"(server { listen 127.0.0.1:@0 ssl; client_max_body_size 1k; })",
                             files());
    http_client client(trusting());
    const auto refused =
        client.fetch(nginx.secure_url("/small"), fetch_options().body(pattern(4 * 1024 * 1024)));
    INFO(refused.ec.message());
    CHECK(refused.response.status == 413);
    CHECK(client.fetch(nginx.secure_url("/small")).response.status == 200);
}

TEST_CASE("three hundred fetches over TLS from an nginx that closes after every seventh all succeed",
          "[integration][nginx]") {
    const nginx_server nginx(usual + R"(server { listen 127.0.0.1:@0 ssl; keepalive_requests 7; })", files());
    http_client client(trusting());
    const auto all = [](http::session session, std::string url) -> asio::awaitable<std::size_t> {
        const auto one = [&](std::size_t) { return fetch_url(session, url); };
        const auto results = co_await dragline::for_each_limited(session, std::size_t{300}, 10, one);
        std::size_t right = 0;
        for (const auto& result : results) {
            if (result && result.value().body == "Hello, world!") ++right;
        }
        co_return right;
    };
    CHECK(run_to_end(client.loop, all(client.session, nginx.secure_url("/small"))) == 300);
}
