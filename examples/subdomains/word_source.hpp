// Words from a stream, one a line, without keeping more than a line. Start with word_source.
#pragma once

#include "../probe/safe_text.hpp"

#include <dragline/dns/name.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <istream>
#include <optional>
#include <streambuf>
#include <string>
#include <string_view>
#include <utility>

namespace subdomains {

inline constexpr std::size_t longest_line = 1024;  // bytes; a name has no more than 253

class word_source {
public:
    /// Told of a line that holds no word: where, "words.txt:7", and why.
    using complaint = std::function<void(const std::string& place, const std::string& problem)>;

    /// `from` outlives this object; `name` is for complaints.
    word_source(std::istream& from, std::string name, complaint on_bad)
        : from_(*from.rdbuf()), name_(std::move(name)), on_bad_(std::move(on_bad)) {}

    /// The next word, in lower case; nothing at the end. A word may have dots. Blank lines and what stands
    /// behind "#", at the start or after white space, count for nothing.
    std::optional<std::string> next() {
        while (read_line()) {
            const auto text = word_in_line();
            if (text.empty()) continue;
            if (too_long_) {
                complain("longer than " + std::to_string(longest_line) + " bytes");
                continue;
            }
            // A word is good when it makes a good name, below whatever domain.
            auto name = dragline::dns::normal_host_name(std::string(text) + ".x");
            if (name) return name->substr(0, name->size() - 2);
            complain(name.error().message() + ": " + probe::cut(probe::printable(text), 60));
        }
        return std::nullopt;
    }

    /// Complains about the line that was read last.
    void complain(const std::string& problem) {
        ++bad_;
        if (on_bad_) on_bad_(name_ + ':' + std::to_string(number_), problem);
    }

    std::uint64_t bad() const { return bad_; }  ///< Complaints so far.
    const std::string& name() const { return name_; }

private:
    bool read_line() {
        constexpr auto end = std::char_traits<char>::eof();
        line_.clear();
        too_long_ = false;
        auto c = from_.sbumpc();
        if (c == end) return false;
        ++number_;
        for (; c != end && c != '\n'; c = from_.sbumpc()) {
            if (line_.size() < longest_line) {
                line_ += static_cast<char>(c);
            } else {
                too_long_ = too_long_ || c != '\r';
            }
        }
        return true;
    }

    static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v'; }

    std::string_view word_in_line() const {
        auto text = std::string_view(line_);
        if (number_ == 1 && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
        for (std::size_t at = 0; at < text.size(); ++at) {
            if (text[at] == '#' && (at == 0 || is_blank(text[at - 1]))) text = text.substr(0, at);
        }
        while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
        while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
        return text;
    }

    std::streambuf& from_;
    std::string name_;
    complaint on_bad_;
    std::string line_;
    bool too_long_ = false;
    std::uint64_t number_ = 0;
    std::uint64_t bad_ = 0;
};

}  // namespace subdomains
