// Included by <dragline/net/detail/stream_reader.hpp> only.
#pragma once

#include <dragline/net/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL stream_limit stream_reader::exact_limit(const read_options& given) const noexcept {
    stream_limit limit;
    limit.timeout = given.timeout().value_or(core_.options.read_timeout());
    limit.size = given.limit().value_or(no_size_limit);
    limit.keep_delimiter = given.keep_delimiter();
    return limit;
}

DRAGLINE_DECL stream_limit stream_reader::open_limit(const read_options& given) const noexcept {
    auto limit = exact_limit(given);
    limit.size = given.limit().value_or(core_.options.read_limit());
    return limit;
}

DRAGLINE_DECL result<std::size_t> stream_reader::try_read(asio::mutable_buffer into) {
    if (end_) return end_;
    // Past its turn, too, a read has to wait: for the others.
    if (!core_.layer->may_have_input() || core_.turn.step()) {
        return asio::error::make_error_code(asio::error::would_block);
    }
    auto size = core_.layer->try_read(into);
    if (size || size.error() == asio::error::would_block) return size;
    return note_end(size.error());
}

// A stream ends once, whatever the system says when it is asked again.
DRAGLINE_DECL std::error_code stream_reader::note_end(std::error_code ec) noexcept {
    if (ec == condition::timeout || ec == asio::error::operation_aborted) return ec;
    // The system tells a reset once: when a write has had it, reads are told of a clean end.
    if (ec == asio::error::eof && core_.reset) ec = asio::error::connection_reset;
    if (ec != asio::error::eof) core_.lost = true;
    return end_ = ec;
}

DRAGLINE_DECL result<std::size_t> stream_reader::try_fill() {
    auto& space = core_.loop.get<receive_space>().bytes;
    auto size = try_read(asio::buffer(space));
    if (size) unread_.append({space.data(), *size});
    return size;
}

inline asio::awaitable<result<void>> too_late(phase where) { co_return make_timeout(where); }

// Not a coroutine: one frame less for each wait. Between two waits the deadline is nobody's.
DRAGLINE_DECL asio::awaitable<result<void>> stream_reader::wait(waiting& state) {
    if (!state.bounds) {
        state.bounds = core_.begin(state.limit);
    } else if (core_.is_past(*state.bounds)) {
        return too_late(state.bounds->where);
    }
    if (core_.turn.is_over()) return core_.turn.pass(core_.loop.executor());
    return core_.layer->wait_input(state.bounds->until, state.bounds->where);
}

DRAGLINE_DECL std::error_code stream_reader::ended(std::error_code ec, std::size_t have,
                                                   std::size_t expected) noexcept {
    if (ec != asio::error::eof || have == 0) return ec;
    expected_ = expected;
    return errc::incomplete_read;
}

// Straight into the caller's buffer, which costs the fewest system calls.
DRAGLINE_DECL asio::awaitable<result<std::size_t>> stream_reader::read_some(pointer self,
                                                                            asio::mutable_buffer into,
                                                                            stream_limit limit) {
    const exclusive_turn reading(self->reading_);
    if (!reading) co_return errc::busy;
    if (!async::valid_timeout(limit.timeout)) co_return dragline::errc::invalid_option;
    into = asio::buffer(into, limit.size);
    if (into.size() == 0) co_return std::size_t{0};
    if (const auto size = self->unread_.take(into.data(), into.size())) co_return size;
    if (self->end_) co_return self->end_;
    const auto bounds = self->core_.begin(limit);
    auto receiving = self->core_.layer->read_some(into, bounds.until, bounds.where);
    auto size = co_await std::move(receiving);
    if (!size) size = self->note_end(size.error());
    co_return size;
}

DRAGLINE_DECL asio::awaitable<result<std::size_t>> stream_reader::read_exactly(pointer self,
                                                                               asio::mutable_buffer into,
                                                                               stream_limit limit) {
    const exclusive_turn reading(self->reading_);
    if (!reading) co_return errc::busy;
    if (!async::valid_timeout(limit.timeout)) co_return dragline::errc::invalid_option;
    if (into.size() > limit.size) co_return errc::read_limit_exceeded;
    auto have = self->unread_.take(into.data(), into.size());
    if (have == into.size()) co_return have;
    for (const auto bounds = self->core_.begin(limit); have < into.size();) {
        result<std::size_t> size = self->end_;
        if (!self->end_) {
            auto receiving = self->core_.layer->read_some(into + have, bounds.until, bounds.where);
            size = co_await std::move(receiving);
        }
        have += *size;
        if (size && have < into.size() && self->core_.is_past(bounds)) size = make_timeout(bounds.where);
        if (size) continue;
        const auto why = self->note_end(size.error());
        self->unread_.put_back({static_cast<const char*>(into.data()), have});
        co_return self->ended(why, have, into.size());
    }
    co_return have;
}

