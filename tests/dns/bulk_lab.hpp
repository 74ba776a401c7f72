// What the tests of resolve_many() share: runs on either engine whose answers are kept.
#pragma once

#include <dragline/dns/resolve_many.hpp>

#include "lab.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <map>
#include <string>
#include <system_error>
#include <vector>

namespace dragline::test {

using dns::bulk_answer;
using dns::bulk_engine;
using dns::bulk_options;
using dns::bulk_summary;
using dns::record_type;

struct bulk_outcome {
    std::error_code error;
    bulk_summary summary;
    std::vector<bulk_answer> answers;  // as they were reported; their `server` is not valid any more

    // The answers by index; each index must be there once.
    std::map<std::size_t, bulk_answer> by_index() const {
        std::map<std::size_t, bulk_answer> out;
        for (const auto& each : answers) {
            const bool fresh = out.emplace(each.index, each).second;
            CHECK(fresh);
        }
        return out;
    }
    std::error_code error_of(std::size_t index) const { return by_index().at(index).error(); }
};

struct bulk_lab : dns_lab {
    bulk_engine engine = GENERATE(bulk_engine::ares, bulk_engine::udp);

    bulk_options bulk() const {
        return bulk_options()
            .add_server(server.to_string())
            .engine(engine)
            .try_timeout(std::chrono::seconds(20));
    }

    template <class Names>
    bulk_outcome resolve_all(Names names, dns::record_types types, const bulk_options& with) {
        bulk_outcome out;
        const auto keep = [&out](const bulk_answer& each) { out.answers.push_back(each); };
        std::tie(out.error, out.summary) =
            run(dns::resolve_many(loop, std::move(names), std::move(types), with, keep, no_throw));
        return out;
    }
    bulk_outcome resolve_all(list names, const bulk_options& with) {
        return resolve_all(std::move(names), record_type::a, with);
    }
    bulk_outcome resolve_all(list names) { return resolve_all(std::move(names), bulk()); }
};

// n0.test to n<count - 1>.test
inline list numbered(std::size_t count) {
    list names;
    for (std::size_t i = 0; i < count; ++i) names.push_back("n" + std::to_string(i) + ".test");
    return names;
}

// The address that numbered_hosts() has for a name.
inline std::string address_of(std::size_t number) {
    return "10.0." + std::to_string(number / 256) + "." + std::to_string(number % 256);
}

// What a server of numbered names says: computed from the question.
inline testing::dns_reply numbered_host(const testing::dns_query& query) {
    const auto number = std::stoul(query.name().substr(1));
    return testing::dns_reply().answer(record_type::a, {address_of(number)});
}

// Every name has the right answer, in any order, or has failed with one of its own.
inline std::size_t check_numbered(const bulk_outcome& outcome, std::size_t count) {
    std::size_t right = 0;
    const auto answers = outcome.by_index();
    CHECK(answers.size() == count);
    for (const auto& [index, each] : answers) {
        if (each.error()) continue;
        CHECK(texts(dns::addresses_v4(each.answer)) == list{address_of(index)});
        ++right;
    }
    return right;
}

}  // namespace dragline::test
