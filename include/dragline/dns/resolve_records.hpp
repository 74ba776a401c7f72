// The records of one type of a name, as typed values. Start with resolve_mx.
#pragma once

#include <dragline/async/operation.hpp>
#include <dragline/async/where.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/dns/detail/operation_shapes.hpp>
#include <dragline/dns/detail/preferred_first.hpp>
#include <dragline/dns/options.hpp>
#include <dragline/dns/record.hpp>
#include <dragline/dns/resolver.hpp>

#include <asio/awaitable.hpp>

#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::inline v1::dns {
namespace detail {

DRAGLINE_DECL asio::awaitable<result<std::vector<record>>> resolve_records_body(resolver with,
                                                                                std::string name,
                                                                                record_type type,
                                                                                query_options options);

template <class Data>
asio::awaitable<result<std::vector<Data>>> resolve_typed_body(resolver with, std::string name,
                                                              query_options options) {
    auto resolving = resolve_records_body(std::move(with), std::move(name), Data::type, std::move(options));
    auto found = co_await std::move(resolving);
    if (!found) co_return found.error();
    std::vector<Data> typed;
    for (auto& each : *found) {
        if (auto* data = std::get_if<Data>(&each.data)) typed.push_back(std::move(*data));
    }
    preferred_first(typed);
    co_return typed;
}

}  // namespace detail

/// Looks up the records of Data's type: from the cache, then the DNS. Called as resolve_host() is:
///
///     std::vector<mx_record> exchanges = co_await resolve_mx("example.org");
///
/// operator()([WHERE,] name, [query_options,] [TOKEN]) completes with (error_code, std::vector<Data>), at
/// least one record: what is to be used first comes first, by preference, priority or order, else as in the
/// answer. Errors:  as resolve_host(); an address is no name. A null MX or SRV (RFC 7505, RFC 2782) is a
/// record like
///          others, whose name is ".".
/// Cancel, Threads: as resolve_host().
template <class Data>
class record_resolver {
public:
    using signature = void(std::error_code, std::vector<Data>);

    template <async::where Where, class Token = default_token>
    auto operator()(Where&& place, std::string_view name, query_options options, Token&& token = {}) const {
        return async::initiate<std::vector<Data>>(
            async::executor_of(place), &detail::resolve_typed_body<Data>, std::forward<Token>(token),
            resolver_of(place), std::string(name), std::move(options));
    }

    template <async::where Where, detail::token_after<query_options> Token = default_token>
    auto operator()(Where&& place, std::string_view name, Token&& token = {}) const {
        return (*this)(std::forward<Where>(place), name, query_options(), std::forward<Token>(token));
    }

    template <detail::awaiting_token Token = default_token>
    auto operator()(std::string_view name, query_options options, Token token = {}) const {
        return detail::start_here<std::vector<Data>, &detail::resolve_typed_body<Data>>(
            token, std::string(name), std::move(options));
    }

    template <detail::awaiting_token Token = default_token>
    auto operator()(std::string_view name, Token token = {}) const {
        return (*this)(name, query_options(), token);
    }
};

inline constexpr record_resolver<mx_record> resolve_mx{};
inline constexpr record_resolver<txt_record> resolve_txt{};
inline constexpr record_resolver<ns_record> resolve_ns{};
inline constexpr record_resolver<soa_record> resolve_soa{};
inline constexpr record_resolver<cname_record> resolve_cname{};
inline constexpr record_resolver<srv_record> resolve_srv{};
inline constexpr record_resolver<naptr_record> resolve_naptr{};
inline constexpr record_resolver<caa_record> resolve_caa{};
inline constexpr record_resolver<uri_record> resolve_uri{};
inline constexpr record_resolver<tlsa_record> resolve_tlsa{};
inline constexpr record_resolver<sshfp_record> resolve_sshfp{};
inline constexpr record_resolver<svcb_record> resolve_svcb{};
inline constexpr record_resolver<https_record> resolve_https{};
inline constexpr record_resolver<ds_record> resolve_ds{};
inline constexpr record_resolver<dnskey_record> resolve_dnskey{};

}  // namespace dragline::dns

#include <dragline/dns/impl/resolve_records.ipp>
