#include <dragline/http/trace.hpp>  // first: proves the header stands alone

#include <catch2/catch_test_macros.hpp>

TEST_CASE("a trace begins without attempts", "[http][trace]") { CHECK(dragline::http::trace().attempts.empty()); }

TEST_CASE("an attempt begins as one that did nothing", "[http][trace]") {
    const dragline::http::attempt_record attempt;
    CHECK(attempt.status == 0);
    CHECK_FALSE(attempt.reused);
    CHECK_FALSE(attempt.retried);
    CHECK(attempt.bytes_sent == 0);
    CHECK(attempt.bytes_received == 0);
    CHECK(attempt.connection.dials.empty());
    CHECK_FALSE(attempt.ec);
}
