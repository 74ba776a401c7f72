// Bare Asio: one UDP socket, one asynchronous receive, the check of udp_loop. What is lost stays lost.
#include "message.hpp"

#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <asio/steady_timer.hpp>

#include <array>
#include <chrono>
#include <system_error>
#include <vector>

namespace {

constexpr std::chrono::seconds patience{1};

class client {
public:
    client(asio::io_context& loop, const workload& work)
        : work_(work), tally_(work), slots_(work.in_flight), socket_(loop), timer_(loop) {
        require(work.in_flight <= 0x10000, "more names at once than ids");
        socket_.connect({asio::ip::address_v4::loopback(), work.port});
        socket_.set_option(asio::ip::udp::socket::receive_buffer_size(socket_buffer));
        renew_ids();
    }

    void start() {
        send();
        receive();
        watch();
    }
    const tally& counted() const { return tally_; }

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

    void send() {
        while (!free_.empty() && next_ < work_.names) {
            const auto id = free_.back();
            free_.pop_back();
            auto& at = slots_[id];
            at = {next_, query_for(id, next_), true};
            ++next_;
            socket_.send(asio::buffer(at.asked));
        }
        if (next_ < work_.names || free_.size() < slots_.size()) return;
        socket_.close();
        timer_.cancel();
    }

    void receive() {
        socket_.async_receive(asio::buffer(reply_), [this](std::error_code ec, std::size_t size) {
            if (!socket_.is_open()) return;
            require(!ec, "receive");
            on_reply(size);
            send();
            if (socket_.is_open()) receive();
        });
    }

    void on_reply(std::size_t size) {
        if (size < header_size) return;
        const auto id = id_of(reply_.data());
        if (id >= slots_.size() || !slots_[id].waits) return;
        ++replies_;
        if (const auto address = address_in(reply_.data(), size, slots_[id].asked)) {
            tally_.answered(slots_[id].number, *address);
        } else {
            tally_.wrong();
        }
        slots_[id].waits = false;
        free_.push_back(id);
    }

    // Gives up those that are still out when nothing has come for a while.
    void watch() {
        timer_.expires_after(patience);
        timer_.async_wait([this, before = replies_](std::error_code ec) {
            if (ec || !socket_.is_open()) return;
            if (replies_ == before) {
                renew_ids();
                send();
            }
            if (socket_.is_open()) watch();
        });
    }

    const workload work_;
    tally tally_;
    std::vector<slot> slots_;  // by id
    std::vector<std::uint16_t> free_;
    std::size_t next_ = 0;
    std::size_t replies_ = 0;
    asio::ip::udp::socket socket_;
    asio::steady_timer timer_;
    std::array<unsigned char, reply_limit> reply_;
};

}  // namespace

int main(int count, char** arguments) {
    const auto work = read_arguments(count, arguments);
    asio::io_context loop(1);
    client one(loop, work);
    one.start();
    loop.run();
    one.counted().print();
}
