#include <dragline/dns/wildcards/probe_wildcard.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/post.hpp>
#include <asio/use_future.hpp>
#include <catch2/catch_test_macros.hpp>

#include "../lab.hpp"

#include <algorithm>
#include <future>
#include <optional>
#include <string>
#include <utility>

namespace dns = dragline::dns;
using namespace dragline::test;
using namespace std::chrono_literals;
using dns::errc;
using dns::wildcard_evidence;
using dns::wildcard_options;
using dns::wildcard_verdict;
using dragline::testing::dns_reply;

namespace {

constexpr auto yes = wildcard_verdict::yes, no = wildcard_verdict::no, unknown = wildcard_verdict::unknown;

std::tuple<std::error_code, wildcard_evidence> probe(dns_lab& lab, std::string_view domain,
                                                     wildcard_options how) {
    return lab.run(dns::probe_wildcard(lab.loop, domain, std::move(how), no_throw));
}
std::error_code error_of(dns_lab& lab, std::string_view domain, wildcard_options how) {
    return std::get<0>(probe(lab, domain, std::move(how)));
}
std::error_code error_of(dns_lab& lab, std::string_view domain) {
    return error_of(lab, domain, lab.wildcard());
}

// So many characters, in labels of 49.
std::string domain_of(std::size_t size) {
    std::string domain;
    while (domain.size() < size) domain += domain.size() % 50 == 49 ? '.' : 'a';
    return domain;
}

asio::awaitable<int> call_in_every_shape(dns::resolver with, wildcard_options how) {
    int found = 0;
    found += (co_await dns::probe_wildcard(with, "wild.test", how)).verdict() == yes;
    found += (co_await dns::probe_wildcard(with, "wild.test")).verdict() == yes;
    found += (co_await dns::probe_wildcard("wild.test", how)).verdict() == yes;
    // As temporaries of the expression, which GCC 12 destroys twice where they are aggregates.
    found += (co_await dns::probe_wildcard(with, std::string("wild.test"),
                                           wildcard_options().query(how.query()).probes(1).max_rounds(2)))
                 .levels.front()
                 .answered > 0;
    const auto [ec, evidence] = co_await dns::probe_wildcard("wild.test", how, no_throw);
    found += !ec && evidence.verdict() == yes;
    co_return found;
}

}  // namespace

TEST_CASE("a probe is called with and without a WHERE and options, with any token", "[dns][probe_wildcard]") {
    dns_lab lab;
    lab.server.host("*.wild.test", {"127.0.0.2"});
    CHECK(lab.run(call_in_every_shape(lab.resolver(), lab.wildcard())) == 5);

    std::optional<wildcard_verdict> told;
    dns::probe_wildcard(lab.resolver(), "wild.test", [&told](std::error_code ec, wildcard_evidence found) {
        if (!ec) told = found.verdict();
    });
    lab.loop.restart();
    lab.loop.run();
    CHECK(told == yes);
    auto future = dns::probe_wildcard(lab.loop, "wild.test", lab.wildcard(), asio::use_future);
    lab.loop.restart();
    lab.loop.run();
    CHECK(future.get().verdict() == yes);
}

TEST_CASE("a domain that cannot be probed is an error of the call", "[dns][probe_wildcard]") {
    dns_lab lab;
    CHECK(error_of(lab, "") == errc::empty_name);
    CHECK(error_of(lab, ".") == errc::empty_label);
    CHECK(error_of(lab, "a..test") == errc::empty_label);
    CHECK(error_of(lab, "a b.test") == errc::invalid_name);
    CHECK(error_of(lab, "m\xc3\xbc.test") == errc::non_ascii_name);
    CHECK(error_of(lab, std::string(64, 'a') + ".test") == errc::label_too_long);
    CHECK(error_of(lab, domain_of(254)) == errc::name_too_long);
    for (const auto* address : {"192.0.2.1", "::1", "2001:db8::1"}) {
        INFO(address);
        CHECK(error_of(lab, address) == errc::invalid_name);
        const auto checked =
            lab.run(dragline::check_dns_wildcard(lab.loop, address, lab.wildcard(), no_throw));
        CHECK(std::get<0>(checked) == errc::invalid_name);
    }
    CHECK(error_of(lab, "a.test", lab.wildcard().depth(5)) == dragline::errc::invalid_option);
    CHECK(error_of(lab, "a.test", lab.wildcard().query(dns::query_options().add_server("x"))) ==
          errc::invalid_server);
    CHECK(lab.server.query_count() == 0);
}

