// How a server listens, whom it lets in, and how long for. Start with `server_options`.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/net/endpoint.hpp>
#include <dragline/net/socket_options.hpp>
#include <dragline/net/stream_options.hpp>
#include <dragline/tls/options.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <functional>
#include <optional>
#include <utility>

namespace dragline::inline v1::async {
class blocking_pool;
}

namespace dragline::inline v1::net {

/// What start_server() does with connections, and with itself. A value that cannot work is kept and fails it.
class server_options {
public:
    using duration = async::duration;

    /// Is told what went wrong, and with whom: an exception of a handler, a handshake that failed, a
    /// connection that took too long; with an empty endpoint an accept that failed. What it throws is lost.
    using error_hook = std::function<void(std::exception_ptr, const endpoint&)>;

    server_options() {}

    /// How many connections there may be at once. At the cap the server accepts no more: others wait in the
    /// kernel's queue, whose length `backlog` is, until one has ended.
    server_options& max_connections(std::size_t count) { return max_connections_ = count, *this; }
    std::size_t max_connections() const noexcept { return max_connections_; }
    server_options& backlog(std::size_t count) { return backlog_ = count, *this; }
    std::size_t backlog() const noexcept { return backlog_; }

    /// How many connections are accepted each second, and how many at once after a pause. No limit when 0.
    server_options& accept_rate(double per_second, double burst) {
        return accept_rate_ = per_second, accept_burst_ = burst, *this;
    }
    double accept_rate() const noexcept { return accept_rate_; }
    double accept_burst() const noexcept { return accept_burst_; }

    /// How long a connection may last, whatever it does: at the end its handler is cancelled and the stream
    /// closed. `no_limit` by default; a stream has limits of its own for each read and write.
    server_options& connection_timeout(duration value) { return connection_timeout_ = value, *this; }
    duration connection_timeout() const noexcept { return connection_timeout_; }

    /// How long the TLS handshake may take, so that a client that says nothing does not keep its place.
    server_options& handshake_timeout(duration value) { return handshake_timeout_ = value, *this; }
    duration handshake_timeout() const noexcept { return handshake_timeout_; }

    /// How long stop() waits for handlers before it cancels them.
    server_options& drain_timeout(duration value) { return drain_timeout_ = value, *this; }
    duration drain_timeout() const noexcept { return drain_timeout_; }

    /// Speaks TLS: the handler gets a stream whose handshake is done.
    server_options& tls(dragline::tls::server_options value) { return tls_ = std::move(value), *this; }
    const std::optional<dragline::tls::server_options>& tls() const noexcept { return tls_; }

    /// The limits of each stream: its reads and writes, and what it may hold.
    server_options& stream(stream_options value) { return stream_ = value, *this; }
    const stream_options& stream() const noexcept { return stream_; }

    /// What the system is told about each connection's socket.
    server_options& socket(socket_options value) { return socket_ = value, *this; }
    const socket_options& socket() const noexcept { return socket_; }

    /// Lets other servers of the same user listen on the same port, so that the kernel divides what comes.
    /// Over a loop_group its own listeners always do. Where the system has no such thing (only Linux does
    /// here): asio::error::operation_not_supported.
    server_options& reuse_port(bool value) { return reuse_port_ = value, *this; }
    bool reuse_port() const noexcept { return reuse_port_; }

    /// Whether a listener on an IPv6 address, "::" above all, leaves IPv4 clients to others.
    server_options& v6_only(bool value) { return v6_only_ = value, *this; }
    bool v6_only() const noexcept { return v6_only_; }

    /// Who may connect to a Unix socket: the rights of its file. Unset, what the process's umask leaves.
    server_options& local_permissions(std::filesystem::perms value) {
        return local_permissions_ = value, *this;
    }
    const std::optional<std::filesystem::perms>& local_permissions() const noexcept {
        return local_permissions_;
    }

    /// Where plain handlers run; they need one. It must outlive the server, and the server's loops it.
    server_options& pool(async::blocking_pool& threads) { return pool_ = &threads, *this; }
    async::blocking_pool* pool() const noexcept { return pool_; }

    /// Called on the connection's loop.
    server_options& on_error(error_hook hook) { return on_error_ = std::move(hook), *this; }
    const error_hook& on_error() const noexcept { return on_error_; }

private:
    std::size_t max_connections_ = 10'000;
    std::size_t backlog_ = 1024;
    double accept_rate_ = 0;
    double accept_burst_ = 0;
    duration connection_timeout_ = no_limit;
    duration handshake_timeout_ = std::chrono::seconds(10);
    duration drain_timeout_ = std::chrono::seconds(10);
    std::optional<dragline::tls::server_options> tls_;
    stream_options stream_;
    socket_options socket_;
    bool reuse_port_ = false;
    bool v6_only_ = false;
    std::optional<std::filesystem::perms> local_permissions_;
    async::blocking_pool* pool_ = nullptr;
    error_hook on_error_;
};

}  // namespace dragline::net

namespace dragline::inline v1 {
using net::server_options;
}
