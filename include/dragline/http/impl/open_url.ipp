// Included by <dragline/http/open_url.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <memory>

namespace dragline::inline v1::http {
namespace detail {

DRAGLINE_DECL asio::awaitable<result<response_stream>> open_body(fetch_place place, std::string url,
                                                                 fetch_options options) {
    auto body = std::make_shared<open_response>(place.get_session(), std::move(options));
    response_record record;
    auto opening = open_response::open(body, std::move(url), record);
    auto opened = co_await std::move(opening);
    if (!opened) co_return opened.error();
    co_return response_stream(std::move(record), std::move(body));
}

DRAGLINE_DECL asio::awaitable<result<response_stream>> open_here_body(asio::any_io_executor here,
                                                                      std::string url,
                                                                      fetch_options options) {
    fetch_place place{&async::loop_state::of(here), nullptr};
    return open_body(std::move(place), std::move(url), std::move(options));
}

}  // namespace detail

DRAGLINE_DECL asio::awaitable<response_stream> open_url(std::string_view url, fetch_options options) {
    return async::await_here<response_stream>(&detail::open_here_body, std::string(url), std::move(options));
}

}  // namespace dragline::http

#endif
