#include <dragline/core/platform/files.hpp>

#include "../../support/temporary_folder.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <string>

namespace platform = dragline::platform;

#if !defined(_WIN32)
TEST_CASE("a file that is written is locked until it is closed, and is written at its end",
          "[core][platform]") {
    const dragline::test::temporary_folder folder;
    const auto path = folder.file("out", "old ");
    const int file = platform::open_output(path.c_str());
    REQUIRE(file >= 0);
    CHECK(platform::open_output(path.c_str()) == -1);
    CHECK(platform::write_output(file, "new", 3) == 3);
    CHECK(platform::sync_output(file) == 0);
    platform::close_output(file);
    CHECK(std::filesystem::file_size(path) == 7);
    const int again = platform::open_output(path.c_str());
    CHECK(again >= 0);
    CHECK(platform::truncate_output(again) == 0);
    platform::close_output(again);
    CHECK(std::filesystem::file_size(path) == 0);
    CHECK(platform::sync_folder(folder.path().c_str()) == 0);
}

TEST_CASE("a link is neither written through nor taken for a file of one's own", "[core][platform]") {
    const dragline::test::temporary_folder folder;
    const auto path = folder.file("file", "x"), link = folder.file("link");
    std::filesystem::create_symlink(path, link);
    CHECK(platform::open_output(link.c_str()) == -1);
    CHECK(platform::is_own_file(path.c_str()));
    CHECK_FALSE(platform::is_own_file(link.c_str()));
    CHECK_FALSE(platform::is_own_file(folder.path().c_str()));
    CHECK_FALSE(platform::is_own_file(folder.file("none").c_str()));
}

TEST_CASE("what is no regular file is not opened for reading", "[core][platform]") {
    const dragline::test::temporary_folder folder;
    const auto path = folder.file("file", "x");
    auto* const file = platform::open_regular_file(path.c_str());
    REQUIRE(file);
    std::fclose(file);
    CHECK_FALSE(platform::open_regular_file(folder.path().c_str()));
    CHECK(errno == EISDIR);
    CHECK_FALSE(platform::open_regular_file("/dev/null"));
}

TEST_CASE("a file that took another's name is another one", "[core][platform]") {
    const dragline::test::temporary_folder folder;
    const auto path = folder.file("file", "x"), other = folder.file("other", "y");
    const auto before = platform::identity_of_file(path.c_str());
    REQUIRE(before);
    CHECK(before == platform::identity_of_file(path.c_str()));
    std::filesystem::rename(other, path);
    CHECK(before != platform::identity_of_file(path.c_str()));
    CHECK_FALSE(platform::identity_of_file(other.c_str()));
}
#endif
