// What the command line says.
#pragma once

#include <dragline/dns/bulk/bulk.hpp>
#include <dragline/dns/record.hpp>
#include <dragline/dns/server.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace subdomains {

struct settings {
    std::vector<std::string> domains;
    std::string word_list;                         // "-": standard input
    std::vector<dragline::dns::server> resolvers;  // none: those of the system
    std::vector<dragline::dns::server> trusted;
    dragline::dns::bulk_engine engine = dragline::dns::bulk_engine::udp;
    std::vector<dragline::dns::record_type> types;
    std::size_t window = 1000;
    double rate = 0;  // queries a second to one server; 0: no limit
    int tries = 5;
    std::chrono::milliseconds try_timeout{1500};
    std::size_t canary_every = 1000;  // names
    std::string output;               // empty: standard output
    std::string state;                // empty: not resumable
    bool progress = false;
    bool lab = false;
};

enum exit_status { all_fine = 0, some_failed = 1, usage_error = 2, interrupted = 130 };

}  // namespace subdomains
