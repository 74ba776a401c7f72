// Bytes that come in at the end and leave at the front. It costs memory only while it holds something.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::net::detail {

class byte_queue {
public:
    bool empty() const noexcept { return !held_; }
    std::size_t size() const noexcept { return held_ ? held_->bytes.size() - held_->begin : 0; }
    std::string_view view() const noexcept {
        return held_ ? std::string_view(held_->bytes).substr(held_->begin) : std::string_view();
    }

    void append(std::string_view more) {
        if (more.empty()) return;
        if (!held_) {
            auto made = std::make_unique<content>();
            made->bytes = more;
            held_ = std::move(made);
            return;
        }
        auto& [bytes, begin] = *held_;
        if (begin > 0 && begin >= size()) bytes.erase(0, std::exchange(begin, 0));
        bytes.append(more);
    }

    /// In front of all.
    void put_back(std::string_view more) {
        if (!held_) return append(more);
        held_->bytes.replace(0, held_->begin, more);
        held_->begin = 0;
    }

    void consume(std::size_t count) noexcept {
        if (held_) held_->begin += count;
        if (size() == 0) clear();
    }

    std::size_t take(void* into, std::size_t room) noexcept {
        const auto count = std::min(room, size());
        if (count == 0) return 0;
        std::memcpy(into, view().data(), count);
        consume(count);
        return count;
    }

    void clear() noexcept { held_.reset(); }

private:
    struct content {
        std::string bytes;
        std::size_t begin = 0;  // what is before it has left
    };
    std::unique_ptr<content> held_;  // null when empty
};

}  // namespace dragline::net::detail
