// The knobs of open_events().
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/http/events/event_stream_parser.hpp>
#include <dragline/http/options.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::http {

/// How events are received. A value that cannot work is kept and fails the operation.
class events_options {
public:
    using duration = async::duration;

    events_options() {}

    /// The request: fields, credentials, the time until the head of each connection. max_body() and
    /// read_timeout() have no meaning here.
    events_options& fetch(fetch_options value) { return fetch_ = std::move(value), *this; }
    const fetch_options& fetch() const noexcept { return fetch_; }

    /// How often in a row, without an event in between, a new connection is tried when one has ended.
    events_options& reconnects(int value) { return reconnects_ = value, *this; }
    int reconnects() const noexcept { return reconnects_; }

    /// The wait before each of them, as long as the server does not say another one.
    events_options& retry(duration value) { return retry_ = value, *this; }
    duration retry() const noexcept { return retry_; }

    /// The server's wish counts up to this.
    events_options& max_retry(duration value) { return max_retry_ = value, *this; }
    duration max_retry() const noexcept { return max_retry_; }

    /// How long a connection may be silent; servers send a comment from time to time.
    events_options& idle_timeout(duration value) { return idle_timeout_ = value, *this; }
    duration idle_timeout() const noexcept { return idle_timeout_; }

    /// Goes on where another stream was left: sent with the first request already.
    events_options& last_event_id(std::string_view value) { return last_event_id_ = value, *this; }
    const std::string& last_event_id() const noexcept { return last_event_id_; }

    events_options& limits(event_stream_limits value) { return limits_ = value, *this; }
    const event_stream_limits& limits() const noexcept { return limits_; }

private:
    fetch_options fetch_;
    std::string last_event_id_;
    duration retry_ = std::chrono::seconds(3);
    duration max_retry_ = std::chrono::minutes(1);
    duration idle_timeout_ = std::chrono::minutes(5);
    event_stream_limits limits_;
    int reconnects_ = 0;
};

}  // namespace dragline::http

namespace dragline::inline v1 {
using http::events_options;
}
