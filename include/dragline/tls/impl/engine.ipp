// Included by <dragline/tls/engine.hpp> only.
#pragma once

#include <dragline/tls/detail/context_state.hpp>
#include <dragline/tls/detail/engine_state.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::tls {
namespace detail {

// RFC 8446, 5.1: the plaintext of one record.
inline constexpr std::size_t largest_record = 16 * 1024;

/// Goes through pieces of text in portions that fill a record each.
class piece_reader {
public:
    explicit piece_reader(std::span<const std::string_view> pieces) : rest_(pieces) { skip(0); }

    bool at_end() const noexcept { return rest_.empty(); }

    // The next portion; copied to `scratch` only where pieces have to be joined.
    std::string_view next(std::string& scratch) const {
        const std::string_view here = rest_.front().substr(offset_, largest_record);
        if (here.size() == largest_record || rest_.size() == 1) return here;
        scratch.assign(here);
        for (const std::string_view piece : rest_.subspan(1)) {
            scratch.append(piece.substr(0, largest_record - scratch.size()));
            if (scratch.size() == largest_record) break;
        }
        return scratch;
    }

    void skip(std::size_t size) noexcept {
        offset_ += size;
        while (!rest_.empty() && offset_ >= rest_.front().size()) {
            offset_ -= rest_.front().size();
            rest_ = rest_.subspan(1);
        }
    }

private:
    std::span<const std::string_view> rest_;
    std::size_t offset_ = 0;  // in the first of them
};

}  // namespace detail

DRAGLINE_DECL engine::engine(const context& shared, const engine_options& options)
    : state_(std::make_unique<detail::engine_state>(shared.state_, options.input_limit(),
                                                    options.output_limit())) {
    state_->tickets = options.tickets();
    state_->set_up(options.host(), options.ticket_key());
}

DRAGLINE_DECL engine::engine(engine&&) noexcept = default;
DRAGLINE_DECL engine& engine::operator=(engine&&) noexcept = default;
DRAGLINE_DECL engine::~engine() = default;

DRAGLINE_DECL std::span<char> engine::input_space(std::size_t hint) { return state_->input.space(hint); }
DRAGLINE_DECL void engine::input_received(std::size_t size) noexcept { state_->input.received(size); }
DRAGLINE_DECL void engine::input_ended() noexcept { state_->input_ended = true; }

DRAGLINE_DECL std::string_view engine::output() const noexcept { return state_->output.view(); }
DRAGLINE_DECL void engine::output_sent(std::size_t size) noexcept { state_->output.sent(size); }
DRAGLINE_DECL std::size_t engine::output_size() const noexcept { return state_->output.size(); }

DRAGLINE_DECL result<progress> engine::handshake() {
    auto& state = *state_;
    if (state.error) return state.error;
    if (state.established) return progress::done;
    detail::clear_errors();
    if (!std::exchange(state.started, true)) state.offer_ticket();
    const int outcome = SSL_do_handshake(state.connection.get());
    if (outcome == 1) {
        if (!state.error) state.finish_handshake();
    } else {
        switch (SSL_get_error(state.connection.get(), outcome)) {
            case SSL_ERROR_WANT_READ:
                if (state.error) break;  // of the function of a key log
                if (!state.input_ended) return progress::want_input;
                state.fail(state.peer_speaks_tls() ? errc::handshake_closed : errc::not_tls);
                break;
            case SSL_ERROR_ZERO_RETURN: state.fail(errc::handshake_closed); break;
            default: state.fail_by_openssl();
        }
    }
    if (state.error) return state.error;
    return progress::done;
}

DRAGLINE_DECL result<read_step> engine::read(std::span<char> plain) {
    auto& state = *state_;
    if (!state.established) {
        const auto step = handshake();
        if (!step) return step.error();
        if (*step == progress::want_input) return read_step{.want_input = true};
    }
    read_step step;
    detail::clear_errors();
    while (step.size < plain.size() && !state.error && !state.close_received && !state.is_drained()) {
        std::size_t got = 0;
        const int outcome =
            SSL_read_ex(state.connection.get(), plain.data() + step.size, plain.size() - step.size, &got);
        step.size += got;
        if (outcome == 1) continue;
        switch (SSL_get_error(state.connection.get(), outcome)) {
            case SSL_ERROR_WANT_READ: break;  // a part of a record: the input is used up
            case SSL_ERROR_ZERO_RETURN: state.close_received = true; break;
            default: state.fail_by_openssl();
        }
    }
    // What was decrypted comes first; an error waits for the next call.
    if (step.size != 0) return step;
    if (state.error) return state.error;
    step.closed = state.close_received;
    if (step.closed || (plain.empty() && !state.is_drained())) return step;
    if (state.input_ended) {
        state.fail(errc::truncated);
        return state.error;
    }
    step.want_input = true;
    return step;
}

