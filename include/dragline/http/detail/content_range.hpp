// Content-Range, and which validators a resumed download may trust (RFC 9110, 14.4 and 13.1.5).
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/http/fields.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dragline::inline v1::http::detail {

/// "bytes 5-9/10": the bytes from first to last of a whole; "bytes */10": of the whole alone.
struct content_range {
    std::optional<std::uint64_t> first;
    std::uint64_t last = 0;
    std::optional<std::uint64_t> whole;  // nothing for "*"
};

/// Nothing when it breaks the grammar or contradicts itself.
DRAGLINE_DECL std::optional<content_range> parse_content_range(std::string_view text);

/// What If-Range may be sent with: a strong ETag, else a Last-Modified that is at least a second older than
/// the response's Date; empty where there is neither.
DRAGLINE_DECL std::string strong_validator(const fields& headers);

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/content_range.ipp>
