#include <dragline/net/options.hpp>

#include <dragline/net/connect_trace.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <type_traits>

using namespace std::chrono_literals;
using dragline::connect_options;

TEST_CASE("connect_options have the documented defaults", "[net][options]") {
    const connect_options options;
    CHECK(options.timeout() == 10s);
    CHECK(options.tls_timeout() == 10s);
    CHECK(options.attempt_delay() == 250ms);
    CHECK(options.resolution_delay() == 50ms);
    CHECK(!options.tls());
    CHECK(options.trace() == nullptr);
    STATIC_CHECK(!std::is_aggregate_v<connect_options>);
}

TEST_CASE("connect_options keep what they are given, also what cannot work", "[net][options]") {
    dragline::net::connect_trace trace;
    const auto options = connect_options()
                             .timeout(-1s)
                             .tls_timeout(0s)
                             .attempt_delay(1ms)
                             .resolution_delay(2ms)
                             .tls(dragline::tls::client_options().verify(false))
                             .trace(&trace);
    CHECK(options.timeout() == -1s);
    CHECK(options.tls_timeout() == 0s);
    CHECK(options.attempt_delay() == 1ms);
    CHECK(options.resolution_delay() == 2ms);
    REQUIRE(options.tls());
    CHECK(!options.tls()->verify());
    CHECK(options.trace() == &trace);
}
