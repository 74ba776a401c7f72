// A session with a loop of its own, driven on the test's thread: what the tests of fetching stand on.
#pragma once

#include "run.hpp"

#include <dragline/async/event_loop.hpp>
#include <dragline/http/fetch.hpp>
#include <dragline/http/session.hpp>
#include <dragline/testing/certificate_authority.hpp>
#include <dragline/testing/dns_server.hpp>
#include <dragline/testing/http_server.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::test {

/// What a fetch came to.
struct fetched {
    bool done = false;
    std::error_code ec;
    http::response response;
    http::trace trace;
};

class http_client {
public:
    explicit http_client(const http::session_options& options = http::session_options(),
                         const event_loop_options& loop_options = event_loop_options())
        : loop(loop_options), session(get_session(loop, "test", options)) {}

    event_loop loop;
    http::session session;

    /// Fetches, and runs the loop until the fetch is over.
    fetched fetch(std::string_view url, const fetch_options& options = fetch_options()) {
        auto started = start(url, options);
        wait_for(started);
        return std::move(*started);
    }

    /// Begins a fetch; the loop is still to be run.
    std::shared_ptr<fetched> start(std::string_view url, fetch_options options = fetch_options()) {
        auto kept = std::make_shared<fetched>();
        if (!options.trace()) options.trace(&kept->trace);
        fetch_url(session, url, std::move(options), [kept](std::error_code ec, http::response response) {
            kept->ec = ec;
            kept->response = std::move(response);
            kept->done = true;
        });
        return kept;
    }

    void wait_for(const std::shared_ptr<fetched>& started) {
        run_until(loop, [&] { return started->done; });
    }
    void wait_for(const std::vector<std::shared_ptr<fetched>>& started) {
        for (const auto& each : started) wait_for(each);
    }

    /// Runs the loop for so long: for what is to show that nothing happens.
    void run_for(std::chrono::milliseconds time) {
        const auto until = std::chrono::steady_clock::now() + time;
        run_until(loop, [&] { return std::chrono::steady_clock::now() >= until; });
    }

    http::session_statistics statistics() const { return session.statistics(); }
};

/// A session that looks names up with this server alone.
inline http::session_options using_dns(const testing::dns_server& server) {
    auto queries = dns::query_options().add_server(server.to_string()).hosts_file(false);
    return http::session_options().dns(std::move(queries));
}

/// One authority for all tests.
inline const testing::certificate_authority& test_ca() {
    static const testing::certificate_authority instance;
    return instance;
}

inline testing::issued_certificate certificate_of(const testing::certificate_request& request) {
    return test_ca().issue(request);
}

/// For servers at 127.0.0.1 and names below "test".
inline testing::issued_certificate usual_certificate() {
    return certificate_of(
        testing::certificate_request().name("a.test").name("b.test").address("127.0.0.1").address("::1"));
}

inline tls::client_options trusting_test_ca() {
    return tls::client_options().ca_pem(test_ca().certificate_pem());
}

}  // namespace dragline::test
