// Must not compile: "dragline: a coroutine handler takes no std::stop_token"
#include <dragline/async/handler.hpp>

constexpr auto wrong = dragline::handler_kind_v<asio::awaitable<int> (*)(std::stop_token)>;
