// open_url: as fetch_url, but over when the head has come; the body is read from what it gives.
#pragma once

#include <dragline/async/operation.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/http/detail/fetch_place.hpp>
#include <dragline/http/options.hpp>
#include <dragline/http/response_stream.hpp>

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::http {

namespace detail {

asio::awaitable<result<response_stream>> open_body(fetch_place place, std::string url, fetch_options options);

}  // namespace detail

/// Fetches `url` up to the head of its response and completes with void(error_code, response_stream).
///
/// Redirects, authentication and cookies as for fetch_url(). `options.timeout()` bounds this; how long
/// reading the body may take is said at response_stream. The trace is complete with this operation, so
/// without the bytes of the body. Errors, Cancel, Threads: as fetch_url().
template <detail::fetch_where Where, class Token = default_token>
auto open_url(Where&& where, std::string_view url, fetch_options options, Token&& token = {}) {
    auto place = detail::place_of(where);
    const auto& loop = *place.loop;
    return async::initiate<response_stream>(loop, &detail::open_body, std::forward<Token>(token),
                                            std::move(place), std::string(url), std::move(options));
}

/// As above, with default options.
template <detail::fetch_where Where, class Token = default_token>
requires(!std::same_as<std::remove_cvref_t<Token>, fetch_options>) auto open_url(Where&& where,
                                                                                 std::string_view url,
                                                                                 Token&& token = {}) {
    return open_url(std::forward<Where>(where), url, fetch_options(), std::forward<Token>(token));
}

/// As above, on the default session of the loop whose coroutine awaits this.
DRAGLINE_DECL asio::awaitable<response_stream> open_url(std::string_view url,
                                                        fetch_options options = fetch_options());

}  // namespace dragline::http

namespace dragline::inline v1 {
using http::open_url;
}

#include <dragline/http/impl/open_url.ipp>
