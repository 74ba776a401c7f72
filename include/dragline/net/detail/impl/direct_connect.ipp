// Included by <dragline/net/detail/direct_connect.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <asio/co_spawn.hpp>
#include <asio/error.hpp>

#include <exception>
#include <new>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL void direct_connect::over(std::error_code ec) {
    if (ec) return tell(ec);
    try {
        made_.address = address();
        made_.layer = take_layer();
        if (request().tls) tls_.emplace(loop(), request(), trace(), ending(), std::move(made_.layer));
    } catch (const std::bad_alloc&) {
        ec = std::make_error_code(std::errc::not_enough_memory);
    }
    ec || !tls_ ? tell(ec) : shake_hands(nullptr);
}

// `read` is the one to be used again, if there is one.
DRAGLINE_DECL void direct_connect::shake_hands(std::unique_ptr<pending_read> read) {
    auto& layer = tls_->layer();
    result<tls_layer::handshake_step> step;
    try {
        step = layer.try_handshake(tls_->last_flight());
        if (step && *step == tls_layer::handshake_step::wants_input) {
            if (!read) read = std::make_unique<handshake_read>(self());
            read->rest = layer.input_space();
            read->until = tls_->until();
            read->where = phase::tls;
            return layer.lower().start_read(std::move(read));
        }
        if (step && *step == tls_layer::handshake_step::wants_output) {
            // Hardly ever: a peer takes more than one flight before it reads.
            return asio::co_spawn(loop().executor(), layer.handshake(tls_->until(), tls_->last_flight()),
                                  [self = self()](std::exception_ptr thrown, result<void> done) {
                                      const auto no_memory =
                                          std::make_error_code(std::errc::not_enough_memory);
                                      self->shaken(thrown ? no_memory : done.error());
                                  });
        }
    } catch (const std::bad_alloc&) {
        step = std::make_error_code(std::errc::not_enough_memory);
    }
    shaken(step.error());
}

DRAGLINE_DECL void direct_connect::handshake_read::received(std::unique_ptr<pending_read> self,
                                                            result<std::size_t> size) {
    const auto owner = owner_;
    const auto taken = owner->tls_->layer().received(size, rest.size());
    taken ? owner->shake_hands(std::move(self)) : owner->shaken(taken.error());
}

DRAGLINE_DECL void direct_connect::shaken(std::error_code ec) {
    try {
        tls_->tell(made_, ec);
    } catch (const std::bad_alloc&) {
        ec = std::make_error_code(std::errc::not_enough_memory);
    }
    tls_.reset();
    // Whatever the layers made of being closed.
    tell(ending().interrupted() ? asio::error::make_error_code(asio::error::operation_aborted) : ec);
}

DRAGLINE_DECL void direct_connect::tell(std::error_code ec) {
    const auto owner = std::move(owner_);
    owner->connected(ec, made_);
}

}  // namespace dragline::net::detail

#endif
