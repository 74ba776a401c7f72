// Proxies on the test's own loop that really connect, and targets that know whether anybody came.
#pragma once

#include "../../support/run.hpp"

#include <dragline/net/detail/socket_layer.hpp>
#include <dragline/net/proxies/proxy.hpp>
#include <dragline/net/proxies/wire/socks_server.hpp>
#include <dragline/net/stream.hpp>
#include <dragline/testing/certificate_authority.hpp>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/ip/address_v4.hpp>
#include <asio/ip/tcp.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::test {

inline const testing::certificate_authority& proxy_authority() {
    static const testing::certificate_authority instance;
    return instance;
}

inline tls::server_options proxy_certificate(const testing::certificate_request& whom) {
    const auto issued = proxy_authority().issue(whom);
    return tls::server_options()
        .certificate_chain_pem(issued.chain_pem)
        .private_key_pem(issued.private_key_pem);
}

/// A listener that nobody serves: who connects waits in the kernel.
class quiet_target {
public:
    explicit quiet_target(event_loop& loop)
        : acceptor_(loop.get_executor(), {asio::ip::address_v4::loopback(), 0}) {
        acceptor_.non_blocking(true);
    }

    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    net::endpoint where() const { return net::endpoint("127.0.0.1", port()); }

    /// Whether somebody came since the last call.
    bool visited() {
        std::error_code ec;
        acceptor_.accept(ec);
        return !ec;
    }

private:
    asio::ip::tcp::acceptor acceptor_;
};

/// One proxy, of whatever scheme; names lead to 127.0.0.1.
class lab_proxy {
public:
    explicit lab_proxy(event_loop& loop, net::proxy_scheme scheme)
        : state_(std::make_shared<state>(loop, scheme)) {
        asio::co_spawn(loop.get_executor(), accept_all(state_), asio::detached);
    }
    ~lab_proxy() { state_->acceptor.close(); }

    std::uint16_t port() const { return state_->acceptor.local_endpoint().port(); }
    net::proxy as_proxy() const {
        net::proxy made(state_->scheme, "127.0.0.1", port());
        return made.tls(tls::client_options().ca_pem(proxy_authority().certificate_pem()));
    }
    void want(std::string user, std::string password) {
        state_->user = std::move(user), state_->password = std::move(password);
    }
    void certificate(const testing::certificate_request& whom) {
        state_->certificate = proxy_certificate(whom);
    }
    void early(std::string bytes) { state_->early = std::move(bytes); }

    /// What was asked for: "host:port", in order.
    const std::vector<std::string>& asked() const { return state_->asked; }
    /// The heads of CONNECT, whole.
    const std::vector<std::string>& heads() const { return state_->heads; }

private:
    struct state {
        state(event_loop& loop, net::proxy_scheme with)
            : acceptor(loop.get_executor(), {asio::ip::address_v4::loopback(), 0}), scheme(with) {}

        asio::ip::tcp::acceptor acceptor;
        net::proxy_scheme scheme;
        tls::server_options certificate =
            proxy_certificate(testing::certificate_request().address("127.0.0.1"));
        std::string user, password, early;
        std::vector<std::string> asked, heads;
    };
    using pointer = std::shared_ptr<state>;
    using stream_pointer = std::shared_ptr<net::stream>;

    static stream_pointer stream_of(asio::ip::tcp::socket socket) {
        return std::make_shared<net::stream>(std::make_shared<net::detail::socket_layer>(std::move(socket)));
    }

    static asio::awaitable<void> accept_all(pointer self) {
        for (;;) {
            auto socket = co_await self->acceptor.async_accept(asio::use_awaitable);
            asio::co_spawn(self->acceptor.get_executor(), serve(self, stream_of(std::move(socket))),
                           asio::detached);
        }
    }

