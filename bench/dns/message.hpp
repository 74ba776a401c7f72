// The one question and the one kind of reply that the bare loops know.
#pragma once

#include "names.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

inline constexpr std::size_t header_size = 12;
inline constexpr std::size_t question_size = 25;  // \010n0000000\005bench\004test\0, type, class
inline constexpr std::size_t query_size = header_size + question_size;
inline constexpr std::size_t reply_limit = 512;

using query_message = std::array<unsigned char, query_size>;

inline query_message query_for(std::uint16_t id, std::size_t number) {
    static constexpr char text[] =
        "\0\0\1\0\0\1\0\0\0\0\0\0"  // recursion desired, one question
        "\010n0000000\005bench\004test\0\0\1\0\1";
    static_assert(sizeof text == query_size + 1);
    query_message out;
    std::memcpy(out.data(), text, query_size);
    out[0] = static_cast<unsigned char>(id >> 8);
    out[1] = static_cast<unsigned char>(id);
    for (auto at = header_size + 1 + digits_of_name; at > header_size + 1; --at, number /= 10) {
        out[at] = static_cast<unsigned char>('0' + number % 10);
    }
    return out;
}

inline std::uint16_t id_of(const unsigned char* message) {
    return static_cast<std::uint16_t>(message[0] << 8 | message[1]);
}

// What a reply says to `asked`: the address of its one record, or nothing. Only as much is checked as it
// takes to be sure of that: the question, no error, one record of type A with the name of the question.
inline std::optional<std::uint32_t> address_in(const unsigned char* reply, std::size_t size,
                                               const query_message& asked) {
    static constexpr unsigned char pointer_type_class[] = {0xc0, header_size, 0, 1, 0, 1};
    if (size < query_size + 16 || !(reply[2] & 0x80) || (reply[3] & 0x0f) || reply[6] != 0 || reply[7] != 1 ||
        std::memcmp(reply + header_size, asked.data() + header_size, question_size) != 0 ||
        std::memcmp(reply + query_size, pointer_type_class, sizeof pointer_type_class) != 0) {
        return std::nullopt;
    }
    const auto* data = reply + query_size + 12;
    return std::uint32_t{data[0]} << 24 | std::uint32_t{data[1]} << 16 | std::uint32_t{data[2]} << 8 |
           data[3];
}
