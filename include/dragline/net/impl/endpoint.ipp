// Included by <dragline/net/endpoint.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::net {

DRAGLINE_DECL endpoint::endpoint(std::string_view host, std::uint16_t port) : host_(host), port_(port) {
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host_ = host.substr(1, host.size() - 2);
    std::error_code ec;
    if (const auto colon = host_.find(':'); colon < host_.find('\0')) {
        const auto literal = asio::ip::make_address_v6(host_, ec);
        if (!ec) address_ = literal, host_ = literal.to_string();
    } else if (!host_.empty() && ascii::is_digit(host_.front())) {  // no name is worth asking the system
        const auto literal = asio::ip::make_address_v4(host_, ec);
        if (!ec) address_ = literal;
        // Of IPv4 the usual spelling alone is read, up to a NUL.
        if (!ec && host_.find('\0') != host_.npos) host_ = literal.to_string();
    }
}

DRAGLINE_DECL endpoint::endpoint(const asio::ip::address& address, std::uint16_t port)
    : host_(address.to_string()), address_(address), port_(port) {}

DRAGLINE_DECL endpoint endpoint::local_socket(std::string_view path) {
    endpoint made;
    made.host_ = path;
    made.local_ = true;
    return made;
}

DRAGLINE_DECL result<endpoint> endpoint::parse(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == text.npos || colon == 0) return errc::invalid_endpoint;
    const auto host = text.substr(0, colon);
    const auto port = ascii::parse_number<std::uint16_t>(text.substr(colon + 1));
    const bool bracketed = host.front() == '[' && host.back() == ']';
    if (!port || (!bracketed && host.find(':') != host.npos)) return errc::invalid_endpoint;
    endpoint made(host, *port);
    if (bracketed && !(made.address_ && made.address_->is_v6())) return errc::invalid_endpoint;
    return made;
}

DRAGLINE_DECL std::string endpoint::to_string() const {
    if (local_) return host_;
    const bool brackets = address_ && address_->is_v6();
    return (brackets ? '[' + host_ + ']' : host_) + ':' + std::to_string(port_);
}

}  // namespace dragline::net

#endif
