// Included by <dragline/net/detail/server_connection.hpp> only.
#pragma once

#include <dragline/async/blocking_pool.hpp>
#include <dragline/async/event.hpp>
#include <dragline/net/detail/tls_layer.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>

#include <stop_token>
#include <system_error>
#include <utility>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL void connection_list::add(server_connection& added) noexcept {
    added.next = first;
    if (first) first->previous = &added;
    first = &added;
}

DRAGLINE_DECL void connection_list::remove(server_connection& gone) noexcept {
    (gone.previous ? gone.previous->next : first) = gone.next;
    if (gone.next) gone.next->previous = gone.previous;
    gone.previous = gone.next = nullptr;
}

DRAGLINE_DECL std::vector<std::shared_ptr<server_connection>> connection_list::all() const {
    std::vector<std::shared_ptr<server_connection>> found;
    for (auto* each = first; each; each = each->next) {
        if (auto living = each->weak_from_this().lock()) found.push_back(std::move(living));
    }
    return found;
}

// What a plain handler uses while it runs on the pool.
struct server_connection::pool_visit {
    pool_visit(async::loop_state& loop, std::shared_ptr<stream_layer> layer, const stream_options& options)
        : connection(std::move(layer), options), over(loop) {}

    stream connection;
    async::event over;
    std::exception_ptr thrown;
    async::blocking_job job;

    // The pool's job. When it is destroyed, after it ran or because it never will, the visit is over.
    struct work {
        struct leave {
            std::shared_ptr<server_connection> self;
            std::shared_ptr<async::loop_gate> gate;
            std::exception_ptr thrown;

            leave(std::shared_ptr<server_connection> visitor, std::shared_ptr<async::loop_gate> loop)
                : self(std::move(visitor)), gate(std::move(loop)) {}
            leave(const leave&) = delete;
            ~leave() {
                try {
                    gate->post([left = std::move(self), why = std::move(thrown)] {
                        left->visit_->thrown = why;
                        left->visit_->over.notify();
                    });
                } catch (...) {
                    // No memory to say so: the connection keeps its place until the server is destroyed.
                }
            }
        };
        std::unique_ptr<leave> leaving;

        void operator()(std::stop_token stop) {
            auto& self = *leaving->self;
            try {
                self.owner_->server().handler->serve_plainly(self.visit_->connection, std::move(stop));
            } catch (...) {
                leaving->thrown = std::current_exception();
            }
        }
    };
};

DRAGLINE_DECL server_connection::server_connection(std::shared_ptr<connection_owner> owner,
                                                   stream_socket socket, const stream_place& remote)
    : owner_(std::move(owner)), layer_(std::make_shared<socket_layer>(std::move(socket))) {
    if (owner_->server().options.on_error()) remote_ = std::make_unique<endpoint>(written_place(remote));
    owner_->connection_begins(*this);
}

DRAGLINE_DECL server_connection::~server_connection() { finish(); }

DRAGLINE_DECL void server_connection::start(const std::shared_ptr<server_connection>& self) {
    auto& server = self->owner_->server();
    auto& loop = self->owner_->loop();
    const auto limit = server.options.connection_timeout();
    try {
        if (limit != no_limit) loop.deadlines().arm(self->limit_, async::deadline_after(loop.now(), limit));
        auto context = server.context();
        // A coroutine handler on a plain connection gets by with no frame of ours.
        auto serving = context || server.handler->plain
                           ? serve(self, std::move(context))
                           : server.handler->serve(stream(self->layer_, server.options.stream()));
        auto over = [self](std::exception_ptr thrown) { self->ended(std::move(thrown)); };
        asio::co_spawn(loop.executor(), std::move(serving),
                       asio::bind_cancellation_slot(self->signal_.slot(), std::move(over)));
    } catch (...) {  // of a function that makes the handler's coroutine, or no memory
        self->layer_->close();
        self->ended(std::current_exception());
    }
}

