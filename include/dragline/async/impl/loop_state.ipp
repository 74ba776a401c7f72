// Included by <dragline/async/loop_state.hpp> only.
#pragma once

#include <dragline/async/detail/pending_wait.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/execution/context.hpp>
#include <asio/execution/outstanding_work.hpp>
#include <asio/post.hpp>
#include <asio/prefer.hpp>
#include <asio/query.hpp>

#include <mutex>
#include <typeinfo>

namespace dragline::inline v1::async {
namespace detail {

// Every living loop of the process. The lock is taken when a loop gets or loses its state, and to visit all.
struct loop_registry {
    std::mutex mutex;
    std::vector<loop_state*> loops;
    std::atomic<unsigned long> generation = 1;  // grows when a state dies: ends what threads remember

    static loop_registry& instance() {
        // Never destroyed: a static io_context may outlive any static.
        static auto& registry = *new loop_registry;
        return registry;
    }
};

}  // namespace detail

DRAGLINE_DECL loop_state::loop_state(asio::execution_context& context) : service(context) {
    waits_.make_head();
    ready_.make_head();
}

// use_service() of two threads may make two and drops one, under the lock of Asio's own registry. That one
// was never in ours, whose lock must not be taken here: of() takes them the other way round.
DRAGLINE_DECL loop_state::~loop_state() {
    ++detail::loop_registry::instance().generation;  // handlers that die with the loop may have asked for it
}

DRAGLINE_DECL void loop_state::leave_registry() noexcept {
    auto& registry = detail::loop_registry::instance();
    std::lock_guard lock(registry.mutex);
    std::erase(registry.loops, this);
    ++registry.generation;
}

DRAGLINE_DECL void loop_state::shutdown() {
    // Called twice for a loop that is ended before it is destroyed.
    if (!std::exchange(ended_, true)) {
        leave_registry();
        if (gate_) gate_->close();
        if (wheel_) wheel_->shutdown();
        // In reverse: what was made later may use what was made before. The objects stay until the
        // destructor, since coroutines that die after this still hold references to them.
        for (auto at = objects_.rbegin(); at != objects_.rend(); ++at) at->second->shutdown();
    }
    if (batch_end_.linked()) batch_end_.unlink();
    for (auto* list : {&waits_, &ready_}) {
        while (!list->empty()) static_cast<detail::pending_wait*>(list->next)->destroy();
    }
}

DRAGLINE_DECL void loop_state::resume_soon(detail::pending_wait& wait, std::error_code ec) {
    wait.complete(ec);
    ready_.push_back(wait);
    post_resume();
}

DRAGLINE_DECL void loop_state::resume(detail::pending_wait& wait, std::error_code ec) {
    wait.complete(ec);
    ready_.push_back(wait);
    wait.resume();
}

DRAGLINE_DECL void loop_state::post_resume() {
    if (ready_.empty() || std::exchange(resume_posted_, true)) return;
    asio::post(executor_, [this] { resume_ready(); });
}

// Those that end while this runs have their turn after what else the loop has to do.
DRAGLINE_DECL void loop_state::resume_ready() {
    const deadline_wheel::turn turn(*wheel_);
    resume_posted_ = false;
    ready_.push_back(batch_end_);
    struct rest_later {
        loop_state& self;
        ~rest_later() {
            if (self.batch_end_.linked()) self.batch_end_.unlink();
            self.post_resume();  // also when a handler has thrown
        }
    } guard{*this};
    // A handler may end the loop.
    while (batch_end_.linked() && ready_.next != &batch_end_)
        static_cast<detail::pending_wait*>(ready_.next)->resume();
}

DRAGLINE_DECL loop_state& loop_state::of(const asio::any_io_executor& executor) {
    struct remembered {
        asio::execution_context* context = nullptr;
        loop_state* state = nullptr;
        unsigned long generation = 0;
    };
    // use_service() takes a mutex and walks a list, so each thread remembers its last loop.
    thread_local remembered last;
    auto& registry = detail::loop_registry::instance();
    auto& context = asio::query(executor, asio::execution::context);
    if (last.context == &context && last.generation == registry.generation.load(std::memory_order_acquire)) {
        return *last.state;
    }
    auto& state = asio::use_service<loop_state>(context);
    if (!state.named_.load(std::memory_order_acquire)) {
        std::lock_guard lock(registry.mutex);
        if (!state.executor_) {
            // An execution_context cannot tell its executor: the first caller brings it.
            state.executor_ = asio::prefer(executor, asio::execution::outstanding_work.untracked);
            if (state.executor_.target_type() == typeid(asio::io_context::executor_type)) {
                state.context_ = &state.executor_.target<asio::io_context::executor_type>()->context();
            }
            state.gate_ = std::make_shared<loop_gate>(state.executor_);
            state.wheel_ = std::make_unique<deadline_wheel>(state.executor_, *state.clock_);
            registry.loops.push_back(&state);
            state.named_.store(true, std::memory_order_release);
        }
    }
    last = {&context, &state, registry.generation.load(std::memory_order_relaxed)};
    return state;
}

DRAGLINE_DECL void loop_state::for_each_loop(const std::function<void(loop_state&)>& visit) {
    auto& registry = detail::loop_registry::instance();
    std::lock_guard lock(registry.mutex);
    for (auto* loop : registry.loops) visit(*loop);
}

DRAGLINE_DECL void loop_state::use(clock& time, random_source& random) {
    clock_ = &time;
    random_ = &random;
    wheel_ = std::make_unique<deadline_wheel>(executor_, time);
}

}  // namespace dragline::async

#endif
