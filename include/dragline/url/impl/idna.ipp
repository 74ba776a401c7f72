// Included by <dragline/url/idna.hpp> only. The one file that knows libidn2.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/url/detail/punycode.hpp>
#include <dragline/url/detail/utf8.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <optional>

#if DRAGLINE_WITH_IDN2
#include <idn2.h>

#include <cstdint>
#include <memory>
#endif

namespace dragline::inline v1::url {

#if DRAGLINE_WITH_IDN2
namespace detail {

// libidn2 is stricter than the URL Standard: on top of UTS 46 it applies the rules of IDNA 2008, which know
// no symbols (a snow man) and no hyphens in certain places. So a label that it refuses gets a second chance:
// the pieces that are not ASCII are mapped one by one in transitional mode, where libidn2 leaves those rules
// out, and joined here. The characters that transitional mode would change never enter it, and the label must
// need none of the rules that are lost with the context: those of joiners and of text from right to left.

inline constexpr std::string_view ace_prefix = "xn--";

/// The label in the form that libidn2 gives it, ASCII.
DRAGLINE_DECL std::optional<std::string> idn2_label(std::u32string_view label, int flags) {
    std::uint8_t* mapped = nullptr;
    const std::string text = encode_utf8(label);
    const int failed =
        idn2_lookup_u8(reinterpret_cast<const std::uint8_t*>(text.c_str()), &mapped, flags | IDN2_NFC_INPUT);
    const std::unique_ptr<std::uint8_t, void (*)(void*)> owner(mapped, &idn2_free);
    if (failed != IDN2_OK) return std::nullopt;
    return std::string(reinterpret_cast<const char*>(mapped));
}

/// UTS 46 of today for the few characters that libidn2 maps as an older version did.
DRAGLINE_DECL std::u32string update_mapping(std::u32string_view name) {
    std::u32string out;
    for (const char32_t c : name) {
        switch (c) {
            case 0x04c0: out += char32_t{0x04cf}; break;
            case 0x1e9e: out += char32_t{0x00df}; break;
            case 0x2132: out += char32_t{0x214e}; break;
            case 0x2183: out += char32_t{0x2184}; break;
            case 0x2f868: out += char32_t{0x36fc}; break;
            case 0x2f874: out += char32_t{0x5f53}; break;
            case 0x2f91f: out += char32_t{0x243ab}; break;
            case 0x2f95f: out += char32_t{0x7aee}; break;
            case 0x2f9bf: out += char32_t{0x45d7}; break;
            default:
                if (c >= 0x10a0 && c <= 0x10c5) {
                    out += c - 0x10a0 + 0x2d00;  // Georgian capitals
                } else if (c != 0x180e && !(c >= 0x206a && c <= 0x206f)) {
                    out += c;  // the rest are ignored: they leave no trace
                }
        }
    }
    return out;
}

constexpr bool is_joiner(char32_t c) noexcept { return c == 0x200c || c == 0x200d; }

/// Sharp s and final sigma: what transitional mode changes and, without context, is valid as it is.
constexpr bool is_deviation(char32_t c) noexcept { return c == 0x00df || c == 0x03c2; }

constexpr bool is_right_to_left(char32_t c) noexcept {
    return (c >= 0x0590 && c < 0x0900) || (c >= 0xfb1d && c < 0xfe00) || (c >= 0xfe70 && c < 0xff00) ||
           (c >= 0x10800 && c < 0x11000) || (c >= 0x1e800 && c < 0x1f000);
}

DRAGLINE_DECL bool is_ascii_text(std::u32string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char32_t c) { return is_ascii(c); });
}

DRAGLINE_DECL std::optional<std::string> label_to_ascii(std::u32string_view label);

/// A label in ASCII and lower case, as it stands; one that begins with "xn--" must be what its own decoded
/// form encodes to.
DRAGLINE_DECL std::optional<std::string> check_ascii_label(std::u32string_view text) {
    const std::string label = ascii::to_lower(std::string(text.begin(), text.end()));
    if (!label.starts_with(ace_prefix)) return label;
    const auto decoded = decode_punycode(std::string_view(label).substr(ace_prefix.size()));
    if (!decoded || is_ascii_text(*decoded) || label_to_ascii(*decoded) != label) return std::nullopt;
    return label;
}

