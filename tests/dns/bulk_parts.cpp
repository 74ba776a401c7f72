// The parts of resolve_many() that need neither clock nor socket.
#include <dragline/dns/detail/answer_reader.hpp>
#include <dragline/dns/detail/bulk_slot.hpp>
#include <dragline/dns/detail/keyed_hash.hpp>
#include <dragline/dns/detail/udp_port.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <dragline/dns/wire/message.hpp>
#include <dragline/testing/manual_clock.hpp>

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace dns = dragline::dns;
namespace detail = dragline::dns::detail;
using dns::record_type;

namespace {

dragline::byte_view bytes_of(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

bool equal(const dns::answer& a, const dns::answer& b) {
    return a.asked == b.asked && a.error == b.error && a.code == b.code &&
           a.authoritative == b.authoritative && a.authentic == b.authentic && a.aliases == b.aliases &&
           a.records == b.records && a.ttl == b.ttl;
}

// Where the quick reader decides, it must say what the slow one says. Tells whether it decided.
bool agrees(const std::vector<std::uint8_t>& reply, const dns::question& asked) {
    detail::wire_question question;
    std::string normal;
    REQUIRE(!question.assign(asked.name, normal));
    question.set_type(asked.type);
    if (reply.size() < detail::wire_question::header_size ||
        question.repeated_by(reply) != detail::wire_question::echo::exact)
        return false;
    dns::answer quick;
    quick.asked = asked;
    quick.aliases = {"left.over"};
    quick.records.resize(3);
    if (!detail::read_plain_answer(reply, detail::wire_question::header_size + question.name_size(), quick))
        return false;
    auto decoded = dns::wire::decode_message(reply);
    REQUIRE(decoded);
    CHECK(equal(quick, dns::interpret(*std::move(decoded), asked)));
    return true;
}

}  // namespace

TEST_CASE("the keyed hash is SipHash-2-4 with 128 bits", "[dns][bulk]") {
    const detail::keyed_hash hash(0x0706050403020100u, 0x0f0e0d0c0b0a0908u);
    CHECK(hash(bytes_of("")) == detail::keyed_hash::value{0xe6a825ba047f81a3u, 0x930255c71472f66du});
    CHECK(hash(bytes_of(std::string(1, '\0'))) ==
          detail::keyed_hash::value{0x44af996bd8c187dau, 0x45fc229b11597634u});
    const std::string eight("\x08\x07\x06\x05\x04\x03\x02\x01", 8);
    CHECK(hash(bytes_of(eight)) == hash(std::uint64_t{0x0102030405060708u}));
}

TEST_CASE("random numbers differ, and all bits are used", "[dns][bulk]") {
    dragline::testing::seeded_random source;
    detail::random_numbers numbers(source);
    std::set<std::uint16_t> seen;
    unsigned any = 0, all = 0xffff;
    for (int i = 0; i < 2000; ++i) {
        const auto number = numbers.next16();
        seen.insert(number);
        any |= number;
        all &= number;
    }
    CHECK(seen.size() > 1900);
    CHECK(any == 0xffff);
    CHECK(all == 0);
}

TEST_CASE("a set of what was seen forgets nothing and makes nothing up", "[dns][bulk]") {
    dragline::testing::seeded_random source;
    detail::seen_set seen(source);
    for (int round = 0; round < 2; ++round) {
        for (int i = 0; i < 20'000; ++i) {
            if (seen.insert(bytes_of(std::to_string(i))) != (round == 0)) FAIL(i);
        }
    }
    CHECK(seen.size() == 20'000);
}

TEST_CASE("ids are found, refused twice and given back, as in a map", "[dns][bulk]") {
    detail::id_table table;
    std::map<std::uint16_t, std::uint32_t> model;
    std::mt19937 random(3);
    for (std::uint32_t i = 0; i < 200'000; ++i) {
        // Few ids with many collisions, so that every kind of shift is seen.
        const auto id = static_cast<std::uint16_t>((random() % 40) * 512 + random() % 12 + 505);
        if (random() % 2 == 0 && !table.full()) {
            if (table.insert(id, i) != model.emplace(id, i).second) FAIL("insert");
        } else {
            table.erase(id);
            model.erase(id);
        }
        if (table.size() != model.size()) FAIL("size");
        const auto found = model.find(id);
        if (table.find(id) != (found == model.end() ? detail::no_slot : found->second)) FAIL("find");
    }
    for (const auto& [id, slot] : model) CHECK(table.find(id) == slot);
    std::size_t drained = 0;
    table.drain([&](std::uint32_t) { ++drained; });
    CHECK(drained == model.size());
    CHECK(table.size() == 0);
}

TEST_CASE("a question is written as it would be in a message", "[dns][bulk]") {
    for (const char* name :
         {"a.test", "A.tEST.", "_x-1.y.z", ".", "\\097\\.b.test", "a1", "*.test", "x.1a"}) {
        CAPTURE(name);
        detail::wire_question question;
        std::string normal;
        REQUIRE(!question.assign(name, normal));
        question.set_type(record_type::mx);
        std::vector<std::uint8_t> query;
        REQUIRE(!dns::wire::append_query(7, dns::question(normal, record_type::mx), {}, query));
        query[2] |= 0x80;
        CHECK(question.repeated_by(query) == detail::wire_question::echo::exact);
        CHECK(dns::wire::equal_names(normal, dns::wire::decode_message(query)->questions.front().name));
        if (normal.find_first_of("abcxyz") == normal.npos) continue;
        for (auto& byte : query)
            byte = byte >= 'a' && byte <= 'z' ? static_cast<std::uint8_t>(byte - 32) : byte;
        CHECK(question.repeated_by(query) == detail::wire_question::echo::other_case);
        query.back() = 0;
        query[13] ^= 1;
        CHECK(question.repeated_by(query) == detail::wire_question::echo::none);
    }
}

TEST_CASE("a reply is no repetition at any truncation, nor with another type or class", "[dns][bulk]") {
    detail::wire_question question;
    std::string normal;
    REQUIRE(!question.assign("abc.test", normal));
    question.set_type(record_type::a);
    dns::query_form form;
    form.udp_size = 0;
    std::vector<std::uint8_t> query;
    REQUIRE(!dns::wire::append_query(7, dns::question(normal), form, query));
    for (std::size_t size = detail::wire_question::header_size; size < query.size(); ++size)
        CHECK(question.repeated_by(dragline::byte_view(query).first(size)) ==
              detail::wire_question::echo::none);
    CHECK(question.repeated_by(query) == detail::wire_question::echo::exact);
    for (const std::size_t at : {query.size() - 1, query.size() - 3, std::size_t{5}}) {
        auto other = query;
        other[at] ^= 3;
        CHECK(question.repeated_by(other) == detail::wire_question::echo::none);
    }
}

TEST_CASE("the quick reader of answers says what the slow one says", "[dns][bulk]") {
    const dns::question asked("www.a.test");
    auto reply = dns::wire::make_response(dns::wire::make_query(1, asked));
    reply.answers.emplace_back(asked.name, 60, dns::a_record{{192, 0, 2, 1}});
    reply.answers.emplace_back(asked.name, 0x80000001u, dns::a_record{{192, 0, 2, 2}});
    reply.authentic_data = true;
    CHECK(agrees(*dns::wire::encode_message(reply), asked));
    reply.extension.reset();
    reply.authoritative = true;
    CHECK(agrees(*dns::wire::encode_message(reply), asked));

    const dns::question asked6("www.a.test", record_type::aaaa);
    auto reply6 = dns::wire::make_response(dns::wire::make_query(1, asked6));
    reply6.answers.emplace_back(asked.name, 60, dns::aaaa_record{{1, 2, 3}});
    CHECK(agrees(*dns::wire::encode_message(reply6), asked6));

    for (const auto code : {dns::rcode::no_error, dns::rcode::name_not_found}) {
        for (const char* zone : {"www.a.test", "a.test", "test", "."}) {
            auto none = dns::wire::make_response(dns::wire::make_query(1, asked), code);
            none.authorities.emplace_back(zone, 60, dns::soa_record("ns.a.test", "admin.b.example", 30));
            CHECK(agrees(*dns::wire::encode_message(none), asked));
            none.authorities.front().ttl = 20;
            none.extension.reset();
            CHECK(agrees(*dns::wire::encode_message(none), asked));
        }
    }

    // These are for the other one.
    auto other = dns::wire::make_response(dns::wire::make_query(1, asked), dns::rcode::name_not_found);
    other.authorities.emplace_back("b.test", 60, dns::soa_record("ns.a.test", "admin.b.example", 30));
    CHECK(!agrees(*dns::wire::encode_message(other), asked));
    reply.answers.emplace_back("www.b.test", 60, dns::a_record{{192, 0, 2, 1}});
    CHECK(!agrees(*dns::wire::encode_message(reply), asked));
    reply.answers.clear();
    CHECK(!agrees(*dns::wire::encode_message(reply), asked));
    reply.answers.emplace_back(asked.name, 60, dns::cname_record("a.test"));
    CHECK(!agrees(*dns::wire::encode_message(reply), asked));
    reply6.code = dns::rcode::bad_version;
    CHECK(!agrees(*dns::wire::encode_message(reply6), asked6));
    reply6.code = dns::rcode::server_failure;
    CHECK(!agrees(*dns::wire::encode_message(reply6), asked6));
}

TEST_CASE("the quick reader agrees with the slow one on every damaged reply that it takes", "[dns][bulk]") {
    std::mt19937 random(11);
    std::size_t taken = 0;
    const bool negative = GENERATE(false, true);
    for (const auto type : {record_type::a, record_type::aaaa}) {
        const dns::question asked("www.a.test", type);
        auto reply = dns::wire::make_response(dns::wire::make_query(1, asked));
        for (std::uint8_t i = 0; i < 3; ++i) {
            if (type == record_type::a) {
                reply.answers.emplace_back(asked.name, 60, dns::a_record{{192, 0, 2, i}});
            } else {
                reply.answers.emplace_back(asked.name, 60, dns::aaaa_record{{i}});
            }
        }
        auto none = dns::wire::make_response(dns::wire::make_query(1, asked), dns::rcode::name_not_found);
        none.authorities.emplace_back("a.test", 60, dns::soa_record("ns.a.test", "admin.b.example", 30));
        const auto whole = *dns::wire::encode_message(negative ? none : reply);
        for (std::size_t size = 0; size <= whole.size(); ++size)
            taken +=
                agrees({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}, asked) ? 1 : 0;
        CHECK(taken > 0);
        for (int i = 0; i < 20'000; ++i) {
            auto damaged = whole;
            for (std::size_t n = random() % 3 + 1; n > 0; --n)
                damaged[random() % damaged.size()] =
                    static_cast<std::uint8_t>(random() % 4 == 0 ? random() : random() % 3);
            taken += agrees(damaged, asked) ? 1 : 0;
        }
    }
    CHECK(taken > 1000);
}
