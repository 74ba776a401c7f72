// Must not compile: "dragline: the function of for_each_limited must return an asio::awaitable"
#include <dragline/async/for_each.hpp>

void wrong(int (*function)(std::size_t)) { dragline::for_each_limited(10, 2, function); }
