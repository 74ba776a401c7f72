// Where the content of a request comes from when it is not in memory. Private: users start with body.hpp.
#pragma once

#include <dragline/core/asio.hpp>
#include <dragline/core/result.hpp>

#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace dragline::inline v1::http::detail {

/// The content while it is sent once.
class body_source {
public:
    body_source() = default;
    body_source(const body_source&) = delete;
    body_source& operator=(const body_source&) = delete;
    virtual ~body_source() = default;

    /// In bytes, where that is known. It is announced, so read() has to give just as much.
    virtual std::optional<std::uint64_t> size() const noexcept = 0;

    /// At least one byte into `into`, which is not empty; 0 at the end, also when asked again. Throws
    /// async::callback_failure with what a user's function throws.
    virtual asio::awaitable<result<std::size_t>> read(asio::mutable_buffer into) = 0;

    /// Whether read() runs a coroutine of the user, which has to be ended when time is up.
    virtual bool may_wait() const noexcept { return false; }
};

/// Content that can be opened for sending; shared by all copies of a body, and immutable.
class body_content {
public:
    body_content() = default;
    body_content(const body_content&) = delete;
    body_content& operator=(const body_content&) = delete;
    virtual ~body_content() = default;

    virtual result<std::optional<std::uint64_t>> size() const = 0;

    /// Whether it can be sent from its beginning, be it for the first time.
    virtual bool replayable() const noexcept { return true; }

    virtual bool may_wait() const noexcept { return false; }

    /// Must outlive the source.
    virtual result<std::unique_ptr<body_source>> open() const = 0;
};

}  // namespace dragline::http::detail
