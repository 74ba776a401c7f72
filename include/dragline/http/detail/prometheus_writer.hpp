// Families of samples in the text format of Prometheus.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/http/insight/histogram.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::inline v1::http::detail {

class prometheus_writer {
public:
    using labels = std::vector<std::pair<std::string, std::string>>;

    /// What is wrong with the names.
    static std::error_code check(std::string_view prefix, const labels& common);

    prometheus_writer(std::string_view prefix, const labels& common, bool openmetrics);

    /// A family begins; `type` is counter, gauge or histogram, `unit` may be empty.
    void family(std::string_view name, std::string_view type, std::string_view unit, std::string_view help);

    /// Samples of that family. `extra`: further labels, as text.
    void sample(std::string_view origin, std::uint64_t value, std::string_view extra = {});
    void samples(std::string_view origin, const histogram& values);

    std::string take();

private:
    void line(std::string_view suffix, std::string_view origin, std::string_view extra,
              std::string_view value);

    std::string prefix_;
    std::string common_;  // labels, with a comma after each
    bool openmetrics_;
    std::string name_;  // of the family, with its unit
    bool counter_ = false;
    std::string out_;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/prometheus_writer.ipp>
