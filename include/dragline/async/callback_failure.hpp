// How the body of an operation passes on what a callback of the user threw.
#pragma once

#include <dragline/core/features.hpp>

#include <exception>
#include <utility>

namespace dragline::inline v1::async {

/// Thrown by a body: an awaiting caller gets the original exception, other tokens errc::callback_failed.
class callback_failure {
public:
    explicit callback_failure(std::exception_ptr original) noexcept : original_(std::move(original)) {}
    const std::exception_ptr& original() const noexcept { return original_; }

private:
    std::exception_ptr original_;
};

}  // namespace dragline::async
