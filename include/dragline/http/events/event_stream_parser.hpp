// The format text/event-stream of server-sent events (WHATWG HTML, 9.2), taken apart. No I/O.
#pragma once

#include <dragline/core/result.hpp>
#include <dragline/http/error.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::http {

/// One event. All text is valid UTF-8.
class server_event {
public:
    server_event() {}

    std::string type;  ///< "message" where the server names none.
    std::string data;  ///< Its lines joined by line feeds.
    std::string id;    ///< The last one that the server has given; empty when there was none.

    friend bool operator==(const server_event&, const server_event&) = default;
};

/// How much of a stream is kept at once.
class event_stream_limits {
public:
    event_stream_limits() {}

    /// One line in bytes.
    event_stream_limits& max_line(std::size_t value) { return max_line_ = value, *this; }
    std::size_t max_line() const noexcept { return max_line_; }

    /// The data of one event in bytes.
    event_stream_limits& max_data(std::size_t value) { return max_data_ = value, *this; }
    std::size_t max_data() const noexcept { return max_data_; }

private:
    std::size_t max_line_ = 1024 * 1024;
    std::size_t max_data_ = 4 * 1024 * 1024;
};

/// Eats a stream in pieces and gives one event at a time.
class event_stream_parser {
public:
    struct step {
        std::size_t consumed = 0;  ///< Bytes of the input that are done with.
        bool complete = false;     ///< event() is the next one; call again with the rest.
    };

    explicit event_stream_parser(const event_stream_limits& limits = event_stream_limits())
        : limits_(limits) {}

    /// Reads up to the end of the next event, or all there is. An event that the stream breaks off in is
    /// none.
    ///
    /// Errors: errc::event_too_large, final.
    result<step> next(std::string_view input);

    /// Until the next call; may be moved from.
    server_event& event() noexcept { return event_; }

    /// What a new connection sends as Last-Event-ID, unless it is empty.
    const std::string& last_event_id() const noexcept { return last_id_; }
    void last_event_id(std::string value) { last_id_ = id_ = std::move(value); }

    /// How long the server wants its client to wait before it connects again.
    std::optional<std::chrono::milliseconds> retry() const noexcept { return retry_; }

    /// A new connection begins: last_event_id() and retry() stay.
    void reset() noexcept;

private:
    std::error_code take_line(std::string_view line, bool& complete);
    std::error_code take_field(std::string_view name, std::string_view value);

    event_stream_limits limits_;
    std::string line_;  // the beginning of one that is not complete
    std::string type_;
    std::string data_;
    std::string id_;
    std::string last_id_;
    std::optional<std::chrono::milliseconds> retry_;
    server_event event_;
    std::error_code error_;
    bool first_line_ = true;
    bool skip_line_feed_ = false;
};

}  // namespace dragline::http

#include <dragline/http/events/impl/event_stream_parser.ipp>
