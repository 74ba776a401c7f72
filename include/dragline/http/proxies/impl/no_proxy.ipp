// Included by <dragline/http/proxies/no_proxy.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/http/detail/host_name.hpp>
#include <dragline/url/host.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <system_error>

namespace dragline::inline v1::http {
namespace detail {

inline std::optional<unsigned> parse_number(std::string_view digits, unsigned most) {
    unsigned value = 0;
    const auto* end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, value);
    if (digits.empty() || read.ec != std::errc() || read.ptr != end || value > most) return std::nullopt;
    return value;
}

// An IPv4 address that is written as one of IPv6 is itself. No scope: it means nothing in a URL.
inline std::optional<asio::ip::address> parse_plain_address(std::string_view text) {
    if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
    std::error_code ec;
    const auto address = asio::ip::make_address(std::string(text), ec);
    if (ec || text.find('%') != text.npos) return std::nullopt;
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    return address;
}

inline unsigned bits_of(const asio::ip::address& address) noexcept { return address.is_v4() ? 32 : 128; }

inline bool in_network(const asio::ip::address& address, const asio::ip::address& network, unsigned prefix) {
    if (address.is_v4() != network.is_v4()) return false;
    const auto agree = [prefix](const auto& a, const auto& b) {
        for (unsigned bit = 0; bit < prefix; bit += 8) {
            const auto other = static_cast<unsigned>(a[bit / 8] ^ b[bit / 8]);
            if (other >> (prefix - bit < 8 ? 8 - (prefix - bit) : 0) != 0) return false;
        }
        return true;
    };
    return address.is_v4() ? agree(address.to_v4().to_bytes(), network.to_v4().to_bytes())
                           : agree(address.to_v6().to_bytes(), network.to_v6().to_bytes());
}

}  // namespace detail

DRAGLINE_DECL no_proxy::no_proxy(std::string_view list) {
    constexpr std::string_view between = ", \t\r\n";
    while (!list.empty()) {
        const auto text = list.substr(0, list.find_first_of(between));
        list.remove_prefix(std::min(list.size(), text.size() + 1));
        if (text.empty()) continue;
        entry made;
        if (parse(text, made)) {
            entries_.push_back(std::move(made));
        } else {
            ignored_.emplace_back(text);
        }
    }
}

DRAGLINE_DECL bool no_proxy::parse(std::string_view text, entry& into) {
    if (text.find('/') != text.npos) return parse_network(text, into);
    const auto colon = text.rfind(':');
    const bool is_address = text.find(':') != colon && !text.starts_with('[');
    if (colon != text.npos && !is_address && !text.ends_with(']')) {
        const auto port = detail::parse_number(text.substr(colon + 1), 0xffff);
        if (!port || *port == 0) return false;
        into.port = static_cast<std::uint16_t>(*port);
        text = text.substr(0, colon);
    }
    if (text == "*") return true;
    if (text.starts_with('[') || is_address) return parse_network(text, into);
    return parse_name(text, into);
}

DRAGLINE_DECL bool no_proxy::parse_network(std::string_view text, entry& into) {
    const auto slash = text.find('/');
    const auto address = detail::parse_plain_address(text.substr(0, slash));
    if (!address) return false;
    into.what = kind::network;
    into.network = *address;
    into.prefix = detail::bits_of(*address);
    if (slash == text.npos) return true;
    const bool mapped = address->is_v4() && text.find(':') != text.npos;
    auto prefix = detail::parse_number(text.substr(slash + 1), mapped ? 128 : into.prefix);
    if (!prefix || (mapped && *prefix < 96)) return false;
    into.prefix = mapped ? *prefix - 96 : *prefix;
    return true;
}

DRAGLINE_DECL bool no_proxy::parse_name(std::string_view text, entry& into) {
    into.what = kind::name;
    if (text.starts_with("*.")) text.remove_prefix(1);
    if (text.starts_with('.')) {
        into.what = kind::below;
        text.remove_prefix(1);
    }
    // The parser of hosts forgives more than a setting should.
    if (text.empty() || text.starts_with('.') || text.find_first_of("%*@") != text.npos) return false;
    const auto host = url::parse_host(text);
    if (!host) return false;
    if (host->kind() == url::host_kind::ipv4)
        return into.what == kind::name && parse_network(host->text(), into);
    into.name = detail::without_final_dot(host->text());
    return !into.name.empty();
}

DRAGLINE_DECL bool no_proxy::matches(const url::url& where) const {
    if (entries_.empty()) return false;
    const auto port = where.port_or_default();
    const bool is_name = where.host_type() == url::host_kind::domain;
    const auto name = detail::without_final_dot(where.hostname());
    const auto address = is_name ? std::nullopt : detail::parse_plain_address(where.hostname());
    return std::any_of(entries_.begin(), entries_.end(), [&](const entry& each) {
        if (each.port != 0 && each.port != port) return false;
        if (each.what == kind::all) return true;
        if (each.what == kind::network)
            return address && detail::in_network(*address, each.network, each.prefix);
        if (!is_name || !detail::is_within_domain(name, each.name)) return false;
        return each.what == kind::name || name.size() > each.name.size();
    });
}

}  // namespace dragline::http

#endif
