// What one fetch came to, and how that is read out of a response or, when it failed, out of its trace.
#pragma once

#include "statistics.hpp"
#include "title.hpp"

#include <dragline/core/ascii.hpp>
#include <dragline/http/response.hpp>
#include <dragline/http/trace.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace probe {

struct redirect_report {
    int status = 0;
    std::string to;
};

struct certificate_report {
    std::string tls_version;
    std::string subject;
    std::string issuer;
    std::chrono::system_clock::time_point expiry;
};

struct fetch_report {
    std::string url;
    std::error_code error;
    std::string detail;  // of the error, when there is more to say
    int status = 0;
    std::optional<std::string> title;
    std::string server;
    std::uint64_t size = 0;
    bool truncated = false;
    std::string final_url;
    std::string address;
    std::vector<redirect_report> redirects;
    std::optional<certificate_report> certificate;
    duration queue{}, resolve{}, connect{}, tls{}, first_byte{}, total{};
};

namespace detail {

inline std::optional<certificate_report> certificate_of(const dragline::tls::peer_info& peer) {
    if (!peer) return std::nullopt;
    certificate_report made;
    made.tls_version = peer.version();
    if (const auto chain = peer.chain(); !chain.empty()) {
        made.subject = chain.front().subject;
        const auto& issuer = chain.front();
        made.issuer = issuer.issuer_common_name.empty() ? issuer.issuer : issuer.issuer_common_name;
        made.expiry = issuer.not_after;
    }
    return made;
}

inline bool is_html(std::string_view content_type) {
    const auto kind = dragline::ascii::to_lower(content_type);
    return kind.empty() || kind.find("html") != kind.npos;
}

}  // namespace detail

inline void fill(fetch_report& report, const dragline::http::response& from) {
    report.status = from.status;
    if (detail::is_html(from.headers.get("Content-Type"))) report.title = title_of(from.body);
    report.server = from.headers.get("Server");
    report.size = from.body.size();
    report.truncated = from.truncated;
    report.final_url = from.url.href();
    report.address = from.peer.address.to_string();
    for (const auto& one : from.history) report.redirects.push_back({one.status, one.to.href()});
    report.certificate = detail::certificate_of(from.peer.tls);
    const auto& spent = from.timings;
    report.queue = spent.queue;
    report.resolve = spent.resolve;
    report.connect = spent.connect;
    report.tls = spent.tls;
    report.first_byte = spent.first_byte;
    report.total = spent.total;
}

/// What is known about a fetch that failed: where it stood, and what the certificate check says.
inline void fill_failure(fetch_report& report, const dragline::http::trace& from) {
    for (std::size_t at = 0; at < from.attempts.size(); ++at) {
        const auto& attempt = from.attempts[at];
        report.total += attempt.total;
        if (at > 0 && !attempt.retried)
            report.redirects.push_back({from.attempts[at - 1].status, attempt.url});
    }
    if (from.attempts.empty()) return;
    const auto& last = from.attempts.back();
    report.final_url = last.url;
    report.detail = last.connection.tls_detail;
    if (!last.connection.dials.empty()) report.address = last.connection.dials.back().address.to_string();
}

}  // namespace probe
