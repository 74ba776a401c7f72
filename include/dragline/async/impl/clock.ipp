// Included by <dragline/async/clock.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <random>

namespace dragline::inline v1::async {

DRAGLINE_DECL clock& system_clock() noexcept {
    struct steady final : clock {
        time_point now() noexcept override { return std::chrono::steady_clock::now(); }
    };
    static steady instance;
    return instance;
}

DRAGLINE_DECL random_source& system_random() noexcept {
    struct device final : random_source {
        result_type operator()() override {
            thread_local std::random_device source;
            return result_type{source()} << 32 | source();
        }
    };
    static device instance;
    return instance;
}

}  // namespace dragline::async

#endif
