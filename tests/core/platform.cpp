#include <dragline/core/platform.hpp>

#include <catch2/catch_test_macros.hpp>

#include <filesystem>
#include <string_view>

TEST_CASE("a system is at most one of the known ones", "[core][platform]") {
    STATIC_REQUIRE_FALSE((dragline::platform::windows && dragline::platform::linux_kernel));
}

TEST_CASE("the hosts file has an absolute path", "[core][platform]") {
    CHECK(std::filesystem::path(dragline::platform::hosts_file).is_absolute());
    CHECK(std::string_view(dragline::platform::hosts_file).ends_with("hosts"));
}
