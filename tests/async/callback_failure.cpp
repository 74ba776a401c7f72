#include <dragline/async/callback_failure.hpp>

#include <dragline/async/operation.hpp>
#include <dragline/async/run.hpp>

#include <catch2/catch_test_macros.hpp>

#include <new>
#include <stdexcept>
#include <string>

using namespace dragline;

namespace {

asio::awaitable<result<int>> calls_a_callback(bool out_of_memory) {
    std::exception_ptr thrown;
    try {
        if (out_of_memory) throw std::bad_alloc();
        throw std::runtime_error("the user's own");
    } catch (...) {
        thrown = std::current_exception();
    }
    throw async::callback_failure(thrown);
    co_return 0;
}

asio::awaitable<result<int>> calls_a_callback_here(asio::any_io_executor, bool out_of_memory) {
    return calls_a_callback(out_of_memory);
}

// Awaits on `place`, which may be the caller's loop or another one.
asio::awaitable<std::string> what_is_caught(asio::any_io_executor place) {
    try {
        (void)co_await async::initiate<int>(place, &calls_a_callback, asio::use_awaitable, false);
    } catch (const std::runtime_error& e) {
        co_return e.what();
    }
    co_return "";
}

asio::awaitable<std::string> what_is_caught_here() {
    try {
        (void)co_await async::await_here<int>(&calls_a_callback_here, false);
    } catch (const std::runtime_error& e) {
        co_return e.what();
    }
    co_return "";
}

std::error_code code_for_a_callback(event_loop& loop, bool out_of_memory) {
    std::error_code code;
    async::initiate<int>(
        loop.get_executor(), &calls_a_callback, [&](std::error_code ec, int) { code = ec; }, out_of_memory);
    loop.run();
    return code;
}

}  // namespace

TEST_CASE("an awaiting caller gets the exception of its callback as it was", "[async][callback_failure]") {
    event_loop loop, other;
    CHECK(run(loop, what_is_caught(loop.get_executor())) == "the user's own");
    CHECK(run(loop, what_is_caught_here()) == "the user's own");

    auto work = asio::prefer(other.get_executor(), asio::execution::outstanding_work.tracked);
    std::string caught;
    asio::co_spawn(loop.get_executor(), what_is_caught(other.get_executor()),
                   [&](std::exception_ptr, std::string text) { caught = text; });
    while (caught.empty()) loop.poll(), other.poll();
    CHECK(caught == "the user's own");
}

TEST_CASE("other tokens get callback_failed, or not_enough_memory", "[async][callback_failure]") {
    event_loop loop;
    CHECK(code_for_a_callback(loop, false) == errc::callback_failed);
    CHECK(code_for_a_callback(loop, true) == std::errc::not_enough_memory);
}
