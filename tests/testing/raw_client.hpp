// A blocking client that knows no HTTP and no DNS: it shows what a scripted server really puts on the wire.
#pragma once

#include <dragline/tls/context.hpp>
#include <dragline/tls/engine.hpp>

#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>

#include <array>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace dragline::test {

/// Every call ends within 20 s; what went wrong is in error(), which stays.
class raw_client {
public:
    static constexpr auto patience = std::chrono::seconds(20);

    explicit raw_client(const asio::ip::tcp::endpoint& where) {
        perform([&](auto done) { socket_.async_connect(where, done); });
    }

    /// Speaks TLS, and asks for `host`.
    raw_client(const asio::ip::tcp::endpoint& where, const tls::context& context, std::string host)
        : raw_client(where) {
        engine_.emplace(context, tls::engine_options().host(std::move(host)));
        while (!error_) {
            const auto step = engine_->handshake();
            flush();
            if (!step) error_ = step.error();
            if (!step || *step == tls::progress::done) break;
            receive_ciphertext();
        }
    }

    std::error_code error() const { return error_; }
    const tls::engine& engine() const { return *engine_; }
    asio::ip::tcp::socket& socket() { return socket_; }

    void send(std::string_view bytes) {
        if (!engine_) return write(bytes);
        while (!error_ && !bytes.empty()) {
            const auto taken = engine_->write(bytes);
            if (!taken) error_ = taken.error();
            bytes.remove_prefix(*taken);
            flush();
        }
    }

    /// Everything up to the end of the connection.
    std::string read_to_end() {
        while (receive()) {
        }
        return take(input_.size());
    }

    /// Everything up to and with the marker, or to the end where it does not come.
    std::string read_until(std::string_view marker) {
        while (input_.find(marker) == input_.npos && receive()) {
        }
        const auto found = input_.find(marker);
        return take(found == input_.npos ? input_.size() : found + marker.size());
    }

    std::string read_exactly(std::size_t size) {
        while (input_.size() < size && receive()) {
        }
        return take(size);
    }

    std::string read_head() { return read_until("\r\n\r\n"); }

    /// A GET, and the response to it: its head and a body of this size.
    std::string get(std::string_view target, std::size_t body_size) {
        send("GET " + std::string(target) + " HTTP/1.1\r\nHost: test\r\n\r\n");
        std::string response = read_head();
        return response += read_exactly(body_size);
    }

    /// As above, up to the end of the connection.
    std::string get_to_end(std::string_view target) {
        send("GET " + std::string(target) + " HTTP/1.1\r\nHost: test\r\n\r\n");
        return read_to_end();
    }

private:
    template <class Start>
    std::size_t perform(Start start) {
        std::optional<std::error_code> outcome;
        std::size_t moved = 0;
        start([&](std::error_code ec, std::size_t size = 0) {
            outcome = ec;
            moved = size;
        });
        context_.restart();
        context_.run_for(patience);
        if (!outcome) {
            outcome = asio::error::timed_out;
            socket_.close();
            const std::error_code late = *outcome;
            context_.restart();
            context_.run();
            outcome = late;
        }
        if (*outcome) error_ = *outcome;
        return moved;
    }

    void write(std::string_view bytes) {
        perform(
            [&](auto done) { asio::async_write(socket_, asio::buffer(bytes.data(), bytes.size()), done); });
    }

    void flush() {
        while (!error_ && engine_->output_size() > 0) {
            const auto bytes = engine_->output();
            write(bytes);
            engine_->output_sent(bytes.size());
        }
    }

    void receive_ciphertext() {
        const auto space = engine_->input_space();
        const auto size = perform(
            [&](auto done) { socket_.async_read_some(asio::buffer(space.data(), space.size()), done); });
        if (error_ == asio::error::eof) {
            error_ = {};
            engine_->input_ended();
        }
        engine_->input_received(size);
    }

    bool receive() {
        if (error_) return false;
        std::array<char, 4096> buffer;
        if (!engine_) {
            const auto size =
                perform([&](auto done) { socket_.async_read_some(asio::buffer(buffer), done); });
            input_.append(buffer.data(), size);
            return size > 0;
        }
        for (;;) {
            const auto step = engine_->read(std::span<char>(buffer));
            flush();
            if (!step) error_ = step.error();
            if (step && step->closed) error_ = asio::error::eof;
            if (error_) return false;
            input_.append(buffer.data(), step->size);
            if (step->size > 0) return true;
            receive_ciphertext();
            if (error_) return false;
        }
    }

    std::string take(std::size_t size) {
        std::string out = input_.substr(0, size);
        input_.erase(0, out.size());
        return out;
    }

    asio::io_context context_{1};
    asio::ip::tcp::socket socket_{context_};
    std::optional<tls::engine> engine_;
    std::string input_;
    std::error_code error_;
};

}  // namespace dragline::test
