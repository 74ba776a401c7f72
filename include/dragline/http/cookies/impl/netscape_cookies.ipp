// Included by <dragline/http/cookies/netscape_cookies.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <random>
#include <system_error>
#include <utility>

namespace dragline::inline v1::http {
namespace detail {

inline constexpr std::string_view http_only_mark = "#HttpOnly_";

struct file_closer {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
using open_file = std::unique_ptr<std::FILE, file_closer>;

DRAGLINE_DECL std::error_code last_file_error() noexcept {
    const int number = errno;
    return {number != 0 ? number : EIO, std::generic_category()};
}

DRAGLINE_DECL std::optional<bool> read_netscape_flag(std::string_view text) noexcept {
    if (ascii::equals_ignoring_case(text, "TRUE")) return true;
    if (ascii::equals_ignoring_case(text, "FALSE")) return false;
    return std::nullopt;
}

/// domain, subdomains, path, secure, expires, name, value, with a tab between each two; an empty value may be
/// missing with its tab.
DRAGLINE_DECL std::optional<cookie> read_netscape_line(std::string_view line) {
    cookie read;
    if (line.starts_with(http_only_mark)) {
        read.http_only = true;
        line.remove_prefix(http_only_mark.size());
    }
    std::array<std::string_view, 7> parts;
    std::size_t count = 0;
    for (;;) {
        const auto end = count == 6 ? line.npos : line.find('\t');
        parts[count++] = line.substr(0, end);
        if (end == line.npos) break;
        line.remove_prefix(end + 1);
    }
    const auto subdomains = read_netscape_flag(parts[1]);
    const auto secure = read_netscape_flag(parts[3]);
    const bool negative = parts[4].starts_with('-');
    const auto expires = ascii::parse_number<std::uint64_t>(parts[4].substr(negative));
    if (count < 6 || !subdomains || !secure || !expires) return std::nullopt;

    read.domain = parts[0].substr(parts[0].starts_with('.'));
    read.host_only = !*subdomains;
    read.path = parts[2];
    read.secure = *secure;
    if (*expires != 0) {
        // A date before 1970 is as good as 1970.
        constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        const auto count_of = negative ? 0 : static_cast<std::int64_t>(std::min(*expires, most));
        read.expires = std::chrono::sys_seconds(std::chrono::seconds(count_of));
    }
    read.name = parts[5];
    read.value = parts[6];
    return read;
}

DRAGLINE_DECL void write_netscape_line(std::string& out, const cookie& from) {
    const auto flag = [](bool value) { return value ? "TRUE" : "FALSE"; };
    if (from.http_only) out += http_only_mark;
    out.append(from.host_only ? "" : ".").append(from.domain);
    out.append("\t").append(flag(!from.host_only));
    out.append("\t").append(from.path);
    out.append("\t").append(flag(from.secure));
    out.append("\t").append(from.expires ? std::to_string(from.expires->time_since_epoch().count()) : "0");
    out.append("\t").append(from.name).append("\t").append(from.value).append("\n");
}

}  // namespace detail

DRAGLINE_DECL std::string to_netscape(const cookie_jar& from, cookie_jar::time_point now) {
    std::string text = "# Netscape HTTP Cookie File\n\n";
    const auto time = std::chrono::floor<std::chrono::seconds>(now);
    for (const auto& each : from.cookies()) {
        if (!detail::has_expired(each, time)) detail::write_netscape_line(text, each);
    }
    return text;
}

DRAGLINE_DECL cookie_load load_netscape(cookie_jar& into, std::string_view text, cookie_jar::time_point now) {
    cookie_load counts;
    const auto time = std::chrono::floor<std::chrono::seconds>(now);
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        text = end == text.npos ? std::string_view() : text.substr(end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (ascii::trim(line).empty() || (line[0] == '#' && !line.starts_with(detail::http_only_mark)))
            continue;
        auto read = detail::read_netscape_line(line);
        const bool dead = read && detail::has_expired(*read, time);
        if (!read || into.set(*std::move(read), now)) {
            ++counts.bad_lines;
            if (counts.first_bad == 0) counts.first_bad = number;
        } else {
            ++(dead ? counts.expired : counts.loaded);
        }
    }
    return counts;
}

DRAGLINE_DECL result<void> save_cookie_file(const cookie_jar& from, const std::string& path,
                                            cookie_jar::time_point now) {
    const auto text = to_netscape(from, now);
    std::random_device random;
    const auto draft = path + "." + std::to_string(random()) + ".part";
    std::error_code ec;
    errno = 0;
    // "x": never a file or a link that is there already. Nothing is in it before nobody else can read it.
    detail::open_file file(std::fopen(draft.c_str(), "wbx"));
    if (!file) return detail::last_file_error();
    using std::filesystem::perms;
    std::filesystem::permissions(draft, perms::owner_read | perms::owner_write, ec);
    if (!ec && std::fwrite(text.data(), 1, text.size(), file.get()) != text.size())
        ec = detail::last_file_error();
    if (std::fclose(file.release()) != 0 && !ec) ec = detail::last_file_error();
    if (!ec) std::filesystem::rename(draft, path, ec);
    if (ec) {
        std::error_code ignored;
        std::filesystem::remove(draft, ignored);
    }
    return ec;
}

DRAGLINE_DECL result<cookie_load> load_cookie_file(cookie_jar& into, const std::string& path,
                                                   cookie_jar::time_point now, std::size_t max_size) {
    errno = 0;
    detail::open_file file(std::fopen(path.c_str(), "rb"));
    if (!file) return detail::last_file_error();
    std::string text;
    std::array<char, 16 * 1024> block;
    for (;;) {
        const auto size = std::fread(block.data(), 1, block.size(), file.get());
        if (size > max_size - text.size()) return make_error_code(std::errc::file_too_large);
        text.append(block.data(), size);
        if (size < block.size()) break;
    }
    if (std::ferror(file.get())) return detail::last_file_error();
    return load_netscape(into, text, now);
}

}  // namespace dragline::http

#endif
