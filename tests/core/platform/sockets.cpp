#include <dragline/core/platform/sockets.hpp>

#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>

namespace platform = dragline::platform;

TEST_CASE("many datagrams go and come in one call, and one that is cut says so", "[core][platform]") {
    if (!platform::batched_datagrams) SKIP("not on this system");
    using asio::ip::udp;
    asio::io_context loop;
    const udp::endpoint anywhere(asio::ip::address_v4::loopback(), 0);
    udp::socket from(loop, anywhere), to(loop, anywhere);
    from.connect(to.local_endpoint());
    to.connect(from.local_endpoint());
    std::string first = "first", second = "second";
    const platform::datagram sent[] = {{first.data(), first.size()}, {second.data(), second.size()}};
    REQUIRE(platform::send_datagrams(from.native_handle(), sent, 2) == 2);
    char room[3][5];
    platform::datagram got[] = {{room[0], 5}, {room[1], 5}, {room[2], 5}};
    to.wait(udp::socket::wait_read);
    REQUIRE(platform::receive_datagrams(to.native_handle(), got, 3) == 2);
    CHECK(std::string_view(room[0], got[0].size) == "first");
    CHECK_FALSE(got[0].truncated);
    CHECK(std::string_view(room[1], 5) == "secon");
    CHECK(got[1].truncated);
    CHECK(platform::receive_datagrams(to.native_handle(), got, 3) == -1);
}
