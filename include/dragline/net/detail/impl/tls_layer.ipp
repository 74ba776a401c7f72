// Included by <dragline/net/detail/tls_layer.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL tls_layer::tls_layer(std::shared_ptr<stream_layer> lower, const tls::context& context,
                                   const tls::engine_options& options)
    : lower_(std::move(lower)),
      engine_(context, options),
      sent_(async::loop_state::of(lower_->get_executor())) {}

DRAGLINE_DECL asio::awaitable<result<void>> tls_layer::flush(async::time_point until, phase where,
                                                             input_watch* watch) {
    while (watch ? engine_.output_size() > 0 : unsent() > 0) {
        // Step by step, for what was sent before a failure must not be sent again: a read may go on after it.
        if (sending_ || !watch) {
            const auto sent = try_flush();
            if (!sent || *sent) co_return result<void>(sent.error());
            auto waiting = wait_output(until, where);
            auto woken = co_await std::move(waiting);
            if (!woken) co_return woken;
            continue;
        }
        const sending_turn turn(*this);
        const auto output = engine_.output();
        const gather pieces{asio::buffer(output), asio::const_buffer()};
        input_watch below;
        auto writing = lower_->write(pieces, until, where, &below);
        auto written = co_await std::move(writing);
        const bool all = written && !below.input;
        engine_.output_sent(all ? output.size() : below.written);
        if (!written) co_return written;
        if (below.input) co_return watch->input = true, result<void>();
    }
    co_return result<void>();
}

DRAGLINE_DECL asio::mutable_buffer tls_layer::input_space() {
    const auto space = engine_.input_space(receive_size_);
    return asio::buffer(space.data(), space.size());
}

DRAGLINE_DECL result<void> tls_layer::received(const result<std::size_t>& size, std::size_t space) {
    if (size) {
        engine_.input_received(*size);
        receive_size_ = *size == space ? std::min(2 * receive_size_, most_received) : least_received;
    } else if (size.error() == asio::error::eof) {
        engine_.input_ended();
    } else {
        return size.error();
    }
    return result<void>();
}

DRAGLINE_DECL result<tls_layer::handshake_step> tls_layer::try_handshake(last_flight last) {
    const auto progress = engine_.handshake();
    const bool done = progress && *progress == tls::progress::done;
    if (done && last == last_flight::kept) return handshake_step::done;
    const auto sent = try_flush();  // also after a failure: the alert tells the peer why
    if (sent && !*sent) return handshake_step::wants_output;
    if (!progress) return progress.error();
    if (!sent) return sent.error();
    return done ? handshake_step::done : handshake_step::wants_input;
}

DRAGLINE_DECL asio::awaitable<result<void>> tls_layer::handshake(async::time_point until, last_flight last) {
    for (;;) {
        const auto step = try_handshake(last);
        if (!step || *step == handshake_step::done) co_return result<void>(step.error());
        if (*step == handshake_step::wants_output) {
            auto waiting = wait_output(until, phase::tls);
            const auto woken = co_await std::move(waiting);
            if (woken) continue;
            // Why it failed counts for more than that the peer has no room to be told.
            const auto failed = engine_.handshake().error();
            co_return failed ? failed : woken.error();
        }
        const auto space = input_space();
        auto reading = lower_->read_some(space, until, phase::tls);
        const auto size = co_await std::move(reading);
        auto taken = received(size, space.size());
        if (!taken) co_return taken;
    }
}

DRAGLINE_DECL asio::awaitable<result<std::size_t>> tls_layer::read_some(asio::mutable_buffer into,
                                                                        async::time_point until,
                                                                        phase where) {
    const std::span plain(static_cast<char*>(into.data()), into.size());
    for (;;) {
        auto step = engine_.read(plain);
        // A write under way sends what reading made, too; to wait for it could be to wait for ever, for a
        // peer that first wants to be read from.
        if (engine_.output_size() > 0 && !sending_) {
            auto flushing = flush(until, where);
            auto flushed = co_await std::move(flushing);
            if (step && !flushed) co_return flushed.error();
        }
        if (!step) co_return step.error();
        if (step->size > 0) co_return step->size;
        if (step->closed) co_return asio::error::make_error_code(asio::error::eof);
        const auto space = input_space();
        auto reading = lower_->read_some(space, until, where);
        const auto size = co_await std::move(reading);
        load_for_reader();
        const auto taken = received(size, space.size());
        if (!taken) co_return taken.error();
    }
}

DRAGLINE_DECL result<std::size_t> tls_layer::encrypt(const gather& pieces) {
    std::array<std::string_view, 2> plain;
    std::transform(pieces.begin(), pieces.end(), plain.begin(), [](const asio::const_buffer& piece) {
        return std::string_view(static_cast<const char*>(piece.data()), piece.size());
    });
    return engine_.write(plain);
}

