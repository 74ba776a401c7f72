// Which of several records of a type are to be used first.
#pragma once

#include <algorithm>
#include <tuple>
#include <vector>

namespace dragline::inline v1::dns::detail {

// By the field that says so, if the type has one; otherwise the order stays.
template <class Data>
void preferred_first(std::vector<Data>& records) {
    const auto sort_by = [&records](auto rank) {
        std::stable_sort(records.begin(), records.end(),
                         [&rank](const Data& a, const Data& b) { return rank(a) < rank(b); });
    };
    if constexpr (requires(const Data& d) { d.order; }) {
        sort_by([](const Data& d) { return std::tuple(d.order, d.preference); });
    } else if constexpr (requires(const Data& d) { d.preference; }) {
        sort_by([](const Data& d) { return d.preference; });
    } else if constexpr (requires(const Data& d) { d.priority; }) {
        sort_by([](const Data& d) { return d.priority; });
    }
}

}  // namespace dragline::dns::detail
