#include <dragline/testing/dns_server.hpp>

#include "raw_resolver.hpp"

#include <asio/ip/address_v6.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using dragline::dns::question;
using dragline::dns::rcode;
using dragline::dns::record_type;
using dragline::test::make_query;
using dragline::test::raw_resolver;
using dragline::testing::dns_query;
using dragline::testing::dns_reply;
using dragline::testing::dns_server;
using dragline::testing::dns_transport;

namespace dns = dragline::dns;

namespace {

// The data of each answer as text: "192.0.2.1", "www.test -> a.test".
std::vector<std::string> texts(const dns::wire::message& answer) {
    std::vector<std::string> out;
    for (const auto& one : answer.answers) {
        if (const auto* a = one.get<dns::a_record>()) {
            out.push_back(asio::ip::address_v4(a->address).to_string());
        } else if (const auto* aaaa = one.get<dns::aaaa_record>()) {
            out.push_back(asio::ip::address_v6(aaaa->address).to_string());
        } else if (const auto* cname = one.get<dns::cname_record>()) {
            out.push_back(one.name + " -> " + cname->name);
        } else if (const auto* ptr = one.get<dns::ptr_record>()) {
            out.push_back(ptr->name);
        } else {
            out.push_back(dns::to_string(one.type));
        }
    }
    return out;
}

using list = std::vector<std::string>;

}  // namespace

TEST_CASE("records are answered by name and type, in whatever case", "[testing][dns_server]") {
    dns_server server;
    server.host("A.test", {"192.0.2.1", "2001:db8::1", "192.0.2.2"}, 30s)
        .answer("a.test", record_type::mx, {"10 mail.test"})
        .answer("a.test", record_type::txt, {"v=spf1"});
    raw_resolver client(server.endpoint());
    const auto answer = client.ask(question("a.TEST"));
    CHECK(answer.id == 0x1234);
    CHECK(answer.response);
    CHECK(answer.recursion_available);
    CHECK(answer.code == rcode::no_error);
    CHECK(answer.questions.front().name == "a.TEST");
    CHECK(answer.extension);
    CHECK(texts(answer) == list{"192.0.2.1", "192.0.2.2"});
    CHECK(answer.answers[0].ttl == 30);
    CHECK(answer.answers[0].name == "a.TEST");
    CHECK(texts(client.ask(question("a.test", record_type::aaaa))) == list{"2001:db8::1"});
    CHECK(texts(client.ask(question("a.test", record_type::mx))) == list{"MX"});
    CHECK(client.ask(question("a.test", record_type::any)).answers.size() == 5);
    CHECK_FALSE(client.ask(question("a.test"), 0).extension);
    server.host("a.test", {"192.0.2.3"});
    CHECK(texts(client.ask(question("a.test"))) == list{"192.0.2.3"});
}

TEST_CASE("a name without records does not exist, and has a SOA that says for how long",
          "[testing][dns_server]") {
    dns_server server;
    server.negative_ttl(7s).host("a.test", {"192.0.2.1"}).empty("void.test").host("x.y.test", {"192.0.2.1"});
    raw_resolver client(server.endpoint());
    const auto missing = client.ask(question("b.test"));
    CHECK(missing.code == rcode::name_not_found);
    CHECK(missing.answers.empty());
    REQUIRE(missing.authorities.size() == 1);
    CHECK(missing.authorities[0].ttl == 7);
    CHECK(missing.authorities[0].get<dns::soa_record>()->minimum == 7);
    for (const auto& nodata :
         {question("a.test", record_type::aaaa), question("void.test"), question("y.test")}) {
        const auto answer = client.ask(nodata);
        CHECK(answer.code == rcode::no_error);
        CHECK(answer.answers.empty());
        CHECK(answer.authorities.size() == 1);
    }
}

