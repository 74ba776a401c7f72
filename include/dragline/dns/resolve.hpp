// The four DNS operations. Start with resolve_host(). WHERE is a loop, an executor, a session or a resolver;
// without it the operation belongs to the loop of the coroutine that awaits it.
#pragma once

#include <dragline/async/operation.hpp>
#include <dragline/async/where.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/dns/detail/operation_shapes.hpp>
#include <dragline/dns/options.hpp>
#include <dragline/dns/resolver.hpp>
#include <dragline/dns/wildcards/wildcard_options.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/ip/address.hpp>
#include <asio/ip/address_v4.hpp>
#include <asio/ip/address_v6.hpp>

#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace dragline::inline v1::dns {

using address_list_v4 = std::vector<asio::ip::address_v4>;
using address_list_v6 = std::vector<asio::ip::address_v6>;
using name_list = std::vector<std::string>;

using resolve_host_signature = void(std::error_code, address_list_v4);
using resolve_host6_signature = void(std::error_code, address_list_v6);
using reverse_resolve_signature = void(std::error_code, name_list);
using check_dns_wildcard_signature = void(std::error_code, bool);

namespace detail {

// The bodies of the operations, with a resolver, and with the executor of the awaiting coroutine.
DRAGLINE_DECL asio::awaitable<result<address_list_v4>> resolve_host_body(resolver with, std::string name,
                                                                         query_options options);
DRAGLINE_DECL asio::awaitable<result<address_list_v6>> resolve_host6_body(resolver with, std::string name,
                                                                          query_options options);
DRAGLINE_DECL asio::awaitable<result<name_list>> reverse_resolve_body(resolver with,
                                                                      asio::ip::address address,
                                                                      query_options options);
DRAGLINE_DECL asio::awaitable<result<bool>> check_dns_wildcard_body(resolver with, std::string domain,
                                                                    wildcard_options options);

}  // namespace detail

/// Looks up the IPv4 addresses of a name: in the hosts file, the cache, then the DNS.
///
/// An address is its own answer; localhost is the loopback address. Completes with (error_code,
/// std::vector<asio::ip::address_v4>), at least one address, in the order of the answer.
/// Errors:  dns::errc, all of which are condition::resolve_failed; make_timeout(phase::resolve);
///          errc::invalid_option, dns::errc::invalid_server.
/// Cancel:  any type; a look-up that others wait for goes on.
/// Threads: any; see async::initiate().
template <async::where Where, class Token = default_token>
auto resolve_host(Where&& place, std::string_view name, query_options options, Token&& token = {}) {
    return async::initiate<address_list_v4>(async::executor_of(place), &detail::resolve_host_body,
                                            std::forward<Token>(token), resolver_of(place), std::string(name),
                                            std::move(options));
}

template <async::where Where, detail::token_after<query_options> Token = default_token>
auto resolve_host(Where&& place, std::string_view name, Token&& token = {}) {
    return resolve_host(std::forward<Where>(place), name, query_options(), std::forward<Token>(token));
}

/// As above, on the loop of the coroutine that awaits it.
template <detail::awaiting_token Token = default_token>
auto resolve_host(std::string_view name, query_options options, Token token = {}) {
    return detail::start_here<address_list_v4, &detail::resolve_host_body>(token, std::string(name),
                                                                           std::move(options));
}

template <detail::awaiting_token Token = default_token>
auto resolve_host(std::string_view name, Token token = {}) {
    return resolve_host(name, query_options(), token);
}

/// As resolve_host(), but the IPv6 addresses (AAAA).
template <async::where Where, class Token = default_token>
auto resolve_host6(Where&& place, std::string_view name, query_options options, Token&& token = {}) {
    return async::initiate<address_list_v6>(async::executor_of(place), &detail::resolve_host6_body,
                                            std::forward<Token>(token), resolver_of(place), std::string(name),
                                            std::move(options));
}

