// fetch_url with everything on, as a user calls it.
#include "workload.hpp"

#include <dragline/http/fetch.hpp>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>

namespace {

asio::awaitable<void> worker(dragline::session session, const workload& work, const std::string& url,
                             int& left) {
    while (left > 0) {
        --left;
        auto page = co_await dragline::fetch_url(session, url);
        require(page.status == 200 && page.body.size() == work.body_size, "dragline");
    }
}

}  // namespace

int main(int count, char** arguments) {
    const auto work = read_arguments(count, arguments);
    const auto url = "http://127.0.0.1:" + std::to_string(work.port) + work.path;
    asio::io_context loop(1);
    auto session = dragline::get_session(
        loop, "bench",
        dragline::session_options().connections_per_host(static_cast<std::size_t>(work.in_flight)));
    int left = work.requests;
    const stopwatch watch;
    for (int i = 0; i < work.in_flight; ++i) {
        asio::co_spawn(loop, worker(session, work, url, left), [](std::exception_ptr error) {
            if (error) std::rethrow_exception(error);
        });
    }
    loop.run();
    print(watch, work.requests);
}
