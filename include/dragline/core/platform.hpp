// Which system this is. With the folder platform/ the only place of conditions on the operating system. Linux
// is tested; Windows and macOS are meant to compile.
#pragma once

#include <cstdlib>

namespace dragline::inline v1::platform {

#if defined(_WIN32)
inline constexpr bool windows = true;
inline constexpr const char* hosts_file = "C:\\Windows\\System32\\drivers\\etc\\hosts";
#else
inline constexpr bool windows = false;
inline constexpr const char* hosts_file = "/etc/hosts";
#endif

#if defined(__linux__)
inline constexpr bool linux_kernel = true;
#else
inline constexpr bool linux_kernel = false;
#endif

/// As std::getenv(), but null in a program that runs with more rights than its user.
inline const char* trusted_environment(const char* name) noexcept {
#if defined(__linux__)
    return ::secure_getenv(name);
#else
    return std::getenv(name);
#endif
}

}  // namespace dragline::inline v1::platform
