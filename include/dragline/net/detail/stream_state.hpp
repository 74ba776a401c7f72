// A stream behind its handle: both directions, and what concerns the two.
#pragma once

#include <dragline/core/spare_memory.hpp>
#include <dragline/net/detail/stream_reader.hpp>
#include <dragline/net/detail/stream_writer.hpp>
#include <dragline/tls/context.hpp>
#include <dragline/tls/engine.hpp>

#include <memory>
#include <string>
#include <utility>

namespace dragline::inline v1::net::detail {

class stream_state {
public:
    using pointer = std::shared_ptr<stream_state>;

    stream_state(std::shared_ptr<stream_layer> layer, std::shared_ptr<const stream_setting> setting,
                 async::time_point opened_at)
        : core(std::move(layer), std::move(setting), opened_at) {}
    stream_state(std::shared_ptr<stream_layer> layer, const stream_options& options,
                 async::time_point opened_at, std::string host);
    stream_state(const stream_state&) = delete;
    stream_state& operator=(const stream_state&) = delete;

    static pointer make(std::shared_ptr<stream_layer> layer, const stream_options& options,
                        async::time_point opened_at, std::string host) {
        return std::allocate_shared<stream_state>(spare_allocator<stream_state>(), std::move(layer), options,
                                                  opened_at, std::move(host));
    }

    static asio::awaitable<result<void>> start_tls(pointer self, result<tls::context> context);

    stream_core core;
    stream_reader reader{core};
    stream_writer writer{core};
};

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/stream_state.ipp>
