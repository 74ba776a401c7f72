// Included by <dragline/http/detail/request_writer.hpp> only.
#pragma once

#include <dragline/h1/head_writer.hpp>
#include <dragline/http/fields.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <cassert>
#include <utility>

namespace dragline::inline v1::http::detail {

inline constexpr std::size_t usual_head = 256;  // most are not larger

DRAGLINE_DECL void request_writer::reset() noexcept {
    upload_.reset();
    output_ = {};
    sent_ = 0;
    sending_ = complete_ = false;
}

DRAGLINE_DECL void request_writer::begin(const request_view& request) {
    head_.clear();
    head_.reserve(usual_head);
    h1::append_request_line(head_, request.method, request.target);
    h1::append_field(head_, "Host", request.host);
    assert(std::all_of(request.fields->begin(), request.fields->end(), [](const auto& each) {
        return !h1::check_field_name(each.name) && !h1::check_field_value(each.value);
    }));
    if (const auto lines = request.fields->lines()) {
        head_ += *lines;
    } else {
        for (const auto& [name, value] : *request.fields) h1::append_field(head_, name, value);
    }
    if (request.source) [[unlikely]] {
        if (const auto size = request.source->size()) {
            h1::append_field(head_, "Content-Length", *size);
        } else {
            h1::append_field(head_, "Transfer-Encoding", "chunked");
        }
    }
    if (request.expect_continue) [[unlikely]]
        h1::append_field(head_, "Expect", "100-continue");
    head_ += h1::line_end;
    head_size_ = head_.size();
    waiting_body_ = request.body;
    waiting_source_ = request.source;
    if (request.expect_continue) [[unlikely]] {
        output_ = {asio::buffer(head_), asio::const_buffer()};
        return;
    }
    // A small body goes out with its head in one piece: over TLS in one record.
    if (waiting_body_.size() <= 4096) [[likely]]
        head_ += std::exchange(waiting_body_, std::string_view());
    output_[0] = asio::const_buffer(head_.data(), head_.size());
    begin_body();
}

DRAGLINE_DECL void request_writer::begin_body() {
    sending_ = true;
    output_[1] = asio::buffer(waiting_body_.data(), waiting_body_.size());
    if (!waiting_source_) [[likely]]
        return;
    upload_ = std::make_unique<upload>(loop_);
    upload_->start(*waiting_source_);
}

DRAGLINE_DECL void request_writer::wrote(const net::detail::input_watch& watch, std::error_code ec) noexcept {
    sent_ += watch.written;
    auto written = watch.written;
    for (auto& piece : output_) {
        const auto taken = std::min(written, piece.size());
        piece += taken;
        written -= taken;
    }
    if (ec) return stop();
    if (watch.input || !sending_ || pulls()) return;
    stop();
    complete_ = true;
}

DRAGLINE_DECL result<bool> request_writer::try_send(net::detail::stream_layer& to) {
    const auto before = asio::buffer_size(output_);
    auto gone = to.try_write(output_);
    sent_ += before - asio::buffer_size(output_);
    if (!gone || *gone) wrote({}, gone.error());
    return gone;
}

DRAGLINE_DECL asio::awaitable<result<void>> request_writer::send(net::detail::stream_layer& to,
                                                                 stage_limit limit,
                                                                 upload_watch* watch_input) {
    if (pulls() && output_[1].size() == 0) {
        auto pulling = upload_->next(limit, watch_input);
        const auto piece = co_await std::move(pulling);
        if (!piece) co_return stop(), upload_->unwanted() ? std::error_code() : piece.error();
        output_[1] = *piece;
    }
    net::detail::input_watch watch;
    auto writing = to.write(output_, limit.until, limit.where, &watch);
    const auto written = co_await std::move(writing);
    wrote(watch, written.error());
    co_return written;
}

DRAGLINE_DECL void request_writer::stop() noexcept {
    if (upload_) upload_->stop();
    sending_ = false;
}

}  // namespace dragline::http::detail

#endif
