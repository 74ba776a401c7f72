// Text in the charsets of the web, as UTF-8. Nothing of it can fail but the name of the charset.
#pragma once

#include <dragline/codec/error.hpp>
#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace dragline::inline v1::codec {

/// What a byte order mark at the front of `text` says: "UTF-8", "UTF-16LE" or "UTF-16BE", and its size; an
/// empty name where there is none.
struct byte_order_mark {
    std::string_view charset;
    std::size_t size = 0;
};
DRAGLINE_DECL byte_order_mark find_byte_order_mark(std::string_view text) noexcept;

/// `text` as UTF-8, with U+FFFD for what is malformed, as the WHATWG Encoding standard does it; a byte order
/// mark is text like any other here.
///
/// `charset` is a label in any case: UTF-8, UTF-16LE, UTF-16BE, windows-1252 with what the web takes for it
/// (ISO-8859-1, US-ASCII) and ISO-8859-15 always work; the other single-byte charsets of the standard, GBK,
/// GB18030, Big5, EUC-JP, Shift_JIS, ISO-2022-JP and EUC-KR where the C library has iconv and their tables.
/// Errors: errc::unknown_charset, also for UTF-7 and its like, which browsers refuse.
DRAGLINE_DECL result<std::string> to_utf8(std::string_view text, std::string_view charset);

/// `text` as valid UTF-8: each maximal part of a sequence that leads nowhere becomes one U+FFFD.
DRAGLINE_DECL std::string to_valid_utf8(std::string_view text);

}  // namespace dragline::codec

#include <dragline/codec/impl/charset.ipp>
