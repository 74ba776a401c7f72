// Included by <dragline/net/upstreams/upstream_options.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/ip/address.hpp>

#include <algorithm>
#include <system_error>
#include <unordered_set>

namespace dragline::inline v1::net {
namespace detail {

// Takes "name:" off the front of the text.
inline std::optional<upstream_policy> take_policy(std::string_view& text) {
    struct spelling {
        std::string_view name;
        upstream_policy policy;
    };
    constexpr spelling spellings[] = {{"master-slave:", upstream_policy::master_slave},
                                      {"round-robin:", upstream_policy::round_robin},
                                      {"random:", upstream_policy::random},
                                      {"hash:", upstream_policy::hash_ring}};
    for (const auto& each : spellings) {
        if (!text.starts_with(each.name)) continue;
        text.remove_prefix(each.name.size());
        return each.policy;
    }
    return std::nullopt;
}

// Takes ":number" off the end, where it stands.
template <class Number>
std::optional<Number> take_number(std::string_view& text) {
    const auto colon = text.rfind(':');
    if (colon == text.npos) return std::nullopt;
    const auto number = ascii::parse_number<Number>(text.substr(colon + 1));
    if (number) text = text.substr(0, colon);
    return number;
}

inline std::optional<upstream_server> parse_upstream(std::string_view text, std::uint16_t default_port) {
    upstream_server server;
    if (text.front() == '/') {
        server.weight = take_number<std::uint32_t>(text).value_or(1);
        server.target = endpoint::local_socket(text);
    } else {
        std::error_code literal;
        asio::ip::make_address(text, literal);
        std::string_view host = text, rest;
        if (text.front() == '[') {
            const auto end = text.find(']');
            if (end == text.npos) return std::nullopt;
            host = text.substr(0, end + 1);
            rest = text.substr(end + 1);
        } else if (literal) {  // else an address of IPv6 without brackets, or one without a port
            host = text.substr(0, text.find(':'));
            rest = text.substr(host.size());
        }
        std::optional<std::uint16_t> port = default_port;
        if (!rest.empty()) {
            if (rest.front() != ':') return std::nullopt;
            rest.remove_prefix(1);
            const auto colon = rest.find(':');
            port = ascii::parse_number<std::uint16_t>(rest.substr(0, colon));
            if (colon != rest.npos) {
                const auto weight = ascii::parse_number<std::uint32_t>(rest.substr(colon + 1));
                if (!weight) return std::nullopt;
                server.weight = *weight;
            }
        }
        if (host.empty() || !port || *port == 0) return std::nullopt;
        server.target = endpoint(host, *port);
        if (host.front() == '[' && !(server.target.address() && server.target.address()->is_v6()))
            return std::nullopt;
    }
    if (server.weight == 0 || server.weight > upstream_server::most_weight) return std::nullopt;
    return server;
}

}  // namespace detail

DRAGLINE_DECL result<upstream_definition> parse_upstreams(std::string_view text, std::uint16_t default_port) {
    upstream_definition read;
    text = ascii::trim(text);
    read.policy = detail::take_policy(text);
    constexpr std::string_view separators = ",; \t\r\n";
    std::unordered_set<std::string> seen;
    for (;;) {
        text.remove_prefix(std::min(text.find_first_not_of(separators), text.size()));
        if (text.empty()) break;
        const auto item = text.substr(0, text.find_first_of(separators));
        text.remove_prefix(item.size());
        auto server = detail::parse_upstream(item, default_port);
        if (!server || !seen.insert(server->target.to_string()).second) return errc::invalid_upstreams;
        read.servers.push_back(*std::move(server));
    }
    if (read.servers.empty()) return errc::invalid_upstreams;
    return read;
}

DRAGLINE_DECL bool upstream_options::valid() const noexcept {
    const auto usable = [](duration limit) { return async::valid_timeout(limit); };
    return max_errors_ >= 1 && max_errors_ <= 1'000 && max_attempts_ >= 1 && ring_points_ >= 1 &&
           ring_points_ <= 1'000 && revive_jitter_ >= 0 && revive_jitter_ <= 1 && usable(error_window_) &&
           usable(revive_time_) && usable(max_revive_time_) && usable(probe_interval_) &&
           usable(probe_timeout_) && usable(timeout_) && usable(resolve_interval_) &&
           usable(connect_.timeout());
}

}  // namespace dragline::net

#endif
