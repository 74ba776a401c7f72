// Included by <dragline/http/detail/prometheus_writer.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/core/error.hpp>
#include <dragline/http/detail/json_writer.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL bool is_prometheus_name(std::string_view name, bool colons) noexcept {
    const auto fits = [colons](char c) {
        return ascii::is_alphanumeric(c) || c == '_' || (colons && c == ':');
    };
    return !name.empty() && !ascii::is_digit(name.front()) && std::all_of(name.begin(), name.end(), fits);
}

// name="value", with what the format escapes escaped, and only UTF-8.
DRAGLINE_DECL void append_label(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append("=\"");
    append_utf8(out, value, [](std::string& to, char c) {
        if (c == '\n') {
            to += "\\n";
        } else {
            if (c == '"' || c == '\\') to += '\\';
            to += c;
        }
    });
    out += '"';
}

// A duration in seconds, exactly.
DRAGLINE_DECL std::string in_seconds(std::chrono::nanoseconds value) {
    auto digits = std::to_string(value.count());
    if (digits.size() < 10) digits.insert(0, 10 - digits.size(), '0');
    digits.insert(digits.size() - 9, 1, '.');
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.back() == '.') digits += '0';
    return digits;
}

DRAGLINE_DECL std::error_code prometheus_writer::check(std::string_view prefix, const labels& common) {
    if (!is_prometheus_name(prefix, true)) return dragline::errc::invalid_option;
    for (auto each = common.begin(); each != common.end(); ++each) {
        const auto& name = each->first;
        const bool ours = name == "origin" || name == "class" || name == "kind" || name == "phase" ||
                          name == "le" || name.starts_with("__");
        const bool twice =
            std::any_of(common.begin(), each, [&](const auto& other) { return other.first == name; });
        if (ours || twice || !is_prometheus_name(name, false)) return dragline::errc::invalid_option;
    }
    return {};
}

DRAGLINE_DECL prometheus_writer::prometheus_writer(std::string_view prefix, const labels& common,
                                                   bool openmetrics)
    : prefix_(prefix), openmetrics_(openmetrics) {
    for (const auto& [name, value] : common) {
        append_label(common_, name, value);
        common_ += ',';
    }
}

// OpenMetrics counts "_total" to the sample, the older format to the family.
DRAGLINE_DECL void prometheus_writer::family(std::string_view name, std::string_view type,
                                             std::string_view unit, std::string_view help) {
    name_ = prefix_;
    name_.append(name);
    if (!unit.empty()) name_.append("_").append(unit);
    counter_ = type == "counter";
    const auto shown = counter_ && !openmetrics_ ? name_ + "_total" : name_;
    out_.append("# HELP ").append(shown).append(" ").append(help).append("\n");
    out_.append("# TYPE ").append(shown).append(" ").append(type).append("\n");
    if (openmetrics_ && !unit.empty()) {
        out_.append("# UNIT ").append(shown).append(" ").append(unit).append("\n");
    }
}

DRAGLINE_DECL void prometheus_writer::line(std::string_view suffix, std::string_view origin,
                                           std::string_view extra, std::string_view value) {
    out_.append(name_).append(suffix).append("{").append(common_);
    append_label(out_, "origin", origin.empty() ? "other" : origin);
    if (!extra.empty()) out_.append(",").append(extra);
    out_.append("} ").append(value).append("\n");
}

DRAGLINE_DECL void prometheus_writer::sample(std::string_view origin, std::uint64_t value,
                                             std::string_view extra) {
    line(counter_ ? "_total" : "", origin, extra, std::to_string(value));
}

DRAGLINE_DECL void prometheus_writer::samples(std::string_view origin, const histogram& values) {
    for (int power = 7; power <= 26; ++power) {
        const std::chrono::microseconds bound(std::int64_t{1} << power);
        line("_bucket", origin, "le=\"" + in_seconds(bound) + "\"",
             std::to_string(values.count_up_to(bound)));
    }
    line("_bucket", origin, "le=\"+Inf\"", std::to_string(values.count()));
    line("_sum", origin, {}, in_seconds(values.sum()));
    line("_count", origin, {}, std::to_string(values.count()));
}

DRAGLINE_DECL std::string prometheus_writer::take() {
    if (openmetrics_) out_ += "# EOF\n";
    return std::move(out_);
}

}  // namespace dragline::http::detail

#endif
