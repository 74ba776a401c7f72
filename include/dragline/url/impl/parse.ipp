// Included by <dragline/url/parse.hpp> only.
#pragma once

#include <dragline/url/detail/parser.hpp>

#if DRAGLINE_HEADER_BODIES

#include <utility>

namespace dragline::inline v1::url {

DRAGLINE_DECL result<url> parse(std::string_view input, parse_options options) {
    auto out = detail::parse_record(input, nullptr, options.max_length());
    if (!out) return out.error();
    return url(std::move(*out));
}

DRAGLINE_DECL result<url> parse(std::string_view input, const url& base, parse_options options) {
    auto out = detail::parse_record(input, base.empty() ? nullptr : &base.at_, options.max_length());
    if (!out) return out.error();
    return url(std::move(*out));
}

}  // namespace dragline::url

#endif
