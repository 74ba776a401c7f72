// Included by <dragline/http/fan_out/robots.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/core/error.hpp>
#include <dragline/http/error.hpp>
#include <dragline/url/parse.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace dragline::inline v1::http {
namespace detail {

// So that rule and path can be compared byte by byte (RFC 9309, 2.2.2). What '*' and '$' mean is known from
// their not being escaped, so those escapes stay.
DRAGLINE_DECL std::string normalised_target(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF", unreserved_marks = "-._~";
    std::string out;
    out.reserve(text.size());
    const auto escape = [&](unsigned char byte) {
        out += '%';
        out += digits[byte >> 4];
        out += digits[byte & 15];
    };
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        const int high = c == '%' && at + 2 < text.size() ? ascii::hex_value(text[at + 1]) : -1;
        const int low = high >= 0 ? ascii::hex_value(text[at + 2]) : -1;
        if (low >= 0) {
            const auto byte = static_cast<unsigned char>(high * 16 + low);
            const char plain = static_cast<char>(byte);
            if (ascii::is_alphanumeric(plain) || unreserved_marks.find(plain) != unreserved_marks.npos) {
                out += plain;
            } else {
                escape(byte);
            }
            at += 2;
        } else if (static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f) {
            escape(static_cast<unsigned char>(c));
        } else {
            out += c;
        }
    }
    return out;
}

// Each piece between stars at its first place: no other choice fits more.
DRAGLINE_DECL bool fits_pattern(std::string_view target, std::string_view pattern, bool whole) {
    const auto first = pattern.substr(0, pattern.find('*'));
    if (!target.starts_with(first)) return false;
    target.remove_prefix(first.size());
    if (first.size() == pattern.size()) return !whole || target.empty();
    pattern.remove_prefix(first.size() + 1);
    for (;;) {
        const auto star = pattern.find('*');
        const auto piece = pattern.substr(0, star);
        if (star == pattern.npos && whole) return target.ends_with(piece);
        const auto place = target.find(piece);
        if (place == target.npos) return false;
        if (star == pattern.npos) return true;
        target.remove_prefix(place + piece.size());
        pattern.remove_prefix(star + 1);
    }
}

// "ExampleBot" of "ExampleBot/1.0".
DRAGLINE_DECL std::string_view product_token(std::string_view text) {
    const auto end = std::find_if(text.begin(), text.end(),
                                  [](char c) { return !ascii::is_alpha(c) && c != '-' && c != '_'; });
    return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

DRAGLINE_DECL std::optional<std::chrono::milliseconds> parse_crawl_delay(std::string_view text) {
    double seconds = 0;
    const auto* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, seconds, std::chars_format::fixed);
    if (parsed.ec != std::errc() || parsed.ptr != end || !(seconds >= 0)) return std::nullopt;
    constexpr double a_day = 24 * 60 * 60;
    return std::chrono::milliseconds(static_cast<long long>(std::min(seconds, a_day) * 1000));
}

}  // namespace detail

// Line by line; keeps the rules of the robot and those of all robots, until it is known which count.
class robots_reader {
public:
    robots_reader(std::string_view product, const robots_limits& limits)
        : product_(detail::product_token(product)), limits_(limits) {}

    void read(std::string_view text) {
        if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
        while (!text.empty()) {
            const auto end = std::min(text.find_first_of("\r\n"), text.size());
            read_line(text.substr(0, end));
            text.remove_prefix(std::min(end + 1, text.size()));
        }
    }

    robots_rules take() {
        auto made = std::move(named_ ? own_ : all_);
        std::stable_sort(made.rules_.begin(), made.rules_.end(), [](const auto& a, const auto& b) {
            const auto size = [](const auto& each) { return each.pattern.size() + (each.whole ? 1 : 0); };
            return size(a) != size(b) ? size(a) > size(b) : a.allow && !b.allow;
        });
        made.sitemaps_ = std::move(sitemaps_);
        return made;
    }

private:
    void read_line(std::string_view line) {
        line = line.substr(0, line.find('#'));
        const auto colon = line.find(':');
        if (colon == line.npos) return;
        const auto key = ascii::trim(line.substr(0, colon)), value = ascii::trim(line.substr(colon + 1));
        const auto is = [&](std::string_view name) { return ascii::equals_ignoring_case(key, name); };
        if (is("user-agent")) return read_robot(value);
        if (is("sitemap")) {
            if (sitemaps_.size() < limits_.max_rules()) sitemaps_.emplace_back(value);
            return;
        }
        const bool delay = is("crawl-delay"), allow = is("allow");
        if (!delay && !allow && !is("disallow")) return;
        in_names_ = false;
        for (auto* each : {of_own_ ? &own_ : nullptr, of_all_ ? &all_ : nullptr}) {
            if (!each) continue;
            if (delay) {
                if (auto parsed = detail::parse_crawl_delay(value)) each->crawl_delay_ = parsed;
            } else {
                add_rule(*each, value, allow);
            }
        }
    }

