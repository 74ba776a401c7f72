// Included by <dragline/dns/query.hpp> only.
#pragma once

#include <dragline/dns/detail/lookup.hpp>

#if DRAGLINE_HEADER_BODIES

#include <vector>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL response response_from(const found_answer& found, answer_source source) {
    const auto& what = *found.value;
    const auto& message = what.reply->message;
    response out;
    out.asked = what.asked;
    out.error = what.error;
    out.code = what.code;
    out.authoritative = message.authoritative;
    out.truncated = message.truncated;
    out.recursion_available = message.recursion_available;
    out.authentic = message.authentic_data;
    out.checking_disabled = message.checking_disabled;
    out.answers = message.answers;
    out.authorities = message.authorities;
    out.additionals = message.additionals;
    for (auto* section : {&out.answers, &out.authorities, &out.additionals}) {
        for (auto& each : *section) each.ttl -= std::min(each.ttl, found.age);
    }
    out.aliases = what.aliases;
    out.ttl = found.ttl();
    out.source = source;
    out.server = what.reply->server;
    out.took = what.reply->took;
    return out;
}

DRAGLINE_DECL asio::awaitable<result<response>> query_body(resolver with, question asked,
                                                           query_options options) {
    options = options.over(with.defaults());
    lookup looking(with.core(options), std::move(asked), true, options, async::no_deadline);
    while (looking.must_wait()) looking.waited(co_await looking.wait());
    const auto found = looking.finish();
    if (!found) co_return found.error();
    co_return response_from(*found, looking.source());
}

}  // namespace dragline::dns::detail

#endif
