// Included by <dragline/tls/detail/engine_state.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <new>
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

// Notes the first failed check. It never changes the verdict.
DRAGLINE_DECL int on_verify(int good, X509_STORE_CTX* verification) noexcept {
    if (good) return good;
    auto* ssl =
        static_cast<SSL*>(X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto* state = ssl ? static_cast<engine_state*>(SSL_get_app_data(ssl)) : nullptr;
    if (!state || state->failed_check != X509_V_OK) return good;
    state->failed_check = X509_STORE_CTX_get_error(verification);
    state->failed_depth = X509_STORE_CTX_get_error_depth(verification);
    if (X509* certificate = X509_STORE_CTX_get_current_cert(verification)) {
        X509_up_ref(certificate);
        state->failed_certificate.reset(certificate);
    }
    if (auto* sent = X509_STORE_CTX_get0_untrusted(verification)) {
        state->refused_chain.reset(X509_chain_up_ref(sent));
    }
    return good;
}

DRAGLINE_DECL int on_new_session(SSL* connection, SSL_SESSION* session) noexcept {
    auto* state = static_cast<engine_state*>(SSL_get_app_data(connection));
    const auto cache = state ? state->tickets.lock() : nullptr;
    if (!cache) return 0;
    SSL_SESSION_up_ref(session);
    try {
        cache->put(state->ticket_key, ticket(session));
    } catch (const std::bad_alloc&) {
        // A ticket less: the next handshake is a full one.
    }
    return 0;
}

DRAGLINE_DECL engine_state::engine_state(context context_handle, const context_state* context_content,
                                         std::size_t most_input, std::size_t most_output)
    : shared_context(std::move(context_handle)),
      common(context_content),
      input(most_input),
      output_limit(std::max<std::size_t>(most_output, 1)) {}

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
    if (common->is_client)
        return set_up_client(common->server_name.empty() ? std::string(host) : common->server_name,
                             origin_key);
    SSL_set_accept_state(connection.get());
    constexpr int required = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    SSL_set_verify(connection.get(), common->verify ? required : SSL_VERIFY_NONE, on_verify);
}

DRAGLINE_DECL void engine_state::set_up_client(const std::string& host, std::string_view origin_key) {
    SSL* const ssl = connection.get();
    SSL_set_connect_state(ssl);
    SSL_set_verify(ssl, common->verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, on_verify);
    // Without verification there may be no name at all; then none is sent.
    server_identity identity;
    if (common->verify || !host.empty()) {
        auto parsed = server_identity::parse(host);
        if (!parsed) return fail(parsed.error(), "host: \"" + host.substr(0, 300) + '"');
        identity = *std::move(parsed);
    }
    const std::string& name = identity.text();
    ticket_key = std::to_string(common->id) + ' ' + name + ' ' + std::string(origin_key);
    if (name.empty()) return;

    X509_VERIFY_PARAM* const checks = SSL_get0_param(ssl);
    X509_VERIFY_PARAM_set_hostflags(
        checks, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    const bool set = identity.is_address()
                         ? X509_VERIFY_PARAM_set1_ip_asc(checks, name.c_str()) == 1
                         : X509_VERIFY_PARAM_set1_host(checks, name.data(), name.size()) == 1 &&
                               SSL_set_tlsext_host_name(ssl, name.c_str()) == 1;
    clear_errors();
    if (!set) fail(errc::invalid_host);
}

DRAGLINE_DECL void engine_state::offer_ticket() {
    const auto cache = tickets.lock();
    if (!cache) return;
    if (const ticket session = cache->take(ticket_key)) SSL_set_session(connection.get(), session.get());
    clear_errors();
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
    established = true;
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
    if (failed_check != X509_V_OK) {
        found = verification_failure(failed_check, failed_depth, failed_certificate.get());
    }
    fail(found.code, std::move(found.detail));
}

// Every record begins with a type from 20 to 23 and the version 3.x (RFC 8446, 5.1). No bytes: no verdict.
DRAGLINE_DECL bool engine_state::peer_speaks_tls() const noexcept {
    if (first_bytes_seen > 0 && (first_bytes[0] < 20 || first_bytes[0] > 23)) return false;
    return first_bytes_seen < 2 || first_bytes[1] == 3;
}

}  // namespace dragline::inline v1::tls::detail

#endif
