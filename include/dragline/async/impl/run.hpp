// Included by <dragline/async/run.hpp> only.
#pragma once

#include <dragline/async/detail/kept_result.hpp>
#include <dragline/async/detail/spawn.hpp>

#include <asio/error.hpp>

#include <exception>
#include <memory>
#include <system_error>
#include <utility>

namespace dragline::inline v1::async {

namespace detail {

// Shared, since it outlives run() when the loop is stopped first.
template <class T>
struct program : spawn_owner {
    kept_result<T> kept;
    event_loop* waiting;  // until run() has returned

    explicit program(event_loop& loop) : waiting(&loop) {}

    void ended(std::exception_ptr thrown) override {
        kept.error = std::move(thrown);
        if (waiting) waiting->context().stop();
    }
};

}  // namespace detail

template <class T>
T run(event_loop& loop, asio::awaitable<T> main) {
    auto running = std::make_shared<detail::program<T>>(loop);
    detail::spawn(loop.get_executor(), detail::keep_result<T>(std::move(main), &running->kept), running);
    struct leave {
        detail::program<T>& left;
        ~leave() { left.waiting = nullptr; }
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
