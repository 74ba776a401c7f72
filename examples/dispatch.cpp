// Handlers of both kinds through one dispatcher: the compiler sees which one waits on the loop, and which one
// would hold it up and goes to the pool of threads.
#include <dragline/dragline.hpp>

#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>

#include <chrono>
#include <iostream>
#include <numeric>
#include <stop_token>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

// A plain function may block or compute for long: it runs on the pool.
long sum_of_squares(std::vector<long> numbers) {
    return std::inner_product(numbers.begin(), numbers.end(), numbers.begin(), 0L);
}

// A coroutine gives way where it waits: it runs on the loop.
asio::awaitable<std::string> wait_a_little(std::string text) {
    asio::steady_timer timer(co_await asio::this_coro::executor, 10ms);
    co_await timer.async_wait(asio::use_awaitable);
    co_return text + ", on the loop";
}

// A blocking handler that lasts can be asked to stop.
void never_done(std::stop_token stop) {
    while (!stop.stop_requested()) std::this_thread::sleep_for(1ms);
}

static_assert(dragline::handler_kind_v<decltype(sum_of_squares), std::vector<long>> ==
              dragline::handler_kind::blocking);
static_assert(dragline::handler_kind_v<decltype(wait_a_little), std::string> ==
              dragline::handler_kind::coroutine);

asio::awaitable<void> show(dragline::dispatcher& dispatch) {
    std::vector<long> numbers(1000, 2);
    std::cout << "sum: " << co_await dispatch.dispatch(sum_of_squares, std::move(numbers))
              << ", on the pool\n";
    std::cout << "waited: " << co_await dispatch.dispatch(wait_a_little, std::string("10 ms")) << '\n';

    dragline::dispatch_options brief;
    brief.deadline(20ms);
    try {
        co_await dispatch.dispatch(brief, never_done);
    } catch (const std::system_error& failure) {
        std::cout << "too long: " << failure.code().message() << '\n';
    }
}

int main() {
    dragline::event_loop loop;
    dragline::blocking_pool pool;
    dragline::dispatcher dispatch(loop, pool);
    dragline::run(loop, show(dispatch));
}
