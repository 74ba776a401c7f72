#include <dragline/dns/records/record_data.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>
#include <variant>

namespace dns = dragline::dns;

namespace {

template <std::size_t... Is>
constexpr bool all_fit_for_await(std::index_sequence<Is...>) {
    return ((!std::is_aggregate_v<std::variant_alternative_t<Is, dns::record_data>> ||
             std::is_trivially_destructible_v<std::variant_alternative_t<Is, dns::record_data>>)&&...);
}

}  // namespace

TEST_CASE("data of any type can stand in a co_await expression of GCC 12", "[dns][record_data]") {
    STATIC_CHECK(all_fit_for_await(std::make_index_sequence<std::variant_size_v<dns::record_data>>()));
}

TEST_CASE("data knows its type, and is compared by its values", "[dns][record_data]") {
    STATIC_CHECK(dns::srv_record::type == dns::record_type::srv);
    STATIC_CHECK(dns::naptr_record::type == dns::record_type::naptr);
    STATIC_CHECK(dns::uri_record::type == dns::record_type::uri);
    CHECK(dns::srv_record(1, 2, 3, "a") == dns::srv_record(1, 2, 3, "a"));
    CHECK(dns::srv_record(1, 2, 3, "a") != dns::srv_record(1, 2, 4, "a"));
    CHECK(dns::record_data(dns::cname_record("a")) != dns::record_data(dns::ns_record("a")));
}

TEST_CASE("a record of no known type holds no bytes at first", "[dns][record_data]") {
    const dns::record_data data;
    REQUIRE(std::holds_alternative<dns::raw_record>(data));
    CHECK(std::get<dns::raw_record>(data).bytes.empty());
}

TEST_CASE("a CAA record can be critical, and its tag valid", "[dns][record_data]") {
    CHECK(dns::caa_record(128, "issue", "").is_critical());
    CHECK_FALSE(dns::caa_record(127, "issue", "").is_critical());
    CHECK(dns::caa_record(0, "issueWILD2", "").has_valid_tag());
    CHECK_FALSE(dns::caa_record(0, "issue-wild", "").has_valid_tag());
    CHECK_FALSE(dns::caa_record(0, "\xe9", "").has_valid_tag());
    CHECK_FALSE(dns::caa_record().has_valid_tag());
}
