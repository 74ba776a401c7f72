// Memory that is about to be used: for the first time, or after a while.
#pragma once

#include <cstddef>
#include <span>

#if defined(__linux__)
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#endif

namespace dragline::inline v1::platform {

/// Gives all the pages of fresh memory to it at once, which costs less than a fault for each; its bytes stay
/// as they are. Returns whether it was fresh, by its last page. False also where the system does not do that.
#if defined(__linux__) && defined(MADV_POPULATE_WRITE)
inline bool populate(void* memory, std::size_t size) noexcept {
    if (size == 0) return false;
    static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const auto start_of_page = [](char* byte) {
        return byte - reinterpret_cast<std::uintptr_t>(byte) % page;
    };
    char* const first = start_of_page(static_cast<char*>(memory));
    char* const last = start_of_page(static_cast<char*>(memory) + size - 1);
    // mincore() would tell the same, but filters of system calls often forbid it.
    ::rusage before = {}, after = {};
    ::getrusage(RUSAGE_THREAD, &before);
    const bool populated = ::madvise(last, page, MADV_POPULATE_WRITE) == 0;
    ::getrusage(RUSAGE_THREAD, &after);
    if (!populated || after.ru_minflt == before.ru_minflt) return false;
    ::madvise(first, static_cast<std::size_t>(last - first), MADV_POPULATE_WRITE);
    return true;
}
#else
inline bool populate(void*, std::size_t) noexcept { return false; }
#endif

/// Begins to load all of the memory, side by side: a program that comes to it piece by piece would wait for
/// each. Only a hint, and none for memory that is there no more.
inline void prefetch([[maybe_unused]] std::span<const std::byte> memory) noexcept {
#if defined(__GNUC__)
    constexpr std::size_t cache_line = 64;
    for (std::size_t at = 0; at < memory.size(); at += cache_line) __builtin_prefetch(memory.data() + at, 1);
#endif
}

}  // namespace dragline::inline v1::platform
