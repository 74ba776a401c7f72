// A blocking sender of DNS queries that accepts whatever comes back.
#pragma once

#include <dragline/core/bytes.hpp>
#include <dragline/dns/wire/message.hpp>

#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ip/udp.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace dragline::test {

using bytes = std::vector<std::uint8_t>;

inline bytes make_query(const dns::question& asked, std::uint16_t id = 0x1234,
                        std::uint16_t udp_size = 1232) {
    return *dns::wire::encode_message(dns::wire::make_query(id, asked, udp_size));
}

struct datagram {
    bytes data;
    asio::ip::udp::endpoint source;
};

class raw_resolver {
public:
    static constexpr auto patience = std::chrono::seconds(20);

    explicit raw_resolver(const asio::ip::udp::endpoint& server)
        : server_(server), socket_(context_, asio::ip::udp::endpoint(server.protocol(), 0)) {}

    void send(const bytes& query) { socket_.send_to(asio::buffer(query), server_); }

    /// The next datagram, or nothing when none comes in time.
    std::optional<datagram> receive(std::chrono::milliseconds limit = patience) {
        std::array<std::uint8_t, 65536> buffer;
        std::optional<std::size_t> size;
        datagram out;
        socket_.async_receive_from(asio::buffer(buffer), out.source,
                                   [&](std::error_code ec, std::size_t got) {
                                       if (!ec) size = got;
                                   });
        context_.restart();
        context_.run_for(limit);
        if (!size) {
            socket_.cancel();
            context_.restart();
            context_.run();
        }
        if (!size) return std::nullopt;
        out.data.assign(buffer.data(), buffer.data() + *size);
        return out;
    }

    dns::wire::message ask(const dns::question& asked, std::uint16_t udp_size = 1232) {
        send(make_query(asked, 0x1234, udp_size));
        const auto answer = receive();
        if (!answer) throw std::runtime_error("no answer");
        return dns::wire::decode_message(answer->data).value();
    }

    /// Over TCP: every message that comes until the count is reached or the server closes.
    std::vector<bytes> ask_tcp(const std::vector<bytes>& queries, std::size_t count) {
        asio::ip::tcp::socket socket(context_);
        socket.connect({server_.address(), server_.port()});
        for (const auto& query : queries) {
            bytes framed(2);
            store_big16(framed.data(), static_cast<std::uint16_t>(query.size()));
            framed.insert(framed.end(), query.begin(), query.end());
            asio::write(socket, asio::buffer(framed));
        }
        std::vector<bytes> answers;
        std::error_code ec;
        while (answers.size() < count) {
            bytes framed(2);
            asio::read(socket, asio::buffer(framed), ec);
            if (ec) break;
            framed.resize(load_big16(framed.data()));
            asio::read(socket, asio::buffer(framed), ec);
            if (ec) break;
            answers.push_back(framed);
        }
        return answers;
    }

private:
    asio::io_context context_{1};
    asio::ip::udp::endpoint server_;
    asio::ip::udp::socket socket_;
};

}  // namespace dragline::test
