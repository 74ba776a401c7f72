#include <dragline/http/fan_out/fetch_many_options.hpp>

#include <dragline/http/detail/fan_out_machine.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

using dragline::fetch_many_options;
using dragline::http::fetch_request;
using dragline::http::detail::fan_out_machine;

namespace {

// Begins all that may begin: the hosts in that order.
std::string begun(fan_out_machine& machine, std::vector<fan_out_machine::ticket>& tickets) {
    std::string hosts;
    while (auto next = machine.next()) {
        hosts += next->request.url;
        tickets.push_back(*std::move(next));
    }
    return hosts;
}

void add_all(fan_out_machine& machine, std::string_view hosts) {
    for (const char host : hosts) machine.add(std::string(1, host), fetch_request(std::string(1, host)));
}

}  // namespace

TEST_CASE("options for many requests are checked", "[http][fetch_many_options]") {
    CHECK_FALSE(fetch_many_options().problem());
    CHECK_FALSE(
        fetch_many_options().window(1).per_host(1).look_ahead(1).timeout(dragline::no_limit).problem());
    dragline::http::trace trace;
    for (const auto& bad : {fetch_many_options().window(0), fetch_many_options().per_host(0),
                            fetch_many_options().look_ahead(0), fetch_many_options().timeout({}),
                            fetch_many_options().fetch(dragline::fetch_options().trace(&trace)),
                            fetch_many_options().on_progress([](auto&) {}, 0)}) {
        CHECK(bad.problem() == dragline::errc::invalid_option);
    }
}

TEST_CASE("a request is made of a URL, with options of its own or without", "[http][fetch_many_options]") {
    CHECK(fetch_request("http://a/").url == "http://a/");
    CHECK_FALSE(fetch_request(std::string("http://a/")).options.has_value());
    const fetch_request own("http://a/", dragline::fetch_options().method("HEAD"));
    CHECK(own.options.value().method() == "HEAD");
}

TEST_CASE("hosts that were read ahead take turns", "[http][fetch_many_options]") {
    fan_out_machine machine(fetch_many_options().window(6).per_host(2).look_ahead(10));
    std::vector<fan_out_machine::ticket> tickets;
    add_all(machine, "aaaaabbbc");
    CHECK(machine.wants_more());
    add_all(machine, "d");
    CHECK_FALSE(machine.wants_more());
    CHECK(begun(machine, tickets) == "abcdab");  // the window is full
    CHECK(machine.waiting() == 4);
    machine.ended(tickets[2]);
    CHECK(begun(machine, tickets).empty());
    machine.reported();
    CHECK(begun(machine, tickets).empty());  // a and b have two under way each
    machine.ended(tickets[0]);
    machine.reported();
    CHECK(begun(machine, tickets) == "a");
    CHECK(machine.hosts() == 3);  // c is forgotten
    add_all(machine, "c");
    CHECK(begun(machine, tickets) == "c");
    CHECK(tickets.back().index == 10);
}

TEST_CASE("in order the first request that was not reported may always begin", "[http][fetch_many_options]") {
    fan_out_machine machine(fetch_many_options().window(3).per_host(1).ordered(true));
    std::vector<fan_out_machine::ticket> tickets;
    add_all(machine, "aabcd");
    CHECK(begun(machine, tickets) == "ab");  // the second a waits for the first, c is beyond the window
    machine.ended(tickets[1]);
    CHECK(begun(machine, tickets).empty());
    machine.ended(tickets[0]);
    machine.reported();
    CHECK(begun(machine, tickets) == "ca");
    CHECK(tickets.back().index == 1);
}
