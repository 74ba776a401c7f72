// Memory of what comes and goes all the time, coroutine frames above all, kept for the next of its size: an
// operation that runs again asks the heap for none.
#pragma once

#include <dragline/core/features.hpp>

#include <array>
#include <cstddef>
#include <list>
#include <new>
#include <vector>

namespace dragline::inline v1 {

/// What one thread has to spare: a few blocks of each size. One may be freed by another thread than the one
/// that made it, and then stays there.
class spare_memory {
public:
    /// Throws std::bad_alloc. Aligned as by operator new.
    static void* allocate(std::size_t size) {
        if (auto* kept = of_thread(size)) [[likely]] {
            auto& spare = kept->spare_[place_of(size)];
            if (auto* taken = spare.first) {
                spare.first = taken->next;
                --spare.count;
                return taken;
            }
        }
        return ::operator new(rounded(size));
    }

    /// `size` is that of allocate().
    static void deallocate(void* memory, std::size_t size) noexcept {
        if (auto* kept = of_thread(size)) [[likely]] {
            auto& spare = kept->spare_[place_of(size)];
            if ((spare.count + 1) * rounded(size) <= most_bytes_of_a_size) [[likely]] {
                spare.first = new (memory) block{spare.first};
                ++spare.count;
                return;
            }
        }
        ::operator delete(memory);
    }

    spare_memory(const spare_memory&) = delete;
    spare_memory& operator=(const spare_memory&) = delete;

private:
    static constexpr std::size_t step = 128;
    static constexpr std::size_t largest = 8 * 1024;
    // A loop has hundreds of small frames at a time, and few that are large.
    static constexpr std::size_t most_bytes_of_a_size = 64 * 1024;

    struct block {
        block* next;
    };
    struct blocks {
        block* first = nullptr;
        std::size_t count = 0;
    };

    spare_memory() = default;
    ~spare_memory() {
        ended_ = true;
        for (auto& spare : spare_) {
            while (auto* freed = spare.first) {
                spare.first = freed->next;
                ::operator delete(freed);
            }
        }
    }

    // None for what is too large, and at the end of the thread, when frames may still go with static objects.
    // AddressSanitizer shall see each frame go.
    static spare_memory* of_thread(std::size_t size) noexcept {
        if (features::address_sanitizer || size > largest || ended_) return nullptr;
        thread_local spare_memory kept;
        return &kept;
    }
    static std::size_t place_of(std::size_t size) noexcept { return (size - 1) / step; }
    static std::size_t rounded(std::size_t size) noexcept { return (size + step - 1) / step * step; }

    static inline thread_local constinit bool ended_ = false;
    std::array<blocks, largest / step> spare_;
};

/// Base of classes whose objects come and go all the time. Deleted as what they are, or virtually.
struct of_spare_memory {
    static void* operator new(std::size_t size) { return spare_memory::allocate(size); }
    static void operator delete(void* memory, std::size_t size) noexcept {
        spare_memory::deallocate(memory, size);
    }
};

/// For std::allocate_shared() of such objects, and for containers.
template <class T>
struct spare_allocator {
    using value_type = T;
    spare_allocator() = default;
    template <class Other>
    spare_allocator(const spare_allocator<Other>&) noexcept {}

    T* allocate(std::size_t count) { return static_cast<T*>(spare_memory::allocate(count * sizeof(T))); }
    void deallocate(T* memory, std::size_t count) noexcept {
        spare_memory::deallocate(memory, count * sizeof(T));
    }
    friend bool operator==(const spare_allocator&, const spare_allocator&) = default;
};

template <class T>
using spare_vector = std::vector<T, spare_allocator<T>>;
template <class T>
using spare_list = std::list<T, spare_allocator<T>>;

}  // namespace dragline::inline v1
