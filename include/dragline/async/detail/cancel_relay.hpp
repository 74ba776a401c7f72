// Carries a cancellation from the caller's thread to the loop of the operation.
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/post.hpp>

#include <memory>
#include <mutex>
#include <utility>

namespace dragline::inline v1::async::detail {

// The caller's slot keeps a reference for as long as the caller's signal likes, so emit() has to stay
// harmless when the operation, and even its loop, are gone: the operation closes the relay when it ends or
// dies.
class cancel_relay : public std::enable_shared_from_this<cancel_relay> {
public:
    explicit cancel_relay(asio::any_io_executor loop) : loop_(std::move(loop)) {}

    asio::cancellation_slot slot() noexcept { return signal_.slot(); }

    void emit(asio::cancellation_type type) {
        std::lock_guard lock(
            mutex_);  // while it is held and open_, the operation is alive, and so is the loop
        if (!open_) return;
        asio::post(loop_, [self = shared_from_this(), type] {
            if (self->open_) self->signal_.emit(type);  // open_ is written on this thread only
        });
    }

    void close() noexcept {
        std::lock_guard lock(mutex_);
        open_ = false;
    }

private:
    asio::any_io_executor loop_;
    asio::cancellation_signal signal_;
    std::mutex mutex_;
    bool open_ = true;
};

}  // namespace dragline::async::detail
