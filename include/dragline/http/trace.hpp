// What a fetch did, hop by hop and attempt by attempt, as plain data: `fetch_options().trace(&t)`.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/net/connect_trace.hpp>

#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

namespace dragline::inline v1::http {

/// One exchange, or one that failed.
class attempt_record {
public:
    attempt_record() {}

    std::string url;                ///< Without user name and password.
    bool reused = false;            ///< On a connection that had carried an exchange before.
    bool retried = false;           ///< This attempt repeats the one before it, which met a stale connection.
    net::connect_trace connection;  ///< Empty when the connection was reused.
    async::duration queue{};        ///< Waiting for a connection or the place for one.
    async::duration first_byte{};   ///< From the request sent to the end of the response head.
    async::duration total{};
    std::uint64_t bytes_sent = 0;      ///< Head and body, before TLS.
    std::uint64_t bytes_received = 0;  ///< Of the body, before decoding.
    int status = 0;                    ///< 0 when no head came.
    std::error_code ec;
};

/// Filled by a fetch, also when it fails. Belongs to the loop until the operation has completed.
class trace {
public:
    trace() {}

    std::vector<attempt_record> attempts;
};

}  // namespace dragline::http
