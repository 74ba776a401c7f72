// One page behind TLS, and a client that reaches it under any name.
#pragma once

#include "../support/http_client.hpp"

#include <dragline/net/endpoint.hpp>
#include <dragline/testing/certificate_authority.hpp>
#include <dragline/testing/http_message.hpp>
#include <dragline/tls/options.hpp>

#include <string>

namespace dragline::test {

struct secure_page {
    explicit secure_page(const tls::server_options& serving,
                         const tls::client_options& options = tls::client_options())
        : server(serving), client(http::session_options().tls(options)) {
        server.on("*", testing::http_reply().body("x"));
    }

    /// A server with this certificate, and who trusts its issuer.
    explicit secure_page(const testing::certificate_request& request,
                         const tls::client_options& options = trusting_test_ca())
        : server(certificate_of(request)), client(http::session_options().tls(options)) {
        server.on("*", testing::http_reply().body("x"));
    }

    /// Fetches https://`host`/ from it.
    fetched get(const std::string& host, fetch_options options = fetch_options()) {
        return client.fetch("https://" + host + "/",
                            options.connect_to(net::endpoint("127.0.0.1", server.port())));
    }

    testing::http_server server;
    http_client client;
};

}  // namespace dragline::test
