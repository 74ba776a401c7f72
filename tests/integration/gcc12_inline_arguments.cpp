// GCC 12 destroys some temporaries of a co_await expression twice. Under ASan, these tests await fetch_url
// with every kind of argument written in place; gcc12_inline_dns_arguments.cpp does it with the look-ups. So
// here, and only here, everything stands inside the expression.
#include <dragline/http.hpp>

#include "../support/http_client.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/ip/address.hpp>
#include <asio/use_awaitable.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace std::string_literals;
using namespace std::string_view_literals;
using asio::use_awaitable;
using asio::ip::make_address;
using dragline::as_tuple;
using dragline::fetch_options;
using dragline::fetch_url;
using dragline::get_session;
using dragline::session_options;
using dragline::test::run_to_end;
using dragline::test::test_ca;
using dragline::test::trusting_test_ca;
using dragline::test::usual_certificate;
using dragline::testing::dns_server;
using dragline::testing::http_reply;
using dragline::testing::http_request;
using dragline::testing::http_server;

namespace dns = dragline::dns;
namespace http = dragline::http;
namespace net = dragline::net;
namespace tls = dragline::tls;

namespace {

// CHECK would have GCC 12 evaluate a co_await in it twice.
void expect(bool holds, std::source_location where = std::source_location::current()) {
    INFO("line " << where.line());
    CHECK(holds);
}

// Longer than any small-string buffer, so that a double destruction is a double free.
const std::string long_text = "a text that is too long to be stored inside of a std::string object";

// Echoes what it got; plain and over TLS.
struct echo_lab {
    http_server plain;
    http_server secure{usual_certificate()};
    dns_server names;
    dragline::event_loop loop;

    echo_lab() {
        const auto echo = [](const http_request& request) {
            return http_reply().body(request.method + ' ' + std::string(request.field("X-One")) + ' ' +
                                     request.body);
        };
        plain.on("*", echo);
        secure.on("*", echo);
        names.host("a.test", {"127.0.0.1"});
    }

