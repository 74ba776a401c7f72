// Included by <dragline/http/detail/close_everywhere.hpp> only.
#pragma once

#include <dragline/async/event.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/http/detail/sessions_registry.hpp>
#include <dragline/http/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/bind_executor.hpp>
#include <asio/co_spawn.hpp>
#include <asio/execution/context.hpp>
#include <asio/query.hpp>
#include <asio/steady_timer.hpp>
#include <asio/strand.hpp>

#include <atomic>
#include <cstddef>
#include <exception>

namespace dragline::inline v1::http::detail {

// Ends once, when every loop has let go of its share, or at the limit.
class closing_gathering : public std::enable_shared_from_this<closing_gathering> {
public:
    explicit closing_gathering(std::function<void(std::error_code)> done) : done_(std::move(done)) {}

    void start() {
        limit_.expires_after(close_limit);
        limit_.async_wait(asio::bind_executor(strand_, [self = shared_from_this()](std::error_code ec) {
            if (!ec) self->finish(errc::loop_not_running);
        }));
    }

    // One for each loop; its end, also with the loop, says that the loop is done.
    class share {
    public:
        explicit share(std::shared_ptr<closing_gathering> owner) : owner_(std::move(owner)) {
            ++owner_->open_;
        }
        share(const share&) = delete;
        ~share() {
            if (--owner_->open_ > 0) return;
            asio::post(owner_->strand_, [owner = owner_] { owner->finish({}); });
        }

    private:
        std::shared_ptr<closing_gathering> owner_;
    };

private:
    void finish(std::error_code ec) {
        if (auto done = std::exchange(done_, nullptr)) done(ec);
        limit_.cancel();
    }

    asio::strand<asio::system_executor> strand_{asio::system_executor()};
    asio::steady_timer limit_{strand_};
    std::function<void(std::error_code)> done_;
    std::atomic<std::size_t> open_ = 0;
};

DRAGLINE_DECL asio::awaitable<void> close_share(loop_sessions& sessions, std::optional<std::string> key) {
    auto closing = key ? sessions.close(*key) : sessions.close_all();
    [[maybe_unused]] auto closed = co_await std::move(closing);
}

DRAGLINE_DECL void close_everywhere(std::optional<std::string> key,
                                    std::function<void(std::error_code)> done) {
    auto gathering = std::make_shared<closing_gathering>(std::move(done));
    gathering->start();
    const auto first = std::make_shared<closing_gathering::share>(gathering);  // until all loops are asked
    for (const auto& entry : sessions_registry::instance().entries()) {
        if (entry->open == 0) continue;
        auto share = std::make_shared<closing_gathering::share>(gathering);
        entry->gate->post([share, key, entry] {
            auto closing = close_share(entry->sessions, key);
            asio::co_spawn(entry->sessions.executor(), std::move(closing), [share](std::exception_ptr) {});
        });
    }
}

DRAGLINE_DECL void post_and_leave(const asio::any_io_executor& executor, std::function<void()> work) {
    const auto& context = asio::query(executor, asio::execution::context);
    if (&context == &asio::query(asio::system_executor(), asio::execution::context)) {
        return asio::post(executor, std::move(work));
    }
    const auto gate = async::loop_state::of(executor).gate();
    gate->post_to(executor, std::move(work));
}

// Used on the loop of the coroutine that waits.
struct closing_wait {
    async::event* waiting = nullptr;
    std::optional<std::error_code> ec;
};

DRAGLINE_DECL asio::awaitable<result<void>> await_closing(asio::any_io_executor here,
                                                          std::optional<std::string> key) {
    auto& loop = async::loop_state::of(here);
    if (!loop.runs_here()) {  // a thread_pool, say, on another thread of which it might end meanwhile
        asio::use_awaitable_t<> token;
        auto closing = asio::async_initiate<asio::use_awaitable_t<>, void(result<void>)>(
            start_closing(), token, std::move(key));
        co_return co_await std::move(closing);
    }
    async::event ended(loop);
    const auto shared = std::make_shared<closing_wait>();
    struct presence {  // over with this frame, also when that dies with the loop
        closing_wait& wait;
        presence(closing_wait& shared, async::event& event) noexcept : wait(shared) { wait.waiting = &event; }
        ~presence() { wait.waiting = nullptr; }
    } const present(*shared, ended);
    close_everywhere(std::move(key), [shared, gate = loop.gate()](std::error_code ec) {
        gate->post([shared, ec] {
            shared->ec = ec;
            if (shared->waiting) shared->waiting->notify();
        });
    });
    while (!shared->ec) {
        auto waiting = ended.wait();
        const auto woken = co_await std::move(waiting);
        if (!woken) co_return woken;
    }
    co_return *shared->ec;
}

}  // namespace dragline::http::detail

#endif
