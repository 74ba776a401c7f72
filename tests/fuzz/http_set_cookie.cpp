// Properties: a Set-Cookie field that is read and written reads to the same again. A jar hands out only what
// can stand in a Cookie field, to nobody but the host that set it and names below the domain that it asked
// for, stays within its limits, and is the same again after it was saved and loaded.
#include <dragline/http/cookies/cookie_jar.hpp>
#include <dragline/http/cookies/netscape_cookies.hpp>
#include <dragline/http/cookies/set_cookie.hpp>
#include <dragline/url/parse.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace http = dragline::http;
namespace url = dragline::url;

namespace {

constexpr http::cookie_jar::time_point now = std::chrono::sys_days(std::chrono::January / 1 / 2030);

void require(bool holds) {
    if (!holds) std::abort();
}

void check_same(std::string_view text) {
    const auto read = http::parse_set_cookie(text);
    if (!read) return;
    const auto again = http::parse_set_cookie(to_string(*read));
    require(again.has_value() && *again == *read);
}

void check_field(std::string_view field) {
    for (const char c : field) require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

void check_saved(const http::cookie_jar& jar) {
    http::cookie_jar loaded(jar.options());
    const auto counts = http::load_netscape(loaded, http::to_netscape(jar, now), now);
    require(counts.bad_lines == 0 && counts.expired == 0 && counts.loaded == jar.size());
    auto before = jar.cookies();
    for (auto& each : before) each.same_site = http::same_site_mode::unset;  // the format has no place for it
    require(loaded.cookies() == before);
}

}  // namespace

// Each line is a Set-Cookie field of an answer to one of four URLs, or, behind a '>', a line of a cookie
// file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const url::url from[] = {*url::parse("https://www.example.com/a/b"),
                             *url::parse("http://www.example.com/"), *url::parse("https://evil.com/"),
                             *url::parse("http://192.0.2.1/x")};
    http::cookie_jar jar(http::cookie_jar_options().cookies_per_domain(4).cookies(6).max_field(100));
    std::string_view input(reinterpret_cast<const char*>(data), size);
    bool trusted = false;  // a file may name any domain
    for (std::size_t number = 0; !input.empty(); ++number) {
        const auto end = std::min(input.find('\n'), input.size());
        const auto line = input.substr(0, end);
        input.remove_prefix(std::min(end + 1, input.size()));
        if (line.starts_with('>')) {
            trusted = true;
            http::load_netscape(jar, line.substr(1), now);
        } else {
            check_same(line);
            const auto ec = jar.store(from[number % 4], line, now);
            require(!ec || ec.category() == http::error_category());
        }
        require(jar.size() <= 6);
        for (const auto& each : from) {
            const auto field = jar.field_for(each, now);
            check_field(field);
            require(field.size() <= 100);
        }
    }
    for (const auto* stranger :
         {"https://example.org/a/b", "https://com/", "https://192.0.2.2/x", "https://2.1/"})
        require(trusted || jar.field_for(*url::parse(stranger), now).empty());
    for (const auto& each : jar.matching(from[1], now)) require(!each.secure);
    jar.remove_expired(now);
    check_saved(jar);
    return 0;
}
