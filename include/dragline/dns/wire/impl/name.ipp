// Included by <dragline/dns/wire/name.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/dns/detail/escapes.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::dns::wire {
namespace detail {

inline constexpr int max_jumps = 128;  // a name has at most 127 labels

DRAGLINE_DECL bool is_plain(std::uint8_t byte) noexcept {
    return byte > ' ' && byte < 0x7f && byte != '.' && byte != '\\';
}

DRAGLINE_DECL void append_escaped(std::string& text, std::uint8_t byte) {
    if (byte > ' ' && byte < 0x7f) {
        if (!is_plain(byte)) text += '\\';
        text += static_cast<char>(byte);
        return;
    }
    dns::detail::append_decimal_escape(text, byte);
}

DRAGLINE_DECL std::string_view without_final_dot(std::string_view name) noexcept {
    return name.size() > 1 && dns::detail::ends_with_dot(name) ? name.substr(0, name.size() - 1) : name;
}

DRAGLINE_DECL std::error_code append_labels(std::string_view name, std::vector<std::uint8_t>& out) {
    if (name.empty()) return errc::empty_name;
    if (name == ".") return out.push_back(0), std::error_code();
    const std::size_t start = out.size();
    while (!name.empty()) {
        const std::size_t length_at = out.size();
        out.push_back(0);
        std::size_t plain = 0;  // nearly always the whole label
        while (plain < name.size() && name[plain] != '.' && name[plain] != '\\') ++plain;
        if (plain > max_label_size) return errc::label_too_long;
        out.insert(out.end(), name.begin(), name.begin() + static_cast<std::ptrdiff_t>(plain));
        name.remove_prefix(plain);
        while (!name.empty() && name.front() != '.') {
            std::uint8_t byte = 0;
            if (!dns::detail::take_character(name, byte)) return errc::invalid_name;
            if (out.size() - length_at > max_label_size) return errc::label_too_long;
            out.push_back(byte);
        }
        if (out.size() - length_at == 1) return errc::empty_label;
        out[length_at] = static_cast<std::uint8_t>(out.size() - length_at - 1);
        if (out.size() - start >= max_name_size) return errc::name_too_long;  // the root needs one more
        if (!name.empty()) name.remove_prefix(1);  // a dot at the very end closes the last label only
    }
    out.push_back(0);
    return {};
}

// Calls visit(label) for each label of a name, and moves `offset` past it; false when it is malformed.
template <class Visit>
bool walk_name(byte_view message, std::size_t& offset, Visit visit) {
    std::size_t at = offset;
    std::size_t end = 0;          // past the name where it began, once a pointer has been followed
    std::size_t lowest = offset;  // a pointer must go before everything seen, so it cannot loop
    std::size_t wire_size = 1;    // with the root
    int jumps = 0;                // a long chain of pointers to pointers would cost far more than its bytes
    for (;;) {
        if (at >= message.size()) return false;
        const std::uint8_t length = message[at];
        if (length == 0) break;
        if ((length & 0xc0) == 0xc0) {
            if (at + 1 >= message.size()) return false;
            const std::size_t target = load_big16(&message[at]) & 0x3fff;
            if (target >= lowest || ++jumps > max_jumps) return false;
            if (end == 0) end = at + 2;
            at = lowest = target;
            continue;
        }
        if (length > max_label_size || message.size() - at <= length) return false;
        wire_size += length + std::size_t{1};
        if (wire_size > max_name_size) return false;
        visit(message.subspan(at + 1, length));
        at += length + std::size_t{1};
    }
    offset = end != 0 ? end : at + 1;
    return true;
}

}  // namespace detail

DRAGLINE_DECL result<std::string> decode_name(byte_view message, std::size_t& offset) {
    std::string text;
    const bool good = detail::walk_name(message, offset, [&text](byte_view label) {
        if (!text.empty()) text += '.';
        if (std::all_of(label.begin(), label.end(),
                        [](std::uint8_t byte) { return detail::is_plain(byte); })) {
            text.append(reinterpret_cast<const char*>(label.data()), label.size());
        } else {
            for (const auto byte : label) detail::append_escaped(text, byte);
        }
    });
    if (!good) return errc::malformed_message;
    if (text.empty()) text = ".";
    return text;
}

DRAGLINE_DECL result<void> skip_name(byte_view message, std::size_t& offset) noexcept {
    if (!detail::walk_name(message, offset, [](byte_view) {})) return errc::malformed_message;
    return {};
}

DRAGLINE_DECL std::error_code encode_name(std::string_view name, std::vector<std::uint8_t>& out) {
    const std::size_t start = out.size();
    const auto ec = detail::append_labels(name, out);
    if (ec) out.resize(start);
    return ec;
}

DRAGLINE_DECL bool equal_names(std::string_view a, std::string_view b) noexcept {
    return ascii::equals_ignoring_case(detail::without_final_dot(a), detail::without_final_dot(b));
}

DRAGLINE_DECL bool is_at_or_below(std::string_view name, std::string_view parent) noexcept {
    if (parent == ".") return true;
    if (name.size() < parent.size()) return false;
    if (!ascii::equals_ignoring_case(name.substr(name.size() - parent.size()), parent)) return false;
    if (name.size() == parent.size()) return true;
    name.remove_suffix(parent.size());
    return dns::detail::ends_with_dot(name);
}

DRAGLINE_DECL std::error_code name_compressor::encode(std::string_view name, std::vector<std::uint8_t>& out) {
    scratch_.clear();
    if (const auto ec = detail::append_labels(name, scratch_)) return ec;
    std::size_t at = 0;
    while (scratch_[at] != 0) {
        const std::string suffix(scratch_.begin() + static_cast<std::ptrdiff_t>(at), scratch_.end());
        if (const auto known = offsets_.find(suffix); known != offsets_.end()) {
            const std::uint16_t pointer = 0xc000 | known->second;
            out.push_back(static_cast<std::uint8_t>(pointer >> 8));
            out.push_back(static_cast<std::uint8_t>(pointer));
            return {};
        }
        if (out.size() < 0x4000) offsets_.emplace(suffix, static_cast<std::uint16_t>(out.size()));
        const std::size_t size = scratch_[at] + std::size_t{1};
        const auto label = scratch_.begin() + static_cast<std::ptrdiff_t>(at);
        out.insert(out.end(), label, label + static_cast<std::ptrdiff_t>(size));
        at += size;
    }
    out.push_back(0);
    return {};
}

}  // namespace dragline::dns::wire

#endif
