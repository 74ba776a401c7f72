// As gcc12_inline_arguments.cpp, for the four look-ups: everything stands inside the co_await expression.
#include <dragline/dns.hpp>

#include "../support/run.hpp"

#include <dragline/http/session.hpp>
#include <dragline/testing/dns_server.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/ip/address.hpp>
#include <asio/use_awaitable.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <source_location>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

using namespace std::chrono_literals;
using namespace std::string_literals;
using namespace std::string_view_literals;
using asio::bind_cancellation_slot;
using asio::use_awaitable;
using asio::ip::make_address;
using asio::ip::make_address_v4;
using asio::ip::make_address_v6;
using dragline::as_tuple;
using dragline::check_dns_wildcard;
using dragline::get_session;
using dragline::resolve_host;
using dragline::resolve_host6;
using dragline::reverse_resolve;
using dragline::session_options;
using dragline::dns::errc;
using dragline::dns::query_options;
using dragline::dns::resolver;
using dragline::dns::server;
using dragline::dns::wildcard_options;
using dragline::test::run_to_end;
using dragline::testing::dns_server;

namespace dns = dragline::dns;

namespace {

// CHECK would have GCC 12 evaluate a co_await in it twice.
void expect(bool holds, std::source_location where = std::source_location::current()) {
    INFO("line " << where.line());
    CHECK(holds);
}

// Longer than any small-string buffer, so that a double destruction is a double free.
const std::string name = "a-host-with-a-name-that-fills-no-small-buffer.test";
const std::string path = "/nowhere/there/is/no/such/hosts/file/on/this/machine";

struct dns_lab {
    dns_server server;
    dragline::event_loop loop;
    dns::lookup_trace trace;
    const dns::address_list_v4 v4{make_address_v4("192.0.2.1")};
    const dns::address_list_v6 v6{make_address_v6("2001:db8::1")};
    const dns::address_list_v4 local_v4{make_address_v4("127.0.0.1")};
    const dns::address_list_v6 local_v6{make_address_v6("::1")};
    const dns::name_list names{name};

