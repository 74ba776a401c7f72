// Included by <dragline/net/detail/socket_setup.hpp> only.
#pragma once

#include <dragline/core/platform/sockets.hpp>
#include <dragline/net/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <limits>

namespace dragline::inline v1::net::detail {

// Stops at the first option that the system refuses.
class socket_setup {
public:
    explicit socket_setup(stream_socket& socket) noexcept : socket_(socket) {}

    template <class Option>
    void set(const Option& option) {
        if (!ec_) socket_.set_option(option, ec_);
    }
    void set(platform::socket_number what, std::int64_t value) {
        if (ec_) return;
        if (!platform::socket_calls) {
            ec_ = asio::error::operation_not_supported;
        } else if (value > std::numeric_limits<int>::max()) {
            ec_ = asio::error::invalid_argument;
        } else if (platform::set_socket_number(socket_.native_handle(), what, static_cast<int>(value)) != 0) {
            ec_.assign(errno, asio::error::get_system_category());
        }
    }
    std::error_code error() const noexcept { return ec_; }

private:
    stream_socket& socket_;
    std::error_code ec_;
};

DRAGLINE_DECL std::error_code set_up_socket(stream_socket& socket, int family, const socket_options& options,
                                            bool connects) {
    using number = platform::socket_number;
    socket_setup setup(socket);
    if (const auto size = options.receive_buffer()) [[unlikely]]
        setup.set(asio::socket_base::receive_buffer_size(*size));
    if (const auto size = options.send_buffer()) [[unlikely]]
        setup.set(asio::socket_base::send_buffer_size(*size));
    const bool v6 = family == asio::ip::tcp::v6().family();
    if (!v6 && family != asio::ip::tcp::v4().family()) return setup.error();

    if (!connects) setup.set(asio::ip::tcp::no_delay(options.no_delay()));
    if (const auto on = options.keep_alive()) [[unlikely]]
        setup.set(asio::socket_base::keep_alive(*on));
    if (const auto idle = options.keep_alive_idle()) [[unlikely]]
        setup.set(number::keep_alive_idle, idle->count());
    if (const auto time = options.keep_alive_interval()) [[unlikely]] {
        setup.set(number::keep_alive_interval, time->count());
    }
    if (const auto count = options.keep_alive_count()) [[unlikely]]
        setup.set(number::keep_alive_count, *count);
    if (const auto service = options.type_of_service()) [[unlikely]] {
        setup.set(v6 ? number::traffic_class : number::type_of_service, *service);
    }
    if (const auto hops = options.time_to_live()) [[unlikely]] {
        setup.set(v6 ? number::hop_limit : number::time_to_live, *hops);
    }
    if (options.fast_open() && connects) [[unlikely]]
        setup.set(number::fast_open_connect, 1);
    if (const auto mark = options.mark()) [[unlikely]]
        setup.set(number::mark, static_cast<std::int32_t>(*mark));
    return setup.error();
}

DRAGLINE_DECL std::error_code set_up_socket(stream_socket& socket, const socket_options& options) {
    std::error_code ec;
    const auto local = socket.local_endpoint(ec);
    if (ec) return ec;
    const auto at = endpoint_of(local);
    const bool mapped =
        at && at->address() && at->address()->is_v6() && at->address()->to_v6().is_v4_mapped();
    const int family = mapped ? asio::ip::tcp::v4().family() : local.protocol().family();
    return set_up_socket(socket, family, options, false);
}

DRAGLINE_DECL result<endpoint> endpoint_of(const stream_socket::endpoint_type& from) {
    const auto family = from.protocol().family();
    if (family == asio::ip::tcp::v4().family() || family == asio::ip::tcp::v6().family()) {
        asio::ip::tcp::endpoint address;
        if (from.size() > address.capacity()) return errc::invalid_endpoint;
        address.resize(from.size());
        std::memcpy(address.data(), from.data(), from.size());
        return endpoint(address.address(), address.port());
    }
    if (family != asio::local::stream_protocol().family()) {
        return asio::error::make_error_code(asio::error::address_family_not_supported);
    }
    asio::local::stream_protocol::endpoint path;
    if (from.size() > path.capacity()) return errc::invalid_endpoint;
    std::memcpy(path.data(), from.data(), from.size());
    path.resize(from.size());
    return endpoint::local_socket(path.path());
}

DRAGLINE_DECL result<endpoint> local_endpoint_of(stream_layer& layer) {
    auto* const socket = layer.socket();
    if (!socket) return asio::error::make_error_code(asio::error::operation_not_supported);
    std::error_code ec;
    const auto local = socket->local_endpoint(ec);
    if (ec) return ec;
    return endpoint_of(local);
}

}  // namespace dragline::net::detail

#endif
