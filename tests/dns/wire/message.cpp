#include <dragline/dns/wire/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace dns = dragline::dns;
namespace wire = dragline::dns::wire;
using dns::errc;
using dns::record;
using dns::record_type;

namespace {

using bytes = std::vector<std::uint8_t>;

wire::message full_message() {
    wire::message m;
    m.id = 0xbeef;
    m.response = m.authoritative = m.recursion_available = m.authentic_data = m.checking_disabled = true;
    m.code = dns::rcode::bad_cookie;
    m.questions.emplace_back("Www.Example.org", record_type::aaaa);
    m.answers.emplace_back("Www.Example.org", 300, dns::cname_record("web.example.org"));
    m.answers.emplace_back("web.example.org", 60, dns::aaaa_record{{0x20, 1, 0xd, 0xb8, 1}});
    m.answers.emplace_back("web.example.org", 60, dns::a_record{{192, 0, 2, 1}});
    m.authorities.emplace_back("example.org", 60, dns::ns_record("ns.example.org"));
    dns::soa_record soa("ns.example.org", "root\\.x.example.org", 120);
    soa.serial = 4'000'000'000;
    soa.refresh = 1;
    soa.retry = 2;
    soa.expire = 3;
    m.authorities.emplace_back("example.org", 60, soa);
    m.additionals.emplace_back("example.org", 0, dns::mx_record(10, "mx.example.org"));
    m.additionals.emplace_back("example.org", 0x7fffffff,
                               dns::txt_record({"", std::string(255, 'x'), "\xff"}));
    m.additionals.emplace_back("17.2.0.192.in-addr.arpa", 1, dns::ptr_record("."));
    m.additionals.emplace_back("d.example.org", 1, dns::dname_record("e.example.org"));
    m.additionals.emplace_back("example.org", 1, static_cast<record_type>(999), dns::raw_record({0, 5, 7}));
    m.additionals.emplace_back("example.org", 1, dns::caa_record(0, "issue", "ca.example.org"));
    m.additionals.emplace_back("_x._udp.example.org", 1, dns::srv_record(1, 2, 3, "web.example.org"));
    m.extension.emplace().udp_size = 4096;
    m.extension->dnssec_ok = true;
    m.extension->options = {0, 10, 0, 1, 42};
    return m;
}

bytes encode(const wire::message& m) { return wire::encode_message(m).value(); }

}  // namespace

TEST_CASE("a message with everything in it is read as it was written", "[dns][message]") {
    const auto m = full_message();
    CHECK(wire::decode_message(encode(m)).value() == m);
}

TEST_CASE("a query is written byte for byte as RFC 1035 says", "[dns][message]") {
    const auto query = wire::make_query(0x1234, dns::question("a.bc"), 0);
    CHECK(encode(query) ==
          bytes{0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 2, 'b', 'c', 0, 0, 1, 0, 1});
    const auto with_edns = wire::make_query(0x1234, dns::question("a.bc"));
    const auto written = encode(with_edns);
    const bytes opt = {0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0};
    REQUIRE(written.size() == 22 + opt.size());
    CHECK(bytes(written.begin() + 22, written.end()) == opt);
}

TEST_CASE("every flag has its own bit", "[dns][message]") {
    const auto flags = [](auto set) {
        wire::message m;
        m.recursion_desired = false;
        set(m);
        const auto written = encode(m);
        CHECK(wire::decode_message(written).value() == m);
        return written[2] << 8 | written[3];
    };
    CHECK(flags([](auto&) {}) == 0);
    CHECK(flags([](auto& m) { m.response = true; }) == 0x8000);
    CHECK(flags([](auto& m) { m.opcode = 15; }) == 0x7800);
    CHECK(flags([](auto& m) { m.authoritative = true; }) == 0x0400);
    CHECK(flags([](auto& m) { m.truncated = true; }) == 0x0200);
    CHECK(flags([](auto& m) { m.recursion_desired = true; }) == 0x0100);
    CHECK(flags([](auto& m) { m.recursion_available = true; }) == 0x0080);
    CHECK(flags([](auto& m) { m.authentic_data = true; }) == 0x0020);
    CHECK(flags([](auto& m) { m.checking_disabled = true; }) == 0x0010);
    CHECK(flags([](auto& m) { m.code = dns::rcode::refused; }) == 0x0005);
}

TEST_CASE("a message that is cut anywhere is malformed", "[dns][message]") {
    const auto whole = encode(full_message());
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        CAPTURE(size);
        CHECK(wire::decode_message(cut).error() == errc::malformed_message);
    }
}

TEST_CASE("bytes after the last record are ignored", "[dns][message]") {
    auto longer = encode(full_message());
    longer.insert(longer.end(), 100, 0xff);
    CHECK(wire::decode_message(longer).value() == full_message());
}

TEST_CASE("a message with one bit turned is read or refused, never more", "[dns][message]") {
    const auto whole = encode(full_message());
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
        auto broken = whole;
        broken[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
        const auto decoded = wire::decode_message(broken);
        if (!decoded) CHECK(decoded.error() == errc::malformed_message);
    }
}

