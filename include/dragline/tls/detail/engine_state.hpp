// The inside of an engine: the OpenSSL connection, its buffers, and the BIO that joins them. Bodies only.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/tls/context.hpp>
#include <dragline/tls/detail/ciphertext.hpp>
#include <dragline/tls/detail/context_state.hpp>
#include <dragline/tls/detail/failure.hpp>
#include <dragline/tls/detail/openssl.hpp>
#include <dragline/tls/detail/peer_state.hpp>
#include <dragline/tls/peer_info.hpp>
#include <dragline/tls/ticket_cache.hpp>
#include <dragline/tls/verify.hpp>

#if DRAGLINE_HEADER_BODIES

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace dragline::inline v1::tls::detail {

struct engine_state {
    engine_state(context shared, const context_state* common, std::size_t input_limit,
                 std::size_t output_limit);
    engine_state(const engine_state&) = delete;
    engine_state& operator=(const engine_state&) = delete;
    ~engine_state();

    // Makes the connection. A failure is kept, as any other, for the first call.
    void set_up(std::string_view host, std::string_view origin_key);
    void set_up_client(const std::string& host, std::string_view origin_key);

    void offer_ticket();
    // OpenSSL says that the handshake is done; these are the checks it leaves to us.
    void finish_handshake();

    void fail(std::error_code code, std::string detail = {});
    // OpenSSL refused: finds out why.
    void fail_by_openssl();

    bool is_drained() const noexcept { return input.empty() && SSL_pending(connection.get()) == 0; }
    bool peer_speaks_tls() const noexcept;

    context shared_context;  // keeps *common
    const context_state* common;
    input_buffer input;
    output_buffer output;
    std::size_t output_limit;
    ssl_pointer connection;

    std::weak_ptr<ticket_cache> tickets;
    std::string ticket_key;

    std::error_code error;
    std::string error_detail;
    bool started = false;
    bool established = false;
    bool input_ended = false;
    bool close_received = false;
    bool close_sent = false;
    bool output_overflowed = false;
    bool refused_by_openssl = false;
    std::array<unsigned char, 2> first_bytes{};  // of the peer: record type and version
    std::size_t first_bytes_seen = 0;

    int failed_check = X509_V_OK;
    int failed_depth = 0;
    x509_pointer failed_certificate;
    chain_pointer refused_chain;

    std::string joined;  // scratch for pieces that share a record
    std::shared_ptr<const peer_state> peer;
};

}  // namespace dragline::inline v1::tls::detail

#endif

#include <dragline/tls/detail/impl/engine_state.ipp>
