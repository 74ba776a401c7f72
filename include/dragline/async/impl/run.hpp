// Included by <dragline/async/run.hpp> only.
#pragma once

#include <dragline/async/detail/kept_result.hpp>

#include <asio/co_spawn.hpp>
#include <asio/error.hpp>

#include <memory>
#include <system_error>
#include <utility>

namespace dragline::inline v1::async {

template <class T>
T run(event_loop& loop, asio::awaitable<T> main) {
    // Shared, since it outlives this function when the loop is stopped first.
    struct program {
        detail::kept_result<T> kept;
        bool waited_for = true;
    };
    auto running = std::make_shared<program>();
    // Not a coroutine itself: what it refers to is held by the completion, in the same frame.
    auto body = [&kept = running->kept, main = std::move(main)]() mutable {
        return detail::keep_result<T>(std::move(main), kept);
    };
    asio::co_spawn(loop.get_executor(), std::move(body), [running, &loop](std::exception_ptr thrown) {
        running->kept.error = std::move(thrown);
        if (running->waited_for) loop.context().stop();
    });
    struct leave {
        program& left;
        ~leave() { left.waited_for = false; }
    } leaving{*running};
    loop.run();
    if (!running->kept.has_ended()) throw std::system_error(asio::error::operation_aborted);
    return running->kept.take();
}

template <class T>
T run(asio::awaitable<T> main) {
    event_loop loop;
    return run(loop, std::move(main));
}

}  // namespace dragline::async
