// resolve_many as a user calls it, on either engine.
#pragma once

#include "names.hpp"

#include <dragline/async/event_loop.hpp>
#include <dragline/async/run.hpp>
#include <dragline/dns/resolve_many.hpp>

#include <cstddef>
#include <ranges>
#include <string>

inline void resolve_many_on(dragline::dns::bulk_engine engine, const workload& work) {
    namespace dns = dragline::dns;
    dragline::event_loop loop;
    tally counted(work);
    const auto names = std::views::iota(std::size_t{0}, work.names) | std::views::transform(name_of);
    const auto options = dns::bulk_options()
                             .add_server("127.0.0.1:" + std::to_string(work.port))
                             .window(work.in_flight)
                             .engine(engine);
    const auto count_one = [&](const dns::bulk_answer& found) {
        if (found.error() == dragline::condition::timeout) return;
        const auto addresses = dns::addresses_v4(found.answer);
        if (addresses.size() == 1) {
            counted.answered(found.index, addresses.front().to_uint());
        } else {
            counted.wrong();
        }
    };
    dragline::run(loop, dns::resolve_many(loop, names, dns::record_type::a, options, count_one));
    counted.print();
}
