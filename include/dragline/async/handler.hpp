// The compiler picks the dispatch: what returns an awaitable runs on the event loop, all else on the blocking
// pool. Start with `handler_kind_v`.
#pragma once

#include <dragline/async/detail/handler_call.hpp>

#include <type_traits>

namespace dragline::inline v1::async {

enum class handler_kind { blocking, coroutine };

/// A handler whose call with Args returns an awaitable of any kind, by value. Never a hard error.
template <class Handler, class... Args>
concept coroutine_handler =
    detail::called_plainly<Handler, Args...> && detail::awaitable_like<detail::returned_by<Handler, Args...>>;

/// A handler that returns no awaitable. It may take a std::stop_token after Args, but one that can be called
/// without gets none.
template <class Handler, class... Args>
concept blocking_handler =
    detail::called<Handler, Args...> && !detail::leads_to_awaitable<detail::returned_by<Handler, Args...>>;

namespace detail {

template <class Handler, class... Args>
consteval handler_kind kind_of() {
    constexpr bool can_be_called = called<Handler, Args...>;
    static_assert(
        can_be_called,
        "dragline: this handler cannot be called with these arguments (it is called as an lvalue, each "
        "argument is passed as an rvalue of its own type, and a std::stop_token may follow)");
    if constexpr (can_be_called) {  // one readable error, not a cascade
        using returned = returned_by<Handler, Args...>;
        static_assert(!std::is_reference_v<returned> || !leads_to_awaitable<returned>,
                      "dragline: this handler returns a reference to an awaitable; return it by value");
        static_assert(!std::is_pointer_v<std::remove_cvref_t<returned>> || !leads_to_awaitable<returned>,
                      "dragline: this handler returns a pointer to an awaitable; return it by value");
        static_assert(
            called_plainly<Handler, Args...> || !awaitable_like<returned>,
            "dragline: a coroutine handler takes no std::stop_token; it is cancelled where it awaits");
        return awaitable_like<returned> ? handler_kind::coroutine : handler_kind::blocking;
    }
    return handler_kind::blocking;
}

}  // namespace detail

/// How `handler(args...)` is run: the decayed handler is called as an lvalue, the decayed arguments as
/// rvalues.
///
/// A wrong shape is one readable error; to ask without an error use the concepts.
template <class Handler, class... Args>
inline constexpr handler_kind handler_kind_v = detail::kind_of<Handler, Args...>();

/// What a dispatch of the handler completes with: the T of awaitable<T> or what a blocking handler returns,
/// without reference, and of a result<T> the T.
template <class Handler, class... Args>
using handler_result_t = detail::value_of_t<detail::returned_by<Handler, Args...>>;

}  // namespace dragline::async

namespace dragline::inline v1 {
using async::blocking_handler;
using async::coroutine_handler;
using async::handler_kind;
using async::handler_kind_v;
using async::handler_result_t;
}
