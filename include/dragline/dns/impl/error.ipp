// Included by <dragline/dns/error.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::dns {

DRAGLINE_DECL const std::error_category& error_category() noexcept {
    struct dns_category final : category {
        const char* name() const noexcept override { return "dragline.dns"; }

        std::string message(int code) const override {
            switch (static_cast<errc>(code)) {
                case errc::name_not_found: return "the name does not exist (NXDOMAIN)";
                case errc::no_data: return "the name has no record of this type (NODATA)";
                case errc::server_failure: return "the DNS server failed (SERVFAIL)";
                case errc::refused: return "the DNS server refused the query (REFUSED)";
                case errc::format_error: return "the DNS server did not understand the query (FORMERR)";
                case errc::not_implemented: return "the DNS server does not support the query (NOTIMP)";
                case errc::unexpected_rcode: return "the DNS server answered with an unexpected code";
                case errc::malformed_message: return "malformed DNS message";
                case errc::not_a_response: return "a DNS query where a response was expected";
                case errc::id_mismatch: return "DNS response to another query";
                case errc::question_mismatch: return "DNS response to another question";
                case errc::cname_loop: return "the aliases of the name loop or are too many";
                case errc::empty_name: return "empty host name";
                case errc::name_too_long: return "host name longer than 253 characters";
                case errc::label_too_long: return "host name with a label longer than 63 characters";
                case errc::empty_label: return "host name with an empty label";
                case errc::invalid_name: return "host name with a character that is not allowed";
                case errc::non_ascii_name: return "host name that is not ASCII; convert it with IDNA first";
                case errc::invalid_server: return "not a DNS server address";
                case errc::message_too_long: return "DNS message too long";
                case errc::unknown_type: return "no type of DNS record has this name";
                case errc::invalid_data: return "not the text of a DNS record of this type";
                case errc::no_servers: return "no DNS server is known";
                case errc::servers_unreachable: return "no DNS server could be reached";
                case errc::inconclusive: return "the wildcard check is inconclusive";
                case errc::not_confirmed: return "no name of the address leads back to it";
                case errc::quota_exceeded: return "the scope has used up its look-ups";
            }
            return "unknown dns error";
        }

        std::error_condition default_error_condition(int code) const noexcept override {
            switch (static_cast<errc>(code)) {
                case errc::invalid_server: return std::errc::invalid_argument;
                case errc::message_too_long:
                case errc::quota_exceeded: return condition::limit_exceeded;
                default: return condition::resolve_failed;  // texts are what the switch above guards
            }
        }

        // Some failures are also of a second kind.
        bool equivalent(int code, const std::error_condition& wanted) const noexcept override {
            if (std::error_category::equivalent(code, wanted)) return true;
            switch (static_cast<errc>(code)) {
                case errc::malformed_message:
                case errc::not_a_response:
                case errc::id_mismatch:
                case errc::question_mismatch: return wanted == condition::protocol_error;
                case errc::empty_name:
                case errc::name_too_long:
                case errc::label_too_long:
                case errc::empty_label:
                case errc::invalid_name:
                case errc::non_ascii_name:
                case errc::unknown_type:
                case errc::invalid_data: return wanted == std::errc::invalid_argument;
                default: return false;
            }
        }

        phase phase_of(int) const noexcept override { return phase::resolve; }
    };
    static const dns_category instance;
    return instance;
}

}  // namespace dragline::dns

#endif
