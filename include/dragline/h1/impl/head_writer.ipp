// Included by <dragline/h1/head_writer.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/h1/detail/character.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <cassert>

namespace dragline::inline v1::h1 {

DRAGLINE_DECL std::error_code check_method(std::string_view method) noexcept {
    return detail::is_token(method) ? std::error_code() : errc::invalid_method;
}

DRAGLINE_DECL std::error_code check_target(std::string_view target) noexcept {
    const bool valid =
        std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < 0x7f && c != '#'; });
    return valid && !target.empty() ? std::error_code() : errc::invalid_target;
}

DRAGLINE_DECL std::error_code check_field_name(std::string_view name) noexcept {
    return detail::is_token(name) ? std::error_code() : errc::invalid_field_name;
}

DRAGLINE_DECL std::error_code check_field_value(std::string_view value) noexcept {
    const char* const end = value.data() + value.size();
    return detail::find_line_control(value.data(), end) == end ? std::error_code()
                                                               : errc::invalid_field_value;
}

DRAGLINE_DECL void append_request_line(std::string& out, std::string_view method, std::string_view target,
                                       int version_minor) {
    assert(!check_method(method) && !check_target(target));
    ((out += method) += ' ') += target;
    out += (version_minor == 0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
}

DRAGLINE_DECL void append_status_line(std::string& out, int status, std::string_view reason,
                                      int version_minor) {
    assert(status >= 100 && status <= 999 && !check_field_value(reason));
    out.append(version_minor == 0 ? "HTTP/1.0 " : "HTTP/1.1 ");
    ascii::append_number(out, static_cast<std::uint64_t>(status));
    out.append(1, ' ').append(reason).append(line_end);
}

DRAGLINE_DECL void append_field(std::string& out, std::string_view name, std::string_view value) {
    assert(!check_field_name(name) && !check_field_value(value));
    out.append(name).append(": ").append(value).append(line_end);
}

DRAGLINE_DECL void append_field(std::string& out, std::string_view name, std::uint64_t value) {
    assert(!check_field_name(name));
    out.append(name).append(": ");
    ascii::append_number(out, value);
    out.append(line_end);
}

DRAGLINE_DECL void append_chunk_size(std::string& out, std::uint64_t size) {
    assert(size != 0);  // a chunk of nothing would end the body
    ascii::append_number(out, size, 16);
    out.append(line_end);
}

}  // namespace dragline::h1

#endif
