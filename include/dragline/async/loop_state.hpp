// What belongs to one event loop: its clock, random source and deadlines, and one object of each type that a
// module keeps per loop (resolvers, sessions). It is a service of the io_context, so all of it dies with the
// loop.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/deadline.hpp>
#include <dragline/async/detail/list_link.hpp>
#include <dragline/async/loop_gate.hpp>
#include <dragline/core/asio.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/execution_context.hpp>
#include <asio/io_context.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::inline v1::async {

class loop_state;

namespace detail {
struct pending_wait;
}

/// Base of what a module keeps once per loop; see loop_state::get().
class loop_object {
public:
    virtual ~loop_object() = default;

    /// First phase of the loop's end: let go of every handler, coroutine and socket. Called once.
    virtual void shutdown() noexcept = 0;
};

/// The state of one loop. Threads: the loop's own, but for of(), executor(), gate() and for_each_loop().
class loop_state : public asio::execution_context::service {
public:
    using key_type = loop_state;
    static inline asio::execution_context::id id;

    explicit loop_state(asio::execution_context& context);
    ~loop_state() override;

    /// The state of the loop that `executor` belongs to, made at first use.
    static loop_state& of(const asio::any_io_executor& executor);

    /// Calls `visit` for every living loop, under the lock that keeps loops from dying meanwhile: post, do
    /// not work.
    static void for_each_loop(const std::function<void(loop_state&)>& visit);

    const asio::any_io_executor& executor() const noexcept { return executor_; }

    /// Whether this thread runs the loop, at the moment. Threads: any.
    bool runs_here() const noexcept { return context_ && context_->get_executor().running_in_this_thread(); }

    /// For posting from other threads, also when they may outlive the loop.
    const std::shared_ptr<loop_gate>& gate() const noexcept { return gate_; }

    clock& time() const noexcept { return *clock_; }
    time_point now() const noexcept { return clock_->now(); }
    random_source& random() const noexcept { return *random_; }
    deadline_wheel& deadlines() noexcept { return *wheel_; }

    /// Handlers that wait in no Asio object, so that they die with the loop; see event.
    detail::list_link& waits() noexcept { return waits_; }

    /// Takes a wait that has ended off its list and calls its handler soon, on this loop, together with all
    /// others that have ended by then: a post for each would cost more than most look-ups.
    void resume_soon(detail::pending_wait& wait, std::error_code ec);

    /// As above, but inside this call. Only on the loop's own thread, for the last act of a handler.
    void resume(detail::pending_wait& wait, std::error_code ec);

    /// Replaces clock and random source, which must outlive the loop. Before the loop's first deadline only.
    void use(clock& time, random_source& random);

    /// The loop's one T, made at first use as T(loop_state&). T derives from loop_object.
    template <class T>
    T& get() {
        for (auto& [type, object] : objects_) {
            if (type == &type_of<T>) return static_cast<T&>(*object);
        }
        auto made = std::make_unique<T>(*this);
        auto& object = *made;
        objects_.emplace_back(&type_of<T>, std::move(made));
        return object;
    }

    /// The loop's T, or nullptr when get() has not made one.
    template <class T>
    T* find() noexcept {
        for (auto& [type, object] : objects_) {
            if (type == &type_of<T>) return static_cast<T*>(object.get());
        }
        return nullptr;
    }

private:
    template <class T>
    static inline char type_of = 0;  // its address names T; not const, since linkers may fold constants

    void shutdown() override;
    void post_resume();
    void resume_ready();
    void leave_registry() noexcept;

    std::atomic<bool> named_ = false;  // executor_, gate_ and wheel_ are there
    asio::any_io_executor executor_;
    asio::io_context* context_ = nullptr;  // none where the loop is something else
    std::shared_ptr<loop_gate> gate_;
    clock* clock_ = &system_clock();
    random_source* random_ = &system_random();
    std::unique_ptr<deadline_wheel> wheel_;
    std::vector<std::pair<const char*, std::unique_ptr<loop_object>>> objects_;
    detail::list_link waits_;
    detail::list_link ready_;      // waits that have ended
    detail::list_link batch_end_;  // among them, where those that are resumed together end
    bool resume_posted_ = false;
    bool ended_ = false;
};

}  // namespace dragline::async

#include <dragline/async/impl/loop_state.ipp>
