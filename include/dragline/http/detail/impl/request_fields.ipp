// Included by <dragline/http/detail/request_fields.hpp> only.
#pragma once

#include <dragline/codec/codings.hpp>
#include <dragline/core/ascii.hpp>
#include <dragline/h1/head_writer.hpp>
#include <dragline/http/detail/fetch_check.hpp>

#if DRAGLINE_HEADER_BODIES

#include <string>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL fields make_fields(const fetch_options& options, const session_options& shared,
                                 std::string_view method, const body& content) {
    const auto& given = options.headers();
    fields made;
    const auto add_default = [&](std::string_view name, std::string_view value) {
        if (!value.empty() && !given.contains(name)) made.add(name, value);
    };
    made.reserve(given.size() + 5, 256);
    add_default("User-Agent", options.user_agent() ? *options.user_agent() : shared.user_agent());
    add_default("Accept", "*/*");
    if (options.decompress()) add_default("Accept-Encoding", codec::accept_encoding());
    for (const auto& [name, value] : given) {
        if (!ascii::equals_ignoring_case(name, "Host")) made.add(name, value);
    }
    add_default("Content-Type", content.content_type());
    add_default("Content-Encoding", content.content_coding());
    if (!content.in_memory()) return made;
    if (content.has_value() || method == "POST" || method == "PUT" || method == "PATCH") {
        made.add("Content-Length", std::to_string(content.bytes().size()));
    }
    return made;
}

DRAGLINE_DECL std::optional<fields> common_fields(const session_options& shared) {
    if (h1::check_field_value(shared.user_agent())) return std::nullopt;
    return make_fields(fetch_options(), shared, "GET", body());
}

DRAGLINE_DECL std::error_code request_fields::prepare(const fetch_options& options,
                                                      const session_options& shared,
                                                      const std::optional<fields>& common,
                                                      std::string_view method, const body& content) {
    const bool plain = options.headers().empty() && !options.user_agent() && options.decompress() &&
                       !content.has_value() && method == "GET";
    common_ = plain && common ? &*common : nullptr;
    if (common_) return {};
    if (const auto ec = check_fields(options, shared)) return ec;
    own_ = make_fields(options, shared, method, content);
    return {};
}

}  // namespace dragline::http::detail

#endif
