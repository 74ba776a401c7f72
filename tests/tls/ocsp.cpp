#include <dragline/tls/ocsp.hpp>

#include <tls/engine_pair.hpp>

#include <dragline/testing/ocsp_response.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <string>
#include <system_error>

using namespace dragline;
using namespace std::chrono_literals;
using dragline::test::engine_pair;
using testing::certificate_request;
using testing::issued_certificate;
using testing::make_ocsp_response;
using testing::ocsp_answer;
using tls::ocsp_check;
using tls::ocsp_status;

namespace {

issued_certificate issue(const certificate_request& request = certificate_request().name("example.com")) {
    return test::shared_authority().issue(request);
}

tls::context server_with(const issued_certificate& certificate, const std::string& staple,
                         tls::version highest = tls::version::tls_1_3) {
    return tls::context::make_server(tls::server_options()
                                         .certificate_chain_pem(certificate.chain_pem)
                                         .private_key_pem(certificate.private_key_pem)
                                         .ocsp_response(staple)
                                         .max_version(highest))
        .value();
}

struct judgement {
    std::error_code error;
    ocsp_status status = ocsp_status::unchecked;
};

judgement judge(const issued_certificate& certificate, const std::string& staple, ocsp_check check,
                tls::version highest = tls::version::tls_1_3) {
    engine_pair pair(test::example_client(test::trusting().ocsp(check)),
                     server_with(certificate, staple, highest));
    pair.connect();
    CHECK(pair.client.handshake_done() == !pair.client_error);
    CHECK(pair.server.handshake_done() == !pair.client_error);
    const auto failure = pair.client.peer().failure();
    CHECK(failure.has_value() == bool(pair.client_error));
    if (failure) CHECK(failure->ec == pair.client_error);
    return {pair.client_error, pair.client.peer().ocsp()};
}

const auto now = std::chrono::system_clock::now();

}  // namespace

TEST_CASE("each stapled response is judged, and refuses as the options say", "[tls][ocsp]") {
    const auto version = GENERATE(tls::version::tls_1_2, tls::version::tls_1_3);
    const auto mine = issue();
    const auto delegate = issue(certificate_request().name("responder").ocsp_signing());
    const testing::certificate_authority stranger("dragline test CA");
    const auto forged =
        ocsp_answer().responder(stranger.issue(certificate_request().name("responder").ocsp_signing()));
    const auto good = make_ocsp_response(mine);
    auto broken = good;
    broken[broken.size() - 5] ^= 1;
    // A list marked as a primitive value: OpenSSL reads it all the same.
    auto not_der = good;
    const auto list = good.find("\x30\x72\x30\x70\x30\x48");
    REQUIRE(list != good.npos);
    not_der[list] = '\x10';
    const std::error_code none;
    struct {
        const char* what;
        std::string staple;
        ocsp_status status;
        std::error_code if_stapled, required;
    } const cases[] = {
        {"good", good, ocsp_status::good, none, none},
        {"without an end", make_ocsp_response(mine, ocsp_answer().next_update({})), ocsp_status::good, none,
         none},
        {"from a delegate", make_ocsp_response(mine, ocsp_answer().responder(delegate)), ocsp_status::good,
         none, none},
        {"missing", "", ocsp_status::missing, none, tls::errc::staple_missing},
        {"revoked", make_ocsp_response(mine, ocsp_answer(ocsp_answer::verdict::revoked)),
         ocsp_status::revoked, tls::errc::certificate_revoked, tls::errc::certificate_revoked},
        {"revoked long ago", make_ocsp_response(mine, ocsp_answer(ocsp_answer::verdict::revoked).expired()),
         ocsp_status::revoked, tls::errc::certificate_revoked, tls::errc::certificate_revoked},
        {"unknown", make_ocsp_response(mine, ocsp_answer(ocsp_answer::verdict::unknown)),
         ocsp_status::unknown, tls::errc::status_unknown, tls::errc::status_unknown},
        {"expired", make_ocsp_response(mine, ocsp_answer().expired()), ocsp_status::expired, none,
         tls::errc::staple_expired},
        {"expired, and of another CA", make_ocsp_response(mine, ocsp_answer(forged).expired()),
         ocsp_status::expired, none, tls::errc::staple_expired},
        {"revoked, of another CA",
         make_ocsp_response(mine, ocsp_answer(ocsp_answer::verdict::revoked).responder(*forged.responder())),
         ocsp_status::invalid, tls::errc::staple_invalid, tls::errc::staple_invalid},
        {"too old, without an end",
         make_ocsp_response(mine, ocsp_answer().this_update(now - 11 * 24h).next_update({})),
         ocsp_status::expired, none, tls::errc::staple_expired},
        {"of the future", make_ocsp_response(mine, ocsp_answer().this_update(now + 1h)), ocsp_status::expired,
         none, tls::errc::staple_expired},
        {"too busy", testing::make_ocsp_failure(), ocsp_status::unusable, none, tls::errc::staple_invalid},
        {"of another certificate", make_ocsp_response(issue()), ocsp_status::unusable, none,
         tls::errc::staple_invalid},
        {"signed by a sibling", make_ocsp_response(mine, ocsp_answer().responder(issue())),
         ocsp_status::invalid, tls::errc::staple_invalid, tls::errc::staple_invalid},
        {"signed by itself", make_ocsp_response(mine, ocsp_answer().responder(mine)), ocsp_status::invalid,
         tls::errc::staple_invalid, tls::errc::staple_invalid},
        {"of another CA", make_ocsp_response(mine, forged), ocsp_status::invalid, tls::errc::staple_invalid,
         tls::errc::staple_invalid},
        {"with a broken signature", broken, ocsp_status::invalid, tls::errc::staple_invalid,
         tls::errc::staple_invalid},
        {"cut off", good.substr(0, good.size() / 2), ocsp_status::invalid, tls::errc::staple_invalid,
         tls::errc::staple_invalid},
        {"with more behind", good + "x", ocsp_status::invalid, tls::errc::staple_invalid,
         tls::errc::staple_invalid},
        {"not in DER", not_der, ocsp_status::invalid, tls::errc::staple_invalid, tls::errc::staple_invalid},
        {"garbage", "garbage", ocsp_status::invalid, tls::errc::staple_invalid, tls::errc::staple_invalid},
    };
    for (const auto& one : cases) {
        INFO(one.what);
        const auto lenient = judge(mine, one.staple, ocsp_check::if_stapled, version);
        CHECK(lenient.error == one.if_stapled);
        CHECK(lenient.status == one.status);
        const auto strict = judge(mine, one.staple, ocsp_check::required, version);
        CHECK(strict.error == one.required);
        CHECK(strict.status == one.status);
        const auto careless = judge(mine, one.staple, ocsp_check::off, version);
        CHECK(careless.error == none);
        CHECK(careless.status == ocsp_status::unchecked);
    }
}

