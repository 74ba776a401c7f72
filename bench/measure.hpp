// What the programs of every benchmark do alike: the time and the CPU that they took, and the end of a run
// whose answers are wrong.
#pragma once

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

class stopwatch {
public:
    double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
    }
    double cpu_seconds() const { return cpu() - cpu_before_; }

private:
    static double cpu() {
        rusage now;
        getrusage(RUSAGE_SELF, &now);
        const auto seconds = [](const timeval& time) {
            return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
        };
        return seconds(now.ru_utime) + seconds(now.ru_stime);
    }

    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
    double cpu_before_ = cpu();
};

// The largest resident set so far. That of getrusage() counts the program that started this one, too.
inline long resident_kib() {
    long size = 0;
    if (auto* status = std::fopen("/proc/self/status", "r")) {
        char line[256];
        while (std::fgets(line, sizeof line, status) && std::sscanf(line, "VmHWM: %ld", &size) != 1) {
        }
        std::fclose(status);
    }
    return size;
}

inline void require(bool good, const char* what) {
    if (good) return;
    std::fprintf(stderr, "wrong: %s\n", what);
    std::exit(1);
}
