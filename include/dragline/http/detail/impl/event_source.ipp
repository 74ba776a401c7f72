// Included by <dragline/http/detail/event_source.hpp> only.
#pragma once

#include <dragline/async/interrupter.hpp>
#include <dragline/http/detail/media_type.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/buffer.hpp>
#include <asio/error.hpp>

#include <algorithm>
#include <tuple>
#include <utility>

namespace dragline::inline v1::http::detail {

class event_source::waiting {
public:
    explicit waiting(event_source& owner) noexcept : owner_(owner) { owner_.waiting_ = true; }
    ~waiting() { owner_.waiting_ = false; }
    waiting(const waiting&) = delete;

private:
    event_source& owner_;
};

DRAGLINE_DECL event_source::event_source(std::shared_ptr<session_state> session, std::string url,
                                         events_options options)
    : executor_(session->loop().executor()),
      gate_(session->loop().gate()),
      session_(std::move(session)),
      url_(std::move(url)),
      options_(std::move(options)),
      parser_(options_.limits()),
      buffer_(16 * 1024) {
    parser_.last_event_id(options_.last_event_id());
}

DRAGLINE_DECL void event_source::close() noexcept {
    if (!end_) end_ = asio::error::operation_aborted;
    stream_.close();
    if (opening_) opening_->interrupt();
    if (pause_) pause_->notify();
}

DRAGLINE_DECL void event_source::abandon(pointer self) noexcept {
    if (!self) return;
    const auto gate = self->gate_;
    try {
        gate->post([self = std::move(self)] { self->close(); });  // the last of it goes on the loop
    } catch (...) {
        // No memory to say so: what is under way goes on until its session or its loop ends.
    }
}

DRAGLINE_DECL asio::awaitable<result<void>> event_source::connect(pointer self) {
    self->parser_.reset();
    self->unread_ = {};
    auto options = self->options_.fetch();
    options.max_body(~std::uint64_t{0}).read_timeout(self->options_.idle_timeout());
    if (!options.headers().contains("Accept")) options.header("Accept", "text/event-stream");
    if (!options.headers().contains("Cache-Control")) options.header("Cache-Control", "no-store");
    if (!self->last_event_id().empty()) options.header("Last-Event-ID", self->last_event_id());
    auto body = std::make_shared<open_response>(self->session_, std::move(options));
    struct announced {
        event_source& owner;
        ~announced() { owner.opening_ = nullptr; }
    } guard{*self};
    self->opening_ = body.get();
    response_record record;
    auto opening = open_response::open(body, self->url_, record);
    const auto opened = co_await std::move(opening);
    if (!opened) co_return opened.error();
    response_stream stream(std::move(record), std::move(body));
    if (self->end_) co_return self->end_;
    self->stopped_ = stream.status == 204;
    if (self->stopped_) co_return asio::error::make_error_code(asio::error::eof);
    if (stream.status != 200) co_return errc::unexpected_status;
    if (!is_media_type(stream.headers.get("Content-Type"), "text/event-stream")) {
        co_return errc::unexpected_type;
    }
    self->stream_ = std::move(stream);
    co_return result<void>();
}

DRAGLINE_DECL asio::awaitable<result<server_event>> event_source::next(pointer self) {
    if (!self) co_return asio::error::make_error_code(asio::error::not_connected);
    if (self->waiting_) co_return errc::read_under_way;
    const waiting under_way(*self);
    auto reading = read_event(self);
    auto got = co_await std::move(reading);
    if (self->end_) co_return self->end_;
    if (got) {
        self->failures_ = 0;
    } else if (got.error() != asio::error::operation_aborted) {
        self->end_ = got.error();
        self->stream_ = response_stream();
    }
    co_return got;
}

DRAGLINE_DECL asio::awaitable<result<server_event>> event_source::read_event(pointer self) {
    while (!self->end_) {
        auto step = self->parser_.next(self->unread_);
        if (!step) co_return step.error();
        self->unread_.remove_prefix(step->consumed);
        if (step->complete) co_return std::move(self->parser_.event());
        auto reading = read_more(self);
        auto read = co_await std::move(reading);
        while (!read && self->may_connect_again(read.error())) {
            auto pausing = pause(self);
            read = co_await std::move(pausing);
            if (!read) break;
            ++self->failures_;
            auto connecting = connect(self);
            read = co_await std::move(connecting);
        }
        if (!read) co_return read.error();
    }
    co_return self->end_;
}

DRAGLINE_DECL asio::awaitable<result<void>> event_source::read_more(pointer self) {
    auto reading = self->stream_.read_some(asio::buffer(self->buffer_), as_tuple(asio::use_awaitable));
    const auto [ec, size] = co_await std::move(reading);
    if (!ec) self->unread_ = {self->buffer_.data(), size};
    co_return result<void>(ec);
}

// What the server or the caller has decided is not tried again.
DRAGLINE_DECL bool event_source::may_connect_again(std::error_code ec) const noexcept {
    const bool decided = ec == asio::error::operation_aborted || ec == errc::unexpected_status ||
                         ec == errc::unexpected_type || ec == errc::session_closed ||
                         ec == dragline::errc::invalid_option;
    return !decided && !stopped_ && failures_ < options_.reconnects();
}

DRAGLINE_DECL asio::awaitable<result<void>> event_source::pause(pointer self) {
    auto& loop = self->session_->loop();
    session_state::call call(*self->session_);
    async::event over(loop);
    const async::interrupter::scope scope(
        call.ending(), [](void* event) noexcept { static_cast<async::event*>(event)->notify(); }, &over);
    struct announced {
        event_source& owner;
        ~announced() { owner.pause_ = nullptr; }
    } guard{*self};
    self->pause_ = &over;
    auto time = self->options_.retry();
    if (const auto wish = self->parser_.retry()) {
        time = std::min(*wish,
                        std::chrono::duration_cast<std::chrono::milliseconds>(self->options_.max_retry()));
    }
    auto waiting = over.wait(async::deadline_after(loop.now(), time));
    auto waited = co_await std::move(waiting);
    // Woken early is ended; the deadline is the usual end.
    if (waited) co_return asio::error::make_error_code(asio::error::operation_aborted);
    if (waited.error() == condition::timeout) co_return result<void>();
    co_return waited;
}

}  // namespace dragline::http::detail

#endif
