// The sliding window of for_each_limited(): as many workers as may run at once, each taking item after item.
#pragma once

#include <dragline/async/callback_failure.hpp>
#include <dragline/async/detail/completion.hpp>
#include <dragline/async/detail/handler_call.hpp>
#include <dragline/async/detail/item_source.hpp>
#include <dragline/async/detail/join_wait.hpp>
#include <dragline/async/item_result.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/core/asio.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/cancellation_state.hpp>
#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/this_coro.hpp>

#include <cstddef>
#include <deque>
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

// Shared with the workers, since a loop that ends destroys their frames and the caller's in any order.
template <class Source, class Function, class Options, class Progress>
class item_window : public std::enable_shared_from_this<item_window<Source, Function, Options, Progress>> {
public:
    using value = item_value<Source, Function>;
    using item_type = typename Source::item_type;

    item_window(asio::any_io_executor executor, Source source, std::size_t limit, Function function,
                Options options)
        : executor_(std::move(executor)),
          source_(std::move(source)),
          limit_(limit),
          function_(std::move(function)),
          options_(std::move(options)),
          all_ended_(loop_state::of(executor_), &cancelled, this) {}

    /// Starts the first workers; then await ended().
    void start() {
        running_workers_ = 1;  // this function: so that workers which are ready at once do not end it all
        try {
            while (workers_.size() < limit_) {
                auto first = take();
                if (!first) break;
                start_worker(*std::move(first));
            }
        } catch (...) {
            break_off(std::current_exception());
        }
        worker_ended();
    }

    asio::awaitable<void> ended() { return all_ended_.wait(); }

    /// The outcome, when all has ended. Throws what a callback or the range threw.
    result<std::vector<item_result<value>>> take_results() {
        if (broken_) throw callback_failure(broken_);
        result<std::vector<item_result<value>>> all(first_error_);
        *all = std::move(results_);
        return all;
    }

private:
    struct entry {
        std::size_t index;
        item_type item;  // may be a reference
    };
    struct worker {
        asio::cancellation_signal signal;
        bool running = true;
    };

    std::optional<entry> take() {
        if (stopping_ || !source_.has_next()) return std::nullopt;
        results_.emplace_back();
        return std::optional<entry>(entry{results_.size() - 1, source_.take()});
    }

    void start_worker(entry first) {
        auto& self = workers_.emplace_back();
        ++running_workers_;
        auto window = this->shared_from_this();
        // The coroutine's cancellation state stands inside the signal: so its frame holds the window, too.
        auto body = [window, first = std::move(first)]() mutable { return work(window, std::move(first)); };
        auto ended = [window, &self](std::exception_ptr thrown) {
            self.running = false;
            if (thrown) window->break_off(std::move(thrown));
            window->worker_ended();
        };
        asio::co_spawn(executor_, std::move(body),
                       asio::bind_cancellation_slot(self.signal.slot(), std::move(ended)));
    }

    static asio::awaitable<void> work(std::shared_ptr<item_window> window, entry first) {
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
            if (options_.fail_fast() && !first_error_ && !stopping_) {
                first_error_ = ec;
                stop(asio::cancellation_type::terminal);
            }
        }
        if (!options_.on_progress()) return;
        try {
            options_.on_progress()(
                Progress{finished_, failed_, results_.size() - finished_, source_.total()});
        } catch (...) {
            break_off(std::current_exception());
        }
    }

    void worker_ended() {
        if (--running_workers_ == 0) all_ended_.finish();
    }

    void stop(asio::cancellation_type type) {
        stopping_ = true;
        for (auto& each : workers_) {
            if (each.running) each.signal.emit(type);
        }
    }

    void break_off(std::exception_ptr thrown) {
        if (!broken_) broken_ = std::move(thrown);
        stop(asio::cancellation_type::terminal);
    }

    static void cancelled(void* self, asio::cancellation_type type) {
        auto& window = *static_cast<item_window*>(self);
        if (!window.first_error_) window.first_error_ = asio::error::operation_aborted;
        window.stop(type);
    }

    asio::any_io_executor executor_;
    Source source_;
    std::size_t limit_;
    Function function_;
    Options options_;
    join_wait all_ended_;
    std::deque<worker> workers_;
    std::size_t running_workers_ = 0;
    std::vector<item_result<value>> results_;
    std::size_t finished_ = 0;
    std::size_t failed_ = 0;
    bool stopping_ = false;
    std::error_code first_error_;
    std::exception_ptr broken_;
};

}  // namespace detail
}  // namespace dragline::async
