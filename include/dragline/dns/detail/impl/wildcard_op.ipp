// Included by <dragline/dns/detail/wildcard_op.hpp> only.
#pragma once

#include <dragline/dns/detail/lookup.hpp>
#include <dragline/dns/detail/probe_names.hpp>
#include <dragline/dns/detail/question_batch.hpp>
#include <dragline/dns/detail/wildcard_machine.hpp>
#include <dragline/dns/name.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace dragline::inline v1::dns::detail {

// The domain as look-ups use it, when probes fit below.
DRAGLINE_DECL result<std::string> probed_domain(std::string_view domain) {
    if (literal_address(domain)) return errc::invalid_name;
    auto name = normal_host_name(domain);
    if (name && name->size() > max_probed_domain) return errc::name_too_long;
    return name;
}

DRAGLINE_DECL asio::awaitable<result<bool>> check_wildcard(std::shared_ptr<resolver_core> core,
                                                           std::string domain, wildcard_options options) {
    if (const auto ec = options.problem()) co_return ec;
    const auto name = probed_domain(domain);
    if (!name) co_return name.error();

    auto& loop = core->loop();
    const auto until = limit_of(options.query(), loop.now(), async::no_deadline);
    std::vector<question> questions;
    for (int i = 0; i < options.probes(); ++i) {
        const auto probe = random_label(loop.random()) + '.' + *name;
        for (const auto type : {record_type::a, record_type::aaaa, record_type::cname}) {
            questions.emplace_back(probe, type);
        }
    }
    const auto at_once = questions.size();
    question_batch batch(std::move(core), options.query(), false, at_once);
    auto asking = batch.ask(std::move(questions), until, true);
    const auto ended = co_await std::move(asking);
    if (!ended) co_return ended.error();
    const auto& outcomes = batch.outcomes();
    const auto exists = [](const auto& each) { return each && each->exists(); };
    if (std::any_of(outcomes.begin(), outcomes.end(), exists)) co_return true;
    const auto denied = [](const auto& each) { return is_denial(each->error); };
    if (std::all_of(outcomes.begin(), outcomes.end(), denied)) co_return false;
    co_return errc::inconclusive;
}

DRAGLINE_DECL asio::awaitable<result<wildcard_evidence>> collect_evidence(std::shared_ptr<resolver_core> core,
                                                                          std::string domain,
                                                                          wildcard_options options) {
    if (const auto ec = options.problem()) co_return ec;
    auto name = probed_domain(domain);
    if (!name) co_return name.error();

    auto& loop = core->loop();
    const auto until = limit_of(options.query(), loop.now(), async::no_deadline);
    wildcard_machine machine(*std::move(name), options, loop.random());
    question_batch batch(std::move(core), options.query(), true, static_cast<std::size_t>(options.at_once()));
    if (options.signatures()) batch.want_signatures();
    while (!batch.timed_out()) {
        auto questions = machine.next();
        if (questions.empty()) break;
        auto asking = batch.ask(std::move(questions), until);
        const auto ended = co_await std::move(asking);
        if (!ended) co_return ended.error();
        machine.learn(batch.outcomes());
    }
    co_return machine.finish(!batch.timed_out());
}

}  // namespace dragline::dns::detail

#endif
