// Included by <dragline/http/detail/multipart_content.hpp> only.
#pragma once

#include <dragline/http/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <cstring>
#include <string_view>

namespace dragline::inline v1::http::detail {

class multipart_source final : public body_source {
public:
    using segments = std::vector<multipart_segment>;
    using sizes = std::vector<std::optional<std::uint64_t>>;

    // The sizes are those that were announced: each part has to keep its own.
    multipart_source(const segments& all, sizes announced, std::optional<std::uint64_t> size, bool waits)
        : segments_(all), announced_(std::move(announced)), size_(size), waits_(waits) {
        begin_segment();
    }

    std::optional<std::uint64_t> size() const noexcept override { return size_; }
    bool may_wait() const noexcept override { return waits_; }

    // Fills the buffer, but does not hold back what is there for a part that may keep it waiting.
    asio::awaitable<result<std::size_t>> read(asio::mutable_buffer into) override {
        std::size_t filled = 0;
        while (at_ < segments_.size() && filled < into.size()) {
            if (!text_.empty()) {
                filled += copy_text(into + filled);
                continue;
            }
            if (!segments_[at_].content.in_memory()) {
                if (waits_ && filled > 0) break;
                auto reading = read_part(into + filled);
                const auto got = co_await std::move(reading);
                if (!got) co_return got;
                filled += *got;
                if (*got > 0) continue;
            } else if (!in_bytes_) {
                in_bytes_ = true;
                text_ = segments_[at_].content.bytes();
                continue;
            }
            ++at_;
            begin_segment();
        }
        co_return filled;
    }

private:
    void begin_segment() {
        source_.reset();
        given_ = 0;
        in_bytes_ = false;
        if (at_ < segments_.size()) text_ = segments_[at_].text;
    }

    std::size_t copy_text(asio::mutable_buffer into) noexcept {
        const auto size = std::min(into.size(), text_.size());
        std::memcpy(into.data(), text_.data(), size);
        text_.remove_prefix(size);
        return size;
    }

    asio::awaitable<result<std::size_t>> read_part(asio::mutable_buffer into) {
        const auto& announced = announced_[at_];
        if (!source_) {
            auto opened = body_access::open(segments_[at_].content);
            if (!opened) co_return opened.error();
            source_ = *std::move(opened);
            if (source_->size() != announced) co_return errc::body_size_differs;
        }
        auto reading = source_->read(into);
        auto got = co_await std::move(reading);
        if (!got || !announced) co_return got;
        given_ += *got;
        if (given_ > *announced || (*got == 0 && given_ < *announced)) co_return errc::body_size_differs;
        co_return got;
    }

    const segments& segments_;
    sizes announced_;
    std::optional<std::uint64_t> size_;
    bool waits_;
    std::size_t at_ = 0;
    std::string_view text_;  // what is left of the segment's text or bytes
    bool in_bytes_ = false;
    std::unique_ptr<body_source> source_;
    std::uint64_t given_ = 0;  // of source_
};

DRAGLINE_DECL result<std::optional<std::uint64_t>> multipart_content::size() const {
    std::uint64_t total = 0;
    for (const auto& [text, content] : segments_) {
        const auto size = content.size();
        if (!size || !*size) return size;
        total += text.size() + **size;
    }
    return std::optional(total);
}

DRAGLINE_DECL bool multipart_content::replayable() const noexcept {
    return std::all_of(segments_.begin(), segments_.end(),
                       [](const multipart_segment& each) { return each.content.replayable(); });
}

DRAGLINE_DECL bool multipart_content::may_wait() const noexcept {
    return std::any_of(segments_.begin(), segments_.end(),
                       [](const multipart_segment& each) { return body_access::may_wait(each.content); });
}

DRAGLINE_DECL result<std::unique_ptr<body_source>> multipart_content::open() const {
    std::optional<std::uint64_t> total = 0;
    multipart_source::sizes sizes;
    for (const auto& [text, content] : segments_) {
        auto size = content.size();
        if (!size) return size.error();
        sizes.push_back(*size);
        total = total && *size ? std::optional(*total + text.size() + **size) : std::nullopt;
    }
    return std::unique_ptr<body_source>(
        std::make_unique<multipart_source>(segments_, std::move(sizes), total, may_wait()));
}

}  // namespace dragline::http::detail

#endif
