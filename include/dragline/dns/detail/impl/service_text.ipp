// Included by <dragline/dns/detail/service_text.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/dns/detail/address_text.hpp>
#include <dragline/dns/detail/binary_text.hpp>
#include <dragline/dns/detail/text_reader.hpp>
#include <dragline/dns/detail/text_writer.hpp>

#if DRAGLINE_HEADER_BODIES

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace dragline::inline v1::dns::detail {

inline constexpr auto last_known_key = static_cast<std::uint16_t>(service_key::ipv6hint);

DRAGLINE_DECL void append_alpn(std::string& text, const service_parameters& from) {
    std::string list;
    for (const auto& protocol : from.alpn()) {
        if (!list.empty()) list += ',';
        for (const char c : protocol) {
            if (c == ',' || c == '\\') list += '\\';
            list += c;
        }
    }
    append_quoted(text, list);
}

template <class Address, class Bytes>
void append_addresses(std::string& text, const std::vector<Bytes>& addresses) {
    for (const auto& bytes : addresses) {
        if (&bytes != addresses.data()) text += ',';
        text += Address(bytes).to_string();
    }
}

DRAGLINE_DECL void append_keys(std::string& text, const std::vector<service_key>& keys) {
    for (const auto& key : keys) {
        if (&key != keys.data()) text += ',';
        text += to_string(key);
    }
}

// The value behind a key, in the form of that key.
DRAGLINE_DECL void append_value(std::string& text, const service_parameters& from, service_key key) {
    switch (key) {
        case service_key::mandatory: return append_keys(text, from.mandatory());
        case service_key::alpn: return append_alpn(text, from);
        case service_key::no_default_alpn: return;
        case service_key::port: text += std::to_string(*from.port()); return;
        case service_key::ipv4hint: return append_addresses<asio::ip::address_v4>(text, from.ipv4hint());
        case service_key::ech:
            text += '"';
            append_base64(text, from.ech());
            text += '"';
            return;
        case service_key::ipv6hint: return append_addresses<asio::ip::address_v6>(text, from.ipv6hint());
    }
}

DRAGLINE_DECL void append_parameters(std::string& text, const service_parameters& parameters) {
    for (const auto& [key, value] : parameters.all()) {
        text += ' ';
        const bool known = static_cast<std::uint16_t>(key) <= last_known_key;
        if (known && service_parameters::is_well_formed(key, value)) {
            text += to_string(key);
            if (value.empty()) continue;
            text += '=';
            append_value(text, parameters, key);
        } else {
            text += "key" + std::to_string(static_cast<unsigned>(key));
            if (value.empty()) continue;
            text += '=';
            append_quoted(text, {reinterpret_cast<const char*>(value.data()), value.size()});
        }
    }
}

// "alpn", "key667".
DRAGLINE_DECL std::optional<service_key> parse_key(std::string_view text) {
    for (auto number = std::uint16_t{0}; number <= last_known_key; ++number) {
        const auto key = static_cast<service_key>(number);
        if (to_string(key) == text) return key;
    }
    if (!text.starts_with("key")) return std::nullopt;
    text.remove_prefix(3);
    if (text.size() > 1 && text.front() == '0') return std::nullopt;
    const auto number = ascii::parse_number<std::uint16_t>(text);
    return number ? std::optional(static_cast<service_key>(*number)) : std::nullopt;
}

// Calls `visit(item)`, which may refuse, for each item between commas; false as well for an empty list or
// item.
template <class Visit>
bool for_each_in_list(std::string_view list, Visit visit) {
    for (;;) {
        const auto comma = list.find(',');
        const auto item = list.substr(0, comma);
        if (item.empty() || !visit(item)) return false;
        if (comma == list.npos) return true;
        list.remove_prefix(comma + 1);
    }
}

template <class Address, class Bytes>
bool add_addresses(std::vector<Bytes>& to, std::string_view list) {
    return for_each_in_list(list, [&to](std::string_view item) {
        const auto address = parse_address<Address>(item);
        if (address) to.push_back(address->to_bytes());
        return address.has_value();
    });
}

// Protocols between commas; a backslash before a comma or backslash makes that a part of the name.
DRAGLINE_DECL bool add_alpn(service_parameters& to, std::string_view text) {
    const auto list = unescape(text);
    if (!list) return false;
    std::vector<std::string> protocols(1);
    for (std::size_t i = 0; i < list->size(); ++i) {
        char c = (*list)[i];
        if (c == ',') {
            protocols.emplace_back();
            continue;
        }
        if (c == '\\') {
            if (++i == list->size()) return false;
            c = (*list)[i];
            if (c != ',' && c != '\\') return false;
        }
        protocols.back() += c;
    }
    to.alpn(protocols);
    return true;
}

DRAGLINE_DECL bool add_mandatory(service_parameters& to, std::string_view list) {
    std::vector<service_key> keys;
    const bool good = for_each_in_list(list, [&keys](std::string_view item) {
        const auto key = parse_key(item);
        if (key) keys.push_back(*key);
        return key.has_value();
    });
    to.mandatory(std::move(keys));
    return good;
}

// A value in the form of its key, which has a name.
DRAGLINE_DECL bool add_known(service_parameters& to, service_key key, std::string_view value) {
    switch (key) {
        case service_key::mandatory: return add_mandatory(to, value);
        case service_key::alpn: return add_alpn(to, value);
        case service_key::no_default_alpn: to.set_no_default_alpn(); return value.empty();
        case service_key::port: {
            const auto number = ascii::parse_number<std::uint16_t>(value);
            to.port(number.value_or(0));
            return number.has_value();
        }
        case service_key::ipv4hint: {
            std::vector<service_parameters::address_v4> addresses;
            const bool good = add_addresses<asio::ip::address_v4>(addresses, value);
            to.ipv4hint(addresses);
            return good;
        }
        case service_key::ech: {
            auto list = parse_base64(value);
            to.ech(std::move(list).value_or(std::vector<std::uint8_t>()));
            return !to.ech().empty();
        }
        case service_key::ipv6hint: {
            std::vector<service_parameters::address_v6> addresses;
            const bool good = add_addresses<asio::ip::address_v6>(addresses, value);
            to.ipv6hint(addresses);
            return good;
        }
    }
    return false;
}

DRAGLINE_DECL bool add_parameter(service_parameters& to, std::string_view word) {
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    auto value = equals == word.npos ? std::string_view() : word.substr(equals + 1);
    if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
    const auto key = parse_key(name);
    if (!key || to.contains(*key)) return false;
    if (!name.starts_with("key")) return add_known(to, *key, value);
    const auto bytes = unescape(value);
    if (bytes) to.set(*key, std::vector<std::uint8_t>(bytes->begin(), bytes->end()));
    return bytes.has_value();
}

}  // namespace dragline::dns::detail

#endif
