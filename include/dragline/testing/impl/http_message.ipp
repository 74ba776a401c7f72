// Included by <dragline/testing/http_message.hpp> only.
#pragma once

#include <dragline/h1/head_writer.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::testing {

namespace detail {

DRAGLINE_DECL const h1::field* find_field(const http_fields& fields, std::string_view name) noexcept {
    const auto found = std::find_if(fields.begin(), fields.end(), [&](const h1::field& one) {
        return ascii::equals_ignoring_case(one.name, name);
    });
    return found == fields.end() ? nullptr : &*found;
}

DRAGLINE_DECL std::string_view usual_reason(int status) noexcept {
    switch (status) {
        case 100: return "Continue";
        case 101: return "Switching Protocols";
        case 103: return "Early Hints";
        case 200: return "OK";
        case 204: return "No Content";
        case 206: return "Partial Content";
        case 301: return "Moved Permanently";
        case 302: return "Found";
        case 303: return "See Other";
        case 304: return "Not Modified";
        case 307: return "Temporary Redirect";
        case 308: return "Permanent Redirect";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 429: return "Too Many Requests";
        case 500: return "Internal Server Error";
        case 502: return "Bad Gateway";
        case 503: return "Service Unavailable";
        default: return "Scripted";
    }
}

}  // namespace detail

DRAGLINE_DECL std::string_view http_request::field(std::string_view name) const noexcept {
    const auto* found = detail::find_field(fields, name);
    return found ? std::string_view(found->value) : std::string_view();
}

DRAGLINE_DECL bool http_request::has_field(std::string_view name) const noexcept {
    return detail::find_field(fields, name) != nullptr;
}

DRAGLINE_DECL std::string_view http_request::path() const noexcept {
    return std::string_view(target).substr(0, target.find('?'));
}

DRAGLINE_DECL http_reply http_reply::redirect(std::string location, int status) {
    return http_reply(status).header("Location", std::move(location));
}

DRAGLINE_DECL http_reply http_reply::failure(std::string text) {
    return http_reply(500).body(std::move(text));
}

DRAGLINE_DECL http_reply http_reply::garbage(std::size_t size) {
    std::string bytes(size, '\0');
    std::uint32_t state = 0x9e3779b9;
    for (char& byte : bytes) {
        state = state * 1664525 + 1013904223;  // any constants do; only the sameness counts
        byte = static_cast<char>(state >> 24);
    }
    return http_reply().raw(std::move(bytes)).close();
}

DRAGLINE_DECL http_reply& http_reply::header(std::string name, std::string value) {
    headers_.emplace_back(std::move(name), std::move(value));
    return *this;
}

DRAGLINE_DECL http_reply& http_reply::padding(std::size_t count, std::size_t value_size) {
    for (std::size_t i = 0; i < count; ++i) header("X-Padding", std::string(value_size, 'x'));
    return *this;
}

DRAGLINE_DECL http_reply& http_reply::body(std::string bytes) {
    body_ = std::make_shared<const std::string>(std::move(bytes));
    return *this;
}

DRAGLINE_DECL http_reply& http_reply::chunks(std::vector<std::size_t> sizes) {
    chunks_ = std::move(sizes);
    return framing(http_framing::chunked);
}

DRAGLINE_DECL http_reply& http_reply::chunk_extension(std::string text) {
    chunk_extension_ = std::move(text);
    return framing(http_framing::chunked);
}

DRAGLINE_DECL http_reply& http_reply::trailer(std::string name, std::string value) {
    trailers_.emplace_back(std::move(name), std::move(value));
    return framing(http_framing::chunked);
}

DRAGLINE_DECL http_reply& http_reply::raw(std::string bytes) {
    raw_ = std::move(bytes);
    return *this;
}

DRAGLINE_DECL http_reply& http_reply::interim(int code, http_fields fields, std::size_t times) {
    std::string head;
    h1::append_status_line(head, code, detail::usual_reason(code));
    for (const auto& one : fields) head += one.name + ": " + one.value + "\r\n";
    head += h1::line_end;
    for (std::size_t i = 0; i < times; ++i) interim_ += head;
    return *this;
}

DRAGLINE_DECL http_reply& http_reply::extra(std::string bytes, duration after) {
    extra_ = std::move(bytes);
    extra_delay_ = after;
    return *this;
}

DRAGLINE_DECL http_reply& http_reply::endless_body(std::string piece) {
    endless_body_ = std::move(piece);
    if (framing_ == http_framing::content_length) framing_ = http_framing::until_close;
    return *this;
}

DRAGLINE_DECL http_reply& http_reply::cut_head(std::size_t after, ending how) {
    cut_head_.emplace();
    cut_head_->after = after;
    cut_head_->how = how;
    return *this;
}

DRAGLINE_DECL http_reply& http_reply::cut_body(std::size_t after, ending how) {
    cut_body_.emplace();
    cut_body_->after = after;
    cut_body_->how = how;
    return *this;
}

}  // namespace dragline::testing

#endif
