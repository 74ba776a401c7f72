// Carries a cancellation from the caller's thread to the loop of the operation.
#pragma once

#include <dragline/async/loop_gate.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/cancellation_signal.hpp>

#include <memory>
#include <mutex>
#include <utility>

namespace dragline::inline v1::async::detail {

// The caller's slot keeps a reference for as long as the caller's signal likes, so emit() has to stay
// harmless when the operation, and even its loop, are gone. The operation closes the relay when it ends or
// dies.
class cancel_relay : public std::enable_shared_from_this<cancel_relay> {
public:
    cancel_relay(asio::any_io_executor operation, std::shared_ptr<loop_gate> gate)
        : operation_(std::move(operation)), gate_(std::move(gate)) {}

    asio::cancellation_slot slot() noexcept { return signal_.slot(); }

    void emit(asio::cancellation_type type) {
        std::lock_guard lock(mutex_);
        if (!operation_) return;
        gate_->post_to(operation_, [self = shared_from_this(), type] {
            if (!self->operation_) return;  // written on this thread only
            self->emitted_ = type;
            self->signal_.emit(type);
        });
    }

    /// For a coroutine that has just begun to listen, on the loop: what came before that would be lost.
    void repeat() {
        if (emitted_ != asio::cancellation_type::none) signal_.emit(emitted_);
    }

    void close() noexcept {
        std::lock_guard lock(mutex_);
        operation_ = nullptr;
    }

private:
    std::mutex mutex_;
    asio::any_io_executor operation_;  // none when closed
    std::shared_ptr<loop_gate> gate_;
    asio::cancellation_signal signal_;
    asio::cancellation_type emitted_ = asio::cancellation_type::none;
};

}  // namespace dragline::async::detail
