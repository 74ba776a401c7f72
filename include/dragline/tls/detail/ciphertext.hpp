// The two buffers between an engine and its transport. No OpenSSL here.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace dragline::inline v1::tls::detail {

/// Bytes from the peer. Memory moves in space() only, so space that was lent outlives any amount of taking.
class input_buffer {
public:
    explicit input_buffer(std::size_t limit) : limit_(std::max<std::size_t>(limit, 1)) {}

    bool empty() const noexcept { return begin_ == end_; }

    std::span<char> space(std::size_t hint) {
        const std::size_t held = end_ - begin_;
        const std::size_t wanted = std::min(std::max<std::size_t>(hint, 1), limit_ - std::min(held, limit_));
        if (held == 0) begin_ = end_ = 0;
        if (capacity_ - end_ < wanted) make_room(wanted);
        lent_ = wanted;
        return {bytes_.get() + end_, wanted};
    }

    void received(std::size_t size) noexcept {
        assert(size <= lent_);
        end_ += std::min(size, lent_);
        lent_ = 0;
    }

    std::size_t take(char* to, std::size_t size) noexcept {
        size = std::min(size, end_ - begin_);
        if (size != 0) std::memcpy(to, bytes_.get() + begin_, size);
        begin_ += size;
        return size;
    }

    void release() noexcept {
        if (!empty()) return;
        bytes_.reset();
        begin_ = end_ = capacity_ = lent_ = 0;
    }

private:
    void make_room(std::size_t wanted) {
        const std::size_t held = end_ - begin_;
        if (capacity_ < held + wanted) {
            std::unique_ptr<char[]> larger(new char[held + wanted]);
            if (held != 0) std::memcpy(larger.get(), bytes_.get() + begin_, held);
            bytes_ = std::move(larger);
            capacity_ = held + wanted;
        } else if (held != 0) {
            std::memmove(bytes_.get(), bytes_.get() + begin_, held);
        }
        begin_ = 0;
        end_ = held;
    }

    std::unique_ptr<char[]> bytes_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t lent_ = 0;
    std::size_t limit_;
};

/// Bytes for the peer, in two parts: once a view is out, new bytes go to the second part, so that a send
/// under way keeps its memory.
class output_buffer {
public:
    std::size_t size() const noexcept { return first_.size() - sent_ + second_.size(); }

    void append(const char* bytes, std::size_t size) { (in_view_ ? second_ : first_).append(bytes, size); }

    std::string_view view() const noexcept {
        in_view_ = sent_ != first_.size();
        return std::string_view(first_).substr(sent_);
    }

    void sent(std::size_t size) noexcept {
        assert(size <= first_.size() - sent_);
        sent_ += std::min(size, first_.size() - sent_);
        if (sent_ != first_.size()) return;
        first_.clear();
        first_.swap(second_);
        sent_ = 0;
        in_view_ = false;
    }

    void release() noexcept {
        if (size() != 0) return;
        std::string().swap(first_);
        std::string().swap(second_);
    }

private:
    std::string first_;
    std::string second_;
    std::size_t sent_ = 0;          // of first_
    mutable bool in_view_ = false;  // somebody may be sending first_
};

}  // namespace dragline::inline v1::tls::detail
