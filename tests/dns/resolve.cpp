#include <dragline/dns/resolve.hpp>

#include <catch2/catch_test_macros.hpp>

#include "lab.hpp"
#include "temporary_file.hpp"

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/use_future.hpp>

#include <memory>
#include <string>
#include <thread>

namespace dns = dragline::dns;
using namespace dragline::test;
using namespace std::chrono_literals;
using dns::errc;
using dragline::testing::dns_reply;

TEST_CASE("resolve_host gives every IPv4 address, resolve_host6 every IPv6 address", "[dns][resolve]") {
    dns_lab lab;
    lab.server.host("a.test", {"127.0.0.2", "127.0.0.3", "2001:db8::1"});
    const auto [ec4, v4] = lab.resolve("a.test");
    CHECK_FALSE(ec4);
    CHECK(texts(v4) == list{"127.0.0.2", "127.0.0.3"});
    const auto [ec6, v6] = lab.run(dns::resolve_host6(lab.loop, "A.Test.", lab.options(), no_throw));
    CHECK_FALSE(ec6);
    CHECK(texts(v6) == list{"2001:db8::1"});
}

TEST_CASE("aliases are followed to their addresses", "[dns][resolve]") {
    dns_lab lab;
    lab.server.alias("www.a.test", "a.test").host("a.test", {"127.0.0.2"});
    CHECK(texts(std::get<1>(lab.resolve("www.a.test"))) == list{"127.0.0.2"});
    lab.server.alias("x.loop.test", "y.loop.test").alias("y.loop.test", "x.loop.test");
    CHECK(lab.error("x.loop.test") == errc::cname_loop);
    lab.server.alias("dangling.test", "gone.test");
    CHECK(lab.error("dangling.test") == errc::name_not_found);
}

TEST_CASE("an address is its own answer and asks nobody", "[dns][resolve]") {
    dns_lab lab;
    CHECK(texts(std::get<1>(lab.resolve("192.0.2.7"))) == list{"192.0.2.7"});
    CHECK(lab.error("2001:db8::1") == errc::no_data);
    const auto [ec, v6] = lab.run(dns::resolve_host6(lab.loop, "2001:db8::1", lab.options(), no_throw));
    CHECK_FALSE(ec);
    CHECK(texts(v6) == list{"2001:db8::1"});
    const auto [no_v6, none] = lab.run(dns::resolve_host6(lab.loop, "192.0.2.7", lab.options(), no_throw));
    CHECK(no_v6 == errc::no_data);
    CHECK(lab.server.query_count() == 0);
}

TEST_CASE("localhost is the loopback address and .onion never leaves the machine", "[dns][resolve]") {
    dns_lab lab;
    lab.server.host("localhost", {"192.0.2.66"}).host("abc.onion", {"192.0.2.66"});
    CHECK(texts(std::get<1>(lab.resolve("localhost"))) == list{"127.0.0.1"});
    CHECK(texts(std::get<1>(lab.resolve("a.LOCALHOST."))) == list{"127.0.0.1"});
    CHECK(texts(lab.run(dns::resolve_host6(lab.loop, "localhost", lab.options()))) == list{"::1"});
    CHECK(lab.error("abc.onion") == errc::name_not_found);
    CHECK(lab.server.query_count() == 0);
}

TEST_CASE("the hosts file comes first, and goes for both families", "[dns][resolve]") {
    dns_lab lab;
    temporary_file hosts("192.0.2.1 db.test\n192.0.2.2 db.test\n");
    lab.server.host("db.test", {"127.0.0.2", "::1"});
    const auto with_hosts = lab.options().hosts_file(true).hosts_path(hosts.path());
    CHECK(texts(std::get<1>(lab.resolve("DB.test", with_hosts))) == list{"192.0.2.1", "192.0.2.2"});
    const auto [ec, none] = lab.run(dns::resolve_host6(lab.loop, "db.test", with_hosts, no_throw));
    CHECK(ec == errc::no_data);
    CHECK(lab.server.query_count() == 0);
    CHECK(texts(std::get<1>(lab.resolve("db.test"))) == list{"127.0.0.2"});
}

