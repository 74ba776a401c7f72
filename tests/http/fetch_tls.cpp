// Whom a fetch trusts, and what it tells of the peer.
#include <dragline/http/fetch.hpp>

#include "secure_page.hpp"

#include <dragline/tls/error.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <system_error>
#include <vector>

using Catch::Matchers::ContainsSubstring;
using dragline::condition;
using dragline::fetch_options;
using dragline::test::certificate_of;
using dragline::test::fetched;
using dragline::test::http_client;
using dragline::test::secure_page;
using dragline::test::test_ca;
using dragline::test::trusting_test_ca;
using dragline::testing::certificate_request;
using dragline::testing::http_reply;
using dragline::testing::http_server;
using dragline::tls::client_options;

namespace http = dragline::http;
namespace net = dragline::net;
namespace tls = dragline::tls;

namespace {

std::string tls_detail(const fetched& got) {
    REQUIRE(got.trace.attempts.size() == 1);
    return got.trace.attempts[0].connection.tls_detail;
}

certificate_request for_name(const std::string& name) { return certificate_request().name(name); }

}  // namespace

TEST_CASE("a certificate of a trusted CA for this name is accepted", "[http][fetch][tls]") {
    secure_page page(for_name("a.test"));
    const auto got = page.get("a.test");
    REQUIRE(!got.ec);
    CHECK(got.response.body == "x");
    const auto& peer = got.response.peer;
    REQUIRE(bool(peer.tls));
    CHECK(peer.tls.version() == "TLSv1.3");
    CHECK(!peer.tls.cipher().empty());
    const auto chain = peer.tls.chain();
    REQUIRE(!chain.empty());
    CHECK(chain[0].subject_common_name == "a.test");
    CHECK(chain[0].issuer_common_name == "dragline test CA");
    CHECK(chain[0].not_after > std::chrono::system_clock::now());
    CHECK(got.response.timings.tls.count() > 0);
    CHECK(page.server.requests().at(0).secure);
}

TEST_CASE("an intermediate and a wildcard are accepted too", "[http][fetch][tls]") {
    secure_page page(for_name("*.a.test").intermediate());
    CHECK(!page.get("www.a.test").ec);
    CHECK(page.get("a.test").ec == tls::errc::host_mismatch);
    CHECK(page.get("b.www.a.test").ec == tls::errc::host_mismatch);
}

TEST_CASE("the system store does not know a private CA", "[http][fetch][tls]") {
    secure_page page(for_name("a.test"), client_options());
    const auto got = page.get("a.test");
    CHECK((got.ec == tls::errc::unknown_issuer || got.ec == tls::errc::empty_trust_store));
    CHECK(got.ec == condition::tls_failed);
    CHECK(page.client.statistics().connections == 0);
    CHECK(page.server.request_count() == 0);
}

TEST_CASE("a certificate out of its time is refused, and the trace names check and certificate",
          "[http][fetch][tls]") {
    secure_page expired(for_name("a.test").expired());
    const auto late = expired.get("a.test");
    CHECK(late.ec == tls::errc::certificate_expired);
    CHECK_THAT(tls_detail(late), ContainsSubstring("expired") && ContainsSubstring("a.test"));
    secure_page early(for_name("a.test").not_yet_valid());
    CHECK(early.get("a.test").ec == tls::errc::certificate_not_yet_valid);
}

TEST_CASE("a certificate for another name is refused, and the trace says for which", "[http][fetch][tls]") {
    secure_page page(for_name("other.test"));
    const auto got = page.get("a.test");
    CHECK(got.ec == tls::errc::host_mismatch);
    CHECK(got.ec == condition::tls_failed);
    CHECK(dragline::phase_of(got.ec) == dragline::phase::tls);
    CHECK_THAT(tls_detail(got), ContainsSubstring("other.test"));
    CHECK(got.trace.attempts[0].ec == got.ec);
}

