// How far a run has come, in a file that is there as a whole or not at all. Start with run_state.
#pragma once

#include "output_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace subdomains {

struct run_state {
    // What must be the same to go on.
    std::string domains;           // "example.com example.org"
    std::string types;             // "A AAAA"
    std::uint64_t list_bytes = 0;  // of the word list; 0 when it is no file

    std::uint64_t names = 0;   // that are done, all before them too
    std::uint64_t output = 0;  // bytes that tell of them
    std::uint64_t found = 0;   // names
    std::uint64_t synthesised = 0;
    std::uint64_t unresolved = 0;  // questions
    bool complete = false;

    bool operator==(const run_state&) const = default;
};

/// As text, a line for each member.
inline std::string to_text(const run_state& state) {
    const auto number = [](const char* key, std::uint64_t value) {
        return key + std::string(" ") + std::to_string(value) + '\n';
    };
    return "dragline subdomains state 1\ndomains " + state.domains + "\ntypes " + state.types + '\n' +
           number("list_bytes", state.list_bytes) + number("names", state.names) +
           number("output", state.output) + number("found", state.found) +
           number("synthesised", state.synthesised) + number("unresolved", state.unresolved) +
           number("complete", state.complete ? 1 : 0) + "end\n";
}

/// Reads what to_text() writes, and nothing else.
inline std::optional<run_state> parse_state(std::string_view text) {
    run_state state;
    bool good = true;
    const auto line = [&](std::string_view key) {
        const auto end = text.find('\n');
        good = good && end != text.npos && text.substr(0, end).starts_with(key);
        if (!good) return std::string_view();
        const auto value = text.substr(key.size(), end - key.size());
        text.remove_prefix(end + 1);
        return value;
    };
    const auto number = [&](std::string_view key) {
        std::uint64_t value = 0;
        const auto digits = line(key);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        good = good && error == std::errc() && end == digits.data() + digits.size();
        return value;
    };
    good = line("dragline subdomains state 1").empty() && good;
    state.domains = line("domains ");
    state.types = line("types ");
    state.list_bytes = number("list_bytes ");
    state.names = number("names ");
    state.output = number("output ");
    state.found = number("found ");
    state.synthesised = number("synthesised ");
    state.unresolved = number("unresolved ");
    const auto complete = number("complete ");
    state.complete = complete == 1;
    good = line("end").empty() && good && complete <= 1 && text.empty();
    return good ? std::optional(state) : std::nullopt;
}

/// Why `earlier` cannot be continued by a run that asks for what `now` says; empty when it can.
inline std::string difference(const run_state& earlier, const run_state& now) {
    if (earlier.domains != now.domains) return "its domains are " + earlier.domains;
    if (earlier.types != now.types) return "its types are " + earlier.types;
    if (earlier.list_bytes == now.list_bytes) return {};
    if (earlier.list_bytes == 0 || now.list_bytes == 0) return "one of the word lists is no file";
    return "its word list has " + std::to_string(earlier.list_bytes) + " bytes, this one " +
           std::to_string(now.list_bytes);
}

/// Replaces the file at once, so that a crash leaves the old one or the new one. Throws std::system_error.
inline void save_state(const std::string& path, const run_state& state) {
    const auto fresh = path + ".new";
    const int descriptor = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) throw_errno("cannot write " + fresh);
    try {
        write_all(descriptor, to_text(state), fresh);
        if (::fdatasync(descriptor) != 0) throw_errno("cannot write " + fresh);
    } catch (...) {
        ::close(descriptor);
        throw;
    }
    ::close(descriptor);
    if (std::rename(fresh.c_str(), path.c_str()) != 0) throw_errno("cannot write " + path);
}

/// What is in the file; nothing when there is none. Throws std::system_error when it cannot be read,
/// std::runtime_error when it holds no state.
inline std::optional<run_state> load_state(const std::string& path) {
    if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) return std::nullopt;
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    file.peek();
    if (errno != 0) throw_errno("cannot read " + path);
    constexpr std::size_t most = 1'048'576;
    std::string text;
    for (std::istreambuf_iterator<char> at(file), end; at != end && text.size() <= most; ++at) text += *at;
    auto state = parse_state(text);
    if (!state) throw std::runtime_error(path + " is no state of subdomains");
    return state;
}

}  // namespace subdomains
