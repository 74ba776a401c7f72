// Included by <dragline/testing/detail/http_parts.hpp> only.
#pragma once

#include <dragline/h1/head_writer.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <cstddef>

namespace dragline::inline v1::testing::detail {

// Not h1::append_field(), which refuses what a script may want to send.
DRAGLINE_DECL void put_field(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append(h1::line_end);
}

DRAGLINE_DECL http_parts::http_parts(const http_reply& reply, const http_request& request,
                                     bool request_persistent) {
    const bool ten = reply.version() == "HTTP/1.0" || request.version == "HTTP/1.0";
    const bool keeps = request_persistent && reply.framing() != http_framing::until_close &&
                       (reply.version() != "HTTP/1.0" || find_field(reply.headers(), "Connection"));
    end_ = reply.finish().value_or(keeps ? ending::keep : ending::close);
    endless_body_ = reply.endless_body();
    if (reply.raw()) {
        head_ = *reply.raw();
        return;
    }
    bodiless_ =
        request.method == "HEAD" || reply.status() == 204 || reply.status() == 304 || reply.status() < 200;
    write_head(reply, ten);
    if (bodiless_) return;
    if (reply.framing() == http_framing::chunked) {
        code_body(reply);
    } else {
        plain_body_ = reply.body();
    }
}

DRAGLINE_DECL void http_parts::write_head(const http_reply& reply, bool ten) {
    const auto reason =
        reply.reason().empty() ? usual_reason(reply.status()) : std::string_view(reply.reason());
    head_.append(reply.version()).append(" ").append(std::to_string(reply.status()));
    head_.append(" ").append(reason).append(h1::line_end);
    for (const auto& one : reply.headers()) put_field(head_, one.name, one.value);
    write_framing(reply);
    if (!find_field(reply.headers(), "Connection")) {
        if (end_ == ending::close) put_field(head_, "Connection", "close");
        if (end_ == ending::keep && ten) put_field(head_, "Connection", "keep-alive");
    }
    head_ += h1::line_end;
}

DRAGLINE_DECL void http_parts::write_framing(const http_reply& reply) {
    if (find_field(reply.headers(), "Content-Length") || find_field(reply.headers(), "Transfer-Encoding"))
        return;
    if (reply.framing() == http_framing::chunked) put_field(head_, "Transfer-Encoding", "chunked");
    if (reply.framing() != http_framing::content_length) return;
    if (bodiless_ && reply.body().empty()) return;
    put_field(head_, "Content-Length", std::to_string(reply.body().size()));
}

DRAGLINE_DECL void put_chunk(std::string& out, std::string_view data, std::string_view extension) {
    std::string line;
    h1::append_chunk_size(line, data.size());
    line.insert(line.size() - h1::line_end.size(), extension);
    out.append(line).append(data).append(h1::line_end);
}

DRAGLINE_DECL void http_parts::code_body(const http_reply& reply) {
    coded_ = true;
    std::string_view left = reply.body();
    for (std::size_t i = 0; !left.empty(); ++i) {
        const auto& sizes = reply.chunks();
        const std::size_t wanted = sizes.empty() ? left.size() : sizes[std::min(i, sizes.size() - 1)];
        const auto data = left.substr(0, std::max<std::size_t>(wanted, 1));
        put_chunk(coded_body_, data, reply.chunk_extension());
        left.remove_prefix(data.size());
    }
    if (!reply.endless_body().empty()) {
        endless_body_.clear();
        put_chunk(endless_body_, reply.endless_body(), reply.chunk_extension());
        return;
    }
    coded_body_.append("0").append(reply.chunk_extension()).append(h1::line_end);
    for (const auto& one : reply.trailers()) put_field(coded_body_, one.name, one.value);
    coded_body_ += h1::line_end;
}

}  // namespace dragline::testing::detail

#endif
