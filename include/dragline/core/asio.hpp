// The only header that decides how this library sees Asio: the oldest release it accepts, the default token,
// and the names that moved between releases. Other headers include this one, then the narrow <asio/...> they
// need.
#pragma once

#include <dragline/core/detail/result_frame.hpp>

#include <asio/async_result.hpp>
#include <asio/awaitable.hpp>
#include <asio/error_code.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/version.hpp>

#if ASIO_VERSION < 102300
#include <asio/experimental/as_tuple.hpp>
#else
#include <asio/as_tuple.hpp>
#endif

#include <system_error>
#include <type_traits>

static_assert(ASIO_VERSION >= 102201, "dragline needs standalone Asio 1.22.1 or newer");

#if !defined(ASIO_HAS_CO_AWAIT)
#error \
    "dragline needs C++20 coroutines; with clang and Asio before 1.26 define ASIO_HAS_CO_AWAIT and ASIO_HAS_STD_COROUTINE"
#endif

namespace dragline::inline v1 {

// Standalone Asio aliases asio::error_code to std::error_code; dragline relies on it.
static_assert(std::is_same_v<asio::error_code, std::error_code>);

/// The token of an operation that is called without one.
using default_token = asio::use_awaitable_t<>;

// as_tuple(token): an awaiting coroutine gets the error code as a value instead of an exception.
#if ASIO_VERSION < 102300
using asio::experimental::as_tuple;
using asio::experimental::as_tuple_t;
#else
using asio::as_tuple;
using asio::as_tuple_t;
#endif

}  // namespace dragline::inline v1
