// Included by <dragline/net/detail/connecting.hpp> only.
#pragma once

#include <dragline/core/platform/sockets.hpp>
#include <dragline/net/detail/socket_setup.hpp>
#include <dragline/net/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <exception>
#include <utility>
#include <variant>

namespace dragline::inline v1::net::detail {

inline constexpr auto other_family = std::chrono::seconds(1);  // how long it is waited for

DRAGLINE_DECL connecting::connecting(async::loop_state& loop, const connect_request& request,
                                     connect_trace& trace)
    : loop_(loop),
      request_(request),
      trace_(trace),
      machine_(request.attempt_delay, request.resolution_delay),
      changed_(loop),
      started_(loop.now()) {
    if (request.address_policy.partial_answers()) return;
    machine_.await_both(std::min<async::duration>(other_family, request.resolve_timeout / 2));
}

DRAGLINE_DECL void connecting::start() {
    const auto& target = request_.target;
    const auto& from = request_.bind_address;
    if (target.is_local_socket()) {
        on_resolved(true, {}, {});
        if (const auto ec = request_.address_policy.judge(target)) return on_resolved(false, {}, ec);
        const asio::ip::address path;  // stands for it
        on_resolved(false, {&path, 1}, {});
    } else if (target.address()) {
        const bool v6 = target.address()->is_v6();
        if (from && from->is_v6() != v6) {
            on_resolved(!v6, {}, {});
            return on_resolved(v6, {}, asio::error::address_family_not_supported);
        }
        on_resolved(!v6, {}, {});
        on_resolved(v6, {&*target.address(), 1}, {});
    } else if (!request_.addresses.empty()) {
        for (const bool v6 : {true, false}) {
            std::vector<asio::ip::address> found;
            for (const auto& each : request_.addresses) {
                if (each.is_v6() == v6 && !(from && from->is_v6() != v6)) found.push_back(each);
            }
            on_resolved(v6, found, {});
        }
    } else if (!request_.resolver) {
        on_resolved(true, {}, {});
        on_resolved(false, {}, errc::no_address);
    } else {
        for (const bool v6 : {true, false}) {
            if (from && from->is_v6() != v6) {
                on_resolved(v6, {}, {});
                continue;
            }
            // The handler keeps the signal, in which the coroutine's cancellation state stands, alive.
            auto ended = [self = shared_from_this(), v6](std::exception_ptr thrown) {
                if (!thrown || self->ended_) return;
                self->on_resolved(v6, {}, std::make_error_code(std::errc::not_enough_memory));
            };
            asio::co_spawn(loop_.executor(), look_up(shared_from_this(), v6),
                           asio::bind_cancellation_slot(look_up_ends_[v6].slot(), std::move(ended)));
        }
    }
}

DRAGLINE_DECL asio::awaitable<void> connecting::look_up(std::shared_ptr<connecting> self, bool v6) {
    if (self->ended_) co_return;  // before it began
    struct presence {             // over with this frame, also when that dies with the loop
        bool& here;
        explicit presence(bool& flag) noexcept : here(flag) { here = true; }
        ~presence() { here = false; }
    } const present(self->looking_[v6]);
    auto& record = self->look_ups_[v6];
    const auto until =
        std::min(self->request_.until, async::deadline_after(self->started_, self->request_.resolve_timeout));
    auto looking = self->request_.resolver->lookup(self->request_.target.host(),
                                                   v6 ? dns::address_family::v6 : dns::address_family::v4,
                                                   dns::query_options().trace(&record), until);
    auto found = co_await std::move(looking);
    if (self->ended_) co_return;
    self->trace_.look_ups.push_back(record);
    self->on_resolved(v6, found->addresses, found.error());
}

DRAGLINE_DECL void connecting::on_resolved(bool v6, std::span<const asio::ip::address> addresses,
                                           std::error_code ec) {
    auto kept = allowed(addresses);
    refused_ = blocked_ && !request_.address_policy.partial_answers();
    machine_.on_resolved(v6, std::move(kept), ec, loop_.now());
    changed_.notify();
}

// The very addresses that are dialled; a Unix socket has been judged before, and stands here as none.
DRAGLINE_DECL std::vector<asio::ip::address> connecting::allowed(
    std::span<const asio::ip::address> addresses) {
    std::vector<asio::ip::address> kept;
    kept.reserve(addresses.size());
    for (const auto& each : addresses) {
        const auto ec = request_.target.is_local_socket()
                            ? std::error_code()
                            : request_.address_policy.judge(each, request_.target.port());
        if (!ec) {
            kept.push_back(each);
            continue;
        }
        if (!blocked_) blocked_ = ec;
        dial_record record;
        record.address = each;
        record.port = request_.target.port();
        record.started = elapsed();
        record.ec = ec;
        trace_.dials.push_back(record);
    }
    return kept;
}

DRAGLINE_DECL void connecting::dial_address(const asio::ip::address& address) {
    if (request_.target.is_local_socket()) {
        return dial_endpoint(asio::local::stream_protocol::endpoint(request_.target.host()));
    }
    dial_record record;
    record.address = address;
    record.port = request_.target.port();
    record.started = elapsed();
    trace_.dials.push_back(record);
    dial_endpoint(asio::ip::tcp::endpoint(address, request_.target.port()));
}

DRAGLINE_DECL std::error_code connecting::prepare(stream_socket& socket,
                                                  const asio::generic::stream_protocol& protocol) const {
    const auto& from = request_.bind_address;
    const auto& through = request_.bind_interface;
    std::error_code ec;
    socket.open(protocol, ec);
    if (!ec) socket.non_blocking(true, ec);  // here, it spares Asio a system call
    if (!ec) ec = set_up_socket(socket, protocol.family(), request_.socket, true);
    if (request_.target.is_local_socket()) return ec;
    if (!ec && !through.empty()) {
        if (!platform::socket_calls) return asio::error::operation_not_supported;
        if (platform::bind_to_interface(socket.native_handle(), through.data(), through.size()) != 0)
            ec.assign(errno, asio::error::get_system_category());
    }
    if (!ec && from) socket.bind(asio::ip::tcp::endpoint(*from, 0), ec);
    return ec;
}

DRAGLINE_DECL void connecting::dial_endpoint(const asio::generic::stream_protocol::endpoint& target) {
    auto started = std::allocate_shared<dial>(spare_allocator<dial>(), loop_.executor());
    if (!request_.target.is_local_socket()) started->record = trace_.dials.size() - 1;
    started->number = dials_.size();
    dials_.push_back(started);
    if (const auto ec = prepare(started->socket, target.protocol())) return on_dialled(started, ec);
    started->socket.async_connect(target, [self = shared_from_this(), started](std::error_code ec) {
        if (!self->ended_ && started->open) self->on_dialled(started, ec);
    });
}

DRAGLINE_DECL void connecting::on_dialled(const std::shared_ptr<dial>& ended, std::error_code ec) {
    ended->open = false;
    if (ended->record) {
        auto& record = trace_.dials[*ended->record];
        record.took = elapsed() - record.started;
        record.ec = ec;
    }
    if (ec) {
        machine_.on_dial_failed(ended->number, ec, loop_.now());
    } else if (!winner_) {
        winner_ = ended;
        if (ended->record) address_ = trace_.dials[*ended->record].address;
    }
    changed_.notify_at_once();
}

DRAGLINE_DECL void connecting::drop(std::size_t which) {
    auto& late = *dials_[which];
    late.open = false;
    if (late.record) {
        auto& record = trace_.dials[*late.record];
        record.took = elapsed() - record.started;
        record.ec = make_timeout(phase::connect);
    }
    std::error_code ignored;
    late.socket.close(ignored);
}

DRAGLINE_DECL void connecting::stage_ends() noexcept {
    if (std::exchange(resolved_, true)) return;
    resolved_at_ = loop_.now();
    trace_.resolve = resolved_at_ - started_;
}

DRAGLINE_DECL async::time_point connecting::stage_deadline() const noexcept {
    const auto stage = resolved_ ? async::deadline_after(resolved_at_, request_.connect_timeout)
                                 : async::deadline_after(started_, request_.resolve_timeout);
    return std::min(stage, request_.until);
}

DRAGLINE_DECL asio::awaitable<result<void>> connecting::run(async::interrupter& ending) {
    async::interrupter::scope scope(
        ending, [](void* self) noexcept { static_cast<connecting*>(self)->changed_.notify(); }, this);
    while (!winner_) {
        if (ending.interrupted()) co_return asio::error::operation_aborted;
        if (refused_) co_return blocked_;
        auto step = machine_.next(loop_.now());
        if (auto* dialled = std::get_if<connect_machine::dial>(&step)) {
            stage_ends();
            dial_address(dialled->address);
        } else if (auto* dropped = std::get_if<connect_machine::drop>(&step)) {
            drop(dropped->which);
        } else if (auto* failed = std::get_if<connect_machine::fail>(&step)) {
            co_return dials_.empty() && blocked_ ? blocked_ : failed->ec;
        } else {
            const auto limit = stage_deadline();
            auto waiting =
                changed_.wait(std::min(limit, std::get<connect_machine::wait>(step).until), stage());
            auto woken = co_await std::move(waiting);
            if (!woken && (woken.error() == asio::error::operation_aborted || loop_.now() >= limit))
                co_return woken;
        }
    }
    if (ending.interrupted()) co_return asio::error::operation_aborted;  // since it was connected
    if (refused_) co_return blocked_;
    trace_.connect = loop_.now() - resolved_at_;
    co_return result<void>();
}

DRAGLINE_DECL asio::awaitable<result<std::vector<asio::ip::address>>> connecting::resolve(
    async::interrupter& ending) {
    async::interrupter::scope scope(
        ending, [](void* self) noexcept { static_cast<connecting*>(self)->changed_.notify(); }, this);
    std::vector<asio::ip::address> found;
    auto limit = std::min(request_.until, async::deadline_after(started_, request_.resolve_timeout));
    for (;;) {
        if (ending.interrupted()) co_return asio::error::make_error_code(asio::error::operation_aborted);
        if (refused_) co_return blocked_;
        auto step = machine_.next(loop_.now());
        if (auto* dialled = std::get_if<connect_machine::dial>(&step)) {
            stage_ends();
            // Where both are needed, the machine has waited for them already.
            const auto from = request_.address_policy.partial_answers() ? loop_.now() : started_;
            if (found.empty()) limit = std::min(limit, async::deadline_after(from, other_family));
            found.push_back(dialled->address);
            machine_.on_dial_failed(dialled->which, errc::no_address, loop_.now());
            continue;
        }
        auto* failed = std::get_if<connect_machine::fail>(&step);
        if (failed && found.empty()) co_return blocked_ ? blocked_ : failed->ec;
        if (failed) co_return found;
        auto waiting =
            changed_.wait(std::min(limit, std::get<connect_machine::wait>(step).until), phase::resolve);
        const auto woken = co_await std::move(waiting);
        if (woken) continue;
        if (woken.error() == asio::error::operation_aborted) co_return woken.error();
        if (loop_.now() < limit) continue;
        if (found.empty()) co_return woken.error();
        co_return found;
    }
}

DRAGLINE_DECL void connecting::end() noexcept {
    if (ended_) return;
    ended_ = true;
    for (auto& each : dials_) {
        if (!each->open) continue;
        if (each->record) {
            auto& record = trace_.dials[*each->record];
            record.took = elapsed() - record.started;
            record.ec = asio::error::operation_aborted;
        }
        std::error_code ignored;
        each->socket.close(ignored);
    }
    for (const bool v6 : {false, true}) {
        if (looking_[v6]) look_up_ends_[v6].emit(asio::cancellation_type::terminal);
    }
}

DRAGLINE_DECL stream_socket connecting::take_socket() noexcept { return std::move(winner_->socket); }

}  // namespace dragline::net::detail

#endif
