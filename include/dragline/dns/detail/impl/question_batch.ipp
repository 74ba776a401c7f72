// Included by <dragline/dns/detail/question_batch.hpp> only.
#pragma once

#include <dragline/dns/detail/lookup.hpp>
#include <dragline/dns/name.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <utility>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL question_batch::question_batch(std::shared_ptr<resolver_core> core,
                                             const query_options& options, bool whole, std::size_t at_once)
    : core_(std::move(core)),
      quota_(options.quota()),
      plan_(plan_of(options)),
      at_once_(at_once),
      important_(options.important()),
      rotate_(options.rotate()),
      wake_(core_->loop()) {
    plan_.bypass_cache = true;
    plan_.whole = whole;
}

DRAGLINE_DECL void question_batch::send(place& of, const question& asked) {
    bool shared = false;
    of.seat.emplace(core_->flight_for(asked, plan_, rotate_, core_->loop().now(), shared), wake_);
    of.seat->in().start(important_);
}

DRAGLINE_DECL void question_batch::start(std::size_t which, const question& asked) {
    const auto settle = [&](answer made) {
        outcomes_[which] = std::make_shared<const answer>(std::move(made));
    };
    if (is_localhost(asked.name)) return settle(local_answer(asked, loopback_addresses()));
    if (is_onion(asked.name)) return settle(make_answer(asked, errc::name_not_found));
    auto& added = places_.emplace_back();
    added.which = which;
    if (quota_) {
        added.quota.emplace(quota_->state(), important_, wake_);
        if (added.quota->refused()) {
            places_.pop_back();
            return settle(make_answer(asked, errc::quota_exceeded));
        }
        if (!added.quota->admitted()) return;
    }
    send(added, asked);
}

// True when there was anything to take in.
DRAGLINE_DECL bool question_batch::collect(const std::vector<question>& asked) {
    bool any = false;
    for (auto at = places_.begin(); at != places_.end();) {
        if (!at->seat && at->quota->admitted()) send(*at, asked[at->which]);
        const auto outcome = at->seat ? at->seat->in().outcome() : nullptr;
        if (!outcome) {
            ++at;
            continue;
        }
        any = true;
        if (outcome->error == errc::format_error && at->seat->in().plan().form.dnssec_ok) {
            plan_.form.dnssec_ok = false;  // perhaps it does not know EDNS (RFC 6891, 6.2.2)
            send(*at, asked[at->which]);
            ++at;
            continue;
        }
        outcomes_[at->which] = outcome;
        at = places_.erase(at);
    }
    return any;
}

DRAGLINE_DECL bool question_batch::has_answer() const noexcept {
    return std::any_of(outcomes_.begin(), outcomes_.end(),
                       [](const auto& each) { return each && each->exists(); });
}

DRAGLINE_DECL asio::awaitable<result<void>> question_batch::ask(std::vector<question> asked,
                                                                async::time_point until, bool first) {
    outcomes_.assign(asked.size(), nullptr);
    timed_out_ = false;
    for (std::size_t next = 0;;) {
        while (next < asked.size() && places_.size() < at_once_) {
            start(next, asked[next]);
            ++next;
        }
        const bool news = collect(asked);
        if (first && has_answer()) break;
        if (places_.empty() && next == asked.size()) co_return result<void>();
        if (news) continue;
        const auto waited = co_await wake_.wait(until, phase::resolve);
        if (waited) continue;
        collect(asked);
        if (first && has_answer()) break;
        if (waited.error() == asio::error::operation_aborted) co_return waited.error();
        timed_out_ = true;
        for (std::size_t i = 0; i < outcomes_.size(); ++i) {
            if (!outcomes_[i])
                outcomes_[i] = std::make_shared<const answer>(make_answer(asked[i], waited.error()));
        }
        break;
    }
    places_.clear();
    co_return result<void>();
}

}  // namespace dragline::dns::detail

#endif
