// A dialogue with a mail server: what it says is waited for, line by line, and STARTTLS turns the same stream
// into TLS in the middle. `expect HOST:PORT CA_FILE FROM TO` delivers a message; without arguments it shows
// itself, with a server of its own.
#include "expect/mail_server.hpp"

#include <dragline/dragline.hpp>

#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace net = dragline::net;

/// The whole of a reply, which must have this code: "250-SIZE", "250-STARTTLS", "250 HELP" is one.
asio::awaitable<std::string> expect(net::stream& server, std::string code) {
    std::string reply;
    for (;;) {
        const auto line = co_await server.read_line();
        if (!line.starts_with(code)) throw std::runtime_error("expected " + code + ", not " + line);
        reply += line + '\n';
        if (line.substr(code.size(), 1) != "-") co_return reply;
    }
}

asio::awaitable<std::string> ask(net::stream& server, std::string command, std::string code) {
    co_await server.write(command + "\r\n");
    co_return co_await expect(server, std::move(code));
}

asio::awaitable<void> deliver(net::endpoint where, dragline::tls::client_options trust, std::string from,
                              std::string to) {
    auto server = co_await net::open_connection(where);
    co_await expect(server, "220");
    const auto features = co_await ask(server, "EHLO client.example", "250");
    if (features.find("STARTTLS") == features.npos) throw std::runtime_error("no STARTTLS");
    co_await ask(server, "STARTTLS", "220");
    co_await server.start_tls(trust);
    co_await ask(server, "EHLO client.example", "250");  // what it said in the clear counts no more
    co_await ask(server, "MAIL FROM:<" + from + ">", "250");
    co_await ask(server, "RCPT TO:<" + to + ">", "250");
    co_await ask(server, "DATA", "354");
    const std::string version(server.peer().version());
    co_await ask(server, "Subject: Hello\r\n\r\nSent over " + version + ".\r\n.", "250");
    co_await ask(server, "QUIT", "221");
    co_await server.close();
    std::cout << "delivered to " << to << '\n';
}

int main(int count, char** arguments) try {
    if (count == 5) {
        const auto trust = dragline::tls::client_options().ca_file(arguments[2]);
        dragline::run(deliver(net::endpoint::parse(arguments[1]).value(), trust, arguments[3], arguments[4]));
        return 0;
    }
    dragline::event_loop loop;
    mail_server server;
    dragline::run(loop, server.start(loop));
    const auto trust = dragline::tls::client_options().ca_pem(server.authority());
    dragline::run(loop, deliver(server.where(), trust, "a@client.example", "b@server.example"));
    dragline::run(loop, server.stop());
    if (server.received().find("Subject: Hello") == std::string::npos) throw std::runtime_error("lost");
} catch (const std::exception& failure) {
    std::cerr << "expect: " << failure.what() << '\n';
    return 1;
}
