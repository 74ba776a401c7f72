// What both directions of a stream share: its layer, budgets and condition.
#pragma once

#include <dragline/async/loop_state.hpp>
#include <dragline/net/detail/fair_turn.hpp>
#include <dragline/net/detail/stream_layer.hpp>
#include <dragline/net/stream_options.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <string>
#include <utility>

namespace dragline::inline v1::net::detail {

inline constexpr std::size_t no_size_limit = std::numeric_limits<std::size_t>::max();

/// What an operation may take. Of timeout and until the sooner counts, and total_timeout before either.
struct stream_limit {
    async::duration timeout = async::no_limit;  // from when the operation begins
    async::time_point until = async::no_deadline;
    phase where = phase::read;
    std::size_t size = no_size_limit;
    bool keep_delimiter = false;
};

/// What a stream was opened with. The streams of a server share it.
struct stream_setting {
    stream_options options;
    std::string host;  // as the endpoint names it, for start_tls()
};

struct stream_core {
    struct bound {
        async::time_point until = async::no_deadline;
        phase where = phase::total;
    };

    stream_core(std::shared_ptr<stream_layer> bottom, std::shared_ptr<const stream_setting> given,
                async::time_point opened_at)
        : loop(async::loop_state::of(bottom->get_executor())),
          layer(std::move(bottom)),
          setting(std::move(given)),
          total_until(async::deadline_after(opened_at, options().total_timeout())) {}

    const stream_options& options() const noexcept { return setting->options; }

    /// The deadline of an operation that begins now.
    bound begin(const stream_limit& limit) const {
        const auto until = std::min(async::deadline_after(loop.now(), limit.timeout), limit.until);
        if (total_until < until) return {total_until, phase::total};
        return {until, limit.where};
    }

    bool is_past(const bound& limit) const {
        return limit.until != async::no_deadline && loop.now() >= limit.until;
    }

    async::loop_state& loop;
    std::shared_ptr<stream_layer> layer;
    const std::shared_ptr<const stream_setting> setting;
    const async::time_point total_until;
    fair_turn turn;  // of what reads and writes without waiting
    bool closing = false;
    bool lost = false;     // the peer
    bool reset = false;    // by the peer, as a write was told
    bool reading = false;  // an operation
};

/// The right to read or to write, while it lives.
class exclusive_turn {
public:
    explicit exclusive_turn(bool& taken) noexcept : taken_(taken ? nullptr : &taken) {
        if (taken_) *taken_ = true;
    }
    ~exclusive_turn() {
        if (taken_) *taken_ = false;
    }
    exclusive_turn(const exclusive_turn&) = delete;
    exclusive_turn& operator=(const exclusive_turn&) = delete;
    explicit operator bool() const noexcept { return taken_ != nullptr; }

private:
    bool* taken_;
};

}  // namespace dragline::net::detail
