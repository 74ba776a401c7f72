// Included by <dragline/url/detail/punycode.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace dragline::inline v1::url::detail {

/// The numbers of Punycode: their base adapts to the deltas seen so far (RFC 3492, 3.3 and 3.4).
class punycode_bias {
public:
    static constexpr std::uint32_t base = 36;

    /// The threshold of the digit at this position, counted in steps of `base`.
    std::uint32_t threshold(std::uint32_t position) const noexcept {
        return position <= bias_ ? 1 : std::min<std::uint32_t>(position - bias_, 26);
    }

    void adapt(std::uint32_t delta, std::uint32_t length) noexcept {
        delta /= first_ ? 700 : 2;
        first_ = false;
        delta += delta / length;
        bias_ = 0;
        for (; delta > 35 * 26 / 2; delta /= 35) bias_ += base;
        bias_ += 36 * delta / (delta + 38);
    }

private:
    std::uint32_t bias_ = 72;
    bool first_ = true;
};

DRAGLINE_DECL void append_punycode_number(std::string& out, std::uint32_t value, const punycode_bias& bias) {
    constexpr std::string_view digits = "abcdefghijklmnopqrstuvwxyz0123456789";
    for (auto position = punycode_bias::base;; position += punycode_bias::base) {
        const auto threshold = bias.threshold(position);
        if (value < threshold) break;
        const auto rest = punycode_bias::base - threshold;
        out += digits[threshold + (value - threshold) % rest];
        value = (value - threshold) / rest;
    }
    out += digits[value];
}

DRAGLINE_DECL std::string encode_punycode(std::u32string_view label) {
    std::string out;
    for (const char32_t c : label) {
        if (c < 0x80) out += static_cast<char>(c);
    }
    auto handled = static_cast<std::uint32_t>(out.size());
    if (handled != 0) out += '-';

    punycode_bias bias;
    char32_t floor = 0x80;
    std::uint32_t delta = 0;
    while (handled < label.size()) {
        char32_t next = 0x10ffff;
        for (const char32_t c : label) {
            if (c >= floor) next = std::min(next, c);
        }
        delta += (next - floor) * (handled + 1);
        for (const char32_t c : label) {
            if (c < next) ++delta;
            if (c != next) continue;
            append_punycode_number(out, delta, bias);
            bias.adapt(delta, ++handled);
            delta = 0;
        }
        ++delta;
        floor = next + 1;
    }
    return out;
}

/// Takes one number off `text`; nothing when it is cut off, has a foreign character or is past 32 bits.
DRAGLINE_DECL std::optional<std::uint32_t> take_punycode_number(std::string_view& text,
                                                                const punycode_bias& bias) {
    std::uint64_t value = 0;
    std::uint64_t weight = 1;
    for (auto position = punycode_bias::base; !text.empty(); position += punycode_bias::base) {
        const char c = ascii::to_lower(text[0]);
        if (!ascii::is_alphanumeric(c)) return std::nullopt;
        const auto digit = static_cast<std::uint32_t>(ascii::is_digit(c) ? c - '0' + 26 : c - 'a');
        text.remove_prefix(1);
        value += digit * weight;
        if (value > UINT32_MAX) return std::nullopt;
        const auto threshold = bias.threshold(position);
        if (digit < threshold) return static_cast<std::uint32_t>(value);
        weight *= punycode_bias::base - threshold;
        if (weight > UINT32_MAX) return std::nullopt;
    }
    return std::nullopt;
}

DRAGLINE_DECL std::optional<std::u32string> decode_punycode(std::string_view text) {
    std::u32string label;
    if (const auto hyphen = text.rfind('-'); hyphen != text.npos) {
        label.assign(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(hyphen));
        text.remove_prefix(hyphen + 1);
    }
    if (!std::all_of(label.begin(), label.end(), [](char32_t c) { return c < 0x80; })) return std::nullopt;

    punycode_bias bias;
    std::uint64_t character = 0x80;
    std::uint64_t index = 0;
    while (!text.empty()) {
        const auto delta = take_punycode_number(text, bias);
        if (!delta) return std::nullopt;
        const auto places = static_cast<std::uint32_t>(label.size()) + 1;
        bias.adapt(*delta, places);
        index += *delta;
        character += index / places;
        index %= places;
        if (character > 0x10ffff || (character >= 0xd800 && character < 0xe000)) return std::nullopt;
        label.insert(label.begin() + static_cast<std::ptrdiff_t>(index), static_cast<char32_t>(character));
        ++index;
    }
    return label;
}

}  // namespace dragline::url::detail

#endif
