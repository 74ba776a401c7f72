#include <dragline/core/spare_memory.hpp>

#include <dragline/core/features.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

using dragline::spare_memory;

TEST_CASE("memory that was given back serves the next of its size", "[core][spare_memory]") {
    auto* const first = spare_memory::allocate(1000);
    auto* const other = spare_memory::allocate(1000);
    CHECK(first != other);
    std::memset(first, 1, 1000);
    const auto where = reinterpret_cast<std::uintptr_t>(first);
    spare_memory::deallocate(first, 1000);
    auto* const next = spare_memory::allocate(1000);
    // AddressSanitizer shall see each block go.
    if (!dragline::features::address_sanitizer) CHECK(reinterpret_cast<std::uintptr_t>(next) == where);
    spare_memory::deallocate(next, 1000);
    spare_memory::deallocate(other, 1000);
}

TEST_CASE("memory of every size is aligned, writable and apart from the rest", "[core][spare_memory]") {
    for (int round = 0; round < 2; ++round) {
        std::vector<void*> taken;
        for (std::size_t size = 1; size < 20'000; size += 97) {
            taken.push_back(spare_memory::allocate(size));
            CHECK(reinterpret_cast<std::uintptr_t>(taken.back()) % alignof(std::max_align_t) == 0);
            std::memset(taken.back(), static_cast<int>(size % 251), size);
        }
        std::size_t at = 0;
        for (std::size_t size = 1; size < 20'000; size += 97, ++at) {
            const auto* bytes = static_cast<unsigned char*>(taken[at]);
            CHECK((bytes[0] == size % 251 && bytes[size - 1] == size % 251));
            spare_memory::deallocate(taken[at], size);
        }
    }
}

TEST_CASE("memory may go on another thread than the one that it came from", "[core][spare_memory]") {
    std::vector<void*> taken;
    for (int i = 0; i < 100; ++i) taken.push_back(spare_memory::allocate(500));
    std::thread([&] {
        for (auto* each : taken) spare_memory::deallocate(each, 500);
        spare_memory::deallocate(spare_memory::allocate(500), 500);
    }).join();
}

TEST_CASE("objects come from spare memory as their classes and allocators say", "[core][spare_memory]") {
    struct animal {
        virtual ~animal() = default;
    };
    struct whale final : animal, dragline::of_spare_memory {
        char bytes[3000] = {};
    };
    const void* first = nullptr;
    for (int round = 0; round < 2; ++round) {
        const std::unique_ptr<animal> made = std::make_unique<whale>();
        if (!first) first = made.get();
        if (!dragline::features::address_sanitizer) CHECK(made.get() == first);
    }
    std::weak_ptr<std::array<int, 100>> watched;
    {
        const auto shared = std::allocate_shared<std::array<int, 100>>(dragline::spare_allocator<int>());
        watched = shared;
        CHECK(shared->back() == 0);
    }
    CHECK(watched.expired());
}
