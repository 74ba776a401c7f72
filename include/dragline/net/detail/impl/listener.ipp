// Included by <dragline/net/detail/listener.hpp> only.
#pragma once

#include <dragline/core/platform/sockets.hpp>
#include <dragline/net/detail/socket_setup.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <exception>
#include <system_error>
#include <utility>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL listener::listener(async::loop_state& loop, listening_socket socket,
                                 std::shared_ptr<server_state> server)
    : loop_(loop), socket_(std::move(socket)), server_(std::move(server)) {}

DRAGLINE_DECL void listener::start() {
    if (closed_) return;
    loop_.get<loop_listeners>().add(shared_from_this());
    if (server_->closed()) return close();
    watch();
}

// Not an accept: at the cap, nobody is taken out of the kernel's queue to wait here.
DRAGLINE_DECL void listener::watch() {
    if (watching_ || closed_) return;
    watching_ = true;
    socket_.acceptor.async_wait(stream_acceptor::wait_read, [self = shared_from_this()](std::error_code) {
        self->watching_ = false;
        self->accept_some();
    });
}

DRAGLINE_DECL void listener::accept_some() {
    const auto self = shared_from_this();
    for (int accepted = 0; accepted < batch && !closed_; ++accepted) {
        std::error_code ec;
        stream_place remote;
        stream_socket socket(loop_.executor());
        {
            const auto turn = server_->accept_turn();
            const auto now = loop_.now();
            if (const auto later = server_->accept_later(now)) return pause(*later);
            if (!server_->take_place()) return wait_for_place();
            socket_.acceptor.accept(socket, remote, ec);
            if (!ec) server_->accepted(now);
        }
        if (ec) {
            server_->give_place();
            return accept_failed(ec);
        }
        platform::close_in_children(socket.native_handle());
        next_pause_ = shortest_pause;
        admit(std::move(socket), remote);
    }
    watch();
}

DRAGLINE_DECL void listener::accept_failed(std::error_code ec) {
    if (ec == asio::error::would_block || ec == asio::error::try_again) return watch();
    ++server_->counts.accept_errors;
    server_->report(std::make_exception_ptr(std::system_error(ec)), endpoint());
    // Linux tells here what happened to a connection that waited (accept(2)); there may be others.
    for (const std::error_code of_one_connection :
         {make_error_code(asio::error::connection_aborted), make_error_code(asio::error::connection_reset),
          make_error_code(asio::error::network_down), make_error_code(asio::error::network_unreachable),
          make_error_code(asio::error::host_unreachable), make_error_code(asio::error::no_protocol_option)}) {
        if (ec == of_one_connection) return watch();
    }
    // No descriptors, no memory: it stays readable, and to try again at once would burn the processor.
    starving_ = true;
    pause(loop_.now() + next_pause_);
    next_pause_ = std::min(next_pause_ * 2, longest_pause);
}

DRAGLINE_DECL void listener::wait_for_place() {
    if (closed_) return;
    ++server_->counts.pauses;
    at_cap_ = true;
    server_->listener_waits(true);
    if (server_->has_place()) resume();  // on another loop one has ended meanwhile, and saw nobody wait
}

DRAGLINE_DECL void listener::resume() {
    if (!std::exchange(at_cap_, false)) return;
    server_->listener_waits(false);
    watch();
}

DRAGLINE_DECL void listener::pause(async::time_point until) {
    if (closed_) return;
    ++server_->counts.pauses;
    loop_.deadlines().arm(pause_, until);
}

DRAGLINE_DECL void listener::pause_over(void* self) noexcept {
    auto& paused = *static_cast<listener*>(self);
    paused.starving_ = false;
    paused.watch();
}

DRAGLINE_DECL void listener::admit(stream_socket socket, const stream_place& remote) {
    try {
        if (const auto ec = set_up_socket(socket, server_->options.socket())) throw std::system_error(ec);
        server_connection::start(
            std::make_shared<server_connection>(shared_from_this(), std::move(socket), remote));
    } catch (...) {  // no memory, or the client is gone already: a connection less
        server_->give_place();
        ++server_->counts.refused;
        server_->report(std::current_exception(), written_place(remote));
    }
}

DRAGLINE_DECL void listener::connection_begins(server_connection& begun) noexcept {
    connections_.add(begun);
    ++*parts;
}

DRAGLINE_DECL void listener::connection_ended(server_connection& ended) noexcept {
    connections_.remove(ended);
    server_->give_place();
    server_->part_ended(*this);
    if (starving_ && !closed_) {
        pause_.disarm();
        pause_over(this);
    }
    if (closed_ && !connections_.first) {
        if (auto* all = loop_.find<loop_listeners>()) all->remove(*this);
    }
}

DRAGLINE_DECL void listener::close() noexcept {
    if (std::exchange(closed_, true)) return;
    pause_.disarm();
    if (std::exchange(at_cap_, false)) server_->listener_waits(false);
    std::error_code ignored;
    socket_.acceptor.close(ignored);
    socket_.file.remove();
    const auto self = weak_from_this().lock();  // none when it ends by itself
    if (!connections_.first) {
        if (auto* all = loop_.find<loop_listeners>()) all->remove(*this);
    }
    if (std::exchange(counted_, false)) server_->part_ended(*this);
}

DRAGLINE_DECL void listener::cancel_connections() {
    for (const auto& each : connections_.all()) each->cancel();
}

DRAGLINE_DECL void listener::let_go() noexcept {
    closed_ = true;
    pause_.disarm();
    if (std::exchange(at_cap_, false)) server_->listener_waits(false);
    std::error_code ignored;
    socket_.acceptor.close(ignored);
    socket_.file.remove();
    for (auto* each = connections_.first; each; each = each->next) each->let_go();
    if (std::exchange(counted_, false)) server_->part_ended(*this);
}

DRAGLINE_DECL void loop_listeners::shutdown() noexcept {
    for (const auto& each : kept_) each->let_go();
    kept_.clear();
}

DRAGLINE_DECL void loop_listeners::remove(const listener& gone) noexcept {
    std::erase_if(kept_, [&](const auto& each) { return each.get() == &gone; });
}

}  // namespace dragline::net::detail

#endif
