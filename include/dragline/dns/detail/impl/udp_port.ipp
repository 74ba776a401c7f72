// Included by <dragline/dns/detail/udp_port.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/socket_base.hpp>

#include <algorithm>
#include <cerrno>

namespace dragline::inline v1::dns::detail {

inline constexpr int port_buffer_size = 1 << 20;  // as far as the system allows it

DRAGLINE_DECL std::error_code udp_port::open(const asio::ip::udp::endpoint& where) {
    std::error_code ec;
    socket.open(where.protocol(), ec);
    if (ec) return ec;
    platform::close_in_children(socket.native_handle());
    std::error_code ignored;
    socket.set_option(asio::socket_base::receive_buffer_size(port_buffer_size), ignored);
    socket.non_blocking(true, ec);
    if (!ec) socket.connect(where, ec);
    if (ec) socket.close(ignored);
    return ec;
}

DRAGLINE_DECL std::size_t udp_port::send_some(const platform::datagram* each, std::size_t count,
                                              std::error_code& ec) {
    if constexpr (platform::batched_datagrams) {
        const int sent = platform::send_datagrams(static_cast<int>(socket.native_handle()), each, count);
        if (sent >= 0) return static_cast<std::size_t>(sent);
        ec = std::error_code(errno, asio::error::get_system_category());
        return 0;
    } else {
        std::size_t sent = 0;
        for (; sent < count && !ec; sent += ec ? 0 : 1)
            socket.send(asio::buffer(each[sent].data, each[sent].size), 0, ec);
        if (sent > 0) ec = {};
        return sent;
    }
}

DRAGLINE_DECL std::error_code udp_port::flush() {
    platform::datagram batch[platform::max_datagram_batch];
    std::size_t done = 0;
    std::size_t offset = 0;
    std::error_code ec;
    while (done < sizes_.size() && !ec) {
        std::size_t count = 0;
        for (auto at = offset; count < platform::max_datagram_batch && done + count < sizes_.size();
             ++count) {
            batch[count].data = out_.data() + at;
            batch[count].size = sizes_[done + count];
            at += batch[count].size;
        }
        const std::size_t sent = send_some(batch, count, ec);
        for (std::size_t i = 0; i < sent; ++i) offset += batch[i].size;
        done += sent;
        if (ec == asio::error::interrupted) ec = {};
    }
    if (ec == asio::error::would_block || ec == asio::error::try_again) {
        out_.erase(out_.begin(), out_.begin() + static_cast<std::ptrdiff_t>(offset));
        sizes_.erase(sizes_.begin(), sizes_.begin() + static_cast<std::ptrdiff_t>(done));
        return asio::error::would_block;
    }
    out_.clear();
    sizes_.clear();
    return ec;
}

DRAGLINE_DECL std::size_t udp_port::receive(platform::datagram* room, std::size_t count,
                                            std::error_code& ec) {
    ec = {};
    if constexpr (platform::batched_datagrams) {
        const int received =
            platform::receive_datagrams(static_cast<int>(socket.native_handle()), room, count);
        if (received >= 0) return static_cast<std::size_t>(received);
        ec = std::error_code(errno, asio::error::get_system_category());
    } else {
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t size = socket.receive(asio::buffer(room[i].data, room[i].size), 0, ec);
            room[i].truncated = ec == asio::error::message_size;
            if (ec && !room[i].truncated) return i > 0 ? (ec = {}, i) : 0;
            room[i].size = size;
        }
        ec = {};
        return count;
    }
    if (ec == asio::error::try_again) ec = asio::error::would_block;
    return 0;
}

}  // namespace dragline::dns::detail

#endif
