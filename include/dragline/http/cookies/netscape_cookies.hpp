// Cookie files in the Netscape format, which curl, wget and browsers' exports share. Start with
// load_cookie_file().
#pragma once

#include <dragline/core/result.hpp>
#include <dragline/http/cookies/cookie_jar.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace dragline::inline v1::http {

/// What became of the lines of a cookie file; comments and empty lines are not counted.
class cookie_load {
public:
    cookie_load() {}

    std::size_t loaded = 0;
    std::size_t expired = 0;    ///< Expired before they were loaded; what they stood for is removed.
    std::size_t bad_lines = 0;  ///< Not of the format, or refused by cookie_jar::set().
    std::size_t first_bad = 0;  ///< The number of the first such line, from 1; 0 when there is none.

    friend bool operator==(const cookie_load&, const cookie_load&) = default;
};

/// All cookies that have not expired, oldest first, those without a time to expire included. Of what a cookie
/// has, SameSite alone has no place in the format.
DRAGLINE_DECL std::string to_netscape(const cookie_jar& from, cookie_jar::time_point now);

/// Puts the cookies of such a text into the jar, next to those that it has.
DRAGLINE_DECL cookie_load load_netscape(cookie_jar& into, std::string_view text, cookie_jar::time_point now);

/// Writes to_netscape() to a file that only its owner can read, and replaces `path` by it when it is
/// complete. Blocks.
///
/// Errors: those of the file system.
DRAGLINE_DECL result<void> save_cookie_file(const cookie_jar& from, const std::string& path,
                                            cookie_jar::time_point now);

/// As load_netscape(), from a file. Blocks.
///
/// Errors: those of the file system; std::errc::file_too_large when it has more than `max_size` bytes. The
/// jar is then as it was.
DRAGLINE_DECL result<cookie_load> load_cookie_file(cookie_jar& into, const std::string& path,
                                                   cookie_jar::time_point now,
                                                   std::size_t max_size = 32 * 1024 * 1024);

}  // namespace dragline::http

#include <dragline/http/cookies/impl/netscape_cookies.ipp>
