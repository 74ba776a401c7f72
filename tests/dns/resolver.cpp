#include <dragline/dns/resolver.hpp>

#include <catch2/catch_test_macros.hpp>

#include "lab.hpp"
#include "temporary_file.hpp"

#include <string>

namespace dns = dragline::dns;
using namespace dragline::test;
using namespace std::chrono_literals;
using dns::errc;
using dragline::testing::dns_reply;

TEST_CASE("an answer is asked for once and kept for its TTL", "[dns][resolver]") {
    dns_lab lab;
    lab.server.host("a.test", {"127.0.0.2"}, 60s);
    const auto ttl = [&lab] {
        const auto found = lab.run(lab.resolver().lookup("A.test", dns::address_family::v4));
        return found.value().ttl;
    };
    CHECK(ttl() == 60);
    CHECK(lab.server.query_count() == 1);
    lab.clock.advance(40s);
    CHECK(ttl() <= 20);
    CHECK(lab.server.query_count() == 1);
    lab.clock.advance(20s);
    CHECK(ttl() == 60);
    CHECK(lab.server.query_count() == 2);
}

TEST_CASE("the TTL of a chain is its least, and TTL 0 is not kept", "[dns][resolver]") {
    dns_lab lab;
    lab.server.alias("www.a.test", "a.test", 30s)
        .host("a.test", {"127.0.0.2"}, 600s)
        .host("zero.test", {"127.0.0.2"}, 0s);
    CHECK(lab.run(lab.resolver().lookup("www.a.test", dns::address_family::v4)).value().ttl == 30);
    CHECK(lab.run(lab.resolver().lookup("www.a.test", dns::address_family::v4)).value().canonical_name ==
          "a.test");
    lab.clock.advance(31s);
    CHECK_FALSE(lab.error("www.a.test"));
    CHECK(lab.server.query_count("www.a.test") == 2);
    CHECK_FALSE(lab.error("zero.test"));
    CHECK_FALSE(lab.error("zero.test"));
    CHECK(lab.server.query_count("zero.test") == 2);
}

TEST_CASE("absence is kept by its SOA: NXDOMAIN for every type, NODATA for one", "[dns][resolver]") {
    dns_lab lab;
    lab.server.negative_ttl(60s)
        .empty("empty.test")
        .on("nosoa.test", dns_reply(dns::rcode::name_not_found).no_soa());
    CHECK(lab.error("gone.test") == errc::name_not_found);
    CHECK(std::get<0>(lab.run(dns::resolve_host6(lab.loop, "gone.test", lab.options(), no_throw))) ==
          errc::name_not_found);
    CHECK(lab.server.query_count("gone.test") == 1);

    CHECK(lab.error("empty.test") == errc::no_data);
    CHECK(std::get<0>(lab.run(dns::resolve_host6(lab.loop, "empty.test", lab.options(), no_throw))) ==
          errc::no_data);
    CHECK(lab.error("empty.test") == errc::no_data);
    CHECK(lab.server.query_count("empty.test") == 2);

    CHECK(lab.error("nosoa.test") == errc::name_not_found);
    CHECK(lab.error("nosoa.test") == errc::name_not_found);
    CHECK(lab.server.query_count("nosoa.test") == 2);

    lab.clock.advance(61s);
    CHECK(lab.error("gone.test") == errc::name_not_found);
    CHECK(lab.server.query_count("gone.test") == 2);
}

TEST_CASE("SERVFAIL is kept for 5 s, REFUSED and a timeout never", "[dns][resolver]") {
    dns_lab lab;
    lab.server.on("bad.test", dns_reply(dns::rcode::server_failure))
        .on("refused.test", dns_reply(dns::rcode::refused))
        .on("silent.test", dns_reply().silent());
    const auto fast = lab.options().try_timeout(20ms).tries(1);
    for (int i = 0; i < 2; ++i) {
        CHECK(lab.error("bad.test") == errc::server_failure);
        CHECK(lab.error("refused.test") == errc::refused);
        CHECK(lab.error("silent.test", fast) == dragline::condition::timeout);
    }
    CHECK(lab.server.query_count("bad.test") == 1);
    CHECK(lab.server.query_count("refused.test") == 2);
    CHECK(lab.server.query_count("silent.test") == 2);
    lab.clock.advance(5s);
    CHECK(lab.error("bad.test") == errc::server_failure);
    CHECK(lab.server.query_count("bad.test") == 2);
}

