// Included by <dragline/net/framing/detail/header_layout.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::net::detail {

inline std::uint64_t load_integer(std::string_view bytes, bool big_endian) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto at = big_endian ? i : bytes.size() - 1 - i;
        value = value << 8 | static_cast<std::uint8_t>(bytes[at]);
    }
    return value;
}

inline void store_integer(std::uint64_t value, std::size_t width, bool big_endian, std::string& out) {
    for (std::size_t i = 0; i < width; ++i) {
        const auto place = big_endian ? width - 1 - i : i;
        out += static_cast<char>(value >> (8 * place));
    }
}

inline bool fits_width(std::uint64_t value, std::size_t width) noexcept {
    return width >= 8 || value >> (8 * width) == 0;
}

DRAGLINE_DECL result<header_layout::content> header_layout::read(std::string_view input,
                                                                 std::size_t max_frame) const {
    content found;
    if (!usable || header_size == 0) return dragline::errc::invalid_option;
    if (trailer > max_frame) return errc::frame_too_large;
    for (std::size_t i = 0; i < count; ++i) {
        const auto& field = fields[i];
        if (input.size() - found.known < field.width) return found;
        auto value = load_integer(input.substr(found.known, field.width), field.big_endian);
        found.known += field.width;
        found.values[i] = value;
        const bool in_range = value >= field.lowest && value <= field.highest;
        if (field.what == header_field::kind::version && !in_range) return errc::unknown_version;
        if (field.what == header_field::kind::constant && !in_range) return errc::malformed_frame;
        if (!field.fits_member(value)) return errc::malformed_frame;
        if (field.what != header_field::kind::length) continue;
        if (field.counts_header) {
            if (value < header_size) return errc::malformed_frame;
            value -= header_size;
        }
        if (value > max_frame - trailer - found.payload) return errc::frame_too_large;
        found.parts[found.part_count++] = static_cast<std::size_t>(value);
        found.payload += static_cast<std::size_t>(value);
    }
    if (trailer > 0) found.parts[found.part_count++] = trailer;
    found.payload += trailer;
    return found;
}

DRAGLINE_DECL void header_layout::fill(const content& from, void* header) const {
    for (std::size_t i = 0; i < count; ++i) {
        if (fields[i].set) fields[i].set(header, from.values[i]);
    }
}

DRAGLINE_DECL result<void> header_layout::write(const void* header, const content& parts,
                                                std::size_t max_frame, std::string& out) const {
    if (!usable || header_size == 0) return dragline::errc::invalid_option;
    if (parts.payload > max_frame) return errc::frame_too_large;
    if (trailer > 0 && parts.parts[lengths] != trailer) return errc::unencodable_frame;
    for (auto i = lengths + (trailer > 0 ? 1 : 0); i < parts.part_count; ++i) {
        if (parts.parts[i] > 0) return errc::unencodable_frame;  // no length would tell of it
    }
    std::array<std::uint64_t, max_fields> values{};
    for (std::size_t i = 0, part = 0; i < count; ++i) {
        const auto& field = fields[i];
        auto& value = values[i];
        if (field.what == header_field::kind::length) {
            value = parts.parts[part++];
            if (field.counts_header) value += header_size;
        } else {
            value = field.get ? field.get(header) : field.lowest;
        }
        const bool in_range = value >= field.lowest && value <= field.highest;
        if (field.what == header_field::kind::version && !in_range) return errc::unknown_version;
        if (field.what == header_field::kind::constant && !in_range) return errc::unencodable_frame;
        if (!fits_width(value, field.width)) return errc::unencodable_frame;
        if (!field.fits_member(value)) return errc::unencodable_frame;
    }
    for (std::size_t i = 0; i < count; ++i)
        store_integer(values[i], fields[i].width, fields[i].big_endian, out);
    return {};
}

}  // namespace dragline::net::detail

#endif
