// All addresses of a name, of both families.
#pragma once

#include <dragline/async/operation.hpp>
#include <dragline/async/where.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/dns/detail/operation_shapes.hpp>
#include <dragline/dns/options.hpp>
#include <dragline/dns/resolver.hpp>

#include <asio/awaitable.hpp>

#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace dragline::inline v1::dns {

using resolve_all_signature = void(std::error_code, address_list);

namespace detail {
DRAGLINE_DECL asio::awaitable<result<address_list>> resolve_all_body(resolver with, std::string name,
                                                                     query_options options);
}

/// Looks up the IPv4 and IPv6 addresses of a name at the same time, as resolve_host() does for one family.
///
/// Completes with (error_code, address_list): at least one address, ordered as query_options::order() says.
/// One family that fails is no error as long as the other has addresses. Errors, Cancel, Threads: as
/// resolve_host(). The trace is that of the family that was looked up last.
template <async::where Where, class Token = default_token>
auto resolve_all(Where&& place, std::string_view name, query_options options, Token&& token = {}) {
    return async::initiate<address_list>(async::executor_of(place), &detail::resolve_all_body,
                                         std::forward<Token>(token), resolver_of(place), std::string(name),
                                         std::move(options));
}

template <async::where Where, detail::token_after<query_options> Token = default_token>
auto resolve_all(Where&& place, std::string_view name, Token&& token = {}) {
    return resolve_all(std::forward<Where>(place), name, query_options(), std::forward<Token>(token));
}

/// As above, on the loop of the coroutine that awaits it.
template <detail::awaiting_token Token = default_token>
auto resolve_all(std::string_view name, query_options options, Token token = {}) {
    return detail::start_here<address_list, &detail::resolve_all_body>(token, std::string(name),
                                                                       std::move(options));
}

template <detail::awaiting_token Token = default_token>
auto resolve_all(std::string_view name, Token token = {}) {
    return resolve_all(name, query_options(), token);
}

}  // namespace dragline::dns

namespace dragline::inline v1 {
using dns::resolve_all;
}

#include <dragline/dns/impl/resolve_all.ipp>
