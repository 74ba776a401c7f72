// International domain names: from what people write to what DNS and Host fields carry.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/url/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace dragline::inline v1::url {

/// The longest name with characters outside ASCII that is looked at, in bytes. No name over 253 bytes exists
/// in DNS, and the cost of IDNA grows with the square of the length.
inline constexpr std::size_t max_international_name = 1024;

/// "Domain to ASCII" of the URL Standard: "B\u00fccher.example" becomes "xn--bcher-kva.example".
///
/// UTS 46, non-transitional, hyphens anywhere, no check of DNS lengths. `name` is UTF-8. A name in ASCII is
/// put in lower case and otherwise left alone, labels that begin with "xn--" included.
///
/// Errors: errc::idna_failed; errc::idna_not_supported for a name outside ASCII when features::idn2 is false.
DRAGLINE_DECL result<std::string> domain_to_ascii(std::string_view name);

}  // namespace dragline::url

#include <dragline/url/impl/idna.ipp>
