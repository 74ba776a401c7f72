// The Refresh field, which no RFC has; read as browsers do (HTML, "shared declarative refresh steps").
#pragma once

#include <dragline/core/features.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace dragline::inline v1::http::detail {

struct refresh_field {
    std::chrono::seconds delay{};
    std::string_view url;  // within the text; empty: the page itself
};

/// Nothing for a text that does not begin with a time. A time beyond a day counts as a day.
DRAGLINE_DECL std::optional<refresh_field> parse_refresh(std::string_view text) noexcept;

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/refresh.ipp>