TEST_CASE("aliases are followed, also to nowhere and in a circle", "[testing][dns_server]") {
    dns_server server;
    server.host("a.test", {"192.0.2.1"})
        .alias("b.test", "a.test")
        .alias("c.test", "b.test")
        .alias("lost.test", "missing.test")
        .alias("one.test", "two.test")
        .alias("two.test", "one.test");
    raw_resolver client(server.endpoint());
    CHECK(texts(client.ask(question("c.test"))) == list{"c.test -> b.test", "b.test -> a.test", "192.0.2.1"});
    CHECK(texts(client.ask(question("c.test", record_type::cname))) == list{"c.test -> b.test"});
    const auto empty = client.ask(question("c.test", record_type::aaaa));
    CHECK(empty.code == rcode::no_error);
    CHECK(texts(empty) == list{"c.test -> b.test", "b.test -> a.test"});
    CHECK(empty.authorities.size() == 1);
    const auto lost = client.ask(question("lost.test"));
    CHECK(lost.code == rcode::name_not_found);
    CHECK(texts(lost) == list{"lost.test -> missing.test"});
    CHECK(texts(client.ask(question("one.test"))) == list{"one.test -> two.test", "two.test -> one.test"});
}

TEST_CASE("wildcards are those of RFC 4592", "[testing][dns_server]") {
    dns_server server;
    server.host("*.wild.test", {"192.0.2.9"})
        .host("real.wild.test", {"192.0.2.1"})
        .alias("*.alias.test", "real.wild.test");
    raw_resolver client(server.endpoint());
    const auto made = client.ask(question("any.wild.test"));
    CHECK(texts(made) == list{"192.0.2.9"});
    CHECK(made.answers[0].name == "any.wild.test");
    CHECK(texts(client.ask(question("x.y.wild.test"))) == list{"192.0.2.9"});
    CHECK(texts(client.ask(question("real.wild.test"))) == list{"192.0.2.1"});
    CHECK(client.ask(question("any.wild.test", record_type::aaaa)).code == rcode::no_error);
    CHECK(client.ask(question("below.real.wild.test")).code == rcode::name_not_found);
    CHECK(client.ask(question("wild.test")).code == rcode::no_error);
    CHECK(client.ask(question("wild.test")).answers.empty());
    CHECK(texts(client.ask(question("q.alias.test"))) == list{"q.alias.test -> real.wild.test", "192.0.2.1"});
}

TEST_CASE("pointers stand under the reverse names of addresses", "[testing][dns_server]") {
    dns_server server;
    server.pointer(asio::ip::make_address("192.0.2.1"), {"a.test", "b.test"})
        .pointer(asio::ip::make_address("2001:db8::1"), {"six.test"});
    raw_resolver client(server.endpoint());
    CHECK(texts(client.ask(question("1.2.0.192.in-addr.arpa", record_type::ptr))) ==
          list{"a.test", "b.test"});
    const std::string six = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa";
    CHECK(texts(client.ask(question(six, record_type::ptr))) == list{"six.test"});
}

TEST_CASE("what does not fit is truncated, and whole over TCP", "[testing][dns_server]") {
    dns_server server;
    list many;
    for (int i = 0; i < 200; ++i) many.push_back("192.0.2." + std::to_string(i));
    server.host("many.test", many).host("one.test", {"192.0.2.1"});
    raw_resolver client(server.endpoint());
    CHECK(client.ask(question("many.test")).truncated);
    CHECK(client.ask(question("many.test"), 0).truncated);
    CHECK(client.ask(question("many.test")).answers.empty());
    CHECK(client.ask(question("many.test"), 4096).answers.size() == 200);

    const auto answers =
        client.ask_tcp({make_query(question("many.test"), 1), make_query(question("one.test"), 2)}, 2);
    REQUIRE(answers.size() == 2);
    const auto first = dns::wire::decode_message(answers[0]).value();
    CHECK(first.id == 1);
    CHECK_FALSE(first.truncated);
    CHECK(first.answers.size() == 200);
    CHECK(dns::wire::decode_message(answers[1]).value().id == 2);
    CHECK(server.query_count(dns_transport::tcp) == 2);
}

TEST_CASE("scripts go before records, the nearest first", "[testing][dns_server]") {
    dns_server server;
    server.host("a.test", {"192.0.2.1", "2001:db8::1"})
        .on("a.test", record_type::aaaa, dns_reply(rcode::refused))
        .on("*.b.test", dns_reply(rcode::server_failure))
        .on("exact.b.test", dns_reply().answer(record_type::a, {"192.0.2.7"}))
        .on("*", dns_reply(rcode::not_implemented))
        .on("a.test", dns_reply());
    raw_resolver client(server.endpoint());
    CHECK(client.ask(question("a.test")).code == rcode::no_error);
    CHECK(client.ask(question("a.test", record_type::aaaa)).code == rcode::refused);
    CHECK(client.ask(question("x.y.b.test")).code == rcode::server_failure);
    CHECK(texts(client.ask(question("EXACT.b.test"))) == list{"192.0.2.7"});
    CHECK(client.ask(question("b.test")).code == rcode::not_implemented);
}

