// Included by <dragline/net/detail/socket_dial.hpp> only.
#pragma once

#include <dragline/net/detail/socket_setup.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>
#include <asio/ip/tcp.hpp>

#include <cerrno>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL std::error_code socket_dial::start(const connect_request& request, bool is_here) {
    if (const auto ec = prepare(request)) [[unlikely]]
        return ec;
    if (!platform::socket_calls) return asio::error::in_progress;
    const auto begun = go_on();
    // By now this machine has answered itself: then nothing need be waited for.
    return begun == asio::error::in_progress && is_here ? go_on() : begun;
}

// Asio's own async_connect() takes three system calls more.
DRAGLINE_DECL std::error_code socket_dial::go_on() {
    if (!platform::socket_calls) return {};  // Asio has done it
    if (platform::go_on_connecting(socket().native_handle(), target_.data(), target_.size()) == 0) return {};
    return {errno, asio::error::get_system_category()};
}

DRAGLINE_DECL std::error_code socket_dial::prepare(const connect_request& request) {
    const auto& from = request.bind_address;
    const auto& through = request.bind_interface;
    auto& made = socket();
    auto ec = open_socket(made, target_.protocol());
    if (ec) [[unlikely]]
        return ec;
    made.non_blocking(true, ec);  // here, it spares Asio a system call
    if (!ec) ec = set_up_socket(made, target_.protocol().family(), request.socket, true);
    if (request.target.is_local_socket()) [[unlikely]]
        return ec;
    if (request.socket.no_delay()) layer_->no_delay();
    if (!ec && !through.empty()) [[unlikely]] {
        if (!platform::socket_calls) return asio::error::operation_not_supported;
        if (platform::bind_to_interface(made.native_handle(), through.data(), through.size()) != 0)
            ec.assign(errno, asio::error::get_system_category());
    }
    if (!ec && from) [[unlikely]]
        made.bind(asio::ip::tcp::endpoint(*from, 0), ec);
    return ec;
}

}  // namespace dragline::net::detail

#endif
