// A DNS server over TLS that plays its part as a coroutine of the test says, on a thread of its own.
#pragma once

#include "../dns/lab.hpp"

#include <dragline/core/bytes.hpp>
#include <dragline/dns/wire/message.hpp>
#include <dragline/net/dns_over_tls.hpp>
#include <dragline/testing/certificate_authority.hpp>
#include <dragline/testing/detail/event_log.hpp>
#include <dragline/testing/detail/http_channel.hpp>
#include <dragline/testing/detail/server_thread.hpp>
#include <dragline/tls/context.hpp>
#include <dragline/tls/options.hpp>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

namespace dragline::test {

inline const testing::certificate_authority& dns_authority() {
    static const testing::certificate_authority authority;
    return authority;
}

inline testing::issued_certificate dns_certificate() {
    return dns_authority().issue(testing::certificate_request().name("dns.test").address("127.0.0.1"));
}

/// A query as it came; `connection` counts from 1.
struct tls_dns_query {
    dns::wire::message message;
    std::size_t size = 0;
    std::size_t connection = 0;

    const dns::question& asked() const { return message.questions.front(); }
};

inline std::string framed(std::string_view message) {
    std::string out(2, '\0');
    store_big16(reinterpret_cast<std::uint8_t*>(out.data()), static_cast<std::uint16_t>(message.size()));
    return out.append(message);
}

/// The address 192.0.2.1, as it stands on the wire, and what `change` makes of it.
inline std::string good_answer(const tls_dns_query& query,
                               const std::function<void(dns::wire::message&)>& change = {}) {
    auto reply = dns::wire::make_response(query.message);
    reply.answers.emplace_back(query.asked().name, 60, dns::a_record{{192, 0, 2, 1}});
    if (change) change(reply);
    const auto bytes = dns::wire::encode_message(reply).value();
    return framed(std::string(bytes.begin(), bytes.end()));
}

class tls_dns_server {
    struct counts {
        std::size_t connections = 0;
        std::size_t secure = 0;
        std::size_t resumed = 0;
        std::size_t ended = 0;
    };
    using log_type = testing::detail::event_log<tls_dns_query, counts>;

public:
    /// One connection as its conversation sees it.
    class peer {
    public:
        peer(std::shared_ptr<testing::detail::http_channel> channel, log_type& log, std::size_t which)
            : number(which), channel_(std::move(channel)), log_(log) {}

        const std::size_t number;

        /// The next query; nothing when the client has gone.
        asio::awaitable<std::optional<tls_dns_query>> next() {
            auto& input = channel_->input();
            const auto length = [&input] {
                return input.size() < 2 ? std::size_t{65536}
                                        : load_big16(reinterpret_cast<const std::uint8_t*>(input.data()));
            };
            while (input.size() < 2 + length()) {
                const auto event = co_await channel_->receive();
                if (event != testing::detail::http_channel::event::input) co_return std::nullopt;
            }
            tls_dns_query query;
            query.connection = number;
            query.size = length();
            const byte_view bytes(reinterpret_cast<const std::uint8_t*>(input.data()) + 2, query.size);
            query.message = dns::wire::decode_message(bytes).value();
            input.erase(0, 2 + query.size);
            log_.add(query);
            co_return query;
        }
        asio::awaitable<void> send(std::string bytes) { co_await channel_->send(bytes); }
        asio::awaitable<void> close(testing::ending how = testing::ending::close) {
            co_await channel_->finish(how);
        }

    private:
        std::shared_ptr<testing::detail::http_channel> channel_;
        log_type& log_;
    };

    /// A coroutine function; the connection closes at its end.
    using conversation = std::function<asio::awaitable<void>(peer&)>;

    explicit tls_dns_server(conversation talk = &answer_all,
                            const testing::issued_certificate& certificate = dns_certificate(),
                            const asio::ip::address& where = asio::ip::address_v4::loopback())
        : talk_(std::move(talk)),
          context_(tls::context::make_server(tls::server_options()
                                                 .certificate_chain_pem(certificate.chain_pem)
                                                 .private_key_pem(certificate.private_key_pem)
                                                 .alpn({"dot"}))
                       .value()) {
        const asio::ip::tcp::endpoint any(where, 0);
        auto acceptor = std::make_shared<asio::ip::tcp::acceptor>(thread_.context(), any);
        port_ = acceptor->local_endpoint().port();
        asio::post(thread_.context(), [this, acceptor] {
            asio::co_spawn(thread_.context(), accept_all(acceptor), asio::detached);
        });
    }

