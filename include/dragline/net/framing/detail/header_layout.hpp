// A header of fixed size as a list of fields: what is behind length_prefixed, without the user's type.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/net/error.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dragline::inline v1::net::detail {

struct header_field {
    enum class kind : std::uint8_t { value, version, constant, length };

    bool fits_member(std::uint64_t number) const noexcept {
        return !get || member_bits >= 64 || number >> member_bits == 0;
    }

    kind what = kind::value;
    std::uint8_t width = 0;  // in bytes
    bool big_endian = true;
    bool counts_header = false;
    std::uint8_t member_bits = 0;  // with a member: what it can hold
    std::uint64_t lowest = 0;      // of versions and constants
    std::uint64_t highest = 0;
    std::uint64_t (*get)(const void* header) = nullptr;  // none: the header has no member for it
    void (*set)(void* header, std::uint64_t value) = nullptr;
};

struct header_layout {
    static constexpr std::size_t max_fields = 12;
    static constexpr std::size_t max_parts = 8;

    // What a header says, or would say.
    struct content {
        std::size_t known = 0;  // bytes of the header that were there to be read
        std::array<std::uint64_t, max_fields> values{};
        std::array<std::size_t, max_parts> parts{};
        std::size_t part_count = 0;
        std::size_t payload = 0;  // of all parts
    };

    constexpr void add(header_field field) {
        const bool length = field.what == header_field::kind::length;
        const bool fits = count < max_fields && field.width >= 1 && field.width <= 8 &&
                          field.lowest <= field.highest && (!length || lengths + (trailer > 0) < max_parts);
        if (!fits) {
            usable = false;
            return;
        }
        fields[count++] = field;
        header_size += field.width;
        lengths += length;
    }

    // Reads as many fields as are there, and refuses the first one that cannot be: size checks come before
    // the bytes that they are about.
    result<content> read(std::string_view input, std::size_t max_frame) const;
    void fill(const content& from, void* header) const;

    // The header in front of parts of these sizes, appended to `out`.
    result<void> write(const void* header, const content& parts, std::size_t max_frame,
                       std::string& out) const;

    std::array<header_field, max_fields> fields{};
    std::size_t count = 0;
    std::size_t lengths = 0;
    std::size_t header_size = 0;
    std::size_t trailer = 0;
    bool usable = true;
};

}  // namespace dragline::net::detail

#include <dragline/net/framing/detail/impl/header_layout.ipp>
