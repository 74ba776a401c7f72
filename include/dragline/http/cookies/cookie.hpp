// Cookies as values (RFC 6265bis). Start with cookie_jar in cookie_jar.hpp; set_cookie.hpp reads the field
// that makes them.
#pragma once

#include <dragline/http/error.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace dragline::inline v1::http {

/// What a SameSite attribute said. It is kept and decides nothing: without pages there are no sites to
/// compare.
enum class same_site_mode : std::uint8_t { unset, none, lax, strict };

/// A name with its value, as a Cookie field carries them.
class cookie_pair {
public:
    cookie_pair() {}
    cookie_pair(std::string name_of_it, std::string value_of_it)
        : name(std::move(name_of_it)), value(std::move(value_of_it)) {}

    std::string name;
    std::string value;

    friend bool operator==(const cookie_pair&, const cookie_pair&) = default;
};

/// A cookie as a jar keeps it.
class cookie {
public:
    cookie() {}
    cookie(std::string name_of_it, std::string value_of_it, std::string host)
        : name(std::move(name_of_it)), value(std::move(value_of_it)), domain(std::move(host)) {}

    std::string name;  ///< May be empty; the value is then sent alone.
    std::string value;
    std::string domain;  ///< As the host of a URL is written, without a dot in front.
    std::string path = "/";
    std::optional<std::chrono::sys_seconds> expires;  ///< Nothing: lasts as long as the jar.
    bool host_only = true;                            ///< Not sent to names below `domain`.
    bool secure = false;                              ///< Sent over https and wss alone.
    bool http_only = false;                           ///< Kept and saved; here nobody but HTTP reads cookies.
    same_site_mode same_site = same_site_mode::unset;

    friend bool operator==(const cookie&, const cookie&) = default;
};

/// errc::invalid_cookie unless `name` and `value` can stand in a Cookie field and are read back as they are:
/// no control character (CR, LF, TAB, NUL), no ';', no '=' in the name, which is not empty, no space at the
/// ends.
DRAGLINE_DECL std::error_code check_cookie_pair(std::string_view name, std::string_view value) noexcept;

/// Appends one more pair to the value of a Cookie field: "a=1; b=2".
DRAGLINE_DECL void append_cookie(std::string& field, std::string_view name, std::string_view value);

/// The value of a Cookie field with these pairs; empty when there are none.
DRAGLINE_DECL std::string cookie_field(std::span<const cookie_pair> pairs);

}  // namespace dragline::http

#include <dragline/http/cookies/impl/cookie.ipp>