// Also with no output of its own: the layer below may have kept some.
DRAGLINE_DECL result<bool> tls_layer::try_flush() {
    do {
        if (sending_) return false;
        const auto output = engine_.output();
        gather pieces{asio::buffer(output), asio::const_buffer()};
        auto sent = lower_->try_write(pieces);
        engine_.output_sent(output.size() - pieces[0].size());
        if (!sent || !*sent) return sent;
    } while (engine_.output_size() > 0);
    return true;
}

DRAGLINE_DECL result<bool> tls_layer::try_write(gather& pieces) {
    for (std::size_t written = 0;;) {
        const auto taken = encrypt(pieces);
        const auto waiting = engine_.output_size();
        auto sent = try_flush();  // also after a failure, for the alert
        if (!taken) return taken.error();
        // After a failure, too: of what has begun to go out, nobody can say that the peer has none.
        if (sent || engine_.output_size() < waiting) advance(pieces, *taken);
        if (!sent || !*sent || asio::buffer_size(pieces) == 0) return sent;
        written += *taken;
        if (*taken == 0 || written >= most_unbroken) return false;
    }
}

DRAGLINE_DECL asio::awaitable<result<void>> tls_layer::wait_input(async::time_point until, phase where) {
    if (engine_.output_size() > 0 && !sending_) {  // what reading made
        auto flushing = flush(until, where);
        auto flushed = co_await std::move(flushing);
        if (!flushed) co_return flushed;
    }
    // The end, too, may have come with what was read last.
    if (const auto next = engine_.read({}); next && next->want_input) {
        auto waiting = lower_->wait_input(until, where);
        auto waited = co_await std::move(waiting);
        if (!waited) co_return waited;
    }
    ready_ = true;
    co_return result<void>();
}

DRAGLINE_DECL asio::awaitable<result<void>> tls_layer::wait_output(async::time_point until, phase where) {
    if (sending_) {
        auto waiting = sent_.wait(until, where);
        co_return co_await std::move(waiting);
    }
    const sending_turn turn(*this);  // a reader leaves to the write what it would have to send
    auto waiting = lower_->wait_output(until, where);
    co_return co_await std::move(waiting);
}

DRAGLINE_DECL asio::awaitable<result<void>> tls_layer::write(gather pieces, async::time_point until,
                                                             phase where, input_watch* watch) {
    const auto unfinished = [&] {
        return asio::buffer_size(pieces) > 0 || (watch && engine_.output_size() > 0);
    };
    while (unfinished()) {
        auto taken = encrypt(pieces);
        const auto waiting = engine_.output_size();
        auto flushing = flush(until, where, watch);
        auto flushed = co_await std::move(flushing);
        if (!taken) co_return taken.error();
        // After a failure, too: of what has begun to go out, nobody can say that the peer has none.
        if (watch && (flushed || engine_.output_size() < waiting)) watch->written += *taken;
        if (!flushed) co_return flushed;
        advance(pieces, *taken);
        if (watch && watch->input) break;
        unbroken_ += *taken;
        if (unbroken_ < most_unbroken) continue;
        unbroken_ = 0;
        auto turn = others_first(get_executor());
        const auto passed = co_await std::move(turn);
        if (!passed) co_return passed;
    }
    co_return result<void>();
}

DRAGLINE_DECL asio::awaitable<result<void>> tls_layer::shutdown(async::time_point until) {
    engine_.close();
    auto flushing = flush(until, phase::write);
    auto flushed = co_await std::move(flushing);
    if (!flushed) co_return flushed;
    auto ending = lower_->shutdown(until);
    co_return co_await std::move(ending);
}

DRAGLINE_DECL result<std::size_t> tls_layer::try_read(asio::mutable_buffer into) noexcept {
    ready_ = false;
    const std::span plain(static_cast<char*>(into.data()), into.size());
    for (int received = 0;; ++received) {
        auto step = engine_.read(plain);
        if (!step) return step.error();
        if (step->size > 0) return step->size;
        if (step->closed) return asio::error::make_error_code(asio::error::eof);
        // Of what brings no data, a peer may always have more.
        if (received == most_barren) return asio::error::make_error_code(asio::error::would_block);
        const auto space = engine_.input_space();
        auto size = lower_->try_read(asio::buffer(space.data(), space.size()));
        if (size) {
            engine_.input_received(*size);
        } else if (size.error() == asio::error::eof) {
            engine_.input_ended();
        } else {
            return size.error();
        }
    }
}

}  // namespace dragline::net::detail

#endif
