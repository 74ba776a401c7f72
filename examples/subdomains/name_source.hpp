// The names of a run: each word below each domain. Start with name_source.
#pragma once

#include "word_source.hpp"

#include <dragline/dns/name.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace subdomains {

/// "b.c" of "a.b.c".
inline std::string parent_of(std::string_view name) {
    const auto dot = name.find('.');
    return dot == name.npos ? std::string() : std::string(name.substr(dot + 1));
}

class name_source {
public:
    /// `words` outlives this object; `domains` as normal_host_name() gives them.
    name_source(word_source& words, std::vector<std::string> domains)
        : words_(words), domains_(std::move(domains)), at_(domains_.size()) {}

    /// The next name: a word below all domains, then the next word. One that is too long is complained about.
    std::optional<std::string> next() {
        if (ahead_) return std::exchange(ahead_, std::nullopt);
        return pull();
    }

    /// Whether there is a name left. Reads no further than that.
    bool has_next() {
        if (!ahead_) ahead_ = pull();
        return ahead_.has_value();
    }

    /// Leaves out so many names; false when there are not so many.
    bool skip(std::uint64_t count) {
        for (; count > 0; --count) {
            if (!next()) return false;
        }
        return true;
    }

private:
    std::optional<std::string> pull() {
        for (;;) {
            if (at_ == domains_.size()) {
                auto word = words_.next();
                if (!word) return std::nullopt;
                word_ = *std::move(word);
                at_ = 0;
            }
            auto name = word_ + '.' + domains_[at_++];
            if (name.size() <= dragline::dns::max_host_name) return name;
            words_.complain("the name is too long below " + domains_[at_ - 1]);
        }
    }

    word_source& words_;
    std::vector<std::string> domains_;
    std::size_t at_;  // of the domain that is next for word_
    std::string word_;
    std::optional<std::string> ahead_;
};

}  // namespace subdomains
