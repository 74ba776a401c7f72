// Included by <dragline/testing/detail/http_server_state.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/testing/detail/http_channel.hpp>

#if DRAGLINE_HEADER_BODIES

#include <openssl/ssl.h>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <system_error>

namespace dragline::inline v1::testing::detail {

struct http_server_state::listener {
    listener(asio::io_context& on, const asio::ip::tcp::endpoint& where) : acceptor(on) {
        acceptor.open(where.protocol());
        acceptor.set_option(asio::socket_base::reuse_address(true));
        acceptor.bind(where);
        acceptor.listen();
    }

    asio::ip::tcp::acceptor acceptor;
    tls::context context;  // empty: plain
};

// Counts one connection as open while it lives.
class open_connection {
public:
    explicit open_connection(http_log& log) : log_(log) {
        number_ = log_.update([](http_counts& counts) {
            ++counts.open_connections;
            return ++counts.connections;
        });
    }
    open_connection(const open_connection&) = delete;
    open_connection& operator=(const open_connection&) = delete;
    ~open_connection() {
        log_.update([](http_counts& counts) { --counts.open_connections; });
    }

    std::uint64_t number() const noexcept { return number_; }

private:
    http_log& log_;
    std::uint64_t number_;
};

DRAGLINE_DECL tls::context make_context(const tls::server_options& certificate) {
    auto made = tls::context::make_server(certificate);
    if (!made) throw std::system_error(made.error(), "http_server: the certificate or its key is of no use");
    return *std::move(made);
}

// OpenSSL asks which certificate answers to the name that the client sent.
DRAGLINE_DECL int choose_certificate(SSL* connection, int*, void* state) noexcept {
    const char* name = SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name);
    if (name == nullptr) return SSL_TLSEXT_ERR_NOACK;
    const auto context = static_cast<const http_server_state*>(state)->certificate_for(name);
    if (context) SSL_set_SSL_CTX(connection, context.native_handle());
    return SSL_TLSEXT_ERR_OK;
}

DRAGLINE_DECL asio::ip::tcp::endpoint http_server_state::listen(const asio::ip::tcp::endpoint& where,
                                                                const tls::server_options* certificate) {
    const auto made = std::make_shared<listener>(thread_.context(), where);
    if (certificate) {
        made->context = make_context(*certificate);
        SSL_CTX_set_tlsext_servername_callback(made->context.native_handle(), &choose_certificate);
        SSL_CTX_set_tlsext_servername_arg(made->context.native_handle(), this);
    }
    const auto place = made->acceptor.local_endpoint();
    {
        std::lock_guard lock(mutex_);
        places_.emplace_back(place, certificate != nullptr);
    }
    asio::post(thread_.context(),
               [this, made] { asio::co_spawn(thread_.context(), accept_all(made), asio::detached); });
    return place;
}

DRAGLINE_DECL std::pair<asio::ip::tcp::endpoint, bool> http_server_state::first_place() const {
    std::lock_guard lock(mutex_);
    return places_.empty() ? std::pair<asio::ip::tcp::endpoint, bool>() : places_.front();
}

DRAGLINE_DECL void http_server_state::set_certificate(std::string_view server_name,
                                                      const tls::server_options& certificate) {
    auto context = make_context(certificate);
    std::lock_guard lock(mutex_);
    certificates_.insert_or_assign(ascii::to_lower(server_name), std::move(context));
}

DRAGLINE_DECL tls::context http_server_state::certificate_for(std::string_view server_name) const {
    std::lock_guard lock(mutex_);
    const auto found = certificates_.find(ascii::to_lower(server_name));
    return found == certificates_.end() ? tls::context() : found->second;
}

DRAGLINE_DECL void http_server_state::fail_connections(std::size_t count, ending how) {
    std::lock_guard lock(mutex_);
    failing_connections_ = count;
    failure_ = how;
}

DRAGLINE_DECL ending http_server_state::next_connection() {
    std::lock_guard lock(mutex_);
    if (failing_connections_ == 0) return ending::keep;
    --failing_connections_;
    return failure_;
}

DRAGLINE_DECL asio::awaitable<void> http_server_state::accept_all(std::shared_ptr<listener> from) {
    for (;;) {
        auto [ec, socket] = co_await from->acceptor.async_accept(dragline::as_tuple(asio::use_awaitable));
        if (ec) {  // out of descriptors, say: others may end meanwhile
            asio::steady_timer timer(thread_.context(), std::chrono::milliseconds(10));
            co_await timer.async_wait(dragline::as_tuple(asio::use_awaitable));
            continue;
        }
        std::error_code ignored;
        socket.set_option(asio::ip::tcp::no_delay(true), ignored);
        asio::co_spawn(thread_.context(), serve(std::move(socket), from->context), asio::detached);
    }
}

DRAGLINE_DECL asio::awaitable<void> http_server_state::serve(asio::ip::tcp::socket socket,
                                                             tls::context context) {
    const open_connection counted(log);  // before the channel, which is to be closed when it is taken off
    const auto channel = std::make_shared<http_channel>(std::move(socket), context);
    const ending failure = next_connection();
    if (failure != ending::keep) {
        co_await channel->finish(failure == ending::close ? ending::truncate : failure);
        co_return;
    }
    if (!co_await channel->handshake()) {
        log.update([](http_counts& counts) { ++counts.failed_handshakes; });
        co_await channel->finish(ending::truncate, true);  // the alert shall arrive
        co_return;
    }
    http_conversation conversation(routes, log, *channel, counted.number());
    co_await conversation.run();
}

}  // namespace dragline::testing::detail

#endif
