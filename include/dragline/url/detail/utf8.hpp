// UTF-8, decoded as the Encoding Standard does it: each maximal piece of a broken sequence is one U+FFFD.
#pragma once

#include <dragline/core/features.hpp>

#include <string>
#include <string_view>

namespace dragline::inline v1::url::detail {

inline constexpr char32_t replacement_character = 0xfffd;

constexpr bool is_ascii(char c) noexcept { return static_cast<unsigned char>(c) < 0x80; }
constexpr bool is_ascii(char32_t c) noexcept { return c < 0x80; }

/// Takes the first character off `text`, which must not be empty. `broken` is set when it was malformed.
DRAGLINE_DECL char32_t take_character(std::string_view& text, bool& broken) noexcept;

DRAGLINE_DECL bool is_utf8(std::string_view text) noexcept;
DRAGLINE_DECL std::u32string decode_utf8(std::string_view text);
DRAGLINE_DECL std::string encode_utf8(std::u32string_view text);

}  // namespace dragline::url::detail

#include <dragline/url/detail/impl/utf8.ipp>
