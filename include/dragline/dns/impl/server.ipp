// Included by <dragline/dns/server.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <system_error>

namespace dragline::inline v1::dns {

DRAGLINE_DECL result<server> server::parse(std::string_view text) {
    std::string_view host = text;
    std::string_view port;
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == text.npos) return errc::invalid_server;
        host = text.substr(1, close - 1);
        const auto rest = text.substr(close + 1);
        if (!rest.empty() && rest.front() != ':') return errc::invalid_server;
        if (rest == ":" || host.find(':') == host.npos) return errc::invalid_server;
        if (!rest.empty()) port = rest.substr(1);
    } else if (const auto colon = text.find(':');
               colon != text.npos && text.find(':', colon + 1) == text.npos) {
        host = text.substr(0, colon);
        port = text.substr(colon + 1);
        if (port.empty()) return errc::invalid_server;
    }
    std::uint16_t number = default_port;
    if (!port.empty()) {
        const auto parsed = ascii::parse_number<std::uint16_t>(port);
        if (!parsed || *parsed == 0) return errc::invalid_server;
        number = *parsed;
    }
    constexpr std::size_t longest = 45;  // an IPv6 address with an IPv4 tail
    if (host.size() > longest || host.find_first_of(std::string_view("%\0", 2)) != host.npos)
        return errc::invalid_server;
    std::error_code ec;
    auto address = asio::ip::make_address(std::string(host), ec);
    if (ec) return errc::invalid_server;
    return server(std::move(address), number);
}

DRAGLINE_DECL std::string server::to_string() const {
    const auto host = address_.to_string();
    return (address_.is_v6() ? "[" + host + "]:" : host + ":") + std::to_string(port_);
}

}  // namespace dragline::dns

#endif
