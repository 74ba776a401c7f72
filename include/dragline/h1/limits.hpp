// How much a peer may make the parsers of this module take in.
#pragma once

#include <cstddef>

namespace dragline::inline v1::h1 {

/// Bounds on a message head; sizes in bytes. All are checked as bytes arrive, not when the head is complete.
class head_limits {
public:
    head_limits() {}

    /// The whole head, the blank line included.
    head_limits& max_size(std::size_t value) { return max_size_ = value, *this; }
    std::size_t max_size() const noexcept { return max_size_; }

    /// Number of field lines.
    head_limits& max_fields(std::size_t value) { return max_fields_ = value, *this; }
    std::size_t max_fields() const noexcept { return max_fields_; }

    /// The start line or one field line, without its CRLF.
    head_limits& max_line(std::size_t value) { return max_line_ = value, *this; }
    std::size_t max_line() const noexcept { return max_line_; }

    bool operator==(const head_limits&) const = default;

private:
    std::size_t max_size_ = 256 * 1024;
    std::size_t max_fields_ = 1000;
    std::size_t max_line_ = 32 * 1024;
};

/// Bounds on what a chunked body carries beside its data; sizes in bytes. The data is the caller's to bound.
class chunked_limits {
public:
    chunked_limits() {}

    /// The extensions of one chunk.
    chunked_limits& max_extension(std::size_t value) { return max_extension_ = value, *this; }
    std::size_t max_extension() const noexcept { return max_extension_; }

    /// The extensions of all chunks of one body.
    chunked_limits& max_extension_total(std::size_t value) { return max_extension_total_ = value, *this; }
    std::size_t max_extension_total() const noexcept { return max_extension_total_; }

    /// The trailer lines with their CRLFs, without the blank line. A line is bounded by head_limits' default.
    chunked_limits& max_trailer_size(std::size_t value) { return max_trailer_size_ = value, *this; }
    std::size_t max_trailer_size() const noexcept { return max_trailer_size_; }

    /// Number of trailer fields.
    chunked_limits& max_trailers(std::size_t value) { return max_trailers_ = value, *this; }
    std::size_t max_trailers() const noexcept { return max_trailers_; }

private:
    std::size_t max_extension_ = 4 * 1024;
    std::size_t max_extension_total_ = 64 * 1024;
    std::size_t max_trailer_size_ = 16 * 1024;
    std::size_t max_trailers_ = 100;
};

}  // namespace dragline::h1
