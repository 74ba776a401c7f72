// Included by <dragline/net/detail/stream_state.hpp> only.
#pragma once

#include <dragline/net/detail/tls_layer.hpp>
#include <dragline/net/error.hpp>

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL stream_state::stream_state(std::shared_ptr<stream_layer> layer, const stream_options& options,
                                         async::time_point opened_at, std::string host)
    : stream_state(std::move(layer),
                   std::allocate_shared<const stream_setting>(spare_allocator<stream_setting>(),
                                                              stream_setting{options, std::move(host)}),
                   opened_at) {}

DRAGLINE_DECL asio::awaitable<result<void>> stream_state::start_tls(pointer self,
                                                                    result<tls::context> context) {
    auto& core = self->core;
    const exclusive_turn reading(self->reader.reading());
    const exclusive_turn writing(self->writer.writing());
    if (!reading || !writing) co_return errc::busy;
    if (!context) co_return context.error();
    stream_limit limit;
    limit.timeout = core.options().tls_timeout();
    limit.where = phase::tls;
    if (!async::valid_timeout(limit.timeout)) co_return dragline::errc::invalid_option;
    const auto bounds = core.begin(limit);
    auto flushing = self->writer.flush(bounds);
    auto flushed = co_await std::move(flushing);
    if (!flushed) co_return flushed;
    // A server speaks first in no handshake, so whatever is there already came in the clear. A client may
    // have begun; what it sent before that is no TLS, and fails the handshake.
    if (context->is_client()) {
        core.turn.begin();
        static_cast<void>(self->reader.try_fill());
    }
    if (!self->reader.unread().empty()) co_return errc::plaintext_left_over;

    // What is queued from here on belongs to the other side of the handshake.
    const stream_writer::pointer writer(self, &self->writer);
    writer->hold();
    tls::engine_options options;
    if (context->is_client()) options.host(core.setting->host);
    auto secured = std::make_shared<tls_layer>(core.layer, *context, options);
    auto shaking = secured->handshake(bounds.until);
    auto shaken = co_await std::move(shaking);
    if (!shaken) {
        core.layer->close();  // neither plaintext nor TLS can follow
        writer->release(writer);
        if (shaken.error() == make_timeout(phase::tls)) co_return make_timeout(bounds.where);
        co_return shaken;
    }
    core.layer = std::move(secured);
    writer->release(writer);
    co_return result<void>();
}

}  // namespace dragline::net::detail

#endif
