#include <dragline/dns/detail/query_ids.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <random>
#include <set>

using dragline::dns::detail::query_ids;

TEST_CASE("the ids of queries under way are all different, until nearly all are taken", "[dns][query_ids]") {
    struct : dragline::async::random_source {
        std::uint64_t operator()() override { return numbers(); }
        std::mt19937_64 numbers{1};
    } random;
    query_ids ids(random);
    std::set<std::uint16_t> taken;
    for (int i = 0; i < 60'000; ++i) taken.insert(ids.take());
    CHECK(taken.size() == 60'000);
    const auto given_back = *taken.begin();
    ids.give_back(given_back);
    taken.erase(given_back);
    for (int i = 0; i < 1'000; ++i) taken.insert(ids.take());
    CHECK(taken.size() == 60'999);
    // More than there are, and none waits for ever.
    for (int i = 0; i < 10'000; ++i) ids.take();
}
