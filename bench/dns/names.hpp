// The names of this benchmark, what each must resolve to, and what every client does alike: arguments,
// counting, one line of output.
#pragma once

#include "measure.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

struct workload {
    unsigned short port;
    std::size_t names;
    std::size_t in_flight;
};

inline workload read_arguments(int count, char** arguments) {
    if (count != 4) {
        std::fprintf(stderr, "usage: %s PORT NAMES IN_FLIGHT\n", arguments[0]);
        std::exit(2);
    }
    return {static_cast<unsigned short>(std::atoi(arguments[1])), std::strtoul(arguments[2], nullptr, 10),
            std::strtoul(arguments[3], nullptr, 10)};
}

// What each client asks for that has a choice; the system may give less. A short one loses answers.
inline constexpr int socket_buffer = 4 << 20;

// n0000000.bench.test and so on; run.py writes the same into the zone.
inline constexpr std::size_t digits_of_name = 7;

inline std::string name_of(std::size_t number) {
    std::string name = "n0000000.bench.test";
    for (auto at = digits_of_name; at > 0; --at, number /= 10)
        name[at] = static_cast<char>('0' + number % 10);
    return name;
}

// 10.0.0.0 and so on, in host byte order.
inline std::uint32_t address_of(std::size_t number) {
    return 0x0a000000U + static_cast<std::uint32_t>(number);
}

// A client counts each name that it has asked for once, however that ended.
class tally {
public:
    explicit tally(const workload& work) : names_(work.names) {}

    // `address`, in host byte order, is the only one of the answer.
    void answered(std::size_t number, std::uint32_t address) {
        ++(address == address_of(number) ? right_ : wrong_);
    }
    void wrong() { ++wrong_; }

    // seconds, names that remained without an answer, names with a wrong one
    void print() const { std::printf("%.4f %zu %zu\n", watch_.seconds(), names_ - right_ - wrong_, wrong_); }

private:
    std::size_t names_;
    std::size_t right_ = 0;
    std::size_t wrong_ = 0;
    stopwatch watch_;
};