    std::uint16_t port() const { return port_; }
    std::vector<tls_dns_query> queries() const { return log_.entries(); }
    std::size_t connections() const { return log_.counts().connections; }
    std::size_t secure_connections() const { return log_.counts().secure; }
    std::size_t resumed_connections() const { return log_.counts().resumed; }
    std::size_t ended_connections() const { return log_.counts().ended; }
    bool wait_for_queries(std::size_t count) const {
        return log_.wait(std::chrono::seconds(10),
                         [&](const auto& seen, const auto&) { return seen.size() >= count; });
    }
    bool wait_for_ends(std::size_t count) const {
        return log_.wait(std::chrono::seconds(10),
                         [&](const auto&, const auto& seen) { return seen.ended >= count; });
    }

    static asio::awaitable<void> answer_all(peer& client) {
        while (auto query = co_await client.next()) co_await client.send(good_answer(*query));
    }

private:
    asio::awaitable<void> accept_all(std::shared_ptr<asio::ip::tcp::acceptor> acceptor) {
        for (;;) {
            auto [ec, socket] = co_await acceptor->async_accept(as_tuple(asio::use_awaitable));
            if (ec) co_return;
            asio::co_spawn(thread_.context(), serve(std::move(socket)), asio::detached);
        }
    }
    asio::awaitable<void> serve(asio::ip::tcp::socket socket) {
        const auto number = log_.update([](counts& seen) { return ++seen.connections; });
        auto channel = std::make_shared<testing::detail::http_channel>(std::move(socket), context_);
        const bool shaken = co_await channel->handshake();
        if (shaken) {
            log_.update([resumed = channel->resumed()](counts& seen) {
                seen.resumed += resumed ? 1 : 0;
                return ++seen.secure;
            });
            peer client(channel, log_, number);
            co_await talk_(client);
            co_await client.close();
        }
        log_.update([](counts& seen) { return ++seen.ended; });
    }

    conversation talk_;
    tls::context context_;
    log_type log_;
    std::uint16_t port_ = 0;
    testing::detail::server_thread thread_;  // last: its coroutines use what stands above
};

/// Such a server, a loop whose time can jump, and a resolver that asks only this server.
struct dns_over_tls_lab {
    explicit dns_over_tls_lab(tls_dns_server::conversation talk = &tls_dns_server::answer_all,
                              net::dns_over_tls_options options = trusting())
        : server(std::move(talk)), transport(to(server, options)) {}

    static net::dns_over_tls_options trusting() {
        return net::dns_over_tls_options()
            .server_name("dns.test")
            .tls(tls::client_options().ca_pem(dns_authority().certificate_pem()));
    }
    std::shared_ptr<dns::transport> to(const tls_dns_server& other, const net::dns_over_tls_options& with) {
        const dns::server place(asio::ip::address_v4::loopback(), other.port());
        return net::make_dns_over_tls(loop, place, with);
    }
    std::tuple<std::error_code, dns::address_list_v4> resolve(std::string_view name,
                                                              dns::query_options with = {}) {
        loop.restart();
        with.trace(&trace);
        return async::run(loop, dns::resolve_host(resolver, name, with, no_throw));
    }
    std::error_code error(std::string_view name, dns::query_options with = {}) {
        return std::get<0>(resolve(name, std::move(with)));
    }
    /// Runs the loop until nothing keeps it.
    void run_out() {
        loop.restart();
        loop.run();
    }

    tls_dns_server server;
    stepping_clock clock;
    event_loop loop{event_loop_options().time(clock)};
    std::shared_ptr<dns::transport> transport;
    dns::lookup_trace trace;
    dns::resolver resolver{loop, std::vector<std::shared_ptr<dns::transport>>{transport},
                           dns::query_options().hosts_file(false)};
};

}  // namespace dragline::test
