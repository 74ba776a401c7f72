#include <dragline/dns/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <set>
#include <string>
#include <system_error>

using dragline::condition;
using dragline::dns::errc;

namespace {

constexpr int last_code = static_cast<int>(errc::quota_exceeded);

}  // namespace

TEST_CASE("every dns error has a text of its own", "[dns][error]") {
    std::set<std::string> texts;
    for (int code = 1; code <= last_code; ++code) {
        const auto text = make_error_code(static_cast<errc>(code)).message();
        CAPTURE(code, text);
        CHECK(text != "unknown dns error");
        CHECK(texts.insert(text).second);
    }
    CHECK(std::error_code(last_code + 1, dragline::dns::error_category()).message() == "unknown dns error");
}

TEST_CASE("a failed look-up is resolve_failed, whatever it failed of", "[dns][error]") {
    for (int code = 1; code <= last_code; ++code) {
        const auto ec = make_error_code(static_cast<errc>(code));
        if (ec == errc::invalid_server || ec == condition::limit_exceeded) continue;
        CAPTURE(ec.message());
        CHECK(ec == condition::resolve_failed);
        CHECK(ec != condition::timeout);
        CHECK(dragline::phase_of(ec) == dragline::phase::resolve);
    }
}

TEST_CASE("some dns errors are of a second kind", "[dns][error]") {
    CHECK(make_error_code(errc::malformed_message) == condition::protocol_error);
    CHECK(make_error_code(errc::question_mismatch) == condition::protocol_error);
    CHECK(make_error_code(errc::name_not_found) != condition::protocol_error);
    CHECK(make_error_code(errc::empty_name) == std::errc::invalid_argument);
    CHECK(make_error_code(errc::non_ascii_name) == std::errc::invalid_argument);
    CHECK(make_error_code(errc::unknown_type) == std::errc::invalid_argument);
    CHECK(make_error_code(errc::invalid_data) == std::errc::invalid_argument);
    CHECK(make_error_code(errc::invalid_server) == std::errc::invalid_argument);
    CHECK(make_error_code(errc::message_too_long) == condition::limit_exceeded);
    CHECK(make_error_code(errc::quota_exceeded) == condition::limit_exceeded);
    CHECK(make_error_code(errc::server_failure) != std::errc::invalid_argument);
}

TEST_CASE("what servers say is told apart", "[dns][error]") {
    const errc said[] = {errc::name_not_found, errc::no_data, errc::server_failure, errc::refused};
    for (const auto a : said) {
        for (const auto b : said) CHECK((make_error_code(a) == make_error_code(b)) == (a == b));
        CHECK(make_error_code(a) != dragline::make_timeout(dragline::phase::resolve));
    }
}
