// Message heads: status line or request line, and fields, as views into the caller's buffer.
// Start with response_head_parser.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/core/spare_memory.hpp>
#include <dragline/h1/detail/head_scanner.hpp>
#include <dragline/h1/error.hpp>
#include <dragline/h1/field.hpp>
#include <dragline/h1/limits.hpp>

#include <cstddef>
#include <string_view>

namespace dragline::inline v1::h1 {

/// The head of a response. The views live as long as the buffer that the last parse() saw stays where it was.
struct response_head {
    response_head() {}

    int version_minor = 1;    ///< 0 or 1, of HTTP/1.x.
    int status = 0;           ///< 100 to 999.
    std::string_view reason;  ///< May be empty; never to be relied on.
    spare_vector<field_view> fields;
};

/// The head of a request. The views live as long as those of response_head.
struct request_head {
    request_head() {}

    std::string_view method;
    std::string_view target;  ///< As sent: not decoded, in any of the four forms of RFC 9112, 3.2.
    int version_minor = 1;    ///< 0 or 1, of HTTP/1.x.
    spare_vector<field_view> fields;
};

/// Parses response heads, strictly (RFC 9112): lines end in CRLF, no folding, no HTTP/0.9, a three-digit
/// status.
///
/// One parser serves a connection: reset() before the next head keeps the memory. Each byte is looked at
/// once, however the head arrives. A first byte that cannot begin a response is refused at once.
class response_head_parser {
public:
    explicit response_head_parser(head_limits limits = {}) : scanner_(limits) {}

    /// The size of the head, its blank line included, or 0 when more bytes are needed.
    ///
    /// `input` begins with the first byte of the head and holds all bytes passed before, perhaps elsewhere in
    /// memory; bytes beyond the head are not looked at. After success or an error, call reset().
    result<std::size_t> parse(std::string_view input);

    /// The head that parse() found last; empty before.
    const response_head& head() const noexcept { return head_; }

    void reset() noexcept;

    /// As reset(), and without the memory.
    void release_memory() noexcept;

private:
    std::error_code parse_status_line(std::string_view line);

    detail::head_scanner scanner_;
    response_head head_;
    std::size_t line_end_ = 0;  // of the status line, once it is complete
};

/// As above, but for requests, before which one empty line is skipped (RFC 9112, 2.2) and counted in the
/// size.
class request_head_parser {
public:
    explicit request_head_parser(head_limits limits = {}) : scanner_(limits) {}

    result<std::size_t> parse(std::string_view input);
    const request_head& head() const noexcept { return head_; }
    void reset() noexcept;

private:
    result<std::size_t> find_request_line(std::string_view input);
    std::error_code parse_request_line(std::string_view line);

    detail::head_scanner scanner_;
    request_head head_;
    std::size_t line_begin_ = 0;  // 2 after an empty line
    std::size_t line_end_ = 0;
    std::size_t method_size_ = 0;
    std::size_t target_size_ = 0;
};

}  // namespace dragline::h1

#include <dragline/h1/impl/head_parser.ipp>
