// fetch_url, its heap allocations: all calls of malloc and its like for each request on a warm connection,
// those of OpenSSL included. A program of its own, since counting costs.
#include "fetch_loop.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdio>

extern "C" {
void* __libc_malloc(std::size_t);                 // NOLINT: glibc's own, behind the names below
void* __libc_calloc(std::size_t, std::size_t);    // NOLINT
void* __libc_realloc(void*, std::size_t);         // NOLINT
void* __libc_memalign(std::size_t, std::size_t);  // NOLINT
}

namespace {
long allocations = 0;
}

extern "C" void* malloc(std::size_t size) noexcept { return ++allocations, __libc_malloc(size); }
extern "C" void* calloc(std::size_t count, std::size_t size) noexcept {
    return ++allocations, __libc_calloc(count, size);
}
extern "C" void* realloc(void* old, std::size_t size) noexcept {
    return ++allocations, __libc_realloc(old, size);
}
// What Asio takes frames of coroutines from.
extern "C" void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
    return ++allocations, __libc_memalign(alignment, size);
}
extern "C" int posix_memalign(void** to, std::size_t alignment, std::size_t size) noexcept {
    return ++allocations, *to = __libc_memalign(alignment, size), *to ? 0 : ENOMEM;
}

int main(int count, char** arguments) {
    const auto work = read_arguments(count, arguments);
    asio::io_context loop(1);
    const auto session = session_for(loop, work);
    run_fetches(loop, session, work, 10 * work.in_flight);  // warm
    const auto before = allocations;
    run_fetches(loop, session, work, work.requests);
    std::printf("%.2f\n", static_cast<double>(allocations - before) / work.requests);
}
