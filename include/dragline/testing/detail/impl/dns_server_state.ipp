// Included by <dragline/testing/detail/dns_server_state.hpp> only.
#pragma once

#include <dragline/core/asio.hpp>
#include <dragline/core/bytes.hpp>
#include <dragline/dns/wire/message.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>
#include <asio/read.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include <array>
#include <sstream>
#include <system_error>

namespace dragline::inline v1::testing::detail {

struct dns_server_state::listener {
    listener(asio::io_context& on, const asio::ip::udp::endpoint& where)
        : datagrams(on, where), acceptor(on) {
        const auto place = datagrams.local_endpoint();
        datagrams.set_option(asio::socket_base::receive_buffer_size(1024 * 1024));
        acceptor.open(place.address().is_v6() ? asio::ip::tcp::v6() : asio::ip::tcp::v4());
        acceptor.set_option(asio::socket_base::reuse_address(true));
        acceptor.bind(asio::ip::tcp::endpoint(place.address(), place.port()));
        acceptor.listen();
    }

    asio::ip::udp::socket datagrams;
    asio::ip::tcp::acceptor acceptor;
};

DRAGLINE_DECL asio::ip::udp::endpoint dns_server_state::listen(const asio::ip::address& where,
                                                               std::uint16_t port) {
    std::shared_ptr<listener> made;
    for (int tries = 1; !made; ++tries) {
        try {
            made = std::make_shared<listener>(thread_.context(), asio::ip::udp::endpoint(where, port));
        } catch (const std::system_error& failure) {
            // The port that UDP got may be taken for TCP; another one will do.
            if (port != 0 || tries == 20 || failure.code() != asio::error::address_in_use) throw;
        }
    }
    const auto place = made->datagrams.local_endpoint();
    {
        std::lock_guard lock(mutex_);
        places_.push_back(place);
    }
    asio::post(thread_.context(), [this, made] {
        asio::co_spawn(thread_.context(), receive_all(made), asio::detached);
        asio::co_spawn(thread_.context(), accept_all(made), asio::detached);
    });
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
    std::array<std::uint8_t, 65536> buffer;
    asio::ip::udp::endpoint peer;
    for (;;) {
        const auto [ec, size] = co_await from->datagrams.async_receive_from(
            asio::buffer(buffer), peer, dragline::as_tuple(asio::use_awaitable));
        if (ec) continue;  // a client that is gone: its port was unreachable
        auto answer = respond(byte_view(buffer.data(), size), dns_transport::udp, place_text(peer));
        if (answer.packets.empty()) continue;
        if (answer.packets.size() == 1 && answer.packets.front().after.count() == 0 &&
            !answer.packets.front().other_port) {
            const auto bytes = asio::buffer(answer.packets.front().bytes);
            co_await from->datagrams.async_send_to(bytes, peer, dragline::as_tuple(asio::use_awaitable));
            continue;
        }
        asio::co_spawn(thread_.context(), send_later(from, peer, std::move(answer.packets)), asio::detached);
    }
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
        const auto bytes = asio::buffer(packet.bytes);
        if (packet.other_port) {
            const asio::ip::udp::endpoint place(from->datagrams.local_endpoint().address(), 0);
            asio::ip::udp::socket other(thread_.context(), place);
            co_await other.async_send_to(bytes, to, dragline::as_tuple(asio::use_awaitable));
        } else {
            co_await from->datagrams.async_send_to(bytes, to, dragline::as_tuple(asio::use_awaitable));
        }
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
