// Whether requests to one origin are made, by what came of those before. No I/O and no clock.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/core/features.hpp>
#include <dragline/http/resilience/circuit_breaker.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace dragline::inline v1::http::detail {

enum class circuit_outcome { success, failure, neither };

/// The options must outlive it.
class circuit_machine {
public:
    /// What has to be reported once.
    struct ticket {
        std::uint64_t turn = 0;
        bool probe = false;
    };

    explicit circuit_machine(const circuit_breaker& options) noexcept : options_(options) {}

    circuit_state state(async::time_point now) const noexcept;

    /// Whether admit() would give one.
    bool admits(async::time_point now) const noexcept;

    /// The right to one request; nothing while it is open, or probed.
    DRAGLINE_DECL std::optional<ticket> admit(async::time_point now) noexcept;
    DRAGLINE_DECL void report(ticket of, circuit_outcome what, async::time_point now) noexcept;

private:
    struct part {
        std::int64_t number = -1;  // of the tenths of a window since the clock began
        std::uint32_t good = 0;
        std::uint32_t bad = 0;
    };
    static constexpr std::int64_t part_count = 10;

    part& part_of(async::time_point now) noexcept;
    bool is_too_bad(std::int64_t number) const noexcept;
    void open(async::time_point now) noexcept;

    const circuit_breaker& options_;
    std::array<part, part_count> parts_;
    std::uint64_t turn_ = 0;  // counts the changes of state: what was admitted before one does not count
    bool tripped_ = false;
    bool probing_ = false;
    async::time_point probe_at_{};  // while it is tripped
    async::duration open_time_{};
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/circuit_machine.ipp>
