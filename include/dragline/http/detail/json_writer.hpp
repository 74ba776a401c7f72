// Writes JSON (RFC 8259) that every reader takes: what is no UTF-8 becomes U+FFFD.
#pragma once

#include <dragline/core/features.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::http::detail {

/// Appends `text` as UTF-8, with U+FFFD for each byte that is none; `escaped` says what stands for a byte
/// below 0x80.
template <class Escaped>
void append_utf8(std::string& out, std::string_view text, Escaped escaped);

/// Objects and arrays in the order of the calls. The caller closes what he opens.
class json_writer {
public:
    json_writer& object() { return open('{'); }
    json_writer& object(std::string_view name) { return key(name).open('{'); }
    json_writer& array(std::string_view name) { return key(name).open('['); }
    json_writer& end_object() { return close('}'); }
    json_writer& end_array() { return close(']'); }

    json_writer& item(std::string_view text);
    json_writer& member(std::string_view name, std::string_view text) { return key(name).item(text); }
    json_writer& member(std::string_view name, const char* text) { return key(name).item(text); }
    json_writer& member(std::string_view name, std::int64_t value);
    json_writer& flag(std::string_view name, bool value);

    /// In milliseconds.
    json_writer& member(std::string_view name, std::chrono::microseconds value);

    std::string take() noexcept { return std::move(out_); }

private:
    json_writer& key(std::string_view name);
    json_writer& open(char bracket);
    json_writer& close(char bracket);
    void separate();

    std::string out_;
    bool first_ = true;  // of what was opened last, or after a key
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/json_writer.hpp>
#include <dragline/http/detail/impl/json_writer.ipp>
