#include <dragline/http/events/events_options.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <type_traits>

using namespace std::chrono_literals;
using dragline::events_options;

TEST_CASE("events_options keeps what it is given, and does not connect again unless told to",
          "[http][events_options]") {
    STATIC_CHECK(!std::is_aggregate_v<events_options>);
    CHECK(events_options().reconnects() == 0);
    CHECK(events_options().retry() == 3s);
    CHECK(events_options().max_retry() == 1min);
    const auto options = events_options()
                             .reconnects(5)
                             .retry(1s)
                             .max_retry(2s)
                             .idle_timeout(3s)
                             .last_event_id("7")
                             .limits(dragline::http::event_stream_limits().max_line(1).max_data(2))
                             .fetch(dragline::fetch_options().user_agent("x"));
    CHECK(options.reconnects() == 5);
    CHECK(options.retry() == 1s);
    CHECK(options.max_retry() == 2s);
    CHECK(options.idle_timeout() == 3s);
    CHECK(options.last_event_id() == "7");
    CHECK(options.limits().max_line() == 1);
    CHECK(options.limits().max_data() == 2);
    CHECK(options.fetch().user_agent() == "x");
}
