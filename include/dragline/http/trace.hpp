// What a fetch did, hop by hop and attempt by attempt, as plain data: `fetch_options().trace(&t)`.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/net/connect_trace.hpp>

#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

namespace dragline::inline v1::http {

/// Why an attempt repeats the one before it.
enum class retry_reason {
    none,
    stale_connection,  ///< An idle connection that was dead; not counted by a retry_policy.
    connect_failed,    ///< No connection was made: nothing was sent.
    no_answer,         ///< The connection ended before an answer.
    truncated,         ///< The connection ended inside the answer.
    timeout,           ///< The time of a phase was up.
    status,            ///< The answer has a status that is retried.
    decision,          ///< The function of the retry_policy said so.
};

/// Why an attempt that failed, or has a status that is retried, was the last one.
enum class retry_stop {
    none,         ///< Nothing was to be retried, or there is no retry_policy.
    final_error,  ///< An error that no repetition mends.
    method,       ///< The request may have had an effect, and must not have it twice.
    body,         ///< The body cannot be sent again.
    attempts,     ///< There were as many as allowed.
    retry_after,  ///< The server wants a longer pause than allowed.
    deadline,     ///< The pause would have outlasted the fetch.
    budget,       ///< The retry_budget was used up.
    decision,     ///< The function of the retry_policy said so.
};

/// One exchange, or one that failed.
class attempt_record {
public:
    attempt_record() {}

    std::string url;                ///< Without user name and password.
    bool reused = false;            ///< On a connection that had carried an exchange before.
    bool retried = false;           ///< This attempt repeats the one before it, which failed.
    net::connect_trace connection;  ///< Empty when the connection was reused.
    async::duration
        queue{};  ///< Waiting for a connection or the place for one, or for the limits of its host.
    async::duration first_byte{};  ///< From the request sent to the end of the response head.
    async::duration total{};
    std::uint64_t bytes_sent = 0;      ///< Head and body, before TLS.
    std::uint64_t bytes_received = 0;  ///< Of the body, before decoding.
    int status = 0;                    ///< 0 when no head came.
    std::error_code ec;

    retry_reason reason = retry_reason::none;  ///< Of `retried`.
    async::duration waited{};                  ///< The pause before it, which is in no other time here.
    retry_stop stopped = retry_stop::none;     ///< Why none follows it.
};

/// Filled by a fetch, also when it fails. Belongs to the loop until the operation has completed.
class trace {
public:
    trace() {}

    std::vector<attempt_record> attempts;
};

}  // namespace dragline::http
