// Included by <dragline/h1/framing.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/h1/detail/character.hpp>

#if DRAGLINE_HEADER_BODIES

#include <cstddef>

namespace dragline::inline v1::h1 {
namespace detail {

// What the framing fields of one message say, gathered in one pass.
class framing_fields {
public:
    framing_fields(std::span<const field_view> fields, int version_minor) : version_minor_(version_minor) {
        for (const auto& one : fields) {
            switch (one.name.size()) {
                case 10:
                    if (has_name(one, "connection")) add_connection(one.value);
                    break;
                case 14:
                    if (has_name(one, "content-length")) add_length(one.value);
                    break;
                case 17:
                    if (has_name(one, "transfer-encoding")) add_codings(one.value);
                    break;
                default: break;
            }
        }
    }

    bool persistent() const noexcept { return !close_ && (version_minor_ == 1 || keep_alive_); }
    bool has_codings() const noexcept { return has_codings_; }
    bool has_length() const noexcept { return has_length_; }
    bool announces_body() const noexcept {
        return has_codings_ || (has_length_ && (length_error_ || length_ != 0));
    }
    bool ends_in_chunked() const noexcept { return chunked_ != 0; }

    result<std::uint64_t> length() const {
        if (length_error_) [[unlikely]]
            return length_error_;
        return length_;
    }

    // The only list of codings that can be decoded is a single `chunked`.
    std::error_code check_codings() const {
        if (has_length_) return errc::content_length_with_transfer_encoding;
        if (version_minor_ == 0) return errc::transfer_encoding_in_http10;
        if (malformed_ || codings_ == 0 || (chunked_ != 0 && codings_ != 1))
            return errc::unsupported_transfer_encoding;
        return {};
    }

private:
    void add_connection(std::string_view value) {
        if (add_option(value)) return;  // mostly the only one
        ascii::for_each_item(value, ',', [&](std::string_view item) { add_option(item); });
    }

    bool add_option(std::string_view value) {
        const bool close = ascii::equals_ignoring_case(value, "close");
        const bool keep_alive = ascii::equals_ignoring_case(value, "keep-alive");
        close_ = close_ || close;
        keep_alive_ = keep_alive_ || keep_alive;
        return close || keep_alive;
    }

    // Identical values collapse, as lists or as lines (RFC 9112, 6.3, rule 5). Empty items do not count as
    // one.
    void add_length(std::string_view value) {
        for (bool more = true; more;) {
            const auto comma = value.find(',');
            more = comma != value.npos;
            const auto number = ascii::parse_number<std::uint64_t>(ascii::trim(value.substr(0, comma)));
            if (!number) [[unlikely]]
                length_error_ = errc::invalid_content_length;
            if (number && has_length_ && !length_error_ && *number != length_) [[unlikely]] {
                length_error_ = errc::conflicting_content_length;
            }
            has_length_ = true;
            if (number) length_ = *number;
            if (more) [[unlikely]]
                value.remove_prefix(comma + 1);
        }
    }

    void add_codings(std::string_view value) {
        has_codings_ = true;
        ascii::for_each_item(value, ',', [&](std::string_view item) {
            const auto name = ascii::trim(item.substr(0, item.find(';')));
            ++codings_;
            if (!is_token(name)) malformed_ = true;
            if (!ascii::equals_ignoring_case(name, "chunked")) return;
            ++chunked_;
            if (name.size() != item.size()) malformed_ = true;  // chunked has no parameters
        });
    }

    int version_minor_;
    bool close_ = false, keep_alive_ = false;
    bool has_length_ = false, has_codings_ = false, malformed_ = false;
    std::size_t codings_ = 0, chunked_ = 0;
    std::uint64_t length_ = 0;
    std::error_code length_error_;
};

}  // namespace detail

DRAGLINE_DECL result<body_framing> response_framing(const response_head& head,
                                                    std::string_view request_method) {
    const detail::framing_fields fields(head.fields, head.version_minor);
    body_framing framing;
    framing.persistent = fields.persistent();
    const bool tunnel = request_method == "CONNECT" && head.status / 100 == 2;
    if (tunnel || head.status == 101) [[unlikely]] {
        framing.persistent = false;
        return framing;
    }
    if (request_method == "HEAD" || head.status / 100 == 1 || head.status == 304) [[unlikely]]
        return framing;
    if (head.status == 204) [[unlikely]] {
        framing.persistent = framing.persistent && !fields.announces_body();
        return framing;
    }
    if (fields.has_codings()) {
        if (const auto ec = fields.check_codings()) return ec;
        framing.kind = fields.ends_in_chunked() ? body_kind::chunked : body_kind::until_close;
    } else if (fields.has_length()) [[likely]] {
        const auto length = fields.length();
        if (!length) return length.error();
        framing.kind = body_kind::length;
        framing.length = *length;
    } else {
        framing.kind = body_kind::until_close;
    }
    framing.persistent = framing.persistent && framing.kind != body_kind::until_close;
    return framing;
}

DRAGLINE_DECL result<body_framing> request_framing(const request_head& head) {
    const detail::framing_fields fields(head.fields, head.version_minor);
    body_framing framing;
    framing.persistent = fields.persistent();
    if (fields.has_codings()) {
        if (const auto ec = fields.check_codings()) return ec;
        if (!fields.ends_in_chunked()) return errc::unsupported_transfer_encoding;
        framing.kind = body_kind::chunked;
    } else if (fields.has_length()) [[likely]] {
        const auto length = fields.length();
        if (!length) return length.error();
        framing.kind = body_kind::length;
        framing.length = *length;
    }
    return framing;
}

DRAGLINE_DECL std::optional<std::chrono::seconds> keep_alive_timeout(std::span<const field_view> fields) {
    constexpr std::string_view parameter = "timeout=";
    std::optional<std::chrono::seconds> found;
    for_each_value(fields, "Keep-Alive", [&](std::string_view item) {
        if (found || !ascii::equals_ignoring_case(item.substr(0, parameter.size()), parameter)) return;
        const auto number = ascii::parse_number<std::uint32_t>(item.substr(parameter.size()));
        if (number) found = std::chrono::seconds(*number);
    });
    return found;
}

}  // namespace dragline::h1

#endif
