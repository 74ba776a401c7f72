// Looks a host or an address up wherever it may be known: in itself, the hosts file, the cache, the DNS.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/core/result.hpp>
#include <dragline/dns/detail/resolver_core.hpp>
#include <dragline/dns/options.hpp>
#include <dragline/dns/record.hpp>

#include <asio/awaitable.hpp>
#include <asio/ip/address.hpp>

#include <memory>
#include <string>

namespace dragline::inline v1::dns::detail {

// `type` is A or AAAA. An answer without records is an error here. Fills the trace of the options.
DRAGLINE_DECL asio::awaitable<result<found_answer>> lookup_host(std::shared_ptr<resolver_core> core,
                                                                std::string name, record_type type,
                                                                query_options options,
                                                                async::time_point until);

// The PTR records of an address.
DRAGLINE_DECL asio::awaitable<result<found_answer>> lookup_names(std::shared_ptr<resolver_core> core,
                                                                 asio::ip::address address,
                                                                 query_options options,
                                                                 async::time_point until);

DRAGLINE_DECL lookup_plan plan_of(const query_options& options) noexcept;

// The earlier of `until` and the timeout of the options; their default counts only when nobody else sets a
// limit.
DRAGLINE_DECL async::time_point limit_of(const query_options& options, async::time_point now,
                                         async::time_point until) noexcept;

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/host_lookup.ipp>