DRAGLINE_DECL result<std::size_t> engine::write(std::string_view plain) {
    return write(std::span<const std::string_view>(&plain, 1));
}

DRAGLINE_DECL result<std::size_t> engine::write(std::span<const std::string_view> pieces) {
    auto& state = *state_;
    if (state.error) return state.error;
    if (state.close_sent) return errc::closed;
    std::size_t written = 0;
    if (!state.established) return written;
    detail::clear_errors();
    for (detail::piece_reader reader(pieces); !reader.at_end() && state.output.size() < state.output_limit;) {
        const std::string_view portion = reader.next(state.joined);
        std::size_t sent = 0;
        if (SSL_write_ex(state.connection.get(), portion.data(), portion.size(), &sent) != 1) {
            state.fail_by_openssl();
            return state.error;
        }
        written += sent;
        reader.skip(sent);
    }
    return written;
}

DRAGLINE_DECL void engine::close() noexcept {
    auto& state = *state_;
    if (!state.established || state.error || std::exchange(state.close_sent, true)) return;
    detail::clear_errors();
    SSL_shutdown(state.connection.get());
    detail::clear_errors();
}

DRAGLINE_DECL bool engine::handshake_done() const noexcept { return state_->established; }

DRAGLINE_DECL bool engine::has_pending_input() const noexcept {
    return state_->connection && !state_->is_drained();
}

DRAGLINE_DECL std::string engine::server_name() const {
    const auto& connection = state_->connection;
    const char* name = connection ? SSL_get_servername(connection.get(), TLSEXT_NAMETYPE_host_name) : nullptr;
    return name ? name : std::string();
}

DRAGLINE_DECL std::string_view engine::alpn() const noexcept {
    if (!state_->established) return {};
    const unsigned char* chosen = nullptr;
    unsigned int size = 0;
    SSL_get0_alpn_selected(state_->connection.get(), &chosen, &size);
    return {reinterpret_cast<const char*>(chosen), size};
}

DRAGLINE_DECL bool engine::resumed() const noexcept {
    return state_->established && SSL_session_reused(state_->connection.get()) == 1;
}

DRAGLINE_DECL peer_info engine::peer() const {
    auto& state = *state_;
    if (state.peer) return peer_info(state.peer);
    if (!state.established && !state.failed_reason) return peer_info();
    SSL* const ssl = state.connection.get();
    auto made = std::make_shared<detail::peer_state>();
    made->version = SSL_get_version(ssl);
    if (const char* cipher = SSL_get_cipher_name(ssl)) made->cipher = cipher;
    made->alpn = alpn();
    made->resumed = resumed();
    const STACK_OF(X509)* sent =
        state.refused_chain ? state.refused_chain.get() : SSL_get_peer_cert_chain(ssl);
    if (sent) made->chain = X509_chain_up_ref(const_cast<STACK_OF(X509)*>(sent));
    // OpenSSL gives a server the chain without the client's own certificate.
    if (!state.common->is_client && state.established) {
        if (detail::x509_pointer own{SSL_get1_peer_certificate(ssl)}) {
            if (!made->chain) made->chain = sk_X509_new_null();
            if (made->chain && sk_X509_unshift(made->chain, own.get()) > 0) static_cast<void>(own.release());
        }
    }
    if (const auto& known = state.established ? state.evidence() : state.proof; known) {
        made->ocsp = known->staple;
        if (known->verified) made->verified = X509_chain_up_ref(known->verified.get());
    }
    if (state.failed_reason) {
        made->ocsp = state.staple.status;
        made->failed_reason = state.failed_reason;
        made->failed_code = state.failed_code;
        made->failed_depth = state.failed_depth;
        X509* const failed = state.failed_certificate.get();
        if (failed && X509_up_ref(failed) == 1) made->failed_certificate = failed;
    }
    state.peer = std::move(made);
    return peer_info(state.peer);
}

DRAGLINE_DECL std::string engine::error_detail() const { return state_->error_detail; }

DRAGLINE_DECL void engine::release_buffers() noexcept {
    auto& state = *state_;
    state.input.release();
    state.output.release();
    std::string().swap(state.joined);
    if (state.connection) SSL_free_buffers(state.connection.get());
}

DRAGLINE_DECL ssl_st* engine::native_handle() const noexcept { return state_->connection.get(); }

}  // namespace dragline::inline v1::tls

#endif
