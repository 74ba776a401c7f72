// The floor: bare Asio, callbacks, one fixed request, Content-Length looked up in the head, nothing else.
#include "workload.hpp"

#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>

#include <memory>
#include <string_view>
#include <vector>

namespace {

class client {
public:
    client(asio::io_context& loop, const workload& work, const std::string& request, int& left)
        : socket_(loop), work_(work), request_(request), left_(left) {}

    void start() {
        const asio::ip::tcp::endpoint server(asio::ip::address_v4::loopback(), work_.port);
        socket_.async_connect(server, [this](std::error_code ec) {
            require(!ec, "connect");
            socket_.set_option(asio::ip::tcp::no_delay(true));
            send();
        });
    }

private:
    void send() {
        if (left_ == 0) return socket_.close();
        --left_;
        used_ = 0;
        asio::async_write(socket_, asio::buffer(request_), [this](std::error_code ec, std::size_t) {
            require(!ec, "write");
            receive();
        });
    }

    void receive() {
        socket_.async_read_some(asio::buffer(buffer_.data() + used_, buffer_.size() - used_),
                                [this](std::error_code ec, std::size_t size) {
                                    require(!ec, "read");
                                    used_ += size;
                                    on_bytes();
                                });
    }

    void on_bytes() {
        const std::string_view text(buffer_.data(), used_);
        const auto end = text.find("\r\n\r\n");
        if (end == text.npos) return receive();
        const auto field = text.find("Content-Length: ");
        const auto length = std::strtoul(buffer_.data() + field + 16, nullptr, 10);
        require(text.substr(9, 3) == "200" && field < end && length == work_.body_size, "head");
        if (used_ < end + 4 + length) return receive();
        body_.assign(buffer_.data() + end + 4, length);
        send();
    }

    asio::ip::tcp::socket socket_;
    const workload& work_;
    const std::string& request_;
    int& left_;
    std::vector<char> buffer_ = std::vector<char>(work_.body_size + 4096);
    std::size_t used_ = 0;
    std::string body_;
};

}  // namespace

int main(int count, char** arguments) {
    const auto work = read_arguments(count, arguments);
    const auto request =
        "GET " + work.path + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(work.port) + "\r\n\r\n";
    asio::io_context loop(1);
    int left = work.requests;
    std::vector<std::unique_ptr<client>> clients;
    const stopwatch watch;
    for (int i = 0; i < work.in_flight; ++i) {
        clients.push_back(std::make_unique<client>(loop, work, request, left));
        clients.back()->start();
    }
    loop.run();
    print(watch, work.requests);
}
