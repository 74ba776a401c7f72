// What the TLS options of a fetch or a session do: client certificates, pins, stapled OCSP, names, key log.
#include <dragline/http/fetch.hpp>

#include "secure_page.hpp"

#include <dragline/testing/ocsp_response.hpp>
#include <dragline/tls/error.hpp>
#include <dragline/tls/pin.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <system_error>
#include <utility>
#include <vector>

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
using dragline::testing::issued_certificate;
using dragline::testing::make_ocsp_response;
using dragline::testing::ocsp_answer;
using dragline::tls::client_certificate;
using dragline::tls::client_options;

namespace http = dragline::http;
namespace net = dragline::net;
namespace tls = dragline::tls;

namespace {

tls::server_options serving(const issued_certificate& certificate) {
    return tls::server_options()
        .certificate_chain_pem(certificate.chain_pem)
        .private_key_pem(certificate.private_key_pem);
}

issued_certificate for_name(const std::string& name) {
    return certificate_of(certificate_request().name(name));
}

std::string pin_of(const issued_certificate& certificate) {
    return tls::public_key_pin::of_certificate(certificate.chain_pem).value().text();
}

const std::string other_pin = "sha256/47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";  // of nothing

struct options_lab : secure_page {
    using secure_page::secure_page;

    fetched get(const client_options& tls, fetch_options options = fetch_options()) {
        return secure_page::get("a.test", options.tls(tls));
    }
};

client_certificate identity_of(const issued_certificate& issued) {
    return client_certificate::pem(issued.chain_pem, issued.private_key_pem);
}

}  // namespace

TEST_CASE("a server that wants a certificate is shown that of the fetch", "[http][fetch][tls]") {
    for (const auto version : {tls::version::tls_1_2, tls::version::tls_1_3}) {
        options_lab lab(
            serving(for_name("a.test")).client_ca_pem(test_ca().certificate_pem()).max_version(version));
        const auto alice = trusting_test_ca().certificate(identity_of(for_name("alice")));
        const auto got = lab.get(alice);
        INFO(got.ec.message());
        CHECK(got.response.body == "x");
        const auto none = lab.get(trusting_test_ca());
        CHECK(none.ec == tls::errc::certificate_refused);
        CHECK(none.ec == condition::tls_failed);
        const dragline::testing::certificate_authority stranger("stranger");
        const auto mallory = stranger.issue(certificate_request().name("mallory"));
        CHECK(lab.get(trusting_test_ca().certificate(identity_of(mallory))).ec ==
              tls::errc::certificate_refused);
        CHECK(lab.server.wait_for_open_connections(1));
        CHECK(lab.server.request_count() == 1);
        CHECK(lab.server.failed_handshakes() == 2);
    }
}

TEST_CASE("a certificate of the session serves its fetches", "[http][fetch][tls]") {
    const auto authority = test_ca().certificate_pem();
    http_server server(
        serving(certificate_of(certificate_request().address("127.0.0.1"))).client_ca_pem(authority));
    server.on("*", http_reply().body("x"));
    http_client client(
        http::session_options().tls(trusting_test_ca().certificate(identity_of(for_name("alice")))));
    CHECK(client.fetch(server.url()).response.body == "x");
    CHECK(client.fetch(server.url()).response.peer.reused);
}

TEST_CASE("who shows another certificate has connections and tickets of his own",
          "[http][fetch][tls][pool]") {
    options_lab lab(serving(for_name("a.test")).client_ca_pem(test_ca().certificate_pem()));
    const auto alice = trusting_test_ca().certificate(identity_of(for_name("alice")));
    const auto bob = trusting_test_ca().certificate(identity_of(for_name("bob")));
    CHECK_FALSE(lab.get(alice).response.peer.reused);
    const auto other = lab.get(bob);
    CHECK_FALSE(other.response.peer.reused);
    CHECK_FALSE(other.response.peer.tls.resumed());
    CHECK(lab.get(alice).response.peer.reused);
    CHECK(lab.get(alice, fetch_options().fresh_connection(true)).response.peer.tls.resumed());
    CHECK(lab.get(trusting_test_ca()).ec == tls::errc::certificate_refused);
}

