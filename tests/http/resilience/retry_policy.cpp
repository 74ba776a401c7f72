#include <dragline/http/resilience/retry_policy.hpp>

#include <dragline/async/callback_failure.hpp>
#include <dragline/core/error.hpp>
#include <dragline/dns/error.hpp>
#include <dragline/h1/error.hpp>
#include <dragline/http/detail/retry_machine.hpp>
#include <dragline/http/error.hpp>
#include <dragline/testing/manual_clock.hpp>
#include <dragline/tls/error.hpp>

#include <asio/error.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <stdexcept>
#include <string>
#include <type_traits>

using namespace std::chrono_literals;
using dragline::make_timeout;
using dragline::phase;
using dragline::http::response_head;
using dragline::http::retry_budget;
using dragline::http::retry_decision;
using dragline::http::retry_policy;
using dragline::http::retry_proposal;
using dragline::http::retry_reason;
using dragline::http::retry_stop;
using dragline::http::retry_when;
using dragline::http::detail::retry_machine;
using dragline::http::detail::retry_question;

namespace http = dragline::http;
namespace async = dragline::async;

namespace {

const async::time_point retry_start{1h};

// The greatest number each time: the longest pause.
struct patient_random final : async::random_source {
    result_type operator()() override { return max(); }
};

struct retry_run {
    explicit retry_run(retry_policy chosen = retry_policy(), retry_budget budget = retry_budget::unlimited())
        : policy(std::move(chosen)), machine(policy, std::move(budget)) {
        asked.method = "GET";
        asked.now = retry_start;
    }
    bool failed(std::error_code ec) {
        asked.ec = ec;
        return machine.retry(asked, random);
    }
    bool answered(int status, const std::string& retry_after = {}) {
        head.status = status;
        head.headers.clear();
        if (!retry_after.empty()) head.headers.add("Retry-After", retry_after);
        asked.ec = {};
        asked.head = &head;
        return machine.retry(asked, random);
    }
    async::duration pause() { return machine.take_pause(); }

    retry_policy policy;
    retry_machine machine;
    retry_question asked;
    response_head head;
    patient_random random;
};

bool about(async::duration value, async::duration expected) {
    return value <= expected && value > expected - 1ms;
}

std::error_code aborted() { return asio::error::operation_aborted; }
std::error_code reset() { return asio::error::connection_reset; }

}  // namespace

TEST_CASE("a retry_policy has the documented defaults and compares by value", "[http][retry_policy]") {
    const retry_policy usual;
    CHECK(usual.attempts() == 3);
    CHECK(usual.first_backoff() == 100ms);
    CHECK(usual.longest_backoff() == 10s);
    CHECK(usual.max_retry_after() == 60s);
    CHECK(!usual.any_method());
    CHECK(usual.timeouts());
    CHECK(!usual.budget());
    CHECK(!usual.decide());
    for (const int status : {408, 429, 502, 503, 504})
        CHECK(usual.rule_of(status) == retry_when::if_repeatable);
    for (const int status : {200, 302, 404, 500, 501, 505}) CHECK(usual.rule_of(status) == retry_when::never);
    CHECK(usual == retry_policy());
    CHECK(!(usual == retry_policy(2)));
    CHECK(!(usual == retry_policy().status(500, retry_when::always)));
    CHECK(!(usual == retry_policy().budget(retry_budget())));
    const auto decided = retry_policy().decide([](const retry_proposal&) { return retry_decision::stop; });
    const auto copy = decided;
    CHECK(copy == decided);
    CHECK(!(usual == decided));
    STATIC_CHECK(!std::is_aggregate_v<retry_policy>);
}

TEST_CASE("a retry_policy that cannot work is not valid", "[http][retry_policy]") {
    CHECK(retry_policy().valid());
    CHECK(retry_policy::none().valid());
    CHECK_FALSE(retry_policy(0).valid());
    CHECK_FALSE(retry_policy(-1).valid());
    CHECK_FALSE(retry_policy().backoff(0ms, 1s).valid());
    CHECK_FALSE(retry_policy().backoff(2s, 1s).valid());
    CHECK(retry_policy().backoff(1s, 1s).valid());
    CHECK_FALSE(retry_policy().max_retry_after(0s).valid());
    CHECK_FALSE(retry_policy().max_retry_after(-1s).valid());
    CHECK_FALSE(retry_policy().status(299, retry_when::always).valid());
    CHECK(retry_policy().status(300, retry_when::always).valid());
    CHECK(retry_policy().status(599, retry_when::always).valid());
    CHECK_FALSE(retry_policy().status(600, retry_when::always).valid());
    CHECK_FALSE(retry_policy().budget(retry_budget(-1)).valid());
    CHECK_FALSE(retry_policy().decide(nullptr).valid());
}

