#include <dragline/http/redirect_policy.hpp>

#include <dragline/async/callback_failure.hpp>
#include <dragline/http/detail/redirect_machine.hpp>
#include <dragline/http/error.hpp>
#include <dragline/url/parse.hpp>

#include <catch2/catch_test_macros.hpp>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using dragline::http::errc;
using dragline::http::redirect_decision;
using dragline::http::redirect_policy;
using dragline::http::redirect_proposal;
using dragline::http::redirect_record;
using dragline::http::detail::redirect_step;
using namespace std::chrono_literals;

namespace http = dragline::http;
namespace url = dragline::url;

namespace {

redirect_step step(const redirect_policy& policy, std::string_view from, std::string_view field,
                   std::string_view value, int status = 302, std::string_view method = "GET",
                   std::size_t followed = 0) {
    http::response_head head;
    head.status = status;
    head.headers.add(field, value);
    const std::vector<redirect_record> history(followed);
    return http::detail::next_step(policy, history, url::parse(from).value(), method, head);
}

bool stops(const redirect_step& step) { return !step.ec && !step.target; }

}  // namespace

TEST_CASE("a redirect_policy follows ten redirects, and no Refresh, unless told otherwise",
          "[http][redirect_policy]") {
    const redirect_policy policy;
    CHECK(policy.limit() == 10);
    CHECK(!policy.allow_insecure());
    CHECK(!policy.only_same_origin());
    CHECK(!policy.refresh());
    CHECK(!policy.decide());
    CHECK(redirect_policy::none().limit() == 0);
    CHECK(redirect_policy::same_origin(3).limit() == 3);
    STATIC_CHECK(!std::is_aggregate_v<redirect_policy>);
    STATIC_CHECK(!std::is_aggregate_v<redirect_record>);
    STATIC_CHECK(!std::is_aggregate_v<redirect_proposal>);
}

TEST_CASE("a policy of one origin makes what leads elsewhere the result", "[http][redirect_policy]") {
    const auto policy = redirect_policy::same_origin();
    CHECK(step(policy, "http://a/", "Location", "/b").target->href() == "http://a/b");
    for (const auto* elsewhere : {"http://b/", "https://a/", "http://a:81/", "ftp://a/", "//sub.a/"})
        CHECK(stops(step(policy, "http://a/", "Location", elsewhere)));
    CHECK(stops(step(policy, "https://a/", "Location", "http://a/")));
    CHECK(step(redirect_policy::same_origin(2), "http://a/", "Location", "/b", 302, "GET", 2).ec ==
          errc::too_many_redirects);
}

TEST_CASE("a policy's function follows, stops or refuses, and sees the chain", "[http][redirect_policy]") {
    std::vector<std::string> seen;
    auto answer = redirect_decision::follow;
    const auto policy = redirect_policy::function([&](const redirect_proposal& proposal) {
        seen.push_back(std::to_string(proposal.status) + ' ' + proposal.from.href() + ' ' +
                       proposal.to.href() + ' ' + std::to_string(proposal.followed.size()));
        return answer;
    });
    CHECK(step(policy, "http://a/b#c", "Location", "d", 307, "GET", 2).target->href() == "http://a/d#c");
    answer = redirect_decision::stop;
    CHECK(stops(step(policy, "http://a/", "Location", "/b")));
    answer = redirect_decision::refuse;
    CHECK(step(policy, "http://a/", "Location", "/b").ec == errc::redirect_refused);
    CHECK(seen == std::vector<std::string>{"307 http://a/b#c http://a/d#c 2", "302 http://a/ http://a/b 0",
                                           "302 http://a/ http://a/b 0"});
}

TEST_CASE("a policy's function is not asked about what is forbidden anyway", "[http][redirect_policy]") {
    int calls = 0;
    const auto always = redirect_policy::function(
        [&](const redirect_proposal&) { return ++calls, redirect_decision::follow; }, 2);
    CHECK(step(always, "https://a/", "Location", "http://a/").ec == errc::insecure_redirect);
    CHECK(step(always, "http://a/", "Location", "file:///etc/passwd").ec == errc::unsupported_scheme);
    CHECK(step(always, "http://a/", "Location", "/b", 302, "GET", 2).ec == errc::too_many_redirects);
    CHECK(stops(step(always, "http://a/", "Location", "/b", 304)));
    CHECK(calls == 0);
}

TEST_CASE("what a policy's function throws is passed on", "[http][redirect_policy]") {
    const auto throwing = redirect_policy::function(
        [](const redirect_proposal&) -> redirect_decision { throw std::runtime_error("no"); });
    CHECK_THROWS_AS(step(throwing, "http://a/", "Location", "/b"), dragline::async::callback_failure);
}

TEST_CASE("a Refresh is a redirect only when that is asked for", "[http][redirect_policy]") {
    CHECK(stops(step(redirect_policy(), "http://a/", "Refresh", "0; url=/b", 200)));
    const auto policy = redirect_policy().follow_refresh(5s);
    const auto follows = [&](std::string_view text) {
        const auto next = step(policy, "http://a/", "Refresh", text, 200);
        return next.target ? next.target->href() : std::string();
    };
    CHECK(follows("0; url=/b") == "http://a/b");
    CHECK(follows("5;URL='http://c/d'") == "http://c/d");
    CHECK(follows("6; url=/b").empty());
    CHECK(follows("0").empty());
    CHECK(follows("url=/b").empty());
    CHECK(step(policy, "http://a/", "Refresh", "0; url=/b", 404).target);
    CHECK(stops(step(redirect_policy::none().follow_refresh(), "http://a/", "Refresh", "0; url=/b", 200)));
}

TEST_CASE("a Refresh is counted, checked and fetched as other redirects are", "[http][redirect_policy]") {
    const auto policy = redirect_policy(2).follow_refresh();
    CHECK(step(policy, "http://a/", "Refresh", "0; url=/", 200, "GET", 2).ec == errc::too_many_redirects);
    CHECK(step(policy, "https://a/", "Refresh", "0; url=http://a/", 200).ec == errc::insecure_redirect);
    CHECK(step(policy, "http://a/", "Refresh", "0; url=file:///etc/passwd", 200).ec ==
          errc::unsupported_scheme);
    const auto posted = step(policy, "http://a/", "Refresh", "0; url=/b", 200, "POST");
    CHECK(posted.method == "GET");
    CHECK(posted.drop_body);
    CHECK(step(policy, "http://a/", "Refresh", "0; url=/b", 200, "HEAD").method == "HEAD");
    CHECK(step(policy, "http://a/", "Refresh", "0; url=//b/", 200).new_origin);
}
