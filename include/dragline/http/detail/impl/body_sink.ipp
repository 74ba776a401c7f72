// Included by <dragline/http/detail/body_sink.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL asio::awaitable<bool> body_sink::give(std::string_view piece) {
    try {
        if (plain_) co_return plain_(piece);
        if (awaited_) {
            auto giving = awaited_(piece);
            co_return co_await std::move(giving);
        }
        auto giving = finished_(piece);
        co_await std::move(giving);
        co_return true;
    } catch (...) {
        throw async::callback_failure(std::current_exception());
    }
}

}  // namespace dragline::http::detail

#endif