TEST_CASE("the data of a record must be what its type says", "[dns][message]") {
    const auto with_data = [](record_type type, bytes data) {
        wire::message m;
        m.answers.emplace_back("a", 1, type, dns::raw_record(std::move(data)));
        return wire::decode_message(encode(m)).error();
    };
    CHECK_FALSE(with_data(record_type::a, {1, 2, 3, 4}));
    CHECK(with_data(record_type::a, {1, 2, 3}) == errc::malformed_message);
    CHECK(with_data(record_type::a, {1, 2, 3, 4, 5}) == errc::malformed_message);
    CHECK(with_data(record_type::aaaa, {1, 2, 3, 4}) == errc::malformed_message);
    CHECK_FALSE(with_data(record_type::cname, {1, 'a', 0}));
    CHECK(with_data(record_type::cname, {1, 'a'}) == errc::malformed_message);
    CHECK(with_data(record_type::cname, {1, 'a', 0, 0}) == errc::malformed_message);
    CHECK(with_data(record_type::cname, {}) == errc::malformed_message);
    CHECK_FALSE(with_data(record_type::txt, {0}));
    CHECK(with_data(record_type::txt, {}) == errc::malformed_message);
    CHECK(with_data(record_type::txt, {2, 'a'}) == errc::malformed_message);
    CHECK(with_data(record_type::mx, {0}) == errc::malformed_message);
    CHECK(with_data(record_type::soa, bytes(21)) == errc::malformed_message);
    CHECK_FALSE(with_data(record_type::soa, bytes(22)));
    CHECK_FALSE(with_data(static_cast<record_type>(999), {}));
}

TEST_CASE("a record of another class keeps its bytes", "[dns][message]") {
    wire::message m;
    m.answers.emplace_back("version.bind", 0, record_type::a, dns::raw_record({9, 9}));
    m.answers[0].klass = dns::record_class::chaos;
    CHECK(wire::decode_message(encode(m)).value() == m);
}

TEST_CASE("a TTL with its top bit set is zero", "[dns][message]") {
    wire::message m;
    m.answers.emplace_back("a", 0x80000000u, dns::a_record{});
    m.answers.emplace_back("a", 0x7fffffffu, dns::a_record{});
    const auto decoded = wire::decode_message(encode(m)).value();
    CHECK(decoded.answers[0].ttl == 0);
    CHECK(decoded.answers[1].ttl == 0x7fffffffu);
}

TEST_CASE("OPT may stand once, at the root, among the additional records", "[dns][message]") {
    const auto opt = [](const char* owner) { return record(owner, 0, record_type::opt, dns::raw_record()); };
    wire::message m;
    m.additionals = {opt(".")};
    CHECK(wire::decode_message(encode(m)).value().extension.has_value());
    m.additionals = {opt("."), opt(".")};
    CHECK(wire::decode_message(encode(m)).error() == errc::malformed_message);
    m.additionals = {opt("a")};
    CHECK(wire::decode_message(encode(m)).error() == errc::malformed_message);
    m.additionals = {};
    m.answers = {opt(".")};
    CHECK(wire::decode_message(encode(m)).error() == errc::malformed_message);
}

TEST_CASE("the number of records is limited before they are read", "[dns][message]") {
    wire::message m;
    for (int i = 0; i < 4; ++i) m.answers.emplace_back("a", 1, dns::a_record{});
    m.questions.emplace_back("a");
    const auto written = encode(m);
    CHECK(wire::decode_message(written, wire::decode_limits{5}));
    CHECK(wire::decode_message(written, wire::decode_limits{4}).error() == errc::malformed_message);

    auto claims = encode(wire::message());
    claims[6] = claims[7] = 0xff;  // 65,535 answers in no bytes
    CHECK(wire::decode_message(claims).error() == errc::malformed_message);
}

TEST_CASE("a message over 65,535 bytes is refused, one of that size is not", "[dns][message]") {
    auto written = encode(wire::message());
    written.resize(wire::max_message_size);
    CHECK(wire::decode_message(written));
    written.resize(wire::max_message_size + 1);
    CHECK(wire::decode_message(written).error() == errc::malformed_message);
}

