// A whole head from an exchange, as a fetch reads it.
#pragma once

#include <dragline/http/exchange.hpp>

#include <asio/awaitable.hpp>

#include <cstddef>
#include <utility>

namespace dragline::test {

inline asio::awaitable<result<void>> read_head(http::exchange& from, http::response_head& into,
                                               int max_interim, http::stage_limit limit) {
    auto taken = from.take_head(into, max_interim, std::size_t{0});
    while (taken && !*taken) {
        auto receiving = from.receive(limit);
        const auto received = co_await std::move(receiving);
        taken = from.take_head(into, max_interim, received);
    }
    co_return taken.error();
}

}  // namespace dragline::test
