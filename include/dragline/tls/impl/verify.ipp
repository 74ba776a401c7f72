// Included by <dragline/tls/verify.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/tls/detail/openssl.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <cstdint>
#include <utility>

namespace dragline::inline v1::tls {
namespace detail {

// Stricter than OpenSSL's own parser, which takes ":" for an address.
DRAGLINE_DECL bool is_ipv4(std::string_view text) noexcept {
    for (int part = 0; part < 4; ++part) {
        const auto number = text.substr(0, text.find('.'));
        if (number.size() > 3 || !ascii::parse_number<std::uint8_t>(number)) return false;
        if (number.size() > 1 && number.front() == '0') return false;
        if ((part == 3) != (number.size() == text.size())) return false;
        text.remove_prefix(std::min(number.size() + 1, text.size()));
    }
    return true;
}

// RFC 4291, 2.2.
DRAGLINE_DECL bool is_ipv6(std::string_view text) noexcept {
    std::size_t groups = 0;
    bool gap = text.starts_with("::");
    if (gap) text.remove_prefix(2);
    while (!text.empty()) {
        const auto end = text.find(':');
        const auto group = text.substr(0, end);
        if (end == text.npos && group.find('.') != text.npos) {
            return is_ipv4(group) && (gap ? groups < 6 : groups == 6);
        }
        if (group.size() > 4 || !ascii::parse_number<std::uint16_t>(group, 16)) return false;
        ++groups;
        if (end == text.npos) break;
        text.remove_prefix(end + 1);
        if (text.empty()) return false;
        if (text.front() != ':') continue;
        if (std::exchange(gap, true)) return false;
        text.remove_prefix(1);
    }
    return gap ? groups < 8 : groups == 8;
}

DRAGLINE_DECL bool is_host_name(std::string_view text) noexcept {
    constexpr std::size_t longest = 253;  // RFC 1035, 2.3.4, as text
    if (text.empty() || text.size() > longest || text.back() == '.' || text.front() == '.') return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return c > ' ' && static_cast<unsigned char>(c) < 0x7f && c != '[' && c != ']' && c != '%' &&
               c != ':';
    });
}

}  // namespace detail

DRAGLINE_DECL result<server_identity> server_identity::parse(std::string_view host) {
    const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    if (bracketed || host.find(':') != host.npos) {
        std::string address = ascii::to_lower(host.substr(0, host.find('%')));
        if (!detail::is_ipv6(address)) return errc::invalid_host;
        return server_identity(std::move(address), true);
    }
    if (host.ends_with('.')) host.remove_suffix(1);
    std::string name = ascii::to_lower(host);
    // A host that ends in a number is an IPv4 address or nothing (WHATWG URL, "ends in a number").
    if (const auto last = name.substr(name.rfind('.') + 1);
        !last.empty() && std::all_of(last.begin(), last.end(), ascii::is_digit)) {
        if (!detail::is_ipv4(name)) return errc::invalid_host;
        return server_identity(std::move(name), true);
    }
    if (!detail::is_host_name(name)) return errc::invalid_host;
    return server_identity(std::move(name), false);
}

DRAGLINE_DECL errc verify_error(int openssl_result) noexcept {
    switch (openssl_result) {
        case X509_V_ERR_CERT_HAS_EXPIRED: return errc::certificate_expired;
        case X509_V_ERR_CERT_NOT_YET_VALID: return errc::certificate_not_yet_valid;
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_CERT_UNTRUSTED: return errc::unknown_issuer;
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return errc::self_signed;
        case X509_V_ERR_HOSTNAME_MISMATCH: return errc::host_mismatch;
        case X509_V_ERR_IP_ADDRESS_MISMATCH: return errc::address_mismatch;
        case X509_V_ERR_CERT_REVOKED: return errc::certificate_revoked;
        case X509_V_ERR_OUT_OF_MEM: return errc::library_failure;
        default: return errc::certificate_invalid;
    }
}

}  // namespace dragline::inline v1::tls

#endif
