// Included by <dragline/net/detail/end_search.hpp> only.
#pragma once

#include <dragline/async/callback_failure.hpp>
#include <dragline/core/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <exception>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL result<std::optional<end_search::found>> end_search::look(std::string_view bytes,
                                                                        bool keep_delimiter) {
    using answer = std::optional<found>;
    if (kind_ == kind::predicate) {
        std::optional<std::size_t> end;
        try {
            end = predicate_(bytes);
        } catch (...) {
            throw async::callback_failure(std::current_exception());
        }
        if (!end) return answer();
        if (*end > bytes.size()) return dragline::errc::invalid_option;
        return answer({*end, *end});
    }
    const auto at = bytes.find(delimiter_, looked_);
    if (at == bytes.npos) {
        if (bytes.size() >= delimiter_.size()) looked_ = bytes.size() - delimiter_.size() + 1;
        return answer();
    }
    const auto taken = at + delimiter_.size();
    if (keep_delimiter) return answer({taken, taken});
    const bool carriage = kind_ == kind::line && at > 0 && bytes[at - 1] == '\r';
    return answer({taken, carriage ? at - 1 : at});
}

}  // namespace dragline::net::detail

#endif
