// A client and a server engine in one process, and the hands that carry bytes between them.
#pragma once

#include <dragline/testing/certificate_authority.hpp>
#include <dragline/tls/engine.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::test {

/// One authority and one good certificate for the whole program: keys are slow to make under sanitizers.
inline const testing::certificate_authority& shared_authority() {
    static const testing::certificate_authority authority;
    return authority;
}

inline tls::context make_server(const testing::certificate_request& request,
                                tls::server_options options = tls::server_options()) {
    const auto issued = shared_authority().issue(request);
    return tls::context::make_server(
               options.certificate_chain_pem(issued.chain_pem).private_key_pem(issued.private_key_pem))
        .value();
}

inline tls::context example_server(const tls::server_options& options = tls::server_options()) {
    return make_server(testing::certificate_request().name("example.com"), options);
}

/// Trusts the shared authority.
inline tls::client_options trusting() {
    static const std::string pem = shared_authority().certificate_pem();
    return tls::client_options().ca_pem(pem);
}

inline tls::context example_client(const tls::client_options& options = trusting()) {
    return tls::context::make_client(options).value();
}

/// Gives ciphertext to an engine, `step` bytes at a time at most.
inline void feed(tls::engine& to, std::string_view bytes, std::size_t step = 1u << 20) {
    while (!bytes.empty()) {
        const auto space = to.input_space(std::min(step, bytes.size()));
        if (space.empty()) return;
        const std::size_t size = std::min(space.size(), bytes.size());
        std::copy_n(bytes.data(), size, space.data());
        to.input_received(size);
        bytes.remove_prefix(size);
    }
}

inline std::string take_output(tls::engine& from) {
    std::string bytes;
    while (from.output_size() != 0) {
        const auto view = from.output();
        bytes += view;
        from.output_sent(view.size());
    }
    return bytes;
}

/// What an engine said when everything there was had been read.
struct read_all_outcome {
    std::string plain;
    std::error_code error;
    bool closed = false;
};

inline read_all_outcome read_all(tls::engine& from) {
    read_all_outcome all;
    char buffer[4096];
    for (;;) {
        const auto step = from.read(buffer);
        if (!step) return all.error = step.error(), all;
        if (step->closed) return all.closed = true, all;
        if (step->want_input) return all;
        all.plain.append(buffer, step->size);
    }
}

class engine_pair {
public:
    engine_pair(const tls::context& client_context, const tls::context& server_context,
                const tls::engine_options& client_settings = tls::engine_options().host("example.com"))
        : client(client_context, client_settings), server(server_context, tls::engine_options()) {}

    /// Carries bytes until neither side has any; after each portion the receiver shakes hands.
    void shake_hands(std::size_t step = 1u << 20) {
        note(client_error, client.handshake());
        note(server_error, server.handshake());
        while (client.output_size() + server.output_size() != 0) {
            carry(client, server, server_error, step);
            carry(server, client, client_error, step);
        }
    }

    /// The handshake, and the tickets that a TLS 1.3 server sends behind it.
    void connect() {
        shake_hands();
        char none[1];
        if (!client_error && !server_error) note(client_error, client.read(none));
    }

    /// Carries what waits in both directions, without reading it.
    void exchange() {
        feed(server, take_output(client));
        feed(client, take_output(server));
    }

    tls::engine client;
    tls::engine server;
    std::error_code client_error;
    std::error_code server_error;

private:
    template <class Result>
    static void note(std::error_code& error, const Result& outcome) {
        if (!error) error = outcome.error();
    }

    static void carry(tls::engine& from, tls::engine& to, std::error_code& error, std::size_t step) {
        std::string bytes = take_output(from);
        for (std::string_view rest = bytes; !rest.empty();) {
            const auto portion = rest.substr(0, step);
            feed(to, portion);
            rest.remove_prefix(portion.size());
            note(error, to.handshake());
        }
    }
};

}  // namespace dragline::test
