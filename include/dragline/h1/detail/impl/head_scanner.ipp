// Included by <dragline/h1/detail/head_scanner.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/h1/detail/character.hpp>

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::h1::detail {

inline constexpr std::size_t usual_fields = 8;  // that a head has

DRAGLINE_DECL result<std::size_t> head_scanner::scan_start_line(std::string_view input, std::size_t begin,
                                                                errc malformed) {
    const auto capped = cap(input);
    if (position_ < begin) position_ = begin;
    line_ = begin;
    const auto end = find_line_end(capped, malformed);
    if (end.at != 0) [[likely]]
        line_ = position_ = end.at;
    return end.outcome();
}

DRAGLINE_DECL result<std::size_t> head_scanner::scan_fields(std::string_view input) {
    const auto capped = cap(input);
    for (;;) {
        if (colon_ == 0) {
            if (position_ == capped.size()) return need_more(capped).outcome();
            if (position_ == line_) {
                if (capped[line_] == '\r') {
                    if (line_ + 1 == capped.size()) return need_more(capped).outcome();
                    if (capped[line_ + 1] != '\n') return errc::malformed_field;
                    return line_ + 2;
                }
                if (const auto wrong = check_field_start(capped)) return *wrong;
            }
            const auto colon = find_colon(capped);
            if (colon.at == 0) return colon.outcome();
            colon_ = colon.at;
            position_ = colon_ + 1;
        }
        const auto end = find_line_end(capped, errc::malformed_field_value);
        if (end.at == 0) return end.outcome();
        if (places_.capacity() == 0) places_.reserve(usual_fields);
        places_.push_back({line_, colon_, end.at - 2});
        line_ = position_ = end.at;
        colon_ = 0;
    }
}

DRAGLINE_DECL void head_scanner::copy_fields(std::string_view input, spare_vector<field_view>& out) const {
    out.clear();
    out.reserve(places_.size());
    for (const auto& one : places_) {
        const auto value = input.substr(one.colon + 1, one.end - one.colon - 1);
        out.push_back({input.substr(one.name, one.colon - one.name), ascii::trim(value)});
    }
}

DRAGLINE_DECL void head_scanner::reset() noexcept {
    places_.clear();
    line_ = position_ = colon_ = 0;
}

DRAGLINE_DECL head_scanner::found head_scanner::need_more(std::string_view capped) const noexcept {
    if (capped.size() == limits_.max_size()) return errc::head_too_large;
    return std::size_t{0};
}

// One byte beyond max_line is looked at: it may be the CR.
DRAGLINE_DECL std::size_t head_scanner::line_limit(std::string_view capped) const noexcept {
    const bool long_enough = capped.size() - line_ > limits_.max_line();
    return long_enough ? line_ + limits_.max_line() + 1 : capped.size();
}

DRAGLINE_DECL head_scanner::found head_scanner::find_line_end(std::string_view capped,
                                                              errc malformed) noexcept {
    const char* const begin = capped.data();
    position_ =
        static_cast<std::size_t>(find_line_control(begin + position_, begin + line_limit(capped)) - begin);
    const std::size_t length = position_ - line_;
    if (length > limits_.max_line()) return errc::line_too_long;
    if (position_ == capped.size()) return need_more(capped);
    if (capped[position_] == '\n') [[unlikely]]
        return errc::bare_line_feed;
    if (capped[position_] != '\r') [[unlikely]] {
        return length == limits_.max_line() ? errc::line_too_long : malformed;
    }
    if (position_ + 1 == capped.size()) [[unlikely]]
        return need_more(capped);
    if (capped[position_ + 1] != '\n') [[unlikely]]
        return malformed;
    return position_ + 2;
}

DRAGLINE_DECL std::optional<errc> head_scanner::check_field_start(std::string_view capped) const noexcept {
    if (places_.size() == limits_.max_fields()) return errc::too_many_fields;
    if (!is_blank(capped[line_])) return std::nullopt;
    return places_.empty() ? errc::whitespace_before_field : errc::folded_field;
}

DRAGLINE_DECL head_scanner::found head_scanner::find_colon(std::string_view capped) noexcept {
    const std::size_t limit = line_limit(capped);
    auto at = position_;  // a member is written back with each step
    while (at < limit && is_token_character(capped[at])) ++at;
    position_ = at;
    const std::size_t length = position_ - line_;
    if (length > limits_.max_line()) return errc::line_too_long;
    if (position_ == capped.size()) return need_more(capped);
    const char stop = capped[position_];
    if (stop == '\n') return errc::bare_line_feed;
    if (stop == '\r') return errc::malformed_field;
    if (length == limits_.max_line()) return errc::line_too_long;
    if (is_blank(stop)) return errc::whitespace_before_colon;
    if (stop != ':' || length == 0) return errc::malformed_field;
    return position_;
}

}  // namespace dragline::h1::detail

#endif
