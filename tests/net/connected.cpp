#include <dragline/net/connected.hpp>

#include <catch2/catch_test_macros.hpp>

#include <type_traits>

TEST_CASE("a connected that was not filled has neither stream, address nor peer", "[net][connected]") {
    const dragline::net::connected none;
    CHECK(!none.stream.is_open());
    CHECK(none.address.is_unspecified());
    CHECK(!none.peer);
    STATIC_CHECK(!std::is_aggregate_v<dragline::net::connected>);
}
