// Included by <dragline/http/detail/body_reader.hpp> only.
#pragma once

#include <dragline/core/platform/memory.hpp>
#include <dragline/http/detail/fetch_insight.hpp>
#include <dragline/http/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <span>
#include <utility>

namespace dragline::inline v1::http::detail {

// When bytes keep coming and it is the whole fetch that takes too long, the timeout says so.
DRAGLINE_DECL stage_limit body_reader::read_limit() const noexcept {
    const auto own = options_.read_timeout();
    if (until_ == async::no_deadline) {
        const auto each = own == no_limit ? options_.timeout() : own;
        return {async::deadline_after(loop_.now(), each), phase::read};
    }
    if (own == no_limit) return {until_, phase::total};
    const auto next = async::deadline_after(loop_.now(), own);
    return next < until_ ? stage_limit{next, phase::read} : stage_limit{until_, phase::total};
}

DRAGLINE_DECL void body_reader::reset() {
    decoding_.reset();
    truncated_ = false;
}

DRAGLINE_DECL std::error_code body_reader::start(const response_head& head) {
    bytes_received_ = delivered_ = 0;
    has_body_ = head.has_body;
    length_ = head.content_length;
    // A part of coded content cannot be decoded by itself.
    if (!has_body_ || !options_.decompress() || head.status == 206 ||
        !head.headers.contains("Content-Encoding")) {
        return {};
    }
    std::string codings;
    for (const auto value : head.headers.all("Content-Encoding")) (codings += ',') += value;
    auto decoder = codec::content_decoder::make(codings);
    if (!decoder) return decoder.error();
    if (decoder->identity()) return {};
    decoding_ = std::make_unique<decoding>(*std::move(decoder));
    length_.reset();
    return {};
}

DRAGLINE_DECL void body_reader::lower_limit(std::uint64_t more) noexcept {
    if (more < limit_ - std::min(limit_, delivered_)) limit_ = delivered_ + more;
}

DRAGLINE_DECL bool body_reader::announced_too_large() const noexcept {
    return length_ && *length_ > limit_ && options_.on_limit() == on_limit::error;
}

DRAGLINE_DECL std::error_code body_reader::on_limit_reached() noexcept {
    if (options_.on_limit() == on_limit::error) return errc::body_too_large;
    truncated_ = true;
    return {};
}

DRAGLINE_DECL asio::awaitable<result<void>> body_reader::discard(exchange& from, const response_head& head) {
    bytes_received_ = 0;
    if (head.content_length > options_.max_discard()) co_return result<void>();
    auto limit = read_limit();
    limit.until = std::min(limit.until, async::deadline_after(loop_.now(), options_.discard_timeout()));
    std::array<char, 4 * 1024> unwanted;
    while (bytes_received_ <= options_.max_discard()) {
        const auto most = options_.max_discard() - bytes_received_;
        const auto room = most < unwanted.size() ? static_cast<std::size_t>(most) + 1 : unwanted.size();
        auto reading = from.read_body(asio::buffer(unwanted, room), limit);
        auto got = co_await std::move(reading);
        bytes_received_ += *got;
        if (got.error() == asio::error::operation_aborted) co_return got.error();
        if (!got || *got == 0) break;
    }
    co_return result<void>();
}

// What is not coded comes straight into the caller's memory.
DRAGLINE_DECL asio::awaitable<result<std::size_t>> body_reader::next_piece(exchange& from,
                                                                           asio::mutable_buffer into) {
    return decoding_ ? decode_piece(from, into) : from.read_body(into, read_limit());
}

DRAGLINE_DECL asio::awaitable<result<std::size_t>> body_reader::decode_piece(exchange& from,
                                                                             asio::mutable_buffer into) {
    auto& [decoder, coded, unread, received_all] = *decoding_;
    if (coded.empty()) coded.resize(16 * 1024);
    const std::span<char> out(static_cast<char*>(into.data()), into.size());
    for (;;) {
        auto step = decoder.read(unread, out);
        if (!step) co_return step.error();
        unread.remove_prefix(step->consumed);
        if (step->produced != 0) co_return step->produced;
        if (received_all) {
            if (auto ec = decoder.finish()) co_return ec;
            co_return std::size_t{0};
        }
        auto reading = from.read_body(asio::buffer(coded), read_limit());
        auto got = co_await std::move(reading);
        if (!got) co_return got.error();
        bytes_received_ += *got;
        received_all = *got == 0;
        unread = {coded.data(), *got};
    }
}

DRAGLINE_DECL bool body_reader::take_all(exchange& from, std::string& into) {
    if (!has_body_) return true;
    if (!length_ || *length_ > limit_ || !from.take_body(into)) return false;
    bytes_received_ = *length_;
    if (watch_) watch_->chunk(bytes_received_);
    return true;
}

// Address space is reserved as the peer announces, up to 16 MiB, then for sixteen times what has come; memory
// is written only as bytes come. One byte beyond the limit tells a body that just fits from one too large.
DRAGLINE_DECL asio::awaitable<result<void>> body_reader::read_all(exchange& from, std::string& into) {
    constexpr std::uint64_t most_at_once = 256 * 1024, first_reserve = 16 * 1024 * 1024;
    if (!has_body_ || truncated_) co_return result<void>();
    if (announced_too_large()) co_return errc::body_too_large;
    const std::uint64_t whole = length_ ? *length_ - delivered_ : 0;
    // With room for one byte more, what reads the last one tells that nothing follows.
    const std::uint64_t expected = length_ ? whole + 1 : 16 * 1024;
    const auto limit = limit_ - delivered_;
    const auto before = into.size();
    struct trimming {  // the string is made longer before bytes come; at the end it has those that came
        explicit trimming(std::string& whole) : text(whole), used(whole.size()) {}
        ~trimming() { text.resize(used); }
        std::string& text;
        std::size_t used;
    } body(into);
    bool fresh = false;  // memory without pages, as far as it is known
    for (std::uint64_t size = 0;;) {
        if (body.used == into.size()) {
            const auto wanted = std::max<std::uint64_t>(expected > size ? expected - size : size, 1);
            const auto room =
                std::min({wanted, most_at_once, limit == ~std::uint64_t{0} ? limit : limit + 1 - size});
            if (body.used + room > into.capacity()) {
                const auto vouched = std::max<std::uint64_t>(first_reserve, 16 * size);
                const auto worth = std::max(size + room, std::min({expected, limit, vouched}));
                into.reserve(before + static_cast<std::size_t>(worth));
                fresh = true;
            }
            if (fresh && room == most_at_once)
                fresh = platform::populate(into.data() + body.used, most_at_once);
            into.resize(body.used + static_cast<std::size_t>(room));
        }
        auto reading = next_piece(from, asio::buffer(into.data() + body.used, into.size() - body.used));
        auto got = co_await std::move(reading);
        if (!decoding_) bytes_received_ += *got;
        size += *got;
        const auto kept = before + static_cast<std::size_t>(std::min(size, limit));
        if (watch_) [[unlikely]]
            watch_->chunk(kept - body.used);
        body.used = kept;
        if (!got) [[unlikely]] {
            delivered_ += size;  // a cancelled read goes on where it left off
            co_return got.error();
        }
        if (size > limit) [[unlikely]]
            co_return on_limit_reached();
        if (*got == 0 || (length_ && size == whole)) co_return result<void>();
    }
}

DRAGLINE_DECL asio::awaitable<result<std::size_t>> body_reader::read_some(exchange& from,
                                                                          asio::mutable_buffer into) {
    if (!has_body_ || truncated_) co_return std::size_t{0};
    if (announced_too_large()) co_return errc::body_too_large;
    const auto room = limit_ - delivered_;
    char beyond = 0;
    if (into.size() > room) into = asio::buffer(into, static_cast<std::size_t>(room));
    const bool full = room == 0;
    auto reading = next_piece(from, full ? asio::buffer(&beyond, 1) : into);
    auto got = co_await std::move(reading);
    if (!got || *got == 0) co_return got;
    if (!decoding_) bytes_received_ += *got;
    if (full) {
        if (auto ec = on_limit_reached()) co_return ec;
        co_return std::size_t{0};
    }
    delivered_ += *got;
    if (watch_) watch_->chunk(*got);
    co_return got;
}

}  // namespace dragline::http::detail

#endif
