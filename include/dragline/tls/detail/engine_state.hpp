// The inside of an engine: the OpenSSL connection, its buffers, and the BIO that joins them. Bodies only.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/tls/detail/ciphertext.hpp>
#include <dragline/tls/detail/context_state.hpp>
#include <dragline/tls/detail/failure.hpp>
#include <dragline/tls/detail/openssl.hpp>
#include <dragline/tls/detail/peer_evidence.hpp>
#include <dragline/tls/detail/peer_state.hpp>
#include <dragline/tls/detail/staple.hpp>
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
    engine_state(std::shared_ptr<const context_state> shared, std::size_t input_limit,
                 std::size_t output_limit);
    engine_state(const engine_state&) = delete;
    engine_state& operator=(const engine_state&) = delete;
    ~engine_state();

    // Makes the connection. A failure is kept, as any other, for the first call.
    void set_up(std::string_view host, std::string_view origin_key);
    void set_up_client(std::string_view host, std::string_view origin_key);

    void offer_ticket();
    // What is known of the server: of this handshake, or of the one that its ticket came from.
    const shared_evidence& evidence();
    // OpenSSL says that the handshake is done; these are the checks it leaves to us.
    void finish_handshake();

    // Notes the first failed check on a certificate of the peer; whoever calls it ends the handshake.
    void note_failure(errc code, const char* reason, int depth, X509* certificate,
                      STACK_OF(X509) * sent) noexcept;
    void fail(std::error_code code, std::string detail = {});
    // OpenSSL refused: finds out why.
    void fail_by_openssl();

    bool is_drained() const noexcept { return input.empty() && SSL_pending(connection.get()) == 0; }
    bool peer_speaks_tls() const noexcept;

    std::shared_ptr<const context_state> common;  // null for an engine on an empty context
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
    bool lacks_certificate = false;              // the server asked for one
    std::array<unsigned char, 2> first_bytes{};  // of the peer: record type and version
    std::size_t first_bytes_seen = 0;

    const char* failed_reason = nullptr;  // a constant
    errc failed_code{};
    int failed_depth = 0;
    x509_pointer failed_certificate;
    chain_pointer refused_chain;

    staple_verdict staple;
    shared_evidence proof;

    std::string joined;  // scratch for pieces that share a record
    std::shared_ptr<const peer_state> peer;
};

inline constexpr const char* no_certificate = "the peer showed no certificate";
inline constexpr const char* pin_refusal = "no public key of the chain is pinned";

/// The engine on whose behalf OpenSSL verifies; may be null.
DRAGLINE_DECL engine_state* engine_of(X509_STORE_CTX* verification) noexcept;

}  // namespace dragline::inline v1::tls::detail

#endif

#include <dragline/tls/detail/impl/engine_state.ipp>
