#include <dragline/http/detail/authentication_machine.hpp>

#include <dragline/http/error.hpp>
#include <dragline/url/parse.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace http = dragline::http;
namespace url = dragline::url;
using dragline::http::credentials;
using dragline::http::credentials_kind;
using dragline::http::errc;
using dragline::http::netrc;
using dragline::http::detail::authentication_machine;
using dragline::http::detail::authentication_side;
using dragline::http::detail::challenge_cache;
using dragline::http::detail::credentials_for;
using dragline::http::detail::credentials_of;
using dragline::http::detail::origin_side;
using dragline::http::detail::proxy_side;

namespace {

class counting final : public dragline::async::random_source {
public:
    result_type operator()() override { return ++last_; }

private:
    result_type last_ = 0;
};

// One fetch after the other, of one session.
class exchange {
public:
    explicit exchange(const credentials& who, const authentication_side& names = origin_side)
        : side(names), machine(cache, names) {
        CHECK(!machine.use(who, url::parse("http://a").value()));
    }

    // What goes with the next request.
    std::string sent() {
        REQUIRE(!machine.authorize(http::digest_request("GET", "/", ""), fields));
        return std::string(fields.get(side.credentials));
    }

    // Whether a refusal with these challenges is answered.
    bool answers(const std::vector<std::string>& challenges, bool replayable = true) {
        http::response_head head;
        head.status = side.status;
        for (const auto& each : challenges) head.headers.add(side.challenge, each);
        error = machine.on_response(head, random, replayable);
        return machine.answer();
    }

    // The part of an answer that changes.
    std::string counted() {
        const auto read = http::parse_challenges(sent()).value();
        return read.empty() ? ""
                            : std::string(*read[0].find("nonce")) + " " + std::string(*read[0].find("nc"));
    }

    authentication_side side;
    challenge_cache cache{10};
    counting random;
    authentication_machine machine;
    http::fields fields;
    std::error_code error;
};

std::string digest(const std::string& nonce, const std::string& more = {}) {
    return "Digest realm=\"x\", qop=auth, nonce=\"" + nonce + "\"" + more;
}
const auto stale = [](const std::string& nonce) { return digest(nonce, ", stale=true"); };

}  // namespace

TEST_CASE("Basic and Bearer go with the first request, and a refusal ends it",
          "[http][authentication_machine]") {
    exchange basic(credentials::basic("u", "p"));
    CHECK(basic.sent() == "Basic dTpw");
    CHECK(!basic.answers({"Basic realm=\"x\""}));
    CHECK(!basic.answers({digest("n")}));
    exchange bearer(credentials::bearer("t"));
    CHECK(bearer.sent() == "Bearer t");
    CHECK(!bearer.answers({"Bearer error=\"invalid_token\"", digest("n")}));
    exchange none{credentials()};
    CHECK(none.sent().empty());
    CHECK(!none.answers({digest("n"), "Basic realm=\"x\""}));
}

TEST_CASE("Digest waits for its challenge, and answers it once", "[http][authentication_machine]") {
    exchange run(credentials::digest("u", "p"));
    CHECK(run.sent().empty());
    CHECK(run.answers({"Basic realm=\"x\"", digest("n1")}));
    CHECK(run.counted() == "n1 00000001");
    CHECK(!run.answers({digest("n1")}));
    CHECK(!run.answers({digest("n2")}));
    CHECK(!run.error);
}

TEST_CASE("a stale nonce is answered once more", "[http][authentication_machine]") {
    exchange run(credentials::digest("u", "p"));
    CHECK(run.answers({digest("n1")}));
    CHECK(run.counted() == "n1 00000001");
    CHECK(run.answers({stale("n2")}));
    CHECK(run.counted() == "n2 00000001");
    CHECK(!run.answers({stale("n3")}));
    exchange at_once(credentials::digest("u", "p"));
    CHECK(at_once.answers({stale("n1")}));
    CHECK(at_once.answers({stale("n2")}));
    CHECK(!at_once.answers({stale("n3")}));
}

