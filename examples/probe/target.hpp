// One thing to probe: a host, or a URL. Start with read_target().
#pragma once

#include <dragline/core/result.hpp>
#include <dragline/dns/name.hpp>
#include <dragline/url/parse.hpp>

#include <asio/ip/address.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace probe {

struct target {
    std::string text;  // as it was given
    std::string host;  // a name in lower case, or an address without brackets
    std::optional<asio::ip::address> address;
    dragline::url::url url;  // empty: a host, that is fetched by HTTP and HTTPS

    bool is_url() const { return !url.empty(); }

    /// The domain above the name; empty for an address and a name of one label.
    std::string parent() const {
        const auto dot = host.find('.');
        return address || dot == host.npos ? std::string() : host.substr(dot + 1);
    }

    /// Host and port as a URL has them.
    std::string authority(unsigned port) const {
        const auto name = address && address->is_v6() ? '[' + host + ']' : host;
        return name + ':' + std::to_string(port);
    }
};

/// A target, or what is wrong with the text.
struct read_target_result {
    std::optional<target> found;
    std::string problem;
};

namespace detail {

inline read_target_result checked(target found) {
    std::error_code none;
    const auto address = asio::ip::make_address(found.host, none);
    if (!none) {
        found.address = address;
        return {std::move(found), {}};
    }
    auto name = dragline::dns::normal_host_name(found.host);
    if (!name) return {std::nullopt, name.error().message()};
    found.host = *std::move(name);
    return {std::move(found), {}};
}

inline read_target_result read_url(std::string_view text) {
    auto url = dragline::url::parse(text);
    if (!url) return {std::nullopt, url.error().message()};
    if (url->scheme() != "http" && url->scheme() != "https")
        return {std::nullopt, "the URL is neither http nor https"};
    target found;
    found.text = text;
    found.host = url->bare_hostname();
    found.url = url->without_fragment();
    return checked(std::move(found));
}

}  // namespace detail

/// Reads "example.com", "192.0.2.1", "2001:db8::1", "[2001:db8::1]" or a URL of http or https.
inline read_target_result read_target(std::string_view text) {
    for (const char c : text) {
        if (static_cast<unsigned char>(c) <= ' ' || c == 0x7F)
            return {std::nullopt, "white space or a control character"};
    }
    if (text.find("://") != text.npos) return detail::read_url(text);
    target found;
    found.text = text;
    std::error_code no_address;
    if (const auto six = asio::ip::make_address_v6(std::string(text), no_address); !no_address) {
        found.host = six.to_string();
        return detail::checked(std::move(found));
    }
    const auto host = dragline::url::parse_host(text);
    if (!host) return {std::nullopt, "neither a host nor a URL: " + host.error().message()};
    found.host = host->text();
    if (host->kind() == dragline::url::host_kind::ipv6)
        found.host = found.host.substr(1, found.host.size() - 2);
    return detail::checked(std::move(found));
}

}  // namespace probe
