// A jar with a list of public suffixes and a clock of the test's own, in the words of a browser.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/http/cookies/cookie_jar.hpp>
#include <dragline/url/parse.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace dragline::test {

inline url::url url_of(std::string_view text) { return url::parse(text).value(); }

inline constexpr auto start_of_lab = std::chrono::sys_days(std::chrono::January / 1 / 2030);

/// Every single label is a suffix, and so are co.uk, github.io and s3.amazonaws.com.
inline std::optional<std::string> small_suffix_list(std::string_view name) {
    auto text = ascii::to_lower(name);
    if (text.ends_with('.')) text.pop_back();
    if (text.empty() || text.starts_with('[') || ascii::is_digit(text.back())) return std::nullopt;
    std::string owner;
    for (std::string_view rest = text;;) {
        const bool suffix = rest.find('.') == rest.npos || rest == "co.uk" || rest == "github.io" ||
                            rest == "s3.amazonaws.com";
        if (suffix) return owner.empty() ? std::nullopt : std::optional(owner);
        owner = rest;
        rest.remove_prefix(rest.find('.') + 1);
    }
}

inline http::cookie_jar_options usual_jar() {
    return http::cookie_jar_options().registrable_domain(&small_suffix_list);
}

class jar_lab {
public:
    explicit jar_lab(const http::cookie_jar_options& options = usual_jar()) : jar(options) {}

    http::cookie_jar jar;
    http::cookie_jar::time_point now = start_of_lab;

    std::error_code store(std::string_view url, std::string_view text) {
        return jar.store(url_of(url), text, now);
    }

    /// The Cookie field of a request to `url` after an answer of `from` with this Set-Cookie field.
    std::string exchange(std::string_view from, std::string_view text, std::string_view url) {
        store(from, text);
        return sent(url);
    }

    std::string sent(std::string_view url) { return jar.field_for(url_of(url), now); }
};

}  // namespace dragline::test
