// Hooks into what fetches do: derive from `observer`, and give it to session_options or fetch_options.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/http/trace.hpp>
#include <dragline/net/connect_trace.hpp>

#include <cstdint>
#include <string_view>
#include <system_error>
#include <vector>

namespace dragline::inline v1::http {

/// What all events tell. Texts and references are good for the call; secrets are masked, see recording.
struct fetch_event {
    std::uint64_t fetch = 0;    ///< The same for all events of one fetch, and in its trace.
    int attempt = 0;            ///< From 1; 0 before the first one.
    async::time_point at{};     ///< By the clock of the loop.
    async::duration elapsed{};  ///< Since the attempt began; of done_event, since the fetch did.
};

/// An attempt begins: it wants a connection.
struct attempt_event : fetch_event {
    std::string_view method;
    std::string_view url;
    attempt_cause cause = attempt_cause::first;
};

/// There is a connection, or the place for one.
struct queue_event : fetch_event {
    async::duration took{};
    bool reused = false;  ///< The next event is a request_event; else there will be a connection first.
};

/// Names were looked up; told with connect_event, right before it.
struct dns_event : fetch_event {
    async::duration took{};  ///< Until the first address was known.
    const std::vector<dns::lookup_trace>* look_ups = nullptr;
};

/// A connection stands, or could not be made. Told when that is known, with all that was done for it.
struct connect_event : fetch_event {
    async::duration took{};  ///< Of the transport; with proxies, until the last one was through.
    const net::connect_trace* connection = nullptr;
    std::error_code ec;  ///< Of any of its stages.
};

/// A TLS handshake was done, or failed: told after connect_event.
struct tls_event : fetch_event {
    async::duration took{};
    const dragline::tls::peer_info* peer = nullptr;
    std::error_code ec;
};

/// The request has been sent.
struct request_event : fetch_event {
    std::string_view method;
    std::string_view url;
    const http::fields* headers = nullptr;  ///< Empty unless recording asks for them.
    std::uint64_t bytes = 0;                ///< Head and body.
};

/// The head of a response has come.
struct first_byte_event : fetch_event {
    async::duration took{};  ///< Since the request was sent.
    int status = 0;
    const http::fields* headers = nullptr;  ///< Empty unless recording asks for them.
};

/// Some of the body has come: of the answer alone, not of redirects and the like.
struct chunk_event : fetch_event {
    std::uint64_t size = 0;   ///< Decoded.
    std::uint64_t total = 0;  ///< With those before.
};

/// An attempt is over.
struct attempt_done_event : fetch_event {
    const attempt_record* record = nullptr;
};

/// The fetch is over; of open_url(), its body.
struct done_event : fetch_event {
    std::error_code ec;
};

/// What is told of fetches, on their loop and while they wait: do little. Override what you want to know.
///
/// Every fetch that begins an attempt is told done, but for those that end with their loop. What a hook
/// throws ends the fetch as other callbacks do: an awaiting caller gets it, others errc::callback_failed, and
/// the trace has it; at the end of the body of an open_url() it is dropped.
/// Threads: those of the loops that it is given to.
class observer {
public:
    virtual ~observer() = default;

    virtual void on_attempt(const attempt_event&) {}
    virtual void on_queue(const queue_event&) {}
    virtual void on_dns(const dns_event&) {}
    virtual void on_connect(const connect_event&) {}
    virtual void on_tls(const tls_event&) {}
    virtual void on_request(const request_event&) {}
    virtual void on_first_byte(const first_byte_event&) {}
    virtual void on_chunk(const chunk_event&) {}
    virtual void on_attempt_done(const attempt_done_event&) {}
    virtual void on_done(const done_event&) {}
};

}  // namespace dragline::http
