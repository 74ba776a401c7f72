// Included by <dragline/dns/detail/udp_carrier.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/dns/detail/ares_transport.hpp>
#include <dragline/dns/detail/query_writer.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace dragline::inline v1::dns::detail {

inline constexpr std::size_t plain_udp_size = 512;
inline constexpr std::size_t queries_per_port = 8192;
inline constexpr std::size_t receive_batch = platform::max_datagram_batch;

DRAGLINE_DECL udp_carrier::udp_carrier(async::loop_state& loop, std::vector<server> servers,
                                       const query_form& form, std::weak_ptr<bulk_listener> listener)
    : loop_(loop),
      form_(form),
      listener_(listener),
      tcp_replies_(std::make_shared<transport_replies>(loop, std::move(listener))),
      random_(loop.random()),
      room_size_(std::max<std::size_t>(form.udp_size, plain_udp_size)),
      room_(receive_batch * room_size_) {
    for (auto& each : servers) places_.push_back(place{std::move(each), {}, nullptr});
}

DRAGLINE_DECL void udp_carrier::shutdown() noexcept {
    ended_ = true;
    for (auto& each : places_) {
        each.ports.clear();  // which ends their waits; handlers on their way find no carrier that listens
        if (const auto tcp = std::exchange(each.tcp, nullptr)) {
            tcp->release();
            tcp->shutdown();
        }
    }
    dirty_.clear();
}

DRAGLINE_DECL std::error_code udp_carrier::send(std::uint32_t at, bulk_slot& slot) {
    if (ended_) return asio::error::operation_aborted;
    auto found = port_for(slot.server);
    if (!found) return found.error();
    auto& port = **found;
    do {
        slot.id = random_.next16();
    } while (!port.ids.insert(slot.id, at));
    slot.port = &port;
    ++port.queries;
    compose(port, slot);
    if (!std::exchange(port.dirty, true)) dirty_.push_back(*std::move(found));
    return {};
}

DRAGLINE_DECL void udp_carrier::compose(udp_port& port, bulk_slot& slot) {
    auto form = form_;
    if (!slot.edns) form.udp_size = 0;
    const auto question = slot.question.bytes();
    auto* out = port.compose(query_header_size + question.size() + 2 +
                             (form.udp_size != 0 ? query_extension_size : 0));
    write_query_header(out, slot.id, form);
    out += query_header_size;
    std::memcpy(out, question.data(), question.size());
    if (form_.mixed_case) {
        for (std::size_t i = 0; i < slot.question.name_size(); ++i) {
            if (i % 16 == 0) {
                auto& word = slot.case_bits[i / 32];
                word = i % 32 == 0 ? random_.next16() : word | std::uint32_t{random_.next16()} << 16;
            }
            if (slot.case_bits[i / 32] >> (i % 32) & 1)
                out[i] = static_cast<std::uint8_t>(ascii::to_upper(static_cast<char>(out[i])));
        }
    }
    out += question.size();
    store_big16(out, static_cast<std::uint16_t>(record_class::internet));
    if (form.udp_size != 0) write_query_extension(out + 2, form);
}

DRAGLINE_DECL result<udp_carrier::port_pointer> udp_carrier::port_for(std::uint32_t server) {
    auto& ports = places_[server].ports;
    const auto is_usable = [](const port_pointer& port) {
        return !port->ids.full() && port->queries < queries_per_port;
    };
    if (!ports.empty() && is_usable(ports.back())) return ports.back();
    std::erase_if(ports, [](const port_pointer& port) {
        return port->queries >= queries_per_port && port->ids.size() == 0;
    });
    // The emptiest one, so that it will do for a while.
    auto best =
        std::min_element(ports.begin(), ports.end(), [&](const port_pointer& a, const port_pointer& b) {
            const auto load = [&](const port_pointer& port) {
                return is_usable(port) ? port->ids.size() : id_table::capacity;
            };
            return load(a) < load(b);
        });
    if (best != ports.end() && is_usable(*best) && 2 * (*best)->ids.size() <= id_table::capacity) {
        std::swap(*best, ports.back());
        return ports.back();
    }
    auto made = open_port(server);
    if (made) ports.push_back(*made);
    return made;
}

DRAGLINE_DECL result<udp_carrier::port_pointer> udp_carrier::open_port(std::uint32_t server) {
    const auto& where = places_[server].where;
    const asio::ip::udp::endpoint endpoint(where.address(), where.port());
    auto port = std::make_shared<udp_port>(loop_.executor(), server);
    auto ec = port->open(endpoint);
    if (ec == std::errc::too_many_files_open || ec == std::errc::too_many_files_open_in_system) {
        close_idle_ports();
        ec = port->open(endpoint);
    }
    if (ec) return errc::servers_unreachable;
    read(port);
    return port;
}

DRAGLINE_DECL void udp_carrier::close_idle_ports() noexcept {
    for (auto& each : places_)
        std::erase_if(each.ports,
                      [](const port_pointer& port) { return port->ids.size() == 0 && !port->dirty; });
}

DRAGLINE_DECL void udp_carrier::forget(bulk_slot& slot) noexcept {
    auto* port = static_cast<udp_port*>(std::exchange(slot.port, nullptr));
    if (port && !ended_) port->ids.erase(slot.id);
}

