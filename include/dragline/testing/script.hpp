// What a scripted server does about one path or name: a reply, several in turn, or a function.
// Start with http_script in http_message.hpp and dns_script in dns_message.hpp.
#pragma once

#include <algorithm>
#include <atomic>
#include <concepts>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace dragline::inline v1::testing {

/// Made where one is expected: `server.on("/", http_reply().body("hello"))`. Copies share their place in the
/// sequence.
template <class Request, class Reply>
class script {
public:
    /// The same reply every time.
    script(Reply reply) : state_(std::make_shared<state>()) { add(std::move(reply)); }

    /// One after the other, whoever asks; the last one repeats.
    script(std::vector<Reply> replies) : state_(std::make_shared<state>()) {
        if (replies.empty()) add(Reply::failure("a script without replies"));
        for (auto& reply : replies) add(std::move(reply));
    }

    /// Computed from the request, on the thread of the server. What it throws becomes Reply::failure(text).
    template <class Handler>
    requires(!std::same_as<Handler, script> && std::is_invocable_r_v<Reply, Handler&, const Request&>)
        script(Handler handler)
        : state_(std::make_shared<state>()) {
        state_->handler = std::move(handler);
    }

    /// The next reply of the sequence; nullptr where a function decides.
    std::shared_ptr<const Reply> next() const {
        const auto& replies = state_->replies;
        if (replies.empty()) return nullptr;
        return replies[std::min(state_->used++, replies.size() - 1)];
    }

    /// What the function says; only where next() gave nothing.
    std::shared_ptr<const Reply> call(const Request& request) const {
        try {
            return std::make_shared<const Reply>(state_->handler(request));
        } catch (const std::exception& failure) {
            return std::make_shared<const Reply>(Reply::failure(failure.what()));
        } catch (...) {
            return std::make_shared<const Reply>(Reply::failure("a script threw"));
        }
    }

private:
    struct state {
        std::vector<std::shared_ptr<const Reply>> replies;
        std::atomic<std::size_t> used = 0;
        std::function<Reply(const Request&)> handler;
    };

    void add(Reply reply) { state_->replies.push_back(std::make_shared<const Reply>(std::move(reply))); }

    std::shared_ptr<state> state_;
};

}  // namespace dragline::testing
