// Included by <dragline/url/error.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <string>

namespace dragline::inline v1::url {

DRAGLINE_DECL const std::error_category& error_category() noexcept {
    struct url_category final : category {
        const char* name() const noexcept override { return "dragline.url"; }

        std::string message(int code) const override {
            switch (static_cast<errc>(code)) {
                case errc::missing_scheme: return "the URL has no scheme";
                case errc::base_not_usable: return "the base URL has no path to resolve against";
                case errc::missing_host: return "the URL has no host";
                case errc::invalid_host: return "the host of the URL has a forbidden character";
                case errc::invalid_ipv4: return "the host of the URL is a malformed IPv4 address";
                case errc::invalid_ipv6: return "the host of the URL is a malformed IPv6 address";
                case errc::ipv6_zone_id: return "the IPv6 address of the URL has a zone id";
                case errc::invalid_port: return "the port of the URL is no number from 0 to 65535";
                case errc::idna_failed: return "the host of the URL is no valid international name";
                case errc::idna_not_supported: return "international host names need libidn2";
                case errc::too_long: return "the URL is too long";
            }
            return "unknown url error";
        }

        std::error_condition default_error_condition(int code) const noexcept override {
            switch (static_cast<errc>(code)) {
                case errc::idna_not_supported: return std::errc::not_supported;
                case errc::too_long: return condition::limit_exceeded;
                case errc::missing_scheme:
                case errc::base_not_usable:
                case errc::missing_host:
                case errc::invalid_host:
                case errc::invalid_ipv4:
                case errc::invalid_ipv6:
                case errc::ipv6_zone_id:
                case errc::invalid_port:
                case errc::idna_failed: return std::errc::invalid_argument;
            }
            return {code, *this};
        }

        // A URL is read before an operation reaches its first phase.
        phase phase_of(int) const noexcept override { return phase::none; }
    };
    static const url_category instance;
    return instance;
}

}  // namespace dragline::url

#endif
