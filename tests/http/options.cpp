#include <dragline/http/options.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <type_traits>

using namespace std::chrono_literals;
using dragline::fetch_options;
using dragline::no_limit;
using dragline::http::on_limit;
using dragline::http::redirect_policy;

namespace http = dragline::http;

TEST_CASE("fetch_options have the documented defaults", "[http][options]") {
    const fetch_options options;
    CHECK(options.method().empty());
    CHECK(options.headers().empty());
    CHECK(!options.body().has_value());
    CHECK(options.own_cookies().empty());
    CHECK(!options.cookies());
    CHECK(!options.user_agent());
    CHECK(!options.credentials());
    CHECK(options.timeout() == 30s);
    CHECK(options.connect_timeout() == 10s);
    CHECK(options.tls_timeout() == 10s);
    CHECK(options.proxy_timeout() == 10s);
    CHECK(!options.proxy());
    for (const auto none : {options.resolve_timeout(), options.write_timeout(), options.first_byte_timeout(),
                            options.read_timeout()}) {
        CHECK(none == no_limit);
    }
    CHECK(options.max_body() == 64u * 1024 * 1024);
    CHECK(options.on_limit() == on_limit::error);
    CHECK(options.max_discard() == 64u * 1024);
    CHECK(options.discard_timeout() == 250ms);
    CHECK(options.redirects().limit() == 10);
    CHECK(!options.redirects().allow_insecure());
    CHECK(options.decompress());
    CHECK(!options.tls());
    CHECK(!options.connect_to());
    CHECK(!options.fresh_connection());
    CHECK(options.stale_retry());
    CHECK(options.head_limits().max_size() == 256u * 1024);
    CHECK(options.head_limits().max_fields() == 1000);
    CHECK(options.head_limits().max_line() == 32u * 1024);
    CHECK(options.max_interim() == 32);
    CHECK(!options.expect_continue());
    CHECK(!options.retry());
    CHECK(options.trace() == nullptr);
    STATIC_CHECK(!std::is_aggregate_v<fetch_options>);
    STATIC_CHECK(!std::is_aggregate_v<redirect_policy>);
}

TEST_CASE("fetch_options keep what they are given", "[http][options]") {
    http::trace trace;
    const auto options = fetch_options()
                             .method("PUT")
                             .header("A", "1")
                             .header("a", "2")
                             .body("text")
                             .user_agent("me")
                             .timeout(1s)
                             .resolve_timeout(2s)
                             .connect_timeout(3s)
                             .tls_timeout(4s)
                             .proxy_timeout(13s)
                             .proxy("http://a:1")
                             .write_timeout(5s)
                             .first_byte_timeout(6s)
                             .read_timeout(-7s)
                             .max_body(8)
                             .on_limit(on_limit::truncate)
                             .max_discard(14)
                             .discard_timeout(15s)
                             .redirects(redirect_policy(9).allow_insecure(true))
                             .decompress(false)
                             .tls(dragline::tls::client_options().verify(false))
                             .connect_to(dragline::net::endpoint("127.0.0.1", 10))
                             .fresh_connection(true)
                             .stale_retry(false)
                             .head_limits(dragline::h1::head_limits().max_size(11))
                             .expect_continue(3s)
                             .max_interim(12)
                             .trace(&trace);
    CHECK(options.method() == "PUT");
    CHECK(options.headers().size() == 2);
    CHECK(options.body().bytes() == "text");
    CHECK(options.user_agent() == "me");
    CHECK(options.timeout() == 1s);
    CHECK(options.resolve_timeout() == 2s);
    CHECK(options.connect_timeout() == 3s);
    CHECK(options.tls_timeout() == 4s);
    CHECK(options.proxy_timeout() == 13s);
    CHECK(options.proxy() == http::proxy_policy::through("http://a:1"));
    CHECK(options.write_timeout() == 5s);
    CHECK(options.first_byte_timeout() == 6s);
    CHECK(options.read_timeout() == -7s);
    CHECK(options.max_body() == 8);
    CHECK(options.on_limit() == on_limit::truncate);
    CHECK(options.max_discard() == 14);
    CHECK(options.discard_timeout() == 15s);
    CHECK(options.redirects().limit() == 9);
    CHECK(options.redirects().allow_insecure());
    CHECK(!options.decompress());
    CHECK(!options.tls()->verify());
    CHECK(options.connect_to()->port() == 10);
    CHECK(options.fresh_connection());
    CHECK(!options.stale_retry());
    CHECK(options.head_limits().max_size() == 11);
    CHECK(options.expect_continue() == 3s);
    CHECK(options.max_interim() == 12);
    CHECK(options.trace() == &trace);
}

TEST_CASE("headers replaces those that were given before", "[http][options]") {
    const auto options = fetch_options().header("A", "1").headers(http::fields().add("B", "2"));
    CHECK(options.headers() == http::fields().add("B", "2"));
}

TEST_CASE("copies of fetch_options share body and TLS options", "[http][options]") {
    const auto options = fetch_options().body(std::string(100'000, 'x')).tls(dragline::tls::client_options());
    const auto copy = options;
    CHECK(copy.body().bytes().data() == options.body().bytes().data());
    CHECK(copy.tls() == options.tls());
}

TEST_CASE("a policy of none follows nothing", "[http][options]") {
    CHECK(redirect_policy::none().limit() == 0);
}
