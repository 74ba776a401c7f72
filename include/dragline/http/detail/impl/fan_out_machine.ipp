// Included by <dragline/http/detail/fan_out_machine.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL void fan_out_machine::add(const std::string& host, fetch_request request) {
    const auto at = hosts_.try_emplace(host).first;
    at->second.name = &at->first;
    at->second.waiting.emplace_back(added_++, std::move(request));
    ++waiting_;
    make_ready(at->second);
}

DRAGLINE_DECL void fan_out_machine::make_ready(host_queue& host) {
    if (host.ready || host.waiting.empty() || host.running >= per_host_) return;
    ready_.push_back(&host);
    host.ready = true;
}

// In order, the window is of indices, from the first one that was not reported: that one may always begin.
DRAGLINE_DECL bool fan_out_machine::may_begin(const host_queue& host) const noexcept {
    return !ordered_ || host.waiting.front().first - reported_ < window_;
}

DRAGLINE_DECL std::optional<fan_out_machine::ticket> fan_out_machine::next() {
    if (!ordered_ && started_ - reported_ >= window_) return std::nullopt;
    const auto at = std::find_if(ready_.begin(), ready_.end(), [&](auto* each) { return may_begin(*each); });
    if (at == ready_.end()) return std::nullopt;
    auto& host = **at;
    ready_.erase(at);
    host.ready = false;
    ticket begun;
    begun.index = host.waiting.front().first;
    begun.request = std::move(host.waiting.front().second);
    begun.host = &host;
    host.waiting.pop_front();
    --waiting_;
    ++started_;
    ++host.running;
    make_ready(host);
    return begun;
}

DRAGLINE_DECL void fan_out_machine::ended(const ticket& which) {
    auto& host = *which.host;
    --host.running;
    make_ready(host);
    if (host.running == 0 && host.waiting.empty()) hosts_.erase(std::string(*host.name));
}

}  // namespace dragline::http::detail

#endif