/// True when a run of characters outside ASCII can change what stands before it: a letter by an accent, one
/// of three signs by a stroke.
DRAGLINE_DECL bool may_compose(char32_t before, std::u32string_view run) noexcept {
    if (!is_ascii(before)) return false;
    const bool has_stroke = run.find(char32_t{0x0338}) != run.npos;
    return ascii::is_alphanumeric(static_cast<char>(before)) ||
           (has_stroke && before >= U'<' && before <= U'>');
}

/// Appends the mapped form of a run of characters outside ASCII, together with what it may be an accent on.
DRAGLINE_DECL bool append_mapped_run(std::u32string& out, std::u32string_view run) {
    std::u32string piece;
    if (!out.empty() && may_compose(out.back(), run)) {
        piece += out.back();
        out.pop_back();
    }
    const auto mapped = idn2_label(piece.append(run), IDN2_TRANSITIONAL);
    if (!mapped) return false;
    if (!mapped->starts_with(ace_prefix)) {
        out.append(mapped->begin(), mapped->end());
        return true;
    }
    const auto decoded = decode_punycode(std::string_view(*mapped).substr(ace_prefix.size()));
    if (decoded) out += *decoded;
    return decoded.has_value();
}

DRAGLINE_DECL std::optional<std::string> piecewise_label(std::u32string_view label) {
    const auto needs_context = [](char32_t c) { return is_joiner(c) || is_right_to_left(c); };
    if (std::any_of(label.begin(), label.end(), needs_context)) return std::nullopt;
    std::u32string out;
    while (!label.empty()) {
        const auto is_kept = [](char32_t c) { return is_ascii(c) || is_deviation(c); };
        const auto run_end = std::find_if(label.begin(), label.end(), is_kept);
        const auto run = label.substr(0, static_cast<std::size_t>(run_end - label.begin()));
        label.remove_prefix(run.size());
        if (!run.empty()) {
            if (!append_mapped_run(out, run)) return std::nullopt;
            continue;
        }
        out += is_ascii(label[0]) ? static_cast<char32_t>(ascii::to_lower(static_cast<char>(label[0])))
                                  : label[0];
        label.remove_prefix(1);
    }
    if (is_ascii_text(out)) return check_ascii_label(out);
    if (out.starts_with(U"xn--")) return std::nullopt;
    return std::string(ace_prefix) + encode_punycode(out);
}

/// One label, of which libidn2 need not accept every character.
DRAGLINE_DECL std::optional<std::string> label_to_ascii(std::u32string_view label) {
    if (is_ascii_text(label)) return check_ascii_label(label);
    if (auto strict = idn2_label(label, IDN2_NONTRANSITIONAL)) return strict;
    return piecewise_label(label);
}

DRAGLINE_DECL std::optional<std::string> labels_to_ascii(std::u32string_view name) {
    std::string out;
    for (;;) {
        const auto dot = name.find_first_of(U".\u3002\uff0e\uff61");  // the four dots of IDNA
        const auto label = label_to_ascii(name.substr(0, dot));
        if (!label) return std::nullopt;
        out += *label;
        if (dot == name.npos) return out;
        out += '.';
        name.remove_prefix(dot + 1);
    }
}

}  // namespace detail
#endif

DRAGLINE_DECL result<std::string> domain_to_ascii(std::string_view name) {
    if (std::all_of(name.begin(), name.end(), [](char c) { return detail::is_ascii(c); })) {
        return ascii::to_lower(name);
    }
#if DRAGLINE_WITH_IDN2
    // libidn2 reads up to the first zero.
    if (name.size() > max_international_name || name.find('\0') != name.npos) return errc::idna_failed;
    auto out = detail::labels_to_ascii(detail::update_mapping(detail::decode_utf8(name)));
    if (!out || out->empty()) return errc::idna_failed;
    return std::move(*out);
#else
    return errc::idna_not_supported;
#endif
}

}  // namespace dragline::url

#endif
