// Included by <dragline/net/detail/listening_socket.hpp> only.
#pragma once

#include <dragline/core/platform/sockets.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ip/v6_only.hpp>
#include <asio/local/stream_protocol.hpp>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <filesystem>
#include <system_error>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL socket_file::socket_file(std::string path)
    : path_(std::move(path)), identity_(platform::identity_of_file(path_.c_str())) {}

DRAGLINE_DECL void socket_file::remove() noexcept {
    if (identity_ && platform::identity_of_file(path_.c_str()) == identity_) {
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }
    identity_.reset();
}

inline bool is_local(const stream_place& place) noexcept {
    return place.protocol().family() == asio::local::stream_protocol().family();
}

// A file that a server left behind: nobody listens there any more.
inline bool is_left_behind(const std::string& path, const stream_place& place,
                           const asio::any_io_executor& loop) {
    std::error_code ec;
    if (!std::filesystem::is_socket(path, ec)) return false;
    stream_socket visitor(loop);
    ec = open_socket(visitor, place.protocol());
    if (!ec) visitor.non_blocking(true, ec);  // one whose queue is full would keep us waiting
    if (ec) return false;
    visitor.connect(place, ec);
    return ec == asio::error::connection_refused;
}

inline result<void> bind_local(listening_socket& made, const stream_place& place,
                               const server_options& options, const asio::any_io_executor& loop) {
    const auto path = written_place(place).host();
    const bool has_file = !path.empty() && path.front() != '\0';
    std::error_code ec;
    made.acceptor.bind(place, ec);
    if (ec == asio::error::address_in_use && has_file && is_left_behind(path, place, loop)) {
        std::filesystem::remove(path, ec);
        made.acceptor.bind(place, ec);
    }
    if (ec || !has_file) return ec;
    made.file = socket_file(path);
    // Nobody can connect before it listens.
    if (options.local_permissions()) std::filesystem::permissions(path, *options.local_permissions(), ec);
    return ec;
}

inline std::error_code last_error() noexcept {
    return std::error_code(errno, asio::error::get_system_category());
}

DRAGLINE_DECL result<void> open_listening_socket(listening_socket& made, const stream_place& place,
                                                 const server_options& options, bool shared) {
    auto& acceptor = made.acceptor;
    auto ec = open_socket(acceptor, place.protocol());
    if (ec) return ec;
    if (is_local(place)) {
        if (auto bound = bind_local(made, place, options, acceptor.get_executor()); !bound) return bound;
    } else {
        const bool v6 = place.protocol().family() == asio::ip::tcp::v6().family();
        acceptor.set_option(asio::socket_base::reuse_address(true), ec);
        if (!ec && v6) acceptor.set_option(asio::ip::v6_only(options.v6_only()), ec);
        if (ec) return ec;
        if (shared) {
            if (!platform::socket_calls) return asio::error::operation_not_supported;
            if (platform::share_port(acceptor.native_handle()) != 0) return last_error();
        }
        acceptor.bind(place, ec);
        if (ec) return ec;
    }
    acceptor.non_blocking(true, ec);
    if (!ec) acceptor.listen(static_cast<int>(std::min<std::size_t>(options.backlog(), INT_MAX)), ec);
    return ec;
}

DRAGLINE_DECL result<void> open_beside(listening_socket& made, const listening_socket& first,
                                       const server_options& options) {
    std::error_code ec;
    const auto place = first.acceptor.local_endpoint(ec);
    if (ec) return ec;
    if (!is_local(place)) return open_listening_socket(made, place, options, true);
    // A path has one socket: both loops watch it, and the first one to come gets the connection.
    if (!platform::socket_calls) return asio::error::operation_not_supported;
    auto& listening = const_cast<listening_socket&>(first);  // Asio hands out the descriptor of none else
    const int copy = platform::duplicate_socket(listening.acceptor.native_handle());
    if (copy < 0) return last_error();
    made.acceptor.assign(place.protocol(), copy, ec);
    if (ec) platform::close_socket(copy);
    if (!ec) made.acceptor.non_blocking(true, ec);
    return ec;
}

}  // namespace dragline::net::detail

#endif
