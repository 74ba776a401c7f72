// Calls on sockets that Asio has not, or not for many at once.
#pragma once

#include <cerrno>
#include <cstddef>

#if !defined(_WIN32)
#include <fcntl.h>
#include <sys/socket.h>
#endif
#if defined(__linux__)
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/uio.h>
#include <unistd.h>
#endif

namespace dragline::inline v1::platform {

/// What a socket can be told beyond what Asio has options for.
enum class socket_number {
    keep_alive_idle,
    keep_alive_interval,
    keep_alive_count,
    type_of_service,
    traffic_class,
    time_to_live,
    hop_limit,
    fast_open_connect,
    mark,
};

/// What the system has measured of a TCP connection; times in microseconds.
struct tcp_figures {
    unsigned round_trip = 0;
    unsigned round_trip_variation = 0;
    unsigned send_segment = 0;  // bytes
    unsigned receive_segment = 0;
    unsigned path_mtu = 0;
    unsigned congestion_window = 0;  // segments
    unsigned retransmits = 0;        // so far
    unsigned unacknowledged = 0;     // segments
};

/// Keeps a socket, which Asio opens otherwise, out of the programs that this one starts: one that they hold
/// stays connected when it is closed here.
#if defined(_WIN32)
template <class Socket>
void close_in_children(Socket) noexcept {}
#else
inline void close_in_children(int socket) noexcept { ::fcntl(socket, F_SETFD, FD_CLOEXEC); }
#endif

/// Where the system can be asked for that as it makes a socket, so that no program is started in between:
/// what the socket's type takes besides. Elsewhere 0.
#if defined(SOCK_CLOEXEC)
inline constexpr int closed_in_children = SOCK_CLOEXEC;
#else
inline constexpr int closed_in_children = 0;
#endif

/// The calls on sockets, for a library that is handed those it makes. Only where socket_calls says so.
/// All return what the system does: -1 with the reason in errno.
#if defined(__linux__)
inline constexpr bool socket_calls = true;

/// Non-blocking, and closed in the programs that this one starts. Its buffer is as large as the system allows
/// up to `receive_buffer` bytes.
inline int open_socket(int family, int type, int protocol, int receive_buffer) noexcept {
    const int made = ::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    if (made >= 0) ::setsockopt(made, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    return made;
}
inline int close_socket(int socket) noexcept { return ::close(socket); }
inline int connect_socket(int socket, const ::sockaddr* to, ::socklen_t size) noexcept {
    return ::connect(socket, to, size);
}
/// Connects without waiting: errno is EINPROGRESS until the peer has answered, which to call it again tells.
/// ENOBUFS: the queue of a Unix socket is full.
inline int go_on_connecting(int socket, const void* to, std::size_t size) noexcept {
    const int done = ::connect(socket, static_cast<const ::sockaddr*>(to), static_cast<::socklen_t>(size));
    if (done == 0 || errno == EISCONN) return 0;
    if (errno == EALREADY) errno = EINPROGRESS;
    if (errno == EAGAIN) errno = ENOBUFS;  // not a matter of waiting, as it is elsewhere
    return -1;
}
inline auto receive_from(int socket, void* into, std::size_t room, int flags, ::sockaddr* from,
                         ::socklen_t* size) noexcept {
    return ::recvfrom(socket, into, room, flags, from, size);
}
inline auto send_parts(int socket, const ::iovec* parts, int count) noexcept {
    ::msghdr message = {};
    message.msg_iov = const_cast<::iovec*>(parts);  // sendmsg() reads only
    message.msg_iovlen = static_cast<std::size_t>(count);
    return ::sendmsg(socket, &message, MSG_NOSIGNAL);
}

/// Lets sockets that all say so listen on one port; the kernel divides among them what comes.
inline int share_port(int socket) noexcept {
    const int on = 1;
    return ::setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
}

/// A second descriptor of the same socket.
inline int duplicate_socket(int socket) noexcept { return ::fcntl(socket, F_DUPFD_CLOEXEC, 0); }

/// Lets a socket send and receive through one interface only, whatever the routes say.
inline int bind_to_interface(int socket, const char* name, std::size_t size) noexcept {
    return ::setsockopt(socket, SOL_SOCKET, SO_BINDTODEVICE, name, static_cast<::socklen_t>(size));
}

inline int set_socket_number(int socket, socket_number what, int value) noexcept {
    int level = IPPROTO_TCP;
    int name = TCP_KEEPIDLE;
    switch (what) {
        case socket_number::keep_alive_idle: break;
        case socket_number::keep_alive_interval: name = TCP_KEEPINTVL; break;
        case socket_number::keep_alive_count: name = TCP_KEEPCNT; break;
        case socket_number::type_of_service: level = IPPROTO_IP, name = IP_TOS; break;
        case socket_number::traffic_class: level = IPPROTO_IPV6, name = IPV6_TCLASS; break;
        case socket_number::time_to_live: level = IPPROTO_IP, name = IP_TTL; break;
        case socket_number::hop_limit: level = IPPROTO_IPV6, name = IPV6_UNICAST_HOPS; break;
        case socket_number::fast_open_connect: name = TCP_FASTOPEN_CONNECT; break;
        case socket_number::mark: level = SOL_SOCKET, name = SO_MARK; break;
    }
    return ::setsockopt(socket, level, name, &value, sizeof value);
}

inline int measure_tcp(int socket, tcp_figures& into) noexcept {
    ::tcp_info info = {};
    ::socklen_t size = sizeof info;
    if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return -1;
    into.round_trip = info.tcpi_rtt;
    into.round_trip_variation = info.tcpi_rttvar;
    into.send_segment = info.tcpi_snd_mss;
    into.receive_segment = info.tcpi_rcv_mss;
    into.path_mtu = info.tcpi_pmtu;
    into.congestion_window = info.tcpi_snd_cwnd;
    into.retransmits = info.tcpi_total_retrans;
    into.unacknowledged = info.tcpi_unacked;
    return 0;
}
#else
inline constexpr bool socket_calls = false;

template <class... Arguments>
int open_socket(Arguments...) noexcept {
    return -1;
}
template <class... Arguments>
int close_socket(Arguments...) noexcept {
    return -1;
}
template <class... Arguments>
int connect_socket(Arguments...) noexcept {
    return -1;
}
template <class... Arguments>
int go_on_connecting(Arguments...) noexcept {
    return -1;
}
template <class... Arguments>
int receive_from(Arguments...) noexcept {
    return -1;
}
template <class... Arguments>
int send_parts(Arguments...) noexcept {
    return -1;
}
template <class... Arguments>
int bind_to_interface(Arguments...) noexcept {
    return -1;
}
template <class... Arguments>
int share_port(Arguments...) noexcept {
    return -1;
}
template <class... Arguments>
int duplicate_socket(Arguments...) noexcept {
    return -1;
}
template <class... Arguments>
int set_socket_number(Arguments...) noexcept {
    return -1;
}
template <class Socket>
int measure_tcp(Socket, tcp_figures&) noexcept {
    return -1;
}
#endif

/// A datagram that is to be sent, or the room for one that is received.
struct datagram {
    void* data = nullptr;
    std::size_t size = 0;    ///< After it was received: of what arrived.
    bool truncated = false;  ///< It was larger than the room.
};

inline constexpr std::size_t max_datagram_batch = 64;

/// Many datagrams of a connected socket in one system call, at most max_datagram_batch; without waiting.
/// Both return how many, or -1 with the reason in errno. Only where batched_datagrams says so.
#if defined(__linux__)
inline constexpr bool batched_datagrams = true;

namespace detail {
struct datagram_headers {
    ::mmsghdr each[max_datagram_batch];
    ::iovec parts[max_datagram_batch];

    datagram_headers(const datagram* datagrams, std::size_t count) noexcept {
        for (std::size_t i = 0; i < count; ++i) {
            parts[i] = {datagrams[i].data, datagrams[i].size};
            each[i] = {};
            each[i].msg_hdr.msg_iov = &parts[i];
            each[i].msg_hdr.msg_iovlen = 1;
        }
    }
};
}  // namespace detail

inline int send_datagrams(int socket, const datagram* each, std::size_t count) noexcept {
    detail::datagram_headers headers(each, count);
    return ::sendmmsg(socket, headers.each, static_cast<unsigned>(count), MSG_DONTWAIT | MSG_NOSIGNAL);
}

inline int receive_datagrams(int socket, datagram* each, std::size_t count) noexcept {
    detail::datagram_headers headers(each, count);
    const int received =
        ::recvmmsg(socket, headers.each, static_cast<unsigned>(count), MSG_DONTWAIT, nullptr);
    for (int i = 0; i < received; ++i) {
        each[i].size = headers.each[i].msg_len;
        each[i].truncated = (headers.each[i].msg_hdr.msg_flags & MSG_TRUNC) != 0;
    }
    return received;
}
#else
inline constexpr bool batched_datagrams = false;
inline int send_datagrams(int, const datagram*, std::size_t) noexcept { return -1; }
inline int receive_datagrams(int, datagram*, std::size_t) noexcept { return -1; }
#endif

}  // namespace dragline::inline v1::platform
