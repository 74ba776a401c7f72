// What every client of this benchmark does alike: its arguments and its line of output.
#pragma once

#include "measure.hpp"

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>

struct workload {
    bool tls;
    unsigned short port;
    std::string path;
    int requests;
    int in_flight;
    std::size_t body_size;  // what each response must have
    bool keep_alive;        // else the server closes after each response
    std::string ca_file;

    // What fetch_url says by default, and all programs say as much: with many requests in flight on loopback,
    // a client takes as long for one as the server takes to read it.
    static constexpr const char* user_agent = "dragline/0.1";
    static constexpr const char* accept = "*/*";
    static constexpr const char* accept_encoding = "zstd, br, gzip, deflate";

    std::string origin() const {
        return std::string(tls ? "https" : "http") + "://127.0.0.1:" + std::to_string(port);
    }
    std::string url() const { return origin() + path; }

    // For those that write it themselves.
    std::string request() const {
        return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
               "\r\nUser-Agent: " + user_agent + "\r\nAccept: " + accept +
               "\r\nAccept-Encoding: " + accept_encoding + "\r\n\r\n";
    }
};

inline workload read_arguments(int count, char** arguments) {
    if (count != 9) {
        std::fprintf(stderr,
                     "usage: %s http|https PORT PATH REQUESTS IN_FLIGHT BODY_SIZE keep|close CA_FILE\n",
                     arguments[0]);
        std::exit(2);
    }
    workload work;
    work.tls = std::string(arguments[1]) == "https";
    work.port = static_cast<unsigned short>(std::atoi(arguments[2]));
    work.path = arguments[3];
    work.requests = std::atoi(arguments[4]);
    work.in_flight = std::atoi(arguments[5]);
    work.body_size = static_cast<std::size_t>(std::atol(arguments[6]));
    work.keep_alive = std::string(arguments[7]) == "keep";
    work.ca_file = arguments[8];
    return work;
}

// requests per second, CPU seconds per 100k requests, largest resident set in KiB
inline void print(const stopwatch& watch, int requests) {
    std::printf("%.0f %.4f %ld\n", requests / watch.seconds(), watch.cpu_seconds() * 1e5 / requests,
                resident_kib());
}
