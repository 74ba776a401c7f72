// Requests that outsiders steer: every class of address that is not theirs to reach, in every spelling and by
// every way that it can come into a fetch, is refused before a packet leaves.
#include "../support/http_client.hpp"

#include <dragline/net/address_policy.hpp>
#include <dragline/net/endpoint.hpp>
#include <dragline/net/error.hpp>
#include <dragline/net/proxies/proxy.hpp>

#include <asio/ip/address.hpp>
#include <asio/ip/address_v4.hpp>
#include <catch2/catch_test_macros.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using dragline::fetch_options;
using dragline::dns::record_type;
using dragline::http::proxy_policy;
using dragline::http::redirect_policy;
using dragline::net::address_policy;
using dragline::net::proxy_scheme;
using dragline::test::fetched;
using dragline::test::http_client;
using dragline::testing::dns_reply;
using dragline::testing::dns_server;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace net = dragline::net;

namespace {

struct address_class {
    const char* name;
    std::vector<const char*> addresses;
};

const std::vector<address_class> classes_v4 = {
    {"this network", {"0.0.0.0", "0.1.2.3"}},
    {"private", {"10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1"}},
    {"carrier-grade NAT", {"100.64.0.1", "100.127.255.254", "100.100.100.200"}},
    {"loopback", {"127.0.0.2", "127.255.255.254"}},
    {"link-local and metadata", {"169.254.0.1", "169.254.169.254", "168.63.129.16", "192.0.0.192"}},
    {"documentation", {"192.0.2.1", "198.51.100.1", "203.0.113.1"}},
    {"benchmarks", {"198.18.0.1", "198.19.255.255"}},
    {"multicast, reserved, broadcast", {"224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"}},
};
const std::vector<address_class> classes_v6 = {
    {"unspecified and loopback", {"::", "::1"}},
    {"unique local and metadata", {"fc00::1", "fdff::1", "fd00:ec2::254"}},
    {"link-local and site-local", {"fe80::1", "febf::1", "fec0::1"}},
    {"multicast", {"ff02::1", "ff0e::1"}},
    {"documentation and discard", {"2001:db8::1", "3fff::1", "100::1"}},
    {"Teredo and IETF protocols", {"2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:1ff::1"}},
};

std::string formatted(const char* format, unsigned a, unsigned b = 0, unsigned c = 0, unsigned d = 0) {
    std::array<char, 80> text{};
    std::snprintf(text.data(), text.size(), format, a, b, c, d);
    return text.data();
}

// As inet_aton() and browsers read it.
std::vector<std::string> spellings_v4(const std::string& address) {
    const auto number = asio::ip::make_address_v4(address).to_uint();
    const unsigned a = number >> 24, b = number >> 16 & 255, c = number >> 8 & 255, d = number & 255;
    return {address,
            address + ".",
            formatted("%u", number),
            formatted("0x%x", number),
            formatted("0X%08X", number),
            formatted("0%o", number),
            formatted("%u.%u", a, number & 0xffffff),
            formatted("%u.%u.%u", a, b, number & 0xffff),
            formatted("0x%x.0x%x.0x%x.0x%x", a, b, c, d),
            formatted("0%o.0%o.0%o.0%o", a, b, c, d),
            formatted("0x%x.%u.0%o", a, b, number & 0xffff),
            formatted("00000%o.%u.%u.%u.", a, b, c, d),
            formatted("%u%%2e%u%%2E%u.%u", a, b, c, d)};
}

// Where an IPv4 address hides in one of IPv6, and spellings of that.
std::vector<std::string> spellings_around(const std::string& address) {
    const auto number = asio::ip::make_address_v4(address).to_uint();
    const unsigned high = number >> 16, low = number & 0xffff;
    return {"[::ffff:" + address + "]",
            formatted("[::FFFF:%x:%x]", high, low),
            formatted("[0:0:0:0:0:ffff:%04X:%04X]", high, low),
            "[::" + address + "]",
            "[::ffff:0:" + address + "]",
            "[64:ff9b::" + address + "]",
            formatted("[64:ff9b::%x:%x]", high, low),
            formatted("[64:ff9b:1::%x:%x]", high, low),
            formatted("[2002:%x:%x::1]", high, low),
            formatted("[2001:0:%x:%x::1]", high, low),
            formatted("[2001::%x:%x]", ~high & 0xffff, ~low & 0xffff),
            formatted("[2606:4700::5efe:%x:%x]", high, low)};
}

std::vector<std::string> spellings_v6(const std::string& address) {
    const auto bytes = asio::ip::make_address_v6(address).to_bytes();
    std::string whole;
    for (std::size_t at = 0; at < bytes.size(); at += 2)
        whole += (at == 0 ? "" : ":") + formatted("%02X%02x", bytes[at], bytes[at + 1u]);
    return {"[" + address + "]", "[" + whole + "]"};
}

// An entrance at 127.0.0.1, the one address of ours that is allowed, and a server that listens wherever this
// machine can be reached at the same port: nothing else may be heard there.
class inner_network {
public:
    explicit inner_network(const address_policy& policy = guard()) {
        const auto options = dragline::test::using_dns(names);
        client.emplace(dragline::http::session_options(options).address_policy(policy));
        entrance.on("*", http_reply().body("in"));
        secret.on("*", http_reply().body("secret"));
        for (const auto* where : {"127.0.0.2", "127.255.255.254", "::1"})
            secret.listen(asio::ip::make_address(where), port());
    }

