// Lets a stream that is still open write to a trace only as long as there is one.
#pragma once

#include <dragline/core/features.hpp>

#include <memory>

namespace dragline::inline v1::http {

class trace;

namespace detail {

class trace_writer;

struct trace_link {
    trace* to = nullptr;
};

/// A member of a trace. Copies and moves are other traces.
class trace_anchor {
public:
    trace_anchor() {}
    trace_anchor(const trace_anchor&) noexcept {}
    trace_anchor& operator=(const trace_anchor&) noexcept { return *this; }
    ~trace_anchor() {
        if (link_) link_->to = nullptr;
    }

    const std::shared_ptr<trace_link>& link(trace& owner) {
        if (!link_) link_ = std::make_shared<trace_link>();
        link_->to = &owner;
        return link_;
    }

private:
    std::shared_ptr<trace_link> link_;
};

}  // namespace detail
}  // namespace dragline::http
