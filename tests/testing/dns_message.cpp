#include <dragline/testing/dns_message.hpp>

#include <dragline/testing/dns_server.hpp>

#include "raw_resolver.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using dragline::dns::question;
using dragline::dns::rcode;
using dragline::dns::record_type;
using dragline::test::bytes;
using dragline::test::make_query;
using dragline::test::raw_resolver;
using dragline::testing::dns_reply;
using dragline::testing::dns_server;
using dragline::testing::make_record;

namespace dns = dragline::dns;

namespace {

const question asked("a.test");

// The truth is 192.0.2.1.
class scripted {
public:
    explicit scripted(const dns_reply& reply) {
        server_.host("a.test", {"192.0.2.1"}).on("a.test", reply);
        client_.send(make_query(asked));
    }

    std::optional<dragline::test::datagram> receive() { return client_.receive(); }
    dns::wire::message message() { return dns::wire::decode_message(client_.receive().value().data).value(); }
    std::string address() {
        const auto answer = message();
        const auto* data = answer.answers.at(0).get<dns::a_record>();
        return asio::ip::address_v4(data->address).to_string();
    }

    // No answer comes: one that is asked for afterwards is the first.
    bool silent() {
        server_.host("control.test", {"192.0.2.2"});
        client_.send(make_query(question("control.test")));
        return message().questions.front().name == "control.test";
    }
    void ask_again() { client_.send(make_query(asked)); }
    const dns_server& server() const { return server_; }

private:
    dns_server server_;
    raw_resolver client_{server_.endpoint()};
};

}  // namespace

TEST_CASE("a reply without setters is the truth", "[testing][dns_message]") {
    CHECK(scripted(dns_reply()).address() == "192.0.2.1");
}

TEST_CASE("a reply can have its own records and verdict", "[testing][dns_message]") {
    CHECK(scripted(dns_reply().answer(record_type::a, {"192.0.2.5"})).address() == "192.0.2.5");
    const auto other =
        scripted(dns_reply().answer(make_record("b.test", record_type::cname, "c.test", 5s))).message();
    CHECK(other.answers[0].name == "b.test");
    CHECK(other.answers[0].ttl == 5);
    for (const auto code : {rcode::server_failure, rcode::refused, rcode::format_error,
                            rcode::not_implemented, rcode::bad_version}) {
        const auto answer = scripted(dns_reply(code)).message();
        CHECK(answer.code == code);
        CHECK(answer.answers.empty());
        CHECK(answer.authorities.empty());
    }
}

TEST_CASE("a negative reply has a SOA, of its own TTL, or none", "[testing][dns_message]") {
    const auto short_lived = scripted(dns_reply(rcode::name_not_found).negative_ttl(3s)).message();
    CHECK(short_lived.code == rcode::name_not_found);
    CHECK(short_lived.authorities.at(0).ttl == 3);
    CHECK(scripted(dns_reply(rcode::no_error)).message().authorities.size() == 1);
    CHECK(scripted(dns_reply(rcode::name_not_found).no_soa()).message().authorities.empty());
}

TEST_CASE("a reply can fail to come, or come only after some tries", "[testing][dns_message]") {
    CHECK(scripted(dns_reply().silent()).silent());
    scripted late(dns_reply().after_tries(2));
    late.ask_again();
    CHECK(late.silent());
    late.ask_again();
    CHECK(late.address() == "192.0.2.1");
}

TEST_CASE("a reply can be late", "[testing][dns_message]") {
    const auto start = std::chrono::steady_clock::now();
    CHECK(scripted(dns_reply().delay(50ms)).address() == "192.0.2.1");
    CHECK(std::chrono::steady_clock::now() - start >= 50ms);
}

TEST_CASE("a reply can come several times", "[testing][dns_message]") {
    scripted thrice(dns_reply().duplicates(2));
    const auto first = thrice.receive().value().data;
    CHECK(thrice.receive().value().data == first);
    CHECK(thrice.receive().value().data == first);
    CHECK(thrice.silent());
}

TEST_CASE("a forged answer comes first, and the true one when asked for", "[testing][dns_message]") {
    scripted id(dns_reply().wrong_id().genuine_after(1ms));
    const auto forged = id.message();
    CHECK(forged.id != 0x1234);
    CHECK(forged.questions.front() == asked);
    const auto genuine = id.message();
    CHECK(genuine.id == 0x1234);
    CHECK(genuine.answers[0].get<dns::a_record>()->address[3] == 1);

    CHECK(scripted(dns_reply().wrong_id()).address() == "192.0.2.66");
    const auto stray = scripted(dns_reply().wrong_question()).message();
    CHECK(stray.id == 0x1234);
    CHECK(stray.questions.front().name == "wrong.test");

    scripted port(dns_reply().other_port().genuine_after(0ms));
    const auto first = port.receive().value();
    const auto second = port.receive().value();
    CHECK(first.source.port() != port.server().port());
    CHECK(second.source.port() == port.server().port());
    CHECK(dns::wire::decode_message(first.data).value().id == 0x1234);
}

