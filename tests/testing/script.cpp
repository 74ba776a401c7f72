#include <dragline/testing/script.hpp>

#include <dragline/testing/dns_message.hpp>
#include <dragline/testing/http_message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <stdexcept>
#include <string>
#include <vector>

using dragline::testing::dns_query;
using dragline::testing::dns_reply;
using dragline::testing::dns_script;
using dragline::testing::http_reply;
using dragline::testing::http_request;
using dragline::testing::http_script;

TEST_CASE("one reply is given every time", "[testing][script]") {
    const http_script script = http_reply(201);
    for (int i = 0; i < 3; ++i) CHECK(script.next()->status() == 201);
}

TEST_CASE("several replies are given in turn, and the last one repeats", "[testing][script]") {
    const http_script script = std::vector<http_reply>{http_reply(201), http_reply(202)};
    const http_script copy = script;
    CHECK(script.next()->status() == 201);
    CHECK(copy.next()->status() == 202);
    for (int i = 0; i < 3; ++i) CHECK(script.next()->status() == 202);
}

TEST_CASE("a script without replies is a failure", "[testing][script]") {
    CHECK(http_script(std::vector<http_reply>()).next()->status() == 500);
    CHECK(dns_script(std::vector<dns_reply>()).next()->code() == dragline::dns::rcode::server_failure);
}

TEST_CASE("a function sees the request", "[testing][script]") {
    const http_script script = [](const http_request& request) {
        return http_reply().body(request.body + "!");
    };
    CHECK(script.next() == nullptr);
    http_request request;
    request.body = "hi";
    CHECK(script.call(request)->body() == "hi!");
}

TEST_CASE("what a function throws becomes a failure", "[testing][script]") {
    const http_script known = [](const http_request&) -> http_reply { throw std::runtime_error("why"); };
    CHECK(known.call(http_request())->status() == 500);
    CHECK(known.call(http_request())->body() == "why");
    const http_script unknown = [](const http_request&) -> http_reply { throw 1; };
    CHECK(unknown.call(http_request())->status() == 500);
    const dns_script dns = [](const dns_query&) -> dns_reply { throw std::runtime_error("why"); };
    CHECK(dns.call(dns_query())->code() == dragline::dns::rcode::server_failure);
}
