// Keeps cookies and says which go with a request (RFC 6265bis, 5.7 and 5.8). No I/O: time is an argument.
#pragma once

#include <dragline/http/cookies/cookie.hpp>
#include <dragline/http/cookies/cookie_jar_options.hpp>
#include <dragline/http/cookies/set_cookie.hpp>
#include <dragline/http/detail/cookie_store.hpp>
#include <dragline/url/url.hpp>

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace dragline::inline v1::http {

/// The cookies of one user. The URL of a request decides about them, whatever its Host field says.
///
/// Without a public suffix list nobody can tell whether "co.uk" and "example.co.uk" have one owner. Then a
/// Domain attribute must still match, but the cookie stays with the host that set it.
///
/// A host with a dot at the end is another host than the one without, as in browsers; localhost over http is
/// as insecure as any.
///
/// Threads: one at a time. Sessions of one loop may share a jar, those of several loops may not. It cannot be
/// copied: what shares it holds the same shared_ptr.
class cookie_jar {
public:
    using time_point = std::chrono::system_clock::time_point;

    explicit cookie_jar(const cookie_jar_options& options = cookie_jar_options())
        : options_(options), store_(options.cookies_per_domain(), options.cookies()) {}
    cookie_jar(const cookie_jar&) = delete;
    cookie_jar& operator=(const cookie_jar&) = delete;

    const cookie_jar_options& options() const noexcept { return options_; }

    /// Obeys the Set-Cookie field of an answer to `from`; one that expires at once removes.
    ///
    /// Errors, which leave the jar as it was: those of parse_set_cookie(); errc::cookie_foreign_domain,
    /// cookie_public_suffix, cookie_insecure, cookie_prefix_broken.
    std::error_code store(const url::url& from, std::string_view text, time_point now);
    std::error_code store(const url::url& from, const set_cookie& wanted, time_point now);

    /// Takes a cookie on the caller's word, as from a file: only its form, its prefix and its domain are
    /// checked.
    ///
    /// Errors: errc::invalid_cookie, cookie_too_large, cookie_public_suffix, cookie_prefix_broken.
    std::error_code set(http::cookie value, time_point now);

    /// The value of the Cookie field of a request to `to`; empty when none goes with it. Pairs of `own`
    /// follow those of the jar, and take the place of all that have their name.
    std::string field_for(const url::url& to, time_point now, std::span<const cookie_pair> own = {});

    /// The cookies of that field, longest path first, then oldest first. Does not count as use.
    std::vector<http::cookie> matching(const url::url& to, time_point now) const;

    /// All of them, oldest first.
    std::vector<http::cookie> cookies() const;
    std::size_t size() const noexcept { return store_.size(); }
    bool empty() const noexcept { return store_.size() == 0; }

    /// Removes all of that name, domain and path; returns how many.
    std::size_t remove(std::string_view name, std::string_view domain, std::string_view path = "/");
    std::size_t remove_expired(time_point now);
    /// Removes those without a time to expire, as a browser does when it is closed.
    std::size_t remove_session_cookies();
    void clear() noexcept { store_.clear(); }

private:
    using seconds = std::chrono::sys_seconds;

    std::string owner_of(std::string_view host) const;
    std::error_code settle_domain(const url::url& from, std::string_view wanted, http::cookie& made) const;
    bool shadows_secure(const http::cookie& made, bool host_is_name, std::string_view owner,
                        seconds now) const;
    detail::cookie_store::bucket select(const url::url& to, seconds now,
                                        std::span<const cookie_pair> own) const;

    cookie_jar_options options_;
    // By registrable domain: whatever matches a host has the owner of that host.
    detail::cookie_store store_;
};

}  // namespace dragline::http

#include <dragline/http/cookies/impl/cookie_jar.ipp>
