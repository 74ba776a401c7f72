// fetch_url with everything on, as a user calls it: so many at once, on one session.
#pragma once

#include "workload.hpp"

#include <dragline/http/fetch.hpp>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include <exception>
#include <string>

inline dragline::session session_for(asio::io_context& loop, const workload& work) {
    auto options = dragline::session_options()
                       .connections_per_host(static_cast<std::size_t>(work.in_flight))
                       .connections(static_cast<std::size_t>(work.in_flight));
    if (work.tls) options.tls(dragline::tls::client_options().ca_file(work.ca_file));
    return dragline::get_session(loop, "bench", options);
}

inline asio::awaitable<void> fetch_in_turn(dragline::session session, const workload& work,
                                           const std::string& url, int& left) {
    while (left > 0) {
        --left;
        auto page = co_await dragline::fetch_url(session, url);
        require(page.status == 200 && page.body.size() == work.body_size, "dragline");
    }
}

inline void run_fetches(asio::io_context& loop, const dragline::session& session, const workload& work,
                        int requests) {
    const auto url = work.url();
    int left = requests;
    for (int i = 0; i < work.in_flight; ++i) {
        asio::co_spawn(loop, fetch_in_turn(session, work, url, left), [](std::exception_ptr error) {
            if (error) std::rethrow_exception(error);
        });
    }
    loop.restart();
    loop.run();
}
