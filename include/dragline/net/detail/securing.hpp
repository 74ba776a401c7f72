// TLS on a connection that has just been opened: what goes before the handshake, and what it tells.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/interrupter.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/core/result.hpp>
#include <dragline/core/spare_memory.hpp>
#include <dragline/net/connect_request.hpp>
#include <dragline/net/connect_trace.hpp>
#include <dragline/net/connected.hpp>
#include <dragline/net/detail/stream_layer.hpp>
#include <dragline/net/detail/tls_layer.hpp>

#include <algorithm>
#include <memory>
#include <system_error>
#include <utility>

namespace dragline::inline v1::net::detail {

class securing {
public:
    /// `ending` closes the connection while this lives; the request and the trace outlive it.
    securing(async::loop_state& loop, const connect_request& request, connect_trace& trace,
             async::interrupter& ending, std::shared_ptr<stream_layer> lower)
        : loop_(loop),
          request_(request),
          trace_(trace),
          started_(loop.now()),
          layer_(std::allocate_shared<tls_layer>(spare_allocator<tls_layer>(), std::move(lower), *request.tls,
                                                 request.tls_options)),
          closes_(
              ending, [](void* layer) noexcept { static_cast<tls_layer*>(layer)->close(); }, layer_.get()) {}

    tls_layer& layer() noexcept { return *layer_; }
    async::time_point until() const {
        return std::min(request_.until, async::deadline_after(started_, request_.tls_timeout));
    }
    tls_layer::last_flight last_flight() const noexcept {
        return request_.writes_first ? tls_layer::last_flight::kept : tls_layer::last_flight::sent;
    }

    /// After the handshake, be it failed.
    void tell(connected& made, std::error_code ec) {
        const auto& engine = layer_->engine();
        trace_.tls = loop_.now() - started_;
        trace_.tls_resumed = engine.resumed();
        made.peer = trace_.peer = engine.peer();
        if (ec) trace_.tls_detail = engine.error_detail();
        if (!ec) made.layer = std::move(layer_);
    }

private:
    async::loop_state& loop_;
    const connect_request& request_;
    connect_trace& trace_;
    async::time_point started_;
    std::shared_ptr<tls_layer> layer_;
    async::interrupter::scope closes_;
};

}  // namespace dragline::net::detail
