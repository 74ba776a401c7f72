// From text to URL. Start with parse(): one overload for absolute URLs, one that resolves against a base.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/url/error.hpp>
#include <dragline/url/url.hpp>

#include <cstddef>
#include <string_view>

namespace dragline::inline v1::url {

/// What parse() accepts.
class parse_options {
public:
    parse_options() {}  // user-provided: keeps this type from being an aggregate

    /// Bytes that the input, and the URL that comes out of it, may have at most; more is errc::too_long.
    /// Values above 256 MiB count as 256 MiB.
    parse_options& max_length(std::size_t value) {
        max_length_ = value;
        return *this;
    }
    std::size_t max_length() const noexcept { return max_length_; }

private:
    std::size_t max_length_ = 64 * 1024;
};

/// Reads an absolute URL as a browser's address does: "HTTP:\\Example.COM:80/a/../b" is
/// "http://example.com/b".
///
/// `input` is UTF-8; malformed sequences become U+FFFD. Controls and spaces around it, and tabs and line ends
/// inside, are ignored, so check for those first where a caller must not smuggle them in.
///
/// Errors: any url::errc but base_not_usable.
DRAGLINE_DECL result<url> parse(std::string_view input, parse_options options = {});

/// As above, but `input` may be relative to `base`: "../b", "?page=2", "//other.example/". An empty `base` is
/// none.
DRAGLINE_DECL result<url> parse(std::string_view input, const url& base, parse_options options = {});

}  // namespace dragline::url

#include <dragline/url/impl/parse.ipp>
