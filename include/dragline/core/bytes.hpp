// Integers in network byte order, at any alignment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace dragline::inline v1 {

/// Bytes that somebody else owns.
using byte_view = std::span<const std::uint8_t>;

constexpr std::uint16_t load_big16(const std::uint8_t* at) noexcept {
    return static_cast<std::uint16_t>(at[0] << 8 | at[1]);
}
constexpr std::uint32_t load_big32(const std::uint8_t* at) noexcept {
    return std::uint32_t{load_big16(at)} << 16 | load_big16(at + 2);
}
constexpr void store_big16(std::uint8_t* at, std::uint16_t value) noexcept {
    at[0] = static_cast<std::uint8_t>(value >> 8);
    at[1] = static_cast<std::uint8_t>(value);
}
constexpr void store_big32(std::uint8_t* at, std::uint32_t value) noexcept {
    store_big16(at, static_cast<std::uint16_t>(value >> 16));
    store_big16(at + 2, static_cast<std::uint16_t>(value));
}

}  // namespace dragline::inline v1
