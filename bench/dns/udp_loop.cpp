// The floor: one UDP socket, sendmmsg, recvmmsg and poll, a fixed message, the least that a reply must be
// checked for. What is lost stays lost.
#include "message.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

namespace {

constexpr std::size_t batch_size = 64;
constexpr int patience_ms = 1000;

class client {
public:
    explicit client(const workload& work) : work_(work), tally_(work), slots_(work.in_flight) {
        require(work.in_flight <= 0x10000, "more names at once than ids");
        socket_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        sockaddr_in server{};
        server.sin_family = AF_INET;
        server.sin_port = htons(work.port);
        server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        require(::connect(socket_, reinterpret_cast<const sockaddr*>(&server), sizeof server) == 0,
                "connect");
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &socket_buffer, sizeof socket_buffer);
        for (std::size_t i = 0; i < batch_size; ++i) {
            in_parts_[i] = {replies_[i], reply_limit};
            in_[i] = {};
            in_[i].msg_hdr.msg_iov = &in_parts_[i];
            in_[i].msg_hdr.msg_iovlen = 1;
            out_[i] = {};
            out_[i].msg_hdr.msg_iov = &out_parts_[i];
            out_[i].msg_hdr.msg_iovlen = 1;
        }
        renew_ids();
    }
    ~client() { ::close(socket_); }

    void run() {
        while (next_ < work_.names || free_.size() < slots_.size()) {
            while (send_some()) {
            }
            if (!receive_some() && !wait(POLLIN)) renew_ids();  // those that are still out are lost
        }
        tally_.print();
    }

private:
    struct slot {
        std::size_t number = 0;
        query_message asked{};
        bool waits = false;
    };

    void renew_ids() {
        free_.clear();
        for (auto id = slots_.size(); id-- > 0;) {
            slots_[id].waits = false;
            free_.push_back(static_cast<std::uint16_t>(id));
        }
    }

    bool send_some() {
        unsigned count = 0;
        for (; count < batch_size && !free_.empty() && next_ < work_.names; ++count) {
            const auto id = free_.back();
            free_.pop_back();
            auto& at = slots_[id];
            at = {next_, query_for(id, next_), true};
            ++next_;
            out_parts_[count] = {at.asked.data(), at.asked.size()};
        }
        for (unsigned sent = 0; sent < count;) {
            const auto more = ::sendmmsg(socket_, out_ + sent, count - sent, 0);
            if (more > 0) {
                sent += static_cast<unsigned>(more);
            } else {
                require(errno == EAGAIN && wait(POLLOUT), "send");
            }
        }
        return count > 0;
    }

    bool receive_some() {
        const auto count = ::recvmmsg(socket_, in_, batch_size, 0, nullptr);
        if (count < 0) {
            require(errno == EAGAIN, "receive");
            return false;
        }
        for (int i = 0; i < count; ++i) on_reply(replies_[i], in_[i].msg_len);
        return true;
    }

    void on_reply(const unsigned char* reply, std::size_t size) {
        if (size < header_size) return;
        const auto id = id_of(reply);
        if (id >= slots_.size() || !slots_[id].waits) return;
        if (const auto address = address_in(reply, size, slots_[id].asked)) {
            tally_.answered(slots_[id].number, *address);
        } else {
            tally_.wrong();
        }
        slots_[id].waits = false;
        free_.push_back(id);
    }

    bool wait(short events) {
        pollfd one{socket_, events, 0};
        return ::poll(&one, 1, patience_ms) > 0;
    }

    const workload work_;
    tally tally_;
    std::vector<slot> slots_;  // by id
    std::vector<std::uint16_t> free_;
    std::size_t next_ = 0;
    int socket_ = -1;
    mmsghdr in_[batch_size], out_[batch_size];
    iovec in_parts_[batch_size], out_parts_[batch_size];
    unsigned char replies_[batch_size][reply_limit];
};

}  // namespace

int main(int count, char** arguments) { client(read_arguments(count, arguments)).run(); }
