// Included by <dragline/net/detail/dns_connection.hpp> only.
#pragma once

#include <dragline/dns/error.hpp>
#include <dragline/dns/wire/option.hpp>
#include <dragline/net/connector.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>

#include <algorithm>
#include <utility>

namespace dragline::inline v1::net::detail {

inline constexpr std::size_t dns_length_size = 2;
inline constexpr std::size_t dns_header_size = 12;
inline constexpr std::size_t dns_input_size = 16 * 1024;
inline constexpr std::chrono::seconds longest_dns_silence{1};

DRAGLINE_DECL dns_connection::dns_connection(async::loop_state& loop, dns_connection_owner& owner,
                                             dns_connection_limits limits)
    : loop_(loop), owner_(&owner), limits_(limits), idle_limit_(limits.idle) {}

// Posted: a caller of ask() must not hear of an outcome inside it.
DRAGLINE_DECL void dns_connection::open(connect_request request) {
    asio::post(loop_.executor(), [self = shared_from_this(), request = std::move(request)]() mutable {
        if (self->is_closed()) return;
        asio::co_spawn(self->loop_.executor(), connect_body(self, std::move(request)),
                       [self](std::exception_ptr thrown) { self->ended(thrown, false); });
    });
}

DRAGLINE_DECL asio::awaitable<void> dns_connection::connect_body(self_pointer self, connect_request request) {
    auto connecting = net::connect(self->loop_, request, self->trace_, self->ending_);
    auto made = co_await std::move(connecting);
    if (self->is_closed()) co_return;
    if (!made) co_return self->fail(made.error());
    self->layer_ = std::move(made->layer);
    self->state_ = state::open;
    self->heard_at_ = self->loop_.now();
    self->start_reader();
    self->owner_->opened();
}

// Coroutines here throw only for want of memory, and where they are cancelled as they begin to wait.
DRAGLINE_DECL void dns_connection::ended(const std::exception_ptr& thrown, bool cancelled) {
    if (thrown && !cancelled) fail(std::make_error_code(std::errc::not_enough_memory));
}

DRAGLINE_DECL void dns_connection::close() noexcept {
    owner_ = nullptr;
    state_ = state::closed;
    ending_.interrupt();
    if (layer_) layer_->close();
    errands_.clear();
}

DRAGLINE_DECL void dns_connection::fail(std::error_code ec) {
    if (is_closed()) return;
    const auto before = std::exchange(state_, state::closed);
    if (layer_) layer_->close();
    if (before == state::connecting) return owner_->not_opened(*this, ec);
    owner_->broken(*this, ec);
}

DRAGLINE_DECL bool dns_connection::is_stuck(async::time_point now) const noexcept {
    return !errands_.empty() && now - heard_at_ > longest_dns_silence;
}

DRAGLINE_DECL bool dns_connection::is_stale(async::time_point now) noexcept {
    if (state_ != state::open || !errands_.empty()) return false;
    if (now - heard_at_ >= idle_limit_) return true;
    if (reader_runs_) return false;  // it will hear
    make_room();
    auto space = asio::buffer(input_.data() + input_size_, input_.size() - input_size_);
    const auto size = layer_->try_read(space);
    return size.error() != asio::error::would_block;  // the end, or what nobody asked for
}

// Ids need not be secret on a connection that nobody can write to, but a forgotten one should not come back.
DRAGLINE_DECL std::uint16_t dns_connection::unused_id() {
    for (;;) {
        const auto bits = loop_.random()();
        for (int shift = 0; shift < 64; shift += 16) {
            const auto id = static_cast<std::uint16_t>(bits >> shift);
            if (!errands_.contains(id)) return id;
        }
    }
}

DRAGLINE_DECL std::error_code dns_connection::send(dns_errand& errand) {
    const auto start = outgoing_.size();
    const auto message = start + dns_length_size;
    const auto id = unused_id();
    outgoing_.resize(message);
    if (const auto ec = dns::wire::append_query(id, errand.asked, errand.form, outgoing_)) {
        outgoing_.resize(start);
        return ec;
    }
    dns::wire::append_option(outgoing_, message, dns::wire::option_code::tcp_keepalive);
    if (limits_.padding > 0) dns::wire::pad_query(outgoing_, message, limits_.padding);
    store_big16(&outgoing_[start], static_cast<std::uint16_t>(outgoing_.size() - message));
    if (errands_.empty()) heard_at_ = loop_.now();
    errands_.emplace(id, std::move(errand));
    start_writer();
    return {};
}

DRAGLINE_DECL std::vector<dns_errand> dns_connection::take_errands() {
    return forget(async::time_point::max());
}

DRAGLINE_DECL std::vector<dns_errand> dns_connection::forget(async::time_point until) {
    std::vector<dns_errand> taken;
    for (auto at = errands_.begin(); at != errands_.end();) {
        if (at->second.began > until) {
            ++at;
            continue;
        }
        taken.push_back(std::move(at->second));
        at = errands_.erase(at);
    }
    forgotten_ += taken.size();
    std::sort(taken.begin(), taken.end(),
              [](const dns_errand& a, const dns_errand& b) { return a.began < b.began; });
    return taken;
}

DRAGLINE_DECL void dns_connection::resume() {
    running_ = true;
    start_reader();
    start_writer();
}

DRAGLINE_DECL void dns_connection::pause() noexcept {
    running_ = false;
    // A connection that is not yet there cannot wait, nor can half a record.
    if (is_connecting() || writer_waits_) return close();
    if (!reader_waits_ || std::exchange(reader_stopped_, true)) return;
    stop_reading_.emit(asio::cancellation_type::terminal);
}

DRAGLINE_DECL void dns_connection::start_reader() {
    if (reader_runs_ || !wants_input()) return;
    reader_runs_ = true;
    asio::post(loop_.executor(), [self = shared_from_this()] {
        auto ended = [self](std::exception_ptr thrown) {
            const bool cancelled = std::exchange(self->reader_stopped_, false);
            self->reader_runs_ = self->reader_waits_ = false;
            self->ended(thrown, cancelled);
            self->start_reader();
        };
        asio::co_spawn(self->loop_.executor(), read_body(self),
                       asio::bind_cancellation_slot(self->stop_reading_.slot(), std::move(ended)));
    });
}

DRAGLINE_DECL asio::awaitable<void> dns_connection::read_body(self_pointer self) {
    while (self->wants_input() && !self->reader_stopped_) {
        const auto space = self->make_room();
        auto into = asio::buffer(self->input_.data() + self->input_size_, space.size());
        auto reading = self->layer_->read_some(into, async::no_deadline, phase::read);
        self->reader_waits_ = true;
        auto size = co_await std::move(reading);
        self->reader_waits_ = false;
        if (size) {
            self->received(*size);
        } else if (!self->reader_stopped_ || size.error() != asio::error::operation_aborted) {
            self->fail(size.error());
        }
    }
}

// Posted, so that queries which are asked one after the other go out in one piece.
DRAGLINE_DECL void dns_connection::start_writer() {
    if (writer_runs_ || !wants_output()) return;
    writer_runs_ = true;
    asio::post(loop_.executor(), [self = shared_from_this()] {
        asio::co_spawn(self->loop_.executor(), write_body(self), [self](std::exception_ptr thrown) {
            self->writer_runs_ = self->writer_waits_ = false;
            self->ended(thrown, false);
            self->start_writer();
        });
        if (self->running_) return;
        // Nobody waits for an answer: then nobody waits for the server to read, either.
        asio::post(self->loop_.executor(), [self] {
            if (!self->running_ && self->writer_waits_) self->fail(asio::error::operation_aborted);
        });
    });
}

DRAGLINE_DECL asio::awaitable<void> dns_connection::write_body(self_pointer self) {
    while (self->wants_output()) {
        self->sending_.clear();
        std::swap(self->sending_, self->outgoing_);
        const gather pieces{asio::buffer(self->sending_), asio::const_buffer()};
        const auto until = async::deadline_after(self->loop_.now(), self->limits_.write);
        auto writing = self->layer_->write(pieces, until, phase::write);
        self->writer_waits_ = true;
        auto written = co_await std::move(writing);
        self->writer_waits_ = false;
        // What the server said before it hung up comes first: the reader will see the end.
        const bool gone =
            written.error() == asio::error::broken_pipe || written.error() == asio::error::connection_reset;
        if (!written && !gone) self->fail(written.error());
        if (!written) co_return;
    }
}

// Room for the message that is under way, or for some small ones.
DRAGLINE_DECL byte_view dns_connection::make_room() {
    auto wanted = dns_input_size;
    if (input_size_ >= dns_length_size) {
        wanted = std::max(wanted, dns_length_size + load_big16(input_.data()));
    }
    if (input_.size() < wanted) input_.resize(wanted);
    return byte_view(input_).subspan(input_size_);
}

DRAGLINE_DECL void dns_connection::received(std::size_t size) {
    heard_at_ = loop_.now();
    input_size_ += size;
    std::size_t used = 0;
    while (!is_closed() && input_size_ - used >= dns_length_size) {
        const std::size_t length = load_big16(&input_[used]);
        if (length < dns_header_size) return fail(dns::errc::malformed_message);
        if (input_size_ - used - dns_length_size < length) break;
        take_answer(byte_view(input_).subspan(used + dns_length_size, length));
        used += dns_length_size + length;
    }
    std::copy(input_.begin() + static_cast<std::ptrdiff_t>(used),
              input_.begin() + static_cast<std::ptrdiff_t>(input_size_), input_.begin());
    input_size_ -= used;
    if (used > 0 && owner_ && !is_closed()) owner_->answered(*this);
}

// One message that makes no sense ends only its own query: its length can still be trusted, and a resolver
// passes on what others wrote. One to no query at all ends the connection.
DRAGLINE_DECL void dns_connection::take_answer(byte_view bytes) {
    const auto found = errands_.find(load_big16(bytes.data()));
    auto reply = dns::wire::decode_message(bytes);
    std::error_code ec;
    if (found != errands_.end() && reply) {
        ec = dns::wire::check_response(*reply, found->first, found->second.asked);
        if (ec == dns::errc::not_a_response) return fail(ec);
    }
    if (found == errands_.end() || (ec && forgotten_ > 0)) {
        if (forgotten_ == 0) return fail(dns::errc::id_mismatch);
        --forgotten_;
        return;
    }
    const auto errand = std::move(found->second);
    errands_.erase(found);
    proven_ = true;
    if (ec) return errand.sink->on_reply(errand.tag, ec);
    if (reply) heed(*reply);
    errand.sink->on_reply(errand.tag, std::move(reply));
}

// RFC 7828, 3.3.2: units of 100 ms; 0 asks to hang up.
DRAGLINE_DECL void dns_connection::heed(const dns::wire::message& reply) noexcept {
    if (!reply.extension) return;
    const auto said = dns::wire::find_option(reply.extension->options, dns::wire::option_code::tcp_keepalive);
    if (!said || said->size() != 2) return;
    const std::chrono::milliseconds time(100 * load_big16(said->data()));
    idle_limit_ = std::min<async::duration>(limits_.idle, time);
    if (time.count() == 0) retire();
}

}  // namespace dragline::net::detail

#endif
