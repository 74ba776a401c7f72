// What the listeners of one server share. Its members may be used on any thread.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/event.hpp>
#include <dragline/async/loop_gate.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/async/token_bucket.hpp>
#include <dragline/net/detail/server_handler.hpp>
#include <dragline/net/detail/stream_core.hpp>
#include <dragline/net/endpoint.hpp>
#include <dragline/net/server_options.hpp>
#include <dragline/tls/context.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace dragline::inline v1::net::detail {

/// A listener, as its server sees it. Threads: its loop's.
class accepting {
public:
    virtual ~accepting() = default;
    virtual void resume() = 0;  // there may be a place again
    virtual void close() noexcept = 0;
    virtual void cancel_connections() = 0;

    // What has to end before it is gone: itself and its connections. Threads: any.
    const std::shared_ptr<std::atomic<std::size_t>> parts = std::make_shared<std::atomic<std::size_t>>(1);
};

struct server_counts {
    using counter = std::atomic<std::uint64_t>;
    counter accepted = 0;
    counter handshake_failures = 0;
    counter handler_failures = 0;
    counter timeouts = 0;
    counter refused = 0;
    counter accept_errors = 0;
    counter pauses = 0;
};

class server_state {
public:
    server_state(std::shared_ptr<server_handler> handler, const server_options& options,
                 std::optional<tls::context> context);

    const server_options options;
    const std::shared_ptr<server_handler> handler;
    const std::shared_ptr<const stream_setting> setting;  // of each stream
    std::vector<endpoint> places;                         // set before it is shared
    server_counts counts;

    void report(std::exception_ptr failure, const endpoint& remote) noexcept;

    // The context of new connections; none when they are plain.
    std::optional<tls::context> context() const;
    void use_context(tls::context renewed);

    // A place under the cap.
    bool take_place() noexcept;
    void give_place() noexcept;
    bool has_place() const noexcept { return active_ < options.max_connections(); }
    std::size_t active() const noexcept { return active_; }
    void listener_waits(bool begins) noexcept { begins ? ++waiting_listeners_ : --waiting_listeners_; }

    // Held from accept_later(), which says when the next connection may be accepted, nothing for now, to
    // accepted(): what one loop finds in the bucket no other takes meanwhile. Owns nothing without a rate.
    std::unique_lock<std::mutex> accept_turn();
    std::optional<async::time_point> accept_later(async::time_point now);
    void accepted(async::time_point now);

    /// Before it is shared.
    void add(const std::shared_ptr<accepting>& added, std::shared_ptr<async::loop_gate> gate);
    void part_ended(accepting& of) noexcept;
    bool gone() const noexcept;
    /// Whether all that is left is on loops that were stopped.
    bool is_stuck() const noexcept;
    /// The number of a listener whose loop was not; 0 when there is none.
    std::size_t running() const noexcept;

    bool closed() const noexcept { return closed_; }
    /// False when there is no memory to tell every loop.
    bool close_listeners() noexcept;
    bool cancel_connections() noexcept;
    /// Both; what is on this thread's loop at once.
    void abort() noexcept;

    // For who waits on a loop until the server is gone: `ended` tells it to look.
    struct stop_wait {
        stop_wait(server_state& server, async::loop_state& loop);
        ~stop_wait();
        server_state& owner;
        const std::shared_ptr<async::loop_gate> gate;
        const std::shared_ptr<async::event> ended;
    };

private:
    struct member {
        std::weak_ptr<accepting> listener;
        std::shared_ptr<std::atomic<std::size_t>> parts;
        std::shared_ptr<async::loop_gate> gate;
    };

    template <class Action>
    bool on_each_loop(Action action) const noexcept;

    std::vector<member> members_;
    mutable std::mutex mutex_;  // for context_ and stopping_
    std::optional<tls::context> context_;
    std::mutex rate_mutex_;
    std::optional<async::token_bucket> rate_;
    std::atomic<std::size_t> active_ = 0;
    std::atomic<int> waiting_listeners_ = 0;
    std::atomic<bool> closed_ = false;
    std::vector<stop_wait*> stopping_;
};

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/server_state.ipp>
