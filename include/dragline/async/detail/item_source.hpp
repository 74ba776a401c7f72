// Where the items of for_each_limited() come from, one at a time.
#pragma once

#include <dragline/core/features.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::async::detail {

template <class T>
concept item_source = std::integral<T> || std::ranges::input_range<T>;

// 0 to count - 1.
class count_source {
public:
    using item_type = std::size_t;

    template <std::integral Count>
    explicit count_source(Count count) noexcept : count_(count > 0 ? static_cast<std::size_t>(count) : 0) {}

    bool has_next() const noexcept { return next_ < count_; }
    item_type take() noexcept { return next_++; }
    std::optional<std::size_t> total() const noexcept { return count_; }

private:
    std::size_t count_;
    std::size_t next_ = 0;
};

// The elements of a range. It must not be moved once it was read: so it starts to read late.
template <class Range>
class range_source {
    using reference = std::ranges::range_reference_t<Range>;
    // Items of a single-pass range are gone, and proxies may be, when the next one is read.
    static constexpr bool stays = std::ranges::forward_range<Range> && std::is_lvalue_reference_v<reference>;

public:
    using item_type = std::conditional_t<stays, reference, std::ranges::range_value_t<Range>>;

    explicit range_source(Range range) : range_(std::move(range)) {}

    bool has_next() {
        if (!at_) at_.emplace(std::ranges::begin(range_));
        return *at_ != std::ranges::end(range_);
    }
    item_type take() {
        if constexpr (stays) {
            reference item = **at_;
            ++*at_;
            return item;
        } else {
            item_type item(**at_);
            ++*at_;
            return item;
        }
    }
    std::optional<std::size_t> total() {
        if constexpr (std::ranges::sized_range<Range>) {
            return static_cast<std::size_t>(std::ranges::size(range_));
        } else {
            return std::nullopt;
        }
    }

private:
    Range range_;
    std::optional<std::ranges::iterator_t<Range>> at_;
};

template <class Items>
using source_of = std::conditional_t<std::integral<Items>, count_source, range_source<Items>>;

}  // namespace dragline::async::detail
