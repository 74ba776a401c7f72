// Included by <dragline/http/insight/prometheus.hpp> only.
#pragma once

#include <dragline/core/error.hpp>
#include <dragline/http/detail/prometheus_writer.hpp>

#if DRAGLINE_HEADER_BODIES

#include <cstddef>

namespace dragline::inline v1::http {
namespace detail {

struct counter_family {
    std::uint64_t origin_metrics::*value;
    const char* name;
    const char* type;
    const char* unit;
    const char* help;
};

inline constexpr counter_family counter_families[] = {
    {&origin_metrics::attempts, "attempts", "counter", "", "Attempts begun, of all hops."},
    {&origin_metrics::in_flight, "in_flight", "gauge", "", "Attempts under way."},
    {&origin_metrics::succeeded, "succeeded", "counter", "", "Attempts with a whole response."},
    {&origin_metrics::requests, "requests", "counter", "", "Requests sent."},
    {&origin_metrics::retries, "retries", "counter", "", "Attempts that repeat a failed one."},
    {&origin_metrics::redirects, "redirects", "counter", "", "Attempts that a redirect led to."},
    {&origin_metrics::authentications, "authentications", "counter", "",
     "Attempts that repeat one with credentials."},
    {&origin_metrics::bytes_sent, "sent", "counter", "bytes", "Heads and bodies, before TLS."},
    {&origin_metrics::bytes_received, "received", "counter", "bytes", "Heads and bodies, as they came."},
    {&origin_metrics::connections_opened, "connections_opened", "counter", "", "Connections opened."},
    {&origin_metrics::connections_reused, "connections_reused", "counter", "",
     "Attempts on a connection that was there."},
};

struct latency_family {
    histogram origin_metrics::*values;
    const char* name;
    const char* help;
};

inline constexpr latency_family latency_families[] = {
    {&origin_metrics::total, "attempt_duration", "Attempts that succeeded, the queue included."},
    {&origin_metrics::first_byte, "first_byte", "From the request sent to the end of the response head."},
    {&origin_metrics::connect, "connect", "Connections opened, proxies and TLS included."},
    {&origin_metrics::resolve, "resolve", "Until the first address was known."},
};

DRAGLINE_DECL void write_statuses(prometheus_writer& out, const origin_metrics& from) {
    for (std::size_t digit = 1; digit < from.statuses.size(); ++digit) {
        if (from.statuses[digit] == 0) continue;
        out.sample(from.origin, from.statuses[digit], "class=\"" + std::to_string(digit) + "xx\"");
    }
}

DRAGLINE_DECL void write_errors(prometheus_writer& out, const origin_metrics& from) {
    for (std::size_t kind = 0; kind < failure_kinds; ++kind) {
        for (std::size_t where = 0; where < phases; ++where) {
            const auto count = from.failed[kind][where];
            if (count == 0) continue;
            out.sample(from.origin, count,
                       std::string("kind=\"") + to_string(static_cast<failure_kind>(kind)) + "\",phase=\"" +
                           dragline::to_string(static_cast<phase>(where)) + "\"");
        }
    }
}

}  // namespace detail

DRAGLINE_DECL std::string_view prometheus_content_type(bool openmetrics) noexcept {
    return openmetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                       : "text/plain; version=0.0.4; charset=utf-8";
}

DRAGLINE_DECL result<std::string> to_prometheus(const metrics_snapshot& from,
                                                const prometheus_options& options) {
    if (auto ec = detail::prometheus_writer::check(options.prefix(), options.labels())) return ec;
    detail::prometheus_writer out(options.prefix(), options.labels(), options.openmetrics());
    for (const auto& family : detail::counter_families) {
        out.family(family.name, family.type, family.unit, family.help);
        for (const auto& each : from.origins) out.sample(each.origin, each.*family.value);
    }
    out.family("responses", "counter", "", "Response heads, by the class of their status.");
    for (const auto& each : from.origins) detail::write_statuses(out, each);
    out.family("errors", "counter", "", "Attempts that failed, by what went wrong and where.");
    for (const auto& each : from.origins) detail::write_errors(out, each);
    for (const auto& family : detail::latency_families) {
        out.family(family.name, "histogram", "seconds", family.help);
        for (const auto& each : from.origins) out.samples(each.origin, each.*family.values);
    }
    return out.take();
}

}  // namespace dragline::http

#endif
