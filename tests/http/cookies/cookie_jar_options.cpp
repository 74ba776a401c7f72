#include <dragline/http/cookies/cookie_jar_options.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <type_traits>

using dragline::http::cookie_jar_options;
using dragline::http::set_cookie_limits;

TEST_CASE("cookie_jar_options have the documented defaults", "[http][cookie_jar_options]") {
    const cookie_jar_options options;
    CHECK(options.size_limits().max_size() == 4096);
    CHECK(options.size_limits().max_attribute() == 1024);
    CHECK(options.cookies_per_domain() == 180);
    CHECK(options.cookies() == 3000);
    CHECK(options.max_field() == 8190);
    CHECK(options.max_lifetime() == std::chrono::hours(24 * 400));
    CHECK(options.registrable_domain() == nullptr);
    STATIC_CHECK(!std::is_aggregate_v<cookie_jar_options>);
}

TEST_CASE("cookie_jar_options are equal when every setting is", "[http][cookie_jar_options]") {
    const cookie_jar_options usual;
    CHECK(usual == cookie_jar_options());
    CHECK(usual != cookie_jar_options().size_limits(set_cookie_limits().max_size(1)));
    CHECK(usual != cookie_jar_options().size_limits(set_cookie_limits().max_attribute(1)));
    CHECK(usual != cookie_jar_options().cookies_per_domain(1));
    CHECK(usual != cookie_jar_options().cookies(1));
    CHECK(usual != cookie_jar_options().max_field(1));
    CHECK(usual != cookie_jar_options().max_lifetime(std::chrono::seconds(1)));
    const auto rule = [](std::string_view) { return std::optional<std::string>(); };
    CHECK(usual != cookie_jar_options().registrable_domain(rule));
}
