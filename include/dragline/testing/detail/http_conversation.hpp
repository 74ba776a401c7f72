// The requests and replies of one connection.
#pragma once

#include <dragline/h1/chunked.hpp>
#include <dragline/h1/framing.hpp>
#include <dragline/h1/head_parser.hpp>
#include <dragline/testing/detail/event_log.hpp>
#include <dragline/testing/detail/http_channel.hpp>
#include <dragline/testing/detail/http_parts.hpp>
#include <dragline/testing/detail/http_routes.hpp>
#include <dragline/testing/http_message.hpp>

#include <asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace dragline::inline v1::testing::detail {

struct http_counts {
    std::uint64_t connections = 0;
    std::uint64_t open_connections = 0;
    std::uint64_t malformed_requests = 0;
    std::uint64_t failed_handshakes = 0;
};
using http_log = event_log<http_request, http_counts>;

class http_conversation {
public:
    http_conversation(const http_routes& routes, http_log& log, http_channel& channel, std::uint64_t number)
        : routes_(routes), log_(log), channel_(channel), number_(number) {}

    asio::awaitable<void> run();

private:
    enum class received { complete, ended, malformed };

    asio::awaitable<bool> exchange();  // whether the connection goes on
    asio::awaitable<received> read_head();
    asio::awaitable<received> read_body();
    asio::awaitable<received> read_chunked();
    asio::awaitable<ending> write(const http_reply& reply, const http_parts& parts);
    asio::awaitable<void> drip(std::string_view bytes, http_pace pace);
    asio::awaitable<void> repeat(std::string_view piece, http_pace pace);
    asio::awaitable<void> refuse();
    void fill_request(const h1::request_head& head);
    bool expects_continue() const noexcept;

    const http_routes& routes_;
    http_log& log_;
    http_channel& channel_;
    std::uint64_t number_;
    std::uint64_t sequence_ = 0;
    http_request request_;
    h1::body_framing framing_;
    std::optional<http_reply::duration> idle_limit_;  // as the last reply said
    std::optional<ending> ending_of_next_;
};

}  // namespace dragline::testing::detail

#include <dragline/testing/detail/impl/http_conversation.ipp>
