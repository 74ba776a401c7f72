// How resolve_many() deals with several servers, bad ones, and answers that are none.
#include <dragline/dns/resolve_many.hpp>

#include "bulk_lab.hpp"

#include <dragline/dns/detail/ares_release.hpp>
#include <dragline/testing/sockets.hpp>

#include <algorithm>
#include <cstdint>
#include <random>

namespace dns = dragline::dns;
using namespace dragline::test;
using namespace std::chrono_literals;
using dns::drop_reason;
using dns::errc;
using dragline::testing::dns_query;
using dragline::testing::dns_reply;
using dragline::testing::dns_server;
using dragline::testing::dns_transport;

namespace {

// A port of loopback at which nobody listens, and which nobody gets meanwhile, as a client that asks itself
// would: its socket hears one peer only, who is silent.
class nobody {
public:
    nobody() : taken_(context_, {asio::ip::address_v4::loopback(), 0}) {
        taken_.connect({asio::ip::address_v4::loopback(), 9});
    }
    std::string to_string() const { return "127.0.0.1:" + std::to_string(taken_.local_endpoint().port()); }

private:
    asio::io_context context_;
    asio::ip::udp::socket taken_;
};

}  // namespace

TEST_CASE("queries are spread over the servers", "[dns][resolve_many]") {
    bulk_lab lab;
    dns_server second;
    lab.server.on_query(&numbered_host);
    second.on_query(&numbered_host);
    const auto out = lab.resolve_all(numbered(100), lab.bulk().add_server(second.to_string()));
    CHECK(check_numbered(out, 100) == 100);
    CHECK(lab.server.query_count() == 50);
    CHECK(second.query_count() == 50);
}

TEST_CASE("a question is asked again elsewhere when a server fails it", "[dns][resolve_many]") {
    bulk_lab lab;
    const auto code = GENERATE(dns::rcode::refused, dns::rcode::server_failure, dns::rcode::not_implemented);
    dns_server bad;
    lab.server.on_query(&numbered_host);
    bad.on_query(dns_reply(code));
    const auto out =
        lab.resolve_all(numbered(20), lab.bulk().add_server(bad.to_string()).drop_bad_servers(false));
    CHECK(check_numbered(out, 20) == 20);
    CHECK(out.summary.retries == 10);
    CHECK(out.summary.servers.at(1).dropped == drop_reason::none);
    CHECK(out.summary.servers.at(1).sent == 10);
}

TEST_CASE("a silent server among three costs time, and is dropped", "[dns][resolve_many]") {
    bulk_lab lab;
    dns_server silent, third;
    lab.server.on_query(&numbered_host);
    third.on_query(&numbered_host);
    silent.on_query(dns_reply().silent());
    const auto options =
        lab.bulk().add_server(silent.to_string()).add_server(third.to_string()).try_timeout(150ms).window(60);
    const auto out = lab.resolve_all(numbered(400), options);
    CHECK(check_numbered(out, 400) == 400);
    CHECK(out.summary.servers.at(1).dropped == drop_reason::silent);
    CHECK(out.summary.servers.at(1).answered == 0);
    CHECK(out.summary.servers.at(0).dropped == drop_reason::none);
    CHECK(out.summary.servers.at(1).sent < 133);
}

TEST_CASE("a server that is not there is found at once", "[dns][resolve_many]") {
    bulk_lab lab;
    const nobody absent;
    dns_server third;
    lab.server.on_query(&numbered_host);
    third.on_query(&numbered_host);
    const auto options = lab.bulk().add_server(absent.to_string()).add_server(third.to_string()).window(30);
    const auto out = lab.resolve_all(numbered(300), options);
    CHECK(check_numbered(out, 300) == 300);
    CHECK(out.summary.servers.at(1).dropped == drop_reason::unreachable);
    CHECK(out.summary.servers.at(1).answered == 0);
}

