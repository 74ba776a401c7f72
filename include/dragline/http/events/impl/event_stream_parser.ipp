// Included by <dragline/http/events/event_stream_parser.hpp> only.
#pragma once

#include <dragline/codec/charset.hpp>
#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <cstdint>

namespace dragline::inline v1::http {

DRAGLINE_DECL void event_stream_parser::reset() noexcept {
    line_.clear();
    type_.clear();
    data_.clear();
    id_ = last_id_;
    error_ = {};
    first_line_ = true;
    skip_line_feed_ = false;
}

DRAGLINE_DECL result<event_stream_parser::step> event_stream_parser::next(std::string_view input) {
    step done;
    while (!error_ && !done.complete && done.consumed < input.size()) {
        auto rest = input.substr(done.consumed);
        if (std::exchange(skip_line_feed_, false) && rest[0] == '\n') {
            ++done.consumed;
            continue;
        }
        const auto end = rest.find_first_of("\r\n");
        const auto piece = rest.substr(0, end);
        if (piece.size() > limits_.max_line() - line_.size()) {
            error_ = errc::event_too_large;
        } else if (end == rest.npos) {
            line_ += piece;
            done.consumed = input.size();
        } else {
            done.consumed += end + 1;
            skip_line_feed_ = rest[end] == '\r';
            if (line_.empty()) {
                error_ = take_line(piece, done.complete);
            } else {
                error_ = take_line(line_ += piece, done.complete);
                line_.clear();
            }
        }
    }
    if (error_) return error_;
    return done;
}

DRAGLINE_DECL std::error_code event_stream_parser::take_line(std::string_view line, bool& complete) {
    if (std::exchange(first_line_, false) && line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
    if (!line.empty()) {
        const auto colon = line.find(':');
        if (colon == 0) return {};  // a comment
        auto value = colon == line.npos ? std::string_view() : line.substr(colon + 1);
        if (value.starts_with(' ')) value.remove_prefix(1);
        return take_field(line.substr(0, colon), value);
    }
    last_id_ = id_;
    if (!data_.empty()) {
        data_.pop_back();  // the last line feed
        event_.type = type_.empty() ? "message" : std::move(type_);
        event_.data = std::move(data_);
        event_.id = last_id_;
        complete = true;
    }
    type_.clear();
    data_.clear();
    return {};
}

DRAGLINE_DECL std::error_code event_stream_parser::take_field(std::string_view name, std::string_view value) {
    if (name == "data") {
        const auto text = codec::to_valid_utf8(value);
        // The line feed behind it is no part of what counts.
        if (data_.size() + text.size() > limits_.max_data()) return errc::event_too_large;
        data_ += text;
        data_ += '\n';
    } else if (name == "event") {
        type_ = codec::to_valid_utf8(value);
    } else if (name == "id") {
        if (value.find('\0') == value.npos) id_ = codec::to_valid_utf8(value);
    } else if (name == "retry") {
        constexpr auto most = static_cast<std::uint64_t>(std::chrono::milliseconds::max().count());
        const bool digits = std::all_of(value.begin(), value.end(), ascii::is_digit);
        const auto time = digits ? ascii::parse_number<std::uint64_t>(value) : std::nullopt;
        if (time && *time <= most) retry_ = std::chrono::milliseconds(static_cast<std::int64_t>(*time));
    }
    return {};
}

}  // namespace dragline::http

#endif
