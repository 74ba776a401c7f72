#include <dragline/net/connect_request.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <type_traits>

using namespace std::chrono_literals;
using dragline::net::connect_request;

TEST_CASE("a connect_request has no limit, no TLS and the delays of RFC 8305", "[net][connect_request]") {
    const connect_request request;
    CHECK(request.until == dragline::async::no_deadline);
    CHECK(request.resolve_timeout == dragline::no_limit);
    CHECK(request.connect_timeout == dragline::no_limit);
    CHECK(request.tls_timeout == dragline::no_limit);
    CHECK(request.attempt_delay == 250ms);
    CHECK(request.resolution_delay == 50ms);
    CHECK(!request.resolver);
    CHECK(!request.tls);
    CHECK(!request.writes_first);
    STATIC_CHECK(!std::is_aggregate_v<connect_request>);
}
