// Where a connection receives what it has not used yet.
#pragma once

#include <dragline/core/spare_memory.hpp>

#include <cstddef>
#include <cstring>
#include <utility>

namespace dragline::inline v1::http::detail {

/// Bytes without a value, until some are received. A new connection gets those of an old one.
class receive_buffer {
public:
    receive_buffer() = default;
    receive_buffer(receive_buffer&& other) noexcept
        : bytes_(std::exchange(other.bytes_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    receive_buffer& operator=(receive_buffer&&) = delete;
    ~receive_buffer() { clear(); }

    char* data() const noexcept { return bytes_; }
    std::size_t size() const noexcept { return size_; }

    /// Keeps what it has.
    void grow(std::size_t size) {
        auto* const more = static_cast<char*>(spare_memory::allocate(size));
        if (size_ > 0) std::memcpy(more, bytes_, size_);
        clear();
        bytes_ = more;
        size_ = size;
    }

    void clear() noexcept {
        if (bytes_) spare_memory::deallocate(bytes_, size_);
        bytes_ = nullptr;
        size_ = 0;
    }

private:
    char* bytes_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace dragline::http::detail
