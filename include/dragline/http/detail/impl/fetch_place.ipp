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
            if (!opened) [[unlikely]]
                co_return operation.give_up(opened.error());
            std::string body;
            result<void> read;
            if (!operation.take_body(body)) {
                auto reading = operation.read_body(body);
                read = co_await std::move(reading);
            }
            auto answer = operation.answer(read, std::move(body));
            if (answer) [[likely]]
                co_return std::move(answer);
            auto reopening = operation.reopen(answer.error());
            opened = co_await std::move(reopening);
        }
    } catch (...) {
        operation.give_up_throwing();
        throw;
    }
}

}  // namespace dragline::http::detail

#endif
