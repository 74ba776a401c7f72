#include <dragline/dns/query.hpp>

#include <catch2/catch_test_macros.hpp>

#include "lab.hpp"

#include <cstddef>
#include <string>
#include <system_error>
#include <tuple>

// Answers that are true to the letter of the protocol, and traps all the same. The table of them is in
// scripted_faults.cpp.

namespace dns = dragline::dns;
using namespace dragline::test;
using namespace std::chrono_literals;
using dns::errc;
using dns::record_type;
using dragline::testing::dns_reply;
using dragline::testing::make_record;

TEST_CASE("aliases that a server makes of a DNAME are followed", "[dns][answers]") {
    dns_lab lab;
    lab.server.on("host.old.test",
                  dns_reply()
                      .answer(make_record("old.test", record_type::dname, "new.test", 600s))
                      .answer(make_record("host.old.test", record_type::cname, "host.new.test", 0s))
                      .answer(make_record("host.new.test", record_type::a, "192.0.2.1", 300s)));
    const auto with = lab.options();
    const auto said = lab.run(dns::query(lab.loop, "host.old.test", record_type::a, with));
    CHECK_FALSE(said.error);
    CHECK(said.aliases == list{"host.new.test"});
    CHECK(said.records<dns::dname_record>().at(0).name == "new.test");
    CHECK(said.ttl == 0);  // that of the alias
    CHECK(texts(std::get<1>(lab.resolve("host.old.test"))) == list{"192.0.2.1"});
}

TEST_CASE("aliases are followed through one message, as far as the limit", "[dns][answers]") {
    dns_lab lab;
    for (int i = 0; i <= 17; ++i) {
        lab.server.alias("c" + std::to_string(i) + ".test", "c" + std::to_string(i + 1) + ".test");
    }
    lab.server.host("c18.test", {"192.0.2.1"});
    CHECK_FALSE(lab.error("c2.test"));
    CHECK(lab.error("c1.test") == errc::cname_loop);
    lab.server.alias("self.test", "self.test").alias("bare.test", "empty.test").empty("empty.test");
    CHECK(lab.error("self.test") == errc::cname_loop);
    CHECK(lab.error("bare.test") == errc::no_data);  // an alias, and nothing at its end
}

TEST_CASE("TTL 0 is shared by who waits, and kept for nobody", "[dns][answers]") {
    dns_lab lab;
    lab.server.answer("zero.test", record_type::a, {"192.0.2.1"}, 0s)
        .on("zero.test", dns_reply().delay(20ms));
    int right = 0;
    for (int i = 0; i < 10; ++i) {
        dns::resolve_host(lab.loop, "zero.test", lab.options(),
                          [&right](std::error_code ec, const dns::address_list_v4& found) {
                              right += !ec && texts(found) == list{"192.0.2.1"};
                          });
    }
    lab.loop.run();
    CHECK(right == 10);
    CHECK(lab.server.query_count("zero.test") == 1);
    CHECK_FALSE(lab.error("zero.test"));
    CHECK(lab.server.query_count("zero.test") == 2);
}

TEST_CASE("a TTL with its top bit set is 0, and kept for nobody", "[dns][answers]") {
    dns_lab lab;
    dns::record odd = make_record("odd.test", record_type::a, "192.0.2.1");
    odd.ttl = 0x80000001;
    lab.server.answer(odd);
    for (std::size_t i = 1; i <= 2; ++i) {
        const auto with = lab.options();
        const auto said = lab.run(dns::query(lab.loop, "odd.test", record_type::a, with));
        CHECK(said.ttl == 0);
        CHECK(said.answers.at(0).ttl == 0);
        CHECK(lab.server.query_count() == i);
    }
}

TEST_CASE("records of names that were not asked for are not believed, nor kept", "[dns][answers]") {
    dns_lab lab;
    lab.server.host("victim.test", {"192.0.2.1"})
        .on("a.test", dns_reply()
                          .answer(record_type::a, {"192.0.2.2"})
                          .answer(make_record("victim.test", record_type::a, "192.0.2.66"))
                          .answer(make_record("test", record_type::ns, "evil.example")))
        .on("b.test", dns_reply().answer(make_record("victim.test", record_type::a, "192.0.2.66")));
    CHECK(texts(std::get<1>(lab.resolve("a.test"))) == list{"192.0.2.2"});
    CHECK(lab.error("b.test") == errc::no_data);
    CHECK(texts(std::get<1>(lab.resolve("victim.test"))) == list{"192.0.2.1"});
    CHECK(lab.server.query_count("victim.test") == 1);
}

TEST_CASE("absence without a SOA, or with that of another zone, is kept for nobody", "[dns][answers]") {
    dns_lab lab;
    lab.server.on("bare.test", dns_reply(dns::rcode::name_not_found).no_soa());
    for (std::size_t i = 1; i <= 2; ++i) {
        CHECK(lab.error("bare.test") == errc::name_not_found);
        CHECK(lab.server.query_count("bare.test") == i);
    }
    lab.server.on("brief.test", dns_reply(dns::rcode::name_not_found).negative_ttl(10s));
    CHECK(lab.error("brief.test") == errc::name_not_found);
    lab.clock.advance(9s);
    CHECK(lab.error("brief.test") == errc::name_not_found);
    CHECK(lab.server.query_count("brief.test") == 1);
    lab.clock.advance(1s);
    CHECK(lab.error("brief.test") == errc::name_not_found);
    CHECK(lab.server.query_count("brief.test") == 2);
}
