#include <dragline/dns/response.hpp>

#include <catch2/catch_test_macros.hpp>

#include <system_error>
#include <type_traits>

namespace dns = dragline::dns;

TEST_CASE("a response gives the data of one kind in order", "[dns][response]") {
    STATIC_CHECK(!std::is_aggregate_v<dns::response>);
    dns::response said;
    said.asked = dns::question("www.test");
    said.aliases = {"a.test"};
    said.answers.emplace_back("www.test", 60, dns::cname_record("a.test"));
    said.answers.emplace_back("a.test", 60, dns::a_record{{192, 0, 2, 1}});
    said.answers.emplace_back("a.test", 60, dns::a_record{{192, 0, 2, 2}});
    CHECK(said.canonical_name() == "a.test");
    const auto found = said.records<dns::a_record>();
    REQUIRE(found.size() == 2);
    CHECK(found[1].address[3] == 2);
    CHECK(said.records<dns::mx_record>().empty());
}

TEST_CASE("raise_for_error throws what went wrong, and else does nothing", "[dns][response]") {
    dns::response said;
    CHECK_NOTHROW(said.raise_for_error());
    said.error = dns::errc::refused;
    CHECK_THROWS_AS(said.raise_for_error(), std::system_error);
}
