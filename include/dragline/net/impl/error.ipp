// Included by <dragline/net/error.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <string>

namespace dragline::inline v1::net {

DRAGLINE_DECL const std::error_category& error_category() noexcept {
    struct net_category final : category {
        const char* name() const noexcept override { return "dragline.net"; }

        std::string message(int code) const override {
            switch (static_cast<errc>(code)) {
                case errc::invalid_endpoint: return "not an endpoint that can be dialled";
                case errc::no_address: return "no address of a family that may be used";
                case errc::address_blocked: return "the address policy forbids this address";
                case errc::invalid_proxy: return "not a proxy that can be used";
                case errc::proxy_not_resolved: return "the name of the proxy has no address";
                case errc::proxy_unreachable: return "the proxy cannot be reached";
                case errc::proxy_tls_failed: return "TLS with the proxy failed";
                case errc::proxy_closed: return "the proxy closed the connection";
                case errc::proxy_protocol_error: return "the proxy does not speak its protocol";
                case errc::proxy_limit_exceeded: return "the answer of the proxy is too large";
                case errc::proxy_authentication_required: return "the proxy wants other credentials";
                case errc::proxy_authentication_refused: return "the proxy refused the credentials";
                case errc::proxy_refused: return "the proxy refuses to connect to the target";
                case errc::proxy_failure: return "the proxy could not connect to the target";
                case errc::proxy_network_unreachable:
                    return "the network of the target is unreachable from the proxy";
                case errc::proxy_host_unreachable: return "the target is unreachable from the proxy";
                case errc::proxy_connection_refused: return "the target refused the connection of the proxy";
                case errc::proxy_target_timeout: return "the target did not answer the proxy in time";
                case errc::proxy_command_not_supported: return "a command that the proxy does not support";
                case errc::proxy_address_not_supported:
                    return "a kind of address that the proxy does not support";
                case errc::incomplete_read: return "the peer ended in the middle of what was to be read";
                case errc::read_limit_exceeded: return "more to read than the limit allows";
                case errc::queue_limit_exceeded: return "the write queue is full";
                case errc::incomplete_write: return "an earlier write went out only in part";
                case errc::busy: return "another operation of this kind is under way";
                case errc::plaintext_left_over: return "plaintext waits to be read before the TLS handshake";
                case errc::datagram_truncated: return "datagram is larger than the room for it";
                case errc::frame_too_large: return "a frame is larger than the limit";
                case errc::malformed_frame: return "malformed frame";
                case errc::unknown_version: return "a frame of an unknown version";
                case errc::unencodable_frame: return "the frame cannot be encoded";
                case errc::invalid_channel_key: return "the key of a secure channel has 32 bytes";
                case errc::wrong_channel_key: return "the ends of the secure channel hold different keys";
                case errc::channel_cipher_mismatch:
                    return "the ends of the secure channel chose different ciphers";
                case errc::packet_not_authentic: return "a packet of the secure channel is not authentic";
                case errc::packet_replayed: return "a packet of the secure channel was replayed";
                case errc::packet_out_of_order: return "packets of the secure channel are missing";
                case errc::packet_reflected: return "a packet of the secure channel was reflected";
                case errc::channel_truncated: return "the secure channel was cut off";
                case errc::channel_closed: return "the secure channel is closed";
                case errc::channel_not_ready: return "the secure channel has had no handshake";
                case errc::channel_exhausted: return "the secure channel has used up its keys";
                case errc::channel_failure: return "OpenSSL failed in a secure channel";
                case errc::invalid_upstreams: return "not a list of servers that can be used";
                case errc::no_upstream: return "every server of the list is dead";
                case errc::loop_not_running: return "a loop of the server was stopped";
            }
            return "unknown net error";
        }

        std::error_condition default_error_condition(int code) const noexcept override {
            switch (static_cast<errc>(code)) {
                case errc::invalid_endpoint: return std::errc::invalid_argument;
                case errc::no_address: return condition::resolve_failed;
                case errc::address_blocked: return condition::blocked;
                case errc::invalid_proxy: return std::errc::invalid_argument;
                case errc::proxy_not_resolved:
                case errc::proxy_unreachable:
                case errc::proxy_tls_failed:
                case errc::proxy_closed:
                case errc::proxy_protocol_error:
                case errc::proxy_limit_exceeded:
                case errc::proxy_authentication_required:
                case errc::proxy_authentication_refused:
                case errc::proxy_refused:
                case errc::proxy_failure:
                case errc::proxy_network_unreachable:
                case errc::proxy_host_unreachable:
                case errc::proxy_connection_refused:
                case errc::proxy_target_timeout:
                case errc::proxy_command_not_supported:
                case errc::proxy_address_not_supported: return condition::proxy_failed;
                case errc::incomplete_read: return condition::protocol_error;
                case errc::read_limit_exceeded: return condition::limit_exceeded;
                case errc::queue_limit_exceeded: return condition::limit_exceeded;
                case errc::incomplete_write: return std::errc::broken_pipe;
                case errc::busy: return std::errc::operation_in_progress;
                case errc::plaintext_left_over: return condition::protocol_error;
                case errc::datagram_truncated: return condition::limit_exceeded;
                case errc::unencodable_frame:
                case errc::invalid_channel_key: return std::errc::invalid_argument;
                case errc::frame_too_large:
                case errc::channel_exhausted: return condition::limit_exceeded;
                case errc::wrong_channel_key: return std::errc::permission_denied;
                case errc::malformed_frame:
                case errc::unknown_version:
                case errc::channel_cipher_mismatch:
                case errc::packet_not_authentic:
                case errc::packet_replayed:
                case errc::packet_out_of_order:
                case errc::packet_reflected:
                case errc::channel_truncated: return condition::protocol_error;
                case errc::channel_closed:
                case errc::channel_not_ready: return std::errc::not_connected;
                case errc::channel_failure:
                case errc::loop_not_running: break;
                case errc::invalid_upstreams: return std::errc::invalid_argument;
                case errc::no_upstream: return condition::connect_failed;
            }
            return {code, *this};
        }

        phase phase_of(int code) const noexcept override {
            switch (static_cast<errc>(code)) {
                case errc::invalid_endpoint: return phase::connect;
                case errc::no_address: return phase::resolve;
                case errc::address_blocked: return phase::connect;
                case errc::invalid_proxy:
                case errc::proxy_not_resolved:
                case errc::proxy_unreachable:
                case errc::proxy_tls_failed:
                case errc::proxy_closed:
                case errc::proxy_protocol_error:
                case errc::proxy_limit_exceeded:
                case errc::proxy_authentication_required:
                case errc::proxy_authentication_refused:
                case errc::proxy_refused:
                case errc::proxy_failure:
                case errc::proxy_network_unreachable:
                case errc::proxy_host_unreachable:
                case errc::proxy_connection_refused:
                case errc::proxy_target_timeout:
                case errc::proxy_command_not_supported:
                case errc::proxy_address_not_supported: return phase::proxy;
                case errc::incomplete_read: return phase::read;
                case errc::read_limit_exceeded: return phase::read;
                case errc::queue_limit_exceeded: return phase::write;
                case errc::incomplete_write: return phase::write;
                case errc::busy:
                case errc::loop_not_running: return phase::none;
                case errc::plaintext_left_over: return phase::tls;
                case errc::datagram_truncated: return phase::read;
                case errc::frame_too_large:
                case errc::malformed_frame:
                case errc::unknown_version:
                case errc::packet_not_authentic:
                case errc::packet_replayed:
                case errc::packet_out_of_order:
                case errc::packet_reflected:
                case errc::channel_truncated: return phase::read;
                case errc::unencodable_frame:
                case errc::channel_closed:
                case errc::channel_not_ready:
                case errc::channel_exhausted: return phase::write;
                case errc::invalid_channel_key:
                case errc::wrong_channel_key:
                case errc::channel_cipher_mismatch:
                case errc::channel_failure: return phase::connect;
                case errc::invalid_upstreams:
                case errc::no_upstream: return phase::connect;
            }
            return phase::none;
        }
    };
    static const net_category instance;
    return instance;
}

}  // namespace dragline::net

#endif
