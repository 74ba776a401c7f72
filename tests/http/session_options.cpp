#include <dragline/http/session_options.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <type_traits>

using namespace std::chrono_literals;
using dragline::session_options;

TEST_CASE("session_options have the documented defaults", "[http][session_options]") {
    const session_options options;
    CHECK(options.connections_per_host() == 10);
    CHECK(options.connections() == 256);
    CHECK(options.max_waiters() == 100'000);
    CHECK(options.idle_timeout() == 15s);
    CHECK(options.user_agent().starts_with("dragline/"));
    CHECK(options.cookies() == dragline::http::cookie_policy::none());
    CHECK(options.netrc() == dragline::http::netrc());
    CHECK(options.known_challenges() == 1000);
    CHECK(options.proxy().is_none());
    CHECK(!options.retry());
    CHECK(!options.host_limits());
    CHECK(!options.circuit_breaker());
    CHECK(options.tls() == dragline::tls::client_options());
    CHECK(options.dns() == dragline::dns::query_options());
    STATIC_CHECK(!std::is_aggregate_v<session_options>);
}

TEST_CASE("session_options are equal when every setting is", "[http][session_options]") {
    const session_options usual;
    CHECK(usual == session_options());
    CHECK(!(usual == session_options().connections_per_host(1)));
    CHECK(!(usual == session_options().connections(1)));
    CHECK(!(usual == session_options().max_waiters(1)));
    CHECK(!(usual == session_options().idle_timeout(1s)));
    CHECK(!(usual == session_options().user_agent("")));
    CHECK(!(usual == session_options().cookies(dragline::http::cookie_policy::own_jar())));
    const auto entries = dragline::http::netrc::parse("machine a login b password c").value();
    CHECK(!(usual == session_options().netrc(entries)));
    CHECK(!(usual == session_options().known_challenges(1)));
    CHECK(!(usual == session_options().proxy("http://a:1")));
    CHECK(session_options().proxy("http://a:1") == session_options().proxy("http://a:1"));
    CHECK(!(usual == session_options().retry(dragline::http::retry_policy())));
    CHECK(!(usual == session_options().host_limits(dragline::http::host_limits())));
    CHECK(!(usual == session_options().circuit_breaker(dragline::http::circuit_breaker())));
    CHECK(session_options().retry(dragline::http::retry_policy()) ==
          session_options().retry(dragline::http::retry_policy()));
    CHECK(!(usual == session_options().tls(dragline::tls::client_options().verify(false))));
    CHECK(!(usual == session_options().dns(dragline::dns::query_options().tries(1))));
}
