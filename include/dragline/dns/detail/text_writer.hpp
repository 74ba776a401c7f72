// The fields of a record as the text of a master file (RFC 1035, 5.1).
#pragma once

#include <dragline/core/bytes.hpp>
#include <dragline/core/features.hpp>

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace dragline::inline v1::dns::detail {

// With a dot at its end, so that no origin is appended to it; and with escapes for what else has a meaning.
DRAGLINE_DECL void append_name(std::string& text, std::string_view name);

// In quotes.
DRAGLINE_DECL void append_quoted(std::string& text, std::string_view bytes);

// Appends fields, with a space between them.
class text_writer {
public:
    text_writer& put(std::unsigned_integral auto number) { return word(std::to_string(number)); }
    text_writer& word(std::string_view text) { return separate(), text_ += text, *this; }
    text_writer& name(std::string_view name) { return separate(), append_name(text_, name), *this; }
    text_writer& quoted(std::string_view bytes) { return separate(), append_quoted(text_, bytes), *this; }
    DRAGLINE_DECL text_writer& time(std::uint32_t seconds);
    DRAGLINE_DECL text_writer& hex(byte_view bytes);
    DRAGLINE_DECL text_writer& base64(byte_view bytes);

    std::string& text() noexcept { return text_; }

private:
    void separate() {
        if (!text_.empty()) text_ += ' ';
    }

    std::string text_;
};

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/text_writer.ipp>
