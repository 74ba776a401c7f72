#include <dragline/async/item_result.hpp>

#include <catch2/catch_test_macros.hpp>

#include <memory>
#include <stdexcept>
#include <string>

using dragline::result;
using dragline::async::item_result;

TEST_CASE("an item that ended well has its value", "[async][item_result]") {
    item_result<std::string> ended(result<std::string>("text"));
    CHECK(ended.has_value());
    CHECK(ended.value() == "text");
    CHECK(ended.exception() == nullptr);
    CHECK(std::move(ended).value() == "text");
    CHECK_NOTHROW(item_result<void>().value());
}

TEST_CASE("an item that returned its error throws it as a system_error", "[async][item_result]") {
    const auto refused = std::make_error_code(std::errc::connection_refused);
    const item_result<int> ended{result<int>(refused)};
    CHECK(ended.error() == refused);
    CHECK(ended.exception() == nullptr);
    CHECK_THROWS_AS(ended.value(), std::system_error);
}

TEST_CASE("an item that threw keeps its exception beside the code", "[async][item_result]") {
    const auto thrown = std::make_exception_ptr(std::out_of_range("item"));
    item_result<std::unique_ptr<int>> ended(std::make_error_code(std::errc::io_error), thrown);
    CHECK_FALSE(ended);
    CHECK(ended.error() == std::errc::io_error);
    CHECK(ended.exception() == thrown);
    CHECK_THROWS_AS(ended.value(), std::out_of_range);
    CHECK_THROWS_AS(std::move(ended).value(), std::out_of_range);
}
