// Included by <dragline/http/detail/fetch_place.hpp> only.
#pragma once

#include <dragline/http/detail/fetch_op.hpp>

#if DRAGLINE_HEADER_BODIES

#include <utility>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL asio::awaitable<result<response>> fetch_body(fetch_place place, std::string url,
                                                           fetch_options options) {
    fetch_op operation(place.get_session(), std::move(options));
    auto opening = operation.open(std::move(url));
    auto opened = co_await std::move(opening);
    if (!opened) co_return opened.error();
    auto receiving = operation.receive();
    if (!operation.retries()) co_return co_await std::move(receiving);
    auto received = co_await std::move(receiving);
    while (!received) {
        auto reopening = operation.reopen(received.error());
        auto reopened = co_await std::move(reopening);
        if (!reopened) co_return reopened.error();
        auto receiving_again = operation.receive();
        received = co_await std::move(receiving_again);
    }
    co_return received;
}

}  // namespace dragline::http::detail

#endif
