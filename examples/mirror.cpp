// Copies one site to a folder, politely: robots.txt, a pause between requests, a limit for everything.
// mirror/crawler.hpp does it, mirror/local_path.hpp says where a URL is kept. Without arguments it copies a
// small site on loopback to a temporary folder.
//
//     mirror --depth 2 --delay 1000 https://www.example.org/docs/ copy
#include "mirror/crawler.hpp"
#include "mirror/lab.hpp"

#include <dragline/dragline.hpp>

#include <exception>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

namespace {

int run_mirror(const mirror::settings& options) {
    if (const auto url = dragline::url::parse(options.url); !url || !url->is_special())
        throw mirror::usage_problem("that is no URL of a site");
    dragline::event_loop loop;
    auto shared = dragline::session_options()
                      .user_agent(std::string(mirror::product) + "/1.0")
                      .connections_per_host(options.jobs);
    if (!options.ca.empty()) shared.tls(dragline::tls::client_options().ca_file(options.ca));
    mirror::crawler crawler(dragline::get_session(loop, "mirror", shared), options);
    const auto done = dragline::run(loop, crawler.run());
    std::cerr << "mirror: " << done.saved << " saved, " << done.bytes << " bytes; " << done.failed
              << " failed, " << done.refused << " refused by robots.txt\n";
    return done.failed == 0 && done.saved > 0 ? 0 : 1;
}

int show_lab() {
    dragline::testing::http_server server;
    mirror::build_site(server);
    const auto folder = std::filesystem::temp_directory_path() / ("mirror-" + std::to_string(server.port()));
    mirror::settings options;
    options.url = server.url();
    options.folder = folder;
    options.delay = std::chrono::milliseconds(5);
    const int status = run_mirror(options);
    std::filesystem::remove_all(folder);
    return status;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        if (argc == 1) return show_lab();
        const auto options = mirror::read_command_line({argv + 1, argv + argc});
        if (options.help) return std::cout << mirror::usage, 0;
        return run_mirror(options);
    } catch (const mirror::usage_problem& problem) {
        std::cerr << "mirror: " << probe::printable(problem.what()) << "\nmirror --help says more\n";
        return 2;
    } catch (const std::exception& failure) {
        std::cerr << "mirror: " << probe::printable(failure.what()) << '\n';
        return 1;
    }
}
