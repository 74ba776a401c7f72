// Included by <dragline/http/detail/h1_connection.hpp> only.
#pragma once

#include <dragline/h1/error.hpp>
#include <dragline/h1/head_writer.hpp>
#include <dragline/http/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL h1_connection::h1_connection(net::stream stream, asio::ip::address address, std::uint16_t port,
                                           tls::peer_info peer)
    : stream_(std::move(stream)), address_(std::move(address)), port_(port), peer_(std::move(peer)) {}

DRAGLINE_DECL void h1_connection::start(std::string_view method, const h1::head_limits& limits) {
    method_ = method;
    if (limits == limits_) {
        parser_.reset();
    } else {
        parser_ = h1::response_head_parser(limits);
        limits_ = limits;
    }
    framing_ = {};
    remaining_ = 0;
    sent_ = 0;
    request_complete_ = answered_ = head_read_ = body_complete_ = false;
}

DRAGLINE_DECL asio::awaitable<result<void>> h1_connection::write_request(request_view request,
                                                                         stage_limit limit) {
    head_text_.clear();
    h1::append_request_line(head_text_, request.method, request.target);
    h1::append_field(head_text_, "Host", request.host);
    for (const auto& [name, value] : *request.fields) h1::append_field(head_text_, name, value);
    head_text_ += h1::line_end;
    // A small body goes out with its head in one piece: over TLS in one record.
    auto body = request.body;
    if (body.size() <= 4096) {
        head_text_ += body;
        body = {};
    }
    const net::detail::gather pieces{asio::buffer(head_text_), asio::buffer(body)};
    auto writing = stream_.layer().write(pieces, limit.until, limit.where);
    auto written = co_await std::move(writing);
    if (written) {
        sent_ = head_text_.size() + body.size();
        request_complete_ = true;
        co_return written;
    }
    // A peer may answer and stop reading while the body is still sent: what it answered counts. The
    // connection has no further use either way.
    const bool gone =
        written.error() == asio::error::broken_pipe || written.error() == asio::error::connection_reset;
    if (gone && !request.body.empty() && has_input()) co_return result<void>();
    co_return written;
}

// At least one more byte in the buffer, or an error.
DRAGLINE_DECL asio::awaitable<result<void>> h1_connection::fill(stage_limit limit) {
    if (begin_ == end_) begin_ = end_ = 0;
    if (end_ == buffer_.size()) {
        if (begin_ > 0) {
            std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
            end_ -= begin_;
            begin_ = 0;
        } else {
            buffer_.resize(std::max(first_size, 2 * buffer_.size()));
        }
    }
    auto space = asio::buffer(buffer_.data() + end_, buffer_.size() - end_);
    auto reading = stream_.layer().read_some(space, limit.until, limit.where);
    auto size = co_await std::move(reading);
    if (!size) co_return size.error();
    end_ += *size;
    answered_ = true;
    co_return result<void>();
}

// Takes what has come, or its end, without waiting.
DRAGLINE_DECL bool h1_connection::has_input() noexcept {
    if (begin_ == end_) begin_ = end_ = 0;
    if (buffer_.empty()) buffer_.resize(first_size);
    if (end_ == buffer_.size()) return true;
    auto size = stream_.layer().try_read(asio::buffer(buffer_.data() + end_, buffer_.size() - end_));
    if (size) end_ += *size;
    return size.error() != asio::error::would_block;
}

DRAGLINE_DECL result<std::size_t> h1_connection::parse_head() {
    if (begin_ == end_) return std::size_t{0};
    return parser_.parse(unread());
}

DRAGLINE_DECL asio::awaitable<result<void>> h1_connection::read_head(response_head& into, int max_interim,
                                                                     stage_limit limit) {
    for (int interim = 0;;) {
        auto size = parse_head();
        if (!size) co_return size.error();
        if (*size == 0) {
            auto filling = fill(limit);
            auto filled = co_await std::move(filling);
            if (filled) continue;
            if (filled.error() != asio::error::eof) co_return filled;
            co_return answered_ ? make_error_code(h1::errc::truncated)
                                : make_error_code(errc::connection_closed);
        }
        const auto& head = parser_.head();
        auto framing = h1::response_framing(head, method_);
        if (!framing) co_return framing.error();
        if (head.status == 101) co_return errc::unexpected_upgrade;
        if (head.status >= 200) {
            framing_ = *framing;
            take_head(into);
            consume(*size);
            co_return result<void>();
        }
        if (++interim > max_interim) co_return errc::too_many_interim;
        consume(*size);
        parser_.reset();
    }
}

