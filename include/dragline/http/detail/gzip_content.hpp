// Other content, coded as gzip while it is sent.
#pragma once

#include <dragline/core/result.hpp>
#include <dragline/http/detail/body_source.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace dragline::inline v1::http::detail {

class gzip_content final : public body_content {
public:
    gzip_content(std::shared_ptr<const body_content> plain, int level)
        : plain_(std::move(plain)), level_(level) {}

    result<std::optional<std::uint64_t>> size() const override { return std::optional<std::uint64_t>(); }
    bool replayable() const noexcept override { return plain_->replayable(); }
    bool may_wait() const noexcept override { return plain_->may_wait(); }
    result<std::unique_ptr<body_source>> open() const override;

private:
    std::shared_ptr<const body_content> plain_;
    int level_;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/gzip_content.ipp>
