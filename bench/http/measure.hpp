// What every client of this benchmark does alike: arguments, the CPU it took, one line of output.
#pragma once

#include <sys/resource.h>

#include <chrono>
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

class stopwatch {
public:
    // requests per second, CPU seconds per 100k requests, largest resident set in KiB
    void print(int requests) const {
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started_;
        std::printf("%.0f %.4f %ld\n", requests / took.count(), (cpu() - cpu_before_) * 1e5 / requests,
                    usage().ru_maxrss);
    }

private:
    static rusage usage() {
        rusage now;
        getrusage(RUSAGE_SELF, &now);
        return now;
    }
    static double cpu() {
        const auto now = usage();
        const auto seconds = [](const timeval& time) {
            return static_cast<double>(time.tv_sec) + time.tv_usec / 1e6;
        };
        return seconds(now.ru_utime) + seconds(now.ru_stime);
    }

    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
    double cpu_before_ = cpu();
};

inline void require(bool good, const char* what) {
    if (good) return;
    std::fprintf(stderr, "wrong answer: %s\n", what);
    std::exit(1);
}
