// Included by <dragline/http/events/open_events.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

namespace dragline::inline v1::http {

DRAGLINE_DECL event_stream& event_stream::operator=(event_stream&& other) noexcept {
    if (this == &other) return *this;
    detail::event_source::abandon(std::move(source_));
    source_ = std::move(other.source_);
    return *this;
}

namespace detail {

DRAGLINE_DECL asio::awaitable<result<event_stream>> open_events_body(fetch_place place, std::string url,
                                                                     events_options options) {
    const bool valid = options.reconnects() >= 0 && async::valid_timeout(options.retry()) &&
                       async::valid_timeout(options.max_retry()) &&
                       async::valid_timeout(options.idle_timeout());
    if (!valid) co_return dragline::errc::invalid_option;
    auto source = std::make_shared<event_source>(place.get_session(), std::move(url), std::move(options));
    auto connecting = event_source::connect(source);
    auto connected = co_await std::move(connecting);
    if (!connected) co_return connected.error();
    co_return event_stream(std::move(source));
}

}  // namespace detail
}  // namespace dragline::http

#endif
