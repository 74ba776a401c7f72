// A small reader for JSON test vectors: complete, strict, and throwing, because a test wants it to.
#pragma once

#include <charconv>
#include <cstddef>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace dragline::test {

/// A JSON value. Text is UTF-8; a lone surrogate, which UTF-8 cannot hold, has become U+FFFD.
class json {
public:
    using array = std::vector<json>;
    using object = std::map<std::string, json, std::less<>>;

    json() = default;
    template <class T>
    explicit json(T value) : value_(std::move(value)) {}

    bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
    bool is_object() const { return std::holds_alternative<object>(value_); }
    bool is_text() const { return std::holds_alternative<std::string>(value_); }
    bool boolean() const { return std::get<bool>(value_); }
    double number() const { return std::get<double>(value_); }
    const std::string& text() const { return std::get<std::string>(value_); }
    const array& items() const { return std::get<array>(value_); }
    const object& members() const { return std::get<object>(value_); }

    /// The member of an object, or null when it has none of that name.
    const json& operator[](std::string_view name) const {
        static const json none;
        const auto found = members().find(name);
        return found == members().end() ? none : found->second;
    }

private:
    std::variant<std::monostate, bool, double, std::string, array, object> value_;
};

class json_reader {
public:
    explicit json_reader(std::string_view text) : rest_(text) {}

    json read() {
        json value = read_value();
        skip_space();
        if (!rest_.empty()) fail("text after the value");
        return value;
    }

private:
    [[noreturn]] static void fail(const char* what) {
        throw std::runtime_error(std::string("JSON: ") + what);
    }

    void skip_space() {
        const auto at = rest_.find_first_not_of(" \t\r\n");
        rest_.remove_prefix(at == rest_.npos ? rest_.size() : at);
    }

    bool take(std::string_view text) {
        if (!rest_.starts_with(text)) return false;
        rest_.remove_prefix(text.size());
        return true;
    }

    void expect(std::string_view text) {
        skip_space();
        if (!take(text)) fail("unexpected character");
    }

    json read_value() {
        skip_space();
        if (take("null")) return json();
        if (take("true")) return json(true);
        if (take("false")) return json(false);
        if (rest_.starts_with('"')) return json(read_text());
        if (take("[")) return json(read_array());
        if (take("{")) return json(read_object());
        return json(read_number());
    }

    json::array read_array() {
        json::array items;
        skip_space();
        if (take("]")) return items;
        for (;;) {
            items.push_back(read_value());
            skip_space();
            if (take("]")) return items;
            expect(",");
        }
    }

    json::object read_object() {
        json::object members;
        skip_space();
        if (take("}")) return members;
        for (;;) {
            skip_space();
            std::string name = read_text();
            expect(":");
            members.insert_or_assign(std::move(name), read_value());
            skip_space();
            if (take("}")) return members;
            expect(",");
        }
    }

    double read_number() {
        double value = 0;
        const auto end = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
        if (end.ec != std::errc()) fail("neither a value nor a number");
        rest_.remove_prefix(static_cast<std::size_t>(end.ptr - rest_.data()));
        return value;
    }

    std::string read_text() {
        expect("\"");
        std::string out;
        while (!take("\"")) {
            if (rest_.empty()) fail("text without an end");
            const char c = rest_[0];
            rest_.remove_prefix(1);
            if (c == '\\') {
                read_escape(out);
            } else {
                out += c;
            }
        }
        return out;
    }

    void read_escape(std::string& out) {
        constexpr std::string_view names = "\"\\/bfnrt";
        constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
        if (take("u")) return append(out, read_code_point());
        const auto which = rest_.empty() ? names.npos : names.find(rest_[0]);
        if (which == names.npos) fail("unknown escape");
        out += meanings[which];
        rest_.remove_prefix(1);
    }

    char32_t read_unit() {
        unsigned value = 0;
        const auto digits = rest_.substr(0, 4);
        const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
        if (digits.size() < 4 || end.ptr != digits.data() + 4) fail("\\u needs four digits");
        rest_.remove_prefix(4);
        return value;
    }

    char32_t read_code_point() {
        const char32_t first = read_unit();
        if (first < 0xd800 || first > 0xdfff) return first;
        const auto before = rest_;
        if (first < 0xdc00 && take("\\u")) {
            const char32_t second = read_unit();
            if (second >= 0xdc00 && second <= 0xdfff)
                return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            rest_ = before;
        }
        return 0xfffd;
    }

    static void append(std::string& out, char32_t c) {
        constexpr unsigned leads[] = {0x00, 0xc0, 0xe0, 0xf0};
        const int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
        out += static_cast<char>(leads[more] | c >> (6 * more));
        for (int i = more - 1; i >= 0; --i) out += static_cast<char>(0x80 | (c >> (6 * i) & 0x3f));
    }

    std::string_view rest_;
};

}  // namespace dragline::test
