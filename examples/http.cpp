// A small HTTP command in the manner of HTTPie: http/settings.hpp has its options, http/items.hpp its items.
// Without arguments it shows itself on loopback.
//
//     http example.com/search q==dragline
//     http --auth me:secret PUT api.example.com/items/7 X-Trace:1 name=thread count:=3
//     http --download=image.iso --timing https://example.com/image.iso
#include "http/exchange.hpp"
#include "http/lab.hpp"

#include <exception>
#include <iostream>
#include <string>
#include <system_error>
#include <vector>

int main(int argc, char** argv) {
    using namespace http_command;
    try {
        const std::vector<std::string> arguments(argv + 1, argv + argc);
        if (arguments.empty()) return show_lab();
        const auto options = read_command_line(arguments);
        if (options.help) return std::cout << usage, 0;
        return run_exchange(options);
    } catch (const usage_problem& problem) {
        std::cerr << "http: " << probe::printable(problem.what()) << "\nhttp --help says more\n";
        return 2;
    } catch (const std::system_error& failure) {
        std::cerr << "http: " << probe::printable(failure.what()) << '\n';
        return status_of(failure.code());
    } catch (const std::exception& failure) {
        std::cerr << "http: " << probe::printable(failure.what()) << '\n';
        return 1;
    }
}
