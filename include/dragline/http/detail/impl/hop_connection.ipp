// Included by <dragline/http/detail/hop_connection.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <string>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL void hop_connection::write_key(std::string& key) const {
    key.clear();
    if (!proxies_ || !proxies_->forwards()) {
        key = url_.hostname();
        key += ':';
        key += std::to_string(url_.port_or_default());
    }
    // With their sizes, so that no text can look like two of them.
    const auto add = [&key](char what, const std::string& value) {
        ((((key += ' ') += what) += std::to_string(value.size())) += ':') += value;
    };
    if (proxies_ && !proxies_->direct()) add('p', std::to_string(proxies_->number()));
    if (tls_) add('s', std::to_string(tls_->number));
    if (goes_elsewhere()) add('t', options_.connect_to()->to_string());
    if (options_.bind_address()) add('f', options_.bind_address()->to_string());
    if (!options_.bind_interface().empty()) add('i', options_.bind_interface());
}

DRAGLINE_DECL net::connect_request hop_connection::request() const {
    net::connect_request request;
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
    return request;
}

}  // namespace dragline::http::detail

#endif
