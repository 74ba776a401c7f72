// Included by <dragline/http/detail/attempt_stage.hpp> only.
#pragma once

#include <dragline/async/callback_failure.hpp>

#if DRAGLINE_HEADER_BODIES

#include <new>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL phase attempt_failed_in(std::error_code ec, attempt_stage at,
                                      const net::connect_trace& connection) noexcept {
    if (!ec) return phase::none;
    if (const auto said = phase_of(ec); said != phase::none) return said;
    switch (at) {
        case attempt_stage::queue: return phase::queue;
        case attempt_stage::writing: return phase::write;
        case attempt_stage::waiting: return phase::first_byte;
        case attempt_stage::reading: return phase::read;
        case attempt_stage::connecting: break;
    }
    if (!connection.proxies.empty()) return phase::proxy;
    if (connection.connect.count() != 0) return phase::tls;
    return connection.dials.empty() ? phase::resolve : phase::connect;
}

DRAGLINE_DECL std::error_code unwrap(std::exception_ptr& thrown) noexcept {
    try {
        std::rethrow_exception(thrown);
    } catch (const async::callback_failure& failure) {
        thrown = failure.original();
        return dragline::errc::callback_failed;
    } catch (const std::system_error& error) {
        return error.code();
    } catch (const std::bad_alloc&) {
        return std::make_error_code(std::errc::not_enough_memory);
    } catch (...) {
        return dragline::errc::unexpected_exception;
    }
}

}  // namespace dragline::http::detail

#endif
