// One socket on its way to one address.
#pragma once

#include <dragline/core/platform/sockets.hpp>
#include <dragline/net/connect_request.hpp>
#include <dragline/net/detail/stream_layer.hpp>

#include <asio/any_io_executor.hpp>

#include <system_error>
#include <utility>

namespace dragline::inline v1::net::detail {

class socket_dial {
public:
    socket_dial(const asio::any_io_executor& executor, const stream_socket::endpoint_type& target)
        : socket_(executor), target_(target) {}

    // Both give in_progress when it has to be waited for, and what it came to otherwise.

    /// `is_here`: this machine itself answers. Options and local address are those of the request.
    std::error_code start(const connect_request& request, bool is_here);
    std::error_code go_on();

    /// Calls handler(error_code) when it is time to go on, or with what it came to without.
    template <class Handler>
    void wait(Handler&& handler) {
        if constexpr (platform::socket_calls) {
            socket_.async_wait(stream_socket::wait_write, std::forward<Handler>(handler));
        } else {
            socket_.async_connect(target_, std::forward<Handler>(handler));
        }
    }

    void close() noexcept {
        std::error_code ignored;
        socket_.close(ignored);
    }
    stream_socket take_socket() noexcept { return std::move(socket_); }

private:
    std::error_code prepare(const connect_request& request);

    stream_socket socket_;
    stream_socket::endpoint_type target_;
};

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/socket_dial.ipp>