TEST_CASE("NXDOMAIN, NODATA, SERVFAIL, REFUSED and a timeout are told apart", "[dns][resolve]") {
    dns_lab lab;
    lab.server.empty("empty.test")
        .on("servfail.test", dns_reply(dns::rcode::server_failure))
        .on("refused.test", dns_reply(dns::rcode::refused))
        .on("notimp.test", dns_reply(dns::rcode::not_implemented))
        .on("odd.test", dns_reply(static_cast<dns::rcode>(9)))
        .on("silent.test", dns_reply().silent());
    CHECK(lab.error("missing.test") == errc::name_not_found);
    CHECK(lab.error("empty.test") == errc::no_data);
    CHECK(lab.error("servfail.test") == errc::server_failure);
    CHECK(lab.error("refused.test") == errc::refused);
    CHECK(lab.error("notimp.test") == errc::not_implemented);
    CHECK(lab.error("odd.test") == errc::unexpected_rcode);
    const auto timeout = lab.error("silent.test", lab.options().try_timeout(20ms).tries(2));
    CHECK(timeout == dragline::condition::timeout);
    CHECK(timeout != dragline::condition::resolve_failed);
    CHECK(dragline::phase_of(timeout) == dragline::phase::resolve);
    CHECK(lab.server.query_count("silent.test") == 2);
}

