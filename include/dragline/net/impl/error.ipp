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
                case errc::invalid_upstreams: return "not a list of servers that can be used";
                case errc::no_upstream: return "every server of the list is dead";
            }
            return "unknown net error";
        }

        std::error_condition default_error_condition(int code) const noexcept override {
            switch (static_cast<errc>(code)) {
                case errc::invalid_endpoint: return std::errc::invalid_argument;
                case errc::no_address: return condition::resolve_failed;
                case errc::invalid_upstreams: return std::errc::invalid_argument;
                case errc::no_upstream: return condition::connect_failed;
            }
            return {code, *this};
        }

        phase phase_of(int code) const noexcept override {
            return static_cast<errc>(code) == errc::no_address ? phase::resolve : phase::connect;
        }
    };
    static const net_category instance;
    return instance;
}

}  // namespace dragline::net

#endif
