// Included by <dragline/http/insight/metrics.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <array>

namespace dragline::inline v1::http {

DRAGLINE_DECL const char* to_string(failure_kind kind) noexcept {
    switch (kind) {
        case failure_kind::timeout: return "timeout";
        case failure_kind::resolve_failed: return "resolve_failed";
        case failure_kind::connect_failed: return "connect_failed";
        case failure_kind::tls_failed: return "tls_failed";
        case failure_kind::protocol_error: return "protocol_error";
        case failure_kind::limit_exceeded: return "limit_exceeded";
        case failure_kind::blocked: return "blocked";
        case failure_kind::proxy_failed: return "proxy_failed";
        case failure_kind::cancelled: return "cancelled";
        case failure_kind::other: return "other";
    }
    return "unknown";
}

DRAGLINE_DECL failure_kind failure_kind_of(const std::error_code& ec) noexcept {
    if (ec == asio::error::operation_aborted) return failure_kind::cancelled;
    // What a proxy does is the proxy's; else the first that fits.
    if (ec == condition::proxy_failed) return failure_kind::proxy_failed;
    constexpr std::array<condition, 7> known{condition::timeout,        condition::resolve_failed,
                                             condition::connect_failed, condition::tls_failed,
                                             condition::protocol_error, condition::limit_exceeded,
                                             condition::blocked};
    const auto found = std::find_if(known.begin(), known.end(), [&ec](condition each) { return ec == each; });
    return found == known.end() ? failure_kind::other : static_cast<failure_kind>(found - known.begin());
}

DRAGLINE_DECL std::uint64_t origin_metrics::errors(failure_kind kind) const noexcept {
    std::uint64_t sum = 0;
    for (const auto each : failed[static_cast<std::size_t>(kind)]) sum += each;
    return sum;
}

DRAGLINE_DECL std::uint64_t origin_metrics::errors() const noexcept {
    std::uint64_t sum = 0;
    for (std::size_t kind = 0; kind < failure_kinds; ++kind) sum += errors(static_cast<failure_kind>(kind));
    return sum;
}

DRAGLINE_DECL origin_metrics& origin_metrics::merge(const origin_metrics& other) noexcept {
    for (auto each :
         {&origin_metrics::attempts, &origin_metrics::in_flight, &origin_metrics::succeeded,
          &origin_metrics::requests, &origin_metrics::retries, &origin_metrics::redirects,
          &origin_metrics::authentications, &origin_metrics::bytes_sent, &origin_metrics::bytes_received,
          &origin_metrics::connections_opened, &origin_metrics::connections_reused}) {
        this->*each += other.*each;
    }
    for (std::size_t kind = 0; kind < failure_kinds; ++kind) {
        for (std::size_t where = 0; where < phases; ++where) failed[kind][where] += other.failed[kind][where];
    }
    for (std::size_t digit = 0; digit < statuses.size(); ++digit) statuses[digit] += other.statuses[digit];
    total.merge(other.total);
    first_byte.merge(other.first_byte);
    connect.merge(other.connect);
    resolve.merge(other.resolve);
    return *this;
}

DRAGLINE_DECL const origin_metrics* metrics_snapshot::find(std::string_view origin) const noexcept {
    for (const auto& each : origins) {
        if (each.origin == origin) return &each;
    }
    return nullptr;
}

DRAGLINE_DECL metrics_snapshot& metrics_snapshot::merge(const metrics_snapshot& other) {
    const auto before = [](const origin_metrics& each, const std::string& name) {
        return each.origin < name;
    };
    for (const auto& added : other.origins) {
        const auto at = std::lower_bound(origins.begin(), origins.end(), added.origin, before);
        if (at != origins.end() && at->origin == added.origin) {
            at->merge(added);
        } else {
            origins.insert(at, added);
        }
    }
    return *this;
}

DRAGLINE_DECL origin_metrics metrics_snapshot::sum() const {
    origin_metrics total;
    for (const auto& each : origins) total.merge(each);
    return total;
}

DRAGLINE_DECL metrics_snapshot metrics::snapshot() const {
    metrics_snapshot taken;
    taken.origins.reserve(origins_.size() + 1);
    for (const auto& [name, each] : origins_) taken.origins.push_back(*each);
    if (others_) taken.origins.push_back(*others_);
    std::sort(taken.origins.begin(), taken.origins.end(),
              [](const origin_metrics& a, const origin_metrics& b) { return a.origin < b.origin; });
    return taken;
}

DRAGLINE_DECL origin_metrics& metrics::of(std::string_view scheme, std::string_view host,
                                          std::uint16_t port) {
    name_.assign(scheme).append("://").append(host).append(":");
    ascii::append_number(name_, port);
    if (const auto found = origins_.find(name_); found != origins_.end()) return *found->second;
    if (origins_.size() >= max_origins_) {
        if (!others_) others_ = std::make_unique<origin_metrics>();
        return *others_;
    }
    auto made = std::make_unique<origin_metrics>();
    made->origin = name_;
    auto& added = *made;
    origins_.emplace(added.origin, std::move(made));
    return added;
}

}  // namespace dragline::http

#endif
