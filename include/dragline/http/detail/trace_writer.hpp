// How a fetch writes to the trace of its caller, also when the body outlives the operation.
#pragma once

#include <dragline/http/detail/trace_link.hpp>
#include <dragline/http/trace.hpp>

#include <cstdint>
#include <memory>
#include <utility>

namespace dragline::inline v1::http::detail {

class trace_writer {
public:
    explicit trace_writer(trace* to) noexcept : to_(to) {}
    explicit operator bool() const noexcept { return to_ != nullptr; }

    /// An attempt that is over.
    void add(attempt_record&& made) { to_->attempts.push_back(std::move(made)); }

    /// As far as it got; from then on the trace may go.
    void add_unfinished(const attempt_record& made);

    /// In the place of that, if the trace is still there.
    void finish(attempt_record&& made);

    /// The last attempt of that fetch, when it is over and the trace is still there; else nullptr.
    attempt_record* last_of(std::uint64_t fetch) noexcept;

private:
    trace* to_;
    std::shared_ptr<trace_link> link_;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/trace_writer.ipp>
