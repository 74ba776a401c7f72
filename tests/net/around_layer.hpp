// A layer that hands everything on to another: what test layers that meddle with one thing are made from.
#pragma once

#include <dragline/net/detail/stream_layer.hpp>

#include <memory>
#include <utility>

namespace dragline::test {

class around_layer : public net::detail::stream_layer {
public:
    explicit around_layer(std::shared_ptr<net::detail::stream_layer> inner) : inner_(std::move(inner)) {}

    asio::any_io_executor get_executor() noexcept override { return inner_->get_executor(); }
    asio::awaitable<result<std::size_t>> read_some(asio::mutable_buffer into, async::time_point until,
                                                   phase where) override {
        return inner_->read_some(into, until, where);
    }
    asio::awaitable<result<void>> write(net::detail::gather pieces, async::time_point until, phase where,
                                        net::detail::input_watch* watch) override {
        return inner_->write(pieces, until, where, watch);
    }
    asio::awaitable<result<void>> shutdown(async::time_point until) override {
        return inner_->shutdown(until);
    }
    result<std::size_t> try_read(asio::mutable_buffer into) noexcept override {
        return inner_->try_read(into);
    }
    result<bool> try_write(net::detail::gather& pieces) override { return inner_->try_write(pieces); }
    asio::awaitable<result<void>> wait_input(async::time_point until, phase where) override {
        return inner_->wait_input(until, where);
    }
    asio::awaitable<result<void>> wait_output(async::time_point until, phase where) override {
        return inner_->wait_output(until, where);
    }
    bool may_have_input() const noexcept override { return inner_->may_have_input(); }
    std::size_t unsent() const noexcept override { return inner_->unsent(); }
    net::detail::stream_socket* socket() noexcept override { return inner_->socket(); }
    tls::peer_info peer() const override { return inner_->peer(); }
    void close() noexcept override { inner_->close(); }
    bool is_open() const noexcept override { return inner_->is_open(); }

protected:
    std::shared_ptr<net::detail::stream_layer> inner_;
};

}  // namespace dragline::test
