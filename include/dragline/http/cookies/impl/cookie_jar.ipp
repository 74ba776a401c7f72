// Included by <dragline/http/cookies/cookie_jar.hpp> only.
#pragma once

#include <dragline/http/detail/cookie_rules.hpp>
#include <dragline/url/host.hpp>
#include <dragline/url/registrable_domain.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <tuple>
#include <utility>

namespace dragline::inline v1::http {
namespace detail {

DRAGLINE_DECL std::chrono::sys_seconds whole_seconds(cookie_jar::time_point time) noexcept {
    return std::chrono::floor<std::chrono::seconds>(time);
}

/// `now` and `after` more, or the last time there is.
DRAGLINE_DECL std::chrono::sys_seconds expiry_after(std::chrono::sys_seconds now,
                                                    std::chrono::seconds after) noexcept {
    using time = std::chrono::sys_seconds;
    if (after <= std::chrono::seconds::zero()) return time::min();
    return now > time::max() - after ? time::max() : now + after;
}

DRAGLINE_DECL bool keeps_prefix(const http::cookie& made) noexcept {
    // A nameless cookie is sent as its value alone, which must not pass for one with a prefix.
    if (made.name.empty()) return prefix_of(made.value) == name_prefix::none;
    switch (prefix_of(made.name)) {
        case name_prefix::none: return true;
        case name_prefix::secure: return made.secure;
        case name_prefix::host: return made.secure && made.host_only && made.path == "/";
    }
    return false;
}

/// The rule that knows public suffixes, or nothing.
DRAGLINE_DECL cookie_jar_options::domain_rule suffix_rule(const cookie_jar_options& options) noexcept {
    if (options.registrable_domain()) return options.registrable_domain();
    return url::has_public_suffix_list() ? &url::registrable_domain : nullptr;
}

}  // namespace detail

// Without a list this is a guess, which only groups: it lets nobody see anything.
DRAGLINE_DECL std::string cookie_jar::owner_of(std::string_view host) const {
    const auto rule = detail::suffix_rule(options_);
    auto owner = rule ? rule(host) : url::registrable_domain(host);
    return owner ? *std::move(owner) : std::string(host);
}

DRAGLINE_DECL std::error_code cookie_jar::settle_domain(const url::url& from, std::string_view wanted,
                                                        http::cookie& made) const {
    const auto host = from.hostname();
    const bool is_name = from.host_type() == url::host_kind::domain;
    made.domain = host;
    made.host_only = true;
    // A name with an empty first label is nobody's, and looks like a domain in a file.
    if (host.empty() || host.starts_with('.')) return errc::cookie_foreign_domain;
    if (wanted.empty()) return {};
    if (!detail::domain_matches(host, is_name, wanted)) return errc::cookie_foreign_domain;
    if (!is_name) return {};  // it is the very address

    const auto rule = detail::suffix_rule(options_);
    const auto owner = rule ? rule(wanted) : url::registrable_domain(wanted);
    // A suffix may set cookies for itself alone.
    if (!owner) return wanted == host ? std::error_code() : errc::cookie_public_suffix;
    if (!rule) return {};
    // A suffix may lie between the two: x.s3.amazonaws.com is not of the owner of amazonaws.com.
    if (rule(host) != owner) return errc::cookie_public_suffix;
    made.domain = wanted;
    made.host_only = false;
    return {};
}

DRAGLINE_DECL std::error_code cookie_jar::store(const url::url& from, std::string_view text, time_point now) {
    const auto parsed = parse_set_cookie(text, options_.size_limits());
    if (!parsed) return parsed.error();
    return store(from, *parsed, now);
}

DRAGLINE_DECL std::error_code cookie_jar::store(const url::url& from, const set_cookie& wanted,
                                                time_point now) {
    const auto time = detail::whole_seconds(now);
    http::cookie made(wanted.name, wanted.value, {});
    made.path = wanted.path.empty() ? detail::default_path(from.path()) : wanted.path;
    made.secure = wanted.secure;
    made.http_only = wanted.http_only;
    made.same_site = wanted.same_site;
    const auto latest = detail::expiry_after(time, options_.max_lifetime());
    if (wanted.max_age) {
        made.expires = std::min(latest, detail::expiry_after(time, *wanted.max_age));
    } else if (wanted.expires) {
        made.expires = std::min(latest, *wanted.expires);
    }

    if (!detail::is_cookie_text(made.name, made.value) || detail::has_control_character(made.path)) {
        return errc::invalid_cookie;
    }
    if (made.name.size() + made.value.size() > options_.size_limits().max_size() ||
        made.path.size() > options_.size_limits().max_attribute()) {
        return errc::cookie_too_large;
    }
    if (const auto ec = settle_domain(from, wanted.domain, made)) return ec;
    const auto owner = owner_of(made.domain);
    if (!detail::carries_secure_cookies(from)) {
        const bool is_name = from.host_type() == url::host_kind::domain;
        if (made.secure || shadows_secure(made, is_name, owner, time)) return errc::cookie_insecure;
    }
    // __Host- asks for "Path=/" in so many words, and for no Domain at all.
    const bool asked = wanted.domain.empty() && wanted.path == "/";
    if (!detail::keeps_prefix(made) ||
        (detail::prefix_of(made.name) == detail::name_prefix::host && !asked)) {
        return errc::cookie_prefix_broken;
    }
    store_.put(std::move(made), owner, time);
    return {};
}

// RFC 6265bis, 5.7: who cannot set a Secure cookie does not put another of its name over it either.
DRAGLINE_DECL bool cookie_jar::shadows_secure(const http::cookie& made, bool host_is_name,
                                              std::string_view owner, seconds now) const {
    const auto& known = store_.of(owner);
    return std::any_of(known.begin(), known.end(), [&](const auto& each) {
        const auto& old = each->value;
        return old.secure && old.name == made.name && !detail::has_expired(old, now) &&
               (detail::domain_matches(made.domain, host_is_name, old.domain) ||
                detail::domain_matches(old.domain, host_is_name, made.domain)) &&
               detail::path_matches(made.path, old.path);
    });
}

DRAGLINE_DECL std::error_code cookie_jar::set(http::cookie value, time_point now) {
    auto host = url::parse_host(value.domain);
    if (!host || host->text().empty() || host->text().starts_with('.') || !value.path.starts_with('/') ||
        detail::has_control_character(value.path) || !detail::is_cookie_text(value.name, value.value)) {
        return errc::invalid_cookie;
    }
    if (value.name.size() + value.value.size() > options_.size_limits().max_size() ||
        std::max(value.path.size(), host->text().size()) > options_.size_limits().max_attribute()) {
        return errc::cookie_too_large;
    }
    value.domain = host->text();
    if (host->kind() != url::host_kind::domain) value.host_only = true;
    if (!value.host_only) {
        const auto rule = detail::suffix_rule(options_);
        if (!(rule ? rule(value.domain) : url::registrable_domain(value.domain)))
            return errc::cookie_public_suffix;
    }
    if (!detail::keeps_prefix(value)) return errc::cookie_prefix_broken;
    const auto owner = owner_of(value.domain);
    store_.put(std::move(value), owner, detail::whole_seconds(now));
    return {};
}

DRAGLINE_DECL detail::cookie_store::bucket cookie_jar::select(const url::url& to, seconds now,
                                                              std::span<const cookie_pair> own) const {
    detail::cookie_store::bucket chosen;
    const auto host = to.hostname();
    if (empty() || host.empty()) return chosen;
    const bool is_name = to.host_type() == url::host_kind::domain;
    const bool secure = detail::carries_secure_cookies(to);
    for (const auto& each : store_.of(owner_of(host))) {
        const auto& value = each->value;
        const bool in_domain =
            value.host_only ? value.domain == host : detail::domain_matches(host, is_name, value.domain);
        if (!in_domain || !detail::path_matches(to.path(), value.path) || (value.secure && !secure) ||
            detail::has_expired(value, now) ||
            std::any_of(own.begin(), own.end(), [&](const auto& pair) { return pair.name == value.name; })) {
            continue;
        }
        chosen.push_back(each);
    }
    std::sort(chosen.begin(), chosen.end(), [](const auto& a, const auto& b) {
        const auto one = a->value.path.size(), other = b->value.path.size();
        return one != other ? one > other : a->made < b->made;
    });
    std::size_t size = 0;
    std::erase_if(chosen, [&](const auto& each) {
        const auto& [name, value] = std::tie(each->value.name, each->value.value);
        const auto more = (size > 0 ? 2 : 0) + name.size() + !name.empty() + value.size();
        if (more > options_.max_field() || size > options_.max_field() - more) return true;
        size += more;
        return false;
    });
    return chosen;
}

DRAGLINE_DECL std::string cookie_jar::field_for(const url::url& to, time_point now,
                                                std::span<const cookie_pair> own) {
    std::string field;
    for (const auto& each : select(to, detail::whole_seconds(now), own)) {
        append_cookie(field, each->value.name, each->value.value);
        store_.touch(each);
    }
    for (const auto& [name, value] : own) append_cookie(field, name, value);
    return field;
}

DRAGLINE_DECL std::vector<http::cookie> cookie_jar::matching(const url::url& to, time_point now) const {
    std::vector<http::cookie> found;
    for (const auto& each : select(to, detail::whole_seconds(now), {})) found.push_back(each->value);
    return found;
}

DRAGLINE_DECL std::vector<http::cookie> cookie_jar::cookies() const {
    std::vector<http::cookie> all;
    all.reserve(size());
    for (const auto* each : store_.all()) all.push_back(each->value);
    return all;
}

DRAGLINE_DECL std::size_t cookie_jar::remove(std::string_view name, std::string_view domain,
                                             std::string_view path) {
    return store_.erase_if([&](const http::cookie& each) {
        return each.name == name && each.domain == domain && each.path == path;
    });
}

DRAGLINE_DECL std::size_t cookie_jar::remove_expired(time_point now) {
    return store_.remove_expired(detail::whole_seconds(now));
}

DRAGLINE_DECL std::size_t cookie_jar::remove_session_cookies() {
    return store_.erase_if([](const http::cookie& each) { return !each.expires; });
}

}  // namespace dragline::http

#endif
