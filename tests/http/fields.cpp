#include <dragline/http/fields.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

using dragline::http::fields;

namespace {

std::string text_of(const fields& all) {
    std::string text;
    for (const auto& [name, value] : all) text.append(name).append("=").append(value).append(";");
    return text;
}

}  // namespace

TEST_CASE("fields keep their order, their case and their duplicates", "[http][fields]") {
    fields all;
    all.add("Set-Cookie", "a=1").add("Date", "now").add("set-cookie", "b=2").add("X", "");
    CHECK(text_of(all) == "Set-Cookie=a=1;Date=now;set-cookie=b=2;X=;");
    CHECK(all.size() == 4);
    CHECK(all[2].name == "set-cookie");
    CHECK(all.all("SET-COOKIE") == std::vector<std::string_view>{"a=1", "b=2"});
    CHECK(all.get("set-COOKIE") == "a=1");
    CHECK(all.contains("x"));
    CHECK(all.find("x") == std::string_view());
    CHECK(!all.find("y"));
    CHECK(all.get("y").empty());
    CHECK(all.all("y").empty());
}

TEST_CASE("set replaces every field of its name by one at the end", "[http][fields]") {
    fields all;
    all.add("A", "1").add("B", "2").add("a", "3");
    all.set("A", "4");
    CHECK(text_of(all) == "B=2;A=4;");
    all.set("C", "5");
    CHECK(text_of(all) == "B=2;A=4;C=5;");
}

TEST_CASE("set and add take views into the very fields", "[http][fields]") {
    fields all;
    all.add("A", "one").add("B", "two");
    all.set("A", all.get("B"));
    CHECK(text_of(all) == "B=two;A=two;");
    for (int i = 0; i < 100; ++i) all.add(all[0].name, all[0].value);
    CHECK(all.size() == 102);
    CHECK(all[101].name == "B");
    CHECK(all[101].value == "two");
}

TEST_CASE("remove takes every field of a name and says how many", "[http][fields]") {
    fields all;
    all.add("A", "1").add("B", "2").add("a", "3");
    CHECK(all.remove("a") == 2);
    CHECK(text_of(all) == "B=2;");
    CHECK(all.remove("a") == 0);
    CHECK(all.remove(all[0].name) == 1);
    CHECK(all.empty());
}

TEST_CASE("cleared fields are empty and can be filled again", "[http][fields]") {
    fields all;
    all.reserve(2, 10);
    all.add("A", "1").add("B", "2");
    all.clear();
    CHECK(all.empty());
    CHECK(all.begin() == all.end());
    all.add("C", "3");
    CHECK(text_of(all) == "C=3;");
}

TEST_CASE("fields that were added stand as lines of a head", "[http][fields]") {
    fields all;
    CHECK(all.lines() == "");
    all.add("A", "1").add("B", "").add("a", "3");
    CHECK(all.lines() == "A: 1\r\nB: \r\na: 3\r\n");
    all.set("B", all[0].value);
    CHECK(all.lines() == "A: 1\r\na: 3\r\nB: 1\r\n");
    CHECK(fields(all).lines() == all.lines());
    all.remove("A");
    CHECK(all.lines() == "B: 1\r\n");

    const std::string text = "C:2";
    struct view {
        std::string_view name, value;
    };
    all.assign(text,
               std::vector<view>{{std::string_view(text).substr(0, 1), std::string_view(text).substr(2)}});
    CHECK(!all.lines());
    all.add("D", "4");
    CHECK(!all.lines());
    CHECK(text_of(all) == "C=2;D=4;");
    all.clear();
    all.add("E", "5");
    CHECK(all.lines() == "E: 5\r\n");
    all.assign(text,
               std::vector<view>{{std::string_view(text).substr(0, 1), std::string_view(text).substr(2)}});
    all.set("F", "6").remove("C");
    CHECK(all.lines() == "F: 6\r\n");
}

TEST_CASE("fields are assigned from a text that has them in any way", "[http][fields]") {
    std::string text = "HTTP/1.1 200 OK\r\nServer: a\r\nEmpty:\r\nServer:  b\r\n\r\n";
    const std::string_view view(text);
    const std::vector<fields::field> parts{{view.substr(17, 6), view.substr(25, 1)},
                                           {view.substr(28, 5), view.substr(34, 0)},
                                           {view.substr(36, 6), view.substr(45, 1)}};
    fields all;
    all.add("Old", "gone");
    all.assign(view, parts);
    text.assign(text.size(), '?');
    CHECK(text_of(all) == "Server=a;Empty=;Server=b;");
    all.add("More", "c");
    CHECK(all.remove("server") == 2);
    CHECK(text_of(all) == "Empty=;More=c;");
    all.assign("", std::vector<fields::field>());
    CHECK(all.empty());
}

TEST_CASE("fields are equal whatever the case of their names, but in order", "[http][fields]") {
    const auto a = fields().add("A", "x").add("B", "y");
    CHECK(a == fields().add("a", "x").add("b", "y"));
    CHECK(!(a == fields().add("B", "y").add("A", "x")));
    CHECK(!(a == fields().add("A", "X").add("B", "y")));
    CHECK(!(a == fields().add("A", "x")));
    CHECK(fields() == fields());
}

TEST_CASE("copies and moved fields stand on their own", "[http][fields]") {
    fields a;
    a.add("Name", "value");
    fields copy = a;
    const fields moved = std::move(a);
    copy.add("Other", "x");
    CHECK(text_of(moved) == "Name=value;");
    CHECK(copy.size() == 2);
    STATIC_CHECK(!std::is_aggregate_v<fields>);
}

TEST_CASE("values may hold any byte", "[http][fields]") {
    const std::string odd("a\0\xff", 3);
    const auto all = fields().add("A", odd);
    CHECK(all.get("A") == odd);
}
