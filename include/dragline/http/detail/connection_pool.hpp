// The connections of one session: idle ones by origin, the caps, and those who wait for a place.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/deadline.hpp>
#include <dragline/async/event.hpp>
#include <dragline/async/interrupter.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/result.hpp>
#include <dragline/core/spare_memory.hpp>
#include <dragline/http/detail/h1_connection.hpp>
#include <dragline/http/exchange.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace dragline::inline v1::http::detail {

struct pool_limits {
    std::size_t per_host = 10;
    std::size_t total = 256;
    std::size_t waiters = 100'000;
    async::duration idle = std::chrono::seconds(15);
    async::duration lifetime = no_limit;
};

class connection_pool {
    struct host;
    struct slot {
        host* owner = nullptr;
        std::unique_ptr<h1_connection> connection;
        async::time_point parked{};
        async::time_point expires{};
        async::time_point rests{};  // when it is idle for good, so that it needs no buffers
        async::time_point retires{};
    };
    using slots = spare_list<slot>;  // spliced between idle_ and used_, so that reuse allocates nothing

public:
    /// The right to one connection of a host, with or without the connection. Its end closes and frees both.
    class place {
    public:
        place() = default;
        place(place&& other) noexcept : pool_(std::exchange(other.pool_, nullptr)), slot_(other.slot_) {}
        place& operator=(place&& other) noexcept {
            if (this != &other) {
                reset();
                pool_ = std::exchange(other.pool_, nullptr);
                slot_ = other.slot_;
            }
            return *this;
        }
        ~place() { reset(); }

        explicit operator bool() const noexcept { return pool_ != nullptr; }
        h1_connection* connection() const noexcept { return slot_->connection.get(); }
        void put(std::unique_ptr<h1_connection> made, async::time_point now) noexcept {
            slot_->connection = std::move(made);
            slot_->retires = async::deadline_after(now, pool_->limits_.lifetime);
        }

        /// Leaves the connection to the next fetch of this host.
        void park(async::time_point now) {
            if (auto* pool = std::exchange(pool_, nullptr)) pool->park(slot_, now);
        }

    private:
        friend class connection_pool;
        place(connection_pool& pool, slots::iterator at) noexcept : pool_(&pool), slot_(at) {}
        void reset() noexcept {
            if (auto* pool = std::exchange(pool_, nullptr)) pool->drop(slot_);
        }

        connection_pool* pool_ = nullptr;
        slots::iterator slot_;
    };

    /// One who is opening a connection, and takes one of the same host that another fetch has done with when
    /// that comes first, if it `takes_used`. The pool must outlive it.
    class contender {
    public:
        contender(connection_pool& pool, const place& opening, bool takes_used);
        ~contender();
        contender(const contender&) = delete;

        async::event wake;  // also for whoever opens the connection
        place granted;

    private:
        friend class connection_pool;
        host* target_ = nullptr;  // none when it waits for no other one
        spare_list<contender*>::iterator at_;
    };

    connection_pool(async::loop_state& loop, pool_limits limits)
        : loop_(loop), limits_(limits), idle_limit_(&idle_time_is_up, this) {}
    connection_pool(const connection_pool&) = delete;
    connection_pool& operator=(const connection_pool&) = delete;

    /// Where a key may be written: one text for all, kept for its memory.
    std::string& key_text() noexcept { return key_text_; }

    /// An idle connection of `key`, the newest first, or the place for a new one; nothing, when either has to
    /// be waited for. `fresh`: no idle one.
    std::optional<place> try_acquire(std::string_view key, bool fresh, async::time_point now);

    /// After try_acquire() has given nothing: waits in turn. The key is not used after that has begun.
    /// Errors: make_timeout(phase::queue), dragline::errc::queue_full.
    asio::awaitable<result<place>> wait(std::string_view key, bool fresh, stage_limit limit,
                                        async::interrupter& ending);

    /// Closes every idle connection, and from now on each one that is parked.
    void close() noexcept;

    std::size_t idle() const noexcept { return idle_.size(); }
    std::size_t connections() const noexcept { return idle_.size() + used_.size(); }
    std::size_t waiting() const noexcept { return waiting_; }
    std::size_t hosts() const noexcept { return hosts_.size(); }

private:
    static constexpr std::size_t least_hosts = 64;

    struct waiter;
    using waiters = spare_list<waiter*>;
    struct host {
        std::size_t connections = 0;         // idle, used, or being opened
        std::size_t wanted = 0;              // waiters, wherever they stand in line
        spare_vector<slots::iterator> idle;  // the oldest in front
        waiters waiting;
        spare_list<contender*> contenders;  // all have come before those who wait

        bool unused() const noexcept { return connections == 0 && wanted == 0; }
    };
    struct key_hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view key) const noexcept {
            return std::hash<std::string_view>()(key);
        }
    };
    struct waiter {
        waiter(connection_pool& owner, host& wanted, bool wants_fresh);
        ~waiter();
        connection_pool& pool;
        async::event wake;
        host& target;
        bool fresh;
        std::uint64_t order;  // of arrival
        waiters* line;        // the one it stands in, while nothing is granted
        waiters::iterator at;
        place granted;
    };

    host& host_of(std::string_view key);
    std::optional<place> take_idle(host& from, async::time_point now);
    bool has_room(const host& wanted) const noexcept { return wanted.connections < limits_.per_host; }
    std::optional<place> open_place(host& wanted);
    place add_place(host& wanted);
    void evict(slots::iterator oldest) noexcept;
    void tidy(async::time_point now) noexcept;
    static void idle_time_is_up(void* self) noexcept;
    void park(slots::iterator at, async::time_point now);
    void drop(slots::iterator at) noexcept;
    static bool is_earlier(const waiters& line, const waiters& other) noexcept;
    static void move_first(waiters& from, waiters& to);
    void grant(waiters& line, place granted);
    void serve_waiters(host& freed);
    void forget_hosts();

    async::loop_state& loop_;
    pool_limits limits_;
    std::unordered_map<std::string, host, key_hash, std::equal_to<>> hosts_;
    std::size_t most_hosts_ = least_hosts;  // before those that are unused() go
    slots idle_;                            // the one that was parked first is in front
    slots used_;
    async::deadline idle_limit_;         // when the first of all that are idle expires or rests, or before
    async::time_point idle_limit_at_{};  // while it is armed
    waiters waiting_for_total_;
    std::size_t waiting_ = 0;
    std::string key_text_;
    std::uint64_t arrivals_ = 0;
    bool closed_ = false;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/connection_pool.ipp>
