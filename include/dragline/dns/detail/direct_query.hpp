// One question over a socket of its own, without c-ares: for what newer releases of it cannot carry.
// From 1.28 on it reads every message into records and writes it anew, and fails where it knows better than
// the server: names with characters that host names lack, data of no bytes, answers near the largest size.
#pragma once

#include <dragline/async/deadline.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/core/bytes.hpp>
#include <dragline/core/result.hpp>
#include <dragline/dns/server.hpp>
#include <dragline/dns/transport.hpp>
#include <dragline/dns/wire/query_form.hpp>

#include <asio/awaitable.hpp>
#include <asio/cancellation_signal.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <vector>

namespace dragline::inline v1::dns::detail {

// Over UDP, and over TCP when the answer is truncated or the form says so. Lives by shared_ptr.
class direct_query : public std::enable_shared_from_this<direct_query> {
public:
    direct_query(async::loop_state& loop, const server& where, const question& asked, const query_form& form,
                 std::shared_ptr<reply_sink> sink, std::size_t tag);

    // Begins to ask, or goes on: from the beginning, since a pause closes the socket.
    void resume();
    void pause() noexcept;
    void shutdown() noexcept;

    bool ended() const noexcept { return !sink_; }

private:
    using reply_bytes = result<std::vector<std::uint8_t>>;

    asio::awaitable<void> run();
    asio::awaitable<reply_bytes> over_udp();
    asio::awaitable<reply_bytes> over_tcp();
    bool answered_by(byte_view reply) const noexcept;
    static void expired(void* self) noexcept;
    void interrupt() noexcept;
    void stopped(const std::exception_ptr& thrown);
    void finish(reply_bytes reply);

    async::loop_state& loop_;
    server where_;
    bool tcp_;
    std::vector<std::uint8_t> query_;
    std::error_code refused_;  // why there is no query
    std::size_t question_end_ = 0;
    std::shared_ptr<reply_sink> sink_;  // none when it has ended
    std::size_t tag_;
    asio::cancellation_signal signal_;
    async::deadline limit_;
    bool running_ = false;
    bool interrupted_ = false;  // what runs is cancelled
    bool paused_ = true;
};

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/direct_query.ipp>
