// Included by <dragline/testing/http_server.hpp> only.
#pragma once

#include <dragline/testing/detail/http_server_state.hpp>

#if DRAGLINE_HEADER_BODIES

#include <utility>

namespace dragline::inline v1::testing {
namespace detail {

DRAGLINE_DECL tls::server_options options_of(const issued_certificate& certificate) {
    return tls::server_options()
        .certificate_chain_pem(certificate.chain_pem)
        .private_key_pem(certificate.private_key_pem);
}

}  // namespace detail

DRAGLINE_DECL http_server::http_server() : http_server(unbound) { listen(); }

DRAGLINE_DECL http_server::http_server(const tls::server_options& certificate) : http_server(unbound) {
    listen_tls(certificate);
}

DRAGLINE_DECL http_server::http_server(const issued_certificate& certificate)
    : http_server(detail::options_of(certificate)) {}

DRAGLINE_DECL http_server::http_server(unbound_t) : state_(std::make_unique<detail::http_server_state>()) {}

DRAGLINE_DECL http_server::~http_server() = default;

DRAGLINE_DECL asio::ip::tcp::endpoint http_server::listen(const asio::ip::address& where,
                                                          std::uint16_t port) {
    return state_->listen({where, port}, nullptr);
}

DRAGLINE_DECL asio::ip::tcp::endpoint http_server::listen_tls(const tls::server_options& certificate,
                                                              const asio::ip::address& where,
                                                              std::uint16_t port) {
    return state_->listen({where, port}, &certificate);
}

DRAGLINE_DECL asio::ip::tcp::endpoint http_server::listen_tls(const issued_certificate& certificate,
                                                              const asio::ip::address& where,
                                                              std::uint16_t port) {
    return listen_tls(detail::options_of(certificate), where, port);
}

DRAGLINE_DECL http_server& http_server::certificate_for(std::string_view server_name,
                                                        const issued_certificate& certificate) {
    return certificate_for(server_name, detail::options_of(certificate));
}

DRAGLINE_DECL http_server& http_server::certificate_for(std::string_view server_name,
                                                        const tls::server_options& certificate) {
    state_->set_certificate(server_name, certificate);
    return *this;
}

DRAGLINE_DECL http_server& http_server::on(std::string path, http_script script) {
    return on_host({}, std::move(path), std::move(script));
}

DRAGLINE_DECL http_server& http_server::on_host(std::string_view host, std::string path, http_script script) {
    state_->routes.add(host, std::move(path), std::move(script));
    return *this;
}

DRAGLINE_DECL http_server& http_server::fail_connections(std::size_t count, ending how) {
    state_->fail_connections(count, how);
    return *this;
}

DRAGLINE_DECL asio::ip::tcp::endpoint http_server::endpoint() const { return state_->first_place().first; }

DRAGLINE_DECL std::string http_server::url(std::string_view target) const {
    const auto [place, secure] = state_->first_place();
    std::string out = secure ? "https://" : "http://";
    out += place.address().is_v6() ? "[" + place.address().to_string() + "]" : place.address().to_string();
    return out.append(":").append(std::to_string(place.port())).append(target);
}

DRAGLINE_DECL std::vector<http_request> http_server::requests() const { return state_->log.entries(); }
DRAGLINE_DECL std::size_t http_server::request_count() const { return state_->log.size(); }
DRAGLINE_DECL void http_server::clear_requests() { state_->log.clear(); }

DRAGLINE_DECL std::uint64_t http_server::connection_count() const { return state_->log.counts().connections; }
DRAGLINE_DECL std::uint64_t http_server::open_connections() const {
    return state_->log.counts().open_connections;
}
DRAGLINE_DECL std::uint64_t http_server::malformed_requests() const {
    return state_->log.counts().malformed_requests;
}
DRAGLINE_DECL std::uint64_t http_server::failed_handshakes() const {
    return state_->log.counts().failed_handshakes;
}

DRAGLINE_DECL bool http_server::wait_for_requests(std::size_t count, duration limit) const {
    return state_->log.wait(limit, [&](const auto& seen, const auto&) { return seen.size() >= count; });
}

DRAGLINE_DECL bool http_server::wait_for_open_connections(std::size_t count, duration limit) const {
    return state_->log.wait(
        limit, [&](const auto&, const auto& counts) { return counts.open_connections == count; });
}

}  // namespace dragline::testing

#endif
