#include <dragline/http/json.hpp>

#include <dragline/core/ascii.hpp>
#include <dragline/http/response.hpp>

#include <catch2/catch_test_macros.hpp>

#include <new>
#include <stdexcept>
#include <string>
#include <string_view>

namespace http = dragline::http;
using dragline::result;

namespace {

// A number is all the JSON that these types know.
struct throwing {
    unsigned value = 0;
};
struct returning {
    unsigned value = 0;
};
struct unknown {};

}  // namespace

template <>
struct dragline::http::json_traits<throwing> {
    static throwing parse(std::string_view text) {
        if (text == "big") throw std::bad_alloc();
        const auto number = ascii::parse_number<unsigned>(text);
        if (!number) throw std::runtime_error("no number");
        return {*number};
    }
    static std::string write(const throwing& value) { return std::to_string(value.value); }
};

template <>
struct dragline::http::json_traits<returning> {
    static result<returning> parse(std::string_view text) {
        const auto number = ascii::parse_number<unsigned>(text);
        if (!number) return std::make_error_code(std::errc::argument_out_of_domain);
        return returning{*number};
    }
};

TEST_CASE("JSON is read and written by the traits of its type", "[http][json]") {
    http::response response;
    response.body = "42";
    CHECK(response.json<throwing>().value().value == 42);
    CHECK(response.json<returning>().value().value == 42);
    response.body =
        "\xef\xbb\xbf"
        "7";
    CHECK(response.json<throwing>().value().value == 7);
    const auto body = http::json_body(throwing{5});
    CHECK(body.bytes() == "5");
    CHECK(body.content_type() == "application/json");
}

TEST_CASE("what is no JSON is an error, thrown or returned", "[http][json]") {
    CHECK(http::parse_json<throwing>("x").error() == http::errc::invalid_json);
    CHECK(http::parse_json<throwing>("x").error() == dragline::condition::protocol_error);
    CHECK(http::parse_json<returning>("").error() == std::errc::argument_out_of_domain);
    CHECK_THROWS_AS(http::parse_json<throwing>("big"), std::bad_alloc);
    STATIC_CHECK(!http::json_readable<unknown>);
    STATIC_CHECK(!http::json_writable<returning>);
}
