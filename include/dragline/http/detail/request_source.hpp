// Where the requests of fetch_many() come from, one at a time.
#pragma once

#include <dragline/http/fan_out/fetch_many_options.hpp>

#include <concepts>
#include <memory>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::http::detail {

template <class T>
concept request_range =
    std::ranges::input_range<T> && std::constructible_from<fetch_request, std::ranges::range_reference_t<T>>;

template <class T>
concept request_function =
    std::invocable<T&> && std::convertible_to<std::invoke_result_t<T&>, std::optional<fetch_request>>;

class request_source {
public:
    virtual ~request_source() = default;

    /// The next request, or nothing after the last one.
    virtual std::optional<fetch_request> next() = 0;
};

// The elements of a range. It must not be moved once it was read: so it starts to read late.
template <class Range>
class range_requests final : public request_source {
public:
    explicit range_requests(Range range) : range_(std::move(range)) {}

    std::optional<fetch_request> next() override {
        if (!at_) {
            at_.emplace(std::ranges::begin(range_));
        } else {
            ++*at_;
        }
        if (*at_ == std::ranges::end(range_)) return std::nullopt;
        return std::optional<fetch_request>(std::in_place, **at_);
    }

private:
    Range range_;
    std::optional<std::ranges::iterator_t<Range>> at_;
};

template <class Function>
class function_requests final : public request_source {
public:
    explicit function_requests(Function function) : function_(std::move(function)) {}

    std::optional<fetch_request> next() override { return function_(); }

private:
    Function function_;
};

template <class Requests>
std::shared_ptr<request_source> make_request_source(Requests requests) {
    if constexpr (request_range<Requests>) {
        return std::make_shared<range_requests<Requests>>(std::move(requests));
    } else {
        return std::make_shared<function_requests<Requests>>(std::move(requests));
    }
}

}  // namespace dragline::http::detail
