#include <dragline/url/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <set>
#include <string>

using dragline::url::errc;

TEST_CASE("every error has a text of its own", "[url][error]") {
    std::set<std::string> texts;
    for (int code = 1; code <= static_cast<int>(errc::too_long); ++code) {
        texts.insert(make_error_code(static_cast<errc>(code)).message());
    }
    CHECK(texts.size() == static_cast<std::size_t>(errc::too_long));
    CHECK_FALSE(texts.contains("unknown url error"));
    CHECK(std::error_code(999, dragline::url::error_category()).message() == "unknown url error");
}

TEST_CASE("an error is an invalid argument, unless a limit or the build is to blame", "[url][error]") {
    const auto code = [](errc value) { return make_error_code(value); };
    CHECK(code(errc::missing_scheme) == std::errc::invalid_argument);
    CHECK(code(errc::invalid_port) == std::errc::invalid_argument);
    CHECK(code(errc::idna_failed) == std::errc::invalid_argument);
    CHECK(code(errc::too_long) == dragline::condition::limit_exceeded);
    CHECK(code(errc::idna_not_supported) == std::errc::not_supported);
}

TEST_CASE("the category has a name and no phase", "[url][error]") {
    const std::error_code ec = errc::invalid_host;
    CHECK(std::string(ec.category().name()) == "dragline.url");
    CHECK(dragline::phase_of(ec) == dragline::phase::none);
}
