// Included by <dragline/http/detail/hop_connection.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <string>
#include <string_view>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL void hop_connection::write_key(std::string& key) const {
    key = proxies_ && proxies_->forwards() ? std::string_view() : url_.host();
    if (proxies_ && !proxies_->direct()) ascii::append_number(key += " p", proxies_->number());
    if (tls_) ascii::append_number(key += " s", tls_->number);
    // With their sizes, so that no text can look like two of them.
    const auto add = [&key](char what, std::string_view value) {
        ascii::append_number((key += ' ') += what, value.size());
        (key += ':') += value;
    };
    if (goes_elsewhere()) add('t', options_.connect_to()->to_string());
    if (options_.bind_address()) add('f', options_.bind_address()->to_string());
    if (!options_.bind_interface().empty()) add('i', options_.bind_interface());
}

DRAGLINE_DECL void hop_connection::write_request(net::connect_request& request) const {
    request.target =
        goes_elsewhere() ? *options_.connect_to() : net::endpoint(url_.hostname(), url_.port_or_default());
    request.bind_address = options_.bind_address();
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
