// Included by <dragline/http/fields.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <functional>
#include <utility>

namespace dragline::inline v1::http {

DRAGLINE_DECL fields::field fields::operator[](std::size_t at) const noexcept {
    const auto& found = places_[at];
    const std::string_view text(text_);
    return {text.substr(found.name, found.name_size), text.substr(found.value, found.value_size)};
}

DRAGLINE_DECL fields& fields::add(std::string_view name, std::string_view value) {
    const auto is_own = [this](std::string_view text) {
        const std::less<> before;
        return !before(text.data(), text_.data()) && before(text.data(), text_.data() + text_.size());
    };
    if (is_own(name) || is_own(value)) return add(std::string(name), std::string(value));
    const auto at = static_cast<std::uint32_t>(text_.size());
    const auto name_size = static_cast<std::uint32_t>(name.size());
    constexpr std::string_view between = ": ", end = "\r\n";
    const auto value_at = at + name_size + static_cast<std::uint32_t>(between.size());
    places_.push_back({at, name_size, value_at, static_cast<std::uint32_t>(value.size())});
    text_.append(name).append(between).append(value).append(end);
    return *this;
}

DRAGLINE_DECL fields& fields::set(std::string_view name, std::string_view value) {
    // The arguments may be views into these very fields.
    const std::string kept_name(name), kept_value(value);
    remove(kept_name);
    return add(kept_name, kept_value);
}

DRAGLINE_DECL std::size_t fields::remove(std::string_view name) {
    if (!contains(name)) return 0;
    fields kept;
    kept.reserve(size(), text_.size());
    for (const auto& [other, value] : *this) {
        if (!ascii::equals_ignoring_case(other, name)) kept.add(other, value);
    }
    const auto removed = size() - kept.size();
    *this = std::move(kept);
    return removed;
}

DRAGLINE_DECL void fields::clear() noexcept {
    text_.clear();
    assigned_ = false;
    places_.clear();
}

DRAGLINE_DECL void fields::reserve(std::size_t count, std::size_t text_size) {
    places_.reserve(count);
    text_.reserve(text_size);
}

DRAGLINE_DECL std::optional<std::string_view> fields::find(std::string_view name) const noexcept {
    for (const auto& [other, value] : *this) {
        if (ascii::equals_ignoring_case(other, name)) return value;
    }
    return std::nullopt;
}

DRAGLINE_DECL std::vector<std::string_view> fields::all(std::string_view name) const {
    std::vector<std::string_view> found;
    for (const auto& [other, value] : *this) {
        if (ascii::equals_ignoring_case(other, name)) found.push_back(value);
    }
    return found;
}

DRAGLINE_DECL bool operator==(const fields& a, const fields& b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
        return ascii::equals_ignoring_case(x.name, y.name) && x.value == y.value;
    });
}

}  // namespace dragline::http

#endif