DRAGLINE_DECL asio::awaitable<result<std::string>> stream_reader::read_text(pointer self, std::size_t size,
                                                                            stream_limit limit) {
    // What was promised may never come, or in drips: memory is only used, and cleared, as fast as bytes
    // arrive.
    constexpr std::size_t largest_step = 64 * 1024;
    const exclusive_turn reading(self->reading_);
    if (!reading) co_return errc::busy;
    if (!async::valid_timeout(limit.timeout)) co_return dragline::errc::invalid_option;
    if (size > limit.size) co_return errc::read_limit_exceeded;
    std::string text(self->unread_.view().substr(0, size));
    self->unread_.consume(text.size());
    for (waiting waits{limit, {}}; text.size() < size;) {
        const auto have = text.size();
        text.resize(have + std::min(size - have, largest_step));
        auto got = self->try_read(asio::buffer(text.data() + have, text.size() - have));
        text.resize(have + *got);
        if (got) continue;
        auto ec = got.error();
        if (ec == asio::error::would_block) {
            if (have == 0) std::string().swap(text);
            auto ready = self->wait(waits);
            auto waited = co_await std::move(ready);
            if (waited) continue;
            ec = waited.error();
        }
        self->unread_.put_back(text);
        co_return self->ended(ec, have, size);
    }
    co_return text;
}

DRAGLINE_DECL asio::awaitable<result<std::string>> stream_reader::read_until(pointer self, end_search search,
                                                                             stream_limit limit) {
    const exclusive_turn reading(self->reading_);
    if (!reading) co_return errc::busy;
    if (!async::valid_timeout(limit.timeout) || !search.valid()) co_return dragline::errc::invalid_option;
    auto& unread = self->unread_;
    for (waiting waits{limit, {}};;) {
        if (!unread.empty()) {
            const auto looked = search.look(unread.view(), limit.keep_delimiter);
            if (!looked) co_return looked.error();
            if (const auto& found = *looked) {
                if (found->taken > limit.size) co_return errc::read_limit_exceeded;
                std::string text(unread.view().substr(0, found->given));
                unread.consume(found->taken);
                co_return text;
            }
            if (unread.size() >= limit.size) co_return errc::read_limit_exceeded;
        }
        auto got = self->try_fill();
        if (got) continue;
        if (got.error() != asio::error::would_block) co_return self->ended(got.error(), unread.size(), 0);
        auto ready = self->wait(waits);
        auto waited = co_await std::move(ready);
        if (!waited) co_return waited.error();
    }
}

DRAGLINE_DECL asio::awaitable<result<std::string>> stream_reader::read_to_end(pointer self,
                                                                              stream_limit limit) {
    const exclusive_turn reading(self->reading_);
    if (!reading) co_return errc::busy;
    if (!async::valid_timeout(limit.timeout)) co_return dragline::errc::invalid_option;
    auto& unread = self->unread_;
    for (waiting waits{limit, {}};;) {
        if (unread.size() > limit.size) co_return errc::read_limit_exceeded;
        auto got = self->try_fill();
        if (got) continue;
        if (got.error() == asio::error::eof) break;
        if (got.error() != asio::error::would_block) co_return got.error();
        auto ready = self->wait(waits);
        auto waited = co_await std::move(ready);
        if (!waited) co_return waited.error();
    }
    std::string text(unread.view());
    unread.clear();
    co_return text;
}

DRAGLINE_DECL asio::awaitable<result<void>> stream_reader::read_unit(pointer self, unit_reader& unit,
                                                                     stream_limit limit) {
    const exclusive_turn reading(self->reading_);
    if (!reading) co_return errc::busy;
    if (!async::valid_timeout(limit.timeout)) co_return dragline::errc::invalid_option;
    auto& unread = self->unread_;
    for (waiting waits{limit, {}};;) {
        if (!unread.empty()) {
            const auto taken = unit.take(unread.view());
            if (!taken) co_return taken.error();
            if (*taken > 0) co_return unread.consume(*taken), result<void>();
        }
        auto got = self->try_fill();
        if (got) continue;
        if (got.error() != asio::error::would_block) {
            co_return self->ended(got.error(), unread.size(), unit.needed);
        }
        auto ready = self->wait(waits);
        auto waited = co_await std::move(ready);
        if (!waited) co_return waited.error();
    }
}

}  // namespace dragline::net::detail

#endif
