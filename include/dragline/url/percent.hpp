// Percent-encoding: which bytes each part of a URL must escape, and the two directions.
#pragma once

#include <dragline/core/features.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace dragline::inline v1::url {

/// A set of bytes to write as %XX. A new one holds the ASCII controls and every byte above '~'.
class percent_set {
public:
    constexpr percent_set() noexcept {
        for (std::size_t byte = 0; byte < encoded_.size(); ++byte)
            encoded_[byte] = byte < 0x20 || byte > 0x7e;
    }

    /// This set and these bytes.
    constexpr percent_set with(std::string_view bytes) const noexcept {
        percent_set wider = *this;
        for (const char c : bytes) wider.encoded_[static_cast<unsigned char>(c)] = true;
        return wider;
    }

    constexpr bool contains(char c) const noexcept { return encoded_[static_cast<unsigned char>(c)]; }

private:
    std::array<bool, 256> encoded_{};
};

// The sets of the URL Standard, 1.3. Use `component_set` for a value that goes into a query or a path.
inline constexpr percent_set c0_control_set;
inline constexpr percent_set fragment_set = c0_control_set.with(" \"<>`");
inline constexpr percent_set query_set = c0_control_set.with(" \"#<>");
inline constexpr percent_set special_query_set = query_set.with("'");
inline constexpr percent_set path_set = query_set.with("?^`{}");
inline constexpr percent_set userinfo_set = path_set.with("/:;=@[\\]|");
inline constexpr percent_set component_set = userinfo_set.with("$%&+,");
inline constexpr percent_set form_set = component_set.with("!'()~");

/// Appends `text` with each byte of `set` as %XX, in upper case.
DRAGLINE_DECL void append_percent_encoded(std::string& out, std::string_view text, const percent_set& set);

/// As above, but returns it.
inline std::string percent_encode(std::string_view text, const percent_set& set = component_set) {
    std::string out;
    append_percent_encoded(out, text, set);
    return out;
}

/// The bytes that `text` stands for. A '%' without two hexadecimal digits stays; the result need not be
/// UTF-8.
DRAGLINE_DECL std::string percent_decode(std::string_view text);

}  // namespace dragline::url

#include <dragline/url/impl/percent.ipp>
