#include <dragline/dns/query.hpp>

#include <catch2/catch_test_macros.hpp>

#include "lab.hpp"

#include <chrono>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>

namespace dns = dragline::dns;
using namespace dragline::test;
using namespace std::chrono_literals;
using dns::errc;
using dns::record_type;
using dragline::condition;
using dragline::testing::dns_reply;

namespace {

struct query_lab : dns_lab {
    std::pair<std::error_code, dns::response> ask(std::string_view name, record_type type = record_type::a) {
        return ask(name, type, options());
    }
    std::pair<std::error_code, dns::response> ask(std::string_view name, record_type type,
                                                  dns::query_options with) {
        auto [ec, said] = run(dns::query(loop, name, type, std::move(with), no_throw));
        return {ec, std::move(said)};
    }
};

}  // namespace

TEST_CASE("a query gives every section, the flags and who said so", "[dns][query]") {
    query_lab lab;
    lab.server.answer("mail.test", record_type::mx, {"20 b.test", "10 a.test"}, 300s);
    const auto [ec, said] = lab.ask("Mail.test.", record_type::mx);
    REQUIRE_FALSE(ec);
    CHECK_FALSE(said.error);
    CHECK(said.code == dns::rcode::no_error);
    CHECK(said.asked == dns::question("mail.test", record_type::mx));
    const auto found = said.records<dns::mx_record>();
    REQUIRE(found.size() == 2);
    CHECK(found[0] == dns::mx_record(20, "b.test"));  // as in the message
    CHECK(said.answers[0].ttl == 300);
    CHECK(said.ttl == 300);
    CHECK(said.server == lab.server.to_string());
    CHECK(said.source == dns::answer_source::network);
    CHECK(said.took > 0ns);
}

TEST_CASE("what a server denies is an answer too, with its SOA", "[dns][query]") {
    query_lab lab;
    lab.server.negative_ttl(60s).empty("empty.test");
    const auto [ec, gone] = lab.ask("gone.test");
    CHECK_FALSE(ec);
    CHECK(gone.error == errc::name_not_found);
    CHECK(gone.code == dns::rcode::name_not_found);
    REQUIRE(gone.authorities.size() == 1);
    CHECK(gone.authorities[0].get<dns::soa_record>());
    CHECK(gone.ttl == 60);
    CHECK_THROWS_AS(gone.raise_for_error(), std::system_error);

    const auto [also_ec, empty] = lab.ask("empty.test", record_type::txt);
    CHECK_FALSE(also_ec);
    CHECK(empty.error == errc::no_data);
    CHECK(empty.code == dns::rcode::no_error);
}

TEST_CASE("a refusal of all servers is an answer, silence is an error", "[dns][query]") {
    query_lab lab;
    lab.server.on("refused.test", dns_reply(dns::rcode::refused))
        .on("failing.test", dns_reply(dns::rcode::server_failure))
        .on("silent.test", dns_reply().silent())
        .on("odd.test", dns_reply(static_cast<dns::rcode>(9)));
    const auto [refused_ec, refused] = lab.ask("refused.test");
    CHECK_FALSE(refused_ec);
    CHECK(refused.error == errc::refused);
    CHECK(refused.code == dns::rcode::refused);
    const auto [failing_ec, failing] = lab.ask("failing.test");
    CHECK_FALSE(failing_ec);
    CHECK(failing.error == errc::server_failure);
    const auto [odd_ec, odd] = lab.ask("odd.test");
    CHECK_FALSE(odd_ec);
    CHECK(odd.error == errc::unexpected_rcode);
    CHECK(static_cast<int>(odd.code) == 9);

    const auto quick = lab.options().try_timeout(30ms).tries(2);
    const auto [silent_ec, silent] = lab.ask("silent.test", record_type::a, quick);
    CHECK(silent_ec == condition::timeout);
    CHECK(silent.server.empty());
}

TEST_CASE("aliases stand in the answers and are told", "[dns][query]") {
    query_lab lab;
    lab.server.alias("www.test", "host.test", 30s).host("host.test", {"192.0.2.1"}, 90s);
    const auto [ec, said] = lab.ask("www.test");
    REQUIRE_FALSE(ec);
    CHECK(said.answers.size() == 2);
    CHECK(said.aliases == list{"host.test"});
    CHECK(said.canonical_name() == "host.test");
    CHECK(said.ttl == 30);
    const auto [alias_ec, alias] = lab.ask("www.test", record_type::cname);
    REQUIRE_FALSE(alias_ec);
    CHECK(alias.records<dns::cname_record>().at(0).name == "host.test");
}

TEST_CASE("ANY gives every type, a raw type its bytes", "[dns][query]") {
    query_lab lab;
    lab.server.host("all.test", {"192.0.2.1", "2001:db8::1"}).answer("all.test", record_type::txt, {"words"});
    const auto [ec, said] = lab.ask("all.test", record_type::any);
    REQUIRE_FALSE(ec);
    CHECK(said.records<dns::a_record>().size() == 1);
    CHECK(said.records<dns::aaaa_record>().size() == 1);
    CHECK(said.records<dns::txt_record>().size() == 1);

    const auto type = static_cast<record_type>(65280);
    lab.server.answer(dns::record("raw.test", 60, type, dns::raw_record({1, 2, 3})));
    const auto [raw_ec, raw] = lab.ask("raw.test", type);
    REQUIRE_FALSE(raw_ec);
    CHECK(raw.records<dns::raw_record>().at(0).bytes == std::vector<std::uint8_t>{1, 2, 3});
}

