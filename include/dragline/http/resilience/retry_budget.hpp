// How much extra load retries may make, all those together that share the budget.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/core/features.hpp>

#include <cstddef>
#include <memory>

namespace dragline::inline v1::http {

/// A shared handle: each first attempt puts a part of a retry in, and each retry takes a whole one out.
///
/// So a server that fails all of its requests gets a fifth more of them, not three times as many. Equal
/// when it is the same budget. Threads: any.
class retry_budget {
public:
    /// `ratio` of the first attempts, 0 or more, of which those of the last `saved` retries are kept, and
    /// besides `per_second` retries, 0 or more, so that one who asks rarely may retry.
    ///
    /// Other values are kept, and fail the fetch as dragline::errc::invalid_option.
    explicit retry_budget(double ratio = 0.2, double per_second = 10, double saved = 100)
        : state_(make(ratio, per_second, saved)) {}

    /// Every retry is allowed.
    static retry_budget unlimited() { return retry_budget(nullptr); }

    DRAGLINE_DECL bool valid() const noexcept;

    /// A first attempt is made.
    DRAGLINE_DECL void deposit();

    /// Whether a retry is allowed; it is then paid for.
    DRAGLINE_DECL bool withdraw(async::time_point now);

    friend bool operator==(const retry_budget&, const retry_budget&) = default;

private:
    struct state;
    explicit retry_budget(std::nullptr_t) noexcept {}
    DRAGLINE_DECL static std::shared_ptr<state> make(double ratio, double per_second, double saved);

    std::shared_ptr<state> state_;  // none when unlimited
};

}  // namespace dragline::http

#include <dragline/http/resilience/impl/retry_budget.ipp>