TEST_CASE("a self-signed certificate is refused, and the trace says so", "[http][fetch][tls]") {
    secure_page page(for_name("a.test").self_signed());
    const auto got = page.get("a.test");
    CHECK(got.ec == tls::errc::self_signed);
    CHECK_THAT(tls_detail(got), ContainsSubstring("self") && ContainsSubstring("a.test"));
}

TEST_CASE("without verification anything passes, for that fetch alone", "[http][fetch][tls]") {
    secure_page page(for_name("other.test").self_signed());
    CHECK(!page.get("a.test", fetch_options().tls(client_options().verify(false))).ec);
    CHECK(page.get("a.test").ec == tls::errc::self_signed);
}

TEST_CASE("an IP address is verified as such", "[http][fetch][tls]") {
    secure_page page(certificate_request().address("127.0.0.1").address("::1").name("127.0.0.2"));
    CHECK(!page.get("127.0.0.1").ec);
    CHECK(!page.get("[::1]").ec);
    CHECK(page.get("127.0.0.2").ec == tls::errc::address_mismatch);
    CHECK(page.get("a.test").ec == tls::errc::host_mismatch);
}

TEST_CASE("the server is asked for a name, never for an address", "[http][fetch][tls]") {
    secure_page page(certificate_request().name("a.test").address("127.0.0.1").address("::1"));
    REQUIRE(!page.get("A.Test").ec);
    REQUIRE(!page.get("127.0.0.1").ec);
    REQUIRE(!page.get("[::1]").ec);
    const auto seen = page.server.requests();
    CHECK(seen[0].server_name == "a.test");
    CHECK(seen[1].server_name.empty());
    CHECK(seen[2].server_name.empty());
}

TEST_CASE("a name with a final dot is asked for and verified without it", "[http][fetch][tls]") {
    secure_page page(for_name("a.test"));
    const auto got = page.get("a.test.");
    CHECK(!got.ec);
    CHECK(page.server.requests().at(0).server_name == "a.test");
}

TEST_CASE("the name of the URL counts after connect_to, and server_name before it", "[http][fetch][tls]") {
    secure_page page(for_name("a.test"));
    CHECK(!page.get("a.test").ec);
    CHECK(page.get("b.test").ec == tls::errc::host_mismatch);
    CHECK(!page.get("b.test", fetch_options().tls(trusting_test_ca().server_name("a.test"))).ec);
}

TEST_CASE("a trust store that is empty or unreadable is an error of its own", "[http][fetch][tls]") {
    secure_page page(for_name("a.test"));
    const auto with = [](client_options options) { return fetch_options().tls(options); };
    CHECK(page.get("a.test", with(client_options().ca_pem(""))).ec == tls::errc::empty_trust_store);
    CHECK(page.get("a.test", with(client_options().ca_file("/dev/null"))).ec == tls::errc::empty_trust_store);
    const auto missing = page.get("a.test", with(client_options().ca_file("/no/such/file")));
    CHECK(missing.ec == condition::tls_failed);
    CHECK(page.get("a.test", with(client_options().ca_pem("no PEM"))).ec == condition::tls_failed);
    CHECK(page.server.connection_count() == 0);
    CHECK(!page.get("a.test").ec);
}

TEST_CASE("https against a plain server, and http against a TLS one, are errors", "[http][fetch][tls]") {
    http_server plain;
    http_client client(http::session_options().tls(dragline::test::trusting_test_ca()));
    const auto at = [](const char* scheme, const http_server& server) {
        return std::string(scheme) + "://127.0.0.1:" + std::to_string(server.port()) + "/";
    };
    CHECK(client.fetch(at("https", plain)).ec == tls::errc::not_tls);
    http_server secure(dragline::test::usual_certificate());
    CHECK(client.fetch(at("http", secure)).ec);
    CHECK(secure.wait_for_open_connections(0));
    CHECK(secure.request_count() == 0);
}

