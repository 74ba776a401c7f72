// The sliding window of for_each_limited(): as many workers as may run at once, each taking item after item.
#pragma once

#include <dragline/async/detail/completion.hpp>
#include <dragline/async/detail/handler_call.hpp>
#include <dragline/async/detail/item_source.hpp>
#include <dragline/async/detail/worker_group.hpp>
#include <dragline/async/item_result.hpp>
#include <dragline/core/asio.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/cancellation_state.hpp>
#include <asio/this_coro.hpp>

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace dragline::inline v1::async {

class for_each_options;
struct for_each_progress;

namespace detail {

template <class Source, class Function>
using item_awaitable = std::invoke_result_t<Function&, typename Source::item_type>;
template <class Source, class Function>
using item_value = value_of_t<item_awaitable<Source, Function>>;

template <class Source, class Function, class Options, class Progress>
class item_window : public worker_group {
public:
    using value = item_value<Source, Function>;
    using item_type = typename Source::item_type;

    item_window(asio::any_io_executor executor, Source source, std::size_t limit, Function function,
                Options options)
        : worker_group(std::move(executor)),
          source_(std::move(source)),
          limit_(limit),
          function_(std::move(function)),
          options_(std::move(options)) {}

    /// Starts the first workers; then await ended().
    void start() {
        try {
            while (workers() < limit_) {
                auto first = take();
                if (!first) break;
                start_worker(work(this, *std::move(first)));
            }
        } catch (...) {
            break_off(std::current_exception());
        }
        worker_ended();
    }

    /// The outcome, when all has ended. Throws what a callback or the range threw.
    result<std::vector<item_result<value>>> take_results() {
        result<std::vector<item_result<value>>> all(outcome());
        *all = std::move(results_);
        return all;
    }

private:
    struct entry {
        std::size_t index;
        item_type item;  // may be a reference
    };

    std::optional<entry> take() {
        if (stopping() || !source_.has_next()) return std::nullopt;
        results_.emplace_back();
        return std::optional<entry>(entry{results_.size() - 1, source_.take()});
    }

    static asio::awaitable<void> work(item_window* window, entry first) {
        co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
        std::optional<entry> current(std::move(first));
        while (current) {
            auto one = run_item(*window, *current);
            auto ended = co_await std::move(one);
            window->finish_item(current->index, std::move(ended));
            auto next = window->take();
            current.reset();
            if (next) current.emplace(*std::move(next));
        }
    }

    static asio::awaitable<item_result<value>> run_item(item_window& window, entry& current) {
        std::exception_ptr thrown;
        try {
            auto running = std::invoke(window.function_, std::forward<item_type>(current.item));
            using outcome = typename decltype(running)::value_type;
            if constexpr (std::is_void_v<outcome>) {
                co_await std::move(running);
                co_return item_result<value>();
            } else {
                co_return item_result<value>(co_await std::move(running));
            }
        } catch (...) {
            thrown = std::current_exception();
        }
        co_return item_result<value>(code_of(thrown), thrown);
    }

    void finish_item(std::size_t index, item_result<value> ended) {
        ++finished_;
        const auto ec = ended.error();
        results_[index] = std::move(ended);
        if (ec) {
            ++failed_;
            if (options_.fail_fast() && !stopping()) stop(asio::cancellation_type::terminal, ec);
        }
        if (!options_.on_progress()) return;
        try {
            options_.on_progress()(
                Progress{finished_, failed_, results_.size() - finished_, source_.total()});
        } catch (...) {
            break_off(std::current_exception());
        }
    }

    Source source_;
    std::size_t limit_;
    Function function_;
    Options options_;
    std::vector<item_result<value>> results_;
    std::size_t finished_ = 0;
    std::size_t failed_ = 0;
};

}  // namespace detail
}  // namespace dragline::async
