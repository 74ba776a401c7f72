// Included by <dragline/http/policy/hsts_store.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/http/detail/host_name.hpp>
#include <dragline/http/error.hpp>
#include <dragline/url/host.hpp>
#include <dragline/url/parse.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <cstdint>
#include <cstdio>

namespace dragline::inline v1::http {
namespace detail {

using hsts_seconds = std::chrono::sys_seconds;

/// Empty labels are what a file could not give back: a dot in front has a meaning there.
DRAGLINE_DECL bool has_empty_label(std::string_view name) noexcept {
    return name.empty() || name.starts_with('.') || name.ends_with('.') || name.find("..") != name.npos;
}

/// Digits alone, so many of them.
DRAGLINE_DECL std::optional<unsigned> read_hsts_number(std::string_view& text, std::size_t digits) noexcept {
    const auto number = ascii::parse_number<unsigned>(text.substr(0, digits));
    if (text.size() < digits || !number) return std::nullopt;
    text.remove_prefix(digits);
    return number;
}

/// "20301231 23:59:59"
DRAGLINE_DECL std::optional<hsts_seconds> read_hsts_time(std::string_view text) noexcept {
    const auto skip = [&text](char c) {
        const bool there = text.starts_with(c);
        if (there) text.remove_prefix(1);
        return there;
    };
    const auto year = read_hsts_number(text, 4), month = read_hsts_number(text, 2),
               day = read_hsts_number(text, 2);
    if (!year || !month || !day || !skip(' ')) return std::nullopt;
    const auto hour = read_hsts_number(text, 2);
    if (!hour || !skip(':')) return std::nullopt;
    const auto minute = read_hsts_number(text, 2);
    if (!minute || !skip(':')) return std::nullopt;
    const auto second = read_hsts_number(text, 2);
    const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*year)),
                                           std::chrono::month(*month), std::chrono::day(*day));
    if (!second || !text.empty() || !date.ok() || *hour > 23 || *minute > 59 || *second > 60)
        return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
           std::chrono::seconds(*second);
}

DRAGLINE_DECL std::string write_hsts_time(hsts_seconds time) {
    constexpr hsts_seconds last = std::chrono::sys_days(std::chrono::year(9999) / 12 / 31);  // four digits
    time = std::clamp(time, hsts_seconds(), last);
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    char text[32];
    const auto size =
        std::snprintf(text, sizeof text, "%04d%02u%02u %02d:%02d:%02d", static_cast<int>(date.year()),
                      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                      static_cast<int>(clock.seconds().count()));
    return std::string(text, static_cast<std::size_t>(size));
}

/// `.example.com "20301231 23:59:59"`
DRAGLINE_DECL std::optional<hsts_entry> read_hsts_line(std::string_view line) {
    hsts_entry read;
    if (line.starts_with('.')) {
        read.include_subdomains = true;
        line.remove_prefix(1);
    }
    const auto end = line.find_first_of(" \t");
    if (end == line.npos) return std::nullopt;
    read.host = line.substr(0, end);
    auto time = ascii::trim(line.substr(end));
    if (time.size() < 2 || !time.starts_with('"') || !time.ends_with('"')) return std::nullopt;
    time = time.substr(1, time.size() - 2);
    if (time == "unlimited") return read;
    read.expires = read_hsts_time(time);
    if (!read.expires) return std::nullopt;
    return read;
}

}  // namespace detail

DRAGLINE_DECL bool hsts_store::covers(const records& known, std::string_view name, seconds now) {
    for (bool exact = true; !known.empty(); exact = false) {
        const auto found = known.find(name);
        if (found != known.end() && now < found->second.expires &&
            (exact || found->second.include_subdomains))
            return true;
        const auto dot = name.find('.');
        if (dot == name.npos) break;
        name.remove_prefix(dot + 1);
    }
    return false;
}

DRAGLINE_DECL std::error_code hsts_store::put(std::string_view name, const record& value, seconds now) {
    auto found = noted_.find(name);
    if (found == noted_.end()) {
        if (noted_.size() >= options_.hosts() && first_expiry_ <= now) remove_expired(now);
        if (noted_.size() >= options_.hosts()) return errc::strict_transport_full;
        found = noted_.emplace(std::string(name), value).first;
    }
    found->second = value;
    first_expiry_ = std::min(first_expiry_, value.expires);
    return {};
}

