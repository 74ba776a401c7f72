// Bytes that come in at the end and leave at the front. It costs memory only while it holds something.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::net::detail {

class byte_queue {
public:
    bool empty() const noexcept { return begin_ == bytes_.size(); }
    std::size_t size() const noexcept { return bytes_.size() - begin_; }
    std::string_view view() const noexcept { return std::string_view(bytes_).substr(begin_); }

    void append(std::string_view more) {
        if (begin_ > 0 && begin_ >= size()) bytes_.erase(0, std::exchange(begin_, 0));
        bytes_.append(more);
    }

    /// In front of all.
    void put_back(std::string_view bytes) {
        bytes_.replace(0, begin_, bytes);
        begin_ = 0;
    }

    void consume(std::size_t size) noexcept {
        begin_ += size;
        if (empty()) clear();
    }

    std::size_t take(void* into, std::size_t room) noexcept {
        const auto size = std::min(room, this->size());
        if (size > 0) std::memcpy(into, bytes_.data() + begin_, size);
        consume(size);
        return size;
    }

    void clear() noexcept {
        std::string().swap(bytes_);
        begin_ = 0;
    }

private:
    std::string bytes_;
    std::size_t begin_ = 0;  // what is before it has left
};

}  // namespace dragline::net::detail
