#include <dragline/http/fan_out/for_each_page.hpp>

#include "../../support/http_client.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/error.hpp>
#include <catch2/catch_test_macros.hpp>

#include <functional>
#include <stdexcept>
#include <string>
#include <system_error>

using namespace std::string_literals;
using dragline::fetch_options;
using dragline::page_options;
using dragline::test::http_client;
using dragline::test::kept_completion;
using dragline::test::run_until;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace http = dragline::http;

namespace {

using page_function = std::function<bool(http::response)>;

http_reply page_before(const std::string& next, const std::string& text = "page ") {
    return http_reply().body(text).header("Link", '<' + next + ">; rel=next");
}

// The bodies, then how it ended.
std::string walk_pages(http_client& client, const std::string& url,
                       const page_options& options = page_options(), page_function more = {}) {
    std::string out;
    kept_completion<http::page_summary> kept;
    const page_function handler = [&](http::response page) {
        out += page.body;
        return !more || more(std::move(page));
    };
    http::for_each_page(client.session, url, options, handler, kept);
    run_until(client.loop, [&] { return kept.done(); });
    CHECK(client.statistics().calls == 0);
    return out + std::to_string(kept.value().pages) + (kept.value().stopped ? " stopped" : "") +
           (kept.ec() ? ' ' + kept.ec().message() : "");
}

std::string end_of(http::errc code) { return ' ' + make_error_code(code).message(); }

}  // namespace

TEST_CASE("pages are fetched one after the other as each names the next", "[http][for_each_page]") {
    http_server server;
    server.on("/list", page_before("?p=2", "a "));
    server.on("/list?p=2", page_before("/moved", "b "));
    server.on("/moved", http_reply::redirect("/list?p=3"));
    server.on("/list?p=3", http_reply().body("c ").header("Link", "</list>; rel=first"));
    http_client client;
    CHECK(walk_pages(client, server.url("/list")) == "a b c 3");
    CHECK(walk_pages(client, server.url("/list"), page_options().max_pages(3)) == "a b c 3");
    CHECK(walk_pages(client, server.url("/list"), page_options().max_pages(2)) ==
          "a b 2" + end_of(http::errc::too_many_pages));
    CHECK(walk_pages(client, server.url("/list"), page_options().relation("first")) == "a 1");
    CHECK(walk_pages(client, server.url("/list"), page_options(),
                     [](auto page) { return page.body != "b "; }) == "a b 2 stopped");
}

TEST_CASE("a list that leads back to itself, to an error or nowhere ends the walk", "[http][for_each_page]") {
    http_server server;
    server.on("/self", page_before("/self#again"));
    server.on("/a", page_before("/b"));
    server.on("/b", page_before("/c"));
    server.on("/c", page_before("/a"));
    server.on("/turn", page_before("/back"));
    server.on("/back", http_reply::redirect("/turn"));
    server.on("/broken", page_before("/gone"));
    server.on("/mail", page_before("mailto:a@b.test"));
    server.on("/none", page_before("http://[/"));
    server.on("/endless*", [](const auto& request) { return page_before(request.target + "x", ""); });
    http_client client;
    const auto loops = end_of(http::errc::page_loop);
    CHECK(walk_pages(client, server.url("/self")) == "page 1" + loops);
    CHECK(walk_pages(client, server.url("/a")) == "page page page 3" + loops);
    CHECK(walk_pages(client, server.url("/turn")) == "page page 2" + loops);
    CHECK(walk_pages(client, server.url("/broken")) == "page 2" + end_of(http::errc::bad_status));
    CHECK(walk_pages(client, server.url("/mail")) == "page 1" + end_of(http::errc::unsupported_scheme));
    CHECK(walk_pages(client, server.url("/none")).starts_with("page 1 "));
    CHECK(walk_pages(client, server.url("/endless"), page_options().max_pages(50)) ==
          "50" + end_of(http::errc::too_many_pages));
    CHECK(walk_pages(client, "no url").starts_with("0 "));
    for (const auto& bad : {page_options().max_pages(0), page_options().relation(""),
                            page_options().fetch(fetch_options().method("POST")),
                            page_options().fetch(fetch_options().body("x"s))}) {
        CHECK(walk_pages(client, server.url("/a"), bad) ==
              "0 " + make_error_code(dragline::errc::invalid_option).message());
    }
    const page_function thrower = [](auto&&) -> bool { throw std::runtime_error("mine"); };
    CHECK(walk_pages(client, server.url("/a"), page_options(), thrower)
              .ends_with(make_error_code(dragline::errc::callback_failed).message()));
}

TEST_CASE("what is secret stays with the origin of the first page", "[http][for_each_page]") {
    http_server server, other;
    server.on("/a", page_before("/b"));
    server.on("/b", page_before(other.url("/c")));
    other.on("/c", http_reply().body("other "));
    http_client client;
    const auto secrets = fetch_options()
                             .header("Authorization", "Bearer secret")
                             .secret_header("X-Key", "secret")
                             .cookie("sid", "secret")
                             .header("X-Plain", "1");
    const auto options = page_options().fetch(secrets);
    CHECK(walk_pages(client, server.url("/a"), options) == "page page 2" + end_of(http::errc::foreign_page));
    CHECK(other.request_count() == 0);
    CHECK(walk_pages(client, server.url("/a"), page_options(options).same_origin(false)) ==
          "page page other 3");
    const auto second = server.requests().back(), foreign = other.requests().at(0);
    for (const auto* name : {"Authorization", "X-Key", "Cookie"}) {
        CHECK(second.has_field(name));
        CHECK_FALSE(foreign.has_field(name));
    }
    CHECK(foreign.has_field("X-Plain"));

    // What was said of the first origin's host is of no other one.
    const auto pinned = fetch_options()
                            .header("Host", "a.test")
                            .connect_to(dragline::net::endpoint("127.0.0.1", server.port()));
    other.clear_requests();
    CHECK(walk_pages(client, server.url("/a"), page_options().fetch(pinned).same_origin(false)) ==
          "page page other 3");
    CHECK(server.requests().back().field("Host") == "a.test");
    CHECK(other.requests().at(0).field("Host") == "127.0.0.1:" + std::to_string(other.port()));

    // User and password of the first URL go along as far as its origin does.
    server.on("/b", [](const auto& request) {
        return request.has_field("Authorization") ? page_before("/end") : http_reply(404);
    });
    server.on("/a", [](const auto& request) {
        return request.has_field("Authorization")
                   ? page_before("/b")
                   : http_reply(401).header("WWW-Authenticate", "Basic realm=x");
    });
    server.on("/end", http_reply().body("end "));
    const auto with_user = "http://u:p@" + server.url("/a").substr(7);
    CHECK(walk_pages(client, with_user) == "page page end 3");
}

TEST_CASE("a walk over pages is cancelled", "[http][for_each_page]") {
    http_server server;
    server.on("/a", page_before("/silent"));
    server.on("/silent", http_reply().no_answer());
    http_client client;
    asio::cancellation_signal cancel;
    kept_completion<http::page_summary> kept;
    const page_function all = [](auto&&) { return true; };
    http::for_each_page(client.session, server.url("/a"), all,
                        asio::bind_cancellation_slot(cancel.slot(), kept));
    run_until(client.loop, [&] { return server.request_count() == 2; });
    cancel.emit(asio::cancellation_type::terminal);
    run_until(client.loop, [&] { return kept.done(); });
    CHECK(kept.ec() == asio::error::operation_aborted);
    CHECK(client.statistics().connections == 0);
}
