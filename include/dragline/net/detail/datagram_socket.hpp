// A UDP socket with deadlines.
#pragma once

#include <dragline/async/deadline.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/error.hpp>
#include <dragline/core/result.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/ip/udp.hpp>

#include <array>
#include <cstddef>
#include <optional>

namespace dragline::inline v1::net::detail {

/// Where the datagrams of a loop arrive that will be strings: one that only waits needs no room.
class datagram_room : public async::loop_object {
public:
    explicit datagram_room(async::loop_state&) {}
    void shutdown() noexcept override {}
    std::array<char, 65'535> bytes;
};

class datagram_socket {
public:
    using place = asio::ip::udp::endpoint;

    explicit datagram_socket(const asio::any_io_executor& executor)
        : loop(async::loop_state::of(executor)), socket(executor) {}

    /// Errors: errc::datagram_truncated, errc::busy.
    asio::awaitable<result<std::size_t>> receive(asio::mutable_buffer into, place& sender,
                                                 async::time_point until);
    /// To the connected place when `to` has no port.
    asio::awaitable<result<void>> send(asio::const_buffer from, place to, async::time_point until);

    async::loop_state& loop;
    asio::ip::udp::socket socket;
    std::optional<place> remote;
    async::duration timeout = async::no_limit;
    std::size_t max_size = 0;

private:
    struct direction {
        explicit direction(datagram_socket& of) : owner(of), limit(&expire, this) {}
        static void expire(void* self) noexcept;

        datagram_socket& owner;
        async::deadline limit;
        bool expired = false;
        bool waiting = false;
    };

    asio::awaitable<result<void>> wait(direction& side, asio::ip::udp::socket::wait_type what,
                                       async::time_point until, phase where);

    direction receiving_{*this};
    direction sending_{*this};
};

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/datagram_socket.ipp>
