// Included by <dragline/net/probe.hpp> only.
#pragma once

#include <dragline/core/platform/sockets.hpp>

#if DRAGLINE_HEADER_BODIES

#include <chrono>

namespace dragline::inline v1::net::detail {

inline std::optional<tcp_measurement> measure(stream_layer& layer) {
    platform::tcp_figures figures;
    auto* const socket = layer.socket();
    if (!socket || platform::measure_tcp(socket->native_handle(), figures) != 0) return std::nullopt;
    tcp_measurement measured;
    measured.round_trip = std::chrono::microseconds(figures.round_trip);
    measured.round_trip_variation = std::chrono::microseconds(figures.round_trip_variation);
    measured.send_segment = figures.send_segment;
    measured.receive_segment = figures.receive_segment;
    measured.path_mtu = figures.path_mtu;
    measured.congestion_window = figures.congestion_window;
    measured.retransmits = figures.retransmits;
    return measured;
}

DRAGLINE_DECL asio::awaitable<result<probe_result>> probe_body(asio::any_io_executor loop,
                                                               dns::resolver resolver, endpoint target,
                                                               connect_options options) {
    connect_trace own;
    if (!options.trace()) options.trace(&own);
    const auto* trace = options.trace();
    auto& state = async::loop_state::of(loop);
    const auto started = state.now();
    auto opening = open_body(loop, std::move(resolver), std::move(target), std::move(options));
    auto opened = co_await std::move(opening);
    if (!opened) co_return opened.error();
    probe_result found;
    found.took = state.now() - started;
    found.trace = *trace;
    found.tcp = measure(opened->layer());
    if (auto remote = opened->remote_endpoint()) found.remote = *std::move(remote);
    if (auto local = opened->local_endpoint()) found.local = *std::move(local);
    const auto writing = opened->writing();
    auto closing = stream_writer::close(writing, writing->write_limit(write_options()));
    const auto closed = co_await std::move(closing);
    if (closed.error() == asio::error::operation_aborted) co_return closed.error();
    co_return found;  // that it did not end well, too, is after what was asked
}

}  // namespace dragline::net::detail

#endif