TEST_CASE("which errors are retried", "[http][retry_policy]") {
    const struct {
        std::error_code ec;
        retry_reason unsent;  // before any of the request was sent: any method
        retry_reason sent;    // after it: what may be repeated
    } cases[] = {
        {reset(), retry_reason::connect_failed, retry_reason::no_answer},
        {asio::error::connection_refused, retry_reason::connect_failed, retry_reason::no_answer},
        {asio::error::host_unreachable, retry_reason::connect_failed, retry_reason::no_answer},
        {http::errc::connection_closed, retry_reason::connect_failed, retry_reason::no_answer},
        {dragline::dns::errc::server_failure, retry_reason::connect_failed, retry_reason::none},
        {dragline::tls::errc::handshake_closed, retry_reason::connect_failed, retry_reason::none},
        {dragline::tls::errc::truncated, retry_reason::connect_failed, retry_reason::no_answer},
        {dragline::h1::errc::truncated, retry_reason::none, retry_reason::truncated},
        {make_timeout(phase::resolve), retry_reason::timeout, retry_reason::timeout},
        {make_timeout(phase::connect), retry_reason::timeout, retry_reason::timeout},
        {make_timeout(phase::first_byte), retry_reason::timeout, retry_reason::timeout},
        {make_timeout(phase::read), retry_reason::timeout, retry_reason::timeout},
        {make_timeout(phase::total), retry_reason::none, retry_reason::none},
        {make_timeout(phase::queue), retry_reason::none, retry_reason::none},
        {dragline::dns::errc::name_not_found, retry_reason::none, retry_reason::none},
        {dragline::tls::errc::certificate_expired, retry_reason::none, retry_reason::none},
        {dragline::tls::errc::unknown_issuer, retry_reason::none, retry_reason::none},
        {dragline::tls::errc::host_mismatch, retry_reason::none, retry_reason::none},
        {dragline::h1::errc::malformed_field, retry_reason::none, retry_reason::none},
        {http::errc::body_too_large, retry_reason::none, retry_reason::none},
        {http::errc::circuit_open, retry_reason::none, retry_reason::none},
        {dragline::errc::queue_full, retry_reason::none, retry_reason::none},
        {aborted(), retry_reason::none, retry_reason::none},
    };
    for (const auto& each : cases) {
        INFO(each.ec.message());
        for (const bool sent : {false, true}) {
            const auto expected = sent ? each.sent : each.unsent;
            CHECK(http::detail::reason_to_retry(each.ec, sent, false) == expected);
            for (const char* method : {"GET", "POST"}) {
                retry_run run;
                run.asked.sent = sent;
                run.asked.method = method;
                const bool repeatable = !sent || method == std::string("GET");
                CHECK(run.failed(each.ec) == (expected != retry_reason::none && repeatable));
                const auto stopped = expected == retry_reason::none ? retry_stop::final_error
                                     : repeatable                   ? retry_stop::none
                                                                    : retry_stop::method;
                CHECK(run.machine.stopped() == stopped);
            }
        }
    }
    CHECK(http::detail::reason_to_retry(reset(), true, true) == retry_reason::truncated);
    retry_run strict(retry_policy().timeouts(false));
    CHECK_FALSE(strict.failed(make_timeout(phase::read)));
}

