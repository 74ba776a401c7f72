// What a fetch did, hop by hop and attempt by attempt, as plain data: `fetch_options().trace(&t)`. No secrets
// stand in it; recording says what is masked, and whether header fields are kept. to_har() writes it down.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/core/error.hpp>
#include <dragline/core/features.hpp>
#include <dragline/http/detail/trace_link.hpp>
#include <dragline/http/fields.hpp>
#include <dragline/net/connect_trace.hpp>
#include <dragline/tls/peer_info.hpp>

#include <asio/ip/address.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace dragline::inline v1::http {

/// What a retry_policy repeats an attempt for.
enum class retry_reason {
    none,
    connect_failed,  ///< No connection was made: nothing was sent.
    no_answer,       ///< The connection ended before an answer.
    truncated,       ///< The connection ended inside the answer.
    timeout,         ///< The time of a phase was up.
    status,          ///< The answer has a status that is retried.
    decision,        ///< The function of the retry_policy said so.
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

/// Why there was another attempt.
enum class attempt_cause {
    first,           ///< There was none before it.
    redirect,        ///< The one before it was answered with a redirect.
    authentication,  ///< With credentials, which the one before it was asked for.
    expectation,     ///< Without asking for 100 (Continue), which was refused.
    proxy,           ///< Through the next proxy, or with credentials for one.
    stale,           ///< The one before it met a connection that was dead.
    retry,           ///< A retry_policy repeats the one before it.
};

/// "redirect"
DRAGLINE_DECL const char* to_string(attempt_cause cause) noexcept;

/// A part of an attempt, from when that began.
struct time_span {
    async::duration start{};
    async::duration took{};
};

/// When each step of an attempt began and how long it took; nothing for those that were not reached or not
/// needed.
class attempt_timeline {
public:
    attempt_timeline() {}

    std::optional<time_span> queue;
    std::optional<time_span> resolve;  ///< With proxies, this and connect are of the first one, inside proxy.
    std::optional<time_span> connect;
    std::optional<time_span> proxy;
    std::optional<time_span> tls;
    std::optional<time_span> send;     ///< Head and body of the request.
    std::optional<time_span> wait;     ///< From then to the end of the response head.
    std::optional<time_span> receive;  ///< The body of the response.
};

/// One exchange, or one that failed.
class attempt_record {
public:
    attempt_record() {}

    std::uint64_t fetch = 0;  ///< Of its session; the attempts of one fetch share it.
    int number = 0;           ///< In its fetch, from 1.
    attempt_cause cause = attempt_cause::first;
    std::string method;
    std::string url;        ///< Without user name and password.
    bool reused = false;    ///< On a connection that had carried an exchange before.
    bool retried = false;   ///< This attempt repeats the one before it, which failed.
    bool complete = false;  ///< False while the body of an open_url() is still to be read.

    net::connect_trace connection;  ///< Empty when the connection was reused.
    std::string proxy;              ///< The proxies on the way; empty when it is the direct one.
    asio::ip::address address;      ///< Of the peer, or of the first proxy.
    std::uint16_t port = 0;
    std::uint16_t local_port = 0;
    dragline::tls::peer_info tls;  ///< Version, cipher and resumption, also of a connection that was reused.

    std::chrono::system_clock::time_point started_at;  ///< The time of day.
    async::duration started{};                         ///< Since the fetch began.
    async::duration queue{};  ///< Waiting for a connection or its place, and for the limits of the host.
    async::duration send_started{};  ///< Since the attempt began.
    async::duration send{};
    async::duration first_byte{};  ///< From the request sent to the end of the response head.
    async::duration receive{};     ///< From then to the end of the body.
    async::duration total{};

    std::uint64_t bytes_sent = 0;  ///< Head and body, before TLS.
    std::uint64_t head_sent = 0;   ///< Of these, the head.
    std::uint64_t head_received = 0;
    std::uint64_t bytes_received = 0;  ///< Of the body, before decoding.
    std::uint64_t bytes_decoded = 0;   ///< Of the body, given to the caller.

    int status = 0;           ///< 0 when no head came.
    int version_minor = 1;    ///< Of HTTP/1.x, as the response says.
    std::string reason;       ///< As sent.
    std::string media_type;   ///< The Content-Type of the response.
    std::string redirect_to;  ///< The URL of the next hop, when the answer is a redirect that is followed.
    fields request_headers;   ///< When recording asks for them; without those that frame the body.
    fields response_headers;
    std::vector<std::string> secret_names;  ///< Of secret_header(), when it stands unmasked in those fields.

    std::error_code ec;
    retry_reason retried_for = retry_reason::none;  ///< Of the cause attempt_cause::retry.
    async::duration waited{};                       ///< The pause before it, which is in no other time here.
    retry_stop stopped = retry_stop::none;          ///< Why none follows it.

    phase failed_in = phase::none;  ///< Where, when there is an error, whether its code says so or not.
    std::exception_ptr exception;   ///< What a callback of the user threw.

    /// Path and query of the URL.
    std::string_view target() const noexcept;
    attempt_timeline timeline() const;
};

/// Filled by a fetch, also when it fails. Belongs to the loop until the operation has completed.
///
/// With open_url() the last attempt is complete when its body has ended, or soon after its stream is gone; a
/// trace that is destroyed before that, on the loop's thread or while the loop does not run, is left alone.
class trace {
public:
    trace() {}

    std::vector<attempt_record> attempts;

private:
    friend class detail::trace_writer;
    detail::trace_anchor anchor_;
};

}  // namespace dragline::http

#include <dragline/http/impl/trace.ipp>
