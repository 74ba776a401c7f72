// Included by <dragline/net/secure_channel/detail/secure_transfer.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>

namespace dragline::inline v1::net::detail {

// The transport's end is no end of a channel: anybody on the way can make it.
inline std::error_code as_truncation(std::error_code ec) noexcept {
    return ec == asio::error::eof || ec == errc::incomplete_read ? errc::channel_truncated : ec;
}

DRAGLINE_DECL asio::awaitable<result<void>> secure_transfer::shake_hands(stream_limit limit) {
    std::string out;
    auto stepped = channel.start(out);
    while (stepped) {
        if (!out.empty()) {
            auto writing = stream_writer::write(this->writing(), std::exchange(out, {}), gather(), limit);
            const auto written = co_await std::move(writing);
            if (!written) co_return written.error();
        }
        if (channel.established()) break;
        const auto packets = channel.packets();
        packet_reader unit(packets);
        auto reading = stream_reader::read_unit(this->reading(), unit, limit);
        const auto read = co_await std::move(reading);
        if (!read) co_return as_truncation(read.error());
        stepped = channel.handshake(unit.frame, out);
    }
    // Tells the peer why there is no channel, if that can be done at once.
    if (!stepped && !out.empty()) static_cast<void>(stream_writer::queue(this->writing(), out));
    co_return stepped;
}

DRAGLINE_DECL asio::awaitable<result<void>> secure_transfer::handshake(pointer self) {
    if (std::exchange(self->begun_, true)) co_return errc::busy;
    const auto& core = self->stream_->core;
    stream_limit limit;
    limit.until = async::deadline_after(core.loop.now(), self->channel.options().timeout());
    limit.where = phase::connect;
    auto shaking = self->shake_hands(limit);
    const auto shaken = co_await std::move(shaking);
    if (!shaken) core.layer->close();
    co_return shaken;
}

DRAGLINE_DECL asio::awaitable<result<std::string>> secure_transfer::receive(pointer self,
                                                                            stream_limit limit) {
    if (self->read_end_) co_return self->read_end_;
    if (!self->channel.established()) co_return errc::channel_not_ready;
    const auto packets = self->channel.packets();
    packet_reader unit(packets);
    auto reading = stream_reader::read_unit(self->reading(), unit, limit);
    const auto read = co_await std::move(reading);
    if (!read) co_return as_truncation(read.error());
    auto opened = self->channel.open(std::move(unit.frame));
    if (!opened) co_return self->read_end_ = opened.error();
    if (opened->end) co_return self->read_end_ = asio::error::eof;
    co_return std::move(opened->text);
}

DRAGLINE_DECL bool secure_transfer::has_room(std::size_t message_size) const noexcept {
    const auto size = message_size + packet_header::size + packet_cipher::tag_size;
    const auto most = stream_->core.options().most_queued();
    return size <= most && stream_->writer.queued() <= most - size;
}

// A packet that was sealed must go: its number is used up. So whether it can is asked before.
DRAGLINE_DECL result<void> secure_transfer::queue(std::string_view message) {
    if (!has_room(message.size())) return errc::queue_limit_exceeded;
    std::string packet;
    packet.reserve(message.size() + packet_header::size + packet_cipher::tag_size);
    const auto sealed = channel.seal(message, packet);
    return sealed ? stream_writer::queue(writing(), packet) : sealed;
}

DRAGLINE_DECL asio::awaitable<result<void>> secure_transfer::wait_for_turn(async::time_point until) {
    struct place {
        place(std::deque<async::event*>& in, async::loop_state& loop) : row(in), ready(loop) {
            row.push_back(&ready);
        }
        ~place() { row.erase(std::find(row.begin(), row.end(), &ready)); }
        std::deque<async::event*>& row;
        async::event ready;
    } mine(waiting_, stream_->core.loop);
    auto waiting = mine.ready.wait(until, phase::write);
    co_return co_await std::move(waiting);
}

DRAGLINE_DECL asio::awaitable<result<void>> secure_transfer::send(pointer self, std::string message,
                                                                  stream_limit limit) {
    const auto queued = self->queue(message);
    if (!queued) co_return queued;
    limit.until = async::deadline_after(self->stream_->core.loop.now(), limit.timeout);
    for (;;) {
        {
            turn mine{*self};
            auto draining = stream_writer::drain(self->writing(), limit);
            const auto drained = co_await std::move(draining);
            mine.had = drained.error() != errc::busy;
            if (mine.had) co_return drained;
        }
        auto waiting = self->wait_for_turn(limit.until);
        const auto waited = co_await std::move(waiting);
        if (!waited) co_return waited;
    }
}

// Behind a full queue it waits for its place: there is only one end.
DRAGLINE_DECL asio::awaitable<result<void>> secure_transfer::queue_end(pointer self, stream_limit limit) {
    if (!self->has_room(0)) {
        auto waiting = stream_writer::write(self->writing(), std::string(), gather(), limit);
        const auto waited = co_await std::move(waiting);
        if (!waited) co_return waited.error();
    }
    if (!self->has_room(0)) co_return errc::queue_limit_exceeded;
    std::string packet;
    const auto sealed = self->channel.seal_end(packet);
    co_return sealed ? stream_writer::queue(self->writing(), packet) : sealed;
}

DRAGLINE_DECL asio::awaitable<result<void>> secure_transfer::shutdown(pointer self, stream_limit limit) {
    if (self->stream_->writer.writing()) co_return errc::busy;
    const turn mine{*self};
    limit.until = async::deadline_after(self->stream_->core.loop.now(), limit.timeout);
    auto queueing = queue_end(self, limit);
    const auto queued = co_await std::move(queueing);
    if (!queued) co_return queued;
    auto ending = stream_writer::shutdown(self->writing(), limit);
    co_return co_await std::move(ending);
}

DRAGLINE_DECL asio::awaitable<result<void>> secure_transfer::close(pointer self, stream_limit limit) {
    if (self->stream_->writer.writing()) co_return errc::busy;
    struct closer {
        stream_layer& layer;
        ~closer() { layer.close(); }
    } const closing{*self->stream_->core.layer};
    const turn mine{*self};
    limit.until = async::deadline_after(self->stream_->core.loop.now(), limit.timeout);
    if (self->channel.established()) {
        auto queueing = queue_end(self, limit);
        static_cast<void>(co_await std::move(queueing));  // unless it went before
    }
    auto ending = stream_writer::close(self->writing(), limit);
    co_return co_await std::move(ending);
}

}  // namespace dragline::net::detail

#endif
