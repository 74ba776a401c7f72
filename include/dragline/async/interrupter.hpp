// Ends an operation from outside, on its own loop, wherever it waits at that moment: how a session that is
// closed takes its calls in flight along. A cancellation slot cannot do that, since it belongs to the caller.
#pragma once

#include <dragline/core/features.hpp>

namespace dragline::inline v1::async {

/// What an operation hands to those who may end it. Threads: the loop's own.
class interrupter {
public:
    using callback = void (*)(void* context) noexcept;

    interrupter() = default;
    interrupter(const interrupter&) = delete;
    interrupter& operator=(const interrupter&) = delete;

    /// Says how to end what the operation does while this object lives; scopes nest, the innermost counts.
    class scope {
    public:
        scope(interrupter& owner, callback end, void* context) noexcept
            : owner_(owner), outer_(owner.innermost_), end_(end), context_(context) {
            owner_.innermost_ = this;
        }
        ~scope() { owner_.innermost_ = outer_; }
        scope(const scope&) = delete;
        scope& operator=(const scope&) = delete;

    private:
        friend class interrupter;
        interrupter& owner_;
        scope* outer_;
        callback end_;
        void* context_;
    };

    /// Ends the present wait, and for good: an operation asks interrupted() before each of its steps.
    void interrupt() noexcept {
        interrupted_ = true;
        if (innermost_) innermost_->end_(innermost_->context_);
    }

    bool interrupted() const noexcept { return interrupted_; }

private:
    scope* innermost_ = nullptr;
    bool interrupted_ = false;
};

}  // namespace dragline::async
