// The fixed parts of a query, before and after its question.
#pragma once

#include <dragline/core/bytes.hpp>
#include <dragline/dns/record.hpp>
#include <dragline/dns/wire/query_form.hpp>

#include <cstddef>
#include <cstdint>

namespace dragline::inline v1::dns::detail {

inline constexpr std::size_t query_header_size = 12;
inline constexpr std::size_t query_extension_size = 11;

// One question follows.
inline void write_query_header(std::uint8_t* at, std::uint16_t id, const query_form& form) noexcept {
    store_big16(at, id);
    store_big16(at + 2, static_cast<std::uint16_t>((form.recursion_desired ? 0x0100u : 0u) |
                                                   (form.checking_disabled ? 0x0010u : 0u)));
    store_big16(at + 4, 1);
    store_big32(at + 6, 0);
    store_big16(at + 10, form.udp_size != 0 ? 1 : 0);
}

// Where the question of a query of ours ends: its name is not compressed.
inline std::size_t question_end(byte_view query) noexcept {
    std::size_t at = query_header_size;
    while (query[at] != 0) at += query[at] + std::size_t{1};
    return at + 1 + 4;
}

// The OPT record at the root, without options. For a form with EDNS only.
inline void write_query_extension(std::uint8_t* at, const query_form& form) noexcept {
    at[0] = 0;
    store_big16(at + 1, static_cast<std::uint16_t>(record_type::opt));
    store_big16(at + 3, form.udp_size);
    store_big32(at + 5, form.dnssec_ok ? 0x8000 : 0);
    store_big16(at + 9, 0);
}

}  // namespace dragline::dns::detail
