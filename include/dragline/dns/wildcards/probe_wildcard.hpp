// Evidence for and against wildcards, for those who must tell real names from made ones. Start with
// probe_wildcard(); check_dns_wildcard() of resolve.hpp is its short face.
#pragma once

#include <dragline/async/operation.hpp>
#include <dragline/async/where.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/dns/detail/operation_shapes.hpp>
#include <dragline/dns/resolver.hpp>
#include <dragline/dns/wildcards/wildcard_evidence.hpp>
#include <dragline/dns/wildcards/wildcard_options.hpp>

#include <asio/awaitable.hpp>

#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace dragline::inline v1::dns {

using probe_wildcard_signature = void(std::error_code, wildcard_evidence);

namespace detail {
DRAGLINE_DECL asio::awaitable<result<wildcard_evidence>> probe_wildcard_body(resolver with,
                                                                             std::string domain,
                                                                             wildcard_options options);
}

/// Asks for names below `domain`, and below each domain above it up to the registrable one, that nobody made:
/// of several shapes, one and two labels deep, past the cache, again until nothing new comes back.
///
/// Completes with (error_code, wildcard_evidence). Servers that fail or say nothing are no error, and nor is
/// the end of the timeout: they leave the verdict unknown, unless there is proof from others.
/// Errors:  those of a name, or options, that cannot be used: an address is errc::invalid_name, a domain that
///          no probe fits below errc::name_too_long.
/// Cancel:  any type.
/// Threads: any; see async::initiate(). RFC 4592; RFC 4035, 5.3.4.
template <async::where Where, class Token = default_token>
auto probe_wildcard(Where&& place, std::string_view domain, wildcard_options options, Token&& token = {}) {
    return async::initiate<wildcard_evidence>(async::executor_of(place), &detail::probe_wildcard_body,
                                              std::forward<Token>(token), resolver_of(place),
                                              std::string(domain), std::move(options));
}

template <async::where Where, detail::token_after<wildcard_options> Token = default_token>
auto probe_wildcard(Where&& place, std::string_view domain, Token&& token = {}) {
    return probe_wildcard(std::forward<Where>(place), domain, wildcard_options(), std::forward<Token>(token));
}

/// As above, on the loop of the coroutine that awaits it.
template <detail::awaiting_token Token = default_token>
auto probe_wildcard(std::string_view domain, wildcard_options options, Token token = {}) {
    return detail::start_here<wildcard_evidence, &detail::probe_wildcard_body>(token, std::string(domain),
                                                                               std::move(options));
}

template <detail::awaiting_token Token = default_token>
auto probe_wildcard(std::string_view domain, Token token = {}) {
    return probe_wildcard(domain, wildcard_options(), token);
}

}  // namespace dragline::dns

#include <dragline/dns/wildcards/impl/probe_wildcard.ipp>
