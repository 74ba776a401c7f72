// Included by <dragline/net/proxies/wire/socks.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/url/ipv4.hpp>
#include <dragline/url/ipv6.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <utility>

namespace dragline::inline v1::net {
namespace detail {

inline constexpr std::size_t max_socks_text = 255;  // a size has one byte

inline void append_big(std::string& out, std::uint64_t value, int bytes) {
    while (bytes-- > 0) out += static_cast<char>(value >> (8 * bytes) & 0xff);
}

inline std::uint32_t load_big(std::string_view bytes) noexcept {
    std::uint32_t value = 0;
    for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
    return value;
}

inline bool is_socks_text(std::string_view text) noexcept { return text.size() <= max_socks_text; }

}  // namespace detail

DRAGLINE_DECL result<proxy_target> proxy_target::make(std::string_view host, std::uint16_t port) {
    proxy_target made;
    made.port_ = port;
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    if (bracketed || host.find(':') != host.npos) {
        const auto groups = url::parse_ipv6(host);
        if (!groups) return errc::invalid_endpoint;
        made.type_ = kind::ipv6;
        made.bytes_.clear();
        made.host_.clear();
        for (const auto group : *groups) detail::append_big(made.bytes_, group, 2);
        url::append_ipv6(made.host_, *groups);
        return made;
    }
    if (url::ends_in_number(host)) {
        const auto number = url::parse_ipv4(host);
        if (!number) return errc::invalid_endpoint;
        made.bytes_.clear();
        made.host_.clear();
        detail::append_big(made.bytes_, *number, 4);
        url::append_ipv4(made.host_, *number);
        return made;
    }
    const auto fits = [](char c) { return ascii::is_alphanumeric(c) || c == '-' || c == '_' || c == '.'; };
    if (host.empty() || !detail::is_socks_text(host) || !std::all_of(host.begin(), host.end(), fits))
        return errc::invalid_endpoint;
    made.type_ = kind::name;
    made.bytes_ = made.host_ = host;
    return made;
}

DRAGLINE_DECL result<proxy_target> proxy_target::parse(std::string_view bytes) {
    if (bytes.empty()) return errc::proxy_protocol_error;
    const auto type = static_cast<kind>(bytes.front());
    bytes.remove_prefix(1);
    const auto take = [&](std::size_t size) {
        const auto taken = bytes.substr(0, size);
        bytes.remove_prefix(taken.size());
        return taken;
    };
    std::string_view address;
    std::string text;
    switch (type) {
        case kind::ipv4:
            address = take(4);
            if (address.size() == 4) url::append_ipv4(text, detail::load_big(address));
            break;
        case kind::ipv6: {
            address = take(16);
            url::ipv6_groups groups{};
            for (std::size_t at = 0; at + 1 < address.size(); at += 2)
                groups[at / 2] = static_cast<std::uint16_t>(detail::load_big(address.substr(at, 2)));
            url::append_ipv6(text, groups);
            break;
        }
        case kind::name: text = address = take(detail::load_big(take(1))); break;
        default: return errc::proxy_address_not_supported;
    }
    if (bytes.size() != 2) return errc::proxy_protocol_error;
    // Also a name that is an address in disguise.
    auto made = make(text, static_cast<std::uint16_t>(detail::load_big(bytes)));
    if (!made) return errc::proxy_protocol_error;
    return made;
}

DRAGLINE_DECL std::string proxy_target::to_string() const {
    return (type_ == kind::ipv6 ? '[' + host_ + ']' : host_) + ':' + std::to_string(port_);
}

DRAGLINE_DECL void proxy_target::append_to(std::string& out) const {
    out += static_cast<char>(type_);
    if (type_ == kind::name) out += static_cast<char>(bytes_.size());
    out += bytes_;
    detail::append_big(out, port_, 2);
}

DRAGLINE_DECL std::error_code make_socks_error(socks_reply reply) noexcept {
    switch (reply) {
        case socks_reply::succeeded: return {};
        case socks_reply::general_failure: return errc::proxy_failure;
        case socks_reply::not_allowed: return errc::proxy_refused;
        case socks_reply::network_unreachable: return errc::proxy_network_unreachable;
        case socks_reply::host_unreachable: return errc::proxy_host_unreachable;
        case socks_reply::connection_refused: return errc::proxy_connection_refused;
        case socks_reply::ttl_expired: return errc::proxy_target_timeout;
        case socks_reply::command_not_supported: return errc::proxy_command_not_supported;
        case socks_reply::address_not_supported: return errc::proxy_address_not_supported;
    }
    return errc::proxy_failure;
}

DRAGLINE_DECL socks_reply make_socks_reply(const std::error_code& ec) noexcept {
    if (!ec) return socks_reply::succeeded;
    for (auto each = socks_reply::not_allowed; each <= socks_reply::address_not_supported;
         each = static_cast<socks_reply>(static_cast<int>(each) + 1)) {
        if (ec == make_socks_error(each)) return each;  // the failure of a proxy behind this one
    }
    if (ec == condition::blocked) return socks_reply::not_allowed;
    if (ec == condition::resolve_failed) return socks_reply::host_unreachable;
    if (ec == condition::timeout) return socks_reply::ttl_expired;
    // Asio 1.22 maps the codes of its own category for the system to nothing.
    const bool asio_system = std::string_view(ec.category().name()) == "asio.system";
    const auto code = asio_system ? std::error_code(ec.value(), std::system_category()) : ec;
    if (code == std::errc::connection_refused) return socks_reply::connection_refused;
    if (code == std::errc::network_unreachable) return socks_reply::network_unreachable;
    if (code == std::errc::host_unreachable) return socks_reply::host_unreachable;
    if (code == std::errc::timed_out) return socks_reply::ttl_expired;
    if (code == std::errc::address_family_not_supported) return socks_reply::address_not_supported;
    return socks_reply::general_failure;
}

DRAGLINE_DECL socks5_client::socks5_client(const proxy_target& target) : target_(target) {
    output_.assign("\5\1\0", 3);
    expect(2);
}

DRAGLINE_DECL socks5_client::socks5_client(const proxy_target& target, std::string_view user,
                                           std::string_view password)
    : has_credentials_(true), target_(target) {
    if (user.empty() || !detail::is_socks_text(user) || !detail::is_socks_text(password)) {
        error_ = errc::invalid_proxy;
        return;
    }
    output_.assign("\5\2\0\2", 4);
    ((credentials_ += '\1') += static_cast<char>(user.size())) += user;
    (credentials_ += static_cast<char>(password.size())) += password;
    expect(2);
}

DRAGLINE_DECL std::error_code socks5_client::on_method() {
    constexpr std::size_t none = 0, password = 2, no_acceptable = 0xff;
    if (byte(0) != 5) return errc::proxy_protocol_error;
    if (byte(1) == no_acceptable) return errc::proxy_authentication_required;
    if (byte(1) == none) {
        ask();
    } else if (byte(1) == password && has_credentials_) {
        output_ += credentials_;
        stage_ = stage::authentication;
        expect(2);
    } else {
        return errc::proxy_protocol_error;  // none of those that were offered
    }
    credentials_.clear();
    return {};
}

DRAGLINE_DECL void socks5_client::ask() {
    output_.append("\5\1\0", 3);
    target_.append_to(output_);
    stage_ = stage::reply;
    expect(5);
}

// Version, reply, a byte of nothing, the type of the address, and its first byte.
DRAGLINE_DECL std::error_code socks5_client::on_reply() {
    if (byte(0) != 5) return errc::proxy_protocol_error;
    status_ = static_cast<int>(byte(1));
    if (status_ != 0) return make_socks_error(static_cast<socks_reply>(status_));
    switch (static_cast<proxy_target::kind>(byte(3))) {
        case proxy_target::kind::ipv4: expect_in_all(4 + 4 + 2); break;
        case proxy_target::kind::ipv6: expect_in_all(4 + 16 + 2); break;
        case proxy_target::kind::name: expect_in_all(4 + 1 + byte(4) + 2); break;
        default: return errc::proxy_protocol_error;
    }
    stage_ = stage::address;
    return {};
}

DRAGLINE_DECL std::error_code socks5_client::step() {
    switch (stage_) {
        case stage::method: return on_method();
        case stage::authentication:
            if (byte(0) != 1) return errc::proxy_protocol_error;
            if (byte(1) != 0) return errc::proxy_authentication_refused;
            ask();
            return {};
        case stage::reply: return on_reply();
        case stage::address: break;
    }
    // Some proxies name nothing, or nonsense: the tunnel stands all the same.
    if (auto bound = proxy_target::parse(std::string_view(held_).substr(3))) bound_ = *std::move(bound);
    expect(0);
    done_ = true;
    return {};
}

DRAGLINE_DECL socks4a_client::socks4a_client(const proxy_target& target, std::string_view user) {
    if (!detail::is_socks_text(user) || user.find('\0') != user.npos) {
        error_ = errc::invalid_proxy;
        return;
    }
    const bool named = target.type() == proxy_target::kind::name;
    // 0.0.0.1 to 0.0.0.255 would say that a name follows.
    if (target.type() == proxy_target::kind::ipv6 ||
        (!named && detail::load_big(target.bytes()) <= detail::max_socks_text)) {
        error_ = errc::proxy_address_not_supported;
        return;
    }
    output_.assign("\4\1", 2);
    detail::append_big(output_, target.port(), 2);
    output_ += named ? std::string("\0\0\0\1", 4) : target.bytes();
    (output_ += user) += '\0';
    if (named) (output_ += target.host()) += '\0';
    expect(8);
}

DRAGLINE_DECL std::error_code socks4a_client::step() {
    constexpr int granted = 90, failed = 91, no_identity = 92, other_identity = 93;
    if (byte(0) != 0) return errc::proxy_protocol_error;
    status_ = static_cast<int>(byte(1));
    switch (status_) {
        case granted:
            expect(0);
            done_ = true;
            return {};
        case failed: return errc::proxy_failure;
        case no_identity:
        case other_identity: return errc::proxy_authentication_refused;
        default: return errc::proxy_protocol_error;
    }
}

}  // namespace dragline::net

#endif