    static address_policy guard() { return address_policy::public_only().allow("127.0.0.1"); }
    std::uint16_t port() const { return entrance.port(); }
    std::string url(const std::string& host) const {
        return "http://" + host + ":" + std::to_string(port()) + "/";
    }

    void check_refused(const std::string& to, const fetch_options& options = fetch_options(),
                       bool looked_at = true) {
        CAPTURE(to);
        const auto got = client->fetch(to, options);
        CHECK(got.ec == dragline::condition::blocked);
        CHECK(got.ec == net::errc::address_blocked);
        const auto& dials = got.trace.attempts.back().connection.dials;
        if (looked_at) CHECK(!dials.empty());
        for (const auto& each : dials) CHECK(each.ec == net::errc::address_blocked);
    }

    // Nothing came to anyone but the entrance.
    void check_silence() { CHECK(secret.connection_count() == 0); }

    dns_server names;
    http_server entrance;
    http_server secret{http_server::unbound};
    std::optional<http_client> client;
};

template <class Visit>
void for_each_address(Visit visit) {
    for (const auto* classes : {&classes_v4, &classes_v6}) {
        for (const auto& each : *classes) {
            for (const std::string address : each.addresses) {
                INFO(each.name << ": " << address);
                visit(address, classes == &classes_v4);
            }
        }
    }
}

std::vector<std::string> spellings_of(const std::string& address, bool v4) {
    if (!v4) return spellings_v6(address);
    auto all = spellings_v4(address);
    for (auto& each : spellings_around(address)) all.push_back(std::move(each));
    return all;
}

}  // namespace

TEST_CASE("no inner address is reached by a literal, in a URL or a redirect", "[integration][ssrf]") {
    inner_network inner;
    std::size_t requests = 0;
    for_each_address([&](const std::string& address, bool v4) {
        for (const auto& host : spellings_of(address, v4)) {
            const auto target = inner.url(host);
            inner.check_refused(target);
            inner.entrance.on("/", http_reply::redirect(target));
            inner.check_refused(inner.url("127.0.0.1"));
            ++requests;
        }
        const auto target = inner.url(v4 ? address : "[" + address + "]");
        inner.entrance.on("/", http_reply().header("Refresh", "0;url=" + target));
        inner.check_refused(inner.url("127.0.0.1"),
                            fetch_options().redirects(redirect_policy().follow_refresh()));
        ++requests;
    });
    CHECK(inner.entrance.request_count() == requests);
    inner.check_silence();
}