TEST_CASE("a version of TLS that the server lacks is an error", "[http][fetch][tls]") {
    const auto issued = certificate_of(for_name("a.test"));
    http_server server(tls::server_options()
                           .certificate_chain_pem(issued.chain_pem)
                           .private_key_pem(issued.private_key_pem)
                           .max_version(tls::version::tls_1_2));
    server.on("/", http_reply());
    http_client client;
    const auto get = [&](client_options options) {
        return client.fetch("https://a.test/", fetch_options().tls(options).connect_to(
                                                   net::endpoint("127.0.0.1", server.port())));
    };
    CHECK(get(trusting_test_ca()).response.peer.tls.version() == "TLSv1.2");
    CHECK(get(trusting_test_ca().min_version(tls::version::tls_1_3)).ec == condition::tls_failed);
}

TEST_CASE("connections of different TLS options are never shared", "[http][fetch][tls][pool]") {
    secure_page page(for_name("a.test"));
    const auto unverified = fetch_options().tls(client_options().verify(false));
    REQUIRE(!page.get("a.test", unverified).ec);
    REQUIRE(!page.get("a.test").ec);
    REQUIRE(!page.get("a.test", unverified).ec);
    REQUIRE(!page.get("a.test", fetch_options().tls(trusting_test_ca())).ec);  // equal to the session's
    CHECK(page.server.connection_count() == 2);
}

TEST_CASE("tickets resume with their origin and their options alone", "[http][fetch][tls][pool]") {
    secure_page page(certificate_request().name("a.test").name("b.test"));
    const auto fresh = fetch_options().fresh_connection(true);
    const auto resumed = [&](const std::string& host, const fetch_options& options) {
        const auto got = page.get(host, options);
        REQUIRE(!got.ec);
        CHECK(got.trace.attempts.at(0).connection.tls_resumed == got.response.peer.tls.resumed());
        return got.response.peer.tls.resumed();
    };
    CHECK(!resumed("a.test", fresh));
    CHECK(resumed("a.test", fresh));
    CHECK(!resumed("b.test", fresh));
    auto unverified = fresh;
    CHECK(!resumed("a.test", unverified.tls(client_options().verify(false))));
    CHECK(resumed("a.test", fresh));
}

TEST_CASE("as many connections are resumed as a session may open to a host", "[http][fetch][tls][pool]") {
    constexpr std::size_t all = 25;
    http_server server(dragline::test::usual_certificate());
    server.on("/", http_reply().body("x"));
    http_client client(
        http::session_options().tls(trusting_test_ca()).connections_per_host(all).connections(all));
    const auto resumed_of_all = [&] {
        std::vector<std::shared_ptr<fetched>> fetches;
        for (std::size_t i = 0; i < all; ++i) {
            fetches.push_back(client.start(server.url("/"), fetch_options().fresh_connection(true)));
        }
        std::size_t resumed = 0;
        for (const auto& each : fetches) {
            client.wait_for(each);
            REQUIRE(!each->ec);
            resumed += each->response.peer.tls.resumed();
        }
        return resumed;
    };
    CHECK(resumed_of_all() == 0);
    CHECK(resumed_of_all() == all);
}

TEST_CASE("TLS options that nobody uses any more are forgotten, and never taken for others",
          "[http][fetch][tls][pool]") {
    http_client client;
    auto& sessions = http::detail::loop_sessions::of(client.loop.get_executor());
    const auto setup = [&](int number) {
        return sessions.tls(client_options().verify(false).server_name("n" + std::to_string(number))).value();
    };
    const auto kept = setup(0);
    const std::weak_ptr<http::detail::tls_setup> forgotten = setup(1);
    std::set<std::uint64_t> numbers{kept->number};
    for (int i = 1; i <= 150; ++i) numbers.insert(setup(i)->number);
    CHECK(setup(0) == kept);
    CHECK(forgotten.expired());
    numbers.insert(setup(1)->number);
    CHECK(numbers.size() == 152);
}
