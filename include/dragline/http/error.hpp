// What can go wrong in a fetch beyond the codes of url, h1, codec, tls, dns and sockets, which pass as they
// are.
#pragma once

#include <dragline/core/error.hpp>

#include <system_error>

namespace dragline::inline v1::http {

enum class errc {
    unsupported_scheme = 1,  ///< The URL is neither http nor https.
    connection_closed,       ///< The peer closed the connection before it answered.
    unexpected_upgrade,      ///< The peer switched protocols without being asked.
    too_many_interim,        ///< More 1xx responses than allowed came before the final one.
    too_many_redirects,      ///< The redirect limit was reached.
    insecure_redirect,       ///< A redirect from https to http was refused.
    redirect_refused,        ///< The function of the redirect_policy said so.
    body_too_large,          ///< The decoded body is larger than max_body.
    invalid_credentials,     ///< A user name, password or token has a character that may not be sent.
    invalid_challenge,       ///< WWW-Authenticate or its like breaks the grammar, or lacks what it must have.
    challenge_too_large,     ///< It has more than challenge_limits allow.
    unsupported_challenge,   ///< It asks for a scheme, algorithm or qop that we do not have.
    body_not_replayable,     ///< The request had to be sent again, and its body cannot be.
    body_size_differs,       ///< The body of a request gave fewer or more bytes than it had announced.
    invalid_netrc,           ///< A netrc file breaks the syntax.
    bad_status,              ///< raise_for_status() on a response with a status of 400 or more.
    session_closed,          ///< The session of this handle was closed.
    session_options_differ,  ///< get_session() with other options than those of the living session.
    loop_not_running,        ///< A loop did not answer in time, since nobody runs it.
    invalid_cookie,         ///< A cookie with a control character, or a byte that ends it, or nothing at all.
    cookie_too_large,       ///< A cookie larger than set_cookie_limits.
    cookie_foreign_domain,  ///< A cookie for a domain that the host which sets it is not in.
    cookie_public_suffix,   ///< A cookie for a domain under which others register theirs.
    cookie_insecure,        ///< http that sets a Secure cookie, or one in the place of such.
    cookie_prefix_broken,   ///< A name that begins with __Host- or __Secure-, without what that promises.
    read_under_way,         ///< A second read of a response_stream, while one is under way.
    invalid_json,           ///< The parser of json_traits took exception to a text.
    unexpected_type,        ///< A response of another Content-Type than the one that is wanted.
    unexpected_status,      ///< A response with another status than one that is wanted.
    event_too_large,        ///< A line or an event of an event stream beyond its limit.
    invalid_range,          ///< A part of a file that is not the one asked for.
    file_exists,            ///< The target of a download is there, and may not be replaced.
    checksum_mismatch,      ///< What was downloaded is not what it should be.
    no_proxy_chosen,        ///< The function of a proxy_policy gave no way at all, not even the direct one.
    circuit_open,           ///< The origin has failed so often that it is left alone for a while.
    invalid_link,           ///< A Link field breaks the grammar.
    link_too_large,         ///< Link fields have more than link_limits allow.
    too_many_pages,         ///< There is one more page than for_each_page() may fetch.
    page_loop,              ///< The next page is one that for_each_page() has fetched.
    foreign_page,           ///< The next page is of another origin.

    // Of policies.
    url_blocked,               ///< A url_policy forbids the URL, or that of a redirect.
    invalid_strict_transport,  ///< Strict-Transport-Security breaks the grammar: it is void.
    strict_transport_ignored,  ///< It came without TLS, or from an address.
    strict_transport_full,     ///< The hsts_store has no room for another host.
};

DRAGLINE_DECL const std::error_category& error_category() noexcept;

inline std::error_code make_error_code(errc code) noexcept {
    return {static_cast<int>(code), error_category()};
}

}  // namespace dragline::http

template <>
struct std::is_error_code_enum<dragline::http::errc> : std::true_type {};

#include <dragline/http/impl/error.ipp>