TEST_CASE("a long domain is probed as deep as names fit, and refused when none does",
          "[dns][probe_wildcard]") {
    dns_lab lab;
    const auto how = lab.wildcard().levels(1).controls({});
    const struct { std::size_t size, queries; } cases[] = {{203, 18}, {204, 9}, {228, 9}};
    for (const auto& each : cases) {
        INFO(each.size);
        lab.server.clear_queries();
        const auto [ec, found] = probe(lab, domain_of(each.size), how);
        CHECK_FALSE(ec);
        CHECK(found.verdict() == no);
        CHECK(lab.server.query_count() == each.queries);
    }
    CHECK(error_of(lab, domain_of(229), how) == errc::name_too_long);
    CHECK(lab.server.malformed_queries() == 0);
}

TEST_CASE("what never leaves the machine is not asked of a server", "[dns][probe_wildcard]") {
    dns_lab lab;
    const auto how = lab.wildcard().controls({});
    CHECK(std::get<1>(probe(lab, "abc.onion", how)).verdict() == no);  // RFC 7686
    const auto [ec, found] = probe(lab, "localhost", how);             // RFC 6761, 6.3
    CHECK(found.verdict() == yes);
    CHECK(texts(found.levels.front().pool.addresses) == list{"127.0.0.1", "::1"});
    const auto onion = lab.run(dragline::check_dns_wildcard(lab.loop, "abc.onion", how, no_throw));
    CHECK(onion == std::tuple(std::error_code(), false));
    CHECK(lab.server.query_count() == 0);
}

TEST_CASE("a probe is cancelled by any type of cancellation", "[dns][probe_wildcard]") {
    dns_lab lab;
    lab.server.on_query(dns_reply().silent());
    for (const auto type : {asio::cancellation_type::terminal, asio::cancellation_type::partial,
                            asio::cancellation_type::total}) {
        asio::cancellation_signal signal;
        std::error_code got;
        dns::probe_wildcard(
            lab.loop, "silent.test", lab.wildcard(),
            asio::bind_cancellation_slot(signal.slot(),
                                         [&got](std::error_code ec, const wildcard_evidence&) { got = ec; }));
        asio::post(lab.loop.context(), [&] { asio::post(lab.loop.context(), [&] { signal.emit(type); }); });
        lab.loop.restart();
        lab.loop.run();  // returns, though queries are still on their way
        CHECK(got == asio::error::operation_aborted);
    }
}

TEST_CASE("so many queries are on their way at the same time, and not one more", "[dns][probe_wildcard]") {
    dns_lab lab;
    lab.server.on_query(dns_reply().silent());
    const auto query = lab.options().timeout(60ms);
    for (const int most : {5, 6}) {
        lab.server.clear_queries();
        const auto found = std::get<1>(probe(lab, "a.test", wildcard_options().query(query).at_once(most)));
        CHECK(found.verdict() == unknown);
        CHECK(found.probes.size() == 24);  // what was not asked is told too
        CHECK(lab.server.query_count() == static_cast<std::size_t>(most));
    }
    lab.server.on_query(dns_reply());
    CHECK(std::get<1>(probe(lab, "a.test", lab.wildcard().at_once(1))).verdict() == no);
}

TEST_CASE("probes count against the quota of a scope", "[dns][probe_wildcard]") {
    dns_lab lab;
    const dns::lookup_quota enough(24, 2), small(23);
    const auto with = [&](const dns::lookup_quota& quota) {
        return std::get<1>(probe(lab, "a.test", wildcard_options().query(lab.options().quota(quota))));
    };
    CHECK(with(enough).verdict() == no);
    CHECK(enough.used() == 24);
    CHECK(enough.under_way() == 0);
    const auto short_of = with(small);
    CHECK(short_of.verdict() == unknown);
    CHECK(short_of.probes.back().error == errc::quota_exceeded);
}

TEST_CASE("rounds end when their number is reached", "[dns][probe_wildcard]") {
    dns_lab lab;
    lab.server.host("*.wild.test", {"127.0.0.2"});
    for (const int most : {1, 2}) {
        lab.server.clear_queries();
        const auto how = lab.wildcard().controls({}).max_rounds(most);
        const auto found = std::get<1>(probe(lab, "wild.test", how));
        CHECK(found.verdict() == yes);
        CHECK_FALSE(found.levels.front().settled);
        CHECK(lab.server.query_count() == static_cast<std::size_t>(most) * 18);
    }
}

TEST_CASE("a server that answers with thousands of addresses fills no more than the pool",
          "[dns][probe_wildcard]") {
    dns_lab lab;
    std::vector<std::string> many;
    for (int i = 0; i < 1000; ++i)
        many.push_back("10.1." + std::to_string(i / 250) + '.' + std::to_string(1 + i % 250));
    lab.server.answer("*.large.test", dns::record_type::a, many);
    const auto found = std::get<1>(probe(lab, "large.test", lab.wildcard().max_pool(500)));
    CHECK(found.verdict() == yes);
    CHECK(found.levels.front().pool.size() == 500);
    for (const auto& each : found.probes) CHECK(each.records.size() <= 64);
}
