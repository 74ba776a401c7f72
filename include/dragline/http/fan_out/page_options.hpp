// What for_each_page() takes and gives besides pages: page_options and page_summary.
#pragma once

#include <dragline/http/fan_out/link.hpp>
#include <dragline/http/options.hpp>
#include <dragline/url/url.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::http {

/// How for_each_page() goes from page to page. A value that cannot work is kept, and the call gives
/// errc::invalid_option.
class page_options {
public:
    page_options() {}

    /// The request of each page: GET or HEAD, without a body. Its timeout() is that of one page.
    page_options& fetch(fetch_options value) { return fetch_ = std::move(value), *this; }
    const fetch_options& fetch() const noexcept { return fetch_; }

    /// Pages to fetch at most: 1 or more; 1,000. One more is errc::too_many_pages.
    page_options& max_pages(std::size_t value) { return max_pages_ = value, *this; }
    std::size_t max_pages() const noexcept { return max_pages_; }

    /// Whether the next page must be of the origin of the page that names it; else errc::foreign_page. Off,
    /// it may be of any, but not http after https. What is secret goes to the origin of the first URL alone.
    page_options& same_origin(bool value) { return same_origin_ = value, *this; }
    bool same_origin() const noexcept { return same_origin_; }

    /// The relation that leads on; "next".
    page_options& relation(std::string_view value) { return relation_ = value, *this; }
    const std::string& relation() const noexcept { return relation_; }

    page_options& limits(link_limits value) { return limits_ = value, *this; }
    const link_limits& limits() const noexcept { return limits_; }

private:
    fetch_options fetch_;
    std::string relation_ = "next";
    std::size_t max_pages_ = 1000;
    link_limits limits_;
    bool same_origin_ = true;
};

/// What a walk over pages did.
class page_summary {
public:
    page_summary() {}

    std::size_t pages = 0;    ///< That the handler got.
    bool stopped = false;     ///< The handler wanted no more.
    dragline::url::url last;  ///< Of the last one.
};

}  // namespace dragline::http

namespace dragline::inline v1 {
using http::page_options;
}
