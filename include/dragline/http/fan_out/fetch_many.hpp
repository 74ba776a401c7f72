// Very many requests, so many at once, hosts taking turns. Start with fetch_many().
#pragma once

#include <dragline/async/operation.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/http/detail/fetch_place.hpp>
#include <dragline/http/detail/receiver.hpp>
#include <dragline/http/detail/request_source.hpp>
#include <dragline/http/fan_out/fetch_many_options.hpp>

#include <asio/awaitable.hpp>

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::http {

namespace detail {

asio::awaitable<result<fetch_summary>> fetch_many_body(fetch_place place,
                                                       std::shared_ptr<request_source> source,
                                                       receiver<fetch_outcome> handler,
                                                       fetch_many_options options);

}  // namespace detail

/// Where requests come from: a range of what fetch_request is made of, such as URLs, or a function that gives
/// std::optional<fetch_request>, nothing after the last one.
template <class T>
concept fetch_requests = detail::request_range<T> || detail::request_function<T>;

/// Takes a fetch_outcome and returns void or bool, or an awaitable of either; false ends the run.
template <class T>
concept fetch_handler = detail::receiver_of<T, fetch_outcome>;

/// Fetches all of `requests` and hands what each came to to `handler`: void(error_code, fetch_summary).
///
/// `requests` is kept as a copy and read as the window moves on: memory grows with window and look_ahead
/// alone. The handler is called on the loop; an awaited one keeps its place in the window until it ends, and
/// with ordered() the next one waits for it. Failures of single requests are reported only.
/// Errors: errc::invalid_option; make_timeout(phase::total); with fail_fast(), that of the first request that
///   failed; what requests, handler or on_progress throw. The summary tells what was done until then.
/// Cancel: any type; what is under way is cancelled and awaited, and not reported.
/// Threads: any; see async::initiate().
template <detail::fetch_where Where, fetch_requests Requests, fetch_handler Handler,
          class Token = default_token>
auto fetch_many(Where&& where, Requests requests, Handler handler, fetch_many_options options,
                Token&& token = {}) {
    auto place = detail::place_of(where);
    const auto& loop = *place.loop;
    return async::initiate<fetch_summary>(loop, &detail::fetch_many_body, std::forward<Token>(token),
                                          std::move(place), detail::make_request_source(std::move(requests)),
                                          detail::receiver<fetch_outcome>::of(std::move(handler)),
                                          std::move(options));
}

/// As above, with default options.
template <detail::fetch_where Where, fetch_requests Requests, fetch_handler Handler,
          class Token = default_token>
requires(!std::same_as<std::remove_cvref_t<Token>, fetch_many_options>) auto fetch_many(Where&& where,
                                                                                        Requests requests,
                                                                                        Handler handler,
                                                                                        Token&& token = {}) {
    return fetch_many(std::forward<Where>(where), std::move(requests), std::move(handler),
                      fetch_many_options(), std::forward<Token>(token));
}

}  // namespace dragline::http

namespace dragline::inline v1 {
using http::fetch_many;
}

#include <dragline/http/fan_out/impl/fetch_many.ipp>
