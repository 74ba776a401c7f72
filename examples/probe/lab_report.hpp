// Compares what the lab holds with what a probe has found. Start with compare_with_lab().
#pragma once

#include "lab_kinds.hpp"
#include "rows.hpp"
#include "survey.hpp"
#include "table.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace probe {

struct lab_comparison {
    table rows;
    std::size_t hosts = 0;
    std::size_t found = 0;  // of these, what was found is what the lab does

    bool as_built() const { return found == hosts; }
};

namespace detail {

inline bool is_as_built(const host_report& host, const lab_kind& kind) {
    const auto same = [](const std::string& wanted, const std::string& found) {
        return wanted.empty() || wanted == found;
    };
    return same(kind.dns, word_for(host.lookup_error())) && same(kind.http, outcome(host.http)) &&
           same(kind.https, outcome(host.https)) && same(kind.wildcard, text_for(host.wildcard));
}

}  // namespace detail

/// `found` is in the order in which the lab names its hosts: kind after kind.
inline lab_comparison compare_with_lab(const std::vector<lab_kind>& kinds, const findings& found) {
    lab_comparison made{table({{"THE LAB HOLDS", 13},
                               {"", 48, 20, 1},
                               {"HTTP", 10},
                               {"HTTPS", 10},
                               {"HOSTS", 6, 0, 0, true},
                               {"FOUND", 6, 0, 0, true}}),
                        0, 0};
    std::size_t next = 0;
    for (const auto& kind : kinds) {
        std::size_t as_built = 0;
        for (std::size_t number = 0; number < kind.count && next < found.hosts.size(); ++number, ++next) {
            const auto& host = found.hosts[next];
            as_built += host && detail::is_as_built(*host, kind) ? 1 : 0;
        }
        made.hosts += kind.count;
        made.found += as_built;
        made.rows.add({{kind.name},
                       {kind.holds, tone::faint},
                       {kind.http},
                       {kind.https},
                       {std::to_string(kind.count)},
                       {std::to_string(as_built), as_built == kind.count ? tone::good : tone::bad}});
    }
    return made;
}

/// One host of each kind, for a table that a person reads.
inline std::vector<const host_report*> one_of_each(const std::vector<lab_kind>& kinds,
                                                   const findings& found) {
    std::vector<const host_report*> chosen;
    std::size_t next = 0;
    for (const auto& kind : kinds) {
        if (next < found.hosts.size() && found.hosts[next]) chosen.push_back(&*found.hosts[next]);
        next += kind.count;
    }
    return chosen;
}

}  // namespace probe