DRAGLINE_DECL void h1_connection::take_head(response_head& into) {
    const auto& head = parser_.head();
    into.status = head.status;
    into.version_minor = head.version_minor;
    into.reason = head.reason;
    std::size_t text_size = 0;
    for (const auto& field : head.fields) text_size += field.name.size() + field.value.size();
    into.headers.clear();
    into.headers.reserve(head.fields.size(), text_size);
    for (const auto& field : head.fields) into.headers.add(field.name, field.value);
    keep_alive_ = h1::keep_alive_timeout(head.fields);
    into.has_body = framing_.kind != h1::body_kind::none;
    into.content_length.reset();
    head_read_ = true;
    switch (framing_.kind) {
        case h1::body_kind::none: body_complete_ = true; break;
        case h1::body_kind::length:
            remaining_ = framing_.length;
            into.content_length = framing_.length;
            body_complete_ = remaining_ == 0;
            break;
        case h1::body_kind::chunked: chunks_.reset(); break;
        case h1::body_kind::until_close: break;
    }
}

DRAGLINE_DECL asio::awaitable<result<std::size_t>> h1_connection::read_body(asio::mutable_buffer into,
                                                                            stage_limit limit) {
    if (body_complete_) co_return std::size_t{0};
    auto reading =
        framing_.kind == h1::body_kind::chunked ? read_chunked(into, limit) : read_plain(into, limit);
    co_return co_await std::move(reading);
}

DRAGLINE_DECL std::size_t h1_connection::copy_unread(asio::mutable_buffer into) noexcept {
    const auto size = std::min(into.size(), end_ - begin_);
    std::memcpy(into.data(), buffer_.data() + begin_, size);
    consume(size);
    return size;
}

DRAGLINE_DECL asio::awaitable<result<std::size_t>> h1_connection::read_plain(asio::mutable_buffer into,
                                                                             stage_limit limit) {
    const bool bounded = framing_.kind == h1::body_kind::length;
    if (bounded && into.size() > remaining_) into = asio::buffer(into, static_cast<std::size_t>(remaining_));
    result<std::size_t> size = copy_unread(into);
    if (*size == 0) {
        // Straight into the caller's memory: the buffer is empty.
        auto reading = stream_.layer().read_some(into, limit.until, limit.where);
        size = co_await std::move(reading);
        if (size.error() == asio::error::eof) {
            if (bounded) co_return h1::errc::truncated;
            body_complete_ = true;
            co_return std::size_t{0};
        }
        if (!size) co_return size;
    }
    if (bounded) {
        remaining_ -= *size;
        body_complete_ = remaining_ == 0;
    }
    co_return size;
}

DRAGLINE_DECL asio::awaitable<result<std::size_t>> h1_connection::read_chunked(asio::mutable_buffer into,
                                                                               stage_limit limit) {
    while (pending_chunk_.empty()) {
        if (begin_ == end_) {
            auto filling = fill(limit);
            auto filled = co_await std::move(filling);
            if (filled.error() == asio::error::eof) co_return h1::errc::truncated;
            if (!filled) co_return filled.error();
        }
        auto step = chunks_.next(unread());
        if (!step) co_return step.error();
        pending_chunk_ = step->data;
        consume(step->consumed);
        if (step->finished) {
            body_complete_ = true;
            co_return std::size_t{0};
        }
    }
    const auto size = std::min(into.size(), pending_chunk_.size());
    std::memcpy(into.data(), pending_chunk_.data(), size);
    pending_chunk_.remove_prefix(size);
    co_return size;
}

DRAGLINE_DECL bool h1_connection::reusable() const noexcept {
    // Bytes beyond the response belong to nobody: the connection could answer the next request with them.
    return request_complete_ && head_read_ && body_complete_ && framing_.persistent && begin_ == end_ &&
           stream_.is_open();
}

}  // namespace dragline::http::detail

#endif
