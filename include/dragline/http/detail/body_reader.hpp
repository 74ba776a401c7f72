// Reads the body of a response into memory: decoded, and no byte beyond the limit.
#pragma once

#include <dragline/async/loop_state.hpp>
#include <dragline/codec/content_decoder.hpp>
#include <dragline/core/result.hpp>
#include <dragline/http/exchange.hpp>
#include <dragline/http/options.hpp>
#include <dragline/http/response.hpp>

#include <cstdint>
#include <optional>
#include <system_error>

namespace dragline::inline v1::http::detail {

class body_reader {
public:
    /// `until`: the deadline of the whole fetch.
    body_reader(async::loop_state& loop, const fetch_options& options, async::time_point until)
        : loop_(loop), options_(options), until_(until) {}

    asio::awaitable<result<void>> read(exchange& from, const response_head& head, response& into);

    /// Reads what is left of a small body that nobody wants, so that its connection can be used again. A
    /// large or broken one is left, and the connection goes.
    asio::awaitable<result<void>> discard(exchange& from);

    /// Before decoding.
    std::uint64_t bytes_received() const noexcept { return bytes_received_; }

private:
    asio::awaitable<result<void>> read_identity(exchange& from, std::optional<std::uint64_t> length,
                                                response& into);
    asio::awaitable<result<void>> read_decoded(exchange& from, codec::content_decoder& decoder,
                                               response& into);
    std::error_code on_limit_reached(response& into) const;
    stage_limit read_limit() const noexcept;

    async::loop_state& loop_;
    const fetch_options& options_;
    async::time_point until_;
    std::uint64_t bytes_received_ = 0;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/body_reader.ipp>
