// The other end of a TCP connection, played by hand on the test's own thread.
#pragma once

#include "run.hpp"

#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/address.hpp>
#include <asio/ip/address_v4.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>

#include <array>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <system_error>

namespace dragline::test {

/// Listens from the start; what connects waits in the kernel, connected and unanswered, until accept().
class tcp_peer {
public:
    explicit tcp_peer(const asio::ip::address& where = asio::ip::address_v4::loopback(),
                      std::uint16_t port = 0)
        : acceptor_(context_, {where, port}) {}

    asio::ip::tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }
    std::uint16_t port() const { return endpoint().port(); }
    std::string url(std::string_view target = "/") const {
        return "http://127.0.0.1:" + std::to_string(port()) + std::string(target);
    }

    /// Of the connections to come: the kernel keeps as little as it can of what they send.
    void take_little() { acceptor_.set_option(asio::socket_base::receive_buffer_size(1)); }

    /// The next connection. Its operations block, so use them for what is on its way.
    asio::ip::tcp::socket& accept() {
        std::error_code ec = asio::error::would_block;
        auto& socket = connections_.emplace_back(context_);
        acceptor_.async_accept(socket, [&](std::error_code outcome) { ec = outcome; });
        run_until(context_, [&] { return ec != asio::error::would_block; });
        REQUIRE(!ec);
        return socket;
    }

private:
    asio::io_context context_{1};
    asio::ip::tcp::acceptor acceptor_;
    std::list<asio::ip::tcp::socket> connections_;
};

inline void send(asio::ip::tcp::socket& to, std::string_view bytes) {
    asio::write(to, asio::buffer(bytes.data(), bytes.size()));
}

/// At least one byte; nothing at the end.
inline std::string receive(asio::ip::tcp::socket& from) {
    std::array<char, 4096> bytes;
    std::error_code ec;
    const auto size = from.read_some(asio::buffer(bytes), ec);
    return std::string(bytes.data(), size);
}

inline std::string receive_until(asio::ip::tcp::socket& from, std::string_view marker) {
    std::string text;
    while (text.find(marker) == text.npos) {
        const auto more = receive(from);
        if (more.empty()) break;
        text += more;
    }
    return text;
}

inline std::string receive_head(asio::ip::tcp::socket& from) { return receive_until(from, "\r\n\r\n"); }

/// Cuts the connection off with a TCP reset.
inline void reset(asio::ip::tcp::socket& connection) {
    connection.set_option(asio::socket_base::linger(true, 0));
    connection.close();
}

}  // namespace dragline::test
