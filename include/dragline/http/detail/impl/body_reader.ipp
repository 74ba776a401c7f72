// Included by <dragline/http/detail/body_reader.hpp> only.
#pragma once

#include <dragline/http/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::http::detail {

// When bytes keep coming and it is the whole fetch that takes too long, the timeout says so.
DRAGLINE_DECL stage_limit body_reader::read_limit() const noexcept {
    if (options_.read_timeout() == no_limit) return {until_, phase::total};
    const auto next = async::deadline_after(loop_.now(), options_.read_timeout());
    return next < until_ ? stage_limit{next, phase::read} : stage_limit{until_, phase::total};
}

DRAGLINE_DECL asio::awaitable<result<void>> body_reader::read(exchange& from, const response_head& head,
                                                              response& into) {
    into.body.clear();
    into.truncated = false;
    if (!head.has_body) co_return result<void>();
    // A part of coded content cannot be decoded by itself.
    const bool coded =
        options_.decompress() && head.status != 206 && head.headers.contains("Content-Encoding");
    if (!coded) {
        auto reading = read_identity(from, head.content_length, into);
        co_return co_await std::move(reading);
    }
    std::string codings;
    for (const auto value : head.headers.all("Content-Encoding")) (codings += ',') += value;
    auto decoder = codec::content_decoder::make(codings);
    if (!decoder) co_return decoder.error();
    auto reading = read_decoded(from, *decoder, into);
    co_return co_await std::move(reading);
}

DRAGLINE_DECL asio::awaitable<result<void>> body_reader::discard(exchange& from) {
    constexpr std::uint64_t most = 64 * 1024;
    std::array<char, 4 * 1024> unwanted;
    while (bytes_received_ < most) {
        auto reading = from.read_body(asio::buffer(unwanted), read_limit());
        auto got = co_await std::move(reading);
        bytes_received_ += *got;
        if (got.error() == asio::error::operation_aborted) co_return got.error();
        if (!got || *got == 0) break;
    }
    co_return result<void>();
}

DRAGLINE_DECL std::error_code body_reader::on_limit_reached(response& into) const {
    if (options_.on_limit() == on_limit::error) return errc::body_too_large;
    into.truncated = true;
    return {};
}

// Straight into the body. It grows as bytes come, not as the peer announces; one byte beyond the limit tells
// a body that just fits from one that does not.
DRAGLINE_DECL asio::awaitable<result<void>> body_reader::read_identity(exchange& from,
                                                                       std::optional<std::uint64_t> length,
                                                                       response& into) {
    constexpr std::uint64_t most_at_once = 256 * 1024;
    auto& body = into.body;
    const auto limit = options_.max_body();
    const auto expected = length.value_or(16 * 1024);
    if (length && expected > limit && options_.on_limit() == on_limit::error) {
        co_return errc::body_too_large;
    }
    for (std::size_t size = 0;;) {
        const auto wanted = std::max<std::uint64_t>(expected > size ? expected - size : size, 1);
        const auto room =
            std::min({wanted, most_at_once, limit == ~std::uint64_t{0} ? limit : limit + 1 - size});
        body.resize(size + static_cast<std::size_t>(room));
        auto reading =
            from.read_body(asio::buffer(body.data() + size, static_cast<std::size_t>(room)), read_limit());
        auto got = co_await std::move(reading);
        bytes_received_ += *got;
        size += *got;
        body.resize(static_cast<std::size_t>(std::min<std::uint64_t>(size, limit)));
        if (!got) co_return got.error();
        if (size > limit) co_return on_limit_reached(into);
        if (*got == 0 || size == length) co_return result<void>();
    }
}

DRAGLINE_DECL asio::awaitable<result<void>> body_reader::read_decoded(exchange& from,
                                                                      codec::content_decoder& decoder,
                                                                      response& into) {
    std::array<char, 16 * 1024> coded;
    auto& body = into.body;
    for (;;) {
        auto reading = from.read_body(asio::buffer(coded), read_limit());
        auto got = co_await std::move(reading);
        if (!got) co_return got.error();
        if (*got == 0) co_return decoder.finish();
        bytes_received_ += *got;
        auto progress = decoder.write(std::string_view(coded.data(), *got), [&](std::string_view piece) {
            const auto room = options_.max_body() - body.size();
            body.append(
                piece.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(room, piece.size()))));
            return piece.size() <= room;
        });
        if (!progress) co_return progress.error();
        if (*progress == codec::content_decoder::progress::stopped) co_return on_limit_reached(into);
    }
}

}  // namespace dragline::http::detail

#endif
