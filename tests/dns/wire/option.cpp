#include <dragline/dns/wire/option.hpp>

#include <dragline/dns/wire/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dns = dragline::dns;
namespace wire = dragline::dns::wire;
using bytes = std::vector<std::uint8_t>;
using dragline::byte_view;
using wire::option_code;

namespace {

bytes query(const std::string& name, std::uint16_t udp_size = 1232, bytes before = {}) {
    dns::query_form form;
    form.udp_size = udp_size;
    form.dnssec_ok = udp_size != 0;
    REQUIRE(!wire::append_query(7, dns::question(name), form, before));
    return before;
}

}  // namespace

TEST_CASE("an option is appended to a query, and found again", "[dns][wire][option]") {
    auto text = query("a.test");
    const bytes cookie{1, 2, 3, 4, 5, 6, 7, 8};
    REQUIRE(wire::append_option(text, 0, option_code::tcp_keepalive));
    REQUIRE(wire::append_option(text, 0, option_code::cookie, cookie));
    const auto message = wire::decode_message(text).value();
    REQUIRE(message.extension);
    CHECK(message.extension->dnssec_ok);
    CHECK(message.extension->options == bytes{0, 11, 0, 0, 0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8});

    const auto found = wire::find_option(message.extension->options, option_code::cookie);
    REQUIRE(found);
    CHECK(bytes(found->begin(), found->end()) == cookie);
    const auto empty = wire::find_option(message.extension->options, option_code::tcp_keepalive);
    REQUIRE(empty);
    CHECK(empty->empty());
    CHECK_FALSE(wire::find_option(message.extension->options, option_code::padding));
}

TEST_CASE("a padded query is a multiple of the block, whatever the length of its name",
          "[dns][wire][option]") {
    for (const std::size_t block : {1u, 2u, 128u, 468u}) {
        std::string name = "a";
        for (std::size_t size = 1; size <= 250; ++size) {
            const bytes before{9, 9};
            auto text = query(name, 1232, before);
            const auto plain = text.size() - before.size();
            REQUIRE(wire::pad_query(text, before.size(), block));
            const auto padded = text.size() - before.size();
            CHECK(padded % block == 0);
            CHECK(padded >= plain + 4);
            CHECK(padded < plain + 4 + block);
            const auto message = wire::decode_message(byte_view(text).subspan(before.size())).value();
            CHECK(message.questions.at(0).name == name);
            const auto padding = wire::find_option(message.extension->options, option_code::padding);
            REQUIRE(padding);
            CHECK(padding->size() == padded - plain - 4);
            CHECK(bytes(padding->begin(), padding->end()) == bytes(padding->size()));
            name += size % 50 == 49 ? '.' : 'a';
            if (name.back() == '.') name += 'b', ++size;
        }
    }
}

TEST_CASE("what is no query with EDNS gets no option", "[dns][wire][option]") {
    auto without = query("a.test", 0);
    const auto kept = without;
    CHECK_FALSE(wire::append_option(without, 0, option_code::cookie));
    CHECK_FALSE(wire::pad_query(without, 0, 128));
    CHECK(without == kept);

    const auto whole = query("a.test");
    for (std::size_t size = 0; size < whole.size(); ++size) {
        bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        CHECK_FALSE(wire::append_option(cut, 0, option_code::cookie));
        CHECK(cut.size() == size);
    }
    auto longer = whole;
    longer.push_back(0);
    CHECK_FALSE(wire::append_option(longer, 0, option_code::cookie));
}

TEST_CASE("a query never grows beyond what a message may be", "[dns][wire][option]") {
    auto text = query("a.test");
    const bytes most(wire::max_message_size - text.size() - 4);
    const bytes more(most.size() + 1);
    CHECK_FALSE(wire::append_option(text, 0, option_code::padding, more));
    CHECK(wire::append_option(text, 0, option_code::padding, most));
    CHECK(text.size() == wire::max_message_size);
}

TEST_CASE("options that break off are not found", "[dns][wire][option]") {
    const bytes options{0, 11, 0, 2, 0, 100, 0, 12, 0, 1, 0};
    for (std::size_t size = 0; size <= options.size(); ++size) {
        const auto cut = byte_view(options).first(size);
        CHECK(wire::find_option(cut, option_code::tcp_keepalive).has_value() == (size >= 6));
        CHECK(wire::find_option(cut, option_code::padding).has_value() == (size == 11));
    }
}
