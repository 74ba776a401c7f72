#include <dragline/http/detail/redirect_machine.hpp>

#include <dragline/http/error.hpp>
#include <dragline/url/parse.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace http = dragline::http;
namespace url = dragline::url;
using dragline::http::redirect_policy;
using dragline::http::detail::next_step;
using dragline::http::detail::redirect_step;

namespace {

http::response_head redirect(int status, std::string_view location) {
    http::response_head head;
    head.status = status;
    head.headers.add("Location", location);
    return head;
}

redirect_step step(std::string_view from, std::string_view location, int status = 302,
                   std::string_view method = "GET", const redirect_policy& policy = {},
                   std::size_t followed = 0) {
    const std::vector<http::redirect_record> history(followed);
    return next_step(policy, history, url::parse(from).value(), method, redirect(status, location));
}

std::string target(std::string_view from, std::string_view location) {
    const auto found = step(from, location);
    REQUIRE(found.target);
    return found.target->href();
}

}  // namespace

TEST_CASE("a redirect machine resolves, inherits fragments and keeps credentials of a URL to it",
          "[http][redirect_machine]") {
    CHECK(target("http://a/b/c?d", "e") == "http://a/b/e");
    CHECK(target("http://a/b/c?d", "?e") == "http://a/b/c?e");
    CHECK(target("http://a/b", "//c/d") == "http://c/d");
    CHECK(target("http://a/b#f", "/c") == "http://a/c#f");
    CHECK(target("http://a/b#f", "/c#g") == "http://a/c#g");
    CHECK(target("http://a/b#f", "/c#") == "http://a/c#");
    CHECK(target("http://a/b", "") == "http://a/b");
    CHECK(target("http://a/b", " \thttp://c/ ") == "http://c/");
}

TEST_CASE("the first Location counts, and without one there is no redirect", "[http][redirect_machine]") {
    auto head = redirect(302, "/first");
    head.headers.add("location", "/second");
    const auto from = url::parse("http://a/").value();
    CHECK(next_step({}, {}, from, "GET", head).target->path() == "/first");
    head.headers.clear();
    const auto none = next_step({}, {}, from, "GET", head);
    CHECK(!none.ec);
    CHECK(!none.target);
}

TEST_CASE("only five statuses redirect", "[http][redirect_machine]") {
    for (int status = 100; status < 600; ++status) {
        const bool redirects =
            status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
        CHECK(step("http://a/", "/b", status).target.has_value() == redirects);
    }
}

TEST_CASE("the method after a redirect is that of RFC 9110, 15.4", "[http][redirect_machine]") {
    const auto after = [](int status, std::string_view method) {
        const auto next = step("http://a/", "/b", status, method);
        return next.method + (next.drop_body ? "!" : "");
    };
    for (const int status : {301, 302}) {
        CHECK(after(status, "GET") == "GET");
        CHECK(after(status, "HEAD") == "HEAD");
        CHECK(after(status, "POST") == "GET!");
        CHECK(after(status, "PUT") == "PUT");
        CHECK(after(status, "post") == "post");  // methods have a case
    }
    CHECK(after(303, "GET") == "GET");
    CHECK(after(303, "HEAD") == "HEAD");
    CHECK(after(303, "POST") == "GET!");
    CHECK(after(303, "DELETE") == "GET!");
    for (const int status : {307, 308}) {
        CHECK(after(status, "POST") == "POST");
        CHECK(after(status, "GET") == "GET");
    }
}

TEST_CASE("an origin is scheme, host and port", "[http][redirect_machine]") {
    const auto is_new = [](std::string_view from, std::string_view to) { return step(from, to).new_origin; };
    CHECK(!is_new("http://a/", "/b"));
    CHECK(!is_new("http://a/", "http://A:80/b"));
    CHECK(!is_new("https://a/", "https://a:443/b"));
    CHECK(is_new("http://a/", "https://a/"));
    CHECK(is_new("http://a/", "http://a:81/"));
    CHECK(is_new("http://a/", "http://b/"));
    CHECK(is_new("http://a/", "http://a./"));
    CHECK(is_new("http://a/", "http://sub.a/"));
    CHECK(is_new("http://127.0.0.1/", "http://[::1]/"));
    CHECK(!is_new("http://127.0.0.1/", "http://127.1/"));
}

TEST_CASE("https to http is refused unless it is allowed", "[http][redirect_machine]") {
    CHECK(step("https://a/", "http://a/").ec == http::errc::insecure_redirect);
    CHECK(!step("http://a/", "https://a/").ec);
    CHECK(!step("https://a/", "//b/").ec);
    const auto allowed = step("https://a/", "http://a/", 302, "GET", redirect_policy().allow_insecure(true));
    CHECK(allowed.target->href() == "http://a/");
    CHECK(allowed.new_origin);
}

TEST_CASE("the limit is counted, and comes before the target is looked at", "[http][redirect_machine]") {
    CHECK(!step("http://a/", "/b", 302, "GET", redirect_policy(2), 1).ec);
    CHECK(step("http://a/", "/b", 302, "GET", redirect_policy(2), 2).ec == http::errc::too_many_redirects);
    CHECK(step("http://a/", "ftp://b/", 302, "GET", redirect_policy(2), 2).ec ==
          http::errc::too_many_redirects);
    CHECK(step("http://a/", "ftp://b/").ec == http::errc::unsupported_scheme);
    CHECK(!step("http://a/", "ftp://b/", 302, "GET", redirect_policy::none()).ec);
    CHECK(step("http://a/", "http://[").ec == std::errc::invalid_argument);
}

TEST_CASE("every credential is stripped, whatever its case and number", "[http][redirect_machine]") {
    http::fields headers;
    headers.add("Authorization", "1").add("X", "2").add("AUTHORIZATION", "3").add("cookie", "4");
    headers.add("Proxy-Authorization", "5").add("Cookie", "6").add("Y", "7");
    http::detail::strip_credentials(headers);
    CHECK(headers == http::fields().add("X", "2").add("Y", "7"));
}

TEST_CASE("what describes a body goes with it", "[http][redirect_machine]") {
    http::fields headers;
    headers.add("Content-Type", "1")
        .add("content-length", "2")
        .add("Content-Encoding", "3")
        .add("Accept", "4");
    headers.add("Content-Language", "5").add("Content-Location", "6").add("Digest", "7").add("Expect", "8");
    http::detail::strip_body_fields(headers);
    CHECK(headers == http::fields().add("Accept", "4"));
}
