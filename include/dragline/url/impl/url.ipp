// Included by <dragline/url/url.hpp> only.
#pragma once

#include <dragline/url/detail/parser.hpp>
#include <dragline/url/percent.hpp>

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::url {
namespace detail {

/// True when the origin is scheme, host and port.
constexpr bool has_tuple_origin(scheme_kind scheme) noexcept {
    return scheme != scheme_kind::other && scheme != scheme_kind::file;
}

}  // namespace detail

DRAGLINE_DECL std::string_view url::password() const {
    if (at_.username_end == at_.host_begin || at_.href[at_.username_end] != ':') return {};
    return at_.slice(at_.username_end + 1, at_.host_begin - 1);
}

DRAGLINE_DECL std::string_view url::bare_hostname() const {
    const auto name = hostname();
    return at_.host == host_kind::ipv6 ? name.substr(1, name.size() - 2) : name;
}

DRAGLINE_DECL std::optional<std::uint16_t> url::port() const noexcept {
    if (at_.port < 0) return std::nullopt;
    return static_cast<std::uint16_t>(at_.port);
}

DRAGLINE_DECL std::uint16_t url::port_or_default() const noexcept {
    return port().value_or(detail::default_port(at_.scheme));
}

DRAGLINE_DECL std::optional<std::string_view> url::query() const {
    if (at_.query_begin == detail::record::absent) return std::nullopt;
    return at_.slice(at_.query_begin + 1, at_.query_end());
}

DRAGLINE_DECL std::optional<std::string_view> url::fragment() const {
    if (at_.fragment_begin == detail::record::absent) return std::nullopt;
    return at_.slice(at_.fragment_begin + 1, at_.size());
}

DRAGLINE_DECL std::string url::origin() const {
    if (detail::has_tuple_origin(at_.scheme)) {
        std::string out(scheme());
        return out.append("://").append(host());
    }
    if (scheme() == "blob") {
        // The origin of whoever made the blob stands in its path.
        detail::record maker;
        using enum detail::scheme_kind;
        const bool parsed = !detail::parse_record(maker, path(), nullptr, std::string_view::npos);
        if (parsed && (maker.scheme == http || maker.scheme == https)) return url(maker).origin();
    }
    return "null";
}

DRAGLINE_DECL url url::without_fragment() const {
    url out = *this;
    out.at_.href.resize(at_.query_end());
    out.at_.fragment_begin = detail::record::absent;
    return out;
}

DRAGLINE_DECL url url::with_fragment(std::string_view fragment) const {
    url out = without_fragment();
    out.at_.fragment_begin = out.at_.size();
    out.at_.href += '#';
    append_percent_encoded(out.at_.href, fragment, fragment_set);
    return out;
}

DRAGLINE_DECL url url::without_credentials() const {
    url out = *this;
    const auto begin = at_.userinfo_begin();
    const auto size = at_.host_begin - begin;
    out.at_.href.erase(begin, size);
    out.at_.username_end = begin;
    for (auto* moved : {&out.at_.host_begin, &out.at_.host_end, &out.at_.path_begin, &out.at_.query_begin,
                        &out.at_.fragment_begin}) {
        if (*moved != detail::record::absent) *moved -= size;
    }
    return out;
}

DRAGLINE_DECL bool same_origin(const url& a, const url& b) {
    // The default port is left out everywhere, so equal texts mean equal ports.
    const auto origin = a.origin();
    return origin != "null" && origin == b.origin();
}

}  // namespace dragline::url

#endif
