#include <dragline/http/fan_out/robots.hpp>

#include "../../support/http_client.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

using namespace std::chrono_literals;
using dragline::test::http_client;
using dragline::test::kept_completion;
using dragline::test::run_until;
using dragline::testing::ending;
using dragline::testing::http_framing;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace http = dragline::http;
using http::robots_limits;
using http::robots_rules;

namespace {

bool allowed(std::string_view file, std::string_view target, std::string_view robot = "examplebot") {
    return robots_rules::parse(file, robot).allows(target);
}

// Whether one rule, a Disallow, fits.
bool rule_fits(const std::string& rule, std::string_view target) {
    return !allowed("User-agent: *\nDisallow: " + rule, target);
}

}  // namespace

TEST_CASE("a robot is told by the groups that name it, or by those of all", "[http][robots]") {
    const std::string file =
        "User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n\n"
        "User-Agent: foobot\nDisallow:/\nAllow:/example/page.html\nAllow:/example/allowed.gif\n\n"
        "User-Agent: barbot\nUser-Agent: bazbot\nDisallow: /example/page.html\n\n"
        "User-Agent: quxbot\n";
    CHECK_FALSE(allowed(file, "/a.gif"));
    CHECK(allowed(file, "/a.gif2"));
    CHECK_FALSE(allowed(file, "/example/x"));
    CHECK(allowed(file, "/publications/"));
    CHECK_FALSE(allowed(file, "/publications", "FooBot/2.1"));
    CHECK(allowed(file, "/example/page.html", "foobot"));
    CHECK(allowed(file, "/example/allowed.gif", "FOOBOT"));
    for (const auto* robot : {"barbot", "bazbot"}) {
        CHECK_FALSE(allowed(file, "/example/page.html", robot));
        CHECK(allowed(file, "/example/other", robot));
    }
    CHECK(allowed(file, "/example/page.html", "quxbot"));
    CHECK_FALSE(
        allowed("User-agent: a\nDisallow: /x\nUser-agent: b\nUser-agent: a\nDisallow: /y", "/y", "a"));
    CHECK_FALSE(allowed("User-agent: a\nDisallow: /x\nUser-agent: A/9\nDisallow: /y", "/x", "a"));
    CHECK(allowed("User-agent: ab\nDisallow: /", "/", "a"));
    CHECK(allowed("Disallow: /", "/"));
    CHECK(allowed("", "/"));
    CHECK(allowed("User-agent: *\nDisallow: /", "/robots.txt"));
}

TEST_CASE("the longest rule counts, and of two as long the one that allows", "[http][robots]") {
    CHECK(allowed("User-agent:*\nDisallow:/a\nAllow:/a", "/a"));
    CHECK(allowed("User-agent:*\nAllow:/a/b\nDisallow:/a", "/a/b"));
    CHECK_FALSE(allowed("User-agent:*\nAllow:/a\nDisallow:/a/b", "/a/b"));
    CHECK_FALSE(allowed("User-agent:*\nAllow:/p\nDisallow:/*.html", "/page.html"));
    CHECK(allowed("User-agent:*\nAllow:/$\nDisallow:/", "/"));
    CHECK_FALSE(allowed("User-agent:*\nAllow:/$\nDisallow:/", "/page.htm"));
    CHECK(allowed("User-agent:*\nDisallow:", "/"));
}

TEST_CASE("a rule may have stars and an end, and escapes are compared for what they mean", "[http][robots]") {
    CHECK(rule_fits("/fish", "/fish.html"));
    CHECK_FALSE(rule_fits("/fish", "/Fish"));
    CHECK(rule_fits("/fish*", "/fishes"));
    CHECK(rule_fits("/*.php", "/folder/x.php?a"));
    CHECK_FALSE(rule_fits("/*.php$", "/x.php?a"));
    CHECK(rule_fits("/*.php$", "/a.php/b.php"));
    CHECK(rule_fits("/fish*.php", "/fishheads/catfish.php?x"));
    CHECK(rule_fits("/a$", "/a"));
    CHECK_FALSE(rule_fits("/a$", "/ab"));
    CHECK(rule_fits("/a$b", "/a$bc"));
    CHECK(rule_fits("/*a*a$", "/aa"));
    CHECK_FALSE(rule_fits("/a*a$", "/a"));
    CHECK(rule_fits("fish", "/fish"));
    CHECK(rule_fits("/?q=", "/?q=1"));
    CHECK(rule_fits("/foo/bar?baz=quz", "/foo/bar?baz=quz"));
    CHECK(rule_fits("/foo/bar/\xe3\x83\x84", "/foo/bar/%E3%83%84"));
    CHECK(rule_fits("/foo/bar/%e3%83%84", "/foo/bar/%E3%83%84"));
    CHECK(rule_fits("/foo/bar/%62%61%7A", "/foo/bar/baz"));
    CHECK_FALSE(rule_fits("/a%2Fb", "/a/b"));
    CHECK(rule_fits("/a%2ab", "/a%2Ab"));
    CHECK_FALSE(rule_fits("/a%2Ab", "/axb"));
    CHECK(rule_fits("/%zz", "/%zz"));
}

