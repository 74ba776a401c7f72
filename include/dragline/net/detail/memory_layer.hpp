// The bottom of a stream that has no socket: two bounded buffers, one for each direction.
#pragma once

#include <dragline/async/event.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/net/detail/byte_queue.hpp>
#include <dragline/net/detail/stream_layer.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace dragline::inline v1::net::detail {

struct memory_pipe {
    memory_pipe(async::loop_state& loop, std::size_t most) : capacity(most), readable(loop), writable(loop) {}

    byte_queue bytes;
    const std::size_t capacity;
    bool ended = false;   // nothing more comes
    bool broken = false;  // nobody will read it
    async::event readable;
    async::event writable;
    async::event* watcher = nullptr;  // of a write that looks out for input
};

class memory_layer final : public stream_layer {
public:
    memory_layer(async::loop_state& loop, std::shared_ptr<memory_pipe> in, std::shared_ptr<memory_pipe> out)
        : loop_(loop), in_(std::move(in)), out_(std::move(out)) {}
    ~memory_layer() override { close(); }

    asio::any_io_executor get_executor() noexcept override { return loop_.executor(); }
    asio::awaitable<result<std::size_t>> read_some(asio::mutable_buffer into, async::time_point until,
                                                   phase where) override;
    asio::awaitable<result<void>> write(gather pieces, async::time_point until, phase where,
                                        input_watch* watch = nullptr) override;
    asio::awaitable<result<void>> shutdown(async::time_point until) override;
    result<std::size_t> try_read(asio::mutable_buffer into) noexcept override;
    result<bool> try_write(gather& pieces) override;
    asio::awaitable<result<void>> wait_input(async::time_point until, phase where) override;
    asio::awaitable<result<void>> wait_output(async::time_point until, phase where) override;
    bool may_have_input() const noexcept override { return has_input() || !open_; }
    std::size_t unsent() const noexcept override { return 0; }
    stream_socket* socket() noexcept override { return nullptr; }
    void close() noexcept override;
    bool is_open() const noexcept override { return open_; }

private:
    bool has_input() const noexcept { return !in_->bytes.empty() || in_->ended; }
    bool has_room() const noexcept { return out_->bytes.size() < out_->capacity || out_->broken; }

    async::loop_state& loop_;
    std::shared_ptr<memory_pipe> in_;
    std::shared_ptr<memory_pipe> out_;
    bool open_ = true;
};

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/memory_layer.ipp>
