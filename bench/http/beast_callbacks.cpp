// Boost.Beast, callbacks, with a buffer and a body that are reserved for what comes: without that it takes
// ten times as long at 64 KiB.
#include "tls_tickets.hpp"
#include "workload.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = boost::asio::ssl;
using boost::asio::ip::tcp;
using boost::system::error_code;

struct tls_state {
    explicit tls_state(const workload& work) { context.load_verify_file(work.ca_file); }

    ssl::context context{ssl::context::tls_client};
    tls_tickets tickets{context.native_handle()};
};

struct shared_state {
    explicit shared_state(const workload& from) : work(from), left(from.requests) {
        if (work.tls) tls.emplace(work);
    }

    const workload& work;
    int left;
    boost::asio::io_context loop{1};
    std::optional<tls_state> tls;
};

template <class Stream>
class client {
public:
    explicit client(shared_state& shared) : shared_(shared) {
        buffer_.reserve(shared.work.body_size + 4096);
        request_.version(11);
        request_.method(http::verb::get);
        request_.target(shared.work.path);
        request_.set(http::field::host, "127.0.0.1:" + std::to_string(shared.work.port));
        request_.set(http::field::user_agent, shared.work.user_agent);
        request_.set(http::field::accept, shared.work.accept);
        request_.set(http::field::accept_encoding, shared.work.accept_encoding);
    }

    void start() {
        if (shared_.left == 0) return;
        make_stream();
        buffer_.clear();
        const tcp::endpoint server(boost::asio::ip::address_v4::loopback(), shared_.work.port);
        beast::get_lowest_layer(*stream_).async_connect(server, [this](error_code ec) {
            require(!ec, "connect");
            beast::get_lowest_layer(*stream_).socket().set_option(tcp::no_delay(true));
            on_connected();
        });
    }

private:
    void make_stream() {
        if constexpr (std::is_same_v<Stream, beast::tcp_stream>) {
            stream_ = std::make_unique<Stream>(shared_.loop);
        } else {
            stream_ = std::make_unique<Stream>(shared_.loop, shared_.tls->context);
            stream_->set_verify_mode(ssl::verify_peer);
            stream_->set_verify_callback(ssl::host_name_verification("127.0.0.1"));
            shared_.tls->tickets.use_one(stream_->native_handle());
        }
    }

    void on_connected() {
        if constexpr (std::is_same_v<Stream, beast::tcp_stream>) {
            send();
        } else {
            stream_->async_handshake(ssl::stream_base::client, [this](error_code ec) {
                require(!ec, "handshake");
                send();
            });
        }
    }

    void send() {
        if (shared_.left == 0) {
            parser_.reset();
            return stream_.reset();
        }
        --shared_.left;
        http::async_write(*stream_, request_, [this](error_code ec, std::size_t) {
            require(!ec, "write");
            receive();
        });
    }

    void receive() {
        parser_.emplace();
        parser_->body_limit(shared_.work.body_size);
        parser_->get().body().reserve(shared_.work.body_size);
        http::async_read(*stream_, buffer_, *parser_, [this](error_code ec, std::size_t) {
            require(!ec && parser_->get().result_int() == 200 &&
                        parser_->get().body().size() == shared_.work.body_size,
                    "beast");
            shared_.work.keep_alive ? send() : start();
        });
    }

    shared_state& shared_;
    std::unique_ptr<Stream> stream_;
    beast::flat_buffer buffer_;
    http::request<http::empty_body> request_;
    std::optional<http::response_parser<http::string_body>> parser_;
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
    work.tls ? run<beast::ssl_stream<beast::tcp_stream>>(work) : run<beast::tcp_stream>(work);
}