TEST_CASE("a right pin lets a fetch through, a wrong one ends it before the request", "[http][fetch][tls]") {
    for (const auto version : {tls::version::tls_1_2, tls::version::tls_1_3}) {
        const auto mine = for_name("a.test");
        options_lab lab(serving(mine).max_version(version));
        CHECK(lab.get(trusting_test_ca().pin(other_pin).pin(pin_of(mine))).response.body == "x");
        const std::size_t before = lab.server.request_count();
        const auto got =
            lab.get(trusting_test_ca().pin(other_pin), fetch_options().method("POST").body("secret"));
        CHECK(got.ec == tls::errc::pin_mismatch);
        CHECK(got.ec == condition::tls_failed);
        CHECK(dragline::phase_of(got.ec) == dragline::phase::tls);
        REQUIRE(got.trace.attempts.size() == 1);
        CHECK(got.trace.attempts[0].bytes_sent == 0);
        const auto failure = got.trace.attempts[0].connection.peer.failure();
        REQUIRE(failure);
        CHECK(failure->ec == got.ec);
        CHECK(failure->certificate.pin == pin_of(mine));
        CHECK(lab.server.wait_for_open_connections(1));
        CHECK(lab.server.request_count() == before);
        CHECK(lab.server.failed_handshakes() == 1);
        CHECK(lab.get(client_options().verify(false).pin(pin_of(mine))).response.body == "x");
        CHECK(lab.get(client_options().verify(false).pin(other_pin)).ec == tls::errc::pin_mismatch);
    }
}

TEST_CASE("a pin holds on resumed connections and behind redirects", "[http][fetch][tls]") {
    const auto mine = for_name("a.test"), theirs = for_name("b.test");
    options_lab lab(serving(mine));
    lab.server.certificate_for("b.test", theirs);
    lab.server.on("/",
                  http_reply::redirect("https://b.test:" + std::to_string(lab.server.port()) + "/secret"));
    const auto pinned = trusting_test_ca().pin(pin_of(mine));
    const auto one = fetch_options().redirects(http::redirect_policy::none()).fresh_connection(true);
    CHECK_FALSE(lab.get(pinned, one).response.peer.tls.resumed());
    const auto again = lab.get(pinned, one);
    CHECK(again.response.peer.tls.resumed());
    CHECK(again.response.peer.tls.verified_chain().size() == 2);

    dragline::testing::dns_server dns;
    dns.host("a.test", {"127.0.0.1"});
    dns.host("b.test", {"127.0.0.1"});
    http_client named(dragline::test::using_dns(dns).tls(pinned));
    const auto got = named.fetch("https://a.test:" + std::to_string(lab.server.port()) + "/");
    CHECK(got.ec == tls::errc::pin_mismatch);
    CHECK(got.trace.attempts.size() == 2);
}

TEST_CASE("a refused certificate is in the trace, with the check that it failed", "[http][fetch][tls]") {
    options_lab lab(serving(certificate_of(certificate_request().name("a.test").intermediate().expired())));
    const auto got = lab.get(trusting_test_ca());
    CHECK(got.ec == tls::errc::certificate_expired);
    REQUIRE(got.trace.attempts.size() == 1);
    const auto& connection = got.trace.attempts[0].connection;
    const auto failure = connection.peer.failure();
    REQUIRE(failure);
    CHECK(failure->ec == got.ec);
    CHECK(failure->depth == 0);
    CHECK(failure->reason == "certificate has expired");
    CHECK(failure->certificate.subject_common_name == "a.test");
    CHECK(connection.peer.chain().size() == 2);
    CHECK(connection.tls_detail == "certificate has expired (depth 0, subject CN=a.test,O=dragline)");
}

TEST_CASE("a response tells the chain that was sent and the one that was verified", "[http][fetch][tls]") {
    options_lab lab(serving(certificate_of(certificate_request().name("a.test").intermediate())));
    const auto peer = lab.get(trusting_test_ca()).response.peer.tls;
    CHECK(peer.chain().size() == 2);
    REQUIRE(peer.verified_chain().size() == 3);
    CHECK(peer.verified_chain()[2].subject_common_name == "dragline test CA");
    CHECK_FALSE(peer.failure());
    CHECK(lab.get(client_options().verify(false)).response.peer.tls.verified_chain().empty());
}

