#include <dragline/dns/detail/ares_sockets.hpp>

#include <catch2/catch_test_macros.hpp>

#include "dns/bulk_lab.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <system_error>
#include <utility>
#include <vector>

namespace dns = dragline::dns;
using namespace dragline::test;
using dns::errc;
using dns::detail::append_with_question;
using dragline::testing::dns_query;
using dragline::testing::dns_reply;
using dragline::testing::dns_transport;
using bytes = std::vector<std::uint8_t>;

namespace {

constexpr std::uint8_t refused = 5;

struct one_question : dns::detail::asked_questions {
    bytes question{1, 'a', 0, 0, 1, 0, 1};
    dragline::byte_view question_of(std::uint16_t id) const noexcept override {
        return id == 0x1234 ? dragline::byte_view(question) : dragline::byte_view();
    }
};

bytes header(std::uint8_t rcode, std::uint8_t additional = 0) {
    return {0x12, 0x34, 0x80, rcode, 0, 0, 0, 0, 0, 0, 0, additional};
}

dns_reply header_only(const dns_query& query) {
    bytes reply(query.bytes.begin(), query.bytes.begin() + 12);
    reply[2] = 0x80;
    reply[3] = refused;
    std::fill(reply.begin() + 4, reply.end(), std::uint8_t{0});
    return dns_reply().raw(std::move(reply));
}

}  // namespace

TEST_CASE("a refusal without question gets the one of its id, and keeps what follows",
          "[dns][ares_sockets]") {
    const one_question asked;
    bytes out{9};
    REQUIRE(append_with_question(header(refused), asked, out));
    CHECK(out == bytes{9, 0x12, 0x34, 0x80, refused, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 0, 0, 1, 0, 1});

    auto with_extension = header(refused, 1);
    const bytes extension{0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0};
    with_extension.insert(with_extension.end(), extension.begin(), extension.end());
    out.clear();
    REQUIRE(append_with_question(with_extension, asked, out));
    CHECK(out.size() == 12 + 7 + extension.size());
    CHECK(bytes(out.end() - 11, out.end()) == extension);

    // The length before a message on TCP holds no more than this.
    auto long_reply = header(refused, 1);
    long_reply.resize(65'535 - 7);
    CHECK(append_with_question(long_reply, asked, out));
    long_reply.resize(65'535 - 6);
    CHECK(!append_with_question(long_reply, asked, out));
}

TEST_CASE("what is no refusal, or of an unknown id, stays as it came", "[dns][ares_sockets]") {
    const one_question asked;
    bytes out;
    const auto same = [&](bytes reply) { return !append_with_question(reply, asked, out) && out.empty(); };
    CHECK(same(header(0)));  // no error, no question, no answer: makes no sense
    CHECK(same(header(3)));
    auto query = header(refused);
    query[2] = 0;
    CHECK(same(query));
    auto other = header(refused);
    other[0] = 0;
    CHECK(same(other));
    for (const std::size_t count : {5u, 7u, 9u}) {
        auto counted = header(refused);
        counted[count] = 1;
        CHECK(same(counted));
    }
    for (std::size_t size = 0; size < 12; ++size) {
        auto part = header(refused);
        part.resize(size);
        CHECK(same(part));
    }
}

TEST_CASE("a refusal that is only a header is a refusal on every c-ares, over UDP and TCP",
          "[dns][ares_sockets]") {
    dns_lab lab;
    lab.server.on_query(header_only);
    CHECK(lab.error("a.test", lab.options().tries(1)) == errc::refused);
    CHECK(lab.error("a.test", lab.options().tries(1).tcp_only(true)) == errc::refused);
    CHECK(lab.server.query_count(dns_transport::tcp) > 0);

    // Truncated at first, and refused over TCP.
    lab.server.on_query([](const dns_query& query) {
        return query.transport == dns_transport::tcp ? header_only(query) : dns_reply().truncated();
    });
    CHECK(lab.error("b.test", lab.options().tries(1)) == errc::refused);
}

TEST_CASE("refusals and answers of many questions at once are told apart, over UDP and TCP",
          "[dns][ares_sockets]") {
    bulk_lab lab;
    lab.server.on_query([](const dns_query& query) {
        return query.name()[1] % 2 == 0 ? header_only(query)
                                        : dns_reply().answer(record_type::a, {"192.0.2.1"});
    });
    for (const bool tcp : {false, true}) {
        CAPTURE(tcp);
        dns::query_form form;
        form.tcp = tcp;
        const auto names = numbered(300);
        const auto outcome = lab.resolve_all(names, lab.bulk().tries(1).form(form).drop_bad_servers(false));
        for (const auto& [index, each] : outcome.by_index()) {
            const bool refuses = names[index][1] % 2 == 0;
            CHECK(each.error() == (refuses ? make_error_code(errc::refused) : std::error_code()));
        }
        CHECK(outcome.answers.size() == 300);
    }
}
