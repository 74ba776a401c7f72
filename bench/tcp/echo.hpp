// What every program of this benchmark does alike. Each is both ends of an echo of 1 KiB messages:
//   PROGRAM server                                 prints its port, then serves until it is killed
//   PROGRAM client PORT ROUND_TRIPS CONNECTIONS    connects, prints "ready", waits for a line, then measures
#pragma once

#include "measure.hpp"

#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string_view>

using message = std::array<char, 1024>;

struct echo_work {
    bool server;
    unsigned short port = 0;
    int round_trips = 0;
    int connections = 0;
};

inline echo_work read_arguments(int count, char** arguments) {
    const bool server = count == 2 && std::string_view(arguments[1]) == "server";
    if (server) return {true};
    if (count != 5 || std::string_view(arguments[1]) != "client") {
        std::fprintf(stderr, "usage: %s server | client PORT ROUND_TRIPS CONNECTIONS\n", arguments[0]);
        std::exit(2);
    }
    return {false, static_cast<unsigned short>(std::atoi(arguments[2])), std::atoi(arguments[3]),
            std::atoi(arguments[4])};
}

inline message make_message() {
    message text;
    text.fill('x');
    return text;
}

inline void tell_port(unsigned port) {
    std::printf("%u\n", port);
    std::fflush(stdout);
}

// What connecting costs is no part of the measurement, on either side.
inline void wait_for_start() {
    std::puts("ready");
    std::fflush(stdout);
    require(std::getchar() == '\n', "start");
}

// round trips per second, CPU seconds per 100k round trips
inline void print(const stopwatch& watch, int round_trips) {
    std::printf("%.0f %.4f\n", round_trips / watch.seconds(), watch.cpu_seconds() * 1e5 / round_trips);
}
