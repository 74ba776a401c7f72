// A handler that waits in no Asio object. It stands on its loop's list, so that it dies with the loop.
#pragma once

#include <dragline/async/detail/list_link.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/result.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/associated_cancellation_slot.hpp>
#include <asio/associated_executor.hpp>
#include <asio/post.hpp>

#include <system_error>
#include <utility>

namespace dragline::inline v1::async::detail {

struct pending_wait : list_link {
    // Both end the object and clear its owner's pointer: the one by posting the handler, the other without
    // calling it.
    virtual void complete(std::error_code ec) = 0;
    virtual void destroy() noexcept = 0;

    pending_wait** owner = nullptr;  // where the one who will complete it keeps it

protected:
    void leave() noexcept {
        unlink();
        if (owner) *owner = nullptr;
    }
    ~pending_wait() = default;
};

template <class Handler>
struct pending_wait_of final : pending_wait {
    Handler handler;
    asio::any_io_executor loop;

    pending_wait_of(Handler h, asio::any_io_executor executor)
        : handler(std::move(h)), loop(std::move(executor)) {}

    void complete(std::error_code ec) override {
        leave();
        if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected()) slot.clear();
        auto executor = asio::get_associated_executor(handler, loop);
        auto last = [h = std::move(handler), ec]() mutable { std::move(h)(result<void>(ec)); };
        delete this;
        asio::post(executor, std::move(last));
    }

    void destroy() noexcept override {
        leave();
        // The handler may own the very frame in which the event stands; it goes last.
        auto last = std::move(handler);
        delete this;
    }
};

}  // namespace dragline::async::detail
