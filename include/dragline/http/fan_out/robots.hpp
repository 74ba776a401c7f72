// What a site lets robots fetch (RFC 9309). Start with fetch_robots(); robots_rules reads the file, without
// I/O.
#pragma once

#include <dragline/async/operation.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/http/detail/fetch_place.hpp>
#include <dragline/http/options.hpp>
#include <dragline/url/url.hpp>

#include <asio/awaitable.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace dragline::inline v1::http {

/// What is taken in of a robots.txt; the rest of it is as if it were not there.
class robots_limits {
public:
    robots_limits() {}

    /// Of the file, in bytes; 500 KiB, what RFC 9309 wants at least.
    robots_limits& max_size(std::size_t value) { return max_size_ = value, *this; }
    std::size_t max_size() const noexcept { return max_size_; }

    /// Rules, and Sitemap lines.
    robots_limits& max_rules(std::size_t value) { return max_rules_ = value, *this; }
    std::size_t max_rules() const noexcept { return max_rules_; }

private:
    std::size_t max_size_ = 500 * 1024;
    std::size_t max_rules_ = 20'000;
};

/// The rules of one site for one robot. A new one allows everything.
class robots_rules {
public:
    robots_rules() {}

    /// Reads `text` for the robot with this product token, "examplebot". Never fails: what is no rule is
    /// skipped.
    ///
    /// The groups that name it count together, whatever the case, and where none does, those of "*".
    DRAGLINE_DECL static robots_rules parse(std::string_view text, std::string_view product,
                                            const robots_limits& limits = robots_limits());

    /// Rules that refuse all but /robots.txt: for a site whose file cannot be had.
    static robots_rules none_allowed() {
        robots_rules made;
        made.refuses_all_ = true;
        return made;
    }

    /// Whether the longest rule that fits is no Disallow; of two as long the Allow counts.
    ///
    /// `target` is path and query as a request has them. '*' in a rule is any text, '$' at its end the end;
    /// %-escapes of what needs none are the character itself, here and there.
    DRAGLINE_DECL bool allows(std::string_view target) const;
    bool allows(const url::url& at) const { return allows(at.request_target()); }

    /// Crawl-delay, which is no part of RFC 9309: the pause between two requests that the site asks for.
    std::optional<std::chrono::milliseconds> crawl_delay() const noexcept { return crawl_delay_; }

    /// The Sitemap lines, as they are.
    const std::vector<std::string>& sitemaps() const noexcept { return sitemaps_; }

    bool refuses_all() const noexcept { return refuses_all_; }
    std::size_t size() const noexcept { return rules_.size(); }

private:
    friend class robots_reader;
    struct rule {
        std::string pattern;  // normalised, without the '$' at its end
        bool allow = false;
        bool whole = false;  // it had one
    };

    std::vector<rule> rules_;  // the longest first, of two as long the Allow
    std::vector<std::string> sitemaps_;
    std::optional<std::chrono::milliseconds> crawl_delay_;
    bool refuses_all_ = false;
};

/// What an answer to GET /robots.txt means (RFC 9309, 2.3.1): its rules with 2xx, all allowed with 3xx and
/// 4xx, none with anything else.
DRAGLINE_DECL robots_rules robots_rules_of(int status, std::string_view body, std::string_view product,
                                           const robots_limits& limits = robots_limits());

namespace detail {

asio::awaitable<result<robots_rules>> fetch_robots_body(fetch_place place, std::string site,
                                                        std::string product, fetch_options options);

}  // namespace detail

/// Fetches /robots.txt of the site that the URL `site` is of: void(error_code, robots_rules).
///
/// Of a file larger than robots_limits the beginning counts, and no more is received. A site that cannot be
/// reached, or does not answer in time, allows nothing, which is no error. Errors: errc::invalid_option, url
///   errc and errc::unsupported_scheme for `site`; operation_aborted; session_closed. Cancel: any type.
/// Threads: any.
template <detail::fetch_where Where, class Token = default_token>
auto fetch_robots(Where&& where, std::string_view site, std::string_view product, fetch_options options,
                  Token&& token = {}) {
    auto place = detail::place_of(where);
    const auto& loop = *place.loop;
    return async::initiate<robots_rules>(loop, &detail::fetch_robots_body, std::forward<Token>(token),
                                         std::move(place), std::string(site), std::string(product),
                                         std::move(options));
}

/// As above, with default options.
template <detail::fetch_where Where, class Token = default_token>
requires(!std::same_as<std::remove_cvref_t<Token>, fetch_options>) auto fetch_robots(Where&& where,
                                                                                     std::string_view site,
                                                                                     std::string_view product,
                                                                                     Token&& token = {}) {
    return fetch_robots(std::forward<Where>(where), site, product, fetch_options(),
                        std::forward<Token>(token));
}

}  // namespace dragline::http

#include <dragline/http/fan_out/impl/robots.ipp>
