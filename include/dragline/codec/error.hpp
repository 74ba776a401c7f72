// What can be wrong with coded content.
#pragma once

#include <dragline/core/error.hpp>

#include <system_error>
#include <type_traits>

namespace dragline::inline v1::codec {

/// Limits equal condition::limit_exceeded, all others condition::protocol_error; the phase is read.
enum class errc {
    unknown_coding = 1,  ///< A coding that this build does not have, or no coding at all.
    too_many_codings,    ///< decoding_limits::max_codings.
    corrupt,             ///< Not what the coding allows: bad header, bad block, wrong checksum or length.
    truncated,           ///< The input ended inside the coded stream.
    trailing_garbage,    ///< Bytes other than zeros after the end of the coded stream.
    ratio_exceeded,      ///< decoding_limits::max_ratio: a decompression bomb.
    too_many_members,    ///< decoding_limits::max_gzip_members or max_zstd_frames.
    window_too_large,    ///< decoding_limits::max_zstd_window.
    unknown_charset,     ///< A charset that this system cannot decode, or none at all.
};

/// Category "dragline.codec".
DRAGLINE_DECL const std::error_category& error_category() noexcept;

inline std::error_code make_error_code(errc code) noexcept {
    return {static_cast<int>(code), error_category()};
}

}  // namespace dragline::codec

template <>
struct std::is_error_code_enum<dragline::codec::errc> : std::true_type {};

#include <dragline/codec/impl/error.ipp>
