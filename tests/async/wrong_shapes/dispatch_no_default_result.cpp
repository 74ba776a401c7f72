// Must not compile: "dragline: the result of a handler must be default constructible and movable"
#include <dragline/async/dispatcher.hpp>

struct no_default {
    explicit no_default(int) {}
};

void wrong(dragline::dispatcher& handlers, no_default (*handler)()) { handlers.dispatch(handler); }
