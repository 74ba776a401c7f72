#include <dragline/dns/hosts_file.hpp>

#include <catch2/catch_test_macros.hpp>

#include "temporary_file.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace dns = dragline::dns;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> addresses(const dns::hosts_table& table, std::string_view name) {
    std::vector<std::string> texts;
    for (const auto& address : table.addresses_of(name)) texts.push_back(address.to_string());
    return texts;
}

std::vector<std::string> names(const dns::hosts_table& table, const char* address) {
    const auto found = table.names_of(asio::ip::make_address(address));
    return {found.begin(), found.end()};
}

using list = std::vector<std::string>;
const std::chrono::steady_clock::time_point start{};

}  // namespace

TEST_CASE("a hosts file maps names to addresses and back", "[dns][hosts_file]") {
    const auto table = dns::hosts_table::parse(
        "127.0.0.1\tlocalhost\n"
        "::1 localhost ip6-localhost\r\n"
        "  # a comment\n"
        "\n"
        "192.0.2.1 web.example.org web WWW # the web server\n"
        "192.0.2.2   web.example.org\n"
        "192.0.2.1 web.example.org other");
    CHECK(addresses(table, "localhost") == list{"127.0.0.1", "::1"});
    CHECK(addresses(table, "web.example.org") == list{"192.0.2.1", "192.0.2.2"});
    CHECK(addresses(table, "web") == list{"192.0.2.1"});
    CHECK(addresses(table, "www") == list{"192.0.2.1"});
    CHECK(addresses(table, "the").empty());
    CHECK(addresses(table, "missing").empty());
    CHECK(names(table, "192.0.2.1") == list{"web.example.org", "web", "www", "other"});
    CHECK(names(table, "::1") == list{"localhost", "ip6-localhost"});
    CHECK(names(table, "192.0.2.9").empty());
    CHECK(table.size() == 6);
    CHECK(table.bad_lines() == 0);
}

TEST_CASE("bad lines of a hosts file are counted and lose nothing else", "[dns][hosts_file]") {
    const auto table = dns::hosts_table::parse(
        "not-an-address name\n"
        "192.0.2.1\n"
        "192.0.2.2 good bad!name also-good\n"
        "192.0.2.3.4 name\n" +
        std::string(100'000, 'x') + "\n192.0.2.5 last");
    CHECK(table.bad_lines() == 5);
    CHECK(addresses(table, "good") == list{"192.0.2.2"});
    CHECK(addresses(table, "also-good") == list{"192.0.2.2"});
    CHECK(addresses(table, "last") == list{"192.0.2.5"});
    CHECK(table.size() == 3);
}

TEST_CASE("a hosts file of every length is read", "[dns][hosts_file]") {
    const std::string text = "192.0.2.1 a b\r\n::1 c # d\n\n#";
    for (std::size_t size = 0; size <= text.size(); ++size) {
        const auto table = dns::hosts_table::parse(text.substr(0, size));
        CHECK(table.size() <= 3);
    }
}

TEST_CASE("the addresses of one name and the names of one address are bounded", "[dns][hosts_file]") {
    constexpr auto limit = dns::hosts_table::max_per_entry;
    std::string many_addresses;
    std::string many_names;
    for (std::size_t i = 0; i <= limit; ++i) {
        many_addresses += "10.0.0." + std::to_string(i) + " name\n";
        many_names += "192.0.2.1 name" + std::to_string(i) + "\n";
    }
    CHECK(dns::hosts_table::parse(many_addresses).addresses_of("name").size() == limit);
    const auto table = dns::hosts_table::parse(many_names);
    CHECK(table.names_of(asio::ip::make_address("192.0.2.1")).size() == limit);
    CHECK(table.size() == limit + 1);
}

TEST_CASE("a hosts file is read again when it has changed", "[dns][hosts_file]") {
    dragline::test::temporary_file file("192.0.2.1 name\n");
    dns::hosts_file hosts(file.path());
    CHECK(addresses(hosts.table(start), "name") == list{"192.0.2.1"});

    file.write("192.0.2.22 name\n");
    CHECK(addresses(hosts.table(start + 999ms), "name") == list{"192.0.2.1"});  // not looked at again so soon
    CHECK(addresses(hosts.table(start + 1s), "name") == list{"192.0.2.22"});

    file.remove();
    CHECK(hosts.table(start + 2s).size() == 0);
    file.write("192.0.2.3 name\n");
    CHECK(addresses(hosts.table(start + 3s), "name") == list{"192.0.2.3"});
}

TEST_CASE("a hosts file that is missing or a folder is empty", "[dns][hosts_file]") {
    CHECK(dns::hosts_file("/nonexistent/hosts").table(start).size() == 0);
    CHECK(dns::hosts_file("/").table(start).size() == 0);
}

TEST_CASE("of a large hosts file the whole lines within the limit count", "[dns][hosts_file]") {
    const std::string text = "192.0.2.1 first\n192.0.2.2 second\n";
    dragline::test::temporary_file file(text);
    dns::hosts_file fits(file.path(), text.size());
    CHECK(fits.table(start).size() == 2);
    dns::hosts_file cut(file.path(), text.size() - 1);
    CHECK(cut.table(start).size() == 1);
    CHECK(addresses(cut.table(start), "first") == list{"192.0.2.1"});
}

TEST_CASE("a byte of zero ends no address early", "[dns][hosts_file]") {
    const auto table = dns::hosts_table::parse(std::string_view("192.0.2.1\0x a.test\n", 19));
    CHECK(table.size() == 0);
    CHECK(table.bad_lines() == 1);
}
