#include <dragline/testing/sockets.hpp>

#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/address_v6.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <optional>
#include <system_error>

namespace testing = dragline::testing;

namespace {

// The outcome of a connection attempt, or nothing when it hangs for so long.
std::optional<std::error_code> connect(const asio::ip::tcp::endpoint& where,
                                       std::chrono::milliseconds limit) {
    asio::io_context context(1);
    asio::ip::tcp::socket socket(context);
    std::optional<std::error_code> outcome;
    socket.async_connect(where, [&](std::error_code ec) { outcome = ec; });
    context.run_for(limit);
    return outcome;
}

constexpr auto patience = std::chrono::seconds(20);

}  // namespace

TEST_CASE("a dead port refuses connections", "[testing][sockets]") {
    const testing::dead_port nobody;
    CHECK(nobody.port() != 0);
    CHECK(nobody.endpoint().address().to_string() == "127.0.0.1");
    CHECK(connect(nobody.endpoint(), patience) == asio::error::connection_refused);
    CHECK(connect(nobody.endpoint(), patience) == asio::error::connection_refused);
}

TEST_CASE("dead ports are different, and may be on any loopback address", "[testing][sockets]") {
    const testing::dead_port one;
    const testing::dead_port two;
    CHECK(one.port() != two.port());

    const testing::dead_port other(asio::ip::make_address("127.5.0.9"));
    CHECK(other.endpoint().address().to_string() == "127.5.0.9");
    CHECK(connect(other.endpoint(), patience) == asio::error::connection_refused);

    const testing::dead_port six(asio::ip::address_v6::loopback());
    CHECK(connect(six.endpoint(), patience) == asio::error::connection_refused);
}

TEST_CASE("a dead port cannot be taken by another", "[testing][sockets]") {
    const testing::dead_port nobody;
    asio::io_context context;
    asio::ip::tcp::acceptor acceptor(context, asio::ip::tcp::v4());
    std::error_code ec;
    acceptor.bind(nobody.endpoint(), ec);
    CHECK(ec == asio::error::address_in_use);
}

TEST_CASE("connections into a black hole hang, however many", "[testing][sockets]") {
    const testing::black_hole hole;
    for (int i = 0; i < 3; ++i) CHECK_FALSE(connect(hole.endpoint(), std::chrono::milliseconds(200)));

    const testing::black_hole other(asio::ip::make_address("127.5.0.9"));
    CHECK(other.endpoint().address().to_string() == "127.5.0.9");
    CHECK_FALSE(connect(other.endpoint(), std::chrono::milliseconds(200)));
}