TEST_CASE("no inner address is reached by a name", "[integration][ssrf]") {
    inner_network inner;
    int number = 0;
    std::vector<std::string> v4_before{"10.9.9.9"};
    for_each_address([&](const std::string& address, bool v4) {
        const auto name = "n" + std::to_string(++number) + ".test";
        inner.names.host(name, {address}).alias("alias-" + name, name);
        inner.check_refused(inner.url(name));
        inner.check_refused(inner.url("ALIAS-" + name));
        // Beside another one that is none of theirs either; in an answer with all that came before.
        if (v4) v4_before.push_back(address);
        inner.names.host("mixed-" + name, {"fd00::9", v4 ? address : "10.9.9.9"});
        inner.check_refused(inner.url("mixed-" + name));
        inner.entrance.on("/", http_reply::redirect(inner.url("mixed-" + name)));
        inner.check_refused(inner.url("127.0.0.1"));
    });
    inner.names.host("many.test", v4_before);
    inner.check_refused(inner.url("many.test"));
    for (const auto* host : {"localhost", "LOCALHOST.", "a.localhost"}) {
        fetch_options none;
        none.address_policy(address_policy().deny("127.0.0.0/8").deny("::1"));
        inner.check_refused(inner.url(host), none);
    }
    inner.check_silence();
}

TEST_CASE("an answer with an inner address leads nowhere, whichever family comes first",
          "[integration][ssrf]") {
    inner_network inner;
    int number = 0;
    for_each_address([&](const std::string& address, bool v4) {
        const auto name = "n" + std::to_string(++number) + ".test";
        const auto of = v4 ? record_type::a : record_type::aaaa;
        inner.names.host(name, {address, "127.0.0.1"});
        inner.check_refused(inner.url(name), fetch_options().fresh_connection(true));
        if (v4) return;
        for (const auto late : {record_type::a, record_type::aaaa}) {
            const auto slow = "slow-" + std::to_string(late == of) + name;
            inner.names.on(slow, late,
                           dns_reply().answer(late, {late == of ? address : "127.0.0.1"}).delay(30ms));
            const auto soon = late == of ? record_type::a : of;
            inner.names.on(slow, soon, dns_reply().answer(soon, {soon == of ? address : "127.0.0.1"}));
            inner.check_refused(inner.url(slow), fetch_options().fresh_connection(true));
        }
    });
    CHECK(inner.entrance.connection_count() == 0);
    inner.check_silence();
}

TEST_CASE("of an answer with inner addresses only the others are dialled, where that is wished",
          "[integration][ssrf]") {
    inner_network inner(inner_network::guard().partial_answers(true));
    int number = 0;
    for_each_address([&](const std::string& address, bool) {
        const auto name = "n" + std::to_string(++number) + ".test";
        inner.names.host(name, {address, "127.0.0.1"});
        const auto got = inner.client->fetch(inner.url(name), fetch_options().fresh_connection(true));
        REQUIRE(!got.ec);
        CHECK(got.response.body == "in");
        std::size_t refused = 0;
        for (const auto& each : got.trace.attempts.at(0).connection.dials) {
            refused += each.ec == net::errc::address_blocked;
            CHECK((each.ec == net::errc::address_blocked ||
                   each.address == inner.entrance.endpoint().address()));
        }
        CHECK(refused <= 1);  // the other family need not have been awaited
    });
    inner.check_silence();
}

TEST_CASE("an answer that changes between look-ups leads nowhere else", "[integration][ssrf]") {
    inner_network inner;
    int number = 0;
    for_each_address([&](const std::string& address, bool v4) {
        const auto name = "n" + std::to_string(++number) + ".test";
        const auto of = v4 ? record_type::a : record_type::aaaa;
        inner.names.empty(name);
        inner.names.on(name, record_type::a,
                       std::vector{dns_reply().answer(record_type::a, {"127.0.0.1"}, 0s),
                                   v4 ? dns_reply().answer(of, {address}, 0s) : dns_reply().no_soa()});
        if (!v4) {
            inner.names.on(name, of,
                           std::vector{dns_reply().no_soa(), dns_reply().answer(of, {address}, 0s)});
        }
        const auto fresh = fetch_options().fresh_connection(true);
        const auto first = inner.client->fetch(inner.url(name), fresh);
        CHECK(first.response.body == "in");
        inner.check_refused(inner.url(name), fresh);
        // What is dialled is what was judged: no look-up came in between.
        CHECK(inner.names.query_count(name, of) == 2);
    });
    inner.check_silence();
}

