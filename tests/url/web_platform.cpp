// The URL tests of web-platform-tests: 891 URLs and 87 domain names. All 978 pass with libidn2 2.3.3
// and 2.3.8, so there is no list of exceptions. Without libidn2, the hosts outside ASCII are refused as
// errc::idna_not_supported, those that have no ASCII form anyway included; everything else passes.
#include <dragline/core/features.hpp>
#include <dragline/url/idna.hpp>
#include <dragline/url/parse.hpp>

#include <support/json_reader.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

using dragline::test::json;
namespace url = dragline::url;

namespace {

std::filesystem::path vectors_folder() {
#if defined(DRAGLINE_WPT_DIR)
    return DRAGLINE_WPT_DIR;
#else
    if (const char* folder = std::getenv("DRAGLINE_WPT_DIR")) return folder;
#if defined(DRAGLINE_SOURCE_DIR)
    return std::filesystem::path(DRAGLINE_SOURCE_DIR) / "../shared/data/wpt";
#else
    return "../shared/data/wpt";
#endif
#endif
}

// The test objects of a file; its strings are comments. Skips the test where the folder is absent.
std::vector<json> load(const char* name) {
    const auto path = vectors_folder() / name;
    if (!std::filesystem::exists(path)) {
        const char* ci = std::getenv("CI");
        if (ci && std::string_view(ci) == "true") FAIL("no test vectors at " << path);
        SKIP("skipped: no test vectors at " << path);
    }
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const json document = dragline::test::json_reader(text).read();
    std::vector<json> cases;
    std::copy_if(document.items().begin(), document.items().end(), std::back_inserter(cases),
                 [](const json& item) { return item.is_object(); });
    return cases;
}

dragline::result<url::url> parse(const json& test) {
    const auto& base = test["base"];
    if (base.is_null()) return url::parse(test["input"].text());
    const auto parsed = url::parse(base.text());
    return parsed ? url::parse(test["input"].text(), *parsed) : parsed;
}

std::string after(char mark, std::optional<std::string_view> part) {
    return part && !part->empty() ? mark + std::string(*part) : std::string();
}

// What differs from the expectation, or nothing.
std::string difference(const json& test, const url::url& got) {
    const std::pair<const char*, std::string> fields[] = {
        {"href", got.href()},
        {"protocol", std::string(got.scheme()) + ':'},
        {"username", std::string(got.username())},
        {"password", std::string(got.password())},
        {"host", std::string(got.host())},
        {"hostname", std::string(got.hostname())},
        {"port", got.port() ? std::to_string(*got.port()) : std::string()},
        {"pathname", std::string(got.path())},
        {"search", after('?', got.query())},
        {"hash", after('#', got.fragment())},
        {"origin", got.origin()},
    };
    for (const auto& [name, value] : fields) {
        const auto& expected = test[name];
        if (expected.is_text() && expected.text() != value) return std::string(name) + " is " + value;
    }
    return {};
}

// A build without libidn2 refuses every host outside ASCII: the one difference that it may make.
bool needs_idna(const dragline::result<url::url>& got) {
    return !dragline::features::idn2 && got.error() == url::errc::idna_not_supported;
}

}  // namespace

TEST_CASE("parses every URL of web-platform-tests", "[url][wpt]") {
    const auto cases = load("urltestdata.json");
    std::size_t without_idna = 0;
    for (const auto& test : cases) {
        const bool expect_failure = !test["failure"].is_null();
        const auto got = parse(test);
        INFO("input " << test["input"].text() << ", base "
                      << (test["base"].is_null() ? "none" : test["base"].text()));
        if (needs_idna(got)) {
            without_idna += !expect_failure;
            continue;
        }
        CHECK(got.has_value() == !expect_failure);
        if (got && !expect_failure) CHECK(difference(test, *got) == "");
    }
    CHECK(cases.size() == 891);
    CHECK(without_idna == (dragline::features::idn2 ? 0 : 13));
}

TEST_CASE("parses the same URL again from its serialisation, for every URL of web-platform-tests",
          "[url][wpt]") {
    for (const auto& test : load("urltestdata.json")) {
        const auto got = parse(test);
        if (!got) continue;
        const auto again = url::parse(got->href());
        CAPTURE(got->href());
        CHECK((again && *again == *got));
    }
}

TEST_CASE("converts every domain name of web-platform-tests", "[url][wpt]") {
    const auto cases = load("toascii.json");
    std::vector<std::string> wrong;
    std::size_t without_idna = 0;
    for (const auto& test : cases) {
        const std::string& name = test["input"].text();
        const auto& expected = test["output"];
        const auto got = url::parse("https://" + name + "/x");
        const std::string host(got->hostname());
        CAPTURE(name, host, got.error());
        if (needs_idna(got)) {
            without_idna += !expected.is_null();
            continue;
        }
        if (expected.is_null() ? got.has_value() : host != expected.text()) wrong.push_back(name);
    }
    CHECK(wrong == std::vector<std::string>{});
    CHECK(cases.size() == 87);
    CHECK(without_idna == (dragline::features::idn2 ? 0 : 45));
}
