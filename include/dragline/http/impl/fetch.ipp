// Included by <dragline/http/fetch.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL asio::awaitable<result<response>> fetch_here_body(asio::any_io_executor here, std::string url,
                                                                fetch_options options) {
    fetch_place place{std::move(here), nullptr};
    return fetch_body(std::move(place), std::move(url), std::move(options));
}

}  // namespace dragline::http::detail

#endif
