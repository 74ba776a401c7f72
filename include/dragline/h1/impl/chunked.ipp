// Included by <dragline/h1/chunked.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/h1/detail/character.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <array>
#include <limits>

namespace dragline::inline v1::h1 {
namespace detail {

inline constexpr std::array<std::string_view, 14> not_for_trailers = {
    "authorization", "connection", "content-encoding",  "content-length",     "content-range",
    "content-type",  "host",       "keep-alive",        "set-cookie",         "te",
    "trailer",       "upgrade",    "transfer-encoding", "proxy-authorization"};

DRAGLINE_DECL bool may_be_trailer(std::string_view name) noexcept {
    return std::none_of(not_for_trailers.begin(), not_for_trailers.end(),
                        [&](std::string_view one) { return ascii::equals_ignoring_case(one, name); });
}

// The scanner counts the blank line too.
DRAGLINE_DECL head_limits limits_of_trailers(const chunked_limits& limits) {
    const auto room = std::numeric_limits<std::size_t>::max() - 2;
    return head_limits()
        .max_size(std::min(limits.max_trailer_size(), room) + 2)
        .max_fields(limits.max_trailers());
}

}  // namespace detail

DRAGLINE_DECL chunked_decoder::chunked_decoder(chunked_limits limits)
    : limits_(limits), scanner_(detail::limits_of_trailers(limits)) {}

DRAGLINE_DECL result<chunked_decoder::step> chunked_decoder::next(std::string_view input) {
    step done;
    while (!error_ && done.consumed < input.size() && state_ != state::finished) {
        const auto rest = input.substr(done.consumed);
        if (state_ == state::data) {
            done.data =
                rest.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, rest.size())));
            done.consumed += done.data.size();
            remaining_ -= done.data.size();
            if (remaining_ == 0) state_ = state::data_return;
            return done;
        }
        if (state_ == state::trailer) {
            const auto taken = read_trailer(rest);
            error_ = taken.error();
            done.consumed += *taken;
        } else {
            error_ = on_byte(rest.front());
            ++done.consumed;
        }
    }
    if (error_) return error_;
    done.finished = finished();
    return done;
}

DRAGLINE_DECL std::error_code chunked_decoder::finish() const noexcept {
    if (error_) return error_;
    return finished() ? std::error_code() : errc::truncated;
}

DRAGLINE_DECL void chunked_decoder::reset() noexcept {
    start_chunk();
    extension_total_ = 0;
    error_ = {};
    scanner_.reset();
    trailer_text_.clear();
    trailers_.clear();
}

DRAGLINE_DECL void chunked_decoder::start_chunk() noexcept {
    state_ = state::size;
    digits_ = 0;
    remaining_ = 0;
    extension_size_ = 0;
}

DRAGLINE_DECL std::error_code chunked_decoder::on_byte(char c) {
    switch (state_) {
        case state::size: return on_size(c);
        case state::size_line_feed:
            if (c != '\n') return errc::malformed_chunk;
            return move_to(remaining_ == 0 ? state::trailer : state::data);
        case state::data_return:
            if (c == '\n') return errc::bare_line_feed;
            if (c != '\r') return errc::malformed_chunk;
            return move_to(state::data_line_feed);
        case state::data_line_feed:
            if (c != '\n') return errc::malformed_chunk;
            return start_chunk(), std::error_code();
        default: break;
    }
    if (c == '\n') return errc::bare_line_feed;
    if (c != '\r') {
        ++extension_size_;
        ++extension_total_;
        if (extension_size_ > limits_.max_extension() || extension_total_ > limits_.max_extension_total()) {
            return errc::chunk_extension_too_large;
        }
    }
    return on_extension(c);
}

DRAGLINE_DECL std::error_code chunked_decoder::on_size(char c) {
    const int digit = ascii::hex_value(c);
    if (digit >= 0) {
        if (++digits_ > 16) return errc::chunk_too_large;
        remaining_ = remaining_ << 4 | static_cast<unsigned>(digit);
        return {};
    }
    if (c == '\n') return errc::bare_line_feed;
    if (digits_ == 0) return errc::malformed_chunk;
    if (c == '\r') return move_to(state::size_line_feed);
    if (c != ';' && !detail::is_blank(c)) return errc::malformed_chunk;
    state_ = state::extension_gap;
    return on_byte(c);
}

// chunk-ext = *( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )
DRAGLINE_DECL std::error_code chunked_decoder::on_extension(char c) {
    const bool blank = detail::is_blank(c);
    const bool token = detail::is_token_character(c);
    switch (state_) {
        case state::extension_gap:
            if (blank) return {};
            return c == ';' ? move_to(state::extension_start) : errc::malformed_chunk;
        case state::extension_start:
            if (blank) return {};
            return token ? move_to(state::extension_name) : errc::malformed_chunk;
        case state::extension_name:
            if (token) return {};
            if (blank) return move_to(state::extension_name_end);
            return c == '=' ? move_to(state::extension_value_start) : end_extension_part(c);
        case state::extension_name_end:
            if (blank) return {};
            if (c == '=') return move_to(state::extension_value_start);
            return c == ';' ? move_to(state::extension_start) : errc::malformed_chunk;
        case state::extension_value_start:
            if (blank) return {};
            if (c == '"') return move_to(state::quoted_value);
            return token ? move_to(state::extension_value) : errc::malformed_chunk;
        case state::extension_value: return token ? std::error_code() : end_extension_part(c);
        case state::quoted_value:
            if (c == '"') return move_to(state::quoted_end);
            if (c == '\\') return move_to(state::quoted_pair);
            return detail::is_line_control(c) ? errc::malformed_chunk : std::error_code();
        case state::quoted_pair:
            return detail::is_line_control(c) ? errc::malformed_chunk : move_to(state::quoted_value);
        default: return end_extension_part(c);
    }
}

DRAGLINE_DECL std::error_code chunked_decoder::end_extension_part(char c) {
    if (c == '\r') return move_to(state::size_line_feed);
    if (c == ';') return move_to(state::extension_start);
    return detail::is_blank(c) ? move_to(state::extension_gap) : errc::malformed_chunk;
}

DRAGLINE_DECL result<std::size_t> chunked_decoder::read_trailer(std::string_view input) {
    const std::size_t before = trailer_text_.size();
    if (before == 0 && input.starts_with("\r\n")) return state_ = state::finished, std::size_t{2};
    trailer_text_.append(input.substr(0, scanner_.limits().max_size() - before));
    const auto end = scanner_.scan_fields(trailer_text_);
    if (end.error() == errc::head_too_large) return errc::trailer_too_large;
    if (end.error() == errc::too_many_fields) return errc::too_many_trailers;
    if (!end) return end;
    if (*end == 0) return input.size();
    keep_trailers();
    state_ = state::finished;
    return *end - before;
}

DRAGLINE_DECL void chunked_decoder::keep_trailers() {
    spare_vector<field_view> fields;
    scanner_.copy_fields(trailer_text_, fields);
    for (const auto& one : fields) {
        if (detail::may_be_trailer(one.name))
            trailers_.emplace_back(std::string(one.name), std::string(one.value));
    }
}

}  // namespace dragline::h1

#endif
