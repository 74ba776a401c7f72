// What all hosts have in common: latencies, statuses, errors. Start with summary_of().
#pragma once

#include "rows.hpp"
#include "survey.hpp"
#include "table.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace probe {

class summary {
public:
    void add(const host_report& host) {
        for (const auto* lookup : {&host.a, &host.aaaa}) {
            if (*lookup) add(**lookup);
        }
        for (const auto& [address, lookup] : host.ptr) add(lookup);
        if (const auto error = host.lookup_error()) ++errors_[error.message()][dns];
        add(host.http, http);
        add(host.https, https);
    }

    std::string render(const terminal& style, std::size_t width) const {
        auto out = latency_table().render(style, width);
        if (!statuses_.empty()) {
            out += "\n" + style.paint("STATUSES", tone::strong);
            for (const auto& [status, times] : statuses_) {
                out += "  " + std::to_string(status) + ": " + std::to_string(times);
            }
            out += '\n';
        }
        if (!errors_.empty()) out += '\n' + error_table().render(style, width);
        return out;
    }

private:
    enum kind : std::size_t { dns, http, https };
    using counts = std::array<std::size_t, 3>;

    void add(const lookup_report& lookup) {
        if (lookup.answered()) latencies_[dns].add(lookup.took);
    }

    void add(const std::optional<fetch_report>& fetch, kind which) {
        if (!fetch) return;
        if (fetch->error) {
            ++errors_[fetch->error.message()][which];
        } else {
            latencies_[which].add(fetch->total);
            ++statuses_[fetch->status];
        }
    }

    table latency_table() const {
        table made({{"LATENCY"},
                    {"COUNT", 12, 0, 0, true},
                    {"P50", 12, 0, 0, true},
                    {"P90", 12, 0, 0, true},
                    {"P99", 12, 0, 0, true}});
        constexpr std::array<const char*, 3> names = {"DNS answer", "HTTP fetch", "HTTPS fetch"};
        for (std::size_t at = 0; at < names.size(); ++at) {
            const auto& all = latencies_[at];
            const auto value = [&](double percent) {
                return all.count() ? time_text(all.percentile(percent)) : "-";
            };
            made.add({{names[at]}, {std::to_string(all.count())}, {value(50)}, {value(90)}, {value(99)}});
        }
        return made;
    }

    table error_table() const {
        std::vector<std::pair<std::string, counts>> sorted(errors_.begin(), errors_.end());
        const auto total = [](const counts& of) { return of[dns] + of[http] + of[https]; };
        std::stable_sort(sorted.begin(), sorted.end(),
                         [&](const auto& a, const auto& b) { return total(a.second) > total(b.second); });
        table made(
            {{"ERROR", 60, 20}, {"DNS", 8, 0, 0, true}, {"HTTP", 8, 0, 0, true}, {"HTTPS", 8, 0, 0, true}});
        for (const auto& [text, of] : sorted) {
            std::vector<cell> row = {{text}};
            for (const auto times : of)
                row.push_back(times ? cell{std::to_string(times)} : cell{"-", tone::faint});
            made.add(std::move(row));
        }
        return made;
    }

    std::array<latencies, 3> latencies_;
    std::map<int, std::size_t> statuses_;
    std::map<std::string, counts> errors_;  // by text
};

inline summary summary_of(const findings& found) {
    summary made;
    for (const auto& host : found.hosts) {
        if (host) made.add(*host);
    }
    return made;
}

/// "500 hosts in 3.4 s: 310 fine, 190 with errors".
inline std::string headline(const findings& found) {
    const auto hosts = [](std::size_t number) {
        return std::to_string(number) + (number == 1 ? " host" : " hosts");
    };
    const auto count = found.count(), failed = found.failed();
    char took[32];
    std::snprintf(took, sizeof took, " in %.1f s: ", milliseconds(found.took) / 1000);
    const auto left = found.hosts.size() - count;
    const auto text = hosts(count) + took + std::to_string(count - failed) + " fine, " +
                      std::to_string(failed) + " with errors";
    if (found.interrupted) return "interrupted, " + hosts(left) + " left; " + text;
    return left > 0 ? text + ", " + std::to_string(left) + " given up" : text;
}

}  // namespace probe
