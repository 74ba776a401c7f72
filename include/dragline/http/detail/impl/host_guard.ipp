// Included by <dragline/http/detail/host_guard.hpp> only.
#pragma once

#include <dragline/core/error.hpp>
#include <dragline/http/detail/network_failure.hpp>
#include <dragline/http/error.hpp>
#include <dragline/http/resilience/retry_after.hpp>
#include <dragline/tls/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL circuit_outcome outcome_of(std::error_code ec) noexcept {
    if (ec == condition::proxy_failed || ec == condition::blocked) return circuit_outcome::neither;
    if (ec == condition::timeout) {
        const auto where = phase_of(ec);
        const bool own = where != phase::queue && where != phase::proxy && where != phase::redirect &&
                         where != phase::total;
        return own ? circuit_outcome::failure : circuit_outcome::neither;
    }
    const bool failed = is_network_failure(ec) || ec == condition::resolve_failed ||
                        ec == condition::connect_failed || ec == condition::tls_failed ||
                        ec == condition::protocol_error || ec == tls::errc::truncated;
    return failed ? circuit_outcome::failure : circuit_outcome::neither;
}

DRAGLINE_DECL void host_admission::head(const response_head& received,
                                        std::optional<async::duration> longest) {
    status_ = received.status;
    if (!longest || !pass_ || (status_ != 429 && status_ != 503)) return;
    const auto value = received.headers.find("Retry-After");
    if (!value) return;
    if (const auto said = parse_retry_after(*value, loop_.time().wall_time()))
        pass_.pause(async::deadline_after(loop_.now(), std::min<async::duration>(*said, *longest)));
}

DRAGLINE_DECL void host_admission::finish(std::error_code ec, bool server_errors) noexcept {
    if (ec) return report(outcome_of(ec));
    report(server_errors && status_ >= 500 ? circuit_outcome::failure : circuit_outcome::success);
}

DRAGLINE_DECL void host_admission::report(circuit_outcome what) noexcept {
    if (!ticket_) return;
    circuit_->report(*ticket_, what, loop_.now());
    ticket_.reset();
}

DRAGLINE_DECL std::shared_ptr<circuit_machine> host_guard::circuit_of(std::string&& key) {
    if (const auto found = circuits_.find(key); found != circuits_.end()) {
        origins_.splice(origins_.end(), origins_, found->second);
        return found->second->circuit;
    }
    if (circuits_.size() >= breaker_->max_origins()) {
        circuits_.erase(origins_.front().key);
        origins_.pop_front();
    }
    origins_.push_back({std::move(key), std::make_shared<circuit_machine>(*breaker_)});
    circuits_.emplace(origins_.back().key, std::prev(origins_.end()));
    return origins_.back().circuit;
}

DRAGLINE_DECL circuit_state host_guard::state_of(std::string_view key) const noexcept {
    const auto found = circuits_.find(key);
    return found == circuits_.end() ? circuit_state::closed : found->second->circuit->state(loop_.now());
}

DRAGLINE_DECL asio::awaitable<result<std::unique_ptr<host_admission>>> host_guard::enter(
    const url::url& where, async::time_point until, async::interrupter& ending) {
    std::shared_ptr<circuit_machine> circuit;
    if (breaker_) {
        circuit = circuit_of(where.origin());
        if (!circuit->admits(loop_.now())) co_return errc::circuit_open;
    }
    auto entering = gates_.enter(where.hostname(), until, ending);
    auto pass = co_await std::move(entering);
    if (!pass) co_return pass.error();
    std::optional<circuit_machine::ticket> ticket;
    // Others may have failed meanwhile.
    if (circuit && !(ticket = circuit->admit(loop_.now()))) co_return errc::circuit_open;
    co_return std::make_unique<host_admission>(*std::move(pass), std::move(circuit), ticket, loop_);
}

}  // namespace dragline::http::detail

#endif
