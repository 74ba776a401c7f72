// The token of this program: a coroutine that awaits gets error codes as values.
#pragma once

#include <dragline/core/asio.hpp>

#include <asio/use_awaitable.hpp>

namespace probe {

inline dragline::as_tuple_t<asio::use_awaitable_t<>> as_values() {
    return dragline::as_tuple(asio::use_awaitable);
}

}  // namespace probe
