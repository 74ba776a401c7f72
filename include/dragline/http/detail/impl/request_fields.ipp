// Included by <dragline/http/detail/request_fields.hpp> only.
#pragma once

#include <dragline/codec/codings.hpp>
#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <string>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL fields request_fields(const fetch_options& options, const session_options& shared,
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

}  // namespace dragline::http::detail

#endif
