// Included by <dragline/http/detail/trace_writer.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL void trace_writer::add_unfinished(const attempt_record& made) {
    to_->attempts.push_back(made);
    link_ = to_->anchor_.link(*to_);
}

DRAGLINE_DECL void trace_writer::finish(attempt_record&& made) {
    if (!link_) return add(std::move(made));
    if (!link_->to) return;
    auto& all = link_->to->attempts;
    const auto is_same = [&made](const attempt_record& each) {
        return each.fetch == made.fetch && each.number == made.number;
    };
    const auto found = std::find_if(all.rbegin(), all.rend(), is_same);
    if (found != all.rend()) *found = std::move(made);
}

DRAGLINE_DECL attempt_record* trace_writer::last_of(std::uint64_t fetch) noexcept {
    auto* to = link_ ? link_->to : to_;
    if (!to || to->attempts.empty() || to->attempts.back().fetch != fetch) return nullptr;
    return &to->attempts.back();
}

}  // namespace dragline::http::detail

#endif
