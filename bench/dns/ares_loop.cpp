// Bare c-ares: one channel, ares_query, epoll, the address taken out of the reply by hand. c-ares asks again
// for what is lost.
#include "message.hpp"

#define CARES_NO_DEPRECATED  // ares_query() is what 1.18 has
#include <ares.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <type_traits>
#include <vector>

namespace {

constexpr int tick_ms = 50;

class client {
public:
    explicit client(const workload& work) : work_(work), tally_(work), slots_(work.in_flight) {
        ares_options options{};
        options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_STAYOPEN;
        options.timeout = 1000;
        options.tries = 4;
        options.sock_state_cb = &on_socket_state;
        options.sock_state_cb_data = this;
        options.socket_receive_buffer_size = socket_buffer;
        int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB |
                   ARES_OPT_SOCK_RCVBUF;
#ifdef ARES_OPT_QUERY_CACHE
        options.qcache_max_ttl = 0;
        mask |= ARES_OPT_QUERY_CACHE;
#endif
        require(ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS, "library");
        require(ares_init_options(&channel_, &options, mask) == ARES_SUCCESS, "channel");
        const auto server = "127.0.0.1:" + std::to_string(work.port);
        require(ares_set_servers_ports_csv(channel_, server.c_str()) == ARES_SUCCESS, "server");
        for (auto& each : slots_) {
            each.owner = this;
            free_.push_back(&each);
        }
    }
    ~client() {
        ares_destroy(channel_);
        ares_library_cleanup();
        ::close(poll_);
    }

    void run() {
        auto last_tick = std::chrono::steady_clock::now();
        while (true) {
            while (!free_.empty() && next_ < work_.names) ask();  // may fail at once, and free its slot
            if (free_.size() == slots_.size()) break;
            epoll_event events[16];
            const auto count = ::epoll_wait(poll_, events, 16, tick_ms);
            for (int i = 0; i < count; ++i) {
                const ares_socket_t socket = events[i].data.fd;
                ares_process_fd(channel_, events[i].events & ~EPOLLOUT ? socket : ARES_SOCKET_BAD,
                                events[i].events & EPOLLOUT ? socket : ARES_SOCKET_BAD);
            }
            const auto now = std::chrono::steady_clock::now();
            if (now - last_tick < std::chrono::milliseconds(tick_ms)) continue;
            last_tick = now;
            ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
        }
        tally_.print();
    }

private:
    struct slot {
        client* owner = nullptr;
        std::size_t number = 0;
    };

    void ask() {
        auto& at = *free_.back();
        free_.pop_back();
        at.number = next_++;
        ares_query(channel_, name_of(at.number).c_str(), 1, 1, &on_answer, &at);
    }

    // const since 1.34.7, but not in 1.34.8
    template <class Byte>
    static void on_answer(void* context, int status, int, Byte* reply, int size) {
        auto& at = *static_cast<slot*>(context);
        auto& self = *at.owner;
        self.free_.push_back(&at);
        if (status == ARES_ETIMEOUT || status == ARES_ECONNREFUSED) return;
        const auto address = status == ARES_SUCCESS
                                 ? address_in(reply, static_cast<std::size_t>(size), query_for(0, at.number))
                                 : std::nullopt;
        if (address) {
            self.tally_.answered(at.number, *address);
        } else {
            self.tally_.wrong();
        }
    }

    static void on_socket_state(void* context, ares_socket_t socket, int readable, int writable) {
        auto& self = *static_cast<client*>(context);
        epoll_event wanted{};
        wanted.data.fd = socket;
        wanted.events = (readable ? EPOLLIN : 0U) | (writable ? EPOLLOUT : 0U);
        if (!wanted.events) {
            ::epoll_ctl(self.poll_, EPOLL_CTL_DEL, socket, nullptr);
        } else if (::epoll_ctl(self.poll_, EPOLL_CTL_ADD, socket, &wanted) != 0) {
            ::epoll_ctl(self.poll_, EPOLL_CTL_MOD, socket, &wanted);
        }
    }

    const workload work_;
    tally tally_;
    std::vector<slot> slots_;
    std::vector<slot*> free_;
    std::size_t next_ = 0;
    ares_channel channel_ = nullptr;
    int poll_ = ::epoll_create1(0);
};

}  // namespace

int main(int count, char** arguments) { client(read_arguments(count, arguments)).run(); }
