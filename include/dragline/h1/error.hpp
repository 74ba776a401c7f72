// What can be wrong with an HTTP/1.x message.
#pragma once

#include <dragline/core/error.hpp>

#include <system_error>
#include <type_traits>

namespace dragline::inline v1::h1 {

/// Breaches of HTTP/1.x syntax and of the limits on it.
///
/// Limits equal condition::limit_exceeded, what a peer sent wrongly equals condition::protocol_error (both
/// phase read), and what the caller wanted to write wrongly equals std::errc::invalid_argument (phase write).
enum class errc {
    malformed_status_line = 1,  ///< Not `HTTP/1.x NNN reason`, or a status below 100.
    malformed_request_line,     ///< Not `method target HTTP/1.x`.
    unsupported_version,        ///< An HTTP version other than 1.0 and 1.1.
    malformed_field,          ///< A field line without colon, with an empty name or a byte no name may have.
    whitespace_before_field,  ///< Whitespace between the start line and the first field.
    whitespace_before_colon,  ///< Whitespace in a field name, or between it and the colon.
    folded_field,             ///< A field value continued on the next line (obs-fold).
    malformed_field_value,    ///< CR, NUL or another control character in a field value.
    bare_line_feed,           ///< A line that ends in LF without CR.
    head_too_large,           ///< head_limits::max_size.
    too_many_fields,          ///< head_limits::max_fields.
    line_too_long,            ///< head_limits::max_line.
    invalid_content_length,   ///< Not plain digits, or more than 64 bits.
    conflicting_content_length,             ///< Several lengths that differ.
    content_length_with_transfer_encoding,  ///< Both: request smuggling, or a broken peer.
    unsupported_transfer_encoding,          ///< Codings other than one last `chunked`.
    transfer_encoding_in_http10,            ///< Transfer-Encoding in a message of HTTP/1.0.
    malformed_chunk,            ///< A chunk size, extension or end that is not as RFC 9112 7.1 says.
    chunk_too_large,            ///< A chunk size of more than 16 hexadecimal digits.
    chunk_extension_too_large,  ///< chunked_limits::max_extension or max_extension_total.
    trailer_too_large,          ///< chunked_limits::max_trailer_size.
    too_many_trailers,          ///< chunked_limits::max_trailers.
    truncated,                  ///< The connection ended inside a message.
    invalid_method,             ///< To be written: a method that is no token.
    invalid_target,             ///< To be written: a target with a space, control, `#` or non-ASCII byte.
    invalid_field_name,         ///< To be written: a field name that is no token.
    invalid_field_value,        ///< To be written: CR, LF, NUL or another control in a field value.
};

/// Category "dragline.h1".
DRAGLINE_DECL const std::error_category& error_category() noexcept;

inline std::error_code make_error_code(errc code) noexcept {
    return {static_cast<int>(code), error_category()};
}

}  // namespace dragline::h1

template <>
struct std::is_error_code_enum<dragline::h1::errc> : std::true_type {};

#include <dragline/h1/impl/error.ipp>
