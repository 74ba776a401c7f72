// Looks for names below domains with a list of words, and leaves out what wildcards make.
// subdomains/brute_force.hpp runs it.
//
//     subdomains --wordlist words.txt --resolvers servers.txt example.com
//     subdomains --wordlist words.txt --output found.json --resume run.state example.com example.org
//     subdomains --lab
#include "subdomains/brute_force.hpp"
#include "subdomains/command_line.hpp"
#include "subdomains/lab.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <istream>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <system_error>

namespace {

using namespace subdomains;

run_state fresh_state(const settings& options) {
    run_state state;
    for (const auto& each : options.domains) state.domains += (state.domains.empty() ? "" : " ") + each;
    for (const auto each : options.types) state.types += (state.types.empty() ? "" : " ") + to_string(each);
    std::error_code no_file;
    if (std::filesystem::is_regular_file(options.word_list, no_file))
        state.list_bytes = std::filesystem::file_size(options.word_list);
    return state;
}

run_state first_state(const settings& options) {
    const auto fresh = fresh_state(options);
    const auto earlier = options.state.empty() ? std::nullopt : load_state(options.state);
    if (!earlier) return fresh;
    if (const auto why = difference(*earlier, fresh); !why.empty())
        throw usage_problem(options.state + " is the state of another run: " + why);
    return *earlier;
}

// As many as a run asks for; reads the whole list.
std::uint64_t count_names(const settings& options) {
    std::ifstream file;
    open_to_read(file, options.word_list);
    word_source words(file, options.word_list, {});
    name_source names(words, options.domains);
    std::uint64_t count = 0;
    while (names.next()) ++count;
    return count;
}

std::string counted(std::uint64_t count, const char* what) { return std::to_string(count) + what; }

std::string headline(const brute_force& run, const word_source& words) {
    const auto& state = run.state();
    char took[32];
    std::snprintf(took, sizeof took, "%.1f s", std::chrono::duration<double>(run.took()).count());
    auto text = counted(state.names, " names asked for in ") + took + ": " + counted(state.found, " found, ");
    if (run.unknown() > 0) text += counted(run.unknown(), " of them perhaps made by a wildcard, ");
    text += counted(state.synthesised, " made by wildcards, ") + counted(state.unresolved, " unresolved");
    for (const auto& [kind, count] : run.errors()) text += ", " + kind + ' ' + std::to_string(count);
    if (words.bad() > 0) text += ", " + counted(words.bad(), " bad lines");
    return run.interrupted() ? "interrupted; " + text : text;
}

int status_of(const brute_force& run, const word_source& words) {
    if (run.interrupted()) return interrupted;
    return run.state().unresolved == 0 && words.bad() == 0 ? all_fine : some_failed;
}

void say_which_servers_failed(const brute_force& run, console& shown) {
    using dragline::dns::drop_reason;
    for (const auto& each : run.asked().servers) {
        if (each.dropped != drop_reason::none)
            shown.say(each.server + " was given up: " + to_string(each.dropped));
    }
}

// Complains about bad lines, the first ones; not about those that an earlier run went past.
class bad_lines {
public:
    explicit bad_lines(console& shown) : console_(shown) {}
    bool muted = false;

    void operator()(const std::string& place, const std::string& problem) {
        constexpr int most = 20;
        if (muted || said_ > most) return;
        console_.say(++said_ > most ? "further bad lines are counted only" : place + ": " + problem);
    }

private:
    console& console_;
    int said_ = 0;
};

int run_on(const settings& options, std::istream& list, const std::string& list_name) {
    console shown(options.progress);
    const auto state = first_state(options);
    bad_lines complaints(shown);
    word_source words(list, list_name, [&](const auto& place, const auto& why) { complaints(place, why); });
    name_source names(words, options.domains);
    if (state.complete) {
        shown.say(options.state + " says that this run is complete; remove it to begin anew");
        return state.unresolved == 0 ? all_fine : some_failed;
    }
    complaints.muted = state.names > 0;
    if (!names.skip(state.names)) throw usage_problem(list_name + " has fewer words than the state says");
    complaints.muted = false;
    if (!names.has_next() && state.names == 0) throw usage_problem(list_name + " has no words");
    auto out = options.output.empty() ? std::make_unique<output_file>()
                                      : std::make_unique<output_file>(options.output, state.output);
    brute_force run(options, names, state, *out, shown);
    if (shown.shows_progress() && state.list_bytes > 0) run.total = count_names(options);
    std::set<std::string> found;
    if (options.lab) run.on_found = [&found](const std::string& name) { found.insert(name); };
    run.run();
    say_which_servers_failed(run, shown);
    shown.say(headline(run, words));
    if (!options.lab || run.interrupted()) return status_of(run, words);
    const bool as_built = found == lab::built() && status_of(run, words) == all_fine;
    shown.say(as_built ? "the lab's names were found, and no others"
                       : "the lab was NOT found as it is built");
    return as_built ? all_fine : some_failed;
}

int run_subdomains(settings options) {
    if (options.lab) {
        const lab built;
        built.apply_to(options);
        std::istringstream list(lab::words());
        return run_on(options, list, "the lab's list");
    }
    if (options.word_list == "-") return run_on(options, std::cin, "standard input");
    std::ifstream file;
    open_to_read(file, options.word_list);
    return run_on(options, file, options.word_list);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Finds names below domains by trying words, without those that wildcards make.",
                 "subdomains");
    try {
        return run_subdomains(read_command_line(app, argc, argv));
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? all_fine : usage_error;
    } catch (const usage_problem& problem) {
        std::cerr << "subdomains: " << probe::printable(problem.what()) << "\nsubdomains --help says more\n";
    } catch (const std::exception& failure) {
        std::cerr << "subdomains: " << probe::printable(failure.what()) << '\n';
    }
    return usage_error;
}
