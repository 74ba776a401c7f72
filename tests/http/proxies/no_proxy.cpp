#include <dragline/http/proxies/no_proxy.hpp>

#include <dragline/url/parse.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

using dragline::http::no_proxy;

namespace {

struct spared_host {
    std::string_view list;
    std::string_view url;
    bool direct;
};

bool spares(std::string_view list, std::string_view where) {
    return no_proxy(list).matches(dragline::url::parse(std::string(where)).value());
}

}  // namespace

TEST_CASE("no_proxy matches names, what is below them, addresses, networks and ports", "[http][no_proxy]") {
    const std::vector<spared_host> cases = {
        {"", "http://a.test", false},
        {"*", "http://a.test", true},
        {"*", "http://[::1]", true},
        {"*:8080", "http://a.test:8080", true},
        {"*:8080", "http://a.test", false},
        // Names.
        {"a.test", "http://a.test", true},
        {"a.test", "https://a.test:8443", true},
        {"a.test", "http://b.a.test", true},
        {"a.test", "http://ba.test", false},
        {"a.test", "http://a.test.evil", false},
        {"A.Test.", "http://a.test", true},
        {"a.test", "http://a.test./", true},
        {".a.test", "http://a.test", false},
        {".a.test", "http://b.a.test", true},
        {".a.test", "http://c.b.a.test", true},
        {"*.a.test", "http://b.a.test", true},
        {"*.a.test", "http://a.test", false},
        {"test", "http://a.test", true},
        {"localhost", "http://localhost:8080", true},
        {"local", "http://notlocal", false},
        {"1", "http://a1", false},
        // Ports, where the scheme has one of its own.
        {"a.test:80", "http://a.test", true},
        {"a.test:80", "https://a.test", false},
        {"a.test:443", "https://b.a.test", true},
        {".a.test:8080", "http://b.a.test:8080", true},
        {".a.test:8080", "http://b.a.test:8081", false},
        // Addresses: of the URL, never of a name.
        {"127.0.0.1", "http://127.0.0.1", true},
        {"127.0.0.1", "http://127.1", true},
        {"127.1", "http://127.0.0.1", true},
        {"127.0.0.1", "http://localhost", false},
        {"127.0.0.1", "http://127.0.0.11", false},
        {"0.0.1", "http://127.0.0.1", false},
        {"192.0.2.1:80", "http://192.0.2.1", true},
        {"192.0.2.1:80", "http://192.0.2.1:81", false},
        {"::1", "http://[::1]", true},
        {"[::1]", "http://[0:0::1]:80", true},
        {"[::1]:80", "http://[::1]", true},
        {"[::1]:80", "http://[::1]:81", false},
        {"::1", "http://[::2]", false},
        {"::ffff:192.0.2.1", "http://192.0.2.1", true},
        {"192.0.2.1", "http://[::ffff:192.0.2.1]", true},
        // Networks.
        {"10.0.0.0/8", "http://10.255.0.1:99", true},
        {"10.0.0.0/8", "http://11.0.0.0", false},
        {"10.1.2.3/8", "http://10.9.9.9", true},
        {"192.0.2.128/25", "http://192.0.2.127", false},
        {"192.0.2.128/25", "http://192.0.2.128", true},
        {"192.0.2.0/31", "http://192.0.2.1", true},
        {"192.0.2.0/31", "http://192.0.2.2", false},
        {"0.0.0.0/0", "http://8.8.8.8", true},
        {"0.0.0.0/0", "http://[::1]", false},
        {"fd00::/8", "http://[fdff::1]", true},
        {"fd00::/8", "http://[fe00::1]", false},
        {"[2001:db8::]/33", "http://[2001:db8:7fff::]", true},
        {"[2001:db8::]/33", "http://[2001:db8:8000::]", false},
        {"::ffff:10.0.0.0/104", "http://10.1.1.1", true},
        {"10.0.0.0/8", "http://ten.test", false},
    };
    for (const auto& [list, where, direct] : cases) {
        CAPTURE(list, where);
        CHECK(no_proxy(list).ignored().empty());
        CHECK(spares(list, where) == direct);
    }
}

TEST_CASE("the entries of no_proxy stand between commas and white space", "[http][no_proxy]") {
    const auto* list = " localhost , 127.0.0.1,,\t.corp.test\n10.0.0.0/8 ,";
    for (const auto* each : {"http://localhost", "http://127.0.0.1", "http://a.corp.test", "http://10.0.0.1"})
        CHECK(spares(list, each));
    CHECK(!spares(list, "http://corp.test"));
    CHECK(no_proxy(list).ignored().empty());
    CHECK(no_proxy(" , ").empty());
}

TEST_CASE("what no_proxy cannot read is told, and matches nothing", "[http][no_proxy]") {
    for (const auto* garbage : {"10.0.0.0/33",
                                "10.0.0.0/",
                                "10.0.0.0/x",
                                "10.0.0/8",
                                "10.0.0.0/-1",
                                "10.0.0.0/8:80",
                                "a.test/8",
                                "::/129",
                                "fe80::1%eth0",
                                "[::1",
                                "[::1]x",
                                "[::1]:",
                                "a.test:0",
                                "a.test:65536",
                                "a.test:http",
                                "a.test:",
                                ":80",
                                ".",
                                "*.",
                                "..a",
                                "**",
                                "a.*.test",
                                "*a.test",
                                "http://a.test",
                                "a@b",
                                "%61",
                                "a b|c",
                                ".127.0.0.1",
                                "1.2.3.256",
                                "a\\b",
                                "::ffff:10.0.0.0/8",
                                "[]",
                                "/8"}) {
        CAPTURE(garbage);
        const no_proxy read(garbage);
        CHECK(!read.ignored().empty());
        for (const auto* each : {"http://a.test", "http://127.0.0.1", "http://[::1]", "http://10.0.0.1"})
            CHECK(!spares(garbage, each));
    }
    const no_proxy mixed("a.test 10.0.0.0/99 b.test");
    CHECK(mixed.ignored() == std::vector<std::string>{"10.0.0.0/99"});
    CHECK(spares("a.test 10.0.0.0/99 b.test", "http://b.test"));
    STATIC_CHECK(!std::is_aggregate_v<no_proxy>);
}
