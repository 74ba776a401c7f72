// Included by <dragline/http/form.hpp> only.
#pragma once

#include <dragline/url/percent.hpp>

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::http {
namespace detail {

DRAGLINE_DECL void append_form_encoded(std::string& out, std::string_view text) {
    for (;;) {
        const auto space = text.find(' ');
        url::append_percent_encoded(out, text.substr(0, space), url::form_set);
        if (space == text.npos) return;
        out += '+';
        text.remove_prefix(space + 1);
    }
}

}  // namespace detail

DRAGLINE_DECL std::string form::to_string() const {
    std::string text;
    for (const auto& [name, value] : pairs_) {
        if (&name != &pairs_.front().first) text += '&';
        detail::append_form_encoded(text, name);
        text += '=';
        detail::append_form_encoded(text, value);
    }
    return text;
}

}  // namespace dragline::http

#endif
