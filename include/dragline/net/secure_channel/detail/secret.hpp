// 32 secret bytes: wiped when they go, never printed, never copied by accident.
#pragma once

#include <dragline/core/bytes.hpp>
#include <dragline/core/features.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL void wipe(std::span<std::uint8_t> bytes) noexcept;

class secret {
public:
    static constexpr std::size_t size = 32;

    secret() noexcept = default;
    secret(secret&& other) noexcept : bytes_(other.bytes_) { wipe(other.bytes_); }
    secret& operator=(secret&& other) noexcept {
        if (this != &other) {
            bytes_ = other.bytes_;
            wipe(other.bytes_);
        }
        return *this;
    }
    ~secret() { wipe(bytes_); }

    byte_view view() const noexcept { return bytes_; }
    std::span<std::uint8_t, size> bytes() noexcept { return bytes_; }

private:
    std::array<std::uint8_t, size> bytes_{};
};

}  // namespace dragline::net::detail

#include <dragline/net/secure_channel/detail/impl/secret.ipp>
