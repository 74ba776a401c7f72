// fetch_url: one request, its response with the whole body, redirects followed.
#pragma once

#include <dragline/async/operation.hpp>
#include <dragline/async/where.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/boxed.hpp>
#include <dragline/http/detail/fetch_place.hpp>
#include <dragline/http/options.hpp>
#include <dragline/http/response.hpp>
#include <dragline/http/session.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>

namespace dragline::inline v1::http {

namespace detail {

asio::awaitable<result<boxed<response>>> fetch_here_body(asio::any_io_executor here, std::string url,
                                                         fetch_options options);

template <fetch_where Where, class Token>
auto start_fetch(Where& where, std::string_view url, std::optional<fetch_options> options, Token&& token) {
    auto place = place_of(where);
    const auto& loop = *place.loop;
    return async::initiate<response>(loop, &fetch_body, std::forward<Token>(token), std::move(place),
                                     std::string(url), std::move(options));
}

}  // namespace detail

/// Fetches `url` and completes with void(error_code, response).
///
/// `where` is a session, or anything that names a loop, whose default session is used. A status of 400 or
/// more is no error. `options.timeout()` bounds the whole, waiting for a connection included. Errors: url,
/// h1, codec, tls, dns and http errc; socket errors; the timeout of the stage that was under way, or of
///   phase::total when the body came too slowly; dragline::errc::invalid_option; condition groups them.
/// Cancel: any type; a connection in use is closed. Threads: any.
template <detail::fetch_where Where, class Token = default_token>
requires(!std::same_as<std::remove_cvref_t<Token>, fetch_options>) auto fetch_url(Where&& where,
                                                                                  std::string_view url,
                                                                                  Token&& token = {}) {
    return detail::start_fetch(where, url, std::nullopt, std::forward<Token>(token));
}

/// As above, with options.
template <detail::fetch_where Where, class Token = default_token>
auto fetch_url(Where&& where, std::string_view url, fetch_options options, Token&& token = {}) {
    return detail::start_fetch(where, url, std::move(options), std::forward<Token>(token));
}

/// As above, on the default session of the loop whose coroutine awaits this.
DRAGLINE_DECL asio::awaitable<response> fetch_url(std::string_view url,
                                                  fetch_options options = fetch_options());
DRAGLINE_DECL asio::awaitable<std::tuple<std::error_code, response>> fetch_url(std::string_view url,
                                                                               fetch_options options,
                                                                               as_tuple_t<default_token>);
DRAGLINE_DECL asio::awaitable<std::tuple<std::error_code, response>> fetch_url(std::string_view url,
                                                                               as_tuple_t<default_token>);

}  // namespace dragline::http

namespace dragline::inline v1 {
using http::fetch_url;
}

#include <dragline/http/impl/fetch.ipp>
