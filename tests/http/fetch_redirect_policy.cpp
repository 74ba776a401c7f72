// Redirects that a policy decides about, and Refresh fields.
#include <dragline/http/fetch.hpp>

#include "../support/http_client.hpp"

#include <dragline/async/run.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers.hpp>

#include <stdexcept>
#include <string>

using dragline::fetch_options;
using dragline::http::redirect_decision;
using dragline::http::redirect_policy;
using dragline::http::redirect_proposal;
using dragline::test::http_client;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace http = dragline::http;

TEST_CASE("a fetch goes as far as the function of its policy lets it", "[http][fetch][redirect]") {
    http_server server;
    server.on("/0", http_reply::redirect("/1")).on("/1", http_reply::redirect("/2").body("moved"));
    server.on("/2", http_reply().body("end"));
    http_client client;
    const auto up_to = [](std::string last, redirect_decision then) {
        return fetch_options().redirects(
            redirect_policy::function([last, then](const redirect_proposal& proposal) {
                CHECK(proposal.followed.size() == (proposal.from.path() == "/0" ? 0u : 1u));
                return proposal.from.path() == last ? then : redirect_decision::follow;
            }));
    };
    CHECK(client.fetch(server.url("/0"), up_to("never", redirect_decision::stop)).response.body == "end");
    const auto stopped = client.fetch(server.url("/0"), up_to("/1", redirect_decision::stop));
    CHECK(!stopped.ec);
    CHECK(stopped.response.status == 302);
    CHECK(stopped.response.body == "moved");
    CHECK(stopped.response.history.size() == 1);
    const auto refused = client.fetch(server.url("/0"), up_to("/1", redirect_decision::refuse));
    CHECK(refused.ec == http::errc::redirect_refused);
    CHECK(refused.ec == dragline::condition::blocked);
    CHECK(dragline::phase_of(refused.ec) == dragline::phase::redirect);
}

TEST_CASE("what the function of a policy throws reaches who awaits the fetch", "[http][fetch][redirect]") {
    http_server server;
    server.on("/", http_reply::redirect("/1"));
    http_client client;
    const auto options = fetch_options().redirects(redirect_policy::function(
        [](const redirect_proposal&) -> redirect_decision { throw std::runtime_error("not there"); }));
    CHECK(client.fetch(server.url("/"), options).ec == dragline::errc::callback_failed);
    client.loop.restart();
    CHECK_THROWS_WITH(dragline::run(client.loop, fetch_url(client.session, server.url("/"), options)),
                      "not there");
    CHECK(client.statistics().connections == 0);  // half read, so not kept
}

TEST_CASE("a fetch of one origin stops before it leaves it", "[http][fetch][redirect]") {
    http_server server, other;
    server.on("/0", http_reply::redirect("/1")).on("/1", http_reply::redirect(other.url("/")));
    http_client client;
    const auto got =
        client.fetch(server.url("/0"), fetch_options().redirects(redirect_policy::same_origin()));
    CHECK(got.response.status == 302);
    CHECK(got.response.headers.get("Location") == other.url("/"));
    CHECK(other.request_count() == 0);
}

TEST_CASE("a Refresh is followed only when asked for, and a loop of them ends at the limit",
          "[http][fetch][redirect][seed]") {
    http_server server;
    server.on("/0", http_reply().header("Refresh", "0; url=/1").body("soon"));
    server.on("/1", http_reply().body("there"));
    server.on("/loop", http_reply().header("Refresh", "0;URL='/loop'"));
    http_client client;
    CHECK(client.fetch(server.url("/0")).response.body == "soon");
    const auto following = fetch_options().redirects(redirect_policy().follow_refresh());
    const auto got = client.fetch(server.url("/0"), following);
    CHECK(got.response.body == "there");
    REQUIRE(got.response.history.size() == 1);
    CHECK(got.response.history[0].status == 200);
    server.clear_requests();
    CHECK(client.fetch(server.url("/loop"), following).ec == http::errc::too_many_redirects);
    CHECK(server.request_count() == 11);
}
