// Finds the lines and fields of a head in a buffer that grows, and looks at no byte twice.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/core/spare_memory.hpp>
#include <dragline/h1/error.hpp>
#include <dragline/h1/field.hpp>
#include <dragline/h1/limits.hpp>

#include <cassert>
#include <cstddef>
#include <optional>
#include <string_view>

namespace dragline::inline v1::h1::detail {

// Keeps offsets, never pointers: the buffer may move between calls. Which error a bad input gives depends on
// the first byte that decides it, so every split of the input ends alike. An error repeats when asked again.
class head_scanner {
public:
    explicit head_scanner(head_limits limits) : limits_(limits) {}

    const head_limits& limits() const noexcept { return limits_; }

    /// Where the line that starts at `begin` ends, its CRLF included; 0 when more bytes are needed.
    result<std::size_t> scan_start_line(std::string_view input, std::size_t begin, errc malformed);

    /// Where the field section ends that starts after the start line, its blank line included; 0 as above.
    result<std::size_t> scan_fields(std::string_view input);

    std::size_t field_count() const noexcept { return places_.size(); }
    void copy_fields(std::string_view input, spare_vector<field_view>& out) const;

    void reset() noexcept;
    void release_memory() noexcept { spare_vector<place>().swap(places_); }

private:
    struct place {
        std::size_t name, colon, end;
    };

    std::string_view cap(std::string_view input) const {
        assert(input.size() >= position_);  // a caller must not take back bytes
        return input.substr(0, limits_.max_size());
    }
    // What a step came to: an error_code for each would be a third of the work.
    struct found {
        std::size_t at = 0;  // 0 when more bytes are needed
        std::optional<errc> failed = std::nullopt;

        found(std::size_t position) noexcept : at(position) {}
        found(errc wrong) noexcept : failed(wrong) {}
        result<std::size_t> outcome() const {
            return failed ? result<std::size_t>(*failed) : result<std::size_t>(at);
        }
    };

    found need_more(std::string_view capped) const noexcept;
    std::size_t line_limit(std::string_view capped) const noexcept;
    found find_line_end(std::string_view capped, errc malformed) noexcept;
    std::optional<errc> check_field_start(std::string_view capped) const noexcept;
    found find_colon(std::string_view capped) noexcept;

    head_limits limits_;
    spare_vector<place> places_;
    std::size_t line_ = 0;      // where the current line starts
    std::size_t position_ = 0;  // everything before it has been looked at
    std::size_t colon_ = 0;     // of the current line; 0 while its name is being read
};

}  // namespace dragline::h1::detail

#include <dragline/h1/detail/impl/head_scanner.ipp>
