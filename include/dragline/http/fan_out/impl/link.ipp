// Included by <dragline/http/fan_out/link.hpp> only.
#pragma once

#include <dragline/codec/charset.hpp>
#include <dragline/http/error.hpp>
#include <dragline/url/parse.hpp>
#include <dragline/url/percent.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <system_error>

namespace dragline::inline v1::http {
namespace detail {

// Reads a list of links, as RFC 8288, appendix B, does.
class link_reader {
public:
    link_reader(std::string_view text, const link_limits& limits) : rest_(text), limits_(limits) {}

    std::error_code read(std::vector<link>& into) {
        for (;;) {
            skip(", \t");
            if (rest_.empty()) return {};
            if (into.size() == limits_.max_links()) return errc::link_too_large;
            link one;
            if (auto ec = read_target(one)) return ec;
            for (skip(" \t"); starts_with(';'); skip(" \t")) {
                rest_.remove_prefix(1);
                if (auto ec = read_parameter(one)) return ec;
            }
            if (!rest_.empty() && !starts_with(',')) return errc::invalid_link;
            if (const auto text = one.find("rel")) add_relations(one, *text);
            into.push_back(std::move(one));
        }
    }

private:
    bool starts_with(char c) const noexcept { return !rest_.empty() && rest_.front() == c; }

    void skip(std::string_view characters) noexcept {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(characters), rest_.size()));
    }

    std::string_view take_until(std::string_view characters) noexcept {
        const auto taken = rest_.substr(0, rest_.find_first_of(characters));
        rest_.remove_prefix(taken.size());
        return taken;
    }

    std::error_code read_target(link& into) {
        if (!starts_with('<')) return errc::invalid_link;
        rest_.remove_prefix(1);
        into.target = take_until(">");
        if (rest_.empty()) return errc::invalid_link;
        rest_.remove_prefix(1);
        return {};
    }

    // Also nothing at all, between two semicolons.
    std::error_code read_parameter(link& into) {
        skip(" \t");
        const auto name = ascii::trim(take_until("=;,"));
        std::string value;
        if (starts_with('=')) {
            rest_.remove_prefix(1);
            skip(" \t");
            if (starts_with('"')) {
                if (!read_quoted(value)) return errc::invalid_link;
            } else {
                value = ascii::trim(take_until(";,"));
            }
            if (name.empty()) return errc::invalid_link;
        }
        if (name.empty()) return {};
        if (name.find_first_of("<>\"\\ \t") != name.npos) return errc::invalid_link;
        if (into.parameters.size() == limits_.max_parameters()) return errc::link_too_large;
        into.parameters.emplace_back(ascii::to_lower(name), std::move(value));
        return {};
    }

    bool read_quoted(std::string& into) {
        rest_.remove_prefix(1);
        for (; !rest_.empty(); rest_.remove_prefix(1)) {
            if (starts_with('"')) return rest_.remove_prefix(1), true;
            if (starts_with('\\')) {
                rest_.remove_prefix(1);
                if (rest_.empty()) return false;
            }
            into += rest_.front();
        }
        return false;
    }

    static void add_relations(link& to, std::string_view text) {
        while (!text.empty()) {
            const auto end = std::min(text.find_first_of(" \t"), text.size());
            if (end > 0) to.relations.push_back(ascii::to_lower(text.substr(0, end)));
            text.remove_prefix(std::min(end + 1, text.size()));
        }
    }

    std::string_view rest_;
    const link_limits& limits_;
};

}  // namespace detail

DRAGLINE_DECL bool link::is(std::string_view relation) const noexcept {
    return std::any_of(relations.begin(), relations.end(),
                       [&](const auto& each) { return ascii::equals_ignoring_case(each, relation); });
}

DRAGLINE_DECL std::optional<std::string_view> link::find(std::string_view name) const noexcept {
    for (const auto& each : parameters) {
        if (each.name == name) return each.value;
    }
    return std::nullopt;
}

// RFC 8187: charset'language'percent-encoded.
DRAGLINE_DECL std::optional<std::string> link::title() const {
    if (const auto extended = find("title*")) {
        const auto charset = extended->substr(0, extended->find('\''));
        const auto language_end = extended->find('\'', std::min(charset.size() + 1, extended->size()));
        if (language_end != extended->npos && ascii::equals_ignoring_case(charset, "utf-8")) {
            auto text = codec::to_utf8(url::percent_decode(extended->substr(language_end + 1)), "utf-8");
            if (text) return *std::move(text);
        }
    }
    if (const auto plain = find("title")) return std::string(*plain);
    return std::nullopt;
}

DRAGLINE_DECL result<std::vector<link>> parse_links(std::string_view value, const link_limits& limits) {
    if (value.size() > limits.max_size()) return errc::link_too_large;
    std::vector<link> found;
    if (auto ec = detail::link_reader(value, limits).read(found)) return ec;
    return found;
}

DRAGLINE_DECL result<std::vector<link>> parse_links(const fields& headers, const link_limits& limits) {
    std::vector<link> all;
    std::size_t size = 0;
    for (const auto value : headers.all("Link")) {
        size += value.size();
        if (size > limits.max_size()) return errc::link_too_large;
        const auto before = all.size();
        const auto ec = detail::link_reader(value, limits).read(all);
        if (ec == errc::link_too_large) return ec;
        if (ec) all.resize(before);
    }
    return all;
}

DRAGLINE_DECL result<std::optional<url::url>> find_link(const response_record& from,
                                                        std::string_view relation,
                                                        const link_limits& limits) {
    const auto all = parse_links(from.headers, limits);
    if (!all) return all.error();
    const auto here = from.url.without_fragment();
    for (const auto& each : *all) {
        if (!each.is(relation)) continue;
        if (const auto anchor = each.find("anchor")) {
            const auto about = url::parse(*anchor, from.url);
            if (!about || !(*about == here)) continue;
        }
        auto target = url::parse(each.target, from.url);
        if (!target) return target.error();
        return std::optional<url::url>(target->without_credentials());
    }
    return std::optional<url::url>();
}

}  // namespace dragline::http

#endif
