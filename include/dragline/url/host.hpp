// Hosts: domains, addresses and opaque hosts, checked and in the one spelling that URLs compare by.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/url/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::url {

/// What stands in the place of the host.
enum class host_kind : std::uint8_t {
    none,    ///< There is no authority: "mailto:a@b.example".
    empty,   ///< The authority is empty: "file:///etc/hosts".
    domain,  ///< A name, ASCII and in lower case.
    ipv4,    ///< Four decimal numbers, whatever the input looked like.
    ipv6,    ///< In brackets, canonical.
    opaque,  ///< The host of a scheme that the standard does not know; only checked and percent-encoded.
};

/// A host as it stands in a URL.
class host {
public:
    host() {}
    host(host_kind kind, std::string text) : kind_(kind), text_(std::move(text)) {}

    host_kind kind() const noexcept { return kind_; }

    /// "example.com", "127.0.0.1", "[::1]".
    const std::string& text() const noexcept { return text_; }

    friend bool operator==(const host&, const host&) = default;

private:
    host_kind kind_ = host_kind::none;
    std::string text_;
};

/// Reads the host of an http(s), ws(s), ftp or file URL: percent-decoded, IDNA applied, in lower case, every
/// spelling of an IPv4 address made canonical. IPv6 addresses stand in brackets; a trailing dot is kept.
///
/// Errors: errc::missing_host, invalid_host, invalid_ipv4, invalid_ipv6, ipv6_zone_id, idna_failed,
/// idna_not_supported.
DRAGLINE_DECL result<host> parse_host(std::string_view text);

/// Reads the host of any other URL: an IPv6 address in brackets, or text that is checked and percent-encoded.
///
/// Errors: errc::invalid_host, invalid_ipv6, ipv6_zone_id.
DRAGLINE_DECL result<host> parse_opaque_host(std::string_view text);

/// As above, but append the text of the host to `out`; after an error `out` may hold a part of it.
DRAGLINE_DECL result<host_kind> append_host(std::string& out, std::string_view text);
DRAGLINE_DECL result<host_kind> append_opaque_host(std::string& out, std::string_view text);

}  // namespace dragline::url

#include <dragline/url/impl/host.ipp>
