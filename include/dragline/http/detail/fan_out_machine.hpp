// Which of the requests that were read ahead goes next: hosts take turns, each with so many at once. No I/O.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/http/fan_out/fetch_many_options.hpp>

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace dragline::inline v1::http::detail {

class fan_out_machine {
    struct host_queue;

public:
    /// A request under way, to be given back in full.
    struct ticket {
        std::size_t index = 0;
        fetch_request request;
        host_queue* host = nullptr;
    };

    explicit fan_out_machine(const fetch_many_options& options)
        : window_(options.window()),
          per_host_(options.per_host()),
          look_ahead_(options.look_ahead()),
          ordered_(options.ordered()) {}
    fan_out_machine(const fan_out_machine&) = delete;
    fan_out_machine& operator=(const fan_out_machine&) = delete;

    bool wants_more() const noexcept { return waiting_ < look_ahead_; }
    void add(const std::string& host, fetch_request request);

    /// The request to begin now, if any may.
    std::optional<ticket> next();

    /// It has ended: another of its host may begin.
    void ended(const ticket& which);

    /// Its outcome was taken: the window moves on.
    void reported() noexcept { ++reported_; }

    std::size_t waiting() const noexcept { return waiting_; }
    std::size_t started() const noexcept { return started_; }
    std::size_t hosts() const noexcept { return hosts_.size(); }  ///< With anything waiting or under way.

private:
    struct host_queue {
        const std::string* name = nullptr;
        std::deque<std::pair<std::size_t, fetch_request>> waiting;
        std::size_t running = 0;
        bool ready = false;  // in ready_
    };

    bool may_begin(const host_queue& host) const noexcept;
    void make_ready(host_queue& host);

    const std::size_t window_;
    const std::size_t per_host_;
    const std::size_t look_ahead_;
    const bool ordered_;
    std::unordered_map<std::string, host_queue> hosts_;
    std::deque<host_queue*> ready_;  // with something waiting and a place free; the first has waited longest
    std::size_t added_ = 0;
    std::size_t waiting_ = 0;
    std::size_t started_ = 0;
    std::size_t reported_ = 0;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/fan_out_machine.ipp>
