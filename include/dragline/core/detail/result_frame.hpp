// The frames of coroutines that give a result<T>, or what is_large, as Asio has them but for their memory.
// Asio keeps two frames on each thread for the next ones, and none above 1 KiB; an operation of this library
// has ten at a time.
#pragma once

#include <dragline/core/boxed.hpp>
#include <dragline/core/result.hpp>
#include <dragline/core/spare_memory.hpp>

#include <asio/awaitable.hpp>

#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>

// Asio has no way to say where frames come from. Its class for them is private, but the same in every release
// so far; these are for types of ours, and do what the original does.
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

template <class T, class Executor>
requires dragline::is_large<T>
class asio::detail::awaitable_frame<T, Executor> : public asio::detail::awaitable_frame_base<Executor> {
public:
    static void* operator new(std::size_t size) { return dragline::spare_memory::allocate(size); }
    static void operator delete(void* memory, std::size_t size) noexcept {
        dragline::spare_memory::deallocate(memory, size);
    }

    awaitable<T, Executor> get_return_object() noexcept {
        this->coro_ = coroutine_handle<awaitable_frame>::from_promise(*this);
        return awaitable<T, Executor>(this);
    }

    template <class Value>
    void return_value(Value&& value) {
        if constexpr (std::is_same_v<std::decay_t<Value>, dragline::boxed<T>>) {
            outcome_ = std::forward<Value>(value);
        } else {
            outcome_ = dragline::boxed<T>::make(std::forward<Value>(value));
        }
    }

    T get() {
        this->caller_ = nullptr;
        this->rethrow_exception();
        return std::move(*outcome_);
    }

private:
    dragline::boxed<T> outcome_;
};
