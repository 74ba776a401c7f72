#include <dragline/net/detail/connect_machine.hpp>

#include <dragline/core/error.hpp>
#include <dragline/core/spare_memory.hpp>
#include <dragline/net/error.hpp>

#include <asio/error.hpp>
#include <asio/ip/address.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

using namespace std::chrono_literals;
using dragline::net::errc;
using dragline::net::detail::connect_machine;

namespace {

const std::error_code refused = asio::error::connection_refused;
const std::error_code unreachable = asio::error::network_unreachable;

// A machine, and its steps as text at milliseconds after the start: "dial ::1", "wait until 250", "wait".
class race {
public:
    explicit race(std::size_t most_attempts = 6) : machine_(250ms, 50ms, most_attempts) {}

    void resolved(bool v6, const std::vector<const char*>& texts, int at = 0, std::error_code ec = {}) {
        dragline::spare_vector<asio::ip::address> addresses;
        for (const auto* text : texts) addresses.push_back(asio::ip::make_address(text));
        machine_.on_resolved(v6, std::move(addresses), ec, when(at));
    }
    void await_both(std::chrono::milliseconds longest) { machine_.await_both(longest); }
    void v6(const std::vector<const char*>& texts, int at = 0) { resolved(true, texts, at); }
    void v4(const std::vector<const char*>& texts, int at = 0) { resolved(false, texts, at); }
    void failed(int at, std::error_code ec = refused) { failed(dials_ - 1, at, ec); }
    void failed(std::size_t which, int at, std::error_code ec) {
        machine_.on_dial_failed(which, ec, when(at));
    }

    std::string next(int at) {
        const auto step = machine_.next(when(at));
        if (const auto* dial = std::get_if<connect_machine::dial>(&step)) {
            CHECK(dial->which == dials_++);
            return "dial " + dial->address.to_string();
        }
        if (const auto* drop = std::get_if<connect_machine::drop>(&step)) {
            return "drop " + std::to_string(drop->which);
        }
        if (const auto* fail = std::get_if<connect_machine::fail>(&step)) {
            failure = fail->ec;
            return "fail";
        }
        const auto until = std::get<connect_machine::wait>(step).until;
        if (until == dragline::async::no_deadline) return "wait";
        return "wait until " + std::to_string((until - start) / 1ms);
    }

    std::error_code failure;

private:
    static constexpr connect_machine::time_point start{1h};
    static connect_machine::time_point when(int at) { return start + std::chrono::milliseconds(at); }

    connect_machine machine_;
    std::size_t dials_ = 0;
};

}  // namespace

TEST_CASE("IPv6 is dialled first, then the families in turn, 250 ms apart", "[net][connect_machine]") {
    race run;
    run.v4({"192.0.2.1", "192.0.2.2"});
    run.v6({"2001:db8::1", "2001:db8::2", "2001:db8::3"});
    CHECK(run.next(0) == "dial 2001:db8::1");
    CHECK(run.next(0) == "wait until 250");
    CHECK(run.next(249) == "wait until 250");
    CHECK(run.next(250) == "dial 192.0.2.1");
    CHECK(run.next(250) == "wait until 500");
    CHECK(run.next(600) == "dial 2001:db8::2");
    CHECK(run.next(600) == "wait until 850");
    CHECK(run.next(850) == "dial 192.0.2.2");
    CHECK(run.next(1100) == "dial 2001:db8::3");
    CHECK(run.next(1100) == "wait");
}

TEST_CASE("a dial that fails starts the next one at once", "[net][connect_machine]") {
    race run;
    run.v4({"192.0.2.1", "192.0.2.2"});
    run.v6({});
    CHECK(run.next(0) == "dial 192.0.2.1");
    run.failed(3);
    CHECK(run.next(3) == "dial 192.0.2.2");
    CHECK(run.next(3) == "wait");
}

