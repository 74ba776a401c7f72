// The small rules of RFC 6265bis that both reading and keeping cookies need. No I/O, no clock.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/url/url.hpp>

#include <string_view>

namespace dragline::inline v1::http::detail {

/// No control character in either, nothing that ends a pair, nothing that trimming would take away; not both
/// empty.
DRAGLINE_DECL bool is_cookie_text(std::string_view name, std::string_view value) noexcept;

DRAGLINE_DECL bool has_control_character(std::string_view text) noexcept;

/// RFC 6265bis, 5.1.3, for a host and a domain in the form that URLs have: the same, or a name below it.
DRAGLINE_DECL bool domain_matches(std::string_view host, bool host_is_name, std::string_view domain) noexcept;

/// RFC 6265bis, 5.1.4.
DRAGLINE_DECL bool path_matches(std::string_view request_path, std::string_view cookie_path) noexcept;
DRAGLINE_DECL std::string_view default_path(std::string_view request_path) noexcept;

/// Whether what goes to and comes from this URL is out of the reach of others on the network.
DRAGLINE_DECL bool carries_secure_cookies(const url::url& url) noexcept;

/// What a cookie promises by the beginning of its name, whatever the case (RFC 6265bis, 4.1.3).
enum class name_prefix { none, secure, host };
DRAGLINE_DECL name_prefix prefix_of(std::string_view name) noexcept;

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/cookie_rules.ipp>
