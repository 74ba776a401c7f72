// Whether a place can be connected to, and what that took: connects, measures, closes.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/net/connect.hpp>
#include <dragline/net/connect_trace.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::net {

/// What the system has measured of a TCP connection.
class tcp_measurement {
public:
    tcp_measurement() {}

    async::duration round_trip{};  ///< Smoothed.
    async::duration round_trip_variation{};
    std::size_t send_segment = 0;  ///< Largest, in bytes.
    std::size_t receive_segment = 0;
    std::size_t path_mtu = 0;
    std::size_t congestion_window = 0;  ///< In segments.
    std::size_t retransmits = 0;        ///< All so far: of the SYN, too.
};

/// What a probe found.
class probe_result {
public:
    probe_result() {}

    endpoint remote;         ///< What it was connected to, as an address; behind a proxy, the proxy.
    endpoint local;          ///< What it was connected from.
    async::duration took{};  ///< All of it: look-up, dials, TLS.
    connect_trace trace;     ///< Its steps: times, every dial, and over TLS the peer.
    std::optional<tcp_measurement> tcp;  ///< Where the system has it: Linux.
};

namespace detail {
asio::awaitable<result<probe_result>> probe_body(asio::any_io_executor loop, dns::resolver resolver,
                                                 endpoint target, connect_options options);
}

/// Connects as open_connection() does, measures, closes, and completes with void(error_code, probe_result).
///
/// What cannot be connected to is an error; then connect_options::trace() tells how far it got. Errors and
/// Cancel: as open_connection(). Threads: any.
template <async::where Where, class Token = default_token>
auto probe(Where&& where, endpoint target, connect_options options, Token&& token = {}) {
    auto loop = async::executor_of(where);
    return async::initiate<probe_result>(loop, &detail::probe_body, std::forward<Token>(token), loop,
                                         dns::resolver_of(where), std::move(target), std::move(options));
}

/// As above, with default options.
template <async::where Where, class Token = default_token>
requires(!std::same_as<std::remove_cvref_t<Token>, connect_options>) auto probe(Where&& where,
                                                                                endpoint target,
                                                                                Token&& token = {}) {
    return probe(std::forward<Where>(where), std::move(target), connect_options(),
                 std::forward<Token>(token));
}

}  // namespace dragline::net

#include <dragline/net/impl/probe.ipp>
