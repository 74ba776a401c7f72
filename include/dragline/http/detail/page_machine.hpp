// Decides which page follows a page, and what it may be told. No I/O.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/http/fan_out/page_options.hpp>
#include <dragline/http/options.hpp>
#include <dragline/http/response.hpp>
#include <dragline/url/url.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

namespace dragline::inline v1::http::detail {

struct page_request {
    std::string url;
    fetch_options options;
};

class page_machine {
public:
    /// The options must outlive it.
    page_machine(const page_options& options, std::string url);

    page_request first();

    /// What follows `page`: a request, nothing after the last one, or why it may not be made.
    result<std::optional<page_request>> after(const response& page);

private:
    const page_options& options_;
    std::string start_;
    url::url origin_;  // of the first URL, user name and password included; empty when it is none
    std::size_t fetched_ = 0;
    std::unordered_set<std::size_t> seen_;  // hashes: a million pages are no reason to keep their URLs
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/page_machine.ipp>
