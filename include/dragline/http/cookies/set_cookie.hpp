// The Set-Cookie field: what a server asks for, before a jar decides about it. Start with parse_set_cookie().
#pragma once

#include <dragline/core/result.hpp>
#include <dragline/http/cookies/cookie.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dragline::inline v1::http {

/// A Set-Cookie field as it was written; of an attribute that stands there twice, the last one.
class set_cookie {
public:
    set_cookie() {}

    std::string name;
    std::string value;
    std::string domain;  ///< In lower case, without one dot in front; empty: the host that sends it.
    std::string path;    ///< Empty: the folder of the URL that sends it.
    std::optional<std::chrono::sys_seconds> expires;
    std::optional<std::chrono::seconds> max_age;  ///< Goes before `expires`; zero or less: at once.
    bool secure = false;
    bool http_only = false;
    same_site_mode same_site = same_site_mode::unset;

    friend bool operator==(const set_cookie&, const set_cookie&) = default;
};

/// How much of a Set-Cookie field is taken, in bytes.
class set_cookie_limits {
public:
    set_cookie_limits() {}

    /// Name and value together; more is errc::cookie_too_large.
    set_cookie_limits& max_size(std::size_t value) { return max_size_ = value, *this; }
    std::size_t max_size() const noexcept { return max_size_; }

    /// The value of an attribute; a longer attribute is ignored.
    set_cookie_limits& max_attribute(std::size_t value) { return max_attribute_ = value, *this; }
    std::size_t max_attribute() const noexcept { return max_attribute_; }

    friend bool operator==(const set_cookie_limits&, const set_cookie_limits&) = default;

private:
    std::size_t max_size_ = 4096;
    std::size_t max_attribute_ = 1024;
};

/// Reads the value of a Set-Cookie field as RFC 6265bis, 5.6 says; unknown attributes and broken values of
/// known ones are ignored. Stricter in one point: a tab inside a name, value, domain or path is refused.
///
/// Errors: errc::invalid_cookie for a control character or a cookie without name and value; cookie_too_large.
DRAGLINE_DECL result<set_cookie> parse_set_cookie(std::string_view text,
                                                  const set_cookie_limits& limits = set_cookie_limits());

/// The field that parses to this again.
DRAGLINE_DECL std::string to_string(const set_cookie& from);

}  // namespace dragline::http

#include <dragline/http/cookies/impl/set_cookie.ipp>