TEST_CASE("a nonce serves the following requests, until it is refused", "[http][authentication_machine]") {
    exchange run(credentials::digest("u", "p"));
    CHECK(run.answers({digest("n1")}));
    CHECK(run.counted() == "n1 00000001");
    run.machine.next_request();
    CHECK(run.counted() == "n1 00000002");

    authentication_machine other(run.cache);
    CHECK(!other.use(credentials::any("u", "p"), url::parse("http://a").value()));
    http::fields fields;
    CHECK(!other.authorize(http::digest_request("GET", "/b", ""), fields));
    CHECK(fields.get("Authorization").find("nc=00000003") != std::string_view::npos);
    // The server has forgotten it without saying so; a wrong password would come with the nonce that was
    // sent.
    http::response_head refused;
    refused.status = 401;
    refused.headers.add("WWW-Authenticate", digest("n2"));
    CHECK(!other.on_response(refused, run.random));
    CHECK(other.answer());

    authentication_machine third(run.cache);
    CHECK(!third.use(credentials::digest("u", "p"), url::parse("http://a").value()));
    CHECK(!third.authorize(http::digest_request("GET", "/", ""), fields));
    CHECK(!third.on_response(refused, run.random));
    CHECK(!third.answer());

    authentication_machine elsewhere(run.cache);
    CHECK(!elsewhere.use(credentials::digest("u", "p"), url::parse("https://a").value()));
    http::fields untouched;
    CHECK(!elsewhere.authorize(http::digest_request("GET", "/", ""), untouched));
    CHECK(untouched.empty());
}

TEST_CASE("the next nonce of a response is used for the next request", "[http][authentication_machine]") {
    exchange run(credentials::digest("u", "p"));
    CHECK(run.answers({digest("n1")}));
    CHECK(run.counted() == "n1 00000001");
    http::response_head info;
    info.status = 200;
    info.headers.add("Authentication-Info", "nextnonce=\"n2\"");
    CHECK(!run.machine.on_response(info, run.random));
    CHECK(!run.machine.answer());
    run.machine.next_request();
    CHECK(run.counted() == "n2 00000001");
}

TEST_CASE("any takes Digest before Basic, and Basic where that is all", "[http][authentication_machine]") {
    exchange both(credentials::any("u", "p"));
    CHECK(both.sent().empty());
    CHECK(both.answers(
        {"Basic realm=\"x\"", digest("n", ", algorithm=MD5"), digest("m", ", algorithm=SHA-256")}));
    CHECK(both.counted() == "m 00000001");
    CHECK(!both.answers({"Basic realm=\"x\""}));  // no way down from Digest

    exchange basic(credentials::any("u", "p"));
    CHECK(basic.answers({"Negotiate, Basic realm=\"x\"", digest("n", ", algorithm=SHA-9")}));
    CHECK(basic.sent() == "Basic dTpw");
    CHECK(!basic.answers({"Basic realm=\"x\""}));
    basic.machine.next_request();
    CHECK(basic.sent() == "Basic dTpw");
    CHECK(!basic.answers({"Basic realm=\"x\""}));
    CHECK(basic.answers({digest("n")}));
    CHECK(basic.counted() == "n 00000001");
}

