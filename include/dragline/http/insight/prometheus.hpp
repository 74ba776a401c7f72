// Metrics as text for Prometheus, in its exposition format 0.0.4 or as OpenMetrics 1.0.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/http/insight/metrics.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dragline::inline v1::http {

/// How metrics are written.
class prometheus_options {
public:
    prometheus_options() {}

    /// What every name begins with.
    prometheus_options& prefix(std::string_view value) { return prefix_ = value, *this; }
    const std::string& prefix() const noexcept { return prefix_; }

    /// A label that every sample gets: `label("service", "crawler")`. Any value will do.
    prometheus_options& label(std::string_view name, std::string_view value) {
        return labels_.emplace_back(std::string(name), std::string(value)), *this;
    }
    const std::vector<std::pair<std::string, std::string>>& labels() const noexcept { return labels_; }

    /// For scrapers that ask for application/openmetrics-text.
    prometheus_options& openmetrics(bool value) { return openmetrics_ = value, *this; }
    bool openmetrics() const noexcept { return openmetrics_; }

private:
    std::string prefix_ = "dragline_http_";
    std::vector<std::pair<std::string, std::string>> labels_;
    bool openmetrics_ = false;
};

/// The Content-Type of the text.
DRAGLINE_DECL std::string_view prometheus_content_type(bool openmetrics = false) noexcept;

/// Every counter of every origin, with a label "origin", which is "other" for those beyond the cap.
///
/// Errors have the labels "kind" and "phase", responses the label "class" ("2xx"). Histograms are in seconds,
/// with buckets of powers of two from 128 us to 67 s, exact as they stand.
/// Errors: dragline::errc::invalid_option for a prefix or a label name that Prometheus does not take, and for
/// a label that is there already.
result<std::string> to_prometheus(const metrics_snapshot& from,
                                  const prometheus_options& options = prometheus_options());

}  // namespace dragline::http

#include <dragline/http/insight/impl/prometheus.ipp>