TEST_CASE("a revoked certificate is refused by its stapled response, a good one is told",
          "[http][fetch][tls]") {
    const auto mine = for_name("a.test");
    const auto required = trusting_test_ca().ocsp(tls::ocsp_check::required);
    options_lab good(serving(mine).ocsp_response(make_ocsp_response(mine)));
    CHECK(good.get(trusting_test_ca()).response.peer.tls.ocsp() == tls::ocsp_status::good);
    const auto fresh = fetch_options().fresh_connection(true);
    CHECK(good.get(required, fresh).response.peer.tls.ocsp() == tls::ocsp_status::good);
    const auto resumed = good.get(required, fresh).response.peer.tls;
    CHECK(resumed.resumed());
    CHECK(resumed.ocsp() == tls::ocsp_status::good);

    options_lab revoked(
        serving(mine).ocsp_response(make_ocsp_response(mine, ocsp_answer(ocsp_answer::verdict::revoked))));
    const auto got = revoked.get(trusting_test_ca());
    CHECK(got.ec == tls::errc::certificate_revoked);
    CHECK(got.trace.attempts.at(0).connection.peer.failure()->reason == "OCSP response: revoked");
    CHECK(revoked.server.request_count() == 0);

    options_lab bare(serving(mine));
    CHECK(bare.get(trusting_test_ca()).response.peer.tls.ocsp() == tls::ocsp_status::missing);
    CHECK(bare.get(required).ec == tls::errc::staple_missing);
}

TEST_CASE("the name that is asked for may differ from the one that is verified", "[http][fetch][tls]") {
    options_lab lab(serving(for_name("hidden.test")));
    CHECK(lab.get(trusting_test_ca()).ec == dragline::tls::errc::host_mismatch);
    CHECK_FALSE(lab.get(trusting_test_ca().verify_name("hidden.test")).ec);
    CHECK_FALSE(lab.get(trusting_test_ca().verify_name("hidden.test").sni("")).ec);
    CHECK_FALSE(lab.get(trusting_test_ca().verify_name("hidden.test").sni("front.test")).ec);
    const auto seen = lab.server.requests();
    REQUIRE(seen.size() == 3);
    CHECK(seen[0].server_name == "a.test");
    CHECK(seen[1].server_name.empty());
    CHECK(seen[2].server_name == "front.test");
}

TEST_CASE("a key log gets the secrets of a fetch", "[http][fetch][tls]") {
    options_lab lab(serving(for_name("a.test")));
    std::vector<std::string> lines;
    const auto log = tls::key_log::to_function([&](std::string_view line) { lines.emplace_back(line); });
    CHECK_FALSE(lab.get(trusting_test_ca().key_log(log)).ec);
    CHECK(lines.size() == 5);
    CHECK(lines.at(0).starts_with("SERVER_HANDSHAKE_TRAFFIC_SECRET "));
}

TEST_CASE("TLS options that cannot work end a fetch before it connects", "[http][fetch][tls]") {
    const auto mine = for_name("a.test");
    options_lab lab(serving(mine));
    const std::vector<std::pair<client_options, std::error_code>> cases = {
        {trusting_test_ca().pin("sha256/"), tls::errc::invalid_pin},
        {trusting_test_ca().ciphers("no-such-cipher"), tls::errc::invalid_ciphers},
        {trusting_test_ca().sni("127.0.0.1"), tls::errc::invalid_host},
        {trusting_test_ca().verify_name("a b"), tls::errc::invalid_host},
        {trusting_test_ca().key_log(tls::key_log::to_file("/no/such/folder/keys")),
         tls::errc::key_log_failed},
        {trusting_test_ca().certificate(client_certificate::pem("", "")), tls::errc::invalid_certificate},
        {trusting_test_ca().certificate(client_certificate::pem(mine.chain_pem, "")),
         tls::errc::invalid_private_key},
        {trusting_test_ca().certificate(
             client_certificate::pem(mine.chain_pem, for_name("b").private_key_pem)),
         tls::errc::private_key_mismatch},
        {trusting_test_ca().certificate(client_certificate::pkcs12("garbage")),
         tls::errc::invalid_certificate},
    };
    for (const auto& [options, code] : cases) {
        INFO(code.message());
        CHECK(lab.get(options).ec == code);
    }
    CHECK(lab.server.connection_count() == 0);
}
