// Must not compile: "dragline: this handler returns a pointer to an awaitable; return it by value"
#include <dragline/async/handler.hpp>

constexpr auto wrong = dragline::handler_kind_v<asio::awaitable<int>* (*)()>;
