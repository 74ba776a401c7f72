// Included by <dragline/net/detail/memory_layer.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <string_view>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL asio::awaitable<result<std::size_t>> memory_layer::read_some(asio::mutable_buffer into,
                                                                           async::time_point until,
                                                                           phase where) {
    for (;;) {
        auto size = try_read(into);
        if (size.error() != asio::error::would_block) co_return size;
        auto waiting = wait_input(until, where);
        auto waited = co_await std::move(waiting);
        if (!waited) co_return waited.error();
    }
}

DRAGLINE_DECL asio::awaitable<result<void>> memory_layer::write(gather pieces, async::time_point until,
                                                                phase where, input_watch* watch) {
    struct looking_out {
        memory_pipe& pipe;
        ~looking_out() { pipe.watcher = nullptr; }
    } const until_return{*in_};
    if (watch) in_->watcher = &out_->writable;
    for (;;) {
        const auto before = asio::buffer_size(pieces);
        const auto done = try_write(pieces);
        if (watch) watch->written += before - asio::buffer_size(pieces);
        if (!done) co_return done.error();
        if (*done) co_return result<void>();
        if (watch && has_input()) co_return watch->input = true, result<void>();
        auto waiting = out_->writable.wait(until, where);
        auto waited = co_await std::move(waiting);
        if (!waited) co_return waited;
        if (!open_) co_return asio::error::make_error_code(asio::error::operation_aborted);
    }
}

DRAGLINE_DECL asio::awaitable<result<void>> memory_layer::shutdown(async::time_point) {
    out_->ended = true;
    out_->readable.notify();
    co_return result<void>();
}

DRAGLINE_DECL result<std::size_t> memory_layer::try_read(asio::mutable_buffer into) noexcept {
    if (!open_) return asio::error::make_error_code(asio::error::bad_descriptor);
    if (const auto size = in_->bytes.take(into.data(), into.size())) return in_->writable.notify(), size;
    if (in_->ended) return asio::error::make_error_code(asio::error::eof);
    return asio::error::make_error_code(asio::error::would_block);
}

DRAGLINE_DECL result<bool> memory_layer::try_write(gather& pieces) {
    if (!open_) return asio::error::make_error_code(asio::error::bad_descriptor);
    for (const auto& each : gather(pieces)) {
        if (each.size() == 0) continue;
        if (out_->broken || out_->ended) return asio::error::make_error_code(asio::error::broken_pipe);
        const auto room = out_->capacity - out_->bytes.size();
        const std::string_view bytes(static_cast<const char*>(each.data()), std::min(each.size(), room));
        out_->bytes.append(bytes);
        advance(pieces, bytes.size());
        out_->readable.notify();
        if (out_->watcher) out_->watcher->notify();
    }
    return asio::buffer_size(pieces) == 0;
}

DRAGLINE_DECL asio::awaitable<result<void>> memory_layer::wait_input(async::time_point until, phase where) {
    if (open_ && !has_input()) {
        auto waiting = in_->readable.wait(until, where);
        auto waited = co_await std::move(waiting);
        if (!waited) co_return waited;
    }
    if (!open_) co_return asio::error::make_error_code(asio::error::operation_aborted);
    co_return result<void>();
}

DRAGLINE_DECL asio::awaitable<result<void>> memory_layer::wait_output(async::time_point until, phase where) {
    if (open_ && !has_room()) {
        auto waiting = out_->writable.wait(until, where);
        auto waited = co_await std::move(waiting);
        if (!waited) co_return waited;
    }
    if (!open_) co_return asio::error::make_error_code(asio::error::operation_aborted);
    co_return result<void>();
}

DRAGLINE_DECL void memory_layer::close() noexcept {
    if (!std::exchange(open_, false)) return;
    out_->ended = true;
    in_->broken = true;
    in_->bytes.clear();
    for (auto* each : {&in_->readable, &in_->writable, &out_->readable, &out_->writable}) each->notify();
}

}  // namespace dragline::net::detail

#endif
