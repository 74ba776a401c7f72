// Included by <dragline/http/detail/page_machine.hpp> only.
#pragma once

#include <dragline/http/error.hpp>
#include <dragline/http/fan_out/link.hpp>
#include <dragline/url/parse.hpp>
#include <dragline/url/percent.hpp>

#if DRAGLINE_HEADER_BODIES

#include <functional>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL std::size_t page_hash(const url::url& at) {
    return std::hash<std::string>()(at.without_fragment().without_credentials().href());
}

DRAGLINE_DECL page_machine::page_machine(const page_options& options, std::string url)
    : options_(options), start_(std::move(url)) {
    if (auto parsed = url::parse(start_)) origin_ = *std::move(parsed);
}

DRAGLINE_DECL page_request page_machine::first() {
    seen_.insert(page_hash(origin_));
    return {start_, options_.fetch()};
}

DRAGLINE_DECL result<std::optional<page_request>> page_machine::after(const response& page) {
    if (page.status >= 400) return errc::bad_status;
    auto found = find_link(page, options_.relation(), options_.limits());
    if (!found) return found.error();
    if (!*found) return std::optional<page_request>();
    const auto& target = **found;
    if (target.scheme() != "http" && target.scheme() != "https") return errc::unsupported_scheme;
    if (options_.same_origin() && !url::same_origin(target, page.url)) return errc::foreign_page;
    if (page.url.scheme() == "https" && target.scheme() == "http") return errc::insecure_redirect;
    // Where a page was redirected to counts as seen, too.
    seen_.insert(page_hash(page.url));
    if (!seen_.insert(page_hash(target)).second) return errc::page_loop;
    if (++fetched_ == options_.max_pages()) return errc::too_many_pages;

    page_request next{target.href(), options_.fetch()};
    if (!url::same_origin(target, origin_)) {
        next.options = next.options.without_secrets();
    } else if (origin_.has_credentials() && !next.options.credentials()) {
        next.options.credentials(credentials::any(url::percent_decode(origin_.username()),
                                                  url::percent_decode(origin_.password())));
    }
    return std::optional<page_request>(std::move(next));
}

}  // namespace dragline::http::detail

#endif
