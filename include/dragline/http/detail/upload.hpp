// The body of one request on its way to the wire of HTTP/1.1: pulled from its source, counted and framed.
#pragma once

#include <dragline/async/deadline.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/core/result.hpp>
#include <dragline/http/detail/body_source.hpp>
#include <dragline/http/exchange.hpp>

#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/cancellation_signal.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <vector>

namespace dragline::inline v1::http::detail {

/// Looks at what the peer says while the source of a body waits.
class upload_watch {
public:
    enum class verdict {
        wanted,    ///< It has said nothing of interest yet.
        settled,   ///< It takes the body, and there is nothing more to look out for.
        unwanted,  ///< It has answered, or is gone: the rest is not to be sent.
    };
    virtual asio::awaitable<result<void>> wait_input() = 0;
    virtual verdict look() = 0;

protected:
    ~upload_watch() = default;
};

class upload {
public:
    /// How much is pulled at a time.
    static constexpr std::size_t piece_size = 64 * 1024;

    explicit upload(async::loop_state& loop) : loop_(loop), limit_(&expired, this) {}
    upload(const upload&) = delete;
    upload& operator=(const upload&) = delete;

    /// Begins with this source, which must live until the end; chunked where it does not know its size.
    void start(body_source& from) noexcept;

    /// Lets go of the source, and of the memory for it.
    void stop() noexcept;
    bool unfinished() const noexcept { return source_ != nullptr; }

    /// What goes out next: valid until the next call, and empty only at the end. The last bytes of an
    /// announced size come when the source has shown that there are no more: what is too long is never sent
    /// whole.
    ///
    /// Errors: errc::body_size_differs, those of the source, make_timeout(), operation_aborted by
    /// interrupt(), or when the `watch`, if there is one, has found the body unwanted().
    asio::awaitable<result<asio::const_buffer>> next(stage_limit limit, upload_watch* watch);
    bool unwanted() const noexcept { return unwanted_; }

    /// Ends next() while it waits for a coroutine of the user.
    void interrupt() noexcept;

private:
    static constexpr std::size_t size_line = 8;  // "10000" CRLF, at most

    // What a user's coroutine came to: nothing of it leaves as an exception of the operation.
    struct pulled {
        result<std::size_t> size;
        std::exception_ptr thrown;
    };

    static void expired(void* self) noexcept;
    static asio::awaitable<pulled> pull_there(body_source* from, asio::mutable_buffer into);
    static asio::awaitable<void> look_out(upload* self);
    template <class Handler>
    void pull_and_look_out(Handler&& handler, asio::mutable_buffer into, pulled& outcome);
    asio::awaitable<result<void>> rest(stage_limit limit);
    asio::awaitable<result<std::size_t>> pull(asio::mutable_buffer into, stage_limit limit);
    asio::awaitable<result<std::size_t>> pull_waiting(asio::mutable_buffer into, stage_limit limit);
    asio::const_buffer framed(std::size_t size);

    async::loop_state& loop_;
    body_source* source_ = nullptr;
    std::optional<std::uint64_t> missing_;  // of what was announced
    std::vector<char> buffer_;              // room for a size line, a piece, and a line end
    async::deadline limit_;
    asio::cancellation_signal ending_;  // of the coroutine that is under way
    upload_watch* watch_ = nullptr;
    asio::cancellation_signal watch_ends_;
    bool unwanted_ = false;
    bool expired_ = false;
    bool interrupted_ = false;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/upload.ipp>
