#include "../../examples/subdomains/name_source.hpp"
#include "../../examples/subdomains/word_source.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

using namespace subdomains;

namespace {

using texts = std::vector<std::string>;

struct word_list {
    explicit word_list(const std::string& text) : stream(text) {}

    texts words() {
        texts all;
        while (auto word = source.next()) all.push_back(*word);
        return all;
    }
    texts names(const texts& domains) {
        name_source names(source, domains);
        texts all;
        while (auto name = names.next()) all.push_back(*name);
        return all;
    }

    std::istringstream stream;
    texts places;
    texts problems;
    word_source source{stream, "list", [this](const std::string& place, const std::string& problem) {
                           places.push_back(place);
                           problems.push_back(problem);
                       }};
};

}  // namespace

TEST_CASE("words are trimmed and in lower case; blank lines and comments are none",
          "[examples][subdomains]") {
    word_list list("\xEF\xBB\xBFWWW\n\n  \t\r\n# a comment\n   # another\n mail # a third\r\nA.Dev\n_dmarc");
    CHECK(list.words() == texts{"www", "mail", "a.dev", "_dmarc"});
    CHECK(list.source.bad() == 0);
}

TEST_CASE("a line that is no word is reported with its number and does not stop the rest",
          "[examples][subdomains]") {
    word_list list("one\ntwo words\n\n.dot\ndot.\na..b\n*\n" + std::string(64, 'x') + "\ns\xC3\xBC" +
                   "d\ncaf\xE9\ntwo\n");
    CHECK(list.words() == texts{"one", "two"});
    CHECK(list.places ==
          texts{"list:2", "list:4", "list:5", "list:6", "list:7", "list:8", "list:9", "list:10"});
    CHECK(list.source.bad() == 8);
    for (const auto& each : list.problems) CHECK_FALSE(each.empty());
}

TEST_CASE("a bad word is shown without what would steer a terminal", "[examples][subdomains]") {
    word_list list("\x1b[2Jevil\n");
    CHECK(list.words().empty());
    REQUIRE(list.problems.size() == 1);
    CHECK(list.problems[0].find('\x1b') == std::string::npos);
}

TEST_CASE("a line of words may be as long as the limit and no longer", "[examples][subdomains]") {
    const auto line = "www #" + std::string(longest_line - 5, 'x');
    CHECK(word_list(line).words() == texts{"www"});
    CHECK(word_list(line + "\r\n").words() == texts{"www"});
    word_list longer(line + "x\nmail\n");
    CHECK(longer.words() == texts{"mail"});
    CHECK(longer.problems == texts{"longer than 1024 bytes"});
    word_list huge(std::string(1'000'000, 'x') + "\nmail");
    CHECK(huge.words() == texts{"mail"});
}

TEST_CASE("an empty list and one of NUL bytes have no words", "[examples][subdomains]") {
    CHECK(word_list("").words().empty());
    word_list list(std::string(100, '\0'));
    CHECK(list.words().empty());
    CHECK(list.source.bad() == 1);
}

TEST_CASE("each word goes below each domain", "[examples][subdomains]") {
    word_list list("www\nmail\n");
    CHECK(list.names({"a.test", "b.test"}) ==
          texts{"www.a.test", "www.b.test", "mail.a.test", "mail.b.test"});
}

TEST_CASE("a name may be as long as the limit and no longer", "[examples][subdomains]") {
    const auto label = std::string(63, 'x');
    const auto domain = label + '.' + label + '.' + label;  // 191 characters
    const auto longest = std::string(61, 'y');
    word_list list(longest + '\n' + longest + "y\nwww\n");
    CHECK(list.names({domain, "b.test"}) == texts{longest + '.' + domain, longest + ".b.test",
                                                  longest + "y.b.test", "www." + domain, "www.b.test"});
    CHECK(list.places == texts{"list:2"});
}

TEST_CASE("names are left out as they are counted", "[examples][subdomains]") {
    for (std::uint64_t count = 0; count <= 4; ++count) {
        word_list list("www\nbad word\nmail\n");
        name_source names(list.source, {"a.test", "b.test"});
        const texts all = {"www.a.test", "www.b.test", "mail.a.test", "mail.b.test"};
        CHECK(names.skip(count));
        CHECK(names.has_next() == (count < 4));
        CHECK(names.has_next() == (count < 4));
        for (auto at = count; at < 4; ++at) CHECK(names.next() == all[at]);
        CHECK_FALSE(names.next());
        CHECK_FALSE(names.has_next());
    }
    word_list list("www\n");
    CHECK_FALSE(name_source(list.source, {"a.test", "b.test"}).skip(3));
}

TEST_CASE("the parent of a name is what stands behind its first dot", "[examples][subdomains]") {
    CHECK(parent_of("a.b.test") == "b.test");
    CHECK(parent_of("test").empty());
    CHECK(parent_of("").empty());
}
