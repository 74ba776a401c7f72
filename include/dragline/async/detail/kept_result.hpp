// Where a coroutine leaves what it returned or threw, for somebody who is no coroutine.
#pragma once

#include <dragline/core/asio.hpp>

#include <asio/awaitable.hpp>

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace dragline::inline v1::async::detail {

template <class T>
struct kept_result {
    std::optional<std::conditional_t<std::is_void_v<T>, std::monostate, T>> value;
    std::exception_ptr error;

    bool has_ended() const noexcept { return value || error; }

    /// Once, when it has ended.
    T take() {
        if (error) std::rethrow_exception(std::exchange(error, nullptr));
        if constexpr (!std::is_void_v<T>) return *std::move(value);
    }
};

/// Awaits `operation`, and is done with it, before `*kept` gets its value. Throws what it throws.
template <class T, class Kept>
asio::awaitable<void> keep_result(asio::awaitable<T> operation, Kept kept) {
    if constexpr (std::is_void_v<T>) {
        co_await std::move(operation);
        kept->value.emplace();
    } else {
        kept->value.emplace(co_await std::move(operation));
    }
}

}  // namespace dragline::async::detail
