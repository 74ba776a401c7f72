#include <dragline/core/platform/memory.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace platform = dragline::platform;

#if defined(__linux__) && defined(MADV_POPULATE_WRITE)
namespace {

// Fresh from the system, and given back to it.
class mapping {
public:
    explicit mapping(std::size_t pages)
        : size_(pages * page),
          begin_(::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
        REQUIRE(begin_ != MAP_FAILED);
    }
    ~mapping() { ::munmap(begin_, size_); }
    mapping(const mapping&) = delete;

    char* at(std::size_t offset) const { return static_cast<char*>(begin_) + offset; }

    /// For each page whether it is in memory.
    std::vector<bool> resident() const {
        std::vector<unsigned char> found(size_ / page);
        REQUIRE(::mincore(begin_, size_, found.data()) == 0);
        std::vector<bool> pages;
        for (const auto each : found) pages.push_back((each & 1) != 0);
        return pages;
    }

    static inline const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));

private:
    std::size_t size_;
    void* begin_;
};

// Linux does so since 5.14.
bool system_populates() {
    const mapping one(1);
    return ::madvise(one.at(0), mapping::page, MADV_POPULATE_WRITE) == 0;
}

}  // namespace

TEST_CASE("fresh memory gets the pages of its bytes, and no others", "[core][platform]") {
    const mapping memory(6);
    const bool can = system_populates();
    CHECK(platform::populate(memory.at(mapping::page + 100), 2 * mapping::page) == can);
    CHECK(memory.resident() == std::vector<bool>{false, can, can, can, false, false});
}

TEST_CASE("memory that has its pages is told from fresh memory, and keeps its bytes", "[core][platform]") {
    const mapping memory(4);
    std::string text("written");
    text.copy(memory.at(3 * mapping::page), text.size());
    CHECK_FALSE(platform::populate(memory.at(0), 4 * mapping::page));
    CHECK(memory.resident() == std::vector<bool>{false, false, false, true});
    CHECK(std::string(memory.at(3 * mapping::page), text.size()) == text);
    CHECK_FALSE(platform::populate(text.data(), text.size()));
    CHECK(text == "written");
}

TEST_CASE("a part of a page, and nothing at all, can be populated", "[core][platform]") {
    const mapping memory(1);
    CHECK_FALSE(platform::populate(memory.at(0), 0));
    CHECK(memory.resident() == std::vector<bool>{false});
    CHECK(platform::populate(memory.at(10), 1) == system_populates());
}
#else
TEST_CASE("where the system does not populate, nothing is done", "[core][platform]") {
    char byte = 'b';
    CHECK_FALSE(platform::populate(&byte, 1));
    CHECK(byte == 'b');
}
#endif

TEST_CASE("to load memory changes nothing, whatever memory it is", "[core][platform]") {
    std::vector<std::byte> bytes(1000, std::byte{7});
    platform::prefetch(bytes);
    platform::prefetch(std::span(bytes).subspan(1, 1));
    platform::prefetch({});
    CHECK(bytes == std::vector<std::byte>(1000, std::byte{7}));
    const std::span<const std::byte> gone = bytes;
    std::vector<std::byte>().swap(bytes);
    platform::prefetch(gone);
}
