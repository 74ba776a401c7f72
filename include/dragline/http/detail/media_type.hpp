// Content-Type taken apart (RFC 9110, 8.3).
#pragma once

#include <dragline/core/features.hpp>

#include <string>
#include <string_view>

namespace dragline::inline v1::http::detail {

/// Whether the type and subtype in `content_type` are these, whatever the case and the parameters.
DRAGLINE_DECL bool is_media_type(std::string_view content_type, std::string_view wanted) noexcept;

/// The value of the first parameter `charset`, unquoted; empty where there is none.
DRAGLINE_DECL std::string charset_of(std::string_view content_type);

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/media_type.ipp>