    dns_lab() {
        server.host(name, {"192.0.2.1", "2001:db8::1"})
            .host("*.wildcard-domain-with-a-long-name.test", {"192.0.2.2"});
        server.pointer(make_address("192.0.2.1"), {name}).pointer(make_address("2001:db8::1"), {name});
    }
    query_options options() const { return query_options().add_server(server.to_string()).hosts_file(false); }
};

asio::awaitable<void> await_resolve_host(dns_lab& lab) {
    asio::cancellation_signal signal;
    const auto options = lab.options();
    // No server is asked for these.
    expect(co_await resolve_host("localhost") == lab.local_v4);
    expect(co_await resolve_host("192.0.2.1"s) == lab.v4);
    expect(co_await resolve_host("192.0.2.1"sv, use_awaitable) == lab.v4);
    expect(std::get<0>(co_await resolve_host(std::string(300, 'a'), as_tuple(use_awaitable))) ==
           errc::name_too_long);
    expect(co_await resolve_host(lab.loop, "192.0.2.1") == lab.v4);
    expect(co_await resolve_host(lab.loop.get_executor(), "192.0.2.1"s, use_awaitable) == lab.v4);

    expect(co_await resolve_host(name, options) == lab.v4);
    expect(co_await resolve_host(std::string(name), lab.options()) == lab.v4);
    expect(co_await resolve_host(std::string_view(name),
                                 query_options()
                                     .add_server("127.0.0.1:"s + std::to_string(lab.server.port()))
                                     .hosts_path(std::string(path))
                                     .resolv_conf(""s + path)
                                     .tries(2)
                                     .timeout(20s)
                                     .bypass_cache(true)
                                     .trace(&lab.trace)) == lab.v4);
    expect(co_await resolve_host(name, query_options().hosts_file(false).servers(std::vector<server>(
                                           1, *server::parse(lab.server.to_string())))) == lab.v4);
    expect(co_await resolve_host(name, lab.options(), use_awaitable) == lab.v4);
    expect(std::get<1>(co_await resolve_host(name + ".", lab.options(), as_tuple(use_awaitable))) == lab.v4);

    expect(co_await resolve_host(lab.loop, name + ".", lab.options()) == lab.v4);
    expect(co_await resolve_host(lab.loop.context(), std::string(name), lab.options(), use_awaitable) ==
           lab.v4);
    expect(co_await resolve_host(resolver(lab.loop, lab.options()), std::string(name)) == lab.v4);
    expect(co_await resolve_host(get_session(lab.loop, ""s + path, session_options().dns(lab.options())),
                                 std::string(name)) == lab.v4);
    expect(co_await resolve_host(get_session(lab.loop, ""s + path), name,
                                 query_options().hosts_path(std::string(path)),
                                 bind_cancellation_slot(signal.slot(), use_awaitable)) == lab.v4);
    expect(std::get<1>(co_await resolve_host(
               resolver(lab.loop, lab.options()), name,
               as_tuple(bind_cancellation_slot(signal.slot(), use_awaitable)))) == lab.v4);
    auto later = resolve_host(resolver(lab.loop, lab.options()), std::string(name));
    expect(co_await std::move(later) == lab.v4);
}

asio::awaitable<void> await_resolve_host6(dns_lab& lab) {
    asio::cancellation_signal signal;
    const auto options = lab.options();
    expect(co_await resolve_host6("localhost"s) == lab.local_v6);
    expect(co_await resolve_host6("2001:db8::1"sv, use_awaitable) == lab.v6);
    expect(std::get<0>(co_await resolve_host6(std::string(300, 'a'), as_tuple(use_awaitable))) ==
           errc::name_too_long);
    expect(co_await resolve_host6(lab.loop, "2001:db8::1") == lab.v6);
    expect(co_await resolve_host6(name, options) == lab.v6);
    expect(co_await resolve_host6(
               std::string(name),
               query_options().add_server(lab.server.to_string()).hosts_path(std::string(path))) == lab.v6);
    expect(std::get<1>(co_await resolve_host6(name + ".", lab.options(), as_tuple(use_awaitable))) == lab.v6);
    expect(co_await resolve_host6(lab.loop, name + ".", lab.options()) == lab.v6);
    expect(co_await resolve_host6(asio::any_io_executor(lab.loop.get_executor()), name, lab.options(),
                                  use_awaitable) == lab.v6);
    expect(co_await resolve_host6(get_session(lab.loop, ""s + path, session_options().dns(lab.options())),
                                  std::string(name)) == lab.v6);
    expect(co_await resolve_host6(resolver(lab.loop, lab.options()), std::string(name),
                                  query_options(options).tries(1),
                                  bind_cancellation_slot(signal.slot(), use_awaitable)) == lab.v6);
}

asio::awaitable<void> await_reverse_resolve(dns_lab& lab) {
    asio::cancellation_signal signal;
    const auto options = lab.options();
    // Without options the machine's own hosts file and servers are asked: only a bad option keeps it inside.
    expect(std::get<0>(co_await reverse_resolve(make_address("192.0.2.1"),
                                                query_options().add_server("no address"),
                                                as_tuple(use_awaitable))) == errc::invalid_server);
    expect(co_await reverse_resolve(make_address("192.0.2.1"), options) == lab.names);
    expect(co_await reverse_resolve(make_address_v4("192.0.2.1"), lab.options()) == lab.names);
    expect(co_await reverse_resolve(make_address_v6("2001:db8::1"), lab.options(), use_awaitable) ==
           lab.names);
    expect(co_await reverse_resolve(make_address("2001:db8::1"), query_options()
                                                                     .add_server(lab.server.to_string())
                                                                     .hosts_path(std::string(path))
                                                                     .trace(&lab.trace)) == lab.names);
    expect(co_await reverse_resolve(lab.loop, make_address("192.0.2.1"), lab.options()) == lab.names);
    expect(co_await reverse_resolve(resolver(lab.loop, lab.options()), make_address("192.0.2.1")) ==
           lab.names);
    expect(co_await reverse_resolve(resolver(lab.loop, lab.options()), make_address("::ffff:192.0.2.1"),
                                    use_awaitable) == lab.names);
    expect(std::get<1>(co_await reverse_resolve(resolver(lab.loop, lab.options()), make_address("192.0.2.1"),
                                                as_tuple(use_awaitable))) == lab.names);
    expect(co_await reverse_resolve(get_session(lab.loop, ""s + path, session_options().dns(lab.options())),
                                    make_address("192.0.2.1")) == lab.names);
    expect(co_await reverse_resolve(get_session(lab.loop, ""s + path), make_address("192.0.2.1"),
                                    query_options(options).hosts_path(std::string(path)),
                                    bind_cancellation_slot(signal.slot(), use_awaitable)) == lab.names);
}

asio::awaitable<void> await_check_dns_wildcard(dns_lab& lab) {
    asio::cancellation_signal signal;
    const auto domain = "wildcard-domain-with-a-long-name.test"s;
    expect(std::get<0>(co_await check_dns_wildcard("a..domain-that-is-refused-before-it-is-asked-for"s,
                                                   as_tuple(use_awaitable))) == errc::empty_label);
    expect(co_await check_dns_wildcard(domain, wildcard_options().query(lab.options())));
    expect(co_await check_dns_wildcard(
        std::string(domain), wildcard_options().probes(2).query(
                                 query_options().add_server(lab.server.to_string()).hosts_path(""s + path))));
    expect(!co_await check_dns_wildcard("no-"s + domain, dns::wildcard_options().query(lab.options()),
                                        use_awaitable));
    expect(std::get<1>(co_await check_dns_wildcard(
        std::string_view(domain), wildcard_options().query(lab.options()), as_tuple(use_awaitable))));
    expect(co_await check_dns_wildcard(lab.loop, domain + ".", wildcard_options().query(lab.options())));
    expect(co_await check_dns_wildcard(resolver(lab.loop, lab.options()), std::string(domain)));
    expect(
        co_await check_dns_wildcard(resolver(lab.loop, lab.options()), std::string(domain), use_awaitable));
    expect(co_await check_dns_wildcard(
        get_session(lab.loop, ""s + path, session_options().dns(lab.options())), std::string(domain)));
    expect(
        co_await check_dns_wildcard(get_session(lab.loop, ""s + path), std::string(domain),
                                    wildcard_options().query(query_options().hosts_path(std::string(path))),
                                    bind_cancellation_slot(signal.slot(), use_awaitable)));
    expect(std::get<1>(
        co_await check_dns_wildcard(resolver(lab.loop, lab.options()), domain, wildcard_options().probes(1),
                                    as_tuple(bind_cancellation_slot(signal.slot(), use_awaitable)))));
}

asio::awaitable<void> await_failures(dns_lab& lab) {
    for (int round = 0; round < 3; ++round) {
        int thrown = 0;
        try {
            co_await resolve_host(resolver(lab.loop, lab.options()), "missing."s + name,
                                  query_options().hosts_path(""s + path));
        } catch (const std::system_error& failure) {
            thrown += failure.code() == errc::name_not_found;
        }
        try {
            co_await resolve_host6("missing."s + name, lab.options().hosts_path(""s + path));
        } catch (const std::system_error& failure) {
            thrown += failure.code() == errc::name_not_found;
        }
        try {
            co_await reverse_resolve(get_session(lab.loop, ""s + path, session_options().dns(lab.options())),
                                     make_address("192.0.2.9"), query_options().hosts_path(""s + path));
        } catch (const std::system_error& failure) {
            thrown += failure.code() == errc::name_not_found;
        }
        try {
            co_await check_dns_wildcard(
                "missing."s + name, wildcard_options().probes(0).query(lab.options().hosts_path(""s + path)));
        } catch (const std::system_error& failure) {
            thrown += failure.code() == dragline::errc::invalid_option;
        }
        CHECK(thrown == 4);
    }
}

}  // namespace

TEST_CASE("resolve_host is awaited with arguments of every kind in place", "[integration][gcc12]") {
    dns_lab lab;
    run_to_end(lab.loop, await_resolve_host(lab));
}

TEST_CASE("resolve_host6 is awaited with arguments of every kind in place", "[integration][gcc12]") {
    dns_lab lab;
    run_to_end(lab.loop, await_resolve_host6(lab));
}

TEST_CASE("reverse_resolve is awaited with arguments of every kind in place", "[integration][gcc12]") {
    dns_lab lab;
    run_to_end(lab.loop, await_reverse_resolve(lab));
}

TEST_CASE("check_dns_wildcard is awaited with arguments of every kind in place", "[integration][gcc12]") {
    dns_lab lab;
    run_to_end(lab.loop, await_check_dns_wildcard(lab));
}

TEST_CASE("an exception that leaves an awaited look-up destroys its arguments once", "[integration][gcc12]") {
    dns_lab lab;
    run_to_end(lab.loop, await_failures(lab));
}
