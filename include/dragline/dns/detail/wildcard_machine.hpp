// Decides what a probe for wildcards asks, round after round, and what the answers come to. No I/O.
#pragma once

#include <dragline/dns/answer.hpp>
#include <dragline/dns/detail/probe_names.hpp>
#include <dragline/dns/name.hpp>
#include <dragline/dns/record.hpp>
#include <dragline/dns/wildcards/wildcard_evidence.hpp>
#include <dragline/dns/wildcards/wildcard_options.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace dragline::inline v1::dns::detail {

// The longest domain that a probe fits below.
inline constexpr std::size_t max_probed_domain = max_host_name - 1 - longest_probe_label;

// The domain, and those above it up to its registrable domain, at most `most` of them.
DRAGLINE_DECL std::vector<std::string> levels_of(const std::string& domain, int most);

class wildcard_machine {
public:
    // `domain` as normal_host_name() writes it, and no longer than max_probed_domain; options without a
    // problem.
    DRAGLINE_DECL wildcard_machine(std::string domain, wildcard_options options,
                                   async::random_source& random);

    // What to ask now, all at once; nothing when the evidence is complete.
    DRAGLINE_DECL std::vector<question> next();

    // What came of that, in the same order.
    DRAGLINE_DECL void learn(const std::vector<std::shared_ptr<const answer>>& outcomes);

    DRAGLINE_DECL wildcard_evidence finish(bool complete);

private:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    struct target {
        std::size_t level;  // none: a control
        std::string below;
    };
    struct level_progress {
        std::size_t found = 0;  // what was new in this round
        bool answered = false;
        bool done = false;
    };

    void add_controls(std::vector<question>& questions);
    void add_round(std::size_t level, std::vector<question>& questions);
    void add(const std::string& name, const target& of, std::vector<question>& questions);
    void learn(const answer& outcome, const target& of);
    void end_round(std::size_t level);

    wildcard_options options_;
    probe_names names_;
    wildcard_evidence evidence_;
    std::vector<target> asked_;  // the questions of this round
    std::vector<level_progress> progress_;
    int round_ = 0;
    bool control_answered_ = false;
    bool control_denied_ = false;
};

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/wildcard_machine.ipp>
