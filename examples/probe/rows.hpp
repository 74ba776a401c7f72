// One row of the table for each host. Start with host_table().
#pragma once

#include "report.hpp"
#include "table.hpp"

#include <chrono>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace probe {

inline std::string time_text(duration value) {
    const auto ms = milliseconds(value);
    char text[32];
    std::snprintf(text, sizeof text,
                  ms < 10       ? "%.1f ms"
                  : ms < 10'000 ? "%.0f ms"
                                : "%.0f s",
                  ms < 10'000 ? ms : ms / 1000);
    return text;
}

inline std::string size_text(const fetch_report& fetch) {
    const auto bytes = static_cast<double>(fetch.size);
    char text[32];
    std::snprintf(text, sizeof text,
                  bytes < 1000  ? "%.0f B"
                  : bytes < 1e6 ? "%.1f kB"
                                : "%.1f MB",
                  bytes < 1000  ? bytes
                  : bytes < 1e6 ? bytes / 1e3
                                : bytes / 1e6);
    return fetch.truncated ? '>' + std::string(text) : text;
}

/// "200", "301>200" after a redirect, "301>>200" after several, "refused".
inline std::string outcome(const std::optional<fetch_report>& fetch) {
    if (!fetch) return "-";
    if (fetch->error) return word_for(fetch->error);
    const auto status = std::to_string(fetch->status);
    if (fetch->redirects.empty()) return status;
    const auto* arrow = fetch->redirects.size() > 1 ? ">>" : ">";
    return std::to_string(fetch->redirects.front().status) + arrow + status;
}

namespace detail {

inline tone tone_of(const std::optional<fetch_report>& fetch) {
    if (!fetch) return tone::faint;
    if (fetch->error || fetch->status >= 500) return tone::bad;
    return fetch->status >= 400 ? tone::notice : tone::good;
}

// The fetch that a row tells most about: the one by HTTPS where both went well.
inline const fetch_report* chosen(const host_report& host) {
    if (host.https && !host.https->error) return &*host.https;
    if (host.http && !host.http->error) return &*host.http;
    return nullptr;
}

inline std::string addresses_text(const host_report& host) {
    const auto all = host.addresses();
    if (all.empty()) return "-";
    return all.front().to_string() + (all.size() > 1 ? " +" + std::to_string(all.size() - 1) : "");
}

inline std::string names_text(const host_report& host) {
    for (const auto& [address, lookup] : host.ptr) {
        if (!lookup.found.empty()) return lookup.found.front();
    }
    return "-";
}

inline cell title_or_error(const host_report& host) {
    if (const auto error = host.lookup_error()) return {error.message(), tone::bad};
    for (const auto* fetch : {&host.https, &host.http}) {
        if (*fetch && (*fetch)->error) return {text_for((*fetch)->error, (*fetch)->detail), tone::bad};
    }
    const auto* fetch = chosen(host);
    if (fetch == nullptr || !fetch->title) return {"-", tone::faint};
    return {*fetch->title, tone::plain};
}

// Expiry within two weeks deserves a look.
inline cell expiry_cell(const certificate_report& certificate) {
    const auto left = certificate.expiry - std::chrono::system_clock::now();
    return {date_text(certificate.expiry), left < std::chrono::hours(14 * 24) ? tone::notice : tone::plain};
}

inline std::vector<cell> row_of(const host_report& host) {
    const auto* fetch = chosen(host);
    const auto* secure = host.https && host.https->certificate ? &*host.https->certificate : nullptr;
    const bool named = !host.lookup_error();
    const auto unknown = cell{"-", tone::faint};
    return {
        {host.subject.text, host.fine() ? tone::plain : tone::bad},
        {addresses_text(host), named ? tone::plain : tone::faint},
        {names_text(host), tone::faint},
        {text_for(host.wildcard), host.wildcard == wildcard_verdict::yes ? tone::notice : tone::faint},
        {outcome(host.http), tone_of(host.http)},
        {outcome(host.https), tone_of(host.https)},
        fetch ? cell{size_text(*fetch)} : unknown,
        {time_text(host.took), tone::plain},
        fetch && !fetch->server.empty() ? cell{fetch->server} : unknown,
        secure ? cell{secure->issuer} : unknown,
        secure ? expiry_cell(*secure) : unknown,
        title_or_error(host),
    };
}

}  // namespace detail

inline table host_table(const std::vector<const host_report*>& hosts) {
    table made({{"HOST", 48, 22},
                {"ADDRESS", 42, 0, 4},
                {"PTR", 28, 0, 9},
                {"WILD", 7, 0, 5},
                {"HTTP", 10},
                {"HTTPS", 10},
                {"SIZE", 9, 0, 3, true},
                {"TIME", 8, 0, 2, true},
                {"SERVER", 18, 0, 7},
                {"ISSUER", 24, 0, 8},
                {"EXPIRES", 10, 0, 6},
                {"TITLE OR ERROR", 60, 26}});
    for (const auto* host : hosts) made.add(detail::row_of(*host));
    return made;
}

}  // namespace probe