    std::string name_url() const { return "http://a.test:" + std::to_string(plain.port()) + "/" + long_text; }
};

asio::awaitable<void> texts(echo_lab& lab, const char* literal) {
    const auto expected = "GET  "s;
    expect((co_await fetch_url(literal)).body == expected);
    expect((co_await fetch_url(std::string(literal))).body == expected);
    expect((co_await fetch_url(std::string_view(literal))).body == expected);
    expect((co_await fetch_url("http://127.0.0.1:"s + std::to_string(lab.plain.port()) + "/" + long_text))
               .body == expected);
    expect((co_await fetch_url(lab.plain.url("/"s + long_text))).body == expected);
    expect((co_await fetch_url(lab.loop, std::string(literal))).body == expected);
    const auto [ec, response] =
        co_await fetch_url("not a URL, but a literal that is long enough"sv, as_tuple(use_awaitable));
    CHECK(ec == std::errc::invalid_argument);
}

asio::awaitable<void> options(echo_lab& lab) {
    http::trace trace;
    const auto url = lab.plain.url("/");
    const auto expected = "PUT " + long_text + ' ' + long_text;
    const auto put = fetch_options().method("PUT").header("X-One", long_text).body(long_text);

    expect((co_await fetch_url(url, put)).body == expected);
    expect((co_await fetch_url(url, fetch_options(put))).body == expected);
    expect((co_await fetch_url(
                url, fetch_options().method("PUT").header("X-One", long_text).body(std::string(long_text))))
               .body == expected);
    expect((co_await fetch_url(url, fetch_options()
                                        .method("PUT"s)
                                        .header("X-One"s, ""s + long_text)
                                        .body(http::body(std::string(long_text), "text/"s + "plain"))
                                        .user_agent(long_text + "/1.0")
                                        .credentials(http::credentials::digest("user"s, ""s + long_text))
                                        .timeout(20s)
                                        .read_timeout(20s)
                                        .redirects(http::redirect_policy(3).allow_insecure(true))
                                        .head_limits(dragline::h1::head_limits().max_fields(20))
                                        .max_body(1'000'000)
                                        .on_limit(http::on_limit::truncate)
                                        .connect_to(net::endpoint("127.0.0.1", lab.plain.port()))
                                        .trace(&trace)))
               .body == expected);
    CHECK(trace.attempts.size() == 1);
    expect(
        (co_await fetch_url(url, fetch_options()
                                     .headers(http::fields().add("X-One", long_text).add("X-Two", long_text))
                                     .method("PUT")
                                     .body(http::body::json(std::string(long_text)))))
            .body == expected);
    expect((co_await fetch_url("http://name.invalid/", fetch_options().connect_to(net::endpoint(
                                                           make_address("127.0.0.1"), lab.plain.port()))))
               .status == 200);
    expect((co_await fetch_url(url, fetch_options().connect_to(*net::endpoint::parse(
                                        "127.0.0.1:" + std::to_string(lab.plain.port())))))
               .status == 200);
    expect((co_await fetch_url(
                url, fetch_options()
                         .proxy(http::proxy_policy::from_environment(
                                    http::proxy_environment().http_proxy("me:" + long_text + "@127.0.0.1:1"))
                                    .except(http::no_proxy(long_text + ",127.0.0.0/8"s)))
                         .proxy_timeout(20s)))
               .status == 200);
    expect((co_await fetch_url(
                url, fetch_options().proxy(net::proxy(net::proxy_scheme::http, "127.0.0.1", lab.plain.port())
                                               .credentials("me"s, ""s + long_text))))
               .status == 200);
    expect((co_await fetch_url(lab.secure.url("/"), fetch_options().tls(tls::client_options().ca_pem(
                                                        std::string(test_ca().certificate_pem())))))
               .status == 200);
    expect(
        (co_await fetch_url(lab.secure.url("/"), fetch_options()
                                                     .tls(trusting_test_ca()
                                                              .alpn(std::vector<std::string>(1, "http/1.1"))
                                                              .server_name("a.test")
                                                              .min_version(tls::version::tls_1_3))
                                                     .fresh_connection(true)))
            .status == 200);
    const auto [ec, response] = co_await fetch_url(
        lab.secure.url("/"), fetch_options().tls(tls::client_options().ca_pem(std::string())),
        as_tuple(use_awaitable));
    CHECK(ec == tls::errc::empty_trust_store);
    CHECK(response.body.empty());
}

asio::awaitable<void> places(echo_lab& lab) {
    const auto options = dragline::test::using_dns(lab.names);
    const auto expected = "GET  "s;
    expect((co_await fetch_url(lab.loop, lab.plain.url("/"))).body == expected);
    expect((co_await fetch_url(lab.loop.context(), lab.plain.url("/"))).body == expected);
    expect((co_await fetch_url(lab.loop.get_executor(), lab.plain.url("/"))).body == expected);
    expect((co_await fetch_url(asio::any_io_executor(lab.loop.get_executor()), lab.plain.url("/"))).body ==
           expected);
    expect((co_await fetch_url(co_await asio::this_coro::executor, lab.plain.url("/"))).body == expected);
    expect((co_await fetch_url(get_session(lab.loop), lab.plain.url("/"))).body == expected);
    expect((co_await fetch_url(get_session(lab.loop, long_text + "1"), lab.plain.url("/"))).body == expected);
    expect((co_await fetch_url(get_session(lab.loop, long_text, options), lab.name_url())).body == expected);
    expect(
        (co_await fetch_url(
             get_session(lab.loop, long_text + "2",
                         session_options()
                             .user_agent(long_text)
                             .tls(tls::client_options().ca_pem(test_ca().certificate_pem()))
                             .dns(dns::query_options().add_server(lab.names.to_string()).hosts_file(false))),
             lab.name_url(), fetch_options().header("X-Two", std::string(long_text))))
            .body == expected);
    co_await dragline::close_session(lab.loop, std::string(long_text));
    co_await dragline::close_session(lab.loop, long_text + "1");
    co_await dragline::close_all_sessions(lab.loop);
}

asio::awaitable<void> tokens(echo_lab& lab) {
    const auto url = lab.plain.url("/");
    asio::cancellation_signal signal;
    const auto expected = "GET  "s;
    {
        auto [ec, response] = co_await fetch_url(url, as_tuple(use_awaitable));
        CHECK(response.body == expected);
    }
    {
        auto [ec, response] =
            co_await fetch_url(url, fetch_options().header("X-Two", long_text), as_tuple(use_awaitable));
        CHECK(response.body == expected);
    }
    {
        auto [ec, response] = co_await fetch_url(lab.loop, url, as_tuple(use_awaitable));
        CHECK(response.body == expected);
    }
    {
        auto [ec, response] =
            co_await fetch_url(get_session(lab.loop, long_text), std::string(url),
                               fetch_options().header("X-Two", long_text), as_tuple(use_awaitable));
        CHECK(response.body == expected);
    }
    expect((co_await fetch_url(lab.loop, url, use_awaitable)).body == expected);
    expect((co_await fetch_url(lab.loop, url, fetch_options().body(std::string()), use_awaitable)).body ==
           "POST  ");
    expect((co_await fetch_url(lab.loop, url, asio::bind_cancellation_slot(signal.slot(), use_awaitable)))
               .body == expected);
    expect((co_await fetch_url(get_session(lab.loop, "slot"s), std::string(url),
                               fetch_options().header("X-Two", long_text),
                               asio::bind_cancellation_slot(signal.slot(), use_awaitable)))
               .body == expected);
    {
        auto [ec, response] =
            co_await fetch_url(lab.loop, url, fetch_options().header("X-Two", long_text),
                               as_tuple(asio::bind_cancellation_slot(signal.slot(), use_awaitable)));
        CHECK(response.body == expected);
    }
    // The awaitable first, awaited later: nothing of the expression that made it is left.
    auto later = fetch_url(get_session(lab.loop, long_text), std::string(url),
                           fetch_options().header("X-One", long_text).body(std::string(long_text)));
    expect((co_await std::move(later)).body == "POST " + long_text + ' ' + long_text);
}

asio::awaitable<void> failures(echo_lab& lab) {
    // What unwinds through the expression destroys its temporaries, too.
    for (int round = 0; round < 3; ++round) {
        bool thrown = false;
        try {
            co_await fetch_url(get_session(lab.loop, long_text), "ftp://127.0.0.1/"s + long_text,
                               fetch_options()
                                   .header("X-One", long_text)
                                   .body(std::string(long_text))
                                   .tls(tls::client_options().ca_pem(test_ca().certificate_pem()))
                                   .connect_to(net::endpoint(long_text, 80)));
        } catch (const std::system_error& failure) {
            thrown = failure.code() == http::errc::unsupported_scheme;
        }
        CHECK(thrown);
        thrown = false;
        try {
            co_await fetch_url(get_session(lab.loop, {}, session_options().user_agent(long_text)),
                               "http://127.0.0.1/"s + long_text,
                               fetch_options().body(std::string(long_text)));
        } catch (const std::system_error& failure) {
            thrown = failure.code() == http::errc::session_options_differ;
        }
        CHECK(thrown);
    }
}

}  // namespace

TEST_CASE("fetch_url is awaited with URLs of every kind of text in place", "[integration][gcc12]") {
    echo_lab lab;
    run_to_end(lab.loop, texts(lab, lab.plain.url("/literal").c_str()));
}

TEST_CASE("fetch_url is awaited with options of every kind in place", "[integration][gcc12]") {
    echo_lab lab;
    run_to_end(lab.loop, options(lab));
}

TEST_CASE("fetch_url is awaited with every kind of WHERE in place", "[integration][gcc12]") {
    echo_lab lab;
    run_to_end(lab.loop, places(lab));
}

TEST_CASE("fetch_url is awaited with every kind of token in place", "[integration][gcc12]") {
    echo_lab lab;
    run_to_end(lab.loop, tokens(lab));
}

TEST_CASE("an exception that leaves an awaited fetch_url destroys its arguments once",
          "[integration][gcc12]") {
    echo_lab lab;
    get_session(lab.loop);
    run_to_end(lab.loop, failures(lab));
}