DRAGLINE_DECL void udp_carrier::flush() {
    auto dirty = std::exchange(dirty_, {});
    for (const auto& port : dirty) {
        port->dirty = false;
        if (port->writing) continue;
        const auto ec = port->flush();
        if (ec == asio::error::would_block) {
            send_rest(port);
        } else if (ec) {
            if (const auto listener = listener_.lock()) port_failed(*port, ec, *listener);
        }
    }
    dirty.clear();
    if (dirty_.empty()) dirty_ = std::move(dirty);  // keeps its memory
}

DRAGLINE_DECL void udp_carrier::send_rest(const port_pointer& port) {
    port->writing = true;
    port->socket.async_wait(asio::ip::udp::socket::wait_write,
                            [weak = weak_from_this(), port](std::error_code ec) {
                                port->writing = false;
                                const auto self = weak.lock();
                                if (ec || !self || self->ended_ || std::exchange(port->dirty, true)) return;
                                self->dirty_.push_back(port);
                                self->flush();
                            });
}

DRAGLINE_DECL void udp_carrier::read(const port_pointer& port) {
    port->socket.async_wait(asio::ip::udp::socket::wait_read,
                            [weak = weak_from_this(), weak_port = std::weak_ptr(port)](std::error_code ec) {
                                const auto self = weak.lock();
                                const auto ready = weak_port.lock();
                                if (ec || !self || !ready || self->ended_) return;
                                const auto listener = self->listener_.lock();
                                if (!listener) return;
                                self->on_readable(ready, *listener);
                                if (ready->socket.is_open() && !self->ended_) self->read(ready);
                            });
}

DRAGLINE_DECL void udp_carrier::on_readable(const port_pointer& port, bulk_listener& listener) {
    platform::datagram batch[receive_batch];
    for (std::size_t i = 0; i < receive_batch; ++i) {
        batch[i].data = room_.data() + i * room_size_;
        batch[i].size = room_size_;
    }
    std::error_code ec;
    const std::size_t count = port->receive(batch, receive_batch, ec);
    if (count == 0 && (ec == asio::error::would_block || !ec)) return;
    listener.batch_begins();
    if (ec) port_failed(*port, ec, listener);
    for (std::size_t i = 0; i < count; ++i) {
        if (batch[i].truncated) {
            ++ignored_;
        } else {
            on_datagram(*port, byte_view(static_cast<const std::uint8_t*>(batch[i].data), batch[i].size),
                        listener);
        }
    }
    listener.batch_ends();
}

// Nobody is at home, or the machine is offline.
DRAGLINE_DECL void udp_carrier::port_failed(udp_port& port, std::error_code, bulk_listener& listener) {
    std::vector<std::uint32_t> slots;
    port.ids.drain([&](std::uint32_t at) { slots.push_back(at); });
    for (const auto at : slots) {
        listener.slot(at).port = nullptr;
        listener.on_failure(at, errc::servers_unreachable);
    }
}

DRAGLINE_DECL void udp_carrier::on_datagram(udp_port& port, byte_view reply, bulk_listener& listener) {
    if (reply.size() < wire_question::header_size) return void(++ignored_);
    const auto id = load_big16(reply.data());
    const auto at = port.ids.find(id);
    if (at == no_slot) return void(++ignored_);
    auto& slot = listener.slot(at);
    bool echoed = false;
    if (!repeats_question(reply, slot, echoed)) return void(++ignored_);
    port.ids.erase(id);
    slot.port = nullptr;
    constexpr std::uint8_t truncation_bit = 0x02;
    if (reply[2] & truncation_bit) return ask_over_tcp(at, slot, listener);
    listener.on_bytes(at, reply, echoed);
}

// A response to this very question. A server that refuses may leave the question out; see check_response().
DRAGLINE_DECL bool udp_carrier::repeats_question(byte_view reply, const bulk_slot& slot,
                                                 bool& echoed) const noexcept {
    constexpr std::uint8_t response_and_opcode = 0xf8;
    constexpr std::uint8_t rcode_mask = 0x0f;
    if ((reply[2] & response_and_opcode) != 0x80) return false;
    if (load_big16(&reply[4]) == 0) {
        const auto code = static_cast<rcode>(reply[3] & rcode_mask);
        return code != rcode::no_error && code != rcode::name_not_found;
    }
    const auto found = slot.question.repeated_by(reply);
    echoed = found == wire_question::echo::exact;
    if (!form_.mixed_case || found == wire_question::echo::none) return found != wire_question::echo::none;
    const auto* name = reply.data() + wire_question::header_size;
    for (std::size_t i = 0; i < slot.question.name_size(); ++i) {
        const bool upper = (slot.case_bits[i / 32] >> (i % 32) & 1) != 0;
        const char sent = static_cast<char>(slot.question.bytes()[i]);
        if (name[i] != static_cast<std::uint8_t>(upper ? ascii::to_upper(sent) : sent)) return false;
    }
    return true;
}

DRAGLINE_DECL void udp_carrier::ask_over_tcp(std::uint32_t at, bulk_slot& slot, bulk_listener& listener) {
    auto& tcp = places_[slot.server].tcp;
    if (!tcp) {
        tcp = std::make_shared<ares_transport>(loop_, places_[slot.server].where);
        tcp->hold();
    }
    ++tcp_fallbacks_;
    auto form = form_;
    form.tcp = true;
    if (!slot.edns) form.udp_size = 0;
    listener.on_restart(at);
    tcp->ask(slot.result.answer.asked, form, tcp_replies_, transport_replies::tag_of(at, slot.generation));
}

}  // namespace dragline::dns::detail

#endif
