// Those who watch one fetch, and the first thing that one of them threw.
#pragma once

#include <dragline/async/callback_failure.hpp>
#include <dragline/http/insight/observer.hpp>

#include <array>
#include <exception>
#include <memory>
#include <utility>

namespace dragline::inline v1::http::detail {

class fetch_observers {
public:
    fetch_observers(std::shared_ptr<observer> of_session, std::shared_ptr<observer> own)
        : all_{std::move(of_session), std::move(own)} {
        if (all_[0] == all_[1]) all_[1] = nullptr;
    }
    explicit operator bool() const noexcept { return all_[0] || all_[1]; }

    template <class Event>
    void tell(void (observer::*hook)(const Event&), const Event& what) noexcept {
        for (const auto& each : all_) {
            if (!each) continue;
            try {
                (each.get()->*hook)(what);
            } catch (...) {
                if (!thrown_) thrown_ = std::current_exception();
            }
        }
    }

    const std::exception_ptr& thrown() const noexcept { return thrown_; }
    void check() const {
        if (thrown_) throw async::callback_failure(thrown_);
    }

private:
    std::array<std::shared_ptr<observer>, 2> all_;
    std::exception_ptr thrown_;
};

}  // namespace dragline::http::detail
