// Must not compile: "dragline: this handler cannot be called with these arguments"
#include <dragline/async/handler.hpp>

#include <string>

constexpr auto wrong = dragline::handler_kind_v<int (*)(int), std::string>;
