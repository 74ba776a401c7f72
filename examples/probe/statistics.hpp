// Latencies, and counts by name. Start with `latencies`.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace probe {

using duration = std::chrono::steady_clock::duration;

inline double milliseconds(duration value) {
    return std::chrono::duration<double, std::milli>(value).count();
}

class latencies {
public:
    void add(duration value) {
        values_.push_back(value);
        sorted_ = false;
    }

    std::size_t count() const { return values_.size(); }

    /// The smallest value that `percent` of all values do not exceed (nearest rank); zero without values.
    duration percentile(double percent) const {
        if (values_.empty()) return duration::zero();
        if (!std::exchange(sorted_, true)) std::sort(values_.begin(), values_.end());
        const auto rank = std::ceil(percent / 100 * static_cast<double>(values_.size()));
        const auto at = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
        return values_[std::min(at, values_.size() - 1)];
    }

private:
    mutable std::vector<duration> values_;
    mutable bool sorted_ = true;
};

/// How often each name was counted, the most frequent first.
class tally {
public:
    void add(const std::string& name) { ++counts_[name]; }
    bool empty() const { return counts_.empty(); }

    std::vector<std::pair<std::string, std::size_t>> sorted() const {
        std::vector<std::pair<std::string, std::size_t>> all(counts_.begin(), counts_.end());
        std::stable_sort(all.begin(), all.end(),
                         [](const auto& a, const auto& b) { return a.second > b.second; });
        return all;
    }

private:
    std::map<std::string, std::size_t> counts_;
};

}  // namespace probe