TEST_CASE("a request is made twice only when it may be", "[http][retry_policy]") {
    retry_run run;
    for (const char* method : {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"}) {
        retry_run each;
        each.asked.method = method;
        CHECK(each.answered(503));
    }
    run.asked.method = "POST";
    CHECK_FALSE(run.answered(503));
    CHECK(run.machine.stopped() == retry_stop::method);
    run.asked.keyed = true;
    CHECK(run.answered(503));
    run.asked.replayable = false;
    CHECK_FALSE(run.answered(503));
    CHECK(run.machine.stopped() == retry_stop::body);

    retry_run any(retry_policy().any_method(true));
    any.asked.method = "PATCH";
    CHECK(any.failed(reset()));
    retry_run always(retry_policy().status(429, retry_when::always).status(503, retry_when::never));
    always.asked.method = "POST";
    CHECK(always.answered(429));
    CHECK_FALSE(always.answered(502));
    always.asked.method = "GET";
    CHECK_FALSE(always.answered(503));
    CHECK(always.machine.stopped() == retry_stop::none);
}

TEST_CASE("pauses are random, and twice as long each time up to the longest", "[http][retry_policy]") {
    retry_run run(retry_policy(100));
    for (const auto expected : {100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms, 6400ms, 10'000ms, 10'000ms}) {
        REQUIRE(run.failed(reset()));
        CHECK(about(run.pause(), expected));
        CHECK(run.pause() == 0ns);  // taken
    }
    retry_policy policy(1000);
    retry_machine machine(policy, retry_budget::unlimited());
    dragline::testing::seeded_random random;
    async::duration sum{};
    for (int i = 0; i < 900; ++i) {
        REQUIRE(machine.retry(run.asked, random));
        const auto pause = machine.take_pause();
        CHECK((pause >= 0ns && pause < 10s));
        sum += pause;
    }
    CHECK((sum > 900 * 4s && sum < 900 * 6s));
    retry_run endless(retry_policy(1000).backoff(1h, dragline::no_limit));
    for (int i = 0; i < 900; ++i) REQUIRE(endless.failed(reset()));
    CHECK(about(endless.pause(), 365 * 24h));
}

TEST_CASE("attempts, budget and deadline end it", "[http][retry_policy]") {
    retry_run run;
    CHECK(run.failed(reset()));
    CHECK(run.answered(503));
    CHECK_FALSE(run.answered(503));
    CHECK(run.machine.stopped() == retry_stop::attempts);

    retry_run none(retry_policy::none());
    CHECK_FALSE(none.failed(reset()));

    retry_run poor(retry_policy(), retry_budget(0.5, 1));
    CHECK(poor.failed(reset()));
    CHECK_FALSE(poor.failed(reset()));
    CHECK(poor.machine.stopped() == retry_stop::budget);

    retry_run late;
    late.asked.until = retry_start + 99ms;
    CHECK_FALSE(late.failed(reset()));
    CHECK(late.machine.stopped() == retry_stop::deadline);
    late.asked.until = retry_start + 101ms;
    CHECK(late.failed(reset()));
}

TEST_CASE("Retry-After is waited for up to a cap, and garbage is nothing", "[http][retry_policy]") {
    const auto pause_after = [](const std::string& value) {
        retry_run run;
        return run.answered(503, value) ? run.pause() : async::duration(-1);
    };
    CHECK(about(pause_after("60"), 60'100ms));
    CHECK(pause_after("61") == async::duration(-1));
    CHECK(pause_after("31536000") == async::duration(-1));
    CHECK(about(pause_after("0"), 100ms));
    CHECK(about(pause_after("soon"), 100ms));
    CHECK(about(pause_after("-5"), 100ms));
    // The clock of the machine stands at 1970.
    CHECK(about(pause_after("Thu, 01 Jan 1970 00:00:30 GMT"), 30'100ms));
    CHECK(pause_after("Fri, 01 Jan 1971 00:00:00 GMT") == async::duration(-1));

    retry_run past;
    past.asked.wall_time = std::chrono::sys_days(std::chrono::January / 1 / 2020);
    REQUIRE(past.answered(429, "Wed, 01 Jan 2014 00:00:00 GMT"));
    CHECK(about(past.pause(), 100ms));

    retry_run year;
    CHECK_FALSE(year.answered(503, "31536000"));
    CHECK(year.machine.stopped() == retry_stop::retry_after);
    year.asked.until = retry_start + 5s;
    CHECK_FALSE(year.answered(503, "5"));
    CHECK(year.machine.stopped() == retry_stop::deadline);
}

TEST_CASE("a redirect waits for its Retry-After, and is not followed when that is too long",
          "[http][retry_policy]") {
    retry_run run;
    run.head.status = 302;
    run.asked.head = &run.head;
    CHECK(run.machine.follow(run.asked));
    CHECK(run.pause() == 0s);
    run.head.headers.add("Retry-After", "3");
    CHECK(run.machine.follow(run.asked));
    CHECK(run.pause() == 3s);
    CHECK(run.machine.take_reason() == retry_reason::none);
    run.asked.until = retry_start + 3s;
    CHECK_FALSE(run.machine.follow(run.asked));
    CHECK(run.machine.stopped() == retry_stop::deadline);
    run.head.headers.set("Retry-After", "61");
    run.asked.until = async::no_deadline;
    CHECK_FALSE(run.machine.follow(run.asked));
    CHECK(run.machine.stopped() == retry_stop::retry_after);
}

TEST_CASE("a function decides before the rules, within the limits", "[http][retry_policy]") {
    std::string seen;
    auto says = retry_decision::retry;
    const auto policy = retry_policy(2).decide([&](const retry_proposal& proposal) {
        seen = std::to_string(proposal.attempts) + ' ' + std::string(proposal.method) + ' ' +
               std::to_string(proposal.status) + ' ' + std::string(proposal.headers.get("X")) + ' ' +
               proposal.ec.message();
        return says;
    });
    retry_run run(policy);
    CHECK(run.machine.concerns(200));
    CHECK_FALSE(retry_run().machine.concerns(299));
    run.asked.method = "POST";
    run.head.headers.add("X", "y");
    CHECK(run.answered(200));
    CHECK(run.machine.take_reason() == retry_reason::decision);
    CHECK(run.machine.take_reason() == retry_reason::none);
    CHECK(seen.starts_with("1 POST 200 "));
    CHECK_FALSE(run.answered(200));
    CHECK(seen.starts_with("2 POST 200 "));
    CHECK(run.machine.stopped() == retry_stop::attempts);

    retry_run broken(policy);
    CHECK(broken.failed(dragline::tls::errc::certificate_expired));
    retry_run once(policy);
    once.asked.replayable = false;
    CHECK_FALSE(once.failed(reset()));
    says = retry_decision::stop;
    CHECK_FALSE(once.failed(reset()));
    CHECK(once.machine.stopped() == retry_stop::decision);
    says = retry_decision::by_policy;
    retry_run usual(policy);
    CHECK_FALSE(usual.answered(200));
    CHECK(usual.answered(503));

    retry_run throwing(retry_policy().decide(
        [](const retry_proposal&) -> retry_decision { throw std::runtime_error("mine"); }));
    CHECK_THROWS_AS(throwing.failed(reset()), async::callback_failure);
}
