// What can go wrong between an endpoint and a stream and in frames on it, beside the codes of sockets, dns
// and tls, which pass as they are.
#pragma once

#include <dragline/core/error.hpp>

#include <system_error>

namespace dragline::inline v1::net {

enum class errc {
    invalid_endpoint = 1,  ///< The text names no endpoint, or the endpoint cannot be dialled.
    no_address,            ///< The name has no address of a family that may be used.

    // Of streams.
    incomplete_read,       ///< The peer ended in the middle of what was to be read; the part stays readable.
    read_limit_exceeded,   ///< What was to be read is longer than its limit; the bytes stay readable.
    queue_limit_exceeded,  ///< The write queue cannot take that much more.
    incomplete_write,      ///< An earlier write went out only in part, so nothing can follow it.
    busy,                  ///< Another operation of this kind is under way on the stream.
    plaintext_left_over,   ///< Bytes from before the TLS handshake wait to be read: they must not follow it.

    datagram_truncated,  ///< A datagram was larger than the room for it; it is lost.
    // Of policies and proxies.
    address_blocked,                ///< The address policy forbids what was to be dialled.
    invalid_proxy,                  ///< Not a proxy that can be used: see proxy::parse().
    proxy_not_resolved,             ///< The proxy's own name has no address.
    proxy_unreachable,              ///< No connection to the proxy itself.
    proxy_tls_failed,               ///< The TLS handshake with the proxy itself.
    proxy_closed,                   ///< The proxy closed or reset the connection before there was a tunnel.
    proxy_protocol_error,           ///< What came is not the protocol of a proxy of its kind.
    proxy_limit_exceeded,           ///< The proxy's answer passed a limit.
    proxy_authentication_required,  ///< The proxy wants credentials of a kind that were not given.
    proxy_authentication_refused,   ///< The proxy did not accept the credentials.
    proxy_refused,                  ///< The proxy does not want to connect to this target.
    proxy_failure,                  ///< The proxy could not connect to the target, and does not say why.
    proxy_network_unreachable,      ///< From the proxy, that is, as in the following.
    proxy_host_unreachable,         ///< Also a name without an address, and 502 or 503 of an HTTP proxy.
    proxy_connection_refused,       ///< By the target.
    proxy_target_timeout,           ///< The target did not answer the proxy in time.
    proxy_command_not_supported,  ///< The proxy knows no CONNECT; of a client, that it wants another command.
    proxy_address_not_supported,  ///< The proxy takes no address of this kind.

    // Frames.
    frame_too_large,    ///< A frame is larger than the codec's max_frame, or says that it will be.
    malformed_frame,    ///< The bytes are no frame of this format, or not one that may come now.
    unknown_version,    ///< A frame is of a version that the codec does not take.
    unencodable_frame,  ///< A frame cannot be sent: a value does not fit its field, or holds the delimiter.

    // Secure channels.
    invalid_channel_key,      ///< The pre-shared key is not 32 bytes.
    wrong_channel_key,        ///< The ends hold different keys.
    channel_cipher_mismatch,  ///< The ends chose different ciphers.
    packet_not_authentic,     ///< A packet was tampered with, or is of another session.
    packet_replayed,          ///< A packet came before, or is too old to tell.
    packet_out_of_order,      ///< Packets before this one are missing.
    packet_reflected,         ///< A packet of our own came back.
    channel_truncated,        ///< The transport ended without the packet that ends the channel.
    channel_closed,           ///< Nothing can be sent after shutdown() or close().
    channel_not_ready,        ///< The handshake has not been completed.
    channel_exhausted,        ///< Every key of this session has been used.
    channel_failure,          ///< OpenSSL failed for no reason of the peer.

    // Of upstream lists.
    invalid_upstreams,  ///< No list of servers: empty, malformed, a server twice, a weight out of range.
    no_upstream,        ///< All servers of a list are dead, and it is not this caller's turn to try one.

    loop_not_running,  ///< What is left of a server cannot end: it is on loops that were stopped.
};

DRAGLINE_DECL const std::error_category& error_category() noexcept;

inline std::error_code make_error_code(errc code) noexcept {
    return {static_cast<int>(code), error_category()};
}

}  // namespace dragline::net

template <>
struct std::is_error_code_enum<dragline::net::errc> : std::true_type {};

#include <dragline/net/impl/error.ipp>
