#include <dragline/net/connected.hpp>

#include "stream_pair.hpp"

#include <dragline/net/stream_pair.hpp>

#include <asio/error.hpp>
#include <catch2/catch_test_macros.hpp>

#include <type_traits>

using dragline::net::connected;

TEST_CASE("a connected that was not filled has neither layer, address nor peer", "[net][connected]") {
    const connected none;
    CHECK(!none.layer);
    CHECK(none.address.is_unspecified());
    CHECK(!none.peer);
    STATIC_CHECK(!std::is_aggregate_v<connected>);
}

TEST_CASE("a connected knows its own endpoint, one in memory has none", "[net][connected]") {
    dragline::event_loop loop;
    const dragline::test::stream_pair sockets(loop);
    CHECK(sockets.connected().local_endpoint().value().is_local_socket());
    connected memory;
    const auto pair = dragline::net::make_stream_pair(loop);
    memory.layer = pair.first.state()->core.layer;
    CHECK(memory.local_endpoint().error() == asio::error::operation_not_supported);
}
