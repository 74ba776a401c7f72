// Included by <dragline/url/detail/authority.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/url/error.hpp>
#include <dragline/url/percent.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace dragline::inline v1::url::detail {

DRAGLINE_DECL void begin_authority(record& out) {
    out.href += "//";
    out.host = host_kind::empty;
    out.username_end = out.host_begin = out.host_end = out.path_begin = out.size();
}

DRAGLINE_DECL void append_userinfo(record& out, std::string_view userinfo) {
    const auto colon = std::min(userinfo.find(':'), userinfo.size());
    append_percent_encoded(out.href, userinfo.substr(0, colon), userinfo_set);
    out.username_end = out.size();
    if (colon + 1 < userinfo.size()) {
        out.href += ':';
        append_percent_encoded(out.href, userinfo.substr(colon + 1), userinfo_set);
    }
    if (out.size() != out.userinfo_begin()) out.href += '@';
    out.host_begin = out.size();
}

DRAGLINE_DECL std::error_code append_port(record& out, std::string_view digits) {
    if (digits.empty()) return {};
    const auto port = ascii::parse_number<std::uint16_t>(digits);
    if (!port) return errc::invalid_port;
    if (out.is_special() && *port == default_port(out.scheme)) return {};
    out.port = *port;
    out.href += ':';
    ascii::append_number(out.href, *port);
    return {};
}

/// Where the colon before the port is, the first one outside brackets; the size of `text` when there is none.
DRAGLINE_DECL std::size_t find_port(std::string_view text) noexcept {
    bool in_brackets = false;
    std::size_t at = 0;
    for (; at < text.size() && (in_brackets || text[at] != ':'); ++at) {
        if (text[at] == '[') in_brackets = true;
        if (text[at] == ']') in_brackets = false;
    }
    return at;
}

DRAGLINE_DECL std::error_code append_authority(record& out, std::string_view text) {
    if (const auto at = text.rfind('@'); at != text.npos) {
        append_userinfo(out, text.substr(0, at));
        text.remove_prefix(at + 1);
        if (text.empty()) return errc::missing_host;
    }
    const auto colon = find_port(text);
    const bool has_port = colon < text.size();
    if (colon == 0 && (has_port || out.is_special())) return errc::missing_host;

    const auto host = text.substr(0, colon);
    const auto kind = out.is_special() ? append_host(out.href, host) : append_opaque_host(out.href, host);
    if (!kind) return kind.error();
    out.host = *kind;
    out.host_end = out.size();
    return has_port ? append_port(out, text.substr(colon + 1)) : std::error_code();
}

}  // namespace dragline::url::detail

#endif
