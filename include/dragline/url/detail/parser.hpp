// The basic URL parser of the URL Standard, without its state override. It writes the serialisation at once,
// part after part, so nothing is kept twice. Where the standard steps through characters, this cuts the text:
// fragment and query first, then scheme, authority and path from the left.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/url/detail/record.hpp>
#include <dragline/url/error.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace dragline::inline v1::url::detail {

/// Parses one URL. Names of functions follow the states of the standard.
class parser {
public:
    /// Into `out`, which is empty. `base` may be null. Both must outlive the parser.
    parser(record& out, const record* base) noexcept : out_(out), base_(base) {}

    /// `input` is what clean_input gives.
    std::error_code parse(std::string_view input);

private:
    void split(std::string_view input) noexcept;
    std::error_code parse_with_scheme(std::size_t scheme_size);
    std::error_code parse_without_scheme();
    std::error_code parse_relative();
    std::error_code parse_file();
    std::error_code parse_file_host();
    std::error_code parse_authority();
    void parse_path_start();
    void parse_path();
    void parse_opaque_path();
    void finish();

    void write_scheme(std::string_view scheme);
    void write_no_host();
    void copy_authority();
    void copy_path();

    bool next_is_slash() const noexcept;
    void skip_slashes() noexcept;
    std::uint32_t position() const noexcept { return out_.size(); }

    record& out_;
    const record* base_;
    std::string_view rest_;  // what has not been read, without query and fragment
    std::optional<std::string_view> query_;
    std::optional<std::string_view> fragment_;
};

/// Parses `input` as a caller gave it into `out`, which is empty. Neither may be longer than `max_length`.
DRAGLINE_DECL std::error_code parse_record(record& out, std::string_view input, const record* base,
                                           std::size_t max_length);

}  // namespace dragline::url::detail

#include <dragline/url/detail/impl/parser.ipp>
