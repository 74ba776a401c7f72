#include <dragline/dns/wildcards/wildcard_canary.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <set>
#include <string>

namespace dns = dragline::dns;

namespace {

class repeating final : public dragline::async::random_source {
public:
    result_type operator()() override { return 4; }
};

}  // namespace

TEST_CASE("one canary follows so many names of a run", "[dns][wildcard_canary]") {
    dns::wildcard_canary canary("a.test", 3);
    std::size_t canaries = 0;
    for (int name = 1; name <= 9; ++name) {
        const auto made = canary.next();
        CHECK(made.has_value() == (name % 3 == 0));
        canaries += made ? 1 : 0;
    }
    CHECK(canaries == 3);
    dns::wildcard_canary always("a.test", 0);
    CHECK(always.next());
    CHECK(always.next());
}

TEST_CASE("canaries are never the same, in lower case, of all shapes", "[dns][wildcard_canary]") {
    dns::wildcard_canary canary("a.test");
    std::set<std::string> names;
    bool letters = false, words = false, digits = false, mixed = false;
    for (int i = 0; i < 400; ++i) {
        const auto name = canary.fresh();
        REQUIRE(name.ends_with(".a.test"));
        const auto label = name.substr(0, name.size() - 7);
        CHECK(names.insert(label).second);
        CHECK(label.size() >= 12);
        CHECK(label.size() <= 24);
        CHECK(label.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == label.npos);
        const bool has_digit = label.find_first_of("0123456789") != label.npos;
        const bool has_letter = label.find_first_of("abcdefghijklmnopqrstuvwxyz") != label.npos;
        const bool has_hyphen = label.find('-') != label.npos;
        words |= has_hyphen && !has_digit && std::count(label.begin(), label.end(), '-') == 3;
        digits |= has_digit && !has_letter;
        letters |= has_letter && !has_digit && !has_hyphen;
        mixed |= has_letter && has_digit;
    }
    CHECK((letters && words && digits && mixed));
}

TEST_CASE("a random source that repeats itself makes poor canaries, but no endless loop",
          "[dns][wildcard_canary]") {
    repeating poor;
    dns::wildcard_canary canary("a.test", 1, poor);
    for (int i = 0; i < 20; ++i) CHECK(canary.next());
}