TEST_CASE("a failure of one of two dials starts the third at once, and the stagger anew",
          "[net][connect_machine]") {
    race run;
    run.v4({"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"});
    run.v6({});
    CHECK(run.next(0) == "dial 192.0.2.1");
    CHECK(run.next(250) == "dial 192.0.2.2");
    run.failed(300);
    CHECK(run.next(300) == "dial 192.0.2.3");
    CHECK(run.next(300) == "wait until 550");
}

TEST_CASE("IPv4 waits 50 ms for IPv6, and no longer", "[net][connect_machine]") {
    race run;
    CHECK(run.next(0) == "wait");
    run.v4({"192.0.2.1", "192.0.2.2"}, 10);
    CHECK(run.next(10) == "wait until 60");
    CHECK(run.next(59) == "wait until 60");
    CHECK(run.next(60) == "dial 192.0.2.1");
    run.v6({"2001:db8::1"}, 100);
    CHECK(run.next(100) == "wait until 310");
    CHECK(run.next(310) == "dial 2001:db8::1");
    CHECK(run.next(560) == "dial 192.0.2.2");
}

TEST_CASE("IPv6 that comes within the 50 ms goes first", "[net][connect_machine]") {
    race run;
    run.v4({"192.0.2.1"}, 0);
    CHECK(run.next(0) == "wait until 50");
    run.v6({"2001:db8::1"}, 20);
    CHECK(run.next(20) == "dial 2001:db8::1");
}

TEST_CASE("IPv4 waits for nothing when IPv6 has failed or has no address", "[net][connect_machine]") {
    race empty;
    empty.v6({});
    empty.v4({"192.0.2.1"});
    CHECK(empty.next(0) == "dial 192.0.2.1");

    race failing;
    failing.v4({"192.0.2.1"}, 0);
    CHECK(failing.next(0) == "wait until 50");
    failing.resolved(true, {}, 5, errc::no_address);
    CHECK(failing.next(5) == "dial 192.0.2.1");
}

TEST_CASE("IPv6 waits for nothing", "[net][connect_machine]") {
    race run;
    run.v6({"2001:db8::1"});
    CHECK(run.next(0) == "dial 2001:db8::1");
    CHECK(run.next(0) == "wait");  // for IPv4, which is not known yet
    run.v4({"192.0.2.1"}, 10);
    CHECK(run.next(10) == "wait until 250");
    run.failed(20);
    CHECK(run.next(20) == "dial 192.0.2.1");
}

TEST_CASE("where both families are awaited, nothing is dialled before, for a second at most",
          "[net][connect_machine]") {
    const auto asked = [](bool v6_first) {
        race made;
        made.await_both(1s);
        made.resolved(v6_first, {v6_first ? "::1" : "127.0.0.1"}, 10);
        CHECK(made.next(10) == "wait until 1010");
        CHECK(made.next(900) == "wait until 1010");
        return made;
    };
    for (const bool v6_first : {true, false}) {
        auto answered = asked(v6_first);
        answered.resolved(!v6_first, {v6_first ? "127.0.0.1" : "::1"}, 900);
        CHECK(answered.next(900) == "dial ::1");
        CHECK(answered.next(900) == "wait until 1150");
        auto failed = asked(v6_first);
        failed.resolved(!v6_first, {}, 900, dragline::errc::invalid_option);
        CHECK(failed.next(900).starts_with("dial"));
        auto silent = asked(v6_first);
        CHECK(silent.next(1010).starts_with("dial"));
    }
}

TEST_CASE("a look-up under way may still save a connection whose dials all failed",
          "[net][connect_machine]") {
    race run;
    run.v6({"2001:db8::1"});
    CHECK(run.next(0) == "dial 2001:db8::1");
    run.failed(5);
    CHECK(run.next(5) == "wait");
    run.v4({"192.0.2.1"}, 900);
    CHECK(run.next(900) == "dial 192.0.2.1");
}

