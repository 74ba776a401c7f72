// Included by <dragline/net/detail/early_bytes_layer.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL std::size_t early_bytes_layer::take(asio::mutable_buffer into) noexcept {
    const auto size = asio::buffer_copy(into, asio::buffer(bytes_) + taken_);
    taken_ += size;
    if (taken_ == bytes_.size()) {
        std::string().swap(bytes_);
        taken_ = 0;
    }
    return size;
}

DRAGLINE_DECL asio::awaitable<result<std::size_t>> early_bytes_layer::read_some(asio::mutable_buffer into,
                                                                                async::time_point until,
                                                                                phase where) {
    if (!bytes_.empty()) co_return take(into);
    auto reading = lower_->read_some(into, until, where);
    co_return co_await std::move(reading);
}

DRAGLINE_DECL asio::awaitable<result<void>> early_bytes_layer::write(gather pieces, async::time_point until,
                                                                     phase where, input_watch* watch) {
    // There is input already: what goes out without waiting is not worth telling from what does not.
    if (watch && !bytes_.empty()) {
        watch->input = true;
        co_return result<void>();
    }
    auto writing = lower_->write(pieces, until, where, watch);
    co_return co_await std::move(writing);
}

DRAGLINE_DECL asio::awaitable<result<void>> early_bytes_layer::wait_input(async::time_point until,
                                                                          phase where) {
    if (!bytes_.empty()) co_return result<void>();
    auto waiting = lower_->wait_input(until, where);
    co_return co_await std::move(waiting);
}

DRAGLINE_DECL result<std::size_t> early_bytes_layer::try_read(asio::mutable_buffer into) noexcept {
    if (!bytes_.empty()) return take(into);
    return lower_->try_read(into);
}

}  // namespace dragline::net::detail

#endif
