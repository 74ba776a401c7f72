// From the command line to settings. Start with read_command_line().
#pragma once

#include "finding.hpp"
#include "settings.hpp"

#include <CLI/CLI.hpp>
#include <dragline/dns/name.hpp>
#include <dragline/dns/server.hpp>

#include <asio/ip/address.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace subdomains {

/// What the user can do something about.
struct usage_problem : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Opens a file for reading; a folder opens as well, so one byte is looked at.
inline void open_to_read(std::ifstream& file, const std::string& path) {
    errno = 0;
    file.open(path, std::ios::binary);
    file.peek();
    if (errno != 0)
        throw usage_problem("cannot read " + path + ": " + std::generic_category().message(errno));
    file.clear();
}

namespace detail {

inline constexpr const char* help_footer = R"(
Words: one a line, with dots or without; blank lines and what stands behind # are skipped. A line
that is no word is reported with its number and does not stop the run. A word that stands there
twice is asked for twice.

Only the servers that are named here are asked: or, when none is, those of the system.

Resuming: --resume FILE together with --output FILE keeps a state. The same command goes on where
the last one ended, however that was, and no name is lost or written twice.

Exit status: 0    every name was answered
             1    some were not, or some line was bad; with --lab: not found as it is built
             2    wrong usage, or the run could not go on
             130  interrupted (Ctrl-C)

JSON: )";

/// What CLI11 reads, before it is checked.
struct raw_options {
    settings chosen;
    std::vector<std::string> resolvers;
    std::vector<std::string> resolver_files;
    std::vector<std::string> trusted;
    std::vector<std::string> types;
    std::string engine = "udp";
    double timeout = 1.5;
};

inline void add_input_options(CLI::App& app, raw_options& raw) {
    const auto repeated = [&app](const char* names, auto& to, const char* text, const char* kind) {
        app.add_option(names, to, text)->type_name(kind)->allow_extra_args(false);
    };
    app.add_option("domain", raw.chosen.domains, "look for names below these");
    app.add_option("-w,--wordlist", raw.chosen.word_list, "words to try; - reads them from standard input")
        ->type_name("FILE");
    repeated("-r,--resolver", raw.resolvers, "ask this server; may be repeated", "ADDRESS[:PORT]");
    repeated("--resolvers", raw.resolver_files, "ask the servers in this file, one a line", "FILE");
    repeated("--trusted", raw.trusted, "confirm what is found with this server; may be repeated",
             "ADDRESS[:PORT]");
    app.add_option("-t,--types", raw.types, "what to ask for, A unless told; several with commas")
        ->type_name("A,AAAA")
        ->delimiter(',')
        ->allow_extra_args(false);
    app.add_flag("--lab", raw.chosen.lab,
                 "find the names of two domains that this program serves on loopback");
}

inline void add_run_options(CLI::App& app, raw_options& raw) {
    app.add_option("--engine", raw.engine, "udp: many sockets of our own; ares: c-ares")
        ->check(CLI::IsMember({"udp", "ares"}))
        ->capture_default_str();
    app.add_option("--window", raw.chosen.window, "questions on their way at most")
        ->type_name("COUNT")
        ->check(CLI::Range(std::size_t{1}, dragline::dns::bulk_options::max_window))
        ->capture_default_str();
    app.add_option("--rate", raw.chosen.rate, "queries a second to one server at most; no limit unless told")
        ->type_name("COUNT")
        ->check(CLI::Range(0.1, 1e9));
    app.add_option("--tries", raw.chosen.tries, "queries for one question at most")
        ->type_name("COUNT")
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
    app.add_option("--timeout", raw.timeout, "for one query")
        ->type_name("SECONDS")
        ->check(CLI::Range(0.001, 3600.0))
        ->capture_default_str();
    app.add_option("--canary", raw.chosen.canary_every,
                   "ask for a name that nobody made beside so many names")
        ->type_name("COUNT")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
}

inline void add_output_options(CLI::App& app, raw_options& raw) {
    app.add_option("-o,--output", raw.chosen.output, "write there, not to standard output")
        ->type_name("FILE");
    app.add_option("--resume", raw.chosen.state,
                   "go on from this state if it is there, and keep it; needs --output")
        ->type_name("FILE");
    app.add_flag("--progress", raw.chosen.progress,
                 "a line a second on standard error, also if that is no terminal");
    app.footer(std::string(help_footer) + json_keys);
}

