// One run: names in, lines out, a state between. Start with brute_force::run().
#pragma once

#include "../probe/as_values.hpp"
#include "collector.hpp"
#include "console.hpp"
#include "finding.hpp"
#include "judge.hpp"
#include "ledger.hpp"
#include "name_source.hpp"
#include "output_file.hpp"
#include "settings.hpp"
#include "state_file.hpp"

#include <dragline/async/event_loop.hpp>
#include <dragline/async/for_each.hpp>
#include <dragline/async/run.hpp>
#include <dragline/dns/resolve_many.hpp>

#include <asio/awaitable.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace subdomains {

class brute_force {
public:
    /// `state` says where to begin. All but the options outlive this object; `names` stands there already.
    brute_force(const settings& options, name_source& names, run_state state, output_file& out,
                console& shown)
        : options_(options),
          names_(names),
          out_(out),
          console_(shown),
          state_(std::move(state)),
          judge_(options.canary_every),
          collector_(loop_, options_, judge_),
          ledger_(options.types.size(), state_.names) {}

    std::optional<std::uint64_t> total;  ///< Names, where that is known.
    std::function<void(const std::string& name)> on_found;

    /// Asks for all names that are left, or until SIGINT or SIGTERM, and writes what there is to write.
    /// Throws what keeps it from asking or writing; then the last state that was saved holds.
    void run() {
        began_ = std::chrono::steady_clock::now();
        dragline::run(loop_, ask_until_the_end());
        console_.clear();
        if (thrown_) std::rethrow_exception(thrown_);
        if (error_ && !interrupted_) throw std::system_error(error_);
        if (interrupted_ && options_.state.empty()) ledger_.drain(emitter());
        state_.complete = !interrupted_;
        save();
    }

    bool interrupted() const { return interrupted_; }
    const run_state& state() const { return state_; }
    const dragline::dns::bulk_summary& asked() const { return asked_; }
    const std::map<std::string, std::uint64_t>& errors() const { return errors_; }  ///< By kind, of this run.
    std::uint64_t unknown() const { return unknown_; }                              ///< Found, of this run.
    std::chrono::steady_clock::duration took() const { return std::chrono::steady_clock::now() - began_; }

private:
    using seconds = std::chrono::duration<double>;

    asio::awaitable<void> ask_until_the_end() {
        using namespace asio::experimental::awaitable_operators;
        auto asking = ask(), ticking = tick(), waiting = wait_for_signal();
        co_await (std::move(asking) || std::move(ticking) || std::move(waiting));
    }

    asio::awaitable<void> ask() {
        try {
            const auto one = [this](std::string domain) { return collector_.survey(std::move(domain)); };
            auto surveying = dragline::for_each_limited(options_.domains, 8, one, probe::as_values());
            co_await std::move(surveying);
            for (const auto& domain : options_.domains) say_of_wildcards(domain);
            auto names = [this] { return next_name(); };
            auto sink = [this](const dragline::dns::bulk_answer& got) { return take(got); };
            auto asking = dragline::dns::resolve_many(loop_, std::move(names), options_.types, bulk(),
                                                      std::move(sink), probe::as_values());
            auto [error, summary] = co_await std::move(asking);
            error_ = error;
            asked_ = std::move(summary);
        } catch (...) {
            fail();
        }
    }

    void say_of_wildcards(const std::string& domain) {
        const auto* known = judge_.evidence_of(domain);
        if (!known || known->verdict() == wildcard_verdict::unknown) {
            console_.say(domain + ": whether there is a wildcard could not be found out");
        } else if (known->verdict() == wildcard_verdict::yes) {
            console_.say(domain + ": a wildcard, with " + std::to_string(known->levels.front().pool.size()) +
                         " addresses or aliases");
        }
    }

    dragline::dns::bulk_options bulk() {
        dragline::dns::bulk_options made;
        made.servers(options_.resolvers).trusted(options_.trusted).engine(options_.engine);
        made.window(options_.window).tries(options_.tries).try_timeout(options_.try_timeout);
        made.queries_per_second(options_.rate);
        made.dedupe(false);  // takes memory for each name
        return made.on_progress([this](const auto& now) { progress_ = now; }, 1);
    }

    // Writing now and then; what fails there ends the run.
    asio::awaitable<void> tick() {
        asio::steady_timer pause(co_await asio::this_coro::executor);
        try {
            if (!options_.state.empty()) save();
            for (unsigned count = 1;; ++count) {
                pause.expires_after(std::chrono::milliseconds(250));
                auto [cancelled] = co_await pause.async_wait(probe::as_values());
                if (cancelled) co_return;
                out_.flush();
                if (count % 4 == 0) show_progress();
                if (count % 8 == 0 && !options_.state.empty()) save();
            }
        } catch (...) {
            fail();
        }
    }

