// The floor: epoll and system calls, no library. Tries each call first and waits only when it must.
#include "echo.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <vector>

namespace {

constexpr int events_at_once = 256;

sockaddr_in loopback(unsigned short port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

struct connection {
    int socket;
    std::size_t received = 0;
    message buffer;
};

void watch_input(int epoll, int socket, void* data) {
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
    epoll_event event{};
    event.events = EPOLLIN | EPOLLET;
    event.data.ptr = data;
    require(epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event) == 0, "epoll_ctl");
}

void send_message(int socket, const message& text, std::size_t size) {
    // 1 KiB always fits: nobody sends before the last message is answered.
    require(send(socket, text.data(), size, MSG_NOSIGNAL) == static_cast<ssize_t>(size), "send");
}

void serve() {
    const int epoll = epoll_create1(0), listener = socket(AF_INET, SOCK_STREAM, 0);
    auto address = loopback(0);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    require(bind(listener, any, size) == 0 && listen(listener, SOMAXCONN) == 0, "listen");
    getsockname(listener, any, &size);
    watch_input(epoll, listener, nullptr);
    tell_port(ntohs(address.sin_port));
    for (std::array<epoll_event, events_at_once> events;;) {
        const int count = epoll_wait(epoll, events.data(), events_at_once, -1);
        for (int i = 0; i < count; ++i) {
            auto* ready = static_cast<connection*>(events[static_cast<std::size_t>(i)].data.ptr);
            if (!ready) {
                for (int accepted; (accepted = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
                    auto made = std::make_unique<connection>();
                    made->socket = accepted;
                    watch_input(epoll, accepted, made.release());
                }
                continue;
            }
            const auto received = recv(ready->socket, ready->buffer.data(), ready->buffer.size(), 0);
            if (received > 0) {
                send_message(ready->socket, ready->buffer, static_cast<std::size_t>(received));
            } else if (received == 0) {
                close(ready->socket);
                delete ready;
            }
        }
    }
}

void run_client(const echo_work& work) {
    const int epoll = epoll_create1(0);
    const auto text = make_message();
    const auto address = loopback(work.port);
    std::vector<std::unique_ptr<connection>> connections;
    for (int i = 0; i < work.connections; ++i) {
        connections.push_back(std::make_unique<connection>());
        auto& made = *connections.back();
        made.socket = socket(AF_INET, SOCK_STREAM, 0);
        require(connect(made.socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
                "connect");
        watch_input(epoll, made.socket, &made);
    }
    wait_for_start();
    const stopwatch watch;
    int to_send = work.round_trips, to_receive = work.round_trips;
    for (auto& each : connections) {
        if (to_send-- > 0) send_message(each->socket, text, text.size());
    }
    for (std::array<epoll_event, events_at_once> events; to_receive > 0;) {
        const int count = epoll_wait(epoll, events.data(), events_at_once, -1);
        for (int i = 0; i < count; ++i) {
            auto& ready = *static_cast<connection*>(events[static_cast<std::size_t>(i)].data.ptr);
            const auto received = recv(ready.socket, ready.buffer.data() + ready.received,
                                       ready.buffer.size() - ready.received, 0);
            require(received > 0, "recv");
            ready.received += static_cast<std::size_t>(received);
            if (ready.received < ready.buffer.size()) continue;
            ready.received = 0;
            --to_receive;
            if (to_send-- > 0) send_message(ready.socket, text, text.size());
        }
    }
    print(watch, work.round_trips);
}

}  // namespace

int main(int count, char** arguments) {
    const auto work = read_arguments(count, arguments);
    work.server ? serve() : run_client(work);
}