TEST_CASE("a challenge that cannot be answered leaves the refusal as it is",
          "[http][authentication_machine]") {
    for (const auto& challenges :
         std::vector<std::vector<std::string>>{{},
                                               {"Negotiate"},
                                               {"Basic realm=\"x\""},
                                               {"Digest realm=\"x\""},
                                               {digest("n", ", algorithm=SHA-9")},
                                               {"Digest realm=\"x\", nonce=\"n\", qop=\"auth-conf\""},
                                               {"Digest realm=\"x\", nonce=\"n"},
                                               {std::string(20'000, ','), digest("n")}}) {
        exchange run(credentials::digest("u", "p"));
        CHECK(!run.answers(challenges));
        CHECK(!run.error);
        CHECK(run.sent().empty());
    }
}

TEST_CASE("a body that cannot be sent again is an error, not an answer", "[http][authentication_machine]") {
    exchange run(credentials::digest("u", "p"));
    CHECK(!run.answers({digest("n")}, false));
    CHECK(run.error == errc::body_not_replayable);
    exchange other(credentials::digest("u", "p"));
    CHECK(!other.answers({"Basic realm=\"x\""}, false));
    CHECK(!other.error);
}

TEST_CASE("credentials that cannot be sent are refused, and leave none", "[http][authentication_machine]") {
    exchange run(credentials::basic("u", "p"));
    CHECK(run.machine.use(credentials::basic("a:b", "p"), url::parse("http://a").value()) ==
          errc::invalid_credentials);
    CHECK(run.sent().empty());
}

TEST_CASE("a proxy is answered in fields of its own", "[http][authentication_machine]") {
    exchange run(credentials::any("u", "p"), proxy_side);
    http::response_head origin;
    origin.status = 401;
    origin.headers.add("WWW-Authenticate", digest("n"));
    CHECK(!run.machine.on_response(origin, run.random));
    CHECK(!run.machine.answer());
    CHECK(run.answers({digest("n")}));
    CHECK(run.counted() == "n 00000001");
    CHECK(!run.fields.contains("Authorization"));
    http::response_head info;
    info.status = 200;
    info.headers.add("Proxy-Authentication-Info", "nextnonce=\"n2\"");
    CHECK(!run.machine.on_response(info, run.random));
    CHECK(run.counted() == "n2 00000001");
}

TEST_CASE("a URL's own user goes before netrc, which may know the password",
          "[http][authentication_machine]") {
    const auto known = netrc::parse(
                           "machine a.test login me password secret\nmachine ::1 login six password p\n"
                           "default login any password thing")
                           .value();
    const auto of = [&](std::string_view text, bool with_default = true) {
        const auto who = credentials_of(url::parse(text).value(), known, with_default);
        if (who.kind() == credentials_kind::none) return std::string();
        return std::string(who.user()) + ":" + std::string(who.secret());
    };
    CHECK(of("http://u:p@a.test/") == "u:p");
    CHECK(of("http://u%40x:p%3Aq%25@a.test/") == "u@x:p:q%");
    CHECK(of("http://J%C3%A4s:%E2%82%AC@a.test/") == "J\xc3\xa4s:\xe2\x82\xac");
    CHECK(of("http://:p@a.test/") == ":p");
    CHECK(of("http://a.test:81/") == "me:secret");
    CHECK(of("http://me@a.test/") == "me:secret");
    CHECK(of("http://you@a.test/") == "you:");
    CHECK(of("http://[::1]/") == "six:p");
    CHECK(of("http://b.test/") == "any:thing");
    CHECK(of("http://b.test/", false).empty());
    CHECK(of("http://a.test/", false) == "me:secret");
    CHECK(credentials_of(url::parse("http://a%0d%0ab:c@a.test/").value(), known).check() ==
          errc::invalid_credentials);
    CHECK(credentials_of(url::parse("http://a%3Ab:c@a.test/").value(), known).check() ==
          errc::invalid_credentials);
}

TEST_CASE("a redirect leaves what was given, and asks netrc for its machine alone",
          "[http][authentication_machine]") {
    const auto shared = http::session_options().netrc(
        netrc::parse("machine a.test login me password secret\ndefault login d password e").value());
    const auto user = [&](const http::fetch_options& options, std::string_view at,
                          const std::vector<const char*>& from = {}) {
        std::vector<http::redirect_record> history;
        for (const auto* each : from) history.emplace_back().from = url::parse(each).value();
        return std::string(credentials_for(options, shared, url::parse(at).value(), history).user());
    };
    const http::fetch_options usual;
    const auto given = http::fetch_options().credentials(credentials::basic("given", "p"));
    CHECK(user(given, "http://u:p@a.test/") == "given");
    CHECK(user(given, "http://a.test/", {"http://b.test/"}).empty());
    CHECK(user(http::fetch_options().header("AUTHORIZATION", "x"), "http://u:p@a.test/").empty());
    CHECK(user(http::fetch_options().header("AUTHORIZATION", "x"), "http://a.test/", {"http://b.test/"})
              .empty());
    CHECK(user(http::fetch_options().credentials(credentials()), "http://u:p@a.test/").empty());
    CHECK(user(usual, "http://u:p@a.test/") == "u");
    CHECK(user(usual, "http://u:p@a.test/", {"http://b.test/"}) == "me");
    CHECK(user(usual, "http://u:p@c.test/", {"http://b.test/"}).empty());
    CHECK(user(usual, "http://c.test/") == "d");
    CHECK(user(usual, "https://a.test/", {"https://b.test/"}) == "me");
    CHECK(user(usual, "http://a.test/", {"https://b.test/", "http://c.test/"}).empty());
}
