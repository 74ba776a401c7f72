// A serialised URL and where its parts stand in it: what the parser writes and class url hands out views of.
#pragma once

#include <dragline/url/detail/scheme.hpp>
#include <dragline/url/host.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::url::detail {

// Positions in `href`:
//
//     https://user:pass@example.com:8080/path?query#fragment
//          |      |     |          |    |    |     |
//          |      |     |          |    |    |     fragment_begin
//          |      |     |          |    |    query_begin
//          |      |     |          |    path_begin, also where the authority ends
//          |      |     |          host_end
//          |      |     host_begin
//          |      username_end
//          scheme_end
//
// Without an authority (host_kind::none) the three in the middle are scheme_end + 1, and so is path_begin,
// unless
// "/." keeps a path like "//x" from being read as an authority: then it is scheme_end + 3.
struct positions {
    static constexpr std::uint32_t absent = 0xffffffff;

    std::uint32_t scheme_end = 0;
    std::uint32_t username_end = 0;
    std::uint32_t host_begin = 0;
    std::uint32_t host_end = 0;
    std::uint32_t path_begin = 0;
    std::uint32_t query_begin = absent;
    std::uint32_t fragment_begin = absent;
    std::int32_t port = -1;  // none, or the default of the scheme
    scheme_kind scheme = scheme_kind::other;
    host_kind host = host_kind::none;
    bool opaque_path = false;

    friend bool operator==(const positions&, const positions&) = default;
};

struct record : positions {
    std::string href;

    record() = default;
    record(const record&) = default;
    record& operator=(const record&) = default;
    // What is moved from is empty.
    record(record&& other) noexcept : positions(other), href(std::move(other.href)) { other.clear(); }
    record& operator=(record&& other) noexcept {
        if (this == &other) return *this;
        positions::operator=(other);
        href = std::move(other.href);
        other.clear();
        return *this;
    }
    void clear() noexcept {
        positions::operator=({});
        href.clear();
    }
    friend bool operator==(const record&, const record&) = default;

    bool is_special() const noexcept { return scheme != scheme_kind::other; }

    std::string_view slice(std::size_t begin, std::size_t end) const {
        return {href.data() + begin, end - begin};
    }
    std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(href.size()); }
    std::uint32_t query_end() const noexcept {
        if (fragment_begin == absent) [[likely]]
            return size();
        return fragment_begin;
    }
    std::uint32_t path_end() const noexcept { return query_begin != absent ? query_begin : query_end(); }
    std::uint32_t authority_end() const noexcept { return host == host_kind::none ? host_end : path_begin; }
    /// Where the user name begins.
    std::uint32_t userinfo_begin() const noexcept {
        return host == host_kind::none ? host_begin : scheme_end + 3;
    }

    std::string_view hostname() const { return slice(host_begin, host_end); }
    std::string_view path() const { return slice(path_begin, path_end()); }
};

}  // namespace dragline::url::detail
