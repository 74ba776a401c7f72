#include <dragline/async/handler.hpp>

#include <asio/io_context.hpp>

#include <catch2/catch_test_macros.hpp>

#include <concepts>
#include <functional>
#include <memory>
#include <string>

using namespace dragline;

namespace handler_cases {

struct foreign_task {  // somebody else's coroutine type
    bool await_ready() const noexcept { return true; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    int await_resume() const noexcept { return 1; }
};
struct member_co_await {
    foreign_task operator co_await() && { return {}; }
};
struct free_co_await {};
inline foreign_task operator co_await(free_co_await) { return {}; }

// Never called: only their types matter.
int plain(int);
int plain_noexcept(int) noexcept;
asio::awaitable<int> coroutine(int);
asio::awaitable<void, asio::io_context::executor_type> other_executor(int);
int stoppable(int, std::stop_token);
asio::awaitable<int> stoppable_coroutine(int, std::stop_token);
struct function_object {
    int operator()(int) const;
};
struct overloaded {
    int operator()(int) const;
    asio::awaitable<int> operator()(std::string) const;
};
struct only_as_lvalue {
    int operator()(int) &;
};
struct both_ways {
    int operator()(int) const;
    std::string operator()(int, std::stop_token) const;
};
struct object {
    int blocking(int);
    asio::awaitable<int> async(int) const noexcept;
};
using generic = decltype([](auto x) { return x; });
using generic_coroutine = decltype([](auto x) -> asio::awaitable<decltype(x)> { co_return x; });
using variadic = decltype([](auto... x) { return (x + ... + 0); });
using move_only = decltype([p = std::unique_ptr<int>()](int) { return p ? 1 : 0; });
using changing = decltype([n = 0](int) mutable { return ++n; });
using takes_unique = decltype([](std::unique_ptr<int>) {});
using takes_token = decltype([](int, std::stop_token) {});

template <class Handler, class... Args>
constexpr bool is_blocking =
    handler_kind_v<Handler, Args...> == handler_kind::blocking&& blocking_handler<Handler, Args...> &&
    !coroutine_handler<Handler, Args...>;
template <class Handler, class... Args>
constexpr bool is_coroutine =
    handler_kind_v<Handler, Args...> == handler_kind::coroutine&& coroutine_handler<Handler, Args...> &&
    !blocking_handler<Handler, Args...>;
template <class Handler, class... Args>
constexpr bool is_neither = !coroutine_handler<Handler, Args...> && !blocking_handler<Handler, Args...>;

}  // namespace handler_cases

using namespace handler_cases;

TEST_CASE("functions are told apart by what they return", "[async][handler]") {
    STATIC_CHECK(is_blocking<decltype(&plain), int> && is_blocking<decltype(plain), int>);
    STATIC_CHECK(is_blocking<decltype(&plain_noexcept), int> && is_blocking<std::function<int()>>);
    STATIC_CHECK(is_coroutine<decltype(&coroutine), int> && is_coroutine<decltype(coroutine), int>);
    STATIC_CHECK(is_coroutine<std::function<asio::awaitable<int>(int)>, int>);
}

TEST_CASE("an awaitable of any executor and of any library makes a coroutine", "[async][handler]") {
    STATIC_CHECK(is_coroutine<decltype(&other_executor), int>);
    STATIC_CHECK(is_coroutine<foreign_task (*)()> && is_coroutine<member_co_await (*)()>);
    STATIC_CHECK(is_coroutine<free_co_await (*)()>);
}

TEST_CASE("function objects and lambdas are told apart as functions are", "[async][handler]") {
    STATIC_CHECK(is_blocking<function_object, int> && is_blocking<const function_object&, int>);
    STATIC_CHECK(is_blocking<move_only, int> && is_blocking<changing, int>);
    STATIC_CHECK(is_blocking<only_as_lvalue, int> && is_blocking<takes_unique, std::unique_ptr<int>>);
    STATIC_CHECK(is_blocking<generic, int> && is_coroutine<generic, asio::awaitable<int>>);
    STATIC_CHECK(is_coroutine<generic_coroutine, int>);
}

TEST_CASE("an overload is picked by the arguments", "[async][handler]") {
    STATIC_CHECK(is_blocking<overloaded, int> && is_coroutine<overloaded, std::string>);
    STATIC_CHECK(is_coroutine<overloaded, const std::string&> && is_coroutine<overloaded, const char(&)[2]>);
}

TEST_CASE("a member function takes its object first", "[async][handler]") {
    STATIC_CHECK(is_blocking<decltype(&object::blocking), object*, int>);
    STATIC_CHECK(is_coroutine<decltype(&object::async), object*, int>);
    STATIC_CHECK(is_coroutine<decltype(&object::async), std::shared_ptr<object>, int>);
    STATIC_CHECK(is_coroutine<decltype(&object::async), object, int>);
    STATIC_CHECK(is_coroutine<decltype(std::bind_front(&object::async, object())), int>);
}

TEST_CASE("a blocking handler may take a stop token, and gets none when it can do without",
          "[async][handler]") {
    STATIC_CHECK(is_blocking<decltype(&stoppable), int> && is_blocking<takes_token, int>);
    STATIC_CHECK(async::detail::called_with_stop_token<decltype(&stoppable), int>);
    STATIC_CHECK_FALSE(async::detail::called_with_stop_token<both_ways, int>);
    STATIC_CHECK_FALSE(async::detail::called_with_stop_token<variadic, int>);
    STATIC_CHECK(std::same_as<handler_result_t<both_ways, int>, int>);
    STATIC_CHECK(is_neither<decltype(&stoppable_coroutine), int>);
}

TEST_CASE("the concepts answer for wrong shapes without an error", "[async][handler]") {
    STATIC_CHECK(is_neither<function_object, std::string> && is_neither<function_object> &&
                 is_neither<int, int>);
    STATIC_CHECK(is_neither<asio::awaitable<int>& (*)(int), int>);
    STATIC_CHECK(is_neither<asio::awaitable<int>* (*)(int), int>);
    STATIC_CHECK(is_neither<decltype([](int&) {}), int>);
}

TEST_CASE("the result of a handler is what its caller gets", "[async][handler]") {
    STATIC_CHECK(std::same_as<handler_result_t<decltype(&plain), int>, int>);
    STATIC_CHECK(std::same_as<handler_result_t<decltype(&coroutine), int>, int>);
    STATIC_CHECK(std::same_as<handler_result_t<decltype(&other_executor), int>, void>);
    STATIC_CHECK(std::same_as<handler_result_t<const std::string& (*)()>, std::string>);
    STATIC_CHECK(std::same_as<handler_result_t<result<int> (*)()>, int>);
    STATIC_CHECK(std::same_as<handler_result_t<asio::awaitable<result<void>> (*)()>, void>);
}