TEST_CASE("bypass_cache neither reads the cache nor fills it", "[dns][resolver]") {
    dns_lab lab;
    lab.server.host("a.test", {"127.0.0.2"});
    const auto past = lab.options().bypass_cache(true);
    CHECK_FALSE(lab.error("a.test", past));
    CHECK_FALSE(lab.error("a.test"));
    CHECK(lab.server.query_count() == 2);
    CHECK_FALSE(lab.error("a.test", past));
    CHECK(lab.server.query_count() == 3);
}

TEST_CASE("resolvers that ask the same servers share, others do not", "[dns][resolver]") {
    dns_lab lab;
    dragline::testing::dns_server other;
    lab.server.host("a.test", {"127.0.0.2"});
    other.host("a.test", {"127.0.0.3"});
    const dns::resolver first(lab.loop, lab.options());
    const dns::resolver second(lab.loop, lab.options().tries(1));
    CHECK(texts(lab.run(dns::resolve_host(first, "a.test"))) == list{"127.0.0.2"});
    CHECK(texts(lab.run(dns::resolve_host(second, "a.test"))) == list{"127.0.0.2"});
    CHECK(lab.server.query_count() == 1);
    const auto elsewhere = dns::query_options().add_server(other.to_string());
    CHECK(texts(lab.run(dns::resolve_host(first, "a.test", elsewhere))) == list{"127.0.0.3"});
    CHECK(texts(lab.run(dns::resolve_host(first.with(elsewhere), "a.test"))) == list{"127.0.0.3"});
    CHECK(other.query_count() == 1);
}

TEST_CASE("a resolver can forget and counts", "[dns][resolver]") {
    dns_lab lab;
    lab.server.host("a.test", {"127.0.0.2"});
    CHECK_FALSE(lab.error("a.test"));
    CHECK_FALSE(lab.error("a.test"));
    const auto clear = [](dns::resolver r) -> asio::awaitable<std::uint64_t> {
        const auto hits = r.statistics().hits;
        r.clear_cache();
        co_return hits;
    };
    CHECK(lab.run(clear(lab.resolver())) == 1);
    CHECK_FALSE(lab.error("a.test"));
    CHECK(lab.server.query_count() == 2);
}

TEST_CASE("servers have ports, and may be reached over IPv6", "[dns][resolver]") {
    dns_lab lab;
    const auto six = lab.server.listen(asio::ip::address_v6::loopback());
    lab.server.host("a.test", {"127.0.0.2"});
    const dns::server at(six.address(), six.port());
    const auto options = dns::query_options().servers(std::vector<dns::server>{at}).hosts_file(false);
    CHECK(texts(std::get<1>(lab.resolve("a.test", options))) == list{"127.0.0.2"});
}

TEST_CASE("the servers of the system are read again when they change", "[dns][resolver]") {
    dns_lab lab;
    dragline::testing::dns_server other;
    lab.server.host("a.test", {"127.0.0.2"});
    other.host("a.test", {"127.0.0.3"});
    temporary_file conf("nameserver " + lab.server.to_string() + "\n");
    const auto options = dns::query_options().resolv_conf(conf.path()).hosts_file(false);
    CHECK(texts(std::get<1>(lab.resolve("a.test", options))) == list{"127.0.0.2"});
    conf.write("# moved\nnameserver " + other.to_string() + "\n");
    lab.clock.advance(1s);
    CHECK(texts(std::get<1>(lab.resolve("a.test", options))) == list{"127.0.0.3"});  // the cache was cleared
}

