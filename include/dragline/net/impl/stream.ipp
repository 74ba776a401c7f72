// Included by <dragline/net/stream.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::net {

DRAGLINE_DECL stream& stream::operator=(stream&& other) noexcept {
    if (this != &other) close();
    layer_ = std::move(other.layer_);
    return *this;
}

DRAGLINE_DECL asio::awaitable<result<std::size_t>> stream::read_body(layer_pointer layer,
                                                                     asio::mutable_buffer into) {
    if (into.size() == 0) co_return std::size_t{0};
    auto reading = layer->read_some(into, async::no_deadline, phase::read);
    co_return co_await std::move(reading);
}

DRAGLINE_DECL asio::awaitable<result<std::size_t>> stream::write_body(layer_pointer layer,
                                                                      asio::const_buffer from) {
    const detail::gather pieces{from, asio::const_buffer()};
    auto writing = layer->write(pieces, async::no_deadline, phase::write);
    auto written = co_await std::move(writing);
    if (!written) co_return written.error();
    co_return from.size();
}

DRAGLINE_DECL asio::awaitable<result<void>> stream::shutdown_body(layer_pointer layer) {
    auto ending = layer->shutdown(async::no_deadline);
    co_return co_await std::move(ending);
}

}  // namespace dragline::net

#endif
