// Included by <dragline/dns/detail/ares_sockets.hpp> only.
#pragma once

#include <dragline/core/platform/sockets.hpp>
#include <dragline/dns/detail/query_writer.hpp>
#include <dragline/dns/record.hpp>

#if DRAGLINE_HEADER_BODIES

#include <ares.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

// From 1.34 on c-ares calls deprecated what 1.18 has as its only way: ares_set_socket_functions().
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL bool append_with_question(byte_view reply, const asked_questions& asked,
                                        std::vector<std::uint8_t>& into) {
    constexpr std::uint8_t response_bit = 0x80;
    constexpr std::uint8_t rcode_mask = 0x0f;
    if (reply.size() < query_header_size || !(reply[2] & response_bit)) return false;
    // No question, no answers, no authority: nothing that a pointer could lead to.
    if (std::any_of(&reply[4], &reply[10], [](std::uint8_t byte) { return byte != 0; })) return false;
    const auto code = static_cast<rcode>(reply[3] & rcode_mask);
    if (code == rcode::no_error || code == rcode::name_not_found) return false;
    const auto question = asked.question_of(load_big16(reply.data()));
    constexpr std::size_t longest_message = 0xffff;
    if (question.empty() || reply.size() + question.size() > longest_message) return false;
    const auto begin = into.size();
    const auto rest = reply.begin() + query_header_size;
    into.insert(into.end(), reply.begin(), rest);
    store_big16(&into[begin + 4], 1);
    into.insert(into.end(), question.begin(), question.end());
    into.insert(into.end(), rest, reply.end());
    return true;
}

// What c-ares calls, as C has it: no exception may pass.
struct ares_sockets::calls {
    static ares_sockets& self(void* context) noexcept { return *static_cast<ares_sockets*>(context); }

    static ares_socket_t open(int family, int type, int protocol, void* context) noexcept {
        auto& sockets = self(context);
        const int made = platform::open_socket(family, type, protocol, sockets.receive_buffer_size_);
        if (made < 0 || type != SOCK_STREAM) return made;
        try {
            sockets.streams_[made];
        } catch (...) {
            platform::close_socket(made);
            errno = ENOMEM;
            return ARES_SOCKET_BAD;
        }
        return made;
    }
    static int close(ares_socket_t socket, void* context) noexcept {
        self(context).streams_.erase(static_cast<int>(socket));
        return platform::close_socket(static_cast<int>(socket));
    }
    static int connect(ares_socket_t socket, const sockaddr* to, ares_socklen_t size, void*) noexcept {
        return platform::connect_socket(static_cast<int>(socket), to, size);
    }
    static ares_ssize_t receive(ares_socket_t socket, void* into, std::size_t room, int, sockaddr* from,
                                ares_socklen_t* size, void* context) noexcept {
        auto& sockets = self(context);
        const auto found = sockets.streams_.find(static_cast<int>(socket));
        try {
            if (found != sockets.streams_.end())
                return sockets.receive_stream(static_cast<int>(socket), found->second, into, room);
            const auto got = platform::receive_from(static_cast<int>(socket), into, room, 0, from, size);
            return got <= 0 ? got : sockets.complete_datagram(into, static_cast<std::size_t>(got), room);
        } catch (...) {
            errno = ENOMEM;
            return -1;
        }
    }
    static ares_ssize_t send(ares_socket_t socket, const iovec* parts, int count, void*) noexcept {
        return platform::send_parts(static_cast<int>(socket), parts, count);
    }

    static constexpr ares_socket_functions table{&open, &close, &connect, &receive, &send};
};

DRAGLINE_DECL ares_sockets::ares_sockets(ares_channeldata* channel, const asked_questions& asked,
                                         int receive_buffer_size)
    : asked_(asked), receive_buffer_size_(receive_buffer_size) {
    ares_set_socket_functions(channel, &calls::table, this);
}

DRAGLINE_DECL std::ptrdiff_t ares_sockets::complete_datagram(void* datagram, std::size_t size,
                                                             std::size_t room) {
    progress_ = true;
    const byte_view reply(static_cast<const std::uint8_t*>(datagram), size);
    completed_.clear();
    if (!append_with_question(reply, asked_, completed_) || completed_.size() > room)
        return static_cast<std::ptrdiff_t>(size);
    std::memcpy(datagram, completed_.data(), completed_.size());
    return static_cast<std::ptrdiff_t>(completed_.size());
}

// c-ares reads the length of a message before the message, so whole ones are collected first.
DRAGLINE_DECL std::ptrdiff_t ares_sockets::receive_stream(int socket, stream& through, void* into,
                                                          std::size_t room) {
    auto& [received, ready, taken] = through;
    if (taken == ready.size()) {
        std::array<std::uint8_t, 4096> bytes;
        const auto got = platform::receive_from(socket, bytes.data(), bytes.size(), 0, nullptr, nullptr);
        if (got <= 0) return got;
        received.insert(received.end(), bytes.begin(), bytes.begin() + got);
        ready.clear();
        taken = 0;
        std::size_t begin = 0;
        while (received.size() - begin >= 2) {
            const std::size_t size = load_big16(&received[begin]);
            if (received.size() - begin < 2 + size) break;
            const auto prefix = ready.size();
            ready.resize(prefix + 2);
            const auto message = byte_view(received).subspan(begin + 2, size);
            if (!append_with_question(message, asked_, ready))
                ready.insert(ready.end(), message.begin(), message.end());
            store_big16(&ready[prefix], static_cast<std::uint16_t>(ready.size() - prefix - 2));
            begin += 2 + size;
        }
        received.erase(received.begin(), received.begin() + static_cast<std::ptrdiff_t>(begin));
    }
    progress_ = true;
    const auto size = std::min(room, ready.size() - taken);
    if (size == 0) {
        errno = EWOULDBLOCK;
        return -1;
    }
    std::memcpy(into, &ready[taken], size);
    taken += size;
    return static_cast<std::ptrdiff_t>(size);
}

}  // namespace dragline::dns::detail

#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

#endif
