// A large value in memory of its own, for coroutines that hand it on.
#pragma once

#include <dragline/core/result.hpp>
#include <dragline/core/spare_memory.hpp>

#include <memory>
#include <utility>

namespace dragline::inline v1 {

/// Nothing, or a T, which stays where it is: from one coroutine to its caller goes a pointer, and frames that
/// only wait have no room for a T.
template <class T>
class boxed {
public:
    boxed() noexcept = default;

    /// Throws std::bad_alloc, and what T throws.
    template <class... Args>
    static boxed make(Args&&... args) {
        boxed made;
        made.held_ = std::make_unique<place>(std::forward<Args>(args)...);
        return made;
    }

    explicit operator bool() const noexcept { return held_ != nullptr; }
    T& operator*() const noexcept { return held_->value; }
    T* operator->() const noexcept { return &held_->value; }

private:
    struct place : of_spare_memory {
        template <class... Args>
        explicit place(Args&&... args) : value(std::forward<Args>(args)...) {}
        T value;
    };

    std::unique_ptr<place> held_;
};

/// Whether every coroutine that returns a T keeps it boxed, and may return a boxed<T> as well.
template <class T>
inline constexpr bool is_large = false;

/// The T of a result<T>, or of a result<boxed<T>>, that has one.
template <class T>
T& value_in(result<T>& outcome) noexcept {
    return *outcome;
}
template <class T>
T& value_in(result<boxed<T>>& outcome) noexcept {
    return **outcome;
}

/// As value_in(), moved out; also what stands beside an error: where nothing is boxed, a T by default.
template <class T>
T take_value(result<T>& outcome) {
    return *std::move(outcome);
}
template <class T>
T take_value(result<boxed<T>>& outcome) {
    return *outcome ? std::move(**outcome) : T();
}

}  // namespace dragline::inline v1
