// Included by <dragline/http/error.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <string>

namespace dragline::inline v1::http {

DRAGLINE_DECL const std::error_category& error_category() noexcept {
    struct http_category final : category {
        const char* name() const noexcept override { return "dragline.http"; }

        std::string message(int code) const override {
            switch (static_cast<errc>(code)) {
                case errc::unsupported_scheme: return "the URL is neither http nor https";
                case errc::connection_closed: return "the peer closed the connection before it answered";
                case errc::unexpected_upgrade: return "the peer switched protocols without being asked";
                case errc::too_many_interim: return "too many interim responses";
                case errc::too_many_redirects: return "too many redirects";
                case errc::redirect_refused: return "the policy of the caller refused a redirect";
                case errc::insecure_redirect: return "a redirect from https to http was refused";
                case errc::body_too_large: return "the body is larger than max_body";
                case errc::invalid_credentials: return "credentials with a character that may not be sent";
                case errc::invalid_challenge: return "malformed authentication challenge";
                case errc::challenge_too_large: return "too many or too large authentication challenges";
                case errc::unsupported_challenge: return "an authentication challenge that is not supported";
                case errc::body_not_replayable: return "the body cannot be sent again";
                case errc::body_size_differs: return "the body has not the size that it announced";
                case errc::invalid_netrc: return "malformed netrc file";
                case errc::bad_status: return "the response has an error status";
                case errc::session_closed: return "the session was closed";
                case errc::session_options_differ: return "the living session has other options";
                case errc::loop_not_running: return "a loop did not answer in time: nobody runs it";
                case errc::invalid_cookie: return "the cookie has a character that no cookie may have";
                case errc::cookie_too_large: return "the cookie is too large";
                case errc::cookie_foreign_domain: return "the cookie is for a domain of others";
                case errc::cookie_public_suffix: return "the cookie is for a public suffix";
                case errc::cookie_insecure: return "the cookie is not to be set without TLS";
                case errc::cookie_prefix_broken: return "the cookie is not what its name promises";
                case errc::read_under_way: return "another read of this response is under way";
                case errc::invalid_json: return "the text is not the JSON that is wanted";
                case errc::unexpected_type: return "the response has another content type";
                case errc::unexpected_status: return "the response has another status";
                case errc::event_too_large: return "a line or an event is too large";
                case errc::invalid_range: return "a part that was not asked for";
                case errc::file_exists: return "the file is already there";
                case errc::checksum_mismatch: return "the checksum is another one";
                case errc::url_blocked: return "the policy of the caller forbids the URL";
                case errc::invalid_strict_transport: return "malformed Strict-Transport-Security";
                case errc::strict_transport_ignored: return "Strict-Transport-Security that means nothing";
                case errc::strict_transport_full: return "no room for another host of strict transport";
                case errc::no_proxy_chosen: return "the proxy policy gave no way to the host";
                case errc::circuit_open: return "the origin has failed too often of late";
                case errc::invalid_link: return "malformed Link field";
                case errc::link_too_large: return "too many or too large Link fields";
                case errc::too_many_pages: return "too many pages";
                case errc::page_loop: return "the next page is one that was there before";
                case errc::foreign_page: return "the next page is of another origin";
            }
            return "unknown http error";
        }

        std::error_condition default_error_condition(int code) const noexcept override {
            switch (static_cast<errc>(code)) {
                case errc::unsupported_scheme:
                case errc::invalid_cookie:
                case errc::invalid_credentials:
                case errc::invalid_netrc: return std::errc::invalid_argument;
                case errc::invalid_challenge:
                case errc::connection_closed:
                case errc::unexpected_upgrade: return condition::protocol_error;
                case errc::too_many_interim:
                case errc::too_many_redirects:
                case errc::challenge_too_large:
                case errc::body_too_large:
                case errc::cookie_too_large: return condition::limit_exceeded;
                case errc::insecure_redirect:
                case errc::redirect_refused:
                case errc::cookie_foreign_domain:
                case errc::cookie_public_suffix:
                case errc::cookie_insecure:
                case errc::cookie_prefix_broken: return condition::blocked;
                case errc::url_blocked:
                case errc::strict_transport_ignored: return condition::blocked;
                case errc::strict_transport_full: return condition::limit_exceeded;
                case errc::invalid_strict_transport: return condition::protocol_error;
                case errc::link_too_large:
                case errc::too_many_pages:
                case errc::event_too_large: return condition::limit_exceeded;
                case errc::foreign_page: return condition::blocked;
                case errc::invalid_link:
                case errc::page_loop:
                case errc::invalid_json:
                case errc::unexpected_type:
                case errc::invalid_range: return condition::protocol_error;
                case errc::file_exists: return std::errc::file_exists;
                case errc::no_proxy_chosen: return condition::proxy_failed;
                case errc::circuit_open: return condition::connect_failed;
                case errc::read_under_way: return std::errc::operation_in_progress;
                case errc::checksum_mismatch:
                case errc::unexpected_status:
                case errc::unsupported_challenge:
                case errc::body_not_replayable:
                case errc::body_size_differs:
                case errc::bad_status:
                case errc::session_closed:
                case errc::session_options_differ:
                case errc::loop_not_running: break;
            }
            return {code, *this};
        }

        phase phase_of(int code) const noexcept override {
            switch (static_cast<errc>(code)) {
                case errc::connection_closed:
                case errc::unexpected_upgrade:
                case errc::invalid_challenge:
                case errc::challenge_too_large:
                case errc::unsupported_challenge:
                case errc::too_many_interim: return phase::first_byte;
                case errc::too_many_redirects:
                case errc::redirect_refused:
                case errc::insecure_redirect: return phase::redirect;
                case errc::invalid_json:
                case errc::unexpected_type:
                case errc::event_too_large:
                case errc::invalid_range:
                case errc::checksum_mismatch:
                case errc::body_too_large: return phase::read;
                case errc::body_size_differs:
                case errc::body_not_replayable: return phase::write;
                case errc::no_proxy_chosen: return phase::proxy;
                case errc::circuit_open: return phase::connect;
                case errc::invalid_credentials:
                case errc::invalid_netrc:
                case errc::unsupported_scheme:
                case errc::bad_status:
                case errc::session_closed:
                case errc::session_options_differ:
                case errc::loop_not_running:
                case errc::invalid_cookie:
                case errc::cookie_too_large:
                case errc::cookie_foreign_domain:
                case errc::cookie_public_suffix:
                case errc::cookie_insecure:
                case errc::cookie_prefix_broken:
                case errc::unexpected_status:
                case errc::url_blocked:
                case errc::invalid_strict_transport:
                case errc::strict_transport_ignored:
                case errc::strict_transport_full:
                case errc::read_under_way:
                case errc::invalid_link:
                case errc::link_too_large:
                case errc::too_many_pages:
                case errc::page_loop:
                case errc::foreign_page:
                case errc::file_exists: break;
            }
            return phase::none;
        }
    };
    static const http_category instance;
    return instance;
}

}  // namespace dragline::http

#endif
