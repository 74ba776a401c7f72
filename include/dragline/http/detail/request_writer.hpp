// Sends a request of HTTP/1.1, its body from memory or from a source, in steps between which the peer's
// answer can be looked at.
#pragma once

#include <dragline/async/loop_state.hpp>
#include <dragline/core/result.hpp>
#include <dragline/http/detail/upload.hpp>
#include <dragline/http/exchange.hpp>
#include <dragline/net/connected.hpp>

#include <asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace dragline::inline v1::http::detail {

class request_writer {
public:
    explicit request_writer(async::loop_state& loop) : loop_(loop) {}

    /// Nothing is to be sent.
    void reset() noexcept;

    /// Head and body; the head alone when the body is to wait for 100 (Continue). What `request` refers to
    /// must live until the end.
    void begin(const request_view& request);
    void begin_body();

    /// What can go out at once, and what came of that.
    const net::detail::gather& output() const noexcept { return output_; }
    void wrote(const net::detail::input_watch& watch, std::error_code ec) noexcept;
    bool pulls() const noexcept {
        if (!upload_) [[likely]]
            return false;
        return upload_->unfinished();
    }

    /// As much as goes without waiting, and whether that was all. Only when nothing is pulled.
    result<bool> try_send(net::detail::stream_layer& to);

    /// Sends to the end, or a piece of what is pulled, or until the peer has something to say, as `watch` may
    /// find while nothing is there to be sent.
    asio::awaitable<result<void>> send(net::detail::stream_layer& to, stage_limit limit,
                                       upload_watch* watch = nullptr);

    bool sending() const noexcept { return sending_; }
    bool complete() const noexcept { return complete_; }
    std::uint64_t sent() const noexcept { return sent_; }  ///< In bytes, of this request.
    std::size_t head_size() const noexcept { return head_size_; }

    /// The rest is not wanted.
    void stop() noexcept;
    void interrupt() noexcept {
        if (upload_) upload_->interrupt();
    }

    async::loop_state& loop() const noexcept { return loop_; }

private:
    async::loop_state& loop_;
    std::unique_ptr<upload> upload_;  // of this request; none where nothing is pulled
    std::string head_;                // kept for its memory
    net::detail::gather output_;
    std::string_view waiting_body_;
    body_source* waiting_source_ = nullptr;
    std::uint64_t sent_ = 0;
    std::size_t head_size_ = 0;
    bool sending_ = false;
    bool complete_ = false;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/request_writer.ipp>
