// How many of a kind may be under way at once, counted across threads.
#pragma once

#include <dragline/core/features.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace dragline::inline v1::async::detail {

class places;

// One of the places, given back at the end of its life. Empty: there was none.
class place {
public:
    place() = default;
    explicit place(std::shared_ptr<places> taken_from) noexcept : taken_from_(std::move(taken_from)) {}
    place(place&&) noexcept = default;
    place& operator=(place&& other) noexcept {
        release();
        taken_from_ = std::move(other.taken_from_);
        return *this;
    }
    ~place() { release(); }

    explicit operator bool() const noexcept { return taken_from_ != nullptr; }
    inline void release() noexcept;

private:
    std::shared_ptr<places> taken_from_;
};

class places : public std::enable_shared_from_this<places> {
public:
    explicit places(std::size_t count) noexcept : count_(count) {}

    place take() {
        if (taken_.fetch_add(1) < count_) return place(shared_from_this());
        --taken_;
        return place();
    }

    std::size_t taken() const noexcept { return taken_; }

private:
    friend class place;
    const std::size_t count_;
    std::atomic<std::size_t> taken_ = 0;
};

inline void place::release() noexcept {
    if (auto from = std::exchange(taken_from_, nullptr)) --from->taken_;
}

}  // namespace dragline::async::detail
