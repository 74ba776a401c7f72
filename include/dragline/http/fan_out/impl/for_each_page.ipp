// Included by <dragline/http/fan_out/for_each_page.hpp> only.
#pragma once

#include <dragline/core/error.hpp>
#include <dragline/http/detail/page_machine.hpp>

#if DRAGLINE_HEADER_BODIES

#include <system_error>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL result<page_summary> failed_walk(page_summary so_far, std::error_code ec) {
    result<page_summary> made(ec);
    *made = std::move(so_far);
    return made;
}

DRAGLINE_DECL asio::awaitable<result<page_summary>> for_each_page_body(fetch_place place, std::string url,
                                                                       page_options options,
                                                                       receiver<response> handler) {
    page_summary walked;
    const auto& method = options.fetch().method();
    const bool fetches = method.empty() || method == "GET" || method == "HEAD";
    if (!fetches || options.fetch().body().has_value() || options.max_pages() == 0 ||
        options.relation().empty())
        co_return dragline::errc::invalid_option;
    page_machine machine(options, std::move(url));
    for (std::optional<page_request> next = machine.first(); next;) {
        auto fetching = fetch_body(place, std::move(next->url), std::move(next->options));
        auto fetched = co_await std::move(fetching);
        if (!fetched) co_return failed_walk(std::move(walked), fetched.error());
        auto& page = value_in(fetched);
        ++walked.pages;
        walked.last = page.url;
        auto following = machine.after(page);
        auto giving = handler.give(std::move(page));
        walked.stopped = !co_await std::move(giving);
        if (walked.stopped) break;
        if (!following) co_return failed_walk(std::move(walked), following.error());
        next = *std::move(following);
    }
    co_return walked;
}

}  // namespace dragline::http::detail

#endif