TEST_CASE("a message is written up to the size that is allowed", "[dns][message]") {
    const auto m = full_message();
    const auto size = encode(m).size();
    CHECK(wire::encode_message(m, size));
    CHECK(wire::encode_message(m, size - 1).error() == errc::message_too_long);

    wire::message large;
    large.answers.emplace_back("a", 1, static_cast<record_type>(999), dns::raw_record(bytes(65'535)));
    CHECK(wire::encode_message(large).error() == errc::message_too_long);
    large.answers[0].data = dns::raw_record(bytes(65'536));
    CHECK(wire::encode_message(large, 1'000'000).error() == errc::malformed_message);
}

TEST_CASE("what has no place on the wire is refused when it is written", "[dns][message]") {
    wire::message m;
    m.answers.emplace_back("a", 1, dns::txt_record({std::string(256, 'x')}));
    CHECK(wire::encode_message(m).error() == errc::malformed_message);
    m.answers = {record("a..b", 1, dns::a_record{})};
    CHECK(wire::encode_message(m).error() == errc::empty_label);
    m.answers.clear();
    m.code = dns::rcode::bad_version;  // needs EDNS
    CHECK(wire::encode_message(m).error() == errc::malformed_message);
    m.extension.emplace();
    CHECK(wire::encode_message(m));
    m.opcode = 16;
    CHECK(wire::encode_message(m).error() == errc::malformed_message);
}

TEST_CASE("names are compressed across the sections", "[dns][message]") {
    wire::message m;
    m.questions.emplace_back("www.example.org");
    for (int i = 0; i < 10; ++i) m.answers.emplace_back("www.example.org", 60, dns::a_record{});
    CHECK(encode(m).size() == 12 + 17 + 4 + 10 * (2 + 10 + 4));
}

TEST_CASE("names are compressed only where every receiver must know to read that", "[dns][message]") {
    wire::message m;
    m.questions.emplace_back("example.org");
    const auto size_with = [&m](auto data) {
        m.answers = {record("example.org", 1, std::move(data))};
        return encode(m).size() - (12 + 13 + 4 + 2 + 10);
    };
    CHECK(size_with(dns::mx_record(1, "example.org")) == 2 + 2);
    CHECK(size_with(dns::ns_record("example.org")) == 2);
    CHECK(size_with(dns::dname_record("example.org")) == 13);
    CHECK(size_with(dns::srv_record(1, 2, 3, "example.org")) == 6 + 13);
    CHECK(size_with(dns::nsec_record("example.org", {record_type::nsec})) == 13 + 8);
    CHECK(size_with(dns::https_record(1, "example.org")) == 2 + 13);
    dns::naptr_record rule;
    rule.replacement = "example.org";
    CHECK(size_with(rule) == 4 + 3 + 13);
    dns::rrsig_record signature;
    signature.signer = "example.org";
    CHECK(size_with(signature) == 18 + 13);
}

TEST_CASE("names are read compressed where senders do that, and nowhere else", "[dns][message]") {
    const auto with_data = [](record_type type, bytes data) {
        data.push_back(0xc0);
        data.push_back(12);  // the name of the question
        wire::message m;
        m.questions.emplace_back("example.org");
        m.answers.emplace_back("a", 1, type, dns::raw_record(std::move(data)));
        return wire::decode_message(encode(m));
    };
    CHECK(with_data(record_type::srv, bytes(6)).value().answers[0].get<dns::srv_record>()->target ==
          "example.org");
    CHECK(with_data(record_type::naptr, bytes(7)).value().answers[0].get<dns::naptr_record>()->replacement ==
          "example.org");
    CHECK(with_data(record_type::dname, {}));
    CHECK(with_data(record_type::rrsig, bytes(18)).error() == errc::malformed_message);
    CHECK(with_data(record_type::https, bytes(2)).error() == errc::malformed_message);
    CHECK(with_data(record_type::https, {0, 1, 1, 'a'}).error() == errc::malformed_message);

    wire::message m;
    m.questions.emplace_back("example.org");
    m.answers.emplace_back("a", 1, record_type::nsec, dns::raw_record({0xc0, 12, 0, 1, 0x40}));
    CHECK(wire::decode_message(encode(m)).error() == errc::malformed_message);
    m.answers[0].data = dns::raw_record({0, 0, 1, 0x40});
    CHECK(wire::decode_message(encode(m)));
}

TEST_CASE("a response must answer the query", "[dns][message]") {
    const dns::question asked("www.example.org");
    const auto query = wire::make_query(7, asked);
    auto response = wire::make_response(query);
    CHECK(response.extension.has_value());
    CHECK_FALSE(wire::check_response(response, 7, asked));
    CHECK_FALSE(wire::check_response(response, 7, dns::question("WWW.example.org.")));
    CHECK(wire::check_response(query, 7, asked) == errc::not_a_response);
    CHECK(wire::check_response(response, 8, asked) == errc::id_mismatch);
    CHECK(wire::check_response(response, 7, dns::question("ww.example.org")) == errc::question_mismatch);
    CHECK(wire::check_response(response, 7, dns::question("www.example.org", record_type::aaaa)) ==
          errc::question_mismatch);
    response.questions.clear();
    CHECK(wire::check_response(response, 7, asked) == errc::question_mismatch);
}

TEST_CASE("a refusal may have no question, what tells something must have it", "[dns][message]") {
    const dns::question asked("www.example.org");
    wire::message response;
    response.id = 7;
    response.response = true;
    for (const auto code : {dns::rcode::format_error, dns::rcode::server_failure, dns::rcode::not_implemented,
                            dns::rcode::refused}) {
        CAPTURE(to_string(code));
        response.code = code;
        CHECK_FALSE(wire::check_response(response, 7, asked));
        CHECK(wire::check_response(response, 8, asked) == errc::id_mismatch);
    }
    response.code = dns::rcode::name_not_found;
    CHECK(wire::check_response(response, 7, asked) == errc::question_mismatch);
    response.code = dns::rcode::refused;
    response.answers.emplace_back("www.example.org", 60, dns::a_record());
    CHECK(wire::check_response(response, 7, asked) == errc::question_mismatch);
}
