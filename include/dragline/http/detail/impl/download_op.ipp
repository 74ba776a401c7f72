// Included by <dragline/http/detail/download_op.hpp> only.
#pragma once

#include <dragline/async/callback_failure.hpp>
#include <dragline/core/ascii.hpp>
#include <dragline/http/detail/content_range.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/buffer.hpp>
#include <asio/cancellation_state.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>
#include <asio/this_coro.hpp>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <fstream>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL std::error_code check_download(const download_options& options,
                                             const std::filesystem::path& path) {
    const auto& hash = options.sha256();
    const bool no_hash =
        !hash.empty() && (hash.size() != 64 || std::any_of(hash.begin(), hash.end(),
                                                           [](char c) { return ascii::hex_value(c) < 0; }));
    const auto& request = options.fetch();
    const bool own_range = request.headers().contains("Range") || request.headers().contains("If-Range");
    const bool get = request.method().empty() ? !request.body().has_value() : request.method() == "GET";
    if (no_hash || own_range || !get || !path.has_filename()) return dragline::errc::invalid_option;
    return {};
}

DRAGLINE_DECL download_op::download_op(fetch_place place, std::string url, const download_options& options,
                                       part_file& part)
    : place_(std::move(place)), url_(std::move(url)), options_(options), part_(part) {}

DRAGLINE_DECL asio::awaitable<result<std::uint64_t>> add_file(sha256_hasher& to, std::filesystem::path path) {
    const auto here = co_await asio::this_coro::executor;
    std::ifstream file(path, std::ios::binary);
    std::vector<char> piece(1024 * 1024);  // one or two milliseconds
    std::uint64_t total = 0;
    while (file) {
        file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        const auto size = static_cast<std::size_t>(file.gcount());
        to.add({piece.data(), size});
        total += size;
        auto turn = asio::post(here, asio::use_awaitable);
        co_await std::move(turn);
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) co_return asio::error::operation_aborted;
    }
    if (!file.is_open() || file.bad()) co_return make_file_error(EIO);
    co_return total;
}

DRAGLINE_DECL asio::awaitable<result<response_record>> download_op::run() {
    const bool hashed = !options_.sha256().empty();
    if (auto opened = part_.open(options_.resume(), hashed)) co_return opened;
    if (hashed && part_.resumable()) {
        auto adding = add_file(part_.hasher(), part_.path());
        const auto added = co_await std::move(adding);
        if (!added) co_return added.error();
        if (*added != part_.size()) co_return make_file_error(EIO);
    }
    std::error_code ec;
    try {
        auto transferring = transfer();
        auto transferred = co_await std::move(transferring);
        ec = transferred.error();
    } catch (...) {
        stream_.close();
        if (!part_.resumable()) part_.remove();
        throw;
    }
    stream_.close();  // who watches it hears of its end before the caller does
    if (!ec) ec = finish();
    const bool useless =
        ec == errc::checksum_mismatch || ec == errc::body_too_large || ec == errc::file_exists;
    if (ec && (useless || !part_.resumable())) part_.remove();
    if (ec) co_return ec;
    co_return static_cast<response_record&&>(stream_);
}

// With what is there already, then, if the server has another idea of it, from the beginning.
DRAGLINE_DECL asio::awaitable<result<void>> download_op::transfer() {
    for (bool resuming = part_.resumable();; resuming = false) {
        auto opening = open_body(place_, url_, request(resuming));
        auto opened = co_await std::move(opening);
        if (!opened) co_return opened.error();
        stream_ = *std::move(opened);
        const auto next = judge(resuming);
        if (!next) co_return next.error();
        if (*next == next_step::complete) co_return result<void>();
        if (*next == next_step::receive) {
            auto receiving = receive();
            co_return co_await std::move(receiving);
        }
        stream_.close();  // its place is wanted
    }
}

DRAGLINE_DECL fetch_options download_op::request(bool resuming) const {
    auto options = options_.fetch();
    options.decompress(false).max_body(~std::uint64_t{0});
    if (!options.headers().contains("Accept-Encoding")) options.header("Accept-Encoding", "identity");
    if (resuming) {
        options.header("Range", "bytes=" + std::to_string(part_.size()) + "-");
        options.header("If-Range", part_.validator());
    }
    return options;
}

DRAGLINE_DECL result<download_op::next_step> download_op::judge(bool resuming) {
    const auto& headers = stream_.headers;
    const auto range = parse_content_range(headers.get("Content-Range"));
    const auto now = strong_validator(headers);
    const bool same = now.empty() || now == part_.validator();
    if (resuming && stream_.status == 206) {
        // RFC 9110, 15.3.7: a part has the validator of its whole. The rest of the file, or it is of no use.
        const bool fits = range && range->first == part_.size() &&
                          (!range->whole || range->last + 1 == *range->whole) &&
                          range->last < ~std::uint64_t{0};
        if (!same || !fits || headers.all("Content-Range").size() != 1) return next_step::ask_for_all;
        resumed_ = part_.size();
        total_ = range->last + 1;
    } else if (resuming && stream_.status == 416) {
        // Its validator holds, else the answer were the whole file: so nothing is missing, or all is wrong.
        if (!same || !range || range->first || range->whole != part_.size()) return next_step::ask_for_all;
        resumed_ = part_.size();
        if (resumed_ > options_.max_size()) return errc::body_too_large;
        return next_step::complete;
    } else if (stream_.status == 200) {
        if (auto ec = part_.restart(now)) return ec;
        if (const auto length = headers.find("Content-Length");
            length && !headers.contains("Transfer-Encoding"))
            total_ = ascii::parse_number<std::uint64_t>(*length);
    } else if (stream_.status == 206) {
        return errc::invalid_range;
    } else {
        return stream_.status >= 400 ? errc::bad_status : errc::unexpected_status;
    }
    if (total_ && *total_ > options_.max_size()) return errc::body_too_large;
    return next_step::receive;
}

DRAGLINE_DECL asio::awaitable<result<void>> download_op::receive() {
    std::vector<char> piece(64 * 1024);
    for (;;) {
        auto reading = stream_.read_some(asio::buffer(piece), as_tuple(asio::use_awaitable));
        const auto [ec, size] = co_await std::move(reading);
        if (ec == asio::error::eof) break;
        if (ec) co_return ec;
        if (auto failed = take({piece.data(), size})) co_return failed;
    }
    // The framing of the message has another idea than the range that it is said to be.
    if (total_ && part_.size() != *total_) co_return errc::invalid_range;
    co_return result<void>();
}

DRAGLINE_DECL std::error_code download_op::take(std::string_view piece) {
    if (piece.size() > options_.max_size() - part_.size()) return errc::body_too_large;
    if (total_ && piece.size() > *total_ - part_.size()) {
        // Nothing of it can be trusted, what came before it included.
        const auto cleared = part_.restart({});
        return cleared ? cleared : make_error_code(errc::invalid_range);
    }
    if (auto ec = part_.write(piece)) return ec;
    if (!options_.on_progress()) return {};
    try {
        download_progress progress;
        progress.received = part_.size();
        progress.total = total_;
        options_.on_progress()(progress);
    } catch (...) {
        throw async::callback_failure(std::current_exception());
    }
    return {};
}

DRAGLINE_DECL std::error_code download_op::finish() {
    if (!options_.sha256().empty()) {
        hash_ = part_.hash();
        if (!ascii::equals_ignoring_case(hash_, options_.sha256())) return errc::checksum_mismatch;
    }
    return part_.put_in_place(options_.existing(), options_.sync());
}

}  // namespace dragline::http::detail

#endif
