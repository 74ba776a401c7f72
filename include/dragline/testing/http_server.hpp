// A scripted HTTP/1.1 server on loopback, plain or TLS, on a thread of its own. Start with http_server.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/testing/certificate_authority.hpp>
#include <dragline/testing/http_message.hpp>
#include <dragline/tls/options.hpp>

#include <asio/ip/address.hpp>
#include <asio/ip/address_v4.hpp>
#include <asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dragline::inline v1::testing {

namespace detail {
class http_server_state;
}

/// Answers requests as a script says, and keeps a log of them.
///
///     http_server server;
///     server.on("/slow", http_reply().delay(5s));
///     server.on("/cut", http_reply().body("12345").cut_body(2, ending::reset));
///
/// Runs until it is destroyed, which closes every connection. What has no script is answered with 404.
/// Scripts may be changed at any time; a reply that is under way stays as it is.
///
/// Threads: every member function may be called on any thread.
class http_server {
public:
    using duration = std::chrono::milliseconds;

    /// Listens on a free port of 127.0.0.1; with TLS where a certificate is given.
    http_server();
    explicit http_server(const tls::server_options& certificate);
    explicit http_server(const issued_certificate& certificate);

    struct unbound_t {};
    static constexpr unbound_t unbound{};
    explicit http_server(unbound_t);  ///< Listens nowhere yet.

    ~http_server();
    http_server(const http_server&) = delete;
    http_server& operator=(const http_server&) = delete;

    /// Listens on one more address, with port 0 on a free port, and returns the place.
    ///
    /// Throws std::system_error when the place is taken or the certificate is of no use.
    asio::ip::tcp::endpoint listen(const asio::ip::address& where = asio::ip::address_v4::loopback(),
                                   std::uint16_t port = 0);
    asio::ip::tcp::endpoint listen_tls(const tls::server_options& certificate,
                                       const asio::ip::address& where = asio::ip::address_v4::loopback(),
                                       std::uint16_t port = 0);

    asio::ip::tcp::endpoint listen_tls(const issued_certificate& certificate,
                                       const asio::ip::address& where = asio::ip::address_v4::loopback(),
                                       std::uint16_t port = 0);

    /// Another certificate, for clients that ask for this name (SNI) on any TLS port.
    http_server& certificate_for(std::string_view server_name, const tls::server_options& certificate);
    http_server& certificate_for(std::string_view server_name, const issued_certificate& certificate);

    /// The script of a path: "/a" (any query), "/a?b=1" (this query), "/a*" (all that begin so), "*".
    http_server& on(std::string path, http_script script);

    /// As above, for requests whose Host field has this name; it goes before on().
    http_server& on_host(std::string_view host, std::string path, http_script script);

    /// What befalls the next `count` connections as soon as they are accepted, before TLS.
    http_server& fail_connections(std::size_t count, ending how = ending::reset);

    /// The first place that it listens on.
    asio::ip::tcp::endpoint endpoint() const;
    std::uint16_t port() const { return endpoint().port(); }

    /// "http://127.0.0.1:4711/path" for the first place; "https" where that is TLS.
    std::string url(std::string_view target = "/") const;

    /// Requests in the order in which they were complete; one that is answered before its body, without it.
    std::vector<http_request> requests() const;
    std::size_t request_count() const;
    void clear_requests();

    std::uint64_t connection_count() const;  ///< Accepted since the start.
    std::uint64_t open_connections() const;
    std::uint64_t malformed_requests() const;  ///< Answered with 400.
    std::uint64_t failed_handshakes() const;

    /// False when fewer requests have come, or another number of connections is open, at the end of the time.
    bool wait_for_requests(std::size_t count, duration limit = std::chrono::seconds(10)) const;
    bool wait_for_open_connections(std::size_t count, duration limit = std::chrono::seconds(10)) const;

private:
    std::unique_ptr<detail::http_server_state> state_;
};

}  // namespace dragline::testing

#include <dragline/testing/impl/http_server.ipp>
