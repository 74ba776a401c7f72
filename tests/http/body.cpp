#include <dragline/http/body.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <type_traits>

using dragline::http::body;

TEST_CASE("no body is not an empty body", "[http][body]") {
    CHECK(!body().has_value());
    CHECK(body().bytes().empty());
    CHECK(body().content_type().empty());
    CHECK(body("").has_value());
    CHECK(body("").bytes().empty());
    STATIC_CHECK(!std::is_aggregate_v<body>);
}

TEST_CASE("a body holds any bytes, and its type where it has one", "[http][body]") {
    const std::string bytes("a\0b", 3);
    CHECK(body(bytes).bytes() == bytes);
    CHECK(body(bytes).content_type().empty());
    CHECK(body("x", "text/plain").content_type() == "text/plain");
    CHECK(body::json("{}").bytes() == "{}");
    CHECK(body::json("{}").content_type() == "application/json");
}

TEST_CASE("copies of a body share their bytes", "[http][body]") {
    const body original(std::string(100'000, 'x'));
    const body copy = original;
    CHECK(copy.bytes().data() == original.bytes().data());
}
