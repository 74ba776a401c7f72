#include <dragline/net/server_options.hpp>

#include <dragline/async/blocking_pool.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <type_traits>

using namespace std::chrono_literals;
using dragline::net::server_options;

static_assert(!std::is_aggregate_v<server_options>);

TEST_CASE("server options keep what they are given, and have safe defaults", "[net][server_options]") {
    const server_options defaults;
    CHECK(defaults.max_connections() == 10'000);
    CHECK(defaults.connection_timeout() == dragline::no_limit);
    CHECK(defaults.handshake_timeout() == 10s);
    CHECK(!defaults.tls());
    CHECK(!defaults.pool());

    dragline::blocking_pool pool;
    const auto options = server_options()
                             .max_connections(1)
                             .backlog(2)
                             .accept_rate(3, 4)
                             .connection_timeout(5s)
                             .handshake_timeout(6s)
                             .drain_timeout(7s)
                             .tls(dragline::tls::server_options().alpn({"h2"}))
                             .stream(dragline::net::stream_options().read_limit(8))
                             .socket(dragline::net::socket_options().no_delay(false))
                             .reuse_port(true)
                             .v6_only(true)
                             .local_permissions(std::filesystem::perms::owner_all)
                             .pool(pool)
                             .on_error([](std::exception_ptr, const dragline::net::endpoint&) {});
    CHECK(options.max_connections() == 1);
    CHECK(options.backlog() == 2);
    CHECK(options.accept_rate() == 3);
    CHECK(options.accept_burst() == 4);
    CHECK(options.connection_timeout() == 5s);
    CHECK(options.handshake_timeout() == 6s);
    CHECK(options.drain_timeout() == 7s);
    CHECK(options.tls()->alpn().front() == "h2");
    CHECK(options.stream().read_limit() == 8);
    CHECK(!options.socket().no_delay());
    CHECK(options.reuse_port());
    CHECK(options.v6_only());
    CHECK(options.local_permissions() == std::filesystem::perms::owner_all);
    CHECK(options.pool() == &pool);
    CHECK(options.on_error());
}
