// What resolv.conf(5) says of DNS servers and of search. Start with parse_resolv_conf().
#pragma once

#include <dragline/dns/server.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dragline::inline v1::dns {

inline constexpr std::size_t max_system_servers = 16;
inline constexpr std::size_t max_search_suffixes = 32;
inline constexpr unsigned max_ndots = 15;

struct resolv_conf {
    std::vector<server> servers;      ///< None may mean the local machine.
    std::vector<std::string> search;  ///< Suffixes, lower case, without a dot at the end.
    unsigned ndots = 1;

    resolv_conf() {}
    bool operator==(const resolv_conf&) const = default;
};

/// Reads the text of a resolv.conf: the lines nameserver, search, domain, and ndots among the options.
///
/// Of search and domain the last line counts. Lines and words that cannot be understood are skipped, and so
/// is what exceeds the limits above; larger ndots count as max_ndots.
DRAGLINE_DECL resolv_conf parse_resolv_conf(std::string_view text);

}  // namespace dragline::dns

#include <dragline/dns/impl/resolv_conf.ipp>
