// What the system is told about a socket.
#pragma once

#include <dragline/core/features.hpp>

#include <chrono>
#include <cstdint>
#include <optional>

namespace dragline::inline v1::net {

/// The options of a TCP socket. What is not set is left to the system, but for no_delay. On Unix sockets only
/// the buffer sizes count. What this system cannot do: asio::error::operation_not_supported, where it is
/// used; a value that it refuses: the system's reason.
class socket_options {
public:
    using seconds = std::chrono::seconds;

    socket_options() {}

    /// Sends small writes at once (TCP_NODELAY): on by default.
    socket_options& no_delay(bool value) { return no_delay_ = value, *this; }
    bool no_delay() const noexcept { return no_delay_; }

    /// Asks an idle peer whether it is there. Each of the other three turns it on: the silence before the
    /// first question, the time between questions, and how many stay unanswered.
    socket_options& keep_alive(bool value) { return keep_alive_ = value, *this; }
    std::optional<bool> keep_alive() const noexcept { return keep_alive_; }
    socket_options& keep_alive_idle(seconds value) { return keep_alive_idle_ = value, keep_alive(true); }
    std::optional<seconds> keep_alive_idle() const noexcept { return keep_alive_idle_; }
    socket_options& keep_alive_interval(seconds value) {
        return keep_alive_interval_ = value, keep_alive(true);
    }
    std::optional<seconds> keep_alive_interval() const noexcept { return keep_alive_interval_; }
    socket_options& keep_alive_count(int value) { return keep_alive_count_ = value, keep_alive(true); }
    std::optional<int> keep_alive_count() const noexcept { return keep_alive_count_; }

    /// The byte of that name in IPv4, the traffic class in IPv6; dscp() gives its upper six bits.
    socket_options& type_of_service(int value) { return type_of_service_ = value, *this; }
    std::optional<int> type_of_service() const noexcept { return type_of_service_; }
    socket_options& dscp(int value) { return type_of_service(value << 2); }

    /// The hop limit in IPv6.
    socket_options& time_to_live(int value) { return time_to_live_ = value, *this; }
    std::optional<int> time_to_live() const noexcept { return time_to_live_; }

    /// Sends the first bytes along with the SYN (RFC 7413): of a socket that connects.
    socket_options& fast_open(bool value) { return fast_open_ = value, *this; }
    bool fast_open() const noexcept { return fast_open_; }

    /// In the kernel, in bytes; it may take more or less.
    socket_options& receive_buffer(int bytes) { return receive_buffer_ = bytes, *this; }
    std::optional<int> receive_buffer() const noexcept { return receive_buffer_; }
    socket_options& send_buffer(int bytes) { return send_buffer_ = bytes, *this; }
    std::optional<int> send_buffer() const noexcept { return send_buffer_; }

    /// The mark by which Linux routes and filters; needs the right to set it.
    socket_options& mark(std::uint32_t value) { return mark_ = value, *this; }
    std::optional<std::uint32_t> mark() const noexcept { return mark_; }

private:
    bool no_delay_ = true;
    bool fast_open_ = false;
    std::optional<bool> keep_alive_;
    std::optional<seconds> keep_alive_idle_;
    std::optional<seconds> keep_alive_interval_;
    std::optional<int> keep_alive_count_;
    std::optional<int> type_of_service_;
    std::optional<int> time_to_live_;
    std::optional<int> receive_buffer_;
    std::optional<int> send_buffer_;
    std::optional<std::uint32_t> mark_;
};

}  // namespace dragline::net
