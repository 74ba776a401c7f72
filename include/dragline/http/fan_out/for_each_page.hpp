// A list that a server gives out in pages, each of which names the next. Start with for_each_page().
#pragma once

#include <dragline/async/operation.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/http/detail/fetch_place.hpp>
#include <dragline/http/detail/receiver.hpp>
#include <dragline/http/fan_out/page_options.hpp>
#include <dragline/http/response.hpp>

#include <asio/awaitable.hpp>

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::http {

/// Takes an http::response and returns void or bool, or an awaitable of either; false ends the walk.
template <class T>
concept page_handler = detail::receiver_of<T, response>;

namespace detail {

asio::awaitable<result<page_summary>> for_each_page_body(fetch_place place, std::string url,
                                                         page_options options, receiver<response> handler);

}  // namespace detail

/// Fetches `url`, then the page that its Link field calls the next one, and so on to the last, and hands each
/// to `handler`, on the loop and one after the other: void(error_code, page_summary).
///
/// Errors: those of fetch_url(); errc::bad_status after a page with a status of 400 or more, which the
///   handler gets; errc::too_many_pages, page_loop, foreign_page, insecure_redirect, link_too_large; url errc
///   for a link that is no URL; what the handler throws. The summary tells what was done until then.
/// Cancel: any type. Threads: any.
template <detail::fetch_where Where, page_handler Handler, class Token = default_token>
auto for_each_page(Where&& where, std::string_view url, page_options options, Handler handler,
                   Token&& token = {}) {
    auto place = detail::place_of(where);
    const auto& loop = *place.loop;
    return async::initiate<page_summary>(loop, &detail::for_each_page_body, std::forward<Token>(token),
                                         std::move(place), std::string(url), std::move(options),
                                         detail::receiver<response>::of(std::move(handler)));
}

/// As above, with default options.
template <detail::fetch_where Where, page_handler Handler, class Token = default_token>
auto for_each_page(Where&& where, std::string_view url, Handler handler, Token&& token = {}) {
    return for_each_page(std::forward<Where>(where), url, page_options(), std::move(handler),
                         std::forward<Token>(token));
}

}  // namespace dragline::http

namespace dragline::inline v1 {
using http::for_each_page;
}

#include <dragline/http/fan_out/impl/for_each_page.ipp>
