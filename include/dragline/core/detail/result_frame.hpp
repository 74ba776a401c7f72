// The frame of a coroutine that gives a result<T>, as Asio has it but for its memory. Asio keeps two frames
// on each thread for the next ones, and none above 1 KiB; an operation of this library has ten at a time.
#pragma once

#include <dragline/core/result.hpp>
#include <dragline/core/spare_memory.hpp>

#include <asio/awaitable.hpp>

#include <cstddef>
#include <optional>
#include <utility>

// Asio has no way to say where frames come from. Its class for them is private, but the same in every release
// so far; this is for a type of ours, and does what the original does.
template <class T, class Executor>
class asio::detail::awaitable_frame<dragline::result<T>, Executor>
    : public asio::detail::awaitable_frame_base<Executor> {
public:
    static void* operator new(std::size_t size) { return dragline::spare_memory::allocate(size); }
    static void operator delete(void* memory, std::size_t size) noexcept {
        dragline::spare_memory::deallocate(memory, size);
    }

    awaitable<dragline::result<T>, Executor> get_return_object() noexcept {
        this->coro_ = coroutine_handle<awaitable_frame>::from_promise(*this);
        return awaitable<dragline::result<T>, Executor>(this);
    }

    template <class Value>
    void return_value(Value&& value) {
        outcome_.emplace(std::forward<Value>(value));
    }

    dragline::result<T> get() {
        this->caller_ = nullptr;
        this->rethrow_exception();
        return *std::move(outcome_);
    }

private:
    std::optional<dragline::result<T>> outcome_;
};
