// Looking names up over TLS at unbound.
#include <dragline/dns.hpp>
#include <dragline/net.hpp>

#include "../support/run.hpp"
#include "unbound_server.hpp"

#include <dragline/async/event_loop.hpp>
#include <dragline/async/for_each.hpp>
#include <dragline/testing/certificate_authority.hpp>
#include <dragline/testing/dns_server.hpp>
#include <dragline/testing/manual_clock.hpp>
#include <dragline/tls/error.hpp>

#include <asio/ip/address.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using dragline::as_tuple;
using dragline::condition;
using dragline::dns::errc;
using dragline::net::dns_over_tls_options;
using dragline::test::run_to_end;
using dragline::test::unbound_server;
using dragline::test::unbound_settings;
using dragline::testing::certificate_authority;
using dragline::testing::certificate_request;

namespace dns = dragline::dns;
namespace tls = dragline::tls;

namespace {

using texts = std::vector<std::string>;

const certificate_authority& authority() {
    static const certificate_authority made;
    return made;
}

unbound_settings with_certificate() {
    return unbound_settings().certificate(
        authority().issue(certificate_request().name("dns.test").address("127.0.0.1")));
}

unbound_settings usual() {
    auto settings = with_certificate();
    settings.zone("test.", "static").zone("wild.test.", "redirect");
    settings.record("one.test. 300 IN A 192.0.2.1").record("six.test. 300 IN AAAA 2001:db8::6");
    settings.record("wild.test. 300 IN A 192.0.2.99");
    for (int i = 1; i <= 250; ++i) settings.record("big.test. 300 IN A 198.51.100." + std::to_string(i));
    return settings;
}

dns_over_tls_options trusting() {
    return dns_over_tls_options()
        .server_name("dns.test")
        .tls(tls::client_options().ca_pem(authority().certificate_pem()));
}

// unbound, a loop whose time stands still until the test moves it, and a resolver that asks only this
// unbound, over TLS.
struct unbound_lab {
    explicit unbound_lab(const unbound_settings& settings = usual(),
                         dns_over_tls_options options = trusting())
        : server(settings), transport(to(options)) {}

    std::shared_ptr<dns::transport> to(const dns_over_tls_options& options) {
        const dns::server place(asio::ip::address_v4::loopback(), server.tls_port());
        return dragline::net::make_dns_over_tls(loop, place, options);
    }
    std::pair<std::error_code, texts> v4(const std::string& name) {
        const auto token = as_tuple(asio::use_awaitable);
        const auto [ec, found] = run_to_end(loop, resolve_host(resolver, name, token));
        texts out;
        for (const auto& each : found) out.push_back(each.to_string());
        return {ec, out};
    }

    unbound_server server;
    dragline::testing::manual_clock time;
    dragline::event_loop loop{dragline::event_loop_options().time(time)};
    std::shared_ptr<dns::transport> transport;
    dns::resolver resolver{loop, std::vector<std::shared_ptr<dns::transport>>{transport},
                           dns::query_options().hosts_file(false)};
};

}  // namespace

TEST_CASE("unbound tells over TLS what there is and what there is not", "[integration][unbound]") {
    unbound_lab lab;
    CHECK(lab.v4("one.test").second == texts{"192.0.2.1"});
    CHECK(lab.v4("six.test").first == errc::no_data);
    CHECK(lab.v4("nothing.test").first == errc::name_not_found);
    CHECK(lab.v4("elsewhere.example").first == errc::refused);
    CHECK(lab.v4("big.test").second.size() == 250);
}

TEST_CASE("unbound answers a thousand look-ups over TLS, however many at a time", "[integration][unbound]") {
    for (const std::size_t pipelined : {1u, 10u, 1000u}) {
        unbound_lab lab(usual(), trusting().max_pipelined(pipelined).connections(1));
        const auto all = [](unbound_lab& in) -> asio::awaitable<std::size_t> {
            const auto one = [&](std::size_t i) {
                return resolve_host(in.resolver, "n" + std::to_string(i) + ".wild.test");
            };
            const auto results = co_await dragline::for_each_limited(in.loop, std::size_t{1000}, 1000, one);
            std::size_t right = 0;
            for (const auto& result : results) {
                const bool same = result && result.value().size() == 1 &&
                                  result.value().front().to_string() == "192.0.2.99";
                if (same) ++right;
            }
            co_return right;
        };
        CHECK(run_to_end(lab.loop, all(lab)) == 1000);
    }
}

TEST_CASE("unbound gets no query when its certificate is for another name", "[integration][unbound]") {
    unbound_lab lab(usual(), trusting().server_name("other.test"));
    const auto ec = lab.v4("one.test").first;
    CHECK(ec == tls::errc::host_mismatch);
    CHECK(ec == condition::tls_failed);
}

TEST_CASE("unbound is asked again after it was idle for longer than it keeps a connection",
          "[integration][unbound]") {
    unbound_lab lab(usual().line("edns-tcp-keepalive-timeout: 3000"));
    CHECK(lab.v4("one.test").second == texts{"192.0.2.1"});
    lab.time.advance(3s);
    CHECK(lab.v4("n1.wild.test").second == texts{"192.0.2.99"});
    lab.time.advance(1s);
    CHECK(lab.v4("n2.wild.test").second == texts{"192.0.2.99"});
}

TEST_CASE("unbound finds out over TLS what it has to ask others", "[integration][unbound]") {
    dragline::testing::dns_server upstream;
    upstream.host("a.example", {"192.0.2.7"}).alias("www.example", "a.example");
    unbound_lab lab(with_certificate().forward("example.", upstream.port()));
    CHECK(lab.v4("www.example").second == texts{"192.0.2.7"});
    CHECK(lab.v4("nothing.example").first == errc::name_not_found);
    CHECK(upstream.query_count() > 0);
}
