#include <dragline/dns/record.hpp>

#include <catch2/catch_test_macros.hpp>

#include <type_traits>

namespace dns = dragline::dns;

TEST_CASE("response codes have their names, and numbers where they have none", "[dns][record]") {
    CHECK(to_string(dns::rcode::name_not_found) == "NXDOMAIN");
    CHECK(to_string(static_cast<dns::rcode>(11)) == "RCODE11");
}

TEST_CASE("a record takes its type from its data", "[dns][record]") {
    const dns::record mail("example.org", 60, dns::mx_record(10, "mx.example.org"));
    CHECK(mail.type == dns::record_type::mx);
    CHECK(mail.klass == dns::record_class::internet);
    REQUIRE(mail.get<dns::mx_record>());
    CHECK(mail.get<dns::mx_record>()->exchange == "mx.example.org");
    CHECK(mail.get<dns::txt_record>() == nullptr);

    const dns::record other("example.org", 60, dns::record_type::caa, dns::raw_record({1, 2}));
    CHECK(other.type == dns::record_type::caa);
    CHECK(other.get<dns::raw_record>()->bytes.size() == 2);
}

TEST_CASE("dns values can stand in a co_await expression of GCC 12", "[dns][record]") {
    STATIC_CHECK(!std::is_aggregate_v<dns::question>);
    STATIC_CHECK(!std::is_aggregate_v<dns::record>);
}
