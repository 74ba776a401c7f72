// A mail server that takes messages and keeps them in memory, for expect.cpp to talk to.
#pragma once

#include <dragline/dragline.hpp>
#include <dragline/testing/certificate_authority.hpp>

#include <string>
#include <utility>

class mail_server {
public:
    asio::awaitable<void> start(dragline::event_loop& loop) {
        const auto serve = [this](dragline::net::stream client) { return talk(*this, std::move(client)); };
        const dragline::net::endpoint anywhere("127.0.0.1", 0);
        server_ = co_await dragline::start_server(loop, anywhere, serve);
    }
    asio::awaitable<void> stop() { co_await server_.stop(); }

    const dragline::net::endpoint& where() const { return server_.local_endpoint(); }
    std::string authority() const { return authority_.certificate_pem(); }
    const std::string& received() const { return received_; }

private:
    static asio::awaitable<void> talk(mail_server& self, dragline::net::stream client) {
        co_await client.write("220 server.example\r\n");
        for (;;) {
            const auto command = co_await client.read_line();
            if (command.starts_with("EHLO")) {
                const bool secure = static_cast<bool>(client.peer());
                co_await client.write(secure ? "250 server.example\r\n"
                                             : "250-server.example\r\n250 STARTTLS\r\n");
            } else if (command == "STARTTLS") {
                co_await client.write("220 go on\r\n");
                co_await client.start_tls(self.proof_);
            } else if (command == "DATA") {
                co_await client.write("354 end with a dot\r\n");
                self.received_ = co_await client.read_until("\r\n.\r\n");
                co_await client.write("250 taken\r\n");
            } else if (command == "QUIT") {
                co_await client.write("221 bye\r\n");
                co_return co_await client.close();
            } else {
                co_await client.write("250 fine\r\n");
            }
        }
    }

    static dragline::tls::server_options prove(const dragline::testing::certificate_authority& authority) {
        const auto issued = authority.issue(dragline::testing::certificate_request().address("127.0.0.1"));
        return dragline::tls::server_options()
            .certificate_chain_pem(issued.chain_pem)
            .private_key_pem(issued.private_key_pem);
    }

    dragline::testing::certificate_authority authority_;
    dragline::tls::server_options proof_ = prove(authority_);
    dragline::net::server server_;
    std::string received_;
};
