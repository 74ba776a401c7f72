#include <dragline/http/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <set>
#include <string>
#include <system_error>

using dragline::condition;
using dragline::phase;
using dragline::phase_of;
using dragline::http::errc;

TEST_CASE("every code of http has a text of its own", "[http][error]") {
    std::set<std::string> texts;
    for (int code = 1; code <= static_cast<int>(errc::strict_transport_full); ++code) {
        const std::error_code ec = static_cast<errc>(code);
        CHECK(std::string(ec.category().name()) == "dragline.http");
        CHECK(texts.insert(ec.message()).second);
        CHECK(ec.message() != "unknown http error");
    }
    CHECK(make_error_code(static_cast<errc>(4711)).message() == "unknown http error");
}

TEST_CASE("the codes of http map to conditions and phases", "[http][error]") {
    const auto code = [](errc value) { return make_error_code(value); };
    CHECK(code(errc::unsupported_scheme) == std::errc::invalid_argument);
    CHECK(code(errc::connection_closed) == condition::protocol_error);
    CHECK(code(errc::unexpected_upgrade) == condition::protocol_error);
    CHECK(code(errc::too_many_interim) == condition::limit_exceeded);
    CHECK(code(errc::too_many_redirects) == condition::limit_exceeded);
    CHECK(code(errc::body_too_large) == condition::limit_exceeded);
    CHECK(code(errc::insecure_redirect) == condition::blocked);
    CHECK(code(errc::session_closed) != condition::timeout);
    CHECK(code(errc::invalid_cookie) == std::errc::invalid_argument);
    CHECK(code(errc::cookie_too_large) == condition::limit_exceeded);
    for (const auto refused : {errc::cookie_foreign_domain, errc::cookie_public_suffix, errc::cookie_insecure,
                               errc::cookie_prefix_broken}) {
        CHECK(code(refused) == condition::blocked);
        CHECK(phase_of(code(refused)) == phase::none);
    }
    CHECK(code(errc::invalid_credentials) == std::errc::invalid_argument);
    CHECK(code(errc::no_proxy_chosen) == condition::proxy_failed);
    CHECK(phase_of(code(errc::no_proxy_chosen)) == phase::proxy);
    CHECK(code(errc::invalid_netrc) == std::errc::invalid_argument);
    CHECK(code(errc::invalid_challenge) == condition::protocol_error);
    CHECK(code(errc::challenge_too_large) == condition::limit_exceeded);

    CHECK(phase_of(code(errc::connection_closed)) == phase::first_byte);
    CHECK(phase_of(code(errc::too_many_redirects)) == phase::redirect);
    CHECK(phase_of(code(errc::insecure_redirect)) == phase::redirect);
    CHECK(phase_of(code(errc::body_too_large)) == phase::read);
    CHECK(phase_of(code(errc::session_closed)) == phase::none);
}