TEST_CASE("with nobody to ask every name says so", "[dns][resolve_many]") {
    bulk_lab lab;
    const nobody absent;
    const auto options = bulk_options().engine(lab.engine).add_server(absent.to_string()).try_timeout(20s);
    const auto out = lab.resolve_all(numbered(50), options);
    CHECK(check_numbered(out, 50) == 0);
    // To c-ares an error of its socket is a timeout for all but the first.
    CHECK(out.summary.unreachable + out.summary.timed_out == 50);
    CHECK(out.summary.unreachable > 0);
    if (lab.engine == bulk_engine::udp) CHECK(out.summary.unreachable == 50);
}

TEST_CASE("a server that refuses most is dropped; the last one never is", "[dns][resolve_many]") {
    bulk_lab lab;
    dns_server bad;
    lab.server.on_query(&numbered_host);
    bad.on_query(dns_reply(dns::rcode::refused));
    auto out = lab.resolve_all(numbered(300), lab.bulk().add_server(bad.to_string()).window(20));
    CHECK(check_numbered(out, 300) == 300);
    CHECK(out.summary.servers.at(1).dropped == drop_reason::failing);
    CHECK(out.summary.servers.at(1).refused < 150);

    const auto alone = bulk_options().engine(lab.engine).add_server(bad.to_string());
    out = lab.resolve_all(numbered(200), alone);
    CHECK(out.summary.refused == 200);
    CHECK(out.summary.servers.at(0).dropped == drop_reason::none);
}

TEST_CASE("a server that makes up addresses is found by a trusted one", "[dns][resolve_many]") {
    bulk_lab lab;
    dns_server lying, trusted;
    for (auto* each : {&lab.server, &trusted}) each->host("real.test", {"10.0.0.1"});
    lying.on_query(dns_reply().answer(record_type::a, {"192.0.2.66"}));  // rewrites NXDOMAIN
    list names = numbered(99);
    names.push_back("real.test");
    const auto options = lab.bulk().add_server(lying.to_string()).add_trusted(trusted.to_string()).window(8);
    const auto out = lab.resolve_all(names, options);
    const auto answers = out.by_index();
    REQUIRE(answers.size() == 100);
    for (std::size_t i = 0; i < 99; ++i) CHECK(answers.at(i).error() == errc::name_not_found);
    CHECK(texts(dns::addresses_v4(answers.at(99).answer)) == list{"10.0.0.1"});
    CHECK(answers.at(99).confirmed);
    CHECK(out.summary.servers.at(1).dropped == drop_reason::lying);
    CHECK(out.summary.servers.at(1).contradicted > 3);
    CHECK(out.summary.servers.at(2).trusted);
    CHECK(trusted.query_count() < 30);
}

TEST_CASE("an answer that nobody confirms is reported as such", "[dns][resolve_many]") {
    bulk_lab lab;
    dns_server trusted;
    lab.server.on_query(&numbered_host);
    trusted.on_query(dns_reply(dns::rcode::refused));
    const auto out = lab.resolve_all(numbered(5), lab.bulk().add_trusted(trusted.to_string()));
    CHECK(check_numbered(out, 5) == 5);
    CHECK(!out.answers.at(0).confirmed);
    CHECK(out.summary.servers.at(1).refused == 5);
}

TEST_CASE("a truncated answer is fetched whole over TCP", "[dns][resolve_many]") {
    bulk_lab lab;
    lab.server.on_query([](const dns_query& query) { return numbered_host(query).truncated(); });
    list many;
    for (int i = 0; i < 200; ++i) many.push_back("10.9.9." + std::to_string(i));
    lab.server.on("large.test", dns_reply().answer(record_type::a, many));
    list names = numbered(10);
    names.push_back("large.test");
    const auto out = lab.resolve_all(names);
    const auto answers = out.by_index();
    CHECK(answers.size() == 11);
    CHECK(texts(dns::addresses_v4(answers.at(3).answer)) == list{address_of(3)});
    CHECK(answers.at(10).answer.records.size() == 200);
    CHECK(answers.at(10).tries == 1);
    if (lab.engine == bulk_engine::udp) CHECK(out.summary.tcp_fallbacks == 11);
    CHECK(lab.server.query_count(dns_transport::tcp) == 11);
}

