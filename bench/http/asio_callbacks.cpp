// The floor: bare Asio, callbacks, one fixed request, Content-Length looked up in the head, nothing else.
// Over TLS the stream of Asio, and the session of the connection before where the server gave one.
#include "tls_tickets.hpp"
#include "workload.hpp"

#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl/context.hpp>
#include <asio/ssl/host_name_verification.hpp>
#include <asio/ssl/stream.hpp>
#include <asio/write.hpp>

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace {

using asio::ip::tcp;

struct tls_state {
    explicit tls_state(const workload& work) { context.load_verify_file(work.ca_file); }

    asio::ssl::context context{asio::ssl::context::tls_client};
    tls_tickets tickets{context.native_handle()};
};

struct shared_state {
    explicit shared_state(const workload& from) : work(from), request(from.request()), left(from.requests) {
        if (work.tls) tls.emplace(work);
    }

    const workload& work;
    const std::string request;
    int left;
    asio::io_context loop{1};
    std::optional<tls_state> tls;
};

tcp::socket& socket_of(tcp::socket& stream) { return stream; }
tcp::socket& socket_of(asio::ssl::stream<tcp::socket>& stream) { return stream.next_layer(); }

template <class Stream>
class client {
public:
    explicit client(shared_state& shared) : shared_(shared), buffer_(shared.work.body_size + 4096) {}

    void start() {
        if (shared_.left == 0) return;
        make_stream();
        const tcp::endpoint server(asio::ip::address_v4::loopback(), shared_.work.port);
        socket_of(*stream_).async_connect(server, [this](std::error_code ec) {
            require(!ec, "connect");
            socket_of(*stream_).set_option(tcp::no_delay(true));
            on_connected();
        });
    }

private:
    void make_stream() {
        if constexpr (std::is_same_v<Stream, tcp::socket>) {
            stream_ = std::make_unique<Stream>(shared_.loop);
        } else {
            stream_ = std::make_unique<Stream>(shared_.loop, shared_.tls->context);
            stream_->set_verify_mode(asio::ssl::verify_peer);
            stream_->set_verify_callback(asio::ssl::host_name_verification("127.0.0.1"));
            shared_.tls->tickets.use_one(stream_->native_handle());
        }
    }

    void on_connected() {
        if constexpr (std::is_same_v<Stream, tcp::socket>) {
            send();
        } else {
            stream_->async_handshake(asio::ssl::stream_base::client, [this](std::error_code ec) {
                require(!ec, "handshake");
                send();
            });
        }
    }

    void send() {
        if (shared_.left == 0) return stream_.reset();
        --shared_.left;
        used_ = 0;
        asio::async_write(*stream_, asio::buffer(shared_.request), [this](std::error_code ec, std::size_t) {
            require(!ec, "write");
            receive();
        });
    }

    void receive() {
        stream_->async_read_some(asio::buffer(buffer_.data() + used_, buffer_.size() - used_),
                                 [this](std::error_code ec, std::size_t size) {
                                     require(!ec, "read");
                                     used_ += size;
                                     on_bytes();
                                 });
    }

    void on_bytes() {
        if (head_size_ == 0) {
            const std::string_view text(buffer_.data(), used_);
            const auto end = text.find("\r\n\r\n");
            if (end == text.npos) return receive();
            const auto field = text.find("Content-Length: ");
            const auto length = std::strtoul(buffer_.data() + field + 16, nullptr, 10);
            require(text.substr(9, 3) == "200" && field < end && length == shared_.work.body_size, "head");
            head_size_ = end + 4;
        }
        if (used_ < head_size_ + shared_.work.body_size) return receive();
        body_.assign(buffer_.data() + head_size_, shared_.work.body_size);
        head_size_ = 0;
        shared_.work.keep_alive ? send() : start();
    }

    shared_state& shared_;
    std::unique_ptr<Stream> stream_;
    std::vector<char> buffer_;
    std::size_t used_ = 0;
    std::size_t head_size_ = 0;
    std::string body_;
};

template <class Stream>
void run(const workload& work) {
    // As fetch_url and libcurl: what TLS needs once is made after the clock has started.
    const stopwatch watch;
    shared_state shared(work);
    std::vector<std::unique_ptr<client<Stream>>> clients;
    for (int i = 0; i < work.in_flight; ++i) {
        clients.push_back(std::make_unique<client<Stream>>(shared));
        clients.back()->start();
    }
    shared.loop.run();
    print(watch, work.requests);
}

}  // namespace

int main(int count, char** arguments) {
    const auto work = read_arguments(count, arguments);
    work.tls ? run<asio::ssl::stream<tcp::socket>>(work) : run<tcp::socket>(work);
}
