// The decisions of resolve_many(), at times that a test says.
#include <dragline/dns/detail/bulk_machine.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <dragline/core/error.hpp>

#include <string>
#include <vector>

namespace dns = dragline::dns;
namespace detail = dragline::dns::detail;
using namespace std::chrono_literals;
using detail::no_slot;
using dns::bulk_options;
using dns::drop_reason;
using dns::errc;

namespace {

const auto silence = dragline::make_timeout(dragline::phase::resolve);

struct machine_lab {
    bulk_options options;
    detail::bulk_machine machine;
    dragline::async::time_point now{1h};

    explicit machine_lab(bulk_options with, std::size_t servers = 1, std::size_t trusted = 0)
        : options(std::move(with)), machine(options, servers_of(options, servers, trusted)) {}

    static detail::bulk_servers servers_of(const bulk_options& options, std::size_t plain,
                                           std::size_t trusted) {
        std::vector<std::string> names;
        for (std::size_t i = 0; i < plain + trusted; ++i) names.push_back("s" + std::to_string(i));
        return detail::bulk_servers(options, names, trusted);
    }
    std::uint32_t add() {
        const auto at = machine.take();
        REQUIRE(at != no_slot);
        machine.submit(at);
        return at;
    }
    std::uint32_t send() { return machine.next_to_send(now); }
    void say(std::uint32_t at, std::error_code ec = {}) {
        auto& answer = machine[at].result.answer;
        answer.error = ec;
        answer.records.clear();
        if (!ec) answer.records.emplace_back("a.test", 60, dns::a_record{});
        machine.answered(at, now);
    }
    std::error_code report() {
        const auto at = machine.next_to_report();
        REQUIRE(at != no_slot);
        const auto ec = machine[at].result.error();
        machine.close(at);
        return ec;
    }
    bool reports() const { return machine.has_finished(); }
};

}  // namespace

TEST_CASE("a window has so many places, which are used again", "[dns][bulk]") {
    machine_lab lab(bulk_options().window(2));
    const auto first = lab.add();
    const auto second = lab.add();
    CHECK(lab.machine.take() == no_slot);
    CHECK(lab.send() == first);
    CHECK(lab.send() == second);
    CHECK(lab.send() == no_slot);
    lab.say(second);
    CHECK(lab.machine.is_full());
    CHECK(!lab.report());
    CHECK(lab.add() == second);
    CHECK(!lab.machine.idle());
}

TEST_CASE("a query expires after its time, the one that was sent first at first", "[dns][bulk]") {
    machine_lab lab(bulk_options().try_timeout(100ms).tries(2));
    const auto first = lab.add();
    CHECK(lab.send() == first);
    lab.now += 40ms;
    const auto second = lab.add();
    CHECK(lab.send() == second);
    CHECK(lab.machine.first_expiry() == lab.now + 60ms);
    lab.now += 59ms;
    CHECK(lab.machine.next_expired(lab.now) == no_slot);
    lab.now += 1ms;
    CHECK(lab.machine.next_expired(lab.now) == first);
    lab.machine.failed(first, silence, lab.now);
    CHECK(lab.machine.next_expired(lab.now) == no_slot);
    CHECK(lab.send() == first);
    lab.machine.restarted(second, lab.now);  // goes on over TCP
    lab.now += 99ms;
    CHECK(lab.machine.next_expired(lab.now) == no_slot);
    lab.now += 1ms;
    CHECK(lab.machine.next_expired(lab.now) == first);
    lab.machine.failed(first, silence, lab.now);
    CHECK(lab.report() == dragline::condition::timeout);
    CHECK(lab.machine.summary().timed_out == 1);
    CHECK(lab.machine.summary().retries == 1);
}

TEST_CASE("a repetition goes to another server if there is one", "[dns][bulk]") {
    machine_lab lab(bulk_options().tries(4), 3);
    const auto at = lab.add();
    std::vector<std::uint32_t> asked;
    for (int i = 0; i < 4; ++i) {
        CHECK(lab.send() == at);
        asked.push_back(lab.machine[at].server);
        lab.machine.failed(at, silence, lab.now);
    }
    CHECK(asked == std::vector<std::uint32_t>{0, 1, 2, 0});
    CHECK(lab.report() == dragline::condition::timeout);
}

TEST_CASE("a server that has refused is not asked again, and the most telling error stays", "[dns][bulk]") {
    machine_lab lab(bulk_options().tries(9), 2);
    const auto at = lab.add();
    CHECK(lab.send() == at);
    lab.say(at, errc::refused);
    CHECK(lab.send() == at);
    CHECK(lab.machine[at].server == 1);
    lab.machine.failed(at, silence, lab.now);
    CHECK(lab.send() == at);
    CHECK(lab.machine[at].server == 1);
    lab.machine.failed(at, errc::servers_unreachable, lab.now);
    CHECK(lab.send() == no_slot);
    CHECK(lab.report() == errc::refused);
}

