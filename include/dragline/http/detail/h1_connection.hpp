// An HTTP/1.1 connection: the exchange of one request after the other on one stream.
#pragma once

#include <dragline/async/loop_state.hpp>
#include <dragline/core/spare_memory.hpp>
#include <dragline/h1/chunked.hpp>
#include <dragline/h1/framing.hpp>
#include <dragline/h1/head_parser.hpp>
#include <dragline/http/detail/receive_buffer.hpp>
#include <dragline/http/detail/request_writer.hpp>
#include <dragline/http/exchange.hpp>
#include <dragline/net/connected.hpp>
#include <dragline/tls/peer_info.hpp>

#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/ip/address.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace dragline::inline v1::http::detail {

/// Whether it tells that the peer takes no more.
inline bool is_gone(std::error_code ec) noexcept {
    return ec == asio::error::broken_pipe || ec == asio::error::connection_reset;
}

class h1_connection final : public exchange, public of_spare_memory, private upload_watch {
public:
    /// `port` is the one of connected.address.
    h1_connection(async::loop_state& loop, net::connected&& connected, std::uint16_t port)
        : connected_(std::move(connected)), port_(port), writer_(loop) {}
    ~h1_connection() override { layer().close(); }

    /// Makes ready for the next exchange; the method decides how the response is framed. `used` is what its
    /// caller works on when the response comes.
    void start(std::string_view method, const h1::head_limits& limits, std::span<const std::byte> used = {});

    result<bool> begin_request(const request_view& request) override;
    asio::awaitable<result<void>> send_request(stage_limit limit) override;
    result<bool> take_head(response_head& into, int max_interim, result<std::size_t> received) override;
    asio::awaitable<result<std::size_t>> receive(stage_limit limit) override;
    asio::awaitable<result<std::size_t>> read_body(asio::mutable_buffer into, stage_limit limit) override;
    bool take_body(std::string& into) override;
    bool sending() const noexcept override { return writer_.sending(); }
    asio::awaitable<result<void>> finish_request(stage_limit limit) override;
    bool answered() const noexcept override { return answered_; }
    bool reusable() const noexcept override {
        // Bytes beyond the response belong to nobody: the connection could answer the next request with them.
        return writer_.complete() && head_read_ && body_complete_ && framing_.persistent && begin_ == end_ &&
               is_open();
    }
    std::uint64_t bytes_sent() const noexcept override { return writer_.sent(); }

    /// For one that gets no request at once: sends what the TLS handshake has left to go out with it.
    void end_handshake() {
        net::detail::gather nothing;
        static_cast<void>(layer().try_write(nothing));  // a failure is found when it is wanted
    }

    bool is_open() const noexcept { return layer().is_open(); }
    /// Nothing has arrived on an idle connection: neither its end nor bytes that nobody asked for.
    bool is_quiet() noexcept { return unread().empty() && is_open() && !has_input(); }
    /// Whether the last read of an idle connection may have left something.
    bool may_have_input() noexcept { return !unread().empty() || layer().may_have_input(); }
    /// For a connection that has been idle for a while: gives back all memory that holds nothing.
    void release_memory() noexcept {
        if (begin_ == end_) buffer_.clear(), begin_ = end_ = 0;
        layer().release_buffers();
    }

    void close() noexcept {
        layer().close();
        writer_.interrupt();
    }

    /// How long the peer said that it keeps this connection when idle.
    std::optional<std::chrono::seconds> keep_alive() const noexcept { return keep_alive_; }

    const asio::ip::address& peer_address() const noexcept { return connected_.address; }
    std::uint16_t peer_port() const noexcept { return port_; }
    const tls::peer_info& peer_tls() const noexcept { return connected_.peer; }

    /// Of this machine; 0 for a Unix socket.
    std::uint16_t local_port() {
        if (!local_port_) local_port_ = connected_.local_endpoint()->port();
        return *local_port_;
    }

    /// Of the exchange, in bytes.
    std::uint64_t head_sent() const noexcept { return writer_.head_size(); }
    std::uint64_t head_received() const noexcept { return head_size_; }

private:
    static constexpr std::size_t first_size = 8 * 1024;

    net::detail::stream_layer& layer() const noexcept { return *connected_.layer; }
    std::string_view unread() const noexcept { return {buffer_.data() + begin_, end_ - begin_}; }
    void consume(std::size_t size) noexcept { begin_ += size; }
    asio::awaitable<result<bool>> is_body_wanted(async::duration wait, stage_limit limit);
    asio::awaitable<result<void>> wait_input() override {
        return layer().wait_input(async::no_deadline, phase::write);
    }
    verdict look() override;
    bool answer_came();
    // A peer may answer and stop reading while the body is still sent: what it answered counts. The
    // connection has no further use either way.
    bool answered_instead(std::error_code ec) { return has_request_body_ && is_gone(ec) && has_input(); }

    // At least one more byte in the buffer, or an error, after took(co_await receive()).
    result<void> took(result<std::size_t> size) noexcept {
        if (size.error() == asio::error::eof) input_end_ = size.error();
        if (!size) return size.error();
        end_ += *size;
        answered_ = answered_ || *size > 0;
        return {};
    }
    // To be told of it once more, Asio would wait for ever.
    asio::awaitable<result<std::size_t>> end_again() { co_return input_end_; }
    static asio::awaitable<result<std::size_t>> no_more() { co_return std::size_t{0}; }
    asio::awaitable<result<std::size_t>> receive_while_sending(asio::mutable_buffer into, stage_limit limit);
    asio::mutable_buffer make_room();
    result<bool> find_head(int max_interim);
    void copy_head(response_head& into);
    asio::awaitable<result<std::size_t>> read_chunked(asio::mutable_buffer into, stage_limit limit);
    asio::awaitable<result<std::size_t>> read_plain(asio::mutable_buffer into, stage_limit limit);
    // What came with the head, but did not fit beside it, is there: tried once, since the loop has others,
    // too.
    result<std::size_t> try_rest(asio::mutable_buffer into) noexcept {
        const bool tries = std::exchange(untried_, false) && may_have_input() && is_open();
        if (!tries) return asio::error::make_error_code(asio::error::would_block);
        return layer().try_read(into);
    }
    std::size_t copy_unread(asio::mutable_buffer into) noexcept {
        const auto size = asio::buffer_copy(into, asio::buffer(unread()));
        consume(size);
        return size;
    }
    bool has_input() noexcept { return take_input() != asio::error::would_block; }
    std::error_code take_input();

    net::connected connected_;
    std::uint16_t port_;
    std::optional<std::uint16_t> local_port_;  // once asked for

    receive_buffer buffer_;  // received and not yet used: [begin_, end_)
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    request_writer writer_;

    std::string method_;
    h1::head_limits limits_;  // those of parser_
    h1::response_head_parser parser_;
    h1::chunked_decoder chunks_;
    h1::body_framing framing_;
    std::string_view pending_chunk_;  // decoded, still in buffer_
    std::uint64_t remaining_ = 0;
    std::size_t head_size_ = 0;  // of the final head, when it stands at the front of the buffer
    std::error_code head_error_;
    std::error_code input_end_;
    int interim_ = 0;
    std::optional<async::duration> expect_continue_;
    int max_interim_ = 0;  // while the request is sent
    bool has_request_body_ = false;
    bool continue_ = false;  // the peer said 100
    std::optional<std::chrono::seconds> keep_alive_;
    bool answered_ = false;
    bool head_read_ = false;
    bool untried_ = false;  // the rest of what came with the head
    bool body_complete_ = false;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/h1_connection.ipp>
