// Three well-known framings: text up to a delimiter, netstrings, and lengths as varints. Those with a header
// are in length_prefixed.hpp.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/net/framing/frame_codec.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::net {

/// Frames that end in a delimiter, which they cannot contain: nothing is escaped.
///
/// Errors: errc::frame_too_large once max_frame bytes came without it; dragline::errc::invalid_option when
/// the delimiter is empty.
class delimited {
public:
    using frame_type = std::string;

    explicit delimited(std::string delimiter = "\n") : delimiter_(std::move(delimiter)) {}

    /// The delimiter stays at the end of the frame, and must be there in what is sent. Off.
    delimited& keep(bool value) { return keep_ = value, *this; }
    bool keep() const noexcept { return keep_; }

    /// Bytes before the delimiter at most.
    delimited& max_frame(std::size_t value) { return max_frame_ = value, *this; }
    std::size_t max_frame() const noexcept { return max_frame_; }

    result<void> encode(std::string_view frame, std::string& out) const;
    result<void> encode_apart(std::string&& frame, std::string& head, std::string& body) const;
    result<decoded<std::string>> decode(std::string_view input, std::size_t seen = 0) const;

private:
    result<void> check(std::string_view frame) const;

    std::string delimiter_;
    std::size_t max_frame_ = default_max_frame;
    bool keep_ = false;
};

/// Netstrings (D. J. Bernstein, 1997), strictly: "5:hello,", a length without leading zeros, and the comma.
class netstring {
public:
    using frame_type = std::string;

    netstring() {}

    netstring& max_frame(std::size_t value) { return max_frame_ = value, *this; }
    std::size_t max_frame() const noexcept { return max_frame_; }

    result<void> encode(std::string_view frame, std::string& out) const;
    result<void> encode_apart(std::string&& frame, std::string& head, std::string& body) const;
    result<decoded<std::string>> decode(std::string_view input, std::size_t seen = 0) const;

private:
    std::size_t max_frame_ = default_max_frame;
};

/// A length as a varint before the payload, as Protocol Buffers delimit their messages: seven bits a byte,
/// the lowest first. Longer spellings of a length than need be are refused.
class varint_prefixed {
public:
    using frame_type = std::string;

    varint_prefixed() {}

    varint_prefixed& max_frame(std::size_t value) { return max_frame_ = value, *this; }
    std::size_t max_frame() const noexcept { return max_frame_; }

    result<void> encode(std::string_view frame, std::string& out) const;
    result<void> encode_apart(std::string&& frame, std::string& head, std::string& body) const;
    result<decoded<std::string>> decode(std::string_view input, std::size_t seen = 0) const;

private:
    std::size_t max_frame_ = default_max_frame;
};

}  // namespace dragline::net

#include <dragline/net/framing/impl/codecs.ipp>
