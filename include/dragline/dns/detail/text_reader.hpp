// The fields of a record from the text of a master file (RFC 1035, 5.1).
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/core/result.hpp>
#include <dragline/dns/error.hpp>
#include <dragline/dns/records/record_type.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dragline::inline v1::dns::detail {

// Any bytes, without their escapes; nothing when an escape is none.
DRAGLINE_DECL std::optional<std::string> unescape(std::string_view text);

// Takes fields one after the other. After the first failure every one of them yields nothing, or the default.
//
// Words are separated by spaces, tabs and ends of lines, all the same within parentheses and outside, where
// those must be in pairs. A semicolon starts a comment.
class text_reader {
public:
    struct word {
        std::string_view text;  // with its escapes
        bool quoted = false;    // wholly: it has lost its quotes
    };

    explicit text_reader(std::string_view text) : text_(text) { skip_blanks(); }

    std::error_code error() const noexcept { return error_; }
    void fail(std::error_code ec = errc::invalid_data) {
        if (!error_) error_ = ec;
    }

    // Whether there are no more words, or a failure.
    bool at_end() const noexcept { return error_ || text_.empty(); }

    word take_word() { return next_word(false); }
    // What stands in one word without quotes, escapes not understood.
    DRAGLINE_DECL std::string_view take_plain();
    // As take_plain(), but a value may be in quotes: key="value". It keeps them.
    std::string_view take_parameter() { return next_word(true).text; }
    DRAGLINE_DECL std::string take_name();
    DRAGLINE_DECL std::string take_bytes();   // of any number
    DRAGLINE_DECL std::string take_string();  // at most 255 bytes
    DRAGLINE_DECL record_type take_type();
    DRAGLINE_DECL std::uint32_t take_time();
    // All words that are left, at least one, joined.
    DRAGLINE_DECL std::vector<std::uint8_t> take_hex();
    DRAGLINE_DECL std::vector<std::uint8_t> take_base64();

    template <std::unsigned_integral T>
    T take_number() {
        const auto number = ascii::parse_number<T>(take_plain());
        if (!number) fail();
        return number.value_or(T{});
    }

private:
    DRAGLINE_DECL void skip_blanks();
    DRAGLINE_DECL word next_word(bool is_parameter);
    DRAGLINE_DECL std::size_t end_of_quotes(std::size_t open);
    DRAGLINE_DECL std::string take_joined();

    std::string_view text_;
    std::size_t open_ = 0;  // parentheses
    std::error_code error_;
};

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/text_reader.ipp>
