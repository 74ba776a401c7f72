// Forms in the way of HTML: application/x-www-form-urlencoded.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/http/body.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dragline::inline v1::http {

/// Names and values in their order, duplicates included, as the URL Standard, 5.2, serialises them.
///
///     co_await fetch_url(url, fetch_options().body(http::form().add("q", "a b").add("page", "2")));
///
/// Any bytes may be in either, and come as UTF-8 where servers are to understand them.
class form {
public:
    form() {}

    form& add(std::string_view name, std::string_view value) {
        return pairs_.emplace_back(std::string(name), std::string(value)), *this;
    }

    bool empty() const noexcept { return pairs_.empty(); }
    std::size_t size() const noexcept { return pairs_.size(); }
    const std::pair<std::string, std::string>& operator[](std::size_t at) const { return pairs_[at]; }

    /// "q=a+b&page=2"; also good for the query of a URL.
    DRAGLINE_DECL std::string to_string() const;

    operator body() const { return body(to_string(), "application/x-www-form-urlencoded"); }

private:
    std::vector<std::pair<std::string, std::string>> pairs_;
};

}  // namespace dragline::http

#include <dragline/http/impl/form.ipp>
