// Included by <dragline/http/body.hpp> only.
#pragma once

#include <dragline/codec/gzip.hpp>
#include <dragline/core/error.hpp>
#include <dragline/http/detail/file_content.hpp>
#include <dragline/http/detail/gzip_content.hpp>

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::http {

DRAGLINE_DECL body::body(std::string bytes, std::string content_type) {
    auto made = std::make_shared<content>();
    made->bytes = std::move(bytes);
    made->type = std::move(content_type);
    content_ = std::move(made);
}

DRAGLINE_DECL body::body(std::shared_ptr<const detail::body_content> streamed, std::string content_type) {
    auto made = std::make_shared<content>();
    made->streamed = std::move(streamed);
    made->type = std::move(content_type);
    content_ = std::move(made);
}

DRAGLINE_DECL body body::file(std::string path, std::string content_type, file_range range) {
    return body(std::make_shared<detail::file_content>(std::move(path), range.offset, range.length),
                std::move(content_type));
}

DRAGLINE_DECL body body::gzip(int level) const {
    if (!content_ || content_->error || !content_->coding.empty()) return *this;
    auto made = std::make_shared<content>();
    made->type = content_->type;
    made->coding = "gzip";
    if (!in_memory()) {
        if (level < 0 || level > 9) made->error = dragline::errc::invalid_option;
        if (!features::zlib) made->error = dragline::errc::not_supported;
        made->streamed = std::make_shared<detail::gzip_content>(content_->streamed, level);
    } else if (auto coded = codec::encode_gzip(content_->bytes, level)) {
        made->bytes = *std::move(coded);
    } else {
        made->error = coded.error();
    }
    return body(std::shared_ptr<const content>(std::move(made)));
}

DRAGLINE_DECL result<std::optional<std::uint64_t>> body::size() const {
    if (in_memory()) return std::optional<std::uint64_t>(bytes().size());
    return content_->streamed->size();
}

DRAGLINE_DECL body body_access::refused(std::error_code why) {
    auto made = std::make_shared<body::content>();
    made->error = why;
    return body(std::shared_ptr<const body::content>(std::move(made)));
}

}  // namespace dragline::http

#endif
