// Included by <dragline/testing/detail/dns_server_state.hpp> only.
#pragma once

#include <dragline/core/asio.hpp>
#include <dragline/core/bytes.hpp>
#include <dragline/dns/wire/message.hpp>
#include <dragline/net/datagram.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/error.hpp>
#include <asio/read.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/use_future.hpp>
#include <asio/write.hpp>

#include <array>
#include <sstream>
#include <system_error>

namespace dragline::inline v1::testing::detail {

struct dns_server_state::listener {
    listener(net::datagram opened, asio::io_context& on) : datagrams(std::move(opened)), acceptor(on) {
        const auto place = datagrams.local_endpoint();
        acceptor.open(place.address().is_v6() ? asio::ip::tcp::v6() : asio::ip::tcp::v4());
        acceptor.set_option(asio::socket_base::reuse_address(true));
        acceptor.bind(asio::ip::tcp::endpoint(place.address(), place.port()));
        acceptor.listen();
    }

    net::datagram datagrams;
    asio::ip::tcp::acceptor acceptor;
};

DRAGLINE_DECL asio::awaitable<asio::ip::udp::endpoint> dns_server_state::open(asio::ip::address where,
                                                                              std::uint16_t port) {
    const auto options = net::datagram_options().receive_buffer(1024 * 1024).timeout(no_limit);
    std::shared_ptr<listener> made;
    for (int tries = 1; !made; ++tries) {
        auto opening = net::open_datagram(thread_.context(), net::endpoint(where, port), options);
        auto opened = co_await std::move(opening);
        try {
            made = std::make_shared<listener>(std::move(opened), thread_.context());
        } catch (const std::system_error& failure) {
            // The port that UDP got may be taken for TCP; another one will do.
            if (port != 0 || tries == 20 || failure.code() != asio::error::address_in_use) throw;
        }
    }
    asio::co_spawn(thread_.context(), receive_all(made), asio::detached);
    asio::co_spawn(thread_.context(), accept_all(made), asio::detached);
    co_return made->datagrams.local_endpoint();
}

DRAGLINE_DECL asio::ip::udp::endpoint dns_server_state::listen(const asio::ip::address& where,
                                                               std::uint16_t port) {
    const auto place = asio::co_spawn(thread_.context(), open(where, port), asio::use_future).get();
    std::lock_guard lock(mutex_);
    places_.push_back(place);
    return place;
}

DRAGLINE_DECL asio::ip::udp::endpoint dns_server_state::first_place() const {
    std::lock_guard lock(mutex_);
    return places_.front();
}

DRAGLINE_DECL void dns_server_state::add_script(std::string_view name, std::optional<dns::record_type> type,
                                                dns_script script) {
    std::lock_guard lock(mutex_);
    scripts_.insert_or_assign({key_of(name), type}, std::move(script));
}

DRAGLINE_DECL void dns_server_state::set_negative_ttl(std::chrono::seconds ttl) {
    std::lock_guard lock(mutex_);
    negative_ttl_ = ttl;
}

// The name itself, the patterns above it from the nearest on, "*".
DRAGLINE_DECL std::optional<dns_script> dns_server_state::find_script(const dns_query& query) const {
    std::string pattern = key_of(query.name());
    std::string_view above = query.name();
    std::lock_guard lock(mutex_);
    for (;;) {
        for (const std::optional<dns::record_type> type : {std::optional(query.type()), {}}) {
            const auto found = scripts_.find({pattern, type});
            if (found != scripts_.end()) return found->second;
        }
        if (pattern == "*") return std::nullopt;
        above = parent_of(above);
        pattern = above.empty() ? "*" : "*." + key_of(above);
    }
}

DRAGLINE_DECL dns_server_state::response dns_server_state::respond(byte_view bytes, dns_transport transport,
                                                                   std::string peer) {
    auto decoded = dns::wire::decode_message(bytes);
    if (!decoded || decoded->response || decoded->questions.size() != 1) {
        log.update([](dns_counts& counts) { ++counts.malformed; });
        return {};
    }
    dns_query query;
    query.message = *std::move(decoded);
    query.bytes.assign(bytes.begin(), bytes.end());
    query.transport = transport;
    query.peer_address = std::move(peer);
    query.attempt = log.update([&](dns_counts& counts) {
        return ++counts.attempts[{key_of(query.name()), query.type()}];
    });
    log.add(query);

    std::shared_ptr<const dns_reply> reply;
    if (const auto script = find_script(query)) {
        reply = script->next();
        if (!reply) reply = script->call(query);
    } else {
        reply = std::make_shared<const dns_reply>();
    }
    std::lock_guard lock(mutex_);
    response out;
    out.close = reply->closes_tcp();
    if (out.close && transport == dns_transport::tcp) return out;
    out.packets = plan_answer(query, *reply, zone_.look_up(query.message.questions.front()), negative_ttl_);
    return out;
}

template <class Endpoint>
std::string place_text(const Endpoint& place) {
    std::ostringstream text;
    text << place;
    return text.str();
}

DRAGLINE_DECL asio::awaitable<void> dns_server_state::receive_all(std::shared_ptr<listener> from) {
    for (;;) {
        const auto [ec, got] = co_await from->datagrams.receive_from(dragline::as_tuple(asio::use_awaitable));
        if (ec) continue;  // a client that is gone: its port was unreachable
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(got.bytes.data());
        auto answer = respond(byte_view(bytes, got.bytes.size()), dns_transport::udp, place_text(got.sender));
        if (answer.packets.empty()) continue;
        const auto& first = answer.packets.front();
        if (answer.packets.size() == 1 && first.after.count() == 0 && !first.other_port) {
            co_await send(*from, first, got.sender);
            continue;
        }
        asio::co_spawn(thread_.context(), send_later(from, got.sender, std::move(answer.packets)),
                       asio::detached);
    }
}

// One that cannot be sent is lost, as datagrams are.
DRAGLINE_DECL asio::awaitable<void> dns_server_state::send(const listener& from, const dns_packet& packet,
                                                           asio::ip::udp::endpoint to) {
    std::string bytes(packet.bytes.begin(), packet.bytes.end());
    if (!packet.other_port) {
        co_await from.datagrams.send_to(std::move(bytes), to, dragline::as_tuple(asio::use_awaitable));
        co_return;
    }
    const net::endpoint same_host(from.datagrams.local_endpoint().address(), 0);
    auto opening = net::open_datagram(thread_.context(), same_host);
    const auto other = co_await std::move(opening);
    co_await other.send_to(std::move(bytes), to, dragline::as_tuple(asio::use_awaitable));
}

DRAGLINE_DECL asio::awaitable<void> dns_server_state::send_later(std::shared_ptr<listener> from,
                                                                 asio::ip::udp::endpoint to,
                                                                 std::vector<dns_packet> packets) {
    asio::steady_timer timer(thread_.context());
    for (const auto& packet : packets) {
        if (packet.after.count() > 0) {
            timer.expires_after(packet.after);
            co_await timer.async_wait(dragline::as_tuple(asio::use_awaitable));
        }
        co_await send(*from, packet, to);
    }
}

DRAGLINE_DECL asio::awaitable<void> dns_server_state::accept_all(std::shared_ptr<listener> from) {
    for (;;) {
        auto [ec, socket] = co_await from->acceptor.async_accept(dragline::as_tuple(asio::use_awaitable));
        if (ec) {  // out of descriptors, say: others may end meanwhile
            asio::steady_timer timer(thread_.context(), std::chrono::milliseconds(10));
            co_await timer.async_wait(dragline::as_tuple(asio::use_awaitable));
            continue;
        }
        asio::co_spawn(thread_.context(), serve(std::move(socket)), asio::detached);
    }
}

DRAGLINE_DECL asio::awaitable<void> dns_server_state::serve(asio::ip::tcp::socket socket) {
    std::error_code ignored;
    const std::string peer = place_text(socket.remote_endpoint(ignored));
    asio::steady_timer timer(thread_.context());
    std::vector<std::uint8_t> bytes;
    for (;;) {
        bytes.resize(2);
        const auto [no_size, got_size] =
            co_await asio::async_read(socket, asio::buffer(bytes), dragline::as_tuple(asio::use_awaitable));
        if (no_size || got_size != 2) co_return;
        bytes.resize(load_big16(bytes.data()));
        const auto [no_query, got_query] =
            co_await asio::async_read(socket, asio::buffer(bytes), dragline::as_tuple(asio::use_awaitable));
        if (no_query || got_query != bytes.size()) co_return;
        const auto answer = respond(bytes, dns_transport::tcp, peer);
        for (const auto& packet : answer.packets) {
            timer.expires_after(packet.after);
            co_await timer.async_wait(dragline::as_tuple(asio::use_awaitable));
            bytes.assign(2, 0);
            store_big16(bytes.data(), static_cast<std::uint16_t>(packet.bytes.size()));
            bytes.insert(bytes.end(), packet.bytes.begin(), packet.bytes.end());
            const auto [no_answer, sent] = co_await asio::async_write(
                socket, asio::buffer(bytes), dragline::as_tuple(asio::use_awaitable));
            if (no_answer || sent != bytes.size()) co_return;
        }
        if (answer.close) co_return;
    }
}

}  // namespace dragline::testing::detail

#endif
