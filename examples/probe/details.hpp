// Everything that is known about one host, for a person. Start with details_of().
#pragma once

#include "rows.hpp"

#include <string>
#include <string_view>

namespace probe {
namespace detail {

// "  label      text" with the text made fit to be shown.
inline std::string detail_line(const terminal& style, std::string_view label, std::string_view text) {
    return "  " + style.paint(fit(label, 10), tone::faint) + printable(text, !style.unicode) + '\n';
}

inline std::string joined(const std::vector<std::string>& all) {
    std::string out;
    for (const auto& one : all) out += (out.empty() ? "" : ", ") + one;
    return out;
}

inline std::string lookup_text(const lookup_report& lookup) {
    if (lookup.error) return lookup.answered() ? "none" : text_for(lookup.error);
    return joined(lookup.found) + "  (" + time_text(lookup.took) + ')';
}

inline std::string timings_text(const fetch_report& fetch) {
    return "dns " + time_text(fetch.resolve) + ", connect " + time_text(fetch.connect) +
           (fetch.tls > duration::zero() ? ", tls " + time_text(fetch.tls) : "") + ", first byte " +
           time_text(fetch.first_byte) + ", total " + time_text(fetch.total);
}

inline std::string fetch_lines(const terminal& style, std::string_view label, const fetch_report& fetch) {
    std::string out = detail_line(style, label, fetch.url);
    for (const auto& one : fetch.redirects)
        out += detail_line(style, "", std::to_string(one.status) + " to " + one.to);
    if (fetch.error) return out + detail_line(style, "", text_for(fetch.error, fetch.detail));
    out += detail_line(style, "",
                       std::to_string(fetch.status) + " from " + fetch.address + ", " + size_text(fetch) +
                           (fetch.server.empty() ? "" : ", server " + fetch.server));
    if (fetch.title) out += detail_line(style, "", "title \"" + *fetch.title + '"');
    if (const auto& certificate = fetch.certificate) {
        out += detail_line(style, "",
                           certificate->tls_version + ", issued by " + certificate->issuer + ", expires " +
                               date_text(certificate->expiry));
    }
    return out + detail_line(style, "", timings_text(fetch));
}

}  // namespace detail

inline std::string details_of(const host_report& host, const terminal& style) {
    auto out =
        style.paint(printable(host.subject.text, !style.unicode), host.fine() ? tone::strong : tone::bad) +
        '\n';
    if (host.a) out += detail::detail_line(style, "A", detail::lookup_text(*host.a));
    if (host.aaaa) out += detail::detail_line(style, "AAAA", detail::lookup_text(*host.aaaa));
    for (const auto& [address, lookup] : host.ptr) {
        out += detail::detail_line(style, "PTR", address.to_string() + "  " + detail::lookup_text(lookup));
    }
    if (host.wildcard != wildcard_verdict::none) {
        out += detail::detail_line(style, "wildcard", "*." + host.parent + "  " + text_for(host.wildcard));
    }
    if (host.http) out += detail::fetch_lines(style, "HTTP", *host.http);
    if (host.https) out += detail::fetch_lines(style, "HTTPS", *host.https);
    return out;
}

}  // namespace probe
