// Included by <dragline/http/response_stream.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::http {

DRAGLINE_DECL response_stream& response_stream::operator=(response_stream&& other) noexcept {
    if (this == &other) return *this;
    detail::open_response::abandon(std::move(body_));
    response_record::operator=(std::move(other));
    body_ = std::move(other.body_);
    return *this;
}

}  // namespace dragline::http

#endif
