// Included by <dragline/http/insight/har.hpp> only.
#pragma once

#include <dragline/http/detail/har_entry.hpp>
#include <dragline/http/detail/json_writer.hpp>

#if DRAGLINE_HEADER_BODIES

#include <set>

namespace dragline::inline v1::http {
namespace detail {

DRAGLINE_DECL std::string page_name(const attempt_record& attempt) {
    return "fetch_" + std::to_string(attempt.fetch);
}

DRAGLINE_DECL void write_pages(json_writer& out, std::span<const trace> traces, const masking& masked) {
    std::set<std::uint64_t> seen;
    out.array("pages");
    for (const auto& each : traces) {
        for (const auto& attempt : each.attempts) {
            if (!seen.insert(attempt.fetch).second) continue;
            out.object().member("startedDateTime", har_entry::date(attempt.started_at));
            out.member("id", page_name(attempt)).member("title", masked.url(attempt.url));
            out.object("pageTimings").end_object();
            out.end_object();
        }
    }
    out.end_array();
}

}  // namespace detail

DRAGLINE_DECL std::string to_har(std::span<const trace> traces, const har_options& options) {
    detail::json_writer out;
    out.object().object("log").member("version", "1.2");
    out.object("creator").member("name", "dragline");
    out.member("version", std::to_string(DRAGLINE_VERSION_MAJOR) + "." +
                              std::to_string(DRAGLINE_VERSION_MINOR) + "." +
                              std::to_string(DRAGLINE_VERSION_PATCH));
    out.end_object();
    if (options.pages()) detail::write_pages(out, traces, options.masking());
    out.array("entries");
    for (const auto& each : traces) {
        for (const auto& attempt : each.attempts) {
            detail::har_entry entry(out, attempt, options.masking());
            entry.write(options.pages() ? detail::page_name(attempt) : std::string());
        }
    }
    out.end_array().end_object().end_object();
    return out.take();
}

DRAGLINE_DECL std::string to_har(const trace& from, const har_options& options) {
    return to_har(std::span(&from, 1), options);
}

}  // namespace dragline::http

#endif
