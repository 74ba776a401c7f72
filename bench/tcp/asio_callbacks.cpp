// Bare Asio with callbacks.
#include "echo.hpp"

#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace {

using asio::ip::tcp;

class session : public std::enable_shared_from_this<session> {
public:
    explicit session(tcp::socket socket) : socket_(std::move(socket)) {}

    void receive() {
        socket_.async_read_some(asio::buffer(buffer_),
                                [self = shared_from_this()](std::error_code ec, std::size_t size) {
                                    if (!ec) self->answer(size);
                                });
    }

private:
    void answer(std::size_t size) {
        asio::async_write(socket_, asio::buffer(buffer_, size),
                          [self = shared_from_this()](std::error_code ec, std::size_t) {
                              if (!ec) self->receive();
                          });
    }

    tcp::socket socket_;
    message buffer_;
};

void accept_next(tcp::acceptor& acceptor) {
    acceptor.async_accept([&acceptor](std::error_code ec, tcp::socket socket) {
        require(!ec, "accept");
        socket.set_option(tcp::no_delay(true));
        std::make_shared<session>(std::move(socket))->receive();
        accept_next(acceptor);
    });
}

void serve() {
    asio::io_context loop(1);
    tcp::acceptor acceptor(loop, {asio::ip::address_v4::loopback(), 0});
    tell_port(acceptor.local_endpoint().port());
    accept_next(acceptor);
    loop.run();
}

class client {
public:
    client(asio::io_context& loop, unsigned short port, int& left) : socket_(loop), left_(left) {
        socket_.connect({asio::ip::address_v4::loopback(), port});
        socket_.set_option(tcp::no_delay(true));
    }

    void send() {
        if (left_-- <= 0) return;
        asio::async_write(socket_, asio::buffer(text_), [this](std::error_code ec, std::size_t) {
            require(!ec, "write");
            receive();
        });
    }

private:
    void receive() {
        asio::async_read(socket_, asio::buffer(buffer_), [this](std::error_code ec, std::size_t) {
            require(!ec, "read");
            send();
        });
    }

    tcp::socket socket_;
    int& left_;
    const message text_ = make_message();
    message buffer_;
};

void run_client(const echo_work& work) {
    asio::io_context loop(1);
    int left = work.round_trips;
    std::vector<std::unique_ptr<client>> clients;
    for (int i = 0; i < work.connections; ++i)
        clients.push_back(std::make_unique<client>(loop, work.port, left));
    wait_for_start();
    const stopwatch watch;
    for (auto& each : clients) each->send();
    loop.run();
    print(watch, work.round_trips);
}

}  // namespace

int main(int count, char** arguments) {
    const auto work = read_arguments(count, arguments);
    work.server ? serve() : run_client(work);
}