TEST_CASE("a must-staple certificate needs a good response", "[tls][ocsp]") {
    const auto version = GENERATE(tls::version::tls_1_2, tls::version::tls_1_3);
    const auto mine = issue(certificate_request().name("example.com").must_staple());
    const auto verdict = [&](const std::string& staple, ocsp_check check) {
        return judge(mine, staple, check, version).error;
    };
    CHECK(verdict("", ocsp_check::if_stapled) == tls::errc::staple_missing);
    CHECK(verdict(make_ocsp_response(mine, ocsp_answer().expired()), ocsp_check::if_stapled) ==
          tls::errc::staple_expired);
    CHECK(verdict(make_ocsp_response(mine), ocsp_check::if_stapled) == std::error_code());
    CHECK(verdict("", ocsp_check::off) == std::error_code());
}

TEST_CASE("the issuer of the response may be an intermediate", "[tls][ocsp]") {
    const auto mine = issue(certificate_request().name("example.com").intermediate());
    CHECK(judge(mine, make_ocsp_response(mine), ocsp_check::required).error == std::error_code());
    // The root did not issue it, and may not speak of it.
    auto by_root = mine;
    const auto direct = issue();
    by_root.issuer = direct.issuer;
    by_root.issuer_key = direct.issuer_key;
    CHECK(judge(mine, make_ocsp_response(by_root), ocsp_check::required).error == tls::errc::staple_invalid);
}

TEST_CASE("a failed check of the response is told with its certificate", "[tls][ocsp]") {
    const auto mine = issue();
    engine_pair pair(test::example_client(),
                     server_with(mine, make_ocsp_response(mine, ocsp_answer(ocsp_answer::verdict::revoked))));
    pair.connect();
    const auto failure = pair.client.peer().failure();
    REQUIRE(failure);
    CHECK(failure->reason == "OCSP response: revoked");
    CHECK(failure->depth == 0);
    CHECK(failure->certificate.subject_common_name == "example.com");
    CHECK(pair.client.error_detail() ==
          "OCSP response: revoked (depth 0, subject CN=example.com,O=dragline)");
    CHECK(pair.client.peer().chain().size() == 1);
    CHECK(pair.server_error == tls::errc::handshake_failed);
}

TEST_CASE("a resumed session keeps what its response said, until that runs out", "[tls][ocsp]") {
    const auto version = GENERATE(tls::version::tls_1_2, tls::version::tls_1_3);
    const auto mine = issue();
    const auto cache = std::make_shared<tls::ticket_cache>();
    const auto client = test::example_client(test::trusting().ocsp(ocsp_check::required));
    const auto connect = [&](const tls::context& server) {
        engine_pair pair(client, server, tls::engine_options().host("example.com").tickets(cache, "key"));
        pair.connect();
        CHECK_FALSE(pair.client_error);
        CHECK(pair.client.peer().ocsp() == ocsp_status::good);
        CHECK(pair.client.peer().verified_chain().size() == 2);
        return pair.client.resumed();
    };
    const auto lasting = server_with(mine, make_ocsp_response(mine), version);
    CHECK_FALSE(connect(lasting));
    CHECK(connect(lasting));
    CHECK(connect(lasting));

    // Within the leeway for clocks still good, but not good enough to resume with.
    cache->clear();
    const auto ending = make_ocsp_response(mine, ocsp_answer().next_update(now - 1min));
    const auto over = server_with(mine, ending, version);
    CHECK_FALSE(connect(over));
    CHECK(cache->size() > 0);
    CHECK_FALSE(connect(over));
}

TEST_CASE("a response cannot be required where nothing is verified", "[tls][ocsp]") {
    const auto options = tls::client_options().verify(false);
    CHECK(tls::context::make_client(tls::client_options(options).ocsp(ocsp_check::required)).error() ==
          std::errc::invalid_argument);
    engine_pair pair(test::example_client(options), server_with(issue(), "garbage"));
    pair.connect();
    CHECK_FALSE(pair.client_error);
    CHECK(pair.client.peer().ocsp() == ocsp_status::unchecked);
}
