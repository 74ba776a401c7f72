// Where the credentials of a fetch come from, and that they stay with their origin.
#include <dragline/http/fetch.hpp>

#include "../support/guarded_server.hpp"
#include "../support/http_client.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using dragline::fetch_options;
using dragline::session_options;
using dragline::http::credentials;
using dragline::http::netrc;
using dragline::test::basic;
using dragline::test::basic_guard;
using dragline::test::basic_value;
using dragline::test::guarded;
using dragline::test::http_client;
using dragline::test::me;
using dragline::test::usual_digest;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace http = dragline::http;

TEST_CASE("the user of a URL is used when the server asks, and shown nowhere",
          "[http][fetch][authentication]") {
    guarded run;
    const auto got = run.client.fetch(run.url("me:s%65cret", "/a?b#c"));
    REQUIRE(!got.ec);
    CHECK(got.response.body == "GET /a?b ");
    CHECK(got.response.url.href() == run.server.url("/a?b#c"));
    for (const auto& attempt : got.trace.attempts) CHECK(attempt.url.find("cret") == std::string::npos);
    for (const auto& request : run.server.requests()) {
        CHECK(request.target == "/a?b");
        CHECK(!request.has_field("Referer"));
        for (const auto& field : request.fields) CHECK(field.value.find("cret") == std::string::npos);
    }
    http_server server;
    server.on("*", basic_guard);
    const auto url = "http://me:secret@127.0.0.1:" + std::to_string(server.port()) + "/";
    CHECK(run.client.fetch(url).response.body == "welcome");
    CHECK(run.client.fetch(url).response.body == "welcome");
    CHECK(server.request_count() == 3);  // the second time it is known what is asked for
    CHECK(run.client.fetch(server.url("/")).response.status == 401);
}

TEST_CASE("credentials of the options go before those of the URL, and a header before both",
          "[http][fetch][authentication]") {
    guarded run;
    run.server.on("/plain", http_reply());
    CHECK(run.client.fetch(run.url("you:wrong"), me).response.status == 200);
    run.server.clear_requests();
    auto header = basic;
    header.header("authorization", "Mine x");
    CHECK(!run.client.fetch(run.url("me:secret", "/plain"), header).ec);
    CHECK(run.seen() == std::vector<std::string>{"Mine x"});
    CHECK(
        run.client.fetch(run.url("me:secret"), fetch_options().credentials(credentials())).response.status ==
        401);
}

TEST_CASE("a redirect to another origin loses the credentials", "[http][fetch][authentication]") {
    guarded run;
    const auto port = run.server.listen().port();
    const auto other = "http://127.0.0.1:" + std::to_string(port);
    run.server.on("/away", http_reply::redirect(other + "/end"));
    run.server.on("/end",
                  http_reply(401).header("WWW-Authenticate",
                                         "Basic realm=\"x\", " + std::string(usual_digest) + ", nonce=evil"));
    for (const auto& options : {basic, me, fetch_options().credentials(credentials::bearer("t")),
                                fetch_options().credentials(credentials::any("me", "secret"))}) {
        run.server.clear_requests();
        const auto got = run.get(options, "/away");
        CHECK(got.response.status == 401);
        REQUIRE(run.server.request_count() == 2);
        CHECK(run.seen().back().empty());
    }
    run.server.clear_requests();
    const auto got = run.client.fetch(run.url("me:secret", "/away"));
    CHECK(got.response.status == 401);
    CHECK(run.seen() == std::vector<std::string>{"", ""});
    CHECK(got.response.url.href() == other + "/end");
    CHECK(got.response.history.at(0).from.href() == run.server.url("/away"));

    // And there is no way back to them.
    run.server.on("/end", http_reply::redirect(run.server.url("/inside")));
    CHECK(run.get(me, "/away").response.status == 401);
    CHECK(run.client.fetch(run.url("me:secret", "/away")).response.status == 401);
}

