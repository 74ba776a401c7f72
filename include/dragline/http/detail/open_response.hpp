// A response whose head has come and whose body is still on its connection. Kept by its response_stream, and
// by what it has to do: so an operation under way outlives the stream.
#pragma once

#include <dragline/async/interrupter.hpp>
#include <dragline/async/loop_gate.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/result.hpp>
#include <dragline/http/detail/body_sink.hpp>
#include <dragline/http/detail/fetch_op.hpp>
#include <dragline/http/detail/fetch_place.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/cancellation_signal.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace dragline::inline v1::http::detail {

class open_response {
public:
    using pointer = std::shared_ptr<open_response>;

    open_response(const std::shared_ptr<session_state>& session, fetch_options options);
    open_response(const open_response&) = delete;

    /// The head phase; `record` gets what is known then.
    static asio::awaitable<result<void>> open(pointer self, std::string url, response_record& record);

    /// Ends open() under way as operation_aborted. Threads: the loop's own.
    void interrupt() noexcept {
        if (operation_) operation_->ending().interrupt();
    }

    static asio::awaitable<result<std::size_t>> read_some(pointer self, asio::mutable_buffer into);
    static asio::awaitable<result<std::string>> read_all(pointer self, std::uint64_t limit);
    static asio::awaitable<result<std::uint64_t>> read_to(pointer self, body_sink sink);

    const asio::any_io_executor& executor() const noexcept { return executor_; }
    bool truncated() const noexcept { return truncated_; }
    bool ended() const noexcept { return released_; }

    /// Closes the connection if the body is still on it. Threads: close() the loop's own, abandon() any.
    void close() noexcept { end(asio::error::operation_aborted); }
    static void abandon(pointer self) noexcept;

private:
    class reading;

    // What a user's coroutine came to.
    struct taken {
        bool more = false;
        std::exception_ptr thrown;
    };
    static asio::awaitable<taken> give_there(body_sink* sink, std::string_view piece);
    static asio::awaitable<bool> give_waiting(pointer self, body_sink& sink, std::string_view piece);

    void end(std::error_code ec) noexcept;
    void release() noexcept;
    void fail() noexcept;  // with what is being thrown
    std::error_code after_read(std::error_code ec, bool at_end) noexcept;

    asio::any_io_executor executor_;
    std::shared_ptr<async::loop_gate> gate_;
    pointer self_;  // while there is a connection, so that nobody but the loop ends it
    std::optional<fetch_options> options_;  // as long as the operation
    std::optional<fetch_op> operation_;
    std::optional<async::interrupter::scope> scope_;
    std::error_code end_;  // what every further read gives
    std::atomic<bool> released_ = false;
    asio::cancellation_signal sink_ends_;  // of the coroutine that takes a piece
    bool in_sink_ = false;
    bool reading_ = false;
    bool truncated_ = false;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/open_response.ipp>
