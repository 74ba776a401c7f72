// A read of a stream into the caller's buffer, without a coroutine where the layer can do that: an idle
// connection mostly waits in one.
#pragma once

#include <dragline/async/operation.hpp>
#include <dragline/net/detail/stream_reader.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/associated_cancellation_slot.hpp>
#include <asio/associated_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <system_error>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::net::detail {

template <class Handler>
class stream_read final : public pending_read {
public:
    stream_read(Handler handler, stream_reader::pointer reader)
        : handler_(std::move(handler)), reader_(std::move(reader)) {}
    ~stream_read() override {
        if (has_turn_) reader_->reading() = false;
    }

    static void start(std::unique_ptr<stream_read> self, const read_wish& wish) {
        auto& read = *self;
        result<std::size_t> done = errc::busy;
        read.has_turn_ = !std::exchange(read.reader_->reading(), true);
        if (read.has_turn_) done = read.reader_->begin(read, wish);
        if (done.error() == asio::error::would_block) return read.wait(std::move(self));
        const auto loop = read.reader_->core().loop.executor();
        asio::post(loop, [ended = std::move(self), done]() mutable {
            auto& over = *ended;
            over.complete(std::move(ended), done);
        });
    }

    void received(std::unique_ptr<pending_read> self, result<std::size_t> size) override {
        auto done = reader_->go_on(*this, size);
        const bool waits = done.error() == asio::error::would_block;
        if (waits && (cancelled || !reader_->core().layer->is_open())) {  // since it was received
            done = reader_->go_on(*this, asio::error::make_error_code(asio::error::operation_aborted));
        }
        if (done.error() != asio::error::would_block) return complete(std::move(self), done);
        reader_->core().layer->start_read(std::move(self));
    }

private:
    void wait(std::unique_ptr<pending_read> self) {
        listen(handler_, *reader_->core().layer);
        reader_->core().layer->start_read(std::move(self));
    }

    void complete(std::unique_ptr<pending_read> self, result<std::size_t> done) {
        if (auto slot = asio::get_associated_cancellation_slot(handler_); slot.is_connected()) slot.clear();
        auto last = std::move(handler_);
        self.reset();
        std::move(last)(done.error(), *done);
    }

    bool has_turn_ = false;
    Handler handler_;  // destroyed last: it may own the coroutine that owns the stream
    stream_reader::pointer reader_;
};

// A slot that is no coroutine's may be emitted on other threads, and after the loop's end: async::initiate()
// sees to that.
template <bool Awaited>
struct start_stream_read {
    stream_reader::pointer reader;

    using executor_type = asio::any_io_executor;
    executor_type get_executor() const noexcept { return reader->core().loop.executor(); }

    template <class Handler>
    void operator()(Handler&& handler, read_wish wish) {
        const auto& loop = reader->core().loop.executor();
        const bool may_wait = Awaited || !asio::get_associated_cancellation_slot(handler).is_connected();
        if (may_wait && reader->waits_in_layer() &&
            is_loop(asio::get_associated_executor(handler, loop), loop)) {
            using read_type = stream_read<std::decay_t<Handler>>;
            auto read = std::make_unique<read_type>(std::forward<Handler>(handler), std::move(reader));
            return read_type::start(std::move(read), wish);
        }
        async::initiate<std::size_t>(loop, &stream_reader::read, std::forward<Handler>(handler),
                                     std::move(reader), wish);
    }

private:
    template <class Executor>
    static bool is_loop(const Executor& executor, const asio::any_io_executor& loop) noexcept {
        if constexpr (std::same_as<Executor, asio::any_io_executor>) {
            return executor == loop;
        } else {
            return false;
        }
    }
};

template <class Token>
auto read_into(stream_reader::pointer reader, const read_wish& wish, Token&& token) {
    using token_type = std::decay_t<Token>;
    constexpr bool awaited =
        std::same_as<token_type, default_token> || std::same_as<token_type, as_tuple_t<default_token>>;
    if constexpr (awaited) {
        // A coroutine needs no turn of the loop for what is there already.
        if (!reader->waits_in_layer() || reader->has_ended() || !reader->unread().empty()) {
            const auto loop = reader->core().loop.executor();
            return async::initiate<std::size_t>(loop, &stream_reader::read, std::forward<Token>(token),
                                                std::move(reader), wish);
        }
    }
    return asio::async_initiate<Token, void(std::error_code, std::size_t)>(
        start_stream_read<awaited>{std::move(reader)}, token, wish);
}

}  // namespace dragline::net::detail
