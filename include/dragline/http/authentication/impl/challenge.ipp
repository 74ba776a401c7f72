// Included by <dragline/http/authentication/challenge.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/http/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <system_error>

namespace dragline::inline v1::http {
namespace detail {

// Reads a list of challenges. A name begins a parameter when "=" follows it, and a challenge otherwise.
class challenge_reader {
public:
    challenge_reader(std::string_view text, const challenge_limits& limits) : rest_(text), limits_(limits) {}

    std::error_code read(std::vector<challenge>& into) {
        const auto before = into.size();
        for (;;) {
            skip(", \t");
            if (rest_.empty()) return {};
            const auto name = take_token();
            if (name.empty()) return errc::invalid_challenge;
            const bool blank = skip(" \t");
            if (starts_with('=')) {
                // A parameter that follows no scheme, or a token68, belongs to nothing.
                if (into.size() == before || !into.back().token68.empty()) return errc::invalid_challenge;
                if (auto ec = read_parameter(name, into.back().parameters)) return ec;
            } else {
                if (into.size() == limits_.max_challenges()) return errc::challenge_too_large;
                into.emplace_back().scheme = name;
                if (at_element_end()) continue;
                if (!blank) return errc::invalid_challenge;
                if (auto ec = read_first(into.back())) return ec;
            }
            skip(" \t");
            if (!at_element_end()) return errc::invalid_challenge;
        }
    }

    std::error_code read(std::vector<challenge_parameter>& into) {
        for (;;) {
            skip(", \t");
            if (rest_.empty()) return {};
            const auto name = take_token();
            skip(" \t");
            if (name.empty() || !starts_with('=')) return errc::invalid_challenge;
            if (auto ec = read_parameter(name, into)) return ec;
            skip(" \t");
            if (!at_element_end()) return errc::invalid_challenge;
        }
    }

private:
    static bool is_token_character(char c) noexcept {
        constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
        return ascii::is_alphanumeric(c) || marks.find(c) != marks.npos;
    }
    static bool is_token68_character(char c) noexcept {
        constexpr std::string_view marks = "-._~+/";
        return ascii::is_alphanumeric(c) || marks.find(c) != marks.npos;
    }

    bool starts_with(char c) const noexcept { return !rest_.empty() && rest_.front() == c; }
    bool at_element_end() const noexcept { return rest_.empty() || rest_.front() == ','; }

    bool skip(std::string_view characters) noexcept {
        const auto size = std::min(rest_.find_first_not_of(characters), rest_.size());
        rest_.remove_prefix(size);
        return size > 0;
    }

    std::string_view take_token() noexcept {
        const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_token_character);
        const auto token = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
        rest_.remove_prefix(token.size());
        return token;
    }

    // What follows the scheme: a token68 when it fills the list element, else the first parameter.
    std::error_code read_first(challenge& into) {
        const auto begin = rest_;
        const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_token68_character);
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.begin()));
        if (rest_.size() < begin.size()) {
            skip("=");
            const auto token68 = begin.substr(0, begin.size() - rest_.size());
            skip(" \t");
            if (at_element_end()) return into.token68 = token68, std::error_code();
        }
        rest_ = begin;
        const auto name = take_token();
        skip(" \t");
        if (name.empty() || !starts_with('=')) return errc::invalid_challenge;
        return read_parameter(name, into.parameters);
    }

    // From the "=" on.
    std::error_code read_parameter(std::string_view name, std::vector<challenge_parameter>& into) {
        rest_.remove_prefix(1);
        skip(" \t");
        challenge_parameter read(ascii::to_lower(name), {});
        if (starts_with('"')) {
            if (!take_quoted(read.value)) return errc::invalid_challenge;
        } else {
            read.value = take_token();
            if (read.value.empty()) return errc::invalid_challenge;
        }
        const auto same_name = [&](const challenge_parameter& other) { return other.name == read.name; };
        if (std::any_of(into.begin(), into.end(), same_name)) return errc::invalid_challenge;
        if (into.size() == limits_.max_parameters()) return errc::challenge_too_large;
        into.push_back(std::move(read));
        return {};
    }

    bool take_quoted(std::string& into) {
        for (std::size_t at = 1; at < rest_.size(); ++at) {
            if (rest_[at] == '"') return rest_.remove_prefix(at + 1), true;
            if (rest_[at] == '\\' && ++at == rest_.size()) return false;
            if (ascii::is_control(rest_[at]) && rest_[at] != '\t') return false;
            into += rest_[at];
        }
        return false;
    }

    std::string_view rest_;
    const challenge_limits& limits_;
};

}  // namespace detail

DRAGLINE_DECL std::optional<std::string_view> challenge::find(std::string_view name) const noexcept {
    for (const auto& parameter : parameters) {
        if (parameter.name == name) return parameter.value;
    }
    return std::nullopt;
}

DRAGLINE_DECL result<std::vector<challenge>> parse_challenges(std::string_view value,
                                                              const challenge_limits& limits) {
    if (value.size() > limits.max_size()) return errc::challenge_too_large;
    std::vector<challenge> found;
    if (auto ec = detail::challenge_reader(value, limits).read(found)) return ec;
    return found;
}

DRAGLINE_DECL result<std::vector<challenge>> parse_challenges(const fields& headers, std::string_view name,
                                                              const challenge_limits& limits) {
    std::vector<challenge> found;
    auto left = limits.max_size();
    for (const auto& [other, value] : headers) {
        if (!ascii::equals_ignoring_case(other, name)) continue;
        if (value.size() > left) return errc::challenge_too_large;
        left -= value.size();
        const auto before = found.size();
        const auto ec = detail::challenge_reader(value, limits).read(found);
        if (ec == errc::challenge_too_large) return ec;
        if (ec) found.resize(before);
    }
    return found;
}

DRAGLINE_DECL result<std::vector<challenge_parameter>> parse_authentication_info(
    std::string_view value, const challenge_limits& limits) {
    if (value.size() > limits.max_size()) return errc::challenge_too_large;
    std::vector<challenge_parameter> found;
    if (auto ec = detail::challenge_reader(value, limits).read(found)) return ec;
    return found;
}

}  // namespace dragline::http

#endif
