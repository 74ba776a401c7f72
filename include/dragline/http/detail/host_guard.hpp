// What stands between the fetches of a session and the hosts: their limits, and the circuits to origins.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/interrupter.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/core/result.hpp>
#include <dragline/http/detail/circuit_machine.hpp>
#include <dragline/http/detail/host_gates.hpp>
#include <dragline/http/exchange.hpp>
#include <dragline/http/resilience/circuit_breaker.hpp>
#include <dragline/http/resilience/host_limits.hpp>
#include <dragline/url/url.hpp>

#include <asio/awaitable.hpp>

#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <utility>

namespace dragline::inline v1::http::detail {

/// The right to make one request to one host, its outcome to be told. The guard must outlive it.
class host_admission {
public:
    host_admission(host_gates::pass pass, std::shared_ptr<circuit_machine> circuit,
                   std::optional<circuit_machine::ticket> ticket, async::loop_state& loop)
        : pass_(std::move(pass)), circuit_(std::move(circuit)), ticket_(ticket), loop_(loop) {}
    host_admission(const host_admission&) = delete;
    ~host_admission() { report(circuit_outcome::neither); }

    /// Whether the circuit waits for what comes of it.
    bool is_probe() const noexcept { return ticket_ && ticket_->probe; }

    /// The answer has begun. `longest`: how long its Retry-After may hold the host back.
    void head(const response_head& received, std::optional<async::duration> longest);

    /// It is over: with this error, or well.
    void finish(std::error_code ec, bool server_errors) noexcept;

private:
    void report(circuit_outcome what) noexcept;

    host_gates::pass pass_;
    std::shared_ptr<circuit_machine> circuit_;  // none without a circuit_breaker
    std::optional<circuit_machine::ticket> ticket_;
    async::loop_state& loop_;
    int status_ = 0;
};

class host_guard {
public:
    host_guard(async::loop_state& loop, const host_limits& limits, const circuit_breaker* breaker)
        : loop_(loop), gates_(loop, limits) {
        if (breaker) breaker_ = *breaker;
    }
    host_guard(const host_guard&) = delete;
    host_guard& operator=(const host_guard&) = delete;

    host_gates& gates() noexcept { return gates_; }
    const host_gates& gates() const noexcept { return gates_; }

    /// Errors: errc::circuit_open, and those of host_gates::enter().
    asio::awaitable<result<std::unique_ptr<host_admission>>> enter(const url::url& where,
                                                                   async::time_point until,
                                                                   async::interrupter& ending);

    void head(host_admission& of, const response_head& received) const {
        of.head(received, gates_.limits().pause_on_retry_after());
    }
    void finish(host_admission& of, std::error_code ec) const noexcept {
        of.finish(ec, breaker_ && breaker_->server_errors());
    }

    circuit_state state_of(std::string_view key) const noexcept;
    std::size_t origins() const noexcept { return circuits_.size(); }

private:
    struct origin {
        std::string key;
        std::shared_ptr<circuit_machine> circuit;
    };
    std::shared_ptr<circuit_machine> circuit_of(std::string&& key);

    async::loop_state& loop_;
    host_gates gates_;
    std::optional<circuit_breaker> breaker_;
    std::list<origin> origins_;  // the one asked longest ago is in front
    std::unordered_map<std::string_view, std::list<origin>::iterator> circuits_;
};

/// What an error says of the origin.
DRAGLINE_DECL circuit_outcome outcome_of(std::error_code ec) noexcept;

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/host_guard.ipp>
