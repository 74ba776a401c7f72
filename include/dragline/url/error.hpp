// What can be wrong with a URL. All but two equal std::errc::invalid_argument.
#pragma once

#include <dragline/core/error.hpp>
#include <dragline/core/features.hpp>

#include <system_error>
#include <type_traits>

namespace dragline::inline v1::url {

/// Why a text is no URL.
enum class errc {
    missing_scheme = 1,  ///< A relative reference, and no base to resolve it against.
    base_not_usable,     ///< A relative reference against a base such as "mailto:", which has no hierarchy.
    missing_host,        ///< Nothing where the host must be: "http://", "http://user@/", "http://:80/".
    invalid_host,        ///< The host has a character that no host may have.
    invalid_ipv4,        ///< The last label is a number, so it must be an IPv4 address, and it is none.
    invalid_ipv6,        ///< What stands in brackets is no IPv6 address, or a bracket is missing.
    ipv6_zone_id,        ///< An IPv6 address with a zone id ("%eth0"): a URL cannot name an interface.
    invalid_port,        ///< The port is no number from 0 to 65535.
    idna_failed,         ///< The host has no ASCII form: IDNA (UTS 46) forbids it.
    idna_not_supported,  ///< The host is not ASCII and this build has no libidn2. Equals not_supported.
    too_long,            ///< Longer than parse_options::max_length(). Equals condition::limit_exceeded.
};

/// The category named "dragline.url".
DRAGLINE_DECL const std::error_category& error_category() noexcept;

inline std::error_code make_error_code(errc code) noexcept {
    return {static_cast<int>(code), error_category()};
}

}  // namespace dragline::url

template <>
struct std::is_error_code_enum<dragline::url::errc> : std::true_type {};

#include <dragline/url/impl/error.ipp>
