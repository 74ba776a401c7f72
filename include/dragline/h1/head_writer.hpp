// Writing heads and chunks. The check functions name what may not be written; the append functions assume
// that they were asked, and only assert it.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/h1/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

namespace dragline::inline v1::h1 {

/// errc::invalid_method unless a token (RFC 9110, 9.1). Methods are case-sensitive and written as given.
DRAGLINE_DECL std::error_code check_method(std::string_view method) noexcept;

/// errc::invalid_target unless visible ASCII without `#`: a fragment is never sent (RFC 9112, 3.2).
DRAGLINE_DECL std::error_code check_target(std::string_view target) noexcept;

/// errc::invalid_field_name unless a token.
DRAGLINE_DECL std::error_code check_field_name(std::string_view name) noexcept;

/// errc::invalid_field_value when CR, LF, NUL or another control but HTAB is in it: no header can be smuggled
/// in.
DRAGLINE_DECL std::error_code check_field_value(std::string_view value) noexcept;

/// `GET /path HTTP/1.1` and CRLF.
DRAGLINE_DECL void append_request_line(std::string& out, std::string_view method, std::string_view target,
                                       int version_minor = 1);

/// `HTTP/1.1 200 OK` and CRLF; the space stays when the reason is empty.
DRAGLINE_DECL void append_status_line(std::string& out, int status, std::string_view reason = {},
                                      int version_minor = 1);

/// `Name: value` and CRLF.
DRAGLINE_DECL void append_field(std::string& out, std::string_view name, std::string_view value);

/// As above, but with a number: Content-Length.
DRAGLINE_DECL void append_field(std::string& out, std::string_view name, std::uint64_t value);

/// The line before a chunk of `size` bytes, which must not be 0. The data and line_end follow.
DRAGLINE_DECL void append_chunk_size(std::string& out, std::uint64_t size);

/// Ends a head (as its blank line) and every chunk.
inline constexpr std::string_view line_end = "\r\n";

/// Ends a chunked body without trailers.
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

}  // namespace dragline::h1

#include <dragline/h1/impl/head_writer.ipp>