TEST_CASE("the first queries are few, and outcomes allow more", "[dns][bulk]") {
    machine_lab lab(bulk_options().window(1000));
    for (int i = 0; i < 1000; ++i) lab.add();
    std::vector<std::uint32_t> sent;
    for (auto at = lab.send(); at != no_slot; at = lab.send()) sent.push_back(at);
    CHECK(sent.size() == 256);
    lab.say(sent.at(0));
    CHECK(lab.send() != no_slot);
    CHECK(lab.send() != no_slot);
    CHECK(lab.send() == no_slot);
}

TEST_CASE("reports keep the order when they have to", "[dns][bulk]") {
    machine_lab lab(bulk_options().window(3).in_order(true));
    const auto a = lab.add(), b = lab.add();
    const auto bad = lab.machine.take();
    lab.machine.settle(bad, errc::empty_name);
    for (int i = 0; i < 2; ++i) CHECK(lab.send() != no_slot);
    lab.say(b);
    CHECK(lab.machine.next_to_report() == no_slot);
    lab.say(a);
    CHECK(lab.machine.next_to_report() == a);
    CHECK(lab.machine.next_to_report() == no_slot);  // until that one is closed
    lab.machine.close(a);
    CHECK(lab.machine.next_to_report() == b);
    lab.machine.close(b);
    CHECK(lab.machine.next_to_report() == bad);
    lab.machine.close(bad);
    CHECK(lab.machine.idle());
    CHECK(lab.machine.summary().bad_names == 1);
}

TEST_CASE("tokens come back with time, and each server has its own", "[dns][bulk]") {
    machine_lab lab(bulk_options().queries_per_second(10, 2), 2);
    for (int i = 0; i < 6; ++i) lab.add();
    for (int i = 0; i < 4; ++i) CHECK(lab.send() != no_slot);
    CHECK(lab.send() == no_slot);
    const auto again = lab.machine.send_again_at(lab.now);
    CHECK(again > lab.now + 90ms);
    CHECK(again <= lab.now + 100ms);
    lab.now += 101ms;
    for (int i = 0; i < 2; ++i) CHECK(lab.send() != no_slot);
    CHECK(lab.machine.send_again_at(lab.now) == dragline::async::no_deadline);  // nothing waits for tokens
    const auto servers = lab.machine.servers().summaries();
    CHECK(servers.at(0).sent == 3);
    CHECK(servers.at(1).sent == 3);
}

TEST_CASE("a bad server is dropped when others do better, and only then", "[dns][bulk]") {
    const bool others_do_better = GENERATE(false, true);
    machine_lab lab(bulk_options().tries(1), 3);
    for (int i = 0; i < 300; ++i) {
        const auto at = lab.add();
        CHECK(lab.send() == at);
        if (lab.machine[at].server == 1 || !others_do_better) {
            lab.machine.failed(at, silence, lab.now);
        } else {
            lab.say(at);
        }
        (void)lab.report();
    }
    const auto servers = lab.machine.servers().summaries();
    CHECK(servers.at(1).dropped == (others_do_better ? drop_reason::silent : drop_reason::none));
    CHECK(servers.at(0).dropped == drop_reason::none);
    CHECK(servers.at(1).sent == (others_do_better ? 16 : 100));
}

TEST_CASE("a trusted server is asked about records, and what it says counts", "[dns][bulk]") {
    machine_lab lab(bulk_options().tries(2), 1, 1);
    auto at = lab.add();
    CHECK(lab.send() == at);
    lab.say(at);
    CHECK(!lab.reports());
    CHECK(lab.send() == at);
    CHECK(lab.machine[at].server == 1);
    lab.say(at, errc::name_not_found);
    CHECK(lab.report() == errc::name_not_found);
    CHECK(lab.machine.servers().summaries().at(0).contradicted == 1);

    at = lab.add();
    CHECK(lab.send() == at);
    lab.say(at, errc::no_data);  // no records: nothing to confirm
    CHECK(lab.report() == errc::no_data);

    at = lab.add();
    CHECK(lab.send() == at);
    lab.say(at);
    for (int i = 0; i < 2; ++i) {
        CHECK(lab.send() == at);
        lab.machine.failed(at, silence, lab.now);
    }
    CHECK(!lab.machine[at].result.confirmed);
    CHECK(!lab.report());
}

TEST_CASE("a server that does not understand EDNS is asked without from then on", "[dns][bulk]") {
    machine_lab lab(bulk_options().tries(1));
    auto at = lab.add();
    CHECK(lab.send() == at);
    CHECK(lab.machine[at].edns);
    lab.say(at, errc::format_error);
    CHECK(lab.send() == at);
    CHECK(!lab.machine[at].edns);
    lab.say(at);
    CHECK(!lab.report());
    at = lab.add();
    CHECK(lab.send() == at);
    CHECK(!lab.machine[at].edns);
    lab.say(at, errc::format_error);
    CHECK(lab.report() == errc::format_error);
}

TEST_CASE("giving up ends what is sent and what is not", "[dns][bulk]") {
    machine_lab lab{bulk_options()};
    const auto first = lab.add();
    lab.add();
    CHECK(lab.send() == first);
    lab.now += 1s;
    lab.machine.give_up(silence, lab.now);
    CHECK(lab.report() == dragline::condition::timeout);
    CHECK(lab.machine[first].result.took == 1s);
    CHECK(lab.report() == dragline::condition::timeout);
    CHECK(lab.machine.idle());
}
