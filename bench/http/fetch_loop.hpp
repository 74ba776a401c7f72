// fetch_url with everything on, as a user calls it: so many at once, on one session.
#pragma once

#include "workload.hpp"

#include <dragline/http/fetch.hpp>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include <exception>
#include <string>
#include <utility>

inline dragline::session session_for(asio::io_context& loop, const workload& work) {
    auto options = dragline::session_options()
                       .connections_per_host(static_cast<std::size_t>(work.in_flight))
                       .connections(static_cast<std::size_t>(work.in_flight));
    if (work.tls) options.tls(dragline::tls::client_options().ca_file(work.ca_file));
    return dragline::get_session(loop, "bench", options);
}

inline void check_page(const dragline::http::response& page, const workload& work) {
    require(page.status == 200 && page.body.size() == work.body_size, "dragline");
}

inline asio::awaitable<void> fetch_in_turn(dragline::session session, const workload& work,
                                           const std::string& url, int& left) {
    while (left > 0) {
        --left;
        check_page(co_await dragline::fetch_url(session, url), work);
    }
}

// With a trace of each fetch, as a program looks at it and throws it away.
inline asio::awaitable<void> fetch_traced(dragline::session session, const workload& work,
                                          const std::string& url, int& left) {
    dragline::http::trace trace;
    while (left > 0) {
        --left;
        dragline::fetch_options
            options;  // to be moved, as the default ones are: a copy would count as tracing
        options.trace(&trace);
        check_page(co_await dragline::fetch_url(session, url, std::move(options)), work);
        require(trace.attempts.at(0).status == 200, "dragline");
        trace.attempts.clear();
    }
}

inline void run_fetches(asio::io_context& loop, const dragline::session& session, const workload& work,
                        int requests, decltype(&fetch_in_turn) fetches = &fetch_in_turn) {
    const auto url = work.url();
    int left = requests;
    for (int i = 0; i < work.in_flight; ++i) {
        asio::co_spawn(loop, fetches(session, work, url, left), [](std::exception_ptr error) {
            if (error) std::rethrow_exception(error);
        });
    }
    loop.restart();
    loop.run();
}
