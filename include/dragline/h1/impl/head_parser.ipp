// Included by <dragline/h1/head_parser.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/h1/detail/character.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::h1 {
namespace detail {

inline constexpr std::string_view version_prefix = "HTTP/";
inline constexpr std::size_t reason_begin = 13;  // "HTTP/1.1 200 "

DRAGLINE_DECL std::error_code parse_version(std::string_view text, errc malformed, int& version_minor) {
    if (text == "HTTP/1.1" || text == "HTTP/1.0") [[likely]] {
        version_minor = text.back() - '0';
        return {};
    }
    // HTTP/2, HTTP/0.9 and the like deserve a name of their own.
    if (!text.starts_with(version_prefix)) return malformed;
    const auto number = text.substr(version_prefix.size());
    const bool is_number = !number.empty() && ascii::is_digit(number.front()) &&
                           number.find_first_not_of("0123456789.") == number.npos;
    return is_number ? errc::unsupported_version : malformed;
}

}  // namespace detail

DRAGLINE_DECL result<std::size_t> response_head_parser::parse(std::string_view input) {
    if (line_end_ == 0) {
        // Another protocol's banner may never send a line end: refuse it as soon as it differs.
        const auto prefix = detail::version_prefix.substr(
            0, std::min({input.size(), scanner_.limits().max_line(), scanner_.limits().max_size()}));
        if (!input.starts_with(prefix)) return errc::malformed_status_line;
        const auto end = scanner_.scan_start_line(input, 0, errc::malformed_status_line);
        if (!end || *end == 0) return end;
        if (const auto ec = parse_status_line(input.substr(0, *end - 2))) [[unlikely]] {
            scanner_.reset();
            return ec;
        }
        line_end_ = *end;
    }
    const auto size = scanner_.scan_fields(input);
    if (!size || *size == 0) return size;
    const auto line = input.substr(0, line_end_ - 2);
    head_.reason = line.substr(std::min(line.size(), detail::reason_begin));
    scanner_.copy_fields(input, head_.fields);
    return size;
}

DRAGLINE_DECL void response_head_parser::reset() noexcept {
    scanner_.reset();
    head_.version_minor = 1;
    head_.status = 0;
    head_.reason = {};
    head_.fields.clear();
    line_end_ = 0;
}

DRAGLINE_DECL void response_head_parser::release_memory() noexcept {
    reset();
    scanner_.release_memory();
    spare_vector<field_view>().swap(head_.fields);
}

DRAGLINE_DECL std::error_code response_head_parser::parse_status_line(std::string_view line) {
    const auto version = line.substr(0, line.find(' '));
    if (const auto ec = detail::parse_version(version, errc::malformed_status_line, head_.version_minor)) {
        return ec;
    }
    const auto rest = line.substr(version.size());  // " 200 OK"
    const auto status = ascii::parse_number<unsigned>(rest.substr(std::min<std::size_t>(rest.size(), 1), 3));
    // The space after the status may only be missing together with the reason; that much is common in the
    // wild.
    const bool ends_well = rest.size() == 4 || (rest.size() > 4 && rest[4] == ' ');
    if (!status || *status < 100 || !ends_well) return errc::malformed_status_line;
    head_.status = static_cast<int>(*status);
    return {};
}

DRAGLINE_DECL result<std::size_t> request_head_parser::parse(std::string_view input) {
    if (line_end_ == 0) {
        const auto end = find_request_line(input);
        if (!end || *end == 0) return end;
        if (const auto ec = parse_request_line(input.substr(line_begin_, *end - 2 - line_begin_))) {
            scanner_.reset();
            line_begin_ = 0;
            return ec;
        }
        line_end_ = *end;
    }
    const auto size = scanner_.scan_fields(input);
    if (!size || *size == 0) return size;
    head_.method = input.substr(line_begin_, method_size_);
    head_.target = input.substr(line_begin_ + method_size_ + 1, target_size_);
    scanner_.copy_fields(input, head_.fields);
    return size;
}

DRAGLINE_DECL void request_head_parser::reset() noexcept {
    scanner_.reset();
    head_.method = head_.target = {};
    head_.version_minor = 1;
    head_.fields.clear();
    line_begin_ = line_end_ = method_size_ = target_size_ = 0;
}

DRAGLINE_DECL result<std::size_t> request_head_parser::find_request_line(std::string_view input) {
    auto end = scanner_.scan_start_line(input, line_begin_, errc::malformed_request_line);
    if (end && *end == 2 && line_begin_ == 0) {
        line_begin_ = 2;
        end = scanner_.scan_start_line(input, line_begin_, errc::malformed_request_line);
    }
    return end;
}

DRAGLINE_DECL std::error_code request_head_parser::parse_request_line(std::string_view line) {
    const auto method = line.substr(0, line.find(' '));
    if (!detail::is_token(method) || method.size() == line.size()) return errc::malformed_request_line;
    const auto rest = line.substr(method.size() + 1);
    const auto target = rest.substr(0, rest.find(' '));
    const bool visible =
        std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < 0x7f; });
    if (target.empty() || !visible || target.size() == rest.size()) return errc::malformed_request_line;
    method_size_ = method.size();
    target_size_ = target.size();
    return detail::parse_version(rest.substr(target.size() + 1), errc::malformed_request_line,
                                 head_.version_minor);
}

}  // namespace dragline::h1

#endif
