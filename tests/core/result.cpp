#include <dragline/core/result.hpp>

#include <catch2/catch_test_macros.hpp>

#include <memory>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

#include <dragline/core/error.hpp>

using dragline::result;

TEST_CASE("a result holds a value or an error", "[core][result]") {
    const result<int> good = 7;
    CHECK(good);
    CHECK(good.has_value());
    CHECK_FALSE(good.error());
    CHECK(*good == 7);
    CHECK(good.value() == 7);

    const result<int> bad = make_error_code(std::errc::timed_out);
    CHECK_FALSE(bad);
    CHECK_FALSE(bad.has_value());
    CHECK(bad.error() == std::errc::timed_out);
}

TEST_CASE("a default result is the default value, not an error", "[core][result]") {
    CHECK(result<std::string>().value().empty());
    CHECK(result<void>().has_value());
}

TEST_CASE("an error code enumerator of any module becomes the error", "[core][result]") {
    const result<std::string> bad = dragline::errc::not_supported;
    CHECK(bad.error() == dragline::errc::not_supported);
    const result<void> nothing = dragline::errc::queue_full;
    CHECK(nothing.error() == dragline::errc::queue_full);
    STATIC_REQUIRE_FALSE(std::is_convertible_v<std::errc, result<void>>);  // a condition is no code
}

TEST_CASE("value() throws the error as std::system_error", "[core][result]") {
    result<std::string> bad = dragline::errc::not_supported;
    const auto code_of = [](auto action) {
        try {
            action();
        } catch (const std::system_error& error) {
            return error.code();
        }
        return std::error_code();
    };
    CHECK(code_of([&] { (void)bad.value(); }) == dragline::errc::not_supported);
    CHECK(code_of([&] { (void)std::as_const(bad).value(); }) == dragline::errc::not_supported);
    CHECK(code_of([&] { (void)std::move(bad).value(); }) == dragline::errc::not_supported);
    CHECK(code_of([] { result<void>(dragline::errc::queue_full).value(); }) == dragline::errc::queue_full);
    CHECK_FALSE(code_of([] { result<void>().value(); }));
}

TEST_CASE("a move-only value moves in and out", "[core][result]") {
    result<std::unique_ptr<int>> owner = std::make_unique<int>(3);
    CHECK(**owner == 3);
    const std::unique_ptr<int> out = std::move(owner).value();
    CHECK(*out == 3);
    const std::unique_ptr<int> again = *result<std::unique_ptr<int>>(std::make_unique<int>(4));
    CHECK(*again == 4);
}

TEST_CASE("members of the value are reached through the arrow", "[core][result]") {
    result<std::string> text = std::string("abc");
    CHECK(text->size() == 3);
    text->push_back('d');
    CHECK(*std::as_const(text) == "abcd");
    CHECK(std::as_const(text)->back() == 'd');
}
