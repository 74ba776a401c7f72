// A parsed URL: one string and where its parts stand in it.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/url/detail/record.hpp>
#include <dragline/url/host.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::url {

class parse_options;

/// A URL in the form that the URL Standard gives it. parse() makes one; it can only be valid or empty.
///
/// Every view points into href() and lives as long as this object is neither changed nor moved from. Text is
/// percent-encoded ASCII.
class url {
public:
    /// The empty URL: it has no part at all.
    url() {}
    url(const url&) = default;
    url& operator=(const url&) = default;
    /// What is moved from is the empty URL.
    url(url&&) noexcept = default;
    url& operator=(url&&) noexcept = default;

    /// The URL as text. Parsing it again gives an equal URL.
    const std::string& href() const noexcept { return at_.href; }
    bool empty() const noexcept { return at_.href.empty(); }

    /// "https": in lower case, without the colon.
    std::string_view scheme() const { return at_.slice(0, at_.scheme_end); }
    /// True for http, https, ws, wss, ftp and file, which have a host (file: maybe) and a path.
    bool is_special() const noexcept { return at_.is_special(); }

    std::string_view username() const { return at_.slice(at_.userinfo_begin(), at_.username_end); }
    DRAGLINE_DECL std::string_view password() const;
    bool has_credentials() const noexcept { return at_.host_begin != at_.userinfo_begin(); }

    /// "example.com", "127.0.0.1", "[::1]"; empty when there is none.
    std::string_view hostname() const { return at_.hostname(); }
    /// The same without the brackets of an IPv6 address.
    DRAGLINE_DECL std::string_view bare_hostname() const;
    host_kind host_type() const noexcept { return at_.host; }
    /// Host and port as they stand in a Host field: "example.com:8080".
    std::string_view host() const { return at_.slice(at_.host_begin, at_.authority_end()); }

    /// Nothing when the URL names none or the default of its scheme.
    DRAGLINE_DECL std::optional<std::uint16_t> port() const noexcept;
    /// The port to connect to: 443 for https without a port. 0 when the scheme has no default.
    DRAGLINE_DECL std::uint16_t port_or_default() const noexcept;

    /// "/a/b"; never empty when is_special().
    std::string_view path() const { return at_.path(); }
    /// True for "mailto:a@b.example": the path is no list of segments, so nothing can be relative to it.
    bool has_opaque_path() const noexcept { return at_.opaque_path; }
    /// Without the '?'; "x:?" has an empty query, "x:" has none.
    DRAGLINE_DECL std::optional<std::string_view> query() const;
    /// Without the '#'.
    DRAGLINE_DECL std::optional<std::string_view> fragment() const;

    /// Path and query as they stand in the first line of a request (RFC 9112, 3.2.1).
    std::string_view request_target() const { return at_.slice(at_.path_begin, at_.query_end()); }

    /// "https://example.com:8080", or "null" when URLs of this scheme share their origin with nobody.
    DRAGLINE_DECL std::string origin() const;

    DRAGLINE_DECL url without_fragment() const;
    /// This URL with that fragment; the text is percent-encoded where it must be.
    DRAGLINE_DECL url with_fragment(std::string_view fragment) const;
    DRAGLINE_DECL url without_credentials() const;

    friend bool operator==(const url& a, const url& b) noexcept { return a.href() == b.href(); }

private:
    friend result<url> parse(std::string_view input, parse_options options);
    friend result<url> parse(std::string_view input, const url& base, parse_options options);

    explicit url(detail::record at) noexcept : at_(std::move(at)) {}

    detail::record at_;
};

/// True when scheme, host and port are the same. A URL whose origin() is "null" has the origin of no other.
DRAGLINE_DECL bool same_origin(const url& a, const url& b);

}  // namespace dragline::url

#include <dragline/url/impl/url.ipp>