    // Several names in a row begin one group.
    void read_robot(std::string_view name) {
        if (!std::exchange(in_names_, true)) of_own_ = of_all_ = false;
        const bool star = name == "*" || name.starts_with("* ") || name.starts_with("*\t");
        of_all_ = of_all_ || star;
        const auto token = detail::product_token(name);
        if (star || token.empty() || !ascii::equals_ignoring_case(token, product_)) return;
        of_own_ = named_ = true;
    }

    void add_rule(robots_rules& to, std::string_view value, bool allow) {
        if (value.empty() || to.rules_.size() >= limits_.max_rules()) return;
        robots_rules::rule made;
        made.allow = allow;
        made.whole = value.ends_with('$');
        if (made.whole) value.remove_suffix(1);
        // Without a slash in front it could fit nothing: taken as if it were there.
        if (!value.starts_with('/') && !value.starts_with('*')) made.pattern = '/';
        made.pattern += detail::normalised_target(value);
        to.rules_.push_back(std::move(made));
    }

    std::string product_;
    const robots_limits& limits_;
    robots_rules own_;
    robots_rules all_;
    std::vector<std::string> sitemaps_;
    bool named_ = false;     // a group is for the robot itself
    bool in_names_ = false;  // the last lines were names
    bool of_own_ = false;
    bool of_all_ = false;
};

DRAGLINE_DECL robots_rules robots_rules::parse(std::string_view text, std::string_view product,
                                               const robots_limits& limits) {
    robots_reader reader(product, limits);
    auto taken = text.substr(0, limits.max_size());
    // A line that the limit cuts could say anything.
    if (taken.size() < text.size()) taken = taken.substr(0, taken.find_last_of("\r\n") + 1);
    reader.read(taken);
    return reader.take();
}

DRAGLINE_DECL bool robots_rules::allows(std::string_view target) const {
    if (target == "/robots.txt") return true;
    if (refuses_all_) return false;
    if (rules_.empty()) return true;
    const auto normalised = detail::normalised_target(target);
    const auto fits = [&](const rule& each) {
        return detail::fits_pattern(normalised, each.pattern, each.whole);
    };
    const auto found = std::find_if(rules_.begin(), rules_.end(), fits);
    return found == rules_.end() || found->allow;
}

DRAGLINE_DECL robots_rules robots_rules_of(int status, std::string_view body, std::string_view product,
                                           const robots_limits& limits) {
    if (status >= 200 && status < 300) return robots_rules::parse(body, product, limits);
    return status >= 300 && status < 500 ? robots_rules() : robots_rules::none_allowed();
}

namespace detail {

DRAGLINE_DECL asio::awaitable<result<robots_rules>> fetch_robots_body(fetch_place place, std::string site,
                                                                      std::string product,
                                                                      fetch_options options) {
    const auto parsed = url::parse(site);
    if (!parsed) co_return parsed.error();
    const auto at = url::parse("/robots.txt", *parsed);
    if (!at) co_return at.error();
    const robots_limits limits;
    // One byte more tells a file that was cut from one that ends there.
    options.max_body(limits.max_size() + 1).on_limit(http::on_limit::truncate);
    auto fetching = fetch_body(std::move(place), at->href(), std::move(options));
    auto fetched = co_await std::move(fetching);
    if (fetched) {
        const auto& got = value_in(fetched);
        co_return robots_rules_of(got.status, got.body, product, limits);
    }
    const auto ec = fetched.error();
    if (ec == asio::error::operation_aborted || ec == errc::session_closed ||
        ec == errc::unsupported_scheme || ec == dragline::errc::invalid_option)
        co_return ec;
    // More redirects than RFC 9309 asks for are as if there were no file.
    co_return ec == errc::too_many_redirects ? robots_rules() : robots_rules::none_allowed();
}

}  // namespace detail
}  // namespace dragline::http

#endif
