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

DRAGLINE_DECL void h1_connection::start(std::string_view method, const h1::head_limits& limits,
                                        std::span<const std::byte> used) {
    layer().used_by_reader = {std::as_bytes(std::span(this, 1)), used};
    method_ = method;
    if (limits == limits_) {
        parser_.reset();
    } else {
        parser_ = h1::response_head_parser(limits);
        limits_ = limits;
    }
    framing_ = {};
    remaining_ = 0;
    head_size_ = 0;
    head_error_.clear();
    interim_ = 0;
    writer_.reset();
    continue_ = answered_ = head_read_ = body_complete_ = false;
}

DRAGLINE_DECL result<bool> h1_connection::begin_request(const request_view& request) {
    writer_.begin(request);
    has_request_body_ = !request.body.empty();
    if (request.source) [[unlikely]]
        has_request_body_ = true;
    max_interim_ = request.max_interim;
    expect_continue_ = request.expect_continue;
    if (expect_continue_ || writer_.pulls()) [[unlikely]]
        return false;
    const auto gone = writer_.try_send(layer());
    if (answered_instead(gone.error())) [[unlikely]]
        return true;
    return gone;
}

DRAGLINE_DECL asio::awaitable<result<void>> h1_connection::send_request(stage_limit limit) {
    if (expect_continue_) {
        auto asking = is_body_wanted(*expect_continue_, limit);
        const auto wanted = co_await std::move(asking);
        if (!wanted || !*wanted) co_return wanted.error();
        writer_.begin_body();
    }
    for (;;) {
        auto sending = writer_.send(layer(), limit, this);
        const auto sent = co_await std::move(sending);
        if (answered_instead(sent.error())) co_return result<void>();
        if (!sent || writer_.complete() || answer_came()) co_return sent;
    }
}

// Sends the head, and waits for 100 (Continue) or for the time to go on without (RFC 9110, 10.1.1).
DRAGLINE_DECL asio::awaitable<result<bool>> h1_connection::is_body_wanted(async::duration wait,
                                                                          stage_limit limit) {
    auto sending = layer().write(writer_.output(), limit.until, limit.where);
    const auto sent = co_await std::move(sending);
    if (!sent) co_return sent.error();
    writer_.wrote({asio::buffer_size(writer_.output())}, {});
    const auto until = std::min(limit.until, async::deadline_after(writer_.loop().now(), wait));
    for (;;) {
        if (answer_came()) co_return false;
        if (continue_) co_return true;
        auto filling = receive({until, limit.where});
        const auto filled = took(co_await std::move(filling));
        if (filled) continue;
        if (filled.error() == asio::error::eof) co_return false;  // take_head() finds it again
        const bool silent = filled.error() == make_timeout(limit.where) && until < limit.until;
        if (!silent) co_return filled.error();
        co_return true;
    }
}

// Takes all that is there, since only something new would be noticed while sending.
DRAGLINE_DECL upload_watch::verdict h1_connection::look() {
    for (;;) {
        const auto found = find_head(max_interim_);
        if (found && *found && parser_.head().status < 300) return verdict::settled;
        if (!found || *found) return verdict::unwanted;
        if (const auto ec = take_input())
            return ec == asio::error::would_block ? verdict::wanted : verdict::unwanted;
    }
}

// Whether there is what take_head() has to look at; after it the body is mostly not wanted.
DRAGLINE_DECL bool h1_connection::answer_came() {
    const auto seen = look();
    if (seen == verdict::unwanted) writer_.stop();
    return seen != verdict::wanted;
}

DRAGLINE_DECL asio::awaitable<result<std::size_t>> h1_connection::receive(stage_limit limit) {
    if (input_end_) [[unlikely]]
        return end_again();
    const auto space = make_room();
    return writer_.sending() ? receive_while_sending(space, limit)
                             : layer().read_some(space, limit.until, limit.where);
}

DRAGLINE_DECL asio::mutable_buffer h1_connection::make_room() {
    if (begin_ == end_) begin_ = end_ = 0;
    if (end_ == buffer_.size()) {
        if (begin_ > 0) {
            std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
            end_ -= begin_;
            begin_ = 0;
        } else {
            buffer_.grow(std::max(first_size, 2 * buffer_.size()));
        }
    }
    return asio::buffer(buffer_.data() + end_, buffer_.size() - end_);
}

// Takes what has come, or its end, without waiting: would_block when nothing has.
DRAGLINE_DECL std::error_code h1_connection::take_input() {
    const auto size = layer().try_read(make_room());
    end_ += *size;
    answered_ = answered_ || *size > 0;
    if (size.error() != asio::error::would_block) input_end_ = size.error();
    return size.error();
}

