// The hosts of a session that have limits, and those who wait for their turn there.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/deadline.hpp>
#include <dragline/async/event.hpp>
#include <dragline/async/interrupter.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/core/result.hpp>
#include <dragline/http/detail/host_gate_machine.hpp>
#include <dragline/http/resilience/host_limits.hpp>

#include <asio/awaitable.hpp>

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace dragline::inline v1::http::detail {

class host_gates {
    struct host;

public:
    /// The right to one request; empty where nothing is limited. The gates must outlive it.
    class pass {
    public:
        pass() = default;
        pass(pass&& other) noexcept : from_(std::exchange(other.from_, nullptr)) {}
        pass& operator=(pass&& other) noexcept {
            if (this != &other) {
                reset();
                from_ = std::exchange(other.from_, nullptr);
            }
            return *this;
        }
        ~pass() { reset(); }

        explicit operator bool() const noexcept { return from_ != nullptr; }

        /// Nobody else enters before this.
        void pause(async::time_point until) noexcept;

    private:
        friend class host_gates;
        explicit pass(host& from) noexcept : from_(&from) {}
        void reset() noexcept;

        host* from_ = nullptr;
    };

    host_gates(async::loop_state& loop, const host_limits& limits) : loop_(loop), limits_(limits) {}
    host_gates(const host_gates&) = delete;
    host_gates& operator=(const host_gates&) = delete;

    const host_limits& limits() const noexcept { return limits_; }

    /// Changes the limit of a host, or of those below a name that are not remembered yet.
    void set(std::string_view name, const host_limit& limit);

    /// Waits in turn. Errors: make_timeout(phase::queue), dragline::errc::queue_full.
    asio::awaitable<result<pass>> enter(std::string_view name, async::time_point until,
                                        async::interrupter& ending);

    std::size_t hosts() const noexcept { return hosts_.size(); }
    std::size_t waiting() const noexcept { return waiting_; }

private:
    struct waiter {
        waiter(host_gates& owner, host& wanted);
        ~waiter();
        host_gates& gates;
        host& target;
        async::event wake;
        std::list<waiter*>::iterator at;
        pass granted;
        bool in_line = true;
    };
    struct host {
        host(host_gates& owner, std::string_view name, const host_limit& own);
        host_gates& gates;
        std::string key;
        host_limit limit;  // of the machine
        host_gate_machine machine;
        std::list<waiter*> waiting;
        async::deadline turn;  // of the first who waits
        std::list<host*>::iterator place;
        bool rests = false;
    };

    host& host_of(std::string_view name, const host_limit& limit, async::time_point now);
    void forget(async::time_point now) noexcept;
    void serve(host& which) noexcept;
    void rest_if_unused(host& which) noexcept;

    async::loop_state& loop_;
    host_limits limits_;
    std::unordered_map<std::string_view, std::unique_ptr<host>> hosts_;  // the keys stand in the hosts
    std::list<host*> busy_;
    std::list<host*> resting_;  // nobody uses them, and the one left first is in front
    std::size_t waiting_ = 0;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/host_gates.ipp>
