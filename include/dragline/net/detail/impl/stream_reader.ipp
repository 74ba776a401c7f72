// Included by <dragline/net/detail/stream_reader.hpp> only.
#pragma once

#include <dragline/net/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/cancellation_state.hpp>
#include <asio/error.hpp>
#include <asio/this_coro.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL read_wish stream_reader::wish(asio::mutable_buffer into, const read_options& given,
                                            bool exact) const noexcept {
    read_wish wished;
    wished.into = into;
    wished.timeout = given.timeout().value_or(core_.options().read_timeout());
    wished.most = given.limit().value_or(no_size_limit);
    wished.exact = exact;
    return wished;
}

DRAGLINE_DECL stream_limit stream_reader::exact_limit(const read_options& given) const noexcept {
    stream_limit limit;
    limit.timeout = given.timeout().value_or(core_.options().read_timeout());
    limit.size = given.limit().value_or(no_size_limit);
    limit.keep_delimiter = given.keep_delimiter();
    return limit;
}

DRAGLINE_DECL stream_limit stream_reader::open_limit(const read_options& given) const noexcept {
    auto limit = exact_limit(given);
    limit.size = given.limit().value_or(core_.options().read_limit());
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

DRAGLINE_DECL std::error_code read_wish::refusal() const noexcept {
    if (!async::valid_timeout(timeout)) return dragline::errc::invalid_option;
    if (exact && into.size() > most) return errc::read_limit_exceeded;
    return {};
}

DRAGLINE_DECL result<std::size_t> stream_reader::begin(buffer_read& read, const read_wish& wish) {
    if (const auto ec = wish.refusal()) return ec;
    const auto into = asio::buffer(wish.into, wish.most);
    read.exact = wish.exact;
    read.have = unread_.take(into.data(), into.size());
    read.rest = into + read.have;
    if (read.rest.size() == 0 || (read.have > 0 && !read.exact)) return read.have;
    if (end_) return go_on(read, end_);
    stream_limit limit;
    limit.timeout = wish.timeout;
    const auto bounds = core_.begin(limit);
    read.until = bounds.until;
    read.where = bounds.where;
    return asio::error::make_error_code(asio::error::would_block);
}

DRAGLINE_DECL result<std::size_t> stream_reader::go_on(buffer_read& read, result<std::size_t> received) {
    if (received) {
        read.have += *received;
        read.rest += *received;
        if (read.rest.size() == 0 || !read.exact) return read.have;
        if (!core_.is_past({read.until, read.where}))
            return asio::error::make_error_code(asio::error::would_block);
        received = make_timeout(read.where);
    }
    const auto why = end_ ? end_ : note_end(received.error());
    unread_.put_back({static_cast<const char*>(read.rest.data()) - read.have, read.have});
    return ended(why, read.have, read.have + read.rest.size());
}

// Straight into the caller's buffer, which costs the fewest system calls.
DRAGLINE_DECL asio::awaitable<result<std::size_t>> stream_reader::read(pointer self, read_wish wish) {
    const exclusive_turn reading(self->core_.reading);
    if (!reading) co_return errc::busy;
    buffer_read read;
    auto done = self->begin(read, wish);
    while (done.error() == asio::error::would_block) {
        if (read.have > 0) {  // to be cancelled now would throw, and lose that
            const auto state = co_await asio::this_coro::cancellation_state;
            const bool throws = co_await asio::this_coro::throw_if_cancelled();
            if (throws && state.cancelled() != asio::cancellation_type::none) {
                co_return self->go_on(read, asio::error::make_error_code(asio::error::operation_aborted));
            }
        }
        auto receiving = self->core_.layer->read_some(read.rest, read.until, read.where);
        auto size = co_await std::move(receiving);
        done = self->go_on(read, size);
    }
    co_return done;
}

DRAGLINE_DECL asio::awaitable<result<std::string>> stream_reader::read_text(pointer self, std::size_t size,
                                                                            stream_limit limit) {
    // What was promised may never come, or in drips: memory is only used, and cleared, as fast as bytes
    // arrive.
    constexpr std::size_t largest_step = 64 * 1024;
    const exclusive_turn reading(self->core_.reading);
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
    const exclusive_turn reading(self->core_.reading);
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
    const exclusive_turn reading(self->core_.reading);
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
    const exclusive_turn reading(self->core_.reading);
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
