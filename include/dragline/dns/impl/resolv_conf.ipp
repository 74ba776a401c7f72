// Included by <dragline/dns/resolv_conf.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/dns/name.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <utility>

namespace dragline::inline v1::dns {
namespace detail {

// Takes the next word off `line`; empty at its end.
DRAGLINE_DECL std::string_view take_word(std::string_view& line) noexcept {
    constexpr std::string_view space = " \t\r";
    line.remove_prefix(std::min(line.find_first_not_of(space), line.size()));
    const auto word = line.substr(0, line.find_first_of(space));
    line.remove_prefix(word.size());
    return word;
}

DRAGLINE_DECL void read_server(std::string_view word, resolv_conf& out) {
    auto found = server::parse(word);
    if (!found || out.servers.size() == max_system_servers) return;
    if (std::find(out.servers.begin(), out.servers.end(), *found) == out.servers.end())
        out.servers.push_back(*std::move(found));
}

DRAGLINE_DECL void read_search(std::string_view words, resolv_conf& out) {
    out.search.clear();
    for (auto word = take_word(words); !word.empty(); word = take_word(words)) {
        auto suffix = normal_host_name(word);
        if (suffix && out.search.size() < max_search_suffixes) out.search.push_back(*std::move(suffix));
    }
}

DRAGLINE_DECL void read_resolver_options(std::string_view words, resolv_conf& out) {
    constexpr std::string_view ndots = "ndots:";
    for (auto word = take_word(words); !word.empty(); word = take_word(words)) {
        if (!word.starts_with(ndots)) continue;
        const auto value = ascii::parse_number<unsigned>(word.substr(ndots.size()));
        if (value) out.ndots = std::min(*value, max_ndots);
    }
}

}  // namespace detail

DRAGLINE_DECL resolv_conf parse_resolv_conf(std::string_view text) {
    resolv_conf out;
    while (!text.empty()) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        text = end == text.npos ? std::string_view() : text.substr(end + 1);

        line = line.substr(0, line.find_first_of("#;"));
        if (!line.empty() && (line.front() == ' ' || line.front() == '\t')) continue;  // keywords begin lines
        const auto keyword = detail::take_word(line);
        if (keyword == "nameserver") detail::read_server(detail::take_word(line), out);
        if (keyword == "search" || keyword == "domain") detail::read_search(line, out);
        if (keyword == "options") detail::read_resolver_options(line, out);
    }
    return out;
}

}  // namespace dragline::dns

#endif
