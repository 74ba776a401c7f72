// Included by <dragline/net/address_policy.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/net/detail/address_range.hpp>
#include <dragline/net/error.hpp>
#include <dragline/url/ipv4.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace dragline::inline v1::net {
namespace detail {

struct address_policy_state {
    enum class base_rule : std::uint8_t { all, public_only, listed_only };
    struct listed {
        address_range range;
        bool allowed = false;

        bool operator==(const listed&) const = default;
    };
    struct ports {
        std::uint16_t first = 0;
        std::uint16_t last = 0;

        bool operator==(const ports&) const = default;
    };

    base_rule base = base_rule::all;
    std::vector<listed> ranges;  // the smallest first, of equal ones those that are denied
    std::vector<ports> allowed_ports;
    std::vector<ports> denied_ports;
    std::optional<bool> local_sockets;
    address_policy::check_function check;
    std::vector<address_policy> outer;  // each must allow it too
    bool partial_answers = false;
    bool broken = false;

    void add(std::string_view text, bool allowed) {
        const auto range = address_range::parse(text);
        if (!range) {
            broken = true;
            return;
        }
        const listed entry{*range, allowed};
        const auto goes_before = [](const listed& a, const listed& b) {
            const auto size_a = a.range.size(), size_b = b.range.size();
            return size_a != size_b ? size_a < size_b : !a.allowed && b.allowed;
        };
        ranges.insert(std::upper_bound(ranges.begin(), ranges.end(), entry, goes_before), entry);
    }

    bool allows(const plain_address& address) const noexcept {
        for (const auto& each : ranges) {
            if (each.range.contains(address)) return each.allowed;
        }
        if (base == base_rule::public_only) return is_public(address);
        return base == base_rule::all;
    }

    bool allows_port(std::uint16_t port) const noexcept {
        const auto holds = [port](const ports& each) { return each.first <= port && port <= each.last; };
        if (std::any_of(denied_ports.begin(), denied_ports.end(), holds)) return false;
        return allowed_ports.empty() || std::any_of(allowed_ports.begin(), allowed_ports.end(), holds);
    }

    bool allows(const asio::ip::address& address) const noexcept {
        if (base == base_rule::public_only && address.is_v6() && address.to_v6().scope_id() != 0)
            return false;
        const plain_address whole(address);
        if (!allows(whole)) return false;
        const auto inner = embedded_ipv4(whole);
        return std::all_of(inner.begin(), inner.end(),
                           [this](const auto& each) { return !each || allows(plain_address(*each)); });
    }
};

}  // namespace detail

DRAGLINE_DECL detail::address_policy_state& address_policy::edit() {
    if (!state_) {
        state_ = std::make_shared<detail::address_policy_state>();
    } else if (state_.use_count() > 1) {
        state_ = std::make_shared<detail::address_policy_state>(*state_);
    }
    return *state_;
}

DRAGLINE_DECL address_policy address_policy::public_only() {
    address_policy made;
    made.edit().base = detail::address_policy_state::base_rule::public_only;
    return made;
}

DRAGLINE_DECL address_policy address_policy::listed_only() {
    address_policy made;
    made.edit().base = detail::address_policy_state::base_rule::listed_only;
    return made;
}

DRAGLINE_DECL address_policy& address_policy::allow(std::string_view addresses) {
    return edit().add(addresses, true), *this;
}

DRAGLINE_DECL address_policy& address_policy::deny(std::string_view addresses) {
    return edit().add(addresses, false), *this;
}

DRAGLINE_DECL address_policy& address_policy::allow_ports(std::uint16_t first, std::uint16_t last) {
    edit().broken |= first > last;
    return edit().allowed_ports.push_back({first, last}), *this;
}

DRAGLINE_DECL address_policy& address_policy::deny_ports(std::uint16_t first, std::uint16_t last) {
    edit().broken |= first > last;
    return edit().denied_ports.push_back({first, last}), *this;
}