// Drops the interim heads at the front of the buffer, and says whether a final one is there whole.
DRAGLINE_DECL result<bool> h1_connection::find_head(int max_interim) {
    const auto fail = [this](std::error_code ec) { return head_error_ = ec; };
    if (head_error_) return head_error_;
    while (head_size_ == 0 && begin_ != end_) {
        const auto size = parser_.parse(unread());
        if (!size) return fail(size.error());
        if (*size == 0) return false;
        const auto& head = parser_.head();
        const auto framing = h1::response_framing(head, method_);
        if (!framing) return fail(framing.error());
        if (head.status == 101) return fail(errc::unexpected_upgrade);
        if (head.status >= 200) [[likely]] {
            framing_ = *framing;
            head_size_ = *size;
            break;
        }
        if (++interim_ > max_interim) return fail(errc::too_many_interim);
        continue_ = continue_ || head.status == 100;
        consume(*size);
        parser_.reset();
    }
    return head_size_ > 0;
}

DRAGLINE_DECL result<bool> h1_connection::take_head(response_head& into, int max_interim,
                                                    result<std::size_t> received) {
    if (const auto ec = took(received).error()) {
        if (ec != asio::error::eof) return ec;
        return answered_ ? make_error_code(h1::errc::truncated) : make_error_code(errc::connection_closed);
    }
    const auto found = find_head(max_interim);
    if (found && *found) copy_head(into);
    return found;
}

DRAGLINE_DECL void h1_connection::copy_head(response_head& into) {
    const auto& head = parser_.head();
    into.status = head.status;
    into.version_minor = head.version_minor;
    into.reason = head.reason;
    into.headers.assign(unread().substr(0, head_size_), head.fields);
    keep_alive_ = h1::keep_alive_timeout(head.fields);
    into.has_body = framing_.kind != h1::body_kind::none;
    into.content_length.reset();
    head_read_ = untried_ = true;
    parser_.release_memory();  // to the next connection that reads a head
    consume(head_size_);
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
    if (body_complete_) return no_more();
    return framing_.kind == h1::body_kind::chunked ? read_chunked(into, limit) : read_plain(into, limit);
}

DRAGLINE_DECL bool h1_connection::take_body(std::string& into) {
    if (framing_.kind != h1::body_kind::length || unread().size() < remaining_) return false;
    const auto size = static_cast<std::size_t>(std::exchange(remaining_, 0));
    into.append(unread().substr(0, size));
    consume(size);
    body_complete_ = true;
    return true;
}

DRAGLINE_DECL asio::awaitable<result<std::size_t>> h1_connection::read_plain(asio::mutable_buffer into,
                                                                             stage_limit limit) {
    const bool bounded = framing_.kind == h1::body_kind::length;
    const auto left =
        bounded && into.size() > remaining_ ? static_cast<std::size_t>(remaining_) : into.size();
    result<std::size_t> size = copy_unread(asio::buffer(into, left));
    if (*size == 0) {
        // Straight into the caller's memory: the buffer is empty. When not even one byte more has come, the
        // layer knows that nothing has: to ask would be two system calls.
        into = asio::buffer(into, left + 1);
        size = try_rest(into);
        if (size.error() == asio::error::would_block) {
            auto reading = writer_.sending() ? receive_while_sending(into, limit)
                                             : layer().read_some(into, limit.until, limit.where);
            size = co_await std::move(reading);
        }
        if (size.error() == asio::error::eof) {
            if (bounded) co_return h1::errc::truncated;
            body_complete_ = true;
            co_return std::size_t{0};
        }
        if (!size) co_return size;
        if (*size > left) {
            end_ += asio::buffer_copy(make_room(), into + left);
            size = left;
        }
    }
    if (bounded) body_complete_ = (remaining_ -= *size) == 0;
    co_return size;
}

DRAGLINE_DECL asio::awaitable<result<std::size_t>> h1_connection::read_chunked(asio::mutable_buffer into,
                                                                               stage_limit limit) {
    while (pending_chunk_.empty()) {
        if (begin_ == end_) {
            auto filling = receive(limit);
            const auto filled = took(co_await std::move(filling));
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

// RFC 9110, 7.5: a response, even a whole one, does not end the request, but when it announces the end.
DRAGLINE_DECL asio::awaitable<result<void>> h1_connection::finish_request(stage_limit limit) {
    // What comes after the response belongs to nobody.
    if (!body_complete_ || !framing_.persistent || begin_ != end_) writer_.stop();
    while (writer_.sending()) {
        auto sending = writer_.send(layer(), limit);
        const auto sent = co_await std::move(sending);
        if (!sent) co_return layer().close(), sent;
        if (writer_.sending() && has_input()) writer_.stop();
    }
    co_return result<void>();
}

// The peer takes the rest of the request while it answers.
DRAGLINE_DECL asio::awaitable<result<std::size_t>> h1_connection::receive_while_sending(
    asio::mutable_buffer into, stage_limit limit) {
    while (writer_.sending()) {
        auto got = layer().try_read(into);
        if (got.error() != asio::error::would_block) co_return got;
        auto sending = writer_.send(layer(), limit);
        const auto sent = co_await std::move(sending);
        // The request will never be whole: the peer may wait for it for ever.
        if (!sent && !is_gone(sent.error())) co_return layer().close(), sent.error();
    }
    auto reading = layer().read_some(into, limit.until, limit.where);
    co_return co_await std::move(reading);
}

}  // namespace dragline::http::detail

#endif
