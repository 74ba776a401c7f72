// Included by <dragline/http/fetch.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL asio::awaitable<result<boxed<response>>> fetch_here_body(asio::any_io_executor here,
                                                                       std::string url,
                                                                       fetch_options options) {
    fetch_place place{&async::loop_state::of(here), nullptr};
    return fetch_body(std::move(place), std::move(url), std::move(options));
}

}  // namespace dragline::http::detail

namespace dragline::inline v1::http {

DRAGLINE_DECL asio::awaitable<response> fetch_url(std::string_view url, fetch_options options) {
    return async::await_here<response>(&detail::fetch_here_body, std::string(url), std::move(options));
}

DRAGLINE_DECL asio::awaitable<std::tuple<std::error_code, response>> fetch_url(std::string_view url,
                                                                               fetch_options options,
                                                                               as_tuple_t<default_token>) {
    return async::await_here_as_tuple<response>(&detail::fetch_here_body, std::string(url),
                                                std::move(options));
}

DRAGLINE_DECL asio::awaitable<std::tuple<std::error_code, response>> fetch_url(
    std::string_view url, as_tuple_t<default_token> token) {
    return fetch_url(url, fetch_options(), token);
}

}  // namespace dragline::http

#endif
