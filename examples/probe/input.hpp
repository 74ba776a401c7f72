// Reads what to probe, one host or URL a line, and goes on past what it cannot read. Start with input.
#pragma once

#include "safe_text.hpp"
#include "target.hpp"

#include <cstddef>
#include <istream>
#include <streambuf>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace probe {

inline constexpr std::size_t longest_line = 8192;  // bytes

/// A line or an argument that names nothing, and why.
struct bad_line {
    std::string place;  // "hosts.txt:7"
    std::string problem;
};

class input {
public:
    /// An argument of the command line; the first one is number 1.
    void read_argument(std::size_t number, std::string_view text) {
        add("argument " + std::to_string(number), text, text.size() > longest_line);
    }

    /// Every line. Blank ones and what stands behind "#", at the start or after white space, count for
    /// nothing.
    void read_lines(const std::string& name, std::istream& from) {
        std::string line;
        bool too_long = false;
        auto& source = *from.rdbuf();
        std::size_t number = 1;
        const auto end_line = [&] {
            auto text = std::string_view(line);
            if (number == 1 && text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
            add(name + ":" + std::to_string(number++), text, too_long);
            line.clear();
            too_long = false;
        };
        constexpr auto end = std::char_traits<char>::eof();
        for (auto c = source.sbumpc(); c != end; c = source.sbumpc()) {
            if (c == '\n') {
                end_line();
            } else if (line.size() < longest_line) {
                line += static_cast<char>(c);
            } else {
                too_long = too_long || c != '\r';
            }
        }
        if (!line.empty()) end_line();
    }

    const std::vector<target>& targets() const { return targets_; }
    std::vector<target> take_targets() { return std::move(targets_); }
    const std::vector<bad_line>& bad_lines() const { return bad_lines_; }

private:
    static std::string_view without_comment(std::string_view text) {
        const auto blank = [](char c) {
            return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
        };
        for (std::size_t at = 0; at < text.size(); ++at) {
            if (text[at] == '#' && (at == 0 || blank(text[at - 1]))) text = text.substr(0, at);
        }
        while (!text.empty() && blank(text.front())) text.remove_prefix(1);
        while (!text.empty() && blank(text.back())) text.remove_suffix(1);
        return text;
    }

    void add(std::string place, std::string_view line, bool too_long) {
        const auto text = without_comment(line);
        if (text.empty()) return;
        if (too_long) {
            bad_lines_.push_back(
                {std::move(place), "longer than " + std::to_string(longest_line) + " bytes"});
            return;
        }
        auto read = read_target(text);
        if (read.found) {
            targets_.push_back(*std::move(read.found));
        } else {
            bad_lines_.push_back({std::move(place), read.problem + ": " + cut(printable(text), 60)});
        }
    }

    std::vector<target> targets_;
    std::vector<bad_line> bad_lines_;
};

}  // namespace probe
