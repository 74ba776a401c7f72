// The server's end of a TLS connection, whose bytes a test carries by hand.
#pragma once

#include "../tls/engine_pair.hpp"
#include "run.hpp"
#include "tcp_peer.hpp"

#include <asio/ip/tcp.hpp>

#include <string>
#include <string_view>

namespace dragline::test {

class tls_peer {
public:
    explicit tls_peer(asio::ip::tcp::socket& socket, const tls::context& context = example_server())
        : socket_(socket), engine_(context, tls::engine_options()) {}

    bool has_input() const { return socket_.available() > 0; }
    /// Runs the client's loop, one handler at a time, until it has sent something.
    void wait(event_loop& client) {
        run_until(client, [this] { return has_input(); });
    }

    /// Takes what one read gives, and says what the handshake has to say to it.
    void step() {
        take();
        static_cast<void>(engine_.handshake());
        test::send(socket_, take_output(engine_));
    }
    /// Takes what one read gives; returns what of it was for the program.
    std::string read() {
        take();
        return read_all(engine_).plain;
    }
    void write(std::string_view text) {
        REQUIRE(engine_.write(text).value() == text.size());
        test::send(socket_, take_output(engine_));
    }

    tls::engine& engine() noexcept { return engine_; }

private:
    void take() { feed(engine_, receive(socket_)); }

    asio::ip::tcp::socket& socket_;
    tls::engine engine_;
};

}  // namespace dragline::test
