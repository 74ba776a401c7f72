#include <dragline/net/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <set>
#include <string>
#include <system_error>

using dragline::condition;
using dragline::phase;
using dragline::phase_of;
using dragline::net::errc;

TEST_CASE("every code of net has a text, a condition and a phase", "[net][error]") {
    const std::error_code invalid = errc::invalid_endpoint;
    const std::error_code none = errc::no_address;
    CHECK(std::string(invalid.category().name()) == "dragline.net");
    CHECK(invalid.message() != none.message());
    CHECK(invalid == std::errc::invalid_argument);
    CHECK(none == condition::resolve_failed);
    CHECK(phase_of(invalid) == phase::connect);
    CHECK(phase_of(none) == phase::resolve);
}

TEST_CASE("a number that is no code of net has a text too", "[net][error]") {
    const std::error_code unknown(4711, dragline::net::error_category());
    CHECK(unknown.message() == "unknown net error");
    CHECK(unknown.default_error_condition().category() == dragline::net::error_category());
}
