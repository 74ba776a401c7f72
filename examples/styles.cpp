// The same operation in four styles: only the last argument, the completion token, is another one.
#include <dragline/dragline.hpp>
#include <dragline/testing/http_server.hpp>

#include <asio/co_spawn.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_future.hpp>

#include <chrono>
#include <future>
#include <iostream>
#include <string>
#include <system_error>
#include <thread>

using namespace std::chrono_literals;

void callback_style(dragline::event_loop& loop, const std::string& url, std::promise<void>& done) {
    dragline::fetch_url(loop, url, [&done](std::error_code ec, dragline::http::response page) {
        std::cout << "callback:  " << (ec ? ec.message() : page.body);
        done.set_value();
    });
}

asio::awaitable<void> coroutine_style(std::string url) {
    auto page = co_await dragline::fetch_url(url);  // throws std::system_error
    std::cout << "coroutine: " << page.body;

    // With this token it does not throw.
    auto here = co_await asio::this_coro::executor;
    auto [ec, none] = co_await dragline::fetch_url(here, "http://", dragline::as_tuple(asio::use_awaitable));
    std::cout << "           " << ec.message() << '\n';
}

void future_style(dragline::event_loop& loop, const std::string& url) {
    std::future<dragline::http::response> page = dragline::fetch_url(loop, url, asio::use_future);
    std::cout << "future:    " << page.get().body;
}

void blocking_style(dragline::event_loop& loop, const std::string& url) {
    auto page = dragline::sync_wait(loop, dragline::fetch_url(loop, url), 10s);
    std::cout << "blocking:  " << page.body;
}

int main() {
    dragline::testing::http_server server;
    server.on("/", dragline::testing::http_reply().body("hello\n"));

    // The loop has a thread of its own here, so that this one may block.
    dragline::event_loop loop;
    auto work = asio::make_work_guard(loop.get_executor());
    std::thread runner([&loop] { loop.run(); });

    std::promise<void> done;
    callback_style(loop, server.url(), done);
    done.get_future().wait();
    asio::co_spawn(loop.get_executor(), coroutine_style(server.url()), asio::use_future).get();
    future_style(loop, server.url());
    blocking_style(loop, server.url());

    work.reset();
    loop.stop();
    runner.join();
}