    // The second signal, when this is no longer there, ends the program at once.
    asio::awaitable<void> wait_for_signal() {
        asio::signal_set signals(co_await asio::this_coro::executor, SIGINT, SIGTERM);
        co_await signals.async_wait(asio::use_awaitable);
        interrupted_ = true;
    }

    // Called by resolve_many(): the n-th name it takes has the index n there and in the ledger.
    std::optional<std::string> next_name() {
        if (canary_) {
            ledger_.open(false);
            return std::exchange(canary_, std::nullopt);
        }
        auto name = names_.next();
        if (!name) return name;
        ledger_.open();
        canary_ = judge_.canary_beside(*name);
        return name;
    }

    asio::awaitable<void> take(const dragline::dns::bulk_answer& got) {
        if (!ledger_.counts(got.index)) {
            take_canary(got.answer);
            ledger_.close(got.index, std::nullopt, emitter());
            co_return;
        }
        if (got.answer.exists()) {
            auto preparing = collector_.prepare(got.answer.asked.name);
            co_await std::move(preparing);
        }
        std::optional<finding> kept;
        if (got.answer.exists() || (got.error() && !is_denial(got.error()))) kept.emplace(got);
        taken_ += ledger_.is_last_question(got.index) ? 1 : 0;
        ledger_.close(got.index, std::move(kept), emitter());
    }

    void take_canary(const dragline::dns::answer& got) {
        const auto changed = judge_.learn(got);
        for (const auto& each : changed) {
            out_.line(rejudged_line(each.name, each.now));
            const auto gone = each.now == wildcard_verdict::yes,
                       was_gone = each.before == wildcard_verdict::yes;
            state_.found += static_cast<std::uint64_t>(was_gone) - static_cast<std::uint64_t>(gone);
            state_.synthesised += static_cast<std::uint64_t>(gone) - static_cast<std::uint64_t>(was_gone);
            unknown_ += static_cast<std::uint64_t>(each.now == wildcard_verdict::unknown) -
                        static_cast<std::uint64_t>(each.before == wildcard_verdict::unknown);
        }
        // A run that goes on from an older state would cut these lines off, and does not know the names.
        if (!changed.empty() && !options_.state.empty()) save();
    }

    std::function<void(std::vector<finding>)> emitter() {
        return [this](std::vector<finding> of_one_name) { emit(std::move(of_one_name)); };
    }

    void emit(std::vector<finding> of_one_name) {
        bool exists = false;
        for (const auto& each : of_one_name) {
            if (each.exists()) {
                exists = true;
                continue;
            }
            out_.line(unresolved_line(each));
            ++errors_[word_for(each.answer.error)];
            ++state_.unresolved;
        }
        if (!exists) return;
        const auto synthesised = judge_.synthesis(of_one_name);
        if (synthesised == wildcard_verdict::yes) {
            ++state_.synthesised;
            return;
        }
        std::erase_if(of_one_name, [](const finding& each) { return !each.exists(); });
        for (const auto& each : of_one_name) out_.line(found_line(each, synthesised));
        ++state_.found;
        unknown_ += synthesised == wildcard_verdict::unknown ? 1 : 0;
        if (on_found) on_found(of_one_name.front().name());
        judge_.remember(std::move(of_one_name), synthesised);
    }

    void save() {
        state_.names = ledger_.done();
        if (options_.state.empty()) return out_.flush();
        out_.sync();
        state_.output = out_.size();
        save_state(options_.state, state_);
    }

    void show_progress() {
        const auto now = std::chrono::steady_clock::now();
        progress shown;
        shown.done = skipped_ + taken_;
        shown.total = total;
        shown.per_second = static_cast<double>(taken_ - taken_before_) / seconds(now - shown_).count();
        shown.found = state_.found;
        shown.in_flight = ledger_.unanswered();
        shown.retries = progress_.retries;
        for (const auto& [kind, count] : errors_) shown.errors += count;
        console_.show(shown);
        taken_before_ = taken_;
        shown_ = now;
    }

    void fail() {
        if (!interrupted_ && !thrown_) thrown_ = std::current_exception();
    }

    settings options_;
    name_source& names_;
    output_file& out_;
    console& console_;
    run_state state_;
    std::uint64_t skipped_ = state_.names;

    dragline::event_loop loop_;
    judge judge_;
    collector collector_;
    ledger ledger_;
    std::optional<std::string> canary_;  // that goes next

    dragline::dns::bulk_progress progress_;
    dragline::dns::bulk_summary asked_;
    std::map<std::string, std::uint64_t> errors_;
    std::uint64_t unknown_ = 0;
    std::uint64_t taken_ = 0;  // names
    std::uint64_t taken_before_ = 0;
    std::chrono::steady_clock::time_point began_;
    std::chrono::steady_clock::time_point shown_ = std::chrono::steady_clock::now();
    std::error_code error_;
    std::exception_ptr thrown_;
    bool interrupted_ = false;
};

}  // namespace subdomains
