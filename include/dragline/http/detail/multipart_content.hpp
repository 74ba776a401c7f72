// Pieces of text and bodies, one after the other.
#pragma once

#include <dragline/core/result.hpp>
#include <dragline/http/body.hpp>
#include <dragline/http/detail/body_source.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dragline::inline v1::http::detail {

struct multipart_segment {
    multipart_segment(std::string before, body what) : text(std::move(before)), content(std::move(what)) {}
    std::string text;
    body content;  // after the text
};

class multipart_content final : public body_content {
public:
    explicit multipart_content(std::vector<multipart_segment> segments) : segments_(std::move(segments)) {}

    result<std::optional<std::uint64_t>> size() const override;
    bool replayable() const noexcept override;
    bool may_wait() const noexcept override;
    result<std::unique_ptr<body_source>> open() const override;

private:
    std::vector<multipart_segment> segments_;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/multipart_content.ipp>
