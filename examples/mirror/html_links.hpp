// The links of an HTML page. A scanner, not a parser: it finds tags and their attributes in one pass,
// whatever the text, and knows comments, scripts and quotes. Start with find_html_links().
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/url/parse.hpp>
#include <dragline/url/url.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mirror {

struct html_limits {
    std::size_t links = 5'000;        // of one page
    std::size_t attributes = 64;      // of one tag
    std::size_t link_length = 2'000;  // longer ones are left out
};

namespace detail {

struct html_attribute {
    std::string name;
    std::string_view value;
};

class html_scanner {
public:
    explicit html_scanner(std::string_view text, std::size_t most) : rest_(text), most_attributes_(most) {}

    /// The next start tag; false at the end.
    bool next(std::string& name, std::vector<html_attribute>& attributes) {
        while (!rest_.empty()) {
            rest_.remove_prefix(std::min(rest_.find('<'), rest_.size()));
            if (skip_comment()) continue;
            if (rest_.size() < 2) return false;
            rest_.remove_prefix(1);
            if (!dragline::ascii::is_alpha(rest_[0])) continue;
            name = dragline::ascii::to_lower(take_until(" \t\r\n\f/>"));
            read_attributes(attributes);
            if (name == "script" || name == "style") skip_raw(name);
            return true;
        }
        return false;
    }

private:
    std::string_view take_until(std::string_view marks) {
        const auto taken = rest_.substr(0, rest_.find_first_of(marks));
        rest_.remove_prefix(taken.size());
        return taken;
    }
    void skip(std::string_view marks) {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(marks), rest_.size()));
    }
    bool skip_comment() {
        if (!rest_.starts_with("<!--")) return false;
        const auto end = rest_.find("-->", 4);
        rest_.remove_prefix(end == rest_.npos ? rest_.size() : end + 3);
        return true;
    }

    // To the end tag; what is in between are no tags.
    void skip_raw(const std::string& name) {
        while (!rest_.empty()) {
            rest_.remove_prefix(std::min(rest_.find("</"), rest_.size()));
            if (rest_.size() < name.size() + 2) return rest_.remove_prefix(rest_.size());
            rest_.remove_prefix(2);
            if (dragline::ascii::equals_ignoring_case(rest_.substr(0, name.size()), name)) return;
        }
    }

    void read_attributes(std::vector<html_attribute>& into) {
        constexpr std::string_view blank = " \t\r\n\f";
        into.clear();
        for (skip(" \t\r\n\f/"); !rest_.empty() && rest_[0] != '>'; skip(" \t\r\n\f/")) {
            html_attribute one;
            if (rest_[0] == '=') rest_.remove_prefix(1);  // a name without letters
            one.name = dragline::ascii::to_lower(take_until(" \t\r\n\f/>="));
            skip(blank);
            if (!rest_.empty() && rest_[0] == '=') {
                rest_.remove_prefix(1);
                skip(blank);
                if (!rest_.empty() && (rest_[0] == '"' || rest_[0] == '\'')) {
                    const std::string_view quote = rest_.substr(0, 1);
                    rest_.remove_prefix(1);
                    one.value = take_until(quote);
                    if (!rest_.empty()) rest_.remove_prefix(1);
                } else {
                    one.value = take_until(" \t\r\n\f>");
                }
            }
            if (into.size() < most_attributes_) into.push_back(std::move(one));
        }
        if (!rest_.empty()) rest_.remove_prefix(1);
    }

    std::string_view rest_;
    std::size_t most_attributes_;
};

inline std::string_view value_of(const std::vector<html_attribute>& from, std::string_view name) {
    for (const auto& each : from) {
        if (each.name == name) return each.value;
    }
    return {};
}

// Of character references in a URL only '&' is common.
inline std::string without_references(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto size = std::min(text.find('&'), text.size());
        out += text.substr(0, size);
        text.remove_prefix(size);
        if (text.empty()) break;
        out += '&';
        std::size_t taken = 1;
        for (const std::string_view reference : {"&amp;", "&#38;", "&#x26;", "&AMP;"}) {
            if (text.starts_with(reference)) taken = reference.size();
        }
        text.remove_prefix(taken);
    }
    return out;
}

}  // namespace detail

/// The links of a page to http and https, in order and without fragments, some perhaps more than once. One
/// that says rel=nofollow is left out, and all are where <meta name=robots> says nofollow.
inline std::vector<dragline::url::url> find_html_links(std::string_view text, const dragline::url::url& page,
                                                       const html_limits& limits = html_limits()) {
    std::vector<dragline::url::url> found;
    auto base = page;
    detail::html_scanner scanner(text, limits.attributes);
    std::string tag;
    std::vector<detail::html_attribute> attributes;
    const auto says_nofollow = [&](std::string_view name) {
        return dragline::ascii::to_lower(detail::value_of(attributes, name)).find("nofollow") !=
               std::string::npos;
    };
    while (found.size() < limits.links && scanner.next(tag, attributes)) {
        if (tag == "meta") {
            const auto name = detail::value_of(attributes, "name");
            if (dragline::ascii::equals_ignoring_case(name, "robots") && says_nofollow("content")) return {};
        }
        const auto href = detail::value_of(attributes, "href");
        const auto target = !href.empty() ? href : detail::value_of(attributes, "src");
        if (target.empty() || target.size() > limits.link_length || says_nofollow("rel")) continue;
        auto parsed = dragline::url::parse(detail::without_references(target), base);
        if (!parsed) continue;
        if (tag == "base") {
            base = *parsed;
        } else if (parsed->scheme() == "http" || parsed->scheme() == "https") {
            found.push_back(parsed->without_fragment().without_credentials());
        }
    }
    return found;
}

}  // namespace mirror
