// Must not compile: "dragline: the function cannot be called with an item of this range"
#include <dragline/async/for_each.hpp>

#include <string>

void wrong(asio::awaitable<int> (*function)(std::string)) { dragline::for_each_limited(10, 2, function); }
