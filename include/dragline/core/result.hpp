// A value or an error code: how pure code and coroutine bodies return failures that are expected.
#pragma once

#include <system_error>
#include <type_traits>
#include <utility>

namespace dragline::inline v1 {

/// Holds a T, or the error code that explains why there is none.
///
/// T must be default constructible. Throwing costs about 2 us for each coroutine frame it passes, more than a
/// look-up; a result costs a move. value() throws std::system_error when there is an error.
template <class T>
class [[nodiscard]] result {
public:
    using value_type = T;

    result() = default;
    result(T value) : value_(std::move(value)) {}
    result(std::error_code error) noexcept : error_(error) {}
    template <class Code>
    requires std::is_error_code_enum<Code>::value result(Code code)
    noexcept : error_(make_error_code(code)) {}

    bool has_value() const noexcept { return !error_; }
    explicit operator bool() const noexcept {
        if (error_) [[unlikely]]
            return false;
        return true;
    }

    /// The default-constructed code when there is a value.
    std::error_code error() const noexcept { return error_; }

    T& value() & { return check(), value_; }
    const T& value() const& { return check(), value_; }
    T&& value() && { return check(), std::move(value_); }

    /// Unchecked access: the value, or the default-constructed T that stands beside an error.
    T& operator*() & noexcept { return value_; }
    const T& operator*() const& noexcept { return value_; }
    T&& operator*() && noexcept { return std::move(value_); }
    T* operator->() noexcept { return &value_; }
    const T* operator->() const noexcept { return &value_; }

private:
    void check() const {
        if (error_) throw std::system_error(error_);
    }

    std::error_code error_;
    T value_{};
};

/// Success, or the error code that explains why not.
template <>
class [[nodiscard]] result<void> {
public:
    using value_type = void;

    result() = default;
    result(std::error_code error) noexcept : error_(error) {}
    template <class Code>
    requires std::is_error_code_enum<Code>::value result(Code code)
    noexcept : error_(make_error_code(code)) {}

    bool has_value() const noexcept { return !error_; }
    explicit operator bool() const noexcept {
        if (error_) [[unlikely]]
            return false;
        return true;
    }
    std::error_code error() const noexcept { return error_; }
    void value() const {
        if (error_) throw std::system_error(error_);
    }

private:
    std::error_code error_;
};

/// Whether T is a result.
template <class T>
inline constexpr bool is_result = false;
template <class T>
inline constexpr bool is_result<result<T>> = true;

}  // namespace dragline::inline v1
