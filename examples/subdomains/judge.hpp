// Tells names that somebody made from those that a wildcard makes. No I/O: collector.hpp brings the evidence.
// Start with judge.
#pragma once

#include "finding.hpp"
#include "name_source.hpp"

#include <dragline/dns/answer.hpp>
#include <dragline/dns/wildcards/wildcard_canary.hpp>
#include <dragline/dns/wildcards/wildcard_evidence.hpp>

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace subdomains {

using dragline::dns::wildcard_verdict;

class judge {
public:
    /// A canary for `canary_every` names of each domain. The last `memory` names that were let pass are
    /// judged again when a wildcard grows.
    explicit judge(std::size_t canary_every, std::size_t memory = 10'000)
        : canary_every_(canary_every), memory_(memory) {}

    /// What is known of the names right below `domain`.
    void add(const std::string& domain, dragline::dns::wildcard_evidence evidence) {
        levels_.erase(domain);
        levels_.try_emplace(domain, domain, std::move(evidence), canary_every_);
    }

    /// nullptr for a domain of which nothing was added.
    const dragline::dns::wildcard_evidence* evidence_of(const std::string& domain) const {
        const auto found = levels_.find(domain);
        return found == levels_.end() ? nullptr : &found->second.evidence;
    }
    bool knows(const std::string& domain) const { return levels_.contains(domain); }
    std::size_t size() const { return levels_.size(); }

    /// Whether a wildcard made what was found about one name. What one type proves goes for the name: a
    /// wildcard makes no record of any type for a name that exists (RFC 4592, 2.2.1).
    wildcard_verdict synthesis(const std::vector<finding>& of_one_name) const {
        auto worst = wildcard_verdict::yes;
        for (const auto& each : of_one_name) {
            if (!each.exists()) continue;
            const auto* above = level_above(each.name());
            const auto one = above ? above->evidence.synthesis(each.answer) : wildcard_verdict::unknown;
            if (one == wildcard_verdict::no) return one;
            if (one == wildcard_verdict::unknown) worst = one;
        }
        return worst;
    }

    /// Counts a name of the run; the canary that is due beside it, if one is.
    std::optional<std::string> canary_beside(std::string_view name) {
        const auto found = levels_.find(parent_of(name));
        return found == levels_.end() ? std::nullopt : found->second.canary.next();
    }

    /// Takes in that a name was let pass with this verdict.
    void remember(std::vector<finding> of_one_name, wildcard_verdict said) {
        if (memory_ == 0) return;
        if (passed_.size() == memory_) passed_.pop_front();
        passed_.emplace_back(std::move(of_one_name), said);
    }

    struct change {
        std::string name;
        wildcard_verdict before;
        wildcard_verdict now;
    };

    /// Takes in what came of a canary; the names about which another verdict was given before.
    std::vector<change> learn(const dragline::dns::answer& of_canary) {
        auto* grown = level_above(of_canary.asked.name);
        if (!grown || !of_canary.exists()) return {};
        grown->evidence.learn(of_canary);
        std::vector<change> changed;
        for (auto& [findings, said] : passed_) {
            if (level_above(findings.front().name()) != grown) continue;
            const auto now = synthesis(findings);
            if (now == said) continue;
            changed.push_back({findings.front().name(), said, now});
            said = now;
        }
        return changed;
    }

private:
    struct level {
        level(const std::string& domain, dragline::dns::wildcard_evidence found, std::size_t every)
            : evidence(std::move(found)), canary(domain, every) {}
        dragline::dns::wildcard_evidence evidence;
        dragline::dns::wildcard_canary canary;
    };

    // The nearest level that is known; most often right above the name.
    const level* level_above(std::string_view name) const {
        for (auto domain = parent_of(name); !domain.empty(); domain = parent_of(domain)) {
            if (const auto found = levels_.find(domain); found != levels_.end()) return &found->second;
        }
        return nullptr;
    }
    level* level_above(std::string_view name) {
        return const_cast<level*>(std::as_const(*this).level_above(name));
    }

    std::unordered_map<std::string, level> levels_;
    std::size_t canary_every_;
    std::size_t memory_;
    std::deque<std::pair<std::vector<finding>, wildcard_verdict>> passed_;
};

}  // namespace subdomains
