// The WHERE of an operation: anything that names an event loop.
#pragma once

#include <dragline/core/asio.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/execution/executor.hpp>

#include <type_traits>

namespace dragline::inline v1::async {

template <class T>
concept executor_like = asio::execution::is_executor<std::remove_cvref_t<T>>::value;

/// An executor of a loop, or anything that has one: a session, an event_loop, an io_context, a socket.
template <class T>
concept where = executor_like<T> || requires(std::remove_reference_t<T>& t) {
    asio::any_io_executor(t.get_executor());
};

/// The executor that `where` names.
template <where Where>
asio::any_io_executor executor_of(Where&& place) {
    if constexpr (executor_like<Where>) {
        return place;
    } else {
        return place.get_executor();
    }
}

}  // namespace dragline::async
