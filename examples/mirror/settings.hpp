// What the command line asks for. Start with read_command_line().
#pragma once

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace mirror {

struct usage_problem : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct settings {
    std::string url;
    std::string folder;
    std::string ca;
    std::size_t depth = 5;                         // links from the first page
    std::size_t max_pages = 1'000;                 // fetched at all
    std::size_t max_seen = 100'000;                // URLs that are remembered
    std::uint64_t max_size = 64ULL * 1024 * 1024;  // of one file
    std::size_t jobs = 2;                          // at once
    std::chrono::milliseconds delay{500};          // between the beginnings of two requests
    bool help = false;
};

inline constexpr const char* usage =
    "mirror [OPTION...] URL FOLDER\n\n"
    "  --depth N        links from the first page; 5\n"
    "  --max-pages N    files to fetch; 1000\n"
    "  --max-size N     bytes of one file; 64 MiB\n"
    "  --jobs N         requests at once; 2\n"
    "  --delay MS       between two requests, or what robots.txt asks for if that is more; 500\n"
    "  --ca FILE        trusts these certificates (PEM) alone\n"
    "status: 0 fine, 1 something could not be had, 2 usage\n";

/// What the robot is called, and the token that robots.txt has for it.
inline constexpr const char* product = "dragline-mirror";

inline settings read_command_line(const std::vector<std::string>& arguments) {
    settings made;
    std::vector<std::string> plain;
    for (std::size_t at = 0; at < arguments.size(); ++at) {
        const auto& name = arguments[at];
        if (name == "--help" || name == "-h") return made.help = true, made;
        if (!name.starts_with('-')) {
            plain.push_back(name);
            continue;
        }
        if (at + 1 == arguments.size()) throw usage_problem(name + " wants a value");
        const auto& value = arguments[++at];
        const auto number = [&](std::uint64_t least, std::uint64_t most) {
            std::uint64_t parsed = 0;
            const auto* end = value.data() + value.size();
            const auto got = std::from_chars(value.data(), end, parsed);
            if (got.ec != std::errc() || got.ptr != end || parsed < least || parsed > most)
                throw usage_problem(name + " wants a number from " + std::to_string(least) + " to " +
                                    std::to_string(most));
            return parsed;
        };
        if (name == "--depth") {
            made.depth = number(0, 1000);
        } else if (name == "--max-pages") {
            made.max_pages = number(1, 10'000'000);
        } else if (name == "--max-size") {
            made.max_size = number(1, 1ULL << 50U);
        } else if (name == "--jobs") {
            made.jobs = number(1, 64);
        } else if (name == "--delay") {
            made.delay = std::chrono::milliseconds(number(0, 86'400'000));
        } else if (name == "--ca") {
            made.ca = value;
        } else {
            throw usage_problem("there is no option " + name);
        }
    }
    if (plain.size() != 2) throw usage_problem("a URL and a folder are wanted");
    made.url = plain[0].find("://") == std::string::npos ? "http://" + plain[0] : plain[0];
    made.folder = plain[1];
    return made;
}

}  // namespace mirror
