// Included by <dragline/http/detail/fetch_check.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/core/error.hpp>
#include <dragline/h1/head_writer.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <array>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL std::error_code check_options(const fetch_options& options) {
    for (const auto limit :
         {options.timeout(), options.resolve_timeout(), options.connect_timeout(), options.tls_timeout(),
          options.write_timeout(), options.first_byte_timeout(), options.read_timeout(),
          options.proxy_timeout(), options.discard_timeout(), options.expect_continue().value_or(no_limit)}) {
        if (!async::valid_timeout(limit)) [[unlikely]]
            return dragline::errc::invalid_option;
    }
    if (options.max_interim() < 0 || options.redirects().limit() < 0) return dragline::errc::invalid_option;
    if (!options.method().empty()) {
        if (const auto ec = h1::check_method(options.method())) return ec;
    }
    // RFC 9110, 9.3.6 and 9.3.8: one is no request of this kind, the other never has content.
    if (options.method() == "CONNECT" || (options.method() == "TRACE" && options.body().has_value()))
        return dragline::errc::invalid_option;
    if (options.retry() && !options.retry()->valid()) return dragline::errc::invalid_option;
    if (const auto ec = options.address_policy().error()) return ec;
    if (const auto ec = options.url_policy().error()) return ec;
    return options.body().error();
}

DRAGLINE_DECL std::error_code check_options(const session_options& shared) {
    const bool good = async::valid_timeout(shared.idle_timeout()) &&
                      async::valid_timeout(shared.connection_lifetime()) && shared.connections() != 0 &&
                      shared.connections_per_host() != 0 && (!shared.retry() || shared.retry()->valid()) &&
                      (!shared.host_limits() || shared.host_limits()->valid()) &&
                      (!shared.circuit_breaker() || shared.circuit_breaker()->valid());
    if (!good) return dragline::errc::invalid_option;
    if (const auto ec = shared.address_policy().error()) return ec;
    return shared.url_policy().error();
}

DRAGLINE_DECL std::error_code check_fields(const fetch_options& options, const session_options& shared) {
    for (const auto& [name, value] : options.headers()) {
        if (auto ec = h1::check_field_name(name)) return ec;
        if (auto ec = h1::check_field_value(value)) return ec;
        for (const auto* own : {"Content-Length", "Transfer-Encoding", "Connection", "Proxy-Authorization"}) {
            if (ascii::equals_ignoring_case(name, own)) return dragline::errc::invalid_option;
        }
    }
    const bool coded_twice =
        !options.body().content_coding().empty() && options.headers().contains("Content-Encoding");
    if (coded_twice || (options.expect_continue() && options.headers().contains("Expect")))
        return dragline::errc::invalid_option;
    if (auto ec = h1::check_field_value(options.user_agent() ? *options.user_agent() : shared.user_agent()))
        return ec;
    return h1::check_field_value(options.body().content_type());
}

DRAGLINE_DECL bool is_idempotent(std::string_view method) noexcept {
    constexpr std::array<std::string_view, 6> methods{"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"};
    return std::find(methods.begin(), methods.end(), method) != methods.end();
}

}  // namespace dragline::http::detail

#endif
