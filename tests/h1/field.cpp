#include <dragline/h1/field.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace h1 = dragline::h1;

namespace {

constexpr std::array<h1::field_view, 5> fields = {{
    {"Host", "example.com"},
    {"Connection", "keep-alive, Upgrade"},
    {"X-Empty", ""},
    {"connection", " , close,,"},
    {"Connection-Extra", "no"},
}};

}  // namespace

TEST_CASE("finds the first field of a name, whatever its case", "[h1][field]") {
    CHECK(h1::find_field(fields, "hOST") == "example.com");
    CHECK(h1::find_field(fields, "CONNECTION") == "keep-alive, Upgrade");
    CHECK(h1::find_field(fields, "x-empty") == "");
    CHECK_FALSE(h1::find_field(fields, "Connectio").has_value());
    CHECK_FALSE(h1::find_field({}, "Host").has_value());
}

TEST_CASE("counts fields of one name", "[h1][field]") {
    CHECK(h1::count_fields(fields, "connection") == 2);
    CHECK(h1::count_fields(fields, "Absent") == 0);
}

TEST_CASE("visits whole values, or the items of their lists", "[h1][field]") {
    std::vector<std::string> values, items;
    h1::for_each_field(fields, "connection", [&](std::string_view one) { values.emplace_back(one); });
    h1::for_each_value(fields, "connection", [&](std::string_view one) { items.emplace_back(one); });
    CHECK(values == std::vector<std::string>{"keep-alive, Upgrade", " , close,,"});
    CHECK(items == std::vector<std::string>{"keep-alive", "Upgrade", "close"});
}

TEST_CASE("a list item is found in any field of its name", "[h1][field]") {
    CHECK(h1::contains_value(fields, "Connection", "upgrade"));
    CHECK(h1::contains_value(fields, "Connection", "CLOSE"));
    CHECK_FALSE(h1::contains_value(fields, "Connection", "clos"));
    CHECK_FALSE(h1::contains_value(fields, "Upgrade", "close"));
}

TEST_CASE("an owned field keeps its bytes", "[h1][field]") {
    const h1::field one("Name", "value");
    CHECK(one.name == "Name");
    CHECK(one.value == "value");
}
