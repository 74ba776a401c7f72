// Included by <dragline/net/framing/length_prefixed.hpp> only.
#pragma once

namespace dragline::inline v1::net {

template <class Header>
template <auto Member>
constexpr detail::header_field length_prefixed<Header>::of_member(detail::header_field::kind what,
                                                                  std::size_t width, std::endian order) {
    using type = member_of<Member>;
    static_assert(std::unsigned_integral<type> || std::is_enum_v<type>,
                  "a field of a header is an unsigned integer or an enum");
    using number = typename std::conditional_t<std::is_enum_v<type>, std::underlying_type<type>,
                                               std::type_identity<type>>::type;
    static_assert(std::unsigned_integral<number>,
                  "an enum in a header has an unsigned type: enum class x : std::uint8_t");
    auto field = plain(what, width, order);
    field.get = [](const void* header) {
        return static_cast<std::uint64_t>(static_cast<const Header*>(header)->*Member);
    };
    field.set = [](void* header, std::uint64_t value) {
        static_cast<Header*>(header)->*Member = static_cast<type>(static_cast<number>(value));
    };
    field.member_bits = std::numeric_limits<number>::digits;
    return field;
}

template <class Header>
result<void> length_prefixed<Header>::write_header(const frame_type& frame, std::string& out) const {
    if constexpr (detail::is_plain<Header>) {
        detail::header_layout::content sizes;
        sizes.part_count = 1;
        sizes.payload = sizes.parts[0] = frame.size();
        return layout_.write(nullptr, sizes, max_frame_, out);
    } else {
        return layout_.write(&frame.header, frame.sizes_, max_frame_, out);
    }
}

template <class Header>
result<void> length_prefixed<Header>::encode(const frame_type& frame, std::string& out) const {
    const auto written = write_header(frame, out);
    if (!written) return written;
    if constexpr (detail::is_plain<Header>) {
        out += frame;
    } else {
        out += frame.payload_;
    }
    return written;
}

template <class Header>
result<void> length_prefixed<Header>::encode_apart(frame_type&& frame, std::string& head,
                                                   std::string& body) const {
    const auto written = write_header(frame, head);
    if (!written) return written;
    if constexpr (detail::is_plain<Header>) {
        body = std::move(frame);
    } else {
        body = std::move(frame.payload_);
    }
    return written;
}

template <class Header>
result<decoded<typename length_prefixed<Header>::frame_type>> length_prefixed<Header>::decode(
    std::string_view input, std::size_t) const {
    auto found = layout_.read(input, max_frame_);
    if (!found) return found.error();
    decoded<frame_type> step;
    const auto head = layout_.header_size;
    if (found->known < head || input.size() - head < found->payload) {
        step.needed = found->payload < input.npos - head ? head + found->payload : input.npos;
        return step;
    }
    step.size = head + found->payload;
    const auto payload = input.substr(head, found->payload);
    if constexpr (detail::is_plain<Header>) {
        step.frame.assign(payload);
    } else {
        step.frame.payload_.assign(payload);
        layout_.fill(*found, &step.frame.header);
        step.frame.sizes_ = *found;
    }
    return step;
}

}  // namespace dragline::net
