#include <dragline/dns/answer.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>

namespace dns = dragline::dns;
using dns::errc;
using dns::record_type;

namespace {

dns::record a(const char* name, std::uint32_t ttl, std::uint8_t last = 1) {
    return dns::record(name, ttl, dns::a_record{{192, 0, 2, last}});
}
dns::record alias(const std::string& name, std::uint32_t ttl, const std::string& target) {
    return dns::record(name, ttl, dns::cname_record(target));
}
dns::record soa(const char* zone, std::uint32_t ttl, std::uint32_t minimum) {
    return dns::record(zone, ttl,
                       dns::soa_record("ns." + std::string(zone), "root." + std::string(zone), minimum));
}

const dns::question asked("www.example.org");

dns::wire::message reply(std::vector<dns::record> answers, dns::rcode code = dns::rcode::no_error) {
    auto message = dns::wire::make_response(dns::wire::make_query(1, asked), code);
    message.answers = std::move(answers);
    return message;
}

}  // namespace

TEST_CASE("an answer has the records of the asked name and type, with the least TTL", "[dns][answer]") {
    const auto got =
        interpret(reply({a("WWW.example.org", 300, 1), a("www.example.org", 60, 2), a("other.org", 5),
                         dns::record("www.example.org", 1, dns::txt_record({"x"}))}),
                  asked);
    CHECK_FALSE(got.error);
    CHECK(got.exists());
    CHECK(got.ttl == 60);
    CHECK(got.canonical_name() == "www.example.org");
    CHECK(got.aliases.empty());
    REQUIRE(addresses_v4(got).size() == 2);
    CHECK(addresses_v4(got)[0].to_string() == "192.0.2.1");
    CHECK(addresses_v6(got).empty());
}

TEST_CASE("aliases are followed in any order, and their TTLs count", "[dns][answer]") {
    const auto got = interpret(reply({a("c.example.org", 300), alias("b.example.org", 30, "c.example.org"),
                                      alias("www.example.org", 600, "B.example.org")}),
                               asked);
    CHECK_FALSE(got.error);
    CHECK(got.ttl == 30);
    CHECK(got.canonical_name() == "c.example.org");
    CHECK(got.aliases == std::vector<std::string>{"B.example.org", "c.example.org"});
}

TEST_CASE("an alias that leads nowhere is no data, yet something exists", "[dns][answer]") {
    auto message = reply({alias("www.example.org", 600, "gone.example.org")});
    message.authorities.push_back(soa("example.org", 900, 120));
    const auto got = interpret(message, asked);
    CHECK(got.error == errc::no_data);
    CHECK(got.exists());
    CHECK(got.canonical_name() == "gone.example.org");
    CHECK(got.ttl == 120);

    message.code = dns::rcode::name_not_found;
    CHECK(interpret(message, asked).error == errc::name_not_found);
    CHECK(interpret(message, asked).exists());
}

TEST_CASE("a loop of aliases is an error", "[dns][answer]") {
    CHECK(interpret(reply({alias("www.example.org", 60, "WWW.example.org")}), asked).error ==
          errc::cname_loop);
    CHECK(interpret(reply({alias("www.example.org", 60, "b"), alias("b", 60, "www.example.org")}), asked)
              .error == errc::cname_loop);
    CHECK(interpret(reply({alias("www.example.org", 60, "b"), alias("b", 60, "b")}), asked).ttl == 0);
}

TEST_CASE("16 aliases are followed, 17 are not", "[dns][answer]") {
    const auto chain = [](std::size_t length) {
        std::vector<dns::record> records;
        std::string name = asked.name;
        for (std::size_t i = 0; i < length; ++i) {
            const auto next = "n" + std::to_string(i);
            records.push_back(alias(name, 60, next));
            name = next;
        }
        records.push_back(a(name.c_str(), 60));
        return reply(std::move(records));
    };
    CHECK_FALSE(interpret(chain(dns::max_aliases), asked).error);
    CHECK(interpret(chain(dns::max_aliases), asked).aliases.size() == 16);
    CHECK(interpret(chain(dns::max_aliases + 1), asked).error == errc::cname_loop);
}

TEST_CASE("a question for CNAME gets the alias itself", "[dns][answer]") {
    const dns::question wants_alias("www.example.org", record_type::cname);
    const auto got = interpret(reply({alias("www.example.org", 60, "b"), a("b", 60)}), wants_alias);
    CHECK_FALSE(got.error);
    REQUIRE(got.records.size() == 1);
    CHECK(got.records[0].get<dns::cname_record>()->name == "b");
    CHECK(got.canonical_name() == "www.example.org");
}

TEST_CASE("what a server says becomes its own error", "[dns][answer]") {
    const struct {
        dns::rcode code;
        errc expected;
    } cases[] = {
        {dns::rcode::no_error, errc::no_data},
        {dns::rcode::format_error, errc::format_error},
        {dns::rcode::server_failure, errc::server_failure},
        {dns::rcode::name_not_found, errc::name_not_found},
        {dns::rcode::not_implemented, errc::not_implemented},
        {dns::rcode::refused, errc::refused},
        {dns::rcode::bad_version, errc::unexpected_rcode},
        {static_cast<dns::rcode>(9), errc::unexpected_rcode},
    };
    for (const auto& each : cases) {
        const auto got = interpret(reply({}, each.code), asked);
        CAPTURE(to_string(each.code));
        CHECK(got.error == each.expected);
        CHECK(got.code == each.code);
        CHECK_FALSE(got.exists());
    }
}

TEST_CASE("an absence holds as long as its SOA record says", "[dns][answer]") {
    const auto ttl = [](std::vector<dns::record> authorities, dns::rcode code) {
        auto message = reply({}, code);
        message.authorities = std::move(authorities);
        return interpret(std::move(message), asked).ttl;
    };
    for (const auto code : {dns::rcode::no_error, dns::rcode::name_not_found}) {
        CHECK(ttl({soa("example.org", 900, 120)}, code) == 120);
        CHECK(ttl({soa("example.org", 60, 120)}, code) == 60);
        CHECK(ttl({soa(".", 60, 120)}, code) == 60);
        CHECK(ttl({}, code) == 0);
        CHECK(ttl({soa("example.com", 900, 120)}, code) == 0);  // of another zone: says nothing
    }
    CHECK(ttl({soa("example.org", 900, 120)}, dns::rcode::server_failure) == 0);
}

TEST_CASE("records beside NXDOMAIN are not believed", "[dns][answer]") {
    const auto got = interpret(reply({a("www.example.org", 60)}, dns::rcode::name_not_found), asked);
    CHECK(got.error == errc::name_not_found);
    CHECK(got.records.empty());
}

TEST_CASE("TTLs grow less with time, not below zero", "[dns][answer]") {
    const auto got = interpret(reply({a("www.example.org", 300, 1), a("www.example.org", 60, 2)}), asked);
    const auto older = got.aged(100);
    CHECK(older.ttl == 0);
    CHECK(older.records[0].ttl == 200);
    CHECK(older.records[1].ttl == 0);
    CHECK(got.aged(59).ttl == 1);
}

TEST_CASE("every PTR record is a name", "[dns][answer]") {
    const dns::question reverse("1.2.0.192.in-addr.arpa", record_type::ptr);
    const auto got = interpret(reply({dns::record(reverse.name, 60, dns::ptr_record("a.example")),
                                      dns::record(reverse.name, 60, dns::ptr_record("b.example"))}),
                               reverse);
    CHECK(pointer_names(got) == std::vector<std::string>{"a.example", "b.example"});
}
