#include <dragline/net/detail/upstream_machine.hpp>

#include <dragline/testing/manual_clock.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using dragline::net::endpoint;
using dragline::net::upstream_options;
using dragline::net::upstream_policy;
using dragline::net::upstream_server;
using dragline::net::detail::hash_ring;
using dragline::net::detail::ring_hash;
using dragline::net::detail::upstream_machine;

namespace {

std::vector<upstream_server> servers_named(std::string_view letters, std::uint32_t weight = 1) {
    std::vector<upstream_server> servers;
    for (const char letter : letters) servers.emplace_back(endpoint(std::string(1, letter), 80), weight);
    return servers;
}

// A machine at seconds after its start, whose servers have names of one letter.
class upstream_scene {
public:
    using choice = std::pair<upstream_machine::record_pointer, std::uint64_t>;

    explicit upstream_scene(const std::vector<upstream_server>& servers, upstream_options options = {})
        : machine(options.revive_jitter(0)) {
        REQUIRE(machine.assign(servers));
    }

    choice choose(std::string_view key = {},
                  const std::vector<upstream_machine::record_pointer>& tried = {}) {
        const auto found =
            machine.choose(key.empty() ? std::optional<std::string_view>() : key, tried, now, random());
        return {found, found ? found->deaths : 0};
    }
    std::string name(const choice& chosen) const {
        return chosen.first ? chosen.first->server.target.host() : "-";
    }
    std::string next(std::string_view key = {}) { return name(choose(key)); }

    // Four failures; what each chooses must be that server.
    void kill(std::string_view wanted) {
        const auto victim = find(wanted);
        for (int i = 0; i < 4; ++i) fail({victim, victim->deaths});
        REQUIRE(victim->dead);
    }
    void fail(const choice& chosen) { machine.on_failure(*chosen.first, chosen.second, now, 0); }
    void succeed(const choice& chosen) { machine.on_success(*chosen.first, chosen.second, now); }

    upstream_machine::record_pointer find(std::string_view wanted) const {
        for (const auto& each : machine.servers()) {
            if (each->server.target.host() == wanted) return each;
        }
        return nullptr;
    }

    upstream_machine machine;
    dragline::async::time_point now{1h};
    dragline::testing::seeded_random random;
};

upstream_options with_policy(upstream_policy policy) { return upstream_options().policy(policy); }

}  // namespace

TEST_CASE("round robin spreads by weight, evenly", "[net][upstream_machine]") {
    auto servers = servers_named("abc");
    servers[0].weight = 5;
    upstream_scene scene(servers);
    std::string order;
    for (int i = 0; i < 14; ++i) order += scene.next();
    CHECK(order == "aabacaaaabacaa");
}

TEST_CASE("the master serves as long as it lives, then the slaves in the order of weight and list",
          "[net][upstream_machine]") {
    auto servers = servers_named("abc");
    servers[2].weight = 2;
    upstream_scene scene(servers, with_policy(upstream_policy::master_slave));
    CHECK(scene.next() == "c");
    CHECK(scene.next() == "c");
    scene.kill("c");
    CHECK(scene.next() == "a");
    scene.kill("a");
    CHECK(scene.next() == "b");
    scene.now += 60s;
    const auto probe = scene.choose();
    CHECK(scene.name(probe) == "c");
    CHECK(scene.next() == "a");  // while somebody tries c; a is dead too, and tried once as well
    CHECK(scene.next() == "b");
    scene.succeed(probe);
    CHECK(scene.next() == "c");
}

