// What the command line says.
#pragma once

#include <dragline/dns/server.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace probe {

struct settings {
    std::vector<std::string> targets;
    std::vector<std::string> files;
    std::size_t jobs = 64;
    std::uint16_t http_port = 80;  // 0: no plain HTTP
    std::uint16_t https_port = 443;
    std::vector<dragline::dns::server> servers;
    std::string ca_file;
    std::string ca_pem;  // of the lab
    std::chrono::milliseconds timeout{10'000};
    std::string user_agent = "dragline-probe/0.1";
    bool json = false;
    bool details = false;
    bool lab = false;
    bool all = false;
};

enum exit_status { all_fine = 0, some_failed = 1, usage_error = 2, interrupted = 130 };

}  // namespace probe
