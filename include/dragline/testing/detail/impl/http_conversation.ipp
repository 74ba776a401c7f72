// Included by <dragline/testing/detail/http_conversation.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <memory>
#include <sstream>
#include <string>
#include <system_error>

namespace dragline::inline v1::testing::detail {

DRAGLINE_DECL asio::awaitable<void> http_conversation::run() {
    while (!channel_.gone()) {
        const bool goes_on = co_await exchange();
        if (!goes_on) break;
    }
}

DRAGLINE_DECL asio::awaitable<bool> http_conversation::exchange() {
    auto outcome = co_await read_head();
    if (outcome == received::malformed) co_await refuse();
    if (outcome == received::ended) co_await channel_.finish(ending::close);
    if (outcome != received::complete) co_return false;

    const bool to_be_answered = !ending_of_next_;
    const http_script script = routes_.find(request_);
    auto reply = to_be_answered ? script.next() : nullptr;
    const bool early = reply && reply->answers_before_body();
    if (!early) {
        if (expects_continue() && !(reply && reply->withholds_continue())) {
            co_await channel_.send("HTTP/1.1 100 Continue\r\n\r\n");
        }
        outcome = co_await read_body();
        if (outcome == received::malformed) co_await refuse();
        if (outcome != received::complete) co_return false;
    }
    log_.add(request_);
    if (!to_be_answered) {
        co_await channel_.finish(*ending_of_next_);
        co_return false;
    }
    if (!reply) reply = script.call(request_);

    const http_parts parts(*reply, request_, framing_.persistent);
    const ending end = co_await write(*reply, parts);
    const bool unread = early && framing_.kind != h1::body_kind::none;
    if (end != ending::keep) {
        co_await channel_.finish(end, unread);
        co_return false;
    }
    if (early) outcome = co_await read_body();
    idle_limit_ = reply->close_idle();
    ending_of_next_ = reply->next_request();
    co_return outcome == received::complete;
}

DRAGLINE_DECL asio::awaitable<http_conversation::received> http_conversation::read_head() {
    h1::request_head_parser parser;
    auto& input = channel_.input();
    for (;;) {
        const auto size = parser.parse(input);
        if (!size) co_return received::malformed;
        if (*size > 0) {
            const auto framing = h1::request_framing(parser.head());
            if (!framing) co_return received::malformed;
            framing_ = *framing;
            fill_request(parser.head());
            input.erase(0, *size);
            co_return received::complete;
        }
        const auto limit = input.empty() ? idle_limit_ : std::nullopt;
        const auto found = co_await channel_.receive(limit);
        if (found != http_channel::event::input) co_return received::ended;
    }
}

DRAGLINE_DECL std::string text_of(const asio::ip::tcp::endpoint& place) {
    std::ostringstream text;
    text << place;
    return text.str();
}

DRAGLINE_DECL void http_conversation::fill_request(const h1::request_head& head) {
    request_ = http_request();
    request_.method = head.method;
    request_.target = head.target;
    request_.version = head.version_minor == 0 ? "HTTP/1.0" : "HTTP/1.1";
    for (const auto& one : head.fields) {
        request_.fields.emplace_back(std::string(one.name), std::string(one.value));
    }
    request_.connection = number_;
    request_.sequence = ++sequence_;
    request_.secure = channel_.secure();
    request_.server_name = channel_.server_name();
    std::error_code ignored;
    request_.local_address = text_of(channel_.socket().local_endpoint(ignored));
    request_.peer_address = text_of(channel_.socket().remote_endpoint(ignored));
}

DRAGLINE_DECL bool http_conversation::expects_continue() const noexcept {
    return framing_.kind != h1::body_kind::none &&
           ascii::equals_ignoring_case(request_.field("Expect"), "100-continue");
}

DRAGLINE_DECL asio::awaitable<http_conversation::received> http_conversation::read_body() {
    if (framing_.kind == h1::body_kind::chunked) co_return co_await read_chunked();
    auto& input = channel_.input();
    while (request_.body.size() < framing_.length) {
        const auto left = framing_.length - request_.body.size();
        const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(left, input.size()));
        request_.body.append(input, 0, taken);
        input.erase(0, taken);
        if (taken == left) break;
        const auto found = co_await channel_.receive();
        if (found != http_channel::event::input) co_return received::ended;
    }
    co_return received::complete;
}

DRAGLINE_DECL asio::awaitable<http_conversation::received> http_conversation::read_chunked() {
    h1::chunked_decoder decoder;
    auto& input = channel_.input();
    while (!decoder.finished()) {
        if (input.empty()) {
            const auto found = co_await channel_.receive();
            if (found != http_channel::event::input) co_return received::ended;
        }
        const auto step = decoder.next(input);
        if (!step) co_return received::malformed;
        request_.body.append(step->data);
        input.erase(0, step->consumed);
    }
    co_return received::complete;
}

DRAGLINE_DECL asio::awaitable<void> http_conversation::refuse() {
    log_.update([](http_counts& counts) { ++counts.malformed_requests; });
    co_await channel_.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    co_await channel_.finish(ending::close, true);
}

// Once the peer is gone, every step is over at once.
DRAGLINE_DECL asio::awaitable<ending> http_conversation::write(const http_reply& reply,
                                                               const http_parts& parts) {
    co_await channel_.pause(reply.delay());
    co_await channel_.send(reply.interim());
    if (const auto& cut = reply.cut_head()) {
        co_await drip(parts.head().substr(0, cut->after), reply.drip_head());
        co_return cut->how;
    }
    if (!reply.endless_head().empty()) {
        auto fields = parts.head();
        if (fields.ends_with("\r\n\r\n")) fields.remove_suffix(2);
        co_await drip(fields, reply.drip_head());
        co_await repeat(reply.endless_head(), reply.drip_head());
        co_return ending::close;
    }
    co_await drip(parts.head(), reply.drip_head());
    co_await channel_.pause(reply.body_delay());
    if (const auto& cut = reply.cut_body()) {
        co_await drip(parts.body().substr(0, cut->after), reply.drip_body());
        co_return cut->how;
    }
    co_await drip(parts.body(), reply.drip_body());
    if (!parts.endless_body().empty()) co_await repeat(parts.endless_body(), reply.drip_body());
    if (!reply.extra().empty()) {
        co_await channel_.pause(reply.extra_delay());
        co_await channel_.send(reply.extra());
    }
    co_return parts.end();
}

DRAGLINE_DECL asio::awaitable<void> http_conversation::drip(std::string_view bytes, http_pace pace) {
    if (pace.size == 0) pace.size = std::max<std::size_t>(bytes.size(), 1);
    while (!bytes.empty() && !channel_.gone()) {
        const auto piece = bytes.substr(0, pace.size);
        co_await channel_.send(piece);
        bytes.remove_prefix(piece.size());
        if (!bytes.empty()) co_await channel_.pause(pace.pause);
    }
}

// A piece at a time where there is a pace, else many in one write.
DRAGLINE_DECL asio::awaitable<void> http_conversation::repeat(std::string_view piece, http_pace pace) {
    std::string block(piece);
    while (pace.size == 0 && block.size() < 16 * 1024) block += piece;
    while (!channel_.gone()) {
        co_await drip(block, pace);
        co_await channel_.pause(pace.pause);
    }
}

}  // namespace dragline::testing::detail

#endif