inline dragline::dns::server read_server(const std::string& place, std::string_view text) {
    const auto server = dragline::dns::server::parse(text);
    if (!server) throw usage_problem(place + ": " + server.error().message() + ": " + std::string(text));
    return *server;
}

inline void read_server_file(std::vector<dragline::dns::server>& to, const std::string& path) {
    std::ifstream file;
    open_to_read(file, path);
    const auto before = to.size();
    std::string line;
    for (std::size_t number = 1; std::getline(file, line); ++number) {
        line = line.substr(0, line.find('#'));
        const auto begin = line.find_first_not_of(" \t\r"), end = line.find_last_not_of(" \t\r");
        if (begin == line.npos) continue;
        to.push_back(read_server(path + ':' + std::to_string(number), line.substr(begin, end - begin + 1)));
    }
    if (to.size() == before) throw usage_problem(path + " names no server");
}

// In the order given, each once.
inline std::vector<std::string> checked_domains(const std::vector<std::string>& given) {
    std::vector<std::string> domains;
    for (const auto& text : given) {
        std::error_code no_address;
        asio::ip::make_address(text, no_address);
        if (!no_address) throw usage_problem("an address is no domain: " + text);
        const auto name = dragline::dns::normal_host_name(text);
        if (!name) throw usage_problem(name.error().message() + ": " + text);
        if (std::find(domains.begin(), domains.end(), *name) == domains.end()) domains.push_back(*name);
    }
    return domains;
}

inline std::vector<dragline::dns::record_type> checked_types(const std::vector<std::string>& given) {
    std::vector<dragline::dns::record_type> types;
    for (const auto& text : given) {
        const auto type = dragline::dns::parse_record_type(text);
        if (!type) throw usage_problem("--types " + text + ": " + type.error().message());
        if (std::find(types.begin(), types.end(), *type) == types.end()) types.push_back(*type);
    }
    if (types.empty()) types.push_back(dragline::dns::record_type::a);
    return types;
}

inline settings checked(raw_options raw) {
    auto& chosen = raw.chosen;
    for (const auto& text : raw.resolvers) chosen.resolvers.push_back(read_server("--resolver", text));
    for (const auto& path : raw.resolver_files) read_server_file(chosen.resolvers, path);
    for (const auto& text : raw.trusted) chosen.trusted.push_back(read_server("--trusted", text));
    if (chosen.resolvers.size() > dragline::dns::bulk_options::max_servers)
        throw usage_problem("too many resolvers");
    chosen.types = checked_types(raw.types);
    chosen.engine = raw.engine == "udp" ? dragline::dns::bulk_engine::udp : dragline::dns::bulk_engine::ares;
    chosen.try_timeout = std::chrono::milliseconds(static_cast<long long>(raw.timeout * 1000));
    chosen.domains = checked_domains(chosen.domains);
    if (chosen.lab && !(chosen.domains.empty() && chosen.word_list.empty() && chosen.resolvers.empty()))
        throw usage_problem("--lab brings its own domains, words and servers");
    if (chosen.lab) return std::move(chosen);
    if (chosen.domains.empty()) throw usage_problem("no domain to look below");
    if (chosen.word_list.empty())
        throw usage_problem("no words: name a file with --wordlist, or - for standard input");
    if (!chosen.state.empty() && chosen.output.empty())
        throw usage_problem("--resume needs --output: what went elsewhere cannot be cut back");
    if (!chosen.state.empty() && chosen.state == chosen.output)
        throw usage_problem("state and output cannot be one file");
    return std::move(chosen);
}

}  // namespace detail

/// Throws CLI::ParseError, also for --help, and usage_problem; `app` lives as long as its errors are handled.
inline settings read_command_line(CLI::App& app, int argc, char** argv) {
    detail::raw_options raw;
    raw.chosen.lab = argc == 1;
    detail::add_input_options(app, raw);
    detail::add_run_options(app, raw);
    detail::add_output_options(app, raw);
    app.parse(argc, argv);
    return detail::checked(std::move(raw));
}

}  // namespace subdomains
