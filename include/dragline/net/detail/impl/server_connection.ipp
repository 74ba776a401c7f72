// Included by <dragline/net/detail/server_connection.hpp> only.
#pragma once

#include <dragline/async/blocking_pool.hpp>
#include <dragline/async/event.hpp>
#include <dragline/net/detail/loop_executor.hpp>
#include <dragline/net/detail/tls_layer.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/cancellation_signal.hpp>
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

// What a plain handler uses while it runs on the pool. Both the coroutine that waits for it and its job keep
// it.
struct server_connection::pool_visit {
    pool_visit(std::shared_ptr<server_connection> visitor, stream served)
        : self(std::move(visitor)),
          handler(self->owner_->server().handler),
          loop(self->owner_->loop().gate()),
          connection(std::move(served)),
          over(self->owner_->loop()) {}

    const std::shared_ptr<server_connection> self;
    const std::shared_ptr<server_handler> handler;
    const std::shared_ptr<async::loop_gate> loop;
    stream connection;
    async::event over;
    std::exception_ptr thrown;
    async::blocking_job job;

    // The pool's job. When it is destroyed, after it ran or because it never will, the visit is over.
    struct work {
        struct leave {
            std::shared_ptr<pool_visit> visit;
            std::exception_ptr thrown;

            explicit leave(std::shared_ptr<pool_visit> of) : visit(std::move(of)) {}
            leave(const leave&) = delete;
            ~leave() {
                try {
                    const auto gate = visit->loop;
                    gate->post([left = std::move(visit), why = std::move(thrown)] {
                        left->thrown = why;
                        left->over.notify();
                    });
                } catch (...) {
                    // No memory to say so: the connection keeps its place until the server is destroyed.
                }
            }
        };
        std::unique_ptr<leave> leaving;

        void operator()(std::stop_token stop) {
            auto& visit = *leaving->visit;
            try {
                visit.handler->serve_plainly(visit.connection, std::move(stop));
            } catch (...) {
                leaving->thrown = std::current_exception();
            }
        }
    };
};

struct server_connection::rarity {
    explicit rarity(server_connection& connection) : limit(&expired, &connection) {}

    async::deadline limit;
    std::optional<endpoint> remote;  // where somebody wants to know
    pool_visit* visit = nullptr;
};

DRAGLINE_DECL server_connection::rarity& server_connection::rare() {
    if (!rare_) rare_ = std::make_unique<rarity>(*this);
    return *rare_;
}

DRAGLINE_DECL server_connection::pool_visit* server_connection::visit() const noexcept {
    return rare_ ? rare_->visit : nullptr;
}

DRAGLINE_DECL server_connection::server_connection(std::shared_ptr<connection_owner> owner,
                                                   stream_socket socket, const stream_place& remote)
    : owner_(std::move(owner)), socket_(std::move(socket)) {
    if (owner_->server().options.on_error()) rare().remote = written_place(remote);
    owner_->connection_begins(*this);
}

DRAGLINE_DECL server_connection::~server_connection() { finish(); }

DRAGLINE_DECL stream server_connection::open_stream(layer_pointer layer) const {
    return stream(
        std::make_shared<stream_state>(std::move(layer), owner_->server().setting, owner_->loop().now()));
}

struct server_connection::handler_end {
    std::shared_ptr<server_connection> self;

    using executor_type = loop_executor<false>;
    executor_type get_executor() const noexcept { return executor_type(self->socket_.loop()); }
    using cancellation_slot_type = asio::cancellation_slot;
    cancellation_slot_type get_cancellation_slot() const noexcept { return self->signal_.slot(); }
    void operator()(std::exception_ptr thrown) const noexcept { self->ended(std::move(thrown)); }
};

DRAGLINE_DECL void server_connection::start(const std::shared_ptr<server_connection>& self) {
    auto& server = self->owner_->server();
    auto& loop = self->owner_->loop();
    const auto limit = server.options.connection_timeout();
    try {
        if (limit != no_limit) {
            loop.deadlines().arm(self->rare().limit, async::deadline_after(loop.now(), limit));
        }
        auto context = server.context();
        // A coroutine handler on a plain connection gets by with no frame of ours.
        auto serving = context || server.handler->plain
                           ? serve(self, std::move(context))
                           : server.handler->serve(self->open_stream(layer_pointer(self, &self->socket_)));
        asio::co_spawn(loop.executor(), std::move(serving), handler_end{self});
    } catch (...) {  // of a function that makes the handler's coroutine, or no memory
        self->socket_.close();
        self->ended(std::current_exception());
    }
}

DRAGLINE_DECL asio::awaitable<void> server_connection::serve(std::shared_ptr<server_connection> self,
                                                             std::optional<tls::context> context) {
    auto& server = self->owner_->server();
    layer_pointer layer(self, &self->socket_);
    if (context) {
        auto secured = std::make_shared<tls_layer>(layer, *context, tls::engine_options());
        context.reset();
        layer = secured;
        auto shaking = secured->handshake(
            async::deadline_after(self->owner_->loop().now(), server.options.handshake_timeout()));
        const auto shaken = co_await std::move(shaking);
        if (!shaken) {
            layer->close();
            if (self->cancelled_) co_return;
            ++server.counts.handshake_failures;
            co_return self->report(std::make_exception_ptr(std::system_error(shaken.error())));
        }
    }
    if (server.handler->plain) {
        auto visiting = visit_pool(std::move(self), std::move(layer));
        co_await std::move(visiting);
    } else {
        auto serving = server.handler->serve(self->open_stream(std::move(layer)));
        self.reset();
        co_await std::move(serving);
    }
}

DRAGLINE_DECL asio::awaitable<void> server_connection::visit_pool(std::shared_ptr<server_connection> self,
                                                                  layer_pointer layer) {
    auto& server = self->owner_->server();
    const auto visited = std::make_shared<pool_visit>(self, self->open_stream(std::move(layer)));
    auto& visit = *visited;
    struct guest {
        guest(rarity& owner, pool_visit& here) : rare(owner) { rare.visit = &here; }
        ~guest() { rare.visit = nullptr; }
        rarity& rare;
    } const while_here(self->rare(), visit);
    auto job =
        server.options.pool()->submit(pool_visit::work{std::make_unique<pool_visit::work::leave>(visited)});
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
    if (auto* const visiting = visit()) {
        visiting->job.cancel();
    } else {
        signal_.emit(asio::cancellation_type::terminal);
    }
    socket_.close();
}

DRAGLINE_DECL void server_connection::let_go() noexcept {
    if (rare_) rare_->limit.disarm();
    socket_.close();
}

DRAGLINE_DECL void server_connection::ended(std::exception_ptr thrown) noexcept {
    if (rare_) rare_->limit.disarm();
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
    const auto owner = std::exchange(owner_, nullptr);  // a stream that is kept for longer keeps no server
    owner->connection_ended(*this);
}

DRAGLINE_DECL void server_connection::report(std::exception_ptr failure) noexcept {
    if (rare_ && rare_->remote) owner_->server().report(std::move(failure), *rare_->remote);
}

}  // namespace dragline::net::detail

#endif
