// Included by <dragline/dns/records/service_binding.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <cstddef>

namespace dragline::inline v1::dns {
namespace detail {

template <std::size_t Size>
std::vector<std::uint8_t> join(const std::vector<std::array<std::uint8_t, Size>>& addresses) {
    std::vector<std::uint8_t> value;
    value.reserve(addresses.size() * Size);
    for (const auto& address : addresses) value.insert(value.end(), address.begin(), address.end());
    return value;
}

template <std::size_t Size>
std::vector<std::array<std::uint8_t, Size>> split(byte_view value) {
    std::vector<std::array<std::uint8_t, Size>> addresses(value.size() / Size);
    for (auto& address : addresses) {
        std::copy_n(value.begin(), Size, address.begin());
        value = value.subspan(Size);
    }
    return addresses;
}

DRAGLINE_DECL bool is_alpn_list(byte_view value) noexcept {
    if (value.empty()) return false;
    while (!value.empty()) {
        const std::size_t size = value[0];
        if (size == 0 || value.size() <= size) return false;
        value = value.subspan(size + 1);
    }
    return true;
}

DRAGLINE_DECL bool is_key_list(byte_view value) noexcept {
    if (value.empty() || value.size() % 2 != 0) return false;
    std::uint16_t last = 0;  // "mandatory" itself is not allowed
    for (; !value.empty(); value = value.subspan(2)) {
        const auto key = load_big16(value.data());
        if (key <= last) return false;
        last = key;
    }
    return true;
}

// The value of a well-formed parameter, or nothing.
DRAGLINE_DECL byte_view usable_value(const service_parameters& from, service_key key) noexcept {
    const auto* value = from.find(key);
    return value && service_parameters::is_well_formed(key, *value) ? byte_view(*value) : byte_view();
}

}  // namespace detail

DRAGLINE_DECL std::string to_string(service_key key) {
    switch (key) {
        case service_key::mandatory: return "mandatory";
        case service_key::alpn: return "alpn";
        case service_key::no_default_alpn: return "no-default-alpn";
        case service_key::port: return "port";
        case service_key::ipv4hint: return "ipv4hint";
        case service_key::ech: return "ech";
        case service_key::ipv6hint: return "ipv6hint";
    }
    return "key" + std::to_string(static_cast<unsigned>(key));
}

DRAGLINE_DECL service_parameters& service_parameters::set(service_key key, std::vector<std::uint8_t> value) {
    const auto at =
        std::lower_bound(all_.begin(), all_.end(), key,
                         [](const auto& known, service_key wanted) { return known.key < wanted; });
    if (at != all_.end() && at->key == key) {
        at->value = std::move(value);
    } else {
        all_.emplace(at, key, std::move(value));
    }
    return *this;
}

DRAGLINE_DECL const std::vector<std::uint8_t>* service_parameters::find(service_key key) const noexcept {
    const auto at =
        std::lower_bound(all_.begin(), all_.end(), key,
                         [](const auto& known, service_key wanted) { return known.key < wanted; });
    return at != all_.end() && at->key == key ? &at->value : nullptr;
}

DRAGLINE_DECL service_parameters& service_parameters::mandatory(std::vector<service_key> keys) {
    std::sort(keys.begin(), keys.end());
    std::vector<std::uint8_t> value(keys.size() * 2);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        store_big16(&value[i * 2], static_cast<std::uint16_t>(keys[i]));
    }
    return set(service_key::mandatory, std::move(value));
}

DRAGLINE_DECL std::vector<service_key> service_parameters::mandatory() const {
    std::vector<service_key> keys;
    for (auto value = detail::usable_value(*this, service_key::mandatory); !value.empty();
         value = value.subspan(2)) {
        keys.push_back(static_cast<service_key>(load_big16(value.data())));
    }
    return keys;
}

DRAGLINE_DECL service_parameters& service_parameters::alpn(const std::vector<std::string>& protocols) {
    std::vector<std::uint8_t> value;
    for (const auto& protocol : protocols) {
        // A length of 0 is not well-formed: what is too long stays visible as an error.
        value.push_back(protocol.size() > 255 ? std::uint8_t{0} : static_cast<std::uint8_t>(protocol.size()));
        value.insert(value.end(), protocol.begin(), protocol.end());
    }
    return set(service_key::alpn, std::move(value));
}

DRAGLINE_DECL std::vector<std::string> service_parameters::alpn() const {
    std::vector<std::string> protocols;
    for (auto value = detail::usable_value(*this, service_key::alpn); !value.empty();) {
        const auto protocol = value.subspan(1, value[0]);
        protocols.emplace_back(protocol.begin(), protocol.end());
        value = value.subspan(protocol.size() + 1);
    }
    return protocols;
}

DRAGLINE_DECL service_parameters& service_parameters::port(std::uint16_t number) {
    std::vector<std::uint8_t> value(2);
    store_big16(value.data(), number);
    return set(service_key::port, std::move(value));
}

DRAGLINE_DECL std::optional<std::uint16_t> service_parameters::port() const {
    const auto value = detail::usable_value(*this, service_key::port);
    return value.empty() ? std::nullopt : std::optional(load_big16(value.data()));
}

DRAGLINE_DECL service_parameters& service_parameters::ipv4hint(const std::vector<address_v4>& addresses) {
    return set(service_key::ipv4hint, detail::join(addresses));
}

DRAGLINE_DECL std::vector<service_parameters::address_v4> service_parameters::ipv4hint() const {
    return detail::split<4>(detail::usable_value(*this, service_key::ipv4hint));
}

DRAGLINE_DECL service_parameters& service_parameters::ipv6hint(const std::vector<address_v6>& addresses) {
    return set(service_key::ipv6hint, detail::join(addresses));
}

DRAGLINE_DECL std::vector<service_parameters::address_v6> service_parameters::ipv6hint() const {
    return detail::split<16>(detail::usable_value(*this, service_key::ipv6hint));
}

DRAGLINE_DECL bool service_parameters::is_well_formed(service_key key, byte_view value) noexcept {
    switch (key) {
        case service_key::mandatory: return detail::is_key_list(value);
        case service_key::alpn: return detail::is_alpn_list(value);
        case service_key::no_default_alpn: return value.empty();
        case service_key::port: return value.size() == 2;
        case service_key::ipv4hint: return !value.empty() && value.size() % 4 == 0;
        case service_key::ech: return !value.empty();
        case service_key::ipv6hint: return !value.empty() && value.size() % 16 == 0;
    }
    return true;
}

DRAGLINE_DECL bool service_parameters::is_well_formed() const noexcept {
    return std::all_of(all_.begin(), all_.end(),
                       [](const service_parameter& each) { return is_well_formed(each.key, each.value); });
}

DRAGLINE_DECL bool service_parameters::is_consistent() const {
    const auto needed = mandatory();
    return std::all_of(needed.begin(), needed.end(), [this](service_key key) { return contains(key); }) &&
           (!no_default_alpn() || contains(service_key::alpn));
}

}  // namespace dragline::dns

#endif
