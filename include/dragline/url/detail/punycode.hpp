// Punycode (RFC 3492): the ASCII behind "xn--" and the characters that it stands for.
#pragma once

#include <dragline/core/features.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace dragline::inline v1::url::detail {

/// `label` must be short: the time grows with the square of its length.
DRAGLINE_DECL std::string encode_punycode(std::u32string_view label);

/// Nothing when `text` is no Punycode.
DRAGLINE_DECL std::optional<std::u32string> decode_punycode(std::string_view text);

}  // namespace dragline::url::detail

#include <dragline/url/detail/impl/punycode.ipp>
