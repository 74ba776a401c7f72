// A handler that waits in no Asio object. It stands on its loop's list, so that it dies with the loop.
#pragma once

#include <dragline/async/detail/list_link.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/result.hpp>
#include <dragline/core/spare_memory.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/associated_cancellation_slot.hpp>
#include <asio/associated_executor.hpp>
#include <asio/post.hpp>

#include <system_error>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::async::detail {

struct pending_wait : list_link {
    // All three end with this off its list; the last two end the object, by calling the handler or without.
    virtual void complete(std::error_code ec) noexcept = 0;
    virtual void resume() = 0;
    virtual void destroy() noexcept = 0;

    pending_wait** owner = nullptr;  // where the one who will complete it keeps it
    std::error_code ended;

protected:
    void leave() noexcept {
        unlink();
        if (owner) *std::exchange(owner, nullptr) = nullptr;
    }
    ~pending_wait() = default;
};

template <class Handler>
struct pending_wait_of final : pending_wait, of_spare_memory {
    Handler handler;
    asio::any_io_executor loop;

    pending_wait_of(Handler h, asio::any_io_executor executor)
        : handler(std::move(h)), loop(std::move(executor)) {}

    void complete(std::error_code ec) noexcept override {
        leave();
        ended = ec;
        if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected()) slot.clear();
    }

    void resume() override {
        leave();
        auto executor = asio::get_associated_executor(handler, loop);
        const auto ec = ended;
        const bool here = is_loop(executor);
        auto last = std::move(handler);
        delete this;
        if (here) {
            std::move(last)(result<void>(ec));
        } else {
            asio::post(executor, [h = std::move(last), ec]() mutable { std::move(h)(result<void>(ec)); });
        }
    }

    void destroy() noexcept override {
        leave();
        // The handler may own the very frame in which the event stands; it goes last.
        auto last = std::move(handler);
        delete this;
    }

private:
    template <class Executor>
    bool is_loop(const Executor& executor) const noexcept {
        if constexpr (std::is_same_v<Executor, asio::any_io_executor>) {
            return executor == loop;
        } else {
            return false;
        }
    }
};

}  // namespace dragline::async::detail
