// Runs a coroutine for each of many items, a limited number at once: the order of the results is that of the
// items, and an item that fails spoils no other. Start with `for_each_limited`.
#pragma once

#include <dragline/async/detail/for_each_op.hpp>
#include <dragline/async/operation.hpp>
#include <dragline/async/where.hpp>
#include <dragline/core/asio.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace dragline::inline v1::async {

/// How far a for_each_limited() has come.
struct for_each_progress {
    std::size_t finished = 0;
    std::size_t failed = 0;            ///< Among the finished.
    std::size_t running = 0;           ///< Started and not finished.
    std::optional<std::size_t> total;  ///< If the range knows its size.
};

class for_each_options {
public:
    for_each_options() {}

    /// Whether the first item that fails cancels those that run, starts no more and fails the whole.
    for_each_options& fail_fast(bool value) { return fail_fast_ = value, *this; }
    bool fail_fast() const noexcept { return fail_fast_; }

    /// Called on the loop whenever an item has finished. What it throws cancels and fails the whole.
    for_each_options& on_progress(std::function<void(const for_each_progress&)> callback) {
        return on_progress_ = std::move(callback), *this;
    }
    const std::function<void(const for_each_progress&)>& on_progress() const noexcept { return on_progress_; }

private:
    bool fail_fast_ = false;
    std::function<void(const for_each_progress&)> on_progress_;
};

/// Runs `function(item)`, a coroutine, for each item, with at most `limit` under way at once.
///
/// for_each_limited([WHERE,] items, limit, function, [for_each_options,] [TOKEN]) completes with
/// void(std::error_code, std::vector<item_result<T>>): one result for each item that was started, in order. T
/// is what `function` returns, of a result<T> the T. `items` is a range, kept as a copy and read as it is
/// needed, or a count: then the items are 0, 1, ... `function` gets each element of a forward range where it
/// stands, others by value. Without WHERE it runs on the calling coroutine's loop, and TOKEN is use_awaitable
/// or as_tuple. Errors: errc::invalid_option for a limit of 0; the first failure, with fail_fast; what a
/// progress callback or
///   the range throws. Failures of single items stand in their results only.
/// Cancel: any type; what runs is cancelled and awaited, then operation_aborted with the results so far.
template <where Where, detail::item_source Items, class Function, class... Rest>
auto for_each_limited(Where&& place, Items items, std::size_t limit, Function function, Rest&&... rest);
template <detail::item_source Items, class Function, class... Rest>
auto for_each_limited(Items items, std::size_t limit, Function function, Rest&&... rest);

}  // namespace dragline::async

namespace dragline::inline v1 {
using async::for_each_limited;
using async::for_each_options;
using async::for_each_progress;
using async::item_result;
}

#include <dragline/async/impl/for_each.hpp>
