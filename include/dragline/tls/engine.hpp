// One TLS connection without I/O: ciphertext goes in and out through buffers that the caller moves.
// Start with `engine`; make its `context` first.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/tls/context.hpp>
#include <dragline/tls/error.hpp>
#include <dragline/tls/peer_info.hpp>
#include <dragline/tls/ticket_cache.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

struct ssl_st;

namespace dragline::inline v1::tls {

namespace detail {
struct engine_state;
}

/// What one connection needs beside its context. The role, client or server, is that of the context.
class engine_options {
public:
    engine_options() {}

    /// Client: the host as in a URL, to verify, and to ask for when it is a name (SNI). It may stay empty
    /// only when the context has a server_name or verify_name, or does not verify.
    engine_options& host(std::string value) { return host_ = std::move(value), *this; }
    const std::string& host() const noexcept { return host_; }

    /// Client: where tickets come from and go to, under `key`, "host:port" say. The cache may die first.
    engine_options& tickets(std::weak_ptr<ticket_cache> cache, std::string key) {
        tickets_ = std::move(cache), ticket_key_ = std::move(key);
        return *this;
    }
    const std::weak_ptr<ticket_cache>& tickets() const noexcept { return tickets_; }
    const std::string& ticket_key() const noexcept { return ticket_key_; }

    /// Bytes of ciphertext that may wait to be read; at least 1.
    engine_options& input_limit(std::size_t size) { return input_limit_ = size, *this; }
    std::size_t input_limit() const noexcept { return input_limit_; }

    /// write() starts no further record while this many bytes of ciphertext wait to be sent; at least 1.
    /// A peer that makes us queue 64 KiB beyond it, by demanding answers, gets errc::output_limit.
    engine_options& output_limit(std::size_t size) { return output_limit_ = size, *this; }
    std::size_t output_limit() const noexcept { return output_limit_; }

private:
    std::string host_;
    std::weak_ptr<ticket_cache> tickets_;
    std::string ticket_key_;
    std::size_t input_limit_ = 64 * 1024;
    std::size_t output_limit_ = 128 * 1024;
};

enum class progress {
    done,        ///< The handshake is complete.
    want_input,  ///< More ciphertext is needed. Send the output first.
};

/// What read() found. No field is set when the given span was empty and there is something to read.
struct read_step {
    std::size_t size = 0;     ///< Bytes of plaintext.
    bool want_input = false;  ///< Nothing to read until more ciphertext comes.
    bool closed = false;      ///< The peer said close_notify: the data is complete.
};

/// One TLS connection, client or server, that does no I/O.
///
/// After every call, also one that failed, send output(). On want_input, receive into input_space().
/// A failure stays: each later call gives the same error. All state is in the object, so an abandoned receive
/// loses nothing. Renegotiation is off. Not for two threads at once; needs no particular one.
class engine {
public:
    engine(const context& shared, const engine_options& options);
    engine(engine&&) noexcept;
    engine& operator=(engine&&) noexcept;
    ~engine();

    /// Room for ciphertext from the peer: `hint` bytes, fewer near the input limit, none at it: read() first.
    /// Valid until the next call of input_space() or release_buffers(), whatever else is called.
    std::span<char> input_space(std::size_t hint = 16 * 1024);
    void input_received(std::size_t size) noexcept;
    /// The transport has ended. What came before it can still be read.
    void input_ended() noexcept;

    /// Ciphertext for the peer. The view stays as it is until output_sent() has covered all of it, whatever
    /// else is called; what is produced meanwhile comes in the next one.
    std::string_view output() const noexcept;
    void output_sent(std::size_t size) noexcept;
    /// Everything that waits to be sent, also beyond the view. Does not fix a view as output() does.
    std::size_t output_size() const noexcept;

    /// Continues the handshake. Errors: any of errc but truncated, closed, bad_record.
    result<progress> handshake();

    /// Decrypts as much as there is and fits. Errors: truncated when the transport ended without
    /// close_notify; bad_record, alert_received, output_limit, and those of handshake().
    result<read_step> read(std::span<char> plain);

    /// Encrypts what the output limit permits and returns how much that is: 0 means that output must be sent
    /// first, or that the handshake is not done. Errors: closed, and an earlier failure.
    result<std::size_t> write(std::string_view plain);
    /// As above, with pieces that are joined, so that a short head and its body share a record.
    result<std::size_t> write(std::span<const std::string_view> pieces);

    /// Queues close_notify, once. Reading goes on until the peer's.
    void close() noexcept;

    bool handshake_done() const noexcept;
    /// Whether bytes have arrived that read() has not looked at: on an idle connection a sign of poison.
    bool has_pending_input() const noexcept;

    /// The name that the client asked for; empty when it asked for none.
    std::string server_name() const;
    std::string_view alpn() const noexcept;
    bool resumed() const noexcept;
    /// What was agreed and with whom; also after a refused certificate. Empty before either.
    peer_info peer() const;

    /// After a failure: which check failed on which certificate, or OpenSSL's reason; for traces.
    std::string error_detail() const;

    /// Frees the buffers that hold nothing, for connections that go idle. Not while a receive into
    /// input_space() is under way.
    void release_buffers() noexcept;

    /// OpenSSL's SSL, for what has no function here. Do not read, write or change its BIOs.
    ssl_st* native_handle() const noexcept;

private:
    std::unique_ptr<detail::engine_state> state_;
};

}  // namespace dragline::inline v1::tls

#include <dragline/tls/impl/engine.ipp>
