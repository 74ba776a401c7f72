// Included by <dragline/dns/name.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/dns/wire/name.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <cstdint>
#include <optional>
#include <system_error>
#include <vector>

namespace dragline::inline v1::dns {
namespace detail {

DRAGLINE_DECL bool is_name_or_below(std::string_view name, std::string_view parent) noexcept {
    if (!name.ends_with(parent)) return false;
    return name.size() == parent.size() || name[name.size() - parent.size() - 1] == '.';
}

DRAGLINE_DECL std::optional<asio::ip::address> literal_address(std::string_view name) {
    constexpr std::size_t longest = 45;
    if (name.empty() || name.size() > longest) return std::nullopt;
    if (!ascii::is_digit(name.back()) && name.find(':') == name.npos) return std::nullopt;
    if (name.find('\0') != name.npos) return std::nullopt;  // which would end the text early
    std::error_code ec;
    const auto address = asio::ip::make_address(name, ec);
    return ec ? std::nullopt : std::optional(address);
}

DRAGLINE_DECL asio::ip::address plain_address(const asio::ip::address& address) {
    if (address.is_v4()) return address;
    const auto v6 = address.to_v6();
    if (v6.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, v6);
    return asio::ip::address_v6(v6.to_bytes());
}

}  // namespace detail

DRAGLINE_DECL result<std::string> normal_host_name(std::string_view name) {
    constexpr std::size_t max_label = 63;
    if (name.empty()) return errc::empty_name;
    if (name.back() == '.') name.remove_suffix(1);
    if (name.empty()) return errc::empty_label;
    if (name.size() > max_host_name) return errc::name_too_long;
    std::size_t label = 0;
    for (const char c : name) {
        if (c == '.') {
            if (label == 0) return errc::empty_label;
            label = 0;
            continue;
        }
        if (static_cast<unsigned char>(c) > 0x7f) return errc::non_ascii_name;
        if (!ascii::is_alphanumeric(c) && c != '-' && c != '_') return errc::invalid_name;
        if (++label > max_label) return errc::label_too_long;
    }
    if (label == 0) return errc::empty_label;
    return ascii::to_lower(name);
}

DRAGLINE_DECL result<std::string> normal_name(std::string_view name) {
    if (detail::literal_address(name)) return errc::invalid_name;
    if (!std::all_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
        return errc::non_ascii_name;
    std::vector<std::uint8_t> bytes;
    if (const auto ec = wire::encode_name(name, bytes)) return ec;
    std::size_t start = 0;
    return ascii::to_lower(*wire::decode_name(bytes, start));
}

DRAGLINE_DECL std::string reverse_name(const asio::ip::address& address) {
    std::string name;
    const auto plain = detail::plain_address(address);
    if (plain.is_v4()) {
        const auto bytes = plain.to_v4().to_bytes();
        for (auto at = bytes.rbegin(); at != bytes.rend(); ++at) (name += std::to_string(*at)) += '.';
        return name += "in-addr.arpa";
    }
    constexpr std::string_view digits = "0123456789abcdef";
    const auto bytes = plain.to_v6().to_bytes();
    for (auto at = bytes.rbegin(); at != bytes.rend(); ++at) {
        for (const int nibble : {*at & 0xf, *at >> 4})
            (name += digits[static_cast<std::size_t>(nibble)]) += '.';
    }
    return name += "ip6.arpa";
}

DRAGLINE_DECL bool is_localhost(std::string_view name) noexcept {
    return detail::is_name_or_below(name, "localhost");
}

DRAGLINE_DECL bool is_onion(std::string_view name) noexcept {
    return detail::is_name_or_below(name, "onion");
}

}  // namespace dragline::dns

#endif
