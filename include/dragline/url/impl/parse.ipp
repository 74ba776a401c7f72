// Included by <dragline/url/parse.hpp> only.
#pragma once

#include <dragline/url/detail/parser.hpp>

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::url {

DRAGLINE_DECL result<url> parse(std::string_view input, parse_options options) {
    result<url> parsed;
    if (const auto ec = detail::parse_record((*parsed).at_, input, nullptr, options.max_length()))
        [[unlikely]]
        return ec;
    return parsed;
}

DRAGLINE_DECL result<url> parse(std::string_view input, const url& base, parse_options options) {
    if (base.empty()) return parse(input, options);
    result<url> parsed;
    if (const auto ec = detail::parse_record((*parsed).at_, input, &base.at_, options.max_length()))
        return ec;
    return parsed;
}

}  // namespace dragline::url

#endif