    static asio::awaitable<void> serve(pointer self, stream_pointer client) {
        if (self->scheme == net::proxy_scheme::https) co_await client->start_tls(self->certificate);
        auto target = (self->scheme == net::proxy_scheme::http || self->scheme == net::proxy_scheme::https)
                          ? serve_http(self, client)
                      : self->scheme == net::proxy_scheme::socks4a ? serve_socks4(self, client)
                                                                   : serve_socks5(self, client);
        auto other = co_await std::move(target);
        if (!other) co_return;
        asio::co_spawn(client->get_executor(), pump(client, other), asio::detached);
        asio::co_spawn(client->get_executor(), pump(other, client), asio::detached);
    }

    static asio::awaitable<void> pump(stream_pointer from, stream_pointer to) {
        std::array<char, 4096> space;
        for (;;) {
            const auto size = co_await from->read_some(asio::buffer(space));
            co_await to->write(std::string(space.data(), size));
        }
    }

    static asio::awaitable<stream_pointer> dial(pointer self, net::proxy_target target, std::error_code& ec) {
        self->asked.push_back(target.to_string());
        auto where = asio::ip::make_address(target.type() == net::proxy_target::kind::name ? "127.0.0.1"
                                                                                           : target.host());
        asio::ip::tcp::socket socket(self->acceptor.get_executor());
        try {
            co_await socket.async_connect({where, target.port()}, asio::use_awaitable);
        } catch (const std::system_error& failure) {
            ec = failure.code();
            co_return nullptr;
        }
        co_return stream_of(std::move(socket));
    }

    static asio::awaitable<stream_pointer> serve_http(pointer self, stream_pointer client) {
        const auto head = co_await client->read_until("\r\n\r\n", net::read_options());
        self->heads.push_back(head);
        const bool good =
            self->user.empty() || head.find("\r\nProxy-Authorization: Basic bWU6c2VjcmV0") != head.npos;
        std::error_code ec;
        stream_pointer other;
        if (good) {
            const auto begin = head.find(' ') + 1;
            const auto where =
                net::endpoint::parse(head.substr(begin, head.find(' ', begin) - begin)).value();
            auto dialling = dial(self, net::proxy_target::make(where.host(), where.port()).value(), ec);
            other = co_await std::move(dialling);
        }
        std::string answer = !good ? "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"lab\"\r\n\r\n"
                             : ec  ? "HTTP/1.1 502 Bad Gateway\r\n\r\n"
                                   : "HTTP/1.1 200 OK\r\n\r\n" + self->early;
        co_await client->write(std::move(answer));
        co_return other;
    }

    static asio::awaitable<stream_pointer> serve_socks4(pointer self, stream_pointer client) {
        const auto fixed = co_await client->read_exactly(std::size_t{8});
        co_await client->read_until(std::string(1, '\0'));
        auto host = co_await client->read_until(std::string(1, '\0'));
        const auto port = static_cast<unsigned char>(fixed[2]) << 8 | static_cast<unsigned char>(fixed[3]);
        std::error_code ec;
        auto dialling =
            dial(self, net::proxy_target::make(host, static_cast<std::uint16_t>(port)).value(), ec);
        auto other = co_await std::move(dialling);
        co_await client->write(std::string("\0\x5a\0\0\0\0\0\0", 8));
        co_return other;
    }

    static asio::awaitable<stream_pointer> serve_socks5(pointer self, stream_pointer client) {
        net::socks5_server::authenticator asks;
        if (!self->user.empty()) {
            asks = [self](std::string_view user, std::string_view password) {
                return user == self->user && password == self->password;
            };
        }
        net::socks5_server server(asks);
        while (!server.has_request() && !server.error()) {
            const auto got = co_await client->read_exactly(server.wanted());
            static_cast<void>(server.receive(got));
            if (server.output().empty()) continue;
            co_await client->write(std::string(server.output()));
            server.output_sent();
        }
        if (server.error()) co_return nullptr;
        std::error_code ec;
        auto dialling = dial(self, server.target(), ec);
        auto other = co_await std::move(dialling);
        server.reply(net::make_socks_reply(ec));
        co_await client->write(std::string(server.output()));
        co_return other;
    }

    pointer state_;
};

}  // namespace dragline::test
