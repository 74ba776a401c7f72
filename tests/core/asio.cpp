#include <dragline/core/asio.hpp>

#include <catch2/catch_test_macros.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>

#include <dragline/core/error.hpp>
#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>

namespace {

using dragline::result;

asio::awaitable<std::error_code> connect_to(asio::ip::tcp::socket& socket, asio::ip::tcp::endpoint peer) {
    const auto [ec] = co_await socket.async_connect(peer, dragline::as_tuple(asio::use_awaitable));
    co_return ec;
}

using owned = std::unique_ptr<int>;

asio::awaitable<result<owned>> halve(int number) {
    if (number < 0) throw std::out_of_range("negative");
    if (number % 2 != 0) co_return std::make_error_code(std::errc::argument_out_of_domain);
    co_return std::make_unique<int>(number / 2);
}

asio::awaitable<result<int>> quarter(int number) {
    const auto half = co_await halve(number);
    if (!half) co_return half.error();
    const auto value = co_await halve(**half);
    co_return value ? result<int>(**value) : value.error();
}

asio::awaitable<result<void>> sleep_for_ever() {
    asio::steady_timer timer(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    const auto [ec] = co_await timer.async_wait(dragline::as_tuple(asio::use_awaitable));
    co_return ec;
}

// Where the frame of a coroutine stands.
asio::awaitable<result<const void*>> place_of_frame() {
    const int local = 0;
    co_await asio::this_coro::executor;
    co_return static_cast<const void*>(&local);
}

asio::awaitable<bool> has_one_place() {
    const auto first = co_await place_of_frame();
    const auto second = co_await place_of_frame();
    co_return *first == *second;
}

template <class T>
T run(asio::awaitable<T> body) {
    asio::io_context context;
    std::optional<T> got;
    asio::co_spawn(context, std::move(body), [&got](std::exception_ptr thrown, T value) {
        if (thrown) std::rethrow_exception(thrown);
        got.emplace(std::move(value));
    });
    context.run();
    return *std::move(got);
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

TEST_CASE("a coroutine that gives a result gives its value, its error, and what it throws", "[core][asio]") {
    CHECK(**run(halve(8)) == 4);
    CHECK(*run(quarter(8)) == 2);
    CHECK(run(quarter(6)).error() == std::errc::argument_out_of_domain);
    CHECK(run(quarter(3)).error() == std::errc::argument_out_of_domain);
    CHECK_THROWS_AS(run(quarter(-8)), std::out_of_range);
}

TEST_CASE("a coroutine that gives a result is cancelled, and destroyed while it waits", "[core][asio]") {
    asio::io_context context;
    asio::cancellation_signal ending;
    std::error_code seen;
    asio::co_spawn(
        context, sleep_for_ever(),
        asio::bind_cancellation_slot(
            ending.slot(), [&seen](std::exception_ptr, result<void> ended) { seen = ended.error(); }));
    asio::co_spawn(context, sleep_for_ever(), [](std::exception_ptr, result<void>) { FAIL("never ends"); });
    context.poll();
    ending.emit(asio::cancellation_type::terminal);
    context.poll();
    CHECK(seen == asio::error::operation_aborted);
    const auto never_begun = halve(8);
    CHECK(never_begun.valid());
}

TEST_CASE("a coroutine that gives a result stands where the one before it stood", "[core][asio]") {
    if (dragline::features::address_sanitizer) SKIP("each frame is one of its own there");
    CHECK(run(has_one_place()));
}

TEST_CASE("a coroutine that gives a result may go on another thread than it came from", "[core][asio]") {
    for (int round = 0; round < 20; ++round) {
        auto made = halve(8);
        std::thread([&made] { CHECK(**run(std::move(made)) == 4); }).join();
        std::thread([&made] { made = halve(6); }).join();
        CHECK(**run(std::move(made)) == 3);
    }
}
