// What a person sees of an exchange besides the body, all of it on standard error. No secret is shown.
#pragma once

#include "../probe/safe_text.hpp"
#include "request.hpp"

#include <dragline/dragline.hpp>

#include <chrono>
#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>

namespace http_command {

namespace detail {

inline std::string without_secrets(std::string_view url) { return dragline::http::masking().url(url); }

inline void print_fields(const dragline::http::fields& headers, const char* mark) {
    const dragline::http::masking secrets;
    for (const auto [name, value] : headers) {
        std::cerr << mark << probe::printable(name) << ": "
                  << (secrets.hides_field(name) ? "(not shown)"
                                                : probe::printable(secrets.value(name, value)))
                  << '\n';
    }
}

}  // namespace detail

inline void print_request(const request& sent) {
    const auto url = dragline::url::parse(sent.url);
    if (!url) return;
    const auto& options = sent.options;
    const auto* usual = options.body().has_value() ? "POST" : "GET";
    std::cerr << "> " << (options.method().empty() ? usual : options.method()) << ' '
              << detail::without_secrets(url->request_target()) << "\n> Host: " << url->host() << '\n';
    detail::print_fields(options.headers(), "> ");
    if (options.credentials()) std::cerr << "> (credentials, when the server asks)\n";
    if (options.body().has_value()) {
        std::cerr << "> Content-Type: " << options.body().content_type() << "\n>\n";
        if (options.body().in_memory()) std::cerr << "> " << probe::printable(options.body().bytes()) << '\n';
    }
}

inline void print_response(const dragline::http::response_record& got) {
    for (const auto& each : got.history) {
        std::cerr << "< " << each.status << " to " << detail::without_secrets(each.to.href()) << '\n';
    }
    std::cerr << "< HTTP/1." << got.version_minor << ' ' << got.status << ' ' << probe::printable(got.reason)
              << '\n';
    detail::print_fields(got.headers, "< ");
    std::cerr << "<\n";
}

/// Where the time of the last hop went, and of the whole; a connection to a proxy is part of "proxy".
inline void print_timing(const dragline::http::timings_record& spent, dragline::async::duration whole) {
    const std::pair<const char*, dragline::async::duration> lines[] = {
        {"queue", spent.queue}, {"dns", spent.resolve}, {"connect", spent.connect},
        {"proxy", spent.proxy}, {"tls", spent.tls},     {"first byte", spent.first_byte},
        {"total", whole}};
    for (const auto& [name, time] : lines) {
        if (time.count() == 0 && name == std::string_view("proxy")) continue;
        const double ms = std::chrono::duration<double, std::milli>(time).count();
        char line[64];
        std::snprintf(line, sizeof line, "%-10s %9.2f ms\n", name, ms);
        std::cerr << line;
    }
}

/// The exit status of a failure, by what it means.
inline int status_of(std::error_code ec) {
    using dragline::condition;
    const std::pair<condition, int> known[] = {
        {condition::timeout, 9},        {condition::proxy_failed, 12},  {condition::resolve_failed, 6},
        {condition::connect_failed, 7}, {condition::tls_failed, 8},     {condition::limit_exceeded, 10},
        {condition::blocked, 11},       {condition::protocol_error, 13}};
    for (const auto& [condition, status] : known) {
        if (ec == condition) return status;
    }
    return 1;
}

inline int status_of(int http_status) { return http_status < 300 ? 0 : http_status / 100; }

}  // namespace http_command
