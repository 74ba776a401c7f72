#include <dragline/http/exchange.hpp>

#include <catch2/catch_test_macros.hpp>

#include <type_traits>

namespace http = dragline::http;

TEST_CASE("an exchange is an interface that is destroyed through its base", "[http][exchange]") {
    STATIC_CHECK(std::is_abstract_v<http::exchange>);
    STATIC_CHECK(std::has_virtual_destructor_v<http::exchange>);
}

TEST_CASE("a response head starts empty, and a stage without a limit", "[http][exchange]") {
    const http::response_head head;
    CHECK(head.status == 0);
    CHECK(head.headers.empty());
    CHECK(!head.content_length);
    CHECK(http::stage_limit().until == dragline::async::no_deadline);
    CHECK(http::request_view().fields == nullptr);
    STATIC_CHECK(!std::is_aggregate_v<http::response_head>);
}
