// Included by <dragline/http/policy/url_policy.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/core/error.hpp>
#include <dragline/http/detail/host_name.hpp>
#include <dragline/http/error.hpp>
#include <dragline/url/host.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace dragline::inline v1::http {
namespace detail {

// Fetch Standard, 2.9; in order.
inline constexpr std::array<std::uint16_t, 83> bad_ports{
    0,    1,    7,    9,    11,   13,   15,   17,   19,   20,   21,   22,   23,   25,   37,   42,   43,
    53,   69,   77,   79,   87,   95,   101,  102,  103,  104,  109,  110,  111,  113,  115,  117,  119,
    123,  135,  137,  139,  143,  161,  179,  389,  427,  465,  512,  513,  514,  515,  526,  530,  531,
    532,  540,  548,  554,  556,  563,  587,  601,  636,  989,  990,  993,  995,  1719, 1720, 1723, 2049,
    3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080};

struct url_policy_state {
    struct ports {
        std::uint16_t first = 0;
        std::uint16_t last = 0;

        bool operator==(const ports&) const = default;
    };
    struct host_rule {
        std::string host;  // as a URL spells it
        bool below = false;

        bool operator==(const host_rule&) const = default;
    };

    std::vector<std::string> schemes;
    std::vector<ports> allowed_ports;
    std::vector<ports> denied_ports;
    std::vector<host_rule> allowed_hosts;
    std::vector<host_rule> denied_hosts;
    bool standard_ports_only = false;
    bool no_bad_ports = false;
    bool addresses = true;
    bool credentials = true;
    bool broken = false;
    url_policy::check_function check;

    void add_ports(std::vector<ports>& to, std::uint16_t first, std::uint16_t last) {
        broken |= first > last;
        to.push_back({first, last});
    }

    void add_host(std::vector<host_rule>& to, std::string_view text, bool below) {
        if (below && text.starts_with('.')) text.remove_prefix(1);
        const auto read = url::parse_host(detail::without_final_dot(text));
        // URLs may have a star in a host, but who writes one here means something else by it.
        const bool usable =
            read && text.find('*') == text.npos && (!below || read->kind() == url::host_kind::domain);
        if (usable) {
            to.push_back({read->text(), below});
        } else {
            broken = true;
        }
    }

    static bool holds(const std::vector<ports>& list, std::uint16_t port) noexcept {
        return std::any_of(list.begin(), list.end(),
                           [port](const ports& each) { return each.first <= port && port <= each.last; });
    }

    static bool holds(const std::vector<host_rule>& list, std::string_view host) noexcept {
        return std::any_of(list.begin(), list.end(), [host](const host_rule& each) {
            return each.below ? detail::is_within_domain(host, each.host) : host == each.host;
        });
    }

    bool allows_port(const url::url& target) const noexcept {
        const auto port = target.port_or_default();
        if (standard_ports_only && target.port()) return false;
        if (no_bad_ports && std::binary_search(bad_ports.begin(), bad_ports.end(), port)) return false;
        return !holds(denied_ports, port) && (allowed_ports.empty() || holds(allowed_ports, port));
    }

    bool allows_host(const url::url& target) const noexcept {
        const bool is_name = target.host_type() == url::host_kind::domain;
        if (!is_name && !addresses) return false;
        const auto host = is_name ? detail::without_final_dot(target.hostname()) : target.hostname();
        return !holds(denied_hosts, host) && (allowed_hosts.empty() || holds(allowed_hosts, host));
    }

    bool allows(const url::url& target) const {
        const bool known_scheme =
            schemes.empty() || std::find(schemes.begin(), schemes.end(), target.scheme()) != schemes.end();
        return known_scheme && (credentials || !target.has_credentials()) && allows_port(target) &&
               allows_host(target) && (!check || check(target));
    }
};

}  // namespace detail

DRAGLINE_DECL detail::url_policy_state& url_policy::edit() {
    if (!state_) {
        state_ = std::make_shared<detail::url_policy_state>();
    } else if (state_.use_count() > 1) {
        state_ = std::make_shared<detail::url_policy_state>(*state_);
    }
    return *state_;
}

DRAGLINE_DECL url_policy& url_policy::allow_scheme(std::string_view scheme) {
    auto& into = edit();
    into.schemes.push_back(ascii::to_lower(scheme));
    into.broken |= into.schemes.back() != "http" && into.schemes.back() != "https";
    return *this;
}

DRAGLINE_DECL url_policy& url_policy::allow_ports(std::uint16_t first, std::uint16_t last) {
    auto& into = edit();
    return into.add_ports(into.allowed_ports, first, last), *this;
}

DRAGLINE_DECL url_policy& url_policy::deny_ports(std::uint16_t first, std::uint16_t last) {
    auto& into = edit();
    return into.add_ports(into.denied_ports, first, last), *this;
}

DRAGLINE_DECL url_policy& url_policy::standard_ports_only(bool value) {
    return edit().standard_ports_only = value, *this;
}

DRAGLINE_DECL url_policy& url_policy::deny_bad_ports() { return edit().no_bad_ports = true, *this; }

DRAGLINE_DECL url_policy& url_policy::allow_host(std::string_view host) {
    auto& into = edit();
    return into.add_host(into.allowed_hosts, host, false), *this;
}

DRAGLINE_DECL url_policy& url_policy::deny_host(std::string_view host) {
    auto& into = edit();
    return into.add_host(into.denied_hosts, host, false), *this;
}

DRAGLINE_DECL url_policy& url_policy::allow_domain(std::string_view name) {
    auto& into = edit();
    return into.add_host(into.allowed_hosts, name, true), *this;
}

DRAGLINE_DECL url_policy& url_policy::deny_domain(std::string_view name) {
    auto& into = edit();
    return into.add_host(into.denied_hosts, name, true), *this;
}

DRAGLINE_DECL url_policy& url_policy::addresses(bool allowed) { return edit().addresses = allowed, *this; }

DRAGLINE_DECL url_policy& url_policy::credentials(bool allowed) {
    return edit().credentials = allowed, *this;
}

DRAGLINE_DECL url_policy& url_policy::check(check_function asked) {
    return edit().check = std::move(asked), *this;
}

DRAGLINE_DECL std::error_code url_policy::error() const noexcept {
    if (state_ && state_->broken) return dragline::errc::invalid_option;
    return {};
}

DRAGLINE_DECL std::error_code url_policy::judge(const url::url& target) const {
    if (!state_) return {};
    if (state_->broken) return error();
    if (!state_->allows(target)) return errc::url_blocked;
    return {};
}

DRAGLINE_DECL bool operator==(const url_policy& a, const url_policy& b) noexcept {
    if (a.state_ == b.state_) return true;
    const detail::url_policy_state all;
    const auto& x = a.state_ ? *a.state_ : all;
    const auto& y = b.state_ ? *b.state_ : all;
    return !x.check && !y.check && x.schemes == y.schemes && x.allowed_ports == y.allowed_ports &&
           x.denied_ports == y.denied_ports && x.allowed_hosts == y.allowed_hosts &&
           x.denied_hosts == y.denied_hosts && x.standard_ports_only == y.standard_ports_only &&
           x.no_bad_ports == y.no_bad_ports && x.addresses == y.addresses && x.credentials == y.credentials &&
           x.broken == y.broken;
}

}  // namespace dragline::http

#endif
