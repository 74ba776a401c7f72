// Content that a function or coroutine of the user gives piece by piece.
#pragma once

#include <dragline/async/callback_failure.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/result.hpp>
#include <dragline/http/detail/body_source.hpp>
#include <dragline/http/error.hpp>

#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::http {
namespace detail {

template <class T>
inline constexpr bool is_read_outcome = std::same_as<T, std::size_t> || std::same_as<T, result<std::size_t>>;
template <class T>
inline constexpr bool is_waiting_read = false;
template <class T>
inline constexpr bool is_waiting_read<asio::awaitable<T>> = is_read_outcome<T>;

}  // namespace detail

/// What body::from_source() takes: called with an asio::mutable_buffer to fill, it returns how many bytes it
/// has put there, 0 at the end: as std::size_t or result<std::size_t>, or as asio::awaitable of either.
template <class Read>
concept body_reading = std::invocable<Read&, asio::mutable_buffer> &&
    (detail::is_read_outcome<std::invoke_result_t<Read&, asio::mutable_buffer>> ||
     detail::is_waiting_read<std::invoke_result_t<Read&, asio::mutable_buffer>>);

namespace detail {

template <class Read>
class callable_source final : public body_source {
public:
    static constexpr bool waits = is_waiting_read<std::invoke_result_t<Read&, asio::mutable_buffer>>;

    callable_source(Read& read, std::optional<std::uint64_t> size) : read_(read), size_(size) {}

    std::optional<std::uint64_t> size() const noexcept override { return size_; }
    bool may_wait() const noexcept override { return waits; }

    asio::awaitable<result<std::size_t>> read(asio::mutable_buffer into) override {
        if (ended_) co_return std::size_t{0};
        result<std::size_t> got;
        try {
            if constexpr (waits) {
                auto reading = read_(into);
                got = co_await std::move(reading);
            } else {
                got = read_(into);
            }
        } catch (...) {
            throw async::callback_failure(std::current_exception());
        }
        if (got && *got > into.size()) co_return errc::body_size_differs;
        ended_ = got && *got == 0;
        co_return got;
    }

private:
    Read& read_;
    std::optional<std::uint64_t> size_;
    bool ended_ = false;
};

// Gives itself away to the first who reads.
template <class Read>
class single_content final : public body_content {
public:
    single_content(Read read, std::optional<std::uint64_t> size) : read_(std::move(read)), size_(size) {}

    result<std::optional<std::uint64_t>> size() const override { return size_; }
    bool replayable() const noexcept override { return !taken_; }
    bool may_wait() const noexcept override { return callable_source<Read>::waits; }
    result<std::unique_ptr<body_source>> open() const override {
        if (taken_) return errc::body_not_replayable;
        return std::unique_ptr<body_source>(std::make_unique<source>(*this));
    }

private:
    class source final : public body_source {
    public:
        explicit source(const single_content& owner) : owner_(owner), reading_(owner.read_, owner.size_) {}
        std::optional<std::uint64_t> size() const noexcept override { return owner_.size_; }
        bool may_wait() const noexcept override { return reading_.may_wait(); }

        asio::awaitable<result<std::size_t>> read(asio::mutable_buffer into) override {
            if (!begun_ && owner_.taken_.exchange(true)) return refuse();
            begun_ = true;
            return reading_.read(into);
        }

    private:
        static asio::awaitable<result<std::size_t>> refuse() { co_return errc::body_not_replayable; }

        const single_content& owner_;
        callable_source<Read> reading_;
        bool begun_ = false;
    };

    mutable Read read_;
    std::optional<std::uint64_t> size_;
    mutable std::atomic<bool> taken_ = false;
};

// Made anew for each time that it is sent.
template <class Make>
class factory_content final : public body_content {
    using reading = std::decay_t<std::invoke_result_t<const Make&>>;

public:
    factory_content(Make make, std::optional<std::uint64_t> size) : make_(std::move(make)), size_(size) {}

    result<std::optional<std::uint64_t>> size() const override { return size_; }
    bool may_wait() const noexcept override { return callable_source<reading>::waits; }
    result<std::unique_ptr<body_source>> open() const override {
        try {
            return std::unique_ptr<body_source>(std::make_unique<source>(make_(), size_));
        } catch (...) {
            throw async::callback_failure(std::current_exception());
        }
    }

private:
    class source final : public body_source {
    public:
        source(reading read, std::optional<std::uint64_t> size)
            : read_(std::move(read)), reading_(read_, size) {}
        std::optional<std::uint64_t> size() const noexcept override { return reading_.size(); }
        bool may_wait() const noexcept override { return reading_.may_wait(); }
        asio::awaitable<result<std::size_t>> read(asio::mutable_buffer into) override {
            return reading_.read(into);
        }

    private:
        reading read_;
        callable_source<reading> reading_;
    };

    Make make_;
    std::optional<std::uint64_t> size_;
};

}  // namespace detail
}  // namespace dragline::http
