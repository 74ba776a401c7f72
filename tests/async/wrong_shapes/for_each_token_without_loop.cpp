// Must not compile: "dragline: without a loop as its first argument this can only be awaited; pass one"
#include <dragline/async/for_each.hpp>

#include <asio/detached.hpp>

void wrong(asio::awaitable<int> (*function)(std::size_t)) {
    dragline::for_each_limited(10, 2, function, asio::detached);
}