TEST_CASE("a query is answered by the cache, with what is left of its TTLs", "[dns][query]") {
    query_lab lab;
    lab.server.host("a.test", {"192.0.2.1"}, 300s);
    CHECK_FALSE(lab.error("a.test"));      // kept by resolve_host, without the words
    CHECK_FALSE(lab.ask("a.test").first);  // so it is asked again
    CHECK(lab.server.query_count("a.test") == 2);
    lab.clock.advance(100s);
    const auto [ec, said] = lab.ask("a.test");
    CHECK_FALSE(ec);
    CHECK(said.source == dns::answer_source::cache);
    CHECK(said.answers.at(0).ttl <= 200);
    CHECK(said.ttl <= 200);
    CHECK(said.server == lab.server.to_string());
    CHECK_FALSE(lab.error("a.test"));  // serves the others too
    CHECK(lab.server.query_count("a.test") == 2);
}

TEST_CASE("what a query left in the cache is an error for who asks for addresses", "[dns][query]") {
    query_lab lab;
    lab.server.empty("empty.test").on("failing.test", dns_reply(dns::rcode::server_failure));
    const struct {
        const char* name;
        errc error;
    } cases[] = {{"gone.test", errc::name_not_found},
                 {"empty.test", errc::no_data},
                 {"failing.test", errc::server_failure}};
    for (const auto& each : cases) {
        CAPTURE(each.name);
        CHECK(lab.ask(each.name).second.error == each.error);
        CHECK(lab.error(each.name) == each.error);
        const auto searching = lab.options().search({"nowhere.test"}).ndots(1);
        CHECK(lab.error(each.name, searching) == each.error);
        CHECK(lab.server.query_count(each.name) == 1);
    }
}

TEST_CASE("neither the hosts file nor localhost nor an address answers a query", "[dns][query]") {
    query_lab lab;
    lab.server.host("localhost", {"192.0.2.9"});
    const auto [ec, said] = lab.ask("localhost", record_type::a, lab.options().hosts_file(true));
    REQUIRE_FALSE(ec);
    CHECK(said.answers.at(0).get<dns::a_record>()->address[0] == 192);
    CHECK(lab.ask("192.0.2.1").first == errc::invalid_name);
    CHECK(lab.ask("2001:db8::1").first == errc::invalid_name);
    CHECK(lab.server.query_count() == 1);
}

TEST_CASE("a name that cannot be is an error of the call", "[dns][query]") {
    query_lab lab;
    CHECK(lab.ask("").first == errc::empty_name);
    CHECK(lab.ask("a..b").first == errc::empty_label);
    CHECK(lab.ask(std::string(64, 'a') + ".test").first == errc::label_too_long);
    std::string longest;
    for (int i = 0; i < 127; ++i) longest += "a.";
    CHECK_FALSE(lab.ask(longest).first);
    CHECK(lab.ask("a." + longest).first == errc::name_too_long);
    CHECK(lab.ask("m\xc3\xbcnchen.test").first == errc::non_ascii_name);
    CHECK(lab.ask("bad\\25.test").first == errc::invalid_name);
    CHECK_FALSE(lab.ask("_sip._tcp.a-b_c.test", record_type::srv).first);
    CHECK_FALSE(lab.ask("0/25.2.0.192.in-addr.arpa", record_type::ptr).first);  // RFC 2317
    CHECK_FALSE(lab.ask("a\\.b\\032c.test").first);
    CHECK(lab.server.queries().back().name() == "a\\.b\\032c.test");
    CHECK(lab.ask(".", record_type::ns).second.asked.name == ".");
}

TEST_CASE("no servers, or servers that are not there, end a query at once", "[dns][query]") {
    query_lab lab;
    const auto none = dns::query_options().add_server("127.0.0.1:1");
    CHECK(lab.ask("a.test", record_type::a, none).first == errc::servers_unreachable);
    const auto v6_only = lab.options().transport_family(dns::address_family::v6);
    CHECK(lab.ask("a.test", record_type::a, v6_only).first == errc::no_servers);
}

TEST_CASE("a query takes any token and any place", "[dns][query]") {
    query_lab lab;
    lab.server.host("a.test", {"192.0.2.1"});
    const auto resolver = lab.resolver();
    bool called = false;
    dns::query(resolver, "a.test", record_type::a, [&called](std::error_code ec, const dns::response& said) {
        called = !ec && said.answers.size() == 1;
    });
    CHECK_FALSE(called);
    lab.loop.run();
    CHECK(called);
    CHECK(lab.run(dns::query(resolver, "a.test", record_type::a)).answers.size() == 1);
}
