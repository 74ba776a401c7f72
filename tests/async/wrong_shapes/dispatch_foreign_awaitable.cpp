// Must not compile: "dragline: this handler returns an awaitable that is not Asio's"
#include <dragline/async/dispatcher.hpp>

struct foreign_task {
    bool await_ready() const noexcept { return true; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    int await_resume() const noexcept { return 1; }
};

void wrong(dragline::dispatcher& handlers, foreign_task (*handler)()) { handlers.dispatch(handler); }
