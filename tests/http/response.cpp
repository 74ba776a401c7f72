#include <dragline/http/response.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <system_error>
#include <type_traits>

namespace http = dragline::http;

TEST_CASE("a response is no error until raise_for_status makes it one", "[http][response]") {
    http::response response;
    for (const int fine : {200, 204, 304, 399}) {
        response.status = fine;
        CHECK(&response.raise_for_status() == &response);
    }
    for (const int bad : {400, 404, 500, 599}) {
        response.status = bad;
        try {
            response.raise_for_status();
            FAIL("it did not throw");
        } catch (const std::system_error& failure) {
            CHECK(failure.code() == http::errc::bad_status);
            CHECK(std::string(failure.what()).find(std::to_string(bad)) != std::string::npos);
        }
    }
}

TEST_CASE("the parts of a response are no aggregates and start empty", "[http][response]") {
    STATIC_CHECK(!std::is_aggregate_v<http::response>);
    STATIC_CHECK(!std::is_aggregate_v<http::redirect_record>);
    STATIC_CHECK(!std::is_aggregate_v<http::peer_record>);
    STATIC_CHECK(!std::is_aggregate_v<http::timings_record>);
    const http::response response;
    CHECK(response.status == 0);
    CHECK(response.url.empty());
    CHECK(response.history.empty());
    CHECK(!response.truncated);
    CHECK(!response.peer.tls);
}
