// Included by <dragline/http/policy/strict_transport.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/h1/head_writer.hpp>
#include <dragline/http/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace dragline::inline v1::http {
namespace detail {

class strict_transport_reader {
public:
    explicit strict_transport_reader(std::string_view text) noexcept : rest_(text) {}

    // Nothing: all of it is void.
    std::optional<strict_transport> read() {
        for (bool more = true; more;) {
            skip_blanks();
            const auto name = take_token();
            skip_blanks();
            if (!name.empty() ? !read_directive(name) : takes('=')) return std::nullopt;
            skip_blanks();
            more = takes(';');
        }
        if (!rest_.empty() || !has_max_age_) return std::nullopt;
        return read_;
    }

private:
    bool takes(char c) noexcept {
        const bool there = !rest_.empty() && rest_.front() == c;
        if (there) rest_.remove_prefix(1);
        return there;
    }

    void skip_blanks() noexcept {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size()));
    }

    std::string_view take_token() noexcept {
        const auto end = std::min(rest_.find_first_of(" \t=;\","), rest_.size());
        const auto token = rest_.substr(0, end);
        rest_.remove_prefix(end);
        return token;
    }

    // RFC 6797, 6.1: a directive must not appear more than once, an unknown one neither.
    bool is_new(std::string_view name) noexcept {
        if (count_ == names_.size()) return false;
        const auto end = names_.begin() + static_cast<std::ptrdiff_t>(count_);
        const auto same = [name](std::string_view each) { return ascii::equals_ignoring_case(each, name); };
        if (std::any_of(names_.begin(), end, same)) return false;
        names_[count_++] = name;
        return true;
    }

    bool read_directive(std::string_view name) {
        if (h1::check_field_name(name) || !is_new(name)) return false;
        const bool valued = takes('=');
        skip_blanks();
        if (valued && !read_value()) return false;
        if (ascii::equals_ignoring_case(name, "max-age")) return valued && read_max_age();
        const bool below = ascii::equals_ignoring_case(name, "includeSubDomains");
        const bool listed = ascii::equals_ignoring_case(name, "preload");
        read_.include_subdomains |= below;
        read_.preload |= listed;
        return !(below || listed) || !valued;
    }

    bool read_value() {
        value_.clear();
        if (!takes('"')) {
            value_ = take_token();
            return !h1::check_field_name(value_);
        }
        while (!rest_.empty()) {
            if (takes('"')) return true;
            takes('\\');  // the character behind it stands for itself
            if (rest_.empty() || (ascii::is_control(rest_.front()) && rest_.front() != '\t')) return false;
            value_ += rest_.front();
            rest_.remove_prefix(1);
        }
        return false;
    }

    bool read_max_age() {
        constexpr std::uint64_t longest = 10'000'000'000;
        if (value_.empty() || !std::all_of(value_.begin(), value_.end(), ascii::is_digit)) return false;
        const auto seconds = std::min(ascii::parse_number<std::uint64_t>(value_).value_or(longest), longest);
        read_.max_age = std::chrono::seconds(static_cast<std::int64_t>(seconds));
        return has_max_age_ = true;
    }

    std::string_view rest_;
    std::array<std::string_view, 32> names_;
    std::size_t count_ = 0;
    std::string value_;
    strict_transport read_;
    bool has_max_age_ = false;
};

}  // namespace detail

DRAGLINE_DECL result<strict_transport> parse_strict_transport(std::string_view text) {
    const auto read = detail::strict_transport_reader(text).read();
    if (!read) return errc::invalid_strict_transport;
    return *read;
}

DRAGLINE_DECL std::string to_string(const strict_transport& from) {
    auto text = "max-age=" + std::to_string(from.max_age.count());
    if (from.include_subdomains) text += "; includeSubDomains";
    if (from.preload) text += "; preload";
    return text;
}

}  // namespace dragline::http

#endif
