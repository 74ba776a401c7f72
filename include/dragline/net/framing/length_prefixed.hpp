// Frames behind a header of fixed size that says how long they are: a plain length, or any struct of the
// user's. Pure: no I/O.
#pragma once

#include <dragline/core/error.hpp>
#include <dragline/core/result.hpp>
#include <dragline/net/error.hpp>
#include <dragline/net/framing/detail/header_layout.hpp>
#include <dragline/net/framing/frame_codec.hpp>

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::net {

/// The header of length_prefixed(4): nothing but a length, so that frames are plain strings.
struct no_header {};

namespace detail {

template <class Header>
inline constexpr bool is_plain = std::same_as<Header, no_header>;

}  // namespace detail

/// A header and what follows it: one part for each length in the header, one for the trailer. Parts that are
/// not given are empty.
template <class Header>
class header_frame {
public:
    header_frame() {}

    /// With these parts; the first one is not copied when it is moved in.
    template <std::convertible_to<std::string_view>... More>
    explicit header_frame(Header values, std::string first = {}, const More&... more)
        : header(std::move(values)), payload_(std::move(first)) {
        sizes_.payload = sizes_.parts[0] = payload_.size();
        sizes_.part_count = 1;
        static_assert(sizeof...(More) < detail::header_layout::max_parts, "at most 8 parts");
        (add(more), ...);
    }

    /// The fields of the wire; lengths are set when a frame is received, and disregarded when it is sent.
    Header header{};

    /// All parts in a row.
    const std::string& payload() const& noexcept { return payload_; }
    std::string&& payload() && noexcept { return std::move(payload_); }

    std::size_t part_count() const noexcept { return sizes_.part_count; }

    /// Empty when there is no such part.
    std::string_view part(std::size_t index) const noexcept {
        std::size_t begin = 0;
        if (index >= sizes_.part_count) return {};
        for (std::size_t i = 0; i < index; ++i) begin += sizes_.parts[i];
        return std::string_view(payload_).substr(begin, sizes_.parts[index]);
    }

private:
    template <class>
    friend class length_prefixed;

    void add(std::string_view part) {
        payload_ += part;
        sizes_.parts[sizes_.part_count++] = part.size();
        sizes_.payload = payload_.size();
    }

    std::string payload_;
    detail::header_layout::content sizes_;
};

/// Frames behind a header of fixed size.
///
///     length_prefixed(4)                                         // a length of 4 bytes, big endian
///     length_prefixed<packet_header>()                           // "!BII" of Python's struct
///         .version<&packet_header::version>(1)
///         .length<&packet_header::nonce_size>()
///         .length<&packet_header::data_size>()
///
/// Fields stand in the order in which they are added; each takes as many bytes as its member unless it is
/// told otherwise, 1 to 8. At most 12 fields, 8 of them lengths. What cannot be used gives
/// dragline::errc::invalid_option.
template <class Header = no_header>
class length_prefixed {
public:
    using frame_type = std::conditional_t<detail::is_plain<Header>, std::string, header_frame<Header>>;

    /// A header whose fields are to be added, in this byte order unless one says otherwise.
    constexpr explicit length_prefixed(std::endian order = std::endian::big) requires(
        !detail::is_plain<Header>)
        : order_(order) {}

    /// A length of `width` bytes and nothing else.
    constexpr explicit length_prefixed(std::size_t width, std::endian order = std::endian::big) requires(
        detail::is_plain<Header>)
        : order_(order) {
        layout_.add(plain(detail::header_field::kind::length, width, order));
    }

    /// A field that is carried as it is.
    template <auto Member>
    constexpr length_prefixed& value(std::size_t width = width_of<Member>) {
        return value<Member>(width, order_);
    }
    template <auto Member>
    constexpr length_prefixed& value(std::size_t width, std::endian order) {
        return add(of_member<Member>(detail::header_field::kind::value, width, order));
    }

    /// A field that must be in [lowest, highest]: else errc::unknown_version.
    template <auto Member>
    constexpr length_prefixed& version(std::uint64_t lowest, std::uint64_t highest) {
        auto field = of_member<Member>(detail::header_field::kind::version, width_of<Member>, order_);
        field.lowest = lowest;
        field.highest = highest;
        return add(field);
    }
    template <auto Member>
    constexpr length_prefixed& version(std::uint64_t only) {
        return version<Member>(only, only);
    }

    /// Bytes that are always the same, a magic number: else errc::malformed_frame.
    constexpr length_prefixed& constant(std::uint64_t always, std::size_t width) {
        auto field = plain(detail::header_field::kind::constant, width, order_);
        field.lowest = field.highest = always;
        return add(field);
    }

    /// The length of a part of the payload; parts come in the order of their lengths.
    template <auto Member>
    constexpr length_prefixed& length(std::size_t width = width_of<Member>) {
        return length<Member>(width, order_);
    }
    template <auto Member>
    constexpr length_prefixed& length(std::size_t width, std::endian order) {
        return add(of_member<Member>(detail::header_field::kind::length, width, order));
    }

    /// The length that was added last counts the header's bytes too.
    constexpr length_prefixed& counts_header() {
        if (layout_.lengths == 0 ||
            layout_.fields[layout_.count - 1].what != detail::header_field::kind::length)
            layout_.usable = false;
        else
            layout_.fields[layout_.count - 1].counts_header = true;
        return *this;
    }

    /// So many bytes come last that no length counts, a checksum: the last part.
    constexpr length_prefixed& trailer(std::size_t bytes) {
        layout_.usable = layout_.usable && layout_.lengths + (bytes > 0) <= detail::header_layout::max_parts;
        return layout_.trailer = bytes, *this;
    }

    /// What follows the header at most, all parts and the trailer; more is refused as soon as the header is
    /// there: errc::frame_too_large.
    constexpr length_prefixed& max_frame(std::size_t value) { return max_frame_ = value, *this; }
    constexpr std::size_t max_frame() const noexcept { return max_frame_; }

    constexpr std::size_t header_size() const noexcept { return layout_.header_size; }

    result<void> encode(const frame_type& frame, std::string& out) const;
    result<void> encode_apart(frame_type&& frame, std::string& head, std::string& body) const;
    result<decoded<frame_type>> decode(std::string_view input, std::size_t seen = 0) const;

private:
    template <class>
    struct member_type;
    template <class Type, class Owner>
    struct member_type<Type Owner::*> {
        using type = Type;
    };
    template <auto Member>
    using member_of = typename member_type<std::remove_cv_t<decltype(Member)>>::type;
    template <auto Member>
    static constexpr std::size_t width_of = sizeof(member_of<Member>);

    static constexpr detail::header_field plain(detail::header_field::kind what, std::size_t width,
                                                std::endian order) {
        detail::header_field field;
        field.what = what;
        field.width = static_cast<std::uint8_t>(width <= 8 ? width : 0);  // 0 is refused
        field.big_endian = order == std::endian::big;
        return field;
    }

    template <auto Member>
    static constexpr detail::header_field of_member(detail::header_field::kind what, std::size_t width,
                                                    std::endian order);

    result<void> write_header(const frame_type& frame, std::string& out) const;

    constexpr length_prefixed& add(const detail::header_field& field) { return layout_.add(field), *this; }

    detail::header_layout layout_;
    std::size_t max_frame_ = default_max_frame;
    std::endian order_;
};

}  // namespace dragline::net

#include <dragline/net/framing/impl/length_prefixed.hpp>
