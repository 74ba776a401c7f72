// Reads the body of a response: decoded, and no byte beyond the limit.
#pragma once

#include <dragline/async/loop_state.hpp>
#include <dragline/codec/content_decoder.hpp>
#include <dragline/core/result.hpp>
#include <dragline/http/exchange.hpp>
#include <dragline/http/options.hpp>

#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::inline v1::http::detail {

class fetch_insight;

class body_reader {
public:
    /// `until`: the deadline of the whole fetch.
    body_reader(async::loop_state& loop, const fetch_options& options, async::time_point until)
        : loop_(loop), options_(options), until_(until), limit_(options.max_body()) {}

    /// Forgets a body that broke off.
    void reset();

    /// Makes ready for the body that follows this head.
    std::error_code start(const response_head& head);

    /// From here on each read has a limit of its own: the whole may take as long as it takes.
    void unbind() noexcept { until_ = async::no_deadline; }

    /// Takes no more than this from here on, if that is less than the limit so far.
    void lower_limit(std::uint64_t more) noexcept;

    /// Appends all of the body to `into` when nothing has to be waited for, as most small ones come with
    /// their head; else does nothing, and is false.
    bool take_all(exchange& from, std::string& into);

    /// Appends all of the body to `into`.
    asio::awaitable<result<void>> read_all(exchange& from, std::string& into);

    /// The next bytes, as many as are at hand: 0 at the end. A cancelled read loses nothing.
    asio::awaitable<result<std::size_t>> read_some(exchange& from, asio::mutable_buffer into);

    /// Reads what is left of a small body that nobody wants, so that its connection can be used again. A
    /// large, slow or broken one is left, and the connection goes.
    asio::awaitable<result<void>> discard(exchange& from, const response_head& head);

    /// Is told of each piece; nullptr for nobody.
    void watch(fetch_insight* value) noexcept { watch_ = value; }

    /// Before decoding.
    std::uint64_t bytes_received() const noexcept { return bytes_received_; }

    /// All of it has been given out, as its announced length tells, if there is one.
    bool complete() const noexcept { return !has_body_ || (length_ && delivered_ == *length_); }

    /// The body was cut at the limit.
    bool truncated() const noexcept { return truncated_; }

private:
    struct decoding {
        explicit decoding(codec::content_decoder made) : decoder(std::move(made)) {}
        codec::content_decoder decoder;
        std::vector<char> coded;  // received for the decoder, which has yet to take the unread ones
        std::string_view unread;
        bool received_all = false;
    };

    asio::awaitable<result<std::size_t>> next_piece(exchange& from, asio::mutable_buffer into);
    asio::awaitable<result<std::size_t>> decode_piece(exchange& from, asio::mutable_buffer into);
    bool announced_too_large() const noexcept;
    std::error_code on_limit_reached() noexcept;
    stage_limit read_limit() const noexcept;

    async::loop_state& loop_;
    const fetch_options& options_;
    async::time_point until_;
    std::uint64_t limit_;
    std::uint64_t delivered_ = 0;
    std::uint64_t bytes_received_ = 0;
    std::optional<std::uint64_t> length_;  // of the whole body, where it is known and not coded
    std::unique_ptr<decoding> decoding_;   // none of a body that comes as it is
    fetch_insight* watch_ = nullptr;
    bool has_body_ = false;
    bool truncated_ = false;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/body_reader.ipp>
