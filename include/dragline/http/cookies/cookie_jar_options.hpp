// The limits of a cookie jar, and where it draws the border between owners of domains.
#pragma once

#include <dragline/http/cookies/set_cookie.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dragline::inline v1::http {

/// Settings of a cookie_jar, fixed when it is made.
class cookie_jar_options {
public:
    /// As url::registrable_domain(): the part of a domain that its owner registered, nothing for a public
    /// suffix.
    using domain_rule = std::optional<std::string> (*)(std::string_view name);

    cookie_jar_options() {}

    /// How much of each cookie is taken; a path is as long as an attribute may be.
    cookie_jar_options& size_limits(set_cookie_limits value) { return size_limits_ = value, *this; }
    const set_cookie_limits& size_limits() const noexcept { return size_limits_; }

    /// Cookies of one registered domain and all names below it. One more makes room: expired ones go first,
    /// then the longest unused without Secure, then the longest unused.
    cookie_jar_options& cookies_per_domain(std::size_t value) { return per_domain_ = value, *this; }
    std::size_t cookies_per_domain() const noexcept { return per_domain_; }

    /// Cookies of the jar. One more makes room: expired ones go first, then the longest unused.
    cookie_jar_options& cookies(std::size_t value) { return total_ = value, *this; }
    std::size_t cookies() const noexcept { return total_; }

    /// Bytes of one Cookie field; a cookie that does not fit any more is left out. Many servers refuse 8 KiB.
    cookie_jar_options& max_field(std::size_t value) { return max_field_ = value, *this; }
    std::size_t max_field() const noexcept { return max_field_; }

    /// The longest that a server may ask for; beyond it a cookie expires after this (RFC 6265bis, 5.5).
    cookie_jar_options& max_lifetime(std::chrono::seconds value) { return max_lifetime_ = value, *this; }
    std::chrono::seconds max_lifetime() const noexcept { return max_lifetime_; }

    /// A list of public suffixes of one's own. Default: that of url::registrable_domain(), where
    /// url::has_public_suffix_list(); else none, and no cookie leaves the host that set it: see cookie_jar.
    cookie_jar_options& registrable_domain(domain_rule value) { return registrable_domain_ = value, *this; }
    domain_rule registrable_domain() const noexcept { return registrable_domain_; }

    friend bool operator==(const cookie_jar_options&, const cookie_jar_options&) = default;

private:
    set_cookie_limits size_limits_;
    std::size_t per_domain_ = 180;
    std::size_t total_ = 3000;
    std::size_t max_field_ = 8190;
    std::chrono::seconds max_lifetime_ = std::chrono::hours(24 * 400);
    domain_rule registrable_domain_ = nullptr;
};

}  // namespace dragline::http