TEST_CASE("a server that knows no EDNS is asked without", "[dns][resolve_many]") {
    bulk_lab lab;
    lab.server.on_query([](const dns_query& query) {
        return query.message.extension ? dns_reply(dns::rcode::format_error).no_extension()
                                       : numbered_host(query).no_extension();
    });
    const auto out = lab.resolve_all(numbered(50), lab.bulk().window(4));
    CHECK(check_numbered(out, 50) == 50);
    // Such a c-ares asks again by itself.
    const bool seen = lab.engine == dns::bulk_engine::udp || !dns::detail::ares_rewrites_messages();
    CHECK(lab.server.query_count() <= (seen ? 60 : 100));  // what is seen is remembered
}

TEST_CASE("a refusal that leaves the question out is one all the same", "[dns][resolve_many]") {
    bulk_lab lab;
    lab.server.on_query([](const dns_query& query) {
        auto bytes = query.bytes;
        bytes.resize(12);
        bytes[2] = 0x80;
        bytes[3] = static_cast<std::uint8_t>(dns::rcode::refused);
        std::fill(bytes.begin() + 4, bytes.end(), std::uint8_t{0});
        return dns_reply().raw(bytes);
    });
    // c-ares drops such answers.
    const auto out = lab.resolve_all(numbered(3), lab.bulk().engine(dns::bulk_engine::udp));
    CHECK(out.summary.refused == 3);
    CHECK(out.summary.ignored_datagrams == 0);
}

TEST_CASE("forged answers are not taken, and the right one still counts", "[dns][resolve_many]") {
    bulk_lab lab;
    const int kind = GENERATE(0, 1, 2);
    lab.server.on_query([kind](const dns_query& query) {
        auto reply = numbered_host(query).genuine_after(5ms);
        return kind == 0 ? reply.wrong_id() : kind == 1 ? reply.wrong_question() : reply.other_port();
    });
    const auto out = lab.resolve_all(numbered(30), lab.bulk().tries(1));
    CHECK(check_numbered(out, 30) == 30);
    if (lab.engine == bulk_engine::udp && kind != 2) CHECK(out.summary.ignored_datagrams == 30);
}

TEST_CASE("late and repeated answers change nothing", "[dns][resolve_many]") {
    bulk_lab lab;
    lab.server.on_query([](const dns_query& query) {
        auto reply = numbered_host(query).duplicates(2);
        return query.attempt == 1 ? reply.delay(200ms) : reply;
    });
    const auto out = lab.resolve_all(numbered(100), lab.bulk().try_timeout(40ms).tries(20).window(20));
    CHECK(check_numbered(out, 100) == 100);
    CHECK(out.summary.retries >= 100);
}

TEST_CASE("with lost packets every name is answered or reported, and none is wrong", "[dns][resolve_many]") {
    bulk_lab lab;
    const int lost_percent = GENERATE(5, 30);
    lab.server.on_query([lost_percent, engine = std::mt19937(7)](const dns_query& query) mutable {
        const bool lost = static_cast<int>(engine() % 100) < lost_percent;
        return lost ? dns_reply().silent() : numbered_host(query);
    });
    constexpr std::size_t count = 1000;
    const auto options = lab.bulk().try_timeout(400ms).tries(4).window(250);
    const auto out = lab.resolve_all(numbered(count), options);
    const std::size_t right = check_numbered(out, count);
    CHECK(right >= count * 9 / 10);
    CHECK(out.summary.answered == right);
    CHECK(out.summary.timed_out == count - right);
    CHECK(out.summary.asked == count);
}

TEST_CASE("the case of names may be mixed", "[dns][resolve_many]") {
    bulk_lab lab;
    lab.server.on_query(&numbered_host);
    dns::query_form form;
    form.mixed_case = true;
    const auto out = lab.resolve_all(numbered(50), lab.bulk().form(form));
    CHECK(check_numbered(out, 50) == 50);
    if (lab.engine == bulk_engine::ares) return;  // c-ares has it from 1.33 on
    std::size_t mixed = 0;
    for (const auto& each : lab.server.queries()) mixed += each.name().find('T') != std::string::npos ? 1 : 0;
    CHECK(mixed > 10);
    CHECK(mixed < 50);
    CHECK(out.answers.front().answer.asked.name.front() == 'n');
}
