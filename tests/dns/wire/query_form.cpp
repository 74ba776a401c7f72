#include <dragline/dns/wire/query_form.hpp>

#include <dragline/dns/wire/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <vector>

namespace dns = dragline::dns;
namespace wire = dns::wire;

TEST_CASE("a query has the flags and the size that its form says", "[dns][query_form]") {
    dns::query_form form;
    form.recursion_desired = false;
    form.checking_disabled = true;
    form.dnssec_ok = true;
    form.udp_size = 4096;
    const auto query = wire::make_query(7, dns::question("a.test", dns::record_type::mx), form);
    CHECK(!query.recursion_desired);
    CHECK(query.checking_disabled);
    REQUIRE(query.extension);
    CHECK(query.extension->dnssec_ok);
    CHECK(query.extension->udp_size == 4096);

    form.udp_size = 0;
    CHECK(!wire::make_query(7, dns::question("a.test"), form).extension);
}

TEST_CASE("only what changes what a server may say keeps answers apart", "[dns][query_form]") {
    dns::query_form form;
    CHECK(!form.changes_answers());
    form.tcp = true;
    form.mixed_case = true;
    form.udp_size = 0;
    CHECK(!form.changes_answers());
    form.dnssec_ok = true;
    CHECK(form.changes_answers());
}

TEST_CASE("the fast way to write a query gives the same bytes", "[dns][query_form]") {
    for (const std::uint16_t size : {0, 1232, 4096}) {
        for (int flags = 0; flags < 8; ++flags) {
            dns::query_form form;
            form.udp_size = size;
            form.recursion_desired = (flags & 1) != 0;
            form.checking_disabled = (flags & 2) != 0;
            form.dnssec_ok = size != 0 && (flags & 4) != 0;
            const dns::question asked("Some.name\\.here.test", dns::record_type::https);
            std::vector<std::uint8_t> bytes{1, 2, 3};
            CHECK(!wire::append_query(0x1234, asked, form, bytes));
            bytes.erase(bytes.begin(), bytes.begin() + 3);
            CHECK(bytes == *wire::encode_message(wire::make_query(0x1234, asked, form)));
        }
    }
    std::vector<std::uint8_t> bytes{1, 2, 3};
    CHECK(wire::append_query(1, dns::question("a..b"), {}, bytes) == dns::errc::empty_label);
    CHECK(bytes == std::vector<std::uint8_t>{1, 2, 3});
}
