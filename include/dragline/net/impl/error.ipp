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
                case errc::incomplete_read: return "the peer ended in the middle of what was to be read";
                case errc::read_limit_exceeded: return "more to read than the limit allows";
                case errc::queue_limit_exceeded: return "the write queue is full";
                case errc::incomplete_write: return "an earlier write went out only in part";
                case errc::busy: return "another operation of this kind is under way";
                case errc::plaintext_left_over: return "plaintext waits to be read before the TLS handshake";
                case errc::invalid_upstreams: return "not a list of servers that can be used";
                case errc::no_upstream: return "every server of the list is dead";
            }
            return "unknown net error";
        }

        std::error_condition default_error_condition(int code) const noexcept override {
            switch (static_cast<errc>(code)) {
                case errc::invalid_endpoint: return std::errc::invalid_argument;
                case errc::no_address: return condition::resolve_failed;
                case errc::incomplete_read: return condition::protocol_error;
                case errc::read_limit_exceeded: return condition::limit_exceeded;
                case errc::queue_limit_exceeded: return condition::limit_exceeded;
                case errc::incomplete_write: return std::errc::broken_pipe;
                case errc::busy: return std::errc::operation_in_progress;
                case errc::plaintext_left_over: return condition::protocol_error;
                case errc::invalid_upstreams: return std::errc::invalid_argument;
                case errc::no_upstream: return condition::connect_failed;
            }
            return {code, *this};
        }

        phase phase_of(int code) const noexcept override {
            switch (static_cast<errc>(code)) {
                case errc::invalid_endpoint: return phase::connect;
                case errc::no_address: return phase::resolve;
                case errc::incomplete_read: return phase::read;
                case errc::read_limit_exceeded: return phase::read;
                case errc::queue_limit_exceeded: return phase::write;
                case errc::incomplete_write: return phase::write;
                case errc::busy: return phase::none;
                case errc::plaintext_left_over: return phase::tls;
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
