// The special schemes of the URL Standard and their default ports.
#pragma once

#include <cstdint>
#include <string_view>

namespace dragline::inline v1::url::detail {

enum class scheme_kind : std::uint8_t { other, http, https, ws, wss, ftp, file };

/// `scheme` is in lower case.
constexpr scheme_kind classify_scheme(std::string_view scheme) noexcept {
    if (scheme == "https") return scheme_kind::https;
    if (scheme == "http") return scheme_kind::http;
    if (scheme == "ws") return scheme_kind::ws;
    if (scheme == "wss") return scheme_kind::wss;
    if (scheme == "ftp") return scheme_kind::ftp;
    if (scheme == "file") return scheme_kind::file;
    return scheme_kind::other;
}

/// 0 when the scheme has none.
constexpr std::uint16_t default_port(scheme_kind scheme) noexcept {
    switch (scheme) {
        case scheme_kind::http:
        case scheme_kind::ws: return 80;
        case scheme_kind::https:
        case scheme_kind::wss: return 443;
        case scheme_kind::ftp: return 21;
        case scheme_kind::file:
        case scheme_kind::other: break;
    }
    return 0;
}

}  // namespace dragline::url::detail
