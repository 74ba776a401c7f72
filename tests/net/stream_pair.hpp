// Two streams of one loop that are connected with each other, plain or over TLS.
#pragma once

#include "../support/run.hpp"

#include <dragline/net/connected.hpp>
#include <dragline/net/detail/socket_layer.hpp>
#include <dragline/net/detail/tls_layer.hpp>
#include <dragline/net/stream.hpp>
#include <dragline/testing/certificate_authority.hpp>

#include <asio/local/connect_pair.hpp>
#include <asio/local/stream_protocol.hpp>

#include <memory>
#include <optional>
#include <system_error>
#include <utility>

namespace dragline::test {

struct stream_pair {
    using layer = std::shared_ptr<net::detail::stream_layer>;

    /// `around` puts another layer on the client's socket, below TLS.
    explicit stream_pair(event_loop& loop, bool secure = false, layer (*around)(layer) = nullptr) {
        asio::local::stream_protocol::socket near(loop.get_executor()), far(loop.get_executor());
        asio::local::connect_pair(near, far);
        client_socket = std::make_shared<net::detail::socket_layer>(std::move(near));
        server_socket = std::make_shared<net::detail::socket_layer>(std::move(far));
        if (around) client_socket = around(client_socket);
        if (secure) {
            shake_hands(loop);
        } else {
            client = net::stream(client_socket);
            server = net::stream(server_socket);
        }
    }

    /// The client's side, as connecting gives it.
    net::connected connected() const {
        net::connected made;
        made.layer = client.state()->core.layer;
        return made;
    }

    net::stream client;
    net::stream server;
    layer client_socket;  // below TLS
    layer server_socket;

private:
    void shake_hands(event_loop& loop) {
        const testing::certificate_authority authority;
        const auto issued = authority.issue(testing::certificate_request().name("a.test"));
        const auto trusting =
            tls::context::make_client(tls::client_options().ca_pem(authority.certificate_pem())).value();
        const auto proving = tls::context::make_server(tls::server_options()
                                                           .certificate_chain_pem(issued.chain_pem)
                                                           .private_key_pem(issued.private_key_pem))
                                 .value();
        auto near = std::make_shared<net::detail::tls_layer>(client_socket, trusting,
                                                             tls::engine_options().host("a.test"));
        auto far = std::make_shared<net::detail::tls_layer>(server_socket, proving, tls::engine_options());
        int done = 0;
        for (const auto& each : {near, far}) {
            asio::co_spawn(loop.get_executor(), each->handshake(async::no_deadline),
                           [&done, each](std::exception_ptr, result<void> shaken) {
                               CHECK(!shaken.error());
                               ++done;
                           });
        }
        run_until(loop, [&] { return done == 2; });
        client = net::stream(near);
        server = net::stream(far);
    }
};

}  // namespace dragline::test
