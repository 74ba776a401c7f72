// Layers that give bytes in pieces, and that fail or are cancelled at the n-th step; and two streams in
// memory over them.
#pragma once

#include "../support/run.hpp"
#include "around_layer.hpp"

#include <dragline/net/stream_pair.hpp>
#include <dragline/testing/certificate_authority.hpp>
#include <dragline/tls/context.hpp>

#include <asio/cancellation_signal.hpp>
#include <asio/error.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <system_error>
#include <utility>

namespace dragline::test {

/// A read as trying and waiting, so that a layer has to meddle with these only.
inline asio::awaitable<result<std::size_t>> read_by_steps(net::detail::stream_layer& layer,
                                                          asio::mutable_buffer into, async::time_point until,
                                                          phase where) {
    for (;;) {
        auto size = layer.try_read(into);
        if (size.error() != asio::error::would_block) co_return size;
        auto waiting = layer.wait_input(until, where);
        auto waited = co_await std::move(waiting);
        if (!waited) co_return waited.error();
    }
}

/// Reads give `first` bytes, then at most `then` at a time; nothing is there between two of them.
class splitting_layer final : public around_layer {
public:
    using around_layer::around_layer;

    std::size_t first = std::numeric_limits<std::size_t>::max();
    std::size_t then = std::numeric_limits<std::size_t>::max();

    result<std::size_t> try_read(asio::mutable_buffer into) noexcept override {
        if (std::exchange(pause_, !pause_)) return asio::error::make_error_code(asio::error::would_block);
        auto& most = first > 0 ? first : then;
        auto size = inner_->try_read(asio::buffer(into, most));
        if (size && first > 0) first -= *size;
        return size;
    }
    bool may_have_input() const noexcept override { return true; }
    asio::awaitable<result<std::size_t>> read_some(asio::mutable_buffer into, async::time_point until,
                                                   phase where) override {
        return read_by_steps(*this, into, until, where);
    }

private:
    bool pause_ = true;
};

/// Its n-th step, of those that a test names, fails, or has the operation cancelled while it waits.
class failing_layer final : public around_layer {
public:
    using around_layer::around_layer;

    int steps = 0;
    int fail_at = 0;  // from 1
    bool on_reads = true;
    bool on_writes = false;
    asio::cancellation_signal* cancel = nullptr;

    static std::error_code failure() { return asio::error::connection_reset; }

    result<std::size_t> try_read(asio::mutable_buffer into) noexcept override {
        if (!cancel && on_reads && step()) return failure();
        return inner_->try_read(asio::buffer(into, 1));
    }
    result<bool> try_write(net::detail::gather& pieces) override {
        if (!cancel && on_writes && step()) return failure();
        return inner_->try_write(pieces);
    }
    bool may_have_input() const noexcept override { return true; }
    asio::awaitable<result<std::size_t>> read_some(asio::mutable_buffer into, async::time_point until,
                                                   phase where) override {
        return read_by_steps(*this, into, until, where);
    }
    asio::awaitable<result<void>> wait_input(async::time_point until, phase where) override {
        return step_wait(on_reads, inner_->wait_input(until, where));
    }
    asio::awaitable<result<void>> wait_output(async::time_point until, phase where) override {
        return step_wait(on_writes, inner_->wait_output(until, where));
    }

private:
    bool step() noexcept { return ++steps == fail_at; }
    asio::awaitable<result<void>> step_wait(bool counts, asio::awaitable<result<void>> wait) {
        if (counts && step()) {
            if (!cancel) co_return failure();
            cancel->emit(asio::cancellation_type::terminal);
        }
        co_return co_await std::move(wait);
    }
};

/// Two streams in memory, the first over a layer that meddles.
template <class Layer>
struct meddled_pair {
    explicit meddled_pair(event_loop& loop, const net::stream_pair_options& options = {},
                          const net::stream_options& near_options = {})
        : memory(net::make_stream_pair(loop, options)),
          layer(std::make_shared<Layer>(memory.first.state()->core.layer)),
          near(layer, near_options, "a.test"),
          far(memory.second) {}

    std::pair<net::stream, net::stream> memory;
    std::shared_ptr<Layer> layer;
    net::stream near;
    net::stream& far;
};

/// Contexts of the two ends of TLS, which trust each other.
struct tls_ends {
    tls_ends() {
        const testing::certificate_authority authority;
        const auto issued = authority.issue(testing::certificate_request().name("a.test"));
        client = tls::client_options().ca_pem(authority.certificate_pem());
        server = tls::server_options()
                     .certificate_chain_pem(issued.chain_pem)
                     .private_key_pem(issued.private_key_pem);
    }
    static const tls_ends& get() {
        static const tls_ends made;
        return made;
    }

    tls::client_options client;
    tls::server_options server;
};

}  // namespace dragline::test
