// Included by <dragline/url/detail/parser.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/url/detail/authority.hpp>
#include <dragline/url/detail/input.hpp>
#include <dragline/url/detail/path.hpp>
#include <dragline/url/detail/serialised.hpp>
#include <dragline/url/percent.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::url::detail {

/// How many characters before a colon form a scheme; 0 when there is none.
DRAGLINE_DECL std::size_t scheme_size(std::string_view text) noexcept {
    if (text.empty() || !ascii::is_alpha(text[0])) return 0;
    const auto ends_scheme = [](char c) {
        return !ascii::is_alphanumeric(c) && c != '+' && c != '-' && c != '.';
    };
    const auto end = std::find_if(text.begin(), text.end(), ends_scheme);
    return end != text.end() && *end == ':' ? static_cast<std::size_t>(end - text.begin()) : 0;
}

DRAGLINE_DECL void parser::split(std::string_view input) noexcept {
    if (const auto hash = input.find('#'); hash != input.npos) {
        fragment_ = input.substr(hash + 1);
        input = input.substr(0, hash);
    }
    if (const auto mark = input.find('?'); mark != input.npos) {
        query_ = input.substr(mark + 1);
        input = input.substr(0, mark);
    }
    rest_ = input;
}

DRAGLINE_DECL std::error_code parser::parse(std::string_view input) {
    split(input);
    out_.href.reserve(input.size() + (base_ ? base_->authority_end() : 0) + 16);
    const auto size = scheme_size(rest_);
    if (const auto ec = size != 0 ? parse_with_scheme(size) : parse_without_scheme()) return ec;
    finish();
    return {};
}

DRAGLINE_DECL std::error_code parser::parse_with_scheme(std::size_t size) {
    write_scheme(rest_.substr(0, size));
    rest_.remove_prefix(size + 1);
    if (out_.scheme == scheme_kind::file) return parse_file();
    if (out_.is_special()) {
        // "http:path" against a base of the same scheme is a relative reference, for compatibility.
        if (base_ && base_->scheme == out_.scheme && !rest_.starts_with("//")) return parse_relative();
        skip_slashes();
        return parse_authority();
    }
    if (rest_.starts_with("//")) {
        rest_.remove_prefix(2);
        return parse_authority();
    }
    write_no_host();
    if (next_is_slash()) {
        rest_.remove_prefix(1);
        parse_path();
    } else {
        parse_opaque_path();
    }
    return {};
}

DRAGLINE_DECL std::error_code parser::parse_without_scheme() {
    if (!base_) return errc::missing_scheme;
    if (base_->opaque_path) {
        if (!rest_.empty() || query_ || !fragment_) return errc::base_not_usable;
        out_ = *base_;
        out_.href.resize(base_->query_end());
        out_.fragment_begin = record::absent;
        return {};
    }
    write_scheme(base_->slice(0, base_->scheme_end));
    return out_.scheme == scheme_kind::file ? parse_file() : parse_relative();
}

// "relative state" and "relative slash state"
DRAGLINE_DECL std::error_code parser::parse_relative() {
    if (!next_is_slash()) {
        copy_authority();
        copy_path();
        if (rest_.empty()) return {};
        shorten_path(out_.href, out_.path_begin, out_.scheme);
        parse_path();
        return {};
    }
    rest_.remove_prefix(1);
    if (next_is_slash()) {
        rest_.remove_prefix(1);
        if (out_.is_special()) skip_slashes();
        return parse_authority();
    }
    copy_authority();
    parse_path();
    return {};
}

// "file state" and "file slash state"
DRAGLINE_DECL std::error_code parser::parse_file() {
    const bool has_base = base_ && base_->scheme == scheme_kind::file;
    const bool rooted = next_is_slash();
    if (rooted) {
        rest_.remove_prefix(1);
        if (next_is_slash()) return parse_file_host();
    }
    if (!has_base) {
        begin_authority(out_);
        parse_path();
        return {};
    }
    copy_authority();
    const bool has_drive = starts_with_drive_letter(rest_);
    if (!rooted) {
        copy_path();
        if (rest_.empty()) return {};
        if (has_drive) {
            out_.href.resize(out_.path_begin);
        } else {
            shorten_path(out_.href, out_.path_begin, out_.scheme);
        }
    } else if (const auto path = base_->path(); !has_drive && starts_with_drive_letter(path.substr(1))) {
        out_.href.append(path.substr(0, 3));  // "/C:" is a root of its own
    }
    parse_path();
    return {};
}