TEST_CASE("no inner address is reached by connect_to", "[integration][ssrf]") {
    inner_network inner;
    int number = 0;
    for_each_address([&](const std::string& address, bool) {
        const auto name = "n" + std::to_string(++number) + ".test";
        inner.names.host(name, {address});
        for (const auto& host : {address, name}) {
            const net::endpoint target(host, inner.port());
            inner.check_refused("http://a.test/", fetch_options().connect_to(target));
            inner.check_refused("https://a.test/", fetch_options().connect_to(target));
        }
    });
    inner.check_refused("http://a.test/", fetch_options().connect_to({"fe80::1%1", inner.port()}));
    const auto local = net::endpoint::local_socket("/nonexistent");
    inner.check_refused("http://a.test/", fetch_options().connect_to(local), false);
    // It ends with the origin that it was given for: the redirect is judged as any.
    inner.entrance.on("/", http_reply::redirect(inner.url("127.0.0.2")));
    inner.check_refused("http://a.test/", fetch_options().connect_to({"127.0.0.1", inner.port()}));
    inner.check_silence();
}

TEST_CASE("no inner address is reached as a proxy", "[integration][ssrf]") {
    inner_network inner;
    int number = 0;
    for_each_address([&](const std::string& address, bool) {
        const auto name = "n" + std::to_string(++number) + ".test";
        inner.names.host(name, {address});
        for (const auto scheme : {proxy_scheme::http, proxy_scheme::https, proxy_scheme::socks4a,
                                  proxy_scheme::socks5, proxy_scheme::socks5h}) {
            CAPTURE(net::to_string(scheme));
            for (const auto& host : {address, name}) {
                const net::proxy by(scheme, host, inner.port());
                for (const auto* to : {"http://8.8.8.8/", "https://8.8.8.8/"})
                    inner.check_refused(to, fetch_options().proxy(by));
            }
        }
        const net::proxy first(proxy_scheme::http, "127.0.0.1", inner.port());
        const net::proxy_chain chain{first, net::proxy(proxy_scheme::http, address, inner.port())};
        inner.check_refused("http://8.8.8.8/", fetch_options().proxy(proxy_policy::through(chain)), false);
    });
    CHECK(inner.entrance.connection_count() == 0);
    inner.check_silence();
}

TEST_CASE("no inner address is named to a proxy, on a connection that stands either", "[integration][ssrf]") {
    inner_network inner;
    std::size_t told = 0;
    const auto allowed = net::proxy(proxy_scheme::http, "127.0.0.1", inner.port());
    const auto ours = net::proxy(proxy_scheme::http, "127.0.0.2", inner.port()).policed(false);
    for_each_address([&](const std::string& address, bool v4) {
        for (const auto& host : spellings_of(address, v4)) {
            for (const auto* scheme : {"http://", "https://"})
                inner.check_refused(scheme + host + "/", fetch_options().proxy(allowed), false);
        }
        // Requests for all hosts go over one connection.
        CHECK(inner.client->fetch("http://8.8.8.8/", fetch_options().proxy(allowed)).response.body == "in");
        ++told;
    });
    CHECK(inner.entrance.request_count() == told);
    CHECK(inner.entrance.connection_count() == 1);
    inner.check_silence();
    // What the program has chosen itself is reached, but nobody is told the rest.
    CHECK(inner.client->fetch("http://8.8.8.8/", fetch_options().proxy(ours)).response.body == "secret");
    inner.check_refused("http://10.0.0.1/", fetch_options().proxy(ours), false);
    CHECK(inner.secret.request_count() == 1);
}

TEST_CASE("a connection from before does not lead a guarded fetch inside", "[integration][ssrf]") {
    inner_network inner;
    http_client open(dragline::test::using_dns(inner.names));
    inner.names.host("a.test", {"127.0.0.2"});
    REQUIRE(!open.fetch(inner.url("a.test")).ec);
    CHECK(open.statistics().idle_connections == 1);
    const auto got = open.fetch(inner.url("a.test"), fetch_options().address_policy(inner_network::guard()));
    CHECK(got.ec == net::errc::address_blocked);
    CHECK(inner.secret.request_count() == 1);
}
