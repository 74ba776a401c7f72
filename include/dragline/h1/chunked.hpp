// Chunked bodies (RFC 9112, 7.1), strictly: where data runs lie, and the trailers.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/h1/detail/head_scanner.hpp>
#include <dragline/h1/error.hpp>
#include <dragline/h1/field.hpp>
#include <dragline/h1/limits.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace dragline::inline v1::h1 {

/// Takes a chunked body apart in place; only trailers are copied.
///
/// Sizes are plain hexadecimal digits, at most 16; every line and every chunk ends in CRLF; extensions are
/// checked, bounded and dropped.
class chunked_decoder {
public:
    /// What one call found.
    struct step {
        std::size_t consumed = 0;  ///< How much of the input is done with, `data` included.
        std::string_view data;     ///< A run of the body inside the input; empty when only framing was read.
        bool finished =
            false;  ///< The body and its trailers are complete; what follows is not of this message.
    };

    explicit chunked_decoder(chunked_limits limits = {});

    /// Reads framing up to the next run of data and returns that run, or consumes all there is.
    ///
    /// Call it until the input is consumed or the body finished. Errors repeat on every later call.
    result<step> next(std::string_view input);

    bool finished() const noexcept { return state_ == state::finished; }

    /// The input has ended: errc::truncated unless the body is complete.
    std::error_code finish() const noexcept;

    /// Complete once finished(). Fields that frame, route or describe the message are left out (RFC
    /// 9110, 6.5.1).
    const std::vector<field>& trailers() const noexcept { return trailers_; }

    void reset() noexcept;

private:
    enum class state {
        size,
        extension_gap,  // whitespace, after which only another extension may follow
        extension_start,
        extension_name,
        extension_name_end,
        extension_value_start,
        extension_value,
        quoted_value,
        quoted_pair,
        quoted_end,
        size_line_feed,
        data,
        data_return,
        data_line_feed,
        trailer,
        finished,
    };

    std::error_code on_byte(char c);
    std::error_code on_size(char c);
    std::error_code on_extension(char c);
    std::error_code end_extension_part(char c);
    std::error_code move_to(state next) noexcept { return state_ = next, std::error_code(); }
    void start_chunk() noexcept;
    result<std::size_t> read_trailer(std::string_view input);
    void keep_trailers();

    chunked_limits limits_;
    state state_ = state::size;
    unsigned digits_ = 0;
    std::uint64_t remaining_ = 0;  // of the size while it is read, then of the data
    std::size_t extension_size_ = 0;
    std::size_t extension_total_ = 0;
    std::error_code error_;
    detail::head_scanner scanner_;
    std::string trailer_text_;
    std::vector<field> trailers_;
};

}  // namespace dragline::h1

#include <dragline/h1/impl/chunked.ipp>