TEST_CASE("a robots.txt is read whatever its line ends, marks, comments and errors", "[http][robots]") {
    CHECK_FALSE(allowed("\xef\xbb\xbfuser-AGENT : * # all\r\n\r\nDISALLOW :\t/a # b\r", "/a"));
    CHECK_FALSE(allowed("User-agent: *\rDisallow: /a\rAllow: /b", "/a"));
    CHECK_FALSE(allowed("User-agent: *\nSitemap: x\nnonsense\nUser-agent: b\nDisallow: /a", "/a"));
    CHECK(allowed("User-agent: *\nDisallow /a\nDis allow: /a\n: /a", "/a"));
    CHECK_FALSE(allowed(std::string("\0\xff\n", 3) + "User-agent: *\nDisallow: /", "/"));
    const auto rules = robots_rules::parse(
        "Sitemap: http://a/1\nUser-agent: *\nCrawl-delay: 1.5\nCrawl-delay: x\nDisallow: /a\nsitemap: b:c",
        "examplebot");
    CHECK(rules.crawl_delay() == 1500ms);
    CHECK(rules.sitemaps() == std::vector<std::string>{"http://a/1", "b:c"});
    CHECK(robots_rules::parse("User-agent: *\nCrawl-delay: 1e9", "a").crawl_delay() == std::nullopt);
    CHECK(robots_rules::parse("User-agent: *\nCrawl-delay: 999999999999", "a").crawl_delay() == 24h);
    CHECK(robots_rules::parse("User-agent: *\nCrawl-delay: -1", "a").crawl_delay() == std::nullopt);
}

TEST_CASE("of a large robots.txt the beginning counts", "[http][robots]") {
    const std::string file = "User-agent: *\nDisallow: /a\nDisallow: /b\n";
    const auto upto = [&](std::size_t size) {
        return robots_rules::parse(file, "x", robots_limits().max_size(size)).size();
    };
    CHECK(upto(file.size()) == 2);
    CHECK(upto(file.size() - 1) == 1);  // "/b" could go on
    CHECK(upto(0) == 0);
    CHECK(robots_rules::parse(file, "x", robots_limits().max_rules(1)).size() == 1);
    // Rules that make a naive comparison slow.
    std::string hard = "User-agent: *\n";
    while (hard.size() < 490'000) hard += "Disallow: /" + std::string(200, '*') + "a" + "*a*a*a*b$\n";
    const auto rules = robots_rules::parse(hard, "x");
    CHECK(rules.allows('/' + std::string(5000, 'a')));
}

TEST_CASE("what cannot be had as a robots.txt allows everything or nothing", "[http][robots]") {
    http_server server;
    http_client client;
    const auto fetch = [&](const std::string& site) {
        kept_completion<robots_rules> kept;
        http::fetch_robots(client.session, site, "examplebot", dragline::fetch_options().timeout(2s), kept);
        run_until(client.loop, [&] { return kept.done(); });
        if (kept.ec()) return kept.ec().message();
        return std::string(kept.value().allows("/private") ? "private " : "") +
               (kept.value().allows("/") ? "all" : "none");
    };
    const auto answer = [&](const http_reply& reply) {
        server.on("/robots.txt", reply);
        return fetch(server.url("/deep/page?x"));
    };
    const std::string file = "User-agent: *\nDisallow: /private\n";
    CHECK(answer(http_reply().body(file)) == "all");
    CHECK(answer(http_reply(404).body(file)) == "private all");
    CHECK(answer(http_reply(401)) == "private all");
    CHECK(answer(http_reply(429)) == "private all");
    CHECK(answer(http_reply(503)) == "none");
    CHECK(answer(http_reply().no_answer(ending::reset)) == "none");
    CHECK(answer(http_reply::redirect("/robots.txt")) == "private all");
    CHECK(answer(http_reply().body(file).endless_body("# and so on, for ever\n")) == "all");
    CHECK(fetch("http://127.0.0.1:1/") == "none");
    CHECK(fetch("ftp://127.0.0.1/") == make_error_code(http::errc::unsupported_scheme).message());
    CHECK(fetch("nothing") == make_error_code(dragline::url::errc::missing_scheme).message());
}
