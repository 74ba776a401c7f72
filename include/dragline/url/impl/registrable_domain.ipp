// Included by <dragline/url/registrable_domain.hpp> only. The one file that knows libpsl.
#pragma once

#include <dragline/url/host.hpp>

#if DRAGLINE_HEADER_BODIES

#include <cstddef>

#if DRAGLINE_WITH_PSL
#include <libpsl.h>
#endif

namespace dragline::inline v1::url {
namespace detail {

/// Labels of 1 to 63 characters, 253 in all (RFC 1035, 2.3.4).
DRAGLINE_DECL bool fits_dns(std::string_view domain) noexcept {
    if (domain.size() > 253) return false;
    for (;;) {
        const auto label = domain.substr(0, domain.find('.'));
        if (label.empty() || label.size() > 63) return false;
        if (label.size() == domain.size()) return true;
        domain.remove_prefix(label.size() + 1);
    }
}

/// The domain that a URL with this host names, without a dot at the end.
DRAGLINE_DECL std::optional<std::string> read_domain(std::string_view name) {
    std::string domain;
    const auto kind = append_host(domain, name);
    if (!kind || *kind != host_kind::domain) return std::nullopt;
    if (domain.ends_with('.')) domain.pop_back();
    if (!fits_dns(domain)) return std::nullopt;
    return domain;
}

/// Where the registrable domain begins in `domain`, which read_domain() returned; npos when there is none.
DRAGLINE_DECL std::size_t find_registrable(const std::string& domain) noexcept {
#if DRAGLINE_WITH_PSL
    if (const psl_ctx_t* list = psl_builtin()) {
        const char* found = psl_registrable_domain(list, domain.c_str());
        return found ? static_cast<std::size_t>(found - domain.c_str()) : domain.npos;
    }
#endif
    const auto last = domain.rfind('.');
    if (last == domain.npos) return last;
    const auto before = domain.rfind('.', last - 1);
    return before == domain.npos ? 0 : before + 1;
}

}  // namespace detail

DRAGLINE_DECL bool has_public_suffix_list() noexcept {
#if DRAGLINE_WITH_PSL
    return psl_builtin() != nullptr;
#else
    return false;
#endif
}

DRAGLINE_DECL std::optional<std::string> registrable_domain(std::string_view name) {
    auto domain = detail::read_domain(name);
    if (!domain) return std::nullopt;
    const auto begin = detail::find_registrable(*domain);
    if (begin == domain->npos) return std::nullopt;
    return domain->substr(begin);
}

DRAGLINE_DECL bool is_public_suffix(std::string_view name) {
    const auto domain = detail::read_domain(name);
    return domain && detail::find_registrable(*domain) == domain->npos;
}

}  // namespace dragline::url

#endif
