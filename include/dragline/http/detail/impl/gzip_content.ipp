// Included by <dragline/http/detail/gzip_content.hpp> only.
#pragma once

#include <dragline/codec/gzip.hpp>
#include <dragline/http/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <span>
#include <string_view>
#include <vector>

namespace dragline::inline v1::http::detail {

class gzip_source final : public body_source {
public:
    gzip_source(std::unique_ptr<body_source> plain, int level)
        : plain_(std::move(plain)), coder_(level), piece_(32 * 1024), missing_(plain_->size()) {}

    std::optional<std::uint64_t> size() const noexcept override { return std::nullopt; }
    bool may_wait() const noexcept override { return plain_->may_wait(); }

    asio::awaitable<result<std::size_t>> read(asio::mutable_buffer into) override {
        const std::span out(static_cast<char*>(into.data()), into.size());
        while (!finished_) {
            if (unread_.empty() && !ended_) {
                auto reading = plain_->read(asio::buffer(piece_));
                const auto got = co_await std::move(reading);
                if (!got) co_return got;
                if (!count(*got)) co_return errc::body_size_differs;
                unread_ = {piece_.data(), *got};
                ended_ = *got == 0;
            }
            const auto step = ended_ ? coder_.finish(out) : coder_.encode(unread_, out);
            if (!step) co_return step.error();
            unread_.remove_prefix(step->consumed);
            finished_ = step->finished;
            if (step->produced > 0) co_return step->produced;
        }
        co_return std::size_t{0};
    }

private:
    // The coded size is not announced, so it is here that the plain one is held to its word.
    bool count(std::size_t size) noexcept {
        if (!missing_) return true;
        if (size > *missing_ || (size == 0 && *missing_ > 0)) return false;
        *missing_ -= size;
        return true;
    }

    std::unique_ptr<body_source> plain_;
    codec::gzip_encoder coder_;
    std::vector<char> piece_;
    std::optional<std::uint64_t> missing_;
    std::string_view unread_;  // of piece_
    bool ended_ = false;
    bool finished_ = false;
};

DRAGLINE_DECL result<std::unique_ptr<body_source>> gzip_content::open() const {
    auto plain = plain_->open();
    if (!plain) return plain.error();
    return std::unique_ptr<body_source>(std::make_unique<gzip_source>(*std::move(plain), level_));
}

}  // namespace dragline::http::detail

#endif