DRAGLINE_DECL address_policy& address_policy::local_sockets(bool allowed) {
    return edit().local_sockets = allowed, *this;
}

DRAGLINE_DECL address_policy& address_policy::partial_answers(bool allowed) {
    return edit().partial_answers = allowed, *this;
}

DRAGLINE_DECL bool address_policy::partial_answers() const noexcept {
    if (!state_) [[likely]]
        return true;
    const auto& outer = state_->outer;
    return state_->partial_answers && std::all_of(outer.begin(), outer.end(), [](const address_policy& each) {
               return each.partial_answers();
           });
}

DRAGLINE_DECL address_policy& address_policy::check(check_function asked) {
    return edit().check = std::move(asked), *this;
}

DRAGLINE_DECL address_policy& address_policy::within(const address_policy& outer) {
    const auto kept = outer;  // it may be this one
    if (!kept.allows_all()) edit().outer.push_back(kept);
    return *this;
}

DRAGLINE_DECL std::error_code address_policy::error() const noexcept {
    if (!state_) return {};
    if (state_->broken) return dragline::errc::invalid_option;
    for (const auto& each : state_->outer) {
        if (const auto ec = each.error()) return ec;
    }
    return {};
}

DRAGLINE_DECL std::error_code address_policy::judge(const asio::ip::address& address,
                                                    std::uint16_t port) const {
    if (!state_) return {};
    if (state_->broken) return dragline::errc::invalid_option;
    for (const auto& each : state_->outer) {
        if (const auto ec = each.judge(address, port)) return ec;
    }
    return judge_own(address, port);
}

DRAGLINE_DECL std::error_code address_policy::judge_own(const asio::ip::address& address,
                                                        std::uint16_t port) const {
    if (!state_->allows_port(port) || !state_->allows(address)) return errc::address_blocked;
    if (!state_->check) return {};
    try {
        if (state_->check(address, port)) return {};
    } catch (...) {
        return dragline::errc::callback_failed;
    }
    return errc::address_blocked;
}

DRAGLINE_DECL std::error_code address_policy::judge(const endpoint& target) const {
    if (!state_) return {};
    if (state_->broken) return dragline::errc::invalid_option;
    for (const auto& each : state_->outer) {
        if (const auto ec = each.judge(target)) return ec;
    }
    if (target.is_local_socket()) {
        const bool allowed =
            state_->local_sockets.value_or(state_->base == detail::address_policy_state::base_rule::all);
        if (allowed) return {};
        return errc::address_blocked;
    }
    if (target.address()) return judge_own(*target.address(), target.port());
    auto name = ascii::to_lower(target.host());
    if (name.ends_with('.')) name.pop_back();
    if (name == "localhost" || name.ends_with(".localhost")) {
        const auto ec = judge_own(asio::ip::address_v4::loopback(), target.port());
        return ec ? ec : judge_own(asio::ip::address_v6::loopback(), target.port());
    }
    if (url::ends_in_number(name)) {
        const auto number = url::parse_ipv4(name);
        if (!number) return errc::address_blocked;  // who knows what others read in it
        return judge_own(asio::ip::address_v4(*number), target.port());
    }
    if (!state_->allows_port(target.port())) return errc::address_blocked;
    return {};
}

DRAGLINE_DECL bool operator==(const address_policy& a, const address_policy& b) noexcept {
    if (a.state_ == b.state_) return true;
    const detail::address_policy_state all;
    const auto& x = a.state_ ? *a.state_ : all;
    const auto& y = b.state_ ? *b.state_ : all;
    return !x.check && !y.check && x.base == y.base && x.ranges == y.ranges && x.broken == y.broken &&
           x.allowed_ports == y.allowed_ports && x.denied_ports == y.denied_ports &&
           x.local_sockets == y.local_sockets && x.partial_answers == y.partial_answers && x.outer == y.outer;
}

}  // namespace dragline::net

#endif
