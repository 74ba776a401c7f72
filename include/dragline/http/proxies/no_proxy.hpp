// Which hosts are reached without a proxy, as the variable NO_PROXY says it.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/url/url.hpp>

#include <asio/ip/address.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dragline::inline v1::http {

/// A list of hosts, with commas or white space between them:
///
///     example.com     this name and all below it
///     .example.com    only what is below; "*.example.com" is the same
///     192.0.2.1       this address, where the URL has one: names are not looked up for this
///     10.0.0.0/8      the addresses of this network; bits behind the prefix count for nothing
///     ::1, [::1]:443, fd00::/8
///     example.com:80  at this port alone; not with a network
///     *               everything
///
/// Names compare without regard to case and a final dot. What cannot be read matches nothing, so that it
/// rather goes through the proxy than around it: see ignored().
class no_proxy {
public:
    no_proxy() {}
    DRAGLINE_DECL explicit no_proxy(std::string_view list);

    /// Whether http and https URLs of this host and port are on the list.
    DRAGLINE_DECL bool matches(const url::url& where) const;

    bool empty() const noexcept { return entries_.empty(); }

    /// The entries that could not be read, as they were given.
    const std::vector<std::string>& ignored() const noexcept { return ignored_; }

    friend bool operator==(const no_proxy&, const no_proxy&) = default;

private:
    enum class kind : std::uint8_t { all, name, below, network };
    struct entry {
        kind what = kind::all;
        std::uint16_t port = 0;  // 0: any
        std::string name;
        asio::ip::address network;
        unsigned prefix = 0;

        friend bool operator==(const entry&, const entry&) = default;
    };

    static bool parse(std::string_view text, entry& into);
    static bool parse_network(std::string_view text, entry& into);
    static bool parse_name(std::string_view text, entry& into);

    std::vector<entry> entries_;
    std::vector<std::string> ignored_;
};

}  // namespace dragline::http

#include <dragline/http/proxies/impl/no_proxy.ipp>
