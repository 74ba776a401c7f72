// Included by <dragline/http/trace.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::http {

DRAGLINE_DECL const char* to_string(attempt_cause cause) noexcept {
    switch (cause) {
        case attempt_cause::first: return "first";
        case attempt_cause::redirect: return "redirect";
        case attempt_cause::authentication: return "authentication";
        case attempt_cause::expectation: return "expectation";
        case attempt_cause::proxy: return "proxy";
        case attempt_cause::stale: return "stale";
        case attempt_cause::retry: return "retry";
    }
    return "unknown";
}

DRAGLINE_DECL std::string_view attempt_record::target() const noexcept {
    const std::string_view text(url);
    const auto authority = text.find("://");
    if (authority == text.npos) return {};
    const auto path = text.find('/', authority + 3);
    return path == text.npos ? std::string_view() : text.substr(path, text.find('#', path) - path);
}

DRAGLINE_DECL attempt_timeline attempt_record::timeline() const {
    attempt_timeline line;
    if (started_at == std::chrono::system_clock::time_point()) return line;  // nothing was recorded
    line.queue = time_span{{}, queue};
    auto at = queue;
    const auto& steps = connection;
    if (!steps.look_ups.empty()) line.resolve = time_span{at, steps.resolve};
    if (!steps.dials.empty() || steps.connect.count() != 0)
        line.connect = time_span{at + steps.resolve, steps.connect};
    if (steps.proxies.empty()) {
        at += steps.resolve + steps.connect;
    } else {
        line.proxy = time_span{at, steps.proxy};
        at += steps.proxy;
    }
    if (steps.peer || steps.tls.count() != 0) line.tls = time_span{at, steps.tls};
    if (bytes_sent == 0) return line;
    line.send = time_span{send_started, send};
    if (status == 0) return line;
    const auto waiting = send_started + send;
    line.wait = time_span{waiting, first_byte};
    line.receive = time_span{waiting + first_byte, receive};
    return line;
}

}  // namespace dragline::http

#endif
