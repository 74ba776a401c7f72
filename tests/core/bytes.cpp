#include <dragline/core/bytes.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstdint>

TEST_CASE("integers are read and written most significant byte first", "[core][bytes]") {
    std::array<std::uint8_t, 6> bytes{};
    dragline::store_big16(bytes.data(), 0xfe01);
    dragline::store_big32(bytes.data() + 2, 0x80ff0002);
    CHECK(bytes == std::array<std::uint8_t, 6>{0xfe, 0x01, 0x80, 0xff, 0x00, 0x02});
    CHECK(dragline::load_big16(bytes.data()) == 0xfe01);
    CHECK(dragline::load_big32(bytes.data() + 2) == 0x80ff0002);
}

TEST_CASE("no alignment is asked for, and the neighbours stay as they are", "[core][bytes]") {
    for (std::size_t offset = 1; offset < 5; ++offset) {
        std::array<std::uint8_t, 10> bytes{};
        bytes.fill(0xaa);
        dragline::store_big32(bytes.data() + offset, 0x01020304);
        CHECK(dragline::load_big32(bytes.data() + offset) == 0x01020304);
        CHECK(bytes[offset - 1] == 0xaa);
        CHECK(bytes[offset + 4] == 0xaa);
    }
}

TEST_CASE("what is stored is what is loaded, at compile time, too", "[core][bytes]") {
    constexpr auto there_and_back = [](std::uint32_t value) {
        std::array<std::uint8_t, 4> bytes{};
        dragline::store_big32(bytes.data(), value);
        return dragline::load_big32(bytes.data());
    };
    STATIC_REQUIRE(there_and_back(0) == 0);
    STATIC_REQUIRE(there_and_back(0xffffffff) == 0xffffffff);
    STATIC_REQUIRE(there_and_back(0x12345678) == 0x12345678);
}