template <async::where Where, detail::token_after<query_options> Token = default_token>
auto resolve_host6(Where&& place, std::string_view name, Token&& token = {}) {
    return resolve_host6(std::forward<Where>(place), name, query_options(), std::forward<Token>(token));
}

template <detail::awaiting_token Token = default_token>
auto resolve_host6(std::string_view name, query_options options, Token token = {}) {
    return detail::start_here<address_list_v6, &detail::resolve_host6_body>(token, std::string(name),
                                                                            std::move(options));
}

template <detail::awaiting_token Token = default_token>
auto resolve_host6(std::string_view name, Token token = {}) {
    return resolve_host6(name, query_options(), token);
}

/// Looks up the names of an address: in the hosts file, the cache, then the DNS (PTR).
///
/// Completes with (error_code, std::vector<std::string>), all of the names. They are hostile text: whoever
/// owns the address chose them, and nothing says that the names lead back to it, but see
/// query_options::forward_confirmed(). Bytes that do not print are escaped. An IPv4-mapped IPv6 address
/// counts as its IPv4 address. Errors, Cancel, Threads: as resolve_host().
template <async::where Where, class Token = default_token>
auto reverse_resolve(Where&& place, asio::ip::address address, query_options options, Token&& token = {}) {
    return async::initiate<name_list>(async::executor_of(place), &detail::reverse_resolve_body,
                                      std::forward<Token>(token), resolver_of(place), std::move(address),
                                      std::move(options));
}

template <async::where Where, detail::token_after<query_options> Token = default_token>
auto reverse_resolve(Where&& place, asio::ip::address address, Token&& token = {}) {
    return reverse_resolve(std::forward<Where>(place), std::move(address), query_options(),
                           std::forward<Token>(token));
}

template <detail::awaiting_token Token = default_token>
auto reverse_resolve(asio::ip::address address, query_options options, Token token = {}) {
    return detail::start_here<name_list, &detail::reverse_resolve_body>(token, std::move(address),
                                                                        std::move(options));
}

template <detail::awaiting_token Token = default_token>
auto reverse_resolve(asio::ip::address address, Token token = {}) {
    return reverse_resolve(std::move(address), query_options(), token);
}

/// Finds out whether names below `domain` that nobody made exist all the same: asks for random ones, for A,
/// AAAA and CNAME, past the cache.
///
/// Completes with (error_code, bool). True: some probe was answered. False: every probe was denied.
/// probe_wildcard() tells more.
/// Errors:  dns::errc::inconclusive when neither is proved, by timeouts or failures, also at the deadline;
///          those of a name or an option that cannot be used.
/// Cancel, Threads: as resolve_host(). RFC 4592.
template <async::where Where, class Token = default_token>
auto check_dns_wildcard(Where&& place, std::string_view domain, wildcard_options options,
                        Token&& token = {}) {
    return async::initiate<bool>(async::executor_of(place), &detail::check_dns_wildcard_body,
                                 std::forward<Token>(token), resolver_of(place), std::string(domain),
                                 std::move(options));
}

template <async::where Where, detail::token_after<wildcard_options> Token = default_token>
auto check_dns_wildcard(Where&& place, std::string_view domain, Token&& token = {}) {
    return check_dns_wildcard(std::forward<Where>(place), domain, wildcard_options(),
                              std::forward<Token>(token));
}

template <detail::awaiting_token Token = default_token>
auto check_dns_wildcard(std::string_view domain, wildcard_options options, Token token = {}) {
    return detail::start_here<bool, &detail::check_dns_wildcard_body>(token, std::string(domain),
                                                                      std::move(options));
}

template <detail::awaiting_token Token = default_token>
auto check_dns_wildcard(std::string_view domain, Token token = {}) {
    return check_dns_wildcard(domain, wildcard_options(), token);
}

}  // namespace dragline::dns

namespace dragline::inline v1 {

using dns::check_dns_wildcard;
using dns::resolve_host;
using dns::resolve_host6;
using dns::reverse_resolve;

}  // namespace dragline

#include <dragline/dns/impl/resolve.ipp>