DRAGLINE_DECL std::error_code parser::parse_file_host() {
    rest_.remove_prefix(1);
    const auto end = std::find_if(rest_.begin(), rest_.end(), [](char c) { return is_slash(c, true); });
    const auto text = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    begin_authority(out_);
    if (is_drive_letter(text)) {
        parse_path();
        return {};
    }
    rest_.remove_prefix(text.size());
    if (!text.empty()) {
        const auto kind = append_host(out_.href, text);
        if (!kind) return kind.error();
        out_.host = *kind;
        if (out_.slice(out_.host_begin, position()) == "localhost") {
            out_.href.resize(out_.host_begin);
            out_.host = host_kind::empty;
        }
        out_.host_end = out_.path_begin = position();
    }
    parse_path_start();
    return {};
}

DRAGLINE_DECL std::error_code parser::parse_authority() {
    const auto ends_authority = [special = out_.is_special()](char c) { return is_slash(c, special); };
    const auto end = std::find_if(rest_.begin(), rest_.end(), ends_authority);
    const auto text = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(text.size());
    begin_authority(out_);
    if (const auto ec = append_authority(out_, text)) return ec;
    out_.path_begin = position();
    parse_path_start();
    return {};
}

DRAGLINE_DECL void parser::parse_path_start() {
    if (next_is_slash()) {
        rest_.remove_prefix(1);
    } else if (!out_.is_special()) {
        return;  // nothing is left, and the path of such a URL may be empty
    }
    parse_path();
}

DRAGLINE_DECL void parser::parse_path() { append_path(out_.href, out_.path_begin, rest_, out_.scheme); }

DRAGLINE_DECL void parser::parse_opaque_path() {
    out_.opaque_path = true;
    append_percent_encoded(out_.href, rest_, c0_control_set);
    // A space at the end would be trimmed when the URL is read again without what follows.
    if (rest_.ends_with(' ')) out_.href.replace(out_.href.size() - 1, 1, "%20");
}

DRAGLINE_DECL void parser::finish() {
    if (out_.host == host_kind::none && out_.path().starts_with("//")) {
        out_.href.insert(out_.path_begin, "/.");
        out_.path_begin += 2;
        if (out_.query_begin != record::absent) out_.query_begin += 2;
    }
    if (query_) {
        out_.query_begin = position();
        out_.href += '?';
        append_percent_encoded(out_.href, *query_, out_.is_special() ? special_query_set : query_set);
    }
    if (fragment_) {
        out_.fragment_begin = position();
        out_.href += '#';
        append_percent_encoded(out_.href, *fragment_, fragment_set);
    }
}

DRAGLINE_DECL void parser::write_scheme(std::string_view scheme) {
    for (const char c : scheme) out_.href += ascii::to_lower(c);
    out_.scheme_end = position();
    out_.scheme = classify_scheme(out_.href);
    out_.href += ':';
}

DRAGLINE_DECL void parser::write_no_host() {
    out_.host = host_kind::none;
    out_.username_end = out_.host_begin = out_.host_end = out_.path_begin = position();
}

DRAGLINE_DECL void parser::copy_authority() {
    out_.href.assign(base_->href, 0, base_->authority_end());
    out_.username_end = base_->username_end;
    out_.host_begin = base_->host_begin;
    out_.host_end = base_->host_end;
    out_.host = base_->host;
    out_.port = base_->port;
    out_.path_begin = position();
}

// The query comes along when the reference has neither path nor query.
DRAGLINE_DECL void parser::copy_path() {
    out_.href.append(base_->path());
    if (!rest_.empty() || query_ || base_->query_begin == record::absent) return;
    out_.query_begin = position();
    out_.href.append(base_->slice(base_->query_begin, base_->query_end()));
}

DRAGLINE_DECL bool parser::next_is_slash() const noexcept {
    return !rest_.empty() && is_slash(rest_[0], out_.is_special());
}

DRAGLINE_DECL void parser::skip_slashes() noexcept {
    while (next_is_slash()) rest_.remove_prefix(1);
}

DRAGLINE_DECL std::error_code parse_record(record& out, std::string_view input, const record* base,
                                           std::size_t max_length) {
    // Positions have 32 bits, and a byte of the input can become nine.
    constexpr std::size_t longest = std::size_t{1} << 28;
    max_length = std::min(max_length, longest);
    if (input.size() > max_length) return errc::too_long;
    if (read_serialised(out, input)) return {};
    const clean_input clean(input);
    if (const auto ec = parser(out, base).parse(clean.text())) return ec;
    if (out.href.size() > max_length) return errc::too_long;
    return {};
}

}  // namespace dragline::url::detail

#endif
