// Header fields as they stand in a message: names and values, in order, several of one name allowed.
#pragma once

#include <dragline/core/ascii.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::h1 {

/// A field line whose bytes somebody else owns. Parsed values have no whitespace at their ends.
struct field_view {
    std::string_view name;
    std::string_view value;
};

/// A field line that owns its bytes.
struct field {
    field() {}
    field(std::string field_name, std::string field_value)
        : name(std::move(field_name)), value(std::move(field_value)) {}

    std::string name;
    std::string value;
};

/// Names compare without case (RFC 9110, 5.1).
inline bool has_name(const field_view& one, std::string_view name) noexcept {
    return ascii::equals_ignoring_case(one.name, name);
}

/// The value of the first field of this name.
inline std::optional<std::string_view> find_field(std::span<const field_view> fields,
                                                  std::string_view name) noexcept {
    for (const auto& one : fields) {
        if (has_name(one, name)) return one.value;
    }
    return std::nullopt;
}

/// How many fields have this name.
inline std::size_t count_fields(std::span<const field_view> fields, std::string_view name) noexcept {
    return static_cast<std::size_t>(
        std::count_if(fields.begin(), fields.end(), [&](const auto& one) { return has_name(one, name); }));
}

/// Calls `visit(value)` for the whole value of every field of this name, in order.
template <std::invocable<std::string_view> Visit>
void for_each_field(std::span<const field_view> fields, std::string_view name, Visit visit) {
    for (const auto& one : fields) {
        if (has_name(one, name)) visit(one.value);
    }
}

/// Calls `visit(item)` for every item of the comma lists in all fields of this name: `Connection: a, b` and
/// two lines `Connection: a`, `Connection: b` are the same (RFC 9110, 5.3). Not for values with quoted
/// commas.
template <std::invocable<std::string_view> Visit>
void for_each_value(std::span<const field_view> fields, std::string_view name, Visit visit) {
    for (const auto& one : fields) {
        if (has_name(one, name))
            ascii::for_each_item(one.value, ',', [&](std::string_view item) { visit(item); });
    }
}

/// Whether such a list has this item, without regard to case: `contains_value(fields, "Connection",
/// "close")`.
inline bool contains_value(std::span<const field_view> fields, std::string_view name,
                           std::string_view item) noexcept {
    bool found = false;
    for_each_value(fields, name,
                   [&](std::string_view one) { found = found || ascii::equals_ignoring_case(one, item); });
    return found;
}

}  // namespace dragline::h1
