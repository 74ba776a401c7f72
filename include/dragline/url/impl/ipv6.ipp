// Included by <dragline/url/ipv6.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace dragline::inline v1::url {
namespace detail {

/// Reads one IPv6 address from left to right.
class ipv6_reader {
public:
    explicit ipv6_reader(std::string_view text) noexcept : text_(text) {}

    bool read() noexcept {
        if (text_.starts_with(':') && !take_gap(2)) return false;
        while (!text_.empty()) {
            if (count_ == groups_.size()) return false;
            if (text_[0] == ':') {
                if (!take_gap(1)) return false;
                continue;
            }
            if (text_.substr(0, hex_digits() + 1).ends_with('.')) return take_ipv4() && fill_gap();
            if (!take_group()) return false;
        }
        return fill_gap();
    }

    const ipv6_groups& groups() const noexcept { return groups_; }

private:
    std::size_t hex_digits() const noexcept {
        std::size_t size = 0;
        while (size < std::min<std::size_t>(text_.size(), 4) && ascii::hex_value(text_[size]) >= 0) ++size;
        return size;
    }

    // "::", of which the first colon may have ended the group before.
    bool take_gap(std::size_t colons) noexcept {
        if (gap_ != no_gap || !text_.starts_with(std::string_view("::").substr(0, colons))) return false;
        text_.remove_prefix(colons);
        gap_ = count_;
        ++count_;  // the gap stands for at least one group
        return true;
    }

    // A group and the colon behind it, which may not be the last character unless a second one follows.
    bool take_group() noexcept {
        const auto size = hex_digits();
        for (const char c : text_.substr(0, size)) {
            groups_[count_] = static_cast<std::uint16_t>(groups_[count_] << 4 | ascii::hex_value(c));
        }
        text_.remove_prefix(size);
        ++count_;
        if (text_.empty()) return size != 0;
        if (size == 0 || text_[0] != ':' || text_.size() == 1) return false;
        text_.remove_prefix(1);
        return true;
    }

    // Four decimal numbers without leading zeros, to the end.
    bool take_ipv4() noexcept {
        if (count_ > groups_.size() - 2) return false;
        for (int part = 0; part < 4; ++part) {
            const auto dot = part == 3 ? text_.size() : text_.find('.');
            const auto digits = text_.substr(0, dot);
            const auto number = ascii::parse_number<std::uint8_t>(digits);
            if (dot == text_.npos || !number || (digits.size() > 1 && digits[0] == '0')) return false;
            groups_[count_] = static_cast<std::uint16_t>(groups_[count_] << 8 | *number);
            if (part % 2 == 1) ++count_;
            text_.remove_prefix(std::min(dot + 1, text_.size()));
        }
        return true;
    }

    bool fill_gap() noexcept {
        if (gap_ == no_gap) return count_ == groups_.size();
        std::rotate(groups_.begin() + gap_, groups_.begin() + count_, groups_.end());
        return true;
    }

    static constexpr std::size_t no_gap = 8;

    std::string_view text_;
    ipv6_groups groups_{};
    std::size_t count_ = 0;  // groups read, the gap counting as one
    std::size_t gap_ = no_gap;
};

struct zero_run {
    std::size_t begin = 0;
    std::size_t size = 0;
};

DRAGLINE_DECL zero_run longest_zero_run(const ipv6_groups& groups) noexcept {
    zero_run longest, current;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (groups[i] != 0) {
            current.size = 0;
            continue;
        }
        if (current.size++ == 0) current.begin = i;
        if (current.size > longest.size) longest = current;
    }
    return longest;
}

}  // namespace detail

DRAGLINE_DECL result<ipv6_groups> parse_ipv6(std::string_view text) noexcept {
    if (text.find('%') != text.npos) return errc::ipv6_zone_id;
    detail::ipv6_reader reader(text);
    if (!reader.read()) return errc::invalid_ipv6;
    return reader.groups();
}

DRAGLINE_DECL void append_ipv6(std::string& out, const ipv6_groups& groups) {
    const auto gap = detail::longest_zero_run(groups);
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (gap.size > 1 && i == gap.begin) {
            out += i == 0 ? "::" : ":";
            i += gap.size - 1;
            continue;
        }
        char text[4];
        const auto end = std::to_chars(text, text + sizeof text, groups[i], 16).ptr;
        out.append(text, static_cast<std::size_t>(end - text));
        if (i + 1 < groups.size()) out += ':';
    }
}

}  // namespace dragline::url

#endif
