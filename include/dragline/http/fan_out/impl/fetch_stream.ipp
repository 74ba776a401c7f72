// Included by <dragline/http/fan_out/fetch_stream.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::http {

DRAGLINE_DECL fetch_stream& fetch_stream::operator=(fetch_stream&& other) noexcept {
    if (this == &other) return *this;
    detail::fetch_feed::abandon(std::move(feed_));
    feed_ = std::move(other.feed_);
    return *this;
}

}  // namespace dragline::http

#endif
