// Included by <dragline/http/detail/hop_connection.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <string>
#include <string_view>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL void hop_connection::write_key(std::string& key) const {
    key = url_.host();
    if (proxies_) [[unlikely]] {
        if (proxies_->forwards()) key.clear();
        if (!proxies_->direct()) ascii::append_number(key += " p", proxies_->number());
    }
    if (tls_) ascii::append_number(key += " s", tls_->number);
    // With their sizes, so that no text can look like two of them.
    const auto add = [&key](char what, std::string_view value) {
        ascii::append_number((key += ' ') += what, value.size());
        (key += ':') += value;
    };
    if (goes_elsewhere()) [[unlikely]]
        add('t', options_.connect_to()->to_string());
    if (options_.bind_address()) [[unlikely]]
        add('f', options_.bind_address()->to_string());
    if (!options_.bind_interface().empty()) [[unlikely]]
        add('i', options_.bind_interface());
}

DRAGLINE_DECL void hop_connection::write_request(net::connect_request& request) const {
    if (goes_elsewhere()) [[unlikely]] {
        request.target = *options_.connect_to();
    } else {
        request.target = net::endpoint(url_.hostname(), url_.port_or_default());
    }
    if (options_.bind_address()) [[unlikely]]
        request.bind_address = options_.bind_address();
    if (!options_.bind_interface().empty()) [[unlikely]]
        request.bind_interface = options_.bind_interface();
    if (tls_) {
        request.tls = tls_->context;
        request.tls_options.host(std::string(url_.bare_hostname()));
        request.tls_options.tickets(tls_->tickets, std::string(url_.host()));
        request.writes_first = true;
    }
    request.resolve_timeout = options_.resolve_timeout();
    request.connect_timeout = options_.connect_timeout();
    request.proxy_timeout = options_.proxy_timeout();
    request.tls_timeout = options_.tls_timeout();
}

}  // namespace dragline::http::detail

#endif
