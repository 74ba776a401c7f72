// Included by <dragline/http/detail/fetch_place.hpp> only.
#pragma once

#include <dragline/http/detail/fetch_op.hpp>

#if DRAGLINE_HEADER_BODIES

#include <utility>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL asio::awaitable<result<boxed<response>>> fetch_body(fetch_place place, std::string url,
                                                                  std::optional<fetch_options> options) {
    static const auto& defaults = *new fetch_options;  // for threads that outlive static objects
    fetch_op operation(place.get_session(), options ? *options : defaults);
    try {
        auto opening = operation.open(std::move(url));
        auto opened = co_await std::move(opening);
        for (;;) {
            if (!opened) co_return operation.give_up(opened.error());
            auto receiving = operation.receive();
            auto received = co_await std::move(receiving);
            if (received) co_return std::move(received);
            auto reopening = operation.reopen(received.error());
            opened = co_await std::move(reopening);
        }
    } catch (...) {
        operation.give_up_throwing();
        throw;
    }
}

}  // namespace dragline::http::detail

#endif
