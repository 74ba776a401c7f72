// Included by <dragline/net/stream_pair.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <memory>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL std::pair<net::stream, net::stream> pair_on(const asio::any_io_executor& loop,
                                                          const stream_pair_options& options) {
    auto& state = async::loop_state::of(loop);
    const auto capacity = std::max<std::size_t>(options.capacity(), 1);
    const auto there = std::make_shared<memory_pipe>(state, capacity);
    const auto back = std::make_shared<memory_pipe>(state, capacity);
    return {net::stream(std::make_shared<memory_layer>(state, back, there), options.stream()),
            net::stream(std::make_shared<memory_layer>(state, there, back), options.stream())};
}

}  // namespace dragline::net::detail

#endif