TEST_CASE("a reply can say that it is truncated", "[testing][dns_message]") {
    dns_server server;
    server.host("a.test", {"192.0.2.1"}).on("a.test", dns_reply().truncated());
    raw_resolver client(server.endpoint());
    const auto over_udp = client.ask(asked);
    CHECK(over_udp.truncated);
    CHECK(over_udp.answers.empty());
    const auto over_tcp = client.ask_tcp({make_query(asked)}, 1);
    CHECK_FALSE(dns::wire::decode_message(over_tcp.at(0)).value().truncated);
    CHECK(dns::wire::decode_message(over_tcp.at(0)).value().answers.size() == 1);
}

TEST_CASE("over TCP a reply can be the end of the connection", "[testing][dns_message]") {
    dns_server server;
    server.host("a.test", {"192.0.2.1"}).on("a.test", dns_reply().close_tcp());
    raw_resolver client(server.endpoint());
    CHECK(client.ask_tcp({make_query(asked)}, 1).empty());
    CHECK(client.ask(asked).answers.size() == 1);
}

TEST_CASE("a reply can be no message", "[testing][dns_message]") {
    const auto noise = scripted(dns_reply().garbage(40)).receive().value().data;
    CHECK(noise.size() == 40);
    CHECK(dragline::load_big16(noise.data()) == 0x1234);
    CHECK_FALSE(dns::wire::decode_message(noise));

    const auto loop = scripted(dns_reply().compression_loop()).receive().value().data;
    CHECK_FALSE(dns::wire::decode_message(loop));
    CHECK(dragline::load_big16(loop.data()) == 0x1234);

    const bytes raw = {1, 2, 3};
    CHECK(scripted(dns_reply().raw(raw)).receive().value().data == raw);
}

TEST_CASE("a reply can be cut anywhere", "[testing][dns_message]") {
    const auto whole = scripted(dns_reply()).receive().value().data;
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        const auto part = scripted(dns_reply().cut(size)).receive().value().data;
        CHECK(part == bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    }
}

TEST_CASE("records are read from text, and refused where they make no sense", "[testing][dns_message]") {
    CHECK(make_record("a.test", record_type::a, "192.0.2.1").get<dns::a_record>()->address[3] == 1);
    CHECK(make_record("a.test", record_type::aaaa, "::1").get<dns::aaaa_record>()->address[15] == 1);
    CHECK(make_record("a.test", record_type::cname, "b.test").get<dns::cname_record>()->name == "b.test");
    CHECK(make_record("a.test", record_type::ns, "b.test").get<dns::ns_record>()->name == "b.test");
    CHECK(make_record("a.test", record_type::ptr, "b.test").get<dns::ptr_record>()->name == "b.test");
    CHECK(make_record("a.test", record_type::dname, "b.test").get<dns::dname_record>()->name == "b.test");
    const auto mail = make_record("a.test", record_type::mx, "10 mail.test", 5s);
    CHECK(mail.get<dns::mx_record>()->preference == 10);
    CHECK(mail.get<dns::mx_record>()->exchange == "mail.test");
    CHECK(mail.ttl == 5);
    CHECK(make_record("a.test", record_type::txt, "v=x y").get<dns::txt_record>()->strings ==
          std::vector<std::string>{"v=x y"});

    CHECK(make_record("a.test", record_type::ptr, "a b;c.test").get<dns::ptr_record>()->name == "a b;c.test");
    CHECK(make_record("a.test", record_type::srv, "1 2 53 b.test").get<dns::srv_record>()->port == 53);
    CHECK(make_record("a.test", record_type::https, "1 . alpn=h2")
              .get<dns::https_record>()
              ->parameters.alpn() == std::vector<std::string>{"h2"});
    CHECK(make_record("a.test", static_cast<record_type>(999), "\\# 1 ff").get<dns::raw_record>()->bytes ==
          bytes{0xff});

    CHECK_THROWS_AS(make_record("a.test", record_type::a, "::1"), std::invalid_argument);
    CHECK_THROWS_AS(make_record("a.test", record_type::aaaa, "192.0.2.1"), std::invalid_argument);
    CHECK_THROWS_AS(make_record("a.test", record_type::cname, "b..test"), std::invalid_argument);
    CHECK_THROWS_AS(make_record("a..test", record_type::a, "192.0.2.1"), std::invalid_argument);
    CHECK_THROWS_AS(make_record("a.test", record_type::mx, "mail.test"), std::invalid_argument);
    CHECK_THROWS_AS(make_record("a.test", record_type::soa, "x"), std::invalid_argument);
}