DRAGLINE_DECL asio::awaitable<void> server_connection::serve(std::shared_ptr<server_connection> self,
                                                             std::optional<tls::context> context) {
    auto& server = self->owner_->server();
    if (context) {
        auto shaking = shake_hands(*self, *std::exchange(context, std::nullopt));
        const auto shaken = co_await std::move(shaking);
        if (!shaken) {
            self->layer_->close();
            if (self->cancelled_) co_return;
            ++server.counts.handshake_failures;
            co_return self->report(std::make_exception_ptr(std::system_error(shaken.error())));
        }
    }
    if (server.handler->plain) {
        auto visiting = visit_pool(std::move(self));
        co_await std::move(visiting);
    } else {
        auto serving = server.handler->serve(stream(self->layer_, server.options.stream()));
        self.reset();
        co_await std::move(serving);
    }
}

DRAGLINE_DECL asio::awaitable<result<void>> server_connection::shake_hands(server_connection& self,
                                                                           tls::context context) {
    auto& loop = self.owner_->loop();
    auto secure = std::make_shared<tls_layer>(self.layer_, context, tls::engine_options());
    self.layer_ = secure;
    auto shaking = secure->handshake(
        async::deadline_after(loop.now(), self.owner_->server().options.handshake_timeout()));
    co_return co_await std::move(shaking);
}

DRAGLINE_DECL asio::awaitable<void> server_connection::visit_pool(std::shared_ptr<server_connection> self) {
    auto& server = self->owner_->server();
    auto& loop = self->owner_->loop();
    self->visit_ = std::make_unique<pool_visit>(loop, self->layer_, server.options.stream());
    auto& visit = *self->visit_;
    auto job = server.options.pool()->submit(
        pool_visit::work{std::make_unique<pool_visit::work::leave>(self, loop.gate())});
    if (job) visit.job = *std::move(job);
    if (self->cancelled_) visit.job.cancel();
    // A job that was refused has been destroyed, which is told in the same way.
    auto waiting = visit.over.wait();
    static_cast<void>(co_await std::move(waiting));
    if (!job) {
        ++server.counts.refused;
        visit.connection.abort();
        co_return self->report(std::make_exception_ptr(std::system_error(job.error())));
    }
    if (visit.thrown) {
        visit.connection.abort();
        std::rethrow_exception(visit.thrown);
    }
    auto closing = stream_writer::close(visit.connection.writing(),
                                        visit.connection.state()->writer.write_limit(write_options()));
    static_cast<void>(co_await std::move(closing));  // what cannot be sent any more is the peer's loss
}

DRAGLINE_DECL void server_connection::expired(void* self) noexcept {
    auto& late = *static_cast<server_connection*>(self);
    late.timed_out_ = true;
    late.cancel();
}

DRAGLINE_DECL void server_connection::cancel() noexcept {
    cancelled_ = true;
    if (visit_) {
        visit_->job.cancel();
    } else {
        signal_.emit(asio::cancellation_type::terminal);
    }
    layer_->close();
}

DRAGLINE_DECL void server_connection::let_go() noexcept {
    limit_.disarm();
    layer_->close();
}

DRAGLINE_DECL void server_connection::ended(std::exception_ptr thrown) noexcept {
    limit_.disarm();
    auto& server = owner_->server();
    if (timed_out_) {
        ++server.counts.timeouts;
        report(std::make_exception_ptr(std::system_error(make_timeout(phase::total))));
    } else if (thrown && !cancelled_) {
        ++server.counts.handler_failures;
        report(std::move(thrown));
    }
    finish();
}

DRAGLINE_DECL void server_connection::finish() noexcept {
    if (std::exchange(finished_, true)) return;
    owner_->connection_ended(*this);
}

DRAGLINE_DECL void server_connection::report(std::exception_ptr failure) noexcept {
    if (remote_) owner_->server().report(std::move(failure), *remote_);
}

}  // namespace dragline::net::detail

#endif