TEST_CASE("a redirect within the origin keeps the credentials, for the new target",
          "[http][fetch][authentication]") {
    guarded run;
    run.server.on("/from", http_reply::redirect("/to?x", 307));
    auto post = me;
    CHECK(run.get(post.body("text"), "/from").response.body == "POST /to?x text");
    CHECK(run.client.fetch(run.url("me:secret", "/from")).response.body == "GET /to?x ");
    run.server.on("/from", http_reply::redirect("/plain"));
    run.server.on("/plain", http_reply());
    run.server.clear_requests();
    CHECK(!run.get(basic, "/from").ec);
    CHECK(run.seen() == std::vector<std::string>{basic_value, basic_value});
}

TEST_CASE("a Location cannot choose the user", "[http][fetch][authentication]") {
    guarded run;
    const auto evil = run.url("me:secret", "/end");
    run.server.on("/from", http_reply::redirect(evil));
    const auto got = run.get({}, "/from");
    CHECK(got.response.status == 401);
    CHECK(got.response.url.href() == run.server.url("/end"));
    CHECK(got.response.history.at(0).to.href() == run.server.url("/end"));
    CHECK(run.server.request_count() == 2);
    const auto port = run.server.listen().port();
    run.server.on("/from",
                  http_reply::redirect("http://me:secret@127.0.0.1:" + std::to_string(port) + "/end"));
    CHECK(run.get({}, "/from").response.status == 401);
    for (const auto& value : run.seen()) CHECK(value.empty());
}

TEST_CASE("netrc has the password of a host, and a redirect takes no default along",
          "[http][fetch][authentication]") {
    http_server server;
    server.on("*", basic_guard);
    const auto second = server.listen(asio::ip::make_address("127.0.0.2"));
    const auto away = "http://127.0.0.2:" + std::to_string(second.port());
    server.on("/away", http_reply::redirect(away + "/end"));
    const auto with = [](const char* text) { return session_options().netrc(netrc::parse(text).value()); };

    http_client machine(with("machine 127.0.0.1 login me password secret"));
    CHECK(machine.fetch(server.url("/")).response.body == "welcome");
    CHECK(machine.fetch(away + "/").response.status == 401);
    CHECK(machine.fetch(server.url("/away")).response.status == 401);

    http_client fallback(with("default login me password secret"));
    CHECK(fallback.fetch(away + "/").response.body == "welcome");
    CHECK(fallback.fetch(server.url("/away")).response.status == 401);
    CHECK(fallback.fetch(server.url("/"), fetch_options().credentials(credentials())).response.status == 401);

    http_client both(with("machine 127.0.0.1 login x password y machine 127.0.0.2 login me password secret"));
    CHECK(both.fetch(server.url("/away")).response.body == "welcome");
    auto own = fetch_options().credentials(credentials::any("me", "secret"));
    CHECK(both.fetch(server.url("/away"), own).response.status == 401);
}

TEST_CASE("netrc is not asked after a step from https to http", "[http][fetch][authentication][tls]") {
    http_server server(http_server::unbound);
    const auto secure = server.listen_tls(dragline::test::usual_certificate());
    const auto plain = server.listen();
    server.on("/away", http_reply::redirect("http://127.0.0.1:" + std::to_string(plain.port()) + "/on"));
    server.on("/on", http_reply::redirect("http://127.0.0.1:" + std::to_string(plain.port()) + "/end"));
    server.on("/end", basic_guard);
    http_client client(session_options()
                           .tls(dragline::test::trusting_test_ca())
                           .netrc(netrc::parse("machine 127.0.0.1 login me password secret").value()));
    const auto allowed = fetch_options().redirects(http::redirect_policy().allow_insecure(true));
    const auto url = "https://127.0.0.1:" + std::to_string(secure.port());
    CHECK(client.fetch(url + "/away", allowed).response.status == 401);
    CHECK(client.fetch(url + "/end").response.body == "welcome");
}
