// The only header with conditions on the operating system. Linux is tested; Windows and macOS are meant to
// compile.
#pragma once

#include <cstddef>

#if defined(__linux__)
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#endif

namespace dragline::inline v1::platform {

#if defined(_WIN32)
inline constexpr bool windows = true;
inline constexpr const char* hosts_file = "C:\\Windows\\System32\\drivers\\etc\\hosts";
#else
inline constexpr bool windows = false;
inline constexpr const char* hosts_file = "/etc/hosts";
#endif

#if defined(__linux__)
inline constexpr bool linux_kernel = true;
#else
inline constexpr bool linux_kernel = false;
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
int receive_from(Arguments...) noexcept {
    return -1;
}
template <class... Arguments>
int send_parts(Arguments...) noexcept {
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
