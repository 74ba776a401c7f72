// open_events: server-sent events (WHATWG HTML, 9.2), one after the other, over as many connections as it
// takes.
#pragma once

#include <dragline/async/operation.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/http/detail/event_source.hpp>
#include <dragline/http/detail/fetch_place.hpp>
#include <dragline/http/events/event_stream_parser.hpp>
#include <dragline/http/events/events_options.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/system_executor.hpp>

#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::http {

/// Events as they come. Made by open_events().
///
/// Nothing is received but when next() asks for it. Destroying it closes its connection, and ends a next()
/// under way. Threads: as response_stream.
class event_stream {
public:
    using executor_type = asio::any_io_executor;

    event_stream() {}
    explicit event_stream(std::shared_ptr<detail::event_source> source) noexcept
        : source_(std::move(source)) {}
    event_stream(event_stream&&) = default;
    event_stream& operator=(event_stream&& other) noexcept;
    ~event_stream() { detail::event_source::abandon(std::move(source_)); }

    executor_type get_executor() const noexcept {
        return source_ ? source_->executor() : executor_type(asio::system_executor());
    }

    /// Waits for the next event: void(error_code, server_event).
    ///
    /// Errors: asio::error::eof at the end of the stream, when it may not connect again or the server
    /// answers 204; errc::event_too_large; what ended the last connection, or open_events(); final but for
    /// cancelling. One at a time, else errc::read_under_way; without a stream asio::error::not_connected.
    /// Cancel: any type; no event is lost.
    template <class Token = default_token>
    auto next(Token&& token = {}) {
        return async::initiate<server_event>(get_executor(), &detail::event_source::next,
                                             std::forward<Token>(token), source_);
    }

    /// The id of the last event that has one: for events_options::last_event_id() of another stream.
    std::string last_event_id() const { return source_ ? source_->last_event_id() : std::string(); }

    /// Ends next() under way, and all later ones, as operation_aborted.
    void close() noexcept {
        if (source_) source_->close();
    }

private:
    std::shared_ptr<detail::event_source> source_;
};

/// Opens the event stream at `url` and completes with void(error_code, event_stream).
///
/// The response must have the status 200 and the type text/event-stream. Errors: errc::unexpected_status,
/// errc::unexpected_type, asio::error::eof for 204, and those of open_url(). Cancel, Threads: as fetch_url().
template <detail::fetch_where Where, class Token = default_token>
auto open_events(Where&& where, std::string_view url, events_options options, Token&& token = {}) {
    auto place = detail::place_of(where);
    const auto& loop = *place.loop;
    return async::initiate<event_stream>(loop, &detail::open_events_body, std::forward<Token>(token),
                                         std::move(place), std::string(url), std::move(options));
}

/// As above, with default options.
template <detail::fetch_where Where, class Token = default_token>
requires(!std::same_as<std::remove_cvref_t<Token>, events_options>) auto open_events(Where&& where,
                                                                                     std::string_view url,
                                                                                     Token&& token = {}) {
    return open_events(std::forward<Where>(where), url, events_options(), std::forward<Token>(token));
}

}  // namespace dragline::http

namespace dragline::inline v1 {
using http::open_events;
}

#include <dragline/http/events/impl/open_events.ipp>
