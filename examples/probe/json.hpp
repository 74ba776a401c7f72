// Writes JSON (RFC 8259) in one line, as ASCII-safe for a terminal as JSON allows.
#pragma once

#include "safe_text.hpp"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

namespace probe {

/// `text` as a JSON string with its quotes. Bytes that are no UTF-8 become U+FFFD; what steers a terminal or
/// is not seen is escaped.
inline std::string json_text(std::string_view text) {
    std::string out = "\"";
    while (!text.empty()) {
        const auto next = first_code_point(text);
        text.remove_prefix(next.size);
        if (next.value == '"' || next.value == '\\') {
            out += '\\';
            out += static_cast<char>(next.value);
        } else if (next.value > 0xFFFF || !(is_control(next.value) || is_invisible(next.value))) {
            append_utf8(out, is_invisible(next.value) ? replacement : next.value);
        } else {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(next.value));
            out += escape;
        }
    }
    return out += '"';
}

/// Milliseconds and the like: three digits after the point.
inline std::string json_number(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.3f", std::isfinite(value) ? value : 0.0);
    return text;
}

/// Builds an object or an array member by member. Values that are JSON already are given with raw().
class json_writer {
public:
    static json_writer object() { return json_writer('{', '}'); }
    static json_writer array() { return json_writer('[', ']'); }

    json_writer& raw(std::string_view key, std::string_view json) {
        comma();
        text_ += json_text(key);
        text_ += ':';
        text_ += json;
        return *this;
    }
    json_writer& add(std::string_view key, std::string_view text) { return raw(key, json_text(text)); }
    json_writer& add(std::string_view key, const char* text) { return raw(key, json_text(text)); }  // no bool
    json_writer& add(std::string_view key, bool value) { return raw(key, value ? "true" : "false"); }
    json_writer& add(std::string_view key, std::int64_t value) { return raw(key, std::to_string(value)); }
    json_writer& null(std::string_view key) { return raw(key, "null"); }

    json_writer& item(std::string_view json) {
        comma();
        text_ += json;
        return *this;
    }

    std::string done() && {
        text_ += end_;
        return std::move(text_);
    }

private:
    json_writer(char begin, char end) : text_(1, begin), end_(end) {}

    void comma() {
        if (text_.size() > 1) text_ += ',';
    }

    std::string text_;
    char end_;
};

}  // namespace probe
