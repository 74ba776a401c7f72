// Probes all targets, so many at once, while a bar shows how far it is; Ctrl-C ends it early. Start with
// survey().
#pragma once

#include "as_values.hpp"
#include "prober.hpp"
#include "progress_bar.hpp"
#include "report.hpp"
#include "settings.hpp"

#include <dragline/async/event_loop.hpp>
#include <dragline/async/for_each.hpp>
#include <dragline/async/run.hpp>

#include <asio/awaitable.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace probe {

/// What a survey found. An interrupted one lacks the hosts that were not done.
struct findings {
    std::vector<std::optional<host_report>> hosts;  // in the order of the targets
    bool interrupted = false;
    duration took{};

    std::size_t count() const {
        std::size_t done = 0;
        for (const auto& host : hosts) done += host ? 1 : 0;
        return done;
    }
    std::size_t failed() const {
        std::size_t bad = 0;
        for (const auto& host : hosts) bad += host && !host->fine() ? 1 : 0;
        return bad;
    }
};

namespace detail {

struct run {
    run(dragline::event_loop& loop, const std::vector<target>& all, const settings& chosen, terminal place)
        : targets(all), options(chosen), asking(loop, chosen), bar(all.size(), place) {
        found.hosts.resize(all.size());
    }

    const std::vector<target>& targets;
    const settings& options;
    std::function<void(const host_report&)> on_host;
    prober asking;
    progress_bar bar;
    findings found;
};

inline asio::awaitable<void> probe_one(run& now, std::size_t at) {
    auto examining = now.asking.examine(now.targets[at]);
    auto examined = co_await std::move(examining);
    if (now.found.interrupted) co_return;  // what it found is that it was cancelled
    const auto& report = now.found.hosts[at].emplace(std::move(examined));
    now.bar.advance(!report.fine());
    if (!now.on_host) co_return;
    now.bar.clear();
    now.on_host(report);
}

inline asio::awaitable<void> probe_all(run& now) {
    const auto one = [&now](std::size_t at) { return probe_one(now, at); };
    auto all = dragline::for_each_limited(now.targets.size(), now.options.jobs, one, as_values());
    co_await std::move(all);
}

inline asio::awaitable<void> keep_drawing(run& now) {
    asio::steady_timer pause(co_await asio::this_coro::executor);
    for (;;) {
        now.bar.draw();
        pause.expires_after(std::chrono::milliseconds(80));
        co_await pause.async_wait(asio::use_awaitable);
    }
}

// The second Ctrl-C, when this is no longer there, ends the program at once.
inline asio::awaitable<void> wait_for_interrupt(run& now) {
    asio::signal_set signals(co_await asio::this_coro::executor, SIGINT);
    co_await signals.async_wait(asio::use_awaitable);
    now.found.interrupted = true;
}

inline asio::awaitable<void> probe_all_or_stop(run& now) {
    using namespace asio::experimental::awaitable_operators;
    auto probing = probe_all(now), drawing = keep_drawing(now), waiting = wait_for_interrupt(now);
    co_await (std::move(probing) || std::move(drawing) || std::move(waiting));
}

}  // namespace detail

/// Calls `on_host`, if there is one, for each host as soon as it is done.
inline findings survey(const std::vector<target>& targets, const settings& options, terminal bar_place,
                       std::function<void(const host_report&)> on_host = {}) {
    const auto begin = std::chrono::steady_clock::now();
    dragline::event_loop loop;
    detail::run now(loop, targets, options, bar_place);
    now.on_host = std::move(on_host);
    dragline::run(loop, detail::probe_all_or_stop(now));
    now.bar.clear();
    now.found.took = std::chrono::steady_clock::now() - begin;
    return std::move(now.found);
}

}  // namespace probe
