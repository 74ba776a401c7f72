// Included by <dragline/dns/detail/bulk_slot.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/ip/address.hpp>

#include <algorithm>
#include <cstring>
#include <string>

namespace dragline::inline v1::dns::detail {

// The characters of nearly all names, in lower case; 0 for the others.
inline constexpr auto plain_characters = [] {
    std::array<char, 256> table{};
    for (std::size_t i = 0; i < 128; ++i) {
        const char c = static_cast<char>(i);
        if (ascii::is_alphanumeric(c) || c == '-' || c == '_') table[i] = ascii::to_lower(c);
    }
    return table;
}();

DRAGLINE_DECL std::error_code wire_question::assign(std::string_view given, std::string& normal) {
    if (assign_plain(given, normal)) return {};
    return assign_any(given, normal);
}

// True for a name of plain characters in which nothing is wrong.
DRAGLINE_DECL bool wire_question::assign_plain(std::string_view given, std::string& normal) {
    if (given.size() > 1 && given.back() == '.') given.remove_suffix(1);
    if (given.empty() || given.size() > wire::max_name_size - 2 || ascii::is_digit(given.back()))
        return false;
    normal.resize(given.size());
    std::size_t label = 0;  // where its length stands
    for (std::size_t i = 0; i < given.size(); ++i) {
        const char c = plain_characters[static_cast<unsigned char>(given[i])];
        if (c != 0) {
            bytes_[i + 1] = static_cast<std::uint8_t>(c);
            normal[i] = c;
            continue;
        }
        if (given[i] != '.' || i == label || i - label > wire::max_label_size) return false;
        bytes_[label] = static_cast<std::uint8_t>(i - label);
        normal[i] = '.';
        label = i + 1;
    }
    const std::size_t last = given.size() - label;
    if (last == 0 || last > wire::max_label_size) return false;
    bytes_[label] = static_cast<std::uint8_t>(last);
    bytes_[given.size() + 1] = 0;
    size_ = static_cast<std::uint16_t>(given.size() + 4);
    return true;
}

DRAGLINE_DECL std::error_code wire_question::assign_any(std::string_view given, std::string& normal) {
    normal.clear();
    if (given.empty()) return errc::empty_name;
    for (const char c : given) {
        if (static_cast<unsigned char>(c) > 0x7f) return errc::non_ascii_name;
        if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f) return errc::invalid_name;
    }
    std::error_code no_address;
    const std::string text(given.back() == '.' ? given.substr(0, given.size() - 1) : given);
    asio::ip::make_address(text, no_address);
    if (!no_address) return errc::invalid_name;

    std::vector<std::uint8_t> encoded;
    if (const auto ec = wire::encode_name(given, encoded)) return ec;
    for (auto& byte : encoded) byte = static_cast<std::uint8_t>(ascii::to_lower(static_cast<char>(byte)));
    std::size_t offset = 0;
    auto decoded = wire::decode_name(encoded, offset);
    if (!decoded) return errc::invalid_name;
    normal = *std::move(decoded);
    std::copy(encoded.begin(), encoded.end(), bytes_.begin());
    size_ = static_cast<std::uint16_t>(encoded.size() + 2);
    return {};
}

DRAGLINE_DECL wire_question::echo wire_question::repeated_by(byte_view reply) const noexcept {
    if (load_big16(&reply[4]) != 1 || reply.size() < header_size + size_ + 2) return echo::none;
    const auto* at = reply.data() + header_size;
    if (load_big16(at + size_) != static_cast<std::uint16_t>(record_class::internet)) return echo::none;
    if (std::memcmp(at, bytes_.data(), size_) == 0) return echo::exact;
    // Lengths are below the letters, so that they do not change.
    const auto same = [](std::uint8_t a, std::uint8_t b) {
        return ascii::to_lower(static_cast<char>(a)) == static_cast<char>(b);
    };
    const bool same_name = std::equal(at, at + name_size(), bytes_.data(), same);
    return same_name && std::memcmp(at + name_size(), bytes_.data() + name_size(), 2) == 0 ? echo::other_case
                                                                                           : echo::none;
}

}  // namespace dragline::dns::detail

#endif
