// Where the names of a bulk run come from, one at a time.
#pragma once

#include <dragline/core/features.hpp>

#include <concepts>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::dns::detail {

template <class T>
concept name_range =
    std::ranges::input_range<T> && std::convertible_to<std::ranges::range_reference_t<T>, std::string_view>;

template <class T>
concept name_function =
    std::invocable<T&> && std::convertible_to<std::invoke_result_t<T&>, std::optional<std::string>>;

// The elements of a range. It must not be moved once it was read: so it starts to read late.
template <class Range>
class range_names {
public:
    static constexpr bool is_range = true;

    explicit range_names(Range range) : range_(std::move(range)) {}

    bool pull(std::string& name) {
        if (!at_) {
            at_.emplace(std::ranges::begin(range_));
        } else {
            ++*at_;
        }
        if (*at_ == std::ranges::end(range_)) return false;
        auto&& element = **at_;  // may be a temporary
        name.assign(std::string_view(element));
        return true;
    }

private:
    Range range_;
    std::optional<std::ranges::iterator_t<Range>> at_;
};

template <class Function>
class function_names {
public:
    static constexpr bool is_range = false;

    explicit function_names(Function function) : function_(std::move(function)) {}

    bool pull(std::string& name) {
        std::optional<std::string> next = function_();
        if (!next) return false;
        name = *std::move(next);
        return true;
    }

private:
    Function function_;
};

template <class Names>
struct names_of {
    using type = range_names<Names>;
};
template <class Names>
requires(!name_range<Names>) struct names_of<Names> {
    using type = function_names<Names>;
};

}  // namespace dragline::dns::detail