TEST_CASE("chance follows the weights", "[net][upstream_machine]") {
    auto servers = servers_named("abc");
    servers[1].weight = 3;
    upstream_scene scene(servers, with_policy(upstream_policy::random));
    std::map<std::string, int> counts;
    for (int i = 0; i < 20'000; ++i) ++counts[scene.next()];
    CHECK(std::abs(counts["a"] - 4'000) < 300);
    CHECK(std::abs(counts["b"] - 12'000) < 300);
    scene.kill("b");
    counts.clear();
    for (int i = 0; i < 20'000; ++i) ++counts[scene.next()];
    CHECK(counts["b"] == 0);
    CHECK(std::abs(counts["a"] - 10'000) < 400);
}

TEST_CASE("the hash of the ring is the same in every build", "[net][upstream_machine]") {
    CHECK(ring_hash("") == 0xefd01f60ba992926);
    CHECK(ring_hash("a") == 0x82a2a958a9bece5b);
    CHECK(ring_hash("192.0.2.1:80#7") != ring_hash("192.0.2.1:80#8"));
}

TEST_CASE("the ring spreads keys by weight", "[net][upstream_machine]") {
    auto servers = servers_named("abcde");
    servers[4].weight = 4;
    upstream_scene scene(servers, with_policy(upstream_policy::hash_ring));
    std::map<std::string, int> counts;
    for (int i = 0; i < 40'000; ++i) ++counts[scene.next("key " + std::to_string(i))];
    for (const char* light : {"a", "b", "c", "d"}) CHECK(std::abs(counts[light] - 5'000) < 1'250);
    CHECK(std::abs(counts["e"] - 20'000) < 3'000);
}

TEST_CASE("a server that is added or removed moves only the keys that it gets or had",
          "[net][upstream_machine]") {
    upstream_scene five(servers_named("abcde"), with_policy(upstream_policy::hash_ring));
    upstream_scene six(servers_named("fedcba"),
                       with_policy(upstream_policy::hash_ring));  // the order is all one
    int moved = 0;
    bool only_to_new = true;
    for (int i = 0; i < 6'000; ++i) {
        const auto key = "key " + std::to_string(i);
        const auto before = five.next(key), after = six.next(key);
        if (before == after) continue;
        ++moved;
        only_to_new = only_to_new && after == "f";
    }
    CHECK(only_to_new);
    CHECK(moved > 600);
    CHECK(moved < 1'500);
}

TEST_CASE("when a server of the ring dies, the keys of the others stay", "[net][upstream_machine]") {
    upstream_scene scene(servers_named("abcd"), with_policy(upstream_policy::hash_ring));
    std::map<std::string, std::string> before;
    for (int i = 0; i < 2'000; ++i) before["k" + std::to_string(i)] = scene.next("k" + std::to_string(i));
    scene.kill("b");
    std::map<std::string, int> heirs;
    bool others_stay = true;
    for (const auto& [key, server] : before) {
        const auto now = scene.next(key);
        if (server == "b") ++heirs[now];
        if (server != "b") others_stay = others_stay && now == server;
    }
    CHECK(others_stay);
    CHECK(heirs.size() == 3);  // not all to one neighbour
    CHECK(heirs.count("b") == 0);
    CHECK(scene.next() == "a");  // without a key: in turn
}

TEST_CASE("four failures within ten seconds are a death, three are not", "[net][upstream_machine]") {
    upstream_scene scene(servers_named("ab"));
    const auto a = scene.choose();
    for (int i = 0; i < 3; ++i) scene.fail(a);
    CHECK(!a.first->dead);
    SECTION("the fourth") {
        scene.now += 10s;
        scene.fail(a);
        CHECK(a.first->dead);
        CHECK(scene.next() == "b");
        CHECK(scene.next() == "b");
    }
    SECTION("the fourth, when the others are too old") {
        scene.now += 10s + 1ns;
        scene.fail(a);
        CHECK(!a.first->dead);
    }
    SECTION("a success wipes them out") {
        scene.succeed(a);
        for (int i = 0; i < 3; ++i) scene.fail(a);
        CHECK(!a.first->dead);
        scene.fail(a);
        CHECK(a.first->dead);
    }
    SECTION("a connection alone does not") {
        scene.machine.on_connected(*a.first, a.second, 8ms, scene.now);
        CHECK(a.first->latency == 8ms);
        scene.machine.on_connected(*a.first, a.second, 16ms, scene.now);
        CHECK(a.first->latency == 9ms);
        scene.fail(a);
        CHECK(a.first->dead);
    }
}

TEST_CASE("a dead server is tried by one caller when its time has come, and its time doubles up to a limit",
          "[net][upstream_machine]") {
    upstream_scene scene(servers_named("ab"), upstream_options().max_revive_time(200s));
    scene.kill("a");
    scene.now += 60s - 1ns;
    CHECK(scene.next() == "b");
    scene.now += 1ns;
    for (const auto time : {120s, 200s, 200s}) {
        auto probe = scene.choose();
        if (scene.name(probe) == "b") probe = scene.choose();
        CHECK(scene.name(probe) == "a");
        CHECK(scene.next() == "b");
        CHECK(scene.next() == "b");
        scene.fail(probe);
        scene.now += time - 1ns;
        CHECK(scene.next() == "b");
        CHECK(scene.next() == "b");
        scene.now += 1ns;
    }
    auto probe = scene.choose();
    if (scene.name(probe) == "b") probe = scene.choose();
    scene.succeed(probe);
    CHECK(!scene.find("a")->dead);

    // Back, but not for as long as it was dead.
    scene.now += 199s;
    scene.kill("a");
    CHECK(scene.find("a")->revive_at == scene.now + 200s);
    scene.now += 200s;
    probe = scene.choose();
    if (scene.name(probe) == "b") probe = scene.choose();
    scene.succeed(probe);
    scene.now += 200s;
    scene.kill("a");
    CHECK(scene.find("a")->revive_at == scene.now + 60s);
}

TEST_CASE("jitter makes the time of the dead longer, never shorter", "[net][upstream_machine]") {
    for (const std::uint64_t random : {std::uint64_t{0}, ~std::uint64_t{0} / 2, ~std::uint64_t{0}}) {
        upstream_machine machine(upstream_options().max_errors(1).revive_jitter(0.4));
        REQUIRE(machine.assign(servers_named("a")));
        const auto& a = machine.servers().front();
        const dragline::async::time_point now(1h);
        machine.on_failure(*a, 0, now, random);
        CHECK(a->revive_at >= now + 60s);
        CHECK(a->revive_at <= now + 84s);
        CHECK((random == 0) == (a->revive_at == now + 60s));
    }
}

TEST_CASE("a caller that never reports gives up its claim after a while", "[net][upstream_machine]") {
    upstream_scene scene(servers_named("a"));
    scene.kill("a");
    scene.now += 60s;
    CHECK(scene.next() == "a");
    scene.now += 10s - 1ns;
    CHECK(scene.next() == "-");
    scene.now += 1ns;
    const auto probe = scene.choose();
    CHECK(scene.name(probe) == "a");
    scene.machine.on_nothing(*probe.first, probe.second);  // it was cancelled
    CHECK(scene.next() == "a");
}

TEST_CASE("what was chosen before a death neither prolongs nor ends it", "[net][upstream_machine]") {
    upstream_scene scene(servers_named("a"));
    const auto old = scene.choose();
    scene.kill("a");
    scene.now += 60s;
    const auto probe = scene.choose();
    scene.fail(old);
    CHECK(scene.next() == "-");  // the claim stands
    scene.succeed(old);
    CHECK(probe.first->dead);
    scene.succeed(probe);
    for (int i = 0; i < 9; ++i) scene.fail(old);
    CHECK(!probe.first->dead);
}

TEST_CASE("when all are dead one caller at a time tries the one that failed longest ago",
          "[net][upstream_machine]") {
    upstream_scene scene(servers_named("abc"));
    scene.kill("b");
    scene.now += 1s;
    scene.kill("c");
    scene.now += 1s;
    scene.kill("a");
    const auto first = scene.choose();
    CHECK(scene.name(first) == "b");
    CHECK(scene.next() == "-");
    scene.now += 1s;
    CHECK(scene.next() == "-");  // somebody still tries
    scene.fail(first);
    const auto second = scene.choose();
    CHECK(scene.name(second) == "c");
    scene.fail(second);
    CHECK(scene.next() == "-");  // not more than one in a second
    scene.now += 1s;
    const auto third = scene.choose();
    CHECK(scene.name(third) == "a");
    CHECK(scene.find("b")->revive_at < scene.now + 60s);  // trying early does not prolong
    scene.succeed(third);
    CHECK(scene.next() == "a");
    CHECK(scene.next() == "a");
    CHECK(scene.name(scene.choose({}, {third.first})) == "-");  // the others are dead, and not all are
}

TEST_CASE("a call does not get the same server twice", "[net][upstream_machine]") {
    for (const auto policy : {upstream_policy::master_slave, upstream_policy::round_robin,
                              upstream_policy::random, upstream_policy::hash_ring}) {
        upstream_scene scene(servers_named("abc"), with_policy(policy));
        std::vector<upstream_machine::record_pointer> tried;
        std::map<std::string, int> seen;
        for (int i = 0; i < 3; ++i) {
            const auto chosen = scene.choose("key", tried);
            ++seen[scene.name(chosen)];
            tried.push_back(chosen.first);
        }
        CHECK(seen.size() == 3);
        CHECK(scene.name(scene.choose("key", tried)) == "-");
    }
}

TEST_CASE("lists that cannot be are refused, and choose nothing", "[net][upstream_machine]") {
    upstream_machine machine(upstream_options().policy(upstream_policy::hash_ring).ring_points(1'000));
    const auto refuses = [&](const std::vector<upstream_server>& servers) {
        const bool refused = !machine.assign(servers);
        return refused && !machine.choose({}, {}, dragline::async::time_point(1h), 0);
    };
    CHECK(refuses({}));
    CHECK(refuses(servers_named("aba")));
    CHECK(refuses(servers_named("ab", 0)));
    CHECK(refuses(servers_named("ab", 1'001)));
    CHECK(refuses({upstream_server()}));
    CHECK(machine.assign(servers_named("a", 1'000)));
    CHECK(refuses(servers_named("ab", 1'000)));  // two million points
}

TEST_CASE("those that stay in a list keep what is known of them", "[net][upstream_machine]") {
    upstream_scene scene(servers_named("abc"));
    scene.kill("b");
    const auto gone = scene.find("c");
    REQUIRE(scene.machine.assign(servers_named("bd")));
    CHECK(scene.find("b")->dead);
    CHECK(scene.next() == "d");
    CHECK(scene.next() == "d");
    scene.fail({gone, 0});  // harmless
    REQUIRE(scene.machine.assign(servers_named("c")));
    CHECK(scene.find("c") != gone);
}

TEST_CASE("a clock that jumps loses no server", "[net][upstream_machine]") {
    upstream_scene scene(servers_named("ab"));
    scene.kill("a");
    scene.kill("b");
    scene.now += 24h * 365 * 50;
    CHECK(scene.next() != "-");
    CHECK(scene.next() != "-");
    scene.now -= 24h * 365 * 50 + 30min;  // claims and times now lie far ahead
    CHECK(scene.next() == "-");
    scene.now += 24h * 365 * 50 + 31min;
    CHECK(scene.next() != "-");

    upstream_scene failing(servers_named("a"));
    const auto a = failing.choose();
    for (int i = 0; i < 3; ++i) failing.fail(a);
    failing.now -= 1min;
    failing.fail(a);  // those of the future do not count
    CHECK(!a.first->dead);

    upstream_scene endless(
        servers_named("a"),
        upstream_options().revive_time(dragline::no_limit).error_window(dragline::no_limit));
    endless.kill("a");
    CHECK(endless.find("a")->revive_at == dragline::async::no_deadline);
    CHECK(endless.next() == "a");  // all are dead
}
