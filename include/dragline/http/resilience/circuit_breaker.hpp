// Leaves an origin alone that fails, and tries from time to time whether it has recovered.
#pragma once

#include <dragline/async/clock.hpp>

#include <chrono>
#include <cstddef>

namespace dragline::inline v1::http {

enum class circuit_state {
    closed,     ///< Requests are made.
    open,       ///< None is: they fail with errc::circuit_open.
    half_open,  ///< One is, which decides.
};

/// When the circuit to an origin (scheme, host and port) opens, and for how long.
///
/// A failure is an error of the network, of look-up, TLS or protocol, a timeout of a phase, or an answer of
/// 500 or more. What the caller ends or his options refuse counts as nothing, nor does a failing proxy: of
/// one that forwards, the answers count, but for 407. Each attempt counts, retries included; what was under
/// way when the circuit opened does not. A half-open circuit does not wait for a body that open_url() leaves.
class circuit_breaker {
public:
    using duration = async::duration;

    circuit_breaker() {}

    /// It opens at so many failures within window(), when they are also `ratio` of the requests, or more.
    circuit_breaker& failures(int count, double ratio = 0.5) {
        return failures_ = count, ratio_ = ratio, *this;
    }
    int failures() const noexcept { return failures_; }
    double ratio() const noexcept { return ratio_; }

    /// How long an outcome counts, to a tenth of it.
    circuit_breaker& window(duration value) { return window_ = value, *this; }
    duration window() const noexcept { return window_; }

    /// How long it is open at first; twice as long after each probe that fails, up to `longest`.
    circuit_breaker& open_time(duration first, duration longest) {
        return first_ = first, longest_ = longest, *this;
    }
    duration first_open_time() const noexcept { return first_; }
    duration longest_open_time() const noexcept { return longest_; }

    /// Whether an answer of 500 or more is a failure.
    circuit_breaker& server_errors(bool value) { return server_errors_ = value, *this; }
    bool server_errors() const noexcept { return server_errors_; }

    /// Origins that are remembered; beyond it, the one that was asked longest ago is forgotten.
    circuit_breaker& max_origins(std::size_t value) { return max_origins_ = value, *this; }
    std::size_t max_origins() const noexcept { return max_origins_; }

    /// Else a fetch ends with dragline::errc::invalid_option.
    bool valid() const noexcept {
        constexpr auto most = std::chrono::hours(24 * 365);
        return failures_ >= 1 && ratio_ >= 0 && ratio_ <= 1 && max_origins_ > 0 && window_ <= most &&
               window_ >= std::chrono::milliseconds(1) && first_ > duration::zero() && first_ <= longest_ &&
               longest_ <= most;
    }

    friend bool operator==(const circuit_breaker&, const circuit_breaker&) = default;

private:
    int failures_ = 5;
    double ratio_ = 0.5;
    duration window_ = std::chrono::seconds(10);
    duration first_ = std::chrono::seconds(1);
    duration longest_ = std::chrono::seconds(60);
    std::size_t max_origins_ = 10'000;
    bool server_errors_ = true;
};

}  // namespace dragline::http
