// Whether a text is JSON (RFC 8259), without making anything of it.
#pragma once

#include <cstddef>
#include <string_view>

namespace http_command {

class json_syntax {
public:
    static bool fits(std::string_view text) {
        json_syntax reader(text);
        return reader.value(0) && reader.rest_.empty();
    }

private:
    static constexpr int deepest = 200;

    explicit json_syntax(std::string_view text) : rest_(text) { skip(); }

    void skip() {
        while (!rest_.empty() && std::string_view(" \t\r\n").find(rest_[0]) != rest_.npos)
            rest_.remove_prefix(1);
    }
    bool take(std::string_view text) {
        if (!rest_.starts_with(text)) return false;
        rest_.remove_prefix(text.size());
        return true;
    }
    bool token(std::string_view text) {
        const bool taken = take(text);
        if (taken) skip();
        return taken;
    }

    bool value(int depth) {
        if (depth > deepest || rest_.empty()) return false;
        if (rest_[0] == '{') return list(depth, '}', true);
        if (rest_[0] == '[') return list(depth, ']', false);
        if (rest_[0] == '"') return string();
        return token("true") || token("false") || token("null") || number();
    }

    bool list(int depth, char end, bool named) {
        rest_.remove_prefix(1);
        skip();
        const std::string_view closing(&end, 1);
        if (token(closing)) return true;
        do {
            if (named && (!string() || !token(":"))) return false;
            if (!value(depth + 1)) return false;
        } while (token(","));
        return token(closing);
    }

    bool string() {
        if (!take("\"")) return false;
        while (!rest_.empty()) {
            if (take("\"")) return skip(), true;
            if (static_cast<unsigned char>(rest_[0]) < 0x20) return false;
            if (take("\\")) {
                constexpr std::string_view hex = "0123456789abcdefABCDEF";
                if (take("u")) {
                    if (rest_.size() < 4 || rest_.substr(0, 4).find_first_not_of(hex) != rest_.npos)
                        return false;
                    rest_.remove_prefix(4);
                    continue;
                }
                if (rest_.empty() || std::string_view("\"\\/bfnrt").find(rest_[0]) == rest_.npos)
                    return false;
            }
            rest_.remove_prefix(1);
        }
        return false;
    }

    bool digits() {
        const auto size = rest_.find_first_not_of("0123456789");
        const auto count = size == rest_.npos ? rest_.size() : size;
        rest_.remove_prefix(count);
        return count > 0;
    }
    bool number() {
        take("-");
        if (!take("0") && !digits()) return false;
        if (take(".") && !digits()) return false;
        if (take("e") || take("E")) {
            if (!take("+")) take("-");
            if (!digits()) return false;
        }
        skip();
        return true;
    }

    std::string_view rest_;
};

}  // namespace http_command