TEST_CASE("when all dials have failed, the first failure is reported", "[net][connect_machine]") {
    race run;
    run.v4({"192.0.2.1"});
    run.v6({"2001:db8::1"});
    CHECK(run.next(0) == "dial 2001:db8::1");
    run.failed(1, unreachable);
    CHECK(run.next(1) == "dial 192.0.2.1");
    CHECK(run.next(1) == "wait");
    run.failed(2, refused);
    CHECK(run.next(2) == "fail");
    CHECK(run.failure == unreachable);
}

TEST_CASE("a dial that failed tells more than a look-up that did", "[net][connect_machine]") {
    race run;
    run.v6({"2001:db8::1"});
    CHECK(run.next(0) == "dial 2001:db8::1");
    run.failed(1, unreachable);
    run.resolved(false, {}, 2, errc::no_address);
    CHECK(run.next(2) == "fail");
    CHECK(run.failure == unreachable);
}

TEST_CASE("without any address the look-up's error is reported", "[net][connect_machine]") {
    const std::error_code lost = asio::error::host_not_found;
    race both;
    both.resolved(false, {}, 0, lost);
    CHECK(both.next(0) == "wait");
    both.resolved(true, {}, 0, unreachable);
    CHECK(both.next(0) == "fail");
    CHECK(both.failure == lost);

    race only_v6;
    only_v6.resolved(true, {}, 0, lost);
    only_v6.v4({});
    CHECK(only_v6.next(0) == "fail");
    CHECK(only_v6.failure == lost);

    race neither;
    neither.v4({});
    neither.v6({});
    CHECK(neither.next(0) == "fail");
    CHECK(neither.failure == errc::no_address);
}

TEST_CASE("no more dials are alive than allowed", "[net][connect_machine]") {
    race run(2);
    run.v4({"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"});
    run.v6({});
    CHECK(run.next(0) == "dial 192.0.2.1");
    CHECK(run.next(250) == "dial 192.0.2.2");
    CHECK(run.next(250) == "wait until 2000");
    run.failed(1'000);
    CHECK(run.next(1'000) == "dial 192.0.2.3");
    CHECK(run.next(1'000) == "wait until 2000");
}

TEST_CASE("dials that are not answered make room for the next, the oldest first", "[net][connect_machine]") {
    race run(2);
    run.v4({"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"});
    run.v6({});
    CHECK(run.next(0) == "dial 192.0.2.1");
    CHECK(run.next(250) == "dial 192.0.2.2");
    CHECK(run.next(1'999) == "wait until 2000");
    CHECK(run.next(2'000) == "drop 0");
    CHECK(run.next(2'000) == "dial 192.0.2.3");
    CHECK(run.next(2'000) == "wait until 2250");
    run.failed(2, 2'100, unreachable);
    CHECK(run.next(2'100) == "dial 192.0.2.4");
    CHECK(run.next(9'000) == "wait");  // no more addresses: those that are alive stay so
    run.failed(1, 9'000, refused);
    run.failed(3, 9'000, refused);
    CHECK(run.next(9'000) == "fail");
    CHECK(run.failure == dragline::make_timeout(dragline::phase::connect));  // of the first
    CHECK(run.failure == dragline::condition::timeout);

    connect_machine patient(dragline::no_limit, 50ms, 1);
    const connect_machine::time_point start{1h};
    patient.on_resolved(true, {}, {}, start);
    const auto two = std::vector{asio::ip::make_address("192.0.2.1"), asio::ip::make_address("192.0.2.2")};
    patient.on_resolved(false, {two.begin(), two.end()}, {}, start);
    CHECK(std::holds_alternative<connect_machine::dial>(patient.next(start)));
    CHECK(std::get<connect_machine::wait>(patient.next(start + 1h)).until == dragline::async::no_deadline);
}

TEST_CASE("addresses of a literal need no other family", "[net][connect_machine]") {
    race run;
    run.v6({});
    run.v4({"192.0.2.1"});
    CHECK(run.next(0) == "dial 192.0.2.1");
    run.failed(1);
    CHECK(run.next(1) == "fail");
    CHECK(run.failure == refused);
}
