// What the command line asks for. Start with read_command_line().
#pragma once

#include "items.hpp"

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace http_command {

/// A command line that makes no sense. Never has what may be secret.
struct usage_problem : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct settings {
    std::string method;  // empty: GET, or POST with a body
    std::string url;
    std::vector<item> items;
    std::string auth;  // user:password
    std::string proxy;
    std::string har;
    std::string ca;
    std::optional<std::string> download;  // the file; empty: named by the URL
    std::chrono::milliseconds timeout{30'000};
    bool form = false;
    bool follow = false;
    bool timing = false;
    bool verbose = false;
    bool help = false;
};

inline constexpr const char* usage =
    "http [OPTION...] [METHOD] URL [ITEM...]\n\n"
    "items:    Name:value  header      name=value  string      name:=json  JSON value\n"
    "          name==value query       name@file   upload      \\ before : = @ makes them plain\n"
    "options:  --json --form           what name=value makes: JSON (default) or a form\n"
    "          --download[=FILE]       to a file, resumed, with a progress bar on a terminal\n"
    "          --auth USER:PASSWORD    for the server, when it asks\n"
    "          --proxy URL             http, https, socks4a, socks5 or socks5h\n"
    "          --follow                redirects\n"
    "          --timeout SECONDS       of the whole; 30\n"
    "          --timing                where the time went, on standard error\n"
    "          --har FILE              what was done, as HTTP Archive 1.2\n"
    "          --ca FILE               trusts these certificates (PEM) alone\n"
    "          -v, --verbose           heads of request and response, on standard error\n"
    "status:   0 fine, 1 other failure, 2 usage, 3 to 5 the class of the status, 6 name not resolved,\n"
    "          7 not connected, 8 TLS, 9 timeout, 10 limit, 11 blocked, 12 proxy, 13 protocol\n";

namespace detail {

inline bool is_method(std::string_view text) {
    return !text.empty() && text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == text.npos;
}

inline std::chrono::milliseconds parse_seconds(const std::string& text) {
    char* end = nullptr;
    const double seconds = std::strtod(text.c_str(), &end);
    if (text.empty() || *end != 0 || !std::isfinite(seconds) || seconds < 0.001 || seconds > 1e6)
        throw usage_problem("--timeout wants seconds, not '" + text + "'");
    return std::chrono::milliseconds(static_cast<long long>(seconds * 1000));
}

// "example.com/x" and ":8080/x", as people write them.
inline std::string full_url(const std::string& text) {
    if (text.starts_with(':')) return "http://localhost" + text;
    return text.find("://") == text.npos ? "http://" + text : text;
}

}  // namespace detail

inline settings read_command_line(const std::vector<std::string>& arguments) {
    settings made;
    std::vector<std::string> plain;
    for (std::size_t at = 0; at < arguments.size(); ++at) {
        const auto& word = arguments[at];
        if (!word.starts_with('-') || word == "-") {
            plain.push_back(word);
            continue;
        }
        const auto name = word.substr(0, word.find('='));
        const bool attached = name.size() < word.size();
        const auto value = [&] {
            if (attached) return word.substr(name.size() + 1);
            if (at + 1 == arguments.size()) throw usage_problem(name + " wants a value");
            return arguments[++at];
        };
        if (name == "--download") {
            made.download = attached ? value() : std::string();
        } else if (name == "--auth") {
            made.auth = value();
        } else if (name == "--proxy") {
            made.proxy = value();
        } else if (name == "--har") {
            made.har = value();
        } else if (name == "--ca") {
            made.ca = value();
        } else if (name == "--timeout") {
            made.timeout = detail::parse_seconds(value());
        } else if (word == "--form") {
            made.form = true;
        } else if (word == "--json") {
            made.form = false;
        } else if (word == "--follow") {
            made.follow = true;
        } else if (word == "--timing") {
            made.timing = true;
        } else if (word == "--verbose" || word == "-v") {
            made.verbose = true;
        } else if (word == "--help" || word == "-h") {
            made.help = true;
        } else {
            throw usage_problem("there is no option " + name);
        }
    }
    if (made.help) return made;
    std::size_t next = 0;
    if (plain.size() > 1 && detail::is_method(plain[0])) made.method = plain[next++];
    if (next == plain.size()) throw usage_problem("a URL is wanted");
    made.url = detail::full_url(plain[next++]);
    for (; next < plain.size(); ++next) {
        auto one = parse_item(plain[next]);
        if (!one)
            throw usage_problem("an item is Name:value, name=value, name:=json, name==value or name@file");
        made.items.push_back(*std::move(one));
    }
    if (!made.auth.empty() && made.auth.find(':') == made.auth.npos)
        throw usage_problem("--auth wants USER:PASSWORD");
    return made;
}

}  // namespace http_command
