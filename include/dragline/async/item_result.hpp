// How one of many items ended.
#pragma once

#include <dragline/core/result.hpp>

#include <exception>
#include <system_error>
#include <utility>

namespace dragline::inline v1::async {

/// A result that also keeps the exception which an item's coroutine threw; error() is then its code.
template <class T>
class [[nodiscard]] item_result : public result<T> {
public:
    item_result() {}
    item_result(result<T> ended) : result<T>(std::move(ended)) {}
    item_result(std::error_code code, std::exception_ptr thrown)
        : result<T>(code), exception_(std::move(thrown)) {}

    /// What was thrown; none when the item ended well or returned its error.
    const std::exception_ptr& exception() const noexcept { return exception_; }

    /// The value; throws the item's own exception, or std::system_error.
    decltype(auto) value() & { return rethrow(), result<T>::value(); }
    decltype(auto) value() const& { return rethrow(), result<T>::value(); }
    decltype(auto) value() && { return rethrow(), std::move(*this).result<T>::value(); }

private:
    void rethrow() const {
        if (exception_) std::rethrow_exception(exception_);
    }

    std::exception_ptr exception_;
};

}  // namespace dragline::async
