// Paths: segments, dots in any spelling, and the drive letters that file URLs know.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/url/detail/scheme.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace dragline::inline v1::url::detail {

/// True for what separates segments: a special scheme takes a backslash too.
constexpr bool is_slash(char c, bool special) noexcept { return c == '/' || (special && c == '\\'); }

/// "C:" or "C|".
DRAGLINE_DECL bool is_drive_letter(std::string_view text) noexcept;

/// A drive letter at the end or before a slash.
DRAGLINE_DECL bool starts_with_drive_letter(std::string_view text) noexcept;

/// Removes the last segment of the path that begins at `begin` and ends `out`, but for a lone drive letter.
DRAGLINE_DECL void shorten_path(std::string& out, std::size_t begin, scheme_kind scheme);

/// Resolves `text`, a path without its first slash, onto the path that begins at `begin` and ends `out`: each
/// segment is percent-encoded, "." does nothing and ".." removes one. The path has at least one segment then.
DRAGLINE_DECL void append_path(std::string& out, std::size_t begin, std::string_view text,
                               scheme_kind scheme);

}  // namespace dragline::url::detail

#include <dragline/url/detail/impl/path.ipp>
