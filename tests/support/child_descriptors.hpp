// What a program that this one starts would be left with.
#pragma once

#include <fcntl.h>
#include <filesystem>
#include <set>
#include <string>

namespace dragline::test {

/// The descriptors that stay open there.
inline std::set<int> child_descriptors() {
    std::set<int> left;
    for (const auto& entry : std::filesystem::directory_iterator("/dev/fd")) {
        const int descriptor = std::stoi(entry.path().filename());
        const int flags = ::fcntl(descriptor, F_GETFD);
        if (flags >= 0 && (flags & FD_CLOEXEC) == 0) left.insert(descriptor);
    }
    return left;
}

}  // namespace dragline::test
