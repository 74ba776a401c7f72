// What the handlers under way share with their dispatcher, which they may outlive.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/detail/places.hpp>
#include <dragline/async/detail/pool_core.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/error.hpp>

#include <asio/any_io_executor.hpp>

#include <cstddef>
#include <memory>
#include <system_error>
#include <utility>

namespace dragline::inline v1::async::detail {

struct dispatcher_core {
    asio::any_io_executor loop;
    std::shared_ptr<pool_core> pool;
    std::shared_ptr<places> coroutines;
    std::shared_ptr<places> blocking;

    dispatcher_core(asio::any_io_executor executor, std::shared_ptr<pool_core> threads,
                    std::size_t max_coroutines, std::size_t max_blocking)
        : loop(std::move(executor)),
          pool(std::move(threads)),
          coroutines(std::make_shared<places>(max_coroutines)),
          blocking(std::make_shared<places>(max_blocking)) {}
};

/// Throws unless the deadline makes sense and a place is free.
inline place take_place(places& from, duration limit) {
    if (!valid_timeout(limit)) throw std::system_error(make_error_code(errc::invalid_option));
    auto taken = from.take();
    if (!taken) throw std::system_error(make_error_code(errc::queue_full));
    return taken;
}

}  // namespace dragline::async::detail
