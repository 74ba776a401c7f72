// From the command line to settings. Start with read_command_line().
#pragma once

#include "json_report.hpp"
#include "prober.hpp"
#include "settings.hpp"

#include <CLI/CLI.hpp>
#include <dragline/dns/server.hpp>
#include <dragline/h1/field.hpp>
#include <dragline/tls/context.hpp>

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

namespace probe {

/// What the user can do something about.
struct usage_problem : std::runtime_error {
    using std::runtime_error::runtime_error;
};

namespace detail {

inline constexpr const char* help_footer = R"(
Input: one host or URL a line; blank lines and what stands behind # are skipped. A line that
names neither is reported with its number and does not stop the run.

Exit status: 0    everything was answered; a status of 400 or more is an answer, too
             1    some host was not, or some line was bad; with --lab: not found as it is built
             2    wrong usage, or nothing to probe
             130  interrupted (Ctrl-C); what was found until then has been printed

The bar is drawn on standard error, where that is a terminal. NO_COLOR is honoured.

JSON: )";

/// What CLI11 reads, before it is checked.
struct raw_options {
    settings chosen;
    std::vector<std::string> servers;
    double timeout = 0;
};

inline void add_input_options(CLI::App& app, raw_options& raw) {
    app.add_option("target", raw.chosen.targets, "hosts or URLs; - reads them from standard input");
    app.add_option("-f,--file", raw.chosen.files, "read hosts and URLs from this file; may be repeated")
        ->type_name("FILE")
        ->allow_extra_args(false);
    app.add_flag("--lab", raw.chosen.lab,
                 "probe 500 hosts, good and bad, that this program serves on loopback");
    app.add_flag("--all", raw.chosen.all, "with --lab: show every host, not one of each kind");
}

inline void add_probe_options(CLI::App& app, raw_options& raw) {
    app.add_option("-j,--jobs", raw.chosen.jobs, "hosts in flight at once")
        ->type_name("COUNT")
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str();
    app.add_option("--http-port", raw.chosen.http_port, "port of HTTP; 0 leaves it out")
        ->type_name("PORT")
        ->capture_default_str();
    app.add_option("--https-port", raw.chosen.https_port, "port of HTTPS; 0 leaves it out")
        ->type_name("PORT")
        ->capture_default_str();
    app.add_option("--server", raw.servers,
                   "ask this DNS server, ADDRESS or ADDRESS:PORT, and not the hosts file; may be repeated")
        ->type_name("SERVER")
        ->allow_extra_args(false);
    app.add_option("--ca", raw.chosen.ca_file, "trust the CAs of this PEM file and no others")
        ->type_name("FILE");
    app.add_option("--timeout", raw.timeout, "for each look-up and each fetch; 10, with --lab 3")
        ->type_name("SECONDS")
        ->check(CLI::Range(0.001, 86'400.0));
    app.add_option("--user-agent", raw.chosen.user_agent, "what to call ourselves")
        ->type_name("TEXT")
        ->capture_default_str();
}

inline void add_output_options(CLI::App& app, raw_options& raw) {
    app.add_flag("-d,--details", raw.chosen.details, "all that was found, host by host, instead of a table");
    app.add_flag("--json", raw.chosen.json, "JSON lines instead of a table");
    app.footer(std::string(help_footer) + json_keys);
}

inline settings checked(raw_options raw) {
    auto& chosen = raw.chosen;
    for (const auto& text : raw.servers) {
        const auto server = dragline::dns::server::parse(text);
        if (!server) throw usage_problem("--server " + text + ": " + server.error().message());
        chosen.servers.push_back(*server);
    }
    if (raw.timeout <= 0) raw.timeout = chosen.lab ? 3 : 10;
    chosen.timeout = std::chrono::milliseconds(static_cast<long long>(raw.timeout * 1000));
    if (!chosen.ca_file.empty()) {
        const auto usable = dragline::tls::context::make_client(trust(chosen));
        if (!usable) throw usage_problem("--ca " + chosen.ca_file + ": " + usable.error().message());
    }
    if (dragline::h1::check_field_value(chosen.user_agent)) {
        throw usage_problem("--user-agent: a control character or a space at an end");
    }
    if (chosen.lab && !(chosen.targets.empty() && chosen.files.empty())) {
        throw usage_problem("--lab brings its own hosts");
    }
    return std::move(chosen);
}

}  // namespace detail

/// Throws CLI::ParseError, also for --help, and usage_problem; `app` lives as long as its errors are handled.
inline settings read_command_line(CLI::App& app, int argc, char** argv) {
    detail::raw_options raw;
    detail::add_input_options(app, raw);
    detail::add_probe_options(app, raw);
    detail::add_output_options(app, raw);
    app.parse(argc, argv);
    return detail::checked(std::move(raw));
}

}  // namespace probe
