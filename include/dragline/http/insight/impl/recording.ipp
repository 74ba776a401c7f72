// Included by <dragline/http/insight/recording.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/url/percent.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <array>
#include <cstddef>

namespace dragline::inline v1::http {
namespace detail {

inline constexpr std::string_view mask_text = "***";

inline constexpr std::array<std::string_view, 17> secret_fields{
    "authorization", "proxy-authorization",  "cookie",         "cookie2",
    "set-cookie",    "set-cookie2",          "x-api-key",      "api-key",
    "apikey",        "x-auth-token",         "x-access-token", "x-csrf-token",
    "x-xsrf-token",  "x-amz-security-token", "x-vault-token",  "private-token",
    "x-goog-api-key"};

inline constexpr std::array<std::string_view, 33> secret_parameters{"key",
                                                                    "api_key",
                                                                    "apikey",
                                                                    "api-key",
                                                                    "access_key",
                                                                    "token",
                                                                    "access_token",
                                                                    "refresh_token",
                                                                    "id_token",
                                                                    "auth",
                                                                    "auth_token",
                                                                    "authorization",
                                                                    "pass",
                                                                    "passwd",
                                                                    "password",
                                                                    "pwd",
                                                                    "secret",
                                                                    "client_secret",
                                                                    "code",
                                                                    "credential",
                                                                    "credentials",
                                                                    "session",
                                                                    "sessionid",
                                                                    "session_id",
                                                                    "jsessionid",
                                                                    "phpsessid",
                                                                    "sid",
                                                                    "sig",
                                                                    "signature",
                                                                    "jwt",
                                                                    "x-amz-signature",
                                                                    "x-amz-credential",
                                                                    "x-amz-security-token"};

// Fields whose value is a URL, or has some.
inline constexpr std::array<std::string_view, 7> url_fields{
    "location", "content-location", "referer", "refresh", "link", "origin", "uri"};

inline constexpr std::array<std::string_view, 6> credential_schemes{"basic",     "bearer", "digest",
                                                                    "negotiate", "ntlm",   "token"};

template <class Names>
bool has_name(const Names& names, std::string_view name) noexcept {
    return std::any_of(names.begin(), names.end(),
                       [name](std::string_view each) { return ascii::equals_ignoring_case(each, name); });
}

// "name=value" as "name=***"; what has no name may be all value.
DRAGLINE_DECL void append_masked_pair(std::string& out, std::string_view pair) {
    const auto equals = pair.find('=');
    if (equals != pair.npos) out.append(pair.substr(0, equals + 1));
    if (!pair.empty()) out += mask_text;
}

DRAGLINE_DECL std::string mask_cookies(std::string_view value) {
    std::string out;
    ascii::for_each_item(value, ';', [&out](std::string_view pair) {
        if (!out.empty()) out += "; ";
        append_masked_pair(out, pair);
    });
    return out;
}

DRAGLINE_DECL std::string mask_set_cookie(std::string_view value) {
    const auto end = std::min(value.find(';'), value.size());
    std::string out;
    append_masked_pair(out, value.substr(0, end));
    return out.append(value.substr(end));
}

DRAGLINE_DECL std::string mask_credentials(std::string_view value) {
    const auto scheme = value.substr(0, value.find(' '));
    if (scheme.size() == value.size() || !has_name(credential_schemes, scheme)) return std::string(mask_text);
    return (std::string(scheme) += ' ').append(mask_text);
}

}  // namespace detail

DRAGLINE_DECL masking masking::none() {
    masking made;
    made.active_ = false;
    return made;
}

DRAGLINE_DECL masking& masking::field(std::string_view name) { return fields_.emplace_back(name), *this; }

DRAGLINE_DECL masking& masking::parameter(std::string_view name) {
    return parameters_.emplace_back(name), *this;
}

DRAGLINE_DECL bool masking::hides_field(std::string_view name) const noexcept {
    return active_ && (detail::has_name(detail::secret_fields, name) || detail::has_name(fields_, name));
}

DRAGLINE_DECL bool masking::hides_parameter(std::string_view name) const {
    if (!active_) return false;
    const auto is_secret = [this](std::string_view text) {
        return detail::has_name(detail::secret_parameters, text) || detail::has_name(parameters_, text);
    };
    // Each part of "user[password]" and "token[]", as forms of nested values are written.
    const auto decoded = url::percent_decode(name);
    for (std::string_view rest = decoded;;) {
        const auto end = rest.find_first_of("[]");
        if (is_secret(rest.substr(0, end))) return true;
        if (end == rest.npos) return false;
        rest.remove_prefix(end + 1);
    }
}

DRAGLINE_DECL std::string masking::url(std::string_view text) const {
    // Of what a secret may have in it nothing ends it but what no URL has, rather than that its end is shown.
    constexpr std::string_view starts = "?#&;", ends = "#&<>\"", slashes = "/\\";
    // Most have nothing of the kind; a search for any of several characters would cost more than all else.
    const auto may_begin = [](char c) { return c == '?' || c == '#' || c == '@' || c == '&' || c == ';'; };
    if (!active_ || std::none_of(text.begin(), text.end(), may_begin)) return std::string(text);
    std::string out;
    out.reserve(text.size());
    // Also "http:me:secret@host", which browsers and we read as they read "http://me:secret@host".
    const auto colon = text.find(':');
    bool in_authority = colon < text.find_first_of("/?#@\\");
    for (std::size_t at = 0; at < text.size();) {
        if (in_authority) {
            const auto end = std::min(text.find_first_of("/\\?#<>\"", at), text.size());
            const auto user_end = text.substr(at, end - at).rfind('@');
            if (user_end != text.npos) {
                const auto scheme = at == 0 ? colon + 1 : 0;
                out.append(text.substr(at, scheme <= user_end ? scheme : 0));
                at += user_end + 1;
            }
            out.append(text.substr(at, end - at));
            at = end;
            in_authority = false;
        } else if (at + 1 < text.size() && slashes.find(text[at]) != slashes.npos &&
                   slashes.find(text[at + 1]) != slashes.npos) {
            while (at < text.size() && slashes.find(text[at]) != slashes.npos) out += text[at++];
            in_authority = true;
        } else if (starts.find(text[at]) != starts.npos) {
            out += text[at++];
            const auto equals = text.find_first_of("=?#&;<>\"' ,", at);
            if (equals == text.npos || text[equals] != '=' || !hides_parameter(text.substr(at, equals - at)))
                continue;
            out.append(text.substr(at, equals + 1 - at)).append(detail::mask_text);
            at = std::min(text.find_first_of(ends, equals), text.size());
        } else {
            out += text[at++];
        }
    }
    return out;
}

DRAGLINE_DECL std::string masking::value(std::string_view name, std::string_view value,
                                         std::span<const std::string> secret_names) const {
    if (!active_) return std::string(value);
    if (detail::has_name(secret_names, name)) return std::string(detail::mask_text);
    if (hides_field(name)) {
        if (ascii::equals_ignoring_case(name, "Cookie")) return detail::mask_cookies(value);
        if (ascii::equals_ignoring_case(name, "Set-Cookie")) return detail::mask_set_cookie(value);
        return detail::mask_credentials(value);
    }
    return detail::has_name(detail::url_fields, name) ? url(value) : std::string(value);
}

}  // namespace dragline::http

#endif
