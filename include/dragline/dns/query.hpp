// Any question of the DNS, answered by all that the server said. Start with query().
#pragma once

#include <dragline/async/operation.hpp>
#include <dragline/async/where.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/dns/detail/operation_shapes.hpp>
#include <dragline/dns/options.hpp>
#include <dragline/dns/record.hpp>
#include <dragline/dns/resolver.hpp>
#include <dragline/dns/response.hpp>

#include <asio/awaitable.hpp>

#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace dragline::inline v1::dns {

using query_signature = void(std::error_code, response);

namespace detail {
DRAGLINE_DECL asio::awaitable<result<response>> query_body(resolver with, question asked,
                                                           query_options options);
}

/// Asks for the records of one type, or ANY, of a name: the cache, then the DNS. No hosts file, no search
/// list.
///
/// Completes with (error_code, response). Whatever a server says is a success, see response::error: NXDOMAIN,
/// and, when no server says anything better, SERVFAIL and REFUSED too. Types without a name here are given by
/// number, and come as raw_record.
/// Errors:  that there is no answer: make_timeout(phase::resolve), dns::errc::servers_unreachable,
///          malformed_message, no_servers, quota_exceeded; a name that cannot be (an address is none),
///          options that cannot work.
/// Cancel:  any type; a query that others wait for goes on.
/// Threads: any; see async::initiate(). RFC 1035.
template <async::where Where, class Token = default_token>
auto query(Where&& place, std::string_view name, record_type type, query_options options,
           Token&& token = {}) {
    return async::initiate<response>(async::executor_of(place), &detail::query_body,
                                     std::forward<Token>(token), resolver_of(place),
                                     question(std::string(name), type), std::move(options));
}

template <async::where Where, detail::token_after<query_options> Token = default_token>
auto query(Where&& place, std::string_view name, record_type type, Token&& token = {}) {
    return query(std::forward<Where>(place), name, type, query_options(), std::forward<Token>(token));
}

/// As above, on the loop of the coroutine that awaits it.
template <detail::awaiting_token Token = default_token>
auto query(std::string_view name, record_type type, query_options options, Token token = {}) {
    return detail::start_here<response, &detail::query_body>(token, question(std::string(name), type),
                                                             std::move(options));
}

template <detail::awaiting_token Token = default_token>
auto query(std::string_view name, record_type type, Token token = {}) {
    return query(name, type, query_options(), token);
}

}  // namespace dragline::dns

#include <dragline/dns/impl/query.ipp>
