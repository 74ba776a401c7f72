// Included by <dragline/http/multipart.hpp> only.
#pragma once

#include <dragline/core/error.hpp>
#include <dragline/h1/head_writer.hpp>
#include <dragline/http/detail/multipart_content.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <filesystem>
#include <memory>

namespace dragline::inline v1::http {
namespace detail {

// As the HTML Standard, 4.10.21.8, has it.
DRAGLINE_DECL void append_quoted_name(std::string& out, std::string_view name) {
    out += '"';
    for (const char c : name) {
        switch (c) {
            case '"': out += "%22"; break;
            case '\r': out += "%0D"; break;
            case '\n': out += "%0A"; break;
            default: out += c;
        }
    }
    out += '"';
}

DRAGLINE_DECL std::string random_boundary(async::random_source& random) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = "dragline-";
    for (const auto half : {random(), random()}) {
        for (int shift = 0; shift < 64; shift += 4) text += digits[half >> shift & 15];
    }
    return text;
}

}  // namespace detail

DRAGLINE_DECL multipart& multipart::file(std::string_view name, std::string path, std::string content_type) {
    const auto file_name = std::filesystem::path(path).filename().string();
    return part(name, body::file(std::move(path), std::move(content_type)), file_name);
}

DRAGLINE_DECL multipart& multipart::part(std::string_view name, body content, std::string_view file_name) {
    std::string disposition = "form-data; name=";
    detail::append_quoted_name(disposition, name);
    if (!file_name.empty()) {
        disposition += "; filename=";
        detail::append_quoted_name(disposition, file_name);
    }
    const bool usable = content.has_value() && content.content_coding().empty();
    for (const auto ec : {h1::check_field_value(disposition), h1::check_field_value(content.content_type()),
                          content.error(), usable ? std::error_code() : dragline::errc::invalid_option}) {
        if (!error_) error_ = ec;
    }
    if (error_) return *this;
    std::string head;
    h1::append_field(head, "Content-Disposition", disposition);
    if (!content.content_type().empty()) h1::append_field(head, "Content-Type", content.content_type());
    head += h1::line_end;
    parts_.emplace_back(std::move(head), std::move(content));
    return *this;
}

DRAGLINE_DECL bool multipart::contains(std::string_view text) const noexcept {
    return std::any_of(parts_.begin(), parts_.end(), [&](const part_record& each) {
        return each.fields.find(text) != text.npos || each.content.bytes().find(text) != text.npos;
    });
}

DRAGLINE_DECL body multipart::to_body(async::random_source& random) const {
    constexpr std::uint64_t small = 64 * 1024;
    if (error_) return body_access::refused(error_);
    auto boundary = detail::random_boundary(random);
    while (contains(boundary)) boundary = detail::random_boundary(random);
    const auto type = "multipart/form-data; boundary=" + boundary;

    std::vector<detail::multipart_segment> segments;
    std::uint64_t size = 0;
    bool in_memory = true;
    for (const auto& [head, content] : parts_) {
        std::string text = segments.empty() ? "--" : "\r\n--";
        text.append(boundary).append(h1::line_end).append(head);
        size += text.size() + content.bytes().size();
        in_memory = in_memory && content.in_memory();
        segments.emplace_back(std::move(text), content);
    }
    segments.emplace_back((segments.empty() ? "--" : "\r\n--") + boundary + "--\r\n", body());
    if (!in_memory || size > small) {
        return body_access::make(std::make_shared<detail::multipart_content>(std::move(segments)), type);
    }
    std::string joined;
    for (const auto& [text, content] : segments) joined.append(text).append(content.bytes());
    return body(std::move(joined), type);
}

}  // namespace dragline::http

#endif
