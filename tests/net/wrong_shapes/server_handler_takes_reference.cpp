// Must not compile: "dragline: the handler of a server is a coroutine"
#include <dragline/net/server.hpp>

asio::awaitable<void> wrong(dragline::net::stream&) { co_return; }

const auto made = dragline::net::detail::make_server_handler(&wrong);
