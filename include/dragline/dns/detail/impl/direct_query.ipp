// Included by <dragline/dns/detail/direct_query.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/dns/detail/keyed_hash.hpp>
#include <dragline/dns/detail/query_writer.hpp>
#include <dragline/dns/wire/message.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/bind_cancellation_slot.hpp>
#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ip/udp.hpp>
#include <asio/post.hpp>
#include <asio/read.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace dragline::inline v1::dns::detail {

// Longer than anybody waits for one try, as for c-ares.
inline constexpr std::chrono::seconds direct_patience{5};

DRAGLINE_DECL direct_query::direct_query(async::loop_state& loop, const server& where, const question& asked,
                                         const query_form& form, std::shared_ptr<reply_sink> sink,
                                         std::size_t tag)
    : loop_(loop), where_(where), tcp_(form.tcp), sink_(std::move(sink)), tag_(tag), limit_(&expired, this) {
    random_numbers ids(loop.random());
    refused_ = wire::append_query(ids.next16(), asked, form, query_);
    if (refused_) return;
    question_end_ = question_end(query_);
}

DRAGLINE_DECL void direct_query::resume() {
    paused_ = false;
    if (running_ || ended()) return;
    running_ = true;
    loop_.deadlines().arm(limit_, loop_.now() + direct_patience);
    // The coroutine's cancellation state stands inside the signal: so its frame, too, holds this.
    auto body = [self = shared_from_this()] { return self->run(); };
    auto stopped = [self = shared_from_this()](std::exception_ptr thrown) { self->stopped(thrown); };
    asio::co_spawn(loop_.executor(), std::move(body),
                   asio::bind_cancellation_slot(signal_.slot(), std::move(stopped)));
}

DRAGLINE_DECL void direct_query::pause() noexcept {
    paused_ = true;
    limit_.disarm();
    interrupt();
}

DRAGLINE_DECL void direct_query::shutdown() noexcept {
    sink_.reset();
    pause();
}

DRAGLINE_DECL void direct_query::interrupt() noexcept {
    if (running_ && !std::exchange(interrupted_, true)) signal_.emit(asio::cancellation_type::terminal);
}

DRAGLINE_DECL void direct_query::stopped(const std::exception_ptr& thrown) {
    running_ = false;
    const bool interrupted = std::exchange(interrupted_, false);
    if (ended()) return;
    if (thrown && !interrupted) return finish(std::make_error_code(std::errc::not_enough_memory));
    if (!paused_) resume();
}

DRAGLINE_DECL void direct_query::expired(void* self) noexcept {
    const auto held = static_cast<direct_query*>(self)->shared_from_this();
    held->interrupt();
    held->finish(make_timeout(phase::resolve));
}

DRAGLINE_DECL void direct_query::finish(reply_bytes reply) {
    limit_.disarm();
    const auto sink = std::exchange(sink_, nullptr);
    if (!sink) return;
    if (!reply) {
        sink->on_reply(tag_, reply.error());
    } else if (!sink->on_reply_bytes(tag_, *reply)) {
        sink->on_reply(tag_, wire::decode_message(*reply));
    }
}

DRAGLINE_DECL asio::awaitable<void> direct_query::run() {
    // The caller of ask() must not hear of an outcome inside it.
    co_await asio::post(loop_.executor(), asio::use_awaitable);
    if (refused_) co_return finish(refused_);
    constexpr std::uint8_t truncation_bit = 0x02;
    if (!tcp_) {
        auto asking = over_udp();
        auto reply = co_await std::move(asking);
        if (interrupted_) co_return;
        if (!reply || !((*reply)[2] & truncation_bit)) co_return finish(std::move(reply));
        tcp_ = true;
    }
    auto asking = over_tcp();
    auto reply = co_await std::move(asking);
    if (!interrupted_) finish(std::move(reply));
}

DRAGLINE_DECL asio::awaitable<direct_query::reply_bytes> direct_query::over_udp() {
    asio::ip::udp::socket socket(loop_.executor());
    const asio::ip::udp::endpoint where(where_.address(), where_.port());
    std::error_code failed;
    socket.open(where.protocol(), failed);
    if (!failed) socket.connect(where, failed);
    if (failed) co_return errc::servers_unreachable;
    auto sending = socket.async_send(asio::buffer(query_), as_tuple(asio::use_awaitable));
    const auto [not_sent, sent] = co_await std::move(sending);
    if (not_sent) co_return errc::servers_unreachable;
    std::vector<std::uint8_t> reply(wire::max_message_size);
    for (;;) {
        auto receiving = socket.async_receive(asio::buffer(reply), as_tuple(asio::use_awaitable));
        const auto [ec, size] = co_await std::move(receiving);
        if (ec) co_return errc::servers_unreachable;
        if (!answered_by(byte_view(reply).first(size))) continue;  // forged, or late
        reply.resize(size);
        co_return reply;
    }
}

DRAGLINE_DECL asio::awaitable<direct_query::reply_bytes> direct_query::over_tcp() {
    asio::ip::tcp::socket socket(loop_.executor());
    const asio::ip::tcp::endpoint where(where_.address(), where_.port());
    auto connecting = socket.async_connect(where, as_tuple(asio::use_awaitable));
    const auto [refused] = co_await std::move(connecting);
    if (refused) co_return errc::servers_unreachable;
    std::array<std::uint8_t, 2> length;
    store_big16(length.data(), static_cast<std::uint16_t>(query_.size()));
    const std::array<asio::const_buffer, 2> both{asio::buffer(length), asio::buffer(query_)};
    auto writing = asio::async_write(socket, both, as_tuple(asio::use_awaitable));
    const auto [not_sent, sent] = co_await std::move(writing);
    if (not_sent) co_return errc::servers_unreachable;
    std::vector<std::uint8_t> reply;
    auto reading_length = asio::async_read(socket, asio::buffer(length), as_tuple(asio::use_awaitable));
    const auto [no_length, two] = co_await std::move(reading_length);
    if (no_length) co_return errc::servers_unreachable;
    reply.resize(load_big16(length.data()));
    auto reading = asio::async_read(socket, asio::buffer(reply), as_tuple(asio::use_awaitable));
    const auto [broken, all] = co_await std::move(reading);
    if (broken) co_return errc::servers_unreachable;
    if (!answered_by(reply)) co_return errc::malformed_message;
    co_return reply;
}

// A response to this very question; a server that refuses may leave the question out, see check_response().
DRAGLINE_DECL bool direct_query::answered_by(byte_view reply) const noexcept {
    constexpr std::uint8_t response_bit = 0x80;
    constexpr std::uint8_t rcode_mask = 0x0f;
    if (reply.size() < query_header_size || !(reply[2] & response_bit)) return false;
    if (!std::equal(query_.begin(), query_.begin() + 2, reply.begin())) return false;
    if (load_big16(&reply[4]) == 0) {
        const auto code = static_cast<rcode>(reply[3] & rcode_mask);
        return code != rcode::no_error && code != rcode::name_not_found;
    }
    // Lengths of labels are below the letters, so that they do not change.
    return reply.size() >= question_end_ &&
           std::equal(query_.begin() + query_header_size,
                      query_.begin() + static_cast<std::ptrdiff_t>(question_end_),
                      reply.begin() + query_header_size, [](std::uint8_t a, std::uint8_t b) {
                          return ascii::to_lower(static_cast<char>(a)) ==
                                 ascii::to_lower(static_cast<char>(b));
                      });
}

}  // namespace dragline::dns::detail

#endif
