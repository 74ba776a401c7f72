// Included by <dragline/http/detail/har_entry.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/core/error.hpp>
#include <dragline/dns/trace.hpp>
#include <dragline/url/percent.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <optional>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL std::string har_entry::date(std::chrono::system_clock::time_point at) {
    const auto since = std::chrono::floor<std::chrono::milliseconds>(at);
    const auto day = std::chrono::floor<std::chrono::days>(since);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(since - day);
    std::array<char, 48> text{};
    const auto size = std::snprintf(
        text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
        static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
    return std::string(text.data(), static_cast<std::size_t>(size));
}

DRAGLINE_DECL void har_entry::write(std::string_view page) {
    out_.object();
    if (!page.empty()) out_.member("pageref", page);
    out_.member("startedDateTime", date(attempt_.started_at));
    write_timings();
    write_request();
    write_response();
    out_.object("cache").end_object();
    if (!attempt_.address.is_unspecified()) out_.member("serverIPAddress", attempt_.address.to_string());
    if (attempt_.local_port != 0) out_.member("connection", std::to_string(attempt_.local_port));
    out_.member("_fetch", static_cast<std::int64_t>(attempt_.fetch));
    out_.member("_attempt", std::int64_t{attempt_.number});
    out_.member("_cause", to_string(attempt_.cause));
    out_.flag("_reused", attempt_.reused);
    if (!attempt_.proxy.empty()) out_.member("_proxy", attempt_.proxy);
    write_connection();
    if (attempt_.ec) {
        write_error(attempt_.ec);
        out_.member("_phase", dragline::to_string(attempt_.failed_in));
    }
    out_.end_object();
}

// As times add up in HAR: ssl is part of connect, and what is -1 does not count.
DRAGLINE_DECL void har_entry::write_timings() {
    using std::chrono::microseconds;
    const auto rounded = [](const std::optional<time_span>& span) -> std::optional<microseconds> {
        if (!span) return std::nullopt;
        return std::chrono::round<microseconds>(span->took);
    };
    constexpr auto none = std::chrono::milliseconds(-1);
    constexpr microseconds zero{};
    const auto line = attempt_.timeline();
    const auto blocked = rounded(line.queue), dns = rounded(line.resolve), tls = rounded(line.tls);
    auto connect = rounded(line.connect);
    // The first proxy's name was looked up within the time of the proxies.
    const auto proxy = rounded(line.proxy);
    if (proxy) connect = std::max(*proxy - dns.value_or(zero), zero);
    if (connect) *connect += tls.value_or(zero);
    const auto send = rounded(line.send).value_or(zero), wait = rounded(line.wait).value_or(zero);
    const auto receive = rounded(line.receive).value_or(zero);
    out_.member("time",
                blocked.value_or(zero) + dns.value_or(zero) + connect.value_or(zero) + send + wait + receive);
    out_.object("timings");
    out_.member("blocked", blocked.value_or(none)).member("dns", dns.value_or(none));
    out_.member("connect", connect.value_or(none)).member("ssl", tls.value_or(none));
    out_.member("send", send).member("wait", wait).member("receive", receive);
    if (proxy) out_.member("_proxy", *proxy);
    out_.end_object();
}

DRAGLINE_DECL void har_entry::write_request() {
    const auto url = masked_.url(attempt_.url);
    out_.object("request");
    out_.member("method", attempt_.method).member("url", url).member("httpVersion", "HTTP/1.1");
    write_cookies(attempt_.request_headers, "Cookie");
    write_fields(attempt_.request_headers);
    write_query(url);
    const bool known = attempt_.head_sent != 0 && attempt_.bytes_sent >= attempt_.head_sent;
    const auto body = static_cast<std::int64_t>(attempt_.bytes_sent - attempt_.head_sent);
    out_.member("headersSize", known ? static_cast<std::int64_t>(attempt_.head_sent) : std::int64_t{-1});
    out_.member("bodySize", known ? body : std::int64_t{-1});
    out_.end_object();
}

DRAGLINE_DECL void har_entry::write_response() {
    const bool came = attempt_.status != 0;
    out_.object("response");
    out_.member("status", std::int64_t{attempt_.status}).member("statusText", attempt_.reason);
    out_.member("httpVersion", !came ? "" : attempt_.version_minor == 0 ? "HTTP/1.0" : "HTTP/1.1");
    write_cookies(attempt_.response_headers, "Set-Cookie");
    write_fields(attempt_.response_headers);
    out_.object("content");
    out_.member("size", static_cast<std::int64_t>(attempt_.bytes_decoded));
    out_.member("mimeType", attempt_.media_type);
    out_.end_object();
    out_.member("redirectURL", masked_.url(attempt_.redirect_to));
    out_.member("headersSize", came ? static_cast<std::int64_t>(attempt_.head_received) : std::int64_t{-1});
    out_.member("bodySize", came ? static_cast<std::int64_t>(attempt_.bytes_received) : std::int64_t{-1});
    out_.end_object();
}