TEST_CASE("names that cannot exist are refused, each with its own error, and nobody is asked",
          "[dns][resolve]") {
    dns_lab lab;
    CHECK(lab.error("") == errc::empty_name);
    CHECK(lab.error("a..b") == errc::empty_label);
    CHECK(lab.error("a b") == errc::invalid_name);
    CHECK(lab.error("[::1]") == errc::invalid_name);
    CHECK(lab.error("b\xc3\xbc"
                    "cher.test") == errc::non_ascii_name);
    CHECK(lab.error(std::string(64, 'a') + ".test") == errc::label_too_long);
    CHECK(lab.error(std::string(100'000, 'a')) == errc::name_too_long);
    CHECK(lab.server.query_count() == 0);
}

TEST_CASE("options that cannot work are an error of the call", "[dns][resolve]") {
    dns_lab lab;
    lab.server.host("a.test", {"127.0.0.2"});
    CHECK(lab.error("a.test", lab.options().timeout(0s)) == std::errc::invalid_argument);
    CHECK(lab.error("a.test", lab.options().timeout(-1s)) == dragline::errc::invalid_option);
    CHECK(lab.error("a.test", lab.options().tries(0)) == dragline::errc::invalid_option);
    CHECK(lab.error("a.test", lab.options().add_server("dns.example")) == errc::invalid_server);
    CHECK_FALSE(lab.error("a.test", lab.options().timeout(dragline::no_limit)));
}

TEST_CASE("a truncated answer is asked for again over TCP", "[dns][resolve]") {
    dns_lab lab;
    std::vector<std::string> many;
    for (int i = 1; i <= 200; ++i) many.push_back("10.0.0." + std::to_string(i));
    lab.server.host("many.test", many);
    const auto [ec, addresses] = lab.resolve("many.test");
    CHECK_FALSE(ec);
    CHECK(addresses.size() == 200);
    CHECK(lab.server.query_count(dragline::testing::dns_transport::tcp) == 1);
}

TEST_CASE("reverse_resolve gives every PTR name, for IPv6 too", "[dns][resolve][seed_6]") {
    dns_lab lab;
    lab.server.pointer(asio::ip::make_address("192.0.2.1"), {"a.test", "b.test"})
        .pointer(asio::ip::make_address("2001:db8::1"), {"six.test"});
    const auto reverse = [&lab](const char* address) {
        return lab.run(dns::reverse_resolve(lab.loop, asio::ip::make_address(address), lab.options()));
    };
    CHECK(reverse("192.0.2.1") == list{"a.test", "b.test"});
    CHECK(reverse("2001:db8::1") == list{"six.test"});
    CHECK(reverse("::ffff:192.0.2.1") == list{"a.test", "b.test"});
    const auto [ec, none] =
        lab.run(dns::reverse_resolve(lab.loop, asio::ip::make_address("192.0.2.9"), lab.options(), no_throw));
    CHECK(ec == errc::name_not_found);
    CHECK(none.empty());
}

TEST_CASE("a delegated PTR is found through its alias, and hostile names are escaped", "[dns][resolve]") {
    dns_lab lab;
    lab.server
        .alias("1.2.0.192.in-addr.arpa", "1.0-25.2.0.192.in-addr.arpa")  // RFC 2317
        .answer("1.0-25.2.0.192.in-addr.arpa", dns::record_type::ptr, {"evil\\010\\.name.test"});
    const auto names =
        lab.run(dns::reverse_resolve(lab.loop, asio::ip::make_address("192.0.2.1"), lab.options()));
    CHECK(names == list{"evil\\010\\.name.test"});
}

TEST_CASE("reverse_resolve looks into the hosts file first", "[dns][resolve]") {
    dns_lab lab;
    temporary_file hosts("192.0.2.1 web.test www\n::1 six\n");
    const auto with_hosts = lab.options().hosts_file(true).hosts_path(hosts.path());
    CHECK(lab.run(dns::reverse_resolve(lab.loop, asio::ip::make_address("192.0.2.1"), with_hosts)) ==
          list{"web.test", "www"});
    CHECK(lab.run(dns::reverse_resolve(lab.loop, asio::ip::make_address("::1"), with_hosts)) == list{"six"});
    CHECK(lab.server.query_count() == 0);
}

namespace {

asio::awaitable<list> resolve_here(dns::query_options options) {
    auto thrown = co_await dragline::resolve_host("a.test", options);
    const auto [ec, tuple] = co_await dragline::resolve_host("a.test", options, no_throw);
    if (ec || thrown != tuple) co_return list{};
    const auto [none, nothing] = co_await dragline::resolve_host("a..b", no_throw);
    if (none != errc::empty_label || !nothing.empty()) co_return list{};
    auto named = co_await dragline::resolve_host("localhost");
    if (named.size() != 1) co_return list{};
    co_return texts(thrown);
}

}  // namespace

TEST_CASE("without a WHERE a look-up belongs to the loop of the coroutine that awaits it", "[dns][resolve]") {
    dns_lab lab;
    lab.server.host("a.test", {"127.0.0.2"});
    CHECK(lab.run(resolve_here(lab.options())) == list{"127.0.0.2"});
}

TEST_CASE("a look-up completes any token, and takes any WHERE", "[dns][resolve]") {
    dns_lab lab;
    lab.server.host("a.test", {"127.0.0.2"});
    std::size_t called = 0;
    const auto handler = [&called](std::error_code ec, dns::address_list_v4 addresses) {
        CHECK_FALSE(ec);
        CHECK(texts(addresses) == list{"127.0.0.2"});
        ++called;
    };
    auto& io = lab.loop.context();
    dragline::resolve_host(lab.loop, "a.test", lab.options(), handler);
    dragline::resolve_host(io, "a.test", lab.options(), handler);
    dragline::resolve_host(io.get_executor(), "a.test", lab.options(), handler);
    dragline::resolve_host(lab.resolver(), "a.test", handler);
    dragline::resolve_host(lab.resolver(), "a.test", lab.options(), handler);
    dragline::resolve_host(
        lab.resolver(), "a.test",
        [&called, alone = std::make_unique<int>(1)](std::error_code, auto) { called += *alone; });
    auto future = dragline::resolve_host(lab.resolver(), "a.test", asio::use_future);
    CHECK(called == 0);  // never inside the call
    lab.loop.run();
    CHECK(called == 6);
    CHECK(texts(future.get()) == list{"127.0.0.2"});
    CHECK_THROWS_AS(lab.run(dragline::resolve_host(lab.loop, "a..b")), std::system_error);
}

TEST_CASE("a look-up may be started on another thread than its loop's", "[dns][resolve]") {
    dns_lab lab;
    lab.server.host("a.test", {"127.0.0.2"});
    auto work = asio::make_work_guard(lab.loop.context());
    std::thread runner([&lab] { lab.loop.run(); });
    const auto resolver = lab.resolver();
    CHECK(texts(dragline::resolve_host(resolver, "a.test", asio::use_future).get()) == list{"127.0.0.2"});
    work.reset();
    runner.join();
}

namespace {

asio::awaitable<std::size_t> await_inline(dns_lab& lab) {
    std::size_t count = 0;
    count += (co_await dragline::resolve_host(
                  lab.loop, std::string("a.") + "test",
                  dns::query_options().add_server(lab.server.to_string()).hosts_file(false)))
                 .size();
    count += (co_await dragline::resolve_host6(lab.loop, "a.test",
                                               dns::query_options().servers(std::vector<dns::server>(
                                                   1, dns::server::parse(lab.server.to_string()).value()))))
                 .size();
    count += (co_await dragline::reverse_resolve(
                  lab.loop, asio::ip::make_address("192.0.2.1"),
                  dns::query_options().add_server(lab.server.to_string()).hosts_path(std::string(100, 'x'))))
                 .size();
    count += co_await dragline::check_dns_wildcard(
        lab.loop, "wild.test",
        dns::wildcard_options().query(dns::query_options().add_server(lab.server.to_string())).probes(2));
    co_return count;
}

}  // namespace

TEST_CASE("the dns operations take every inline argument in a co_await expression", "[dns][resolve]") {
    dns_lab lab;
    lab.server.host("a.test", {"127.0.0.2", "::1"})
        .host("*.wild.test", {"127.0.0.3"})
        .pointer(asio::ip::make_address("192.0.2.1"), {"a.test"});
    CHECK(lab.run(await_inline(lab)) == 4);
}

TEST_CASE("of the names of an address only those that lead back to it count when that is asked for",
          "[dns][resolve]") {
    dns_lab lab;
    const auto address = asio::ip::make_address("192.0.2.1");
    lab.server.pointer(address, {"good.test", "liar.test", "gone.test"})
        .host("good.test", {"192.0.2.9", "192.0.2.1"})
        .host("liar.test", {"192.0.2.2"})
        .pointer(asio::ip::make_address("2001:db8::1"), {"six.test"})
        .host("six.test", {"2001:db8::1"})
        .pointer(asio::ip::make_address("192.0.2.3"), {"liar.test"});
    const auto with = lab.options().forward_confirmed(true);
    const auto names = [&](const std::string& text) {
        return lab.run(dns::reverse_resolve(lab.loop, asio::ip::make_address(text), with, no_throw));
    };
    CHECK(std::get<1>(names("192.0.2.1")) == list{"good.test"});
    CHECK(std::get<1>(names("::ffff:192.0.2.1")) == list{"good.test"});
    CHECK(std::get<1>(names("2001:db8::1")) == list{"six.test"});
    CHECK(std::get<0>(names("192.0.2.3")) == errc::not_confirmed);
    CHECK(std::get<0>(names("192.0.2.4")) == errc::name_not_found);
}

TEST_CASE("no more names of an address are tried than the limit", "[dns][resolve]") {
    dns_lab lab;
    const auto confirmed = [&lab](const std::string& text, std::size_t last) {
        const auto address = asio::ip::make_address(text);
        list names;
        for (std::size_t i = 0; i <= last; ++i) names.push_back("n" + std::to_string(i) + ".test");
        lab.server.pointer(address, names).host(names.back(), {text});
        const auto with = lab.options().forward_confirmed(true).bypass_cache(true);
        return std::get<0>(lab.run(dns::reverse_resolve(lab.loop, address, with, no_throw)));
    };
    CHECK_FALSE(confirmed("192.0.2.1", 31));
    CHECK(confirmed("192.0.2.2", 32) == errc::not_confirmed);
}

TEST_CASE("a name with a byte of zero is no address", "[dns][resolve]") {
    dns_lab lab;
    CHECK(lab.error(std::string_view("192.0.2.1\0.5", 12)) == errc::invalid_name);
}
