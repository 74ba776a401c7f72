// Header fields of a message: in order, duplicates kept, names compared without case (RFC 9110, 5).
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/core/features.hpp>
#include <dragline/core/spare_memory.hpp>

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dragline::inline v1::http {

/// An ordered list of (name, value). All text stands in one string, so that a copy costs one allocation, and
/// mostly as it goes over the wire.
class fields {
public:
    /// A view into the fields that it came from.
    struct field {
        std::string_view name;
        std::string_view value;
    };

    class iterator {
    public:
        using value_type = field;
        using difference_type = std::ptrdiff_t;
        iterator() = default;
        iterator(const fields& owner, std::size_t at) : owner_(&owner), at_(at) {}
        field operator*() const { return (*owner_)[at_]; }
        iterator& operator++() {
            ++at_;
            return *this;
        }
        iterator operator++(int) { return iterator(*owner_, at_++); }
        friend bool operator==(const iterator& a, const iterator& b) { return a.at_ == b.at_; }

    private:
        const fields* owner_ = nullptr;
        std::size_t at_ = 0;
    };

    fields() {}

    bool empty() const noexcept { return places_.empty(); }
    std::size_t size() const noexcept { return places_.size(); }
    field operator[](std::size_t at) const noexcept;
    iterator begin() const noexcept { return {*this, 0}; }
    iterator end() const noexcept { return {*this, size()}; }

    /// Appends a field, also when one of that name is there.
    fields& add(std::string_view name, std::string_view value);

    /// Removes all fields of that name, then appends this one.
    fields& set(std::string_view name, std::string_view value);

    /// Removes all fields of that name; returns how many.
    std::size_t remove(std::string_view name);

    void clear() noexcept;

    /// Replaces all by `views`, each a name and a value that stand in `text`, which is copied whole and not
    /// these fields' own; what is empty may stand anywhere.
    template <class Range>
    void assign(std::string_view text, const Range& views);
    void reserve(std::size_t count, std::size_t text_size);

    bool contains(std::string_view name) const noexcept { return find(name).has_value(); }

    /// The first value of that name.
    std::optional<std::string_view> find(std::string_view name) const noexcept;

    /// As find(), or the empty view.
    std::string_view get(std::string_view name) const noexcept {
        return find(name).value_or(std::string_view());
    }

    /// Every value of that name, in order.
    std::vector<std::string_view> all(std::string_view name) const;

    /// All of them as they stand in a head, each a line that ends in CRLF; nothing after assign().
    std::optional<std::string_view> lines() const noexcept {
        return assigned_ ? std::nullopt : std::optional<std::string_view>(text_);
    }

    friend bool operator==(const fields& a, const fields& b) noexcept;

private:
    struct place {
        std::uint32_t name;  // offsets in text_
        std::uint32_t name_size;
        std::uint32_t value;
        std::uint32_t value_size;
    };

    std::string text_;
    spare_vector<place> places_;
    bool assigned_ = false;  // somebody else's text
};

template <class Range>
void fields::assign(std::string_view text, const Range& views) {
    const auto at = [text](std::string_view part) {
        const auto offset = part.empty() ? 0 : part.data() - text.data();
        assert(offset >= 0 && static_cast<std::size_t>(offset) + part.size() <= text.size());
        return static_cast<std::uint32_t>(offset);
    };
    text_ = text;
    assigned_ = true;
    places_.clear();
    places_.reserve(std::size(views));
    for (const auto& [name, value] : views) {
        places_.push_back({at(name), static_cast<std::uint32_t>(name.size()), at(value),
                           static_cast<std::uint32_t>(value.size())});
    }
}

}  // namespace dragline::http

#include <dragline/http/impl/fields.ipp>
