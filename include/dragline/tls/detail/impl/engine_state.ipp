// Included by <dragline/tls/detail/engine_state.hpp> only.
#pragma once

#include <dragline/tls/detail/pin_check.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <chrono>
#include <new>
#include <string>
#include <utility>

namespace dragline::inline v1::tls::detail {

// What protocol duties may add beyond the output limit: a record that was begun, handshake messages, alerts.
inline constexpr std::size_t output_reserve = 64 * 1024;

DRAGLINE_DECL int read_from_input(BIO* bio, char* to, std::size_t size, std::size_t* taken) noexcept {
    auto& state = *static_cast<engine_state*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    *taken = state.input.take(to, size);
    if (*taken == 0) return BIO_set_retry_read(bio), 0;
    for (std::size_t i = 0; i < *taken && state.first_bytes_seen < state.first_bytes.size(); ++i) {
        state.first_bytes[state.first_bytes_seen++] = static_cast<unsigned char>(to[i]);
    }
    return 1;
}

DRAGLINE_DECL int write_to_output(BIO* bio, const char* from, std::size_t size,
                                  std::size_t* written) noexcept {
    auto& state = *static_cast<engine_state*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    *written = 0;
    if (state.output.size() + size > state.output_limit + output_reserve) {
        state.output_overflowed = true;
        return 0;
    }
    try {
        state.output.append(from, size);
    } catch (const std::bad_alloc&) {
        return 0;
    }
    *written = size;
    return 1;
}

// The end of the transport is the engine's business: to OpenSSL the input is merely not there yet. So the
// differences between its releases about an end without close_notify do not matter.
DRAGLINE_DECL long control_buffers(BIO*, int command, long, void*) noexcept {
    return command == BIO_CTRL_FLUSH || command == BIO_CTRL_DUP ? 1 : 0;
}

DRAGLINE_DECL BIO_METHOD* buffer_bio_method() noexcept {
    static BIO_METHOD* const method = [] {
        BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "dragline buffers");
        if (!made) return made;
        BIO_meth_set_read_ex(made, read_from_input);
        BIO_meth_set_write_ex(made, write_to_output);
        BIO_meth_set_ctrl(made, control_buffers);
        return made;
    }();
    return method;
}

DRAGLINE_DECL engine_state* engine_of(X509_STORE_CTX* verification) noexcept {
    auto* const ssl =
        static_cast<SSL*>(X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx()));
    return ssl ? static_cast<engine_state*>(SSL_get_app_data(ssl)) : nullptr;
}

// Notes the first failed check. It never changes the verdict.
DRAGLINE_DECL int on_verify(int good, X509_STORE_CTX* verification) noexcept {
    if (good) return good;
    if (auto* const state = engine_of(verification)) {
        const int failed = X509_STORE_CTX_get_error(verification);
        state->note_failure(verify_error(failed), X509_verify_cert_error_string(failed),
                            X509_STORE_CTX_get_error_depth(verification),
                            X509_STORE_CTX_get_current_cert(verification),
                            X509_STORE_CTX_get0_untrusted(verification));
    }
    return good;
}

DRAGLINE_DECL int on_new_session(SSL* connection, SSL_SESSION* session) noexcept {
    auto* state = static_cast<engine_state*>(SSL_get_app_data(connection));
    const auto cache = state ? state->tickets.lock() : nullptr;
    if (!cache) return 0;
    SSL_SESSION_up_ref(session);
    ticket kept(session);
    try {
        attach_evidence(session, state->evidence());
        cache->put(state->ticket_key, std::move(kept));
    } catch (const std::bad_alloc&) {
        // A ticket less: the next handshake is a full one.
    }
    return 0;
}

DRAGLINE_DECL engine_state::engine_state(std::shared_ptr<const context_state> shared, std::size_t most_input,
                                         std::size_t most_output)
    : common(std::move(shared)), input(most_input), output_limit(std::max<std::size_t>(most_output, 1)) {}

