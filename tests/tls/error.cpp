#include <dragline/tls/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <set>
#include <string>
#include <system_error>

using namespace dragline;

TEST_CASE("every TLS error is condition::tls_failed and has a text of its own", "[tls][error]") {
    std::set<std::string> texts;
    for (int code = 1; code <= static_cast<int>(tls::errc::library_failure); ++code) {
        const std::error_code ec = static_cast<tls::errc>(code);
        CAPTURE(code, ec.message());
        CHECK(ec == condition::tls_failed);
        CHECK(ec != condition::timeout);
        CHECK(ec.message() != "unknown TLS error");
        CHECK(texts.insert(ec.message()).second);
    }
    CHECK(std::string(tls::error_category().name()) == "dragline.tls");
    CHECK(std::error_code(9999, tls::error_category()).message() == "unknown TLS error");
}

TEST_CASE("a TLS error names its phase", "[tls][error]") {
    CHECK(phase_of(tls::errc::certificate_expired) == phase::tls);
    CHECK(phase_of(tls::errc::handshake_closed) == phase::tls);
    CHECK(phase_of(tls::errc::truncated) == phase::read);
}