TEST_CASE("a function decides from the query", "[testing][dns_server]") {
    dns_server server;
    server.host("a.test", {"192.0.2.1"}).on_query([](const dns_query& query) {
        return query.message.extension ? dns_reply(rcode::format_error).no_extension() : dns_reply();
    });
    raw_resolver client(server.endpoint());
    const auto refused = client.ask(question("a.test"));
    CHECK(refused.code == rcode::format_error);
    CHECK_FALSE(refused.extension);
    CHECK(texts(client.ask(question("a.test"), 0)) == list{"192.0.2.1"});
}

TEST_CASE("the log counts by name, type and transport", "[testing][dns_server]") {
    dns_server server;
    raw_resolver client(server.endpoint());
    client.ask(question("a.test"));
    client.ask(question("A.test", record_type::aaaa));
    client.ask(question("b.test"));
    client.ask_tcp({make_query(question("b.test"))}, 1);
    client.send({1, 2, 3});
    client.ask(question("c.test"));  // after it, the bytes before have been looked at
    CHECK(server.query_count() == 5);
    CHECK(server.query_count("a.test") == 2);
    CHECK(server.query_count("a.test", record_type::aaaa) == 1);
    CHECK(server.query_count("b.test") == 2);
    CHECK(server.query_count(dns_transport::udp) == 4);
    CHECK(server.malformed_queries() == 1);
    CHECK(server.wait_for_queries(5));
    CHECK_FALSE(server.wait_for_queries(6, 1ms));
    const auto seen = server.queries();
    CHECK(seen[1].name() == "A.test");
    CHECK(seen[3].attempt == 2);
    CHECK(seen[0].bytes == make_query(question("a.test")));
    CHECK(seen[0].peer_address.starts_with("127.0.0.1:"));
    server.clear_queries();
    CHECK(server.query_count() == 0);
}

TEST_CASE("a server listens where it is told, on several addresses", "[testing][dns_server]") {
    dns_server server(asio::ip::make_address("127.3.0.1"));
    server.host("a.test", {"192.0.2.1"});
    const auto second = server.listen(asio::ip::make_address("127.3.0.2"), server.port());
    const auto six = server.listen(asio::ip::address_v6::loopback());
    CHECK(server.to_string() == "127.3.0.1:" + std::to_string(server.port()));
    for (const auto& place : {server.endpoint(), second, six}) {
        raw_resolver client(place);
        CHECK(texts(client.ask(question("a.test"))) == list{"192.0.2.1"});
    }
    CHECK(dns_server(asio::ip::address_v6::loopback()).to_string().starts_with("[::1]:"));
    CHECK_THROWS_AS(dns_server(asio::ip::make_address("127.3.0.1"), server.port()), std::system_error);
}

TEST_CASE("records may change while many ask", "[testing][dns_server]") {
    dns_server server;
    server.host("a.test", {"192.0.2.1"});
    std::thread writer([&] {
        for (int i = 0; i < 200; ++i) server.host("a.test", {"192.0.2." + std::to_string(i % 250)});
    });
    raw_resolver client(server.endpoint());
    for (int i = 0; i < 200; ++i) CHECK(client.ask(question("a.test")).answers.size() == 1);
    writer.join();
    CHECK(server.query_count("a.test") == 200);
}

TEST_CASE("a server can be destroyed with answers under way", "[testing][dns_server]") {
    dns_server server;
    {
        dns_server doomed;
        doomed.on("late.test", dns_reply().delay(1h)).on("silent.test", dns_reply().silent());
        raw_resolver client(doomed.endpoint());
        for (int i = 0; i < 20; ++i) client.send(make_query(question("late.test")));
        client.send(make_query(question("silent.test")));
        REQUIRE(doomed.wait_for_queries(21));
    }
    CHECK(server.query_count() == 0);
}
