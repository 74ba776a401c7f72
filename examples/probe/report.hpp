// What was found out about one target, as plain data, and short words for what went wrong. Start with
// host_report.
#pragma once

#include "fetch_report.hpp"
#include "statistics.hpp"
#include "target.hpp"

#include <dragline/core/error.hpp>
#include <dragline/dns/error.hpp>
#include <dragline/http/error.hpp>

#include <asio/error.hpp>
#include <asio/ip/address.hpp>

#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace probe {

/// A look-up: what it gave, how it failed, how long it took.
struct lookup_report {
    std::vector<std::string> found;
    std::error_code error;
    duration took{};

    /// That there is no such record is an answer, too.
    bool answered() const {
        return !error || error == dragline::dns::errc::no_data ||
               error == dragline::dns::errc::name_not_found;
    }
};

enum class wildcard_verdict { none, no, yes, unknown };  // none: there is no parent

struct host_report {
    target subject;
    std::optional<lookup_report> a, aaaa;  // none for an address
    std::vector<std::pair<asio::ip::address, lookup_report>> ptr;
    std::string parent;
    wildcard_verdict wildcard = wildcard_verdict::none;
    std::error_code wildcard_error;
    std::optional<fetch_report> http, https;  // none where it was not tried
    duration took{};

    std::vector<asio::ip::address> addresses() const {
        std::vector<asio::ip::address> all;
        if (subject.address) all.push_back(*subject.address);
        for (const auto* lookup : {&a, &aaaa}) {
            if (!*lookup) continue;
            for (const auto& text : (*lookup)->found) all.push_back(asio::ip::make_address(text));
        }
        return all;
    }

    /// Why the host has no address; nothing when it has one.
    std::error_code lookup_error() const {
        const bool named = !a || !a->error || (aaaa && !aaaa->error);
        if (named) return {};
        // That there is no AAAA record says less than how A failed, and the other way round.
        return a->error == dragline::dns::errc::no_data && aaaa ? aaaa->error : a->error;
    }

    /// Everything that was asked for was answered; an HTTP status of 400 or more is an answer.
    bool fine() const { return !lookup_error() && (!http || !http->error) && (!https || !https->error); }
};

/// A word of at most nine letters for the cell of a table, and for counting.
inline std::string word_for(const std::error_code& error) {
    using dragline::condition;
    using dragline::http::errc;
    if (!error) return "ok";
    if (error == dragline::dns::errc::name_not_found) return "nxdomain";
    if (error == dragline::dns::errc::no_data) return "no data";
    if (error == dragline::dns::errc::server_failure) return "servfail";
    if (error == errc::too_many_redirects) return "loop";
    if (error == errc::insecure_redirect) return "downgrade";
    if (error == errc::connection_closed) return "closed";
    if (error == asio::error::connection_refused) return "refused";
    if (error == asio::error::connection_reset) return "reset";
    if (error == condition::timeout) return "timeout";
    if (error == condition::resolve_failed) return "dns";
    if (error == condition::tls_failed) return "tls";
    if (error == condition::limit_exceeded) return "limit";
    if (error == condition::protocol_error) return "protocol";
    if (error == condition::connect_failed) return "connect";
    return "error";
}

/// What a person reads about an error: its text, the stage of a timeout included, and the detail.
inline std::string text_for(const std::error_code& error, const std::string& detail = {}) {
    return detail.empty() ? error.message() : error.message() + ": " + detail;
}

inline const char* text_for(wildcard_verdict verdict) {
    switch (verdict) {
        case wildcard_verdict::none: return "-";
        case wildcard_verdict::no: return "no";
        case wildcard_verdict::yes: return "yes";
        case wildcard_verdict::unknown: return "unknown";
    }
    return "-";
}

/// "2026-01-31"; times are UTC.
inline std::string date_text(std::chrono::system_clock::time_point when) {
    const auto day = std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(when));
    char text[40];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(day.year()),
                  static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
    return text;
}

/// "2026-01-31T12:59:00Z"
inline std::string time_stamp(std::chrono::system_clock::time_point when) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(when);
    const auto of_day = std::chrono::hh_mm_ss(seconds - std::chrono::floor<std::chrono::days>(seconds));
    char text[40];
    std::snprintf(text, sizeof text, "T%02d:%02d:%02dZ", static_cast<int>(of_day.hours().count()),
                  static_cast<int>(of_day.minutes().count()), static_cast<int>(of_day.seconds().count()));
    return date_text(when) + text;
}

}  // namespace probe
