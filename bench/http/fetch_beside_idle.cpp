// What a request costs beside many idle connections to other hosts: CPU seconds per 100k requests without
// them, and with them. The pool is right when the two are the same.
#include "fetch_loop.hpp"

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>

namespace {

constexpr std::size_t idle_connections = 10'000;

dragline::session wide_session(asio::io_context& loop) {
    const auto options =
        dragline::session_options().connections(2 * idle_connections).idle_timeout(std::chrono::minutes(10));
    return dragline::get_session(loop, "idle", options);
}

asio::awaitable<void> open_idle(dragline::session session, dragline::net::endpoint where,
                                std::size_t number) {
    const auto options = dragline::fetch_options().connect_to(where);
    auto page =
        co_await dragline::fetch_url(session, "http://host" + std::to_string(number) + ".test/13", options);
    require(page.status == 200, "idle");
}

double cpu_of(asio::io_context& loop, const dragline::session& session, const workload& work) {
    const stopwatch watch;
    run_fetches(loop, session, work, work.requests);
    return watch.cpu_seconds() * 1e5 / work.requests;
}

}  // namespace

int main(int count, char** arguments) {
    const auto work = read_arguments(count, arguments);
    asio::io_context loop(1);
    const auto session = wide_session(loop);
    run_fetches(loop, session, work, work.requests / 10);
    const auto alone = cpu_of(loop, session, work);
    const dragline::net::endpoint where("127.0.0.1", work.port);
    for (std::size_t opened = 0; opened < idle_connections; opened += 100) {
        for (std::size_t i = 0; i < 100; ++i)
            asio::co_spawn(loop, open_idle(session, where, opened + i), [](std::exception_ptr error) {
                if (error) std::rethrow_exception(error);
            });
        loop.restart();
        loop.run();
    }
    require(session.statistics().idle_connections >= idle_connections, "idle connections");
    std::printf("%.4f %.4f\n", alone, cpu_of(loop, session, work));
}