DRAGLINE_DECL void har_entry::write_query(std::string_view url) {
    out_.array("queryString");
    url = url.substr(0, url.find('#'));
    const auto begin = url.find('?');
    for (auto rest = begin == url.npos ? std::string_view() : url.substr(begin + 1); !rest.empty();) {
        const auto pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
        const auto equals = std::min(pair.find('='), pair.size());
        out_.object();
        out_.member("name", url::percent_decode(pair.substr(0, equals)));
        out_.member("value", url::percent_decode(pair.substr(std::min(equals + 1, pair.size()))));
        out_.end_object();
    }
    out_.end_array();
}

DRAGLINE_DECL void har_entry::write_fields(const fields& from) {
    out_.array("headers");
    for (const auto& each : from)
        out_.object().member("name", each.name).member("value", value_of(each)).end_object();
    out_.end_array();
}

DRAGLINE_DECL void har_entry::write_cookies(const fields& from, std::string_view name) {
    const bool set = name == "Set-Cookie";
    out_.array("cookies");
    for (const auto& each : from) {
        if (!ascii::equals_ignoring_case(each.name, name)) continue;
        const auto text = value_of(each);
        if (set) {
            write_cookie(text, true);
        } else {
            ascii::for_each_item(text, ';', [this](std::string_view pair) { write_cookie(pair, false); });
        }
    }
    out_.end_array();
}

DRAGLINE_DECL void har_entry::write_cookie(std::string_view text, bool set) {
    const auto pair = ascii::trim(text.substr(0, set ? text.find(';') : text.npos));
    const auto equals = pair.find('=');
    out_.object();
    out_.member("name", equals == pair.npos ? std::string_view() : pair.substr(0, equals));
    out_.member("value", equals == pair.npos ? pair : pair.substr(equals + 1));
    if (set) {
        bool http_only = false, secure = false;
        ascii::for_each_item(text.substr(std::min(text.find(';'), text.size())), ';',
                             [&](std::string_view item) {
                                 http_only = http_only || ascii::equals_ignoring_case(item, "HttpOnly");
                                 secure = secure || ascii::equals_ignoring_case(item, "Secure");
                             });
        out_.flag("httpOnly", http_only).flag("secure", secure);
    }
    out_.end_object();
}

DRAGLINE_DECL void har_entry::write_error(std::error_code ec) {
    if (ec) out_.member("_error", std::string(ec.category().name()) + ": " + ec.message());
}

DRAGLINE_DECL void har_entry::write_connection() {
    const auto in_full = [](async::duration took) {
        return std::chrono::round<std::chrono::microseconds>(took);
    };
    if (attempt_.tls) {
        out_.object("_tls").member("version", attempt_.tls.version()).member("cipher", attempt_.tls.cipher());
        out_.member("alpn", attempt_.tls.alpn()).flag("resumed", attempt_.tls.resumed()).end_object();
    }
    const auto& made = attempt_.connection;
    if (!made.tls_detail.empty()) out_.member("_tlsDetail", made.tls_detail);
    if (!made.look_ups.empty()) {
        out_.array("_lookUps");
        for (const auto& each : made.look_ups) {
            out_.object().member("name", each.asked.name).member("source", dns::to_string(each.source));
            if (!each.attempts.empty()) out_.member("server", each.attempts.back().server);
            out_.member("took", in_full(each.took));
            write_error(each.error);
            out_.end_object();
        }
        out_.end_array();
    }
    if (!made.dials.empty()) {
        out_.array("_dials");
        for (const auto& each : made.dials) {
            out_.object().member("address", each.address.to_string());
            out_.member("port", std::int64_t{each.port}).member("started", in_full(each.started));
            out_.member("took", in_full(each.took));
            write_error(each.ec);
            out_.end_object();
        }
        out_.end_array();
    }
    if (made.proxies.empty()) return;
    out_.array("_proxies");
    for (const auto& each : made.proxies) {
        out_.object().member("proxy", each.proxy).member("target", each.target);
        out_.member("status", std::int64_t{each.status}).member("took", in_full(each.took));
        write_error(each.ec);
        out_.end_object();
    }
    out_.end_array();
}

}  // namespace dragline::http::detail

#endif