DRAGLINE_DECL engine_state::~engine_state() {
    // Otherwise OpenSSL takes the connection for a broken one, and its session for unfit to be resumed.
    if (connection && !refused_by_openssl)
        SSL_set_shutdown(connection.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

DRAGLINE_DECL void engine_state::set_up(std::string_view host, std::string_view origin_key) {
    if (!common) return fail(dragline::errc::invalid_option);
    clear_errors();
    connection.reset(SSL_new(common->handle));
    BIO* const bio = buffer_bio_method() ? BIO_new(buffer_bio_method()) : nullptr;
    if (!connection || !bio) {
        BIO_free(bio);
        return fail_by_openssl();
    }
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(connection.get(), bio, bio);
    SSL_set_app_data(connection.get(), this);
    if (common->is_client) return set_up_client(host, origin_key);
    SSL_set_accept_state(connection.get());
    const int without = common->client_may_be_unknown ? 0 : SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    SSL_set_verify(connection.get(), common->verify ? SSL_VERIFY_PEER | without : SSL_VERIFY_NONE, on_verify);
}

DRAGLINE_DECL void engine_state::set_up_client(std::string_view host, std::string_view origin_key) {
    SSL* const ssl = connection.get();
    SSL_set_connect_state(ssl);
    const bool judges = common->verify || !common->pins.empty();
    SSL_set_verify(ssl, judges ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, on_verify);
    if (!common->server_name.empty()) host = common->server_name;
    const auto identify = [&](std::string_view name) {
        auto parsed = server_identity::parse(name);
        if (!parsed) fail(parsed.error(), "host: \"" + std::string(name.substr(0, 300)) + '"');
        return parsed ? *std::move(parsed) : server_identity();
    };
    // Without verification there may be no name at all; then none is sent.
    server_identity expected, asked;
    const std::string_view name = common->verify_name.empty() ? host : common->verify_name;
    if (common->verify || !name.empty()) expected = identify(name);
    if (!common->sni && !host.empty()) asked = host == name ? expected : identify(host);
    if (error) return;
    const std::string& shown = common->sni ? *common->sni : asked.is_address() ? std::string() : asked.text();
    ticket_key =
        std::to_string(common->id) + ' ' + expected.text() + ' ' + shown + ' ' + std::string(origin_key);

    X509_VERIFY_PARAM* const checks = SSL_get0_param(ssl);
    X509_VERIFY_PARAM_set_hostflags(
        checks, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    bool set = shown.empty() || SSL_set_tlsext_host_name(ssl, shown.c_str()) == 1;
    if (const std::string& text = expected.text(); set && !text.empty()) {
        set = expected.is_address() ? X509_VERIFY_PARAM_set1_ip_asc(checks, text.c_str()) == 1
                                    : X509_VERIFY_PARAM_set1_host(checks, text.data(), text.size()) == 1;
    }
    clear_errors();
    if (!set) fail(errc::invalid_host);
}

DRAGLINE_DECL void engine_state::offer_ticket() {
    const auto cache = tickets.lock();
    const auto now = std::chrono::system_clock::now();
    while (const ticket session = cache ? cache->take(ticket_key) : nullptr) {
        const auto proved = evidence_of(session.get());
        // Resuming proves nothing anew: past the end of what was proved, there is to be a full handshake.
        if (!proved || now < proved->good_until) {
            SSL_set_session(connection.get(), session.get());
            break;
        }
        // A session of TLS 1.2 stays in the cache until the next one takes its place.
        if (SSL_SESSION_get_protocol_version(session.get()) < TLS1_3_VERSION) break;
    }
    clear_errors();
}

DRAGLINE_DECL const shared_evidence& engine_state::evidence() {
    if (proof) return proof;
    SSL* const ssl = connection.get();
    if (SSL_session_reused(ssl) == 1) {
        proof = evidence_of(SSL_get_session(ssl));
    } else {
        proof = make_evidence(common->verify ? SSL_get0_verified_chain(ssl) : nullptr, staple);
    }
    return proof;
}

DRAGLINE_DECL void engine_state::finish_handshake() {
    const unsigned char* chosen = nullptr;
    unsigned int chosen_size = 0;
    SSL_get0_alpn_selected(connection.get(), &chosen, &chosen_size);
    const std::string_view protocol(reinterpret_cast<const char*>(chosen), chosen_size);
    if (!protocol.empty() &&
        std::find(common->alpn.begin(), common->alpn.end(), protocol) == common->alpn.end()) {
        return fail(errc::no_application_protocol, "the peer chose a protocol that was not offered");
    }
    if (const long verdict = SSL_get_verify_result(connection.get());
        common->verify && verdict != X509_V_OK) {
        return fail(verify_error(static_cast<int>(verdict)), X509_verify_cert_error_string(verdict));
    }
    // Ciphers without certificates are never offered, so this is the last bolt on a locked door.
    X509* const certificate = SSL_get0_peer_certificate(connection.get());
    if (!certificate && (common->verify || !common->pins.empty()) && !common->client_may_be_unknown)
        return fail(errc::certificate_invalid, no_certificate);
    if (common->is_client && !common->pins.empty() && SSL_session_reused(connection.get()) == 1) {
        const auto& known = evidence();
        if (!has_pinned_key(common->pins, certificate, known ? known->verified.get() : nullptr)) {
            note_failure(errc::pin_mismatch, pin_refusal, 0, certificate, nullptr);
            return fail(errc::pin_mismatch, describe_failed_check(pin_refusal, 0, certificate));
        }
    }
    established = true;
}

DRAGLINE_DECL void engine_state::note_failure(errc code, const char* reason, int depth, X509* certificate,
                                              STACK_OF(X509) * sent) noexcept {
    if (failed_reason) return;
    failed_code = code;
    failed_reason = reason;
    failed_depth = depth;
    if (certificate && X509_up_ref(certificate) == 1) failed_certificate.reset(certificate);
    if (sent) refused_chain.reset(X509_chain_up_ref(sent));
}

DRAGLINE_DECL void engine_state::fail(std::error_code code, std::string detail) {
    if (error) return;
    error = code;
    error_detail = detail.empty() ? code.message() : std::move(detail);
}

DRAGLINE_DECL void engine_state::fail_by_openssl() {
    refused_by_openssl = true;
    failure found = take_failure(established);
    if (output_overflowed) return fail(errc::output_limit);
    if (!established && !peer_speaks_tls()) return fail(errc::not_tls);
    if (failed_reason) {
        found.code = failed_code;
        found.detail = describe_failed_check(failed_reason, failed_depth, failed_certificate.get());
    }
    // TLS 1.2 has no alert of its own for it.
    if (lacks_certificate && found.code == errc::handshake_failed) found.code = errc::certificate_refused;
    fail(found.code, std::move(found.detail));
}

// Every record begins with a type from 20 to 23 and the version 3.x (RFC 8446, 5.1). No bytes: no verdict.
DRAGLINE_DECL bool engine_state::peer_speaks_tls() const noexcept {
    if (first_bytes_seen > 0 && (first_bytes[0] < 20 || first_bytes[0] > 23)) return false;
    return first_bytes_seen < 2 || first_bytes[1] == 3;
}

}  // namespace dragline::inline v1::tls::detail

#endif
