// Looks a name up, under one suffix after the other if it must be searched for.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/core/result.hpp>
#include <dragline/dns/detail/lookup.hpp>
#include <dragline/dns/options.hpp>
#include <dragline/dns/record.hpp>

#include <asio/awaitable.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dragline::inline v1::dns::detail {

// Whether there may be more than one name to try.
DRAGLINE_DECL bool must_search(std::string_view name, const query_options& options) noexcept;

// The names to try, in order (resolv.conf(5)): with ndots dots or more, first as it stands, else last.
DRAGLINE_DECL std::vector<std::string> names_to_try(const std::string& name, resolver_core& core,
                                                    const query_options& options);

enum class name_kind {
    host,  // may be an address, local, or in the hosts file
    any,
};

// An answer with records, or why there is none. The options are complete.
DRAGLINE_DECL asio::awaitable<result<found_answer>> find(std::shared_ptr<resolver_core> core,
                                                         std::string name, record_type type, name_kind kind,
                                                         query_options options, async::time_point until);

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/find.ipp>