TEST_CASE("a resolver that was made offline recovers", "[dns][resolver]") {
    dns_lab lab;
    lab.server.host("a.test", {"127.0.0.2"});
    temporary_file conf("nameserver 127.0.0.1:1\n");  // nobody listens there
    const auto options = dns::query_options().resolv_conf(conf.path()).hosts_file(false);
    CHECK(lab.error("a.test", options) == errc::servers_unreachable);
    conf.write("nameserver " + lab.server.to_string() + "\n");
    CHECK(texts(std::get<1>(lab.resolve("a.test", options))) ==
          list{"127.0.0.2"});  // at once, after a failure
}

TEST_CASE("a server that comes up later is found by the same resolver", "[dns][resolver]") {
    dns_lab lab;
    const auto port = [] { return dragline::testing::dns_server().port(); }();
    const dns::server at(asio::ip::address_v4::loopback(), port);
    const auto options = dns::query_options().servers(std::vector<dns::server>{at}).hosts_file(false);
    CHECK(lab.error("a.test", options) == errc::servers_unreachable);
    dragline::testing::dns_server late(asio::ip::address_v4::loopback(), port);
    late.host("a.test", {"127.0.0.2"});
    CHECK_FALSE(lab.error("a.test", options));
    lab.clock.advance(1s);
    CHECK_FALSE(lab.error("a.test", dns::query_options(options).bypass_cache(true)));
}

TEST_CASE("the trace tells where an answer came from", "[dns][resolver]") {
    dns_lab lab;
    lab.server.host("a.test", {"127.0.0.2"}).on("bad.test", dns_reply(dns::rcode::refused));
    dns::lookup_trace trace;
    const auto traced = lab.options().trace(&trace);
    CHECK_FALSE(lab.error("a.test", traced));
    CHECK(trace.source == dns::answer_source::network);
    CHECK(trace.asked == dns::question("a.test"));
    CHECK_FALSE(trace.shared);
    CHECK_FALSE(trace.error);
    REQUIRE(trace.attempts.size() == 1);
    CHECK(trace.attempts[0].server == lab.server.to_string());
    CHECK_FALSE(trace.attempts[0].error);
    CHECK(trace.attempts[0].took > 0ns);
    CHECK(trace.took >= trace.attempts[0].took);

    CHECK_FALSE(lab.error("a.test", traced));
    CHECK(trace.source == dns::answer_source::cache);
    CHECK(trace.attempts.empty());
    CHECK(lab.error("bad.test", traced) == errc::refused);
    CHECK(trace.error == errc::refused);
    REQUIRE(trace.attempts.size() == 1);
    CHECK(trace.attempts[0].error == errc::refused);
    CHECK_FALSE(lab.error("127.0.0.1", traced));
    CHECK(trace.source == dns::answer_source::literal);
    CHECK_FALSE(lab.error("localhost", traced));
    CHECK(trace.source == dns::answer_source::local);
    CHECK(lab.error("a..b", traced) == errc::empty_label);
    CHECK(trace.error == errc::empty_label);
    CHECK(trace.source == dns::answer_source::none);
}

TEST_CASE("the deadline of an operation stands in for the default timeout of its look-up",
          "[dns][resolver]") {
    dns_lab lab;
    lab.server.on("silent.test", dns_reply().silent());
    const auto until = [&lab](auto time, dns::query_options options) {
        auto look_up = [](dns_lab& l, auto t, dns::query_options o) -> asio::awaitable<std::error_code> {
            const auto resolver = l.resolver();
            auto looking =
                resolver.lookup("silent.test", dns::address_family::v6, std::move(o), l.clock.now() + t);
            const auto found = co_await std::move(looking);
            co_return found.error();
        };
        return lab.run(look_up(lab, time, std::move(options)));
    };
    CHECK(until(30ms, {}) == dragline::condition::timeout);
    CHECK(lab.server.query_count() == 1);
    CHECK(until(1h, dns::query_options().timeout(30ms)) == dragline::condition::timeout);
}
