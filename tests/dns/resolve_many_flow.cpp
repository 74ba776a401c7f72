// The pace, the pressure and the ends of resolve_many().
#include <dragline/dns/resolve_many.hpp>

#include "bulk_lab.hpp"

#include <catch2/matchers/catch_matchers.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>

namespace dns = dragline::dns;
using namespace dragline::test;
using namespace std::chrono_literals;
using dns::errc;
using dragline::testing::dns_query;
using dragline::testing::dns_reply;

TEST_CASE("no server is asked faster than it may be", "[dns][resolve_many]") {
    bulk_lab lab;
    lab.server.on_query(&numbered_host);
    std::size_t reported = 0;
    const auto options = lab.bulk().queries_per_second(0.001, 10);
    const auto keep = [&](const bulk_answer& each) {
        CHECK(!each.error());
        // Each ten answers need 10,000 seconds, which are made to pass here.
        if (++reported % 10 == 0) {
            asio::post(lab.loop.get_executor(), [&] {
                CHECK(lab.server.query_count() == reported);
                lab.clock.advance(std::chrono::seconds(10'000));
            });
        }
    };
    const auto [ec, summary] =
        lab.run(dns::resolve_many(lab.loop, numbered(40), record_type::a, options, keep, no_throw));
    CHECK(!ec);
    CHECK(reported == 40);
    CHECK(summary.elapsed >= std::chrono::seconds(30'000));
}

TEST_CASE("an awaited sink that has not ended keeps its place in the window", "[dns][resolve_many]") {
    bulk_lab lab;
    lab.server.on_query(&numbered_host);
    std::size_t open = 0, most = 0, ended = 0;
    const bool in_order = GENERATE(false, true);
    const auto sink = [&](const bulk_answer& each) -> asio::awaitable<void> {
        const auto index = each.index;
        most = std::max(most, ++open);
        asio::steady_timer pause(lab.loop.get_executor(), 3ms);
        co_await pause.async_wait(asio::use_awaitable);
        CHECK(each.index == index);
        if (in_order) CHECK(index == ended);
        --open;
        ++ended;
    };
    const auto options = lab.bulk().window(5).in_order(in_order);
    const auto summary = lab.run(dns::resolve_many(lab.loop, numbered(40), record_type::a, options, sink));
    CHECK(summary.answered == 40);
    CHECK(ended == 40);
    CHECK(most == (in_order ? 1 : 5));
}

TEST_CASE("what a sink, names or a progress callback throw reaches the caller", "[dns][resolve_many]") {
    bulk_lab lab;
    lab.server.on_query(&numbered_host);
    const auto throwing = [n = 0](const bulk_answer&) mutable {
        if (++n == 10) throw std::runtime_error("sink");
    };
    CHECK_THROWS_WITH(
        lab.run(dns::resolve_many(lab.loop, numbered(50), record_type::a, lab.bulk(), throwing)), "sink");
    const auto [ec, summary] =
        lab.run(dns::resolve_many(lab.loop, numbered(50), record_type::a, lab.bulk(), throwing, no_throw));
    CHECK(ec == dragline::errc::callback_failed);

    const auto awaited = [&](const bulk_answer& each) -> asio::awaitable<void> {
        asio::steady_timer pause(lab.loop.get_executor(), each.index == 7 ? 5ms : std::chrono::hours(1));
        co_await pause.async_wait(asio::use_awaitable);  // the others are cancelled
        throw std::runtime_error("awaited");
    };
    CHECK_THROWS_WITH(lab.run(dns::resolve_many(lab.loop, numbered(50), record_type::a, lab.bulk(), awaited)),
                      "awaited");

    const auto ignore = [](const bulk_answer&) {};
    const auto names = []() -> std::optional<std::string> { throw std::runtime_error("names"); };
    CHECK_THROWS_WITH(lab.run(dns::resolve_many(lab.loop, names, record_type::a, lab.bulk(), ignore)),
                      "names");

    const auto fail = [](const dns::bulk_progress&) { throw std::runtime_error("progress"); };
    const auto options = lab.bulk().on_progress(fail, 5);
    CHECK_THROWS_WITH(lab.run(dns::resolve_many(lab.loop, numbered(9), record_type::a, options, ignore)),
                      "progress");
}

TEST_CASE("progress is told after so many reports, and at the end", "[dns][resolve_many]") {
    bulk_lab lab;
    lab.server.on_query(&numbered_host);
    std::vector<std::size_t> steps;
    const auto note = [&](const dns::bulk_progress& now) {
        CHECK(now.answered == now.reported);
        steps.push_back(now.reported);
    };
    lab.resolve_all(numbered(25), lab.bulk().on_progress(note, 10));
    CHECK(steps == std::vector<std::size_t>{10, 20, 25});
}

TEST_CASE("a cancelled run ends at once, with what it has done so far", "[dns][resolve_many]") {
    bulk_lab lab;
    const auto type = GENERATE(asio::cancellation_type::total, asio::cancellation_type::terminal);
    lab.server.on_query([](const dns_query& query) {
        return query.name() < "n5" ? numbered_host(query) : dns_reply().silent();
    });
    asio::cancellation_signal signal;
    std::size_t reported = 0;
    std::optional<std::error_code> ended;
    const auto sink = [&](const bulk_answer&) {
        if (++reported == 5) asio::post(lab.loop.get_executor(), [&] { signal.emit(type); });
    };
    dns::resolve_many(
        lab.loop, numbered(10), record_type::a, lab.bulk(), sink,
        asio::bind_cancellation_slot(signal.slot(), [&](std::error_code ec, bulk_summary summary) {
            ended = ec;
            CHECK(summary.answered == 5);
            CHECK(summary.asked == 5);
        }));
    lab.loop.run();
    CHECK(ended == asio::error::operation_aborted);
    CHECK(reported == 5);
}

TEST_CASE("a cancelled run cancels the sinks that it awaits, and ends after them", "[dns][resolve_many]") {
    bulk_lab lab;
    lab.server.on_query(&numbered_host);
    asio::cancellation_signal signal;
    std::size_t begun = 0, cancelled = 0;
    bool ended = false;
    const auto sink = [&](const bulk_answer&) -> asio::awaitable<void> {
        if (++begun == 4)
            asio::post(lab.loop.get_executor(), [&] { signal.emit(asio::cancellation_type::total); });
        asio::steady_timer pause(lab.loop.get_executor(), std::chrono::hours(1));
        const auto [ec] = co_await pause.async_wait(no_throw);
        CHECK(ec == asio::error::operation_aborted);
        CHECK(!ended);
        ++cancelled;
    };
    dns::resolve_many(
        lab.loop, numbered(4), record_type::a, lab.bulk(), sink,
        asio::bind_cancellation_slot(signal.slot(), [&](std::error_code ec, const bulk_summary&) {
            CHECK(ec == asio::error::operation_aborted);
            ended = true;
        }));
    lab.loop.run();
    CHECK(ended);
    CHECK(cancelled == 4);
}

TEST_CASE("when the time is up the rest of a range is reported as timeouts", "[dns][resolve_many]") {
    bulk_lab lab;
    lab.server.on_query(dns_reply().silent());
    const bool in_order = GENERATE(false, true);
    auto out = lab.resolve_all(numbered(500), lab.bulk().timeout(50ms).window(10).in_order(in_order));
    CHECK(out.error == dragline::condition::timeout);
    CHECK(check_numbered(out, 500) == 0);
    CHECK(out.summary.timed_out == 500);
    CHECK(out.error_of(499) == dragline::condition::timeout);
    CHECK(out.by_index().at(0).tries == 1);
    CHECK(out.by_index().at(499).tries == 0);

    const auto endless = [] { return std::optional<std::string>("a.test"); };
    out = lab.resolve_all(endless, record_type::a, lab.bulk().timeout(50ms).window(10).dedupe(false));
    CHECK(out.error == dragline::condition::timeout);
    CHECK(out.summary.timed_out == 10);
}

TEST_CASE("a run dies with its loop, wherever it is", "[dns][resolve_many]") {
    const auto engine = GENERATE(bulk_engine::ares, bulk_engine::udp);
    const bool awaits = GENERATE(false, true);
    dragline::testing::dns_server server;
    server.on_query(&numbered_host);
    const auto alive = std::make_shared<int>();
    std::optional<dragline::event_loop> loop(std::in_place);
    const auto options = bulk_options().add_server(server.to_string()).engine(engine).window(50);
    const auto completed = [alive](std::error_code, const bulk_summary&) {
        FAIL("completed after its loop");
    };
    if (awaits) {
        const auto sink = [alive,
                           executor = loop->get_executor()](const bulk_answer&) -> asio::awaitable<void> {
            asio::steady_timer pause(executor, std::chrono::hours(1));
            co_await pause.async_wait(asio::use_awaitable);
        };
        dns::resolve_many(*loop, numbered(100), record_type::a, options, sink, completed);
    } else {
        const auto sink = [alive, n = std::make_shared<int>(), &loop](const bulk_answer&) {
            if (++*n == 10) loop->stop();
        };
        dns::resolve_many(*loop, numbered(100), record_type::a, options, sink, completed);
    }
    {
        asio::steady_timer limit(loop->get_executor(), 200ms);
        limit.async_wait([&](std::error_code ec) {
            if (!ec) loop->stop();
        });
        loop->run();
    }
    loop.reset();
    CHECK(alive.use_count() == 2);  // here and in `completed`
}

TEST_CASE("nothing keeps the loop running after the end of a run", "[dns][resolve_many]") {
    bulk_lab lab;
    lab.server.on_query([](const dns_query& query) {
        return query.name() == "n0.test" ? dns_reply().silent() : numbered_host(query);
    });
    const auto out = lab.resolve_all(numbered(20), lab.bulk().try_timeout(400ms).tries(2));
    CHECK(check_numbered(out, 20) == 19);
    lab.loop.restart();
    lab.loop.run();  // returns
}

TEST_CASE("a hundred thousand bad names leave the loop its turns", "[dns][resolve_many]") {
    bulk_lab lab;
    std::size_t next = 0;
    const auto names = [&next]() -> std::optional<std::string> {
        if (++next > 100'000) return std::nullopt;
        return "bad..name";
    };
    std::size_t turns = 0;
    bool done = false;
    const std::function<void()> turn = [&] {
        if (done) return;
        ++turns;
        asio::post(lab.loop.get_executor(), turn);
    };
    asio::post(lab.loop.get_executor(), turn);
    std::size_t reported = 0;
    const auto count = [&](const bulk_answer& each) {
        CHECK(each.index == reported);
        done = ++reported == 100'000;
    };
    const auto summary = lab.run(dns::resolve_many(lab.loop, names, record_type::a, lab.bulk(), count));
    CHECK(summary.bad_names == 100'000);
    CHECK(turns > 1000);
}
