// Included by <dragline/dns/resolve_records.hpp> only.
#pragma once

#include <dragline/dns/detail/find.hpp>

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL asio::awaitable<result<std::vector<record>>> resolve_records_body(resolver with,
                                                                                std::string name,
                                                                                record_type type,
                                                                                query_options options) {
    options = options.over(with.defaults());
    auto core = with.core(options);
    auto finding =
        find(std::move(core), std::move(name), type, name_kind::any, std::move(options), async::no_deadline);
    const auto found = co_await std::move(finding);
    if (!found) co_return found.error();
    co_return found->value->records;
}

}  // namespace dragline::dns::detail

#endif
