// How a message body ends, and whether its connection may carry another message (RFC 9112, 6.3 and 9.3).
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/h1/error.hpp>
#include <dragline/h1/field.hpp>
#include <dragline/h1/head_parser.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace dragline::inline v1::h1 {

/// What tells the end of a body.
enum class body_kind {
    none,         ///< There is no body.
    length,       ///< Exactly body_framing::length bytes follow.
    chunked,      ///< A chunked_decoder knows.
    until_close,  ///< The end of the connection; over TLS only a close_notify counts.
};

/// How a message is framed.
struct body_framing {
    body_kind kind = body_kind::none;
    std::uint64_t length = 0;  ///< For body_kind::length; may be 0.
    bool persistent = false;   ///< The connection may be reused once the message is complete.
};

/// The framing of a response to a request of this method; call it for interim (1xx) responses too.
///
/// No body: HEAD, 1xx, 204, 304, and 2xx to CONNECT, whatever the fields say. Not persistent although well
/// framed: 101 and 2xx to CONNECT (the connection belongs to another protocol), and a 204 that announces a
/// body. Final codings other than chunked, which no client asked for, leave the body until close, coded as it
/// is. Errors: Content-Length with Transfer-Encoding, lengths that differ or are no number, Transfer-Encoding
/// in HTTP/1.0, chunked twice or not last or on top of another coding. After an error the connection is of no
/// use.
DRAGLINE_DECL result<body_framing> response_framing(const response_head& head,
                                                    std::string_view request_method);

/// The framing of a request: none, length or chunked. Any coding but chunked is an error.
DRAGLINE_DECL result<body_framing> request_framing(const request_head& head);

/// The seconds of `Keep-Alive: timeout=N`; nothing when absent, garbage or more than 32 bits.
DRAGLINE_DECL std::optional<std::chrono::seconds> keep_alive_timeout(std::span<const field_view> fields);

}  // namespace dragline::h1

#include <dragline/h1/impl/framing.ipp>
