// Which URLs may be requested: schemes, ports, hosts. Start with url_policy; what stands behind a host is
// judged by a net::address_policy.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/url/url.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <system_error>

namespace dragline::inline v1::http {

namespace detail {
struct url_policy_state;
}

/// Judges the URL of a fetch, and that of each redirect and Refresh, before anything is looked up.
///
/// By default all is allowed that fetch_url() speaks. Once some schemes, ports or hosts are allowed, all
/// others of the kind are not; what is denied stays so. Hosts are compared in the one spelling that URLs
/// have, whatever the case, the IDNA form, the way to write an IPv4 address, or a dot at the end. Cheap to
/// copy. A value that cannot be read is kept, and then nothing is allowed: dragline::errc::invalid_option.
/// Threads: a policy that nobody changes may be used by several.
class url_policy {
public:
    using check_function = std::function<bool(const url::url&)>;

    url_policy() {}

    url_policy& allow_scheme(std::string_view scheme);  ///< "https"

    /// The port to connect to, that of the scheme where the URL names none.
    url_policy& allow_ports(std::uint16_t first, std::uint16_t last);
    url_policy& deny_ports(std::uint16_t first, std::uint16_t last);
    url_policy& allow_port(std::uint16_t port) { return allow_ports(port, port); }
    url_policy& deny_port(std::uint16_t port) { return deny_ports(port, port); }

    /// 80 for http and 443 for https, and nothing else.
    url_policy& standard_ports_only(bool value);
    /// Denies the ports of other protocols that browsers refuse (Fetch Standard, "port blocking").
    url_policy& deny_bad_ports();

    /// One host: "example.com", "192.0.2.1", "[2001:db8::1]".
    url_policy& allow_host(std::string_view host);
    url_policy& deny_host(std::string_view host);
    /// A name and all names below it; a dot in front changes nothing.
    url_policy& allow_domain(std::string_view name);
    url_policy& deny_domain(std::string_view name);

    /// Whether the host may be an address rather than a name; default: it may.
    url_policy& addresses(bool allowed);
    /// Whether the URL may name a user; default: it may.
    url_policy& credentials(bool allowed);

    /// Asked last, on the loop's thread; false forbids. What it throws ends the fetch as
    /// dragline::errc::callback_failed, or reaches who awaits it.
    url_policy& check(check_function asked);

    /// Nothing was ever forbidden: judging is not worth the while.
    bool allows_all() const noexcept { return !state_; }

    /// What is wrong with the values given.
    std::error_code error() const noexcept;

    /// No error, or errc::url_blocked. What check() throws passes.
    std::error_code judge(const url::url& target) const;

    /// Whether both say the same; two functions of the user never do, unless one is a copy of the other.
    friend DRAGLINE_DECL bool operator==(const url_policy& a, const url_policy& b) noexcept;

private:
    detail::url_policy_state& edit();

    std::shared_ptr<detail::url_policy_state> state_;  // none: all is allowed
};

}  // namespace dragline::http

#include <dragline/http/policy/impl/url_policy.ipp>
