// Probes many hosts at once: DNS, HTTP, HTTPS, certificates, timings. probe/survey.hpp runs it,
// probe/prober.hpp asks about one host.
//
//     probe example.com https://www.example.org/start
//     probe -j 200 --json - < hosts.txt
//     probe --lab
#include "probe/command_line.hpp"
#include "probe/details.hpp"
#include "probe/input.hpp"
#include "probe/json_report.hpp"
#include "probe/lab.hpp"
#include "probe/lab_report.hpp"
#include "probe/rows.hpp"
#include "probe/summary.hpp"
#include "probe/survey.hpp"
#include "probe/terminal.hpp"

#include <CLI/CLI.hpp>

#include <cerrno>
#include <exception>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace {

using namespace probe;

void read_file(input& hosts, const std::string& name) {
    if (name == "-") return hosts.read_lines("standard input", std::cin);
    errno = 0;
    std::ifstream file(name, std::ios::binary);
    file.peek();  // opening a directory works, reading it does not
    if (errno != 0)
        throw usage_problem("cannot read " + name + ": " + std::generic_category().message(errno));
    hosts.read_lines(name, file);
}

input read_input(const settings& options) {
    input hosts;
    for (std::size_t at = 0; at < options.targets.size(); ++at) {
        if (options.targets[at] == "-") {
            read_file(hosts, "-");
        } else {
            hosts.read_argument(at + 1, options.targets[at]);
        }
    }
    for (const auto& name : options.files) read_file(hosts, name);
    for (const auto& bad : hosts.bad_lines()) {
        std::cerr << "probe: " << printable(bad.place) << ": " << bad.problem << '\n';
    }
    if (hosts.targets().empty())
        throw usage_problem("no host to probe: name some, or read them with --file FILE or -");
    return hosts;
}

std::vector<const host_report*> done_hosts(const findings& found) {
    std::vector<const host_report*> done;
    for (const auto& host : found.hosts) {
        if (host) done.push_back(&*host);
    }
    return done;
}

void print_hosts(const settings& options, const terminal& out, const std::vector<const host_report*>& hosts) {
    if (options.details) {
        for (const auto* host : hosts) std::cout << details_of(*host, out) << '\n';
    } else if (!hosts.empty()) {
        std::cout << host_table(hosts).render(out, out.width()) << '\n';
    }
}

void print_verdict(const terminal& out, const lab_comparison& compared, const char* program) {
    const auto verdict = std::to_string(compared.found) + " of the lab's " + std::to_string(compared.hosts) +
                         " hosts were found as they are built";
    std::cout << out.paint(verdict, compared.as_built() ? tone::good : tone::bad)
              << "\n\nTo probe real hosts:\n    " << program << " example.com https://www.debian.org/\n";
}

void print(const settings& options, const lab* built, const findings& found, const char* program) {
    const auto out = terminal::of(STDOUT_FILENO);
    const auto hosts = built && !options.all ? one_of_each(built->kinds(), found) : done_hosts(found);
    print_hosts(options, out, hosts);
    if (hosts.size() < found.count()) {
        std::cout << "One host of each kind; --all shows all " << found.count() << ".\n\n";
    }
    std::optional<lab_comparison> compared;
    if (built && !found.interrupted) compared = compare_with_lab(built->kinds(), found);
    if (compared) std::cout << compared->rows.render(out, out.width()) << '\n';
    std::cout << summary_of(found).render(out, out.width()) << '\n' << headline(found) << '\n';
    if (compared) print_verdict(out, *compared, program);
}

int status_of(const lab* built, const findings& found, const input& hosts) {
    if (found.interrupted) return interrupted;
    if (built) return compare_with_lab(built->kinds(), found).as_built() ? all_fine : some_failed;
    const bool all_done = found.count() == hosts.targets().size() && found.failed() == 0;
    return all_done && hosts.bad_lines().empty() ? all_fine : some_failed;
}

int run_probe(settings options, const char* program) {
    std::unique_ptr<lab> built;
    if (options.lab) {
        built = open_lab();
        built->apply_to(options);
        options.targets = built->targets();
    }
    const auto hosts = read_input(options);
    std::function<void(const host_report&)> on_host;
    if (options.json) on_host = [](const host_report& host) { std::cout << json_line(host) << std::endl; };
    const auto found = survey(hosts.targets(), options, terminal::of(STDERR_FILENO), on_host);
    if (options.json) {
        std::cerr << "probe: " << headline(found) << '\n';
    } else {
        print(options, built.get(), found, program);
    }
    return status_of(built.get(), found, hosts);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Looks up and fetches many hosts at once, and says what it found.", "probe");
    try {
        return run_probe(read_command_line(app, argc, argv), argv[0]);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? all_fine : usage_error;
    } catch (const usage_problem& problem) {
        std::cerr << "probe: " << printable(problem.what()) << "\nprobe --help says more\n";
    } catch (const std::exception& failure) {
        std::cerr << "probe: " << printable(failure.what()) << '\n';
    }
    return usage_error;
}
