// A layer of which some bytes have been read before their time.
#pragma once

#include <dragline/net/detail/stream_layer.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace dragline::inline v1::net::detail {

class early_bytes_layer final : public stream_layer {
public:
    early_bytes_layer(std::shared_ptr<stream_layer> lower, std::string bytes)
        : lower_(std::move(lower)), bytes_(std::move(bytes)) {}

    asio::any_io_executor get_executor() noexcept override { return lower_->get_executor(); }
    asio::awaitable<result<std::size_t>> read_some(asio::mutable_buffer into, async::time_point until,
                                                   phase where) override;
    asio::awaitable<result<void>> write(gather pieces, async::time_point until, phase where,
                                        input_watch* watch = nullptr) override;
    asio::awaitable<result<void>> shutdown(async::time_point until) override {
        return lower_->shutdown(until);
    }
    result<std::size_t> try_read(asio::mutable_buffer into) noexcept override;
    result<bool> try_write(gather& pieces) override { return lower_->try_write(pieces); }
    asio::awaitable<result<void>> wait_input(async::time_point until, phase where) override;
    asio::awaitable<result<void>> wait_output(async::time_point until, phase where) override {
        return lower_->wait_output(until, where);
    }
    bool may_have_input() const noexcept override { return !bytes_.empty() || lower_->may_have_input(); }
    std::size_t unsent() const noexcept override { return lower_->unsent(); }
    stream_socket* socket() noexcept override { return lower_->socket(); }
    tls::peer_info peer() const override { return lower_->peer(); }
    void close() noexcept override { lower_->close(); }
    bool is_open() const noexcept override { return lower_->is_open(); }

private:
    std::size_t take(asio::mutable_buffer into) noexcept;

    std::shared_ptr<stream_layer> lower_;
    std::string bytes_;
    std::size_t taken_ = 0;
};

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/early_bytes_layer.ipp>