DRAGLINE_DECL std::error_code hsts_store::note(const url::url& from, std::string_view field, time_point now) {
    const auto name = detail::without_final_dot(from.hostname());
    const bool is_name = from.host_type() == url::host_kind::domain && !detail::has_empty_label(name);
    if (from.scheme() != "https" || !is_name) return errc::strict_transport_ignored;
    const auto said = parse_strict_transport(field);
    if (!said) return said.error();
    const auto age = std::min(said->max_age, options_.max_lifetime());
    if (age <= std::chrono::seconds::zero()) {
        if (const auto found = noted_.find(name); found != noted_.end()) noted_.erase(found);
        return {};
    }
    const auto time = std::chrono::floor<std::chrono::seconds>(now);
    return put(name, {said->include_subdomains, time > seconds::max() - age ? seconds::max() : time + age},
               time);
}

DRAGLINE_DECL std::error_code hsts_store::set(const hsts_entry& value, time_point now) {
    const auto host = url::parse_host(detail::without_final_dot(value.host));
    if (!host || host->kind() != url::host_kind::domain || detail::has_empty_label(host->text()))
        return std::make_error_code(std::errc::invalid_argument);
    if (!value.expires)
        return lasting_[host->text()] = {value.include_subdomains, seconds::max()}, std::error_code();
    const auto time = std::chrono::floor<std::chrono::seconds>(now);
    if (*value.expires > time) return put(host->text(), {value.include_subdomains, *value.expires}, time);
    noted_.erase(host->text());
    return {};
}

DRAGLINE_DECL bool hsts_store::is_known(std::string_view host, time_point now) const {
    const auto name = detail::without_final_dot(host);
    const auto time = std::chrono::floor<std::chrono::seconds>(now);
    return covers(noted_, name, time) || covers(lasting_, name, time);
}

DRAGLINE_DECL std::optional<url::url> hsts_store::upgrade(const url::url& to, time_point now) const {
    const bool asks = to.scheme() == "http" && to.host_type() == url::host_kind::domain;
    if (!asks || !is_known(to.hostname(), now)) return std::nullopt;
    auto made = url::parse("https" + to.href().substr(4));
    if (!made) return std::nullopt;
    return *std::move(made);
}

DRAGLINE_DECL std::vector<hsts_entry> hsts_store::entries() const {
    std::vector<hsts_entry> all;
    all.reserve(size());
    for (const auto& [host, known] : lasting_) all.emplace_back(host, known.include_subdomains);
    for (const auto& [host, known] : noted_)
        all.emplace_back(host, known.include_subdomains).expires = known.expires;
    return all;
}

DRAGLINE_DECL bool hsts_store::remove(std::string_view host) {
    const auto name = ascii::to_lower(detail::without_final_dot(host));
    return lasting_.erase(name) + noted_.erase(name) > 0;
}

DRAGLINE_DECL std::size_t hsts_store::remove_expired(time_point now) {
    const auto time = std::chrono::floor<std::chrono::seconds>(now);
    first_expiry_ = seconds::max();
    return std::erase_if(noted_, [&](const auto& each) {
        if (each.second.expires <= time) return true;
        first_expiry_ = std::min(first_expiry_, each.second.expires);
        return false;
    });
}

DRAGLINE_DECL std::string to_curl_hsts(const hsts_store& from, hsts_store::time_point now) {
    std::string text = "# Your HSTS cache. https://curl.se/docs/hsts.html\n";
    const auto time = std::chrono::floor<std::chrono::seconds>(now);
    for (const auto& each : from.entries()) {
        if (each.expires && *each.expires <= time) continue;
        text.append(each.include_subdomains ? "." : "").append(each.host).append(" \"");
        text.append(each.expires ? detail::write_hsts_time(*each.expires) : "unlimited").append("\"\n");
    }
    return text;
}

DRAGLINE_DECL hsts_load load_curl_hsts(hsts_store& into, std::string_view text, hsts_store::time_point now) {
    hsts_load counts;
    const auto time = std::chrono::floor<std::chrono::seconds>(now);
    while (!text.empty()) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        text = end == text.npos ? std::string_view() : text.substr(end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        line = ascii::trim(line);
        if (line.empty() || line.starts_with('#')) continue;
        const auto read = detail::read_hsts_line(line);
        const bool dead = read && read->expires && *read->expires <= time;
        if (!read || into.set(*read, now)) {
            ++counts.bad_lines;
        } else {
            ++(dead ? counts.expired : counts.loaded);
        }
    }
    return counts;
}

}  // namespace dragline::http

#endif
