// One socket on its way to one address.
#pragma once

#include <dragline/async/loop_state.hpp>
#include <dragline/core/platform/sockets.hpp>
#include <dragline/core/spare_memory.hpp>
#include <dragline/net/connect_request.hpp>
#include <dragline/net/detail/socket_layer.hpp>

#include <memory>
#include <system_error>
#include <utility>

namespace dragline::inline v1::net::detail {

class socket_dial {
public:
    socket_dial(async::loop_state& loop, const stream_socket::endpoint_type& target)
        : layer_(std::allocate_shared<socket_layer>(spare_allocator<socket_layer>(), loop)),
          target_(target) {}

    // Both give in_progress when it has to be waited for, and what it came to otherwise.

    /// `is_here`: this machine itself answers. Options and local address are those of the request.
    std::error_code start(const connect_request& request, bool is_here);
    std::error_code go_on();

    /// Calls handler(error_code) when it is time to go on, or with what it came to without.
    template <class Handler>
    void wait(Handler&& handler) {
        if constexpr (platform::socket_calls) {
            socket().async_wait(stream_socket::wait_write, std::forward<Handler>(handler));
        } else {
            socket().async_connect(target_, std::forward<Handler>(handler));
        }
    }

    void close() noexcept { layer_->close(); }
    std::shared_ptr<socket_layer> take_layer() noexcept { return std::move(layer_); }

private:
    stream_socket& socket() noexcept { return layer_->dialled_socket(); }
    std::error_code prepare(const connect_request& request);

    std::shared_ptr<socket_layer> layer_;
    stream_socket::endpoint_type target_;
};

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/socket_dial.ipp>
