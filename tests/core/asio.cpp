#include <dragline/core/asio.hpp>

#include <catch2/catch_test_macros.hpp>

#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

#include <dragline/core/error.hpp>

#include <exception>
#include <system_error>
#include <type_traits>

namespace {

asio::awaitable<std::error_code> connect_to(asio::ip::tcp::socket& socket, asio::ip::tcp::endpoint peer) {
    const auto [ec] = co_await socket.async_connect(peer, dragline::as_tuple(asio::use_awaitable));
    co_return ec;
}

}  // namespace

TEST_CASE("as_tuple gives the error code as a value, whichever namespace Asio keeps it in", "[core][asio]") {
    asio::io_context context;
    asio::ip::tcp::acceptor closed(context, {asio::ip::address_v4::loopback(), 0});
    const auto nobody = closed.local_endpoint();
    closed.close();

    asio::ip::tcp::socket socket(context);
    std::error_code seen;
    asio::co_spawn(context, connect_to(socket, nobody), [&](std::exception_ptr failure, std::error_code ec) {
        CHECK_FALSE(failure);
        seen = ec;
    });
    context.run();
    CHECK(seen == asio::error::connection_refused);
}

// In Asio 1.22.1 the category "asio.system" maps nothing to std::errc: the condition has to know its codes.
TEST_CASE("a socket error of Asio is condition::connect_failed, like the system's own code", "[core][asio]") {
    for (const asio::error::basic_errors code :
         {asio::error::connection_refused, asio::error::host_unreachable, asio::error::network_unreachable,
          asio::error::network_down}) {
        const std::error_code ec = code;
        CAPTURE(ec.message());
        CHECK(ec == dragline::condition::connect_failed);
        CHECK(ec != dragline::condition::timeout);
    }
    CHECK(std::error_code(asio::error::connection_reset) != dragline::condition::connect_failed);
    CHECK(std::error_code(asio::error::operation_aborted) != dragline::condition::connect_failed);
    CHECK(std::error_code(asio::error::eof) != dragline::condition::connect_failed);
}

TEST_CASE("the default token makes an operation awaitable", "[core][asio]") {
    using result = asio::async_result<dragline::default_token, void(std::error_code)>;
    STATIC_REQUIRE(std::is_same_v<result::return_type, asio::awaitable<void>>);
}
