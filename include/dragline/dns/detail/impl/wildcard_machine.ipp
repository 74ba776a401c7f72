// Included by <dragline/dns/detail/wildcard_machine.hpp> only.
#pragma once

#include <dragline/dns/detail/signature_labels.hpp>
#include <dragline/dns/wire/name.hpp>
#include <dragline/url/registrable_domain.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <utility>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL std::vector<std::string> levels_of(const std::string& domain, int most) {
    std::vector<std::string> levels{domain};
    const auto top = url::registrable_domain(domain);
    if (!top || !wire::is_at_or_below(domain, *top)) return levels;
    while (levels.back() != *top && levels.size() < static_cast<std::size_t>(most)) {
        levels.emplace_back(parent_of(levels.back()));
    }
    return levels;
}

DRAGLINE_DECL wildcard_machine::wildcard_machine(std::string domain, wildcard_options options,
                                                 async::random_source& random)
    : options_(std::move(options)), names_(random) {
    evidence_.max_pool = options_.max_pool();
    for (auto& each : levels_of(domain, options_.levels())) {
        evidence_.levels.emplace_back().domain = std::move(each);
    }
    progress_.resize(evidence_.levels.size());
}

DRAGLINE_DECL std::vector<question> wildcard_machine::next() {
    asked_.clear();
    std::vector<question> questions;
    if (round_ >= options_.max_rounds()) return questions;
    if (round_ == 0) add_controls(questions);
    for (std::size_t level = 0; level < progress_.size(); ++level) {
        if (!progress_[level].done) add_round(level, questions);
    }
    ++round_;
    return questions;
}

DRAGLINE_DECL void wildcard_machine::add_controls(std::vector<question>& questions) {
    for (const auto& parent : options_.controls()) {
        add("www." + names_.next(parent, 1, probe_shapes - 1), target{none, parent}, questions);
    }
}

DRAGLINE_DECL void wildcard_machine::add_round(std::size_t level, std::vector<question>& questions) {
    const auto& domain = evidence_.levels[level].domain;
    for (int depth = 1; depth <= options_.depth(); ++depth) {
        const auto longest = static_cast<std::size_t>(depth) * (longest_probe_label + 1);
        if (domain.size() + longest > max_host_name) break;
        for (int i = 0; i < options_.probes(); ++i) {
            const auto shape = static_cast<unsigned>(i + round_ + depth - 1);
            add(names_.next(domain, depth, shape), target{level, domain}, questions);
        }
    }
}

DRAGLINE_DECL void wildcard_machine::add(const std::string& name, const target& of,
                                         std::vector<question>& questions) {
    const auto ask = [&](record_type type) {
        questions.emplace_back(name, type);
        asked_.push_back(of);
    };
    for (const auto type : {record_type::a, record_type::aaaa, record_type::cname}) ask(type);
    for (const auto type : options_.types()) ask(type);
}

DRAGLINE_DECL void wildcard_machine::learn(const std::vector<std::shared_ptr<const answer>>& outcomes) {
    for (auto& each : progress_) each.found = 0, each.answered = false;
    for (std::size_t i = 0; i < outcomes.size() && i < asked_.size(); ++i) learn(*outcomes[i], asked_[i]);
    if (control_answered_) {
        evidence_.rewriting = wildcard_verdict::yes;
    } else if (control_denied_) {
        evidence_.rewriting = wildcard_verdict::no;
    }
    for (std::size_t level = 0; level < progress_.size(); ++level) {
        if (!progress_[level].done) end_round(level);
    }
}

DRAGLINE_DECL void wildcard_machine::learn(const answer& outcome, const target& of) {
    constexpr std::size_t kept_records = 64;
    const bool denied = is_denial(outcome.error) && !outcome.exists();
    auto signature = signature_of(outcome);
    if (of.level == none) {
        control_answered_ |= outcome.exists();
        control_denied_ |= denied;
        evidence_.rewritten.learn(outcome, of.below, options_.max_pool());
    } else {
        auto& level = evidence_.levels[of.level];
        auto& progress = progress_[of.level];
        ++(outcome.exists() ? level.answered : denied ? level.denied : level.unclear);
        progress.answered |= outcome.exists();
        progress.found += level.pool.learn(outcome, level.domain, options_.max_pool());
        if (!level.proven()) level.wildcard = signature.wildcard;
        evidence_.is_signed = evidence_.is_signed || is_signed(outcome);
    }
    auto& probe = evidence_.probes.emplace_back();
    probe.asked = outcome.asked;
    probe.below = of.below;
    probe.control = of.level == none;
    probe.error = outcome.error;
    probe.code = outcome.code;
    probe.exists = outcome.exists();
    probe.authentic = outcome.authentic;
    if (outcome.reply) probe.server = outcome.reply->server;
    probe.wildcard = std::move(signature.wildcard);
    probe.aliases = outcome.aliases;
    const auto kept = std::min(kept_records, outcome.records.size());
    probe.records.assign(outcome.records.begin(),
                         outcome.records.begin() + static_cast<std::ptrdiff_t>(kept));
}

DRAGLINE_DECL void wildcard_machine::end_round(std::size_t of) {
    auto& level = evidence_.levels[of];
    auto& progress = progress_[of];
    const auto enough = static_cast<std::size_t>(options_.quiet_rounds());
    evidence_.judge(level);
    if (level.answered == 0) {
        level.settled = level.verdict == wildcard_verdict::no;
        progress.done = level.settled || static_cast<std::size_t>(round_) >= enough;
        return;
    }
    if (progress.found > 0) level.quiet = 0;
    if (progress.found == 0 && progress.answered) ++level.quiet;
    const bool full = level.pool.size() >= options_.max_pool();
    level.settled = level.quiet >= enough && !full;
    progress.done = level.settled || full;
}

DRAGLINE_DECL wildcard_evidence wildcard_machine::finish(bool complete) {
    evidence_.complete = complete;
    return std::move(evidence_);
}

}  // namespace dragline::dns::detail

#endif
