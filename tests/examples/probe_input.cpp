#include "../../examples/probe/input.hpp"

#include <catch2/catch_test_macros.hpp>

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using probe::input;

namespace {

input read(const std::string& text) {
    input hosts;
    std::istringstream from(text);
    hosts.read_lines("list", from);
    return hosts;
}

std::vector<std::string> hosts_of(const input& from) {
    std::vector<std::string> all;
    for (const auto& one : from.targets()) all.push_back(one.host);
    return all;
}

using texts = std::vector<std::string>;

}  // namespace

TEST_CASE("blank lines and comments name nothing", "[examples][probe]") {
    const auto hosts = read("\n  \t\r\n# a comment\n   # another\nexample.com # a third\r\n\n\n");
    CHECK(hosts_of(hosts) == texts{"example.com"});
    CHECK(hosts.bad_lines().empty());
}

TEST_CASE("a # inside a URL begins no comment", "[examples][probe]") {
    const auto hosts = read("http://example.com/a#b\n");
    REQUIRE(hosts.targets().size() == 1);
    CHECK(hosts.targets()[0].url.href() == "http://example.com/a");
    CHECK(hosts.targets()[0].text == "http://example.com/a#b");
}

TEST_CASE("a bad line is reported with its number and does not stop the rest", "[examples][probe]") {
    const auto hosts =
        read("one.example\nbad host\n\nhttp://\nftp://example.com/\na..b\nuser@host\ntwo.example");
    CHECK(hosts_of(hosts) == texts{"one.example", "two.example"});
    REQUIRE(hosts.bad_lines().size() == 5);
    CHECK(hosts.bad_lines()[0].place == "list:2");
    CHECK(hosts.bad_lines()[1].place == "list:4");
    CHECK(hosts.bad_lines()[4].place == "list:7");
    for (const auto& bad : hosts.bad_lines()) CHECK_FALSE(bad.problem.empty());
}

TEST_CASE("a line of 100 kB is one bad line", "[examples][probe]") {
    const auto hosts = read("one.example\n" + std::string(100'000, 'x') + "\ntwo.example\n");
    CHECK(hosts_of(hosts) == texts{"one.example", "two.example"});
    REQUIRE(hosts.bad_lines().size() == 1);
    CHECK(hosts.bad_lines()[0].place == "list:2");
    CHECK(hosts.bad_lines()[0].problem == "longer than 8192 bytes");
}

TEST_CASE("a line may be as long as the limit and no longer", "[examples][probe]") {
    const std::string begin = "http://example.com/";
    const auto line = begin + std::string(probe::longest_line - begin.size(), 'a');
    CHECK(read(line).targets().size() == 1);
    CHECK(read(line + "\r\n").targets().size() == 1);
    CHECK(read(line + "a").bad_lines().size() == 1);
    CHECK(read(line + "a\n").bad_lines().size() == 1);
}

TEST_CASE("a bad line is shown without what would steer a terminal", "[examples][probe]") {
    const auto hosts = read("\x1b[2Jevil host\x9b\n");
    REQUIRE(hosts.bad_lines().size() == 1);
    CHECK(hosts.bad_lines()[0].problem.find('\x1b') == std::string::npos);
    CHECK(hosts.bad_lines()[0].problem.find('\x9b') == std::string::npos);
}

TEST_CASE("NUL bytes and a missing line end are no trouble", "[examples][probe]") {
    const auto hosts = read(std::string("a\0b\nexample.com", 15));
    CHECK(hosts_of(hosts) == texts{"example.com"});
    CHECK(hosts.bad_lines().size() == 1);
}

TEST_CASE("a byte order mark is no part of the first line", "[examples][probe]") {
    CHECK(hosts_of(read("\xEF\xBB\xBF"
                        "example.com\n")) == texts{"example.com"});
}

TEST_CASE("hosts come in one spelling", "[examples][probe]") {
    CHECK(hosts_of(
              read("Example.COM.\n192.0.2.1\n2001:DB8::1\n[2001:db8::1]\n0x7f.1\nhttps://[::1]:8443/x\n")) ==
          texts{"example.com", "192.0.2.1", "2001:db8::1", "2001:db8::1", "127.0.0.1", "::1"});
}

TEST_CASE("an address has no parent and a name has the domain above it", "[examples][probe]") {
    const auto hosts = read("www.example.com\nlocalhost\n192.0.2.1\n");
    REQUIRE(hosts.targets().size() == 3);
    CHECK(hosts.targets()[0].parent() == "example.com");
    CHECK(hosts.targets()[1].parent().empty());
    CHECK(hosts.targets()[2].parent().empty());
}

TEST_CASE("a host becomes the authority of a URL", "[examples][probe]") {
    const auto hosts = read("example.com\n2001:db8::1\n");
    REQUIRE(hosts.targets().size() == 2);
    CHECK(hosts.targets()[0].authority(80) == "example.com:80");
    CHECK(hosts.targets()[1].authority(443) == "[2001:db8::1]:443");
}

TEST_CASE("an empty list gives nothing and no error", "[examples][probe]") {
    for (const std::string_view text : {"", "\n", "\n\n#\n"}) {
        CHECK(read(std::string(text)).targets().empty());
        CHECK(read(std::string(text)).bad_lines().empty());
    }
}
