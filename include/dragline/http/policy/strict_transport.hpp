// The Strict-Transport-Security field (RFC 6797, 6.1). hsts_store obeys it.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace dragline::inline v1::http {

/// What a host says about itself: that it is to be reached over TLS alone, and how long that holds.
class strict_transport {
public:
    strict_transport() {}

    std::chrono::seconds max_age{};   ///< Zero: no longer. Beyond 10^10 s, some 317 years, it is so many.
    bool include_subdomains = false;  ///< Holds for all names below it too.
    bool preload = false;             ///< It agrees to stand in a list that browsers carry.

    friend bool operator==(const strict_transport&, const strict_transport&) = default;
};

/// Reads the value of one field, as strictly as the RFC wants it: a directive twice, max-age missing or no
/// number, a value where none belongs, and whatever else breaks the grammar, make all of it void. Unknown
/// directives are passed over; more than 32 are too many.
///
/// Errors: errc::invalid_strict_transport.
DRAGLINE_DECL result<strict_transport> parse_strict_transport(std::string_view text);

/// "max-age=31536000; includeSubDomains; preload"
DRAGLINE_DECL std::string to_string(const strict_transport& from);

}  // namespace dragline::http

#include <dragline/http/policy/impl/strict_transport.ipp>
