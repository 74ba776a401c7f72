// What every client of this benchmark does alike: its arguments and its line of output.
#pragma once

#include "measure.hpp"

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>

struct workload {
    unsigned short port;
    std::string path;
    int requests;
    int in_flight;
    std::size_t body_size;  // what each response must have
};

inline workload read_arguments(int count, char** arguments) {
    if (count != 6) {
        std::fprintf(stderr, "usage: %s PORT PATH REQUESTS IN_FLIGHT BODY_SIZE\n", arguments[0]);
        std::exit(2);
    }
    return {static_cast<unsigned short>(std::atoi(arguments[1])), arguments[2], std::atoi(arguments[3]),
            std::atoi(arguments[4]), static_cast<std::size_t>(std::atol(arguments[5]))};
}

// requests per second, CPU seconds per 100k requests, largest resident set in KiB
inline void print(const stopwatch& watch, int requests) {
    std::printf("%.0f %.4f %ld\n", requests / watch.seconds(), watch.cpu_seconds() * 1e5 / requests,
                resident_kib());
}
