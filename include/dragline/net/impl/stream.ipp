// Included by <dragline/net/stream.hpp> only.
#pragma once

#include <dragline/net/detail/socket_setup.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

namespace dragline::inline v1::net {

DRAGLINE_DECL stream::stream(std::shared_ptr<detail::stream_layer> layer, const stream_options& options,
                             std::string host) {
    const auto now = async::loop_state::of(layer->get_executor()).now();
    state_ = std::make_shared<detail::stream_state>(std::move(layer), options, now, std::move(host));
}

DRAGLINE_DECL stream& stream::operator=(stream&& other) noexcept {
    if (this != &other) abort();
    state_ = std::move(other.state_);
    return *this;
}

DRAGLINE_DECL read_shortfall stream::incomplete_read() const {
    read_shortfall shortfall;
    shortfall.partial = state_->reader.unread().view();
    shortfall.expected = state_->reader.expected();
    return shortfall;
}

DRAGLINE_DECL result<endpoint> stream::remote_endpoint() const {
    auto* const socket = layer().socket();
    if (!socket) return asio::error::make_error_code(asio::error::operation_not_supported);
    std::error_code ec;
    const auto remote = socket->remote_endpoint(ec);
    if (ec) return ec;
    return detail::endpoint_of(remote);
}

DRAGLINE_DECL result<endpoint> stream::local_endpoint() const { return detail::local_endpoint_of(layer()); }

DRAGLINE_DECL result<void> stream::set(const socket_options& options) {
    auto* const socket = layer().socket();
    if (!socket) return asio::error::make_error_code(asio::error::operation_not_supported);
    return detail::set_up_socket(*socket, options);
}

}  // namespace dragline::net

#endif
