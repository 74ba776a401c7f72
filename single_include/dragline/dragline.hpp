// Dragline in one header, made by single_include/amalgamate.py from include/dragline. Do not edit.
// Header-only as it is. To compile the bodies once, define DRAGLINE_SEPARATE_COMPILATION in the whole program,
// and DRAGLINE_SOURCE in one file before it includes this.
// SPDX-License-Identifier: BSL-1.0
#pragma once

// ---- dragline/dragline.hpp
// All of Dragline but <dragline/testing.hpp>. Start with fetch_url in <dragline/http.hpp>; a program that
// wants less includes one module.

// ---- dragline/async.hpp
// Coroutines, callbacks and blocking functions on event loops: operations for any token, loops, dispatch,
// deadlines, limits. Start with `run` in run.hpp; who writes operations starts with operation.hpp.

// ---- dragline/async/blocking_pool.hpp
// Threads for functions that block, behind a queue of bounded length. A dispatcher feeds it; so may you.

// ---- dragline/async/detail/pool_core.hpp
// The queue of a blocking pool: shared by the pool, its threads and the handles of its jobs.

// ---- dragline/core/features.hpp
// Every macro of Dragline, and the constants that replace them in code. No other header defines one.

#define DRAGLINE_VERSION_MAJOR 0
#define DRAGLINE_VERSION_MINOR 1
#define DRAGLINE_VERSION_PATCH 0

// Header-only unless DRAGLINE_SEPARATE_COMPILATION is defined; then the bodies are compiled in the one file
// that includes <dragline/src.hpp>, which defines DRAGLINE_SOURCE.
#if defined(DRAGLINE_SEPARATE_COMPILATION)
#define DRAGLINE_DECL
#else
#define DRAGLINE_DECL inline
#endif
#if !defined(DRAGLINE_SEPARATE_COMPILATION) || defined(DRAGLINE_SOURCE)
#define DRAGLINE_HEADER_BODIES 1
#else
#define DRAGLINE_HEADER_BODIES 0
#endif

// Optional libraries: 0 or 1, set by the build for the whole program, never probed. Off unless asked for.
#if !defined(DRAGLINE_WITH_ZLIB)
#define DRAGLINE_WITH_ZLIB 0
#endif
#if !defined(DRAGLINE_WITH_BROTLI)
#define DRAGLINE_WITH_BROTLI 0
#endif
#if !defined(DRAGLINE_WITH_ZSTD)
#define DRAGLINE_WITH_ZSTD 0
#endif
#if !defined(DRAGLINE_WITH_IDN2)
#define DRAGLINE_WITH_IDN2 0
#endif
#if !defined(DRAGLINE_WITH_PSL)
#define DRAGLINE_WITH_PSL 0
#endif
#if !defined(DRAGLINE_WITH_NGHTTP2)
#define DRAGLINE_WITH_NGHTTP2 0
#endif

/// What this build of Dragline was given. Code asks these constants, not the macros.
namespace dragline::inline v1::features {

inline constexpr bool zlib = DRAGLINE_WITH_ZLIB != 0;
inline constexpr bool brotli = DRAGLINE_WITH_BROTLI != 0;
inline constexpr bool zstd = DRAGLINE_WITH_ZSTD != 0;
inline constexpr bool idn2 = DRAGLINE_WITH_IDN2 != 0;
inline constexpr bool psl = DRAGLINE_WITH_PSL != 0;
inline constexpr bool nghttp2 = DRAGLINE_WITH_NGHTTP2 != 0;

}  // namespace dragline::inline v1::features

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <system_error>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::async::detail {

// One function to be called on a thread of the pool.
class pool_job {
public:
    virtual ~pool_job() = default;

protected:
    /// Calls the function and destroys it. What it throws is kept by the pool.
    virtual void run(const std::stop_token& stop) = 0;

    /// The last step, when the pool has a thread free again.
    virtual void ended() noexcept {}

    /// Destroys the function without having called it.
    virtual void drop() noexcept = 0;

private:
    friend class pool_core;
    enum class state { queued, running, ended, dropped };

    state state_ = state::queued;
    std::list<std::shared_ptr<pool_job>>::iterator place_;  // while queued
    std::stop_source stop_;
    std::exception_ptr exception_;
};

class pool_core {
public:
    pool_core(std::size_t threads, std::size_t queue_limit) noexcept
        : threads_(threads), queue_limit_(queue_limit) {}

    /// errc::queue_full, errc::pool_stopped, or nothing when the job was queued.
    std::error_code submit(std::shared_ptr<pool_job> job);

    bool cancel(pool_job& job);
    void wait(const pool_job& job);
    std::exception_ptr exception(const pool_job& job) const;
    void stop();

    /// What each thread does until stop().
    void run_jobs();

    std::size_t queued() const;
    std::size_t running() const;

private:
    using job_list = std::list<std::shared_ptr<pool_job>>;

    void run_one(std::unique_lock<std::mutex>& lock);

    const std::size_t threads_;
    const std::size_t queue_limit_;
    mutable std::mutex mutex_;
    std::condition_variable work_;   // for the threads
    std::condition_variable ended_;  // for wait()
    job_list queue_;
    job_list running_;
    bool stopped_ = false;
};

template <class Work>
class pool_job_of final : public pool_job {
public:
    template <class W>
    explicit pool_job_of(W&& work) : work_(std::forward<W>(work)) {}

private:
    void run(const std::stop_token& stop) override {
        struct destroy_after {
            std::optional<Work>& work;
            ~destroy_after() { work.reset(); }
        } destroying{work_};
        if constexpr (std::is_invocable_v<Work&>) {
            (*work_)();
        } else {
            (*work_)(stop);
        }
    }
    void drop() noexcept override { work_.reset(); }

    std::optional<Work> work_;
};

}  // namespace dragline::async::detail

// ---- dragline/async/detail/impl/pool_core.ipp
// Included by <dragline/async/detail/pool_core.hpp> only.

// ---- dragline/core/error.hpp
// The errors that belong to no module, the conditions that a user tests against, and the phase of an error.
// Start with `condition`: `if (ec == dragline::condition::timeout)` holds whatever module the code is from.


#include <system_error>
#include <type_traits>

namespace dragline::inline v1 {

/// Where in an operation an error arose.
enum class phase {
    none,        ///< The code does not say: not one of ours, or tied to no stage.
    queue,       ///< Waiting for a connection or a place under a limit.
    resolve,     ///< Looking up a name.
    connect,     ///< Opening the transport connection.
    proxy,       ///< Talking to a proxy.
    tls,         ///< The TLS handshake or record layer.
    write,       ///< Sending the request.
    first_byte,  ///< Waiting for the first byte of the answer.
    read,        ///< Reading the answer.
    redirect,    ///< Following a redirect.
    total,       ///< The operation as a whole.
};

/// The name of a phase as it stands in messages: "first byte", not "first_byte".
DRAGLINE_DECL const char* to_string(phase where) noexcept;

/// What went wrong, whichever module found it. Compare with `==`.
enum class condition {
    timeout = 1,     ///< A deadline passed; phase_of() names the stage.
    resolve_failed,  ///< The name has no usable address: missing, no data, or no server answered well.
    connect_failed,  ///< No address could be reached.
    tls_failed,      ///< The handshake failed or the certificate was refused.
    protocol_error,  ///< The peer broke the protocol.
    limit_exceeded,  ///< A limit of the options was reached.
    blocked,         ///< A policy refused the address.
    proxy_failed,    ///< The proxy could not be used; never answered by a direct connection.
};

/// Errors that belong to no module.
enum class errc {
    unexpected_exception = 1,  ///< An operation threw something that has no error code.
    callback_failed,           ///< A callback of the user threw inside an operation.
    not_supported,             ///< This build was made without the optional library that is needed.
    invalid_option,  ///< An option has a value that cannot work; the setter kept it, the call refuses it.
    queue_full,      ///< A bounded queue has no place left.
    pool_stopped,    ///< The blocking pool takes no more work.
    wrong_thread,    ///< A blocking wait on the very thread that has to do the work.
};

/// The base of every category of Dragline: an error code that knows its phase.
class category : public std::error_category {
public:
    virtual phase phase_of(int code) const noexcept = 0;
};

DRAGLINE_DECL const std::error_category& error_category() noexcept;
DRAGLINE_DECL const std::error_category& condition_category() noexcept;
DRAGLINE_DECL const std::error_category& timeout_category() noexcept;

inline std::error_code make_error_code(errc code) noexcept {
    return {static_cast<int>(code), error_category()};
}
inline std::error_condition make_error_condition(condition code) noexcept {
    return {static_cast<int>(code), condition_category()};
}

/// The timeout of one phase. Every one equals condition::timeout.
inline std::error_code make_timeout(phase where) noexcept {
    return {static_cast<int>(where), timeout_category()};
}

/// The phase of any code that Dragline made; phase::none for the codes of others.
DRAGLINE_DECL phase phase_of(const std::error_code& ec) noexcept;

}  // namespace dragline::inline v1

template <>
struct std::is_error_code_enum<dragline::errc> : std::true_type {};
template <>
struct std::is_error_condition_enum<dragline::condition> : std::true_type {};

// ---- dragline/core/impl/error.ipp
// Included by <dragline/core/error.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <string>
#include <string_view>

namespace dragline::inline v1 {

DRAGLINE_DECL const char* to_string(phase where) noexcept {
    switch (where) {
        case phase::none: return "none";
        case phase::queue: return "queue";
        case phase::resolve: return "resolve";
        case phase::connect: return "connect";
        case phase::proxy: return "proxy";
        case phase::tls: return "tls";
        case phase::write: return "write";
        case phase::first_byte: return "first byte";
        case phase::read: return "read";
        case phase::redirect: return "redirect";
        case phase::total: return "total";
    }
    return "unknown phase";
}

DRAGLINE_DECL const std::error_category& error_category() noexcept {
    struct general_category final : category {
        const char* name() const noexcept override { return "dragline"; }

        std::string message(int code) const override {
            switch (static_cast<errc>(code)) {
                case errc::unexpected_exception: return "an operation threw an unexpected exception";
                case errc::callback_failed: return "a callback threw inside an operation";
                case errc::not_supported: return "not supported by this build of dragline";
                case errc::invalid_option: return "an option has a value that cannot work";
                case errc::queue_full: return "a bounded queue is full";
                case errc::pool_stopped: return "the blocking pool takes no more work";
                case errc::wrong_thread: return "a blocking wait on the thread that has to do the work";
            }
            return "unknown dragline error";
        }

        std::error_condition default_error_condition(int code) const noexcept override {
            switch (static_cast<errc>(code)) {
                case errc::not_supported: return std::errc::not_supported;
                case errc::invalid_option: return std::errc::invalid_argument;
                case errc::queue_full: return condition::limit_exceeded;
                case errc::unexpected_exception:
                case errc::callback_failed:
                case errc::pool_stopped:
                case errc::wrong_thread: break;
            }
            return {code, *this};
        }

        phase phase_of(int code) const noexcept override {
            return static_cast<errc>(code) == errc::queue_full ? phase::queue : phase::none;
        }
    };
    static const general_category instance;
    return instance;
}

DRAGLINE_DECL const std::error_category& condition_category() noexcept {
    struct conditions final : std::error_category {
        const char* name() const noexcept override { return "dragline.condition"; }

        std::string message(int code) const override {
            switch (static_cast<condition>(code)) {
                case condition::timeout: return "timed out";
                case condition::resolve_failed: return "name could not be resolved";
                case condition::connect_failed: return "could not connect";
                case condition::tls_failed: return "TLS failed";
                case condition::protocol_error: return "the peer broke the protocol";
                case condition::limit_exceeded: return "a limit was exceeded";
                case condition::blocked: return "refused by policy";
                case condition::proxy_failed: return "the proxy failed";
            }
            return "unknown condition";
        }

        // System codes that reach a user as they are, from a socket.
        bool equivalent(const std::error_code& ec, int wanted) const noexcept override {
            if (std::error_category::equivalent(ec, wanted)) return true;
            if (static_cast<condition>(wanted) != condition::connect_failed) return false;
            // Asio's own system category names no portable condition in its older releases.
            const bool asio_system = std::string_view(ec.category().name()) == "asio.system";
            const auto code = asio_system ? std::error_code(ec.value(), std::system_category()) : ec;
            return code == std::errc::connection_refused || code == std::errc::host_unreachable ||
                   code == std::errc::network_unreachable || code == std::errc::network_down ||
                   code == std::errc::address_not_available;
        }
    };
    static const conditions instance;
    return instance;
}

DRAGLINE_DECL const std::error_category& timeout_category() noexcept {
    struct timeouts final : category {
        const char* name() const noexcept override { return "dragline.timeout"; }
        std::string message(int code) const override {
            return std::string("timed out (") + to_string(static_cast<phase>(code)) + ")";
        }
        std::error_condition default_error_condition(int) const noexcept override {
            return condition::timeout;
        }
        phase phase_of(int code) const noexcept override { return static_cast<phase>(code); }
    };
    static const timeouts instance;
    return instance;
}

DRAGLINE_DECL phase phase_of(const std::error_code& ec) noexcept {
    auto* ours = dynamic_cast<const category*>(&ec.category());
    return ours ? ours->phase_of(ec.value()) : phase::none;
}

}  // namespace dragline::inline v1

#endif

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::async::detail {

// Functions of users are called and destroyed only while the lock is not held.

DRAGLINE_DECL std::error_code pool_core::submit(std::shared_ptr<pool_job> job) {
    job_list entry;
    entry.push_back(std::move(job));
    {
        std::lock_guard lock(mutex_);
        if (stopped_) return errc::pool_stopped;
        if (queue_.size() + running_.size() >= threads_ + queue_limit_) return errc::queue_full;
        entry.front()->place_ = entry.begin();
        queue_.splice(queue_.end(), entry);
    }
    work_.notify_one();
    return {};
}

DRAGLINE_DECL bool pool_core::cancel(pool_job& job) {
    job_list removed;
    {
        std::lock_guard lock(mutex_);
        if (job.state_ == pool_job::state::queued) {
            removed.splice(removed.end(), queue_, job.place_);
            job.state_ = pool_job::state::dropped;
        } else if (job.state_ != pool_job::state::running) {
            return false;
        }
    }
    if (removed.empty()) {
        job.stop_.request_stop();
        return false;
    }
    job.drop();
    ended_.notify_all();
    return true;
}

DRAGLINE_DECL void pool_core::wait(const pool_job& job) {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [&job] {
        return job.state_ == pool_job::state::ended || job.state_ == pool_job::state::dropped;
    });
}

DRAGLINE_DECL std::exception_ptr pool_core::exception(const pool_job& job) const {
    std::lock_guard lock(mutex_);
    return job.exception_;
}

DRAGLINE_DECL void pool_core::stop() {
    job_list dropped, asked;
    {
        std::lock_guard lock(mutex_);
        stopped_ = true;
        dropped.swap(queue_);
        for (const auto& job : dropped) job->state_ = pool_job::state::dropped;
        asked = running_;
    }
    work_.notify_all();
    for (const auto& job : asked) job->stop_.request_stop();
    for (const auto& job : dropped) job->drop();
    ended_.notify_all();
}

DRAGLINE_DECL void pool_core::run_jobs() {
    std::unique_lock lock(mutex_);
    for (;;) {
        work_.wait(lock, [this] { return stopped_ || !queue_.empty(); });
        if (stopped_) return;
        run_one(lock);
    }
}

DRAGLINE_DECL void pool_core::run_one(std::unique_lock<std::mutex>& lock) {
    const auto place = queue_.begin();
    auto job = *place;
    running_.splice(running_.end(), queue_, place);
    job->state_ = pool_job::state::running;
    lock.unlock();
    std::exception_ptr thrown;
    try {
        job->run(job->stop_.get_token());
    } catch (...) {
        thrown = std::current_exception();
    }
    lock.lock();
    job_list left;
    left.splice(left.end(), running_, place);
    job->exception_ = std::move(thrown);
    job->state_ = pool_job::state::ended;
    lock.unlock();
    // Only now: who hears of the end may submit the next job at once.
    job->ended();
    ended_.notify_all();
    left.clear();
    job.reset();
    lock.lock();
}

DRAGLINE_DECL std::size_t pool_core::queued() const {
    std::lock_guard lock(mutex_);
    return queue_.size();
}

DRAGLINE_DECL std::size_t pool_core::running() const {
    std::lock_guard lock(mutex_);
    return running_.size();
}

}  // namespace dragline::async::detail

#endif
// ---- dragline/core/result.hpp
// A value or an error code: how pure code and coroutine bodies return failures that are expected.

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
    explicit operator bool() const noexcept { return !error_; }

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
    explicit operator bool() const noexcept { return !error_; }
    std::error_code error() const noexcept { return error_; }
    void value() const {
        if (error_) throw std::system_error(error_);
    }

private:
    std::error_code error_;
};

}  // namespace dragline::inline v1

#include <concepts>
#include <cstddef>
#include <exception>
#include <memory>
#include <stop_token>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace dragline::inline v1::async {

class blocking_pool_options {
public:
    blocking_pool_options() {}

    /// How many jobs run at once; at least 1.
    blocking_pool_options& threads(std::size_t count) { return threads_ = count, *this; }
    std::size_t threads() const noexcept { return threads_; }

    /// How many jobs may wait for a thread; 0: none, so a job is taken only when a thread is free.
    blocking_pool_options& queue_limit(std::size_t jobs) { return queue_limit_ = jobs, *this; }
    std::size_t queue_limit() const noexcept { return queue_limit_; }

private:
    std::size_t threads_ = 10;
    std::size_t queue_limit_ = 1000;
};

/// One job of a pool. Copies mean the same job; it may outlive the pool. Threads: any.
class blocking_job {
public:
    blocking_job() {}
    blocking_job(std::shared_ptr<detail::pool_core> pool, std::shared_ptr<detail::pool_job> job) noexcept
        : pool_(std::move(pool)), job_(std::move(job)) {}

    /// Removes the job if it has not started. Asks it to stop, through its std::stop_token, if it runs.
    ///
    /// true when it was removed: it will never run, and its function has been destroyed.
    bool cancel() { return job_ && pool_->cancel(*job_); }

    /// Blocks until the job has ended or was removed.
    void wait() {
        if (job_) pool_->wait(*job_);
    }

    /// What left the job's function, once it has ended.
    std::exception_ptr exception() const { return job_ ? pool_->exception(*job_) : nullptr; }

private:
    std::shared_ptr<detail::pool_core> pool_;
    std::shared_ptr<detail::pool_job> job_;
};

/// A fixed number of threads that run blocking functions in the order in which they came.
///
/// The destructor drops what has not started, asks the rest to stop and waits for it: for ever, if a job
/// never ends. Threads: any, but do not destroy a pool from one of its own jobs.
class blocking_pool {
public:
    /// Throws std::system_error of errc::invalid_option for a pool without threads.
    explicit blocking_pool(const blocking_pool_options& options = blocking_pool_options());
    ~blocking_pool();
    blocking_pool(const blocking_pool&) = delete;
    blocking_pool& operator=(const blocking_pool&) = delete;

    /// Queues `work`, called once as work() or work(std::stop_token). Its exceptions are kept in the job.
    ///
    /// Errors: errc::queue_full, errc::pool_stopped; `work` is then destroyed.
    template <class Work>
    requires std::invocable < std::decay_t<Work>
    & > || std::invocable<std::decay_t<Work>&, std::stop_token> result<blocking_job> submit(Work&& work) {
        using job = detail::pool_job_of<std::decay_t<Work>>;
        return submit_job(std::make_shared<job>(std::forward<Work>(work)));
    }

    /// Takes no more jobs, drops those that have not started, asks the others to stop. Does not wait.
    void stop() { core_->stop(); }

    std::size_t queued() const { return core_->queued(); }
    std::size_t running() const { return core_->running(); }

    /// For a dispatcher, which may be used after the pool is gone: its jobs then end as errc::pool_stopped.
    const std::shared_ptr<detail::pool_core>& core() const noexcept { return core_; }

private:
    result<blocking_job> submit_job(std::shared_ptr<detail::pool_job> job);

    std::shared_ptr<detail::pool_core> core_;
    std::vector<std::thread> threads_;
};

}  // namespace dragline::async

namespace dragline::inline v1 {
using async::blocking_pool;
using async::blocking_pool_options;
}

// ---- dragline/async/impl/blocking_pool.ipp
// Included by <dragline/async/blocking_pool.hpp> only.

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::async {

DRAGLINE_DECL blocking_pool::blocking_pool(const blocking_pool_options& options) {
    if (options.threads() == 0) throw std::system_error(make_error_code(errc::invalid_option));
    core_ = std::make_shared<detail::pool_core>(options.threads(), options.queue_limit());
    threads_.reserve(options.threads());
    try {
        while (threads_.size() < options.threads()) {
            threads_.emplace_back([core = core_] { core->run_jobs(); });
        }
    } catch (...) {  // the system has no more threads: no destructor will run
        core_->stop();
        for (auto& thread : threads_) thread.join();
        throw;
    }
}

DRAGLINE_DECL blocking_pool::~blocking_pool() {
    core_->stop();
    for (auto& thread : threads_) thread.join();
}

DRAGLINE_DECL result<blocking_job> blocking_pool::submit_job(std::shared_ptr<detail::pool_job> job) {
    if (const auto ec = core_->submit(job)) return ec;
    return blocking_job(core_, std::move(job));
}

}  // namespace dragline::async

#endif
// ---- dragline/async/callback_failure.hpp
// How the body of an operation passes on what a callback of the user threw.


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
// ---- dragline/async/clock.hpp
// The time and the randomness of a loop, so that a test can supply both.


#include <chrono>
#include <cstdint>

namespace dragline::inline v1::async {

using duration = std::chrono::steady_clock::duration;
using time_point = std::chrono::steady_clock::time_point;

/// The deadline of something that may wait for ever.
inline constexpr time_point no_deadline = time_point::max();

/// The value of a timeout option that means: wait for ever. Zero does not mean that; it is refused.
inline constexpr duration no_limit = duration::max();

/// Whether a timeout option can be used: above zero, or no_limit. Else the call gives errc::invalid_option.
constexpr bool valid_timeout(duration value) noexcept { return value > duration::zero(); }

/// Tells the time to one loop, on that loop's thread.
class clock {
public:
    virtual ~clock() = default;
    virtual time_point now() noexcept = 0;

    /// How long the loop may sleep before it must ask again: bounds the real time until a jump is noticed.
    virtual duration longest_sleep() const noexcept { return duration::max(); }
};

/// Random numbers that a peer cannot guess. Satisfies std::uniform_random_bit_generator.
class random_source {
public:
    using result_type = std::uint64_t;
    virtual ~random_source() = default;
    virtual result_type operator()() = 0;
    static constexpr result_type min() noexcept { return 0; }
    static constexpr result_type max() noexcept { return ~result_type{0}; }
};

/// std::chrono::steady_clock.
DRAGLINE_DECL clock& system_clock() noexcept;

/// std::random_device, the operating system's generator. Safe on any thread.
DRAGLINE_DECL random_source& system_random() noexcept;

/// `now + after`, or no_deadline where that would overflow.
constexpr time_point deadline_after(time_point now, duration after) noexcept {
    return after >= no_deadline - now ? no_deadline : now + after;
}

}  // namespace dragline::async

namespace dragline::inline v1 {
using async::no_limit;
}

// ---- dragline/async/impl/clock.ipp
// Included by <dragline/async/clock.hpp> only.

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
// ---- dragline/async/deadline.hpp
// Deadlines of one loop, kept on one coarse timing wheel: arming and disarming cost some ten nanoseconds,
// where a timer for each operation costs ten times that. Start with `deadline`.

// ---- dragline/async/detail/list_link.hpp
// An intrusive list that its members know how to leave.


namespace dragline::inline v1::async::detail {

// A head is linked to itself, a member outside any list to nothing.
struct list_link {
    list_link* previous = nullptr;
    list_link* next = nullptr;

    list_link() = default;
    list_link(const list_link&) = delete;
    list_link& operator=(const list_link&) = delete;

    void make_head() noexcept { previous = next = this; }
    bool linked() const noexcept { return next != nullptr; }
    bool empty() const noexcept { return next == this; }  // of a head
    void unlink() noexcept {
        previous->next = next;
        next->previous = previous;
        previous = next = nullptr;
    }
    void push_back(list_link& link) noexcept {
        link.previous = previous;
        link.next = this;
        previous->next = &link;
        previous = &link;
    }
};

}  // namespace dragline::async::detail
// ---- dragline/core/asio.hpp
// The only header that decides how this library sees Asio: the oldest release it accepts, the default token,
// and the names that moved between releases. Other headers include this one, then the narrow <asio/...> they
// need.

#include <asio/async_result.hpp>
#include <asio/awaitable.hpp>
#include <asio/error_code.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/version.hpp>

#if ASIO_VERSION < 102300
#include <asio/experimental/as_tuple.hpp>
#else
#include <asio/as_tuple.hpp>
#endif

#include <system_error>
#include <type_traits>

static_assert(ASIO_VERSION >= 102201, "dragline needs standalone Asio 1.22.1 or newer");

#if !defined(ASIO_HAS_CO_AWAIT)
#error \
    "dragline needs C++20 coroutines; with clang and Asio before 1.26 define ASIO_HAS_CO_AWAIT and ASIO_HAS_STD_COROUTINE"
#endif

namespace dragline::inline v1 {

// Standalone Asio aliases asio::error_code to std::error_code; dragline relies on it.
static_assert(std::is_same_v<asio::error_code, std::error_code>);

/// The token of an operation that is called without one.
using default_token = asio::use_awaitable_t<>;

// as_tuple(token): an awaiting coroutine gets the error code as a value instead of an exception.
#if ASIO_VERSION < 102300
using asio::experimental::as_tuple;
using asio::experimental::as_tuple_t;
#else
using asio::as_tuple;
using asio::as_tuple_t;
#endif

}  // namespace dragline::inline v1

#include <asio/any_io_executor.hpp>
#include <asio/steady_timer.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace dragline::inline v1::async {

class deadline_wheel;

/// A point in time at which a function is called, once; embedded in the operation that it guards.
///
/// Disarms itself when destroyed. The function may arm, disarm and destroy this deadline or any other.
/// Threads: the loop's own.
class deadline : detail::list_link {
public:
    using callback = void (*)(void* context) noexcept;

    deadline(callback expired, void* context) noexcept : expired_(expired), context_(context) {}
    ~deadline() { disarm(); }

    bool armed() const noexcept { return linked(); }
    void disarm() noexcept;

private:
    friend class deadline_wheel;
    deadline_wheel* wheel_ = nullptr;
    std::uint64_t tick_ = 0;
    callback expired_;
    void* context_;
};

/// All the deadlines of a loop. Fires never early, and late by at most a tick and what the loop is late.
///
/// Sleeps until the next deadline, and keeps run() from returning only while one is armed.
class deadline_wheel {
public:
    static constexpr duration tick = std::chrono::milliseconds(16);

    deadline_wheel(asio::any_io_executor loop, clock& time);
    ~deadline_wheel();
    deadline_wheel(const deadline_wheel&) = delete;
    deadline_wheel& operator=(const deadline_wheel&) = delete;

    /// Arms `entry`, anew if it was armed. A `when` in the past fires at the next tick, no_deadline never.
    void arm(deadline& entry, time_point when);

    /// Ends the sleep for good, at the end of the loop: nothing fires any more, disarming stays harmless.
    void shutdown() noexcept;

    time_point now() const noexcept { return time_.now(); }
    std::size_t armed() const noexcept { return armed_; }

private:
    friend class deadline;
    static constexpr std::size_t slot_count = 1024;  // what is farther away stays for another turn

    std::uint64_t tick_of(time_point when) const noexcept;
    void sleep_until(std::uint64_t wanted);
    std::uint64_t next_used_tick() const noexcept;
    void sweep(const std::weak_ptr<char>& alive);
    void collect(std::uint64_t until) noexcept;
    void became_empty();

    clock& time_;
    std::optional<asio::steady_timer> timer_;  // none after shutdown()
    time_point start_;
    std::uint64_t swept_ = 0;        // every tick up to this one
    std::uint64_t wake_tick_ = 0;    // what the timer waits for, when sleeping_
    std::uint64_t wait_number_ = 0;  // tells a wait that was replaced from the current one
    std::size_t armed_ = 0;
    bool sleeping_ = false;
    bool check_posted_ = false;
    std::array<detail::list_link, slot_count> slots_;
    detail::list_link due_;
    std::shared_ptr<char> alive_ = std::make_shared<char>();
};

}  // namespace dragline::async

// ---- dragline/async/impl/deadline.ipp
// Included by <dragline/async/deadline.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <asio/post.hpp>

#include <algorithm>
#include <system_error>
#include <utility>

namespace dragline::inline v1::async {

DRAGLINE_DECL void deadline::disarm() noexcept {
    if (!armed()) return;
    unlink();
    if (--wheel_->armed_ == 0) wheel_->became_empty();
}

DRAGLINE_DECL deadline_wheel::deadline_wheel(asio::any_io_executor loop, clock& time)
    : time_(time), timer_(std::move(loop)), start_(time.now()) {
    for (auto& head : slots_) head.make_head();
    due_.make_head();
}

DRAGLINE_DECL deadline_wheel::~deadline_wheel() {
    for (auto& head : slots_) {
        while (!head.empty()) head.next->unlink();
    }
    while (!due_.empty()) due_.next->unlink();
}

DRAGLINE_DECL void deadline_wheel::shutdown() noexcept {
    timer_.reset();
    sleeping_ = false;
}

DRAGLINE_DECL std::uint64_t deadline_wheel::tick_of(time_point when) const noexcept {
    return when <= start_ ? 0 : static_cast<std::uint64_t>((when - start_) / tick);
}

DRAGLINE_DECL void deadline_wheel::arm(deadline& entry, time_point when) {
    if (entry.armed()) {
        entry.unlink();
        --armed_;
    }
    if (when >= no_deadline - tick || !timer_) {  // rounding up must not overflow
        if (armed_ == 0) became_empty();
        return;
    }
    // Only an empty wheel may skip the ticks it stood still: a callback that arms during a long sweep must
    // not make it jump over other entries.
    if (armed_ == 0 && !sleeping_) swept_ = std::max(swept_, tick_of(time_.now()));
    entry.wheel_ = this;
    entry.tick_ = std::max(tick_of(when), swept_) + 1;  // rounded up, and never in a tick already swept
    slots_[entry.tick_ % slot_count].push_back(entry);
    ++armed_;
    if (!sleeping_ || entry.tick_ < wake_tick_) sleep_until(entry.tick_);
}

DRAGLINE_DECL void deadline_wheel::sleep_until(std::uint64_t wanted) {
    auto wake = start_ + static_cast<duration::rep>(wanted) * tick;
    if (const auto longest = time_.longest_sleep(); longest != duration::max()) {
        wake = std::min(wake, time_.now() + longest);
    }
    sleeping_ = true;
    wake_tick_ = wanted;
    timer_->expires_after(wake - time_.now());
    timer_->async_wait([this, alive = std::weak_ptr<char>(alive_), number = ++wait_number_](std::error_code) {
        if (alive.expired() || number != wait_number_) return;
        sleeping_ = false;
        sweep(alive);
        if (!alive.expired() && armed_ > 0) {
            if (const auto next = next_used_tick(); !sleeping_ || next < wake_tick_) sleep_until(next);
        }
    });
}

DRAGLINE_DECL std::uint64_t deadline_wheel::next_used_tick() const noexcept {
    for (std::uint64_t ahead = 1; ahead < slot_count; ++ahead) {
        if (!slots_[(swept_ + ahead) % slot_count].empty()) return swept_ + ahead;
    }
    return swept_ + slot_count;
}

// Expired entries go to a list of their own first: a callback may arm, disarm or destroy any of them.
DRAGLINE_DECL void deadline_wheel::collect(std::uint64_t until) noexcept {
    const auto turns = std::min<std::uint64_t>(until - swept_, slot_count);
    for (auto at = until - turns + 1; at <= until; ++at) {
        auto& head = slots_[at % slot_count];
        for (auto* link = head.next; link != &head;) {
            auto* entry = static_cast<deadline*>(link);
            link = link->next;
            if (entry->tick_ > until) continue;
            entry->unlink();
            due_.push_back(*entry);
        }
    }
    swept_ = until;
}

DRAGLINE_DECL void deadline_wheel::sweep(const std::weak_ptr<char>& alive) {
    if (const auto until = tick_of(time_.now()); until > swept_) collect(until);
    while (!due_.empty()) {
        auto* entry = static_cast<deadline*>(due_.next);
        entry->unlink();
        --armed_;
        entry->expired_(entry->context_);  // may destroy the entry, or this wheel
        if (alive.expired()) return;
    }
}

// Serial requests arm again at once, so the timer is not cancelled at each last disarm, which would cost a
// system call; nor may it keep run() from returning. So look again when the loop has done what is ready.
DRAGLINE_DECL void deadline_wheel::became_empty() {
    if (check_posted_ || !sleeping_) return;
    check_posted_ = true;
    asio::post(timer_->get_executor(), [this, alive = std::weak_ptr<char>(alive_)] {
        if (alive.expired()) return;
        check_posted_ = false;
        if (armed_ > 0 || !timer_) return;
        ++wait_number_;
        sleeping_ = false;
        timer_->cancel();
    });
}

}  // namespace dragline::async

#endif
// ---- dragline/async/dispatcher.hpp
// Runs handlers of both kinds for one loop: coroutines on the loop, all else on a blocking pool, with the
// same deadline, cancellation and errors. Start with `dispatcher::dispatch`.

// ---- dragline/async/detail/dispatch.hpp
// Tells the token from the arguments of a handler, checks the shapes, and starts what runs the handler.

// ---- dragline/async/detail/blocking_op.hpp
// Runs one blocking handler on the pool; its caller waits on the loop, and may leave before the handler
// returns.

// ---- dragline/async/detail/dispatcher_core.hpp
// What the handlers under way share with their dispatcher, which they may outlive.

// ---- dragline/async/detail/places.hpp
// How many of a kind may be under way at once, counted across threads.


#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace dragline::inline v1::async::detail {

class places;

// One of the places, given back at the end of its life. Empty: there was none.
class place {
public:
    place() = default;
    explicit place(std::shared_ptr<places> taken_from) noexcept : taken_from_(std::move(taken_from)) {}
    place(place&&) noexcept = default;
    place& operator=(place&& other) noexcept {
        release();
        taken_from_ = std::move(other.taken_from_);
        return *this;
    }
    ~place() { release(); }

    explicit operator bool() const noexcept { return taken_from_ != nullptr; }
    inline void release() noexcept;

private:
    std::shared_ptr<places> taken_from_;
};

class places : public std::enable_shared_from_this<places> {
public:
    explicit places(std::size_t count) noexcept : count_(count) {}

    place take() {
        if (taken_.fetch_add(1) < count_) return place(shared_from_this());
        --taken_;
        return place();
    }

    std::size_t taken() const noexcept { return taken_; }

private:
    friend class place;
    const std::size_t count_;
    std::atomic<std::size_t> taken_ = 0;
};

inline void place::release() noexcept {
    if (auto from = std::exchange(taken_from_, nullptr)) --from->taken_;
}

}  // namespace dragline::async::detail

#include <asio/any_io_executor.hpp>

#include <cstddef>
#include <memory>
#include <system_error>
#include <utility>

namespace dragline::inline v1::async::detail {

struct dispatcher_core {
    asio::any_io_executor loop;
    std::shared_ptr<pool_core> pool;
    std::shared_ptr<places> coroutines;
    std::shared_ptr<places> blocking;

    dispatcher_core(asio::any_io_executor executor, std::shared_ptr<pool_core> threads,
                    std::size_t max_coroutines, std::size_t max_blocking)
        : loop(std::move(executor)),
          pool(std::move(threads)),
          coroutines(std::make_shared<places>(max_coroutines)),
          blocking(std::make_shared<places>(max_blocking)) {}
};

/// Throws unless the deadline makes sense and a place is free.
inline place take_place(places& from, duration limit) {
    if (!valid_timeout(limit)) throw std::system_error(make_error_code(errc::invalid_option));
    auto taken = from.take();
    if (!taken) throw std::system_error(make_error_code(errc::queue_full));
    return taken;
}

}  // namespace dragline::async::detail
// ---- dragline/async/detail/handler_call.hpp
// The call that a dispatcher makes, and what comes of it.


#include <asio/awaitable.hpp>

#include <concepts>
#include <coroutine>
#include <functional>
#include <stop_token>
#include <type_traits>

namespace dragline::inline v1::async::detail {

template <class T>
inline constexpr bool is_asio_awaitable = false;
template <class T, class Executor>
inline constexpr bool is_asio_awaitable<asio::awaitable<T, Executor>> = true;

template <class T>
concept awaiter = requires(T& t, std::coroutine_handle<> waiting) {
    { t.await_ready() } -> std::convertible_to<bool>;
    t.await_suspend(waiting);
    t.await_resume();
};

// A type that somebody can co_await: Asio's, whose awaiter is private, or one that follows the language
// rules.
template <class T>
concept awaitable_like = is_asio_awaitable<T> || awaiter<T> || requires(T&& t) {
    { static_cast<T&&>(t).operator co_await() } -> awaiter;
} || requires(T&& t) {
    { operator co_await(static_cast<T&&>(t)) } -> awaiter;
};

template <class T>
concept leads_to_awaitable = awaitable_like<std::remove_cvref_t<T>> ||
    awaitable_like<std::remove_cv_t<std::remove_pointer_t<std::remove_cvref_t<T>>>>;

// Without the token is asked first: a generic handler takes any argument, and its body is compiled by asking.
template <class Handler, class... Args>
concept called_plainly = std::invocable < std::decay_t<Handler>
&, std::decay_t<Args>... > ;
template <class Handler, class... Args>
concept called_with_stop_token =
    !called_plainly<Handler, Args...> &&
    std::invocable<std::decay_t<Handler>&, std::decay_t<Args>..., std::stop_token>;
template <class Handler, class... Args>
concept called = called_plainly<Handler, Args...> || called_with_stop_token<Handler, Args...>;

template <class Handler, class... Args>
struct returned {};
template <class Handler, class... Args>
requires called_plainly<Handler, Args...>
struct returned<Handler, Args...> : std::invoke_result<std::decay_t<Handler>&, std::decay_t<Args>...> {
};
template <class Handler, class... Args>
requires called_with_stop_token<Handler, Args...>
struct returned<Handler, Args...>
    : std::invoke_result<std::decay_t<Handler>&, std::decay_t<Args>..., std::stop_token> {
};
template <class Handler, class... Args>
using returned_by = typename returned<Handler, Args...>::type;

template <class T>
inline constexpr bool is_result_type = false;
template <class T>
inline constexpr bool is_result_type<result<T>> = true;

template <class T>
struct value_of {
    using type = T;
};
template <class T>
struct value_of<result<T>> {
    using type = T;
};
template <class T, class Executor>
struct value_of<asio::awaitable<T, Executor>> : value_of<T> {};
template <class T>
using value_of_t = typename value_of<std::remove_cvref_t<T>>::type;

}  // namespace dragline::async::detail
// ---- dragline/async/detail/kept_result.hpp
// Where a coroutine leaves what it returned or threw, for somebody who is no coroutine.


#include <asio/awaitable.hpp>

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace dragline::inline v1::async::detail {

template <class T>
struct kept_result {
    std::optional<std::conditional_t<std::is_void_v<T>, std::monostate, T>> value;
    std::exception_ptr error;

    bool has_ended() const noexcept { return value || error; }

    /// Once, when it has ended.
    T take() {
        if (error) std::rethrow_exception(std::exchange(error, nullptr));
        if constexpr (!std::is_void_v<T>) return *std::move(value);
    }
};

/// Awaits `operation`, and is done with it, before `kept` gets its value. Throws what it throws.
template <class T>
asio::awaitable<void> keep_result(asio::awaitable<T> operation, kept_result<T>& kept) {
    if constexpr (std::is_void_v<T>) {
        co_await std::move(operation);
        kept.value.emplace();
    } else {
        kept.value.emplace(co_await std::move(operation));
    }
}

}  // namespace dragline::async::detail
// ---- dragline/async/event.hpp
// One coroutine waits, others on the same loop wake it: what the waiting lists of this library are made of.

// ---- dragline/async/detail/pending_wait.hpp
// A handler that waits in no Asio object. It stands on its loop's list, so that it dies with the loop.


#include <asio/any_io_executor.hpp>
#include <asio/associated_cancellation_slot.hpp>
#include <asio/associated_executor.hpp>
#include <asio/post.hpp>

#include <system_error>
#include <utility>

namespace dragline::inline v1::async::detail {

struct pending_wait : list_link {
    // Both end the object and clear its owner's pointer: the one by posting the handler, the other without
    // calling it.
    virtual void complete(std::error_code ec) = 0;
    virtual void destroy() noexcept = 0;

    pending_wait** owner = nullptr;  // where the one who will complete it keeps it

protected:
    void leave() noexcept {
        unlink();
        if (owner) *owner = nullptr;
    }
    ~pending_wait() = default;
};

template <class Handler>
struct pending_wait_of final : pending_wait {
    Handler handler;
    asio::any_io_executor loop;

    pending_wait_of(Handler h, asio::any_io_executor executor)
        : handler(std::move(h)), loop(std::move(executor)) {}

    void complete(std::error_code ec) override {
        leave();
        if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected()) slot.clear();
        auto executor = asio::get_associated_executor(handler, loop);
        auto last = [h = std::move(handler), ec]() mutable { std::move(h)(result<void>(ec)); };
        delete this;
        asio::post(executor, std::move(last));
    }

    void destroy() noexcept override {
        leave();
        // The handler may own the very frame in which the event stands; it goes last.
        auto last = std::move(handler);
        delete this;
    }
};

}  // namespace dragline::async::detail
// ---- dragline/async/loop_state.hpp
// What belongs to one event loop: its clock, random source and deadlines, and one object of each type that a
// module keeps per loop (resolvers, sessions). It is a service of the io_context, so all of it dies with the
// loop.

// ---- dragline/async/loop_gate.hpp
// The way into a loop from other threads, for work that must not depend on which of the two ends first.


#include <asio/any_io_executor.hpp>
#include <asio/post.hpp>

#include <mutex>
#include <utility>

namespace dragline::inline v1::async {

/// Posts to a loop for as long as that loop lives, and does nothing after: shared, it may outlive the loop.
///
/// Take it from loop_state::gate(). Threads: any.
class loop_gate {
public:
    explicit loop_gate(asio::any_io_executor loop) : loop_(std::move(loop)) {}

    /// Posts `work` to the loop. false, with `work` untouched, when the loop's end has begun.
    template <class Work>
    bool post(Work&& work) {
        std::lock_guard lock(mutex_);
        if (loop_) asio::post(loop_, std::forward<Work>(work));
        return bool(loop_);
    }

    /// As above, but to another executor of the same loop, such as a strand.
    template <class Work>
    bool post_to(const asio::any_io_executor& executor, Work&& work) {
        std::lock_guard lock(mutex_);
        if (loop_) asio::post(executor, std::forward<Work>(work));
        return bool(loop_);
    }

    /// Called at the loop's end. What was posted before is destroyed with the loop.
    void close() noexcept {
        std::lock_guard lock(mutex_);
        loop_ = nullptr;
    }

private:
    std::mutex mutex_;
    asio::any_io_executor loop_;  // none when closed
};

}  // namespace dragline::async

#include <asio/any_io_executor.hpp>
#include <asio/execution_context.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace dragline::inline v1::async {

class loop_state;

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

    /// For posting from other threads, also when they may outlive the loop.
    const std::shared_ptr<loop_gate>& gate() const noexcept { return gate_; }

    clock& time() const noexcept { return *clock_; }
    time_point now() const noexcept { return clock_->now(); }
    random_source& random() const noexcept { return *random_; }
    deadline_wheel& deadlines() noexcept { return *wheel_; }

    /// Handlers that wait in no Asio object, so that they die with the loop; see event.
    detail::list_link& waits() noexcept { return waits_; }

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
    void leave_registry() noexcept;

    std::atomic<bool> named_ = false;  // executor_, gate_ and wheel_ are there
    asio::any_io_executor executor_;
    std::shared_ptr<loop_gate> gate_;
    clock* clock_ = &system_clock();
    random_source* random_ = &system_random();
    std::unique_ptr<deadline_wheel> wheel_;
    std::vector<std::pair<const char*, std::unique_ptr<loop_object>>> objects_;
    detail::list_link waits_;
    bool ended_ = false;
};

}  // namespace dragline::async

// ---- dragline/async/impl/loop_state.ipp
// Included by <dragline/async/loop_state.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <asio/execution/context.hpp>
#include <asio/execution/outstanding_work.hpp>
#include <asio/prefer.hpp>
#include <asio/query.hpp>

#include <mutex>

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
}

// use_service() of two threads may make two and drops one without shutdown(): so this leaves the registry
// too.
DRAGLINE_DECL loop_state::~loop_state() { leave_registry(); }

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
    while (!waits_.empty()) static_cast<detail::pending_wait*>(waits_.next)->destroy();
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

#include <asio/awaitable.hpp>
#include <asio/error.hpp>

#include <system_error>
#include <utility>

namespace dragline::inline v1::async {

/// A notification that one coroutine at a time may wait for.
///
/// A notify() that comes before wait() is kept: the wait then ends at once. An event must live until its wait
/// has ended, or the loop. Threads: the loop's own.
class event {
public:
    explicit event(loop_state& loop) noexcept : loop_(loop), limit_(&expired, this) {}
    ~event() {
        if (pending_) pending_->owner = nullptr;
    }
    event(const event&) = delete;
    event& operator=(const event&) = delete;

    /// Ends the wait, or the next one.
    void notify() {
        notified_ = true;
        if (pending_) finish({});
    }

    bool notified() const noexcept { return notified_; }

    /// Waits for notify(), at most until `until`, and takes the notification.
    ///
    /// Errors: make_timeout(`where`) at the deadline.
    /// Cancel: any type; operation_aborted, and a notification that came first wins.
    asio::awaitable<result<void>> wait(time_point until = no_deadline, phase where = phase::total);

private:
    template <class Handler>
    void start(Handler&& handler, time_point until);
    void finish(std::error_code ec);
    static void expired(void* self) noexcept;

    loop_state& loop_;
    deadline limit_;
    phase where_ = phase::total;
    detail::pending_wait* pending_ = nullptr;
    bool notified_ = false;
};

}  // namespace dragline::async

// ---- dragline/async/impl/event.ipp
// Included by <dragline/async/event.hpp> only.

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::async {

template <class Handler>
void event::start(Handler&& handler, time_point until) {
    using wait_type = detail::pending_wait_of<std::decay_t<Handler>>;
    auto* wait = new wait_type(std::forward<Handler>(handler), loop_.executor());
    pending_ = wait;
    wait->owner = &pending_;
    loop_.waits().push_back(*wait);
    if (auto slot = asio::get_associated_cancellation_slot(wait->handler); slot.is_connected()) {
        slot.assign([this](asio::cancellation_type) {
            if (pending_) finish(asio::error::operation_aborted);
        });
    }
    loop_.deadlines().arm(limit_, until);
}

DRAGLINE_DECL void event::finish(std::error_code ec) {
    limit_.disarm();
    pending_->complete(ec);
}

DRAGLINE_DECL void event::expired(void* self) noexcept {
    auto& waiting = *static_cast<event*>(self);
    waiting.finish(make_timeout(waiting.where_));
}

DRAGLINE_DECL asio::awaitable<result<void>> event::wait(time_point until, phase where) {
    if (!notified_) {
        where_ = where;
        asio::use_awaitable_t<> token;
        auto waiting = asio::async_initiate<asio::use_awaitable_t<>, void(result<void>)>(
            [this](auto&& handler, time_point when) {
                start(std::forward<decltype(handler)>(handler), when);
            },
            token, until);
        auto ended = co_await std::move(waiting);
        if (!notified_) co_return ended;
    }
    notified_ = false;
    co_return result<void>();
}

}  // namespace dragline::async

#endif

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <tuple>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::async::detail {

// What the caller waits for. Everything but `wanted` belongs to the loop's thread.
template <class T>
struct blocking_outcome {
    kept_result<T> kept;
    event* caller = nullptr;  // none when it has left
    std::atomic<bool> wanted = true;
};

template <class T, class Handler, class... Args>
class blocking_run final : public pool_job {
public:
    blocking_run(std::shared_ptr<blocking_outcome<T>> outcome, std::shared_ptr<loop_gate> loop, place taken,
                 Handler handler, std::tuple<Args...> args)
        : outcome_(std::move(outcome)),
          loop_(std::move(loop)),
          taken_(std::move(taken)),
          call_(std::in_place, std::move(handler), std::move(args)) {}

private:
    struct call {
        Handler handler;
        std::tuple<Args...> args;
        call(Handler h, std::tuple<Args...> a) : handler(std::move(h)), args(std::move(a)) {}
    };

    void run(const std::stop_token& stop) override {
        try {
            invoke(stop);
        } catch (...) {
            kept_.error = std::current_exception();
        }
        call_.reset();  // before the caller goes on: they may refer to what is the caller's
    }

    void invoke(const std::stop_token& stop) {
        auto calling = [&](auto&... arg) -> decltype(auto) {
            if constexpr (called_plainly<Handler, Args...>) {
                return std::invoke(call_->handler, std::move(arg)...);
            } else {
                return std::invoke(call_->handler, std::move(arg)..., stop);
            }
        };
        using outcome = std::remove_cvref_t<returned_by<Handler, Args...>>;
        if constexpr (std::is_void_v<outcome>) {
            std::apply(calling, call_->args);
            kept_.value.emplace();
        } else if constexpr (is_result_type<outcome>) {
            outcome ended = std::apply(calling, call_->args);
            if (!ended) throw std::system_error(ended.error());
            if constexpr (std::is_void_v<T>) {
                kept_.value.emplace();
            } else {
                kept_.value.emplace(*std::move(ended));
            }
        } else {
            kept_.value.emplace(std::apply(calling, call_->args));
        }
    }

    void ended() noexcept override {
        taken_.release();
        deliver();
    }

    void drop() noexcept override {
        call_.reset();
        taken_.release();
        kept_.error = std::make_exception_ptr(std::system_error(make_error_code(errc::pool_stopped)));
        deliver();
    }

    void deliver() noexcept {
        if (!outcome_->wanted) return;
        try {
            loop_->post([outcome = outcome_, kept = std::move(kept_)]() mutable {
                outcome->kept = std::move(kept);
                if (outcome->caller) outcome->caller->notify();
            });
        } catch (...) {
            // No memory to say so: the caller has its deadline.
        }
    }

    std::shared_ptr<blocking_outcome<T>> outcome_;
    std::shared_ptr<loop_gate> loop_;
    place taken_;
    std::optional<call> call_;
    kept_result<T> kept_;
};

// On the caller's side, destroyed when it leaves for whatever reason.
template <class T>
struct blocking_caller {
    event ended;
    std::shared_ptr<blocking_outcome<T>> outcome = std::make_shared<blocking_outcome<T>>();
    std::shared_ptr<pool_core> pool;
    std::shared_ptr<pool_job> job;

    explicit blocking_caller(loop_state& loop) : ended(loop) { outcome->caller = &ended; }
    ~blocking_caller() {
        outcome->caller = nullptr;
        outcome->wanted = false;
        if (job && !outcome->kept.has_ended()) pool->cancel(*job);
    }
};

template <class T, class Handler, class... Args>
asio::awaitable<T> run_blocking(std::shared_ptr<dispatcher_core> core, duration limit, Handler handler,
                                Args... args) {
    auto taken = take_place(*core->blocking, limit);
    auto& loop = loop_state::of(core->loop);
    const auto until = deadline_after(loop.now(), limit);
    blocking_caller<T> caller(loop);
    auto job = std::make_shared<blocking_run<T, Handler, Args...>>(caller.outcome, loop.gate(),
                                                                   std::move(taken), std::move(handler),
                                                                   std::tuple<Args...>(std::move(args)...));
    if (const auto ec = core->pool->submit(job)) throw std::system_error(ec);
    caller.pool = core->pool;
    caller.job = std::move(job);
    auto waiting = caller.ended.wait(until);
    const auto waited = co_await std::move(waiting);
    if (!caller.outcome->kept.has_ended()) throw std::system_error(waited.error());
    co_return caller.outcome->kept.take();
}

}  // namespace dragline::async::detail
// ---- dragline/async/detail/coroutine_op.hpp
// Runs one coroutine handler: in a coroutine of its own, so that a deadline can cancel it and not its caller.

// ---- dragline/async/detail/join_wait.hpp
// Suspends a coroutine until something that it has started is over. A cancellation meanwhile is handed on to
// what was started, and does not end the wait: that ends when the rest has ended.


#include <asio/awaitable.hpp>
#include <asio/cancellation_type.hpp>

namespace dragline::inline v1::async::detail {

class join_wait {
public:
    using cancel_function = void (*)(void* context, asio::cancellation_type type);

    join_wait(loop_state& loop, cancel_function cancelled, void* context) noexcept
        : loop_(loop), cancelled_(cancelled), context_(context) {}
    ~join_wait() {
        if (pending_) pending_->owner = nullptr;
    }
    join_wait(const join_wait&) = delete;
    join_wait& operator=(const join_wait&) = delete;

    /// Once; before the wait or during it.
    void finish();

    bool finished() const noexcept { return finished_; }

    asio::awaitable<void> wait();

private:
    template <class Handler>
    void start(Handler&& handler);

    loop_state& loop_;
    cancel_function cancelled_;
    void* context_;
    pending_wait* pending_ = nullptr;
    bool finished_ = false;
};

}  // namespace dragline::async::detail

// ---- dragline/async/detail/impl/join_wait.ipp
// Included by <dragline/async/detail/join_wait.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <type_traits>
#include <utility>

namespace dragline::inline v1::async::detail {

template <class Handler>
void join_wait::start(Handler&& handler) {
    auto* wait = new pending_wait_of<std::decay_t<Handler>>(std::forward<Handler>(handler), loop_.executor());
    pending_ = wait;
    wait->owner = &pending_;
    loop_.waits().push_back(*wait);
    if (auto slot = asio::get_associated_cancellation_slot(wait->handler); slot.is_connected()) {
        slot.assign([this](asio::cancellation_type type) {
            if (pending_) cancelled_(context_, type);
        });
    }
}

DRAGLINE_DECL void join_wait::finish() {
    finished_ = true;
    if (pending_) pending_->complete({});
}

DRAGLINE_DECL asio::awaitable<void> join_wait::wait() {
    if (finished_) co_return;
    asio::use_awaitable_t<> token;
    auto waiting = asio::async_initiate<asio::use_awaitable_t<>, void(result<void>)>(
        [this](auto&& handler) { start(std::forward<decltype(handler)>(handler)); }, token);
    (void)co_await std::move(waiting);
}

}  // namespace dragline::async::detail

#endif

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/cancellation_state.hpp>
#include <asio/co_spawn.hpp>
#include <asio/this_coro.hpp>

#include <functional>
#include <memory>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace dragline::inline v1::async::detail {

// Shared by the caller's side and the handler's, since a loop that ends destroys them in any order.
template <class T>
struct coroutine_run {
    kept_result<T> kept;
    bool timed_out = false;
    asio::cancellation_type emitted = asio::cancellation_type::none;
    asio::cancellation_signal signal;
    join_wait ended;
    deadline limit{&expired, this};

    explicit coroutine_run(loop_state& loop) : ended(loop, &cancelled, this) {}

    static void expired(void* self) noexcept {
        auto& run = *static_cast<coroutine_run*>(self);
        run.timed_out = true;
        run.emit(asio::cancellation_type::terminal);
    }
    static void cancelled(void* self, asio::cancellation_type type) {
        static_cast<coroutine_run*>(self)->emit(type);
    }
    void emit(asio::cancellation_type type) {
        emitted = type;
        signal.emit(type);
    }
};

// The loop's executor as the type that a handler's awaitable wants; nullptr when it is of another type.
template <class Executor>
const Executor* executor_as(const asio::any_io_executor& loop) {
    if constexpr (std::is_same_v<Executor, asio::any_io_executor>) {
        return &loop;
    } else {
        // target() does not check.
        return loop.target_type() == typeid(Executor) ? loop.target<Executor>() : nullptr;
    }
}

// The handler is called here as an lvalue, and it and its arguments live here as long as its coroutine.
template <class T, class Executor, class Handler, class... Args>
asio::awaitable<void, Executor> call_coroutine(std::shared_ptr<coroutine_run<T>> run, Handler handler,
                                               std::tuple<Args...> args) {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    if (run->emitted != asio::cancellation_type::none) run->signal.emit(run->emitted);  // it came too early
    auto calling =
        std::apply([&handler](auto&... arg) { return std::invoke(handler, std::move(arg)...); }, args);
    using outcome = typename decltype(calling)::value_type;
    if constexpr (std::is_void_v<outcome>) {
        co_await std::move(calling);
        run->kept.value.emplace();
    } else if constexpr (is_result_type<outcome>) {
        auto ended = co_await std::move(calling);
        if (!ended) {
            run->kept.error = std::make_exception_ptr(std::system_error(ended.error()));
        } else if constexpr (std::is_void_v<T>) {
            run->kept.value.emplace();
        } else {
            run->kept.value.emplace(*std::move(ended));
        }
    } else {
        run->kept.value.emplace(co_await std::move(calling));
    }
}

template <class T, class Handler, class... Args>
asio::awaitable<T> run_coroutine(std::shared_ptr<dispatcher_core> core, duration limit, Handler handler,
                                 Args... args) {
    using executor_type = typename returned_by<Handler, Args...>::executor_type;
    const auto taken = take_place(*core->coroutines, limit);
    const auto* executor = executor_as<executor_type>(core->loop);
    if (!executor) throw std::system_error(make_error_code(errc::invalid_option));
    auto& loop = loop_state::of(core->loop);
    auto run = std::make_shared<coroutine_run<T>>(loop);
    loop.deadlines().arm(run->limit, deadline_after(loop.now(), limit));
    // The coroutine's cancellation state stands inside the signal: so its frame, too, holds `run`.
    auto body = [run, handler = std::move(handler),
                 args = std::tuple<Args...>(std::move(args)...)]() mutable {
        return call_coroutine<T, executor_type, Handler, Args...>(run, std::move(handler), std::move(args));
    };
    auto ended = [run](std::exception_ptr thrown) {
        run->limit.disarm();
        if (thrown) run->kept.error = std::move(thrown);
        run->ended.finish();
    };
    asio::co_spawn(*executor, std::move(body),
                   asio::bind_cancellation_slot(run->signal.slot(), std::move(ended)));
    auto joining = run->ended.wait();
    co_await std::move(joining);
    if (run->timed_out) throw std::system_error(make_timeout(phase::total));
    co_return run->kept.take();
}

}  // namespace dragline::async::detail
// ---- dragline/async/handler.hpp
// The compiler picks the dispatch: what returns an awaitable runs on the event loop, all else on the blocking
// pool. Start with `handler_kind_v`.


#include <type_traits>

namespace dragline::inline v1::async {

enum class handler_kind { blocking, coroutine };

/// A handler whose call with Args returns an awaitable of any kind, by value. Never a hard error.
template <class Handler, class... Args>
concept coroutine_handler =
    detail::called_plainly<Handler, Args...> && detail::awaitable_like<detail::returned_by<Handler, Args...>>;

/// A handler that returns no awaitable. It may take a std::stop_token after Args, but one that can be called
/// without gets none.
template <class Handler, class... Args>
concept blocking_handler =
    detail::called<Handler, Args...> && !detail::leads_to_awaitable<detail::returned_by<Handler, Args...>>;

namespace detail {

template <class Handler, class... Args>
consteval handler_kind kind_of() {
    constexpr bool can_be_called = called<Handler, Args...>;
    static_assert(
        can_be_called,
        "dragline: this handler cannot be called with these arguments (it is called as an lvalue, each "
        "argument is passed as an rvalue of its own type, and a std::stop_token may follow)");
    if constexpr (can_be_called) {  // one readable error, not a cascade
        using returned = returned_by<Handler, Args...>;
        static_assert(!std::is_reference_v<returned> || !leads_to_awaitable<returned>,
                      "dragline: this handler returns a reference to an awaitable; return it by value");
        static_assert(!std::is_pointer_v<std::remove_cvref_t<returned>> || !leads_to_awaitable<returned>,
                      "dragline: this handler returns a pointer to an awaitable; return it by value");
        static_assert(
            called_plainly<Handler, Args...> || !awaitable_like<returned>,
            "dragline: a coroutine handler takes no std::stop_token; it is cancelled where it awaits");
        return awaitable_like<returned> ? handler_kind::coroutine : handler_kind::blocking;
    }
    return handler_kind::blocking;
}

}  // namespace detail

/// How `handler(args...)` is run: the decayed handler is called as an lvalue, the decayed arguments as
/// rvalues.
///
/// A wrong shape is one readable error; to ask without an error use the concepts.
template <class Handler, class... Args>
inline constexpr handler_kind handler_kind_v = detail::kind_of<Handler, Args...>();

/// What a dispatch of the handler completes with: the T of awaitable<T> or what a blocking handler returns,
/// without reference, and of a result<T> the T.
template <class Handler, class... Args>
using handler_result_t = detail::value_of_t<detail::returned_by<Handler, Args...>>;

}  // namespace dragline::async

namespace dragline::inline v1 {
using async::blocking_handler;
using async::coroutine_handler;
using async::handler_kind;
using async::handler_kind_v;
using async::handler_result_t;
}
// ---- dragline/async/operation.hpp
// One coroutine body, any completion token: how every operation of this library is made.

// ---- dragline/async/detail/cancel_relay.hpp
// Carries a cancellation from the caller's thread to the loop of the operation.


#include <asio/any_io_executor.hpp>
#include <asio/cancellation_signal.hpp>

#include <memory>
#include <mutex>
#include <utility>

namespace dragline::inline v1::async::detail {

// The caller's slot keeps a reference for as long as the caller's signal likes, so emit() has to stay
// harmless when the operation, and even its loop, are gone. The operation closes the relay when it ends or
// dies.
class cancel_relay : public std::enable_shared_from_this<cancel_relay> {
public:
    cancel_relay(asio::any_io_executor operation, std::shared_ptr<loop_gate> gate)
        : operation_(std::move(operation)), gate_(std::move(gate)) {}

    asio::cancellation_slot slot() noexcept { return signal_.slot(); }

    void emit(asio::cancellation_type type) {
        std::lock_guard lock(mutex_);
        if (!operation_) return;
        gate_->post_to(operation_, [self = shared_from_this(), type] {
            if (!self->operation_) return;  // written on this thread only
            self->emitted_ = type;
            self->signal_.emit(type);
        });
    }

    /// For a coroutine that has just begun to listen, on the loop: what came before that would be lost.
    void repeat() {
        if (emitted_ != asio::cancellation_type::none) signal_.emit(emitted_);
    }

    void close() noexcept {
        std::lock_guard lock(mutex_);
        operation_ = nullptr;
    }

private:
    std::mutex mutex_;
    asio::any_io_executor operation_;  // none when closed
    std::shared_ptr<loop_gate> gate_;
    asio::cancellation_signal signal_;
    asio::cancellation_type emitted_ = asio::cancellation_type::none;
};

}  // namespace dragline::async::detail
// ---- dragline/async/detail/completion.hpp
// The last steps of a spawned operation: from the loop, over the handler's executor, to the handler.


#include <asio/any_io_executor.hpp>
#include <asio/associated_allocator.hpp>
#include <asio/associated_executor.hpp>
#include <asio/dispatch.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>

#include <exception>
#include <memory>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::async::detail {

// Above zero while an operation is being started on this thread. A body that never really suspends finishes
// inside the initiating call; its handler must be posted then.
inline int& starting_operations() noexcept {
    thread_local int count = 0;
    return count;
}

struct starting_scope {
    starting_scope() noexcept { ++starting_operations(); }
    ~starting_scope() { --starting_operations(); }
};

// The code of an exception that left an operation's body.
DRAGLINE_DECL std::error_code code_of(const std::exception_ptr& error) noexcept;

// What an awaiting caller gets of such an exception: what a callback threw comes out as it was.
DRAGLINE_DECL std::exception_ptr original_of(std::exception_ptr error) noexcept;

template <class T>
struct shapes {
    using code_signature = void(std::error_code, T);
    using exception_signature = void(std::exception_ptr, T);
    using tuple = std::tuple<std::error_code, T>;
};
template <>
struct shapes<void> {
    using code_signature = void(std::error_code);
    using exception_signature = void(std::exception_ptr);
    using tuple = std::tuple<std::error_code>;
};

// The handler's call with its arguments; carries the handler's allocator over the last hop, and the work
// guard of its executor, which keeps that running until the call: the loop may be gone right after it.
template <class Handler, class Executor, class Error, class... Values>
struct delivery {
    asio::executor_work_guard<Executor> work;
    Handler handler;
    Error error;
    std::tuple<Values...> values;

    using allocator_type = asio::associated_allocator_t<Handler>;
    allocator_type get_allocator() const noexcept { return asio::get_associated_allocator(handler); }

    void operator()() {
        std::apply([this](auto&... value) { std::move(handler)(std::move(error), std::move(value)...); },
                   values);
    }
};

// What co_spawn calls on the loop when the body has ended.
template <class Handler, class Error>
class completion {
public:
    using executor_type = asio::any_io_executor;
    using cancellation_slot_type = asio::cancellation_slot;

    completion(Handler handler, asio::any_io_executor loop, std::shared_ptr<cancel_relay> relay)
        : handler_(std::move(handler)),
          loop_(std::move(loop)),
          work_(asio::get_associated_executor(handler_, loop_)),
          relay_(std::move(relay)) {}

    executor_type get_executor() const noexcept { return loop_; }
    cancellation_slot_type get_cancellation_slot() const noexcept {
        return relay_ ? relay_->slot() : asio::cancellation_slot();
    }

    void operator()(std::exception_ptr thrown) { deliver(error_of(std::move(thrown), {})); }
    template <class T>
    void operator()(std::exception_ptr thrown, T value) {
        deliver(error_of(std::move(thrown), {}), std::move(value));
    }
    template <class T>
    void operator()(std::exception_ptr thrown, result<T> outcome) {
        deliver(error_of(std::move(thrown), outcome.error()), *std::move(outcome));
    }
    void operator()(std::exception_ptr thrown, result<void> outcome) {
        deliver(error_of(std::move(thrown), outcome.error()));
    }

private:
    using handler_executor = asio::associated_executor_t<Handler, asio::any_io_executor>;

    static Error error_of(std::exception_ptr thrown, std::error_code ec) {
        if constexpr (std::is_same_v<Error, std::error_code>) {
            return thrown ? code_of(thrown) : ec;
        } else {
            if (thrown) return original_of(std::move(thrown));
            return ec ? std::make_exception_ptr(std::system_error(ec)) : nullptr;
        }
    }

    template <class... Values>
    void deliver(Error error, Values... values) {
        if (relay_) relay_->close();
        // The caller's slot is not cleared: that would race with an emit by the thread that started the
        // operation. What stays in it is a closed relay.
        const auto executor = work_.get_executor();
        delivery<Handler, handler_executor, Error, Values...> last{
            std::move(work_), std::move(handler_), std::move(error), {std::move(values)...}};
        if (starting_operations() > 0) {
            asio::post(executor, std::move(last));
        } else {
            asio::dispatch(executor, std::move(last));
        }
    }

    Handler handler_;
    asio::any_io_executor loop_;
    asio::executor_work_guard<handler_executor> work_;
    std::shared_ptr<cancel_relay> relay_;
};

}  // namespace dragline::async::detail

// ---- dragline/async/detail/impl/completion.ipp
// Included by <dragline/async/detail/completion.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <new>

namespace dragline::inline v1::async::detail {

DRAGLINE_DECL std::error_code code_of(const std::exception_ptr& error) noexcept {
    try {
        std::rethrow_exception(error);
    } catch (const std::system_error& e) {
        return e.code();
    } catch (const std::bad_alloc&) {
        return std::make_error_code(std::errc::not_enough_memory);
    } catch (const callback_failure& failed) {
        const auto code = code_of(failed.original());
        return code == std::errc::not_enough_memory ? code : errc::callback_failed;
    } catch (...) {
        return errc::unexpected_exception;
    }
}

DRAGLINE_DECL std::exception_ptr original_of(std::exception_ptr error) noexcept {
    try {
        std::rethrow_exception(error);
    } catch (const callback_failure& failed) {
        return failed.original();
    } catch (...) {
        return error;
    }
}

}  // namespace dragline::async::detail

#endif

#include <asio/any_io_executor.hpp>
#include <asio/associated_cancellation_slot.hpp>
#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/this_coro.hpp>

#include <exception>
#include <memory>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::async {

// An operation as its developer writes it:
//
//     asio::awaitable<result<page>> fetch_body(std::string url);             // the body: by value, no token
//
//     template <async::where Where, class Token = default_token>             // the face: copies, forwards
//     auto fetch(Where&& place, std::string_view url, Token&& token = {}) {
//         return async::initiate<page>(async::executor_of(place), &fetch_body, std::forward<Token>(token),
//                                      std::string(url));
//     }

/// Runs `body(args...)` on `loop` and completes `token` with void(std::error_code, T); T void: only the code.
///
/// `body` is a coroutine function that takes its arguments by value and returns asio::awaitable<result<T>>,
/// or awaitable<T> when its failures are exceptional. T is default constructible. An awaiting caller on the
/// same loop runs the body in its own coroutine, without a spawn. Errors: those of the body. An exception
/// reaches a use_awaitable caller as it is, also over loops; others get
///   its code: that of system_error, not_enough_memory, errc::unexpected_exception; see callback_failure.
/// Cancel: every type that the caller's slot delivers, from any thread. The body must not reset its
///   cancellation state, which may be its caller's.
/// Threads: any. Never completes inside this call; completes on the token's associated executor.
template <class T, class Body, class Token, class... Args>
auto initiate(asio::any_io_executor loop, Body body, Token&& token, Args... args);

/// As initiate(), but completes with void(std::exception_ptr, T), for bodies that run the code of users.
template <class T, class Body, class Token, class... Args>
auto initiate_throwing(asio::any_io_executor loop, Body body, Token&& token, Args... args);

/// Awaits `body(executor, args...)` on the loop of the coroutine that awaits this: an operation with no
/// WHERE.
template <class T, class Body, class... Args>
asio::awaitable<T> await_here(Body body, Args... args);

/// As await_here(), for the token as_tuple(use_awaitable).
template <class T, class Body, class... Args>
asio::awaitable<typename detail::shapes<T>::tuple> await_here_as_tuple(Body body, Args... args);

}  // namespace dragline::async

// ---- dragline/async/impl/operation.hpp
// Included by <dragline/async/operation.hpp> only.

namespace dragline::inline v1::async {
namespace detail {

template <class R>
inline constexpr bool is_result = false;
template <class T>
inline constexpr bool is_result<result<T>> = true;

// result<T> or T: what awaiting the body gives.
template <class Body, class... Args>
using outcome_of = typename std::invoke_result_t<Body&, Args...>::value_type;

template <class R, class Body, class... Args>
asio::awaitable<R> run_cancellable(cancel_relay& relay, Body body, std::tuple<Args...> args) {
    // A spawned coroutine listens to terminal only, unless told otherwise.
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    relay.repeat();
    auto running = std::apply(body, std::move(args));
    co_return co_await std::move(running);
}

// What co_spawn runs. It stands in co_spawn's own frame: so the relay, whose signal holds the coroutine's
// cancellation state, outlives the coroutine, and is closed when the frame dies unfinished.
template <class Body, class... Args>
struct spawned_body {
    std::shared_ptr<cancel_relay> relay;
    Body body;
    std::tuple<Args...> args;

    spawned_body(std::shared_ptr<cancel_relay> r, Body b, std::tuple<Args...> a)
        : relay(std::move(r)), body(std::move(b)), args(std::move(a)) {}
    spawned_body(spawned_body&&) = default;
    ~spawned_body() {
        if (relay) relay->close();
    }

    asio::awaitable<outcome_of<Body, Args...>> operator()() {
        if (relay)
            return run_cancellable<outcome_of<Body, Args...>>(*relay, std::move(body), std::move(args));
        return std::apply(body, std::move(args));
    }
};

template <class Error>
struct start_operation {
    asio::any_io_executor loop;

    // Token adapters of later Asio releases ask an initiation for its executor.
    using executor_type = asio::any_io_executor;
    executor_type get_executor() const noexcept { return loop; }

    template <class Handler, class Body, class... Args>
    void operator()(Handler&& handler, Body body, std::tuple<Args...> args) const {
        std::shared_ptr<cancel_relay> relay;
        if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected()) {
            relay = std::make_shared<cancel_relay>(loop, loop_state::of(loop).gate());
            slot.assign([relay](asio::cancellation_type type) { relay->emit(type); });
        }
        starting_scope starting;
        asio::co_spawn(loop, spawned_body<Body, Args...>(relay, std::move(body), std::move(args)),
                       completion<std::decay_t<Handler>, Error>(std::forward<Handler>(handler), loop, relay));
    }
};

// use_awaitable: on the caller's own loop the body is awaited as it is. Elsewhere it is spawned, with an
// exception_ptr as its error, so that the caller gets the original exception either way.
template <class T, class Body, class... Args>
asio::awaitable<T> await_operation(asio::any_io_executor loop, Body body, Args... args) {
    if (co_await asio::this_coro::executor == loop) {
        try {
            auto running = body(std::move(args)...);
            if constexpr (is_result<outcome_of<Body, Args...>>) {
                auto outcome = co_await std::move(running);
                if (!outcome) throw std::system_error(outcome.error());
                if constexpr (std::is_void_v<T>) {
                    co_return;
                } else {
                    co_return *std::move(outcome);
                }
            } else {
                co_return co_await std::move(running);
            }
        } catch (const callback_failure& failed) {
            std::rethrow_exception(failed.original());
        }
    }
    default_token token;
    auto hop = asio::async_initiate<default_token, typename shapes<T>::exception_signature>(
        start_operation<std::exception_ptr>{loop}, token, std::move(body),
        std::tuple<Args...>(std::move(args)...));
    co_return co_await std::move(hop);
}

template <class T>
typename shapes<T>::tuple tuple_of(result<T> outcome) {
    if constexpr (std::is_void_v<T>) {
        return {outcome.error()};
    } else {
        return {outcome.error(), *std::move(outcome)};
    }
}

// as_tuple(use_awaitable): as above, and with a body that returns a result nothing is thrown at all.
template <class T, class Body, class... Args>
asio::awaitable<typename shapes<T>::tuple> await_tuple(asio::any_io_executor loop, Body body, Args... args) {
    if (co_await asio::this_coro::executor == loop) {
        result<T> outcome;
        try {
            auto running = body(std::move(args)...);
            if constexpr (std::is_void_v<outcome_of<Body, Args...>>) {
                co_await std::move(running);
            } else {
                outcome = co_await std::move(running);
            }
        } catch (...) {
            outcome = code_of(std::current_exception());
        }
        co_return tuple_of<T>(std::move(outcome));
    }
    using token_type = as_tuple_t<default_token>;
    token_type token{default_token()};
    auto hop = asio::async_initiate<token_type, typename shapes<T>::code_signature>(
        start_operation<std::error_code>{loop}, token, std::move(body),
        std::tuple<Args...>(std::move(args)...));
    co_return co_await std::move(hop);
}

}  // namespace detail

template <class T, class Body, class Token, class... Args>
auto initiate(asio::any_io_executor loop, Body body, Token&& token, Args... args) {
    using token_type = std::decay_t<Token>;
    if constexpr (std::is_same_v<token_type, default_token>) {
        return detail::await_operation<T>(std::move(loop), std::move(body), std::move(args)...);
    } else if constexpr (std::is_same_v<token_type, as_tuple_t<default_token>>) {
        return detail::await_tuple<T>(std::move(loop), std::move(body), std::move(args)...);
    } else {
        return asio::async_initiate<Token, typename detail::shapes<T>::code_signature>(
            detail::start_operation<std::error_code>{std::move(loop)}, token, std::move(body),
            std::tuple<Args...>(std::move(args)...));
    }
}

template <class T, class Body, class Token, class... Args>
auto initiate_throwing(asio::any_io_executor loop, Body body, Token&& token, Args... args) {
    if constexpr (std::is_same_v<std::decay_t<Token>, default_token>) {
        return detail::await_operation<T>(std::move(loop), std::move(body), std::move(args)...);
    } else {
        return asio::async_initiate<Token, typename detail::shapes<T>::exception_signature>(
            detail::start_operation<std::exception_ptr>{std::move(loop)}, token, std::move(body),
            std::tuple<Args...>(std::move(args)...));
    }
}

template <class T, class Body, class... Args>
asio::awaitable<T> await_here(Body body, Args... args) {
    auto here = co_await asio::this_coro::executor;
    try {
        auto running = body(std::move(here), std::move(args)...);
        auto outcome = co_await std::move(running);
        if (!outcome) throw std::system_error(outcome.error());
        if constexpr (!std::is_void_v<T>) co_return *std::move(outcome);
    } catch (const callback_failure& failed) {
        std::rethrow_exception(failed.original());
    }
}

template <class T, class Body, class... Args>
asio::awaitable<typename detail::shapes<T>::tuple> await_here_as_tuple(Body body, Args... args) {
    auto here = co_await asio::this_coro::executor;
    auto running = detail::await_tuple<T>(here, std::move(body), here, std::move(args)...);
    co_return co_await std::move(running);
}

}  // namespace dragline::async

#include <asio/async_result.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::async::detail {

template <class Handler, class... Args>
using dispatch_signature = typename shapes<handler_result_t<Handler, Args...>>::exception_signature;

// Whether Last is a token, when Handler is called with Args, the arguments before it. Nothing is asked that
// need not be, since asking compiles the body of a generic handler.
template <class Last, class Handler, class Arguments>
inline constexpr bool is_token_after = false;
template <class Last, class Handler, class... Args>
requires(std::is_class_v<std::decay_t<Last>> ||
         std::is_function_v<std::remove_pointer_t<
             std::decay_t<Last>>>) inline constexpr bool is_token_after<Last, Handler, std::tuple<Args...>> =
    [] {
        if constexpr (called_plainly<Handler, Args...>) {
            return asio::completion_token_for<Last, dispatch_signature<Handler, Args...>>;
        } else if constexpr (called_plainly<Handler, Args..., Last>) {
            return false;
        } else if constexpr (called_with_stop_token<Handler, Args...>) {
            return asio::completion_token_for<Last, dispatch_signature<Handler, Args...>>;
        } else {
            return false;
        }
    }();

template <class Rest, class Indices>
struct leading;
template <class... Rest, std::size_t... Index>
struct leading<std::tuple<Rest...>, std::index_sequence<Index...>> {
    using type = std::tuple<std::tuple_element_t<Index, std::tuple<Rest...>>...>;
};

template <class Handler, class... Rest>
consteval bool ends_in_token() {
    if constexpr (sizeof...(Rest) == 0) {
        return false;
    } else {
        constexpr std::size_t last = sizeof...(Rest) - 1;
        using all = std::tuple<Rest...>;
        using arguments = typename leading<all, std::make_index_sequence<last>>::type;
        return is_token_after<std::tuple_element_t<last, all>, Handler, arguments>;
    }
}

template <handler_kind Kind, class T, class Handler, class... Args>
consteval auto body_for() {
    if constexpr (Kind == handler_kind::coroutine) {
        return &run_coroutine<T, Handler, Args...>;
    } else {
        return &run_blocking<T, Handler, Args...>;
    }
}

template <class Token, class Handler, class... Args>
auto dispatch_to(const std::shared_ptr<dispatcher_core>& core, duration limit, Token&& token,
                 Handler&& handler, Args&&... args) {
    constexpr auto kind = handler_kind_v<Handler, Args...>;
    using returned = returned_by<Handler, Args...>;
    using value = handler_result_t<Handler, Args...>;
    constexpr bool deliverable =
        std::is_void_v<value> || (std::default_initializable<value> && std::movable<value>);
    static_assert(
        deliverable,
        "dragline: the result of a handler must be default constructible and movable (the caller gets one "
        "beside an error too); wrap it in std::optional or std::unique_ptr");
    constexpr bool foreign = kind == handler_kind::coroutine && !is_asio_awaitable<returned>;
    static_assert(
        !foreign,
        "dragline: this handler returns an awaitable that is not Asio's, which Asio's coroutines cannot "
        "await; wrap it in an asio::awaitable");
    if constexpr (deliverable && !foreign) {
        constexpr auto body = body_for<kind, value, std::decay_t<Handler>, std::decay_t<Args>...>();
        return initiate_throwing<value>(core->loop, body, std::forward<Token>(token), core, limit,
                                        std::decay_t<Handler>(std::forward<Handler>(handler)),
                                        std::decay_t<Args>(std::forward<Args>(args))...);
    }
}

template <class Handler, class... Rest>
auto dispatch(const std::shared_ptr<dispatcher_core>& core, duration limit, Handler&& handler,
              Rest&&... rest) {
    if constexpr (ends_in_token<Handler, Rest...>()) {
        auto all = std::forward_as_tuple(std::forward<Rest>(rest)...);
        constexpr std::size_t last = sizeof...(Rest) - 1;
        return [&]<std::size_t... Index>(std::index_sequence<Index...>) {
            return dispatch_to(core, limit, std::get<last>(std::move(all)), std::forward<Handler>(handler),
                               std::get<Index>(std::move(all))...);
        }
        (std::make_index_sequence<last>());
    } else {
        return dispatch_to(core, limit, default_token(), std::forward<Handler>(handler),
                           std::forward<Rest>(rest)...);
    }
}

}  // namespace dragline::async::detail
// ---- dragline/async/where.hpp
// The WHERE of an operation: anything that names an event loop.


#include <asio/any_io_executor.hpp>
#include <asio/execution/executor.hpp>

#include <type_traits>

namespace dragline::inline v1::async {

template <class T>
concept executor_like = asio::execution::is_executor<std::remove_cvref_t<T>>::value;

/// An executor of a loop, or anything that has one: a session, an event_loop, an io_context, a socket.
template <class T>
concept where = executor_like<T> || requires(std::remove_reference_t<T>& t) {
    asio::any_io_executor(t.get_executor());
};

/// The executor that `where` names.
template <where Where>
asio::any_io_executor executor_of(Where&& place) {
    if constexpr (executor_like<Where>) {
        return place;
    } else {
        return place.get_executor();
    }
}

}  // namespace dragline::async

#include <asio/any_io_executor.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::async {

class dispatcher_options {
public:
    dispatcher_options() {}

    /// How long a handler may take, its wait for a thread included; `no_limit` for ever.
    dispatcher_options& deadline(duration limit) { return deadline_ = limit, *this; }
    duration deadline() const noexcept { return deadline_; }

    /// How many coroutine handlers may be under way at once.
    dispatcher_options& max_coroutines(std::size_t count) { return max_coroutines_ = count, *this; }
    std::size_t max_coroutines() const noexcept { return max_coroutines_; }

    /// How many blocking handlers may be queued or running at once, those that nobody waits for included.
    dispatcher_options& max_blocking(std::size_t count) { return max_blocking_ = count, *this; }
    std::size_t max_blocking() const noexcept { return max_blocking_; }

private:
    duration deadline_ = std::chrono::seconds(300);
    std::size_t max_coroutines_ = 10'000;
    std::size_t max_blocking_ = 1000;
};

/// What one call of dispatch() does otherwise than its dispatcher.
class dispatch_options {
public:
    dispatch_options() {}

    dispatch_options& deadline(duration limit) { return deadline_ = limit, *this; }
    std::optional<duration> deadline() const noexcept { return deadline_; }

private:
    std::optional<duration> deadline_;
};

/// Runs handlers for one loop, which is where coroutines run and where results are delivered from.
///
/// May be destroyed while handlers run, and the loop and the pool may end in either order; a caller whose
/// handler the pool drops gets errc::pool_stopped. Threads: any.
class dispatcher {
public:
    template <where Where>
    dispatcher(Where&& loop, blocking_pool& pool, const dispatcher_options& options = dispatcher_options())
        : core_(std::make_shared<detail::dispatcher_core>(executor_of(loop), pool.core(),
                                                          options.max_coroutines(), options.max_blocking())),
          deadline_(options.deadline()) {}

    /// Calls `handler(args...)` as handler_kind_v says, completes with void(std::exception_ptr, R), or
    /// void(std::exception_ptr), where R is handler_result_t. Handler and arguments are kept as copies.
    ///
    /// The last argument is the token if it can complete the dispatch of the arguments before it. R is
    /// default constructible and movable. An awaitable's executor is any_io_executor or of the type that the
    /// loop has. Errors: what the handler throws; make_timeout(phase::total); errc::queue_full past a cap of
    /// this or of
    ///   the pool; errc::pool_stopped; errc::invalid_option for a deadline of zero or less.
    /// Cancel, and deadline: a coroutine is cancelled and awaited. A blocking handler that has not started is
    ///   removed; one that runs is asked to stop by its std::stop_token, its caller completes at once, and it
    ///   keeps its place under the cap until it returns.
    template <class Handler, class... Rest>
    requires(!std::same_as<std::remove_cvref_t<Handler>, dispatch_options>) auto dispatch(Handler&& handler,
                                                                                          Rest&&... rest) {
        return detail::dispatch(core_, deadline_, std::forward<Handler>(handler),
                                std::forward<Rest>(rest)...);
    }

    /// As above, but with options of its own.
    template <class Handler, class... Rest>
    auto dispatch(const dispatch_options& options, Handler&& handler, Rest&&... rest) {
        return detail::dispatch(core_, options.deadline().value_or(deadline_), std::forward<Handler>(handler),
                                std::forward<Rest>(rest)...);
    }

    asio::any_io_executor get_executor() const noexcept { return core_->loop; }

    /// How many places under the caps are taken.
    std::size_t coroutines() const noexcept { return core_->coroutines->taken(); }
    std::size_t blocking() const noexcept { return core_->blocking->taken(); }

private:
    std::shared_ptr<detail::dispatcher_core> core_;
    duration deadline_;
};

}  // namespace dragline::async

namespace dragline::inline v1 {
using async::dispatch_options;
using async::dispatcher;
using async::dispatcher_options;
}
// ---- dragline/async/event_loop.hpp
// The unit of sharing: what belongs to one loop needs no lock. Start with `event_loop`; a whole main() is
// run().


#include <asio/io_context.hpp>

#include <atomic>
#include <cstddef>
#include <optional>

namespace dragline::inline v1::async {

/// Where a loop takes its time and its randomness from. Both must outlive the loop.
class event_loop_options {
public:
    event_loop_options() {}

    event_loop_options& time(clock& source) { return time_ = &source, *this; }
    clock& time() const noexcept { return *time_; }

    event_loop_options& random(random_source& source) { return random_ = &source, *this; }
    random_source& random() const noexcept { return *random_; }

private:
    clock* time_ = &system_clock();
    random_source* random_ = &system_random();
};

/// One io_context, run by one thread. Operations take it as their WHERE.
///
/// Threads: one runs it; get_executor(), context(), stop() and running_in_this_thread() may be called on any.
class event_loop {
public:
    using executor_type = asio::io_context::executor_type;

    /// Makes a loop of its own.
    explicit event_loop(const event_loop_options& options = event_loop_options());

    /// Adopts a context that somebody else owns, and outlives this. Only one thread may run it.
    explicit event_loop(asio::io_context& adopted, const event_loop_options& options = event_loop_options());

    event_loop(const event_loop&) = delete;
    event_loop& operator=(const event_loop&) = delete;

    executor_type get_executor() const noexcept { return context_.get_executor(); }
    asio::io_context& context() const noexcept { return context_; }

    /// Clock, random source and deadlines. Threads: the loop's own.
    loop_state& state() const { return loop_state::of(get_executor()); }

    /// Runs handlers until nothing is pending or stop() is called; returns how many it ran.
    ///
    /// An exception that leaves a handler leaves run() too, which may then be called again.
    std::size_t run();

    /// Runs the handlers that are ready, without waiting for any.
    std::size_t poll();

    /// Makes run() return as soon as it can, and every later run() at once until restart().
    void stop() noexcept;
    void restart();

    bool running_in_this_thread() const noexcept { return get_executor().running_in_this_thread(); }

    /// The first phase of the loop's end: what is pending dies without completing. The loop no longer runs.
    ///
    /// Call it for every one of several loops before any is destroyed, because the operations of one may own
    /// coroutines of another; loop_group does. An adopted context is left to its owner.
    void shutdown();

private:
    class owned_context : public asio::io_context {
    public:
        owned_context() : asio::io_context(1) {}
        using asio::io_context::shutdown;  // protected there
    };

    void prepare_to_run();

    std::optional<owned_context> owned_;
    asio::io_context& context_;
    std::atomic<bool> stop_requested_ = false;
};

}  // namespace dragline::async

namespace dragline::inline v1 {
using async::event_loop;
using async::event_loop_options;
}

// ---- dragline/async/impl/event_loop.ipp
// Included by <dragline/async/event_loop.hpp> only.

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::async {

DRAGLINE_DECL event_loop::event_loop(const event_loop_options& options)
    : owned_(std::in_place), context_(*owned_) {
    state().use(options.time(), options.random());
}

DRAGLINE_DECL event_loop::event_loop(asio::io_context& adopted, const event_loop_options& options)
    : context_(adopted) {
    // Deadlines that are armed already stay where they are unless there is a reason.
    auto& loop = state();
    if (&loop.time() != &options.time() || &loop.random() != &options.random()) {
        loop.use(options.time(), options.random());
    }
}

// io_context stays stopped after it ran out of work as after stop(); only the latter is meant to last.
DRAGLINE_DECL void event_loop::prepare_to_run() {
    if (!context_.stopped() || stop_requested_) return;
    context_.restart();
    if (stop_requested_) context_.stop();  // it came between the two
}

DRAGLINE_DECL std::size_t event_loop::run() {
    prepare_to_run();
    return context_.run();
}

DRAGLINE_DECL std::size_t event_loop::poll() {
    prepare_to_run();
    return context_.poll();
}

DRAGLINE_DECL void event_loop::stop() noexcept {
    stop_requested_ = true;
    context_.stop();
}

DRAGLINE_DECL void event_loop::restart() {
    stop_requested_ = false;
    context_.restart();
}

DRAGLINE_DECL void event_loop::shutdown() {
    if (owned_) owned_->shutdown();
}

}  // namespace dragline::async

#endif
// ---- dragline/async/for_each.hpp
// Runs a coroutine for each of many items, a limited number at once: the order of the results is that of the
// items, and an item that fails spoils no other. Start with `for_each_limited`.

// ---- dragline/async/detail/for_each_op.hpp
// The sliding window of for_each_limited(): as many workers as may run at once, each taking item after item.

// ---- dragline/async/detail/item_source.hpp
// Where the items of for_each_limited() come from, one at a time.


#include <concepts>
#include <cstddef>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::async::detail {

template <class T>
concept item_source = std::integral<T> || std::ranges::input_range<T>;

// 0 to count - 1.
class count_source {
public:
    using item_type = std::size_t;

    template <std::integral Count>
    explicit count_source(Count count) noexcept : count_(count > 0 ? static_cast<std::size_t>(count) : 0) {}

    bool has_next() const noexcept { return next_ < count_; }
    item_type take() noexcept { return next_++; }
    std::optional<std::size_t> total() const noexcept { return count_; }

private:
    std::size_t count_;
    std::size_t next_ = 0;
};

// The elements of a range. It must not be moved once it was read: so it starts to read late.
template <class Range>
class range_source {
    using reference = std::ranges::range_reference_t<Range>;
    // Items of a single-pass range are gone, and proxies may be, when the next one is read.
    static constexpr bool stays = std::ranges::forward_range<Range> && std::is_lvalue_reference_v<reference>;

public:
    using item_type = std::conditional_t<stays, reference, std::ranges::range_value_t<Range>>;

    explicit range_source(Range range) : range_(std::move(range)) {}

    bool has_next() {
        if (!at_) at_.emplace(std::ranges::begin(range_));
        return *at_ != std::ranges::end(range_);
    }
    item_type take() {
        if constexpr (stays) {
            reference item = **at_;
            ++*at_;
            return item;
        } else {
            item_type item(**at_);
            ++*at_;
            return item;
        }
    }
    std::optional<std::size_t> total() {
        if constexpr (std::ranges::sized_range<Range>) {
            return static_cast<std::size_t>(std::ranges::size(range_));
        } else {
            return std::nullopt;
        }
    }

private:
    Range range_;
    std::optional<std::ranges::iterator_t<Range>> at_;
};

template <class Items>
using source_of = std::conditional_t<std::integral<Items>, count_source, range_source<Items>>;

}  // namespace dragline::async::detail
// ---- dragline/async/item_result.hpp
// How one of many items ended.


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

#include <asio/any_io_executor.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/cancellation_state.hpp>
#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/this_coro.hpp>

#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace dragline::inline v1::async {

class for_each_options;
struct for_each_progress;

namespace detail {

template <class Source, class Function>
using item_awaitable = std::invoke_result_t<Function&, typename Source::item_type>;
template <class Source, class Function>
using item_value = value_of_t<item_awaitable<Source, Function>>;

// Shared with the workers, since a loop that ends destroys their frames and the caller's in any order.
template <class Source, class Function, class Options, class Progress>
class item_window : public std::enable_shared_from_this<item_window<Source, Function, Options, Progress>> {
public:
    using value = item_value<Source, Function>;
    using item_type = typename Source::item_type;

    item_window(asio::any_io_executor executor, Source source, std::size_t limit, Function function,
                Options options)
        : executor_(std::move(executor)),
          source_(std::move(source)),
          limit_(limit),
          function_(std::move(function)),
          options_(std::move(options)),
          all_ended_(loop_state::of(executor_), &cancelled, this) {}

    /// Starts the first workers; then await ended().
    void start() {
        running_workers_ = 1;  // this function: so that workers which are ready at once do not end it all
        try {
            while (workers_.size() < limit_) {
                auto first = take();
                if (!first) break;
                start_worker(*std::move(first));
            }
        } catch (...) {
            break_off(std::current_exception());
        }
        worker_ended();
    }

    asio::awaitable<void> ended() { return all_ended_.wait(); }

    /// The outcome, when all has ended. Throws what a callback or the range threw.
    result<std::vector<item_result<value>>> take_results() {
        if (broken_) throw callback_failure(broken_);
        result<std::vector<item_result<value>>> all(first_error_);
        *all = std::move(results_);
        return all;
    }

private:
    struct entry {
        std::size_t index;
        item_type item;  // may be a reference
    };
    struct worker {
        asio::cancellation_signal signal;
        bool running = true;
    };

    std::optional<entry> take() {
        if (stopping_ || !source_.has_next()) return std::nullopt;
        results_.emplace_back();
        return std::optional<entry>(entry{results_.size() - 1, source_.take()});
    }

    void start_worker(entry first) {
        auto& self = workers_.emplace_back();
        ++running_workers_;
        auto window = this->shared_from_this();
        // The coroutine's cancellation state stands inside the signal: so its frame holds the window, too.
        auto body = [window, first = std::move(first)]() mutable { return work(window, std::move(first)); };
        auto ended = [window, &self](std::exception_ptr thrown) {
            self.running = false;
            if (thrown) window->break_off(std::move(thrown));
            window->worker_ended();
        };
        asio::co_spawn(executor_, std::move(body),
                       asio::bind_cancellation_slot(self.signal.slot(), std::move(ended)));
    }

    static asio::awaitable<void> work(std::shared_ptr<item_window> window, entry first) {
        co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
        std::optional<entry> current(std::move(first));
        while (current) {
            auto one = run_item(*window, *current);
            auto ended = co_await std::move(one);
            window->finish_item(current->index, std::move(ended));
            auto next = window->take();
            current.reset();
            if (next) current.emplace(*std::move(next));
        }
    }

    static asio::awaitable<item_result<value>> run_item(item_window& window, entry& current) {
        std::exception_ptr thrown;
        try {
            auto running = std::invoke(window.function_, std::forward<item_type>(current.item));
            using outcome = typename decltype(running)::value_type;
            if constexpr (std::is_void_v<outcome>) {
                co_await std::move(running);
                co_return item_result<value>();
            } else {
                co_return item_result<value>(co_await std::move(running));
            }
        } catch (...) {
            thrown = std::current_exception();
        }
        co_return item_result<value>(code_of(thrown), thrown);
    }

    void finish_item(std::size_t index, item_result<value> ended) {
        ++finished_;
        const auto ec = ended.error();
        results_[index] = std::move(ended);
        if (ec) {
            ++failed_;
            if (options_.fail_fast() && !first_error_ && !stopping_) {
                first_error_ = ec;
                stop(asio::cancellation_type::terminal);
            }
        }
        if (!options_.on_progress()) return;
        try {
            options_.on_progress()(
                Progress{finished_, failed_, results_.size() - finished_, source_.total()});
        } catch (...) {
            break_off(std::current_exception());
        }
    }

    void worker_ended() {
        if (--running_workers_ == 0) all_ended_.finish();
    }

    void stop(asio::cancellation_type type) {
        stopping_ = true;
        for (auto& each : workers_) {
            if (each.running) each.signal.emit(type);
        }
    }

    void break_off(std::exception_ptr thrown) {
        if (!broken_) broken_ = std::move(thrown);
        stop(asio::cancellation_type::terminal);
    }

    static void cancelled(void* self, asio::cancellation_type type) {
        auto& window = *static_cast<item_window*>(self);
        if (!window.first_error_) window.first_error_ = asio::error::operation_aborted;
        window.stop(type);
    }

    asio::any_io_executor executor_;
    Source source_;
    std::size_t limit_;
    Function function_;
    Options options_;
    join_wait all_ended_;
    std::deque<worker> workers_;
    std::size_t running_workers_ = 0;
    std::vector<item_result<value>> results_;
    std::size_t finished_ = 0;
    std::size_t failed_ = 0;
    bool stopping_ = false;
    std::error_code first_error_;
    std::exception_ptr broken_;
};

}  // namespace detail
}  // namespace dragline::async

#include <cstddef>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace dragline::inline v1::async {

/// How far a for_each_limited() has come.
struct for_each_progress {
    std::size_t finished = 0;
    std::size_t failed = 0;            ///< Among the finished.
    std::size_t running = 0;           ///< Started and not finished.
    std::optional<std::size_t> total;  ///< If the range knows its size.
};

class for_each_options {
public:
    for_each_options() {}

    /// Whether the first item that fails cancels those that run, starts no more and fails the whole.
    for_each_options& fail_fast(bool value) { return fail_fast_ = value, *this; }
    bool fail_fast() const noexcept { return fail_fast_; }

    /// Called on the loop whenever an item has finished. What it throws cancels and fails the whole.
    for_each_options& on_progress(std::function<void(const for_each_progress&)> callback) {
        return on_progress_ = std::move(callback), *this;
    }
    const std::function<void(const for_each_progress&)>& on_progress() const noexcept { return on_progress_; }

private:
    bool fail_fast_ = false;
    std::function<void(const for_each_progress&)> on_progress_;
};

/// Runs `function(item)`, a coroutine, for each item, with at most `limit` under way at once.
///
/// for_each_limited([WHERE,] items, limit, function, [for_each_options,] [TOKEN]) completes with
/// void(std::error_code, std::vector<item_result<T>>): one result for each item that was started, in order. T
/// is what `function` returns, of a result<T> the T. `items` is a range, kept as a copy and read as it is
/// needed, or a count: then the items are 0, 1, ... `function` gets each element of a forward range where it
/// stands, others by value. Without WHERE it runs on the calling coroutine's loop, and TOKEN is use_awaitable
/// or as_tuple. Errors: errc::invalid_option for a limit of 0; the first failure, with fail_fast; what a
/// progress callback or
///   the range throws. Failures of single items stand in their results only.
/// Cancel: any type; what runs is cancelled and awaited, then operation_aborted with the results so far.
template <where Where, detail::item_source Items, class Function, class... Rest>
auto for_each_limited(Where&& place, Items items, std::size_t limit, Function function, Rest&&... rest);
template <detail::item_source Items, class Function, class... Rest>
auto for_each_limited(Items items, std::size_t limit, Function function, Rest&&... rest);

}  // namespace dragline::async

namespace dragline::inline v1 {
using async::for_each_limited;
using async::for_each_options;
using async::for_each_progress;
using async::item_result;
}

// ---- dragline/async/impl/for_each.hpp
// Included by <dragline/async/for_each.hpp> only.


#include <concepts>
#include <memory>
#include <type_traits>

namespace dragline::inline v1::async {
namespace detail {

template <class Source, class Function>
using item_results = std::vector<item_result<item_value<Source, Function>>>;

template <class Source, class Function>
asio::awaitable<result<item_results<Source, Function>>> run_for_each(asio::any_io_executor executor,
                                                                     Source source, std::size_t limit,
                                                                     Function function,
                                                                     for_each_options options) {
    if (limit == 0) co_return errc::invalid_option;
    using window_type = item_window<Source, Function, for_each_options, for_each_progress>;
    auto window = std::make_shared<window_type>(std::move(executor), std::move(source), limit,
                                                std::move(function), std::move(options));
    window->start();
    auto ended = window->ended();
    co_await std::move(ended);
    co_return window->take_results();
}

template <class T>
inline constexpr bool is_loop_awaitable = false;
template <class T>
inline constexpr bool is_loop_awaitable<asio::awaitable<T>> = true;

template <class Source, class Function>
consteval bool check_item_function() {
    constexpr bool can_be_called = std::invocable<Function&, typename Source::item_type>;
    static_assert(can_be_called, "dragline: the function cannot be called with an item of this range");
    if constexpr (can_be_called) {
        constexpr bool can_be_awaited = is_loop_awaitable<item_awaitable<Source, Function>>;
        static_assert(
            can_be_awaited,
            "dragline: the function of for_each_limited must return an asio::awaitable of any_io_executor");
        return can_be_awaited;
    }
    return false;
}

inline for_each_options options_among() { return for_each_options(); }
template <class... Token>
for_each_options options_among(const for_each_options& options, Token&&...) {
    return options;
}
template <class Token>
requires(!std::same_as<std::remove_cvref_t<Token>, for_each_options>) for_each_options
    options_among(Token&&) {
    return for_each_options();
}

inline default_token token_among() { return {}; }
inline default_token token_among(const for_each_options&) { return {}; }
template <class Token>
Token&& token_among(const for_each_options&, Token&& token) {
    return std::forward<Token>(token);
}
template <class Token>
requires(!std::same_as<std::remove_cvref_t<Token>, for_each_options>) Token && token_among(Token&& token) {
    return std::forward<Token>(token);
}

}  // namespace detail

template <where Where, detail::item_source Items, class Function, class... Rest>
auto for_each_limited(Where&& place, Items items, std::size_t limit, Function function, Rest&&... rest) {
    using source = detail::source_of<Items>;
    if constexpr (detail::check_item_function<source, Function>()) {
        auto executor = executor_of(place);
        auto options = detail::options_among(rest...);
        return initiate<detail::item_results<source, Function>>(
            executor, &detail::run_for_each<source, Function>,
            detail::token_among(std::forward<Rest>(rest)...), executor, source(std::move(items)), limit,
            std::move(function), std::move(options));
    }
}

template <detail::item_source Items, class Function, class... Rest>
auto for_each_limited(Items items, std::size_t limit, Function function, Rest&&... rest) {
    using source = detail::source_of<Items>;
    using token_type = std::decay_t<decltype(detail::token_among(std::forward<Rest>(rest)...))>;
    constexpr bool with_tuple = std::same_as<token_type, as_tuple_t<default_token>>;
    static_assert(with_tuple || std::same_as<token_type, default_token>,
                  "dragline: without a loop as its first argument this can only be awaited; pass one");
    if constexpr (detail::check_item_function<source, Function>()) {
        using results = detail::item_results<source, Function>;
        auto body = &detail::run_for_each<source, Function>;
        auto options = detail::options_among(rest...);
        if constexpr (with_tuple) {
            return await_here_as_tuple<results>(body, source(std::move(items)), limit, std::move(function),
                                                std::move(options));
        } else {
            return await_here<results>(body, source(std::move(items)), limit, std::move(function),
                                       std::move(options));
        }
    }
}

}  // namespace dragline::async
// ---- dragline/async/interrupter.hpp
// Ends an operation from outside, on its own loop, wherever it waits at that moment: how a session that is
// closed takes its calls in flight along. A cancellation slot cannot do that, since it belongs to the caller.


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
// ---- dragline/async/loop_group.hpp
// Several loops, each run by a thread of its own: how a program uses more than one core.


#include <asio/executor_work_guard.hpp>

#include <atomic>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace dragline::inline v1::async {

/// A fixed number of loops, all running until stop().
///
/// The destructor stops and joins all, lets everything pending die, and only then destroys the first loop: so
/// loops may hold operations of each other. Threads: any, but join and destroy it from none of its own.
class loop_group {
public:
    /// As many loops as the machine has cores. Throws std::system_error of errc::invalid_option for none.
    explicit loop_group(std::size_t loops = default_size());
    ~loop_group();
    loop_group(const loop_group&) = delete;
    loop_group& operator=(const loop_group&) = delete;

    static std::size_t default_size() noexcept;
    std::size_t size() const noexcept { return members_.size(); }
    event_loop& at(std::size_t index) const { return members_.at(index)->loop; }

    /// Each loop in turn.
    event_loop& next() noexcept;

    /// Makes all loops return as soon as they can, and for good. Does not wait.
    void stop() noexcept;

    /// Waits until stop() was called, by anybody, and all loops have returned. Then throws the first
    /// exception that left a handler; its loop went on all the same. The others are in take_exceptions().
    ///
    /// Errors: std::system_error of errc::wrong_thread on a thread of the group.
    void join();

    /// What has left handlers and was not handed out yet: the first `max_exceptions`, in order.
    std::vector<std::exception_ptr> take_exceptions();
    static constexpr std::size_t max_exceptions = 64;

private:
    struct member {
        event_loop loop;
        asio::executor_work_guard<event_loop::executor_type> work{loop.get_executor()};
        std::thread thread;
    };

    void run(event_loop& loop) noexcept;
    void join_threads();

    std::mutex mutex_;  // for exceptions_
    std::vector<std::exception_ptr> exceptions_;
    std::vector<std::unique_ptr<member>> members_;
    std::atomic<std::size_t> next_ = 0;
};

}  // namespace dragline::async

namespace dragline::inline v1 {
using async::loop_group;
}

// ---- dragline/async/impl/loop_group.ipp
// Included by <dragline/async/loop_group.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <system_error>
#include <utility>

namespace dragline::inline v1::async {

DRAGLINE_DECL std::size_t loop_group::default_size() noexcept {
    return std::max(1u, std::thread::hardware_concurrency());
}

DRAGLINE_DECL loop_group::loop_group(std::size_t loops) {
    if (loops == 0) throw std::system_error(make_error_code(errc::invalid_option));
    exceptions_.reserve(max_exceptions);  // so that keeping one cannot fail
    while (members_.size() < loops) members_.push_back(std::make_unique<member>());
    try {
        for (auto& each : members_) {
            each->thread = std::thread([this, &loop = each->loop] { run(loop); });
        }
    } catch (...) {  // the system has no more threads: no destructor will run
        stop();
        join_threads();
        throw;
    }
}

DRAGLINE_DECL loop_group::~loop_group() {
    stop();
    join_threads();
    for (auto& each : members_) each->loop.shutdown();
}

DRAGLINE_DECL event_loop& loop_group::next() noexcept {
    return members_[next_.fetch_add(1, std::memory_order_relaxed) % members_.size()]->loop;
}

DRAGLINE_DECL void loop_group::run(event_loop& loop) noexcept {
    for (;;) {
        try {
            loop.run();
            return;
        } catch (...) {
            std::lock_guard lock(mutex_);
            if (exceptions_.size() < max_exceptions) exceptions_.push_back(std::current_exception());
        }
    }
}

DRAGLINE_DECL void loop_group::stop() noexcept {
    for (auto& each : members_) each->loop.stop();
}

DRAGLINE_DECL void loop_group::join_threads() {
    for (auto& each : members_) {
        if (each->thread.joinable()) each->thread.join();
    }
}

DRAGLINE_DECL void loop_group::join() {
    for (const auto& each : members_) {
        if (each->loop.running_in_this_thread()) throw std::system_error(make_error_code(errc::wrong_thread));
    }
    join_threads();
    std::exception_ptr first;
    {
        std::lock_guard lock(mutex_);
        if (exceptions_.empty()) return;
        first = exceptions_.front();
        exceptions_.erase(exceptions_.begin());
    }
    std::rethrow_exception(first);
}

DRAGLINE_DECL std::vector<std::exception_ptr> loop_group::take_exceptions() {
    std::lock_guard lock(mutex_);
    auto taken = exceptions_;
    exceptions_.clear();
    return taken;
}

}  // namespace dragline::async

#endif
// ---- dragline/async/run.hpp
// A main() in one line: `int main() { return dragline::run(program()); }`.


#include <asio/awaitable.hpp>

namespace dragline::inline v1::async {

/// Runs `main` on `loop`, on this thread, until it has ended; returns what it returns or throws what it
/// throws.
///
/// Other work of the loop runs meanwhile; what is left of it stays pending. An exception of another handler
/// leaves this function too, and `main` then dies with the loop.
/// Errors: std::system_error of operation_aborted when somebody stops the loop first.
template <class T>
T run(event_loop& loop, asio::awaitable<T> main);

/// As above, on a loop of its own. What `main` has left running when it ends dies with that loop; so it must
/// not leave anything that waits for another loop.
template <class T>
T run(asio::awaitable<T> main);

}  // namespace dragline::async

namespace dragline::inline v1 {
using async::run;
}

// ---- dragline/async/impl/run.hpp
// Included by <dragline/async/run.hpp> only.


#include <asio/co_spawn.hpp>
#include <asio/error.hpp>

#include <memory>
#include <system_error>
#include <utility>

namespace dragline::inline v1::async {

template <class T>
T run(event_loop& loop, asio::awaitable<T> main) {
    // Shared, since it outlives this function when the loop is stopped first.
    struct program {
        detail::kept_result<T> kept;
        bool waited_for = true;
    };
    auto running = std::make_shared<program>();
    // Not a coroutine itself: what it refers to is held by the completion, in the same frame.
    auto body = [&kept = running->kept, main = std::move(main)]() mutable {
        return detail::keep_result<T>(std::move(main), kept);
    };
    asio::co_spawn(loop.get_executor(), std::move(body), [running, &loop](std::exception_ptr thrown) {
        running->kept.error = std::move(thrown);
        if (running->waited_for) loop.context().stop();
    });
    struct leave {
        program& left;
        ~leave() { left.waited_for = false; }
    } leaving{*running};
    loop.run();
    if (!running->kept.has_ended()) throw std::system_error(asio::error::operation_aborted);
    return running->kept.take();
}

template <class T>
T run(asio::awaitable<T> main) {
    event_loop loop;
    return run(loop, std::move(main));
}

}  // namespace dragline::async
// ---- dragline/async/semaphore.hpp
// Limits how many coroutines of one loop do something at once; those that wait are served in order.


#include <asio/awaitable.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace dragline::inline v1::async {
namespace detail {

// Shared with the permits and the waiters, so that the semaphore may go first.
struct semaphore_state {
    loop_state& loop;
    std::size_t free;
    std::size_t max_waiting;
    std::size_t waiting = 0;
    list_link waiters;

    semaphore_state(loop_state& owner, std::size_t permits, std::size_t waiting_limit) noexcept
        : loop(owner), free(permits), max_waiting(waiting_limit) {
        waiters.make_head();
    }
    void give_back();
};

}  // namespace detail

/// A number of permits, handed out first come, first served. Threads: the loop's own.
class semaphore {
public:
    /// The right to go on; given back when destroyed. Empty when default constructed or moved from.
    class permit {
    public:
        permit() {}
        explicit permit(std::shared_ptr<detail::semaphore_state> from) noexcept : from_(std::move(from)) {}
        permit(permit&&) noexcept = default;
        permit& operator=(permit&& other) noexcept {
            release();
            from_ = std::move(other.from_);
            return *this;
        }
        ~permit() { release(); }

        explicit operator bool() const noexcept { return from_ != nullptr; }
        void release() noexcept {
            if (auto from = std::exchange(from_, nullptr)) from->give_back();
        }

    private:
        std::shared_ptr<detail::semaphore_state> from_;
    };

    template <where Where>
    semaphore(Where&& loop, std::size_t permits, std::size_t max_waiting = 10'000)
        : state_(std::make_shared<detail::semaphore_state>(loop_state::of(executor_of(loop)), permits,
                                                           max_waiting)) {}

    /// Waits for a permit, at most until `until`.
    ///
    /// Errors: make_timeout(`where`); errc::queue_full when `max_waiting` others wait already.
    /// Cancel: any type; operation_aborted, and a permit that came first is kept.
    asio::awaitable<result<permit>> acquire(time_point until = no_deadline, phase where = phase::queue);

    /// A permit, if one is free.
    std::optional<permit> try_acquire() noexcept;

    std::size_t available() const noexcept { return state_->free; }
    std::size_t waiting() const noexcept { return state_->waiting; }

private:
    std::shared_ptr<detail::semaphore_state> state_;
};

}  // namespace dragline::async

// ---- dragline/async/impl/semaphore.ipp
// Included by <dragline/async/semaphore.hpp> only.


#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::async {
namespace detail {

// One coroutine in acquire(); stands in its frame.
struct semaphore_waiter : list_link {
    std::shared_ptr<semaphore_state> state;
    event served;

    explicit semaphore_waiter(std::shared_ptr<semaphore_state> from)
        : state(std::move(from)), served(state->loop) {
        state->waiters.push_back(*this);
        ++state->waiting;
    }
    ~semaphore_waiter() {
        if (linked()) leave();
    }
    void leave() noexcept {
        unlink();
        --state->waiting;
    }
};

// A permit never becomes free while somebody waits: so nobody who comes later can take it first.
DRAGLINE_DECL void semaphore_state::give_back() {
    if (waiters.empty()) {
        ++free;
        return;
    }
    auto& first = static_cast<semaphore_waiter&>(*waiters.next);
    first.leave();
    first.served.notify();
}

DRAGLINE_DECL asio::awaitable<result<semaphore::permit>> acquire_permit(
    std::shared_ptr<semaphore_state> state, time_point until, phase where) {
    if (state->free > 0) {
        --state->free;
        co_return semaphore::permit(std::move(state));
    }
    if (state->waiting >= state->max_waiting) co_return errc::queue_full;
    semaphore_waiter waiter(state);
    // Whoever left the list without taking its permit passes it on, also when its coroutine is destroyed.
    struct pass_on {
        semaphore_waiter& waiter;
        bool taken = false;
        ~pass_on() {
            if (!taken && !waiter.linked()) waiter.state->give_back();
        }
    } unless_taken{waiter};
    auto waiting = waiter.served.wait(until, where);
    const auto waited = co_await std::move(waiting);
    if (!waited) co_return waited.error();
    unless_taken.taken = true;
    co_return semaphore::permit(std::move(state));
}

}  // namespace detail

DRAGLINE_DECL asio::awaitable<result<semaphore::permit>> semaphore::acquire(time_point until, phase where) {
    return detail::acquire_permit(state_, until, where);  // which owns the state: this object may go
}

DRAGLINE_DECL std::optional<semaphore::permit> semaphore::try_acquire() noexcept {
    if (state_->free == 0) return std::nullopt;
    --state_->free;
    return permit(state_);
}

}  // namespace dragline::async

#endif
// ---- dragline/async/sync_wait.hpp
// For a thread that is no loop's: does a piece of work on a loop and waits for it.


#include <asio/awaitable.hpp>

namespace dragline::inline v1::async {

/// Runs `operation` on `loop`, which another thread runs, and blocks this one until it has ended.
///
/// Returns what it returns or throws what it throws. Past `timeout` the operation is cancelled, awaited, and
/// std::system_error of make_timeout(phase::total) thrown, so that nothing of it runs any more: an operation
/// that ignores its cancellation holds this up. `no_limit` waits for ever. Errors, as std::system_error:
/// errc::wrong_thread on the loop's own thread; errc::invalid_option for a timeout
///   of zero or less; operation_aborted when the loop ends first.
template <class T>
T sync_wait(event_loop& loop, asio::awaitable<T> operation, duration timeout);

}  // namespace dragline::async

namespace dragline::inline v1 {
using async::sync_wait;
}

// ---- dragline/async/impl/sync_wait.hpp
// Included by <dragline/async/sync_wait.hpp> only.

// ---- dragline/async/detail/thread_wait.hpp
// Blocks a thread until something on a loop is over.


#include <condition_variable>
#include <mutex>
#include <utility>

namespace dragline::inline v1::async::detail {

class thread_wait {
public:
    // Ends the wait when it is destroyed.
    class over {
    public:
        explicit over(thread_wait& waiting) noexcept : waiting_(&waiting) {}
        over(over&& other) noexcept : waiting_(std::exchange(other.waiting_, nullptr)) {}
        over& operator=(over&&) = delete;
        ~over() {
            if (waiting_) waiting_->end();
        }

    private:
        thread_wait* waiting_;
    };

    /// false when `limit`, in real time, was over first.
    bool wait_for(duration limit);

private:
    void end() noexcept;

    std::mutex mutex_;
    std::condition_variable ended_;
    bool has_ended_ = false;
};

/// Throws unless sync_wait() may be called here and so.
DRAGLINE_DECL void check_sync_wait(const event_loop& loop, duration timeout);

}  // namespace dragline::async::detail

// ---- dragline/async/detail/impl/thread_wait.ipp
// Included by <dragline/async/detail/thread_wait.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <system_error>

namespace dragline::inline v1::async::detail {

DRAGLINE_DECL bool thread_wait::wait_for(duration limit) {
    const auto until = deadline_after(std::chrono::steady_clock::now(), limit);
    std::unique_lock lock(mutex_);
    if (until == no_deadline) {
        ended_.wait(lock, [this] { return has_ended_; });
        return true;
    }
    return ended_.wait_until(lock, until, [this] { return has_ended_; });
}

DRAGLINE_DECL void thread_wait::end() noexcept {
    std::lock_guard lock(mutex_);  // held while notifying: the waiting thread may destroy this next
    has_ended_ = true;
    ended_.notify_all();
}

DRAGLINE_DECL void check_sync_wait(const event_loop& loop, duration timeout) {
    if (loop.running_in_this_thread()) throw std::system_error(make_error_code(errc::wrong_thread));
    if (!valid_timeout(timeout)) throw std::system_error(make_error_code(errc::invalid_option));
}

}  // namespace dragline::async::detail

#endif

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/cancellation_state.hpp>
#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/this_coro.hpp>

#include <memory>
#include <system_error>
#include <utility>

namespace dragline::inline v1::async {
namespace detail {

template <class T>
struct waited_operation {
    kept_result<T> kept;
    asio::cancellation_signal signal;  // used on the loop, once the operation was started
    bool cancelled = false;            // likewise
    thread_wait ended;
};

// Lives on the loop. Its last act, when all of the operation is gone, ends the wait: also when the loop dies
// first.
template <class T>
struct waited_call {
    std::shared_ptr<waited_operation<T>> waited;
    thread_wait::over over;
    asio::awaitable<T> operation;

    waited_call(std::shared_ptr<waited_operation<T>> shared, asio::awaitable<T> started)
        : waited(std::move(shared)), over(waited->ended), operation(std::move(started)) {}
    waited_call(waited_call&&) = default;
};

template <class T>
asio::awaitable<void> run_waited(waited_call<T> call) {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    auto& [waited, over, operation] = call;
    if (waited->cancelled) waited->signal.emit(asio::cancellation_type::terminal);
    try {
        auto keeping = keep_result<T>(std::move(operation), waited->kept);
        co_await std::move(keeping);
    } catch (...) {
        waited->kept.error = std::current_exception();
    }
}

}  // namespace detail

template <class T>
T sync_wait(event_loop& loop, asio::awaitable<T> operation, duration timeout) {
    detail::check_sync_wait(loop, timeout);
    const auto gate = loop_state::of(loop.get_executor()).gate();
    auto waited = std::make_shared<detail::waited_operation<T>>();
    auto body = [call = detail::waited_call<T>(waited, std::move(operation))]() mutable {
        return detail::run_waited<T>(std::move(call));
    };
    auto ended = [waited](std::exception_ptr) {};  // the coroutine's cancellation state stands in the signal
    asio::co_spawn(loop.get_executor(), std::move(body),
                   asio::bind_cancellation_slot(waited->signal.slot(), std::move(ended)));
    const bool in_time = waited->ended.wait_for(timeout);
    if (!in_time) {
        gate->post([waited] {
            waited->cancelled = true;
            waited->signal.emit(asio::cancellation_type::terminal);
        });
        waited->ended.wait_for(no_limit);
    }
    if (!in_time) throw std::system_error(make_timeout(phase::total));
    if (!waited->kept.has_ended()) throw std::system_error(asio::error::operation_aborted);
    return waited->kept.take();
}

}  // namespace dragline::async
// ---- dragline/async/token_bucket.hpp
// How often something may be done, on average and at once. No clock of its own: the time is a parameter.


#include <algorithm>
#include <chrono>

namespace dragline::inline v1::async {

/// Tokens that come at a steady rate, and of which a few are kept for later.
class token_bucket {
public:
    /// `per_second` above 0; at most `burst` tokens, 1 or more, are kept. Full at first.
    token_bucket(double per_second, double burst) noexcept
        : per_second_(per_second), burst_(std::max(burst, 1.0)), tokens_(burst_) {}

    double per_second() const noexcept { return per_second_; }

    /// Takes a token, if there is one.
    bool take(time_point now) noexcept {
        fill(now);
        if (tokens_ < 1) return false;
        tokens_ -= 1;
        return true;
    }

    /// When take() will find a token, if nobody takes one before.
    time_point next(time_point now) noexcept {
        fill(now);
        if (tokens_ >= 1) return now;
        const std::chrono::duration<double> missing((1 - tokens_) / per_second_);
        const auto wait = std::min(missing, std::chrono::duration<double>(std::chrono::hours(24 * 365)));
        return now + std::chrono::duration_cast<duration>(wait) + duration(1);
    }

private:
    void fill(time_point now) noexcept {
        if (now <= filled_) return;
        // The first look only sets the clock: the bucket is full then.
        if (filled_ != time_point{}) {
            const std::chrono::duration<double> passed = now - filled_;
            tokens_ = std::min(burst_, tokens_ + passed.count() * per_second_);
        }
        filled_ = now;
    }

    double per_second_;
    double burst_;
    double tokens_;
    time_point filled_{};
};

}  // namespace dragline::async
// ---- dragline/codec.hpp
// Content codings (RFC 9110, 8.4): gzip and deflate, decoded as they arrive, guarded against bombs.
// Start with content_decoder; decoder and make_decoder() are one coding alone.

// ---- dragline/codec/codings.hpp
// Codings by their names in Accept-Encoding and Content-Encoding.

// ---- dragline/codec/decoder.hpp
// The interface of one content coding.


#include <cstddef>
#include <span>
#include <string_view>
#include <system_error>

namespace dragline::inline v1::codec {

/// Decodes one coding, piece by piece, into buffers of the caller. Made by make_decoder().
class decoder {
public:
    /// What one call did.
    struct step {
        std::size_t consumed = 0;  ///< Bytes of the input that are done with.
        std::size_t produced = 0;  ///< Bytes written to the front of the output.
        bool finished =
            false;  ///< What was consumed so far is a complete stream; more may follow all the same.
    };

    virtual ~decoder() = default;

    /// Decodes some of `input`, which need not be consumed whole, into `out`, which must not be empty.
    ///
    /// Call again with the rest until the input is consumed and a call produces nothing. An error is final,
    /// repeats, and comes only when all that was decoded before it has been handed out.
    virtual result<step> decode(std::string_view input, std::span<char> out) = 0;

    /// The input has ended: errc::truncated unless the stream is complete.
    virtual std::error_code finish() = 0;
};

}  // namespace dragline::codec
// ---- dragline/codec/gzip.hpp
// The codings that zlib decodes. The only files that know zlib are this one and its .ipp.

// ---- dragline/codec/error.hpp
// What can be wrong with coded content.


#include <system_error>
#include <type_traits>

namespace dragline::inline v1::codec {

/// Limits equal condition::limit_exceeded, all others condition::protocol_error; the phase is read.
enum class errc {
    unknown_coding = 1,  ///< A coding that this build does not have, or no coding at all.
    too_many_codings,    ///< decoding_limits::max_codings.
    corrupt,             ///< Not what the coding allows: bad header, bad block, wrong checksum or length.
    truncated,           ///< The input ended inside the coded stream.
    trailing_garbage,    ///< Bytes other than zeros after the end of the coded stream.
    ratio_exceeded,      ///< decoding_limits::max_ratio: a decompression bomb.
    too_many_members,    ///< decoding_limits::max_gzip_members.
};

/// Category "dragline.codec".
DRAGLINE_DECL const std::error_category& error_category() noexcept;

inline std::error_code make_error_code(errc code) noexcept {
    return {static_cast<int>(code), error_category()};
}

}  // namespace dragline::codec

template <>
struct std::is_error_code_enum<dragline::codec::errc> : std::true_type {};

// ---- dragline/codec/impl/error.ipp
// Included by <dragline/codec/error.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <string>

namespace dragline::inline v1::codec {

DRAGLINE_DECL const std::error_category& error_category() noexcept {
    struct codec_category final : category {
        const char* name() const noexcept override { return "dragline.codec"; }

        std::string message(int code) const override {
            switch (static_cast<errc>(code)) {
                case errc::unknown_coding: return "unknown content coding";
                case errc::too_many_codings: return "too many content codings";
                case errc::corrupt: return "compressed data is corrupt";
                case errc::truncated: return "compressed data is truncated";
                case errc::trailing_garbage: return "garbage after the end of compressed data";
                case errc::ratio_exceeded: return "compressed data expands too much";
                case errc::too_many_members: return "too many gzip members";
            }
            return "unknown content coding error";
        }

        std::error_condition default_error_condition(int code) const noexcept override {
            switch (static_cast<errc>(code)) {
                case errc::too_many_codings:
                case errc::ratio_exceeded:
                case errc::too_many_members: return condition::limit_exceeded;
                case errc::unknown_coding:
                case errc::corrupt:
                case errc::truncated:
                case errc::trailing_garbage: return condition::protocol_error;
            }
            return {code, *this};
        }

        phase phase_of(int) const noexcept override { return phase::read; }
    };
    static const codec_category instance;
    return instance;
}

}  // namespace dragline::codec

#endif
// ---- dragline/codec/limits.hpp
// How far coded content may expand.

#include <cstddef>
#include <cstdint>

namespace dragline::inline v1::codec {

/// Guards against content that costs its reader far more than its sender. The decoded size as such is the
/// caller's to bound: the sink of content_decoder::write() can stop.
class decoding_limits {
public:
    decoding_limits() {}

    /// Decoded bytes per coded byte. No more than `ratio_floor` is decoded beyond it; 0 allows the floor
    /// alone.
    decoding_limits& max_ratio(std::uint64_t value) { return max_ratio_ = value, *this; }
    std::uint64_t max_ratio() const noexcept { return max_ratio_; }

    /// Decoded bytes that are always allowed, whatever the ratio.
    decoding_limits& ratio_floor(std::uint64_t value) { return ratio_floor_ = value, *this; }
    std::uint64_t ratio_floor() const noexcept { return ratio_floor_; }

    /// Codings stacked in one Content-Encoding; `identity` does not count.
    decoding_limits& max_codings(std::size_t value) { return max_codings_ = value, *this; }
    std::size_t max_codings() const noexcept { return max_codings_; }

    /// Members of one gzip stream.
    decoding_limits& max_gzip_members(std::size_t value) { return max_gzip_members_ = value, *this; }
    std::size_t max_gzip_members() const noexcept { return max_gzip_members_; }

    /// Whether so many decoded bytes may come from so many coded ones.
    bool allows(std::uint64_t coded, std::uint64_t decoded) const noexcept {
        if (decoded <= ratio_floor_) return true;
        return max_ratio_ != 0 &&
               (decoded - 1) / max_ratio_ < coded;  // decoded <= max_ratio * coded, no overflow
    }

private:
    std::uint64_t max_ratio_ = 1000;
    std::uint64_t ratio_floor_ = 1024 * 1024;
    std::size_t max_codings_ = 5;
    std::size_t max_gzip_members_ = 1024;
};

}  // namespace dragline::codec

#include <memory>

namespace dragline::inline v1::codec {

/// gzip (RFC 1952): any number of members up to the limit, checksums and lengths verified, the header's own
/// included.
///
/// Zeros after the last member are padding, as gzip itself treats them; anything else is
/// errc::trailing_garbage. Null when this build has no zlib.
DRAGLINE_DECL std::unique_ptr<decoder> make_gzip_decoder(decoding_limits limits = {});

/// deflate: zlib streams (RFC 1950), as the standard says, or raw ones (RFC 1951), as some servers send; the
/// first two bytes tell. Zeros may follow the end here too. Null when this build has no zlib.
DRAGLINE_DECL std::unique_ptr<decoder> make_deflate_decoder(decoding_limits limits = {});

}  // namespace dragline::codec

// ---- dragline/codec/impl/gzip.ipp
// Included by <dragline/codec/gzip.hpp> only.

#if DRAGLINE_HEADER_BODIES

#if DRAGLINE_WITH_ZLIB

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <new>
#include <span>
#include <string_view>
#include <system_error>

namespace dragline::inline v1::codec::detail {

// Owns a z_stream, which must not move: zlib keeps a pointer to it.
class inflate_stream {
public:
    enum class wrapping : int { raw = -MAX_WBITS, zlib = MAX_WBITS, gzip = MAX_WBITS + 16 };

    explicit inflate_stream(wrapping kind) {
        if (inflateInit2(&stream_, static_cast<int>(kind)) != Z_OK) throw std::bad_alloc();
    }
    inflate_stream(const inflate_stream&) = delete;
    inflate_stream& operator=(const inflate_stream&) = delete;
    ~inflate_stream() { inflateEnd(&stream_); }

    void restart(wrapping kind) { inflateReset2(&stream_, static_cast<int>(kind)); }

    /// step::finished is the end of this stream. What was produced before an error counts.
    std::error_code inflate(std::string_view input, std::span<char> out, decoder::step& done) {
        // zlib reads through a pointer to non-const unless ZLIB_CONST is defined.
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
        stream_.avail_in = clamp(input.size());
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        stream_.avail_out = clamp(out.size());
        const uInt in = stream_.avail_in, room = stream_.avail_out;
        const int status = ::inflate(&stream_, Z_NO_FLUSH);
        done = {in - stream_.avail_in, room - stream_.avail_out, status == Z_STREAM_END};
        if (status == Z_MEM_ERROR) return std::make_error_code(std::errc::not_enough_memory);
        const bool well = status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR;
        return well ? std::error_code() : errc::corrupt;
    }

private:
    static uInt clamp(std::size_t size) {
        return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
    }

    z_stream stream_{};
};

class inflate_decoder : public decoder {
public:
    inflate_decoder(decoding_limits limits, inflate_stream::wrapping kind)
        : limits_(limits), kind_(kind), stream_(kind) {}

    result<step> decode(std::string_view input, std::span<char> out) override {
        step done;
        while (!error_ && done.produced < out.size()) {
            step one;
            error_ = advance(input.substr(done.consumed), out.subspan(done.produced), one);
            done.consumed += one.consumed;
            done.produced += one.produced;
            coded_ += one.consumed;
            decoded_ += one.produced;
            if (!limits_.allows(coded_, decoded_)) return error_ = errc::ratio_exceeded;
            if (one.consumed == 0 && one.produced == 0) break;
        }
        if (error_ && done.produced == 0) return error_;  // else the next call returns it
        done.finished = ended_ && !error_;
        return done;
    }

    std::error_code finish() override {
        if (!error_ && !ended_) error_ = errc::truncated;
        return error_;
    }

protected:
    /// Inflates, or reads what stands between and after streams.
    virtual std::error_code advance(std::string_view input, std::span<char> out, step& done) {
        return ended_ ? skip_padding(input, done) : inflate(input, out, done);
    }

    std::error_code inflate(std::string_view input, std::span<char> out, step& done) {
        const auto ec = stream_.inflate(input, out, done);
        ended_ = done.finished;
        return ec;
    }

    std::error_code skip_padding(std::string_view input, step& done) {
        done.consumed = std::min(input.find_first_not_of('\0'), input.size());
        if (done.consumed == 0 && !input.empty()) return errc::trailing_garbage;
        padded_ = padded_ || done.consumed != 0;
        return {};
    }

    void restart() { restart(kind_); }
    void restart(inflate_stream::wrapping kind) {
        stream_.restart(kind);
        ended_ = false;
    }

    bool ended() const noexcept { return ended_; }
    bool padded() const noexcept { return padded_; }
    const decoding_limits& limits() const noexcept { return limits_; }

private:
    decoding_limits limits_;
    inflate_stream::wrapping kind_;
    inflate_stream stream_;
    bool ended_ = false;   // a stream is complete
    bool padded_ = false;  // and zeros followed it
    std::uint64_t coded_ = 0, decoded_ = 0;
    std::error_code error_;
};

class gzip_decoder final : public inflate_decoder {
public:
    explicit gzip_decoder(decoding_limits limits) : inflate_decoder(limits, inflate_stream::wrapping::gzip) {}

private:
    std::error_code advance(std::string_view input, std::span<char> out, step& done) override {
        constexpr char first_magic = '\x1f';
        if (members_ == 0 && !input.empty()) members_ = 1;
        if (ended() && !padded() && input.starts_with(first_magic)) {
            restart();
            ++members_;
        }
        if (members_ > limits().max_gzip_members()) return errc::too_many_members;
        return inflate_decoder::advance(input, out, done);
    }

    std::size_t members_ = 0;
};

class deflate_decoder final : public inflate_decoder {
public:
    explicit deflate_decoder(decoding_limits limits)
        : inflate_decoder(limits, inflate_stream::wrapping::zlib) {}

private:
    std::error_code advance(std::string_view input, std::span<char> out, step& done) override {
        if (begin_size_ == begin_.size()) return inflate_decoder::advance(input, out, done);
        if (input.empty()) return {};
        begin_[begin_size_++] = input.front();
        std::error_code ec;
        if (begin_size_ == begin_.size()) {
            if (!is_zlib_header()) restart(inflate_stream::wrapping::raw);
            // Two bytes decode to one byte at most, so zlib takes both.
            ec = inflate(std::string_view(begin_.data(), begin_.size()), out, done);
        }
        done.consumed = 1;
        return ec;
    }

    // A raw stream that looks so would begin with a stored block whose padding bits are not zero: nobody
    // makes that.
    bool is_zlib_header() const noexcept {
        const unsigned first = static_cast<unsigned char>(begin_[0]);
        const unsigned second = static_cast<unsigned char>(begin_[1]);
        return (first & 0x0f) == 8 && first >> 4 <= 7 && (first << 8 | second) % 31 == 0;
    }

    std::array<char, 2> begin_{};
    std::size_t begin_size_ = 0;
};

}  // namespace dragline::codec::detail

#endif

namespace dragline::inline v1::codec {

DRAGLINE_DECL std::unique_ptr<decoder> make_gzip_decoder([[maybe_unused]] decoding_limits limits) {
#if DRAGLINE_WITH_ZLIB
    return std::make_unique<detail::gzip_decoder>(limits);
#else
    return nullptr;
#endif
}

DRAGLINE_DECL std::unique_ptr<decoder> make_deflate_decoder([[maybe_unused]] decoding_limits limits) {
#if DRAGLINE_WITH_ZLIB
    return std::make_unique<detail::deflate_decoder>(limits);
#else
    return nullptr;
#endif
}

}  // namespace dragline::codec

#endif

#include <memory>
#include <string_view>

namespace dragline::inline v1::codec {

/// A decoder for one coding: `gzip`, `x-gzip`, `deflate`, `identity`, without regard to case; null when it is
/// unknown or this build does not have it.
DRAGLINE_DECL std::unique_ptr<decoder> make_decoder(std::string_view coding, decoding_limits limits = {});

/// The value of Accept-Encoding for what this build can decode, best first; empty when that is nothing.
DRAGLINE_DECL std::string_view accept_encoding() noexcept;

}  // namespace dragline::codec

// ---- dragline/codec/impl/codings.ipp
// Included by <dragline/codec/codings.hpp> only.

// ---- dragline/core/ascii.hpp
// Text in ASCII, as protocols mean it: no locale, no sign of a char, bytes above 127 are never letters.

#include <algorithm>
#include <charconv>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>

namespace dragline::inline v1::ascii {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_upper(char c) noexcept { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }
constexpr bool is_alpha(char c) noexcept { return is_upper(c) || is_lower(c); }
constexpr bool is_alphanumeric(char c) noexcept { return is_alpha(c) || is_digit(c); }
constexpr bool is_control(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

constexpr char to_lower(char c) noexcept { return is_upper(c) ? static_cast<char>(c + ('a' - 'A')) : c; }
constexpr char to_upper(char c) noexcept { return is_lower(c) ? static_cast<char>(c - ('a' - 'A')) : c; }

/// 0 to 15, or -1 when `c` is no hexadecimal digit.
constexpr int hex_value(char c) noexcept {
    if (is_digit(c)) return c - '0';
    const char lower = to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

inline std::string to_lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) { return to_lower(c); });
    return out;
}

/// Equal but for the case of ASCII letters.
constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                              [](char x, char y) { return to_lower(x) == to_lower(y); });
}

/// Without spaces and tabs at both ends.
constexpr std::string_view trim(std::string_view text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// The whole of `text` as a number of this base: no sign, no space, no overflow.
template <std::unsigned_integral T>
std::optional<T> parse_number(std::string_view text, int base = 10) noexcept {
    T value{};
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, value, base);
    if (text.empty() || parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
    return value;
}

/// Calls `visit(item)` for each trimmed, non-empty item of a list (RFC 9110, 5.6.1).
template <std::invocable<std::string_view> Visit>
void for_each_item(std::string_view list, char separator, Visit visit) {
    while (!list.empty()) {
        const auto end = list.find(separator);
        if (const auto item = trim(list.substr(0, end)); !item.empty()) visit(item);
        list = end == list.npos ? std::string_view() : list.substr(end + 1);
    }
}

}  // namespace dragline::inline v1::ascii

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::codec {
namespace detail {

class identity_decoder final : public decoder {
public:
    result<step> decode(std::string_view input, std::span<char> out) override {
        const std::size_t size = std::min(input.size(), out.size());
        std::copy_n(input.data(), size, out.data());
        return step{size, size, true};
    }
    std::error_code finish() override { return {}; }
};

}  // namespace detail

DRAGLINE_DECL std::unique_ptr<decoder> make_decoder(std::string_view coding, decoding_limits limits) {
    const auto is = [&](std::string_view name) { return ascii::equals_ignoring_case(coding, name); };
    if (is("gzip") || is("x-gzip")) return make_gzip_decoder(limits);
    if (is("deflate")) return make_deflate_decoder(limits);
    if (is("identity")) return std::make_unique<detail::identity_decoder>();
    return nullptr;
}

DRAGLINE_DECL std::string_view accept_encoding() noexcept { return features::zlib ? "gzip, deflate" : ""; }

}  // namespace dragline::codec

#endif
// ---- dragline/codec/content_decoder.hpp
// A message body as its Content-Encoding says it is coded.


#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <system_error>
#include <vector>

namespace dragline::inline v1::codec {

/// Decodes a body that was coded once or several times over, and stops bombs.
///
/// The ratio holds for every coding of the stack against the bytes that were received, so stacked bombs do
/// not multiply. Default constructed it passes everything through.
class content_decoder {
public:
    /// What write() came to.
    enum class progress {
        more,     ///< All input is decoded as far as it can be.
        stopped,  ///< The sink returned false; nothing more is decoded, now or later.
    };

    content_decoder() {}

    /// For the value of Content-Encoding, all its fields joined by commas; empty means not coded.
    ///
    /// Errors: errc::unknown_coding, errc::too_many_codings.
    static result<content_decoder> make(std::string_view content_encoding, decoding_limits limits = {});

    /// Whether bytes pass through unchanged.
    bool identity() const noexcept { return stages_.empty(); }

    /// Decodes `input` and calls `sink(piece)` with each decoded piece, none of them empty, until it returns
    /// false.
    ///
    /// Pieces live during the call only. An error is final, and repeats; what was decoded before it is
    /// delivered.
    template <std::predicate<std::string_view> Sink>
    result<progress> write(std::string_view input, Sink&& sink) {
        auto call = [&sink](std::string_view piece) -> bool { return sink(piece); };
        return write_to(input, {&call, [](void* target, std::string_view piece) {
                                    return (*static_cast<decltype(call)*>(target))(piece);
                                }});
    }

    /// The body has ended: errc::truncated unless every coding is complete. A body of no bytes at all is
    /// complete: servers label empty bodies too.
    std::error_code finish();

private:
    struct piece_sink {
        void* target;
        bool (*call)(void*, std::string_view);
    };
    struct stage {
        std::unique_ptr<decoder> coding;
        std::vector<char> buffer;
        std::uint64_t decoded = 0;
    };

    result<progress> write_to(std::string_view input, piece_sink sink);
    result<progress> run_stage(std::size_t index, std::string_view input, piece_sink sink);

    decoding_limits limits_;
    std::vector<stage> stages_;  // in the order of decoding: the last coding named comes first
    std::uint64_t received_ = 0;
    std::error_code error_;
    bool stopped_ = false;
};

}  // namespace dragline::codec

// ---- dragline/codec/impl/content_decoder.ipp
// Included by <dragline/codec/content_decoder.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <utility>

namespace dragline::inline v1::codec {
namespace detail {

// Large enough that calls cost nothing, small enough to sit in the first-level cache.
inline constexpr std::size_t stage_buffer_size = 16 * 1024;

}  // namespace detail

DRAGLINE_DECL result<content_decoder> content_decoder::make(std::string_view content_encoding,
                                                            decoding_limits limits) {
    content_decoder made;
    made.limits_ = limits;
    std::error_code error;
    ascii::for_each_item(content_encoding, ',', [&](std::string_view name) {
        if (error || ascii::equals_ignoring_case(name, "identity")) return;
        if (made.stages_.size() == limits.max_codings()) {
            error = errc::too_many_codings;
        } else if (auto coding = make_decoder(name, limits)) {
            made.stages_.push_back({std::move(coding), std::vector<char>(detail::stage_buffer_size)});
        } else {
            error = errc::unknown_coding;
        }
    });
    if (error) return error;
    std::reverse(made.stages_.begin(), made.stages_.end());
    return made;
}

DRAGLINE_DECL std::error_code content_decoder::finish() {
    if (error_ || received_ == 0) return error_;
    for (auto& one : stages_) {
        if (!error_) error_ = one.coding->finish();
    }
    return error_;
}

DRAGLINE_DECL result<content_decoder::progress> content_decoder::write_to(std::string_view input,
                                                                          piece_sink sink) {
    if (error_) return error_;
    if (stopped_) return progress::stopped;
    const auto done = run_stage(0, input, sink);
    error_ = done.error();
    stopped_ = done && *done == progress::stopped;
    return done;
}

DRAGLINE_DECL result<content_decoder::progress> content_decoder::run_stage(std::size_t index,
                                                                           std::string_view input,
                                                                           piece_sink sink) {
    if (index == stages_.size()) {
        if (index == 0) received_ += input.size();
        return input.empty() || sink.call(sink.target, input) ? progress::more : progress::stopped;
    }
    auto& self = stages_[index];
    for (;;) {
        const auto step = self.coding->decode(input, self.buffer);
        if (!step) return step.error();
        if (index == 0) received_ += step->consumed;
        self.decoded += step->produced;
        if (!limits_.allows(received_, self.decoded)) return errc::ratio_exceeded;
        input.remove_prefix(step->consumed);
        if (step->produced != 0) {
            const auto next = run_stage(index + 1, {self.buffer.data(), step->produced}, sink);
            if (!next || *next == progress::stopped) return next;
            continue;  // there may be more output, or an error that waits behind this one
        }
        if (input.empty()) return progress::more;
        if (step->consumed == 0) return errc::corrupt;  // a decoder that stands still
    }
}

}  // namespace dragline::codec

#endif
// ---- dragline/core.hpp
// Errors, results, text and bytes: what every module stands on. Start with `condition` in error.hpp.

// ---- dragline/core/bytes.hpp
// Integers in network byte order, at any alignment.

#include <cstddef>
#include <cstdint>
#include <span>

namespace dragline::inline v1 {

/// Bytes that somebody else owns.
using byte_view = std::span<const std::uint8_t>;

constexpr std::uint16_t load_big16(const std::uint8_t* at) noexcept {
    return static_cast<std::uint16_t>(at[0] << 8 | at[1]);
}
constexpr std::uint32_t load_big32(const std::uint8_t* at) noexcept {
    return std::uint32_t{load_big16(at)} << 16 | load_big16(at + 2);
}
constexpr void store_big16(std::uint8_t* at, std::uint16_t value) noexcept {
    at[0] = static_cast<std::uint8_t>(value >> 8);
    at[1] = static_cast<std::uint8_t>(value);
}
constexpr void store_big32(std::uint8_t* at, std::uint32_t value) noexcept {
    store_big16(at, static_cast<std::uint16_t>(value >> 16));
    store_big16(at + 2, static_cast<std::uint16_t>(value));
}

}  // namespace dragline::inline v1
// ---- dragline/core/platform.hpp
// The only header with conditions on the operating system. Linux is tested; Windows and macOS are meant to
// compile.

namespace dragline::inline v1::platform {

#if defined(_WIN32)
inline constexpr bool windows = true;
inline constexpr const char* hosts_file = "C:\\Windows\\System32\\drivers\\etc\\hosts";
#else
inline constexpr bool windows = false;
inline constexpr const char* hosts_file = "/etc/hosts";
#endif

#if defined(__linux__)
inline constexpr bool linux_kernel = true;
#else
inline constexpr bool linux_kernel = false;
#endif

}  // namespace dragline::inline v1::platform
// ---- dragline/dns.hpp
// Names to addresses and back, on c-ares: asynchronous, cached for as long as TTLs say, with every failure
// told apart. Start with resolve.hpp, the operations; resolver.hpp holds what look-ups share; wire/ reads and
// writes messages.

// ---- dragline/dns/address_order.hpp
// The order in which to try the addresses of a host (RFC 6724, 6). Start with order_addresses();
// order_destinations() decides the same without I/O.


#include <asio/any_io_executor.hpp>
#include <asio/ip/address.hpp>
#include <asio/ip/network_v6.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace dragline::inline v1::dns {

/// An address to connect to, and the one that the system would send from. IPv4-mapped IPv6 addresses count as
/// IPv4 in both places.
struct destination {
    destination() {}
    explicit destination(asio::ip::address to, std::optional<asio::ip::address> from = std::nullopt)
        : address(std::move(to)), source(std::move(from)) {}

    asio::ip::address address;
    std::optional<asio::ip::address> source;  ///< Nothing: no way leads there.

    friend bool operator==(const destination&, const destination&) = default;
};

/// A line of the policy table (RFC 6724, 2.1); of those that hold an address, the longest prefix decides.
struct prefix_policy {
    prefix_policy(asio::ip::network_v6 addresses, std::uint16_t rank, std::uint16_t kind)
        : prefix(addresses), precedence(rank), label(kind) {}

    asio::ip::network_v6 prefix;  ///< That of IPv4 addresses lies in ::ffff:0:0/96.
    std::uint16_t precedence;     ///< More is preferred.
    std::uint16_t label;          ///< A source of the same label is preferred.
};

/// The table of RFC 6724, 2.1. A copy with 100 for ::ffff:0:0/96 prefers IPv4 (10.3).
DRAGLINE_DECL std::span<const prefix_policy> default_prefix_policies();

/// Sorts best first (RFC 6724, 6): 1 has a source, 2 of the same scope, 5 of the same label; 6 precedence;
/// 8 smaller scope; 9 longest prefix in common with the source; 10 else as received.
///
/// Rules 3, 4 and 7 (deprecated, home and tunnel addresses) ask for what the system does not tell programs.
/// Rule 9 is for IPv6: a prefix in common says nothing where sources are private and translated, and the
/// order in which servers rotate IPv4 addresses to spread load would be lost. It compares 64 bits at most:
/// behind them is the interface. An address that no policy holds has precedence and label 0.
DRAGLINE_DECL void order_destinations(std::vector<destination>& destinations,
                                      std::span<const prefix_policy> policies = default_prefix_policies());

/// The address that the system sends from on the way to `to`; nothing when there is no way.
///
/// Connects a UDP socket, which sends nothing and does not wait. Threads: that of the loop.
DRAGLINE_DECL std::optional<asio::ip::address> find_source_address(const asio::any_io_executor& loop,
                                                                   const asio::ip::address& to);

/// Addresses that order_addresses() looks at; a host with more is no reason to open more sockets.
inline constexpr std::size_t max_ordered_addresses = 64;

/// The addresses in the order of order_destinations(), with the sources that the system would choose now.
///
/// What exceeds max_ordered_addresses follows as received. Does not fail and does not wait: some system calls
/// for each address. Threads: that of the loop.
DRAGLINE_DECL std::vector<asio::ip::address> order_addresses(
    const asio::any_io_executor& loop, std::vector<asio::ip::address> addresses,
    std::span<const prefix_policy> policies = default_prefix_policies());

}  // namespace dragline::dns

// ---- dragline/dns/impl/address_order.ipp
// Included by <dragline/dns/address_order.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <asio/ip/address_v4.hpp>
#include <asio/ip/address_v6.hpp>
#include <asio/ip/udp.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <system_error>

namespace dragline::inline v1::dns {
namespace detail {

/// The form that the policy table knows: IPv4 addresses are mapped.
DRAGLINE_DECL asio::ip::address_v6 table_form(const asio::ip::address& address) {
    return address.is_v6() ? address.to_v6()
                           : asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4());
}

/// Bits that both have in common from the left.
DRAGLINE_DECL int common_prefix(const asio::ip::address_v6& a, const asio::ip::address_v6& b) {
    const auto left = a.to_bytes();
    const auto right = b.to_bytes();
    int bits = 0;
    for (std::size_t at = 0; at < left.size(); ++at) {
        const auto differing = static_cast<unsigned char>(left[at] ^ right[at]);
        bits += std::countl_zero(differing);
        if (differing != 0) break;
    }
    return bits;
}

/// As the numbers of multicast scopes (RFC 6724, 3.1 and 3.2); private IPv4 addresses are global here.
DRAGLINE_DECL int scope_of(const asio::ip::address_v6& address) {
    constexpr int link_local = 2, site_local = 5, global = 14;
    const auto bytes = address.to_bytes();
    if (address.is_v4_mapped()) {
        return bytes[12] == 127 || (bytes[12] == 169 && bytes[13] == 254) ? link_local : global;
    }
    if (address.is_multicast()) return bytes[1] & 0xf;
    if (address.is_loopback() || address.is_link_local()) return link_local;
    return address.is_site_local() ? site_local : global;
}

struct precedence_and_label {
    int precedence = 0;
    int label = 0;
};

DRAGLINE_DECL precedence_and_label find_policy(std::span<const prefix_policy> policies,
                                               const asio::ip::address_v6& address) {
    precedence_and_label found;
    int longest = -1;
    for (const prefix_policy& policy : policies) {
        const int length = policy.prefix.prefix_length();
        if (length <= longest || common_prefix(policy.prefix.address(), address) < length) continue;
        longest = length;
        found = {policy.precedence, policy.label};
    }
    return found;
}

/// A destination with all that the rules compare.
struct ranked_destination {
    destination value;
    std::array<int, 5> rank{};  // rules 1, 2, 5, 6 and 8: the smaller the better
    bool is_ipv4 = false;
    int common_bits = 0;  // rule 9: more is better
};

DRAGLINE_DECL ranked_destination rank_destination(const destination& value,
                                                  std::span<const prefix_policy> policies) {
    ranked_destination out{value};
    if (!value.source) {
        out.rank[0] = 1;
        return out;
    }
    const auto to = table_form(value.address);
    const auto from = table_form(*value.source);
    const auto policy = find_policy(policies, to);
    const int scope = scope_of(to);
    out.rank = {0, scope != scope_of(from), policy.label != find_policy(policies, from).label,
                -policy.precedence, scope};
    out.is_ipv4 = to.is_v4_mapped();
    out.common_bits = std::min(common_prefix(to, from), 64);
    return out;
}

/// Rule 9 among destinations that are equal so far. IPv4 addresses keep their places between the others: in
/// one sort with them no order would follow from the rule.
DRAGLINE_DECL void prefer_long_prefixes(std::span<ranked_destination> equals) {
    std::vector<ranked_destination> sorted;
    for (const auto& each : equals) {
        if (!each.is_ipv4) sorted.push_back(each);
    }
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.common_bits > b.common_bits; });
    auto next = sorted.begin();
    for (auto& each : equals) {
        if (!each.is_ipv4) each = *next++;
    }
}

}  // namespace detail

DRAGLINE_DECL std::span<const prefix_policy> default_prefix_policies() {
    using asio::ip::make_network_v6;
    static const std::array<prefix_policy, 9> table{{
        {make_network_v6("::1/128"), 50, 0},
        {make_network_v6("::/0"), 40, 1},
        {make_network_v6("::ffff:0:0/96"), 35, 4},
        {make_network_v6("2002::/16"), 30, 2},  // 6to4
        {make_network_v6("2001::/32"), 5, 5},   // Teredo
        {make_network_v6("fc00::/7"), 3, 13},   // unique local
        {make_network_v6("::/96"), 1, 3},       // IPv4-compatible
        {make_network_v6("fec0::/10"), 1, 11},  // site-local
        {make_network_v6("3ffe::/16"), 1, 12},  // 6bone
    }};
    return table;
}

DRAGLINE_DECL void order_destinations(std::vector<destination>& destinations,
                                      std::span<const prefix_policy> policies) {
    if (destinations.size() < 2) return;
    std::vector<detail::ranked_destination> ranked;
    ranked.reserve(destinations.size());
    for (const auto& each : destinations) ranked.push_back(detail::rank_destination(each, policies));
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const auto& a, const auto& b) { return a.rank < b.rank; });
    for (auto begin = ranked.begin(); begin != ranked.end();) {
        const auto is_worse = [&](const auto& other) { return other.rank != begin->rank; };
        const auto end = std::find_if(begin, ranked.end(), is_worse);
        detail::prefer_long_prefixes({begin, end});
        begin = end;
    }
    std::transform(ranked.begin(), ranked.end(), destinations.begin(),
                   [](const auto& each) { return each.value; });
}

DRAGLINE_DECL std::optional<asio::ip::address> find_source_address(const asio::any_io_executor& loop,
                                                                   const asio::ip::address& to) {
    const bool is_mapped = to.is_v6() && to.to_v6().is_v4_mapped();
    const asio::ip::address target =
        is_mapped ? asio::ip::make_address_v4(asio::ip::v4_mapped, to.to_v6()) : to;
    // Any port but 0, which some systems refuse.
    constexpr std::uint16_t discard = 9;
    asio::ip::udp::socket probe(loop);
    std::error_code ec;
    probe.connect(asio::ip::udp::endpoint(target, discard), ec);
    if (ec) return std::nullopt;
    const auto from = probe.local_endpoint(ec).address();
    if (ec || from.is_unspecified()) return std::nullopt;
    return from;
}

DRAGLINE_DECL std::vector<asio::ip::address> order_addresses(const asio::any_io_executor& loop,
                                                             std::vector<asio::ip::address> addresses,
                                                             std::span<const prefix_policy> policies) {
    if (addresses.size() < 2) return addresses;
    std::vector<destination> destinations;
    for (const auto& each : std::span(addresses).first(std::min(addresses.size(), max_ordered_addresses))) {
        destinations.emplace_back(each, find_source_address(loop, each));
    }
    order_destinations(destinations, policies);
    std::transform(destinations.begin(), destinations.end(), addresses.begin(),
                   [](const destination& each) { return each.address; });
    return addresses;
}

}  // namespace dragline::dns

#endif
// ---- dragline/dns/answer.hpp
// What a message says about a question: records or the reason why there are none, with the aliases followed.
// No I/O. Start with interpret().

// ---- dragline/dns/error.hpp
// What can go wrong when a name is looked up. Start with `errc`; every failure to resolve
// equals condition::resolve_failed.


#include <string>
#include <system_error>
#include <type_traits>

namespace dragline::inline v1::dns {

/// Why a look-up failed. A timeout is make_timeout(phase::resolve), and equals condition::timeout.
enum class errc {
    // What a server said.
    name_not_found = 1,  ///< NXDOMAIN: the name does not exist.
    no_data,             ///< The name exists, but has no record of this type.
    server_failure,      ///< SERVFAIL.
    refused,             ///< REFUSED.
    format_error,        ///< FORMERR: the server did not understand the query.
    not_implemented,     ///< NOTIMP.
    unexpected_rcode,    ///< A response code that makes no sense in answer to a query.

    // What was wrong with an answer.
    malformed_message,  ///< The bytes are no DNS message.
    not_a_response,     ///< A query where a response was expected.
    id_mismatch,        ///< The answer to another query.
    question_mismatch,  ///< The answer to another question.
    cname_loop,         ///< The aliases lead in a circle, or are more than 16.

    // What was wrong with the call.
    empty_name,        ///< The name is empty.
    name_too_long,     ///< The name has more than 253 characters (255 bytes on the wire).
    label_too_long,    ///< A label has more than 63 characters.
    empty_label,       ///< Two dots in a row, or a dot at the start.
    invalid_name,      ///< A character that no host name has.
    non_ascii_name,    ///< An international name that is not in its ASCII form (xn--).
    invalid_server,    ///< Not `address`, `address:port` or `[address]:port`.
    message_too_long,  ///< The message does not fit into the size that was allowed.
    unknown_type,      ///< No name of a record type, and not TYPE and a number.
    invalid_data,      ///< Text that is no data of this type of record.

    // What kept a query from being answered.
    no_servers,           ///< Neither the options nor the system name a server.
    servers_unreachable,  ///< No server could be reached: refused or no route.
    inconclusive,         ///< A wildcard check without proof either way: some probe got no clear answer.
    not_confirmed,        ///< None of the names of an address leads back to it.
    quota_exceeded,       ///< The scope of the look-up may cause no more of them; see lookup_quota.
};

DRAGLINE_DECL const std::error_category& error_category() noexcept;

inline std::error_code make_error_code(errc code) noexcept {
    return {static_cast<int>(code), error_category()};
}

}  // namespace dragline::dns

template <>
struct std::is_error_code_enum<dragline::dns::errc> : std::true_type {};

// ---- dragline/dns/impl/error.ipp
// Included by <dragline/dns/error.hpp> only.

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::dns {

DRAGLINE_DECL const std::error_category& error_category() noexcept {
    struct dns_category final : category {
        const char* name() const noexcept override { return "dragline.dns"; }

        std::string message(int code) const override {
            switch (static_cast<errc>(code)) {
                case errc::name_not_found: return "the name does not exist (NXDOMAIN)";
                case errc::no_data: return "the name has no record of this type (NODATA)";
                case errc::server_failure: return "the DNS server failed (SERVFAIL)";
                case errc::refused: return "the DNS server refused the query (REFUSED)";
                case errc::format_error: return "the DNS server did not understand the query (FORMERR)";
                case errc::not_implemented: return "the DNS server does not support the query (NOTIMP)";
                case errc::unexpected_rcode: return "the DNS server answered with an unexpected code";
                case errc::malformed_message: return "malformed DNS message";
                case errc::not_a_response: return "a DNS query where a response was expected";
                case errc::id_mismatch: return "DNS response to another query";
                case errc::question_mismatch: return "DNS response to another question";
                case errc::cname_loop: return "the aliases of the name loop or are too many";
                case errc::empty_name: return "empty host name";
                case errc::name_too_long: return "host name longer than 253 characters";
                case errc::label_too_long: return "host name with a label longer than 63 characters";
                case errc::empty_label: return "host name with an empty label";
                case errc::invalid_name: return "host name with a character that is not allowed";
                case errc::non_ascii_name: return "host name that is not ASCII; convert it with IDNA first";
                case errc::invalid_server: return "not a DNS server address";
                case errc::message_too_long: return "DNS message too long";
                case errc::unknown_type: return "no type of DNS record has this name";
                case errc::invalid_data: return "not the text of a DNS record of this type";
                case errc::no_servers: return "no DNS server is known";
                case errc::servers_unreachable: return "no DNS server could be reached";
                case errc::inconclusive: return "the wildcard check is inconclusive";
                case errc::not_confirmed: return "no name of the address leads back to it";
                case errc::quota_exceeded: return "the scope has used up its look-ups";
            }
            return "unknown dns error";
        }

        std::error_condition default_error_condition(int code) const noexcept override {
            switch (static_cast<errc>(code)) {
                case errc::invalid_server: return std::errc::invalid_argument;
                case errc::message_too_long:
                case errc::quota_exceeded: return condition::limit_exceeded;
                default: return condition::resolve_failed;  // texts are what the switch above guards
            }
        }

        // Some failures are also of a second kind.
        bool equivalent(int code, const std::error_condition& wanted) const noexcept override {
            if (std::error_category::equivalent(code, wanted)) return true;
            switch (static_cast<errc>(code)) {
                case errc::malformed_message:
                case errc::not_a_response:
                case errc::id_mismatch:
                case errc::question_mismatch: return wanted == condition::protocol_error;
                case errc::empty_name:
                case errc::name_too_long:
                case errc::label_too_long:
                case errc::empty_label:
                case errc::invalid_name:
                case errc::non_ascii_name:
                case errc::unknown_type:
                case errc::invalid_data: return wanted == std::errc::invalid_argument;
                default: return false;
            }
        }

        phase phase_of(int) const noexcept override { return phase::resolve; }
    };
    static const dns_category instance;
    return instance;
}

}  // namespace dragline::dns

#endif
// ---- dragline/dns/record.hpp
// Questions and resource records. Names are text: labels joined by dots, no dot at the end, "." for the root;
// a byte that is not a printable character, a dot or a backslash within a label is escaped (RFC 1035, 5.1).
// Start with record; what records hold is in record_data.hpp, their text in presentation.hpp.

// ---- dragline/dns/records/record_data.hpp
// What resource records hold, as typed values. Names are text as record.hpp says; the members of each type
// are in the order of the wire. Start with record_data, which is any of them.

// ---- dragline/dns/records/record_type.hpp
// The types and classes of DNS records, and their names. Start with record_type.


#include <cstdint>
#include <string>
#include <string_view>

namespace dragline::inline v1::dns {

/// The type of a record or a question; any other number is legal too.
enum class record_type : std::uint16_t {
    a = 1,
    ns = 2,
    cname = 5,
    soa = 6,
    ptr = 12,
    mx = 15,
    txt = 16,
    aaaa = 28,
    srv = 33,
    naptr = 35,
    dname = 39,
    opt = 41,
    ds = 43,
    sshfp = 44,
    rrsig = 46,
    nsec = 47,
    dnskey = 48,
    tlsa = 52,
    svcb = 64,
    https = 65,
    any = 255,
    uri = 256,
    caa = 257,
};

/// "AAAA"; "TYPE1234" for one that has no name here (RFC 3597).
DRAGLINE_DECL std::string to_string(record_type type);

/// Reads what to_string() writes, in any case; "TYPE1" is A too.
///
/// Errors: errc::unknown_type.
DRAGLINE_DECL result<record_type> parse_record_type(std::string_view text);

enum class record_class : std::uint16_t { internet = 1, chaos = 3, hesiod = 4, none = 254, any = 255 };

/// "IN"; "CLASS1234" for one that has no name here (RFC 3597).
DRAGLINE_DECL std::string to_string(record_class klass);

}  // namespace dragline::dns

// ---- dragline/dns/records/impl/record_type.ipp
// Included by <dragline/dns/records/record_type.hpp> only.


#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::dns {
namespace detail {

struct type_name {
    record_type type;
    std::string_view name;
};

inline constexpr type_name type_names[] = {
    {record_type::a, "A"},         {record_type::ns, "NS"},         {record_type::cname, "CNAME"},
    {record_type::soa, "SOA"},     {record_type::ptr, "PTR"},       {record_type::mx, "MX"},
    {record_type::txt, "TXT"},     {record_type::aaaa, "AAAA"},     {record_type::srv, "SRV"},
    {record_type::naptr, "NAPTR"}, {record_type::dname, "DNAME"},   {record_type::opt, "OPT"},
    {record_type::ds, "DS"},       {record_type::sshfp, "SSHFP"},   {record_type::rrsig, "RRSIG"},
    {record_type::nsec, "NSEC"},   {record_type::dnskey, "DNSKEY"}, {record_type::tlsa, "TLSA"},
    {record_type::svcb, "SVCB"},   {record_type::https, "HTTPS"},   {record_type::any, "ANY"},
    {record_type::uri, "URI"},     {record_type::caa, "CAA"},
};

}  // namespace detail

DRAGLINE_DECL std::string to_string(record_type type) {
    for (const auto& known : detail::type_names) {
        if (known.type == type) return std::string(known.name);
    }
    return "TYPE" + std::to_string(static_cast<unsigned>(type));
}

DRAGLINE_DECL result<record_type> parse_record_type(std::string_view text) {
    for (const auto& known : detail::type_names) {
        if (ascii::equals_ignoring_case(known.name, text)) return known.type;
    }
    constexpr std::string_view prefix = "TYPE";
    if (!ascii::equals_ignoring_case(text.substr(0, prefix.size()), prefix)) return errc::unknown_type;
    const auto number = ascii::parse_number<std::uint16_t>(text.substr(prefix.size()));
    if (!number) return errc::unknown_type;
    return static_cast<record_type>(*number);
}

DRAGLINE_DECL std::string to_string(record_class klass) {
    switch (klass) {
        case record_class::internet: return "IN";
        case record_class::chaos: return "CH";
        case record_class::hesiod: return "HS";
        case record_class::none: return "NONE";
        case record_class::any: return "ANY";
    }
    return "CLASS" + std::to_string(static_cast<unsigned>(klass));
}

}  // namespace dragline::dns

#endif
// ---- dragline/dns/records/security_data.hpp
// The data of records about keys, signatures and certificates. Members are in the order of the wire.
// Start with dnskey_record (RFC 4034) and tlsa_record (RFC 6698).


#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace dragline::inline v1::dns {

/// A public key of a zone (RFC 4034, 2).
struct dnskey_record {
    static constexpr record_type type = record_type::dnskey;
    std::uint16_t flags = 0;  ///< 256: a key of the zone; 257: one that signs keys.
    std::uint8_t protocol = 3;
    std::uint8_t algorithm = 0;
    std::vector<std::uint8_t> key;

    dnskey_record() {}
    dnskey_record(std::uint16_t f, std::uint8_t a, std::vector<std::uint8_t> k)
        : flags(f), algorithm(a), key(std::move(k)) {}
    bool operator==(const dnskey_record&) const = default;
};

/// The signature of a set of records (RFC 4034, 3).
struct rrsig_record {
    static constexpr record_type type = record_type::rrsig;
    record_type type_covered = record_type::a;
    std::uint8_t algorithm = 0;
    std::uint8_t labels = 0;  ///< Fewer than the owner has: a wildcard made this record.
    std::uint32_t original_ttl = 0;
    std::uint32_t expiration = 0;  ///< Seconds since 1970, modulo 2^32 (RFC 1982).
    std::uint32_t inception = 0;
    std::uint16_t key_tag = 0;
    std::string signer;
    std::vector<std::uint8_t> signature;

    rrsig_record() {}
    bool operator==(const rrsig_record&) const = default;
};

/// The digest of a key of the zone below (RFC 4034, 5).
struct ds_record {
    static constexpr record_type type = record_type::ds;
    std::uint16_t key_tag = 0;
    std::uint8_t algorithm = 0;
    std::uint8_t digest_type = 0;
    std::vector<std::uint8_t> digest;

    ds_record() {}
    ds_record(std::uint16_t tag, std::uint8_t a, std::uint8_t t, std::vector<std::uint8_t> d)
        : key_tag(tag), algorithm(a), digest_type(t), digest(std::move(d)) {}
    bool operator==(const ds_record&) const = default;
};

/// The next name of a zone, and the types that this name has (RFC 4034, 4).
struct nsec_record {
    static constexpr record_type type = record_type::nsec;
    std::string next;
    std::vector<record_type> types;  ///< At least one, which is NSEC itself; written in ascending order.

    nsec_record() {}
    nsec_record(std::string n, std::vector<record_type> t) : next(std::move(n)), types(std::move(t)) {}
    bool operator==(const nsec_record&) const = default;
};

/// Which certificate a TLS server has (RFC 6698).
struct tlsa_record {
    static constexpr record_type type = record_type::tlsa;
    std::uint8_t usage = 0;
    std::uint8_t selector = 0;
    std::uint8_t matching_type = 0;
    std::vector<std::uint8_t> association;

    tlsa_record() {}
    tlsa_record(std::uint8_t u, std::uint8_t s, std::uint8_t m, std::vector<std::uint8_t> a)
        : usage(u), selector(s), matching_type(m), association(std::move(a)) {}
    bool operator==(const tlsa_record&) const = default;
};

/// The fingerprint of a key of an SSH server (RFC 4255).
struct sshfp_record {
    static constexpr record_type type = record_type::sshfp;
    std::uint8_t algorithm = 0;
    std::uint8_t fingerprint_type = 0;
    std::vector<std::uint8_t> fingerprint;

    sshfp_record() {}
    sshfp_record(std::uint8_t a, std::uint8_t t, std::vector<std::uint8_t> f)
        : algorithm(a), fingerprint_type(t), fingerprint(std::move(f)) {}
    bool operator==(const sshfp_record&) const = default;
};

}  // namespace dragline::dns
// ---- dragline/dns/records/service_binding.hpp
// The data of SVCB and HTTPS records (RFC 9460): how and where to reach a service. Start with https_record;
// what it says of a service is in its service_parameters.


#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dragline::inline v1::dns {

/// What a parameter is about; any other number is legal too.
enum class service_key : std::uint16_t {
    mandatory = 0,
    alpn = 1,
    no_default_alpn = 2,
    port = 3,
    ipv4hint = 4,
    ech = 5,
    ipv6hint = 6,
};

/// "no-default-alpn"; "key667" for one that has no name here.
DRAGLINE_DECL std::string to_string(service_key key);

/// A key with its value as it stands on the wire.
struct service_parameter {
    service_key key = service_key::mandatory;
    std::vector<std::uint8_t> value;

    service_parameter() {}
    service_parameter(service_key k, std::vector<std::uint8_t> v) : key(k), value(std::move(v)) {}
    bool operator==(const service_parameter&) const = default;
};

/// Parameters by ascending key, each key once. A setter replaces what was there.
///
/// A getter whose parameter is missing, or has a value that is not well-formed, returns nothing.
class service_parameters {
public:
    using address_v4 = std::array<std::uint8_t, 4>;
    using address_v6 = std::array<std::uint8_t, 16>;

    service_parameters() {}

    /// Any parameter, as it stands on the wire.
    DRAGLINE_DECL service_parameters& set(service_key key, std::vector<std::uint8_t> value);
    const std::vector<service_parameter>& all() const noexcept { return all_; }
    bool contains(service_key key) const noexcept { return find(key) != nullptr; }
    DRAGLINE_DECL const std::vector<std::uint8_t>* find(service_key key) const noexcept;

    /// Keys without which the record must not be used.
    DRAGLINE_DECL service_parameters& mandatory(std::vector<service_key> keys);
    DRAGLINE_DECL std::vector<service_key> mandatory() const;

    /// Protocols beside the default one of the scheme: "h2", "h3"; any bytes, 1 to 255 of them.
    DRAGLINE_DECL service_parameters& alpn(const std::vector<std::string>& protocols);
    DRAGLINE_DECL std::vector<std::string> alpn() const;

    /// The default protocol of the scheme is not supported.
    service_parameters& set_no_default_alpn() { return set(service_key::no_default_alpn, {}); }
    bool no_default_alpn() const noexcept { return contains(service_key::no_default_alpn); }

    DRAGLINE_DECL service_parameters& port(std::uint16_t number);
    DRAGLINE_DECL std::optional<std::uint16_t> port() const;

    /// Addresses to try before those of the target are known.
    DRAGLINE_DECL service_parameters& ipv4hint(const std::vector<address_v4>& addresses);
    DRAGLINE_DECL std::vector<address_v4> ipv4hint() const;
    DRAGLINE_DECL service_parameters& ipv6hint(const std::vector<address_v6>& addresses);
    DRAGLINE_DECL std::vector<address_v6> ipv6hint() const;

    /// An ECHConfigList (RFC 9848).
    service_parameters& ech(std::vector<std::uint8_t> list) { return set(service_key::ech, std::move(list)); }
    byte_view ech() const noexcept {
        const auto* list = find(service_key::ech);
        return list ? byte_view(*list) : byte_view();
    }

    /// Whether `value` has the format that the RFC demands of this key; true of keys that are not known.
    DRAGLINE_DECL static bool is_well_formed(service_key key, byte_view value) noexcept;
    DRAGLINE_DECL bool is_well_formed() const noexcept;

    /// No parameter demands another that is missing: clients must reject a record where one does
    /// (RFC 9460, 2.4.3).
    DRAGLINE_DECL bool is_consistent() const;

    bool operator==(const service_parameters&) const = default;

private:
    std::vector<service_parameter> all_;
};

/// One way to reach a service, or the name that tells.
template <record_type Type>
struct service_binding {
    static constexpr record_type type = Type;
    std::uint16_t priority = 0;
    std::string target = ".";       ///< ".": the owner of the record itself; in an alias, that there is none.
    service_parameters parameters;  ///< Play no part in an alias.

    service_binding() {}
    service_binding(std::uint16_t p, std::string t, service_parameters values = {})
        : priority(p), target(std::move(t)), parameters(std::move(values)) {}

    /// AliasMode: what `target` says holds.
    bool is_alias() const noexcept { return priority == 0; }

    bool operator==(const service_binding&) const = default;
};
using svcb_record = service_binding<record_type::svcb>;
using https_record = service_binding<record_type::https>;

}  // namespace dragline::dns

// ---- dragline/dns/records/impl/service_binding.ipp
// Included by <dragline/dns/records/service_binding.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <cstddef>

namespace dragline::inline v1::dns {
namespace detail {

template <std::size_t Size>
std::vector<std::uint8_t> join(const std::vector<std::array<std::uint8_t, Size>>& addresses) {
    std::vector<std::uint8_t> value;
    value.reserve(addresses.size() * Size);
    for (const auto& address : addresses) value.insert(value.end(), address.begin(), address.end());
    return value;
}

template <std::size_t Size>
std::vector<std::array<std::uint8_t, Size>> split(byte_view value) {
    std::vector<std::array<std::uint8_t, Size>> addresses(value.size() / Size);
    for (auto& address : addresses) {
        std::copy_n(value.begin(), Size, address.begin());
        value = value.subspan(Size);
    }
    return addresses;
}

DRAGLINE_DECL bool is_alpn_list(byte_view value) noexcept {
    if (value.empty()) return false;
    while (!value.empty()) {
        const std::size_t size = value[0];
        if (size == 0 || value.size() <= size) return false;
        value = value.subspan(size + 1);
    }
    return true;
}

DRAGLINE_DECL bool is_key_list(byte_view value) noexcept {
    if (value.empty() || value.size() % 2 != 0) return false;
    std::uint16_t last = 0;  // "mandatory" itself is not allowed
    for (; !value.empty(); value = value.subspan(2)) {
        const auto key = load_big16(value.data());
        if (key <= last) return false;
        last = key;
    }
    return true;
}

// The value of a well-formed parameter, or nothing.
DRAGLINE_DECL byte_view usable_value(const service_parameters& from, service_key key) noexcept {
    const auto* value = from.find(key);
    return value && service_parameters::is_well_formed(key, *value) ? byte_view(*value) : byte_view();
}

}  // namespace detail

DRAGLINE_DECL std::string to_string(service_key key) {
    switch (key) {
        case service_key::mandatory: return "mandatory";
        case service_key::alpn: return "alpn";
        case service_key::no_default_alpn: return "no-default-alpn";
        case service_key::port: return "port";
        case service_key::ipv4hint: return "ipv4hint";
        case service_key::ech: return "ech";
        case service_key::ipv6hint: return "ipv6hint";
    }
    return "key" + std::to_string(static_cast<unsigned>(key));
}

DRAGLINE_DECL service_parameters& service_parameters::set(service_key key, std::vector<std::uint8_t> value) {
    const auto at =
        std::lower_bound(all_.begin(), all_.end(), key,
                         [](const auto& known, service_key wanted) { return known.key < wanted; });
    if (at != all_.end() && at->key == key) {
        at->value = std::move(value);
    } else {
        all_.emplace(at, key, std::move(value));
    }
    return *this;
}

DRAGLINE_DECL const std::vector<std::uint8_t>* service_parameters::find(service_key key) const noexcept {
    const auto at =
        std::lower_bound(all_.begin(), all_.end(), key,
                         [](const auto& known, service_key wanted) { return known.key < wanted; });
    return at != all_.end() && at->key == key ? &at->value : nullptr;
}

DRAGLINE_DECL service_parameters& service_parameters::mandatory(std::vector<service_key> keys) {
    std::sort(keys.begin(), keys.end());
    std::vector<std::uint8_t> value(keys.size() * 2);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        store_big16(&value[i * 2], static_cast<std::uint16_t>(keys[i]));
    }
    return set(service_key::mandatory, std::move(value));
}

DRAGLINE_DECL std::vector<service_key> service_parameters::mandatory() const {
    std::vector<service_key> keys;
    for (auto value = detail::usable_value(*this, service_key::mandatory); !value.empty();
         value = value.subspan(2)) {
        keys.push_back(static_cast<service_key>(load_big16(value.data())));
    }
    return keys;
}

DRAGLINE_DECL service_parameters& service_parameters::alpn(const std::vector<std::string>& protocols) {
    std::vector<std::uint8_t> value;
    for (const auto& protocol : protocols) {
        // A length of 0 is not well-formed: what is too long stays visible as an error.
        value.push_back(protocol.size() > 255 ? std::uint8_t{0} : static_cast<std::uint8_t>(protocol.size()));
        value.insert(value.end(), protocol.begin(), protocol.end());
    }
    return set(service_key::alpn, std::move(value));
}

DRAGLINE_DECL std::vector<std::string> service_parameters::alpn() const {
    std::vector<std::string> protocols;
    for (auto value = detail::usable_value(*this, service_key::alpn); !value.empty();) {
        const auto protocol = value.subspan(1, value[0]);
        protocols.emplace_back(protocol.begin(), protocol.end());
        value = value.subspan(protocol.size() + 1);
    }
    return protocols;
}

DRAGLINE_DECL service_parameters& service_parameters::port(std::uint16_t number) {
    std::vector<std::uint8_t> value(2);
    store_big16(value.data(), number);
    return set(service_key::port, std::move(value));
}

DRAGLINE_DECL std::optional<std::uint16_t> service_parameters::port() const {
    const auto value = detail::usable_value(*this, service_key::port);
    return value.empty() ? std::nullopt : std::optional(load_big16(value.data()));
}

DRAGLINE_DECL service_parameters& service_parameters::ipv4hint(const std::vector<address_v4>& addresses) {
    return set(service_key::ipv4hint, detail::join(addresses));
}

DRAGLINE_DECL std::vector<service_parameters::address_v4> service_parameters::ipv4hint() const {
    return detail::split<4>(detail::usable_value(*this, service_key::ipv4hint));
}

DRAGLINE_DECL service_parameters& service_parameters::ipv6hint(const std::vector<address_v6>& addresses) {
    return set(service_key::ipv6hint, detail::join(addresses));
}

DRAGLINE_DECL std::vector<service_parameters::address_v6> service_parameters::ipv6hint() const {
    return detail::split<16>(detail::usable_value(*this, service_key::ipv6hint));
}

DRAGLINE_DECL bool service_parameters::is_well_formed(service_key key, byte_view value) noexcept {
    switch (key) {
        case service_key::mandatory: return detail::is_key_list(value);
        case service_key::alpn: return detail::is_alpn_list(value);
        case service_key::no_default_alpn: return value.empty();
        case service_key::port: return value.size() == 2;
        case service_key::ipv4hint: return !value.empty() && value.size() % 4 == 0;
        case service_key::ech: return !value.empty();
        case service_key::ipv6hint: return !value.empty() && value.size() % 16 == 0;
    }
    return true;
}

DRAGLINE_DECL bool service_parameters::is_well_formed() const noexcept {
    return std::all_of(all_.begin(), all_.end(),
                       [](const service_parameter& each) { return is_well_formed(each.key, each.value); });
}

DRAGLINE_DECL bool service_parameters::is_consistent() const {
    const auto needed = mandatory();
    return std::all_of(needed.begin(), needed.end(), [this](service_key key) { return contains(key); }) &&
           (!no_default_alpn() || contains(service_key::alpn));
}

}  // namespace dragline::dns

#endif

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace dragline::inline v1::dns {

struct a_record {
    static constexpr record_type type = record_type::a;
    std::array<std::uint8_t, 4> address{};
    bool operator==(const a_record&) const = default;
};

struct aaaa_record {
    static constexpr record_type type = record_type::aaaa;
    std::array<std::uint8_t, 16> address{};
    bool operator==(const aaaa_record&) const = default;
};

/// A record whose data is one name.
template <record_type Type>
struct name_record {
    static constexpr record_type type = Type;
    std::string name;

    name_record() {}
    explicit name_record(std::string n) : name(std::move(n)) {}
    bool operator==(const name_record&) const = default;
};
using ns_record = name_record<record_type::ns>;
using cname_record = name_record<record_type::cname>;
using ptr_record = name_record<record_type::ptr>;
using dname_record = name_record<record_type::dname>;

struct soa_record {
    static constexpr record_type type = record_type::soa;
    std::string primary;
    std::string mailbox;
    std::uint32_t serial = 0;
    std::uint32_t refresh = 0;
    std::uint32_t retry = 0;
    std::uint32_t expire = 0;
    std::uint32_t minimum = 0;

    soa_record() {}
    soa_record(std::string primary_server, std::string mail, std::uint32_t minimum_ttl = 0)
        : primary(std::move(primary_server)), mailbox(std::move(mail)), minimum(minimum_ttl) {}
    bool operator==(const soa_record&) const = default;
};

struct mx_record {
    static constexpr record_type type = record_type::mx;
    std::uint16_t preference = 0;
    std::string exchange;

    mx_record() {}
    mx_record(std::uint16_t p, std::string e) : preference(p), exchange(std::move(e)) {}
    bool operator==(const mx_record&) const = default;
};

/// Strings of at most 255 bytes each, any byte.
struct txt_record {
    static constexpr record_type type = record_type::txt;
    std::vector<std::string> strings;

    txt_record() {}
    explicit txt_record(std::vector<std::string> s) : strings(std::move(s)) {}
    bool operator==(const txt_record&) const = default;
};

/// A host that offers a service (RFC 2782).
struct srv_record {
    static constexpr record_type type = record_type::srv;
    std::uint16_t priority = 0;
    std::uint16_t weight = 0;
    std::uint16_t port = 0;
    std::string target;  ///< ".": the service is not offered.

    srv_record() {}
    srv_record(std::uint16_t p, std::uint16_t w, std::uint16_t number, std::string t)
        : priority(p), weight(w), port(number), target(std::move(t)) {}
    bool operator==(const srv_record&) const = default;
};

/// A rule that rewrites a name (RFC 3403). The strings have at most 255 bytes each, any byte.
struct naptr_record {
    static constexpr record_type type = record_type::naptr;
    std::uint16_t order = 0;
    std::uint16_t preference = 0;
    std::string flags;
    std::string services;
    std::string regexp;
    std::string replacement;

    naptr_record() {}
    bool operator==(const naptr_record&) const = default;
};

/// Who may issue certificates (RFC 8659).
struct caa_record {
    static constexpr record_type type = record_type::caa;
    std::uint8_t flags = 0;
    std::string tag;    ///< 1 to 255 ASCII letters and digits, in any case: "issue".
    std::string value;  ///< Any byte.

    caa_record() {}
    caa_record(std::uint8_t f, std::string t, std::string v)
        : flags(f), tag(std::move(t)), value(std::move(v)) {}

    /// Whether the tag can stand in a record at all.
    DRAGLINE_DECL bool has_valid_tag() const noexcept;

    /// Who does not know the tag may not issue at all.
    bool is_critical() const noexcept { return (flags & 0x80) != 0; }

    bool operator==(const caa_record&) const = default;
};

/// The address of a service (RFC 7553).
struct uri_record {
    static constexpr record_type type = record_type::uri;
    std::uint16_t priority = 0;
    std::uint16_t weight = 0;
    std::string target;  ///< A URI, not empty. Hostile text.

    uri_record() {}
    uri_record(std::uint16_t p, std::uint16_t w, std::string t)
        : priority(p), weight(w), target(std::move(t)) {}
    bool operator==(const uri_record&) const = default;
};

/// The bytes of a record that has no type of its own here.
struct raw_record {
    std::vector<std::uint8_t> bytes;

    raw_record() {}
    explicit raw_record(std::vector<std::uint8_t> b) : bytes(std::move(b)) {}
    bool operator==(const raw_record&) const = default;
};

/// The data of any record. wire/record_data.hpp has its bytes, presentation.hpp its text.
using record_data = std::variant<raw_record, a_record, aaaa_record, cname_record, ns_record, ptr_record,
                                 dname_record, soa_record, mx_record, txt_record, srv_record, naptr_record,
                                 caa_record, uri_record, dnskey_record, rrsig_record, ds_record, nsec_record,
                                 tlsa_record, sshfp_record, svcb_record, https_record>;

}  // namespace dragline::dns

// ---- dragline/dns/records/impl/record_data.ipp
// Included by <dragline/dns/records/record_data.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::dns {

DRAGLINE_DECL bool caa_record::has_valid_tag() const noexcept {
    return !tag.empty() && tag.size() <= 255 && std::all_of(tag.begin(), tag.end(), ascii::is_alphanumeric);
}

}  // namespace dragline::dns

#endif

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace dragline::inline v1::dns {

/// The verdict of a server (RFC 1035, 4.1.1); any other number is legal too.
enum class rcode : std::uint16_t {
    no_error = 0,
    format_error = 1,     ///< FORMERR
    server_failure = 2,   ///< SERVFAIL
    name_not_found = 3,   ///< NXDOMAIN
    not_implemented = 4,  ///< NOTIMP
    refused = 5,          ///< REFUSED
    bad_version = 16,     ///< BADVERS (RFC 6891)
    bad_cookie = 23,      ///< BADCOOKIE (RFC 7873)
};

/// "NXDOMAIN"; "RCODE1234" for one that has no name here.
DRAGLINE_DECL std::string to_string(rcode code);

struct question {
    std::string name;
    record_type type = record_type::a;
    record_class klass = record_class::internet;

    question() {}
    explicit question(std::string n, record_type t = record_type::a, record_class c = record_class::internet)
        : name(std::move(n)), type(t), klass(c) {}
    bool operator==(const question&) const = default;
};

struct record {
    std::string name;
    record_type type = record_type::a;
    record_class klass = record_class::internet;
    std::uint32_t ttl = 0;  ///< Seconds.
    record_data data;

    record() {}

    /// A record of the Internet class; its type is that of `d`.
    template <class Data>
    requires requires { Data::type; }
    record(std::string owner, std::uint32_t seconds, Data d)
        : name(std::move(owner)), type(Data::type), ttl(seconds), data(std::move(d)) {}

    /// A record of a type that is given as bytes.
    record(std::string owner, std::uint32_t seconds, record_type t, raw_record d)
        : name(std::move(owner)), type(t), ttl(seconds), data(std::move(d)) {}

    /// The data as a D, or nullptr when this record is of another type.
    template <class D>
    const D* get() const noexcept {
        return std::get_if<D>(&data);
    }

    bool operator==(const record&) const = default;
};

}  // namespace dragline::dns

// ---- dragline/dns/impl/record.ipp
// Included by <dragline/dns/record.hpp> only.

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::dns {

DRAGLINE_DECL std::string to_string(rcode code) {
    switch (code) {
        case rcode::no_error: return "NOERROR";
        case rcode::format_error: return "FORMERR";
        case rcode::server_failure: return "SERVFAIL";
        case rcode::name_not_found: return "NXDOMAIN";
        case rcode::not_implemented: return "NOTIMP";
        case rcode::refused: return "REFUSED";
        case rcode::bad_version: return "BADVERS";
        case rcode::bad_cookie: return "BADCOOKIE";
    }
    return "RCODE" + std::to_string(static_cast<unsigned>(code));
}

}  // namespace dragline::dns

#endif
// ---- dragline/dns/wire/message.hpp
// Whole DNS messages between bytes and values (RFC 1035, 4; EDNS: RFC 6891). Start with decode_message().

// ---- dragline/dns/wire/name.hpp
// Domain names between wire and text (RFC 1035, 3.1 and 4.1.4). Start with decode_name() and encode_name().


#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dragline::inline v1::dns::wire {

inline constexpr std::size_t max_name_size = 255;  ///< On the wire, with length bytes and the root.
inline constexpr std::size_t max_label_size = 63;

/// Reads the name at `offset` of a whole message, and moves `offset` past it.
///
/// Follows compression, which must point backwards. Case is kept; "." is the root; a byte outside '!'..'~'
/// becomes \DDD, a dot or backslash inside a label gets a backslash. The text has at most 1,004 characters.
/// Errors: errc::malformed_message: past the end, over 255 bytes, a loop, an unknown kind of label.
DRAGLINE_DECL result<std::string> decode_name(byte_view message, std::size_t& offset);

/// Appends the wire form of a name, a dot at its end or not, to `out`; understands \DDD and backslash before
/// a character.
///
/// Errors: errc::empty_name, empty_label, label_too_long, name_too_long, invalid_name (a bad escape); `out`
/// is then unchanged.
DRAGLINE_DECL std::error_code encode_name(std::string_view name, std::vector<std::uint8_t>& out);

/// Equal as DNS compares: without the case of ASCII letters, with or without a dot at the end.
DRAGLINE_DECL bool equal_names(std::string_view a, std::string_view b) noexcept;

/// True when `name` is `parent` or stands below it. Both as decode_name() writes them.
DRAGLINE_DECL bool is_at_or_below(std::string_view name, std::string_view parent) noexcept;

/// Encodes the names of one message, pointing to suffixes that were written before, in the same case.
class name_compressor {
public:
    /// As encode_name(). `out` holds the message from its first byte.
    std::error_code encode(std::string_view name, std::vector<std::uint8_t>& out);

private:
    std::unordered_map<std::string, std::uint16_t> offsets_;  // wire form of a suffix, where it stands
    std::vector<std::uint8_t> scratch_;
};

}  // namespace dragline::dns::wire

// ---- dragline/dns/wire/impl/name.ipp
// Included by <dragline/dns/wire/name.hpp> only.

// ---- dragline/dns/detail/escapes.hpp
// How text stands for any byte: \DDD, and a backslash before a character (RFC 1035, 5.1).


#include <cstdint>
#include <string>
#include <string_view>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL void append_decimal_escape(std::string& text, std::uint8_t byte);

// Takes one character, which may be written as an escape; false when the escape is none. `text` is not empty.
DRAGLINE_DECL bool take_character(std::string_view& text, std::uint8_t& byte) noexcept;

// Whether the last character is a dot that no backslash escapes.
DRAGLINE_DECL bool ends_with_dot(std::string_view text) noexcept;

}  // namespace dragline::dns::detail

// ---- dragline/dns/detail/impl/escapes.ipp
// Included by <dragline/dns/detail/escapes.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <cstddef>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL void append_decimal_escape(std::string& text, std::uint8_t byte) {
    text += '\\';
    text += static_cast<char>('0' + byte / 100);
    text += static_cast<char>('0' + byte / 10 % 10);
    text += static_cast<char>('0' + byte % 10);
}

DRAGLINE_DECL bool take_character(std::string_view& text, std::uint8_t& byte) noexcept {
    byte = static_cast<std::uint8_t>(text.front());
    text.remove_prefix(1);
    if (byte != '\\') return true;
    if (text.empty()) return false;
    if (!ascii::is_digit(text.front())) {
        byte = static_cast<std::uint8_t>(text.front());
        text.remove_prefix(1);
        return true;
    }
    if (text.size() < 3 || !ascii::is_digit(text[1]) || !ascii::is_digit(text[2])) return false;
    const int value = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
    text.remove_prefix(3);
    byte = static_cast<std::uint8_t>(value);
    return value <= 255;
}

DRAGLINE_DECL bool ends_with_dot(std::string_view text) noexcept {
    if (text.empty() || text.back() != '.') return false;
    text.remove_suffix(1);
    std::size_t backslashes = 0;  // an odd number escapes the dot
    while (backslashes < text.size() && text[text.size() - 1 - backslashes] == '\\') ++backslashes;
    return backslashes % 2 == 0;
}

}  // namespace dragline::dns::detail

#endif

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::dns::wire {
namespace detail {

inline constexpr int max_jumps = 128;  // a name has at most 127 labels

DRAGLINE_DECL bool is_plain(std::uint8_t byte) noexcept {
    return byte > ' ' && byte < 0x7f && byte != '.' && byte != '\\';
}

DRAGLINE_DECL void append_escaped(std::string& text, std::uint8_t byte) {
    if (byte > ' ' && byte < 0x7f) {
        if (!is_plain(byte)) text += '\\';
        text += static_cast<char>(byte);
        return;
    }
    dns::detail::append_decimal_escape(text, byte);
}

DRAGLINE_DECL std::string_view without_final_dot(std::string_view name) noexcept {
    return name.size() > 1 && dns::detail::ends_with_dot(name) ? name.substr(0, name.size() - 1) : name;
}

DRAGLINE_DECL std::error_code append_labels(std::string_view name, std::vector<std::uint8_t>& out) {
    if (name.empty()) return errc::empty_name;
    if (name == ".") return out.push_back(0), std::error_code();
    const std::size_t start = out.size();
    while (!name.empty()) {
        const std::size_t length_at = out.size();
        out.push_back(0);
        while (!name.empty() && name.front() != '.') {
            std::uint8_t byte = 0;
            if (!dns::detail::take_character(name, byte)) return errc::invalid_name;
            if (out.size() - length_at > max_label_size) return errc::label_too_long;
            out.push_back(byte);
        }
        if (out.size() - length_at == 1) return errc::empty_label;
        out[length_at] = static_cast<std::uint8_t>(out.size() - length_at - 1);
        if (out.size() - start >= max_name_size) return errc::name_too_long;  // the root needs one more
        if (!name.empty()) name.remove_prefix(1);  // a dot at the very end closes the last label only
    }
    out.push_back(0);
    return {};
}

}  // namespace detail

DRAGLINE_DECL result<std::string> decode_name(byte_view message, std::size_t& offset) {
    std::string text;
    std::size_t at = offset;
    std::size_t end = 0;          // past the name where it began, once a pointer has been followed
    std::size_t lowest = offset;  // a pointer must go before everything seen, so it cannot loop
    std::size_t wire_size = 1;    // with the root
    int jumps = 0;                // a long chain of pointers to pointers would cost far more than its bytes
    for (;;) {
        if (at >= message.size()) return errc::malformed_message;
        const std::uint8_t length = message[at];
        if (length == 0) break;
        if ((length & 0xc0) == 0xc0) {
            if (at + 1 >= message.size()) return errc::malformed_message;
            const std::size_t target = load_big16(&message[at]) & 0x3fff;
            if (target >= lowest || ++jumps > detail::max_jumps) return errc::malformed_message;
            if (end == 0) end = at + 2;
            at = lowest = target;
            continue;
        }
        if (length > max_label_size || message.size() - at <= length) return errc::malformed_message;
        wire_size += length + std::size_t{1};
        if (wire_size > max_name_size) return errc::malformed_message;
        if (!text.empty()) text += '.';
        const auto label = message.subspan(at + 1, length);
        if (std::all_of(label.begin(), label.end(),
                        [](std::uint8_t byte) { return detail::is_plain(byte); })) {
            text.append(reinterpret_cast<const char*>(label.data()), length);
        } else {
            for (const auto byte : label) detail::append_escaped(text, byte);
        }
        at += length + std::size_t{1};
    }
    offset = end != 0 ? end : at + 1;
    if (text.empty()) text = ".";
    return text;
}

DRAGLINE_DECL std::error_code encode_name(std::string_view name, std::vector<std::uint8_t>& out) {
    const std::size_t start = out.size();
    const auto ec = detail::append_labels(name, out);
    if (ec) out.resize(start);
    return ec;
}

DRAGLINE_DECL bool equal_names(std::string_view a, std::string_view b) noexcept {
    return ascii::equals_ignoring_case(detail::without_final_dot(a), detail::without_final_dot(b));
}

DRAGLINE_DECL bool is_at_or_below(std::string_view name, std::string_view parent) noexcept {
    if (parent == ".") return true;
    if (name.size() < parent.size()) return false;
    if (!ascii::equals_ignoring_case(name.substr(name.size() - parent.size()), parent)) return false;
    if (name.size() == parent.size()) return true;
    name.remove_suffix(parent.size());
    return dns::detail::ends_with_dot(name);
}

DRAGLINE_DECL std::error_code name_compressor::encode(std::string_view name, std::vector<std::uint8_t>& out) {
    scratch_.clear();
    if (const auto ec = detail::append_labels(name, scratch_)) return ec;
    std::size_t at = 0;
    while (scratch_[at] != 0) {
        const std::string suffix(scratch_.begin() + static_cast<std::ptrdiff_t>(at), scratch_.end());
        if (const auto known = offsets_.find(suffix); known != offsets_.end()) {
            const std::uint16_t pointer = 0xc000 | known->second;
            out.push_back(static_cast<std::uint8_t>(pointer >> 8));
            out.push_back(static_cast<std::uint8_t>(pointer));
            return {};
        }
        if (out.size() < 0x4000) offsets_.emplace(suffix, static_cast<std::uint16_t>(out.size()));
        const std::size_t size = scratch_[at] + std::size_t{1};
        const auto label = scratch_.begin() + static_cast<std::ptrdiff_t>(at);
        out.insert(out.end(), label, label + static_cast<std::ptrdiff_t>(size));
        at += size;
    }
    out.push_back(0);
    return {};
}

}  // namespace dragline::dns::wire

#endif
// ---- dragline/dns/wire/query_form.hpp
// How a question is put to a server: the flags and sizes of its query, and how it travels.

#include <cstdint>

namespace dragline::inline v1::dns {

/// The form of a query. Answers to queries that differ in what a server may say are not mixed.
struct query_form {
    std::uint16_t udp_size = 1232;  ///< The largest UDP answer that is taken, in bytes; 0: no EDNS, and 512.
    bool recursion_desired = true;  ///< RD.
    bool checking_disabled =
        false;                ///< CD: data that the server finds bogus is wanted too (RFC 4035, 3.2.2).
    bool dnssec_ok = false;   ///< DO: signatures are wanted (RFC 3225). Needs EDNS.
    bool tcp = false;         ///< Without a try over UDP.
    bool mixed_case = false;  ///< Random case in the name, which an answer must repeat (0x20).

    query_form() {}

    /// Whether a server may say other things to this than to a query of the usual form.
    bool changes_answers() const noexcept { return !recursion_desired || checking_disabled || dnssec_ok; }

    bool operator==(const query_form&) const = default;
};

}  // namespace dragline::dns

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dragline::inline v1::dns::wire {

inline constexpr std::size_t max_message_size = 65535;

/// The OPT pseudo-record, which the other sections do not show. Its part of the rcode is in message::code.
struct edns {
    std::uint16_t udp_size = 1232;  ///< Largest UDP message the sender takes, in bytes.
    std::uint8_t version = 0;
    bool dnssec_ok = false;
    std::vector<std::uint8_t> options;  ///< As they stand on the wire.

    edns() {}
    bool operator==(const edns&) const = default;
};

struct message {
    std::uint16_t id = 0;
    bool response = false;
    std::uint8_t opcode = 0;
    bool authoritative = false;
    bool truncated = false;
    bool recursion_desired = true;
    bool recursion_available = false;
    bool authentic_data = false;
    bool checking_disabled = false;
    rcode code = rcode::no_error;  ///< With the upper eight bits from EDNS.
    std::vector<question> questions;
    std::vector<record> answers;
    std::vector<record> authorities;
    std::vector<record> additionals;
    std::optional<edns> extension;

    message() {}
    bool operator==(const message&) const = default;
};

/// What decode_message() accepts at most.
struct decode_limits {
    std::size_t max_records = 4096;  ///< In all sections together, questions included.
};

/// Reads one message. Strict: every record must be what its type says; bytes after the last record are
/// ignored.
///
/// A TTL with its top bit set is 0 (RFC 2181, 8). Memory is bounded by the limits and the size of the input.
/// Errors: errc::malformed_message.
DRAGLINE_DECL result<message> decode_message(byte_view bytes, const decode_limits& limits = {});

/// Writes a message; names are compressed where every receiver must understand that (RFC 3597, 4).
///
/// Errors: those of encode_name(); errc::message_too_long beyond `max_size` bytes; errc::malformed_message
/// for data that decode_message() would refuse, a string over 255 bytes, over 65,535 records in a section, an
/// opcode over 15, or an rcode that needs EDNS.
DRAGLINE_DECL result<std::vector<std::uint8_t>> encode_message(const message& value,
                                                               std::size_t max_size = max_message_size);

/// A query for one question, recursion desired, ready for encode_message(). With `udp_size` 0, without EDNS.
DRAGLINE_DECL message make_query(std::uint16_t id, question asked, std::uint16_t udp_size = 1232);

/// As above, of this form.
DRAGLINE_DECL message make_query(std::uint16_t id, question asked, const query_form& form);

/// Appends the bytes of such a query to `out`, and is fast at it. Errors: those of encode_name(); `out` is
/// then unchanged.
DRAGLINE_DECL std::error_code append_query(std::uint16_t id, const question& asked, const query_form& form,
                                           std::vector<std::uint8_t>& out);

/// The start of a response to `query`: its id, opcode, question and RD bit, and an OPT record if it had one.
DRAGLINE_DECL message make_response(const message& query, rcode code = rcode::no_error);

/// Success when `reply` is a response with this id to this question, whatever the case of its name.
///
/// Errors: errc::not_a_response, id_mismatch, question_mismatch.
DRAGLINE_DECL std::error_code check_response(const message& reply, std::uint16_t id,
                                             const question& asked) noexcept;

}  // namespace dragline::dns::wire

// ---- dragline/dns/wire/impl/message.ipp
// Included by <dragline/dns/wire/message.hpp> only.

// ---- dragline/dns/detail/message_reader.hpp
// The fields of a DNS message, one after the other.


#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace dragline::inline v1::dns::detail {

// Reads fields one after the other. After the first failure every read yields nothing.
class message_reader {
public:
    explicit message_reader(byte_view bytes, std::size_t at = 0) noexcept : bytes_(bytes), at_(at) {}

    bool failed() const noexcept { return failed_; }
    std::size_t position() const noexcept { return at_; }
    std::size_t left() const noexcept { return bytes_.size() - at_; }
    void fail() noexcept { failed_ = true; }

    byte_view take(std::size_t count) noexcept {
        if (failed_ || left() < count) return failed_ = true, byte_view();
        at_ += count;
        return bytes_.subspan(at_ - count, count);
    }
    std::uint8_t take8() noexcept {
        const auto field = take(1);
        return field.empty() ? std::uint8_t{0} : field[0];
    }
    std::uint16_t take16() noexcept {
        const auto field = take(2);
        return field.empty() ? std::uint16_t{0} : load_big16(field.data());
    }
    std::uint32_t take32() noexcept {
        const auto field = take(4);
        return field.empty() ? 0 : load_big32(field.data());
    }
    std::string take_name() {
        if (failed_) return {};
        auto name = wire::decode_name(bytes_, at_);
        if (!name) failed_ = true;
        return *std::move(name);
    }

    // A name that must not be compressed (RFC 3597, 4).
    std::string take_whole_name() {
        for (std::size_t at = at_; at < bytes_.size() && bytes_[at] != 0; at += bytes_[at] + std::size_t{1}) {
            if (bytes_[at] > wire::max_label_size) failed_ = true;
        }
        return take_name();
    }
    // A string behind its length (RFC 1035, 3.3).
    std::string take_string() {
        const auto field = take(take8());
        return std::string(field.begin(), field.end());
    }
    template <class Container>
    Container take_rest() {
        const auto field = take(left());
        return Container(field.begin(), field.end());
    }

    // Only the bytes before `end`; names may still point anywhere before.
    message_reader until(std::size_t end) const noexcept { return message_reader(bytes_.first(end), at_); }
    void skip_to(std::size_t end) noexcept { at_ = end; }

private:
    byte_view bytes_;
    std::size_t at_;
    bool failed_ = false;
};

}  // namespace dragline::dns::detail
// ---- dragline/dns/detail/message_writer.hpp
// Puts a DNS message together, field by field.


#include <cstddef>
#include <cstdint>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::inline v1::dns::detail {

// Appends fields; remembers the first failure.
class message_writer {
public:
    enum class compression { on, off };

    explicit message_writer(std::size_t max_size, compression names = compression::on)
        : max_size_(max_size), compression_(names) {}

    void put8(std::uint8_t value) { out_.push_back(value); }
    void put16(std::uint16_t value) {
        out_.resize(out_.size() + 2);
        store_big16(&out_[out_.size() - 2], value);
    }
    void put32(std::uint32_t value) {
        out_.resize(out_.size() + 4);
        store_big32(&out_[out_.size() - 4], value);
    }
    template <class Bytes>
    void put(const Bytes& bytes) {
        out_.insert(out_.end(), bytes.begin(), bytes.end());
    }
    void put_name(std::string_view name) {
        if (compression_ == compression::off) return put_whole_name(name);
        const auto ec = names_.encode(name, out_);
        if (ec) fail(ec);
    }
    // A name that receivers need not know to decompress (RFC 3597, 4).
    void put_whole_name(std::string_view name) {
        if (const auto ec = wire::encode_name(name, out_)) fail(ec);
    }
    // A string behind its length (RFC 1035, 3.3).
    void put_string(std::string_view text) {
        if (text.size() > 255) return fail(errc::malformed_message);
        put8(static_cast<std::uint8_t>(text.size()));
        put(text);
    }
    void put_count(std::size_t count) {
        if (count > 0xffff) fail(errc::malformed_message);
        put16(static_cast<std::uint16_t>(count));
    }
    void fail(std::error_code ec) {
        if (!error_) error_ = ec;
    }

    std::size_t start_data() {
        put16(0);
        return out_.size();
    }
    void end_data(std::size_t start) {
        const std::size_t size = out_.size() - start;
        if (size > 0xffff) return fail(errc::malformed_message);
        store_big16(&out_[start - 2], static_cast<std::uint16_t>(size));
    }

    bool failed() {
        if (out_.size() > max_size_) fail(errc::message_too_long);
        return static_cast<bool>(error_);
    }
    result<std::vector<std::uint8_t>> finish() {
        if (failed()) return error_;
        return std::move(out_);
    }

private:
    std::vector<std::uint8_t> out_;
    wire::name_compressor names_;
    std::error_code error_;
    std::size_t max_size_;
    compression compression_;
};

}  // namespace dragline::dns::detail
// ---- dragline/dns/detail/record_reader.hpp
// The data of one record, from the bytes of a message.


namespace dragline::inline v1::dns::detail {

// Reads all that is left of `in` as the data of this type; raw_record for a type or class that is not known.
// The caller asks `in` whether that failed or left bytes over.
//
// Names may be compressed in the types of RFC 1035, in DNAME, and in SRV and NAPTR, where senders do it that
// follow RFC 2052; in all others they must not be (RFC 3597, 4).
DRAGLINE_DECL void read_record_data(message_reader& in, record_type type, record_class klass,
                                    record_data& out);

}  // namespace dragline::dns::detail

// ---- dragline/dns/detail/impl/record_reader.ipp
// Included by <dragline/dns/detail/record_reader.hpp> only.

// ---- dragline/dns/detail/typed_data.hpp
// The one place that knows which alternative of record_data belongs to which type.


namespace dragline::inline v1::dns::detail {

// Makes `out` empty data of this type, a raw_record when the type has none of its own, and calls
// `visit(data)`.
template <class Visit>
void with_new_data(record_type type, record_data& out, Visit visit) {
    switch (type) {
        case record_type::a: return visit(out.emplace<a_record>());
        case record_type::aaaa: return visit(out.emplace<aaaa_record>());
        case record_type::cname: return visit(out.emplace<cname_record>());
        case record_type::ns: return visit(out.emplace<ns_record>());
        case record_type::ptr: return visit(out.emplace<ptr_record>());
        case record_type::dname: return visit(out.emplace<dname_record>());
        case record_type::soa: return visit(out.emplace<soa_record>());
        case record_type::mx: return visit(out.emplace<mx_record>());
        case record_type::txt: return visit(out.emplace<txt_record>());
        case record_type::srv: return visit(out.emplace<srv_record>());
        case record_type::naptr: return visit(out.emplace<naptr_record>());
        case record_type::caa: return visit(out.emplace<caa_record>());
        case record_type::uri: return visit(out.emplace<uri_record>());
        case record_type::dnskey: return visit(out.emplace<dnskey_record>());
        case record_type::rrsig: return visit(out.emplace<rrsig_record>());
        case record_type::ds: return visit(out.emplace<ds_record>());
        case record_type::nsec: return visit(out.emplace<nsec_record>());
        case record_type::tlsa: return visit(out.emplace<tlsa_record>());
        case record_type::sshfp: return visit(out.emplace<sshfp_record>());
        case record_type::svcb: return visit(out.emplace<svcb_record>());
        case record_type::https: return visit(out.emplace<https_record>());
        case record_type::opt:
        case record_type::any: break;
    }
    visit(out.emplace<raw_record>());
}

}  // namespace dragline::dns::detail

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::dns::detail {

using octets = std::vector<std::uint8_t>;

template <record_type Type>
void read_fields(message_reader& in, name_record<Type>& data) {
    data.name = in.take_name();
}

DRAGLINE_DECL void read_fields(message_reader& in, raw_record& data) { data.bytes = in.take_rest<octets>(); }

DRAGLINE_DECL void read_fields(message_reader& in, a_record& data) {
    const auto bytes = in.take(data.address.size());
    std::copy(bytes.begin(), bytes.end(), data.address.begin());
}

DRAGLINE_DECL void read_fields(message_reader& in, aaaa_record& data) {
    const auto bytes = in.take(data.address.size());
    std::copy(bytes.begin(), bytes.end(), data.address.begin());
}

DRAGLINE_DECL void read_fields(message_reader& in, soa_record& data) {
    data.primary = in.take_name();
    data.mailbox = in.take_name();
    data.serial = in.take32();
    data.refresh = in.take32();
    data.retry = in.take32();
    data.expire = in.take32();
    data.minimum = in.take32();
}

DRAGLINE_DECL void read_fields(message_reader& in, mx_record& data) {
    data.preference = in.take16();
    data.exchange = in.take_name();
}

DRAGLINE_DECL void read_fields(message_reader& in, txt_record& data) {
    do {  // at least one string
        data.strings.push_back(in.take_string());
    } while (!in.failed() && in.left() > 0);
}

DRAGLINE_DECL void read_fields(message_reader& in, srv_record& data) {
    data.priority = in.take16();
    data.weight = in.take16();
    data.port = in.take16();
    data.target = in.take_name();
}

DRAGLINE_DECL void read_fields(message_reader& in, naptr_record& data) {
    data.order = in.take16();
    data.preference = in.take16();
    data.flags = in.take_string();
    data.services = in.take_string();
    data.regexp = in.take_string();
    data.replacement = in.take_name();
}

DRAGLINE_DECL void read_fields(message_reader& in, caa_record& data) {
    data.flags = in.take8();
    data.tag = in.take_string();
    if (!data.has_valid_tag()) in.fail();
    data.value = in.take_rest<std::string>();
}

DRAGLINE_DECL void read_fields(message_reader& in, uri_record& data) {
    data.priority = in.take16();
    data.weight = in.take16();
    data.target = in.take_rest<std::string>();
    if (data.target.empty()) in.fail();
}

DRAGLINE_DECL void read_fields(message_reader& in, dnskey_record& data) {
    data.flags = in.take16();
    data.protocol = in.take8();
    data.algorithm = in.take8();
    data.key = in.take_rest<octets>();
}

DRAGLINE_DECL void read_fields(message_reader& in, rrsig_record& data) {
    data.type_covered = static_cast<record_type>(in.take16());
    data.algorithm = in.take8();
    data.labels = in.take8();
    data.original_ttl = in.take32();
    data.expiration = in.take32();
    data.inception = in.take32();
    data.key_tag = in.take16();
    data.signer = in.take_whole_name();
    data.signature = in.take_rest<octets>();
}

DRAGLINE_DECL void read_fields(message_reader& in, ds_record& data) {
    data.key_tag = in.take16();
    data.algorithm = in.take8();
    data.digest_type = in.take8();
    data.digest = in.take_rest<octets>();
}

// Blocks of 256 types by ascending number, each with 1 to 32 bytes of which the last is not 0, at least one
// (RFC 4034, 4.1.2).
DRAGLINE_DECL void read_fields(message_reader& in, nsec_record& data) {
    data.next = in.take_whole_name();
    int last = -1;
    do {
        const int window = in.take8();
        const auto bits = in.take(in.take8());
        if (window <= last || bits.empty() || bits.size() > 32 || bits.back() == 0) return in.fail();
        last = window;
        for (std::size_t bit = 0; bit < bits.size() * 8; ++bit) {
            if (bits[bit / 8] & 0x80 >> bit % 8)
                data.types.push_back(static_cast<record_type>(window << 8 | bit));
        }
    } while (in.left() > 0);
}

DRAGLINE_DECL void read_fields(message_reader& in, tlsa_record& data) {
    data.usage = in.take8();
    data.selector = in.take8();
    data.matching_type = in.take8();
    data.association = in.take_rest<octets>();
}

DRAGLINE_DECL void read_fields(message_reader& in, sshfp_record& data) {
    data.algorithm = in.take8();
    data.fingerprint_type = in.take8();
    data.fingerprint = in.take_rest<octets>();
}

// Parameters by ascending key; in an alias, which has no use for them, of any format (RFC 9460, 2.2
// and 2.4.2).
template <record_type Type>
void read_fields(message_reader& in, service_binding<Type>& data) {
    data.priority = in.take16();
    data.target = in.take_whole_name();
    int last = -1;
    while (!in.failed() && in.left() > 0) {
        const int key = in.take16();
        const auto value = in.take(in.take16());
        if (in.failed() || key <= last) return in.fail();
        last = key;
        data.parameters.set(static_cast<service_key>(key), octets(value.begin(), value.end()));
    }
    if (!data.is_alias() && !data.parameters.is_well_formed()) in.fail();
}

DRAGLINE_DECL void read_record_data(message_reader& in, record_type type, record_class klass,
                                    record_data& out) {
    if (klass != record_class::internet) return read_fields(in, out.emplace<raw_record>());
    with_new_data(type, out, [&in](auto& data) { read_fields(in, data); });
}

}  // namespace dragline::dns::detail

#endif
// ---- dragline/dns/detail/record_writer.hpp
// The data of one record, to the bytes of a message.


namespace dragline::inline v1::dns::detail {

// Fails `out` with errc::malformed_message for what read_record_data() would refuse. Names are compressed in
// the types of RFC 1035 only (RFC 3597, 4).
DRAGLINE_DECL void write_record_data(message_writer& out, const record_data& data);

}  // namespace dragline::dns::detail

// ---- dragline/dns/detail/impl/record_writer.ipp
// Included by <dragline/dns/detail/record_writer.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <variant>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL void write_fields(message_writer& out, const raw_record& data) { out.put(data.bytes); }
DRAGLINE_DECL void write_fields(message_writer& out, const a_record& data) { out.put(data.address); }
DRAGLINE_DECL void write_fields(message_writer& out, const aaaa_record& data) { out.put(data.address); }
DRAGLINE_DECL void write_fields(message_writer& out, const cname_record& data) { out.put_name(data.name); }
DRAGLINE_DECL void write_fields(message_writer& out, const ns_record& data) { out.put_name(data.name); }
DRAGLINE_DECL void write_fields(message_writer& out, const ptr_record& data) { out.put_name(data.name); }
DRAGLINE_DECL void write_fields(message_writer& out, const dname_record& data) {
    out.put_whole_name(data.name);
}

DRAGLINE_DECL void write_fields(message_writer& out, const soa_record& data) {
    out.put_name(data.primary);
    out.put_name(data.mailbox);
    for (auto field : {data.serial, data.refresh, data.retry, data.expire, data.minimum}) out.put32(field);
}

DRAGLINE_DECL void write_fields(message_writer& out, const mx_record& data) {
    out.put16(data.preference);
    out.put_name(data.exchange);
}

DRAGLINE_DECL void write_fields(message_writer& out, const txt_record& data) {
    if (data.strings.empty()) out.put8(0);
    for (const auto& text : data.strings) out.put_string(text);
}

DRAGLINE_DECL void write_fields(message_writer& out, const srv_record& data) {
    out.put16(data.priority);
    out.put16(data.weight);
    out.put16(data.port);
    out.put_whole_name(data.target);
}

DRAGLINE_DECL void write_fields(message_writer& out, const naptr_record& data) {
    out.put16(data.order);
    out.put16(data.preference);
    out.put_string(data.flags);
    out.put_string(data.services);
    out.put_string(data.regexp);
    out.put_whole_name(data.replacement);
}

DRAGLINE_DECL void write_fields(message_writer& out, const caa_record& data) {
    if (!data.has_valid_tag()) return out.fail(errc::malformed_message);
    out.put8(data.flags);
    out.put_string(data.tag);
    out.put(data.value);
}

DRAGLINE_DECL void write_fields(message_writer& out, const uri_record& data) {
    if (data.target.empty()) return out.fail(errc::malformed_message);
    out.put16(data.priority);
    out.put16(data.weight);
    out.put(data.target);
}

DRAGLINE_DECL void write_fields(message_writer& out, const dnskey_record& data) {
    out.put16(data.flags);
    out.put8(data.protocol);
    out.put8(data.algorithm);
    out.put(data.key);
}

DRAGLINE_DECL void write_fields(message_writer& out, const rrsig_record& data) {
    out.put16(static_cast<std::uint16_t>(data.type_covered));
    out.put8(data.algorithm);
    out.put8(data.labels);
    for (auto field : {data.original_ttl, data.expiration, data.inception}) out.put32(field);
    out.put16(data.key_tag);
    out.put_whole_name(data.signer);
    out.put(data.signature);
}

DRAGLINE_DECL void write_fields(message_writer& out, const ds_record& data) {
    out.put16(data.key_tag);
    out.put8(data.algorithm);
    out.put8(data.digest_type);
    out.put(data.digest);
}

DRAGLINE_DECL void write_fields(message_writer& out, const nsec_record& data) {
    if (data.types.empty()) return out.fail(errc::malformed_message);
    out.put_whole_name(data.next);
    std::vector<std::uint16_t> types(data.types.size());
    std::transform(data.types.begin(), data.types.end(), types.begin(),
                   [](record_type type) { return static_cast<std::uint16_t>(type); });
    std::sort(types.begin(), types.end());
    for (auto at = types.begin(); at != types.end();) {
        const unsigned window = *at >> 8;
        std::vector<std::uint8_t> bits;
        for (; at != types.end() && *at >> 8 == window; ++at) {
            const unsigned bit = *at & 0xff;
            bits.resize(bit / 8 + 1);
            bits[bit / 8] |= static_cast<std::uint8_t>(0x80 >> bit % 8);
        }
        out.put8(static_cast<std::uint8_t>(window));
        out.put8(static_cast<std::uint8_t>(bits.size()));
        out.put(bits);
    }
}

DRAGLINE_DECL void write_fields(message_writer& out, const tlsa_record& data) {
    out.put8(data.usage);
    out.put8(data.selector);
    out.put8(data.matching_type);
    out.put(data.association);
}

DRAGLINE_DECL void write_fields(message_writer& out, const sshfp_record& data) {
    out.put8(data.algorithm);
    out.put8(data.fingerprint_type);
    out.put(data.fingerprint);
}

template <record_type Type>
void write_fields(message_writer& out, const service_binding<Type>& data) {
    if (!data.is_alias() && !data.parameters.is_well_formed()) return out.fail(errc::malformed_message);
    out.put16(data.priority);
    out.put_whole_name(data.target);
    for (const auto& each : data.parameters.all()) {
        out.put16(static_cast<std::uint16_t>(each.key));
        out.put_count(each.value.size());
        out.put(each.value);
    }
}

DRAGLINE_DECL void write_record_data(message_writer& out, const record_data& data) {
    std::visit([&out](const auto& typed) { write_fields(out, typed); }, data);
}

}  // namespace dragline::dns::detail

#endif

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <utility>

namespace dragline::inline v1::dns::wire {
namespace detail {

using dns::detail::message_reader;
using dns::detail::message_writer;
using dns::detail::read_record_data;
using dns::detail::write_record_data;

inline constexpr std::size_t header_size = 12;

// One record of any section. OPT goes to `out.extension`.
DRAGLINE_DECL bool read_record(message_reader& in, message& out, std::vector<record>& section) {
    auto name = in.take_name();
    const auto type = static_cast<record_type>(in.take16());
    const auto klass = static_cast<record_class>(in.take16());
    const std::uint32_t ttl = in.take32();
    const std::size_t size = in.take16();
    if (in.failed() || in.left() < size) return false;
    const std::size_t end = in.position() + size;
    if (type == record_type::opt) {
        // One at most, at the root, among the additional records (RFC 6891, 6.1.1).
        if (out.extension || name != "." || &section != &out.additionals) return false;
        edns extension;
        extension.udp_size = static_cast<std::uint16_t>(klass);
        extension.version = static_cast<std::uint8_t>(ttl >> 16);
        extension.dnssec_ok = (ttl & 0x8000) != 0;
        const auto options = in.take(size);
        extension.options.assign(options.begin(), options.end());
        out.code = static_cast<rcode>((ttl >> 24) << 4 | (static_cast<unsigned>(out.code) & 0xf));
        out.extension = std::move(extension);
        return true;
    }
    auto& entry = section.emplace_back();
    entry.name = std::move(name);
    entry.type = type;
    entry.klass = klass;
    entry.ttl = ttl & 0x80000000u ? 0 : ttl;
    auto data = in.until(end);
    read_record_data(data, type, klass, entry.data);
    if (data.failed() || data.left() != 0) return false;
    in.skip_to(end);
    return true;
}

DRAGLINE_DECL void write_record(message_writer& out, const record& entry) {
    out.put_name(entry.name);
    out.put16(static_cast<std::uint16_t>(entry.type));
    out.put16(static_cast<std::uint16_t>(entry.klass));
    out.put32(entry.ttl);
    const auto start = out.start_data();
    write_record_data(out, entry.data);
    out.end_data(start);
}

DRAGLINE_DECL void write_extension(message_writer& out, const edns& extension, rcode code) {
    out.put8(0);
    out.put16(static_cast<std::uint16_t>(record_type::opt));
    out.put16(extension.udp_size);
    out.put8(static_cast<std::uint8_t>(static_cast<unsigned>(code) >> 4));
    out.put8(extension.version);
    out.put16(extension.dnssec_ok ? 0x8000 : 0);
    const auto start = out.start_data();
    out.put(extension.options);
    out.end_data(start);
}

DRAGLINE_DECL std::uint16_t flags_of(const message& value) noexcept {
    unsigned flags = static_cast<unsigned>(value.code) & 0xf;
    flags |= (value.opcode & 0xfu) << 11;
    if (value.response) flags |= 0x8000;
    if (value.authoritative) flags |= 0x0400;
    if (value.truncated) flags |= 0x0200;
    if (value.recursion_desired) flags |= 0x0100;
    if (value.recursion_available) flags |= 0x0080;
    if (value.authentic_data) flags |= 0x0020;
    if (value.checking_disabled) flags |= 0x0010;
    return static_cast<std::uint16_t>(flags);
}

DRAGLINE_DECL void set_flags(message& value, std::uint16_t flags) noexcept {
    value.code = static_cast<rcode>(flags & 0xf);
    value.opcode = static_cast<std::uint8_t>(flags >> 11 & 0xf);
    value.response = (flags & 0x8000) != 0;
    value.authoritative = (flags & 0x0400) != 0;
    value.truncated = (flags & 0x0200) != 0;
    value.recursion_desired = (flags & 0x0100) != 0;
    value.recursion_available = (flags & 0x0080) != 0;
    value.authentic_data = (flags & 0x0020) != 0;
    value.checking_disabled = (flags & 0x0010) != 0;
}

}  // namespace detail

DRAGLINE_DECL result<message> decode_message(byte_view bytes, const decode_limits& limits) {
    if (bytes.size() < detail::header_size || bytes.size() > max_message_size) return errc::malformed_message;
    detail::message_reader in(bytes);
    message out;
    out.id = in.take16();
    detail::set_flags(out, in.take16());
    const std::size_t question_count = in.take16();
    const std::size_t counts[] = {in.take16(), in.take16(), in.take16()};
    if (question_count + counts[0] + counts[1] + counts[2] > limits.max_records)
        return errc::malformed_message;

    for (std::size_t i = 0; i < question_count; ++i) {
        question asked;
        asked.name = in.take_name();
        asked.type = static_cast<record_type>(in.take16());
        asked.klass = static_cast<record_class>(in.take16());
        if (in.failed()) return errc::malformed_message;
        out.questions.push_back(std::move(asked));
    }
    std::vector<record>* const sections[] = {&out.answers, &out.authorities, &out.additionals};
    constexpr std::size_t least_size = 11;  // of a record
    for (std::size_t section = 0; section < 3; ++section) {
        sections[section]->reserve(std::min(counts[section], in.left() / least_size));
        for (std::size_t i = 0; i < counts[section]; ++i) {
            if (!detail::read_record(in, out, *sections[section])) return errc::malformed_message;
        }
    }
    return out;
}

DRAGLINE_DECL result<std::vector<std::uint8_t>> encode_message(const message& value, std::size_t max_size) {
    detail::message_writer out(max_size);
    if (value.opcode > 15 || static_cast<unsigned>(value.code) > (value.extension ? 0xfffu : 0xfu)) {
        return errc::malformed_message;
    }
    out.put16(value.id);
    out.put16(detail::flags_of(value));
    out.put_count(value.questions.size());
    out.put_count(value.answers.size());
    out.put_count(value.authorities.size());
    out.put_count(value.additionals.size() + (value.extension ? 1 : 0));
    for (const auto& asked : value.questions) {
        out.put_name(asked.name);
        out.put16(static_cast<std::uint16_t>(asked.type));
        out.put16(static_cast<std::uint16_t>(asked.klass));
        if (out.failed()) return out.finish();
    }
    for (const auto* section : {&value.answers, &value.authorities, &value.additionals}) {
        for (const auto& entry : *section) {
            detail::write_record(out, entry);
            if (out.failed()) return out.finish();
        }
    }
    if (value.extension) detail::write_extension(out, *value.extension, value.code);
    return out.finish();
}

DRAGLINE_DECL message make_query(std::uint16_t id, question asked, std::uint16_t udp_size) {
    message query;
    query.id = id;
    query.questions.push_back(std::move(asked));
    if (udp_size != 0) query.extension.emplace().udp_size = udp_size;
    return query;
}

DRAGLINE_DECL message make_query(std::uint16_t id, question asked, const query_form& form) {
    auto query = make_query(id, std::move(asked), form.udp_size);
    query.recursion_desired = form.recursion_desired;
    query.checking_disabled = form.checking_disabled;
    if (query.extension) query.extension->dnssec_ok = form.dnssec_ok;
    return query;
}

DRAGLINE_DECL std::error_code append_query(std::uint16_t id, const question& asked, const query_form& form,
                                           std::vector<std::uint8_t>& out) {
    const std::size_t start = out.size();
    const auto put16 = [&out](unsigned value) {
        out.push_back(static_cast<std::uint8_t>(value >> 8));
        out.push_back(static_cast<std::uint8_t>(value));
    };
    put16(id);
    put16((form.recursion_desired ? 0x0100u : 0u) | (form.checking_disabled ? 0x0010u : 0u));
    put16(1);
    put16(0);
    put16(0);
    put16(form.udp_size != 0 ? 1 : 0);
    if (const auto ec = encode_name(asked.name, out)) return out.resize(start), ec;
    put16(static_cast<unsigned>(asked.type));
    put16(static_cast<unsigned>(asked.klass));
    if (form.udp_size == 0) return {};
    out.push_back(0);
    put16(static_cast<unsigned>(record_type::opt));
    put16(form.udp_size);
    put16(0);
    put16(form.dnssec_ok ? 0x8000u : 0u);
    put16(0);
    return {};
}

DRAGLINE_DECL message make_response(const message& query, rcode code) {
    message response;
    response.id = query.id;
    response.response = true;
    response.opcode = query.opcode;
    response.recursion_desired = query.recursion_desired;
    response.code = code;
    response.questions = query.questions;
    if (query.extension) response.extension.emplace();
    return response;
}

DRAGLINE_DECL std::error_code check_response(const message& reply, std::uint16_t id,
                                             const question& asked) noexcept {
    if (!reply.response) return errc::not_a_response;
    if (reply.id != id) return errc::id_mismatch;
    if (reply.questions.size() != 1) return errc::question_mismatch;
    const auto& repeated = reply.questions.front();
    const bool same = repeated.type == asked.type && repeated.klass == asked.klass &&
                      equal_names(repeated.name, asked.name);
    return same ? std::error_code() : make_error_code(errc::question_mismatch);
}

}  // namespace dragline::dns::wire

#endif

#include <asio/ip/address_v4.hpp>
#include <asio/ip/address_v6.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::inline v1::dns {

inline constexpr std::size_t max_aliases = 16;  ///< CNAME records followed in one answer.

/// What a server said, word for word.
struct server_reply {
    wire::message message;
    std::string server;  ///< "192.0.2.1:53", or what else describes the transport.
    std::chrono::steady_clock::duration took{};

    server_reply() {}
    explicit server_reply(wire::message m) : message(std::move(m)) {}
};

struct answer {
    question asked;

    /// Nothing wrong: `records` holds at least one. Else why not: errc::name_not_found, no_data,
    /// server_failure, refused, format_error, not_implemented, unexpected_rcode or cname_loop.
    std::error_code error;

    rcode code = rcode::no_error;
    bool authoritative = false;
    bool authentic = false;  ///< The server says that it validated the data (AD).

    /// Where the asked name leads, one alias after the other; often none.
    std::vector<std::string> aliases;

    std::vector<record> records;  ///< Those of the asked type, in the order of the message.

    /// Seconds for which this holds: the least TTL of records and aliases, or, when the name or the data do
    /// not exist, that of the SOA record (RFC 2308, 5). 0: not to be kept.
    std::uint32_t ttl = 0;

    /// Only when it was asked for, as query() does.
    std::shared_ptr<const server_reply> reply;

    answer() {}

    /// The name that has, or lacks, the records.
    const std::string& canonical_name() const noexcept {
        return aliases.empty() ? asked.name : aliases.back();
    }

    /// The name, or an alias of it, has something of its own: any record, or an alias that leads anywhere.
    bool exists() const noexcept { return !records.empty() || !aliases.empty(); }

    /// `seconds` later: every TTL is that much less, but never below 0.
    DRAGLINE_DECL answer aged(std::uint32_t seconds) const;
};

/// What `reply`, which answers `asked`, says; a failure is told in answer::error.
///
/// Records that belong to other names than the asked one and its aliases are ignored.
DRAGLINE_DECL answer interpret(wire::message reply, question asked);

/// An answer that comes from no message.
DRAGLINE_DECL answer make_answer(question asked, std::error_code error);

DRAGLINE_DECL std::vector<asio::ip::address_v4> addresses_v4(const answer& from);
DRAGLINE_DECL std::vector<asio::ip::address_v6> addresses_v6(const answer& from);

/// The names that PTR records hold. Hostile text: whoever owns the address chose them.
DRAGLINE_DECL std::vector<std::string> pointer_names(const answer& from);

}  // namespace dragline::dns

// ---- dragline/dns/impl/answer.ipp
// Included by <dragline/dns/answer.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

namespace dragline::inline v1::dns {
namespace detail {

DRAGLINE_DECL std::error_code error_of(rcode code) noexcept {
    switch (code) {
        case rcode::no_error: return {};
        case rcode::format_error: return errc::format_error;
        case rcode::server_failure: return errc::server_failure;
        case rcode::name_not_found: return errc::name_not_found;
        case rcode::not_implemented: return errc::not_implemented;
        case rcode::refused: return errc::refused;
        case rcode::bad_version:
        case rcode::bad_cookie: break;
    }
    return errc::unexpected_rcode;
}

DRAGLINE_DECL rcode code_of(std::error_code error) noexcept {
    for (const auto code : {rcode::format_error, rcode::server_failure, rcode::name_not_found,
                            rcode::not_implemented, rcode::refused}) {
        if (error == error_of(code)) return code;
    }
    return rcode::no_error;
}

// How long the absence of a name or its data holds; 0 when the message does not say.
DRAGLINE_DECL std::uint32_t negative_ttl(const wire::message& reply, std::string_view name) noexcept {
    for (const auto& entry : reply.authorities) {
        const auto* soa = entry.get<soa_record>();
        if (soa && wire::is_at_or_below(name, entry.name)) return std::min(entry.ttl, soa->minimum);
    }
    return 0;
}

DRAGLINE_DECL bool is_alias_of(const record& entry, std::string_view name, const question& asked) noexcept {
    return entry.type == record_type::cname && entry.klass == asked.klass && entry.get<cname_record>() &&
           wire::equal_names(entry.name, name);
}

DRAGLINE_DECL bool is_answer_at(const record& entry, std::string_view name, const question& asked) noexcept {
    return (entry.type == asked.type || asked.type == record_type::any) && entry.klass == asked.klass &&
           wire::equal_names(entry.name, name);
}

}  // namespace detail

DRAGLINE_DECL answer interpret(wire::message reply, question asked) {
    answer out;
    out.asked = std::move(asked);
    out.code = reply.code;
    out.authoritative = reply.authoritative;
    out.authentic = reply.authentic_data;
    std::uint32_t ttl = std::numeric_limits<std::uint32_t>::max();

    while (!out.error) {
        const auto answers = [&out](const record& entry) {
            return detail::is_answer_at(entry, out.canonical_name(), out.asked);
        };
        if (std::all_of(reply.answers.begin(), reply.answers.end(), answers)) {
            out.records = std::move(reply.answers);  // nearly always, without aliases
        } else {
            std::copy_if(reply.answers.begin(), reply.answers.end(), std::back_inserter(out.records),
                         answers);
        }
        for (const auto& entry : out.records) ttl = std::min(ttl, entry.ttl);
        if (!out.records.empty()) break;
        const auto alias =
            std::find_if(reply.answers.begin(), reply.answers.end(), [&out](const record& entry) {
                return detail::is_alias_of(entry, out.canonical_name(), out.asked);
            });
        if (alias == reply.answers.end()) break;
        ttl = std::min(ttl, alias->ttl);
        const auto& target = alias->get<cname_record>()->name;
        const bool seen =
            wire::equal_names(target, out.asked.name) ||
            std::any_of(out.aliases.begin(), out.aliases.end(),
                        [&target](const std::string& name) { return wire::equal_names(name, target); });
        if (seen || out.aliases.size() == max_aliases) {
            out.error = errc::cname_loop;
        } else {
            out.aliases.push_back(target);
        }
    }

    if (!out.error) out.error = detail::error_of(reply.code);
    if (!out.error && out.records.empty()) out.error = errc::no_data;
    if (!out.error) {
        out.ttl = ttl;
    } else {
        out.records.clear();  // NXDOMAIN with records makes no sense
        const bool absent = out.error == errc::name_not_found || out.error == errc::no_data;
        out.ttl = absent ? std::min(ttl, detail::negative_ttl(reply, out.canonical_name())) : 0;
    }
    return out;
}

DRAGLINE_DECL answer make_answer(question asked, std::error_code error) {
    answer out;
    out.error = error;
    out.code = detail::code_of(error);
    out.asked = std::move(asked);
    return out;
}

DRAGLINE_DECL answer answer::aged(std::uint32_t seconds) const {
    const auto less = [seconds](std::uint32_t value) { return value > seconds ? value - seconds : 0; };
    answer older = *this;
    older.ttl = less(older.ttl);
    for (auto& entry : older.records) entry.ttl = less(entry.ttl);
    return older;
}

DRAGLINE_DECL std::vector<asio::ip::address_v4> addresses_v4(const answer& from) {
    std::vector<asio::ip::address_v4> addresses;
    addresses.reserve(from.records.size());
    for (const auto& entry : from.records) {
        if (const auto* data = entry.get<a_record>()) addresses.emplace_back(data->address);
    }
    return addresses;
}

DRAGLINE_DECL std::vector<asio::ip::address_v6> addresses_v6(const answer& from) {
    std::vector<asio::ip::address_v6> addresses;
    addresses.reserve(from.records.size());
    for (const auto& entry : from.records) {
        if (const auto* data = entry.get<aaaa_record>()) addresses.emplace_back(data->address);
    }
    return addresses;
}

DRAGLINE_DECL std::vector<std::string> pointer_names(const answer& from) {
    std::vector<std::string> names;
    names.reserve(from.records.size());
    for (const auto& entry : from.records) {
        if (const auto* data = entry.get<ptr_record>()) names.push_back(data->name);
    }
    return names;
}

}  // namespace dragline::dns

#endif
// ---- dragline/dns/cache.hpp
// Answers for as long as their TTL says. No clock of its own: the time is a parameter. Start with `cache`.


#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace dragline::inline v1::dns {

/// How much a cache keeps, and for how long at most.
class cache_options {
public:
    cache_options() {}

    /// Entries; 0 keeps nothing.
    cache_options& max_entries(std::size_t value) {
        max_entries_ = value;
        return *this;
    }
    std::size_t max_entries() const noexcept { return max_entries_; }

    /// The longest that records are kept, whatever their TTL.
    cache_options& max_ttl(std::chrono::seconds value) {
        max_ttl_ = value;
        return *this;
    }
    std::chrono::seconds max_ttl() const noexcept { return max_ttl_; }

    /// The longest that the absence of a name or its data is kept (RFC 2308, 5).
    cache_options& max_negative_ttl(std::chrono::seconds value) {
        max_negative_ttl_ = value;
        return *this;
    }
    std::chrono::seconds max_negative_ttl() const noexcept { return max_negative_ttl_; }

    /// How long SERVFAIL is kept (RFC 9520, 3.2); other failures are not.
    cache_options& failure_ttl(std::chrono::seconds value) {
        failure_ttl_ = value;
        return *this;
    }
    std::chrono::seconds failure_ttl() const noexcept { return failure_ttl_; }

    /// Memory that the answers take, in bytes, by a fair estimate.
    cache_options& max_bytes(std::size_t value) {
        max_bytes_ = value;
        return *this;
    }
    std::size_t max_bytes() const noexcept { return max_bytes_; }

    /// An answer that is used when less than this part of its life is left, in percent, is asked for again
    /// in the background; 0 to 50, 0 never. Lives below 10 s are not worth it.
    cache_options& refresh_ahead(int percent) {
        refresh_ahead_ = percent;
        return *this;
    }
    int refresh_ahead() const noexcept { return refresh_ahead_; }

    /// How long after its end an answer still serves when the servers fail or are slow (RFC 8767); 0: never.
    cache_options& max_stale(std::chrono::seconds value) {
        max_stale_ = value;
        return *this;
    }
    std::chrono::seconds max_stale() const noexcept { return max_stale_; }

    /// How long a look-up waits for the servers before such an answer serves; 1.8 s (RFC 8767, 5).
    cache_options& stale_after(std::chrono::milliseconds value) {
        stale_after_ = value;
        return *this;
    }
    std::chrono::milliseconds stale_after() const noexcept { return stale_after_; }

    bool operator==(const cache_options&) const = default;

private:
    std::size_t max_entries_ = 10'000;
    std::chrono::seconds max_ttl_ = std::chrono::hours(1);
    std::chrono::seconds max_negative_ttl_ = std::chrono::minutes(15);
    std::chrono::seconds failure_ttl_ = std::chrono::seconds(5);
    std::size_t max_bytes_ = 64 * 1024 * 1024;
    int refresh_ahead_ = 10;
    std::chrono::seconds max_stale_{0};
    std::chrono::milliseconds stale_after_{1800};
};

/// Since the cache was made.
struct cache_statistics {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::uint64_t stored = 0;
    std::uint64_t expired = 0;
    std::uint64_t evicted = 0;    ///< Pushed out while they still held.
    std::uint64_t stale = 0;      ///< Served after their end.
    std::uint64_t refreshed = 0;  ///< Asked for again before their end.
    std::size_t entries = 0;      ///< Now.
    std::size_t bytes = 0;        ///< Now.
};

/// A bounded cache of answers; when it is full, the one that was not asked for longest goes.
///
/// NXDOMAIN answers every type of its name, NODATA its own type. What has a TTL of 0 is not stored, nor is an
/// absence without SOA record. Answers to queries whose form changes them are kept apart. Every call takes
/// constant time, one for each entry that must go. Threads: one at a time.
class cache {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// The longest TTL that a stale answer is given out with, in seconds, and the time until it is worth to
    /// ask again after that failed (RFC 8767, 5).
    static constexpr std::uint32_t stale_ttl = 30;

    explicit cache(cache_options options = {}) : options_(options) {}
    cache(const cache&) = delete;
    cache& operator=(const cache&) = delete;

    /// An answer, and how many seconds ago it was stored: answer::aged() with them is what holds now. The
    /// answer may be to a question for another type, when it says that the name does not exist.
    struct hit {
        std::shared_ptr<const answer> stored;
        std::uint32_t age = 0;
        bool stale = false;    ///< It has ended, and the servers failed less than stale_ttl ago.
        bool refresh = false;  ///< It ends soon: ask again. Said once.
    };

    DRAGLINE_DECL std::optional<hit> find(const question& asked, time_point now, const query_form& form = {});

    /// What may serve if the servers fail: an answer that ended less than cache_options::max_stale() ago.
    DRAGLINE_DECL std::optional<hit> find_stale(const question& asked, time_point now,
                                                const query_form& form = {});

    /// Keeps what may be kept. An older answer to the same question goes, unless this is a failure.
    DRAGLINE_DECL void store(std::shared_ptr<const answer> value, time_point now,
                             const query_form& form = {});

    /// Forgets everything, for instance after a change of network.
    DRAGLINE_DECL void clear() noexcept;

    std::size_t size() const noexcept { return entries_.size(); }
    DRAGLINE_DECL cache_statistics statistics() const noexcept;
    const cache_options& options() const noexcept { return options_; }

private:
    struct key {
        std::string_view name;  // lower case; that of an entry lives in the entry
        std::size_t hash;       // of the name, so that it is read once
        std::uint32_t type;
        std::uint16_t klass;
        std::uint16_t form;  // what of it changes answers
        bool operator==(const key& other) const noexcept {
            return hash == other.hash && type == other.type && klass == other.klass && form == other.form &&
                   name == other.name;
        }
    };
    struct key_hash {
        std::size_t operator()(const key& k) const noexcept { return k.hash + k.type * 0x9e3779b9u + k.form; }
    };
    struct entry;
    using entry_map = std::unordered_map<key, entry, key_hash>;  // its nodes stay where they are
    struct entry {
        std::shared_ptr<const answer> value;
        std::string name;  // when that of the answer is not in lower case
        time_point stored;
        time_point expires;
        time_point refresh_at;       // max when that was said, or is not wanted
        time_point trusted_until{};  // when stale: no use in asking before
        std::size_t bytes = 0;
        entry_map::value_type* newer = nullptr;  // by their last use
        entry_map::value_type* older = nullptr;
    };

    static constexpr std::uint32_t every_type = 0x10000;  // above all types
    static key key_of(const question& asked, const query_form& form, std::string& lowered);
    static key with_type(key of, std::uint32_t type) noexcept {
        of.type = type;
        return of;
    }
    std::chrono::seconds lifetime(const answer& value) const noexcept;
    entry_map::iterator look_up(const question& asked, const query_form& form);
    bool is_gone(const entry& at, time_point now) const noexcept;
    void make_room(std::size_t bytes, time_point now) noexcept;
    hit use(entry_map::value_type& at, time_point now) noexcept;
    void link(entry_map::value_type& used) noexcept;
    void unlink(entry_map::value_type& used) noexcept;
    void erase(entry_map::iterator at) noexcept;
    void forget(const key& old) noexcept;

    cache_options options_;
    cache_statistics statistics_;
    entry_map entries_;
    entry_map::value_type* newest_ = nullptr;
    entry_map::value_type* oldest_ = nullptr;
    std::size_t whole_names_ = 0;  // entries for every type
    std::size_t bytes_ = 0;
};

}  // namespace dragline::dns

// ---- dragline/dns/impl/cache.ipp
// Included by <dragline/dns/cache.hpp> only.

// ---- dragline/dns/detail/answer_size.hpp
// What an answer takes of the memory.


#include <cstddef>

namespace dragline::inline v1::dns::detail {

// In bytes, close enough to bound a cache.
DRAGLINE_DECL std::size_t memory_of(const answer& value) noexcept;

}  // namespace dragline::dns::detail

// ---- dragline/dns/detail/impl/answer_size.ipp
// Included by <dragline/dns/detail/answer_size.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <string>
#include <type_traits>
#include <variant>
#include <vector>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL std::size_t memory_of(const std::string& text) noexcept {
    return text.capacity() > std::string().capacity() ? text.capacity() + 1 : 0;
}

// What the data of a record keeps outside of itself, whatever its type.
struct data_size {
    std::size_t bytes = 0;

    void add(const std::string& text) noexcept { bytes += memory_of(text); }
    template <class T>
    void add(const std::vector<T>& values) noexcept {
        bytes += values.capacity() * sizeof(T);
        if constexpr (std::is_same_v<T, std::string>) {
            for (const auto& each : values) add(each);
        } else if constexpr (std::is_same_v<T, service_parameter>) {
            for (const auto& each : values) add(each.value);
        }
    }

    void operator()(const a_record&) noexcept {}
    void operator()(const aaaa_record&) noexcept {}
    template <record_type Type>
    void operator()(const name_record<Type>& data) noexcept {
        add(data.name);
    }
    void operator()(const raw_record& data) noexcept { add(data.bytes); }
    void operator()(const soa_record& data) noexcept { add(data.primary), add(data.mailbox); }
    void operator()(const mx_record& data) noexcept { add(data.exchange); }
    void operator()(const txt_record& data) noexcept { add(data.strings); }
    void operator()(const srv_record& data) noexcept { add(data.target); }
    void operator()(const naptr_record& data) noexcept {
        for (const auto* text : {&data.flags, &data.services, &data.regexp, &data.replacement}) add(*text);
    }
    void operator()(const caa_record& data) noexcept { add(data.tag), add(data.value); }
    void operator()(const uri_record& data) noexcept { add(data.target); }
    void operator()(const dnskey_record& data) noexcept { add(data.key); }
    void operator()(const rrsig_record& data) noexcept { add(data.signer), add(data.signature); }
    void operator()(const ds_record& data) noexcept { add(data.digest); }
    void operator()(const nsec_record& data) noexcept { add(data.next), add(data.types); }
    void operator()(const tlsa_record& data) noexcept { add(data.association); }
    void operator()(const sshfp_record& data) noexcept { add(data.fingerprint); }
    template <record_type Type>
    void operator()(const service_binding<Type>& data) noexcept {
        add(data.target), add(data.parameters.all());
    }
};

DRAGLINE_DECL std::size_t memory_of(const std::vector<record>& records) noexcept {
    data_size within;
    for (const auto& each : records) {
        within.add(each.name);
        std::visit([&within](const auto& data) { within(data); }, each.data);
    }
    return records.capacity() * sizeof(record) + within.bytes;
}

DRAGLINE_DECL std::size_t memory_of(const answer& value) noexcept {
    std::size_t bytes = sizeof value + memory_of(value.asked.name) + memory_of(value.records);
    for (const auto& alias : value.aliases) bytes += sizeof alias + memory_of(alias);
    if (value.reply) {
        const auto& message = value.reply->message;
        bytes += sizeof *value.reply + memory_of(message.answers) + memory_of(message.authorities) +
                 memory_of(message.additionals);
    }
    return bytes;
}

}  // namespace dragline::dns::detail

#endif

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <utility>

namespace dragline::inline v1::dns {

// The name is that of the question where it is normal already, as the names of hosts are, or else `lowered`.
DRAGLINE_DECL cache::key cache::key_of(const question& asked, const query_form& form, std::string& lowered) {
    std::string_view name = asked.name;
    if (name.size() > 1 && name.back() == '.') name.remove_suffix(1);
    if (std::any_of(name.begin(), name.end(), ascii::is_upper)) {
        lowered = ascii::to_lower(name);
        name = lowered;
    }
    return {name, std::hash<std::string_view>()(name), static_cast<std::uint32_t>(asked.type),
            static_cast<std::uint16_t>(asked.klass),
            static_cast<std::uint16_t>((form.recursion_desired ? 0 : 1) | (form.checking_disabled ? 2 : 0) |
                                       (form.dnssec_ok ? 4 : 0))};
}

DRAGLINE_DECL std::chrono::seconds cache::lifetime(const answer& value) const noexcept {
    const std::chrono::seconds ttl(value.ttl);
    if (!value.error) return std::min(ttl, options_.max_ttl());
    if (value.error == errc::name_not_found || value.error == errc::no_data) {
        return std::min(ttl, options_.max_negative_ttl());
    }
    return value.error == errc::server_failure ? options_.failure_ttl() : std::chrono::seconds(0);
}

// The entry for this question, or the one for its whole name; it may have ended.
DRAGLINE_DECL cache::entry_map::iterator cache::look_up(const question& asked, const query_form& form) {
    std::string lowered;
    const auto wanted = key_of(asked, form, lowered);
    const auto found = entries_.find(wanted);
    if (found != entries_.end() || whole_names_ == 0) return found;
    return entries_.find(with_type(wanted, every_type));
}

DRAGLINE_DECL bool cache::is_gone(const entry& at, time_point now) const noexcept {
    return at.value->error ? at.expires <= now : at.expires + options_.max_stale() <= now;
}

DRAGLINE_DECL cache::hit cache::use(entry_map::value_type& used, time_point now) noexcept {
    unlink(used);
    link(used);
    auto& at = used.second;
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - at.stored).count();
    hit found;
    found.stored = at.value;
    found.age = static_cast<std::uint32_t>(std::max<decltype(age)>(age, 0));
    found.stale = at.expires <= now;
    if (found.stale) ++statistics_.stale;
    if (now >= at.refresh_at) {
        at.refresh_at = time_point::max();
        found.refresh = true;
        ++statistics_.refreshed;
    }
    return found;
}

DRAGLINE_DECL std::optional<cache::hit> cache::find(const question& asked, time_point now,
                                                    const query_form& form) {
    const auto found = look_up(asked, form);
    if (found != entries_.end()) {
        const auto& at = found->second;
        if (is_gone(at, now)) {
            ++statistics_.expired;
            erase(found);
        } else if (at.expires > now || at.trusted_until > now) {
            ++statistics_.hits;
            return use(*found, now);
        }
    }
    ++statistics_.misses;
    return std::nullopt;
}

DRAGLINE_DECL std::optional<cache::hit> cache::find_stale(const question& asked, time_point now,
                                                          const query_form& form) {
    const auto found = look_up(asked, form);
    if (found == entries_.end() || is_gone(found->second, now)) return std::nullopt;
    return use(*found, now);
}

DRAGLINE_DECL void cache::store(std::shared_ptr<const answer> value, time_point now, const query_form& form) {
    const bool tells = !value->error || value->error == errc::name_not_found || value->error == errc::no_data;
    if (!tells) {
        // A failure does not make untrue what is known.
        const auto known = look_up(value->asked, form);
        if (known != entries_.end() && !known->second.value->error && !is_gone(known->second, now)) {
            known->second.trusted_until = now + std::chrono::seconds(stale_ttl);
            return;
        }
    }
    std::string lowered;
    auto at = key_of(value->asked, form, lowered);
    // What is said now replaces what was said before, also when it may not be kept itself.
    forget(at);
    if (whole_names_ > 0) forget(with_type(at, every_type));
    const auto kept_for = lifetime(*value);
    const auto bytes = detail::memory_of(*value) + sizeof(entry_map::value_type) + lowered.size();
    const bool fits = options_.max_entries() > 0 && bytes <= options_.max_bytes();
    if (kept_for <= std::chrono::seconds(0) || !fits) return;
    make_room(bytes, now);

    // An alias exists itself, wherever it leads; then only this question has its answer.
    if (value->error == errc::name_not_found && value->aliases.empty()) at.type = every_type;
    entry made;
    if (!lowered.empty()) {
        // On the heap, so that the key may point to it wherever the entry is moved.
        lowered.reserve(sizeof(std::string));
        made.name = std::move(lowered);
        at.name = made.name;
    }
    constexpr std::chrono::seconds worth_refreshing{10};
    const bool refresh = !value->error && options_.refresh_ahead() > 0 && kept_for >= worth_refreshing;
    made.value = std::move(value);
    made.stored = now;
    made.expires = now + kept_for;
    made.refresh_at = refresh ? made.expires - kept_for * options_.refresh_ahead() / 100 : time_point::max();
    made.bytes = bytes;
    link(*entries_.emplace(at, std::move(made)).first);
    bytes_ += bytes;
    if (at.type == every_type) ++whole_names_;
    ++statistics_.stored;
}

DRAGLINE_DECL void cache::make_room(std::size_t bytes, time_point now) noexcept {
    while (oldest_ && (entries_.size() >= options_.max_entries() || bytes_ + bytes > options_.max_bytes())) {
        const auto last = entries_.find(oldest_->first);
        ++(last->second.expires > now ? statistics_.evicted : statistics_.expired);
        erase(last);
    }
}

DRAGLINE_DECL cache_statistics cache::statistics() const noexcept {
    auto now = statistics_;
    now.entries = entries_.size();
    now.bytes = bytes_;
    return now;
}

DRAGLINE_DECL void cache::link(entry_map::value_type& used) noexcept {
    used.second.newer = nullptr;
    used.second.older = newest_;
    (newest_ ? newest_->second.newer : oldest_) = &used;
    newest_ = &used;
}

DRAGLINE_DECL void cache::unlink(entry_map::value_type& used) noexcept {
    const auto& at = used.second;
    (at.newer ? at.newer->second.older : newest_) = at.older;
    (at.older ? at.older->second.newer : oldest_) = at.newer;
}

DRAGLINE_DECL void cache::forget(const key& old) noexcept {
    if (const auto found = entries_.find(old); found != entries_.end()) erase(found);
}

DRAGLINE_DECL void cache::erase(entry_map::iterator at) noexcept {
    if (at->first.type == every_type) --whole_names_;
    bytes_ -= at->second.bytes;
    unlink(*at);
    entries_.erase(at);
}

DRAGLINE_DECL void cache::clear() noexcept {
    entries_.clear();
    newest_ = oldest_ = nullptr;
    whole_names_ = 0;
    bytes_ = 0;
}

}  // namespace dragline::dns

#endif
// ---- dragline/dns/hosts_file.hpp
// The names that the machine itself knows. Start with hosts_file, which reads them and reads them again.

// ---- dragline/dns/detail/watched_file.hpp
// A small system file that is read again when it has changed.


#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace dragline::inline v1::dns::detail {

class watched_file {
public:
    using time_point = std::chrono::steady_clock::time_point;

    watched_file(std::string path, std::size_t max_size) : path_(std::move(path)), max_size_(max_size) {}

    const std::string& path() const noexcept { return path_; }

    /// True at the first call, and when size, time of change or existence differ from what they were at the
    /// last one. Looks at the disk once a second at most.
    bool changed(time_point now);

    /// Makes the next changed() look at the disk.
    void look_again() noexcept { looked_ = false; }

    /// The content, cut after the last whole line within the size limit; empty when it cannot be read.
    std::string read() const;

private:
    std::string path_;
    std::size_t max_size_;
    bool looked_ = false;
    bool known_ = false;
    bool exists_ = false;
    std::uintmax_t size_ = 0;
    std::filesystem::file_time_type written_{};
    time_point next_look_{};
};

}  // namespace dragline::dns::detail

// ---- dragline/dns/detail/impl/watched_file.ipp
// Included by <dragline/dns/detail/watched_file.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <fstream>
#include <system_error>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL bool watched_file::changed(time_point now) {
    if (looked_ && now < next_look_) return false;
    looked_ = true;
    next_look_ = now + std::chrono::seconds(1);

    std::error_code ec;
    const auto written = std::filesystem::last_write_time(path_, ec);
    const auto size = ec ? 0 : std::filesystem::file_size(path_, ec);
    const bool exists = !ec;
    if (known_ && exists == exists_ && (!exists || (size == size_ && written == written_))) return false;
    known_ = true;
    exists_ = exists;
    size_ = size;
    written_ = written;
    return true;
}

DRAGLINE_DECL std::string watched_file::read() const {
    std::string text;
    std::ifstream file(path_, std::ios::binary);
    char block[16 * 1024];
    while (file && text.size() <= max_size_) {
        file.read(block, sizeof block);
        text.append(block, static_cast<std::size_t>(file.gcount()));
    }
    if (text.size() > max_size_) {
        text.resize(max_size_);
        const auto last = text.rfind('\n');
        text.resize(last == text.npos ? 0 : last + 1);
    }
    return text;
}

}  // namespace dragline::dns::detail

#endif

#include <asio/ip/address.hpp>

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dragline::inline v1::dns {

/// What a hosts file says (hosts(5)): names to addresses, and addresses to names.
///
/// A name may stand on several lines, and has all their addresses, in the order of the file.
class hosts_table {
public:
    /// Addresses of one name, and names of one address, beyond which the rest is ignored.
    static constexpr std::size_t max_per_entry = 128;

    hosts_table() {}

    /// Reads the text of a hosts file: comments, CRLF, aliases. Lines with a bad address or a bad name are
    /// counted; the good names of such a line still count.
    DRAGLINE_DECL static hosts_table parse(std::string_view text);

    /// The addresses of a name, as normal_host_name() returns it; none when the file does not know it.
    DRAGLINE_DECL std::span<const asio::ip::address> addresses_of(std::string_view name) const;

    /// The names of an address, host name before aliases; lower case.
    DRAGLINE_DECL std::span<const std::string> names_of(const asio::ip::address& address) const;

    std::size_t size() const noexcept { return addresses_.size(); }
    std::size_t bad_lines() const noexcept { return bad_lines_; }

private:
    struct text_hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept {
            return std::hash<std::string_view>()(text);
        }
    };
    bool add(const asio::ip::address& address, std::string_view name);

    std::unordered_map<std::string, std::vector<asio::ip::address>, text_hash, std::equal_to<>> addresses_;
    std::map<asio::ip::address, std::vector<std::string>> names_;
    std::size_t bad_lines_ = 0;
};

/// A hosts file on disk: parsed once, and again when its size or time of change is another.
///
/// A file that is missing or cannot be read is empty. Threads: one at a time.
class hosts_file {
public:
    static constexpr std::size_t default_max_size = 32 * 1024 * 1024;

    /// Of a file larger than `max_size` bytes, only the whole lines within them count.
    explicit hosts_file(std::string path = platform::hosts_file, std::size_t max_size = default_max_size)
        : file_(std::move(path), max_size) {}

    /// The table as of `now`; the disk is looked at once a second at most. Valid until the next call.
    DRAGLINE_DECL const hosts_table& table(std::chrono::steady_clock::time_point now);

private:
    detail::watched_file file_;
    hosts_table table_;
};

}  // namespace dragline::dns

// ---- dragline/dns/impl/hosts_file.ipp
// Included by <dragline/dns/hosts_file.hpp> only.

// ---- dragline/dns/name.hpp
// Host names as users give them, and the names that hold the reverse of an address. Start with
// normal_host_name().


#include <asio/ip/address.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dragline::inline v1::dns {

inline constexpr std::size_t max_host_name = 253;  ///< Characters, without a dot at the end.

/// Checks a host name and returns it as look-ups use it: lower case, without a dot at the end.
///
/// Letters, digits, '-' and '_' in labels of 1 to 63 characters; an underscore is not for hosts (RFC 1123),
/// but real names have them. International names must come in their ASCII form. Errors: errc::empty_name,
/// name_too_long, label_too_long, empty_label, invalid_name, non_ascii_name.
DRAGLINE_DECL result<std::string> normal_host_name(std::string_view name);

/// Checks any name that can stand in the DNS, and returns it as look-ups use it: lower case, without a dot at
/// the end, "." for the root. Escapes as in wire/name.hpp.
///
/// An address is no name: errc::invalid_name. Other errors: those of wire::encode_name();
/// errc::non_ascii_name.
DRAGLINE_DECL result<std::string> normal_name(std::string_view name);

/// Where the names of an address are looked up: 4.3.2.1.in-addr.arpa, or nibbles under ip6.arpa (RFC
/// 3596, 2.5).
///
/// An IPv4-mapped IPv6 address counts as its IPv4 address; a scope id plays no part.
DRAGLINE_DECL std::string reverse_name(const asio::ip::address& address);

namespace detail {

// An address of its own family and without a scope: IPv4 where it is mapped into IPv6.
DRAGLINE_DECL asio::ip::address plain_address(const asio::ip::address& address);

// A name that is written as an address.
DRAGLINE_DECL std::optional<asio::ip::address> literal_address(std::string_view name);

}  // namespace detail

/// localhost and all below it, which never leave the machine (RFC 6761, 6.3). `name` as normal_host_name()
/// returns it.
DRAGLINE_DECL bool is_localhost(std::string_view name) noexcept;

/// A Tor name, which must not be asked of the DNS (RFC 7686). `name` as normal_host_name() returns it.
DRAGLINE_DECL bool is_onion(std::string_view name) noexcept;

}  // namespace dragline::dns

// ---- dragline/dns/impl/name.ipp
// Included by <dragline/dns/name.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <cstdint>
#include <optional>
#include <system_error>
#include <vector>

namespace dragline::inline v1::dns {
namespace detail {

DRAGLINE_DECL bool is_name_or_below(std::string_view name, std::string_view parent) noexcept {
    if (!name.ends_with(parent)) return false;
    return name.size() == parent.size() || name[name.size() - parent.size() - 1] == '.';
}

DRAGLINE_DECL std::optional<asio::ip::address> literal_address(std::string_view name) {
    constexpr std::size_t longest = 45;
    if (name.empty() || name.size() > longest) return std::nullopt;
    if (!ascii::is_digit(name.back()) && name.find(':') == name.npos) return std::nullopt;
    if (name.find('\0') != name.npos) return std::nullopt;  // which would end the text early
    std::error_code ec;
    const auto address = asio::ip::make_address(name, ec);
    return ec ? std::nullopt : std::optional(address);
}

DRAGLINE_DECL asio::ip::address plain_address(const asio::ip::address& address) {
    if (address.is_v4()) return address;
    const auto v6 = address.to_v6();
    if (v6.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, v6);
    return asio::ip::address_v6(v6.to_bytes());
}

}  // namespace detail

DRAGLINE_DECL result<std::string> normal_host_name(std::string_view name) {
    constexpr std::size_t max_label = 63;
    if (name.empty()) return errc::empty_name;
    if (name.back() == '.') name.remove_suffix(1);
    if (name.empty()) return errc::empty_label;
    if (name.size() > max_host_name) return errc::name_too_long;
    std::size_t label = 0;
    for (const char c : name) {
        if (c == '.') {
            if (label == 0) return errc::empty_label;
            label = 0;
            continue;
        }
        if (static_cast<unsigned char>(c) > 0x7f) return errc::non_ascii_name;
        if (!ascii::is_alphanumeric(c) && c != '-' && c != '_') return errc::invalid_name;
        if (++label > max_label) return errc::label_too_long;
    }
    if (label == 0) return errc::empty_label;
    return ascii::to_lower(name);
}

DRAGLINE_DECL result<std::string> normal_name(std::string_view name) {
    if (detail::literal_address(name)) return errc::invalid_name;
    if (!std::all_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
        return errc::non_ascii_name;
    std::vector<std::uint8_t> bytes;
    if (const auto ec = wire::encode_name(name, bytes)) return ec;
    std::size_t start = 0;
    return ascii::to_lower(*wire::decode_name(bytes, start));
}

DRAGLINE_DECL std::string reverse_name(const asio::ip::address& address) {
    std::string name;
    const auto plain = detail::plain_address(address);
    if (plain.is_v4()) {
        const auto bytes = plain.to_v4().to_bytes();
        for (auto at = bytes.rbegin(); at != bytes.rend(); ++at) (name += std::to_string(*at)) += '.';
        return name += "in-addr.arpa";
    }
    constexpr std::string_view digits = "0123456789abcdef";
    const auto bytes = plain.to_v6().to_bytes();
    for (auto at = bytes.rbegin(); at != bytes.rend(); ++at) {
        for (const int nibble : {*at & 0xf, *at >> 4})
            (name += digits[static_cast<std::size_t>(nibble)]) += '.';
    }
    return name += "ip6.arpa";
}

DRAGLINE_DECL bool is_localhost(std::string_view name) noexcept {
    return detail::is_name_or_below(name, "localhost");
}

DRAGLINE_DECL bool is_onion(std::string_view name) noexcept {
    return detail::is_name_or_below(name, "onion");
}

}  // namespace dragline::dns

#endif

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <system_error>

namespace dragline::inline v1::dns {

DRAGLINE_DECL bool hosts_table::add(const asio::ip::address& address, std::string_view name) {
    auto checked = normal_host_name(name);
    if (!checked) return false;
    auto& addresses = addresses_[*checked];
    if (addresses.size() < max_per_entry &&
        std::find(addresses.begin(), addresses.end(), address) == addresses.end()) {
        addresses.push_back(address);
    }
    auto& names = names_[address];
    if (names.size() < max_per_entry && std::find(names.begin(), names.end(), *checked) == names.end()) {
        names.push_back(*std::move(checked));
    }
    return true;
}

DRAGLINE_DECL hosts_table hosts_table::parse(std::string_view text) {
    constexpr std::string_view space = " \t\r\v\f";
    constexpr std::size_t longest_address = 64;  // with a scope id
    hosts_table table;
    while (!text.empty()) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        text = end == text.npos ? std::string_view() : text.substr(end + 1);

        line = line.substr(0, line.find('#'));
        const auto next_word = [&line, space] {
            const auto start = std::min(line.find_first_not_of(space), line.size());
            line.remove_prefix(start);
            const auto word = line.substr(0, line.find_first_of(space));
            line.remove_prefix(word.size());
            return word;
        };
        const auto first = next_word();
        if (first.empty()) continue;
        std::error_code ec = errc::invalid_name;
        asio::ip::address address;
        if (first.size() <= longest_address && first.find('\0') == first.npos)
            address = asio::ip::make_address(std::string(first), ec);
        bool good = !ec;
        bool named = false;
        while (!ec) {
            const auto name = next_word();
            if (name.empty()) break;
            named = true;
            good = table.add(address, name) && good;
        }
        if (!good || !named) ++table.bad_lines_;
    }
    return table;
}

DRAGLINE_DECL std::span<const asio::ip::address> hosts_table::addresses_of(std::string_view name) const {
    const auto found = addresses_.find(name);
    if (found == addresses_.end()) return {};
    return found->second;
}

DRAGLINE_DECL std::span<const std::string> hosts_table::names_of(const asio::ip::address& address) const {
    const auto found = names_.find(address);
    if (found == names_.end()) return {};
    return found->second;
}

DRAGLINE_DECL const hosts_table& hosts_file::table(std::chrono::steady_clock::time_point now) {
    if (file_.changed(now)) table_ = hosts_table::parse(file_.read());
    return table_;
}

}  // namespace dragline::dns

#endif
// ---- dragline/dns/lookup_quota.hpp
// How many look-ups one scope may cause: a message that is scanned, a task, a request that is served.

// ---- dragline/dns/detail/quota_seat.hpp
// The place of one look-up under the limits of a scope.


#include <cstddef>
#include <list>
#include <memory>
#include <utility>

namespace dragline::inline v1::dns::detail {

class quota_seat;

struct quota_state {
    std::size_t max_lookups;
    std::size_t max_at_once;
    std::size_t used = 0;
    std::size_t refused = 0;
    std::size_t under_way = 0;
    std::list<quota_seat*> lanes[2];  // who waits: important ones, others

    quota_state(std::size_t lookups, std::size_t at_once) noexcept
        : max_lookups(lookups), max_at_once(at_once) {}
};

// Exists for as long as the look-up does; `wake` is notified when it may go on.
class quota_seat {
public:
    quota_seat(std::shared_ptr<quota_state> quota, bool important, async::event& wake)
        : quota_(std::move(quota)), wake_(wake), lane_(quota_->lanes[important ? 0 : 1]) {
        if (!important && quota_->used >= quota_->max_lookups) {
            ++quota_->refused;
            stage_ = stage::refused;
            return;
        }
        ++quota_->used;
        if (quota_->under_way < quota_->max_at_once) {
            ++quota_->under_way;
            stage_ = stage::admitted;
        } else {
            place_ = lane_.insert(lane_.end(), this);
        }
    }
    ~quota_seat() {
        if (stage_ == stage::waiting) lane_.erase(place_);
        if (stage_ == stage::admitted) quota_->under_way -= pass_on() ? 0 : 1;
    }
    quota_seat(const quota_seat&) = delete;
    quota_seat& operator=(const quota_seat&) = delete;

    bool refused() const noexcept { return stage_ == stage::refused; }
    bool admitted() const noexcept { return stage_ == stage::admitted; }

private:
    enum class stage { waiting, admitted, refused };

    bool pass_on() {
        for (auto& lane : quota_->lanes) {
            if (lane.empty()) continue;
            auto& next = *lane.front();
            lane.pop_front();
            next.stage_ = stage::admitted;
            next.wake_.notify();
            return true;
        }
        return false;
    }

    std::shared_ptr<quota_state> quota_;
    async::event& wake_;
    std::list<quota_seat*>& lane_;
    std::list<quota_seat*>::iterator place_;
    stage stage_ = stage::waiting;
};

}  // namespace dragline::dns::detail

#include <cstddef>
#include <limits>
#include <memory>

namespace dragline::inline v1::dns {

/// Limits of one scope, shared by its copies; give it to look-ups with query_options::quota().
///
/// Only look-ups that must be asked of a server count. Beyond `max_lookups` they end with
/// errc::quota_exceeded; beyond `max_at_once` they wait, within their timeout, in two lanes: important ones
/// (query_options::important()) go first, and have no total. Threads: those of one loop only.
class lookup_quota {
public:
    static constexpr std::size_t no_count = std::numeric_limits<std::size_t>::max();

    explicit lookup_quota(std::size_t max_lookups = 64, std::size_t max_at_once = no_count)
        : state_(std::make_shared<detail::quota_state>(max_lookups, max_at_once)) {}

    std::size_t used() const noexcept { return state_->used; }  ///< Admitted so far.
    std::size_t refused() const noexcept { return state_->refused; }
    std::size_t under_way() const noexcept { return state_->under_way; }
    std::size_t waiting() const noexcept { return state_->lanes[0].size() + state_->lanes[1].size(); }

    /// For look-ups of this module.
    const std::shared_ptr<detail::quota_state>& state() const noexcept { return state_; }

    /// The same scope.
    bool operator==(const lookup_quota&) const = default;

private:
    std::shared_ptr<detail::quota_state> state_;
};

}  // namespace dragline::dns
// ---- dragline/dns/options.hpp
// The knobs of a look-up. Every one has a default; start with query_options.

// ---- dragline/dns/server.hpp
// Where a DNS server listens. Start with server::parse().


#include <asio/ip/address.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace dragline::inline v1::dns {

/// The address and port of a DNS server. Never a name: that would need a DNS server.
class server {
public:
    static constexpr std::uint16_t default_port = 53;

    server() {}
    explicit server(asio::ip::address address, std::uint16_t port = default_port)
        : address_(std::move(address)), port_(port) {}

    /// Reads "192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "[2001:db8::1]" or "[2001:db8::1]:5353".
    ///
    /// Errors: errc::invalid_server, also for a name, port 0 and a scope id.
    DRAGLINE_DECL static result<server> parse(std::string_view text);

    const asio::ip::address& address() const noexcept { return address_; }
    std::uint16_t port() const noexcept { return port_; }

    /// "192.0.2.1:53", "[2001:db8::1]:53".
    DRAGLINE_DECL std::string to_string() const;

    bool operator==(const server&) const = default;
    bool operator<(const server& other) const noexcept {
        return address_ != other.address_ ? address_ < other.address_ : port_ < other.port_;
    }

private:
    asio::ip::address address_;
    std::uint16_t port_ = default_port;
};

}  // namespace dragline::dns

// ---- dragline/dns/impl/server.ipp
// Included by <dragline/dns/server.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <system_error>

namespace dragline::inline v1::dns {

DRAGLINE_DECL result<server> server::parse(std::string_view text) {
    std::string_view host = text;
    std::string_view port;
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == text.npos) return errc::invalid_server;
        host = text.substr(1, close - 1);
        const auto rest = text.substr(close + 1);
        if (!rest.empty() && rest.front() != ':') return errc::invalid_server;
        if (rest == ":" || host.find(':') == host.npos) return errc::invalid_server;
        if (!rest.empty()) port = rest.substr(1);
    } else if (const auto colon = text.find(':');
               colon != text.npos && text.find(':', colon + 1) == text.npos) {
        host = text.substr(0, colon);
        port = text.substr(colon + 1);
        if (port.empty()) return errc::invalid_server;
    }
    std::uint16_t number = default_port;
    if (!port.empty()) {
        const auto parsed = ascii::parse_number<std::uint16_t>(port);
        if (!parsed || *parsed == 0) return errc::invalid_server;
        number = *parsed;
    }
    constexpr std::size_t longest = 45;  // an IPv6 address with an IPv4 tail
    if (host.size() > longest || host.find_first_of(std::string_view("%\0", 2)) != host.npos)
        return errc::invalid_server;
    std::error_code ec;
    auto address = asio::ip::make_address(std::string(host), ec);
    if (ec) return errc::invalid_server;
    return server(std::move(address), number);
}

DRAGLINE_DECL std::string server::to_string() const {
    const auto host = address_.to_string();
    return (address_.is_v6() ? "[" + host + "]:" : host + ":") + std::to_string(port_);
}

}  // namespace dragline::dns

#endif
// ---- dragline/dns/trace.hpp
// The record of one look-up: where the answer came from, what was asked of whom, and how long it took.


#include <chrono>
#include <string>
#include <system_error>
#include <vector>

namespace dragline::inline v1::dns {

enum class answer_source {
    none,        ///< There is none: refused by a check, cancelled or timed out.
    literal,     ///< The name was an address.
    local,       ///< A name that is never asked of the DNS: localhost, .onion.
    hosts_file,  ///< The hosts file.
    cache,       ///< The cache of the loop.
    network,     ///< A server.
};

DRAGLINE_DECL const char* to_string(answer_source source) noexcept;

/// One query to one server.
struct attempt_trace {
    std::string server;  ///< "192.0.2.1:53", or what else describes the transport.
    std::error_code
        error;  ///< What this attempt came to; a timeout also when a later attempt got the answer.
    std::chrono::steady_clock::duration took{};

    attempt_trace() {}
};

/// Filled when the look-up ends, also when it fails; see query_options::trace().
struct lookup_trace {
    question asked;
    answer_source source = answer_source::none;
    bool shared = false;  ///< Joined a look-up that another caller had started; `attempts` has that one's.
    bool stale = false;   ///< From the cache, after its end, since the servers failed.
    std::vector<attempt_trace> attempts;
    std::error_code error;
    std::chrono::steady_clock::duration took{};

    lookup_trace() {}
};

}  // namespace dragline::dns

// ---- dragline/dns/impl/trace.ipp
// Included by <dragline/dns/trace.hpp> only.

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::dns {

DRAGLINE_DECL const char* to_string(answer_source source) noexcept {
    switch (source) {
        case answer_source::none: return "none";
        case answer_source::literal: return "literal";
        case answer_source::local: return "local";
        case answer_source::hosts_file: return "hosts file";
        case answer_source::cache: return "cache";
        case answer_source::network: return "network";
    }
    return "unknown source";
}

}  // namespace dragline::dns

#endif

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::inline v1::dns {

enum class address_family { v4, v6 };

/// How resolve_all() orders what it found.
enum class address_order {
    preference,   ///< RFC 6724, from the addresses that this machine would use.
    as_received,  ///< IPv6 before IPv4, each in the order of its answer.
};

/// How a name is looked up. What is not set here comes from the resolver or session that is asked, then from
/// the defaults. A value that cannot work is kept, and the call gives errc::invalid_option or
/// dns::errc::invalid_server.
class query_options {
public:
    using duration = async::duration;

    query_options() {}

    /// The servers to ask, in this order; an empty list means those of the system, which is the default.
    query_options& servers(std::vector<server> value) {
        edit().servers = std::move(value);
        return *this;
    }
    const std::vector<server>& servers() const noexcept {
        return rare().servers ? *rare().servers : no_servers();
    }

    /// Appends a server, written as for server::parse().
    DRAGLINE_DECL query_options& add_server(std::string_view text);

    /// The wait for one server's answer before the next is asked; 1.5 s. An answer that comes later still
    /// counts.
    query_options& try_timeout(duration value) {
        try_timeout_ = value;
        return *this;
    }
    duration try_timeout() const noexcept { return try_timeout_.value_or(std::chrono::milliseconds(1500)); }

    /// Queries that are sent at most, to all servers together, 1 to 100; 3.
    query_options& tries(int value) {
        tries_ = value;
        return *this;
    }
    int tries() const noexcept { return tries_.value_or(3); }

    /// The limit for the whole look-up, or no_limit; 5 s, or the deadline of the operation that it is a part
    /// of.
    query_options& timeout(duration value) {
        timeout_ = value;
        return *this;
    }
    duration timeout() const noexcept { return timeout_.value_or(std::chrono::seconds(5)); }
    bool has_timeout() const noexcept { return timeout_.has_value(); }

    /// Ask a server even when the answer is known, and do not keep what it says; off.
    query_options& bypass_cache(bool value) {
        bypass_cache_ = value;
        return *this;
    }
    bool bypass_cache() const noexcept { return bypass_cache_.value_or(false); }

    /// Look into the hosts file first; on. What it says about a name of only one address family goes for
    /// both.
    query_options& hosts_file(bool value) {
        hosts_file_ = value;
        return *this;
    }
    bool hosts_file() const noexcept { return hosts_file_.value_or(true); }

    /// Where the hosts file is.
    query_options& hosts_path(std::string value) {
        edit().hosts_path = std::move(value);
        return *this;
    }
    std::string_view hosts_path() const noexcept {
        return rare().hosts_path ? std::string_view(*rare().hosts_path) : platform::hosts_file;
    }

    /// Where the servers of the system are named, in the format of resolv.conf(5), whose other lines play no
    /// part. It is read again when it changes.
    query_options& resolv_conf(std::string value) {
        edit().resolv_conf = std::move(value);
        return *this;
    }
    std::string_view resolv_conf() const noexcept {
        return rare().resolv_conf ? std::string_view(*rare().resolv_conf) : default_resolv_conf;
    }

    /// Begin with another server at each look-up, instead of the one that was not silent lately; off.
    query_options& rotate(bool value) { return edit().rotate = value, *this; }
    bool rotate() const noexcept { return rare().rotate.value_or(false); }

    /// After a failure ask another server, if there is one; on. Off: all tries go to the first one.
    query_options& retry_elsewhere(bool value) { return edit().retry_elsewhere = value, *this; }
    bool retry_elsewhere() const noexcept { return rare().retry_elsewhere.value_or(true); }

    /// Ask only servers that are reached over this family; either.
    query_options& transport_family(address_family value) { return edit().family = value, *this; }
    std::optional<address_family> transport_family() const noexcept { return rare().family; }

    /// Queries that are sent to each server in a second at most, for all look-ups that say the same; no
    /// limit. What is beyond waits for its turn, important look-ups before others.
    query_options& queries_per_second(double value) { return edit().queries_per_second = value, *this; }
    double queries_per_second() const noexcept { return rare().queries_per_second.value_or(0); }

    /// The largest UDP answer that is taken, 512 to 4,096 bytes, or 0: no EDNS; 1,232. More comes over TCP.
    query_options& udp_size(std::uint16_t value) { return edit().udp_size = value, *this; }
    /// Ask for signatures (DO, RFC 3225); off. They are not validated here; see answer::authentic.
    query_options& dnssec_ok(bool value) { return edit().dnssec_ok = value, *this; }
    /// Take data that the server finds bogus too (CD); off.
    query_options& checking_disabled(bool value) { return edit().checking_disabled = value, *this; }
    /// Ask the server to ask others (RD); on.
    query_options& recursion_desired(bool value) { return edit().recursion_desired = value, *this; }
    /// Do not try UDP first; off.
    query_options& tcp_only(bool value) { return edit().tcp_only = value, *this; }
    /// Send names in random case, which answers must repeat (0x20), where the transport can; off.
    query_options& mixed_case(bool value) { return edit().mixed_case = value, *this; }

    /// What the six above come to.
    DRAGLINE_DECL query_form form() const noexcept;

    /// Suffixes that are tried for a name without a dot at its end; none, which is right for scanning.
    query_options& search(std::vector<std::string> value) { return edit().search = std::move(value), *this; }
    const std::vector<std::string>& search() const noexcept {
        return rare().search ? *rare().search : no_names();
    }

    /// Search as resolv.conf says, with its suffixes and its ndots; off.
    query_options& system_search(bool value) { return edit().system_search = value, *this; }
    bool system_search() const noexcept { return rare().system_search.value_or(false); }

    /// A name with as many dots as this is tried as it stands before any suffix; 1.
    query_options& ndots(unsigned value) { return edit().ndots = value, *this; }
    std::optional<unsigned> ndots() const noexcept { return rare().ndots; }

    /// How resolve_all() orders addresses; by RFC 6724.
    query_options& order(address_order value) { return edit().order = value, *this; }
    address_order order() const noexcept { return rare().order.value_or(address_order::preference); }

    /// What the cache may keep. Look-ups that say different things have different caches.
    query_options& cache(cache_options value) { return edit().cache = value, *this; }
    const cache_options& cache() const noexcept { return rare().cache ? *rare().cache : default_cache(); }

    /// Count this look-up, if it must be asked of a server, against the limits of a scope; see lookup_quota.
    query_options& quota(lookup_quota value) { return quota_ = std::move(value), *this; }
    const std::optional<lookup_quota>& quota() const noexcept { return quota_; }

    /// Goes before others where look-ups wait for their turn, and past the total of a quota; off.
    query_options& important(bool value) { return important_ = value, *this; }
    bool important() const noexcept { return important_.value_or(false); }

    /// Of the names of an address, give only those that lead back to it (reverse_resolve(); at most 32 are
    /// tried, all at once); off.
    query_options& forward_confirmed(bool value) { return edit().forward_confirmed = value, *this; }
    bool forward_confirmed() const noexcept { return rare().forward_confirmed.value_or(false); }

    /// Filled when the look-up ends. `record` must outlive it.
    query_options& trace(lookup_trace* record) {
        trace_ = record;
        return *this;
    }
    lookup_trace* trace() const noexcept { return trace_; }

    /// These options, and where they say nothing, those of `base`.
    DRAGLINE_DECL query_options over(const query_options& base) const;

    /// Why these options cannot work, or nothing.
    DRAGLINE_DECL std::error_code problem() const noexcept;

    DRAGLINE_DECL friend bool operator==(const query_options& a, const query_options& b) noexcept;

    static constexpr const char* default_resolv_conf = "/etc/resolv.conf";

private:
    // What few callers set; shared by copies, since every look-up copies its options.
    struct rare_options {
        std::optional<std::vector<server>> servers;
        std::optional<std::string> hosts_path;
        std::optional<std::string> resolv_conf;
        std::optional<address_family> family;
        std::optional<double> queries_per_second;
        std::optional<cache_options> cache;
        std::optional<std::vector<std::string>> search;
        std::optional<unsigned> ndots;
        std::optional<bool> system_search;
        std::optional<address_order> order;
        std::optional<bool> forward_confirmed;
        std::optional<bool> rotate;
        std::optional<bool> retry_elsewhere;
        std::optional<std::uint16_t> udp_size;
        std::optional<bool> dnssec_ok;
        std::optional<bool> checking_disabled;
        std::optional<bool> recursion_desired;
        std::optional<bool> tcp_only;
        std::optional<bool> mixed_case;
        bool bad_server = false;

        bool operator==(const rare_options&) const = default;
    };
    DRAGLINE_DECL static const std::vector<server>& no_servers() noexcept;
    DRAGLINE_DECL static const std::vector<std::string>& no_names() noexcept;
    DRAGLINE_DECL static const cache_options& default_cache() noexcept;
    DRAGLINE_DECL static const rare_options& no_rare_options() noexcept;
    DRAGLINE_DECL rare_options& edit();
    const rare_options& rare() const noexcept { return rare_ ? *rare_ : no_rare_options(); }

    std::shared_ptr<const rare_options> rare_;
    std::optional<lookup_quota> quota_;
    std::optional<duration> try_timeout_;
    std::optional<duration> timeout_;
    std::optional<int> tries_;
    std::optional<bool> bypass_cache_;
    std::optional<bool> hosts_file_;
    std::optional<bool> important_;
    lookup_trace* trace_ = nullptr;
};

}  // namespace dragline::dns

// ---- dragline/dns/impl/options.ipp
// Included by <dragline/dns/options.hpp> only.

// ---- dragline/dns/resolv_conf.hpp
// What resolv.conf(5) says of DNS servers and of search. Start with parse_resolv_conf().


#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dragline::inline v1::dns {

inline constexpr std::size_t max_system_servers = 16;
inline constexpr std::size_t max_search_suffixes = 32;
inline constexpr unsigned max_ndots = 15;

struct resolv_conf {
    std::vector<server> servers;      ///< None may mean the local machine.
    std::vector<std::string> search;  ///< Suffixes, lower case, without a dot at the end.
    unsigned ndots = 1;

    resolv_conf() {}
    bool operator==(const resolv_conf&) const = default;
};

/// Reads the text of a resolv.conf: the lines nameserver, search, domain, and ndots among the options.
///
/// Of search and domain the last line counts. Lines and words that cannot be understood are skipped, and so
/// is what exceeds the limits above; larger ndots count as max_ndots.
DRAGLINE_DECL resolv_conf parse_resolv_conf(std::string_view text);

}  // namespace dragline::dns

// ---- dragline/dns/impl/resolv_conf.ipp
// Included by <dragline/dns/resolv_conf.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <utility>

namespace dragline::inline v1::dns {
namespace detail {

// Takes the next word off `line`; empty at its end.
DRAGLINE_DECL std::string_view take_word(std::string_view& line) noexcept {
    constexpr std::string_view space = " \t\r";
    line.remove_prefix(std::min(line.find_first_not_of(space), line.size()));
    const auto word = line.substr(0, line.find_first_of(space));
    line.remove_prefix(word.size());
    return word;
}

DRAGLINE_DECL void read_server(std::string_view word, resolv_conf& out) {
    auto found = server::parse(word);
    if (!found || out.servers.size() == max_system_servers) return;
    if (std::find(out.servers.begin(), out.servers.end(), *found) == out.servers.end())
        out.servers.push_back(*std::move(found));
}

DRAGLINE_DECL void read_search(std::string_view words, resolv_conf& out) {
    out.search.clear();
    for (auto word = take_word(words); !word.empty(); word = take_word(words)) {
        auto suffix = normal_host_name(word);
        if (suffix && out.search.size() < max_search_suffixes) out.search.push_back(*std::move(suffix));
    }
}

DRAGLINE_DECL void read_resolver_options(std::string_view words, resolv_conf& out) {
    constexpr std::string_view ndots = "ndots:";
    for (auto word = take_word(words); !word.empty(); word = take_word(words)) {
        if (!word.starts_with(ndots)) continue;
        const auto value = ascii::parse_number<unsigned>(word.substr(ndots.size()));
        if (value) out.ndots = std::min(*value, max_ndots);
    }
}

}  // namespace detail

DRAGLINE_DECL resolv_conf parse_resolv_conf(std::string_view text) {
    resolv_conf out;
    while (!text.empty()) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        text = end == text.npos ? std::string_view() : text.substr(end + 1);

        line = line.substr(0, line.find_first_of("#;"));
        if (!line.empty() && (line.front() == ' ' || line.front() == '\t')) continue;  // keywords begin lines
        const auto keyword = detail::take_word(line);
        if (keyword == "nameserver") detail::read_server(detail::take_word(line), out);
        if (keyword == "search" || keyword == "domain") detail::read_search(line, out);
        if (keyword == "options") detail::read_resolver_options(line, out);
    }
    return out;
}

}  // namespace dragline::dns

#endif

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <utility>

namespace dragline::inline v1::dns {

DRAGLINE_DECL const std::vector<server>& query_options::no_servers() noexcept {
    static const std::vector<server> none;
    return none;
}

DRAGLINE_DECL const std::vector<std::string>& query_options::no_names() noexcept {
    static const std::vector<std::string> none;
    return none;
}

DRAGLINE_DECL const cache_options& query_options::default_cache() noexcept {
    static const cache_options usual;
    return usual;
}

DRAGLINE_DECL const query_options::rare_options& query_options::no_rare_options() noexcept {
    static const rare_options none;
    return none;
}

DRAGLINE_DECL query_options::rare_options& query_options::edit() {
    auto own = std::make_shared<rare_options>(rare());
    auto& edited = *own;
    rare_ = std::move(own);
    return edited;
}

DRAGLINE_DECL query_options& query_options::add_server(std::string_view text) {
    auto& edited = edit();
    if (!edited.servers) edited.servers.emplace();
    auto parsed = server::parse(text);
    if (parsed) {
        edited.servers->push_back(*std::move(parsed));
    } else {
        edited.bad_server = true;
    }
    return *this;
}

DRAGLINE_DECL query_form query_options::form() const noexcept {
    query_form made;
    const auto& from = rare();
    made.udp_size = from.udp_size.value_or(made.udp_size);
    made.recursion_desired = from.recursion_desired.value_or(true);
    made.checking_disabled = from.checking_disabled.value_or(false);
    made.dnssec_ok = from.dnssec_ok.value_or(false);
    made.tcp = from.tcp_only.value_or(false);
    made.mixed_case = from.mixed_case.value_or(false);
    return made;
}

DRAGLINE_DECL query_options query_options::over(const query_options& base) const {
    query_options both = *this;
    const auto fill = [](auto& mine, const auto& theirs) {
        if (!mine) mine = theirs;
    };
    fill(both.try_timeout_, base.try_timeout_);
    fill(both.timeout_, base.timeout_);
    fill(both.tries_, base.tries_);
    fill(both.bypass_cache_, base.bypass_cache_);
    fill(both.hosts_file_, base.hosts_file_);
    fill(both.quota_, base.quota_);
    fill(both.important_, base.important_);
    fill(both.trace_, base.trace_);
    if (!rare_ || !base.rare_) {
        fill(both.rare_, base.rare_);
        return both;
    }
    auto& merged = both.edit();
    if (!merged.servers) merged.bad_server = base.rare_->bad_server;
    fill(merged.servers, base.rare_->servers);
    fill(merged.hosts_path, base.rare_->hosts_path);
    const auto& theirs = *base.rare_;
    fill(merged.resolv_conf, theirs.resolv_conf);
    fill(merged.family, theirs.family);
    fill(merged.queries_per_second, theirs.queries_per_second);
    fill(merged.cache, theirs.cache);
    fill(merged.search, theirs.search);
    fill(merged.ndots, theirs.ndots);
    fill(merged.system_search, theirs.system_search);
    fill(merged.order, theirs.order);
    fill(merged.forward_confirmed, theirs.forward_confirmed);
    fill(merged.rotate, theirs.rotate);
    fill(merged.retry_elsewhere, theirs.retry_elsewhere);
    fill(merged.udp_size, theirs.udp_size);
    fill(merged.dnssec_ok, theirs.dnssec_ok);
    fill(merged.checking_disabled, theirs.checking_disabled);
    fill(merged.recursion_desired, theirs.recursion_desired);
    fill(merged.tcp_only, theirs.tcp_only);
    fill(merged.mixed_case, theirs.mixed_case);
    return both;
}

DRAGLINE_DECL bool operator==(const query_options& a, const query_options& b) noexcept {
    return a.rare() == b.rare() && a.try_timeout_ == b.try_timeout_ && a.timeout_ == b.timeout_ &&
           a.tries_ == b.tries_ && a.bypass_cache_ == b.bypass_cache_ && a.hosts_file_ == b.hosts_file_ &&
           a.quota_ == b.quota_ && a.important_ == b.important_ && a.trace_ == b.trace_;
}

DRAGLINE_DECL std::error_code query_options::problem() const noexcept {
    if (rare().bad_server) return errc::invalid_server;
    const auto& set = rare();
    const auto size = set.udp_size.value_or(query_form().udp_size);
    const double rate = set.queries_per_second.value_or(1);
    const bool good =
        async::valid_timeout(try_timeout()) && async::valid_timeout(timeout()) && tries() >= 1 &&
        tries() <= 100 && (size == 0 || (size >= 512 && size <= 4096)) && rate > 0 && rate < 1e9 &&
        !(size == 0 && set.dnssec_ok.value_or(false)) && cache().max_stale() >= std::chrono::seconds(0) &&
        cache().refresh_ahead() >= 0 && cache().refresh_ahead() <= 50 && set.ndots.value_or(0) <= max_ndots &&
        std::all_of(search().begin(), search().end(),
                    [](const std::string& suffix) { return normal_host_name(suffix).has_value(); });
    return good ? std::error_code() : make_error_code(dragline::errc::invalid_option);
}

}  // namespace dragline::dns

#endif
// ---- dragline/dns/query.hpp
// Any question of the DNS, answered by all that the server said. Start with query().

// ---- dragline/dns/detail/operation_shapes.hpp
// What the operations of this module have in common: a WHERE or none, options or none, any token.

// ---- dragline/dns/resolver.hpp
// Who answers: the servers, the cache and the defaults of a look-up, as a handle that is cheap to copy. An
// operation makes its own when it is called with a loop; make one to give several look-ups the same options.

// ---- dragline/dns/detail/resolver_core.hpp
// What resolvers that ask the same servers share on one loop: transports, cache and the questions on their
// way.

// ---- dragline/dns/detail/flight.hpp
// One question on its way, shared by every caller that asks it at the same time.

// ---- dragline/dns/detail/lookup_machine.hpp
// Decides which server is asked next, and what a look-up that failed everywhere has failed of. No clock, no
// I/O.


#include <cstddef>
#include <cstdint>
#include <optional>
#include <system_error>

namespace dragline::inline v1::dns::detail {

class lookup_machine {
public:
    // `first` is the server to begin with; the others follow in order, or it is the only one.
    lookup_machine(std::size_t servers, std::size_t first, int tries, bool retry_elsewhere = true)
        : servers_(servers),
          next_(servers == 0 ? 0 : first % servers),
          tries_left_(tries),
          retry_elsewhere_(retry_elsewhere) {}

    // The server to ask now; nothing when there is no use in asking any more, and error() is the result.
    std::optional<std::size_t> next() {
        if (tries_left_ == 0) return std::nullopt;
        for (std::size_t i = 0; i < servers_; ++i) {
            const std::size_t server = (next_ + i) % servers_;
            if (given_up_ & bit(server)) {
                if (!retry_elsewhere_) break;
                continue;
            }
            --tries_left_;
            next_ = retry_elsewhere_ ? (server + 1) % servers_ : server;
            return server;
        }
        return std::nullopt;
    }

    // This server said, or showed, that it is of no help with this question: asking it again is of no use.
    // But one that was silent or garbled may do better.
    void failed(std::size_t server, std::error_code ec) {
        const bool hopeless = ec != condition::timeout && ec != errc::malformed_message;
        if (hopeless) given_up_ |= bit(server);
        if (outweighs(ec)) error_ = ec;
    }

    // Whether this is the most telling of the failures so far.
    bool outweighs(std::error_code ec) const noexcept { return !error_ || weight(ec) > weight(error_); }

    std::error_code error() const noexcept { return error_ ? error_ : make_error_code(errc::no_servers); }

    // Whether another server may have a better answer than this.
    static bool is_retryable(std::error_code ec) noexcept {
        return ec == errc::server_failure || ec == errc::refused || ec == errc::format_error ||
               ec == errc::not_implemented || ec == errc::unexpected_rcode;
    }

private:
    // What a server said tells more than silence, and silence more than that nobody is there.
    static int weight(std::error_code ec) noexcept {
        if (ec == errc::server_failure) return 6;
        if (is_retryable(ec)) return 5;
        if (ec == errc::malformed_message || ec == errc::question_mismatch) return 4;
        if (ec == condition::timeout) return 3;
        return ec == errc::servers_unreachable ? 2 : 1;
    }

    // Beyond 64 servers, those that are of no help are not remembered.
    static std::uint64_t bit(std::size_t server) noexcept {
        return server < 64 ? std::uint64_t{1} << server : 0;
    }

    std::size_t servers_;
    std::uint64_t given_up_ = 0;
    std::size_t next_;
    int tries_left_;
    bool retry_elsewhere_;
    std::error_code error_;
};

}  // namespace dragline::dns::detail
// ---- dragline/dns/detail/query_pacer.hpp
// Keeps the queries to one server below a rate: what is beyond waits in one of two lanes.


#include <cstdint>
#include <list>
#include <optional>

namespace dragline::inline v1::dns::detail {

// Who may have to wait for its turn.
class paced {
public:
    // It is its turn. May throw, and may make others wait or leave.
    virtual void send_now() = 0;

protected:
    ~paced() = default;
};

class query_pacer {
public:
    using place = std::list<paced*>::iterator;

    explicit query_pacer(async::loop_state& loop) noexcept : loop_(loop), turn_(&on_turn, this) {}

    // The place where `who` waits; nothing when it may send at once.
    std::optional<place> enter(paced& who, double per_second, bool important);

    // Before its turn.
    void leave(place where, bool important) noexcept;

private:
    void wait_for_turn();
    static void on_turn(void* self) noexcept;

    async::loop_state& loop_;
    std::optional<async::token_bucket> bucket_;
    std::list<paced*> lanes_[2];  // important ones, others
    async::deadline turn_;
};

}  // namespace dragline::dns::detail

// ---- dragline/dns/detail/impl/query_pacer.ipp
// Included by <dragline/dns/detail/query_pacer.hpp> only.

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL std::optional<query_pacer::place> query_pacer::enter(paced& who, double per_second,
                                                                   bool important) {
    const auto now = loop_.now();
    // A wake-up comes with the ticks of the loop: what came due since the last one may go at once.
    constexpr double bursts_per_second = 20;
    if (!bucket_ || bucket_->per_second() != per_second)
        bucket_.emplace(per_second, per_second / bursts_per_second);
    if (lanes_[0].empty() && lanes_[1].empty() && bucket_->take(now)) return std::nullopt;
    auto& lane = lanes_[important ? 0 : 1];
    const auto where = lane.insert(lane.end(), &who);
    wait_for_turn();
    return where;
}

DRAGLINE_DECL void query_pacer::leave(place where, bool important) noexcept {
    lanes_[important ? 0 : 1].erase(where);
    if (lanes_[0].empty() && lanes_[1].empty()) turn_.disarm();
}

DRAGLINE_DECL void query_pacer::wait_for_turn() {
    if (!turn_.armed()) loop_.deadlines().arm(turn_, bucket_->next(loop_.now()));
}

DRAGLINE_DECL void query_pacer::on_turn(void* context) noexcept {
    auto& self = *static_cast<query_pacer*>(context);
    const auto now = self.loop_.now();
    for (auto& lane : self.lanes_) {
        while (!lane.empty() && self.bucket_->take(now)) {
            auto& next = *lane.front();
            lane.pop_front();
            next.send_now();
        }
    }
    if (!self.lanes_[0].empty() || !self.lanes_[1].empty()) self.wait_for_turn();
}

}  // namespace dragline::dns::detail

#endif
// ---- dragline/dns/transport.hpp
// The seam between the resolver and what carries its questions: c-ares by default; DNS over TLS and HTTPS
// from the modules above. One transport stands for one server.


#include <cstddef>
#include <memory>
#include <string>

namespace dragline::inline v1::dns {

/// Who asked a transport. Threads: the loop's own.
class reply_sink {
public:
    virtual ~reply_sink() = default;

    /// The reply to the question that was asked with this `tag`, or why there is none.
    virtual void on_reply(std::size_t tag, result<wire::message> reply) = 0;
};

/// Carries questions to one server. Retries, other servers, deadlines, cache and cancellation are the
/// resolver's.
///
/// Threads: belongs to one loop, and is used and destroyed on its thread.
class transport {
public:
    virtual ~transport() = default;

    /// Sends `asked`. `sink` hears of the outcome once, later and on the loop, never inside this call; or
    /// never, when the transport ends before. It may have lost interest by then. A reply must have been
    /// matched: its id, its question, where it came from. Truncation is the transport's matter. A transport
    /// that cannot do a thing that `form` asks for, such as mixed case, may leave it undone if that is safe.
    virtual void ask(const question& asked, const query_form& form, std::shared_ptr<reply_sink> sink,
                     std::size_t tag) = 0;

    /// A caller waits for something that was asked here: work must keep the loop running. Counted.
    virtual void hold() = 0;

    /// That caller waits no more. With none left nothing here may keep run() from returning; answers that
    /// come when the loop runs on are still welcome.
    virtual void release() noexcept = 0;

    /// The loop ends: let go of sockets, handlers and sinks, without a word to them. What is called later
    /// does nothing.
    virtual void shutdown() noexcept = 0;

    /// For traces: "192.0.2.1:53".
    virtual std::string description() const = 0;
};

}  // namespace dragline::dns

#include <cstddef>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::inline v1::dns::detail {

class flight;
class flight_seat;

// Who started a flight, told of its ends.
class flight_owner {
public:
    virtual void landed(const flight& ended) = 0;             // it has an outcome
    virtual void abandoned(const flight& left) noexcept = 0;  // nobody waits any more
    virtual void failed(std::size_t server, std::error_code ec) noexcept = 0;
    virtual query_pacer& pacer(std::size_t server) = 0;

protected:
    ~flight_owner() = default;
};

// How a question is asked; callers share a flight only when they agree.
struct lookup_plan {
    async::duration try_timeout{};
    double queries_per_second = 0;  // 0: no limit
    int tries = 1;
    bool bypass_cache = false;
    bool retry_elsewhere = true;
    bool whole = false;  // the reply is wanted word for word
    query_form form;
    bool operator==(const lookup_plan&) const = default;
};

using transport_list = std::vector<std::shared_ptr<transport>>;

// Asks one server after the other, and listens to all that were asked. It lives as long as a caller waits, or
// a transport may still answer: an answer that comes when nobody waits fills the cache.
class flight final : public reply_sink, public paced, public std::enable_shared_from_this<flight> {
public:
    flight(async::loop_state& loop, std::weak_ptr<flight_owner> owner, question asked, lookup_plan plan,
           std::shared_ptr<const transport_list> servers, std::size_t first);
    ~flight() override;

    // Asks the first server; once. An important caller who comes later does not overtake any more.
    void start(bool important = false);

    // Asks one server, once, without keeping the loop running. A caller who comes later makes it a flight
    // like others.
    void start_in_background(async::time_point now);

    void on_reply(std::size_t tag, result<wire::message> reply) override;

    // The answer, its error included; null while there is none.
    const std::shared_ptr<const answer>& outcome() const noexcept { return outcome_; }
    bool was_answered() const noexcept { return answered_; }

    const question& asked() const noexcept { return asked_; }
    const lookup_plan& plan() const noexcept { return plan_; }
    void report(lookup_trace& trace) const;

private:
    friend class flight_seat;
    struct attempt {
        std::size_t server;
        async::time_point began;
        async::time_point ended;
        std::error_code error;
    };

    void send_now() override;
    void ask_next();
    void ask(std::size_t server);
    void join(flight_seat& seat) noexcept;
    void leave(flight_seat& seat) noexcept;
    void failed(std::size_t tag, std::error_code ec);
    void ended(attempt& which, std::error_code ec) noexcept;
    void finish(answer found);
    void hold_all();
    void release_all() noexcept;
    void leave_pacer() noexcept;
    static void on_try_timeout(void* self) noexcept;

    async::loop_state& loop_;
    std::weak_ptr<flight_owner> owner_;
    question asked_;
    lookup_plan plan_;
    query_form form_;
    lookup_machine machine_;
    std::shared_ptr<const transport_list> servers_;  // only while somebody waits, since they hold this flight
    std::weak_ptr<const transport_list> known_servers_;
    std::vector<attempt> attempts_;
    flight_seat* waiting_ = nullptr;
    async::deadline try_limit_;
    std::optional<query_pacer::place> turn_;  // while it waits to send
    std::size_t server_ = 0;                  // that it waits to ask, or asked last
    std::optional<answer> refusal_;           // what a server said instead of an answer
    std::shared_ptr<const answer> outcome_;
    bool started_ = false;
    bool important_ = false;
    bool answered_ = false;
    bool holding_ = true;
    bool background_ = false;
};

// The place of one caller in a flight: while it exists, `wake` is notified when the answer is there.
class flight_seat {
public:
    flight_seat(std::shared_ptr<flight> in, async::event& wake) noexcept
        : flight_(std::move(in)), wake_(wake) {
        flight_->join(*this);
    }
    ~flight_seat() { flight_->leave(*this); }
    flight_seat(const flight_seat&) = delete;
    flight_seat& operator=(const flight_seat&) = delete;

    flight& in() const noexcept { return *flight_; }

private:
    friend class flight;
    std::shared_ptr<flight> flight_;
    async::event& wake_;
    flight_seat* previous_ = nullptr;
    flight_seat* next_ = nullptr;
};

}  // namespace dragline::dns::detail

// ---- dragline/dns/detail/impl/flight.ipp
// Included by <dragline/dns/detail/flight.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <utility>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL flight::flight(async::loop_state& loop, std::weak_ptr<flight_owner> owner, question asked,
                             lookup_plan plan, std::shared_ptr<const transport_list> servers,
                             std::size_t first)
    : loop_(loop),
      owner_(std::move(owner)),
      asked_(std::move(asked)),
      plan_(plan),
      form_(plan.form),
      machine_(servers->size(), first, plan.tries, plan.retry_elsewhere),
      servers_(std::move(servers)),
      try_limit_(&on_try_timeout, this) {}

DRAGLINE_DECL flight::~flight() {
    if (!background_ || outcome_) return;
    if (const auto owner = owner_.lock()) owner->abandoned(*this);
}

DRAGLINE_DECL void flight::start(bool important) {
    if (std::exchange(started_, true)) return;
    important_ = important;
    ask_next();
}

DRAGLINE_DECL void flight::start_in_background(async::time_point now) {
    started_ = background_ = true;
    holding_ = false;
    if (const auto server = machine_.next()) {
        attempts_.push_back(attempt{*server, now, now, {}});
        (*servers_)[*server]->ask(asked_, form_, shared_from_this(), 0);
    }
    known_servers_ = std::exchange(servers_, nullptr);
}

DRAGLINE_DECL void flight::ask_next() {
    const auto server = machine_.next();
    if (!server) return finish(refusal_ ? *std::move(refusal_) : make_answer(asked_, machine_.error()));
    ask(*server);
}

DRAGLINE_DECL void flight::ask(std::size_t server) {
    server_ = server;
    if (plan_.queries_per_second > 0) {
        if (const auto owner = owner_.lock())
            turn_ = owner->pacer(server).enter(*this, plan_.queries_per_second, important_);
        if (turn_) return;
    }
    send_now();
}

DRAGLINE_DECL void flight::send_now() {
    turn_.reset();
    const auto now = loop_.now();
    attempts_.push_back(attempt{server_, now, now, {}});
    loop_.deadlines().arm(try_limit_, async::deadline_after(now, plan_.try_timeout));
    auto& asking = *(*servers_)[server_];
    asking.hold();
    asking.ask(asked_, form_, shared_from_this(), attempts_.size() - 1);
}

DRAGLINE_DECL void flight::on_reply(std::size_t tag, result<wire::message> reply) {
    if (outcome_ || tag >= attempts_.size()) return;
    if (!reply) return failed(tag, reply.error());
    if (const auto ec = wire::check_response(*reply, reply->id, asked_)) return failed(tag, ec);
    std::shared_ptr<server_reply> whole;
    if (plan_.whole) whole = std::make_shared<server_reply>(*reply);
    auto& repeated = reply->questions.front();  // mostly the very same: then it is not copied
    auto asked = repeated == asked_ ? std::move(repeated) : asked_;
    auto found = interpret(*std::move(reply), std::move(asked));
    auto& from = attempts_[tag];
    ended(from, found.error);
    if (whole) {
        if (const auto servers = servers_ ? servers_ : known_servers_.lock())
            whole->server = (*servers)[from.server]->description();
        whole->took = from.ended - from.began;
        found.reply = std::move(whole);
    }
    const bool waited_for = waiting_ && tag + 1 == attempts_.size();
    if (found.error == errc::format_error && form_.udp_size != 0 && !form_.dnssec_ok && waited_for) {
        form_.udp_size = 0;  // perhaps it does not know EDNS (RFC 6891, 6.2.2)
        return ask(from.server);
    }
    if (lookup_machine::is_retryable(found.error)) {
        const auto ec = found.error;
        if (plan_.whole && machine_.outweighs(ec)) refusal_ = std::move(found);
        return failed(tag, ec);
    }
    answered_ = true;
    finish(std::move(found));
}

DRAGLINE_DECL void flight::ended(attempt& which, std::error_code ec) noexcept {
    which.ended = loop_.now();
    which.error = ec;
}

DRAGLINE_DECL void flight::failed(std::size_t tag, std::error_code ec) {
    auto& of = attempts_[tag];
    ended(of, ec);
    machine_.failed(of.server, ec);
    if (const auto owner = owner_.lock()) owner->failed(of.server, ec);
    // What an earlier attempt came to changes nothing while a later one is on its way.
    if (waiting_ && !turn_ && tag + 1 == attempts_.size()) ask_next();
}

DRAGLINE_DECL void flight::on_try_timeout(void* context) noexcept {
    const auto self = static_cast<flight*>(context)->shared_from_this();
    self->failed(self->attempts_.size() - 1, make_timeout(phase::resolve));
}

DRAGLINE_DECL void flight::finish(answer found) {
    outcome_ = std::make_shared<const answer>(std::move(found));
    release_all();
    if (const auto owner = owner_.lock()) owner->landed(*this);
    for (auto* seat = waiting_; seat; seat = seat->next_) seat->wake_.notify();
}

DRAGLINE_DECL void flight::join(flight_seat& seat) noexcept {
    seat.next_ = waiting_;
    if (waiting_) waiting_->previous_ = &seat;
    waiting_ = &seat;
    if (started_ && !holding_ && !outcome_) hold_all();
}

// Somebody waits for what began in the background.
DRAGLINE_DECL void flight::hold_all() {
    servers_ = known_servers_.lock();
    if (!servers_) return;
    holding_ = true;
    for (const auto& each : attempts_) (*servers_)[each.server]->hold();
    loop_.deadlines().arm(try_limit_, async::deadline_after(loop_.now(), plan_.try_timeout));
}

DRAGLINE_DECL void flight::leave(flight_seat& seat) noexcept {
    (seat.previous_ ? seat.previous_->next_ : waiting_) = seat.next_;
    if (seat.next_) seat.next_->previous_ = seat.previous_;
    if (waiting_) return;
    if (!outcome_) {
        release_all();
        if (const auto owner = owner_.lock()) owner->abandoned(*this);
    }
    servers_.reset();
}

DRAGLINE_DECL void flight::release_all() noexcept {
    try_limit_.disarm();
    leave_pacer();
    if (!servers_ || !std::exchange(holding_, false)) return;
    for (const auto& each : attempts_) (*servers_)[each.server]->release();
}

DRAGLINE_DECL void flight::leave_pacer() noexcept {
    if (!turn_) return;
    if (const auto owner = owner_.lock()) owner->pacer(server_).leave(*turn_, important_);
    turn_.reset();
}

DRAGLINE_DECL void flight::report(lookup_trace& trace) const {
    for (const auto& each : attempts_) {
        attempt_trace line;
        if (servers_) line.server = (*servers_)[each.server]->description();
        line.error = each.error;
        line.took = each.ended - each.began;
        trace.attempts.push_back(std::move(line));
    }
}

}  // namespace dragline::dns::detail

#endif

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dragline::inline v1::dns::detail {

// An answer, and for how many seconds it still holds.
struct found_answer {
    std::shared_ptr<const answer> value;
    std::uint32_t age = 0;  // seconds since it was given
    bool stale = false;     // it has ended

    std::uint32_t ttl() const noexcept {
        if (stale) return cache::stale_ttl;
        return value->ttl > age ? value->ttl - age : 0;
    }
};

// What look-ups that share a core agree on.
struct core_settings {
    std::vector<server> servers;
    std::string resolv_conf;
    std::optional<address_family> family;
    cache_options cache;

    explicit core_settings(const query_options& from)
        : servers(from.servers()),
          resolv_conf(from.resolv_conf()),
          family(from.transport_family()),
          cache(from.cache()) {}
    bool agrees_with(const query_options& options) const {
        return resolv_conf == options.resolv_conf() && servers == options.servers() &&
               family == options.transport_family() && cache == options.cache();
    }
};

class resolver_core final : public flight_owner, public std::enable_shared_from_this<resolver_core> {
public:
    // With no servers, those of resolv.conf, for as long as it names the same.
    resolver_core(async::loop_state& loop, core_settings settings);
    resolver_core(async::loop_state& loop, core_settings settings, transport_list transports);

    async::loop_state& loop() noexcept { return loop_; }
    const core_settings& settings() const noexcept { return settings_; }
    cache& answers() noexcept { return cache_; }

    // From the cache; asks again in the background when that ends soon.
    std::optional<found_answer> known(const question& asked, const lookup_plan& plan, async::time_point now);

    // What may serve if the servers fail, or are slow.
    std::optional<found_answer> known_stale(const question& asked, const lookup_plan& plan,
                                            async::time_point now);

    // The search list and ndots of the system.
    const resolv_conf& system(async::time_point now);

    // Forgets what it knows of the network, and makes new sockets.
    void reconfigure();

    // A flight for this question, on its way (`shared`) or yet to be started. Take a seat in it at once.
    std::shared_ptr<flight> flight_for(question asked, const lookup_plan& plan, bool rotate,
                                       async::time_point now, bool& shared);

    void landed(const flight& ended) override;
    void abandoned(const flight& left) noexcept override { forget(left); }
    void failed(std::size_t server, std::error_code ec) noexcept override;
    query_pacer& pacer(std::size_t server) override;
    void shutdown() noexcept;

private:
    struct flight_key {
        std::string_view name;  // of the flight's own question
        record_type type;
        record_class klass;
        bool operator==(const flight_key&) const = default;
    };
    struct flight_key_hash {
        std::size_t operator()(const flight_key& key) const noexcept {
            return std::hash<std::string_view>()(key.name) + static_cast<std::size_t>(key.type) * 0x9e3779b9u;
        }
    };

    const std::shared_ptr<const transport_list>& transports(async::time_point now);
    std::shared_ptr<flight> make_flight(question asked, const lookup_plan& plan, std::size_t first,
                                        async::time_point now);
    void add(flight& made);
    void refresh(async::time_point now);
    void read_system();
    void use_servers(std::vector<server> servers);
    void forget(const flight& gone) noexcept;

    async::loop_state& loop_;
    core_settings settings_;
    bool given_transports_ = false;
    watched_file resolv_conf_;
    resolv_conf system_;
    std::vector<server> servers_;
    std::shared_ptr<const transport_list> transports_;
    std::vector<std::unique_ptr<query_pacer>> pacers_;  // one for each server that has a limit
    std::size_t preferred_ = 0;  // the server to ask first: the first one that was not silent lately
    std::size_t rotation_ = 0;
    cache cache_;
    std::unordered_map<flight_key, flight*, flight_key_hash> flights_;
};

// What the resolvers of a loop have in common.
class resolver_registry final : public async::loop_object {
public:
    explicit resolver_registry(async::loop_state& loop) : loop_(loop) {}

    std::shared_ptr<resolver_core> core_for(const query_options& options);

    // The core of transports that somebody else made: they, and it, last until the loop ends or nobody holds
    // `of`.
    std::shared_ptr<resolver_core> core_for(const std::shared_ptr<const transport_list>& of,
                                            const query_options& options);

    const hosts_table& hosts(std::string_view path);

    // Reads the hosts files again, and reconfigures every core.
    void reconfigure();
    void shutdown() noexcept override;

private:
    static constexpr std::size_t max_cores = 256;

    struct custom_entry {
        std::weak_ptr<const transport_list> of;
        std::shared_ptr<resolver_core> core;
    };

    void make_room();

    async::loop_state& loop_;
    std::list<std::shared_ptr<resolver_core>> cores_;  // the last used in front
    std::vector<custom_entry> custom_;
    std::map<std::string, hosts_file, std::less<>> hosts_;
    bool ended_ = false;
};

}  // namespace dragline::dns::detail

// ---- dragline/dns/detail/impl/resolver_core.ipp
// Included by <dragline/dns/detail/resolver_core.hpp> only.

// ---- dragline/dns/detail/ares_system_servers.hpp
// The servers that c-ares finds, where the system has no resolv.conf.


#include <vector>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL std::vector<server> ares_system_servers();

}  // namespace dragline::dns::detail

// ---- dragline/dns/detail/impl/ares_system_servers.ipp
// Included by <dragline/dns/detail/ares_system_servers.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <ares.h>

#include <cstdint>
#include <cstring>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL std::vector<server> ares_system_servers() {
    std::vector<server> servers;
    ares_channeldata* channel = nullptr;
    ares_options options;
    std::memset(&options, 0, sizeof options);
    if (ares_init_options(&channel, &options, 0) != ARES_SUCCESS) return servers;
    ares_addr_port_node* nodes = nullptr;
    if (ares_get_servers_ports(channel, &nodes) == ARES_SUCCESS) {
        for (auto* node = nodes; node && servers.size() < max_system_servers; node = node->next) {
            const auto port =
                static_cast<std::uint16_t>(node->udp_port > 0 ? node->udp_port : server::default_port);
            if (node->family == AF_INET) {
                asio::ip::address_v4::bytes_type bytes;
                std::memcpy(bytes.data(), &node->addr.addr4, bytes.size());
                servers.emplace_back(asio::ip::address_v4(bytes), port);
            } else if (node->family == AF_INET6) {
                asio::ip::address_v6::bytes_type bytes;
                std::memcpy(bytes.data(), &node->addr.addr6, bytes.size());
                servers.emplace_back(asio::ip::address_v6(bytes), port);
            }
        }
        ares_free_data(nodes);
    }
    ares_destroy(channel);
    return servers;
}

}  // namespace dragline::dns::detail

#endif
// ---- dragline/dns/detail/ares_transport.hpp
// The default transport: UDP with TCP after a truncated answer, by c-ares. Replaces its channel when that may
// help.

// ---- dragline/dns/detail/ares_channel.hpp
// One c-ares channel to one server, driven by one loop: no thread, no cache, no hosts file, no search list.
// Queries are written here, c-ares carries them.


#include <asio/ip/udp.hpp>

#include <cstddef>
#include <memory>
#include <system_error>
#include <unordered_map>
#include <vector>

struct ares_channeldata;

namespace dragline::inline v1::dns::detail {

// What of a query's form is a matter of the whole channel for c-ares.
struct channel_mode {
    bool tcp = false;
    bool edns = true;
    bool mixed_case = false;

    static channel_mode of(const query_form& form) noexcept {
        return {form.tcp, form.udp_size != 0, form.mixed_case};
    }
    bool operator==(const channel_mode&) const = default;
};

// c-ares' callbacks only store what they are told. Whoever called into c-ares delivers it afterwards, so no
// other code ever runs below c-ares, which may then ask again or destroy the channel. Socket handlers hold
// the channel while they run, and a weak reference while they wait.
class ares_channel : public std::enable_shared_from_this<ares_channel> {
public:
    ares_channel(async::loop_state& loop, const server& where, channel_mode mode);
    ~ares_channel();
    ares_channel(const ares_channel&) = delete;
    ares_channel& operator=(const ares_channel&) = delete;

    void ask(const question& asked, const query_form& form, std::shared_ptr<reply_sink> sink,
             std::size_t tag);

    // Between resume() and pause() there is work that keeps the loop running. Queries and sockets outlast a
    // pause.
    void resume();
    void pause() noexcept;
    void shutdown() noexcept;

    async::time_point made_at() const noexcept { return made_at_; }
    std::size_t asked() const noexcept { return asked_; }
    std::size_t outstanding() const noexcept { return outstanding_; }
    bool was_unreachable() const noexcept { return was_unreachable_; }

private:
    // Any handle of a socket will do: asio only waits on it, and c-ares reads and writes.
    struct watched {
        asio::ip::udp::socket socket;
        bool open = true;  // a handler on its way must not touch the next socket that gets the same number
        bool want[2] = {false, false};  // read, write
        bool armed[2] = {false, false};
        explicit watched(const asio::any_io_executor& loop) : socket(loop) {}
    };
    struct pending {
        ares_channel* channel;  // calls back exactly once, at the latest when it is destroyed
        std::shared_ptr<reply_sink> sink;
        std::size_t tag;
    };
    struct outcome {
        std::shared_ptr<reply_sink> sink;
        std::size_t tag;
        result<wire::message> reply;
    };
    using socket_handle = asio::ip::udp::socket::native_handle_type;

    void open(const server& where, channel_mode mode);
    std::uint16_t random_id();
    template <class Byte>
    static void on_answer(void* context, int status, int timeouts, Byte* reply, int size);
    template <class Handle>
    static void on_socket_state(void* context, Handle handle, int readable, int writable);
    static void on_tick(void* context) noexcept;

    void answered(pending& query, int status, byte_view reply) noexcept;
    void socket_changed(socket_handle handle, bool readable, bool writable) noexcept;
    void watch_all();
    void watch(socket_handle handle, const std::shared_ptr<watched>& entry, int direction);
    void process(socket_handle readable, socket_handle writable);
    void keep_ticking();
    void deliver();
    void deliver_later();

    async::loop_state& loop_;
    ares_channeldata* channel_ = nullptr;
    std::unordered_map<socket_handle, std::shared_ptr<watched>> sockets_;
    std::vector<outcome> outcomes_;
    std::vector<std::uint8_t> query_;
    std::uint64_t random_bits_ = 0;
    int random_ids_left_ = 0;
    async::deadline tick_;
    async::time_point made_at_;
    std::size_t asked_ = 0;
    std::size_t outstanding_ = 0;  // inside c-ares
    bool running_ = false;
    bool delivery_posted_ = false;
    bool was_unreachable_ = false;
};

}  // namespace dragline::dns::detail

// ---- dragline/dns/detail/impl/ares_channel.ipp
// Included by <dragline/dns/detail/ares_channel.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <ares.h>
#include <ares_version.h>

#include <asio/error.hpp>
#include <asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <string>
#include <utility>

// From 1.28 on c-ares calls deprecated what 1.18 has as its only way: ares_send(), ares_set_servers_ports().
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif

namespace dragline::inline v1::dns::detail {

inline constexpr std::chrono::milliseconds ares_tick{50};

// Longer than anybody waits for one try: the caller's deadlines are kept by the resolver, not by c-ares.
inline constexpr std::chrono::milliseconds ares_patience{5000};

// What c-ares takes at most over UDP where EDNS is used; queries say themselves what they take.
inline constexpr int ares_udp_size = 4096;

// From 1.32 on c-ares waits as long as a server took lately, with 250 ms as the least: it gives up early
// unless it may send again by itself.
DRAGLINE_DECL int ares_tries() noexcept {
    int version = 0;
    ares_version(&version);
    return version >= 0x012000 ? 4 : 1;
}

DRAGLINE_DECL std::error_code error_of_ares(int status) noexcept {
    switch (status) {
        case ARES_ETIMEOUT: return make_timeout(phase::resolve);
        case ARES_ECONNREFUSED: return errc::servers_unreachable;
        case ARES_EBADNAME: return errc::invalid_name;
        case ARES_ENOMEM: return std::make_error_code(std::errc::not_enough_memory);
        case ARES_EDESTRUCTION:
        case ARES_ECANCELLED: return asio::error::operation_aborted;
        default: return errc::malformed_message;
    }
}

DRAGLINE_DECL ares_channel::ares_channel(async::loop_state& loop, const server& where, channel_mode mode)
    : loop_(loop), tick_(&on_tick, this), made_at_(loop.now()) {
    open(where, mode);
}

DRAGLINE_DECL ares_channel::~ares_channel() { shutdown(); }

DRAGLINE_DECL void ares_channel::open(const server& where, channel_mode mode) {
    static const int library = ares_library_init(ARES_LIB_INIT_ALL);
    char no_hosts_file[] = "b";  // our own is parsed once; c-ares would read it at every look-up
    ares_options options;
    std::memset(&options, 0, sizeof options);
    // No STAYOPEN: an idle channel closes its socket, so the next query comes from another port (RFC
    // 5452, 9.2). NOCHECKRESP: SERVFAIL and REFUSED are answers; what to do about them is decided above.
    options.flags = ARES_FLAG_NOCHECKRESP | ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES;
    if (mode.edns) options.flags |= ARES_FLAG_EDNS;
    if (mode.tcp) options.flags |= ARES_FLAG_USEVC;
#if defined(ARES_FLAG_DNS0x20)
    if (mode.mixed_case) options.flags |= ARES_FLAG_DNS0x20;
#endif
    options.timeout = static_cast<int>(ares_patience.count());
    options.tries = ares_tries();
    options.ndots = 1;
    options.lookups = no_hosts_file;
    options.ednspsz = ares_udp_size;
    options.socket_receive_buffer_size = 4 << 20;  // one UDP socket may take every answer
    options.sock_state_cb_data = this;
    options.sock_state_cb = [](void* context, ares_socket_t handle, int readable, int writable) {
        on_socket_state(context, handle, readable, writable);
    };
    in_addr anywhere;
    std::memset(&anywhere, 0, sizeof anywhere);
    options.servers = &anywhere;  // replaced below; with this and no domains c-ares need not read resolv.conf
    options.nservers = 1;
    int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS | ARES_OPT_LOOKUPS |
               ARES_OPT_EDNSPSZ | ARES_OPT_SOCK_RCVBUF | ARES_OPT_SOCK_STATE_CB | ARES_OPT_SERVERS |
               ARES_OPT_DOMAINS | ARES_OPT_SORTLIST;
#if defined(ARES_OPT_QUERY_CACHE)
    options.qcache_max_ttl = 0;
    mask |= ARES_OPT_QUERY_CACHE;
#endif
#if defined(ARES_OPT_UDP_MAX_QUERIES)
    // Newer releases end all queries of a socket at one malformed answer. Also harder to forge.
    options.udp_max_queries = 1;
    mask |= ARES_OPT_UDP_MAX_QUERIES;
#endif
#if defined(ARES_OPT_MAXTIMEOUTMS)
    options.maxtimeout = static_cast<int>(ares_patience.count());
    mask |= ARES_OPT_MAXTIMEOUTMS;
#endif
    if (library != ARES_SUCCESS) throw std::system_error(error_of_ares(library));
    if (const int status = ares_init_options(&channel_, &options, mask))
        throw std::system_error(error_of_ares(status));

    ares_addr_port_node node;
    std::memset(&node, 0, sizeof node);
    node.udp_port = node.tcp_port = where.port();
    if (where.address().is_v4()) {
        node.family = AF_INET;
        const auto bytes = where.address().to_v4().to_bytes();
        std::memcpy(&node.addr.addr4, bytes.data(), bytes.size());
    } else {
        node.family = AF_INET6;
        const auto bytes = where.address().to_v6().to_bytes();
        std::memcpy(&node.addr.addr6, bytes.data(), bytes.size());
    }
    if (const int status = ares_set_servers_ports(channel_, &node)) {
        shutdown();
        throw std::system_error(error_of_ares(status));
    }
}

DRAGLINE_DECL void ares_channel::shutdown() noexcept {
    running_ = false;
    tick_.disarm();
    outcomes_.clear();
    // What c-ares has outstanding calls back now, and finds channel_ empty.
    if (auto* channel = std::exchange(channel_, nullptr)) ares_destroy(channel);
}

DRAGLINE_DECL std::uint16_t ares_channel::random_id() {
    if (random_ids_left_ == 0) {
        random_bits_ = loop_.random()();
        random_ids_left_ = 4;
    }
    --random_ids_left_;
    const auto id = static_cast<std::uint16_t>(random_bits_);
    random_bits_ >>= 16;
    return id;
}

DRAGLINE_DECL void ares_channel::ask(const question& asked, const query_form& form,
                                     std::shared_ptr<reply_sink> sink, std::size_t tag) {
    if (!channel_) return;
    ++asked_;
    query_.clear();
    if (const auto ec = wire::append_query(random_id(), asked, form, query_)) {
        outcomes_.push_back(outcome{std::move(sink), tag, ec});
        return deliver_later();
    }
    auto query = std::make_unique<pending>(pending{this, std::move(sink), tag});
    ++outstanding_;
    // May call back before it returns.
    ares_send(channel_, query_.data(), static_cast<int>(query_.size()), on_answer, query.release());
    if (!outcomes_.empty()) deliver_later();
    if (running_) {
        watch_all();
        keep_ticking();
    }
}

// The type of `reply` is const in one release of c-ares only.
template <class Byte>
void ares_channel::on_answer(void* context, int status, int, Byte* reply, int size) {
    const std::unique_ptr<pending> query(static_cast<pending*>(context));
    query->channel->answered(
        *query, status, reply && size > 0 ? byte_view(reply, static_cast<std::size_t>(size)) : byte_view());
}

DRAGLINE_DECL void ares_channel::answered(pending& query, int status, byte_view reply) noexcept {
    --outstanding_;
    if (!channel_) return;
    if (status == ARES_ECONNREFUSED) was_unreachable_ = true;
    try {
        // With a message at hand the status is c-ares' reading of it, and ours is taken instead.
        result<wire::message> decoded =
            reply.empty() ? result<wire::message>(error_of_ares(status)) : wire::decode_message(reply);
        outcomes_.push_back(outcome{std::move(query.sink), query.tag, std::move(decoded)});
    } catch (...) {  // out of memory: no exception may pass through c-ares, and the try will time out
    }
}

template <class Handle>
void ares_channel::on_socket_state(void* context, Handle handle, int readable, int writable) {
    static_cast<ares_channel*>(context)->socket_changed(handle, readable != 0, writable != 0);
}

DRAGLINE_DECL void ares_channel::socket_changed(socket_handle handle, bool readable, bool writable) noexcept {
    std::error_code ignored;
    if (!readable && !writable) {  // c-ares closes it right after this
        const auto found = sockets_.find(handle);
        if (found == sockets_.end()) return;
        found->second->open = false;
        found->second->socket.release(ignored);
        sockets_.erase(found);
        return;
    }
    auto& entry = sockets_[handle];
    if (!entry) {
        entry = std::make_shared<watched>(loop_.executor());
        entry->socket.assign(asio::ip::udp::v4(), handle, ignored);
    }
    entry->want[0] = readable;
    entry->want[1] = writable;
    // Not armed here: ask() and process() do that once c-ares has returned.
}

DRAGLINE_DECL void ares_channel::watch_all() {
    for (const auto& [handle, entry] : sockets_) {
        watch(handle, entry, 0);
        watch(handle, entry, 1);
    }
}

DRAGLINE_DECL void ares_channel::watch(socket_handle handle, const std::shared_ptr<watched>& entry,
                                       int direction) {
    if (!entry->want[direction] || entry->armed[direction]) return;
    entry->armed[direction] = true;
    entry->socket.async_wait(
        direction == 0 ? asio::ip::udp::socket::wait_read : asio::ip::udp::socket::wait_write,
        [weak = weak_from_this(), entry, handle, direction](std::error_code ec) {
            entry->armed[direction] = false;
            const auto self = weak.lock();
            if (!self || !entry->open) return;
            constexpr auto none = static_cast<socket_handle>(ARES_SOCKET_BAD);
            if (!ec) self->process(direction == 0 ? handle : none, direction == 0 ? none : handle);
            if (self->running_) self->watch_all();  // also after a pause that a resume overtook
        });
}

DRAGLINE_DECL void ares_channel::process(socket_handle readable, socket_handle writable) {
    if (!channel_) return;
    ares_process_fd(channel_, static_cast<ares_socket_t>(readable), static_cast<ares_socket_t>(writable));
    deliver();
}

// c-ares' own timeouts and repetitions. ares_timeout() walks every query in 1.18, so it is not asked when.
DRAGLINE_DECL void ares_channel::keep_ticking() {
    if (tick_.armed() || outstanding_ == 0) return;
    loop_.deadlines().arm(tick_, loop_.now() + ares_tick);
}

DRAGLINE_DECL void ares_channel::on_tick(void* context) noexcept {
    const auto self = static_cast<ares_channel*>(context)->shared_from_this();
    if (!self->channel_ || !self->running_) return;
    ares_process_fd(self->channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    if (!self->outcomes_.empty()) self->deliver_later();
    self->watch_all();
    self->keep_ticking();
}

DRAGLINE_DECL void ares_channel::deliver() {
    auto outcomes = std::exchange(outcomes_, {});
    for (auto& each : outcomes) each.sink->on_reply(each.tag, std::move(each.reply));
    if (outcomes_.empty() && channel_) {  // keep the memory for the next ones
        outcomes.clear();
        outcomes_ = std::move(outcomes);
    }
}

DRAGLINE_DECL void ares_channel::deliver_later() {
    if (std::exchange(delivery_posted_, true)) return;
    asio::post(loop_.executor(), [weak = weak_from_this()] {
        const auto self = weak.lock();
        if (!self) return;
        self->delivery_posted_ = false;
        self->deliver();
    });
}

DRAGLINE_DECL void ares_channel::resume() {
    if (!channel_) return;
    running_ = true;
    watch_all();
    keep_ticking();
}

DRAGLINE_DECL void ares_channel::pause() noexcept {
    running_ = false;
    tick_.disarm();
    std::error_code ignored;
    for (const auto& [handle, entry] : sockets_) entry->socket.cancel(ignored);
}

}  // namespace dragline::dns::detail

#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

#endif

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace dragline::inline v1::dns::detail {

// A channel that could not reach its server is replaced before the next question, so one that was made while
// the machine was offline harms nobody; and one that has asked much is replaced to move to another port. The
// old channel stays until its last question is answered.
class ares_transport final : public transport {
public:
    ares_transport(async::loop_state& loop, const server& where) : loop_(loop), where_(where) {}

    void ask(const question& asked, const query_form& form, std::shared_ptr<reply_sink> sink,
             std::size_t tag) override;
    void hold() override;
    void release() noexcept override;
    void shutdown() noexcept override;
    std::string description() const override { return where_.to_string(); }

private:
    struct channel_slot {
        channel_mode mode;
        std::shared_ptr<ares_channel> channel;
    };

    ares_channel& channel_for(channel_mode mode);

    async::loop_state& loop_;
    server where_;
    std::vector<channel_slot> current_;  // one for each mode that was asked for
    std::vector<std::shared_ptr<ares_channel>> retired_;
    std::size_t holders_ = 0;
    bool ended_ = false;
};

}  // namespace dragline::dns::detail

// ---- dragline/dns/detail/impl/ares_transport.ipp
// Included by <dragline/dns/detail/ares_transport.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>

namespace dragline::inline v1::dns::detail {

inline constexpr std::size_t ares_questions_per_channel = 4096;
inline constexpr std::chrono::milliseconds ares_least_age{
    200};  // a refusing server must not cost a channel a query

DRAGLINE_DECL void ares_transport::ask(const question& asked, const query_form& form,
                                       std::shared_ptr<reply_sink> sink, std::size_t tag) {
    if (ended_) return;
    try {
        channel_for(channel_mode::of(form)).ask(asked, form, std::move(sink), tag);
    } catch (const std::system_error& error) {  // no memory, no file descriptor
        asio::post(loop_.executor(),
                   [sink = std::move(sink), tag, ec = error.code()] { sink->on_reply(tag, ec); });
    }
}

DRAGLINE_DECL ares_channel& ares_transport::channel_for(channel_mode mode) {
    auto slot = std::find_if(current_.begin(), current_.end(),
                             [mode](const channel_slot& each) { return each.mode == mode; });
    if (slot == current_.end()) slot = current_.insert(slot, channel_slot{mode, nullptr});
    auto& current = slot->channel;
    if (current) {
        const bool failed = current->was_unreachable() && loop_.now() - current->made_at() >= ares_least_age;
        if (!failed && current->asked() < ares_questions_per_channel) return *current;
    }
    auto made = std::make_shared<ares_channel>(loop_, where_, mode);
    if (holders_ > 0) made->resume();
    std::erase_if(retired_, [](const auto& channel) { return channel->outstanding() == 0; });
    if (current && current->outstanding() > 0) retired_.push_back(std::move(current));
    current = std::move(made);
    return *current;
}

DRAGLINE_DECL void ares_transport::hold() {
    if (holders_++ > 0) return;
    for (const auto& slot : current_) {
        if (slot.channel) slot.channel->resume();
    }
    for (const auto& channel : retired_) channel->resume();
}

DRAGLINE_DECL void ares_transport::release() noexcept {
    if (--holders_ > 0) return;
    for (const auto& slot : current_) {
        if (slot.channel) slot.channel->pause();
    }
    for (const auto& channel : retired_) channel->pause();
}

DRAGLINE_DECL void ares_transport::shutdown() noexcept {
    ended_ = true;
    for (const auto& slot : current_) {
        if (slot.channel) slot.channel->shutdown();
    }
    for (const auto& channel : retired_) channel->shutdown();
}

}  // namespace dragline::dns::detail

#endif

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <utility>

namespace dragline::inline v1::dns::detail {

inline constexpr std::size_t max_resolv_conf = 64 * 1024;

DRAGLINE_DECL resolver_core::resolver_core(async::loop_state& loop, core_settings settings)
    : loop_(loop),
      settings_(std::move(settings)),
      resolv_conf_(settings_.resolv_conf, max_resolv_conf),
      cache_(settings_.cache) {
    if (!settings_.servers.empty()) use_servers(settings_.servers);
}

DRAGLINE_DECL resolver_core::resolver_core(async::loop_state& loop, core_settings settings,
                                           transport_list transports)
    : loop_(loop),
      settings_(std::move(settings)),
      given_transports_(true),
      resolv_conf_(settings_.resolv_conf, max_resolv_conf),
      transports_(std::make_shared<const transport_list>(std::move(transports))),
      cache_(settings_.cache) {}

DRAGLINE_DECL void resolver_core::refresh(async::time_point now) {
    const bool of_system = settings_.servers.empty() && !given_transports_;
    if (!of_system || !resolv_conf_.changed(now)) return;
    read_system();
    auto named = system_.servers;
    if (named.empty()) named.emplace_back(asio::ip::address_v4::loopback());  // resolv.conf(5)
    use_servers(std::move(named));
}

DRAGLINE_DECL void resolver_core::read_system() {
    if (platform::windows && resolv_conf_.path() == query_options::default_resolv_conf) {
        system_.servers = ares_system_servers();
    } else {
        system_ = parse_resolv_conf(resolv_conf_.read());
    }
}

DRAGLINE_DECL const resolv_conf& resolver_core::system(async::time_point now) {
    refresh(now);
    if (resolv_conf_.changed(now)) read_system();  // where the servers are not those of the system
    return system_;
}

DRAGLINE_DECL void resolver_core::use_servers(std::vector<server> servers) {
    std::erase_if(servers, [this](const server& each) {
        return settings_.family && each.address().is_v4() != (*settings_.family == address_family::v4);
    });
    if (servers == servers_) return;
    servers_ = std::move(servers);
    transports_.reset();
    preferred_ = 0;
    cache_.clear();  // another network may have other answers
}

DRAGLINE_DECL void resolver_core::reconfigure() {
    cache_.clear();
    preferred_ = 0;
    resolv_conf_.look_again();
    if (!given_transports_) transports_.reset();
}

DRAGLINE_DECL const std::shared_ptr<const transport_list>& resolver_core::transports(async::time_point now) {
    refresh(now);
    if (!transports_) {
        transport_list made;
        for (const auto& each : servers_) made.push_back(std::make_shared<ares_transport>(loop_, each));
        transports_ = std::make_shared<const transport_list>(std::move(made));
    }
    return transports_;
}

DRAGLINE_DECL std::optional<found_answer> resolver_core::known(const question& asked, const lookup_plan& plan,
                                                               async::time_point now) {
    refresh(now);  // what was learnt in another network does not count
    auto hit = cache_.find(asked, now, plan.form);
    if (!hit || (plan.whole && !hit->stored->reply)) return std::nullopt;
    if (hit->refresh && !flights_.contains(flight_key{asked.name, asked.type, asked.klass})) {
        const auto made = make_flight(asked, plan, preferred_, now);
        add(*made);
        made->start_in_background(now);
    }
    return found_answer{std::move(hit->stored), hit->age, hit->stale};
}

DRAGLINE_DECL std::optional<found_answer> resolver_core::known_stale(const question& asked,
                                                                     const lookup_plan& plan,
                                                                     async::time_point now) {
    if (settings_.cache.max_stale() <= std::chrono::seconds(0)) return std::nullopt;
    auto hit = cache_.find_stale(asked, now, plan.form);
    if (!hit || (plan.whole && !hit->stored->reply)) return std::nullopt;
    return found_answer{std::move(hit->stored), hit->age, true};
}

DRAGLINE_DECL std::shared_ptr<flight> resolver_core::make_flight(question asked, const lookup_plan& plan,
                                                                 std::size_t first, async::time_point now) {
    return std::make_shared<flight>(loop_, weak_from_this(), std::move(asked), plan, transports(now), first);
}

DRAGLINE_DECL void resolver_core::add(flight& made) {
    const auto& own = made.asked();
    flights_.emplace(flight_key{own.name, own.type, own.klass}, &made);
}

DRAGLINE_DECL std::shared_ptr<flight> resolver_core::flight_for(question asked, const lookup_plan& plan,
                                                                bool rotate, async::time_point now,
                                                                bool& shared) {
    shared = false;
    const auto make = [&] {
        return make_flight(std::move(asked), plan, rotate ? rotation_++ : preferred_, now);
    };
    if (plan.bypass_cache) return make();
    const auto found = flights_.find(flight_key{asked.name, asked.type, asked.klass});
    if (found != flights_.end()) {
        shared = found->second->plan() == plan;
        return shared ? found->second->shared_from_this() : make();
    }
    auto made = make();
    add(*made);
    return made;
}

DRAGLINE_DECL query_pacer& resolver_core::pacer(std::size_t server) {
    if (pacers_.size() <= server) pacers_.resize(server + 1);
    auto& of = pacers_[server];
    if (!of) of = std::make_unique<query_pacer>(loop_);
    return *of;
}

DRAGLINE_DECL void resolver_core::forget(const flight& gone) noexcept {
    const auto found = flights_.find(flight_key{gone.asked().name, gone.asked().type, gone.asked().klass});
    if (found != flights_.end() && found->second == &gone) flights_.erase(found);
}

DRAGLINE_DECL void resolver_core::landed(const flight& ended) {
    forget(ended);
    const auto& outcome = ended.outcome();
    if (!ended.plan().bypass_cache) cache_.store(outcome, loop_.now(), ended.plan().form);
    // Perhaps the machine has moved to another network.
    if (outcome->error == condition::timeout || outcome->error == errc::servers_unreachable)
        resolv_conf_.look_again();
}

DRAGLINE_DECL void resolver_core::failed(std::size_t server, std::error_code ec) noexcept {
    const bool silent = ec == condition::timeout || ec == errc::servers_unreachable ||
                        ec == condition::tls_failed;  // of a transport from above
    if (!silent || server != preferred_ || !transports_ || transports_->empty()) return;
    preferred_ = (server + 1) % transports_->size();
}

DRAGLINE_DECL void resolver_core::shutdown() noexcept {
    flights_.clear();
    if (!transports_) return;
    for (const auto& each : *transports_) each->shutdown();
}

DRAGLINE_DECL std::shared_ptr<resolver_core> resolver_registry::core_for(const query_options& options) {
    for (auto at = cores_.begin(); at != cores_.end(); ++at) {
        if (!(*at)->settings().agrees_with(options)) continue;
        if (at != cores_.begin()) cores_.splice(cores_.begin(), cores_, at);
        return *at;
    }
    make_room();
    auto core = std::make_shared<resolver_core>(loop_, core_settings(options));
    if (ended_) {
        core->shutdown();
    } else {
        cores_.push_front(core);
    }
    return core;
}

// Drops those that were not used for longest, but none that somebody waits for.
DRAGLINE_DECL void resolver_registry::make_room() {
    for (auto at = cores_.end(); cores_.size() >= max_cores && at != cores_.begin();) {
        --at;
        if (at->use_count() == 1) at = cores_.erase(at);
    }
}

DRAGLINE_DECL std::shared_ptr<resolver_core> resolver_registry::core_for(
    const std::shared_ptr<const transport_list>& of, const query_options& options) {
    std::erase_if(custom_,
                  [](const custom_entry& each) { return each.of.expired() && each.core.use_count() == 1; });
    for (const auto& each : custom_) {
        if (each.of.lock() == of && each.core->settings().agrees_with(options)) return each.core;
    }
    auto core = std::make_shared<resolver_core>(loop_, core_settings(options), *of);
    if (ended_) {
        core->shutdown();
    } else {
        custom_.push_back(custom_entry{of, core});
    }
    return core;
}

DRAGLINE_DECL const hosts_table& resolver_registry::hosts(std::string_view path) {
    auto found = hosts_.find(path);
    if (found == hosts_.end()) found = hosts_.emplace(std::string(path), hosts_file(std::string(path))).first;
    return found->second.table(loop_.now());
}

DRAGLINE_DECL void resolver_registry::reconfigure() {
    hosts_.clear();
    for (const auto& each : cores_) each->reconfigure();
    for (const auto& each : custom_) each.core->reconfigure();
}

DRAGLINE_DECL void resolver_registry::shutdown() noexcept {
    ended_ = true;
    for (const auto& each : cores_) each->shutdown();
    for (const auto& each : custom_) each.core->shutdown();
}

}  // namespace dragline::dns::detail

#endif

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/ip/address.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace dragline::inline v1::dns {

/// The addresses of a name.
struct address_list {
    std::vector<asio::ip::address> addresses;  ///< In the order of the answer, at least one.
    std::uint32_t ttl = 0;       ///< Seconds for which they still hold; 0 when they have no TTL.
    std::string canonical_name;  ///< Where the aliases of the name ended.

    address_list() {}
};

namespace detail {
DRAGLINE_DECL const std::shared_ptr<const query_options>& no_options();
}

/// A handle to what look-ups on one loop share. Resolvers of one loop that ask the same servers have one
/// cache and one set of channels, and a question that several ask at the same time is sent once.
///
/// Threads: may be made, copied and destroyed anywhere; is a WHERE of every DNS operation, on any thread.
class resolver {
public:
    /// The resolver of a loop; `defaults` hold for every look-up that does not say otherwise.
    template <async::where Where>
    requires(!std::same_as<std::remove_cvref_t<Where>, resolver>) explicit resolver(Where&& place)
        : executor_(async::executor_of(place)), defaults_(detail::no_options()) {}

    template <async::where Where>
    resolver(Where&& place, query_options defaults)
        : executor_(async::executor_of(place)),
          defaults_(std::make_shared<const query_options>(std::move(defaults))) {}

    /// A resolver that asks through `transports`, one for each server, which belong to the loop of `place`.
    /// Its cache is its own.
    template <async::where Where>
    resolver(Where&& place, std::vector<std::shared_ptr<transport>> transports, query_options defaults = {})
        : executor_(async::executor_of(place)),
          defaults_(std::make_shared<const query_options>(std::move(defaults))),
          transports_(std::make_shared<const detail::transport_list>(std::move(transports))) {}

    const asio::any_io_executor& get_executor() const noexcept { return executor_; }
    const resolver& get_resolver() const noexcept { return *this; }

    const query_options& defaults() const noexcept { return *defaults_; }

    /// The same servers and cache, with other defaults where `options` says something.
    resolver with(const query_options& options) const {
        resolver other = *this;
        other.defaults_ = std::make_shared<const query_options>(options.over(*defaults_));
        return other;
    }

    /// Addresses of one family, as resolve_host() finds them. For those who look up both families at once.
    ///
    /// `until` is the deadline of the operation that this is a part of; it replaces the default timeout.
    /// Errors: as resolve_host(). Cancel: any type. Threads: the loop's own.
    asio::awaitable<result<address_list>> lookup(std::string name, address_family family,
                                                 query_options options = {},
                                                 async::time_point until = async::no_deadline) const;

    /// What the cache did. Threads: the loop's own.
    DRAGLINE_DECL cache_statistics statistics() const;

    /// Forgets every answer. Threads: the loop's own.
    DRAGLINE_DECL void clear_cache() const;

    /// For after a change of network: every resolver of this loop reads the files of the system again,
    /// forgets its answers and makes new sockets. What is on its way is not disturbed. Threads: the loop's
    /// own.
    DRAGLINE_DECL void reconfigure() const;

    /// The shared state of this resolver with these options, for the operations of this module. Threads: the
    /// loop's own.
    DRAGLINE_DECL std::shared_ptr<detail::resolver_core> core(const query_options& options) const;

private:
    asio::any_io_executor executor_;
    std::shared_ptr<const query_options> defaults_;
    std::shared_ptr<const detail::transport_list> transports_;
};

/// Something that brings its own resolver, as a session does.
template <class T>
concept has_resolver = requires(const std::remove_cvref_t<T>& place) {
    { place.get_resolver() } -> std::convertible_to<resolver>;
};

/// The resolver of a WHERE: its own, or that of its loop with the usual defaults.
template <async::where Where>
resolver resolver_of(Where&& place) {
    if constexpr (has_resolver<Where>) {
        return place.get_resolver();
    } else {
        return resolver(async::executor_of(place));
    }
}

}  // namespace dragline::dns

// ---- dragline/dns/impl/resolver.ipp
// Included by <dragline/dns/resolver.hpp> only.

// ---- dragline/dns/detail/find.hpp
// Looks a name up, under one suffix after the other if it must be searched for.

// ---- dragline/dns/detail/lookup.hpp
// One look-up, from its checks to its answer, wherever that is known: in itself, the hosts file, the cache,
// the DNS.


#include <asio/awaitable.hpp>
#include <asio/ip/address.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <system_error>

namespace dragline::inline v1::dns::detail {

// Stands in the frame of the coroutine that looks up, and costs it no other:
//
//     lookup looking(...);                                                  // asks, unless the answer is at
//     hand while (looking.must_wait()) looking.waited(co_await looking.wait()); const auto found =
//     looking.finish();                                  // an answer with records, or an error
class lookup {
public:
    // The addresses of a name that may be written as one, be local, or stand in the hosts file: `type` is A
    // or AAAA. The options are complete.
    lookup(std::shared_ptr<resolver_core> core, std::string name, record_type type,
           const query_options& options, async::time_point until);

    // The PTR records of an address.
    lookup(std::shared_ptr<resolver_core> core, asio::ip::address address, const query_options& options,
           async::time_point until);

    // What the DNS says. `whole`: word for word, which finish() then gives for what it says of failure too.
    lookup(std::shared_ptr<resolver_core> core, question asked, bool whole, const query_options& options,
           async::time_point until);

    bool must_wait() const noexcept;
    asio::awaitable<result<void>> wait() {
        return wake_.wait(stale_ ? std::min(until_, stale_until_) : until_, phase::resolve);
    }
    void waited(const result<void>& ended);

    // Fills the trace.
    result<found_answer> finish();

    answer_source source() const noexcept { return source_; }

private:
    lookup(std::shared_ptr<resolver_core> core, const query_options& options, async::time_point until);

    void begin(const question& asked);
    std::optional<std::string> name_to_ask(std::string name, record_type type, const query_options& options);
    void settle(answer_source source, answer found);
    void ask(question asked, const query_options& options);
    void send();

    std::shared_ptr<resolver_core> core_;
    lookup_trace* trace_;
    async::time_point began_;
    async::time_point until_;
    lookup_plan plan_;
    bool rotate_ = false;
    bool important_ = false;
    answer_source source_ = answer_source::none;
    bool shared_ = false;
    std::error_code error_;
    std::optional<found_answer> found_;
    async::event wake_;
    std::optional<flight_seat> seat_;
    std::optional<quota_seat> quota_;
    std::optional<question> to_ask_;     // while the quota makes it wait
    std::optional<found_answer> stale_;  // what serves when no server does
    async::time_point stale_until_{};
};

DRAGLINE_DECL lookup_plan plan_of(const query_options& options) noexcept;

// The earlier of `until` and the timeout of the options; their default counts only when nobody else sets a
// limit.
DRAGLINE_DECL async::time_point limit_of(const query_options& options, async::time_point now,
                                         async::time_point until) noexcept;

}  // namespace dragline::dns::detail

// ---- dragline/dns/detail/impl/lookup.ipp
// Included by <dragline/dns/detail/lookup.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL lookup_plan plan_of(const query_options& options) noexcept {
    lookup_plan plan;
    plan.try_timeout = options.try_timeout();
    plan.queries_per_second = options.queries_per_second();
    plan.tries = options.tries();
    plan.bypass_cache = options.bypass_cache();
    plan.retry_elsewhere = options.retry_elsewhere();
    plan.form = options.form();
    return plan;
}

DRAGLINE_DECL async::time_point limit_of(const query_options& options, async::time_point now,
                                         async::time_point until) noexcept {
    if (!options.has_timeout() && until != async::no_deadline) return until;
    return std::min(until, async::deadline_after(now, options.timeout()));
}

// An answer that no server gave. It has no TTL.
DRAGLINE_DECL answer local_answer(question asked, std::span<const asio::ip::address> addresses) {
    auto made = make_answer(std::move(asked), {});
    for (const auto& address : addresses) {
        if (made.asked.type == record_type::a && address.is_v4()) {
            made.records.emplace_back(made.asked.name, 0, a_record{address.to_v4().to_bytes()});
        } else if (made.asked.type == record_type::aaaa && address.is_v6()) {
            made.records.emplace_back(made.asked.name, 0, aaaa_record{address.to_v6().to_bytes()});
        }
    }
    if (made.records.empty()) made.error = errc::no_data;
    return made;
}

DRAGLINE_DECL lookup::lookup(std::shared_ptr<resolver_core> core, const query_options& options,
                             async::time_point until)
    : core_(std::move(core)),
      trace_(options.trace()),
      began_(core_->loop().now()),
      until_(limit_of(options, began_, until)),
      error_(options.problem()),
      wake_(core_->loop()) {}

DRAGLINE_DECL lookup::lookup(std::shared_ptr<resolver_core> core, std::string name, record_type type,
                             const query_options& options, async::time_point until)
    : lookup(std::move(core), options, until) {
    if (trace_) begin(question(name, type));
    if (error_) return;
    if (auto to_ask = name_to_ask(std::move(name), type, options))
        ask(question(*std::move(to_ask), type), options);
}

DRAGLINE_DECL lookup::lookup(std::shared_ptr<resolver_core> core, question asked, bool whole,
                             const query_options& options, async::time_point until)
    : lookup(std::move(core), options, until) {
    if (trace_) begin(asked);
    if (error_) return;
    plan_.whole = whole;
    auto name = normal_name(asked.name);
    if (!name) {
        error_ = name.error();
        return;
    }
    asked.name = *std::move(name);
    ask(std::move(asked), options);
}

DRAGLINE_DECL lookup::lookup(std::shared_ptr<resolver_core> core, asio::ip::address address,
                             const query_options& options, async::time_point until)
    : lookup(std::move(core), options, until) {
    address = plain_address(address);
    question asked(reverse_name(address), record_type::ptr);
    if (trace_) begin(asked);
    if (error_) return;
    if (options.hosts_file()) {
        const auto& hosts = core_->loop().get<resolver_registry>().hosts(options.hosts_path());
        if (const auto names = hosts.names_of(address); !names.empty()) {
            auto made = make_answer(std::move(asked), {});
            for (const auto& name : names) made.records.emplace_back(made.asked.name, 0, ptr_record(name));
            settle(answer_source::hosts_file, std::move(made));
            return;
        }
    }
    ask(std::move(asked), options);
}

DRAGLINE_DECL void lookup::begin(const question& asked) {
    *trace_ = lookup_trace();
    trace_->asked = asked;
}

// The name that the DNS has to say something about; nothing when the answer, or an error, is there without
// it.
DRAGLINE_DECL std::optional<std::string> lookup::name_to_ask(std::string name, record_type type,
                                                             const query_options& options) {
    if (const auto literal = literal_address(name)) {
        settle(answer_source::literal,
               local_answer(question(std::move(name), type), std::span(&*literal, 1)));
        return std::nullopt;
    }
    auto normal = normal_host_name(name);
    if (!normal) {
        error_ = normal.error();
    } else if (is_localhost(*normal)) {
        const asio::ip::address loopback[] = {asio::ip::address_v4::loopback(),
                                              asio::ip::address_v6::loopback()};
        settle(answer_source::local, local_answer(question(*std::move(normal), type), loopback));
    } else if (is_onion(*normal)) {
        settle(answer_source::local, make_answer(question(*std::move(normal), type), errc::name_not_found));
    } else {
        if (!options.hosts_file()) return *std::move(normal);
        const auto& hosts = core_->loop().get<resolver_registry>().hosts(options.hosts_path());
        const auto addresses = hosts.addresses_of(*normal);
        if (addresses.empty()) return *std::move(normal);
        settle(answer_source::hosts_file, local_answer(question(*std::move(normal), type), addresses));
    }
    return std::nullopt;
}

DRAGLINE_DECL void lookup::settle(answer_source source, answer found) {
    source_ = source;
    found_.emplace().value = std::make_shared<const answer>(std::move(found));
}

DRAGLINE_DECL void lookup::ask(question asked, const query_options& options) {
    const bool whole = plan_.whole;
    plan_ = plan_of(options);
    plan_.whole = whole;
    if (!plan_.bypass_cache) found_ = core_->known(asked, plan_, began_);
    if (found_) {
        source_ = answer_source::cache;
        return;
    }
    rotate_ = options.rotate();
    important_ = options.important();
    if (!plan_.bypass_cache) stale_ = core_->known_stale(asked, plan_, began_);
    if (stale_) stale_until_ = async::deadline_after(began_, options.cache().stale_after());
    to_ask_ = std::move(asked);
    if (options.quota()) {
        quota_.emplace(options.quota()->state(), important_, wake_);
        if (quota_->refused()) error_ = errc::quota_exceeded;
        if (!quota_->admitted()) return;
    }
    send();
}

DRAGLINE_DECL void lookup::send() {
    seat_.emplace(core_->flight_for(*std::move(to_ask_), plan_, rotate_, core_->loop().now(), shared_),
                  wake_);
    to_ask_.reset();
    seat_->in().start(important_);
}

DRAGLINE_DECL bool lookup::must_wait() const noexcept {
    if (error_ || found_) return false;
    return seat_ ? !seat_->in().outcome() : to_ask_.has_value();
}

DRAGLINE_DECL void lookup::waited(const result<void>& ended) {
    error_ = ended.error();
    if (!error_ && to_ask_ && quota_->admitted()) send();
}

DRAGLINE_DECL result<found_answer> lookup::finish() {
    if (seat_ && seat_->in().outcome()) {  // also when it came together with the end of the wait
        found_.emplace().value = seat_->in().outcome();
        if (seat_->in().was_answered()) source_ = answer_source::network;
    }
    if (found_) error_ = found_->value->error;
    const bool spoken = error_ == errc::name_not_found || error_ == errc::no_data;
    const bool cancelled = error_ == asio::error::operation_aborted;
    if (error_ && !spoken && !cancelled && stale_) {
        found_ = std::move(stale_);
        source_ = answer_source::cache;
        error_ = found_->value->error;
    }
    if (trace_) {
        trace_->source = source_;
        trace_->shared = shared_;
        trace_->stale = found_ && found_->stale;
        if (seat_) seat_->in().report(*trace_);
        trace_->error = error_;
        trace_->took = core_->loop().now() - began_;
    }
    if (error_ && !(found_ && found_->value->reply)) return error_;
    return *std::move(found_);
}

}  // namespace dragline::dns::detail

#endif

#include <asio/awaitable.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dragline::inline v1::dns::detail {

// Whether there may be more than one name to try.
DRAGLINE_DECL bool must_search(std::string_view name, const query_options& options) noexcept;

// The names to try, in order (resolv.conf(5)): with ndots dots or more, first as it stands, else last.
DRAGLINE_DECL std::vector<std::string> names_to_try(const std::string& name, resolver_core& core,
                                                    const query_options& options);

enum class name_kind {
    host,  // may be an address, local, or in the hosts file
    any,
};

// An answer with records, or why there is none. The options are complete.
DRAGLINE_DECL asio::awaitable<result<found_answer>> find(std::shared_ptr<resolver_core> core,
                                                         std::string name, record_type type, name_kind kind,
                                                         query_options options, async::time_point until);

}  // namespace dragline::dns::detail

// ---- dragline/dns/detail/impl/find.ipp
// Included by <dragline/dns/detail/find.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <utility>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL bool must_search(std::string_view name, const query_options& options) noexcept {
    return (options.system_search() || !options.search().empty()) && !name.ends_with('.');
}

// What needs no DNS needs no search.
DRAGLINE_DECL bool is_known_here(const std::string& name, resolver_core& core, const query_options& options) {
    if (literal_address(name)) return true;
    const auto normal = normal_host_name(name);
    if (!normal || is_localhost(*normal)) return true;
    if (!options.hosts_file()) return false;
    const auto& hosts = core.loop().get<resolver_registry>().hosts(options.hosts_path());
    return !hosts.addresses_of(*normal).empty();
}

DRAGLINE_DECL std::vector<std::string> names_to_try(const std::string& name, resolver_core& core,
                                                    const query_options& options) {
    if (is_known_here(name, core, options)) return {name};
    const auto now = core.loop().now();
    const bool system = options.system_search();
    const auto& suffixes = system && options.search().empty() ? core.system(now).search : options.search();
    const long ndots = options.ndots().value_or(system ? core.system(now).ndots : 1);
    std::vector<std::string> names;
    const bool as_it_stands_first = std::count(name.begin(), name.end(), '.') >= ndots;
    if (as_it_stands_first) names.push_back(name);
    for (const auto& suffix : suffixes) names.push_back(name + '.' + suffix);
    if (!as_it_stands_first) names.push_back(name);
    return names;
}

DRAGLINE_DECL asio::awaitable<result<found_answer>> find_one(std::shared_ptr<resolver_core> core,
                                                             std::string name, record_type type,
                                                             name_kind kind, query_options options,
                                                             async::time_point until) {
    if (kind == name_kind::host) {
        lookup looking(std::move(core), std::move(name), type, options, until);
        while (looking.must_wait()) looking.waited(co_await looking.wait());
        co_return looking.finish();
    }
    question asked(std::move(name), type);
    lookup looking(std::move(core), std::move(asked), false, options, until);
    while (looking.must_wait()) looking.waited(co_await looking.wait());
    co_return looking.finish();
}

DRAGLINE_DECL asio::awaitable<result<found_answer>> find(std::shared_ptr<resolver_core> core,
                                                         std::string name, record_type type, name_kind kind,
                                                         query_options options, async::time_point until) {
    if (!must_search(name, options)) {
        auto finding = find_one(std::move(core), std::move(name), type, kind, std::move(options), until);
        co_return co_await std::move(finding);
    }
    until = limit_of(options, core->loop().now(), until);  // one limit for all of them
    // That one name has no data tells more than that another does not exist.
    std::error_code absent = errc::name_not_found;
    auto names = names_to_try(name, *core, options);
    for (auto& each : names) {
        auto finding = find_one(core, std::move(each), type, kind, options, until);
        auto found = co_await std::move(finding);
        if (found) co_return found;
        if (found.error() != errc::name_not_found && found.error() != errc::no_data) co_return found.error();
        if (found.error() == errc::no_data) absent = found.error();
    }
    co_return absent;
}

}  // namespace dragline::dns::detail

#endif

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::dns {

DRAGLINE_DECL std::shared_ptr<detail::resolver_core> resolver::core(const query_options& options) const {
    auto& registry = async::loop_state::of(executor_).get<detail::resolver_registry>();
    // Transports of one's own stand for the servers; options with servers go past them.
    return transports_ && options.servers().empty() ? registry.core_for(transports_, options)
                                                    : registry.core_for(options);
}

DRAGLINE_DECL cache_statistics resolver::statistics() const {
    return core(*defaults_)->answers().statistics();
}

DRAGLINE_DECL void resolver::clear_cache() const { core(*defaults_)->answers().clear(); }

DRAGLINE_DECL void resolver::reconfigure() const {
    async::loop_state::of(executor_).get<detail::resolver_registry>().reconfigure();
}

namespace detail {

DRAGLINE_DECL const std::shared_ptr<const query_options>& no_options() {
    static const auto none = std::make_shared<const query_options>();
    return none;
}

DRAGLINE_DECL address_list address_list_of(const found_answer& found) {
    const auto& from = *found.value;
    address_list list;
    for (const auto& address : addresses_v4(from)) list.addresses.emplace_back(address);
    for (const auto& address : addresses_v6(from)) list.addresses.emplace_back(address);
    list.ttl = found.ttl();
    list.canonical_name = from.canonical_name();
    return list;
}

DRAGLINE_DECL asio::awaitable<result<address_list>> lookup_addresses(std::shared_ptr<resolver_core> core,
                                                                     std::string name, record_type type,
                                                                     query_options options,
                                                                     async::time_point until) {
    auto finding = find(std::move(core), std::move(name), type, name_kind::host, std::move(options), until);
    const auto found = co_await std::move(finding);
    if (!found) co_return found.error();
    co_return address_list_of(*found);
}

}  // namespace detail

DRAGLINE_DECL asio::awaitable<result<address_list>> resolver::lookup(std::string name, address_family family,
                                                                     query_options options,
                                                                     async::time_point until) const {
    auto merged = options.over(*defaults_);
    auto shared = core(merged);
    const auto type = family == address_family::v4 ? record_type::a : record_type::aaaa;
    return detail::lookup_addresses(std::move(shared), std::move(name), type, std::move(merged), until);
}

}  // namespace dragline::dns

#endif

#include <asio/any_io_executor.hpp>

#include <type_traits>
#include <utility>

namespace dragline::inline v1::dns::detail {

// What may stand where a token is expected: not the options.
template <class Token, class Options>
concept token_after = !std::is_convertible_v<Token, Options>;

// The tokens of an operation without a WHERE: only a coroutine that awaits it says where it is.
template <class Token>
concept awaiting_token =
    std::is_same_v<Token, default_token> || std::is_same_v<Token, as_tuple_t<default_token>>;

// Runs a body on the loop of the awaiting coroutine.
template <class T, auto Body, class Token, class Subject, class Options>
auto start_here(Token, Subject subject, Options options) {
    constexpr auto body = [](asio::any_io_executor loop, Subject s, Options o) {
        return Body(resolver(std::move(loop)), std::move(s), std::move(o));
    };
    if constexpr (std::is_same_v<Token, default_token>) {
        return async::await_here<T>(body, std::move(subject), std::move(options));
    } else {
        return async::await_here_as_tuple<T>(body, std::move(subject), std::move(options));
    }
}

}  // namespace dragline::dns::detail
// ---- dragline/dns/response.hpp
// What a server said to a query, word for word, and what that comes to.


#include <chrono>
#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

namespace dragline::inline v1::dns {

/// The result of query(): also NXDOMAIN is an answer, as a 404 is one of HTTP.
class response {
public:
    question asked;

    /// Nothing when there are records of the asked type; else why there are none, as answer::error.
    std::error_code error;

    rcode code = rcode::no_error;
    bool authoritative = false;        ///< AA
    bool truncated = false;            ///< TC, and TCP did not help.
    bool recursion_available = false;  ///< RA
    bool authentic = false;            ///< AD: the server says that it validated the data.
    bool checking_disabled = false;    ///< CD

    // The sections of the message; TTLs are those that hold now.
    std::vector<record> answers;
    std::vector<record> authorities;
    std::vector<record> additionals;  ///< Without OPT.

    std::vector<std::string> aliases;  ///< Where the asked name leads, one after the other.
    std::uint32_t ttl = 0;             ///< Seconds for which the answer, or the absence, still holds.

    answer_source source = answer_source::none;  ///< The network, or the cache.
    std::string server;                          ///< "192.0.2.1:53"; of a cached answer the one that gave it.
    std::chrono::steady_clock::duration took{};  ///< That server's time to answer.

    response() {}

    /// The name that has, or lacks, the records.
    const std::string& canonical_name() const noexcept {
        return aliases.empty() ? asked.name : aliases.back();
    }

    /// The data of the answers of one kind, in their order: records<mx_record>().
    template <class Data>
    std::vector<Data> records() const {
        std::vector<Data> found;
        for (const auto& each : answers) {
            if (const auto* data = each.template get<Data>()) found.push_back(*data);
        }
        return found;
    }

    /// Throws std::system_error with `error`, if there is one.
    void raise_for_error() const {
        if (error) throw std::system_error(error);
    }
};

}  // namespace dragline::dns

#include <asio/awaitable.hpp>

#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace dragline::inline v1::dns {

using query_signature = void(std::error_code, response);

namespace detail {
DRAGLINE_DECL asio::awaitable<result<response>> query_body(resolver with, question asked,
                                                           query_options options);
}

/// Asks for the records of one type, or ANY, of a name: the cache, then the DNS. No hosts file, no search
/// list.
///
/// Completes with (error_code, response). Whatever a server says is a success, see response::error: NXDOMAIN,
/// and, when no server says anything better, SERVFAIL and REFUSED too. Types without a name here are given by
/// number, and come as raw_record.
/// Errors:  that there is no answer: make_timeout(phase::resolve), dns::errc::servers_unreachable,
///          malformed_message, no_servers, quota_exceeded; a name that cannot be (an address is none),
///          options that cannot work.
/// Cancel:  any type; a query that others wait for goes on.
/// Threads: any; see async::initiate(). RFC 1035.
template <async::where Where, class Token = default_token>
auto query(Where&& place, std::string_view name, record_type type, query_options options,
           Token&& token = {}) {
    return async::initiate<response>(async::executor_of(place), &detail::query_body,
                                     std::forward<Token>(token), resolver_of(place),
                                     question(std::string(name), type), std::move(options));
}

template <async::where Where, detail::token_after<query_options> Token = default_token>
auto query(Where&& place, std::string_view name, record_type type, Token&& token = {}) {
    return query(std::forward<Where>(place), name, type, query_options(), std::forward<Token>(token));
}

/// As above, on the loop of the coroutine that awaits it.
template <detail::awaiting_token Token = default_token>
auto query(std::string_view name, record_type type, query_options options, Token token = {}) {
    return detail::start_here<response, &detail::query_body>(token, question(std::string(name), type),
                                                             std::move(options));
}

template <detail::awaiting_token Token = default_token>
auto query(std::string_view name, record_type type, Token token = {}) {
    return query(name, type, query_options(), token);
}

}  // namespace dragline::dns

// ---- dragline/dns/impl/query.ipp
// Included by <dragline/dns/query.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <vector>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL response response_from(const found_answer& found, answer_source source) {
    const auto& what = *found.value;
    const auto& message = what.reply->message;
    response out;
    out.asked = what.asked;
    out.error = what.error;
    out.code = what.code;
    out.authoritative = message.authoritative;
    out.truncated = message.truncated;
    out.recursion_available = message.recursion_available;
    out.authentic = message.authentic_data;
    out.checking_disabled = message.checking_disabled;
    out.answers = message.answers;
    out.authorities = message.authorities;
    out.additionals = message.additionals;
    for (auto* section : {&out.answers, &out.authorities, &out.additionals}) {
        for (auto& each : *section) each.ttl -= std::min(each.ttl, found.age);
    }
    out.aliases = what.aliases;
    out.ttl = found.ttl();
    out.source = source;
    out.server = what.reply->server;
    out.took = what.reply->took;
    return out;
}

DRAGLINE_DECL asio::awaitable<result<response>> query_body(resolver with, question asked,
                                                           query_options options) {
    options = options.over(with.defaults());
    lookup looking(with.core(options), std::move(asked), true, options, async::no_deadline);
    while (looking.must_wait()) looking.waited(co_await looking.wait());
    const auto found = looking.finish();
    if (!found) co_return found.error();
    co_return response_from(*found, looking.source());
}

}  // namespace dragline::dns::detail

#endif
// ---- dragline/dns/records/presentation.hpp
// Records as the text of a master file (RFC 1035, 5.1), and text as records. Start with to_string() and
// parse_record_data().


#include <string>
#include <string_view>

namespace dragline::inline v1::dns {

/// The data of a record: "10 mx.example.org.". Printable ASCII in one line, whatever the record holds.
///
/// Names end in a dot. Bytes of no known type are as RFC 3597 says, "\# 4 C0000201", and so is data that has
/// no other text: an empty key, digest or signature, or parameters of a service that contradict each other.
/// parse_record_data() makes the same data of it. Empty for some data that no message can hold.
DRAGLINE_DECL std::string to_string(const record_data& data);

/// The whole record: "example.org. 300 IN MX 10 mx.example.org.".
DRAGLINE_DECL std::string to_string(const record& entry);

/// Reads the text of the data of a record of this type, or its bytes as RFC 3597 says.
///
/// Strings need no quotes where they hold no space; escapes, parentheses, comments and ends of lines are
/// understood. A name is complete, with a dot at its end or not: there is no origin. Algorithms are numbers.
/// Parameters of a service must not contradict each other (RFC 9460, 2.4.3).
/// Errors: errc::invalid_data, also for a type that has no text of its own; errc::unknown_type for one within
/// the data; for names, those of wire::encode_name().
DRAGLINE_DECL result<record_data> parse_record_data(record_type type, std::string_view text);

}  // namespace dragline::dns

// ---- dragline/dns/records/impl/presentation.ipp
// Included by <dragline/dns/records/presentation.hpp> only.

// ---- dragline/dns/detail/record_text_reader.hpp
// The data of one record, from the text of a master file.

// ---- dragline/dns/detail/text_reader.hpp
// The fields of a record from the text of a master file (RFC 1035, 5.1).


#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dragline::inline v1::dns::detail {

// Any bytes, without their escapes; nothing when an escape is none.
DRAGLINE_DECL std::optional<std::string> unescape(std::string_view text);

// Takes fields one after the other. After the first failure every one of them yields nothing, or the default.
//
// Words are separated by spaces, tabs and ends of lines, all the same within parentheses and outside, where
// those must be in pairs. A semicolon starts a comment.
class text_reader {
public:
    struct word {
        std::string_view text;  // with its escapes
        bool quoted = false;    // wholly: it has lost its quotes
    };

    explicit text_reader(std::string_view text) : text_(text) { skip_blanks(); }

    std::error_code error() const noexcept { return error_; }
    void fail(std::error_code ec = errc::invalid_data) {
        if (!error_) error_ = ec;
    }

    // Whether there are no more words, or a failure.
    bool at_end() const noexcept { return error_ || text_.empty(); }

    word take_word() { return next_word(false); }
    // What stands in one word without quotes, escapes not understood.
    DRAGLINE_DECL std::string_view take_plain();
    // As take_plain(), but a value may be in quotes: key="value". It keeps them.
    std::string_view take_parameter() { return next_word(true).text; }
    DRAGLINE_DECL std::string take_name();
    DRAGLINE_DECL std::string take_bytes();   // of any number
    DRAGLINE_DECL std::string take_string();  // at most 255 bytes
    DRAGLINE_DECL record_type take_type();
    DRAGLINE_DECL std::uint32_t take_time();
    // All words that are left, at least one, joined.
    DRAGLINE_DECL std::vector<std::uint8_t> take_hex();
    DRAGLINE_DECL std::vector<std::uint8_t> take_base64();

    template <std::unsigned_integral T>
    T take_number() {
        const auto number = ascii::parse_number<T>(take_plain());
        if (!number) fail();
        return number.value_or(T{});
    }

private:
    DRAGLINE_DECL void skip_blanks();
    DRAGLINE_DECL word next_word(bool is_parameter);
    DRAGLINE_DECL std::size_t end_of_quotes(std::size_t open);
    DRAGLINE_DECL std::string take_joined();

    std::string_view text_;
    std::size_t open_ = 0;  // parentheses
    std::error_code error_;
};

}  // namespace dragline::dns::detail

// ---- dragline/dns/detail/impl/text_reader.ipp
// Included by <dragline/dns/detail/text_reader.hpp> only.

// ---- dragline/dns/detail/binary_text.hpp
// Bytes as text in the records that hold keys and digests: base 16 and base 64 (RFC 4648).


#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL void append_hex(std::string& text, byte_view bytes);
DRAGLINE_DECL std::optional<std::vector<std::uint8_t>> parse_hex(std::string_view text);

DRAGLINE_DECL void append_base64(std::string& text, byte_view bytes);
// With padding, and no bits set that stand for nothing.
DRAGLINE_DECL std::optional<std::vector<std::uint8_t>> parse_base64(std::string_view text);

}  // namespace dragline::dns::detail

// ---- dragline/dns/detail/impl/binary_text.ipp
// Included by <dragline/dns/detail/binary_text.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <cstddef>

namespace dragline::inline v1::dns::detail {

inline constexpr std::string_view hex_digits = "0123456789ABCDEF";
inline constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

DRAGLINE_DECL void append_hex(std::string& text, byte_view bytes) {
    for (const auto byte : bytes) {
        text += hex_digits[byte >> 4];
        text += hex_digits[byte & 0xf];
    }
}

DRAGLINE_DECL std::optional<std::vector<std::uint8_t>> parse_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    std::vector<std::uint8_t> bytes;
    bytes.reserve(text.size() / 2);
    for (; !text.empty(); text.remove_prefix(2)) {
        const int high = ascii::hex_value(text[0]), low = ascii::hex_value(text[1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes.push_back(static_cast<std::uint8_t>(high << 4 | low));
    }
    return bytes;
}

DRAGLINE_DECL void append_base64(std::string& text, byte_view bytes) {
    while (!bytes.empty()) {
        const auto group = bytes.first(std::min<std::size_t>(bytes.size(), 3));
        unsigned bits = 0;
        for (std::size_t i = 0; i < 3; ++i) bits = bits << 8 | (i < group.size() ? group[i] : 0u);
        for (std::size_t i = 0; i < 4; ++i) {
            text += i <= group.size() ? base64_digits[bits >> (18 - 6 * i) & 0x3f] : '=';
        }
        bytes = bytes.subspan(group.size());
    }
}

DRAGLINE_DECL std::optional<std::vector<std::uint8_t>> parse_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::vector<std::uint8_t> bytes;
    bytes.reserve(text.size() / 4 * 3);
    for (; !text.empty(); text.remove_prefix(4)) {
        auto group = text.substr(0, 4);
        if (text.size() == 4) {
            if (group.ends_with('=')) group.remove_suffix(1);
            if (group.ends_with('=')) group.remove_suffix(1);
        }
        if (group.size() < 2) return std::nullopt;
        unsigned bits = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            const auto value = i < group.size() ? base64_digits.find(group[i]) : 0;
            if (value == base64_digits.npos) return std::nullopt;
            bits = bits << 6 | static_cast<unsigned>(value);
        }
        const unsigned beyond = group.size() == 4 ? 0 : group.size() == 3 ? 0xff : 0xffff;
        if (bits & beyond) return std::nullopt;
        for (std::size_t i = 0; i + 1 < group.size(); ++i) {
            bytes.push_back(static_cast<std::uint8_t>(bits >> (16 - 8 * i)));
        }
    }
    return bytes;
}

}  // namespace dragline::dns::detail

#endif

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <chrono>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL std::optional<std::string> unescape(std::string_view text) {
    std::string bytes;
    while (!text.empty()) {
        std::uint8_t byte = 0;
        if (!take_character(text, byte)) return std::nullopt;
        bytes += static_cast<char>(byte);
    }
    return bytes;
}

DRAGLINE_DECL void text_reader::skip_blanks() {
    while (!text_.empty()) {
        const char c = text_.front();
        if (c == ';') {
            text_.remove_prefix(std::min(text_.find('\n'), text_.size()));
            continue;
        }
        if (c == '(') {
            ++open_;
        } else if (c == ')') {
            if (open_ == 0) return fail();
            --open_;
        } else if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
            return;
        }
        text_.remove_prefix(1);
    }
    if (open_ != 0) fail();
}

// Where the quotes end that open there; the end of the text when they do not.
DRAGLINE_DECL std::size_t text_reader::end_of_quotes(std::size_t open) {
    std::size_t at = open + 1;
    while (at < text_.size() && text_[at] != '"') at += text_[at] == '\\' ? 2 : 1;
    return std::min(at, text_.size());
}

DRAGLINE_DECL text_reader::word text_reader::next_word(bool is_parameter) {
    if (at_end()) return fail(), word();
    constexpr std::string_view ends = " \t\r\n();";
    word out;
    out.quoted = text_.front() == '"';
    if (out.quoted && is_parameter) return fail(), word();
    std::size_t end = 0;
    if (out.quoted) {
        end = end_of_quotes(0);
        if (end == text_.size()) return fail(), word();
        out.text = text_.substr(1, end - 1);
        ++end;
    } else {
        while (end < text_.size() && ends.find(text_[end]) == ends.npos && text_[end] != '"') {
            end += text_[end] == '\\' ? 2 : 1;
        }
        if (is_parameter && end < text_.size() && text_[end] == '"' && text_[end - 1] == '=') {
            end = end_of_quotes(end) + 1;
        }
        if (end > text_.size()) return fail(), word();
        out.text = text_.substr(0, end);
    }
    if (end < text_.size() && ends.find(text_[end]) == ends.npos) return fail(), word();
    text_.remove_prefix(end);
    skip_blanks();
    return out;
}

DRAGLINE_DECL std::string_view text_reader::take_plain() {
    const auto next = take_word();
    if (next.quoted) fail();
    return next.text;
}

DRAGLINE_DECL std::string text_reader::take_name() {
    const auto text = take_plain();
    if (error_ || text == "@") return fail(), std::string();  // the origin, which nobody knows here
    std::vector<std::uint8_t> bytes;
    if (const auto ec = wire::encode_name(text, bytes)) return fail(ec), std::string();
    std::size_t offset = 0;
    return *wire::decode_name(bytes, offset);
}

DRAGLINE_DECL std::string text_reader::take_bytes() {
    auto bytes = unescape(take_word().text);
    if (!bytes) fail();
    return std::move(bytes).value_or(std::string());
}

DRAGLINE_DECL std::string text_reader::take_string() {
    auto bytes = take_bytes();
    if (bytes.size() > 255) fail();
    return bytes;
}

DRAGLINE_DECL record_type text_reader::take_type() {
    const auto type = parse_record_type(take_plain());
    if (!type) fail(type.error());
    return *type;
}

// YYYYMMDDHHmmSS, or seconds (RFC 4034, 3.2).
DRAGLINE_DECL std::uint32_t text_reader::take_time() {
    namespace chrono = std::chrono;
    const auto text = take_plain();
    if (text.size() <= 10) {
        const auto seconds = ascii::parse_number<std::uint32_t>(text);
        if (!seconds) fail();
        return seconds.value_or(0);
    }
    if (text.size() != 14 || !std::all_of(text.begin(), text.end(), ascii::is_digit)) return fail(), 0;
    const auto number = [text](std::size_t at, std::size_t size) {
        return *ascii::parse_number<unsigned>(text.substr(at, size));
    };
    const chrono::year_month_day date(chrono::year(static_cast<int>(number(0, 4))),
                                      chrono::month(number(4, 2)), chrono::day(number(6, 2)));
    const unsigned hour = number(8, 2), minute = number(10, 2), second = number(12, 2);
    if (!date.ok() || hour > 23 || minute > 59 || second > 59) return fail(), 0;
    const std::int64_t day = chrono::sys_days(date).time_since_epoch().count();
    const std::int64_t count = ((day * 24 + hour) * 60 + minute) * 60 + second;
    if (count < 0 || count > 0xffffffff) return fail(), 0;
    return static_cast<std::uint32_t>(count);
}

DRAGLINE_DECL std::string text_reader::take_joined() {
    std::string joined;
    do {
        joined += take_plain();
    } while (!at_end());
    return joined;
}

DRAGLINE_DECL std::vector<std::uint8_t> text_reader::take_hex() {
    auto bytes = parse_hex(take_joined());
    if (!bytes) fail();
    return std::move(bytes).value_or(std::vector<std::uint8_t>());
}

DRAGLINE_DECL std::vector<std::uint8_t> text_reader::take_base64() {
    auto bytes = parse_base64(take_joined());
    if (!bytes) fail();
    return std::move(bytes).value_or(std::vector<std::uint8_t>());
}

}  // namespace dragline::dns::detail

#endif

namespace dragline::inline v1::dns::detail {

// Reads the form that the type has of its own. The caller asks `in` whether that failed or left words over.
DRAGLINE_DECL void read_record_text(text_reader& in, record_type type, record_data& out);

}  // namespace dragline::dns::detail

// ---- dragline/dns/detail/impl/record_text_reader.ipp
// Included by <dragline/dns/detail/record_text_reader.hpp> only.

// ---- dragline/dns/detail/address_text.hpp
// Addresses as they stand in records.

#include <asio/ip/address_v4.hpp>
#include <asio/ip/address_v6.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace dragline::inline v1::dns::detail {

template <class Address>
std::optional<Address> parse_address(std::string_view text) {
    // Neither a scope id nor a zero byte, which would end the text early.
    if (text.find_first_not_of("0123456789abcdefABCDEF:.") != text.npos) return std::nullopt;
    std::error_code ec;
    Address address;
    if constexpr (std::same_as<Address, asio::ip::address_v4>) {
        address = asio::ip::make_address_v4(std::string(text), ec);
    } else {
        address = asio::ip::make_address_v6(std::string(text), ec);
    }
    return ec ? std::nullopt : std::optional(address);
}

}  // namespace dragline::dns::detail
// ---- dragline/dns/detail/service_text.hpp
// The parameters of a service as text (RFC 9460, 2.1).


#include <string>
#include <string_view>

namespace dragline::inline v1::dns::detail {

// Appends all of them, a space before each. What is not well-formed gets the form of a key that has no name.
DRAGLINE_DECL void append_parameters(std::string& text, const service_parameters& parameters);

// Adds the parameter in a word, `key`, `key=value` or `key="value"`; false when it is none, or the second of
// its key. Whether the value is well-formed remains to be asked.
DRAGLINE_DECL bool add_parameter(service_parameters& to, std::string_view word);

}  // namespace dragline::dns::detail

// ---- dragline/dns/detail/impl/service_text.ipp
// Included by <dragline/dns/detail/service_text.hpp> only.

// ---- dragline/dns/detail/text_writer.hpp
// The fields of a record as the text of a master file (RFC 1035, 5.1).


#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace dragline::inline v1::dns::detail {

// With a dot at its end, so that no origin is appended to it; and with escapes for what else has a meaning.
DRAGLINE_DECL void append_name(std::string& text, std::string_view name);

// In quotes.
DRAGLINE_DECL void append_quoted(std::string& text, std::string_view bytes);

// Appends fields, with a space between them.
class text_writer {
public:
    text_writer& put(std::unsigned_integral auto number) { return word(std::to_string(number)); }
    text_writer& word(std::string_view text) { return separate(), text_ += text, *this; }
    text_writer& name(std::string_view name) { return separate(), append_name(text_, name), *this; }
    text_writer& quoted(std::string_view bytes) { return separate(), append_quoted(text_, bytes), *this; }
    DRAGLINE_DECL text_writer& time(std::uint32_t seconds);
    DRAGLINE_DECL text_writer& hex(byte_view bytes);
    DRAGLINE_DECL text_writer& base64(byte_view bytes);

    std::string& text() noexcept { return text_; }

private:
    void separate() {
        if (!text_.empty()) text_ += ' ';
    }

    std::string text_;
};

}  // namespace dragline::dns::detail

// ---- dragline/dns/detail/impl/text_writer.ipp
// Included by <dragline/dns/detail/text_writer.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <chrono>
#include <cstddef>

namespace dragline::inline v1::dns::detail {

// A char may have a sign or not.
DRAGLINE_DECL bool is_visible(char c) noexcept { return c > ' ' && c <= '~'; }

DRAGLINE_DECL void append_name(std::string& text, std::string_view name) {
    constexpr std::string_view special = "\"();@$";  // beside what the name has escaped already
    const bool complete = ends_with_dot(name);
    for (; !name.empty(); name.remove_prefix(1)) {
        const bool escaped = name.front() == '\\' && name.size() > 1;
        if (escaped) name.remove_prefix(1);
        const char c = name.front();
        if (!is_visible(c)) {  // in a name that nobody has decoded
            append_decimal_escape(text, static_cast<std::uint8_t>(c));
            continue;
        }
        if (escaped || special.find(c) != special.npos) text += '\\';
        text += c;
    }
    if (!complete) text += '.';
}

DRAGLINE_DECL void append_quoted(std::string& text, std::string_view bytes) {
    text += '"';
    for (const char c : bytes) {
        if (!is_visible(c) && c != ' ') {
            append_decimal_escape(text, static_cast<std::uint8_t>(c));
            continue;
        }
        if (c == '"' || c == '\\') text += '\\';
        text += c;
    }
    text += '"';
}

DRAGLINE_DECL text_writer& text_writer::time(std::uint32_t seconds) {
    namespace chrono = std::chrono;
    const chrono::sys_seconds whole{chrono::seconds(seconds)};
    const auto day = chrono::floor<chrono::days>(whole);
    const chrono::year_month_day date(day);
    const chrono::hh_mm_ss clock(whole - day);
    const auto digits = [](auto number, std::size_t count) {
        const auto text = std::to_string(number);
        return std::string(count - text.size(), '0') + text;
    };
    return word(digits(int{date.year()}, 4) + digits(unsigned{date.month()}, 2) +
                digits(unsigned{date.day()}, 2) + digits(clock.hours().count(), 2) +
                digits(clock.minutes().count(), 2) + digits(clock.seconds().count(), 2));
}

DRAGLINE_DECL text_writer& text_writer::hex(byte_view bytes) {
    separate();
    append_hex(text_, bytes);
    return *this;
}

DRAGLINE_DECL text_writer& text_writer::base64(byte_view bytes) {
    separate();
    append_base64(text_, bytes);
    return *this;
}

}  // namespace dragline::dns::detail

#endif

#if DRAGLINE_HEADER_BODIES

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace dragline::inline v1::dns::detail {

inline constexpr auto last_known_key = static_cast<std::uint16_t>(service_key::ipv6hint);

DRAGLINE_DECL void append_alpn(std::string& text, const service_parameters& from) {
    std::string list;
    for (const auto& protocol : from.alpn()) {
        if (!list.empty()) list += ',';
        for (const char c : protocol) {
            if (c == ',' || c == '\\') list += '\\';
            list += c;
        }
    }
    append_quoted(text, list);
}

template <class Address, class Bytes>
void append_addresses(std::string& text, const std::vector<Bytes>& addresses) {
    for (const auto& bytes : addresses) {
        if (&bytes != addresses.data()) text += ',';
        text += Address(bytes).to_string();
    }
}

DRAGLINE_DECL void append_keys(std::string& text, const std::vector<service_key>& keys) {
    for (const auto& key : keys) {
        if (&key != keys.data()) text += ',';
        text += to_string(key);
    }
}

// The value behind a key, in the form of that key.
DRAGLINE_DECL void append_value(std::string& text, const service_parameters& from, service_key key) {
    switch (key) {
        case service_key::mandatory: return append_keys(text, from.mandatory());
        case service_key::alpn: return append_alpn(text, from);
        case service_key::no_default_alpn: return;
        case service_key::port: text += std::to_string(*from.port()); return;
        case service_key::ipv4hint: return append_addresses<asio::ip::address_v4>(text, from.ipv4hint());
        case service_key::ech:
            text += '"';
            append_base64(text, from.ech());
            text += '"';
            return;
        case service_key::ipv6hint: return append_addresses<asio::ip::address_v6>(text, from.ipv6hint());
    }
}

DRAGLINE_DECL void append_parameters(std::string& text, const service_parameters& parameters) {
    for (const auto& [key, value] : parameters.all()) {
        text += ' ';
        const bool known = static_cast<std::uint16_t>(key) <= last_known_key;
        if (known && service_parameters::is_well_formed(key, value)) {
            text += to_string(key);
            if (value.empty()) continue;
            text += '=';
            append_value(text, parameters, key);
        } else {
            text += "key" + std::to_string(static_cast<unsigned>(key));
            if (value.empty()) continue;
            text += '=';
            append_quoted(text, {reinterpret_cast<const char*>(value.data()), value.size()});
        }
    }
}

// "alpn", "key667".
DRAGLINE_DECL std::optional<service_key> parse_key(std::string_view text) {
    for (auto number = std::uint16_t{0}; number <= last_known_key; ++number) {
        const auto key = static_cast<service_key>(number);
        if (to_string(key) == text) return key;
    }
    if (!text.starts_with("key")) return std::nullopt;
    text.remove_prefix(3);
    if (text.size() > 1 && text.front() == '0') return std::nullopt;
    const auto number = ascii::parse_number<std::uint16_t>(text);
    return number ? std::optional(static_cast<service_key>(*number)) : std::nullopt;
}

// Calls `visit(item)`, which may refuse, for each item between commas; false as well for an empty list or
// item.
template <class Visit>
bool for_each_in_list(std::string_view list, Visit visit) {
    for (;;) {
        const auto comma = list.find(',');
        const auto item = list.substr(0, comma);
        if (item.empty() || !visit(item)) return false;
        if (comma == list.npos) return true;
        list.remove_prefix(comma + 1);
    }
}

template <class Address, class Bytes>
bool add_addresses(std::vector<Bytes>& to, std::string_view list) {
    return for_each_in_list(list, [&to](std::string_view item) {
        const auto address = parse_address<Address>(item);
        if (address) to.push_back(address->to_bytes());
        return address.has_value();
    });
}

// Protocols between commas; a backslash before a comma or backslash makes that a part of the name.
DRAGLINE_DECL bool add_alpn(service_parameters& to, std::string_view text) {
    const auto list = unescape(text);
    if (!list) return false;
    std::vector<std::string> protocols(1);
    for (std::size_t i = 0; i < list->size(); ++i) {
        char c = (*list)[i];
        if (c == ',') {
            protocols.emplace_back();
            continue;
        }
        if (c == '\\') {
            if (++i == list->size()) return false;
            c = (*list)[i];
            if (c != ',' && c != '\\') return false;
        }
        protocols.back() += c;
    }
    to.alpn(protocols);
    return true;
}

DRAGLINE_DECL bool add_mandatory(service_parameters& to, std::string_view list) {
    std::vector<service_key> keys;
    const bool good = for_each_in_list(list, [&keys](std::string_view item) {
        const auto key = parse_key(item);
        if (key) keys.push_back(*key);
        return key.has_value();
    });
    to.mandatory(std::move(keys));
    return good;
}

// A value in the form of its key, which has a name.
DRAGLINE_DECL bool add_known(service_parameters& to, service_key key, std::string_view value) {
    switch (key) {
        case service_key::mandatory: return add_mandatory(to, value);
        case service_key::alpn: return add_alpn(to, value);
        case service_key::no_default_alpn: to.set_no_default_alpn(); return value.empty();
        case service_key::port: {
            const auto number = ascii::parse_number<std::uint16_t>(value);
            to.port(number.value_or(0));
            return number.has_value();
        }
        case service_key::ipv4hint: {
            std::vector<service_parameters::address_v4> addresses;
            const bool good = add_addresses<asio::ip::address_v4>(addresses, value);
            to.ipv4hint(addresses);
            return good;
        }
        case service_key::ech: {
            auto list = parse_base64(value);
            to.ech(std::move(list).value_or(std::vector<std::uint8_t>()));
            return !to.ech().empty();
        }
        case service_key::ipv6hint: {
            std::vector<service_parameters::address_v6> addresses;
            const bool good = add_addresses<asio::ip::address_v6>(addresses, value);
            to.ipv6hint(addresses);
            return good;
        }
    }
    return false;
}

DRAGLINE_DECL bool add_parameter(service_parameters& to, std::string_view word) {
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    auto value = equals == word.npos ? std::string_view() : word.substr(equals + 1);
    if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
    const auto key = parse_key(name);
    if (!key || to.contains(*key)) return false;
    if (!name.starts_with("key")) return add_known(to, *key, value);
    const auto bytes = unescape(value);
    if (bytes) to.set(*key, std::vector<std::uint8_t>(bytes->begin(), bytes->end()));
    return bytes.has_value();
}

}  // namespace dragline::dns::detail

#endif

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL void read_text(text_reader& in, raw_record&) { in.fail(); }

DRAGLINE_DECL void read_text(text_reader& in, a_record& data) {
    const auto address = parse_address<asio::ip::address_v4>(in.take_plain());
    if (!address) return in.fail();
    data.address = address->to_bytes();
}

DRAGLINE_DECL void read_text(text_reader& in, aaaa_record& data) {
    const auto address = parse_address<asio::ip::address_v6>(in.take_plain());
    if (!address) return in.fail();
    data.address = address->to_bytes();
}

template <record_type Type>
void read_text(text_reader& in, name_record<Type>& data) {
    data.name = in.take_name();
}

DRAGLINE_DECL void read_text(text_reader& in, soa_record& data) {
    data.primary = in.take_name();
    data.mailbox = in.take_name();
    for (auto* field : {&data.serial, &data.refresh, &data.retry, &data.expire, &data.minimum})
        *field = in.take_number<std::uint32_t>();
}

DRAGLINE_DECL void read_text(text_reader& in, mx_record& data) {
    data.preference = in.take_number<std::uint16_t>();
    data.exchange = in.take_name();
}

DRAGLINE_DECL void read_text(text_reader& in, txt_record& data) {
    do {
        data.strings.push_back(in.take_string());
    } while (!in.at_end());
}

DRAGLINE_DECL void read_text(text_reader& in, srv_record& data) {
    for (auto* field : {&data.priority, &data.weight, &data.port}) *field = in.take_number<std::uint16_t>();
    data.target = in.take_name();
}

DRAGLINE_DECL void read_text(text_reader& in, naptr_record& data) {
    data.order = in.take_number<std::uint16_t>();
    data.preference = in.take_number<std::uint16_t>();
    for (auto* field : {&data.flags, &data.services, &data.regexp}) *field = in.take_string();
    data.replacement = in.take_name();
}

DRAGLINE_DECL void read_text(text_reader& in, caa_record& data) {
    data.flags = in.take_number<std::uint8_t>();
    data.tag = in.take_plain();
    data.value = in.take_bytes();
    if (!data.has_valid_tag()) in.fail();
}

DRAGLINE_DECL void read_text(text_reader& in, uri_record& data) {
    data.priority = in.take_number<std::uint16_t>();
    data.weight = in.take_number<std::uint16_t>();
    data.target = in.take_bytes();
    if (data.target.empty()) in.fail();
}

DRAGLINE_DECL void read_text(text_reader& in, dnskey_record& data) {
    data.flags = in.take_number<std::uint16_t>();
    data.protocol = in.take_number<std::uint8_t>();
    data.algorithm = in.take_number<std::uint8_t>();
    data.key = in.take_base64();
}

DRAGLINE_DECL void read_text(text_reader& in, rrsig_record& data) {
    data.type_covered = in.take_type();
    data.algorithm = in.take_number<std::uint8_t>();
    data.labels = in.take_number<std::uint8_t>();
    data.original_ttl = in.take_number<std::uint32_t>();
    data.expiration = in.take_time();
    data.inception = in.take_time();
    data.key_tag = in.take_number<std::uint16_t>();
    data.signer = in.take_name();
    data.signature = in.take_base64();
}

DRAGLINE_DECL void read_text(text_reader& in, ds_record& data) {
    data.key_tag = in.take_number<std::uint16_t>();
    data.algorithm = in.take_number<std::uint8_t>();
    data.digest_type = in.take_number<std::uint8_t>();
    data.digest = in.take_hex();
}

DRAGLINE_DECL void read_text(text_reader& in, nsec_record& data) {
    data.next = in.take_name();
    do {
        data.types.push_back(in.take_type());
    } while (!in.at_end());
    std::sort(data.types.begin(), data.types.end());
    data.types.erase(std::unique(data.types.begin(), data.types.end()), data.types.end());
}

DRAGLINE_DECL void read_text(text_reader& in, tlsa_record& data) {
    for (auto* field : {&data.usage, &data.selector, &data.matching_type})
        *field = in.take_number<std::uint8_t>();
    data.association = in.take_hex();
}

DRAGLINE_DECL void read_text(text_reader& in, sshfp_record& data) {
    data.algorithm = in.take_number<std::uint8_t>();
    data.fingerprint_type = in.take_number<std::uint8_t>();
    data.fingerprint = in.take_hex();
}

template <record_type Type>
void read_text(text_reader& in, service_binding<Type>& data) {
    data.priority = in.take_number<std::uint16_t>();
    data.target = in.take_name();
    while (!in.at_end()) {
        if (!add_parameter(data.parameters, in.take_parameter())) in.fail();
    }
    const bool good = data.parameters.is_well_formed() && data.parameters.is_consistent();
    if (!data.is_alias() && !good) in.fail();
}

DRAGLINE_DECL void read_record_text(text_reader& in, record_type type, record_data& out) {
    with_new_data(type, out, [&in](auto& data) { read_text(in, data); });
}

}  // namespace dragline::dns::detail

#endif
// ---- dragline/dns/detail/record_text_writer.hpp
// The data of one record, to the text of a master file.


#include <string>

namespace dragline::inline v1::dns::detail {

// The text that the type has of its own; empty when the data has none that would be read as the same data.
DRAGLINE_DECL std::string write_record_text(const record_data& data);

}  // namespace dragline::dns::detail

// ---- dragline/dns/detail/impl/record_text_writer.ipp
// Included by <dragline/dns/detail/record_text_writer.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <asio/ip/address_v4.hpp>
#include <asio/ip/address_v6.hpp>

#include <utility>
#include <variant>

namespace dragline::inline v1::dns::detail {

// An overload for each type; each may leave `out` empty for data that has no text.
DRAGLINE_DECL void write_text(text_writer&, const raw_record&) {}

DRAGLINE_DECL void write_text(text_writer& out, const a_record& data) {
    out.word(asio::ip::address_v4(data.address).to_string());
}

DRAGLINE_DECL void write_text(text_writer& out, const aaaa_record& data) {
    out.word(asio::ip::address_v6(data.address).to_string());
}

template <record_type Type>
void write_text(text_writer& out, const name_record<Type>& data) {
    out.name(data.name);
}

DRAGLINE_DECL void write_text(text_writer& out, const soa_record& data) {
    out.name(data.primary).name(data.mailbox);
    out.put(data.serial).put(data.refresh).put(data.retry).put(data.expire).put(data.minimum);
}

DRAGLINE_DECL void write_text(text_writer& out, const mx_record& data) {
    out.put(data.preference).name(data.exchange);
}

DRAGLINE_DECL void write_text(text_writer& out, const txt_record& data) {
    if (data.strings.empty()) out.quoted("");
    for (const auto& text : data.strings) out.quoted(text);
}

DRAGLINE_DECL void write_text(text_writer& out, const srv_record& data) {
    out.put(data.priority).put(data.weight).put(data.port).name(data.target);
}

DRAGLINE_DECL void write_text(text_writer& out, const naptr_record& data) {
    out.put(data.order).put(data.preference);
    out.quoted(data.flags).quoted(data.services).quoted(data.regexp).name(data.replacement);
}

DRAGLINE_DECL void write_text(text_writer& out, const caa_record& data) {
    if (data.has_valid_tag()) out.put(data.flags).word(data.tag).quoted(data.value);
}

DRAGLINE_DECL void write_text(text_writer& out, const uri_record& data) {
    out.put(data.priority).put(data.weight).quoted(data.target);
}

DRAGLINE_DECL void write_text(text_writer& out, const dnskey_record& data) {
    if (data.key.empty()) return;
    out.put(data.flags).put(data.protocol).put(data.algorithm).base64(data.key);
}

DRAGLINE_DECL void write_text(text_writer& out, const rrsig_record& data) {
    if (data.signature.empty()) return;
    out.word(to_string(data.type_covered)).put(data.algorithm).put(data.labels).put(data.original_ttl);
    out.time(data.expiration).time(data.inception).put(data.key_tag).name(data.signer).base64(data.signature);
}

DRAGLINE_DECL void write_text(text_writer& out, const ds_record& data) {
    if (data.digest.empty()) return;
    out.put(data.key_tag).put(data.algorithm).put(data.digest_type).hex(data.digest);
}

DRAGLINE_DECL void write_text(text_writer& out, const nsec_record& data) {
    out.name(data.next);
    for (const auto type : data.types) out.word(to_string(type));
}

DRAGLINE_DECL void write_text(text_writer& out, const tlsa_record& data) {
    if (data.association.empty()) return;
    out.put(data.usage).put(data.selector).put(data.matching_type).hex(data.association);
}

DRAGLINE_DECL void write_text(text_writer& out, const sshfp_record& data) {
    if (data.fingerprint.empty()) return;
    out.put(data.algorithm).put(data.fingerprint_type).hex(data.fingerprint);
}

template <record_type Type>
void write_text(text_writer& out, const service_binding<Type>& data) {
    if (!data.is_alias() && !data.parameters.is_consistent()) return;
    out.put(data.priority).name(data.target);
    append_parameters(out.text(), data.parameters);
}

DRAGLINE_DECL std::string write_record_text(const record_data& data) {
    text_writer out;
    std::visit([&out](const auto& typed) { write_text(out, typed); }, data);
    return std::move(out.text());
}

}  // namespace dragline::dns::detail

#endif
// ---- dragline/dns/wire/record_data.hpp
// The data of one record between bytes and values, apart from any message. Start with decode_record_data().


#include <cstdint>
#include <vector>

namespace dragline::inline v1::dns::wire {

inline constexpr std::size_t max_data_size = 65535;

/// Reads the whole of `bytes` as the data of a record of this type, of the Internet class.
///
/// As strict as decode_message(); names must not be compressed, since there is nothing to point to.
/// Errors: errc::malformed_message.
DRAGLINE_DECL result<record_data> decode_record_data(record_type type, byte_view bytes);

/// The bytes of the data, with no name compressed.
///
/// Errors: those of encode_name(); errc::malformed_message for what no record can hold, as encode_message();
/// errc::message_too_long beyond 65,535 bytes.
DRAGLINE_DECL result<std::vector<std::uint8_t>> encode_record_data(const record_data& data);

}  // namespace dragline::dns::wire

// ---- dragline/dns/wire/impl/record_data.ipp
// Included by <dragline/dns/wire/record_data.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::dns::wire {

DRAGLINE_DECL result<record_data> decode_record_data(record_type type, byte_view bytes) {
    if (bytes.size() > max_data_size) return errc::malformed_message;
    dns::detail::message_reader in(bytes);
    record_data data;
    dns::detail::read_record_data(in, type, record_class::internet, data);
    if (in.failed() || in.left() != 0) return errc::malformed_message;
    // A name that points into the data would be read; but what is written again is then longer.
    const auto written = encode_record_data(data);
    if (!written || !std::equal(written->begin(), written->end(), bytes.begin(), bytes.end()))
        return errc::malformed_message;
    return data;
}

DRAGLINE_DECL result<std::vector<std::uint8_t>> encode_record_data(const record_data& data) {
    using dns::detail::message_writer;
    message_writer out(max_data_size, message_writer::compression::off);
    dns::detail::write_record_data(out, data);
    return out.finish();
}

}  // namespace dragline::dns::wire

#endif

#if DRAGLINE_HEADER_BODIES

#include <utility>

namespace dragline::inline v1::dns {
namespace detail {

// RFC 3597, 5; nothing when the data has no bytes either.
DRAGLINE_DECL std::string generic_text(const record_data& data) {
    const auto bytes = wire::encode_record_data(data);
    if (!bytes) return {};
    text_writer out;
    out.word("\\#").put(bytes->size());
    if (!bytes->empty()) out.hex(*bytes);
    return std::move(out.text());
}

// What follows the mark of RFC 3597.
DRAGLINE_DECL result<record_data> parse_generic(record_type type, text_reader& in) {
    const auto size = in.take_number<std::uint16_t>();
    const auto bytes = in.at_end() ? std::vector<std::uint8_t>() : in.take_hex();
    if (in.error()) return in.error();
    if (bytes.size() != size) return errc::invalid_data;
    auto data = wire::decode_record_data(type, bytes);
    if (!data) return errc::invalid_data;
    return data;
}

}  // namespace detail

DRAGLINE_DECL std::string to_string(const record_data& data) {
    auto text = detail::write_record_text(data);
    return text.empty() ? detail::generic_text(data) : text;
}

DRAGLINE_DECL std::string to_string(const record& entry) {
    detail::text_writer out;
    out.name(entry.name).put(entry.ttl).word(to_string(entry.klass)).word(to_string(entry.type));
    return std::move(out.word(to_string(entry.data)).text());
}

DRAGLINE_DECL result<record_data> parse_record_data(record_type type, std::string_view text) {
    detail::text_reader in(text);
    if (auto ahead = in; ahead.take_plain() == "\\#") return detail::parse_generic(type, ahead);
    record_data data;
    detail::read_record_text(in, type, data);
    if (!in.at_end()) in.fail();
    if (in.error()) return in.error();
    return data;
}

}  // namespace dragline::dns

#endif
// ---- dragline/dns/resolve.hpp
// The four DNS operations. Start with resolve_host(). WHERE is a loop, an executor, a session or a resolver;
// without it the operation belongs to the loop of the coroutine that awaits it.

// ---- dragline/dns/wildcard_options.hpp
// The knobs of a wildcard check.


#include <system_error>
#include <utility>

namespace dragline::inline v1::dns {

/// How check_dns_wildcard() looks for a wildcard.
class wildcard_options {
public:
    wildcard_options() {}

    /// How each probe is asked; it goes past the cache and the hosts file in any case.
    wildcard_options& query(query_options value) {
        query_ = std::move(value);
        return *this;
    }
    const query_options& query() const noexcept { return query_; }

    /// Random names to ask for, 1 to 100, each for A, AAAA and CNAME; 3.
    wildcard_options& probes(int value) {
        probes_ = value;
        return *this;
    }
    int probes() const noexcept { return probes_; }

    /// Why these options cannot work, or nothing.
    DRAGLINE_DECL std::error_code problem() const noexcept;

private:
    query_options query_;
    int probes_ = 3;
};

}  // namespace dragline::dns

// ---- dragline/dns/impl/wildcard_options.ipp
// Included by <dragline/dns/wildcard_options.hpp> only.

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::dns {

DRAGLINE_DECL std::error_code wildcard_options::problem() const noexcept {
    if (const auto ec = query_.problem()) return ec;
    const bool good = probes_ >= 1 && probes_ <= 100;
    return good ? std::error_code() : make_error_code(dragline::errc::invalid_option);
}

}  // namespace dragline::dns

#endif

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/ip/address.hpp>
#include <asio/ip/address_v4.hpp>
#include <asio/ip/address_v6.hpp>

#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace dragline::inline v1::dns {

using address_list_v4 = std::vector<asio::ip::address_v4>;
using address_list_v6 = std::vector<asio::ip::address_v6>;
using name_list = std::vector<std::string>;

using resolve_host_signature = void(std::error_code, address_list_v4);
using resolve_host6_signature = void(std::error_code, address_list_v6);
using reverse_resolve_signature = void(std::error_code, name_list);
using check_dns_wildcard_signature = void(std::error_code, bool);

namespace detail {

// The bodies of the operations, with a resolver, and with the executor of the awaiting coroutine.
DRAGLINE_DECL asio::awaitable<result<address_list_v4>> resolve_host_body(resolver with, std::string name,
                                                                         query_options options);
DRAGLINE_DECL asio::awaitable<result<address_list_v6>> resolve_host6_body(resolver with, std::string name,
                                                                          query_options options);
DRAGLINE_DECL asio::awaitable<result<name_list>> reverse_resolve_body(resolver with,
                                                                      asio::ip::address address,
                                                                      query_options options);
DRAGLINE_DECL asio::awaitable<result<bool>> check_dns_wildcard_body(resolver with, std::string domain,
                                                                    wildcard_options options);

}  // namespace detail

/// Looks up the IPv4 addresses of a name: in the hosts file, the cache, then the DNS.
///
/// An address is its own answer; localhost is the loopback address. Completes with (error_code,
/// std::vector<asio::ip::address_v4>), at least one address, in the order of the answer.
/// Errors:  dns::errc, all of which are condition::resolve_failed; make_timeout(phase::resolve);
///          errc::invalid_option, dns::errc::invalid_server.
/// Cancel:  any type; a look-up that others wait for goes on.
/// Threads: any; see async::initiate().
template <async::where Where, class Token = default_token>
auto resolve_host(Where&& place, std::string_view name, query_options options, Token&& token = {}) {
    return async::initiate<address_list_v4>(async::executor_of(place), &detail::resolve_host_body,
                                            std::forward<Token>(token), resolver_of(place), std::string(name),
                                            std::move(options));
}

template <async::where Where, detail::token_after<query_options> Token = default_token>
auto resolve_host(Where&& place, std::string_view name, Token&& token = {}) {
    return resolve_host(std::forward<Where>(place), name, query_options(), std::forward<Token>(token));
}

/// As above, on the loop of the coroutine that awaits it.
template <detail::awaiting_token Token = default_token>
auto resolve_host(std::string_view name, query_options options, Token token = {}) {
    return detail::start_here<address_list_v4, &detail::resolve_host_body>(token, std::string(name),
                                                                           std::move(options));
}

template <detail::awaiting_token Token = default_token>
auto resolve_host(std::string_view name, Token token = {}) {
    return resolve_host(name, query_options(), token);
}

/// As resolve_host(), but the IPv6 addresses (AAAA).
template <async::where Where, class Token = default_token>
auto resolve_host6(Where&& place, std::string_view name, query_options options, Token&& token = {}) {
    return async::initiate<address_list_v6>(async::executor_of(place), &detail::resolve_host6_body,
                                            std::forward<Token>(token), resolver_of(place), std::string(name),
                                            std::move(options));
}

template <async::where Where, detail::token_after<query_options> Token = default_token>
auto resolve_host6(Where&& place, std::string_view name, Token&& token = {}) {
    return resolve_host6(std::forward<Where>(place), name, query_options(), std::forward<Token>(token));
}

template <detail::awaiting_token Token = default_token>
auto resolve_host6(std::string_view name, query_options options, Token token = {}) {
    return detail::start_here<address_list_v6, &detail::resolve_host6_body>(token, std::string(name),
                                                                            std::move(options));
}

template <detail::awaiting_token Token = default_token>
auto resolve_host6(std::string_view name, Token token = {}) {
    return resolve_host6(name, query_options(), token);
}

/// Looks up the names of an address: in the hosts file, the cache, then the DNS (PTR).
///
/// Completes with (error_code, std::vector<std::string>), all of the names. They are hostile text: whoever
/// owns the address chose them, and nothing says that the names lead back to it, but see
/// query_options::forward_confirmed(). Bytes that do not print are escaped. An IPv4-mapped IPv6 address
/// counts as its IPv4 address. Errors, Cancel, Threads: as resolve_host().
template <async::where Where, class Token = default_token>
auto reverse_resolve(Where&& place, asio::ip::address address, query_options options, Token&& token = {}) {
    return async::initiate<name_list>(async::executor_of(place), &detail::reverse_resolve_body,
                                      std::forward<Token>(token), resolver_of(place), std::move(address),
                                      std::move(options));
}

template <async::where Where, detail::token_after<query_options> Token = default_token>
auto reverse_resolve(Where&& place, asio::ip::address address, Token&& token = {}) {
    return reverse_resolve(std::forward<Where>(place), std::move(address), query_options(),
                           std::forward<Token>(token));
}

template <detail::awaiting_token Token = default_token>
auto reverse_resolve(asio::ip::address address, query_options options, Token token = {}) {
    return detail::start_here<name_list, &detail::reverse_resolve_body>(token, std::move(address),
                                                                        std::move(options));
}

template <detail::awaiting_token Token = default_token>
auto reverse_resolve(asio::ip::address address, Token token = {}) {
    return reverse_resolve(std::move(address), query_options(), token);
}

/// Finds out whether names below `domain` that nobody made exist all the same: asks for random ones, for A,
/// AAAA and CNAME, past the cache.
///
/// Completes with (error_code, bool). True: some probe was answered. False: every probe was denied.
/// Errors:  dns::errc::inconclusive when neither is proved, by timeouts or failures, also at the deadline;
/// those of a
///          name or an option that cannot be used.
/// Cancel, Threads: as resolve_host(). RFC 4592.
template <async::where Where, class Token = default_token>
auto check_dns_wildcard(Where&& place, std::string_view domain, wildcard_options options,
                        Token&& token = {}) {
    return async::initiate<bool>(async::executor_of(place), &detail::check_dns_wildcard_body,
                                 std::forward<Token>(token), resolver_of(place), std::string(domain),
                                 std::move(options));
}

template <async::where Where, detail::token_after<wildcard_options> Token = default_token>
auto check_dns_wildcard(Where&& place, std::string_view domain, Token&& token = {}) {
    return check_dns_wildcard(std::forward<Where>(place), domain, wildcard_options(),
                              std::forward<Token>(token));
}

template <detail::awaiting_token Token = default_token>
auto check_dns_wildcard(std::string_view domain, wildcard_options options, Token token = {}) {
    return detail::start_here<bool, &detail::check_dns_wildcard_body>(token, std::string(domain),
                                                                      std::move(options));
}

template <detail::awaiting_token Token = default_token>
auto check_dns_wildcard(std::string_view domain, Token token = {}) {
    return check_dns_wildcard(domain, wildcard_options(), token);
}

}  // namespace dragline::dns

namespace dragline::inline v1 {

using dns::check_dns_wildcard;
using dns::resolve_host;
using dns::resolve_host6;
using dns::reverse_resolve;

}  // namespace dragline

// ---- dragline/dns/impl/resolve.ipp
// Included by <dragline/dns/resolve.hpp> only.

// ---- dragline/dns/detail/wildcard_check.hpp
// Probes a domain for a wildcard.


#include <asio/awaitable.hpp>

#include <memory>
#include <string>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL asio::awaitable<result<bool>> check_wildcard(std::shared_ptr<resolver_core> core,
                                                           std::string domain, wildcard_options options);

// What the outcome of one probe tells of a wildcard.
enum class probe_verdict { answered, denied, unclear };
DRAGLINE_DECL probe_verdict verdict_of(const answer& outcome) noexcept;

// A label that nobody has: 12 to 24 letters and digits, a letter first.
DRAGLINE_DECL std::string random_label(async::random_source& random);

}  // namespace dragline::dns::detail

// ---- dragline/dns/detail/impl/wildcard_check.ipp
// Included by <dragline/dns/detail/wildcard_check.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <deque>
#include <string_view>
#include <utility>

namespace dragline::inline v1::dns::detail {

inline constexpr std::size_t longest_probe_label = 24;

DRAGLINE_DECL probe_verdict verdict_of(const answer& outcome) noexcept {
    if (outcome.exists()) return probe_verdict::answered;  // an alias is an answer, wherever it leads
    const bool denied = outcome.error == errc::name_not_found || outcome.error == errc::no_data;
    return denied ? probe_verdict::denied : probe_verdict::unclear;
}

DRAGLINE_DECL std::string random_label(async::random_source& random) {
    constexpr std::string_view characters = "abcdefghijklmnopqrstuvwxyz0123456789";
    constexpr std::size_t shortest = 12;
    const std::size_t size = shortest + random() % (longest_probe_label - shortest + 1);
    std::string label(1, characters[random() % 26]);
    while (label.size() < size) {
        auto bits = random();
        for (int i = 0; i < 10 && label.size() < size; ++i, bits /= characters.size()) {
            label += characters[bits % characters.size()];
        }
    }
    return label;
}

DRAGLINE_DECL asio::awaitable<result<bool>> check_wildcard(std::shared_ptr<resolver_core> core,
                                                           std::string domain, wildcard_options options) {
    if (const auto ec = options.problem()) co_return ec;
    auto name = normal_host_name(domain);
    if (!name) co_return name.error();
    if (name->size() + 1 + longest_probe_label > max_host_name) co_return errc::name_too_long;

    auto& loop = core->loop();
    const auto now = loop.now();
    const auto until = limit_of(options.query(), now, async::no_deadline);
    auto plan = plan_of(options.query());
    plan.bypass_cache = true;

    async::event wake(loop);  // one for all the probes, which are sent at once
    std::deque<flight_seat> probes;
    for (int i = 0; i < options.probes(); ++i) {
        const auto probe = random_label(loop.random()) + '.' + *name;
        for (const auto type : {record_type::a, record_type::aaaa, record_type::cname}) {
            bool shared = false;
            probes.emplace_back(core->flight_for(question(probe, type), plan, false, now, shared), wake);
            probes.back().in().start();
        }
    }
    for (;;) {
        const auto waited = co_await wake.wait(until, phase::resolve);
        const auto has = [&probes](probe_verdict verdict) {
            return std::any_of(probes.begin(), probes.end(), [verdict](const auto& each) {
                return each.in().outcome() && verdict_of(*each.in().outcome()) == verdict;
            });
        };
        if (has(probe_verdict::answered)) co_return true;
        if (waited.error() == asio::error::operation_aborted) co_return waited.error();
        const bool all = std::all_of(probes.begin(), probes.end(),
                                     [](const auto& each) { return each.in().outcome() != nullptr; });
        if (!all && waited) continue;
        if (!all || has(probe_verdict::unclear)) co_return errc::inconclusive;
        co_return false;
    }
}

}  // namespace dragline::dns::detail

#endif

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <memory>
#include <utility>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL asio::awaitable<result<address_list_v4>> resolve_host_body(resolver with, std::string name,
                                                                         query_options options) {
    options = options.over(with.defaults());
    if (must_search(name, options)) {
        auto finding = find(with.core(options), std::move(name), record_type::a, name_kind::host, options,
                            async::no_deadline);
        const auto found = co_await std::move(finding);
        if (!found) co_return found.error();
        co_return addresses_v4(*found->value);
    }
    lookup looking(with.core(options), std::move(name), record_type::a, options, async::no_deadline);
    while (looking.must_wait()) looking.waited(co_await looking.wait());
    const auto found = looking.finish();
    if (!found) co_return found.error();
    co_return addresses_v4(*found->value);
}

DRAGLINE_DECL asio::awaitable<result<address_list_v6>> resolve_host6_body(resolver with, std::string name,
                                                                          query_options options) {
    options = options.over(with.defaults());
    if (must_search(name, options)) {
        auto finding = find(with.core(options), std::move(name), record_type::aaaa, name_kind::host, options,
                            async::no_deadline);
        const auto found = co_await std::move(finding);
        if (!found) co_return found.error();
        co_return addresses_v6(*found->value);
    }
    lookup looking(with.core(options), std::move(name), record_type::aaaa, options, async::no_deadline);
    while (looking.must_wait()) looking.waited(co_await looking.wait());
    const auto found = looking.finish();
    if (!found) co_return found.error();
    co_return addresses_v6(*found->value);
}

DRAGLINE_DECL bool holds_address(const answer& found, const asio::ip::address& address) {
    const auto has = [&address](const auto& addresses) {
        return std::find(addresses.begin(), addresses.end(), address) != addresses.end();
    };
    return address.is_v4() ? has(addresses_v4(found)) : has(addresses_v6(found));
}

// Of these names, those that lead to `address`.
DRAGLINE_DECL asio::awaitable<result<name_list>> confirm_forward(std::shared_ptr<resolver_core> core,
                                                                 name_list names, asio::ip::address address,
                                                                 query_options options,
                                                                 async::time_point until) {
    constexpr std::size_t most_names = 32;
    if (names.size() > most_names) names.resize(most_names);
    options.trace(nullptr);  // it holds the look-up of the address
    address = plain_address(address);
    std::deque<lookup> looking;
    for (const auto& name : names)
        looking.emplace_back(core, name, address.is_v4() ? record_type::a : record_type::aaaa, options,
                             until);
    name_list confirmed;
    for (std::size_t i = 0; i < names.size(); ++i) {
        while (looking[i].must_wait()) looking[i].waited(co_await looking[i].wait());
        const auto found = looking[i].finish();
        if (found.error() == asio::error::operation_aborted) co_return found.error();
        if (found && holds_address(*found->value, address)) confirmed.push_back(std::move(names[i]));
    }
    if (confirmed.empty()) co_return errc::not_confirmed;
    co_return confirmed;
}

DRAGLINE_DECL asio::awaitable<result<name_list>> reverse_resolve_body(resolver with,
                                                                      asio::ip::address address,
                                                                      query_options options) {
    options = options.over(with.defaults());
    auto core = with.core(options);
    const auto until = limit_of(options, core->loop().now(), async::no_deadline);
    lookup looking(core, address, options, until);
    while (looking.must_wait()) looking.waited(co_await looking.wait());
    const auto found = looking.finish();
    if (!found) co_return found.error();
    if (!options.forward_confirmed()) co_return pointer_names(*found->value);
    auto confirming =
        confirm_forward(std::move(core), pointer_names(*found->value), address, std::move(options), until);
    co_return co_await std::move(confirming);
}

DRAGLINE_DECL asio::awaitable<result<bool>> check_dns_wildcard_body(resolver with, std::string domain,
                                                                    wildcard_options options) {
    options.query(options.query().over(with.defaults()));
    auto core = with.core(options.query());
    auto checking = check_wildcard(std::move(core), std::move(domain), std::move(options));
    co_return co_await std::move(checking);
}

}  // namespace dragline::dns::detail

#endif
// ---- dragline/dns/resolve_all.hpp
// All addresses of a name, of both families.


#include <asio/awaitable.hpp>

#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace dragline::inline v1::dns {

using resolve_all_signature = void(std::error_code, address_list);

namespace detail {
DRAGLINE_DECL asio::awaitable<result<address_list>> resolve_all_body(resolver with, std::string name,
                                                                     query_options options);
}

/// Looks up the IPv4 and IPv6 addresses of a name at the same time, as resolve_host() does for one family.
///
/// Completes with (error_code, address_list): at least one address, ordered as query_options::order() says.
/// One family that fails is no error as long as the other has addresses. Errors, Cancel, Threads: as
/// resolve_host(). The trace is that of the family that was looked up last.
template <async::where Where, class Token = default_token>
auto resolve_all(Where&& place, std::string_view name, query_options options, Token&& token = {}) {
    return async::initiate<address_list>(async::executor_of(place), &detail::resolve_all_body,
                                         std::forward<Token>(token), resolver_of(place), std::string(name),
                                         std::move(options));
}

template <async::where Where, detail::token_after<query_options> Token = default_token>
auto resolve_all(Where&& place, std::string_view name, Token&& token = {}) {
    return resolve_all(std::forward<Where>(place), name, query_options(), std::forward<Token>(token));
}

/// As above, on the loop of the coroutine that awaits it.
template <detail::awaiting_token Token = default_token>
auto resolve_all(std::string_view name, query_options options, Token token = {}) {
    return detail::start_here<address_list, &detail::resolve_all_body>(token, std::string(name),
                                                                       std::move(options));
}

template <detail::awaiting_token Token = default_token>
auto resolve_all(std::string_view name, Token token = {}) {
    return resolve_all(name, query_options(), token);
}

}  // namespace dragline::dns

namespace dragline::inline v1 {
using dns::resolve_all;
}

// ---- dragline/dns/impl/resolve_all.ipp
// Included by <dragline/dns/resolve_all.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <iterator>

namespace dragline::inline v1::dns::detail {

// The error of two look-ups that both failed: that there is nothing only when both say so.
DRAGLINE_DECL std::error_code both_failed(std::error_code v6, std::error_code v4) noexcept {
    const auto tells_little = [](std::error_code ec) {
        return ec == errc::no_data || ec == errc::name_not_found;
    };
    if (tells_little(v4) != tells_little(v6)) return tells_little(v4) ? v6 : v4;
    return v4;
}

DRAGLINE_DECL asio::awaitable<result<address_list>> resolve_both(std::shared_ptr<resolver_core> core,
                                                                 std::string name, query_options options,
                                                                 async::time_point until) {
    lookup v6(core, name, record_type::aaaa, options, until);
    lookup v4(core, std::move(name), record_type::a, options, until);
    while (v6.must_wait()) v6.waited(co_await v6.wait());
    while (v4.must_wait()) v4.waited(co_await v4.wait());
    const auto found6 = v6.finish();
    const auto found4 = v4.finish();
    if (!found6 && !found4) co_return both_failed(found6.error(), found4.error());
    auto list = address_list_of(found6 ? *found6 : *found4);
    if (!found6 || !found4) co_return list;
    auto more = address_list_of(*found4);
    list.addresses.insert(list.addresses.end(), more.addresses.begin(), more.addresses.end());
    list.ttl = std::min(list.ttl, more.ttl);
    co_return list;
}

DRAGLINE_DECL asio::awaitable<result<address_list>> resolve_all_body(resolver with, std::string name,
                                                                     query_options options) {
    options = options.over(with.defaults());
    auto core = with.core(options);
    const auto order = options.order();
    std::vector<std::string> names{name};
    auto until = async::no_deadline;
    if (must_search(name, options)) {
        names = names_to_try(name, *core, options);
        until = limit_of(options, core->loop().now(), until);  // one limit for all of them
    }
    result<address_list> found = errc::name_not_found;
    for (auto& each : names) {
        auto resolving = resolve_both(core, std::move(each), options, until);
        found = co_await std::move(resolving);
        if (found.error() != errc::name_not_found && found.error() != errc::no_data) break;
    }
    if (found && order == address_order::preference)
        found->addresses = order_addresses(with.get_executor(), std::move(found->addresses));
    co_return found;
}

}  // namespace dragline::dns::detail

#endif
// ---- dragline/dns/resolve_records.hpp
// The records of one type of a name, as typed values. Start with resolve_mx.

// ---- dragline/dns/detail/preferred_first.hpp
// Which of several records of a type are to be used first.

#include <algorithm>
#include <tuple>
#include <vector>

namespace dragline::inline v1::dns::detail {

// By the field that says so, if the type has one; otherwise the order stays.
template <class Data>
void preferred_first(std::vector<Data>& records) {
    const auto sort_by = [&records](auto rank) {
        std::stable_sort(records.begin(), records.end(),
                         [&rank](const Data& a, const Data& b) { return rank(a) < rank(b); });
    };
    if constexpr (requires(const Data& d) { d.order; }) {
        sort_by([](const Data& d) { return std::tuple(d.order, d.preference); });
    } else if constexpr (requires(const Data& d) { d.preference; }) {
        sort_by([](const Data& d) { return d.preference; });
    } else if constexpr (requires(const Data& d) { d.priority; }) {
        sort_by([](const Data& d) { return d.priority; });
    }
}

}  // namespace dragline::dns::detail

#include <asio/awaitable.hpp>

#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::inline v1::dns {
namespace detail {

DRAGLINE_DECL asio::awaitable<result<std::vector<record>>> resolve_records_body(resolver with,
                                                                                std::string name,
                                                                                record_type type,
                                                                                query_options options);

template <class Data>
asio::awaitable<result<std::vector<Data>>> resolve_typed_body(resolver with, std::string name,
                                                              query_options options) {
    auto resolving = resolve_records_body(std::move(with), std::move(name), Data::type, std::move(options));
    auto found = co_await std::move(resolving);
    if (!found) co_return found.error();
    std::vector<Data> typed;
    for (auto& each : *found) {
        if (auto* data = std::get_if<Data>(&each.data)) typed.push_back(std::move(*data));
    }
    preferred_first(typed);
    co_return typed;
}

}  // namespace detail

/// Looks up the records of Data's type: from the cache, then the DNS. Called as resolve_host() is:
///
///     std::vector<mx_record> exchanges = co_await resolve_mx("example.org");
///
/// operator()([WHERE,] name, [query_options,] [TOKEN]) completes with (error_code, std::vector<Data>), at
/// least one record: what is to be used first comes first, by preference, priority or order, else as in the
/// answer. Errors:  as resolve_host(); an address is no name. A null MX or SRV (RFC 7505, RFC 2782) is a
/// record like
///          others, whose name is ".".
/// Cancel, Threads: as resolve_host().
template <class Data>
class record_resolver {
public:
    using signature = void(std::error_code, std::vector<Data>);

    template <async::where Where, class Token = default_token>
    auto operator()(Where&& place, std::string_view name, query_options options, Token&& token = {}) const {
        return async::initiate<std::vector<Data>>(
            async::executor_of(place), &detail::resolve_typed_body<Data>, std::forward<Token>(token),
            resolver_of(place), std::string(name), std::move(options));
    }

    template <async::where Where, detail::token_after<query_options> Token = default_token>
    auto operator()(Where&& place, std::string_view name, Token&& token = {}) const {
        return (*this)(std::forward<Where>(place), name, query_options(), std::forward<Token>(token));
    }

    template <detail::awaiting_token Token = default_token>
    auto operator()(std::string_view name, query_options options, Token token = {}) const {
        return detail::start_here<std::vector<Data>, &detail::resolve_typed_body<Data>>(
            token, std::string(name), std::move(options));
    }

    template <detail::awaiting_token Token = default_token>
    auto operator()(std::string_view name, Token token = {}) const {
        return (*this)(name, query_options(), token);
    }
};

inline constexpr record_resolver<mx_record> resolve_mx{};
inline constexpr record_resolver<txt_record> resolve_txt{};
inline constexpr record_resolver<ns_record> resolve_ns{};
inline constexpr record_resolver<soa_record> resolve_soa{};
inline constexpr record_resolver<cname_record> resolve_cname{};
inline constexpr record_resolver<srv_record> resolve_srv{};
inline constexpr record_resolver<naptr_record> resolve_naptr{};
inline constexpr record_resolver<caa_record> resolve_caa{};
inline constexpr record_resolver<uri_record> resolve_uri{};
inline constexpr record_resolver<tlsa_record> resolve_tlsa{};
inline constexpr record_resolver<sshfp_record> resolve_sshfp{};
inline constexpr record_resolver<svcb_record> resolve_svcb{};
inline constexpr record_resolver<https_record> resolve_https{};
inline constexpr record_resolver<ds_record> resolve_ds{};
inline constexpr record_resolver<dnskey_record> resolve_dnskey{};

}  // namespace dragline::dns

// ---- dragline/dns/impl/resolve_records.ipp
// Included by <dragline/dns/resolve_records.hpp> only.


#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL asio::awaitable<result<std::vector<record>>> resolve_records_body(resolver with,
                                                                                std::string name,
                                                                                record_type type,
                                                                                query_options options) {
    options = options.over(with.defaults());
    auto core = with.core(options);
    auto finding =
        find(std::move(core), std::move(name), type, name_kind::any, std::move(options), async::no_deadline);
    const auto found = co_await std::move(finding);
    if (!found) co_return found.error();
    co_return found->value->records;
}

}  // namespace dragline::dns::detail

#endif
// ---- dragline/dns/wire/option.hpp
// EDNS options: code, size and data, one after the other in an OPT record (RFC 6891, 6.1.2).


#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace dragline::inline v1::dns::wire {

/// The kind of an option; any other number is legal too.
enum class option_code : std::uint16_t {
    name_server_id = 3,  ///< RFC 5001
    cookie = 10,         ///< RFC 7873
    tcp_keepalive = 11,  ///< RFC 7828
    padding = 12,        ///< RFC 7830
};

/// Appends an option to the query of append_query() that stands in `out` from `start` to the end.
///
/// False, with `out` unchanged, when the query has no EDNS or would become longer than a message may be.
DRAGLINE_DECL bool append_option(std::vector<std::uint8_t>& out, std::size_t start, option_code code,
                                 byte_view data = {});

/// Pads such a query to a multiple of `block` bytes, as its last option (RFC 8467, 4.1: 128). False as above.
DRAGLINE_DECL bool pad_query(std::vector<std::uint8_t>& out, std::size_t start, std::size_t block);

/// The data of the first option of this kind in edns::options, or nothing.
DRAGLINE_DECL std::optional<byte_view> find_option(byte_view options, option_code code) noexcept;

}  // namespace dragline::dns::wire

// ---- dragline/dns/wire/impl/option.ipp
// Included by <dragline/dns/wire/option.hpp> only.


#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::dns::wire {
namespace detail {

inline constexpr std::size_t option_head_size = 4;

// Where the size of the options stands in a query with one question and an OPT record; 0 when there is none.
DRAGLINE_DECL std::size_t options_size_at(byte_view query) noexcept {
    constexpr std::size_t question_tail = 4, record_head = 11;
    if (query.size() < header_size || load_big16(&query[4]) != 1 || load_big16(&query[6]) != 0 ||
        load_big16(&query[8]) != 0 || load_big16(&query[10]) != 1) {
        return 0;
    }
    std::size_t at = header_size;
    while (at < query.size() && query[at] != 0) at += query[at] + std::size_t{1};
    at += 1 + question_tail;
    if (query.size() < at + record_head || query[at] != 0 ||
        load_big16(&query[at + 1]) != static_cast<std::uint16_t>(record_type::opt)) {
        return 0;
    }
    const std::size_t size_at = at + record_head - 2;
    return at + record_head + load_big16(&query[size_at]) == query.size() ? size_at : 0;
}

}  // namespace detail

DRAGLINE_DECL bool append_option(std::vector<std::uint8_t>& out, std::size_t start, option_code code,
                                 byte_view data) {
    const auto size_at = detail::options_size_at(byte_view(out).subspan(start));
    const auto added = detail::option_head_size + data.size();
    if (size_at == 0 || out.size() - start + added > max_message_size) return false;
    const auto head = out.size();
    out.resize(head + detail::option_head_size);
    store_big16(&out[head], static_cast<std::uint16_t>(code));
    store_big16(&out[head + 2], static_cast<std::uint16_t>(data.size()));
    out.insert(out.end(), data.begin(), data.end());
    auto* size = &out[start + size_at];
    store_big16(size, static_cast<std::uint16_t>(load_big16(size) + added));
    return true;
}

DRAGLINE_DECL bool pad_query(std::vector<std::uint8_t>& out, std::size_t start, std::size_t block) {
    const auto least = out.size() - start + detail::option_head_size;
    const std::vector<std::uint8_t> zeros((block - least % block) % block);
    return append_option(out, start, option_code::padding, zeros);
}

DRAGLINE_DECL std::optional<byte_view> find_option(byte_view options, option_code code) noexcept {
    while (options.size() >= detail::option_head_size) {
        const std::size_t size = load_big16(&options[2]);
        const bool wanted = load_big16(options.data()) == static_cast<std::uint16_t>(code);
        options = options.subspan(detail::option_head_size);
        if (size > options.size()) break;
        if (wanted) return options.first(size);
        options = options.subspan(size);
    }
    return std::nullopt;
}

}  // namespace dragline::dns::wire

#endif
// ---- dragline/h1.hpp
// HTTP/1.x syntax (RFC 9112), strict and without I/O: heads, chunked bodies, message framing, writing.
// Start with response_head_parser (head_parser.hpp), then response_framing() says how the body ends.

// ---- dragline/h1/chunked.hpp
// Chunked bodies (RFC 9112, 7.1), strictly: where data runs lie, and the trailers.

// ---- dragline/h1/detail/head_scanner.hpp
// Finds the lines and fields of a head in a buffer that grows, and looks at no byte twice.

// ---- dragline/h1/error.hpp
// What can be wrong with an HTTP/1.x message.


#include <system_error>
#include <type_traits>

namespace dragline::inline v1::h1 {

/// Breaches of HTTP/1.x syntax and of the limits on it.
///
/// Limits equal condition::limit_exceeded, what a peer sent wrongly equals condition::protocol_error (both
/// phase read), and what the caller wanted to write wrongly equals std::errc::invalid_argument (phase write).
enum class errc {
    malformed_status_line = 1,  ///< Not `HTTP/1.x NNN reason`, or a status below 100.
    malformed_request_line,     ///< Not `method target HTTP/1.x`.
    unsupported_version,        ///< An HTTP version other than 1.0 and 1.1.
    malformed_field,          ///< A field line without colon, with an empty name or a byte no name may have.
    whitespace_before_field,  ///< Whitespace between the start line and the first field.
    whitespace_before_colon,  ///< Whitespace in a field name, or between it and the colon.
    folded_field,             ///< A field value continued on the next line (obs-fold).
    malformed_field_value,    ///< CR, NUL or another control character in a field value.
    bare_line_feed,           ///< A line that ends in LF without CR.
    head_too_large,           ///< head_limits::max_size.
    too_many_fields,          ///< head_limits::max_fields.
    line_too_long,            ///< head_limits::max_line.
    invalid_content_length,   ///< Not plain digits, or more than 64 bits.
    conflicting_content_length,             ///< Several lengths that differ.
    content_length_with_transfer_encoding,  ///< Both: request smuggling, or a broken peer.
    unsupported_transfer_encoding,          ///< Codings other than one last `chunked`.
    transfer_encoding_in_http10,            ///< Transfer-Encoding in a message of HTTP/1.0.
    malformed_chunk,            ///< A chunk size, extension or end that is not as RFC 9112 7.1 says.
    chunk_too_large,            ///< A chunk size of more than 16 hexadecimal digits.
    chunk_extension_too_large,  ///< chunked_limits::max_extension or max_extension_total.
    trailer_too_large,          ///< chunked_limits::max_trailer_size.
    too_many_trailers,          ///< chunked_limits::max_trailers.
    truncated,                  ///< The connection ended inside a message.
    invalid_method,             ///< To be written: a method that is no token.
    invalid_target,             ///< To be written: a target with a space, control, `#` or non-ASCII byte.
    invalid_field_name,         ///< To be written: a field name that is no token.
    invalid_field_value,        ///< To be written: CR, LF, NUL or another control in a field value.
};

/// Category "dragline.h1".
DRAGLINE_DECL const std::error_category& error_category() noexcept;

inline std::error_code make_error_code(errc code) noexcept {
    return {static_cast<int>(code), error_category()};
}

}  // namespace dragline::h1

template <>
struct std::is_error_code_enum<dragline::h1::errc> : std::true_type {};

// ---- dragline/h1/impl/error.ipp
// Included by <dragline/h1/error.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <string>

namespace dragline::inline v1::h1 {

DRAGLINE_DECL const std::error_category& error_category() noexcept {
    struct h1_category final : category {
        const char* name() const noexcept override { return "dragline.h1"; }

        std::string message(int code) const override {
            switch (static_cast<errc>(code)) {
                case errc::malformed_status_line: return "malformed HTTP status line";
                case errc::malformed_request_line: return "malformed HTTP request line";
                case errc::unsupported_version: return "HTTP version is neither 1.0 nor 1.1";
                case errc::malformed_field: return "malformed header field line";
                case errc::whitespace_before_field: return "whitespace before the first header field";
                case errc::whitespace_before_colon: return "whitespace in a field name or before its colon";
                case errc::folded_field: return "header field folded over several lines";
                case errc::malformed_field_value: return "control character in a header field value";
                case errc::bare_line_feed: return "line feed without carriage return";
                case errc::head_too_large: return "message head too large";
                case errc::too_many_fields: return "too many header fields";
                case errc::line_too_long: return "line of a message head too long";
                case errc::invalid_content_length: return "invalid Content-Length";
                case errc::conflicting_content_length: return "several Content-Length values that differ";
                case errc::content_length_with_transfer_encoding:
                    return "both Content-Length and Transfer-Encoding";
                case errc::unsupported_transfer_encoding: return "unsupported Transfer-Encoding";
                case errc::transfer_encoding_in_http10: return "Transfer-Encoding in an HTTP/1.0 message";
                case errc::malformed_chunk: return "malformed chunk";
                case errc::chunk_too_large: return "chunk size of more than 16 digits";
                case errc::chunk_extension_too_large: return "chunk extension too large";
                case errc::trailer_too_large: return "trailer section too large";
                case errc::too_many_trailers: return "too many trailer fields";
                case errc::truncated: return "connection closed inside a message";
                case errc::invalid_method: return "request method is not a token";
                case errc::invalid_target:
                    return "request target has a space, a control character, '#' or a non-ASCII byte";
                case errc::invalid_field_name: return "header field name is not a token";
                case errc::invalid_field_value:
                    return "header field value has CR, LF, NUL or another control character";
            }
            return "unknown HTTP/1 error";
        }

        std::error_condition default_error_condition(int code) const noexcept override {
            switch (static_cast<errc>(code)) {
                case errc::head_too_large:
                case errc::too_many_fields:
                case errc::line_too_long:
                case errc::chunk_extension_too_large:
                case errc::trailer_too_large:
                case errc::too_many_trailers: return condition::limit_exceeded;
                case errc::invalid_method:
                case errc::invalid_target:
                case errc::invalid_field_name:
                case errc::invalid_field_value: return std::errc::invalid_argument;
                case errc::malformed_status_line:
                case errc::malformed_request_line:
                case errc::unsupported_version:
                case errc::malformed_field:
                case errc::whitespace_before_field:
                case errc::whitespace_before_colon:
                case errc::folded_field:
                case errc::malformed_field_value:
                case errc::bare_line_feed:
                case errc::invalid_content_length:
                case errc::conflicting_content_length:
                case errc::content_length_with_transfer_encoding:
                case errc::unsupported_transfer_encoding:
                case errc::transfer_encoding_in_http10:
                case errc::malformed_chunk:
                case errc::chunk_too_large:
                case errc::truncated: return condition::protocol_error;
            }
            return {code, *this};
        }

        phase phase_of(int code) const noexcept override {
            const bool writing = code >= static_cast<int>(errc::invalid_method);
            return writing ? phase::write : phase::read;
        }
    };
    static const h1_category instance;
    return instance;
}

}  // namespace dragline::h1

#endif
// ---- dragline/h1/field.hpp
// Header fields as they stand in a message: names and values, in order, several of one name allowed.


#include <algorithm>
#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::h1 {

/// A field line whose bytes somebody else owns. Parsed values have no whitespace at their ends.
struct field_view {
    std::string_view name;
    std::string_view value;
};

/// A field line that owns its bytes.
struct field {
    field() {}
    field(std::string field_name, std::string field_value)
        : name(std::move(field_name)), value(std::move(field_value)) {}

    std::string name;
    std::string value;
};

/// Names compare without case (RFC 9110, 5.1).
inline bool has_name(const field_view& one, std::string_view name) noexcept {
    return ascii::equals_ignoring_case(one.name, name);
}

/// The value of the first field of this name.
inline std::optional<std::string_view> find_field(std::span<const field_view> fields,
                                                  std::string_view name) noexcept {
    for (const auto& one : fields) {
        if (has_name(one, name)) return one.value;
    }
    return std::nullopt;
}

/// How many fields have this name.
inline std::size_t count_fields(std::span<const field_view> fields, std::string_view name) noexcept {
    return static_cast<std::size_t>(
        std::count_if(fields.begin(), fields.end(), [&](const auto& one) { return has_name(one, name); }));
}

/// Calls `visit(value)` for the whole value of every field of this name, in order.
template <std::invocable<std::string_view> Visit>
void for_each_field(std::span<const field_view> fields, std::string_view name, Visit visit) {
    for (const auto& one : fields) {
        if (has_name(one, name)) visit(one.value);
    }
}

/// Calls `visit(item)` for every item of the comma lists in all fields of this name: `Connection: a, b` and
/// two lines `Connection: a`, `Connection: b` are the same (RFC 9110, 5.3). Not for values with quoted
/// commas.
template <std::invocable<std::string_view> Visit>
void for_each_value(std::span<const field_view> fields, std::string_view name, Visit visit) {
    for (const auto& one : fields) {
        if (has_name(one, name))
            ascii::for_each_item(one.value, ',', [&](std::string_view item) { visit(item); });
    }
}

/// Whether such a list has this item, without regard to case: `contains_value(fields, "Connection",
/// "close")`.
inline bool contains_value(std::span<const field_view> fields, std::string_view name,
                           std::string_view item) noexcept {
    bool found = false;
    for_each_value(fields, name,
                   [&](std::string_view one) { found = found || ascii::equals_ignoring_case(one, item); });
    return found;
}

}  // namespace dragline::h1
// ---- dragline/h1/limits.hpp
// How much a peer may make the parsers of this module take in.

#include <cstddef>

namespace dragline::inline v1::h1 {

/// Bounds on a message head; sizes in bytes. All are checked as bytes arrive, not when the head is complete.
class head_limits {
public:
    head_limits() {}

    /// The whole head, the blank line included.
    head_limits& max_size(std::size_t value) { return max_size_ = value, *this; }
    std::size_t max_size() const noexcept { return max_size_; }

    /// Number of field lines.
    head_limits& max_fields(std::size_t value) { return max_fields_ = value, *this; }
    std::size_t max_fields() const noexcept { return max_fields_; }

    /// The start line or one field line, without its CRLF.
    head_limits& max_line(std::size_t value) { return max_line_ = value, *this; }
    std::size_t max_line() const noexcept { return max_line_; }

    bool operator==(const head_limits&) const = default;

private:
    std::size_t max_size_ = 256 * 1024;
    std::size_t max_fields_ = 1000;
    std::size_t max_line_ = 32 * 1024;
};

/// Bounds on what a chunked body carries beside its data; sizes in bytes. The data is the caller's to bound.
class chunked_limits {
public:
    chunked_limits() {}

    /// The extensions of one chunk.
    chunked_limits& max_extension(std::size_t value) { return max_extension_ = value, *this; }
    std::size_t max_extension() const noexcept { return max_extension_; }

    /// The extensions of all chunks of one body.
    chunked_limits& max_extension_total(std::size_t value) { return max_extension_total_ = value, *this; }
    std::size_t max_extension_total() const noexcept { return max_extension_total_; }

    /// The trailer lines with their CRLFs, without the blank line. A line is bounded by head_limits' default.
    chunked_limits& max_trailer_size(std::size_t value) { return max_trailer_size_ = value, *this; }
    std::size_t max_trailer_size() const noexcept { return max_trailer_size_; }

    /// Number of trailer fields.
    chunked_limits& max_trailers(std::size_t value) { return max_trailers_ = value, *this; }
    std::size_t max_trailers() const noexcept { return max_trailers_; }

private:
    std::size_t max_extension_ = 4 * 1024;
    std::size_t max_extension_total_ = 64 * 1024;
    std::size_t max_trailer_size_ = 16 * 1024;
    std::size_t max_trailers_ = 100;
};

}  // namespace dragline::h1

#include <cassert>
#include <cstddef>
#include <string_view>
#include <vector>

namespace dragline::inline v1::h1::detail {

// Keeps offsets, never pointers: the buffer may move between calls. Which error a bad input gives depends on
// the first byte that decides it, so every split of the input ends alike. An error repeats when asked again.
class head_scanner {
public:
    explicit head_scanner(head_limits limits) : limits_(limits) {}

    const head_limits& limits() const noexcept { return limits_; }

    /// Where the line that starts at `begin` ends, its CRLF included; 0 when more bytes are needed.
    result<std::size_t> scan_start_line(std::string_view input, std::size_t begin, errc malformed);

    /// Where the field section ends that starts after the start line, its blank line included; 0 as above.
    result<std::size_t> scan_fields(std::string_view input);

    std::size_t field_count() const noexcept { return places_.size(); }
    void copy_fields(std::string_view input, std::vector<field_view>& out) const;

    void reset() noexcept;

private:
    struct place {
        std::size_t name, colon, end;
    };

    std::string_view cap(std::string_view input) const {
        assert(input.size() >= position_);  // a caller must not take back bytes
        return input.substr(0, limits_.max_size());
    }
    result<std::size_t> need_more(std::string_view capped) const;
    std::size_t line_limit(std::string_view capped) const noexcept;
    result<std::size_t> find_line_end(std::string_view capped, errc malformed);
    std::error_code check_field_start(std::string_view capped) const;
    result<std::size_t> find_colon(std::string_view capped);

    head_limits limits_;
    std::vector<place> places_;
    std::size_t line_ = 0;      // where the current line starts
    std::size_t position_ = 0;  // everything before it has been looked at
    std::size_t colon_ = 0;     // of the current line; 0 while its name is being read
};

}  // namespace dragline::h1::detail

// ---- dragline/h1/detail/impl/head_scanner.ipp
// Included by <dragline/h1/detail/head_scanner.hpp> only.

// ---- dragline/h1/detail/character.hpp
// The byte classes of RFC 9110 5.6, as tables and word-wide scans.


#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace dragline::inline v1::h1::detail {

inline constexpr auto token_table = [] {
    std::array<bool, 256> table{};
    for (std::size_t code = 0; code < 128; ++code)
        table[code] = ascii::is_alphanumeric(static_cast<char>(code));
    for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
    return table;
}();

constexpr bool is_token_character(char c) noexcept { return token_table[static_cast<unsigned char>(c)]; }

constexpr bool is_token(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

/// A control character other than HTAB: what ends a line, or may not stand in it.
constexpr bool is_line_control(char c) noexcept { return ascii::is_control(c) && c != '\t'; }

/// The first line control of a range, or its end. Eight bytes at a time: the hot loop of every head.
inline const char* find_line_control(const char* at, const char* end) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101u;
    constexpr std::uint64_t highs = ones * 0x80;
    while (end - at >= 8) {
        std::uint64_t word;
        std::memcpy(&word, at, sizeof word);
        const std::uint64_t below_space = (word - ones * 0x20) & ~word;
        const std::uint64_t not_delete = word ^ (ones * 0x7f);
        const std::uint64_t found = (below_space | ((not_delete - ones) & ~not_delete)) & highs;
        if (found == 0) {
            at += 8;
        } else if constexpr (std::endian::native == std::endian::little) {
            // Borrows run upwards, so the lowest mark is exact; higher ones may be false.
            at += std::countr_zero(found) / 8;
            if (*at != '\t') return at;
            ++at;
        } else {
            const char* stop = std::find_if(at, at + 8, is_line_control);
            if (stop != at + 8) return stop;
            at += 8;
        }
    }
    return std::find_if(at, end, is_line_control);
}

}  // namespace dragline::h1::detail

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::h1::detail {

DRAGLINE_DECL result<std::size_t> head_scanner::scan_start_line(std::string_view input, std::size_t begin,
                                                                errc malformed) {
    const auto capped = cap(input);
    if (position_ < begin) position_ = begin;
    line_ = begin;
    const auto end = find_line_end(capped, malformed);
    if (end && *end != 0) line_ = position_ = *end;
    return end;
}

DRAGLINE_DECL result<std::size_t> head_scanner::scan_fields(std::string_view input) {
    const auto capped = cap(input);
    for (;;) {
        if (colon_ == 0) {
            if (position_ == capped.size()) return need_more(capped);
            if (position_ == line_) {
                if (capped[line_] == '\r') {
                    if (line_ + 1 == capped.size()) return need_more(capped);
                    if (capped[line_ + 1] != '\n') return errc::malformed_field;
                    return line_ + 2;
                }
                if (const auto ec = check_field_start(capped)) return ec;
            }
            const auto colon = find_colon(capped);
            if (!colon || *colon == 0) return colon;
            colon_ = *colon;
            position_ = colon_ + 1;
        }
        const auto end = find_line_end(capped, errc::malformed_field_value);
        if (!end || *end == 0) return end;
        places_.push_back({line_, colon_, *end - 2});
        line_ = position_ = *end;
        colon_ = 0;
    }
}

DRAGLINE_DECL void head_scanner::copy_fields(std::string_view input, std::vector<field_view>& out) const {
    out.clear();
    out.reserve(places_.size());
    for (const auto& one : places_) {
        const auto value = input.substr(one.colon + 1, one.end - one.colon - 1);
        out.push_back({input.substr(one.name, one.colon - one.name), ascii::trim(value)});
    }
}

DRAGLINE_DECL void head_scanner::reset() noexcept {
    places_.clear();
    line_ = position_ = colon_ = 0;
}

DRAGLINE_DECL result<std::size_t> head_scanner::need_more(std::string_view capped) const {
    if (capped.size() == limits_.max_size()) return errc::head_too_large;
    return std::size_t{0};
}

// One byte beyond max_line is looked at: it may be the CR.
DRAGLINE_DECL std::size_t head_scanner::line_limit(std::string_view capped) const noexcept {
    const bool long_enough = capped.size() - line_ > limits_.max_line();
    return long_enough ? line_ + limits_.max_line() + 1 : capped.size();
}

DRAGLINE_DECL result<std::size_t> head_scanner::find_line_end(std::string_view capped, errc malformed) {
    const char* const begin = capped.data();
    position_ =
        static_cast<std::size_t>(find_line_control(begin + position_, begin + line_limit(capped)) - begin);
    const std::size_t length = position_ - line_;
    if (length > limits_.max_line()) return errc::line_too_long;
    if (position_ == capped.size()) return need_more(capped);
    if (capped[position_] == '\n') return errc::bare_line_feed;
    if (capped[position_] != '\r') {
        return length == limits_.max_line() ? errc::line_too_long : malformed;
    }
    if (position_ + 1 == capped.size()) return need_more(capped);
    if (capped[position_ + 1] != '\n') return malformed;
    return position_ + 2;
}

DRAGLINE_DECL std::error_code head_scanner::check_field_start(std::string_view capped) const {
    if (places_.size() == limits_.max_fields()) return errc::too_many_fields;
    if (!is_blank(capped[line_])) return {};
    return places_.empty() ? errc::whitespace_before_field : errc::folded_field;
}

DRAGLINE_DECL result<std::size_t> head_scanner::find_colon(std::string_view capped) {
    const std::size_t limit = line_limit(capped);
    while (position_ < limit && is_token_character(capped[position_])) ++position_;
    const std::size_t length = position_ - line_;
    if (length > limits_.max_line()) return errc::line_too_long;
    if (position_ == capped.size()) return need_more(capped);
    const char stop = capped[position_];
    if (stop == '\n') return errc::bare_line_feed;
    if (stop == '\r') return errc::malformed_field;
    if (length == limits_.max_line()) return errc::line_too_long;
    if (is_blank(stop)) return errc::whitespace_before_colon;
    if (stop != ':' || length == 0) return errc::malformed_field;
    return position_;
}

}  // namespace dragline::h1::detail

#endif

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace dragline::inline v1::h1 {

/// Takes a chunked body apart in place; only trailers are copied.
///
/// Sizes are plain hexadecimal digits, at most 16; every line and every chunk ends in CRLF; extensions are
/// checked, bounded and dropped.
class chunked_decoder {
public:
    /// What one call found.
    struct step {
        std::size_t consumed = 0;  ///< How much of the input is done with, `data` included.
        std::string_view data;     ///< A run of the body inside the input; empty when only framing was read.
        bool finished =
            false;  ///< The body and its trailers are complete; what follows is not of this message.
    };

    explicit chunked_decoder(chunked_limits limits = {});

    /// Reads framing up to the next run of data and returns that run, or consumes all there is.
    ///
    /// Call it until the input is consumed or the body finished. Errors repeat on every later call.
    result<step> next(std::string_view input);

    bool finished() const noexcept { return state_ == state::finished; }

    /// The input has ended: errc::truncated unless the body is complete.
    std::error_code finish() const noexcept;

    /// Complete once finished(). Fields that frame, route or describe the message are left out (RFC
    /// 9110, 6.5.1).
    const std::vector<field>& trailers() const noexcept { return trailers_; }

    void reset() noexcept;

private:
    enum class state {
        size,
        extension_gap,  // whitespace, after which only another extension may follow
        extension_start,
        extension_name,
        extension_name_end,
        extension_value_start,
        extension_value,
        quoted_value,
        quoted_pair,
        quoted_end,
        size_line_feed,
        data,
        data_return,
        data_line_feed,
        trailer,
        finished,
    };

    std::error_code on_byte(char c);
    std::error_code on_size(char c);
    std::error_code on_extension(char c);
    std::error_code end_extension_part(char c);
    std::error_code move_to(state next) noexcept { return state_ = next, std::error_code(); }
    void start_chunk() noexcept;
    result<std::size_t> read_trailer(std::string_view input);
    void keep_trailers();

    chunked_limits limits_;
    state state_ = state::size;
    unsigned digits_ = 0;
    std::uint64_t remaining_ = 0;  // of the size while it is read, then of the data
    std::size_t extension_size_ = 0;
    std::size_t extension_total_ = 0;
    std::error_code error_;
    detail::head_scanner scanner_;
    std::string trailer_text_;
    std::vector<field> trailers_;
};

}  // namespace dragline::h1

// ---- dragline/h1/impl/chunked.ipp
// Included by <dragline/h1/chunked.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <array>
#include <limits>

namespace dragline::inline v1::h1 {
namespace detail {

inline constexpr std::array<std::string_view, 14> not_for_trailers = {
    "authorization", "connection", "content-encoding",  "content-length",     "content-range",
    "content-type",  "host",       "keep-alive",        "set-cookie",         "te",
    "trailer",       "upgrade",    "transfer-encoding", "proxy-authorization"};

DRAGLINE_DECL bool may_be_trailer(std::string_view name) noexcept {
    return std::none_of(not_for_trailers.begin(), not_for_trailers.end(),
                        [&](std::string_view one) { return ascii::equals_ignoring_case(one, name); });
}

// The scanner counts the blank line too.
DRAGLINE_DECL head_limits limits_of_trailers(const chunked_limits& limits) {
    const auto room = std::numeric_limits<std::size_t>::max() - 2;
    return head_limits()
        .max_size(std::min(limits.max_trailer_size(), room) + 2)
        .max_fields(limits.max_trailers());
}

}  // namespace detail

DRAGLINE_DECL chunked_decoder::chunked_decoder(chunked_limits limits)
    : limits_(limits), scanner_(detail::limits_of_trailers(limits)) {}

DRAGLINE_DECL result<chunked_decoder::step> chunked_decoder::next(std::string_view input) {
    step done;
    while (!error_ && done.consumed < input.size() && state_ != state::finished) {
        const auto rest = input.substr(done.consumed);
        if (state_ == state::data) {
            done.data =
                rest.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, rest.size())));
            done.consumed += done.data.size();
            remaining_ -= done.data.size();
            if (remaining_ == 0) state_ = state::data_return;
            return done;
        }
        if (state_ == state::trailer) {
            const auto taken = read_trailer(rest);
            error_ = taken.error();
            done.consumed += *taken;
        } else {
            error_ = on_byte(rest.front());
            ++done.consumed;
        }
    }
    if (error_) return error_;
    done.finished = finished();
    return done;
}

DRAGLINE_DECL std::error_code chunked_decoder::finish() const noexcept {
    if (error_) return error_;
    return finished() ? std::error_code() : errc::truncated;
}

DRAGLINE_DECL void chunked_decoder::reset() noexcept {
    start_chunk();
    extension_total_ = 0;
    error_ = {};
    scanner_.reset();
    trailer_text_.clear();
    trailers_.clear();
}

DRAGLINE_DECL void chunked_decoder::start_chunk() noexcept {
    state_ = state::size;
    digits_ = 0;
    remaining_ = 0;
    extension_size_ = 0;
}

DRAGLINE_DECL std::error_code chunked_decoder::on_byte(char c) {
    switch (state_) {
        case state::size: return on_size(c);
        case state::size_line_feed:
            if (c != '\n') return errc::malformed_chunk;
            return move_to(remaining_ == 0 ? state::trailer : state::data);
        case state::data_return:
            if (c == '\n') return errc::bare_line_feed;
            if (c != '\r') return errc::malformed_chunk;
            return move_to(state::data_line_feed);
        case state::data_line_feed:
            if (c != '\n') return errc::malformed_chunk;
            return start_chunk(), std::error_code();
        default: break;
    }
    if (c == '\n') return errc::bare_line_feed;
    if (c != '\r') {
        ++extension_size_;
        ++extension_total_;
        if (extension_size_ > limits_.max_extension() || extension_total_ > limits_.max_extension_total()) {
            return errc::chunk_extension_too_large;
        }
    }
    return on_extension(c);
}

DRAGLINE_DECL std::error_code chunked_decoder::on_size(char c) {
    const int digit = ascii::hex_value(c);
    if (digit >= 0) {
        if (++digits_ > 16) return errc::chunk_too_large;
        remaining_ = remaining_ << 4 | static_cast<unsigned>(digit);
        return {};
    }
    if (c == '\n') return errc::bare_line_feed;
    if (digits_ == 0) return errc::malformed_chunk;
    if (c == '\r') return move_to(state::size_line_feed);
    if (c != ';' && !detail::is_blank(c)) return errc::malformed_chunk;
    state_ = state::extension_gap;
    return on_byte(c);
}

// chunk-ext = *( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )
DRAGLINE_DECL std::error_code chunked_decoder::on_extension(char c) {
    const bool blank = detail::is_blank(c);
    const bool token = detail::is_token_character(c);
    switch (state_) {
        case state::extension_gap:
            if (blank) return {};
            return c == ';' ? move_to(state::extension_start) : errc::malformed_chunk;
        case state::extension_start:
            if (blank) return {};
            return token ? move_to(state::extension_name) : errc::malformed_chunk;
        case state::extension_name:
            if (token) return {};
            if (blank) return move_to(state::extension_name_end);
            return c == '=' ? move_to(state::extension_value_start) : end_extension_part(c);
        case state::extension_name_end:
            if (blank) return {};
            if (c == '=') return move_to(state::extension_value_start);
            return c == ';' ? move_to(state::extension_start) : errc::malformed_chunk;
        case state::extension_value_start:
            if (blank) return {};
            if (c == '"') return move_to(state::quoted_value);
            return token ? move_to(state::extension_value) : errc::malformed_chunk;
        case state::extension_value: return token ? std::error_code() : end_extension_part(c);
        case state::quoted_value:
            if (c == '"') return move_to(state::quoted_end);
            if (c == '\\') return move_to(state::quoted_pair);
            return detail::is_line_control(c) ? errc::malformed_chunk : std::error_code();
        case state::quoted_pair:
            return detail::is_line_control(c) ? errc::malformed_chunk : move_to(state::quoted_value);
        default: return end_extension_part(c);
    }
}

DRAGLINE_DECL std::error_code chunked_decoder::end_extension_part(char c) {
    if (c == '\r') return move_to(state::size_line_feed);
    if (c == ';') return move_to(state::extension_start);
    return detail::is_blank(c) ? move_to(state::extension_gap) : errc::malformed_chunk;
}

DRAGLINE_DECL result<std::size_t> chunked_decoder::read_trailer(std::string_view input) {
    const std::size_t before = trailer_text_.size();
    if (before == 0 && input.starts_with("\r\n")) return state_ = state::finished, std::size_t{2};
    trailer_text_.append(input.substr(0, scanner_.limits().max_size() - before));
    const auto end = scanner_.scan_fields(trailer_text_);
    if (end.error() == errc::head_too_large) return errc::trailer_too_large;
    if (end.error() == errc::too_many_fields) return errc::too_many_trailers;
    if (!end) return end;
    if (*end == 0) return input.size();
    keep_trailers();
    state_ = state::finished;
    return *end - before;
}

DRAGLINE_DECL void chunked_decoder::keep_trailers() {
    std::vector<field_view> fields;
    scanner_.copy_fields(trailer_text_, fields);
    for (const auto& one : fields) {
        if (detail::may_be_trailer(one.name))
            trailers_.emplace_back(std::string(one.name), std::string(one.value));
    }
}

}  // namespace dragline::h1

#endif
// ---- dragline/h1/framing.hpp
// How a message body ends, and whether its connection may carry another message (RFC 9112, 6.3 and 9.3).

// ---- dragline/h1/head_parser.hpp
// Message heads: status line or request line, and fields, as views into the caller's buffer.
// Start with response_head_parser.


#include <cstddef>
#include <string_view>
#include <vector>

namespace dragline::inline v1::h1 {

/// The head of a response. The views live as long as the buffer that the last parse() saw stays where it was.
struct response_head {
    response_head() {}

    int version_minor = 1;    ///< 0 or 1, of HTTP/1.x.
    int status = 0;           ///< 100 to 999.
    std::string_view reason;  ///< May be empty; never to be relied on.
    std::vector<field_view> fields;
};

/// The head of a request. The views live as long as those of response_head.
struct request_head {
    request_head() {}

    std::string_view method;
    std::string_view target;  ///< As sent: not decoded, in any of the four forms of RFC 9112, 3.2.
    int version_minor = 1;    ///< 0 or 1, of HTTP/1.x.
    std::vector<field_view> fields;
};

/// Parses response heads, strictly (RFC 9112): lines end in CRLF, no folding, no HTTP/0.9, a three-digit
/// status.
///
/// One parser serves a connection: reset() before the next head keeps the memory. Each byte is looked at
/// once, however the head arrives. A first byte that cannot begin a response is refused at once.
class response_head_parser {
public:
    explicit response_head_parser(head_limits limits = {}) : scanner_(limits) {}

    /// The size of the head, its blank line included, or 0 when more bytes are needed.
    ///
    /// `input` begins with the first byte of the head and holds all bytes passed before, perhaps elsewhere in
    /// memory; bytes beyond the head are not looked at. After success or an error, call reset().
    result<std::size_t> parse(std::string_view input);

    /// The head that parse() found last; empty before.
    const response_head& head() const noexcept { return head_; }

    void reset() noexcept;

private:
    std::error_code parse_status_line(std::string_view line);

    detail::head_scanner scanner_;
    response_head head_;
    std::size_t line_end_ = 0;  // of the status line, once it is complete
};

/// As above, but for requests, before which one empty line is skipped (RFC 9112, 2.2) and counted in the
/// size.
class request_head_parser {
public:
    explicit request_head_parser(head_limits limits = {}) : scanner_(limits) {}

    result<std::size_t> parse(std::string_view input);
    const request_head& head() const noexcept { return head_; }
    void reset() noexcept;

private:
    result<std::size_t> find_request_line(std::string_view input);
    std::error_code parse_request_line(std::string_view line);

    detail::head_scanner scanner_;
    request_head head_;
    std::size_t line_begin_ = 0;  // 2 after an empty line
    std::size_t line_end_ = 0;
    std::size_t method_size_ = 0;
    std::size_t target_size_ = 0;
};

}  // namespace dragline::h1

// ---- dragline/h1/impl/head_parser.ipp
// Included by <dragline/h1/head_parser.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::h1 {
namespace detail {

inline constexpr std::string_view version_prefix = "HTTP/";
inline constexpr std::size_t reason_begin = 13;  // "HTTP/1.1 200 "

DRAGLINE_DECL std::error_code parse_version(std::string_view text, errc malformed, int& version_minor) {
    if (text == "HTTP/1.1" || text == "HTTP/1.0") {
        version_minor = text.back() - '0';
        return {};
    }
    // HTTP/2, HTTP/0.9 and the like deserve a name of their own.
    if (!text.starts_with(version_prefix)) return malformed;
    const auto number = text.substr(version_prefix.size());
    const bool is_number = !number.empty() && ascii::is_digit(number.front()) &&
                           number.find_first_not_of("0123456789.") == number.npos;
    return is_number ? errc::unsupported_version : malformed;
}

}  // namespace detail

DRAGLINE_DECL result<std::size_t> response_head_parser::parse(std::string_view input) {
    if (line_end_ == 0) {
        // Another protocol's banner may never send a line end: refuse it as soon as it differs.
        const auto prefix = detail::version_prefix.substr(
            0, std::min({input.size(), scanner_.limits().max_line(), scanner_.limits().max_size()}));
        if (!input.starts_with(prefix)) return errc::malformed_status_line;
        const auto end = scanner_.scan_start_line(input, 0, errc::malformed_status_line);
        if (!end || *end == 0) return end;
        if (const auto ec = parse_status_line(input.substr(0, *end - 2))) {
            scanner_.reset();
            return ec;
        }
        line_end_ = *end;
    }
    const auto size = scanner_.scan_fields(input);
    if (!size || *size == 0) return size;
    const auto line = input.substr(0, line_end_ - 2);
    head_.reason = line.substr(std::min(line.size(), detail::reason_begin));
    scanner_.copy_fields(input, head_.fields);
    return size;
}

DRAGLINE_DECL void response_head_parser::reset() noexcept {
    scanner_.reset();
    head_.version_minor = 1;
    head_.status = 0;
    head_.reason = {};
    head_.fields.clear();
    line_end_ = 0;
}

DRAGLINE_DECL std::error_code response_head_parser::parse_status_line(std::string_view line) {
    const auto version = line.substr(0, line.find(' '));
    if (const auto ec = detail::parse_version(version, errc::malformed_status_line, head_.version_minor)) {
        return ec;
    }
    const auto rest = line.substr(version.size());  // " 200 OK"
    const auto status = ascii::parse_number<unsigned>(rest.substr(std::min<std::size_t>(rest.size(), 1), 3));
    // The space after the status may only be missing together with the reason; that much is common in the
    // wild.
    const bool ends_well = rest.size() == 4 || (rest.size() > 4 && rest[4] == ' ');
    if (!status || *status < 100 || !ends_well) return errc::malformed_status_line;
    head_.status = static_cast<int>(*status);
    return {};
}

DRAGLINE_DECL result<std::size_t> request_head_parser::parse(std::string_view input) {
    if (line_end_ == 0) {
        const auto end = find_request_line(input);
        if (!end || *end == 0) return end;
        if (const auto ec = parse_request_line(input.substr(line_begin_, *end - 2 - line_begin_))) {
            scanner_.reset();
            line_begin_ = 0;
            return ec;
        }
        line_end_ = *end;
    }
    const auto size = scanner_.scan_fields(input);
    if (!size || *size == 0) return size;
    head_.method = input.substr(line_begin_, method_size_);
    head_.target = input.substr(line_begin_ + method_size_ + 1, target_size_);
    scanner_.copy_fields(input, head_.fields);
    return size;
}

DRAGLINE_DECL void request_head_parser::reset() noexcept {
    scanner_.reset();
    head_.method = head_.target = {};
    head_.version_minor = 1;
    head_.fields.clear();
    line_begin_ = line_end_ = method_size_ = target_size_ = 0;
}

DRAGLINE_DECL result<std::size_t> request_head_parser::find_request_line(std::string_view input) {
    auto end = scanner_.scan_start_line(input, line_begin_, errc::malformed_request_line);
    if (end && *end == 2 && line_begin_ == 0) {
        line_begin_ = 2;
        end = scanner_.scan_start_line(input, line_begin_, errc::malformed_request_line);
    }
    return end;
}

DRAGLINE_DECL std::error_code request_head_parser::parse_request_line(std::string_view line) {
    const auto method = line.substr(0, line.find(' '));
    if (!detail::is_token(method) || method.size() == line.size()) return errc::malformed_request_line;
    const auto rest = line.substr(method.size() + 1);
    const auto target = rest.substr(0, rest.find(' '));
    const bool visible =
        std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < 0x7f; });
    if (target.empty() || !visible || target.size() == rest.size()) return errc::malformed_request_line;
    method_size_ = method.size();
    target_size_ = target.size();
    return detail::parse_version(rest.substr(target.size() + 1), errc::malformed_request_line,
                                 head_.version_minor);
}

}  // namespace dragline::h1

#endif

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace dragline::inline v1::h1 {

/// What tells the end of a body.
enum class body_kind {
    none,         ///< There is no body.
    length,       ///< Exactly body_framing::length bytes follow.
    chunked,      ///< A chunked_decoder knows.
    until_close,  ///< The end of the connection; over TLS only a close_notify counts.
};

/// How a message is framed.
struct body_framing {
    body_kind kind = body_kind::none;
    std::uint64_t length = 0;  ///< For body_kind::length; may be 0.
    bool persistent = false;   ///< The connection may be reused once the message is complete.
};

/// The framing of a response to a request of this method; call it for interim (1xx) responses too.
///
/// No body: HEAD, 1xx, 204, 304, and 2xx to CONNECT, whatever the fields say. Not persistent although well
/// framed: 101 and 2xx to CONNECT (the connection belongs to another protocol), and a 204 that announces a
/// body. Final codings other than chunked, which no client asked for, leave the body until close, coded as it
/// is. Errors: Content-Length with Transfer-Encoding, lengths that differ or are no number, Transfer-Encoding
/// in HTTP/1.0, chunked twice or not last or on top of another coding. After an error the connection is of no
/// use.
DRAGLINE_DECL result<body_framing> response_framing(const response_head& head,
                                                    std::string_view request_method);

/// The framing of a request: none, length or chunked. Any coding but chunked is an error.
DRAGLINE_DECL result<body_framing> request_framing(const request_head& head);

/// The seconds of `Keep-Alive: timeout=N`; nothing when absent, garbage or more than 32 bits.
DRAGLINE_DECL std::optional<std::chrono::seconds> keep_alive_timeout(std::span<const field_view> fields);

}  // namespace dragline::h1

// ---- dragline/h1/impl/framing.ipp
// Included by <dragline/h1/framing.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <cstddef>

namespace dragline::inline v1::h1 {
namespace detail {

// What the framing fields of one message say, gathered in one pass.
class framing_fields {
public:
    framing_fields(std::span<const field_view> fields, int version_minor) : version_minor_(version_minor) {
        for (const auto& one : fields) {
            switch (one.name.size()) {
                case 10:
                    if (has_name(one, "connection")) add_connection(one.value);
                    break;
                case 14:
                    if (has_name(one, "content-length")) add_length(one.value);
                    break;
                case 17:
                    if (has_name(one, "transfer-encoding")) add_codings(one.value);
                    break;
                default: break;
            }
        }
    }

    bool persistent() const noexcept { return !close_ && (version_minor_ == 1 || keep_alive_); }
    bool has_codings() const noexcept { return has_codings_; }
    bool has_length() const noexcept { return has_length_; }
    bool announces_body() const noexcept {
        return has_codings_ || (has_length_ && (length_error_ || length_ != 0));
    }
    bool ends_in_chunked() const noexcept { return chunked_ != 0; }

    result<std::uint64_t> length() const {
        if (length_error_) return length_error_;
        return length_;
    }

    // The only list of codings that can be decoded is a single `chunked`.
    std::error_code check_codings() const {
        if (has_length_) return errc::content_length_with_transfer_encoding;
        if (version_minor_ == 0) return errc::transfer_encoding_in_http10;
        if (malformed_ || codings_ == 0 || (chunked_ != 0 && codings_ != 1))
            return errc::unsupported_transfer_encoding;
        return {};
    }

private:
    void add_connection(std::string_view value) {
        ascii::for_each_item(value, ',', [&](std::string_view item) {
            if (ascii::equals_ignoring_case(item, "close")) close_ = true;
            if (ascii::equals_ignoring_case(item, "keep-alive")) keep_alive_ = true;
        });
    }

    // Identical values collapse, as lists or as lines (RFC 9112, 6.3, rule 5). Empty items do not count as
    // one.
    void add_length(std::string_view value) {
        for (bool more = true; more;) {
            const auto comma = value.find(',');
            more = comma != value.npos;
            const auto number = ascii::parse_number<std::uint64_t>(ascii::trim(value.substr(0, comma)));
            if (!number) length_error_ = errc::invalid_content_length;
            if (number && has_length_ && !length_error_ && *number != length_) {
                length_error_ = errc::conflicting_content_length;
            }
            has_length_ = true;
            if (number) length_ = *number;
            if (more) value.remove_prefix(comma + 1);
        }
    }

    void add_codings(std::string_view value) {
        has_codings_ = true;
        ascii::for_each_item(value, ',', [&](std::string_view item) {
            const auto name = ascii::trim(item.substr(0, item.find(';')));
            ++codings_;
            if (!is_token(name)) malformed_ = true;
            if (!ascii::equals_ignoring_case(name, "chunked")) return;
            ++chunked_;
            if (name.size() != item.size()) malformed_ = true;  // chunked has no parameters
        });
    }

    int version_minor_;
    bool close_ = false, keep_alive_ = false;
    bool has_length_ = false, has_codings_ = false, malformed_ = false;
    std::size_t codings_ = 0, chunked_ = 0;
    std::uint64_t length_ = 0;
    std::error_code length_error_;
};

}  // namespace detail

DRAGLINE_DECL result<body_framing> response_framing(const response_head& head,
                                                    std::string_view request_method) {
    const detail::framing_fields fields(head.fields, head.version_minor);
    body_framing framing;
    framing.persistent = fields.persistent();
    const bool tunnel = request_method == "CONNECT" && head.status / 100 == 2;
    if (tunnel || head.status == 101) {
        framing.persistent = false;
        return framing;
    }
    if (request_method == "HEAD" || head.status / 100 == 1 || head.status == 304) return framing;
    if (head.status == 204) {
        framing.persistent = framing.persistent && !fields.announces_body();
        return framing;
    }
    if (fields.has_codings()) {
        if (const auto ec = fields.check_codings()) return ec;
        framing.kind = fields.ends_in_chunked() ? body_kind::chunked : body_kind::until_close;
    } else if (fields.has_length()) {
        const auto length = fields.length();
        if (!length) return length.error();
        framing.kind = body_kind::length;
        framing.length = *length;
    } else {
        framing.kind = body_kind::until_close;
    }
    framing.persistent = framing.persistent && framing.kind != body_kind::until_close;
    return framing;
}

DRAGLINE_DECL result<body_framing> request_framing(const request_head& head) {
    const detail::framing_fields fields(head.fields, head.version_minor);
    body_framing framing;
    framing.persistent = fields.persistent();
    if (fields.has_codings()) {
        if (const auto ec = fields.check_codings()) return ec;
        if (!fields.ends_in_chunked()) return errc::unsupported_transfer_encoding;
        framing.kind = body_kind::chunked;
    } else if (fields.has_length()) {
        const auto length = fields.length();
        if (!length) return length.error();
        framing.kind = body_kind::length;
        framing.length = *length;
    }
    return framing;
}

DRAGLINE_DECL std::optional<std::chrono::seconds> keep_alive_timeout(std::span<const field_view> fields) {
    constexpr std::string_view parameter = "timeout=";
    std::optional<std::chrono::seconds> found;
    for_each_value(fields, "Keep-Alive", [&](std::string_view item) {
        if (found || !ascii::equals_ignoring_case(item.substr(0, parameter.size()), parameter)) return;
        const auto number = ascii::parse_number<std::uint32_t>(item.substr(parameter.size()));
        if (number) found = std::chrono::seconds(*number);
    });
    return found;
}

}  // namespace dragline::h1

#endif
// ---- dragline/h1/head_writer.hpp
// Writing heads and chunks. The check functions name what may not be written; the append functions assume
// that they were asked, and only assert it.


#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

namespace dragline::inline v1::h1 {

/// errc::invalid_method unless a token (RFC 9110, 9.1). Methods are case-sensitive and written as given.
DRAGLINE_DECL std::error_code check_method(std::string_view method) noexcept;

/// errc::invalid_target unless visible ASCII without `#`: a fragment is never sent (RFC 9112, 3.2).
DRAGLINE_DECL std::error_code check_target(std::string_view target) noexcept;

/// errc::invalid_field_name unless a token.
DRAGLINE_DECL std::error_code check_field_name(std::string_view name) noexcept;

/// errc::invalid_field_value when CR, LF, NUL or another control but HTAB is in it: no header can be smuggled
/// in.
DRAGLINE_DECL std::error_code check_field_value(std::string_view value) noexcept;

/// `GET /path HTTP/1.1` and CRLF.
DRAGLINE_DECL void append_request_line(std::string& out, std::string_view method, std::string_view target,
                                       int version_minor = 1);

/// `HTTP/1.1 200 OK` and CRLF; the space stays when the reason is empty.
DRAGLINE_DECL void append_status_line(std::string& out, int status, std::string_view reason = {},
                                      int version_minor = 1);

/// `Name: value` and CRLF.
DRAGLINE_DECL void append_field(std::string& out, std::string_view name, std::string_view value);

/// As above, but with a number: Content-Length.
DRAGLINE_DECL void append_field(std::string& out, std::string_view name, std::uint64_t value);

/// The line before a chunk of `size` bytes, which must not be 0. The data and line_end follow.
DRAGLINE_DECL void append_chunk_size(std::string& out, std::uint64_t size);

/// Ends a head (as its blank line) and every chunk.
inline constexpr std::string_view line_end = "\r\n";

/// Ends a chunked body without trailers.
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

}  // namespace dragline::h1

// ---- dragline/h1/impl/head_writer.ipp
// Included by <dragline/h1/head_writer.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>

namespace dragline::inline v1::h1 {
namespace detail {

DRAGLINE_DECL void append_number(std::string& out, std::uint64_t value, int base) {
    std::array<char, 20> digits;
    const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), value, base);
    out.append(digits.data(), written.ptr);
}

}  // namespace detail

DRAGLINE_DECL std::error_code check_method(std::string_view method) noexcept {
    return detail::is_token(method) ? std::error_code() : errc::invalid_method;
}

DRAGLINE_DECL std::error_code check_target(std::string_view target) noexcept {
    const bool valid =
        std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < 0x7f && c != '#'; });
    return valid && !target.empty() ? std::error_code() : errc::invalid_target;
}

DRAGLINE_DECL std::error_code check_field_name(std::string_view name) noexcept {
    return detail::is_token(name) ? std::error_code() : errc::invalid_field_name;
}

DRAGLINE_DECL std::error_code check_field_value(std::string_view value) noexcept {
    const char* const end = value.data() + value.size();
    return detail::find_line_control(value.data(), end) == end ? std::error_code()
                                                               : errc::invalid_field_value;
}

DRAGLINE_DECL void append_request_line(std::string& out, std::string_view method, std::string_view target,
                                       int version_minor) {
    assert(!check_method(method) && !check_target(target));
    out.append(method).append(1, ' ').append(target);
    out.append(version_minor == 0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
}

DRAGLINE_DECL void append_status_line(std::string& out, int status, std::string_view reason,
                                      int version_minor) {
    assert(status >= 100 && status <= 999 && !check_field_value(reason));
    out.append(version_minor == 0 ? "HTTP/1.0 " : "HTTP/1.1 ");
    detail::append_number(out, static_cast<std::uint64_t>(status), 10);
    out.append(1, ' ').append(reason).append(line_end);
}

DRAGLINE_DECL void append_field(std::string& out, std::string_view name, std::string_view value) {
    assert(!check_field_name(name) && !check_field_value(value));
    out.append(name).append(": ").append(value).append(line_end);
}

DRAGLINE_DECL void append_field(std::string& out, std::string_view name, std::uint64_t value) {
    assert(!check_field_name(name));
    out.append(name).append(": ");
    detail::append_number(out, value, 10);
    out.append(line_end);
}

DRAGLINE_DECL void append_chunk_size(std::string& out, std::uint64_t size) {
    assert(size != 0);  // a chunk of nothing would end the body
    detail::append_number(out, size, 16);
    out.append(line_end);
}

}  // namespace dragline::h1

#endif
// ---- dragline/http.hpp
// The HTTP client. Start with fetch_url() in fetch.hpp and get_session() in session.hpp.

// ---- dragline/http/body.hpp
// The content of a request: a shared immutable handle, so that options stay cheap to copy and a retry can
// send it again.

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::http {

/// Bytes to send, and the Content-Type that goes with them unless the request names one.
class body {
public:
    body() {}

    /// Any bytes. No Content-Type is sent when `content_type` is empty.
    explicit body(std::string bytes, std::string content_type = {})
        : content_(std::make_shared<const content>(std::move(bytes), std::move(content_type))) {}

    /// A JSON text that is already serialised.
    static body json(std::string text) { return body(std::move(text), "application/json"); }

    /// Whether there is a body at all; an empty one is sent with Content-Length: 0.
    bool has_value() const noexcept { return content_ != nullptr; }
    std::string_view bytes() const noexcept {
        return content_ ? std::string_view(content_->bytes) : std::string_view();
    }
    std::string_view content_type() const noexcept {
        return content_ ? std::string_view(content_->content_type) : std::string_view();
    }

private:
    struct content {
        content(std::string b, std::string type) : bytes(std::move(b)), content_type(std::move(type)) {}
        std::string bytes;
        std::string content_type;
    };
    std::shared_ptr<const content> content_;
};

}  // namespace dragline::http
// ---- dragline/http/error.hpp
// What can go wrong in a fetch beyond the codes of url, h1, codec, tls, dns and sockets, which pass as they
// are.


#include <system_error>

namespace dragline::inline v1::http {

enum class errc {
    unsupported_scheme = 1,  ///< The URL is neither http nor https.
    connection_closed,       ///< The peer closed the connection before it answered.
    unexpected_upgrade,      ///< The peer switched protocols without being asked.
    too_many_interim,        ///< More 1xx responses than allowed came before the final one.
    too_many_redirects,      ///< The redirect limit was reached.
    insecure_redirect,       ///< A redirect from https to http was refused.
    body_too_large,          ///< The decoded body is larger than max_body.
    bad_status,              ///< raise_for_status() on a response with a status of 400 or more.
    session_closed,          ///< The session of this handle was closed.
    session_options_differ,  ///< get_session() with other options than those of the living session.
    loop_not_running,        ///< A loop did not answer in time, since nobody runs it.
};

DRAGLINE_DECL const std::error_category& error_category() noexcept;

inline std::error_code make_error_code(errc code) noexcept {
    return {static_cast<int>(code), error_category()};
}

}  // namespace dragline::http

template <>
struct std::is_error_code_enum<dragline::http::errc> : std::true_type {};

// ---- dragline/http/impl/error.ipp
// Included by <dragline/http/error.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <string>

namespace dragline::inline v1::http {

DRAGLINE_DECL const std::error_category& error_category() noexcept {
    struct http_category final : category {
        const char* name() const noexcept override { return "dragline.http"; }

        std::string message(int code) const override {
            switch (static_cast<errc>(code)) {
                case errc::unsupported_scheme: return "the URL is neither http nor https";
                case errc::connection_closed: return "the peer closed the connection before it answered";
                case errc::unexpected_upgrade: return "the peer switched protocols without being asked";
                case errc::too_many_interim: return "too many interim responses";
                case errc::too_many_redirects: return "too many redirects";
                case errc::insecure_redirect: return "a redirect from https to http was refused";
                case errc::body_too_large: return "the body is larger than max_body";
                case errc::bad_status: return "the response has an error status";
                case errc::session_closed: return "the session was closed";
                case errc::session_options_differ: return "the living session has other options";
                case errc::loop_not_running: return "a loop did not answer in time: nobody runs it";
            }
            return "unknown http error";
        }

        std::error_condition default_error_condition(int code) const noexcept override {
            switch (static_cast<errc>(code)) {
                case errc::unsupported_scheme: return std::errc::invalid_argument;
                case errc::connection_closed:
                case errc::unexpected_upgrade: return condition::protocol_error;
                case errc::too_many_interim:
                case errc::too_many_redirects:
                case errc::body_too_large: return condition::limit_exceeded;
                case errc::insecure_redirect: return condition::blocked;
                case errc::bad_status:
                case errc::session_closed:
                case errc::session_options_differ:
                case errc::loop_not_running: break;
            }
            return {code, *this};
        }

        phase phase_of(int code) const noexcept override {
            switch (static_cast<errc>(code)) {
                case errc::connection_closed:
                case errc::unexpected_upgrade:
                case errc::too_many_interim: return phase::first_byte;
                case errc::too_many_redirects:
                case errc::insecure_redirect: return phase::redirect;
                case errc::body_too_large: return phase::read;
                case errc::unsupported_scheme:
                case errc::bad_status:
                case errc::session_closed:
                case errc::session_options_differ:
                case errc::loop_not_running: break;
            }
            return phase::none;
        }
    };
    static const http_category instance;
    return instance;
}

}  // namespace dragline::http

#endif
// ---- dragline/http/exchange.hpp
// The seam between fetching and a protocol version: one request and its response, the body streamed.

// ---- dragline/http/fields.hpp
// Header fields of a message: in order, duplicates kept, names compared without case (RFC 9110, 5).


#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dragline::inline v1::http {

/// An ordered list of (name, value). All text stands in one string, so that a copy costs two allocations.
class fields {
public:
    /// A view into the fields that it came from.
    struct field {
        std::string_view name;
        std::string_view value;
    };

    class iterator {
    public:
        using value_type = field;
        using difference_type = std::ptrdiff_t;
        iterator() = default;
        iterator(const fields& owner, std::size_t at) : owner_(&owner), at_(at) {}
        field operator*() const { return (*owner_)[at_]; }
        iterator& operator++() {
            ++at_;
            return *this;
        }
        iterator operator++(int) { return iterator(*owner_, at_++); }
        friend bool operator==(const iterator& a, const iterator& b) { return a.at_ == b.at_; }

    private:
        const fields* owner_ = nullptr;
        std::size_t at_ = 0;
    };

    fields() {}

    bool empty() const noexcept { return places_.empty(); }
    std::size_t size() const noexcept { return places_.size(); }
    field operator[](std::size_t at) const noexcept;
    iterator begin() const noexcept { return {*this, 0}; }
    iterator end() const noexcept { return {*this, size()}; }

    /// Appends a field, also when one of that name is there.
    fields& add(std::string_view name, std::string_view value);

    /// Removes all fields of that name, then appends this one.
    fields& set(std::string_view name, std::string_view value);

    /// Removes all fields of that name; returns how many.
    std::size_t remove(std::string_view name);

    void clear() noexcept;
    void reserve(std::size_t count, std::size_t text_size);

    bool contains(std::string_view name) const noexcept { return find(name).has_value(); }

    /// The first value of that name.
    std::optional<std::string_view> find(std::string_view name) const noexcept;

    /// As find(), or the empty view.
    std::string_view get(std::string_view name) const noexcept {
        return find(name).value_or(std::string_view());
    }

    /// Every value of that name, in order.
    std::vector<std::string_view> all(std::string_view name) const;

    friend bool operator==(const fields& a, const fields& b) noexcept;

private:
    struct place {
        std::uint32_t name;  // offset in text_; the value follows the name
        std::uint32_t name_size;
        std::uint32_t value_size;
    };

    std::string text_;
    std::vector<place> places_;
};

}  // namespace dragline::http

// ---- dragline/http/impl/fields.ipp
// Included by <dragline/http/fields.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <functional>
#include <utility>

namespace dragline::inline v1::http {

DRAGLINE_DECL fields::field fields::operator[](std::size_t at) const noexcept {
    const auto& found = places_[at];
    const std::string_view text(text_);
    return {text.substr(found.name, found.name_size),
            text.substr(found.name + found.name_size, found.value_size)};
}

DRAGLINE_DECL fields& fields::add(std::string_view name, std::string_view value) {
    const auto is_own = [this](std::string_view text) {
        const std::less<> before;
        return !before(text.data(), text_.data()) && before(text.data(), text_.data() + text_.size());
    };
    if (is_own(name) || is_own(value)) return add(std::string(name), std::string(value));
    places_.push_back({static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(name.size()),
                       static_cast<std::uint32_t>(value.size())});
    text_.append(name).append(value);
    return *this;
}

DRAGLINE_DECL fields& fields::set(std::string_view name, std::string_view value) {
    // The arguments may be views into these very fields.
    const std::string kept_name(name), kept_value(value);
    remove(kept_name);
    return add(kept_name, kept_value);
}

DRAGLINE_DECL std::size_t fields::remove(std::string_view name) {
    if (!contains(name)) return 0;
    fields kept;
    kept.reserve(size(), text_.size());
    for (const auto& [other, value] : *this) {
        if (!ascii::equals_ignoring_case(other, name)) kept.add(other, value);
    }
    const auto removed = size() - kept.size();
    *this = std::move(kept);
    return removed;
}

DRAGLINE_DECL void fields::clear() noexcept {
    text_.clear();
    places_.clear();
}

DRAGLINE_DECL void fields::reserve(std::size_t count, std::size_t text_size) {
    places_.reserve(count);
    text_.reserve(text_size);
}

DRAGLINE_DECL std::optional<std::string_view> fields::find(std::string_view name) const noexcept {
    for (const auto& [other, value] : *this) {
        if (ascii::equals_ignoring_case(other, name)) return value;
    }
    return std::nullopt;
}

DRAGLINE_DECL std::vector<std::string_view> fields::all(std::string_view name) const {
    std::vector<std::string_view> found;
    for (const auto& [other, value] : *this) {
        if (ascii::equals_ignoring_case(other, name)) found.push_back(value);
    }
    return found;
}

DRAGLINE_DECL bool operator==(const fields& a, const fields& b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
        return ascii::equals_ignoring_case(x.name, y.name) && x.value == y.value;
    });
}

}  // namespace dragline::http

#endif

#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dragline::inline v1::http {

/// Until when one stage may last, and what its timeout is called.
struct stage_limit {
    async::time_point until = async::no_deadline;
    phase where = phase::total;
};

/// A request as an exchange sends it; the views outlive the exchange.
struct request_view {
    std::string_view method;
    std::string_view scheme;
    std::string_view host;  ///< Of the Host field, or :authority.
    std::string_view target;
    const http::fields* fields = nullptr;  ///< Complete but for Host; checked.
    std::string_view body;
};

/// A response before its body.
class response_head {
public:
    response_head() {}

    int status = 0;
    int version_minor = 1;
    std::string reason;
    http::fields headers;
    bool has_body = true;  ///< False for HEAD, 204 and 304, whatever the fields say.

    /// How much read_body() will give in all, where that is known.
    std::optional<std::uint64_t> content_length;
};

/// One request and one response on a connection. Calls come in this order, each once, read_body() until it
/// gives 0.
///
/// Ended by cancelling a call or by destroying the exchange; the connection is then closed, unless
/// it is reusable().
class exchange {
public:
    virtual ~exchange() = default;

    /// Sends head and body. A peer that answers and closes before it has all of the body is no error here.
    virtual asio::awaitable<result<void>> write_request(request_view request, stage_limit limit) = 0;

    /// Reads the final head; interim ones are counted and dropped.
    virtual asio::awaitable<result<void>> read_head(response_head& into, int max_interim,
                                                    stage_limit limit) = 0;

    /// Reads the next bytes of the body, transfer coding undone: at most what `into` holds, 0 at the end.
    virtual asio::awaitable<result<std::size_t>> read_body(asio::mutable_buffer into, stage_limit limit) = 0;

    /// Whether a byte of the response has come.
    virtual bool answered() const noexcept = 0;

    /// The exchange is over and its connection may carry another one.
    virtual bool reusable() const noexcept = 0;

    virtual std::uint64_t bytes_sent() const noexcept = 0;
};

}  // namespace dragline::http
// ---- dragline/http/fetch.hpp
// fetch_url: one request, its response with the whole body, redirects followed.

// ---- dragline/http/detail/fetch_op.hpp
// One fetch from beginning to end: hops, attempts, the body.

// ---- dragline/http/detail/connection_pool.hpp
// The connections of one session: idle ones by origin, the caps, and those who wait for a place.

// ---- dragline/http/detail/h1_connection.hpp
// An HTTP/1.1 connection: the exchange of one request after the other on one stream.

// ---- dragline/net/stream.hpp
// One stream type over TCP, TLS and Unix sockets. Start with open_connection() in connect.hpp.

// ---- dragline/net/detail/stream_layer.hpp
// What a stream is made of: a socket, or TLS on top of another layer.


#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>

#include <array>
#include <cstddef>

namespace dragline::inline v1::net::detail {

/// Two pieces that go out one after the other: a head and a body, say. Either may be empty.
using gather = std::array<asio::const_buffer, 2>;

class stream_layer {
public:
    stream_layer() = default;
    stream_layer(const stream_layer&) = delete;
    stream_layer& operator=(const stream_layer&) = delete;
    virtual ~stream_layer() = default;

    virtual asio::any_io_executor get_executor() noexcept = 0;

    // One read and one write may be under way at a time. At the deadline both end with make_timeout(where).
    virtual asio::awaitable<result<std::size_t>> read_some(asio::mutable_buffer into, async::time_point until,
                                                           phase where) = 0;
    virtual asio::awaitable<result<void>> write(gather pieces, async::time_point until, phase where) = 0;
    virtual asio::awaitable<result<void>> shutdown(async::time_point until) = 0;

    // What is there without waiting: asio::error::would_block when nothing is, eof at the end.
    virtual result<std::size_t> try_read(asio::mutable_buffer into) noexcept = 0;
    virtual void close() noexcept = 0;
    virtual bool is_open() const noexcept = 0;
};

}  // namespace dragline::net::detail
// ---- dragline/net/endpoint.hpp
// Where a connection goes to or a server listens: a name or an address with a port, or a Unix socket.

// ---- dragline/net/error.hpp
// What can go wrong between an endpoint and a stream, beside the codes of sockets, dns and tls, which pass as
// they are.


#include <system_error>

namespace dragline::inline v1::net {

enum class errc {
    invalid_endpoint = 1,  ///< The text names no endpoint, or the endpoint cannot be dialled.
    no_address,            ///< The name has no address of a family that may be used.
};

DRAGLINE_DECL const std::error_category& error_category() noexcept;

inline std::error_code make_error_code(errc code) noexcept {
    return {static_cast<int>(code), error_category()};
}

}  // namespace dragline::net

template <>
struct std::is_error_code_enum<dragline::net::errc> : std::true_type {};

// ---- dragline/net/impl/error.ipp
// Included by <dragline/net/error.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <string>

namespace dragline::inline v1::net {

DRAGLINE_DECL const std::error_category& error_category() noexcept {
    struct net_category final : category {
        const char* name() const noexcept override { return "dragline.net"; }

        std::string message(int code) const override {
            switch (static_cast<errc>(code)) {
                case errc::invalid_endpoint: return "not an endpoint that can be dialled";
                case errc::no_address: return "no address of a family that may be used";
            }
            return "unknown net error";
        }

        std::error_condition default_error_condition(int code) const noexcept override {
            switch (static_cast<errc>(code)) {
                case errc::invalid_endpoint: return std::errc::invalid_argument;
                case errc::no_address: return condition::resolve_failed;
            }
            return {code, *this};
        }

        phase phase_of(int code) const noexcept override {
            return static_cast<errc>(code) == errc::no_address ? phase::resolve : phase::connect;
        }
    };
    static const net_category instance;
    return instance;
}

}  // namespace dragline::net

#endif

#include <asio/ip/address.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dragline::inline v1::net {

/// A place to connect to. Holds text that was given, not what it resolves to.
class endpoint {
public:
    endpoint() {}

    /// A host name or an address literal (IPv6 with or without brackets, a scope id allowed) and a port.
    endpoint(std::string_view host, std::uint16_t port);
    endpoint(const asio::ip::address& address, std::uint16_t port);

    /// The Unix socket at `path`.
    static endpoint local_socket(std::string_view path);

    /// Reads "host:port", "address:port" or "[v6 address]:port". Errors: errc::invalid_endpoint.
    static result<endpoint> parse(std::string_view text);

    bool is_local_socket() const noexcept { return local_; }

    /// The name as given, an address in its usual spelling without brackets, or the path of the socket.
    const std::string& host() const noexcept { return host_; }
    std::uint16_t port() const noexcept { return port_; }

    /// The address, where the host is a literal.
    const std::optional<asio::ip::address>& address() const noexcept { return address_; }

    /// "host:port", "[v6]:port" or the path.
    std::string to_string() const;

    friend bool operator==(const endpoint& a, const endpoint& b) noexcept {
        return a.local_ == b.local_ && a.port_ == b.port_ && a.host_ == b.host_;
    }

private:
    std::string host_;
    std::optional<asio::ip::address> address_;
    std::uint16_t port_ = 0;
    bool local_ = false;
};

}  // namespace dragline::net

// ---- dragline/net/impl/endpoint.ipp
// Included by <dragline/net/endpoint.hpp> only.


#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::net {

DRAGLINE_DECL endpoint::endpoint(std::string_view host, std::uint16_t port) : host_(host), port_(port) {
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host_ = host.substr(1, host.size() - 2);
    std::error_code ec;
    if (auto literal = asio::ip::make_address(host_, ec); !ec) {
        address_ = literal;
        host_ = literal.to_string();
    }
}

DRAGLINE_DECL endpoint::endpoint(const asio::ip::address& address, std::uint16_t port)
    : host_(address.to_string()), address_(address), port_(port) {}

DRAGLINE_DECL endpoint endpoint::local_socket(std::string_view path) {
    endpoint made;
    made.host_ = path;
    made.local_ = true;
    return made;
}

DRAGLINE_DECL result<endpoint> endpoint::parse(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == text.npos || colon == 0) return errc::invalid_endpoint;
    const auto host = text.substr(0, colon);
    const auto port = ascii::parse_number<std::uint16_t>(text.substr(colon + 1));
    const bool bracketed = host.front() == '[' && host.back() == ']';
    if (!port || (!bracketed && host.find(':') != host.npos)) return errc::invalid_endpoint;
    endpoint made(host, *port);
    if (bracketed && !(made.address_ && made.address_->is_v6())) return errc::invalid_endpoint;
    return made;
}

DRAGLINE_DECL std::string endpoint::to_string() const {
    if (local_) return host_;
    const bool brackets = address_ && address_->is_v6();
    return (brackets ? '[' + host_ + ']' : host_) + ':' + std::to_string(port_);
}

}  // namespace dragline::net

#endif

#include <asio/any_io_executor.hpp>
#include <asio/buffer.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace dragline::inline v1::net {

/// A connected byte stream. Also an Asio AsyncReadStream and AsyncWriteStream, so asio::async_read and its
/// kin work.
///
/// Moveable; an operation keeps what it needs, so a stream may be destroyed or moved while one is under way:
/// destroying it closes the connection. One read and one write at a time. Threads: operations may be started
/// on any thread; every other member belongs to the loop's.
class stream {
public:
    using executor_type = asio::any_io_executor;

    stream() = default;
    explicit stream(std::shared_ptr<detail::stream_layer> layer) noexcept : layer_(std::move(layer)) {}
    stream(stream&&) = default;
    stream& operator=(stream&& other) noexcept;
    ~stream() { close(); }

    executor_type get_executor() const noexcept { return layer_->get_executor(); }
    bool is_open() const noexcept { return layer_ && layer_->is_open(); }

    /// Closes at once: operations under way end with operation_aborted. A closed stream stays closed.
    void close() noexcept {
        if (layer_) layer_->close();
    }

    /// Reads at least one byte into the first buffer of `buffers` that is not empty: void(error_code,
    /// size_t).
    ///
    /// Errors: asio::error::eof at the peer's end; over TLS tls::errc::truncated when it came without
    /// close_notify. Cancel: any type; nothing is consumed.
    template <class MutableBufferSequence, class Token = default_token>
    auto async_read_some(const MutableBufferSequence& buffers, Token&& token = {}) {
        return async::initiate<std::size_t>(get_executor(), &read_body, std::forward<Token>(token), layer_,
                                            first_of<asio::mutable_buffer>(buffers));
    }

    /// Writes the first buffer of `buffers` that is not empty, whole: void(error_code, size_t).
    ///
    /// Cancel: any type; how much went out is then unknown, so close the stream.
    template <class ConstBufferSequence, class Token = default_token>
    auto async_write_some(const ConstBufferSequence& buffers, Token&& token = {}) {
        return async::initiate<std::size_t>(get_executor(), &write_body, std::forward<Token>(token), layer_,
                                            first_of<asio::const_buffer>(buffers));
    }

    /// Ends the sending side: void(error_code). Over TLS sends close_notify first.
    template <class Token = default_token>
    auto async_shutdown(Token&& token = {}) {
        return async::initiate<void>(get_executor(), &shutdown_body, std::forward<Token>(token), layer_);
    }

    /// What the library's own coroutines use: reads and writes under a deadline, without an operation.
    detail::stream_layer& layer() const noexcept { return *layer_; }

private:
    using layer_pointer = std::shared_ptr<detail::stream_layer>;

    template <class Buffer, class Sequence>
    static Buffer first_of(const Sequence& buffers) {
        for (auto at = asio::buffer_sequence_begin(buffers); at != asio::buffer_sequence_end(buffers); ++at) {
            if (Buffer buffer(*at); buffer.size() > 0) return buffer;
        }
        return Buffer();
    }

    static asio::awaitable<result<std::size_t>> read_body(layer_pointer layer, asio::mutable_buffer into);
    static asio::awaitable<result<std::size_t>> write_body(layer_pointer layer, asio::const_buffer from);
    static asio::awaitable<result<void>> shutdown_body(layer_pointer layer);

    layer_pointer layer_;
};

}  // namespace dragline::net

// ---- dragline/net/impl/stream.ipp
// Included by <dragline/net/stream.hpp> only.

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::net {

DRAGLINE_DECL stream& stream::operator=(stream&& other) noexcept {
    if (this != &other) close();
    layer_ = std::move(other.layer_);
    return *this;
}

DRAGLINE_DECL asio::awaitable<result<std::size_t>> stream::read_body(layer_pointer layer,
                                                                     asio::mutable_buffer into) {
    if (into.size() == 0) co_return std::size_t{0};
    auto reading = layer->read_some(into, async::no_deadline, phase::read);
    co_return co_await std::move(reading);
}

DRAGLINE_DECL asio::awaitable<result<std::size_t>> stream::write_body(layer_pointer layer,
                                                                      asio::const_buffer from) {
    const detail::gather pieces{from, asio::const_buffer()};
    auto writing = layer->write(pieces, async::no_deadline, phase::write);
    auto written = co_await std::move(writing);
    if (!written) co_return written.error();
    co_return from.size();
}

DRAGLINE_DECL asio::awaitable<result<void>> stream::shutdown_body(layer_pointer layer) {
    auto ending = layer->shutdown(async::no_deadline);
    co_return co_await std::move(ending);
}

}  // namespace dragline::net

#endif
// ---- dragline/tls/peer_info.hpp
// Who is at the other end of a TLS connection. Start with `peer_info`, from engine::peer().


#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dragline::inline v1::tls {

namespace detail {
struct peer_state;
}

/// One certificate in readable form. Bytes that are no printable text arrive escaped (RFC 4514), so every
/// text is safe to print.
struct certificate_info {
    certificate_info() {}

    std::string subject;  ///< Distinguished name in one line, as "CN=example.com,O=Example" (RFC 2253 order).
    std::string issuer;
    std::string subject_common_name;  ///< The last CN of the subject; may be empty.
    std::string issuer_common_name;
    std::string serial;  ///< In upper-case hexadecimal.
    std::chrono::system_clock::time_point not_before;
    std::chrono::system_clock::time_point not_after;  ///< Clamped to the range of the clock.
    std::vector<std::string> names;                   ///< DNS names it is for, wildcards as they stand.
    std::vector<std::string> addresses;               ///< IP addresses it is for.
    std::string der;                                  ///< The certificate itself.
};

/// What a handshake agreed on, and the peer's certificates. A cheap handle that outlives its engine; empty
/// for a connection without TLS. After a failed verification it still has the chain that was refused.
class peer_info {
public:
    peer_info() noexcept {}

    explicit operator bool() const noexcept { return state_ != nullptr; }

    std::string_view version() const noexcept;  ///< "TLSv1.3"
    std::string_view cipher() const noexcept;   ///< "TLS_AES_256_GCM_SHA384"
    std::string_view alpn() const noexcept;     ///< "h2"; empty when none was agreed.
    bool resumed() const noexcept;              ///< Whether a ticket spared the full handshake.

    /// The certificates as the peer sent them, its own first. Read at each call: keep the result.
    std::vector<certificate_info> chain() const;

private:
    friend class engine;
    explicit peer_info(std::shared_ptr<const detail::peer_state> state) : state_(std::move(state)) {}

    std::shared_ptr<const detail::peer_state> state_;
};

}  // namespace dragline::inline v1::tls

// ---- dragline/tls/impl/peer_info.ipp
// Included by <dragline/tls/peer_info.hpp> only.

// ---- dragline/tls/detail/openssl.hpp
// Owners of OpenSSL's objects, for bodies. Empty where bodies are compiled elsewhere, so that users of the
// compiled library never read OpenSSL's headers.


#if DRAGLINE_HEADER_BODIES

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <climits>
#include <cstddef>
#include <memory>
#include <string_view>

namespace dragline::inline v1::tls::detail {

template <auto Free>
struct freed_by {
    template <class Object>
    void operator()(Object* object) const noexcept {
        Free(object);
    }
};

inline void free_chain(STACK_OF(X509) * chain) noexcept { sk_X509_pop_free(chain, X509_free); }
inline void free_names(GENERAL_NAMES* names) noexcept { GENERAL_NAMES_free(names); }
inline void free_big_number_text(char* text) noexcept { OPENSSL_free(text); }

using bio_pointer = std::unique_ptr<BIO, freed_by<BIO_free>>;
using chain_pointer = std::unique_ptr<STACK_OF(X509), freed_by<free_chain>>;
using key_pointer = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using octet_string_pointer = std::unique_ptr<ASN1_OCTET_STRING, freed_by<ASN1_OCTET_STRING_free>>;
using ssl_context_pointer = std::unique_ptr<SSL_CTX, freed_by<SSL_CTX_free>>;
using ssl_pointer = std::unique_ptr<SSL, freed_by<SSL_free>>;
using x509_pointer = std::unique_ptr<X509, freed_by<X509_free>>;

// The queue belongs to the thread: stale entries would be taken for the next failure, by us or by others.
inline void clear_errors() noexcept {
    if (ERR_peek_error() != 0) ERR_clear_error();
}

// Reads the text in place; it must outlive the BIO.
inline bio_pointer bio_over(std::string_view text) noexcept {
    // A negative size would mean "up to the next zero byte".
    const std::size_t size = std::min<std::size_t>(text.size(), INT_MAX);
    return bio_pointer(BIO_new_mem_buf(text.empty() ? "" : text.data(), static_cast<int>(size)));
}

// The end of a PEM text shows as "no start line"; any other reason is a block that cannot be read.
inline bool take_end_of_pem() noexcept {
    const unsigned long last = ERR_peek_last_error();
    const bool at_end = ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
    clear_errors();
    return at_end;
}

// Without it OpenSSL asks for the password of an encrypted PEM block on the terminal.
inline int refuse_password(char*, int, int, void*) noexcept { return -1; }

}  // namespace dragline::inline v1::tls::detail

#endif
// ---- dragline/tls/detail/peer_state.hpp
// What peer_info shares: taken from a connection in a few reference counts, read when asked.


#include <string>
#include <string_view>

struct stack_st_X509;
struct x509_st;

namespace dragline::inline v1::tls {

struct certificate_info;

namespace detail {

struct peer_state {
    peer_state() = default;
    peer_state(const peer_state&) = delete;
    peer_state& operator=(const peer_state&) = delete;
    ~peer_state();

    std::string_view version;  // OpenSSL's own constants
    std::string_view cipher;
    std::string alpn;
    bool resumed = false;
    stack_st_X509* chain = nullptr;  // owned; may be null
};

DRAGLINE_DECL certificate_info describe_certificate(x509_st* certificate);

/// The subject in one line, for messages.
DRAGLINE_DECL std::string subject_of(const x509_st* certificate);

}  // namespace detail
}  // namespace dragline::inline v1::tls

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <array>
#include <ctime>

namespace dragline::inline v1::tls {
namespace detail {

DRAGLINE_DECL std::string text_of(BIO* memory) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory, &data);
    return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

DRAGLINE_DECL std::string one_line(const X509_NAME* name) {
    const bio_pointer memory(BIO_new(BIO_s_mem()));
    if (!memory || !name) return {};
    // UTF-8 stays readable; controls are escaped.
    X509_NAME_print_ex(memory.get(), name, 0,
                       XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
    return text_of(memory.get());
}

DRAGLINE_DECL std::string printable(const ASN1_STRING* text, unsigned long flags) {
    const bio_pointer memory(BIO_new(BIO_s_mem()));
    if (!memory || !text) return {};
    ASN1_STRING_print_ex(memory.get(), text, flags | ASN1_STRFLGS_ESC_CTRL);
    return text_of(memory.get());
}

DRAGLINE_DECL std::string common_name(const X509_NAME* name) {
    int last = -1;
    for (int at = last; (at = X509_NAME_get_index_by_NID(name, NID_commonName, at)) >= 0;) last = at;
    if (last < 0) return {};
    return printable(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last)), ASN1_STRFLGS_UTF8_CONVERT);
}

DRAGLINE_DECL std::string hexadecimal(const ASN1_INTEGER* number) {
    const std::unique_ptr<BIGNUM, freed_by<BN_free>> value(ASN1_INTEGER_to_BN(number, nullptr));
    if (!value) return {};
    const std::unique_ptr<char, freed_by<free_big_number_text>> text(BN_bn2hex(value.get()));
    return text ? text.get() : std::string();
}

DRAGLINE_DECL std::chrono::system_clock::time_point time_of(const ASN1_TIME* time) noexcept {
    namespace chrono = std::chrono;
    using clock = chrono::system_clock;
    std::tm parts{};
    if (!time || ASN1_TIME_to_tm(time, &parts) != 1) return {};
    const auto day = chrono::sys_days(chrono::year(parts.tm_year + 1900) /
                                      chrono::month(static_cast<unsigned>(parts.tm_mon + 1)) /
                                      chrono::day(static_cast<unsigned>(parts.tm_mday)));
    const chrono::seconds since_epoch = day.time_since_epoch() + chrono::hours(parts.tm_hour) +
                                        chrono::minutes(parts.tm_min) + chrono::seconds(parts.tm_sec);
    // "No end" is written as the year 9999 (RFC 5280, 4.1.2.5), beyond a clock that counts nanoseconds.
    constexpr auto first = chrono::ceil<chrono::seconds>(clock::time_point::min().time_since_epoch());
    constexpr auto last = chrono::floor<chrono::seconds>(clock::time_point::max().time_since_epoch());
    return clock::time_point(chrono::duration_cast<clock::duration>(std::clamp(since_epoch, first, last)));
}

DRAGLINE_DECL std::string ipv6_text(const std::array<unsigned, 8>& groups) {
    // The longest run of two or more zero groups becomes "::" (RFC 5952, 4.2).
    std::size_t gap = groups.size(), gap_size = 1;
    for (std::size_t start = 0; start < groups.size(); ++start) {
        std::size_t end = start;
        while (end < groups.size() && groups[end] == 0) ++end;
        if (end - start > gap_size) gap = start, gap_size = end - start;
    }
    std::string text;
    char group[8];
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (i == gap) {
            text += "::";
            i += gap_size - 1;
            continue;
        }
        BIO_snprintf(group, sizeof group, text.empty() || text.back() == ':' ? "%x" : ":%x", groups[i]);
        text += group;
    }
    return text;
}

DRAGLINE_DECL std::string address_text(const ASN1_OCTET_STRING* bytes) {
    const unsigned char* at = ASN1_STRING_get0_data(bytes);
    const int size = ASN1_STRING_length(bytes);
    if (size == 4) {
        char text[16];
        BIO_snprintf(text, sizeof text, "%u.%u.%u.%u", at[0], at[1], at[2], at[3]);
        return text;
    }
    std::array<unsigned, 8> groups{};
    if (size != 16) return {};
    for (std::size_t i = 0; i < groups.size(); ++i) groups[i] = load_big16(at + 2 * i);
    return ipv6_text(groups);
}

DRAGLINE_DECL void add_alternative_names(certificate_info& info, const X509* certificate) {
    const std::unique_ptr<GENERAL_NAMES, freed_by<free_names>> names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type == GEN_DNS) info.names.push_back(printable(name->d.dNSName, ASN1_STRFLGS_ESC_MSB));
        if (name->type == GEN_IPADD) info.addresses.push_back(address_text(name->d.iPAddress));
    }
}

DRAGLINE_DECL std::string subject_of(const X509* certificate) {
    return certificate ? one_line(X509_get_subject_name(certificate)) : std::string();
}

DRAGLINE_DECL certificate_info describe_certificate(X509* certificate) {
    certificate_info info;
    info.subject = subject_of(certificate);
    info.issuer = one_line(X509_get_issuer_name(certificate));
    info.subject_common_name = common_name(X509_get_subject_name(certificate));
    info.issuer_common_name = common_name(X509_get_issuer_name(certificate));
    info.serial = hexadecimal(X509_get0_serialNumber(certificate));
    info.not_before = time_of(X509_get0_notBefore(certificate));
    info.not_after = time_of(X509_get0_notAfter(certificate));
    add_alternative_names(info, certificate);
    if (const int size = i2d_X509(certificate, nullptr); size > 0) {
        info.der.resize(static_cast<std::size_t>(size));
        auto* to = reinterpret_cast<unsigned char*>(info.der.data());
        i2d_X509(certificate, &to);
    }
    clear_errors();
    return info;
}

DRAGLINE_DECL peer_state::~peer_state() { free_chain(chain); }

}  // namespace detail

DRAGLINE_DECL std::string_view peer_info::version() const noexcept {
    return state_ ? state_->version : std::string_view();
}

DRAGLINE_DECL std::string_view peer_info::cipher() const noexcept {
    return state_ ? state_->cipher : std::string_view();
}

DRAGLINE_DECL std::string_view peer_info::alpn() const noexcept {
    return state_ ? std::string_view(state_->alpn) : std::string_view();
}

DRAGLINE_DECL bool peer_info::resumed() const noexcept { return state_ && state_->resumed; }

DRAGLINE_DECL std::vector<certificate_info> peer_info::chain() const {
    std::vector<certificate_info> all;
    const int count = state_ && state_->chain ? sk_X509_num(state_->chain) : 0;
    all.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i)
        all.push_back(detail::describe_certificate(sk_X509_value(state_->chain, i)));
    return all;
}

}  // namespace dragline::inline v1::tls

#endif

#include <asio/ip/address.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dragline::inline v1::http::detail {

class h1_connection final : public exchange {
public:
    h1_connection(net::stream stream, asio::ip::address address, std::uint16_t port, tls::peer_info peer);

    /// Makes ready for the next exchange; the method decides how the response is framed.
    void start(std::string_view method, const h1::head_limits& limits);

    asio::awaitable<result<void>> write_request(request_view request, stage_limit limit) override;
    asio::awaitable<result<void>> read_head(response_head& into, int max_interim, stage_limit limit) override;
    asio::awaitable<result<std::size_t>> read_body(asio::mutable_buffer into, stage_limit limit) override;
    bool answered() const noexcept override { return answered_; }
    bool reusable() const noexcept override;
    std::uint64_t bytes_sent() const noexcept override { return sent_; }

    /// Nothing has arrived on an idle connection: neither its end nor bytes that nobody asked for.
    bool is_quiet() noexcept { return unread().empty() && stream_.is_open() && !has_input(); }
    void close() noexcept { stream_.close(); }

    /// How long the peer said that it keeps this connection when idle.
    std::optional<std::chrono::seconds> keep_alive() const noexcept { return keep_alive_; }

    const asio::ip::address& peer_address() const noexcept { return address_; }
    std::uint16_t peer_port() const noexcept { return port_; }
    const tls::peer_info& peer_tls() const noexcept { return peer_; }

private:
    static constexpr std::size_t first_size = 8 * 1024;

    std::string_view unread() const noexcept { return {buffer_.data() + begin_, end_ - begin_}; }
    void consume(std::size_t size) noexcept { begin_ += size; }
    asio::awaitable<result<void>> fill(stage_limit limit);
    result<std::size_t> parse_head();
    void take_head(response_head& into);
    asio::awaitable<result<std::size_t>> read_chunked(asio::mutable_buffer into, stage_limit limit);
    asio::awaitable<result<std::size_t>> read_plain(asio::mutable_buffer into, stage_limit limit);
    std::size_t copy_unread(asio::mutable_buffer into) noexcept;
    bool has_input() noexcept;

    net::stream stream_;
    asio::ip::address address_;
    std::uint16_t port_;
    tls::peer_info peer_;

    std::vector<char> buffer_;  // received and not yet used: [begin_, end_)
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::string head_text_;  // of the request; kept for its memory

    std::string method_;
    h1::head_limits limits_;  // those of parser_
    h1::response_head_parser parser_;
    h1::chunked_decoder chunks_;
    h1::body_framing framing_;
    std::string_view pending_chunk_;  // decoded, still in buffer_
    std::uint64_t remaining_ = 0;
    std::uint64_t sent_ = 0;
    std::optional<std::chrono::seconds> keep_alive_;
    bool request_complete_ = false;
    bool answered_ = false;
    bool head_read_ = false;
    bool body_complete_ = false;
};

}  // namespace dragline::http::detail

// ---- dragline/http/detail/impl/h1_connection.ipp
// Included by <dragline/http/detail/h1_connection.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL h1_connection::h1_connection(net::stream stream, asio::ip::address address, std::uint16_t port,
                                           tls::peer_info peer)
    : stream_(std::move(stream)), address_(std::move(address)), port_(port), peer_(std::move(peer)) {}

DRAGLINE_DECL void h1_connection::start(std::string_view method, const h1::head_limits& limits) {
    method_ = method;
    if (limits == limits_) {
        parser_.reset();
    } else {
        parser_ = h1::response_head_parser(limits);
        limits_ = limits;
    }
    framing_ = {};
    remaining_ = 0;
    sent_ = 0;
    request_complete_ = answered_ = head_read_ = body_complete_ = false;
}

DRAGLINE_DECL asio::awaitable<result<void>> h1_connection::write_request(request_view request,
                                                                         stage_limit limit) {
    head_text_.clear();
    h1::append_request_line(head_text_, request.method, request.target);
    h1::append_field(head_text_, "Host", request.host);
    for (const auto& [name, value] : *request.fields) h1::append_field(head_text_, name, value);
    head_text_ += h1::line_end;
    // A small body goes out with its head in one piece: over TLS in one record.
    auto body = request.body;
    if (body.size() <= 4096) {
        head_text_ += body;
        body = {};
    }
    const net::detail::gather pieces{asio::buffer(head_text_), asio::buffer(body)};
    auto writing = stream_.layer().write(pieces, limit.until, limit.where);
    auto written = co_await std::move(writing);
    if (written) {
        sent_ = head_text_.size() + body.size();
        request_complete_ = true;
        co_return written;
    }
    // A peer may answer and stop reading while the body is still sent: what it answered counts. The
    // connection has no further use either way.
    const bool gone =
        written.error() == asio::error::broken_pipe || written.error() == asio::error::connection_reset;
    if (gone && !request.body.empty() && has_input()) co_return result<void>();
    co_return written;
}

// At least one more byte in the buffer, or an error.
DRAGLINE_DECL asio::awaitable<result<void>> h1_connection::fill(stage_limit limit) {
    if (begin_ == end_) begin_ = end_ = 0;
    if (end_ == buffer_.size()) {
        if (begin_ > 0) {
            std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
            end_ -= begin_;
            begin_ = 0;
        } else {
            buffer_.resize(std::max(first_size, 2 * buffer_.size()));
        }
    }
    auto space = asio::buffer(buffer_.data() + end_, buffer_.size() - end_);
    auto reading = stream_.layer().read_some(space, limit.until, limit.where);
    auto size = co_await std::move(reading);
    if (!size) co_return size.error();
    end_ += *size;
    answered_ = true;
    co_return result<void>();
}

// Takes what has come, or its end, without waiting.
DRAGLINE_DECL bool h1_connection::has_input() noexcept {
    if (begin_ == end_) begin_ = end_ = 0;
    if (buffer_.empty()) buffer_.resize(first_size);
    if (end_ == buffer_.size()) return true;
    auto size = stream_.layer().try_read(asio::buffer(buffer_.data() + end_, buffer_.size() - end_));
    if (size) end_ += *size;
    return size.error() != asio::error::would_block;
}

DRAGLINE_DECL result<std::size_t> h1_connection::parse_head() {
    if (begin_ == end_) return std::size_t{0};
    return parser_.parse(unread());
}

DRAGLINE_DECL asio::awaitable<result<void>> h1_connection::read_head(response_head& into, int max_interim,
                                                                     stage_limit limit) {
    for (int interim = 0;;) {
        auto size = parse_head();
        if (!size) co_return size.error();
        if (*size == 0) {
            auto filling = fill(limit);
            auto filled = co_await std::move(filling);
            if (filled) continue;
            if (filled.error() != asio::error::eof) co_return filled;
            co_return answered_ ? make_error_code(h1::errc::truncated)
                                : make_error_code(errc::connection_closed);
        }
        const auto& head = parser_.head();
        auto framing = h1::response_framing(head, method_);
        if (!framing) co_return framing.error();
        if (head.status == 101) co_return errc::unexpected_upgrade;
        if (head.status >= 200) {
            framing_ = *framing;
            take_head(into);
            consume(*size);
            co_return result<void>();
        }
        if (++interim > max_interim) co_return errc::too_many_interim;
        consume(*size);
        parser_.reset();
    }
}

DRAGLINE_DECL void h1_connection::take_head(response_head& into) {
    const auto& head = parser_.head();
    into.status = head.status;
    into.version_minor = head.version_minor;
    into.reason = head.reason;
    std::size_t text_size = 0;
    for (const auto& field : head.fields) text_size += field.name.size() + field.value.size();
    into.headers.clear();
    into.headers.reserve(head.fields.size(), text_size);
    for (const auto& field : head.fields) into.headers.add(field.name, field.value);
    keep_alive_ = h1::keep_alive_timeout(head.fields);
    into.has_body = framing_.kind != h1::body_kind::none;
    into.content_length.reset();
    head_read_ = true;
    switch (framing_.kind) {
        case h1::body_kind::none: body_complete_ = true; break;
        case h1::body_kind::length:
            remaining_ = framing_.length;
            into.content_length = framing_.length;
            body_complete_ = remaining_ == 0;
            break;
        case h1::body_kind::chunked: chunks_.reset(); break;
        case h1::body_kind::until_close: break;
    }
}

DRAGLINE_DECL asio::awaitable<result<std::size_t>> h1_connection::read_body(asio::mutable_buffer into,
                                                                            stage_limit limit) {
    if (body_complete_) co_return std::size_t{0};
    auto reading =
        framing_.kind == h1::body_kind::chunked ? read_chunked(into, limit) : read_plain(into, limit);
    co_return co_await std::move(reading);
}

DRAGLINE_DECL std::size_t h1_connection::copy_unread(asio::mutable_buffer into) noexcept {
    const auto size = std::min(into.size(), end_ - begin_);
    std::memcpy(into.data(), buffer_.data() + begin_, size);
    consume(size);
    return size;
}

DRAGLINE_DECL asio::awaitable<result<std::size_t>> h1_connection::read_plain(asio::mutable_buffer into,
                                                                             stage_limit limit) {
    const bool bounded = framing_.kind == h1::body_kind::length;
    if (bounded && into.size() > remaining_) into = asio::buffer(into, static_cast<std::size_t>(remaining_));
    result<std::size_t> size = copy_unread(into);
    if (*size == 0) {
        // Straight into the caller's memory: the buffer is empty.
        auto reading = stream_.layer().read_some(into, limit.until, limit.where);
        size = co_await std::move(reading);
        if (size.error() == asio::error::eof) {
            if (bounded) co_return h1::errc::truncated;
            body_complete_ = true;
            co_return std::size_t{0};
        }
        if (!size) co_return size;
    }
    if (bounded) {
        remaining_ -= *size;
        body_complete_ = remaining_ == 0;
    }
    co_return size;
}

DRAGLINE_DECL asio::awaitable<result<std::size_t>> h1_connection::read_chunked(asio::mutable_buffer into,
                                                                               stage_limit limit) {
    while (pending_chunk_.empty()) {
        if (begin_ == end_) {
            auto filling = fill(limit);
            auto filled = co_await std::move(filling);
            if (filled.error() == asio::error::eof) co_return h1::errc::truncated;
            if (!filled) co_return filled.error();
        }
        auto step = chunks_.next(unread());
        if (!step) co_return step.error();
        pending_chunk_ = step->data;
        consume(step->consumed);
        if (step->finished) {
            body_complete_ = true;
            co_return std::size_t{0};
        }
    }
    const auto size = std::min(into.size(), pending_chunk_.size());
    std::memcpy(into.data(), pending_chunk_.data(), size);
    pending_chunk_.remove_prefix(size);
    co_return size;
}

DRAGLINE_DECL bool h1_connection::reusable() const noexcept {
    // Bytes beyond the response belong to nobody: the connection could answer the next request with them.
    return request_complete_ && head_read_ && body_complete_ && framing_.persistent && begin_ == end_ &&
           stream_.is_open();
}

}  // namespace dragline::http::detail

#endif

#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace dragline::inline v1::http::detail {

struct pool_limits {
    std::size_t per_host = 10;
    std::size_t total = 256;
    std::size_t waiters = 100'000;
    async::duration idle = std::chrono::seconds(15);
};

class connection_pool {
    struct host;
    struct slot {
        host* owner = nullptr;
        std::unique_ptr<h1_connection> connection;
        async::time_point expires{};
    };
    using slots = std::list<slot>;  // spliced between idle_ and used_, so that reuse allocates nothing

public:
    /// The right to one connection of a host, with or without the connection. Its end closes and frees both.
    class place {
    public:
        place() = default;
        place(place&& other) noexcept : pool_(std::exchange(other.pool_, nullptr)), slot_(other.slot_) {}
        place& operator=(place&& other) noexcept {
            if (this != &other) {
                reset();
                pool_ = std::exchange(other.pool_, nullptr);
                slot_ = other.slot_;
            }
            return *this;
        }
        ~place() { reset(); }

        explicit operator bool() const noexcept { return pool_ != nullptr; }
        h1_connection* connection() const noexcept { return slot_->connection.get(); }
        void put(std::unique_ptr<h1_connection> made) noexcept { slot_->connection = std::move(made); }

        /// Leaves the connection to the next fetch of this host.
        void park(async::time_point now) {
            if (auto* pool = std::exchange(pool_, nullptr)) pool->park(slot_, now);
        }

    private:
        friend class connection_pool;
        place(connection_pool& pool, slots::iterator at) noexcept : pool_(&pool), slot_(at) {}
        void reset() noexcept {
            if (auto* pool = std::exchange(pool_, nullptr)) pool->drop(slot_);
        }

        connection_pool* pool_ = nullptr;
        slots::iterator slot_;
    };

    connection_pool(async::loop_state& loop, pool_limits limits) : loop_(loop), limits_(limits) {}
    connection_pool(const connection_pool&) = delete;
    connection_pool& operator=(const connection_pool&) = delete;

    /// An idle connection of `key`, the newest first, or the place for a new one; waits in turn for either.
    /// `fresh`: no idle one. Errors: make_timeout(phase::queue), dragline::errc::queue_full.
    asio::awaitable<result<place>> acquire(std::string key, bool fresh, async::time_point now,
                                           stage_limit limit, async::interrupter& ending);

    /// Closes every idle connection, and from now on each one that is parked.
    void close() noexcept;

    std::size_t idle() const noexcept { return idle_.size(); }
    std::size_t connections() const noexcept { return idle_.size() + used_.size(); }
    std::size_t waiting() const noexcept { return waiting_; }

private:
    struct waiter;
    using waiters = std::list<waiter*>;
    struct host {
        explicit host(std::string k) : key(std::move(k)) {}
        std::string key;
        std::size_t connections = 0;       // idle, used, or being opened
        std::size_t wanted = 0;            // waiters, wherever they stand in line
        std::deque<slots::iterator> idle;  // the oldest in front
        waiters waiting;
    };
    struct waiter {
        waiter(connection_pool& owner, host& wanted, bool wants_fresh);
        ~waiter();
        connection_pool& pool;
        async::event wake;
        host& target;
        bool fresh;
        std::uint64_t order;  // of arrival
        waiters* line;        // the one it stands in, while nothing is granted
        waiters::iterator at;
        place granted;
    };

    host& host_of(std::string&& key);
    std::optional<place> take_idle(host& from, async::time_point now);
    bool has_room(const host& wanted) const noexcept { return wanted.connections < limits_.per_host; }
    std::optional<place> open_place(host& wanted);
    place add_place(host& wanted);
    void evict(slots::iterator oldest) noexcept;
    void prune(async::time_point now) noexcept;
    void park(slots::iterator at, async::time_point now);
    void drop(slots::iterator at) noexcept;
    static bool is_earlier(const waiters& line, const waiters& other) noexcept;
    static void move_first(waiters& from, waiters& to);
    void grant(waiters& line, place granted);
    void serve_waiters(host& freed);
    void forget_if_unused(host& left) noexcept;

    async::loop_state& loop_;
    pool_limits limits_;
    std::unordered_map<std::string_view, std::unique_ptr<host>> hosts_;  // the keys stand in the hosts
    slots idle_;  // the one that was parked first is in front
    slots used_;
    waiters waiting_for_total_;
    std::size_t waiting_ = 0;
    std::uint64_t arrivals_ = 0;
    bool closed_ = false;
};

}  // namespace dragline::http::detail

// ---- dragline/http/detail/impl/connection_pool.ipp
// Included by <dragline/http/detail/connection_pool.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <utility>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL connection_pool::host& connection_pool::host_of(std::string&& key) {
    if (auto found = hosts_.find(key); found != hosts_.end()) return *found->second;
    auto made = std::make_unique<host>(std::move(key));
    auto& added = *made;
    hosts_.emplace(added.key, std::move(made));
    return added;
}

DRAGLINE_DECL void connection_pool::forget_if_unused(host& left) noexcept {
    if (left.connections == 0 && left.wanted == 0) hosts_.erase(left.key);
}

DRAGLINE_DECL std::optional<connection_pool::place> connection_pool::take_idle(host& from,
                                                                               async::time_point now) {
    while (!from.idle.empty()) {
        const auto at = from.idle.back();
        from.idle.pop_back();
        used_.splice(used_.end(), idle_, at);
        place taken(*this, at);
        if (at->expires > now && at->connection->is_quiet()) return taken;
        // Keeps the host alive while its last spent connection goes.
        ++from.connections;
        taken = place();
        --from.connections;
    }
    return std::nullopt;
}

DRAGLINE_DECL connection_pool::place connection_pool::add_place(host& wanted) {
    ++wanted.connections;
    used_.emplace_back();
    used_.back().owner = &wanted;
    return place(*this, std::prev(used_.end()));
}

DRAGLINE_DECL std::optional<connection_pool::place> connection_pool::open_place(host& wanted) {
    // An idle connection in the way goes: one of this host that is not good enough for a fresh one, or
    // the oldest of all, which may be of this host too.
    if (!has_room(wanted)) {
        if (wanted.idle.empty()) return std::nullopt;
        evict(wanted.idle.front());
    }
    if (connections() >= limits_.total) {
        if (idle_.empty()) return std::nullopt;
        evict(idle_.begin());
    }
    return add_place(wanted);
}

// The oldest of all is also the oldest of its host.
DRAGLINE_DECL void connection_pool::evict(slots::iterator oldest) noexcept {
    auto& owner = *oldest->owner;
    owner.idle.pop_front();
    --owner.connections;
    idle_.erase(oldest);
    forget_if_unused(owner);
}

DRAGLINE_DECL void connection_pool::prune(async::time_point now) noexcept {
    while (!idle_.empty() && idle_.front().expires <= now) evict(idle_.begin());
}

DRAGLINE_DECL connection_pool::waiter::waiter(connection_pool& owner, host& wanted, bool wants_fresh)
    : pool(owner),
      wake(owner.loop_),
      target(wanted),
      fresh(wants_fresh),
      order(owner.arrivals_++),
      line(owner.has_room(wanted) ? &owner.waiting_for_total_ : &wanted.waiting),
      at(line->insert(line->end(), this)) {
    ++pool.waiting_;
    ++target.wanted;
}

DRAGLINE_DECL connection_pool::waiter::~waiter() {
    --pool.waiting_;
    --target.wanted;
    if (line) line->erase(at);
    if (!granted) pool.forget_if_unused(target);
}

DRAGLINE_DECL asio::awaitable<result<connection_pool::place>> connection_pool::acquire(
    std::string key, bool fresh, async::time_point now, stage_limit limit, async::interrupter& ending) {
    auto& wanted = host_of(std::move(key));
    if (!fresh) {
        if (auto idle = take_idle(wanted, now)) co_return *std::move(idle);
    }
    ++wanted.wanted;  // not to be forgotten while idle connections go
    prune(now);
    auto opened = open_place(wanted);
    --wanted.wanted;
    if (opened) co_return *std::move(opened);
    if (waiting_ >= limits_.waiters) co_return forget_if_unused(wanted), dragline::errc::queue_full;

    waiter mine(*this, wanted, fresh);
    async::interrupter::scope scope(
        ending, [](void* self) noexcept { static_cast<waiter*>(self)->wake.notify(); }, &mine);
    auto waiting = mine.wake.wait(limit.until, phase::queue);
    auto woken = co_await std::move(waiting);
    if (mine.granted) co_return std::move(mine.granted);
    if (!woken) co_return woken.error();
    co_return asio::error::operation_aborted;
}

DRAGLINE_DECL void connection_pool::park(slots::iterator at, async::time_point now) {
    auto& owner = *at->owner;
    if (closed_ || is_earlier(waiting_for_total_, owner.waiting)) return drop(at);
    if (!owner.waiting.empty()) {
        if (owner.waiting.front()->fresh) return drop(at);
        return grant(owner.waiting, place(*this, at));
    }
    auto idle = limits_.idle;
    if (const auto said = at->connection->keep_alive()) {
        // A second before the peer does it, so that no request meets a closing connection.
        idle = std::max(async::duration::zero(),
                        std::chrono::duration_cast<async::duration>(*said) - std::chrono::seconds(1));
    }
    at->expires = async::deadline_after(now, idle);
    idle_.splice(idle_.end(), used_, at);
    owner.idle.push_back(at);
}

DRAGLINE_DECL void connection_pool::drop(slots::iterator at) noexcept {
    auto& owner = *at->owner;
    --owner.connections;
    used_.erase(at);
    serve_waiters(owner);
}

DRAGLINE_DECL void connection_pool::grant(waiters& line, place granted) {
    auto* next = line.front();
    line.pop_front();
    next->line = nullptr;
    next->granted = std::move(granted);
    next->wake.notify();
}

DRAGLINE_DECL bool connection_pool::is_earlier(const waiters& line, const waiters& other) noexcept {
    return !line.empty() && (other.empty() || line.front()->order < other.front()->order);
}

DRAGLINE_DECL void connection_pool::move_first(waiters& from, waiters& to) {
    auto* moved = from.front();
    const auto place = std::find_if(to.begin(), to.end(),
                                    [moved](const waiter* other) { return other->order > moved->order; });
    to.splice(place, from, from.begin());
    moved->line = &to;
}

// One place has become free. Who waits for a host that is full stands in that host's line, all others in the
// session's.
DRAGLINE_DECL void connection_pool::serve_waiters(host& freed) {
    if (!closed_ && !freed.waiting.empty()) move_first(freed.waiting, waiting_for_total_);
    while (!closed_ && !waiting_for_total_.empty()) {
        auto& target = waiting_for_total_.front()->target;
        if (has_room(target)) {
            grant(waiting_for_total_, add_place(target));
            break;
        }
        move_first(waiting_for_total_, target.waiting);  // it has filled up meanwhile
    }
    forget_if_unused(freed);
}

DRAGLINE_DECL void connection_pool::close() noexcept {
    closed_ = true;
    while (!idle_.empty()) evict(idle_.begin());
}

}  // namespace dragline::http::detail

#endif
// ---- dragline/http/detail/redirect_machine.hpp
// Decides what follows a response: nothing, another request, or an error (RFC 9110, 15.4). No I/O.

// ---- dragline/http/options.hpp
// The knobs of one fetch. Every one has a default, and every duration may be no_limit.

// ---- dragline/http/trace.hpp
// What a fetch did, hop by hop and attempt by attempt, as plain data: `fetch_options().trace(&t)`.

// ---- dragline/net/connect_trace.hpp
// What connecting did, as plain data: filled also when it fails.


#include <asio/ip/address.hpp>

#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

namespace dragline::inline v1::net {

/// One address that was dialled.
class dial_record {
public:
    dial_record() {}

    asio::ip::address address;
    std::uint16_t port = 0;
    async::duration started{};  ///< Since connecting began.
    async::duration took{};     ///< Until it was connected, failed, or was given up.
    std::error_code ec;         ///< operation_aborted when another address was faster.
};

/// The steps of one connection.
class connect_trace {
public:
    connect_trace() {}

    async::duration resolve{};                ///< Until the first address was known.
    async::duration connect{};                ///< From then until a transport connection stood.
    async::duration tls{};                    ///< The handshake.
    bool tls_resumed = false;                 ///< The handshake used a ticket.
    std::vector<dns::lookup_trace> look_ups;  ///< None for a literal address.
    std::vector<dial_record> dials;           ///< In the order in which they were started.
    dragline::tls::peer_info peer;            ///< With the chain, also when its certificate was refused.
    std::string tls_detail;                   ///< Which certificate check failed, on which certificate.
};

}  // namespace dragline::net

#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

namespace dragline::inline v1::http {

/// One exchange, or one that failed.
class attempt_record {
public:
    attempt_record() {}

    std::string url;                ///< Without user name and password.
    bool reused = false;            ///< On a connection that had carried an exchange before.
    bool retried = false;           ///< This attempt repeats the one before it, which met a stale connection.
    net::connect_trace connection;  ///< Empty when the connection was reused.
    async::duration queue{};        ///< Waiting for a connection or the place for one.
    async::duration first_byte{};   ///< From the request sent to the end of the response head.
    async::duration total{};
    std::uint64_t bytes_sent = 0;      ///< Head and body, before TLS.
    std::uint64_t bytes_received = 0;  ///< Of the body, before decoding.
    int status = 0;                    ///< 0 when no head came.
    std::error_code ec;
};

/// Filled by a fetch, also when it fails. Belongs to the loop until the operation has completed.
class trace {
public:
    trace() {}

    std::vector<attempt_record> attempts;
};

}  // namespace dragline::http
// ---- dragline/tls/options.hpp
// The TLS settings of clients and servers, as plain values. Start with `client_options`.

#include <compare>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dragline::inline v1::tls {

enum class version { tls_1_2, tls_1_3 };

/// How a client speaks TLS and whom it trusts: by default TLS 1.2 or newer, verified against the system
/// store.
///
/// Values compare and order, so they serve as map keys: engines of equal options share one context and its
/// tickets. A bad value is kept and makes context::make_client() fail.
class client_options {
public:
    client_options() {}

    /// Whether the peer must prove its name. Off also means that no trust store is loaded.
    client_options& verify(bool value) { return verify_ = value, *this; }
    bool verify() const noexcept { return verify_; }

    /// CA certificates to trust: a PEM file, a directory of OpenSSL's hashed names, PEM text.
    /// Those that are given add up, and replace the system store. One that is given but empty is an error.
    client_options& ca_file(std::string path) { return ca_file_ = std::move(path), *this; }
    client_options& ca_directory(std::string path) { return ca_directory_ = std::move(path), *this; }
    client_options& ca_pem(std::string text) { return ca_pem_ = std::move(text), *this; }
    const std::optional<std::string>& ca_file() const noexcept { return ca_file_; }
    const std::optional<std::string>& ca_directory() const noexcept { return ca_directory_; }
    const std::optional<std::string>& ca_pem() const noexcept { return ca_pem_; }

    client_options& min_version(version value) { return min_version_ = value, *this; }
    version min_version() const noexcept { return min_version_; }
    client_options& max_version(version value) { return max_version_ = value, *this; }
    version max_version() const noexcept { return max_version_; }

    /// Application protocols to offer, best first (RFC 7301). None: the extension is not sent.
    client_options& alpn(std::vector<std::string> names) { return alpn_ = std::move(names), *this; }
    const std::vector<std::string>& alpn() const noexcept { return alpn_; }

    /// The name to ask for and to verify, instead of the host that is connected to. Empty: that host.
    client_options& server_name(std::string name) { return server_name_ = std::move(name), *this; }
    const std::string& server_name() const noexcept { return server_name_; }

    bool operator==(const client_options&) const = default;
    std::strong_ordering operator<=>(const client_options&) const = default;

private:
    bool verify_ = true;
    version min_version_ = version::tls_1_2;
    version max_version_ = version::tls_1_3;
    std::optional<std::string> ca_file_;
    std::optional<std::string> ca_directory_;
    std::optional<std::string> ca_pem_;
    std::vector<std::string> alpn_;
    std::string server_name_;
};

/// How a server speaks TLS: its certificate and key are needed, the rest has defaults.
class server_options {
public:
    server_options() {}

    /// The server's certificate, then the intermediates, in PEM.
    server_options& certificate_chain_pem(std::string text) { return chain_pem_ = std::move(text), *this; }
    const std::string& certificate_chain_pem() const noexcept { return chain_pem_; }

    /// The key of the first certificate, in PEM, not encrypted.
    server_options& private_key_pem(std::string text) { return key_pem_ = std::move(text), *this; }
    const std::string& private_key_pem() const noexcept { return key_pem_; }

    /// When given, every client must show a certificate from one of these CAs.
    server_options& client_ca_pem(std::string text) { return client_ca_pem_ = std::move(text), *this; }
    const std::optional<std::string>& client_ca_pem() const noexcept { return client_ca_pem_; }

    server_options& min_version(version value) { return min_version_ = value, *this; }
    version min_version() const noexcept { return min_version_; }
    server_options& max_version(version value) { return max_version_ = value, *this; }
    version max_version() const noexcept { return max_version_; }

    /// Application protocols to accept, best first. A client that offers only others is refused.
    server_options& alpn(std::vector<std::string> names) { return alpn_ = std::move(names), *this; }
    const std::vector<std::string>& alpn() const noexcept { return alpn_; }

    bool operator==(const server_options&) const = default;

private:
    std::string chain_pem_;
    std::string key_pem_;
    std::optional<std::string> client_ca_pem_;
    version min_version_ = version::tls_1_2;
    version max_version_ = version::tls_1_3;
    std::vector<std::string> alpn_;
};

}  // namespace dragline::inline v1::tls

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::http {

/// What happens when a body is larger than max_body.
enum class on_limit {
    error,     ///< The fetch fails with errc::body_too_large.
    truncate,  ///< The body ends exactly at the limit, and response::truncated is set.
};

/// How redirects are followed: credentials never leave the scheme, host and port that they were given for.
class redirect_policy {
public:
    /// Follows up to `limit` redirects, never from https to http.
    redirect_policy(int limit = 10) noexcept : limit_(limit) {}

    /// Follows none: a 3xx response is the result.
    static redirect_policy none() noexcept { return redirect_policy(0); }

    /// Lets an https URL lead to an http one.
    redirect_policy& allow_insecure(bool value) { return allow_insecure_ = value, *this; }
    bool allow_insecure() const noexcept { return allow_insecure_; }

    /// 0 for none; with more, the redirect after the last allowed one is errc::too_many_redirects.
    int limit() const noexcept { return limit_; }

private:
    int limit_;
    bool allow_insecure_ = false;
};

/// How fetch_url() makes its request. A value that cannot work is kept and fails the operation.
class fetch_options {
public:
    using duration = async::duration;

    fetch_options() {}

    /// A token such as "PUT", sent as given. Default: GET, or POST with a body.
    fetch_options& method(std::string_view value) { return method_ = value, *this; }
    const std::string& method() const noexcept { return method_; }

    /// Appends a field. One that the library would send itself (Host, User-Agent, Accept, ...) replaces it.
    fetch_options& header(std::string_view name, std::string_view value) {
        return headers_.add(name, value), *this;
    }
    fetch_options& headers(http::fields value) { return headers_ = std::move(value), *this; }
    const http::fields& headers() const noexcept { return headers_; }

    fetch_options& body(http::body value) { return body_ = std::move(value), *this; }
    fetch_options& body(std::string bytes) { return body_ = http::body(std::move(bytes)), *this; }
    const http::body& body() const noexcept { return body_; }

    /// The User-Agent; none is sent when empty. Default: the session's.
    fetch_options& user_agent(std::string_view value) { return user_agent_ = value, *this; }
    const std::optional<std::string>& user_agent() const noexcept { return user_agent_; }

    /// The whole fetch, redirects and waiting for a connection included.
    fetch_options& timeout(duration value) { return timeout_ = value, *this; }
    duration timeout() const noexcept { return timeout_; }

    /// Looking up the name, per hop; the resolver's own total (5 s) stands beside it.
    fetch_options& resolve_timeout(duration value) { return resolve_timeout_ = value, *this; }
    duration resolve_timeout() const noexcept { return resolve_timeout_; }

    /// Opening the transport connection, per hop.
    fetch_options& connect_timeout(duration value) { return connect_timeout_ = value, *this; }
    duration connect_timeout() const noexcept { return connect_timeout_; }

    /// The TLS handshake, per hop.
    fetch_options& tls_timeout(duration value) { return tls_timeout_ = value, *this; }
    duration tls_timeout() const noexcept { return tls_timeout_; }

    /// Sending the request, head and body.
    fetch_options& write_timeout(duration value) { return write_timeout_ = value, *this; }
    duration write_timeout() const noexcept { return write_timeout_; }

    /// From the request sent to the end of the response head.
    fetch_options& first_byte_timeout(duration value) { return first_byte_timeout_ = value, *this; }
    duration first_byte_timeout() const noexcept { return first_byte_timeout_; }

    /// Each wait for more of the body.
    fetch_options& read_timeout(duration value) { return read_timeout_ = value, *this; }
    duration read_timeout() const noexcept { return read_timeout_; }

    /// The body in bytes, decoded; exact to the byte. 0 refuses the first one.
    fetch_options& max_body(std::uint64_t value) { return max_body_ = value, *this; }
    std::uint64_t max_body() const noexcept { return max_body_; }

    fetch_options& on_limit(http::on_limit value) { return on_limit_ = value, *this; }
    http::on_limit on_limit() const noexcept { return on_limit_; }

    fetch_options& redirects(redirect_policy value) { return redirects_ = value, *this; }
    const redirect_policy& redirects() const noexcept { return redirects_; }

    /// Asks for the codings that are built in, and decodes them; off: the body as it was sent.
    fetch_options& decompress(bool value) { return decompress_ = value, *this; }
    bool decompress() const noexcept { return decompress_; }

    /// TLS of this fetch. Default: the session's.
    fetch_options& tls(dragline::tls::client_options value) {
        return tls_ = std::make_shared<const dragline::tls::client_options>(std::move(value)), *this;
    }
    const std::shared_ptr<const dragline::tls::client_options>& tls() const noexcept { return tls_; }

    /// Dials this instead of the URL's host; Host, SNI and the certificate check stay those of the URL.
    fetch_options& connect_to(net::endpoint value) { return connect_to_ = std::move(value), *this; }
    const std::optional<net::endpoint>& connect_to() const noexcept { return connect_to_; }

    /// Neither takes an idle connection nor leaves one.
    fetch_options& fresh_connection(bool value) { return fresh_connection_ = value, *this; }
    bool fresh_connection() const noexcept { return fresh_connection_; }

    /// Repeats an exchange that met a stale idle connection, when nothing was answered and repeating is safe.
    fetch_options& stale_retry(bool value) { return stale_retry_ = value, *this; }
    bool stale_retry() const noexcept { return stale_retry_; }

    fetch_options& head_limits(h1::head_limits value) { return head_limits_ = value, *this; }
    const h1::head_limits& head_limits() const noexcept { return head_limits_; }

    /// Interim (1xx) responses that may come before the final one.
    fetch_options& max_interim(int value) { return max_interim_ = value, *this; }
    int max_interim() const noexcept { return max_interim_; }

    /// Where to record what happens; must outlive the operation.
    fetch_options& trace(http::trace* value) { return trace_ = value, *this; }
    http::trace* trace() const noexcept { return trace_; }

private:
    std::string method_;
    http::fields headers_;
    http::body body_;
    std::optional<std::string> user_agent_;
    std::optional<net::endpoint> connect_to_;
    std::shared_ptr<const dragline::tls::client_options> tls_;
    duration timeout_ = std::chrono::seconds(30);
    duration resolve_timeout_ = no_limit;
    duration connect_timeout_ = std::chrono::seconds(10);
    duration tls_timeout_ = std::chrono::seconds(10);
    duration write_timeout_ = no_limit;
    duration first_byte_timeout_ = no_limit;
    duration read_timeout_ = no_limit;
    std::uint64_t max_body_ = std::uint64_t{64} * 1024 * 1024;
    h1::head_limits head_limits_;
    http::trace* trace_ = nullptr;
    redirect_policy redirects_;
    int max_interim_ = 32;
    http::on_limit on_limit_ = on_limit::error;
    bool decompress_ = true;
    bool fresh_connection_ = false;
    bool stale_retry_ = true;
};

}  // namespace dragline::http

namespace dragline::inline v1 {
using http::fetch_options;
}
// ---- dragline/url/url.hpp
// A parsed URL: one string and where its parts stand in it.

// ---- dragline/url/detail/record.hpp
// A serialised URL and where its parts stand in it: what the parser writes and class url hands out views of.

// ---- dragline/url/detail/scheme.hpp
// The special schemes of the URL Standard and their default ports.

#include <cstdint>
#include <string_view>

namespace dragline::inline v1::url::detail {

enum class scheme_kind : std::uint8_t { other, http, https, ws, wss, ftp, file };

/// `scheme` is in lower case.
constexpr scheme_kind classify_scheme(std::string_view scheme) noexcept {
    if (scheme == "https") return scheme_kind::https;
    if (scheme == "http") return scheme_kind::http;
    if (scheme == "ws") return scheme_kind::ws;
    if (scheme == "wss") return scheme_kind::wss;
    if (scheme == "ftp") return scheme_kind::ftp;
    if (scheme == "file") return scheme_kind::file;
    return scheme_kind::other;
}

/// 0 when the scheme has none.
constexpr std::uint16_t default_port(scheme_kind scheme) noexcept {
    switch (scheme) {
        case scheme_kind::http:
        case scheme_kind::ws: return 80;
        case scheme_kind::https:
        case scheme_kind::wss: return 443;
        case scheme_kind::ftp: return 21;
        case scheme_kind::file:
        case scheme_kind::other: break;
    }
    return 0;
}

}  // namespace dragline::url::detail
// ---- dragline/url/host.hpp
// Hosts: domains, addresses and opaque hosts, checked and in the one spelling that URLs compare by.

// ---- dragline/url/error.hpp
// What can be wrong with a URL. All but two equal std::errc::invalid_argument.


#include <system_error>
#include <type_traits>

namespace dragline::inline v1::url {

/// Why a text is no URL.
enum class errc {
    missing_scheme = 1,  ///< A relative reference, and no base to resolve it against.
    base_not_usable,     ///< A relative reference against a base such as "mailto:", which has no hierarchy.
    missing_host,        ///< Nothing where the host must be: "http://", "http://user@/", "http://:80/".
    invalid_host,        ///< The host has a character that no host may have.
    invalid_ipv4,        ///< The last label is a number, so it must be an IPv4 address, and it is none.
    invalid_ipv6,        ///< What stands in brackets is no IPv6 address, or a bracket is missing.
    ipv6_zone_id,        ///< An IPv6 address with a zone id ("%eth0"): a URL cannot name an interface.
    invalid_port,        ///< The port is no number from 0 to 65535.
    idna_failed,         ///< The host has no ASCII form: IDNA (UTS 46) forbids it.
    idna_not_supported,  ///< The host is not ASCII and this build has no libidn2. Equals not_supported.
    too_long,            ///< Longer than parse_options::max_length(). Equals condition::limit_exceeded.
};

/// The category named "dragline.url".
DRAGLINE_DECL const std::error_category& error_category() noexcept;

inline std::error_code make_error_code(errc code) noexcept {
    return {static_cast<int>(code), error_category()};
}

}  // namespace dragline::url

template <>
struct std::is_error_code_enum<dragline::url::errc> : std::true_type {};

// ---- dragline/url/impl/error.ipp
// Included by <dragline/url/error.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <string>

namespace dragline::inline v1::url {

DRAGLINE_DECL const std::error_category& error_category() noexcept {
    struct url_category final : category {
        const char* name() const noexcept override { return "dragline.url"; }

        std::string message(int code) const override {
            switch (static_cast<errc>(code)) {
                case errc::missing_scheme: return "the URL has no scheme";
                case errc::base_not_usable: return "the base URL has no path to resolve against";
                case errc::missing_host: return "the URL has no host";
                case errc::invalid_host: return "the host of the URL has a forbidden character";
                case errc::invalid_ipv4: return "the host of the URL is a malformed IPv4 address";
                case errc::invalid_ipv6: return "the host of the URL is a malformed IPv6 address";
                case errc::ipv6_zone_id: return "the IPv6 address of the URL has a zone id";
                case errc::invalid_port: return "the port of the URL is no number from 0 to 65535";
                case errc::idna_failed: return "the host of the URL is no valid international name";
                case errc::idna_not_supported: return "international host names need libidn2";
                case errc::too_long: return "the URL is too long";
            }
            return "unknown url error";
        }

        std::error_condition default_error_condition(int code) const noexcept override {
            switch (static_cast<errc>(code)) {
                case errc::idna_not_supported: return std::errc::not_supported;
                case errc::too_long: return condition::limit_exceeded;
                case errc::missing_scheme:
                case errc::base_not_usable:
                case errc::missing_host:
                case errc::invalid_host:
                case errc::invalid_ipv4:
                case errc::invalid_ipv6:
                case errc::ipv6_zone_id:
                case errc::invalid_port:
                case errc::idna_failed: return std::errc::invalid_argument;
            }
            return {code, *this};
        }

        // A URL is read before an operation reaches its first phase.
        phase phase_of(int) const noexcept override { return phase::none; }
    };
    static const url_category instance;
    return instance;
}

}  // namespace dragline::url

#endif

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::url {

/// What stands in the place of the host.
enum class host_kind : std::uint8_t {
    none,    ///< There is no authority: "mailto:a@b.example".
    empty,   ///< The authority is empty: "file:///etc/hosts".
    domain,  ///< A name, ASCII and in lower case.
    ipv4,    ///< Four decimal numbers, whatever the input looked like.
    ipv6,    ///< In brackets, canonical.
    opaque,  ///< The host of a scheme that the standard does not know; only checked and percent-encoded.
};

/// A host as it stands in a URL.
class host {
public:
    host() {}
    host(host_kind kind, std::string text) : kind_(kind), text_(std::move(text)) {}

    host_kind kind() const noexcept { return kind_; }

    /// "example.com", "127.0.0.1", "[::1]".
    const std::string& text() const noexcept { return text_; }

    friend bool operator==(const host&, const host&) = default;

private:
    host_kind kind_ = host_kind::none;
    std::string text_;
};

/// Reads the host of an http(s), ws(s), ftp or file URL: percent-decoded, IDNA applied, in lower case, every
/// spelling of an IPv4 address made canonical. IPv6 addresses stand in brackets; a trailing dot is kept.
///
/// Errors: errc::missing_host, invalid_host, invalid_ipv4, invalid_ipv6, ipv6_zone_id, idna_failed,
/// idna_not_supported.
DRAGLINE_DECL result<host> parse_host(std::string_view text);

/// Reads the host of any other URL: an IPv6 address in brackets, or text that is checked and percent-encoded.
///
/// Errors: errc::invalid_host, invalid_ipv6, ipv6_zone_id.
DRAGLINE_DECL result<host> parse_opaque_host(std::string_view text);

/// As above, but append the text of the host to `out`; after an error `out` may hold a part of it.
DRAGLINE_DECL result<host_kind> append_host(std::string& out, std::string_view text);
DRAGLINE_DECL result<host_kind> append_opaque_host(std::string& out, std::string_view text);

}  // namespace dragline::url

// ---- dragline/url/impl/host.ipp
// Included by <dragline/url/host.hpp> only.

// ---- dragline/url/detail/utf8.hpp
// UTF-8, decoded as the Encoding Standard does it: each maximal piece of a broken sequence is one U+FFFD.


#include <string>
#include <string_view>

namespace dragline::inline v1::url::detail {

inline constexpr char32_t replacement_character = 0xfffd;

constexpr bool is_ascii(char c) noexcept { return static_cast<unsigned char>(c) < 0x80; }
constexpr bool is_ascii(char32_t c) noexcept { return c < 0x80; }

/// Takes the first character off `text`, which must not be empty. `broken` is set when it was malformed.
DRAGLINE_DECL char32_t take_character(std::string_view& text, bool& broken) noexcept;

DRAGLINE_DECL bool is_utf8(std::string_view text) noexcept;
DRAGLINE_DECL std::u32string decode_utf8(std::string_view text);
DRAGLINE_DECL std::string encode_utf8(std::u32string_view text);

}  // namespace dragline::url::detail

// ---- dragline/url/detail/impl/utf8.ipp
// Included by <dragline/url/detail/utf8.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <cstddef>

namespace dragline::inline v1::url::detail {

DRAGLINE_DECL char32_t take_character(std::string_view& text, bool& broken) noexcept {
    const auto byte_at = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte_at(0);
    const std::size_t size = lead < 0x80   ? 1
                             : lead < 0xc2 ? 0
                             : lead < 0xe0 ? 2
                             : lead < 0xf0 ? 3
                             : lead < 0xf5 ? 4
                                           : 0;
    std::size_t taken = 1;
    char32_t value = size < 2 ? lead : lead & (0x7fu >> size);
    // The second byte excludes overlong forms, surrogates and what lies above U+10FFFF.
    unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    unsigned char high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    while (taken < size && taken < text.size() && byte_at(taken) >= low && byte_at(taken) <= high) {
        value = value << 6 | (byte_at(taken) & 0x3f);
        low = 0x80;
        high = 0xbf;
        ++taken;
    }
    text.remove_prefix(taken);
    if (taken == size) return value;
    broken = true;
    return replacement_character;
}

DRAGLINE_DECL bool is_utf8(std::string_view text) noexcept {
    bool broken = false;
    while (!text.empty() && !broken) take_character(text, broken);
    return !broken;
}

DRAGLINE_DECL std::u32string decode_utf8(std::string_view text) {
    std::u32string out;
    bool broken = false;
    while (!text.empty()) out += take_character(text, broken);
    return out;
}

DRAGLINE_DECL std::string encode_utf8(std::u32string_view text) {
    std::string out;
    const auto add = [&out](char32_t bits) { out += static_cast<char>(bits); };
    for (const char32_t c : text) {
        if (c < 0x80) {
            add(c);
        } else if (c < 0x800) {
            add(0xc0 | c >> 6);
            add(0x80 | (c & 0x3f));
        } else if (c < 0x10000) {
            add(0xe0 | c >> 12);
            add(0x80 | (c >> 6 & 0x3f));
            add(0x80 | (c & 0x3f));
        } else {
            add(0xf0 | c >> 18);
            add(0x80 | (c >> 12 & 0x3f));
            add(0x80 | (c >> 6 & 0x3f));
            add(0x80 | (c & 0x3f));
        }
    }
    return out;
}

}  // namespace dragline::url::detail

#endif
// ---- dragline/url/idna.hpp
// International domain names: from what people write to what DNS and Host fields carry.


#include <cstddef>
#include <string>
#include <string_view>

namespace dragline::inline v1::url {

/// The longest name with characters outside ASCII that is looked at, in bytes. No name over 253 bytes exists
/// in DNS, and the cost of IDNA grows with the square of the length.
inline constexpr std::size_t max_international_name = 1024;

/// "Domain to ASCII" of the URL Standard: "B\u00fccher.example" becomes "xn--bcher-kva.example".
///
/// UTS 46, non-transitional, hyphens anywhere, no check of DNS lengths. `name` is UTF-8. A name in ASCII is
/// put in lower case and otherwise left alone, labels that begin with "xn--" included.
///
/// Errors: errc::idna_failed; errc::idna_not_supported for a name outside ASCII when features::idn2 is false.
DRAGLINE_DECL result<std::string> domain_to_ascii(std::string_view name);

}  // namespace dragline::url

// ---- dragline/url/impl/idna.ipp
// Included by <dragline/url/idna.hpp> only. The one file that knows libidn2.

// ---- dragline/url/detail/punycode.hpp
// Punycode (RFC 3492): the ASCII behind "xn--" and the characters that it stands for.


#include <optional>
#include <string>
#include <string_view>

namespace dragline::inline v1::url::detail {

/// `label` must be short: the time grows with the square of its length.
DRAGLINE_DECL std::string encode_punycode(std::u32string_view label);

/// Nothing when `text` is no Punycode.
DRAGLINE_DECL std::optional<std::u32string> decode_punycode(std::string_view text);

}  // namespace dragline::url::detail

// ---- dragline/url/detail/impl/punycode.ipp
// Included by <dragline/url/detail/punycode.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace dragline::inline v1::url::detail {

/// The numbers of Punycode: their base adapts to the deltas seen so far (RFC 3492, 3.3 and 3.4).
class punycode_bias {
public:
    static constexpr std::uint32_t base = 36;

    /// The threshold of the digit at this position, counted in steps of `base`.
    std::uint32_t threshold(std::uint32_t position) const noexcept {
        return position <= bias_ ? 1 : std::min<std::uint32_t>(position - bias_, 26);
    }

    void adapt(std::uint32_t delta, std::uint32_t length) noexcept {
        delta /= first_ ? 700 : 2;
        first_ = false;
        delta += delta / length;
        bias_ = 0;
        for (; delta > 35 * 26 / 2; delta /= 35) bias_ += base;
        bias_ += 36 * delta / (delta + 38);
    }

private:
    std::uint32_t bias_ = 72;
    bool first_ = true;
};

DRAGLINE_DECL void append_punycode_number(std::string& out, std::uint32_t value, const punycode_bias& bias) {
    constexpr std::string_view digits = "abcdefghijklmnopqrstuvwxyz0123456789";
    for (auto position = punycode_bias::base;; position += punycode_bias::base) {
        const auto threshold = bias.threshold(position);
        if (value < threshold) break;
        const auto rest = punycode_bias::base - threshold;
        out += digits[threshold + (value - threshold) % rest];
        value = (value - threshold) / rest;
    }
    out += digits[value];
}

DRAGLINE_DECL std::string encode_punycode(std::u32string_view label) {
    std::string out;
    for (const char32_t c : label) {
        if (c < 0x80) out += static_cast<char>(c);
    }
    auto handled = static_cast<std::uint32_t>(out.size());
    if (handled != 0) out += '-';

    punycode_bias bias;
    char32_t floor = 0x80;
    std::uint32_t delta = 0;
    while (handled < label.size()) {
        char32_t next = 0x10ffff;
        for (const char32_t c : label) {
            if (c >= floor) next = std::min(next, c);
        }
        delta += (next - floor) * (handled + 1);
        for (const char32_t c : label) {
            if (c < next) ++delta;
            if (c != next) continue;
            append_punycode_number(out, delta, bias);
            bias.adapt(delta, ++handled);
            delta = 0;
        }
        ++delta;
        floor = next + 1;
    }
    return out;
}

/// Takes one number off `text`; nothing when it is cut off, has a foreign character or is past 32 bits.
DRAGLINE_DECL std::optional<std::uint32_t> take_punycode_number(std::string_view& text,
                                                                const punycode_bias& bias) {
    std::uint64_t value = 0;
    std::uint64_t weight = 1;
    for (auto position = punycode_bias::base; !text.empty(); position += punycode_bias::base) {
        const char c = ascii::to_lower(text[0]);
        if (!ascii::is_alphanumeric(c)) return std::nullopt;
        const auto digit = static_cast<std::uint32_t>(ascii::is_digit(c) ? c - '0' + 26 : c - 'a');
        text.remove_prefix(1);
        value += digit * weight;
        if (value > UINT32_MAX) return std::nullopt;
        const auto threshold = bias.threshold(position);
        if (digit < threshold) return static_cast<std::uint32_t>(value);
        weight *= punycode_bias::base - threshold;
        if (weight > UINT32_MAX) return std::nullopt;
    }
    return std::nullopt;
}

DRAGLINE_DECL std::optional<std::u32string> decode_punycode(std::string_view text) {
    std::u32string label;
    if (const auto hyphen = text.rfind('-'); hyphen != text.npos) {
        label.assign(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(hyphen));
        text.remove_prefix(hyphen + 1);
    }
    if (!std::all_of(label.begin(), label.end(), [](char32_t c) { return c < 0x80; })) return std::nullopt;

    punycode_bias bias;
    std::uint64_t character = 0x80;
    std::uint64_t index = 0;
    while (!text.empty()) {
        const auto delta = take_punycode_number(text, bias);
        if (!delta) return std::nullopt;
        const auto places = static_cast<std::uint32_t>(label.size()) + 1;
        bias.adapt(*delta, places);
        index += *delta;
        character += index / places;
        index %= places;
        if (character > 0x10ffff || (character >= 0xd800 && character < 0xe000)) return std::nullopt;
        label.insert(label.begin() + static_cast<std::ptrdiff_t>(index), static_cast<char32_t>(character));
        ++index;
    }
    return label;
}

}  // namespace dragline::url::detail

#endif

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <optional>

#if DRAGLINE_WITH_IDN2
#include <idn2.h>

#include <cstdint>
#include <memory>
#endif

namespace dragline::inline v1::url {

#if DRAGLINE_WITH_IDN2
namespace detail {

// libidn2 is stricter than the URL Standard: on top of UTS 46 it applies the rules of IDNA 2008, which know
// no symbols (a snow man) and no hyphens in certain places. So a label that it refuses gets a second chance:
// the pieces that are not ASCII are mapped one by one in transitional mode, where libidn2 leaves those rules
// out, and joined here. The characters that transitional mode would change never enter it, and the label must
// need none of the rules that are lost with the context: those of joiners and of text from right to left.

inline constexpr std::string_view ace_prefix = "xn--";

/// The label in the form that libidn2 gives it, ASCII.
DRAGLINE_DECL std::optional<std::string> idn2_label(std::u32string_view label, int flags) {
    std::uint8_t* mapped = nullptr;
    const std::string text = encode_utf8(label);
    const int failed =
        idn2_lookup_u8(reinterpret_cast<const std::uint8_t*>(text.c_str()), &mapped, flags | IDN2_NFC_INPUT);
    const std::unique_ptr<std::uint8_t, void (*)(void*)> owner(mapped, &idn2_free);
    if (failed != IDN2_OK) return std::nullopt;
    return std::string(reinterpret_cast<const char*>(mapped));
}

/// UTS 46 of today for the few characters that libidn2 maps as an older version did.
DRAGLINE_DECL std::u32string update_mapping(std::u32string_view name) {
    std::u32string out;
    for (const char32_t c : name) {
        switch (c) {
            case 0x04c0: out += char32_t{0x04cf}; break;
            case 0x1e9e: out += char32_t{0x00df}; break;
            case 0x2132: out += char32_t{0x214e}; break;
            case 0x2183: out += char32_t{0x2184}; break;
            case 0x2f868: out += char32_t{0x36fc}; break;
            case 0x2f874: out += char32_t{0x5f53}; break;
            case 0x2f91f: out += char32_t{0x243ab}; break;
            case 0x2f95f: out += char32_t{0x7aee}; break;
            case 0x2f9bf: out += char32_t{0x45d7}; break;
            default:
                if (c >= 0x10a0 && c <= 0x10c5) {
                    out += c - 0x10a0 + 0x2d00;  // Georgian capitals
                } else if (c != 0x180e && !(c >= 0x206a && c <= 0x206f)) {
                    out += c;  // the rest are ignored: they leave no trace
                }
        }
    }
    return out;
}

constexpr bool is_joiner(char32_t c) noexcept { return c == 0x200c || c == 0x200d; }

/// Sharp s and final sigma: what transitional mode changes and, without context, is valid as it is.
constexpr bool is_deviation(char32_t c) noexcept { return c == 0x00df || c == 0x03c2; }

constexpr bool is_right_to_left(char32_t c) noexcept {
    return (c >= 0x0590 && c < 0x0900) || (c >= 0xfb1d && c < 0xfe00) || (c >= 0xfe70 && c < 0xff00) ||
           (c >= 0x10800 && c < 0x11000) || (c >= 0x1e800 && c < 0x1f000);
}

DRAGLINE_DECL bool is_ascii_text(std::u32string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char32_t c) { return is_ascii(c); });
}

DRAGLINE_DECL std::optional<std::string> label_to_ascii(std::u32string_view label);

/// A label in ASCII and lower case, as it stands; one that begins with "xn--" must be what its own decoded
/// form encodes to.
DRAGLINE_DECL std::optional<std::string> check_ascii_label(std::u32string_view text) {
    const std::string label = ascii::to_lower(std::string(text.begin(), text.end()));
    if (!label.starts_with(ace_prefix)) return label;
    const auto decoded = decode_punycode(std::string_view(label).substr(ace_prefix.size()));
    if (!decoded || is_ascii_text(*decoded) || label_to_ascii(*decoded) != label) return std::nullopt;
    return label;
}

/// True when a run of characters outside ASCII can change what stands before it: a letter by an accent, one
/// of three signs by a stroke.
DRAGLINE_DECL bool may_compose(char32_t before, std::u32string_view run) noexcept {
    if (!is_ascii(before)) return false;
    const bool has_stroke = run.find(char32_t{0x0338}) != run.npos;
    return ascii::is_alphanumeric(static_cast<char>(before)) ||
           (has_stroke && before >= U'<' && before <= U'>');
}

/// Appends the mapped form of a run of characters outside ASCII, together with what it may be an accent on.
DRAGLINE_DECL bool append_mapped_run(std::u32string& out, std::u32string_view run) {
    std::u32string piece;
    if (!out.empty() && may_compose(out.back(), run)) {
        piece += out.back();
        out.pop_back();
    }
    const auto mapped = idn2_label(piece.append(run), IDN2_TRANSITIONAL);
    if (!mapped) return false;
    if (!mapped->starts_with(ace_prefix)) {
        out.append(mapped->begin(), mapped->end());
        return true;
    }
    const auto decoded = decode_punycode(std::string_view(*mapped).substr(ace_prefix.size()));
    if (decoded) out += *decoded;
    return decoded.has_value();
}

DRAGLINE_DECL std::optional<std::string> piecewise_label(std::u32string_view label) {
    const auto needs_context = [](char32_t c) { return is_joiner(c) || is_right_to_left(c); };
    if (std::any_of(label.begin(), label.end(), needs_context)) return std::nullopt;
    std::u32string out;
    while (!label.empty()) {
        const auto is_kept = [](char32_t c) { return is_ascii(c) || is_deviation(c); };
        const auto run_end = std::find_if(label.begin(), label.end(), is_kept);
        const auto run = label.substr(0, static_cast<std::size_t>(run_end - label.begin()));
        label.remove_prefix(run.size());
        if (!run.empty()) {
            if (!append_mapped_run(out, run)) return std::nullopt;
            continue;
        }
        out += is_ascii(label[0]) ? static_cast<char32_t>(ascii::to_lower(static_cast<char>(label[0])))
                                  : label[0];
        label.remove_prefix(1);
    }
    if (is_ascii_text(out)) return check_ascii_label(out);
    if (out.starts_with(U"xn--")) return std::nullopt;
    return std::string(ace_prefix) + encode_punycode(out);
}

/// One label, of which libidn2 need not accept every character.
DRAGLINE_DECL std::optional<std::string> label_to_ascii(std::u32string_view label) {
    if (is_ascii_text(label)) return check_ascii_label(label);
    if (auto strict = idn2_label(label, IDN2_NONTRANSITIONAL)) return strict;
    return piecewise_label(label);
}

DRAGLINE_DECL std::optional<std::string> labels_to_ascii(std::u32string_view name) {
    std::string out;
    for (;;) {
        const auto dot = name.find_first_of(U".\u3002\uff0e\uff61");  // the four dots of IDNA
        const auto label = label_to_ascii(name.substr(0, dot));
        if (!label) return std::nullopt;
        out += *label;
        if (dot == name.npos) return out;
        out += '.';
        name.remove_prefix(dot + 1);
    }
}

}  // namespace detail
#endif

DRAGLINE_DECL result<std::string> domain_to_ascii(std::string_view name) {
    if (std::all_of(name.begin(), name.end(), [](char c) { return detail::is_ascii(c); })) {
        return ascii::to_lower(name);
    }
#if DRAGLINE_WITH_IDN2
    // libidn2 reads up to the first zero.
    if (name.size() > max_international_name || name.find('\0') != name.npos) return errc::idna_failed;
    auto out = detail::labels_to_ascii(detail::update_mapping(detail::decode_utf8(name)));
    if (!out || out->empty()) return errc::idna_failed;
    return std::move(*out);
#else
    return errc::idna_not_supported;
#endif
}

}  // namespace dragline::url

#endif
// ---- dragline/url/ipv4.hpp
// IPv4 addresses as URLs spell them: also in one to three parts, octal and hexadecimal.


#include <cstdint>
#include <string>
#include <string_view>

namespace dragline::inline v1::url {

/// True when the URL Standard takes this host for an IPv4 address, good or bad: its last label is a number.
DRAGLINE_DECL bool ends_in_number(std::string_view host) noexcept;

/// Reads any spelling: "127.0.0.1", "127.1", "0x7f000001", "017700000001". One trailing dot is allowed.
///
/// Errors: errc::invalid_ipv4.
DRAGLINE_DECL result<std::uint32_t> parse_ipv4(std::string_view host) noexcept;

/// Appends the canonical spelling, four decimal numbers.
DRAGLINE_DECL void append_ipv4(std::string& out, std::uint32_t address);

}  // namespace dragline::url

// ---- dragline/url/impl/ipv4.ipp
// Included by <dragline/url/ipv4.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace dragline::inline v1::url {
namespace detail {

/// One number of an address: "0x" is zero, a number past 32 bits is the largest 64-bit one, so it fits
/// nowhere.
DRAGLINE_DECL std::optional<std::uint64_t> parse_ipv4_number(std::string_view text) noexcept {
    if (text.empty()) return std::nullopt;
    int base = 10;
    if (text.size() > 1 && text[0] == '0') {
        const bool hexadecimal = ascii::to_lower(text[1]) == 'x';
        base = hexadecimal ? 16 : 8;
        text.remove_prefix(hexadecimal ? 2 : 1);
        if (text.empty()) return 0;
    }
    const auto is_foreign = [base](char c) {
        const int digit = ascii::hex_value(c);
        return digit < 0 || digit >= base;
    };
    if (std::any_of(text.begin(), text.end(), is_foreign)) return std::nullopt;
    return ascii::parse_number<std::uint64_t>(text, base).value_or(std::numeric_limits<std::uint64_t>::max());
}

}  // namespace detail

DRAGLINE_DECL bool ends_in_number(std::string_view host) noexcept {
    if (host.ends_with('.')) host.remove_suffix(1);
    const auto last = host.substr(host.rfind('.') + 1);  // npos + 1 is 0
    if (last.empty() || !ascii::is_digit(last[0])) return false;
    return std::all_of(last.begin(), last.end(), ascii::is_digit) || detail::parse_ipv4_number(last);
}

DRAGLINE_DECL result<std::uint32_t> parse_ipv4(std::string_view host) noexcept {
    if (host.size() > 1 && host.ends_with('.')) host.remove_suffix(1);
    std::uint64_t address = 0;
    for (int missing = 4; missing > 0; --missing) {
        const auto dot = host.find('.');
        const auto number = detail::parse_ipv4_number(host.substr(0, dot));
        if (!number) return errc::invalid_ipv4;
        if (dot == host.npos) {
            // The last number fills every byte that is left.
            if (*number >> (8 * missing) != 0) return errc::invalid_ipv4;
            return static_cast<std::uint32_t>(address << (8 * missing) | *number);
        }
        if (*number > 255) return errc::invalid_ipv4;
        address = address << 8 | *number;
        host.remove_prefix(dot + 1);
    }
    return errc::invalid_ipv4;
}

DRAGLINE_DECL void append_ipv4(std::string& out, std::uint32_t address) {
    char text[sizeof "255.255.255.255"];
    char* end = text;
    for (int shift = 24; shift >= 0; shift -= 8) {
        if (end != text) *end++ = '.';
        end = std::to_chars(end, text + sizeof text, address >> shift & 0xff).ptr;
    }
    out.append(text, static_cast<std::size_t>(end - text));
}

}  // namespace dragline::url

#endif
// ---- dragline/url/ipv6.hpp
// IPv6 addresses as URLs spell them, without the brackets.


#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace dragline::inline v1::url {

/// The eight groups of an IPv6 address, first group first.
using ipv6_groups = std::array<std::uint16_t, 8>;

/// Reads "::1" or "::ffff:192.0.2.1".
///
/// Errors: errc::invalid_ipv6; errc::ipv6_zone_id when there is a '%'.
DRAGLINE_DECL result<ipv6_groups> parse_ipv6(std::string_view text) noexcept;

/// Appends the canonical spelling (RFC 5952, 4): lower case, the first longest run of zero groups as "::".
/// An embedded IPv4 address is written as groups too.
DRAGLINE_DECL void append_ipv6(std::string& out, const ipv6_groups& groups);

}  // namespace dragline::url

// ---- dragline/url/impl/ipv6.ipp
// Included by <dragline/url/ipv6.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace dragline::inline v1::url {
namespace detail {

/// Reads one IPv6 address from left to right.
class ipv6_reader {
public:
    explicit ipv6_reader(std::string_view text) noexcept : text_(text) {}

    bool read() noexcept {
        if (text_.starts_with(':') && !take_gap(2)) return false;
        while (!text_.empty()) {
            if (count_ == groups_.size()) return false;
            if (text_[0] == ':') {
                if (!take_gap(1)) return false;
                continue;
            }
            if (text_.substr(0, hex_digits() + 1).ends_with('.')) return take_ipv4() && fill_gap();
            if (!take_group()) return false;
        }
        return fill_gap();
    }

    const ipv6_groups& groups() const noexcept { return groups_; }

private:
    std::size_t hex_digits() const noexcept {
        std::size_t size = 0;
        while (size < std::min<std::size_t>(text_.size(), 4) && ascii::hex_value(text_[size]) >= 0) ++size;
        return size;
    }

    // "::", of which the first colon may have ended the group before.
    bool take_gap(std::size_t colons) noexcept {
        if (gap_ != no_gap || !text_.starts_with(std::string_view("::").substr(0, colons))) return false;
        text_.remove_prefix(colons);
        gap_ = count_;
        ++count_;  // the gap stands for at least one group
        return true;
    }

    // A group and the colon behind it, which may not be the last character unless a second one follows.
    bool take_group() noexcept {
        const auto size = hex_digits();
        for (const char c : text_.substr(0, size)) {
            groups_[count_] = static_cast<std::uint16_t>(groups_[count_] << 4 | ascii::hex_value(c));
        }
        text_.remove_prefix(size);
        ++count_;
        if (text_.empty()) return size != 0;
        if (size == 0 || text_[0] != ':' || text_.size() == 1) return false;
        text_.remove_prefix(1);
        return true;
    }

    // Four decimal numbers without leading zeros, to the end.
    bool take_ipv4() noexcept {
        if (count_ > groups_.size() - 2) return false;
        for (int part = 0; part < 4; ++part) {
            const auto dot = part == 3 ? text_.size() : text_.find('.');
            const auto digits = text_.substr(0, dot);
            const auto number = ascii::parse_number<std::uint8_t>(digits);
            if (dot == text_.npos || !number || (digits.size() > 1 && digits[0] == '0')) return false;
            groups_[count_] = static_cast<std::uint16_t>(groups_[count_] << 8 | *number);
            if (part % 2 == 1) ++count_;
            text_.remove_prefix(std::min(dot + 1, text_.size()));
        }
        return true;
    }

    bool fill_gap() noexcept {
        if (gap_ == no_gap) return count_ == groups_.size();
        std::rotate(groups_.begin() + gap_, groups_.begin() + count_, groups_.end());
        return true;
    }

    static constexpr std::size_t no_gap = 8;

    std::string_view text_;
    ipv6_groups groups_{};
    std::size_t count_ = 0;  // groups read, the gap counting as one
    std::size_t gap_ = no_gap;
};

struct zero_run {
    std::size_t begin = 0;
    std::size_t size = 0;
};

DRAGLINE_DECL zero_run longest_zero_run(const ipv6_groups& groups) noexcept {
    zero_run longest, current;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (groups[i] != 0) {
            current.size = 0;
            continue;
        }
        if (current.size++ == 0) current.begin = i;
        if (current.size > longest.size) longest = current;
    }
    return longest;
}

}  // namespace detail

DRAGLINE_DECL result<ipv6_groups> parse_ipv6(std::string_view text) noexcept {
    if (text.find('%') != text.npos) return errc::ipv6_zone_id;
    detail::ipv6_reader reader(text);
    if (!reader.read()) return errc::invalid_ipv6;
    return reader.groups();
}

DRAGLINE_DECL void append_ipv6(std::string& out, const ipv6_groups& groups) {
    const auto gap = detail::longest_zero_run(groups);
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (gap.size > 1 && i == gap.begin) {
            out += i == 0 ? "::" : ":";
            i += gap.size - 1;
            continue;
        }
        char text[4];
        const auto end = std::to_chars(text, text + sizeof text, groups[i], 16).ptr;
        out.append(text, static_cast<std::size_t>(end - text));
        if (i + 1 < groups.size()) out += ':';
    }
}

}  // namespace dragline::url

#endif
// ---- dragline/url/percent.hpp
// Percent-encoding: which bytes each part of a URL must escape, and the two directions.


#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace dragline::inline v1::url {

/// A set of bytes to write as %XX. A new one holds the ASCII controls and every byte above '~'.
class percent_set {
public:
    constexpr percent_set() noexcept {
        for (std::size_t byte = 0; byte < encoded_.size(); ++byte)
            encoded_[byte] = byte < 0x20 || byte > 0x7e;
    }

    /// This set and these bytes.
    constexpr percent_set with(std::string_view bytes) const noexcept {
        percent_set wider = *this;
        for (const char c : bytes) wider.encoded_[static_cast<unsigned char>(c)] = true;
        return wider;
    }

    constexpr bool contains(char c) const noexcept { return encoded_[static_cast<unsigned char>(c)]; }

private:
    std::array<bool, 256> encoded_{};
};

// The sets of the URL Standard, 1.3. Use `component_set` for a value that goes into a query or a path.
inline constexpr percent_set c0_control_set;
inline constexpr percent_set fragment_set = c0_control_set.with(" \"<>`");
inline constexpr percent_set query_set = c0_control_set.with(" \"#<>");
inline constexpr percent_set special_query_set = query_set.with("'");
inline constexpr percent_set path_set = query_set.with("?^`{}");
inline constexpr percent_set userinfo_set = path_set.with("/:;=@[\\]|");
inline constexpr percent_set component_set = userinfo_set.with("$%&+,");
inline constexpr percent_set form_set = component_set.with("!'()~");

/// Appends `text` with each byte of `set` as %XX, in upper case.
DRAGLINE_DECL void append_percent_encoded(std::string& out, std::string_view text, const percent_set& set);

/// As above, but returns it.
inline std::string percent_encode(std::string_view text, const percent_set& set = component_set) {
    std::string out;
    append_percent_encoded(out, text, set);
    return out;
}

/// The bytes that `text` stands for. A '%' without two hexadecimal digits stays; the result need not be
/// UTF-8.
DRAGLINE_DECL std::string percent_decode(std::string_view text);

}  // namespace dragline::url

// ---- dragline/url/impl/percent.ipp
// Included by <dragline/url/percent.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::url {

DRAGLINE_DECL void append_percent_encoded(std::string& out, std::string_view text, const percent_set& set) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const char* from = text.data();
    const char* const end = from + text.size();
    for (;;) {
        const char* const stop = std::find_if(from, end, [&set](char c) { return set.contains(c); });
        out.append(from, static_cast<std::size_t>(stop - from));
        if (stop == end) return;
        const auto byte = static_cast<unsigned char>(*stop);
        const char escape[] = {'%', digits[byte >> 4], digits[byte & 15]};
        out.append(escape, sizeof escape);
        from = stop + 1;
    }
}

DRAGLINE_DECL std::string percent_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const int high = text.size() > 2 && text[0] == '%' ? ascii::hex_value(text[1]) : -1;
        const int low = high < 0 ? -1 : ascii::hex_value(text[2]);
        out += low < 0 ? text[0] : static_cast<char>(high << 4 | low);
        text.remove_prefix(low < 0 ? 1 : 3);
    }
    return out;
}

}  // namespace dragline::url

#endif

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <array>
#include <cstddef>

namespace dragline::inline v1::url {
namespace detail {

// What a byte can mean in a host; 0 is nothing special.
inline constexpr std::uint8_t forbidden_byte = 1;         // no host may have it
inline constexpr std::uint8_t forbidden_domain_byte = 2;  // no domain may have it
inline constexpr std::uint8_t percent_byte = 4;
inline constexpr std::uint8_t foreign_byte = 8;  // not ASCII

constexpr std::array<std::uint8_t, 256> make_host_bytes() noexcept {
    std::array<std::uint8_t, 256> kinds{};
    for (std::size_t byte = 0; byte < 0x20; ++byte) kinds[byte] = forbidden_domain_byte;
    for (std::size_t byte = 0x80; byte < 0x100; ++byte) kinds[byte] = foreign_byte;
    for (const char c : std::string_view("\0\t\n\r #/:<>?@[\\]^|", 17)) {
        kinds[static_cast<unsigned char>(c)] = forbidden_byte | forbidden_domain_byte;
    }
    kinds['%'] = forbidden_domain_byte | percent_byte;
    kinds[0x7f] = forbidden_domain_byte;
    return kinds;
}

inline constexpr std::array<std::uint8_t, 256> host_bytes = make_host_bytes();

/// Every kind of byte that occurs in `text`.
DRAGLINE_DECL unsigned host_byte_kinds(std::string_view text) noexcept {
    unsigned kinds = 0;
    for (const char c : text) kinds |= host_bytes[static_cast<unsigned char>(c)];
    return kinds;
}

DRAGLINE_DECL result<host_kind> append_bracketed(std::string& out, std::string_view text) {
    if (text.size() < 2 || !text.ends_with(']')) return errc::invalid_ipv6;
    const auto groups = parse_ipv6(text.substr(1, text.size() - 2));
    if (!groups) return groups.error();
    out += '[';
    append_ipv6(out, *groups);
    out += ']';
    return host_kind::ipv6;
}

/// `domain` is ASCII: percent-decoded, and through IDNA when it needed that.
DRAGLINE_DECL result<host_kind> append_domain(std::string& out, std::string_view domain) {
    if (host_byte_kinds(domain) & forbidden_domain_byte) return errc::invalid_host;
    if (ends_in_number(domain)) {
        const auto address = parse_ipv4(domain);
        if (!address) return address.error();
        append_ipv4(out, *address);
        return host_kind::ipv4;
    }
    const auto begin = static_cast<std::ptrdiff_t>(out.size());
    out.append(domain);
    std::transform(out.begin() + begin, out.end(), out.begin() + begin,
                   [](char c) { return ascii::to_lower(c); });
    return host_kind::domain;
}

}  // namespace detail

DRAGLINE_DECL result<host_kind> append_host(std::string& out, std::string_view text) {
    if (text.empty()) return errc::missing_host;
    if (text[0] == '[') return detail::append_bracketed(out, text);
    const unsigned kinds = detail::host_byte_kinds(text);
    if (!(kinds & (detail::percent_byte | detail::foreign_byte))) return detail::append_domain(out, text);

    std::string decoded = percent_decode(text);
    if (std::all_of(decoded.begin(), decoded.end(), [](char c) { return detail::is_ascii(c); })) {
        return detail::append_domain(out, decoded);
    }
    if (!detail::is_utf8(decoded)) return errc::invalid_host;
    const auto domain = domain_to_ascii(decoded);
    if (!domain) return domain.error();
    return detail::append_domain(out, *domain);
}

DRAGLINE_DECL result<host_kind> append_opaque_host(std::string& out, std::string_view text) {
    if (text.empty()) return host_kind::empty;
    if (text[0] == '[') return detail::append_bracketed(out, text);
    if (detail::host_byte_kinds(text) & detail::forbidden_byte) return errc::invalid_host;
    append_percent_encoded(out, text, c0_control_set);
    return host_kind::opaque;
}

DRAGLINE_DECL result<host> parse_host(std::string_view text) {
    std::string out;
    const auto kind = append_host(out, text);
    if (!kind) return kind.error();
    return host(*kind, std::move(out));
}

DRAGLINE_DECL result<host> parse_opaque_host(std::string_view text) {
    std::string out;
    const auto kind = append_opaque_host(out, text);
    if (!kind) return kind.error();
    return host(*kind, std::move(out));
}

}  // namespace dragline::url

#endif

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dragline::inline v1::url::detail {

// Positions in `href`:
//
//     https://user:pass@example.com:8080/path?query#fragment
//          |      |     |          |    |    |     |
//          |      |     |          |    |    |     fragment_begin
//          |      |     |          |    |    query_begin
//          |      |     |          |    path_begin, also where the authority ends
//          |      |     |          host_end
//          |      |     host_begin
//          |      username_end
//          scheme_end
//
// Without an authority (host_kind::none) the three in the middle are scheme_end + 1, and so is path_begin,
// unless
// "/." keeps a path like "//x" from being read as an authority: then it is scheme_end + 3.
struct record {
    static constexpr std::uint32_t absent = 0xffffffff;

    std::string href;
    std::uint32_t scheme_end = 0;
    std::uint32_t username_end = 0;
    std::uint32_t host_begin = 0;
    std::uint32_t host_end = 0;
    std::uint32_t path_begin = 0;
    std::uint32_t query_begin = absent;
    std::uint32_t fragment_begin = absent;
    std::int32_t port = -1;  // none, or the default of the scheme
    scheme_kind scheme = scheme_kind::other;
    host_kind host = host_kind::none;
    bool opaque_path = false;

    bool is_special() const noexcept { return scheme != scheme_kind::other; }

    std::string_view slice(std::size_t begin, std::size_t end) const {
        return std::string_view(href).substr(begin, end - begin);
    }
    std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(href.size()); }
    std::uint32_t query_end() const noexcept { return fragment_begin != absent ? fragment_begin : size(); }
    std::uint32_t path_end() const noexcept { return query_begin != absent ? query_begin : query_end(); }
    std::uint32_t authority_end() const noexcept { return host == host_kind::none ? host_end : path_begin; }
    /// Where the user name begins.
    std::uint32_t userinfo_begin() const noexcept {
        return host == host_kind::none ? host_begin : scheme_end + 3;
    }

    std::string_view hostname() const { return slice(host_begin, host_end); }
    std::string_view path() const { return slice(path_begin, path_end()); }
};

}  // namespace dragline::url::detail

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::url {

class parse_options;

/// A URL in the form that the URL Standard gives it. parse() makes one; it can only be valid or empty.
///
/// Every view points into href() and lives as long as this object is neither changed nor moved from. Text is
/// percent-encoded ASCII.
class url {
public:
    /// The empty URL: it has no part at all.
    url() {}
    url(const url&) = default;
    url& operator=(const url&) = default;
    /// What is moved from is the empty URL.
    url(url&& other) noexcept : at_(std::exchange(other.at_, {})) {}
    url& operator=(url&& other) noexcept {
        at_ = std::exchange(other.at_, {});
        return *this;
    }

    /// The URL as text. Parsing it again gives an equal URL.
    const std::string& href() const noexcept { return at_.href; }
    bool empty() const noexcept { return at_.href.empty(); }

    /// "https": in lower case, without the colon.
    std::string_view scheme() const { return at_.slice(0, at_.scheme_end); }
    /// True for http, https, ws, wss, ftp and file, which have a host (file: maybe) and a path.
    bool is_special() const noexcept { return at_.is_special(); }

    std::string_view username() const { return at_.slice(at_.userinfo_begin(), at_.username_end); }
    DRAGLINE_DECL std::string_view password() const;
    bool has_credentials() const noexcept { return at_.host_begin != at_.userinfo_begin(); }

    /// "example.com", "127.0.0.1", "[::1]"; empty when there is none.
    std::string_view hostname() const { return at_.hostname(); }
    /// The same without the brackets of an IPv6 address.
    DRAGLINE_DECL std::string_view bare_hostname() const;
    host_kind host_type() const noexcept { return at_.host; }
    /// Host and port as they stand in a Host field: "example.com:8080".
    std::string_view host() const { return at_.slice(at_.host_begin, at_.authority_end()); }

    /// Nothing when the URL names none or the default of its scheme.
    DRAGLINE_DECL std::optional<std::uint16_t> port() const noexcept;
    /// The port to connect to: 443 for https without a port. 0 when the scheme has no default.
    DRAGLINE_DECL std::uint16_t port_or_default() const noexcept;

    /// "/a/b"; never empty when is_special().
    std::string_view path() const { return at_.path(); }
    /// True for "mailto:a@b.example": the path is no list of segments, so nothing can be relative to it.
    bool has_opaque_path() const noexcept { return at_.opaque_path; }
    /// Without the '?'; "x:?" has an empty query, "x:" has none.
    DRAGLINE_DECL std::optional<std::string_view> query() const;
    /// Without the '#'.
    DRAGLINE_DECL std::optional<std::string_view> fragment() const;

    /// Path and query as they stand in the first line of a request (RFC 9112, 3.2.1).
    std::string_view request_target() const { return at_.slice(at_.path_begin, at_.query_end()); }

    /// "https://example.com:8080", or "null" when URLs of this scheme share their origin with nobody.
    DRAGLINE_DECL std::string origin() const;

    DRAGLINE_DECL url without_fragment() const;
    /// This URL with that fragment; the text is percent-encoded where it must be.
    DRAGLINE_DECL url with_fragment(std::string_view fragment) const;
    DRAGLINE_DECL url without_credentials() const;

    friend bool operator==(const url& a, const url& b) noexcept { return a.href() == b.href(); }

private:
    friend result<url> parse(std::string_view input, parse_options options);
    friend result<url> parse(std::string_view input, const url& base, parse_options options);

    explicit url(detail::record at) noexcept : at_(std::move(at)) {}

    detail::record at_;
};

/// True when scheme, host and port are the same. A URL whose origin() is "null" has the origin of no other.
DRAGLINE_DECL bool same_origin(const url& a, const url& b);

}  // namespace dragline::url

// ---- dragline/url/impl/url.ipp
// Included by <dragline/url/url.hpp> only.

// ---- dragline/url/detail/parser.hpp
// The basic URL parser of the URL Standard, without its state override. It writes the serialisation at once,
// part after part, so nothing is kept twice. Where the standard steps through characters, this cuts the text:
// fragment and query first, then scheme, authority and path from the left.


#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace dragline::inline v1::url::detail {

/// Parses one URL. Names of functions follow the states of the standard.
class parser {
public:
    /// `base` may be null; else it must outlive the parser.
    explicit parser(const record* base) noexcept : base_(base) {}

    /// `input` is what clean_input gives.
    std::error_code parse(std::string_view input);

    record take() noexcept { return std::move(out_); }

private:
    void split(std::string_view input) noexcept;
    std::error_code parse_with_scheme(std::size_t scheme_size);
    std::error_code parse_without_scheme();
    std::error_code parse_relative();
    std::error_code parse_file();
    std::error_code parse_file_host();
    std::error_code parse_authority();
    void parse_path_start();
    void parse_path();
    void parse_opaque_path();
    void finish();

    void write_scheme(std::string_view scheme);
    void write_no_host();
    void copy_authority();
    void copy_path();

    bool next_is_slash() const noexcept;
    void skip_slashes() noexcept;
    std::uint32_t position() const noexcept { return out_.size(); }

    const record* base_;
    record out_;
    std::string_view rest_;  // what has not been read, without query and fragment
    std::optional<std::string_view> query_;
    std::optional<std::string_view> fragment_;
};

/// Parses `input` as a caller gave it. Neither it nor the result may be longer than `max_length`.
DRAGLINE_DECL result<record> parse_record(std::string_view input, const record* base, std::size_t max_length);

}  // namespace dragline::url::detail

// ---- dragline/url/detail/impl/parser.ipp
// Included by <dragline/url/detail/parser.hpp> only.

// ---- dragline/url/detail/authority.hpp
// What stands between "//" and the path: credentials, host and port.


#include <string_view>
#include <system_error>

namespace dragline::inline v1::url::detail {

/// Appends "//" to `out`: an authority with an empty host.
DRAGLINE_DECL void begin_authority(record& out);

/// Appends the authority `text` to `out`, behind begin_authority().
DRAGLINE_DECL std::error_code append_authority(record& out, std::string_view text);

}  // namespace dragline::url::detail

// ---- dragline/url/detail/impl/authority.ipp
// Included by <dragline/url/detail/authority.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>

namespace dragline::inline v1::url::detail {

DRAGLINE_DECL void begin_authority(record& out) {
    out.href += "//";
    out.host = host_kind::empty;
    out.username_end = out.host_begin = out.host_end = out.path_begin = out.size();
}

DRAGLINE_DECL void append_userinfo(record& out, std::string_view userinfo) {
    const auto colon = std::min(userinfo.find(':'), userinfo.size());
    append_percent_encoded(out.href, userinfo.substr(0, colon), userinfo_set);
    out.username_end = out.size();
    if (colon + 1 < userinfo.size()) {
        out.href += ':';
        append_percent_encoded(out.href, userinfo.substr(colon + 1), userinfo_set);
    }
    if (out.size() != out.userinfo_begin()) out.href += '@';
    out.host_begin = out.size();
}

DRAGLINE_DECL std::error_code append_port(record& out, std::string_view digits) {
    if (digits.empty()) return {};
    const auto port = ascii::parse_number<std::uint16_t>(digits);
    if (!port) return errc::invalid_port;
    if (out.is_special() && *port == default_port(out.scheme)) return {};
    out.port = *port;
    char text[sizeof ":65535"] = {':'};
    const auto end = std::to_chars(text + 1, text + sizeof text, *port).ptr;
    out.href.append(text, static_cast<std::size_t>(end - text));
    return {};
}

/// Where the colon before the port is, the first one outside brackets; the size of `text` when there is none.
DRAGLINE_DECL std::size_t find_port(std::string_view text) noexcept {
    bool in_brackets = false;
    std::size_t at = 0;
    for (; at < text.size() && (in_brackets || text[at] != ':'); ++at) {
        if (text[at] == '[') in_brackets = true;
        if (text[at] == ']') in_brackets = false;
    }
    return at;
}

DRAGLINE_DECL std::error_code append_authority(record& out, std::string_view text) {
    if (const auto at = text.rfind('@'); at != text.npos) {
        append_userinfo(out, text.substr(0, at));
        text.remove_prefix(at + 1);
        if (text.empty()) return errc::missing_host;
    }
    const auto colon = find_port(text);
    const bool has_port = colon < text.size();
    if (colon == 0 && (has_port || out.is_special())) return errc::missing_host;

    const auto host = text.substr(0, colon);
    const auto kind = out.is_special() ? append_host(out.href, host) : append_opaque_host(out.href, host);
    if (!kind) return kind.error();
    out.host = *kind;
    out.host_end = out.size();
    return has_port ? append_port(out, text.substr(colon + 1)) : std::error_code();
}

}  // namespace dragline::url::detail

#endif
// ---- dragline/url/detail/input.hpp
// What the parser reads: the text of a caller without the bytes that the URL Standard ignores.


#include <string>
#include <string_view>

namespace dragline::inline v1::url::detail {

/// A view of `raw` without controls and spaces at both ends, tabs and line ends anywhere, and as UTF-8.
/// Copies only when something inside has to change.
class clean_input {
public:
    explicit clean_input(std::string_view raw);
    clean_input(const clean_input&) = delete;
    clean_input& operator=(const clean_input&) = delete;

    std::string_view text() const noexcept { return text_; }

private:
    std::string copy_;
    std::string_view text_;
};

}  // namespace dragline::url::detail

// ---- dragline/url/detail/impl/input.ipp
// Included by <dragline/url/detail/input.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <cstddef>

namespace dragline::inline v1::url::detail {

DRAGLINE_DECL clean_input::clean_input(std::string_view raw) {
    const auto is_outer = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
    while (!raw.empty() && is_outer(raw.front())) raw.remove_prefix(1);
    while (!raw.empty() && is_outer(raw.back())) raw.remove_suffix(1);
    text_ = raw;

    const auto is_ignored = [](char c) { return c == '\t' || c == '\n' || c == '\r'; };
    bool ignored = false;
    bool foreign = false;
    for (const char c : raw) {
        ignored |= is_ignored(c);
        foreign |= !is_ascii(c);
    }
    // The order matters: a broken sequence is replaced before a line end inside it goes.
    if (foreign && !is_utf8(raw)) text_ = copy_ = encode_utf8(decode_utf8(raw));
    if (ignored) {
        if (copy_.empty()) copy_ = text_;
        copy_.erase(std::remove_if(copy_.begin(), copy_.end(), is_ignored), copy_.end());
        text_ = copy_;
    }
}

}  // namespace dragline::url::detail

#endif
// ---- dragline/url/detail/path.hpp
// Paths: segments, dots in any spelling, and the drive letters that file URLs know.


#include <cstddef>
#include <string>
#include <string_view>

namespace dragline::inline v1::url::detail {

/// True for what separates segments: a special scheme takes a backslash too.
constexpr bool is_slash(char c, bool special) noexcept { return c == '/' || (special && c == '\\'); }

/// "C:" or "C|".
DRAGLINE_DECL bool is_drive_letter(std::string_view text) noexcept;

/// A drive letter at the end or before a slash.
DRAGLINE_DECL bool starts_with_drive_letter(std::string_view text) noexcept;

/// Removes the last segment of the path that begins at `begin` and ends `out`, but for a lone drive letter.
DRAGLINE_DECL void shorten_path(std::string& out, std::size_t begin, scheme_kind scheme);

/// Resolves `text`, a path without its first slash, onto the path that begins at `begin` and ends `out`: each
/// segment is percent-encoded, "." does nothing and ".." removes one. The path has at least one segment then.
DRAGLINE_DECL void append_path(std::string& out, std::size_t begin, std::string_view text,
                               scheme_kind scheme);

}  // namespace dragline::url::detail

// ---- dragline/url/detail/impl/path.ipp
// Included by <dragline/url/detail/path.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::url::detail {

DRAGLINE_DECL bool is_drive_letter(std::string_view text) noexcept {
    return text.size() == 2 && ascii::is_alpha(text[0]) && (text[1] == ':' || text[1] == '|');
}

DRAGLINE_DECL bool starts_with_drive_letter(std::string_view text) noexcept {
    return is_drive_letter(text.substr(0, 2)) && (text.size() == 2 || is_slash(text[2], true));
}

/// 1 or 2 when a segment is just so many dots, in plain or as "%2e"; else 0.
DRAGLINE_DECL int count_dots(std::string_view segment) noexcept {
    int dots = 0;
    while (!segment.empty() && dots < 3) {
        const bool escaped = ascii::equals_ignoring_case(segment.substr(0, 3), "%2e");
        if (!escaped && segment[0] != '.') return 0;
        segment.remove_prefix(escaped ? 3 : 1);
        ++dots;
    }
    return dots < 3 ? dots : 0;
}

DRAGLINE_DECL void shorten_path(std::string& out, std::size_t begin, scheme_kind scheme) {
    const auto path = std::string_view(out).substr(begin);
    if (path.empty()) return;
    const bool lone_drive = path.size() == 3 && ascii::is_alpha(path[1]) && path[2] == ':';
    if (scheme == scheme_kind::file && lone_drive) return;
    out.resize(out.rfind('/'));
}

DRAGLINE_DECL void append_segment(std::string& out, std::size_t begin, std::string_view segment,
                                  scheme_kind scheme) {
    out += '/';
    const auto at = out.size();
    append_percent_encoded(out, segment, path_set);
    const bool first = at == begin + 1;
    if (scheme == scheme_kind::file && first && is_drive_letter(std::string_view(out).substr(at)))
        out.back() = ':';
}

DRAGLINE_DECL void append_path(std::string& out, std::size_t begin, std::string_view text,
                               scheme_kind scheme) {
    const auto ends_segment = [special = scheme != scheme_kind::other](char c) {
        return is_slash(c, special);
    };
    for (;;) {
        const auto end = std::find_if(text.begin(), text.end(), ends_segment);
        const auto segment = text.substr(0, static_cast<std::size_t>(end - text.begin()));
        const bool last = end == text.end();
        const int dots = count_dots(segment);
        if (dots == 2) shorten_path(out, begin, scheme);
        if (dots == 0) {
            append_segment(out, begin, segment, scheme);
        } else if (last) {
            out += '/';  // "a/." and "a/.." name a folder
        }
        if (last) return;
        text.remove_prefix(segment.size() + 1);
    }
}

}  // namespace dragline::url::detail

#endif

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::url::detail {

/// How many characters before a colon form a scheme; 0 when there is none.
DRAGLINE_DECL std::size_t scheme_size(std::string_view text) noexcept {
    if (text.empty() || !ascii::is_alpha(text[0])) return 0;
    const auto ends_scheme = [](char c) {
        return !ascii::is_alphanumeric(c) && c != '+' && c != '-' && c != '.';
    };
    const auto end = std::find_if(text.begin(), text.end(), ends_scheme);
    return end != text.end() && *end == ':' ? static_cast<std::size_t>(end - text.begin()) : 0;
}

DRAGLINE_DECL void parser::split(std::string_view input) noexcept {
    if (const auto hash = input.find('#'); hash != input.npos) {
        fragment_ = input.substr(hash + 1);
        input = input.substr(0, hash);
    }
    if (const auto mark = input.find('?'); mark != input.npos) {
        query_ = input.substr(mark + 1);
        input = input.substr(0, mark);
    }
    rest_ = input;
}

DRAGLINE_DECL std::error_code parser::parse(std::string_view input) {
    split(input);
    out_.href.reserve(input.size() + (base_ ? base_->authority_end() : 0) + 16);
    const auto size = scheme_size(rest_);
    if (const auto ec = size != 0 ? parse_with_scheme(size) : parse_without_scheme()) return ec;
    finish();
    return {};
}

DRAGLINE_DECL std::error_code parser::parse_with_scheme(std::size_t size) {
    write_scheme(rest_.substr(0, size));
    rest_.remove_prefix(size + 1);
    if (out_.scheme == scheme_kind::file) return parse_file();
    if (out_.is_special()) {
        // "http:path" against a base of the same scheme is a relative reference, for compatibility.
        if (base_ && base_->scheme == out_.scheme && !rest_.starts_with("//")) return parse_relative();
        skip_slashes();
        return parse_authority();
    }
    if (rest_.starts_with("//")) {
        rest_.remove_prefix(2);
        return parse_authority();
    }
    write_no_host();
    if (next_is_slash()) {
        rest_.remove_prefix(1);
        parse_path();
    } else {
        parse_opaque_path();
    }
    return {};
}

DRAGLINE_DECL std::error_code parser::parse_without_scheme() {
    if (!base_) return errc::missing_scheme;
    if (base_->opaque_path) {
        if (!rest_.empty() || query_ || !fragment_) return errc::base_not_usable;
        out_ = *base_;
        out_.href.resize(base_->query_end());
        out_.fragment_begin = record::absent;
        return {};
    }
    write_scheme(base_->slice(0, base_->scheme_end));
    return out_.scheme == scheme_kind::file ? parse_file() : parse_relative();
}

// "relative state" and "relative slash state"
DRAGLINE_DECL std::error_code parser::parse_relative() {
    if (!next_is_slash()) {
        copy_authority();
        copy_path();
        if (rest_.empty()) return {};
        shorten_path(out_.href, out_.path_begin, out_.scheme);
        parse_path();
        return {};
    }
    rest_.remove_prefix(1);
    if (next_is_slash()) {
        rest_.remove_prefix(1);
        if (out_.is_special()) skip_slashes();
        return parse_authority();
    }
    copy_authority();
    parse_path();
    return {};
}

// "file state" and "file slash state"
DRAGLINE_DECL std::error_code parser::parse_file() {
    const bool has_base = base_ && base_->scheme == scheme_kind::file;
    const bool rooted = next_is_slash();
    if (rooted) {
        rest_.remove_prefix(1);
        if (next_is_slash()) return parse_file_host();
    }
    if (!has_base) {
        begin_authority(out_);
        parse_path();
        return {};
    }
    copy_authority();
    const bool has_drive = starts_with_drive_letter(rest_);
    if (!rooted) {
        copy_path();
        if (rest_.empty()) return {};
        if (has_drive) {
            out_.href.resize(out_.path_begin);
        } else {
            shorten_path(out_.href, out_.path_begin, out_.scheme);
        }
    } else if (const auto path = base_->path(); !has_drive && starts_with_drive_letter(path.substr(1))) {
        out_.href.append(path.substr(0, 3));  // "/C:" is a root of its own
    }
    parse_path();
    return {};
}

DRAGLINE_DECL std::error_code parser::parse_file_host() {
    rest_.remove_prefix(1);
    const auto end = std::find_if(rest_.begin(), rest_.end(), [](char c) { return is_slash(c, true); });
    const auto text = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    begin_authority(out_);
    if (is_drive_letter(text)) {
        parse_path();
        return {};
    }
    rest_.remove_prefix(text.size());
    if (!text.empty()) {
        const auto kind = append_host(out_.href, text);
        if (!kind) return kind.error();
        out_.host = *kind;
        if (out_.slice(out_.host_begin, position()) == "localhost") {
            out_.href.resize(out_.host_begin);
            out_.host = host_kind::empty;
        }
        out_.host_end = out_.path_begin = position();
    }
    parse_path_start();
    return {};
}

DRAGLINE_DECL std::error_code parser::parse_authority() {
    const auto ends_authority = [special = out_.is_special()](char c) { return is_slash(c, special); };
    const auto end = std::find_if(rest_.begin(), rest_.end(), ends_authority);
    const auto text = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(text.size());
    begin_authority(out_);
    if (const auto ec = append_authority(out_, text)) return ec;
    out_.path_begin = position();
    parse_path_start();
    return {};
}

DRAGLINE_DECL void parser::parse_path_start() {
    if (next_is_slash()) {
        rest_.remove_prefix(1);
    } else if (!out_.is_special()) {
        return;  // nothing is left, and the path of such a URL may be empty
    }
    parse_path();
}

DRAGLINE_DECL void parser::parse_path() { append_path(out_.href, out_.path_begin, rest_, out_.scheme); }

DRAGLINE_DECL void parser::parse_opaque_path() {
    out_.opaque_path = true;
    append_percent_encoded(out_.href, rest_, c0_control_set);
    // A space at the end would be trimmed when the URL is read again without what follows.
    if (rest_.ends_with(' ')) out_.href.replace(out_.href.size() - 1, 1, "%20");
}

DRAGLINE_DECL void parser::finish() {
    if (out_.host == host_kind::none && out_.path().starts_with("//")) {
        out_.href.insert(out_.path_begin, "/.");
        out_.path_begin += 2;
        if (out_.query_begin != record::absent) out_.query_begin += 2;
    }
    if (query_) {
        out_.query_begin = position();
        out_.href += '?';
        append_percent_encoded(out_.href, *query_, out_.is_special() ? special_query_set : query_set);
    }
    if (fragment_) {
        out_.fragment_begin = position();
        out_.href += '#';
        append_percent_encoded(out_.href, *fragment_, fragment_set);
    }
}

DRAGLINE_DECL void parser::write_scheme(std::string_view scheme) {
    for (const char c : scheme) out_.href += ascii::to_lower(c);
    out_.scheme_end = position();
    out_.scheme = classify_scheme(out_.href);
    out_.href += ':';
}

DRAGLINE_DECL void parser::write_no_host() {
    out_.host = host_kind::none;
    out_.username_end = out_.host_begin = out_.host_end = out_.path_begin = position();
}

DRAGLINE_DECL void parser::copy_authority() {
    out_.href.assign(base_->href, 0, base_->authority_end());
    out_.username_end = base_->username_end;
    out_.host_begin = base_->host_begin;
    out_.host_end = base_->host_end;
    out_.host = base_->host;
    out_.port = base_->port;
    out_.path_begin = position();
}

// The query comes along when the reference has neither path nor query.
DRAGLINE_DECL void parser::copy_path() {
    out_.href.append(base_->path());
    if (!rest_.empty() || query_ || base_->query_begin == record::absent) return;
    out_.query_begin = position();
    out_.href.append(base_->slice(base_->query_begin, base_->query_end()));
}

DRAGLINE_DECL bool parser::next_is_slash() const noexcept {
    return !rest_.empty() && is_slash(rest_[0], out_.is_special());
}

DRAGLINE_DECL void parser::skip_slashes() noexcept {
    while (next_is_slash()) rest_.remove_prefix(1);
}

DRAGLINE_DECL result<record> parse_record(std::string_view input, const record* base,
                                          std::size_t max_length) {
    // Positions have 32 bits, and a byte of the input can become nine.
    constexpr std::size_t longest = std::size_t{1} << 28;
    max_length = std::min(max_length, longest);
    if (input.size() > max_length) return errc::too_long;
    const clean_input clean(input);
    parser reader(base);
    if (const auto ec = reader.parse(clean.text())) return ec;
    auto out = reader.take();
    if (out.href.size() > max_length) return errc::too_long;
    return out;
}

}  // namespace dragline::url::detail

#endif

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::url {
namespace detail {

/// True when the origin is scheme, host and port.
constexpr bool has_tuple_origin(scheme_kind scheme) noexcept {
    return scheme != scheme_kind::other && scheme != scheme_kind::file;
}

}  // namespace detail

DRAGLINE_DECL std::string_view url::password() const {
    if (at_.username_end == at_.host_begin || at_.href[at_.username_end] != ':') return {};
    return at_.slice(at_.username_end + 1, at_.host_begin - 1);
}

DRAGLINE_DECL std::string_view url::bare_hostname() const {
    const auto name = hostname();
    return at_.host == host_kind::ipv6 ? name.substr(1, name.size() - 2) : name;
}

DRAGLINE_DECL std::optional<std::uint16_t> url::port() const noexcept {
    if (at_.port < 0) return std::nullopt;
    return static_cast<std::uint16_t>(at_.port);
}

DRAGLINE_DECL std::uint16_t url::port_or_default() const noexcept {
    return port().value_or(detail::default_port(at_.scheme));
}

DRAGLINE_DECL std::optional<std::string_view> url::query() const {
    if (at_.query_begin == detail::record::absent) return std::nullopt;
    return at_.slice(at_.query_begin + 1, at_.query_end());
}

DRAGLINE_DECL std::optional<std::string_view> url::fragment() const {
    if (at_.fragment_begin == detail::record::absent) return std::nullopt;
    return at_.slice(at_.fragment_begin + 1, at_.size());
}

DRAGLINE_DECL std::string url::origin() const {
    if (detail::has_tuple_origin(at_.scheme)) {
        std::string out(scheme());
        return out.append("://").append(host());
    }
    if (scheme() == "blob") {
        // The origin of whoever made the blob stands in its path.
        const auto maker = detail::parse_record(path(), nullptr, std::string_view::npos);
        using enum detail::scheme_kind;
        if (maker && (maker->scheme == http || maker->scheme == https)) return url(*maker).origin();
    }
    return "null";
}

DRAGLINE_DECL url url::without_fragment() const {
    url out = *this;
    out.at_.href.resize(at_.query_end());
    out.at_.fragment_begin = detail::record::absent;
    return out;
}

DRAGLINE_DECL url url::with_fragment(std::string_view fragment) const {
    url out = without_fragment();
    out.at_.fragment_begin = out.at_.size();
    out.at_.href += '#';
    append_percent_encoded(out.at_.href, fragment, fragment_set);
    return out;
}

DRAGLINE_DECL url url::without_credentials() const {
    url out = *this;
    const auto begin = at_.userinfo_begin();
    const auto size = at_.host_begin - begin;
    out.at_.href.erase(begin, size);
    out.at_.username_end = begin;
    for (auto* moved : {&out.at_.host_begin, &out.at_.host_end, &out.at_.path_begin, &out.at_.query_begin,
                        &out.at_.fragment_begin}) {
        if (*moved != detail::record::absent) *moved -= size;
    }
    return out;
}

DRAGLINE_DECL bool same_origin(const url& a, const url& b) {
    // The default port is left out everywhere, so equal texts mean equal ports.
    const auto origin = a.origin();
    return origin != "null" && origin == b.origin();
}

}  // namespace dragline::url

#endif

#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace dragline::inline v1::http::detail {

/// The request that a redirect leads to.
struct redirect_step {
    std::error_code ec;              // the redirect may not be followed
    std::optional<url::url> target;  // nothing: the response is the result
    std::string method;
    bool drop_body = false;
    bool new_origin = false;  // credentials stay behind
};

/// What to do with a response of `status` to a request of `method` at `from`, after `followed` redirects.
DRAGLINE_DECL redirect_step next_step(const redirect_policy& policy, int followed, const url::url& from,
                                      std::string_view method, const response_head& head);

/// Removes what must not go to another origin: every Authorization, Cookie and Proxy-Authorization.
DRAGLINE_DECL void strip_credentials(fields& headers);

/// Removes what describes a body that is not sent any more.
DRAGLINE_DECL void strip_body_fields(fields& headers);

}  // namespace dragline::http::detail

// ---- dragline/http/detail/impl/redirect_machine.ipp
// Included by <dragline/http/detail/redirect_machine.hpp> only.

// ---- dragline/url/parse.hpp
// From text to URL. Start with parse(): one overload for absolute URLs, one that resolves against a base.


#include <cstddef>
#include <string_view>

namespace dragline::inline v1::url {

/// What parse() accepts.
class parse_options {
public:
    parse_options() {}  // user-provided: keeps this type from being an aggregate

    /// Bytes that the input, and the URL that comes out of it, may have at most; more is errc::too_long.
    /// Values above 256 MiB count as 256 MiB.
    parse_options& max_length(std::size_t value) {
        max_length_ = value;
        return *this;
    }
    std::size_t max_length() const noexcept { return max_length_; }

private:
    std::size_t max_length_ = 64 * 1024;
};

/// Reads an absolute URL as a browser's address does: "HTTP:\\Example.COM:80/a/../b" is
/// "http://example.com/b".
///
/// `input` is UTF-8; malformed sequences become U+FFFD. Controls and spaces around it, and tabs and line ends
/// inside, are ignored, so check for those first where a caller must not smuggle them in.
///
/// Errors: any url::errc but base_not_usable.
DRAGLINE_DECL result<url> parse(std::string_view input, parse_options options = {});

/// As above, but `input` may be relative to `base`: "../b", "?page=2", "//other.example/". An empty `base` is
/// none.
DRAGLINE_DECL result<url> parse(std::string_view input, const url& base, parse_options options = {});

}  // namespace dragline::url

// ---- dragline/url/impl/parse.ipp
// Included by <dragline/url/parse.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <utility>

namespace dragline::inline v1::url {

DRAGLINE_DECL result<url> parse(std::string_view input, parse_options options) {
    auto out = detail::parse_record(input, nullptr, options.max_length());
    if (!out) return out.error();
    return url(std::move(*out));
}

DRAGLINE_DECL result<url> parse(std::string_view input, const url& base, parse_options options) {
    auto out = detail::parse_record(input, base.empty() ? nullptr : &base.at_, options.max_length());
    if (!out) return out.error();
    return url(std::move(*out));
}

}  // namespace dragline::url

#endif

#if DRAGLINE_HEADER_BODIES

#include <utility>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL redirect_step next_step(const redirect_policy& policy, int followed, const url::url& from,
                                      std::string_view method, const response_head& head) {
    redirect_step step;
    const bool redirects = head.status == 301 || head.status == 302 || head.status == 303 ||
                           head.status == 307 || head.status == 308;
    const auto location = head.headers.find("Location");
    if (!redirects || !location || policy.limit() == 0) return step;
    if (followed >= policy.limit()) return step.ec = errc::too_many_redirects, step;

    auto target = url::parse(*location, from);
    if (!target) return step.ec = target.error(), step;
    if (target->scheme() != "http" && target->scheme() != "https") {
        return step.ec = errc::unsupported_scheme, step;
    }
    if (from.scheme() == "https" && target->scheme() == "http" && !policy.allow_insecure()) {
        return step.ec = errc::insecure_redirect, step;
    }
    // RFC 9110, 10.2.2: a fragment is inherited unless the Location has its own.
    if (const auto fragment = from.fragment(); fragment && !target->fragment()) {
        target = target->with_fragment(*fragment);
    }

    step.method = method;
    const bool post_to_get = (head.status == 301 || head.status == 302) && method == "POST";
    if (post_to_get || (head.status == 303 && method != "HEAD" && method != "GET")) {
        step.method = "GET";
        step.drop_body = true;
    }
    step.new_origin = !url::same_origin(from, *target);
    step.target = *std::move(target);
    return step;
}

DRAGLINE_DECL void strip_credentials(fields& headers) {
    for (const auto* name : {"Authorization", "Cookie", "Proxy-Authorization"}) headers.remove(name);
}

DRAGLINE_DECL void strip_body_fields(fields& headers) {
    for (const auto* name : {"Content-Type", "Content-Length", "Content-Encoding", "Content-Language",
                             "Content-Location", "Transfer-Encoding", "Digest", "Expect"}) {
        headers.remove(name);
    }
}

}  // namespace dragline::http::detail

#endif
// ---- dragline/http/detail/session_state.hpp
// A session as its loop keeps it, and all the sessions of one loop.

// ---- dragline/http/detail/sessions_registry.hpp
// Which loops of the process have sessions.


#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace dragline::inline v1::http::detail {

class loop_sessions;

// What other threads may know of the sessions of one loop.
struct sessions_entry {
    sessions_entry(std::shared_ptr<async::loop_gate> way_in, loop_sessions& owner)
        : gate(std::move(way_in)), sessions(owner) {}
    std::shared_ptr<async::loop_gate> gate;
    loop_sessions& sessions;  // for what is posted through the gate only
    std::atomic<std::size_t> open = 0;
};

class sessions_registry {
public:
    static sessions_registry& instance();
    void add(std::shared_ptr<sessions_entry> entry);
    void remove(const std::shared_ptr<sessions_entry>& entry) noexcept;
    std::vector<std::shared_ptr<sessions_entry>> entries();

private:
    std::mutex mutex_;
    std::vector<std::shared_ptr<sessions_entry>> entries_;
};

}  // namespace dragline::http::detail

// ---- dragline/http/detail/impl/sessions_registry.ipp
// Included by <dragline/http/detail/sessions_registry.hpp> only.

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL sessions_registry& sessions_registry::instance() {
    static auto& registry =
        *new sessions_registry;  // never destroyed: a static io_context may outlive any static
    return registry;
}

DRAGLINE_DECL void sessions_registry::add(std::shared_ptr<sessions_entry> entry) {
    std::lock_guard lock(mutex_);
    entries_.push_back(std::move(entry));
}

DRAGLINE_DECL void sessions_registry::remove(const std::shared_ptr<sessions_entry>& entry) noexcept {
    std::lock_guard lock(mutex_);
    std::erase(entries_, entry);
}

DRAGLINE_DECL std::vector<std::shared_ptr<sessions_entry>> sessions_registry::entries() {
    std::lock_guard lock(mutex_);
    return entries_;
}

}  // namespace dragline::http::detail

#endif
// ---- dragline/http/session_options.hpp
// What the fetches of one session share.


#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::http {

/// The settings of a session, fixed when get_session() makes it.
class session_options {
public:
    session_options() {}

    /// Connections to one origin, idle ones included; further fetches wait in turn.
    session_options& connections_per_host(std::size_t value) { return per_host_ = value, *this; }
    std::size_t connections_per_host() const noexcept { return per_host_; }

    /// Connections of the whole session.
    session_options& connections(std::size_t value) { return total_ = value, *this; }
    std::size_t connections() const noexcept { return total_; }

    /// Fetches that may wait for a connection; one more fails with dragline::errc::queue_full.
    session_options& max_waiters(std::size_t value) { return waiters_ = value, *this; }
    std::size_t max_waiters() const noexcept { return waiters_; }

    /// How long an idle connection is kept, unless the peer says how long it does. It is closed when the
    /// session next does something after that.
    session_options& idle_timeout(async::duration value) { return idle_ = value, *this; }
    async::duration idle_timeout() const noexcept { return idle_; }

    /// The User-Agent of fetches that name none; none is sent when empty.
    session_options& user_agent(std::string_view value) { return user_agent_ = value, *this; }
    const std::string& user_agent() const noexcept { return user_agent_; }

    session_options& tls(dragline::tls::client_options value) { return tls_ = std::move(value), *this; }
    const dragline::tls::client_options& tls() const noexcept { return tls_; }

    /// How names are looked up.
    session_options& dns(dragline::dns::query_options value) { return dns_ = std::move(value), *this; }
    const dragline::dns::query_options& dns() const noexcept { return dns_; }

    bool operator==(const session_options&) const = default;

private:
    std::size_t per_host_ = 10;
    std::size_t total_ = 256;
    std::size_t waiters_ = 100'000;
    async::duration idle_ = std::chrono::seconds(15);
    std::string user_agent_ = "dragline/0.1";
    dragline::tls::client_options tls_;
    dragline::dns::query_options dns_;
};

}  // namespace dragline::http

namespace dragline::inline v1 {
using http::session_options;
}
// ---- dragline/tls/context.hpp
// The settings of many TLS connections, made once and then shared. Start with `context::make_client`.

// ---- dragline/tls/error.hpp
// What can go wrong in TLS. Every code equals condition::tls_failed; the text of the failed check is
// engine::error_detail().


#include <system_error>

namespace dragline::inline v1::tls {

enum class errc {
    certificate_expired = 1,    ///< A certificate of the chain is past its end.
    certificate_not_yet_valid,  ///< A certificate of the chain has not begun.
    unknown_issuer,             ///< The chain ends at nobody in the trust store.
    self_signed,                ///< The peer's certificate is signed by itself and not in the trust store.
    host_mismatch,              ///< The certificate is for other names.
    address_mismatch,           ///< The certificate is for other IP addresses.
    certificate_revoked,        ///< A certificate of the chain was revoked.
    certificate_invalid,        ///< Any other failed check: signature, usage, weak key, none sent.
    certificate_refused,        ///< An alert: the peer refuses our certificate, or wants one.
    empty_trust_store,          ///< Verification is on, and there is no certificate to trust.
    handshake_failed,           ///< An alert, or a broken handshake message.
    handshake_closed,           ///< The peer ended the connection inside the handshake.
    not_tls,                    ///< The first bytes of the peer are no TLS: plain HTTP, say.
    protocol_version,           ///< No TLS version in common.
    no_shared_cipher,           ///< No cipher suite or group in common.
    no_application_protocol,    ///< ALPN: nothing in common, or an answer that was not offered.
    unrecognized_name,          ///< An alert: the server does not know the name that was asked for.
    truncated,                  ///< The transport ended without close_notify: data may be missing.
    closed,                     ///< A write after close().
    bad_record,                 ///< A record that is malformed or fails its integrity check.
    alert_received,             ///< The peer ended an established session with an alert.
    output_limit,               ///< The peer made us queue more than the output limit.
    invalid_host,               ///< The host is no name and no address to check a certificate against.
    invalid_trust,              ///< A CA file, directory or PEM text cannot be read.
    invalid_certificate,        ///< Our own certificate chain cannot be used.
    invalid_private_key,        ///< Our own key cannot be used, or is not that of the certificate.
    library_failure,            ///< OpenSSL failed for no reason of the peer.
};

/// Category "dragline.tls". The phase is phase::tls; phase::read for truncated.
DRAGLINE_DECL const std::error_category& error_category() noexcept;

inline std::error_code make_error_code(errc code) noexcept {
    return {static_cast<int>(code), error_category()};
}

}  // namespace dragline::inline v1::tls

template <>
struct std::is_error_code_enum<dragline::tls::errc> : std::true_type {};

// ---- dragline/tls/impl/error.ipp
// Included by <dragline/tls/error.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <string>

namespace dragline::inline v1::tls {

DRAGLINE_DECL const std::error_category& error_category() noexcept {
    struct tls_category final : category {
        const char* name() const noexcept override { return "dragline.tls"; }

        std::string message(int code) const override {
            switch (static_cast<errc>(code)) {
                case errc::certificate_expired: return "certificate has expired";
                case errc::certificate_not_yet_valid: return "certificate is not yet valid";
                case errc::unknown_issuer: return "certificate is from an unknown issuer";
                case errc::self_signed: return "certificate is self-signed";
                case errc::host_mismatch: return "certificate is for another host name";
                case errc::address_mismatch: return "certificate is for another IP address";
                case errc::certificate_revoked: return "certificate was revoked";
                case errc::certificate_invalid: return "certificate is not valid";
                case errc::certificate_refused: return "peer refused our certificate or requires one";
                case errc::empty_trust_store: return "no trusted CA certificates found (empty trust store)";
                case errc::handshake_failed: return "TLS handshake failed";
                case errc::handshake_closed: return "connection closed during the TLS handshake";
                case errc::not_tls: return "peer does not speak TLS";
                case errc::protocol_version: return "no TLS version in common";
                case errc::no_shared_cipher: return "no TLS cipher or group in common";
                case errc::no_application_protocol: return "no application protocol in common (ALPN)";
                case errc::unrecognized_name: return "server does not know the requested name";
                case errc::truncated: return "connection ended without close_notify (truncated)";
                case errc::closed: return "TLS session was closed on this side";
                case errc::bad_record: return "bad TLS record";
                case errc::alert_received: return "peer ended the TLS session with an alert";
                case errc::output_limit: return "TLS output limit exceeded";
                case errc::invalid_host: return "not a host name or address to verify";
                case errc::invalid_trust: return "CA certificates cannot be read";
                case errc::invalid_certificate: return "own certificate cannot be used";
                case errc::invalid_private_key: return "own private key cannot be used";
                case errc::library_failure: return "OpenSSL failed";
            }
            return "unknown TLS error";
        }

        std::error_condition default_error_condition(int) const noexcept override {
            return condition::tls_failed;
        }

        phase phase_of(int code) const noexcept override {
            return static_cast<errc>(code) == errc::truncated ? phase::read : phase::tls;
        }
    };
    static const tls_category instance;
    return instance;
}

}  // namespace dragline::inline v1::tls

#endif

#include <memory>
#include <utility>

struct ssl_ctx_st;

namespace dragline::inline v1::tls {

namespace detail {
struct context_state;
}

/// A cheap handle to an OpenSSL context that is never changed after it was made.
///
/// Make one for each set of equal options and keep it: loading a trust store reads files, blocks, and takes
/// up to 20 ms; the system store is loaded once, while any context uses it. Copies share the context, and may
/// be used by several loops.
class context {
public:
    /// An empty handle: an engine on it fails with errc::invalid_option of core.
    context() noexcept {}

    /// The context of clients. The system store is that of OpenSSL, which heeds SSL_CERT_FILE and
    /// SSL_CERT_DIR; where that is empty and neither is set, the usual places of the system are tried.
    /// Errors: invalid_trust, empty_trust_store, library_failure; core's invalid_option for bad versions,
    /// names.
    static result<context> make_client(const client_options& options = client_options());

    /// The context of servers.
    /// Errors: invalid_certificate, invalid_private_key, and those of make_client().
    static result<context> make_server(const server_options& options);

    explicit operator bool() const noexcept { return state_ != nullptr; }
    bool is_client() const noexcept;

    /// OpenSSL's SSL_CTX, for what has no option here. Change nothing once an engine has used it.
    ssl_ctx_st* native_handle() const noexcept;

    /// Handles are equal when they share one context.
    bool operator==(const context&) const noexcept = default;

private:
    friend class engine;
    explicit context(std::shared_ptr<const detail::context_state> state) : state_(std::move(state)) {}

    std::shared_ptr<const detail::context_state> state_;
};

}  // namespace dragline::inline v1::tls

// ---- dragline/tls/impl/context.ipp
// Included by <dragline/tls/context.hpp> only.

// ---- dragline/tls/detail/context_state.hpp
// What the handles of one context share.


#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct ssl_ctx_st;
struct ssl_st;
struct ssl_session_st;
struct x509_store_st;

namespace dragline::inline v1::tls::detail {

inline std::atomic<std::uint64_t> last_context_id = 0;

struct context_state {
    context_state(ssl_ctx_st* owned_handle, bool client) : handle(owned_handle), is_client(client) {}
    context_state(const context_state&) = delete;
    context_state& operator=(const context_state&) = delete;
    ~context_state();

    ssl_ctx_st* handle;
    bool is_client;
    std::shared_ptr<x509_store_st> trust;  // keeps the system's for other contexts to share
    bool verify = false;
    std::vector<std::string> alpn;
    std::string server_name;
    // Tickets are never used across contexts: one may trust what the other refuses.
    std::uint64_t id = ++last_context_id;
};

/// The list as ALPN carries it: each name behind its length (RFC 7301, 3.1).
DRAGLINE_DECL result<std::string> alpn_wire_format(const std::vector<std::string>& names);

/// OpenSSL's hook for new tickets; defined beside the engine, which it finds in the connection.
DRAGLINE_DECL int on_new_session(ssl_st* connection, ssl_session_st* session) noexcept;

}  // namespace dragline::inline v1::tls::detail
// ---- dragline/tls/detail/trust_store.hpp
// The certificates that a context trusts: from files, directories and text, or from the system.


#include <memory>
#include <string_view>

struct x509_store_st;

namespace dragline::inline v1::tls::detail {

using trust_store = std::shared_ptr<x509_store_st>;

/// What the options name, else the system store, which all contexts of the process share while one lives.
/// Errors: invalid_trust, empty_trust_store.
DRAGLINE_DECL result<trust_store> load_trust(const client_options& options);

/// The certificates of a PEM text; at least one is needed.
DRAGLINE_DECL result<trust_store> load_trusted_pem(std::string_view pem);

}  // namespace dragline::inline v1::tls::detail

// ---- dragline/tls/detail/impl/trust_store.ipp
// Included by <dragline/tls/detail/trust_store.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <system_error>

namespace dragline::inline v1::tls::detail {

// Whether OpenSSL could find a certificate in the directory: it opens only names like "a1b2c3d4.0".
DRAGLINE_DECL bool has_hashed_certificates(const std::string& directory) {
    std::error_code ec;
    for (std::filesystem::directory_iterator entry(directory, ec), end; !ec && entry != end;
         entry.increment(ec)) {
        const std::string name = entry->path().filename().string();
        constexpr std::size_t hash_size = 8;
        if (name.size() > hash_size + 1 && name[hash_size] == '.' && ascii::is_digit(name[hash_size + 1]) &&
            std::all_of(name.begin(), name.begin() + hash_size,
                        [](char c) { return ascii::hex_value(c) >= 0; })) {
            return true;
        }
    }
    return false;
}

DRAGLINE_DECL result<void> add_pem(X509_STORE* store, std::string_view pem) {
    const bio_pointer source = bio_over(pem);
    std::size_t count = 0;
    while (x509_pointer certificate{PEM_read_bio_X509_AUX(source.get(), nullptr, refuse_password, nullptr)}) {
        if (X509_STORE_add_cert(store, certificate.get()) != 1) break;
        ++count;
    }
    if (!take_end_of_pem()) return errc::invalid_trust;
    if (count == 0) return errc::empty_trust_store;
    return {};
}

DRAGLINE_DECL result<void> add_file(X509_STORE* store, const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string pem;
    std::array<char, 16 * 1024> block;
    do {
        file.read(block.data(), static_cast<std::streamsize>(block.size()));
        pem.append(block.data(), static_cast<std::size_t>(file.gcount()));
    } while (file);
    if (!file.is_open() || file.bad()) return errc::invalid_trust;
    return add_pem(store, pem);
}

DRAGLINE_DECL result<void> add_directory(X509_STORE* store, const std::string& path) {
    std::error_code ec;
    if (!std::filesystem::is_directory(path, ec)) return errc::invalid_trust;
    if (!has_hashed_certificates(path)) return errc::empty_trust_store;
    const bool added = X509_STORE_load_path(store, path.c_str()) == 1;
    clear_errors();
    if (!added) return errc::invalid_trust;
    return {};
}

// Where OpenSSL looks for the system's certificates.
struct system_places {
    std::string file;
    std::string directories;
    bool chosen_by_user = false;

    bool operator==(const system_places&) const = default;
};

DRAGLINE_DECL system_places find_system_places() {
    const char* file = std::getenv(X509_get_default_cert_file_env());
    const char* directories = std::getenv(X509_get_default_cert_dir_env());
    return {file ? file : X509_get_default_cert_file(),
            directories ? directories : X509_get_default_cert_dir(), file || directories};
}

DRAGLINE_DECL result<void> add_system(X509_STORE* store, const system_places& places) {
    const bool set = X509_STORE_set_default_paths(store) == 1;
    clear_errors();
    if (!set) return errc::library_failure;
    bool found = sk_X509_OBJECT_num(X509_STORE_get0_objects(store)) > 0;
    ascii::for_each_item(places.directories, platform::windows ? ';' : ':', [&](std::string_view directory) {
        found = found || has_hashed_certificates(std::string(directory));
    });
    if (found) return {};
    if (places.chosen_by_user) return errc::empty_trust_store;

    // An OpenSSL that was not built for this system (static, Conan, vcpkg) looks in a place of its own.
    static constexpr std::array usual_files = {
        "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Arch
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // Fedora, RHEL
        "/etc/ssl/ca-bundle.pem",                             // openSUSE
        "/etc/ssl/cert.pem",                                  // Alpine, macOS, BSD
    };
    for (const char* path : usual_files) {
        if (add_file(store, path)) return {};
    }
    return errc::empty_trust_store;
}

DRAGLINE_DECL result<trust_store> make_trust_store() {
    trust_store store(X509_STORE_new(), X509_STORE_free);
    if (!store) return clear_errors(), errc::library_failure;
    return store;
}

// Reading the system's certificates takes some 20 ms on Debian.
DRAGLINE_DECL result<trust_store> load_system_trust() {
    static std::mutex mutex;
    static std::weak_ptr<X509_STORE> shared;
    static system_places shared_from;
    const auto places = find_system_places();
    const std::lock_guard lock(mutex);
    if (auto living = shared.lock(); living && places == shared_from) return living;
    auto store = make_trust_store();
    if (!store) return store;
    if (auto added = add_system(store->get(), places); !added) return added.error();
    shared = *store;
    shared_from = places;
    return store;
}

DRAGLINE_DECL result<trust_store> load_trusted_pem(std::string_view pem) {
    auto store = make_trust_store();
    if (!store) return store;
    if (auto added = add_pem(store->get(), pem); !added) return added.error();
    return store;
}

DRAGLINE_DECL result<trust_store> load_trust(const client_options& options) {
    if (!options.ca_file() && !options.ca_directory() && !options.ca_pem()) return load_system_trust();
    auto store = make_trust_store();
    if (!store) return store;
    result<void> added;
    if (options.ca_file()) added = add_file(store->get(), *options.ca_file());
    if (added && options.ca_pem()) added = add_pem(store->get(), *options.ca_pem());
    if (added && options.ca_directory()) added = add_directory(store->get(), *options.ca_directory());
    if (!added) return added.error();
    // Whoever is named by hand is trusted as he is, also when he is an intermediate.
    X509_STORE_set_flags(store->get(), X509_V_FLAG_PARTIAL_CHAIN);
    return store;
}

}  // namespace dragline::inline v1::tls::detail

#endif

#if DRAGLINE_HEADER_BODIES

#include <string>
#include <string_view>

namespace dragline::inline v1::tls {
namespace detail {

DRAGLINE_DECL context_state::~context_state() { SSL_CTX_free(handle); }

DRAGLINE_DECL result<std::string> alpn_wire_format(const std::vector<std::string>& names) {
    std::string wire;
    for (const std::string& name : names) {
        if (name.empty() || name.size() > 255) return dragline::errc::invalid_option;
        wire += static_cast<char>(name.size());
        wire += name;
    }
    if (wire.size() > 0xffff) return dragline::errc::invalid_option;
    return wire;
}

// What clients and servers have in common.
DRAGLINE_DECL bool set_common_options(SSL_CTX* context, version lowest, version highest) noexcept {
    const auto number = [](version value) {
        return value == version::tls_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION;
    };
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return SSL_CTX_set_min_proto_version(context, number(lowest)) == 1 &&
           SSL_CTX_set_max_proto_version(context, number(highest)) == 1;
}

// The server's choice, in the server's order; a client that offers nothing we know is told so (RFC
// 7301, 3.2).
DRAGLINE_DECL int select_alpn(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                              const unsigned char* offered, unsigned int offered_size, void* state) noexcept {
    for (const std::string& name : static_cast<const context_state*>(state)->alpn) {
        for (unsigned int at = 0; at + 1 < offered_size; at += offered[at] + 1u) {
            const std::string_view offer(reinterpret_cast<const char*>(offered + at + 1), offered[at]);
            if (offer != name) continue;
            *chosen = offered + at + 1;
            *chosen_size = offered[at];
            return SSL_TLSEXT_ERR_OK;
        }
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

DRAGLINE_DECL result<void> use_certificate_chain(SSL_CTX* context, std::string_view pem) {
    const bio_pointer source = bio_over(pem);
    x509_pointer leaf(PEM_read_bio_X509(source.get(), nullptr, refuse_password, nullptr));
    if (!leaf || SSL_CTX_use_certificate(context, leaf.get()) != 1) {
        return clear_errors(), errc::invalid_certificate;
    }
    while (x509_pointer next{PEM_read_bio_X509(source.get(), nullptr, refuse_password, nullptr)}) {
        if (SSL_CTX_add1_chain_cert(context, next.get()) != 1) {
            return clear_errors(), errc::invalid_certificate;
        }
    }
    if (!take_end_of_pem()) return errc::invalid_certificate;
    return {};
}

DRAGLINE_DECL result<void> use_private_key(SSL_CTX* context, std::string_view pem) {
    const bio_pointer source = bio_over(pem);
    const key_pointer key(PEM_read_bio_PrivateKey(source.get(), nullptr, refuse_password, nullptr));
    const bool usable =
        key && SSL_CTX_use_PrivateKey(context, key.get()) == 1 && SSL_CTX_check_private_key(context) == 1;
    clear_errors();
    if (!usable) return errc::invalid_private_key;
    return {};
}

}  // namespace detail

DRAGLINE_DECL result<context> context::make_client(const client_options& options) {
    detail::clear_errors();
    if (options.min_version() > options.max_version()) return dragline::errc::invalid_option;
    const auto alpn = detail::alpn_wire_format(options.alpn());
    if (!alpn) return alpn.error();

    detail::ssl_context_pointer owner(SSL_CTX_new(TLS_client_method()));
    SSL_CTX* const handle = owner.get();
    if (!handle || !detail::set_common_options(handle, options.min_version(), options.max_version())) {
        return detail::clear_errors(), errc::library_failure;
    }
    detail::trust_store trust;
    if (options.verify()) {
        auto loaded = detail::load_trust(options);
        if (!loaded) return loaded.error();
        trust = *std::move(loaded);
        SSL_CTX_set1_cert_store(handle, trust.get());
    } else {
        // SSL_VERIFY_NONE alone would still build and check the chain, then ignore the result.
        SSL_CTX_set_cert_verify_callback(
            handle, [](X509_STORE_CTX*, void*) { return 1; }, nullptr);
    }
    if (!alpn->empty()) {
        const auto* bytes = reinterpret_cast<const unsigned char*>(alpn->data());
        if (SSL_CTX_set_alpn_protos(handle, bytes, static_cast<unsigned int>(alpn->size())) != 0) {
            return detail::clear_errors(), errc::library_failure;
        }
    }
    SSL_CTX_set_session_cache_mode(handle, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(handle, detail::on_new_session);

    auto state = std::make_shared<detail::context_state>(handle, true);
    static_cast<void>(owner.release());
    state->trust = std::move(trust);
    state->verify = options.verify();
    state->alpn = options.alpn();
    state->server_name = options.server_name();
    return context(std::move(state));
}

DRAGLINE_DECL result<context> context::make_server(const server_options& options) {
    detail::clear_errors();
    if (options.min_version() > options.max_version()) return dragline::errc::invalid_option;
    if (const auto alpn = detail::alpn_wire_format(options.alpn()); !alpn) return alpn.error();

    detail::ssl_context_pointer owner(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* const handle = owner.get();
    if (!handle || !detail::set_common_options(handle, options.min_version(), options.max_version())) {
        return detail::clear_errors(), errc::library_failure;
    }
    if (auto used = detail::use_certificate_chain(handle, options.certificate_chain_pem()); !used) {
        return used.error();
    }
    if (auto used = detail::use_private_key(handle, options.private_key_pem()); !used) return used.error();
    detail::trust_store trust;
    if (options.client_ca_pem()) {
        auto loaded = detail::load_trusted_pem(*options.client_ca_pem());
        if (!loaded) return loaded.error();
        trust = *std::move(loaded);
        SSL_CTX_set1_cert_store(handle, trust.get());
    }
    // Tickets carry the whole state of a session, so the server keeps none.
    SSL_CTX_set_session_cache_mode(handle, SSL_SESS_CACHE_OFF);
    constexpr std::string_view session_scope = "dragline";
    SSL_CTX_set_session_id_context(handle, reinterpret_cast<const unsigned char*>(session_scope.data()),
                                   static_cast<unsigned int>(session_scope.size()));

    auto state = std::make_shared<detail::context_state>(handle, false);
    static_cast<void>(owner.release());
    state->trust = std::move(trust);
    state->verify = options.client_ca_pem().has_value();
    state->alpn = options.alpn();
    if (!state->alpn.empty()) SSL_CTX_set_alpn_select_cb(handle, detail::select_alpn, state.get());
    return context(std::move(state));
}

DRAGLINE_DECL bool context::is_client() const noexcept { return state_ && state_->is_client; }

DRAGLINE_DECL ssl_ctx_st* context::native_handle() const noexcept {
    return state_ ? state_->handle : nullptr;
}

}  // namespace dragline::inline v1::tls

#endif
// ---- dragline/tls/ticket_cache.hpp
// Session tickets that a client may resume with, per origin. One cache for each loop; a plain object.


#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

struct ssl_session_st;

namespace dragline::inline v1::tls {

struct ticket_deleter {
    void operator()(ssl_session_st* session) const noexcept;
};

/// One session to resume; null when there is none.
using ticket = std::unique_ptr<ssl_session_st, ticket_deleter>;

class ticket_cache_options {
public:
    ticket_cache_options() {}

    /// Tickets that are kept in all. The origin that was idle longest loses its oldest first. 0 keeps none.
    ticket_cache_options& max_tickets(std::size_t value) { return max_tickets_ = value, *this; }
    std::size_t max_tickets() const noexcept { return max_tickets_; }

    /// Tickets that are kept for one key: as many connections as may be opened to an origin at once.
    ticket_cache_options& max_per_key(std::size_t value) { return max_per_key_ = value, *this; }
    std::size_t max_per_key() const noexcept { return max_per_key_; }

private:
    std::size_t max_tickets_ = 1000;
    std::size_t max_per_key_ = 8;
};

/// Keeps the tickets that servers hand out, and gives them to later connections.
///
/// The engine adds its context and the verified name to the key, so a ticket never passes between different
/// options or names, even when they share a cache. A TLS 1.3 ticket is given once (RFC 8446, C.4); a TLS 1.2
/// session stays. Threads: none but its loop's.
class ticket_cache {
public:
    explicit ticket_cache(ticket_cache_options options = ticket_cache_options()) : options_(options) {}
    ticket_cache(const ticket_cache&) = delete;
    ticket_cache& operator=(const ticket_cache&) = delete;

    /// Sessions that cannot be resumed are dropped.
    void put(std::string_view key, ticket session);

    /// The newest ticket of the key, or null.
    ticket take(std::string_view key);

    std::size_t size() const noexcept { return size_; }
    void clear() noexcept;

private:
    struct origin {
        std::string key;
        std::vector<ticket> tickets;  // oldest first; empty only where memory ran out
    };
    using origins = std::list<origin>;

    void drop_oldest(origins::iterator from);

    ticket_cache_options options_;
    origins origins_;  // the one used last is in front
    std::unordered_map<std::string_view, origins::iterator> by_key_;
    std::size_t size_ = 0;
};

}  // namespace dragline::inline v1::tls

// ---- dragline/tls/impl/ticket_cache.ipp
// Included by <dragline/tls/ticket_cache.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <iterator>
#include <utility>

namespace dragline::inline v1::tls {

DRAGLINE_DECL void ticket_deleter::operator()(ssl_session_st* session) const noexcept {
    SSL_SESSION_free(session);
}

DRAGLINE_DECL void ticket_cache::put(std::string_view key, ticket session) {
    if (!session || SSL_SESSION_is_resumable(session.get()) != 1) return;
    if (options_.max_tickets() == 0 || options_.max_per_key() == 0) return;
    auto found = by_key_.find(key);
    if (found == by_key_.end()) {
        origins_.emplace_front();
        origins_.front().key = key;
        found = by_key_.emplace(origins_.front().key, origins_.begin()).first;
    } else {
        origins_.splice(origins_.begin(), origins_, found->second);
    }
    auto& tickets = origins_.front().tickets;
    // A TLS 1.2 session replaces the one before it: one serves any number of connections.
    const bool reusable = SSL_SESSION_get_protocol_version(session.get()) < TLS1_3_VERSION;
    if (reusable) size_ -= std::exchange(tickets, {}).size();
    tickets.push_back(std::move(session));
    ++size_;
    if (tickets.size() > options_.max_per_key()) drop_oldest(origins_.begin());
    if (size_ > options_.max_tickets()) drop_oldest(std::prev(origins_.end()));
}

DRAGLINE_DECL ticket ticket_cache::take(std::string_view key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return nullptr;
    origins_.splice(origins_.begin(), origins_, found->second);
    auto& tickets = origins_.front().tickets;
    if (tickets.empty()) return nullptr;
    ticket& newest = tickets.back();
    if (SSL_SESSION_get_protocol_version(newest.get()) < TLS1_3_VERSION) {
        SSL_SESSION_up_ref(newest.get());
        return ticket(newest.get());
    }
    ticket taken = std::move(newest);
    tickets.pop_back();
    --size_;
    if (tickets.empty()) {
        by_key_.erase(found);
        origins_.pop_front();
    }
    return taken;
}

DRAGLINE_DECL void ticket_cache::drop_oldest(origins::iterator from) {
    if (!from->tickets.empty()) {
        from->tickets.erase(from->tickets.begin());
        --size_;
    }
    if (!from->tickets.empty()) return;
    by_key_.erase(from->key);
    origins_.erase(from);
}

DRAGLINE_DECL void ticket_cache::clear() noexcept {
    by_key_.clear();
    origins_.clear();
    size_ = 0;
}

}  // namespace dragline::inline v1::tls

#endif

#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dragline::inline v1::http::detail {

// One context and its tickets, shared by all connections of a loop with equal options.
struct tls_setup {
    tls::context context;
    std::shared_ptr<tls::ticket_cache> tickets = std::make_shared<tls::ticket_cache>();
};

class session_state {
public:
    session_state(async::loop_state& loop, std::string_view key, const session_options& options);

    async::loop_state& loop() noexcept { return loop_; }
    const std::string& key() const noexcept { return key_; }
    const session_options& options() const noexcept { return options_; }
    dns::resolver& resolver() noexcept { return resolver_; }
    connection_pool& pool() noexcept { return pool_; }
    bool closed() const noexcept { return closed_; }
    result<std::shared_ptr<tls_setup>> tls_setup_of_session();

    /// Stands for one fetch while it lives.
    class call {
    public:
        explicit call(session_state& owner)
            : owner_(owner), at_(owner.calls_.insert(owner.calls_.end(), &ending_)) {}
        ~call();
        call(const call&) = delete;
        async::interrupter& ending() noexcept { return ending_; }

    private:
        session_state& owner_;
        async::interrupter ending_;
        std::list<async::interrupter*>::iterator at_;
    };
    std::size_t calls() const noexcept { return calls_.size(); }

    /// Ends calls and connections; nothing new starts.
    void close() noexcept;

    /// As close(), then waits until the last call has left.
    static asio::awaitable<result<void>> close_and_wait(std::shared_ptr<session_state> self);

private:
    // Somebody who waits for the last call to leave.
    class closer {
    public:
        explicit closer(session_state& owner)
            : owner_(owner),
              last_left_(owner.loop_),
              at_(owner.closers_.insert(owner.closers_.end(), &last_left_)) {}
        ~closer() { owner_.closers_.erase(at_); }
        closer(const closer&) = delete;
        asio::awaitable<result<void>> wait() { return last_left_.wait(); }

    private:
        session_state& owner_;
        async::event last_left_;
        std::list<async::event*>::iterator at_;
    };

    async::loop_state& loop_;
    std::string key_;
    session_options options_;
    dns::resolver resolver_;
    connection_pool pool_;
    std::shared_ptr<tls_setup> tls_;
    std::list<async::interrupter*> calls_;
    std::list<async::event*> closers_;
    bool closed_ = false;
};

class loop_sessions final : public async::loop_object {
public:
    explicit loop_sessions(async::loop_state& loop);
    static loop_sessions& of(const asio::any_io_executor& executor) {
        return async::loop_state::of(executor).get<loop_sessions>();
    }

    /// The living session of this key, made when there is none. With options that differ from its own:
    /// throws.
    const std::shared_ptr<session_state>& get(std::string_view key, const session_options* options);

    const asio::any_io_executor& executor() const noexcept { return loop_.executor(); }

    /// Ends the session of this key, if it lives; over when its last call has left.
    asio::awaitable<result<void>> close(std::string key);
    asio::awaitable<result<void>> close_all();

    /// The shared setup for these options. Making one loads the trust store, which blocks for some 10 ms.
    result<std::shared_ptr<tls_setup>> tls(const tls::client_options& options);

    void shutdown() noexcept override;

private:
    std::vector<std::shared_ptr<session_state>> take_all() noexcept;

    async::loop_state& loop_;
    std::shared_ptr<sessions_entry> entry_;
    std::map<std::string, std::shared_ptr<session_state>, std::less<>> sessions_;
    std::map<tls::client_options, std::shared_ptr<tls_setup>> setups_;
};

}  // namespace dragline::http::detail

// ---- dragline/http/detail/impl/session_state.ipp
// Included by <dragline/http/detail/session_state.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <system_error>
#include <utility>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL session_state::session_state(async::loop_state& loop, std::string_view key,
                                           const session_options& options)
    : loop_(loop),
      key_(key),
      options_(options),
      resolver_(loop.executor(), options.dns()),
      pool_(loop, pool_limits{options.connections_per_host(), options.connections(), options.max_waiters(),
                              options.idle_timeout()}) {}

DRAGLINE_DECL result<std::shared_ptr<tls_setup>> session_state::tls_setup_of_session() {
    if (!tls_) {
        auto setup = loop_sessions::of(loop_.executor()).tls(options_.tls());
        if (!setup) return setup;
        tls_ = *std::move(setup);
    }
    return tls_;
}

DRAGLINE_DECL session_state::call::~call() {
    owner_.calls_.erase(at_);
    if (!owner_.calls_.empty()) return;
    for (auto* closer : owner_.closers_) closer->notify();
}

DRAGLINE_DECL void session_state::close() noexcept {
    closed_ = true;
    pool_.close();
    // Each call ends in a later turn of the loop, never inside interrupt().
    for (auto* each : calls_) each->interrupt();
}

DRAGLINE_DECL asio::awaitable<result<void>> session_state::close_and_wait(
    std::shared_ptr<session_state> self) {
    self->close();
    if (self->calls_.empty()) co_return result<void>();
    closer mine(*self);
    auto waiting = mine.wait();
    co_return co_await std::move(waiting);
}

DRAGLINE_DECL loop_sessions::loop_sessions(async::loop_state& loop)
    : loop_(loop), entry_(std::make_shared<sessions_entry>(loop.gate(), *this)) {
    sessions_registry::instance().add(entry_);
}

DRAGLINE_DECL const std::shared_ptr<session_state>& loop_sessions::get(std::string_view key,
                                                                       const session_options* options) {
    auto found = sessions_.find(key);
    if (found == sessions_.end()) {
        auto made = std::make_shared<session_state>(loop_, key, options ? *options : session_options());
        found = sessions_.emplace(std::string(key), std::move(made)).first;
        ++entry_->open;
    } else if (options && !(*options == found->second->options())) {
        throw std::system_error(make_error_code(errc::session_options_differ), std::string(key));
    }
    return found->second;
}

DRAGLINE_DECL std::vector<std::shared_ptr<session_state>> loop_sessions::take_all() noexcept {
    std::vector<std::shared_ptr<session_state>> taken;
    for (auto& [key, session] : std::exchange(sessions_, {})) taken.push_back(session);
    entry_->open = 0;
    return taken;
}

DRAGLINE_DECL asio::awaitable<result<void>> loop_sessions::close(std::string key) {
    auto found = sessions_.extract(key);
    if (found.empty()) co_return result<void>();
    --entry_->open;
    auto closing = session_state::close_and_wait(std::move(found.mapped()));
    co_return co_await std::move(closing);
}

DRAGLINE_DECL asio::awaitable<result<void>> loop_sessions::close_all() {
    auto sessions = take_all();
    for (auto& session : sessions) session->close();
    for (auto& session : sessions) {
        auto closing = session_state::close_and_wait(std::move(session));
        auto closed = co_await std::move(closing);
        if (!closed) co_return closed;
    }
    co_return result<void>();
}

DRAGLINE_DECL result<std::shared_ptr<tls_setup>> loop_sessions::tls(const tls::client_options& options) {
    if (auto found = setups_.find(options); found != setups_.end()) return found->second;
    auto offered = options;
    if (offered.alpn().empty()) offered.alpn({"http/1.1"});
    auto context = tls::context::make_client(offered);
    if (!context) return context.error();
    auto made = std::make_shared<tls_setup>();
    made->context = *std::move(context);
    setups_.emplace(options, made);
    return made;
}

DRAGLINE_DECL void loop_sessions::shutdown() noexcept {
    sessions_registry::instance().remove(entry_);
    for (auto& session : take_all()) session->close();
}

}  // namespace dragline::http::detail

#endif
// ---- dragline/http/response.hpp
// What a fetch yields.


#include <asio/ip/address.hpp>

#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

namespace dragline::inline v1::http {

/// A redirect that was followed.
class redirect_record {
public:
    redirect_record() {}

    int status = 0;
    dragline::url::url from;
    dragline::url::url to;
};

/// Who answered.
class peer_record {
public:
    peer_record() {}

    asio::ip::address address;
    std::uint16_t port = 0;
    bool reused = false;           ///< The connection had carried an exchange before.
    dragline::tls::peer_info tls;  ///< Empty without TLS.
};

/// How long the steps of the last hop took; zero for what was not needed.
class timings_record {
public:
    timings_record() {}

    async::duration queue{};
    async::duration resolve{};
    async::duration connect{};
    async::duration tls{};
    async::duration first_byte{};  ///< From the request sent to the end of the response head.
    async::duration total{};       ///< Of the whole fetch, all hops.
};

/// A response with its body. A status of 400 or more is no error by itself.
class response {
public:
    response() {}

    int status = 0;
    std::string reason;     ///< As sent; may be empty.
    int version_minor = 1;  ///< Of HTTP/1.x.
    fields headers;
    std::string body;        ///< Decoded; any bytes.
    bool truncated = false;  ///< The body was cut at max_body.
    dragline::url::url url;  ///< The final one, after redirects.
    std::vector<redirect_record> history;
    peer_record peer;
    timings_record timings;

    /// Throws std::system_error(errc::bad_status) when the status is 400 or more.
    const response& raise_for_status() const {
        if (status >= 400) throw std::system_error(make_error_code(errc::bad_status), std::to_string(status));
        return *this;
    }
};

}  // namespace dragline::http

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace dragline::inline v1::http::detail {

class fetch_op {
public:
    fetch_op(std::shared_ptr<session_state> session, fetch_options options);

    /// Call once; the object must outlive the coroutine.
    asio::awaitable<result<response>> run(std::string url);

private:
    using time_point = async::time_point;
    using duration = async::duration;

    std::error_code prepare(const std::string& text);
    void prepare_fields();
    asio::awaitable<result<void>> hop();
    asio::awaitable<result<void>> attempt(bool& stale);
    asio::awaitable<result<void>> connect(connection_pool::place& place);
    asio::awaitable<result<void>> exchange_on(h1_connection& connection);
    bool may_repeat(const h1_connection& connection, std::error_code ec) const noexcept;
    result<std::string> pool_key();
    void follow();
    void record(std::error_code ec);

    time_point now() const noexcept { return session_->loop().now(); }
    stage_limit limit_of(duration stage, phase where, time_point from) const noexcept;

    std::shared_ptr<session_state> session_;
    session_state::call call_;
    fetch_options options_;
    time_point started_;
    time_point until_;

    dragline::url::url url_;
    std::string method_;
    fields fields_;  // of the request, complete but for Host
    http::body body_;
    bool pinned_ = true;  // connect_to still applies: no redirect has left the origin
    std::shared_ptr<tls_setup> tls_;

    response_head head_;
    redirect_step next_;  // what follows head_
    int followed_ = 0;
    response response_;
    attempt_record attempt_;
    time_point attempt_started_{};
};

/// Where a fetch runs: on a session, or on the default session of its loop.
struct fetch_place {
    asio::any_io_executor loop;
    std::shared_ptr<session_state> session;
};

asio::awaitable<result<response>> fetch_body(fetch_place place, std::string url, fetch_options options);

}  // namespace dragline::http::detail

// ---- dragline/http/detail/impl/fetch_op.ipp
// Included by <dragline/http/detail/fetch_op.hpp> only.

// ---- dragline/http/detail/body_reader.hpp
// Reads the body of a response into memory: decoded, and no byte beyond the limit.


#include <cstdint>
#include <optional>
#include <system_error>

namespace dragline::inline v1::http::detail {

class body_reader {
public:
    /// `until`: the deadline of the whole fetch.
    body_reader(async::loop_state& loop, const fetch_options& options, async::time_point until)
        : loop_(loop), options_(options), until_(until) {}

    asio::awaitable<result<void>> read(exchange& from, const response_head& head, response& into);

    /// Reads what is left of a small body that nobody wants, so that its connection can be used again. A
    /// large or broken one is left, and the connection goes.
    asio::awaitable<result<void>> discard(exchange& from);

    /// Before decoding.
    std::uint64_t bytes_received() const noexcept { return bytes_received_; }

private:
    asio::awaitable<result<void>> read_identity(exchange& from, std::optional<std::uint64_t> length,
                                                response& into);
    asio::awaitable<result<void>> read_decoded(exchange& from, codec::content_decoder& decoder,
                                               response& into);
    std::error_code on_limit_reached(response& into) const;
    stage_limit read_limit() const noexcept;

    async::loop_state& loop_;
    const fetch_options& options_;
    async::time_point until_;
    std::uint64_t bytes_received_ = 0;
};

}  // namespace dragline::http::detail

// ---- dragline/http/detail/impl/body_reader.ipp
// Included by <dragline/http/detail/body_reader.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::http::detail {

// When bytes keep coming and it is the whole fetch that takes too long, the timeout says so.
DRAGLINE_DECL stage_limit body_reader::read_limit() const noexcept {
    if (options_.read_timeout() == no_limit) return {until_, phase::total};
    const auto next = async::deadline_after(loop_.now(), options_.read_timeout());
    return next < until_ ? stage_limit{next, phase::read} : stage_limit{until_, phase::total};
}

DRAGLINE_DECL asio::awaitable<result<void>> body_reader::read(exchange& from, const response_head& head,
                                                              response& into) {
    into.body.clear();
    into.truncated = false;
    if (!head.has_body) co_return result<void>();
    // A part of coded content cannot be decoded by itself.
    const bool coded =
        options_.decompress() && head.status != 206 && head.headers.contains("Content-Encoding");
    if (!coded) {
        auto reading = read_identity(from, head.content_length, into);
        co_return co_await std::move(reading);
    }
    std::string codings;
    for (const auto value : head.headers.all("Content-Encoding")) (codings += ',') += value;
    auto decoder = codec::content_decoder::make(codings);
    if (!decoder) co_return decoder.error();
    auto reading = read_decoded(from, *decoder, into);
    co_return co_await std::move(reading);
}

DRAGLINE_DECL asio::awaitable<result<void>> body_reader::discard(exchange& from) {
    constexpr std::uint64_t most = 64 * 1024;
    std::array<char, 4 * 1024> unwanted;
    while (bytes_received_ < most) {
        auto reading = from.read_body(asio::buffer(unwanted), read_limit());
        auto got = co_await std::move(reading);
        bytes_received_ += *got;
        if (got.error() == asio::error::operation_aborted) co_return got.error();
        if (!got || *got == 0) break;
    }
    co_return result<void>();
}

DRAGLINE_DECL std::error_code body_reader::on_limit_reached(response& into) const {
    if (options_.on_limit() == on_limit::error) return errc::body_too_large;
    into.truncated = true;
    return {};
}

// Straight into the body. It grows as bytes come, not as the peer announces; one byte beyond the limit tells
// a body that just fits from one that does not.
DRAGLINE_DECL asio::awaitable<result<void>> body_reader::read_identity(exchange& from,
                                                                       std::optional<std::uint64_t> length,
                                                                       response& into) {
    constexpr std::uint64_t most_at_once = 256 * 1024;
    auto& body = into.body;
    const auto limit = options_.max_body();
    const auto expected = length.value_or(16 * 1024);
    if (length && expected > limit && options_.on_limit() == on_limit::error) {
        co_return errc::body_too_large;
    }
    for (std::size_t size = 0;;) {
        const auto wanted = std::max<std::uint64_t>(expected > size ? expected - size : size, 1);
        const auto room =
            std::min({wanted, most_at_once, limit == ~std::uint64_t{0} ? limit : limit + 1 - size});
        body.resize(size + static_cast<std::size_t>(room));
        auto reading =
            from.read_body(asio::buffer(body.data() + size, static_cast<std::size_t>(room)), read_limit());
        auto got = co_await std::move(reading);
        bytes_received_ += *got;
        size += *got;
        body.resize(static_cast<std::size_t>(std::min<std::uint64_t>(size, limit)));
        if (!got) co_return got.error();
        if (size > limit) co_return on_limit_reached(into);
        if (*got == 0 || size == length) co_return result<void>();
    }
}

DRAGLINE_DECL asio::awaitable<result<void>> body_reader::read_decoded(exchange& from,
                                                                      codec::content_decoder& decoder,
                                                                      response& into) {
    std::array<char, 16 * 1024> coded;
    auto& body = into.body;
    for (;;) {
        auto reading = from.read_body(asio::buffer(coded), read_limit());
        auto got = co_await std::move(reading);
        if (!got) co_return got.error();
        if (*got == 0) co_return decoder.finish();
        bytes_received_ += *got;
        auto progress = decoder.write(std::string_view(coded.data(), *got), [&](std::string_view piece) {
            const auto room = options_.max_body() - body.size();
            body.append(
                piece.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(room, piece.size()))));
            return piece.size() <= room;
        });
        if (!progress) co_return progress.error();
        if (*progress == codec::content_decoder::progress::stopped) co_return on_limit_reached(into);
    }
}

}  // namespace dragline::http::detail

#endif
// ---- dragline/net/connector.hpp
// Connecting as the protocols above do it: with shared TLS contexts, tickets, and a way to be ended from
// outside. Programs start with open_connection() in connect.hpp.

// ---- dragline/net/connect_request.hpp
// What connecting needs to know, whoever asks for it.

// ---- dragline/tls/engine.hpp
// One TLS connection without I/O: ciphertext goes in and out through buffers that the caller moves.
// Start with `engine`; make its `context` first.


#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

struct ssl_st;

namespace dragline::inline v1::tls {

namespace detail {
struct engine_state;
}

/// What one connection needs beside its context. The role, client or server, is that of the context.
class engine_options {
public:
    engine_options() {}

    /// Client: the host as in a URL, to verify, and to ask for when it is a name (SNI). It may stay empty
    /// only when the context has a server_name or does not verify.
    engine_options& host(std::string value) { return host_ = std::move(value), *this; }
    const std::string& host() const noexcept { return host_; }

    /// Client: where tickets come from and go to, under `key`, "host:port" say. The cache may die first.
    engine_options& tickets(std::weak_ptr<ticket_cache> cache, std::string key) {
        tickets_ = std::move(cache), ticket_key_ = std::move(key);
        return *this;
    }
    const std::weak_ptr<ticket_cache>& tickets() const noexcept { return tickets_; }
    const std::string& ticket_key() const noexcept { return ticket_key_; }

    /// Bytes of ciphertext that may wait to be read; at least 1.
    engine_options& input_limit(std::size_t size) { return input_limit_ = size, *this; }
    std::size_t input_limit() const noexcept { return input_limit_; }

    /// write() starts no further record while this many bytes of ciphertext wait to be sent; at least 1.
    /// A peer that makes us queue 64 KiB beyond it, by demanding answers, gets errc::output_limit.
    engine_options& output_limit(std::size_t size) { return output_limit_ = size, *this; }
    std::size_t output_limit() const noexcept { return output_limit_; }

private:
    std::string host_;
    std::weak_ptr<ticket_cache> tickets_;
    std::string ticket_key_;
    std::size_t input_limit_ = 64 * 1024;
    std::size_t output_limit_ = 128 * 1024;
};

enum class progress {
    done,        ///< The handshake is complete.
    want_input,  ///< More ciphertext is needed. Send the output first.
};

/// What read() found. No field is set when the given span was empty and there is something to read.
struct read_step {
    std::size_t size = 0;     ///< Bytes of plaintext.
    bool want_input = false;  ///< Nothing to read until more ciphertext comes.
    bool closed = false;      ///< The peer said close_notify: the data is complete.
};

/// One TLS connection, client or server, that does no I/O.
///
/// After every call, also one that failed, send output(). On want_input, receive into input_space().
/// A failure stays: each later call gives the same error. All state is in the object, so an abandoned receive
/// loses nothing. Renegotiation is off. Not for two threads at once; needs no particular one.
class engine {
public:
    engine(const context& shared, const engine_options& options);
    engine(engine&&) noexcept;
    engine& operator=(engine&&) noexcept;
    ~engine();

    /// Room for ciphertext from the peer: `hint` bytes, fewer near the input limit, none at it: read() first.
    /// Valid until the next call of input_space() or release_buffers(), whatever else is called.
    std::span<char> input_space(std::size_t hint = 16 * 1024);
    void input_received(std::size_t size) noexcept;
    /// The transport has ended. What came before it can still be read.
    void input_ended() noexcept;

    /// Ciphertext for the peer. The view stays as it is until output_sent() has covered all of it, whatever
    /// else is called; what is produced meanwhile comes in the next one.
    std::string_view output() const noexcept;
    void output_sent(std::size_t size) noexcept;
    /// Everything that waits to be sent, also beyond the view. Does not fix a view as output() does.
    std::size_t output_size() const noexcept;

    /// Continues the handshake. Errors: any of errc but truncated, closed, bad_record.
    result<progress> handshake();

    /// Decrypts as much as there is and fits. Errors: truncated when the transport ended without
    /// close_notify; bad_record, alert_received, output_limit, and those of handshake().
    result<read_step> read(std::span<char> plain);

    /// Encrypts what the output limit permits and returns how much that is: 0 means that output must be sent
    /// first, or that the handshake is not done. Errors: closed, and an earlier failure.
    result<std::size_t> write(std::string_view plain);
    /// As above, with pieces that are joined, so that a short head and its body share a record.
    result<std::size_t> write(std::span<const std::string_view> pieces);

    /// Queues close_notify, once. Reading goes on until the peer's.
    void close() noexcept;

    bool handshake_done() const noexcept;
    /// Whether bytes have arrived that read() has not looked at: on an idle connection a sign of poison.
    bool has_pending_input() const noexcept;

    /// The name that the client asked for; empty when it asked for none.
    std::string server_name() const;
    std::string_view alpn() const noexcept;
    bool resumed() const noexcept;
    /// What was agreed and with whom; also after a refused certificate. Empty before either.
    peer_info peer() const;

    /// After a failure: which check failed on which certificate, or OpenSSL's reason; for traces.
    std::string error_detail() const;

    /// Frees the buffers that hold nothing, for connections that go idle. Not while a receive into
    /// input_space() is under way.
    void release_buffers() noexcept;

    /// OpenSSL's SSL, for what has no function here. Do not read, write or change its BIOs.
    ssl_st* native_handle() const noexcept;

private:
    std::unique_ptr<detail::engine_state> state_;
};

}  // namespace dragline::inline v1::tls

// ---- dragline/tls/impl/engine.ipp
// Included by <dragline/tls/engine.hpp> only.

// ---- dragline/tls/detail/engine_state.hpp
// The inside of an engine: the OpenSSL connection, its buffers, and the BIO that joins them. Bodies only.

// ---- dragline/tls/detail/ciphertext.hpp
// The two buffers between an engine and its transport. No OpenSSL here.

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace dragline::inline v1::tls::detail {

/// Bytes from the peer. Memory moves in space() only, so space that was lent outlives any amount of taking.
class input_buffer {
public:
    explicit input_buffer(std::size_t limit) : limit_(std::max<std::size_t>(limit, 1)) {}

    bool empty() const noexcept { return begin_ == end_; }

    std::span<char> space(std::size_t hint) {
        const std::size_t held = end_ - begin_;
        const std::size_t wanted = std::min(std::max<std::size_t>(hint, 1), limit_ - std::min(held, limit_));
        if (held == 0) begin_ = end_ = 0;
        if (capacity_ - end_ < wanted) make_room(wanted);
        lent_ = wanted;
        return {bytes_.get() + end_, wanted};
    }

    void received(std::size_t size) noexcept {
        assert(size <= lent_);
        end_ += std::min(size, lent_);
        lent_ = 0;
    }

    std::size_t take(char* to, std::size_t size) noexcept {
        size = std::min(size, end_ - begin_);
        if (size != 0) std::memcpy(to, bytes_.get() + begin_, size);
        begin_ += size;
        return size;
    }

    void release() noexcept {
        if (!empty()) return;
        bytes_.reset();
        begin_ = end_ = capacity_ = lent_ = 0;
    }

private:
    void make_room(std::size_t wanted) {
        const std::size_t held = end_ - begin_;
        if (capacity_ < held + wanted) {
            std::unique_ptr<char[]> larger(new char[held + wanted]);
            if (held != 0) std::memcpy(larger.get(), bytes_.get() + begin_, held);
            bytes_ = std::move(larger);
            capacity_ = held + wanted;
        } else if (held != 0) {
            std::memmove(bytes_.get(), bytes_.get() + begin_, held);
        }
        begin_ = 0;
        end_ = held;
    }

    std::unique_ptr<char[]> bytes_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t lent_ = 0;
    std::size_t limit_;
};

/// Bytes for the peer, in two parts: once a view is out, new bytes go to the second part, so that a send
/// under way keeps its memory.
class output_buffer {
public:
    std::size_t size() const noexcept { return first_.size() - sent_ + second_.size(); }

    void append(const char* bytes, std::size_t size) { (in_view_ ? second_ : first_).append(bytes, size); }

    std::string_view view() const noexcept {
        in_view_ = sent_ != first_.size();
        return std::string_view(first_).substr(sent_);
    }

    void sent(std::size_t size) noexcept {
        assert(size <= first_.size() - sent_);
        sent_ += std::min(size, first_.size() - sent_);
        if (sent_ != first_.size()) return;
        first_.clear();
        first_.swap(second_);
        sent_ = 0;
        in_view_ = false;
    }

    void release() noexcept {
        if (size() != 0) return;
        std::string().swap(first_);
        std::string().swap(second_);
    }

private:
    std::string first_;
    std::string second_;
    std::size_t sent_ = 0;          // of first_
    mutable bool in_view_ = false;  // somebody may be sending first_
};

}  // namespace dragline::inline v1::tls::detail
// ---- dragline/tls/detail/failure.hpp
// Turns OpenSSL's queue of errors into one of ours. Bodies only.

// ---- dragline/tls/verify.hpp
// Whom a certificate must be for, and what a failed check means. The checks themselves are OpenSSL's, set on
// each connection, so that no callback can undo them.


#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::tls {

/// The DNS name or IP address that a certificate must be for (RFC 9525).
class server_identity {
public:
    server_identity() {}

    /// Takes a host as it stands in a URL: a name in ASCII, IPv4, or IPv6 with or without brackets. Letters
    /// become lower case; one trailing dot and a zone id are removed.
    /// Errors: errc::invalid_host.
    static result<server_identity> parse(std::string_view host);

    bool is_address() const noexcept { return is_address_; }
    const std::string& text() const noexcept { return text_; }

    bool operator==(const server_identity&) const = default;

private:
    server_identity(std::string text, bool is_address) : text_(std::move(text)), is_address_(is_address) {}

    std::string text_;
    bool is_address_ = false;
};

/// The error for a result of OpenSSL's certificate verification (X509_V_ERR_...), which is not X509_V_OK.
DRAGLINE_DECL errc verify_error(int openssl_result) noexcept;

}  // namespace dragline::inline v1::tls

// ---- dragline/tls/impl/verify.ipp
// Included by <dragline/tls/verify.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <cstdint>
#include <utility>

namespace dragline::inline v1::tls {
namespace detail {

// Stricter than OpenSSL's own parser, which takes ":" for an address.
DRAGLINE_DECL bool is_ipv4(std::string_view text) noexcept {
    for (int part = 0; part < 4; ++part) {
        const auto number = text.substr(0, text.find('.'));
        if (number.size() > 3 || !ascii::parse_number<std::uint8_t>(number)) return false;
        if (number.size() > 1 && number.front() == '0') return false;
        if ((part == 3) != (number.size() == text.size())) return false;
        text.remove_prefix(std::min(number.size() + 1, text.size()));
    }
    return true;
}

// RFC 4291, 2.2.
DRAGLINE_DECL bool is_ipv6(std::string_view text) noexcept {
    std::size_t groups = 0;
    bool gap = text.starts_with("::");
    if (gap) text.remove_prefix(2);
    while (!text.empty()) {
        const auto end = text.find(':');
        const auto group = text.substr(0, end);
        if (end == text.npos && group.find('.') != text.npos) {
            return is_ipv4(group) && (gap ? groups < 6 : groups == 6);
        }
        if (group.size() > 4 || !ascii::parse_number<std::uint16_t>(group, 16)) return false;
        ++groups;
        if (end == text.npos) break;
        text.remove_prefix(end + 1);
        if (text.empty()) return false;
        if (text.front() != ':') continue;
        if (std::exchange(gap, true)) return false;
        text.remove_prefix(1);
    }
    return gap ? groups < 8 : groups == 8;
}

DRAGLINE_DECL bool is_host_name(std::string_view text) noexcept {
    constexpr std::size_t longest = 253;  // RFC 1035, 2.3.4, as text
    if (text.empty() || text.size() > longest || text.back() == '.' || text.front() == '.') return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return c > ' ' && static_cast<unsigned char>(c) < 0x7f && c != '[' && c != ']' && c != '%' &&
               c != ':';
    });
}

}  // namespace detail

DRAGLINE_DECL result<server_identity> server_identity::parse(std::string_view host) {
    const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    if (bracketed || host.find(':') != host.npos) {
        std::string address = ascii::to_lower(host.substr(0, host.find('%')));
        if (!detail::is_ipv6(address)) return errc::invalid_host;
        return server_identity(std::move(address), true);
    }
    if (host.ends_with('.')) host.remove_suffix(1);
    std::string name = ascii::to_lower(host);
    // A host that ends in a number is an IPv4 address or nothing (WHATWG URL, "ends in a number").
    if (const auto last = name.substr(name.rfind('.') + 1);
        !last.empty() && std::all_of(last.begin(), last.end(), ascii::is_digit)) {
        if (!detail::is_ipv4(name)) return errc::invalid_host;
        return server_identity(std::move(name), true);
    }
    if (!detail::is_host_name(name)) return errc::invalid_host;
    return server_identity(std::move(name), false);
}

DRAGLINE_DECL errc verify_error(int openssl_result) noexcept {
    switch (openssl_result) {
        case X509_V_ERR_CERT_HAS_EXPIRED: return errc::certificate_expired;
        case X509_V_ERR_CERT_NOT_YET_VALID: return errc::certificate_not_yet_valid;
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_CERT_UNTRUSTED: return errc::unknown_issuer;
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return errc::self_signed;
        case X509_V_ERR_HOSTNAME_MISMATCH: return errc::host_mismatch;
        case X509_V_ERR_IP_ADDRESS_MISMATCH: return errc::address_mismatch;
        case X509_V_ERR_CERT_REVOKED: return errc::certificate_revoked;
        case X509_V_ERR_OUT_OF_MEM: return errc::library_failure;
        default: return errc::certificate_invalid;
    }
}

}  // namespace dragline::inline v1::tls

#endif

#if DRAGLINE_HEADER_BODIES

#include <string>
#include <system_error>

namespace dragline::inline v1::tls::detail {

struct failure {
    std::error_code code = errc::library_failure;
    std::string detail = {};
};

DRAGLINE_DECL errc error_of_alert(int alert, bool established) noexcept {
    switch (alert) {
        case SSL_AD_PROTOCOL_VERSION: return errc::protocol_version;
        case SSL_AD_INSUFFICIENT_SECURITY: return errc::no_shared_cipher;
        case SSL_AD_UNRECOGNIZED_NAME: return errc::unrecognized_name;
        case SSL_AD_NO_APPLICATION_PROTOCOL: return errc::no_application_protocol;
        case SSL_AD_BAD_CERTIFICATE:
        case SSL_AD_UNSUPPORTED_CERTIFICATE:
        case SSL_AD_CERTIFICATE_REVOKED:
        case SSL_AD_CERTIFICATE_EXPIRED:
        case SSL_AD_CERTIFICATE_UNKNOWN:
        case SSL_AD_UNKNOWN_CA:
        case SSL_AD_ACCESS_DENIED:
        case SSL_AD_CERTIFICATE_REQUIRED: return errc::certificate_refused;
        default: return established ? errc::alert_received : errc::handshake_failed;
    }
}

DRAGLINE_DECL errc error_of_reason(int reason, bool established) noexcept {
    if (established) return errc::bad_record;
    switch (reason) {
        case SSL_R_UNSUPPORTED_PROTOCOL:
        case SSL_R_WRONG_SSL_VERSION:
        case SSL_R_WRONG_VERSION_NUMBER:
        case SSL_R_VERSION_TOO_LOW:
        case SSL_R_VERSION_TOO_HIGH:
        case SSL_R_UNKNOWN_PROTOCOL:
        case SSL_R_INAPPROPRIATE_FALLBACK:
        case SSL_R_NO_PROTOCOLS_AVAILABLE: return errc::protocol_version;
        case SSL_R_NO_SHARED_CIPHER:
        case SSL_R_NO_CIPHERS_AVAILABLE:
        case SSL_R_NO_SUITABLE_KEY_SHARE:
        case SSL_R_NO_SUITABLE_GROUPS: return errc::no_shared_cipher;
        case SSL_R_NO_APPLICATION_PROTOCOL: return errc::no_application_protocol;
        case SSL_R_CERTIFICATE_VERIFY_FAILED:
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: return errc::certificate_invalid;
        default: return errc::handshake_failed;
    }
}

// The first entry of the TLS library is the cause; those before it are of the libraries below.
DRAGLINE_DECL failure take_failure(bool established) {
    failure found;
    while (const unsigned long entry = ERR_get_error()) {
        const int reason = ERR_GET_REASON(entry);
        if (reason == ERR_R_MALLOC_FAILURE) {
            found.code = make_error_code(std::errc::not_enough_memory);
            break;
        }
        if (ERR_GET_LIB(entry) != ERR_LIB_SSL) continue;
        if (reason > SSL_AD_REASON_OFFSET && reason <= SSL_AD_REASON_OFFSET + 255) {
            const int alert = reason - SSL_AD_REASON_OFFSET;
            found.code = error_of_alert(alert, established);
            found.detail = std::string("alert received: ") + SSL_alert_desc_string_long(alert);
            break;
        }
        found.code = error_of_reason(reason, established);
        const char* text = ERR_reason_error_string(entry);
        found.detail = text ? text : "no reason given";
        break;
    }
    clear_errors();
    return found;
}

// "certificate has expired (depth 0, subject CN=example.com)"
DRAGLINE_DECL failure verification_failure(int openssl_result, int depth, const X509* certificate) {
    failure found;
    found.code = verify_error(openssl_result);
    found.detail = std::string(X509_verify_cert_error_string(openssl_result)) + " (depth " +
                   std::to_string(depth) + ", subject " + subject_of(certificate) + ")";
    return found;
}

}  // namespace dragline::inline v1::tls::detail

#endif

#if DRAGLINE_HEADER_BODIES

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace dragline::inline v1::tls::detail {

struct engine_state {
    engine_state(context shared, const context_state* common, std::size_t input_limit,
                 std::size_t output_limit);
    engine_state(const engine_state&) = delete;
    engine_state& operator=(const engine_state&) = delete;
    ~engine_state();

    // Makes the connection. A failure is kept, as any other, for the first call.
    void set_up(std::string_view host, std::string_view origin_key);
    void set_up_client(const std::string& host, std::string_view origin_key);

    void offer_ticket();
    // OpenSSL says that the handshake is done; these are the checks it leaves to us.
    void finish_handshake();

    void fail(std::error_code code, std::string detail = {});
    // OpenSSL refused: finds out why.
    void fail_by_openssl();

    bool is_drained() const noexcept { return input.empty() && SSL_pending(connection.get()) == 0; }
    bool peer_speaks_tls() const noexcept;

    context shared_context;  // keeps *common
    const context_state* common;
    input_buffer input;
    output_buffer output;
    std::size_t output_limit;
    ssl_pointer connection;

    std::weak_ptr<ticket_cache> tickets;
    std::string ticket_key;

    std::error_code error;
    std::string error_detail;
    bool started = false;
    bool established = false;
    bool input_ended = false;
    bool close_received = false;
    bool close_sent = false;
    bool output_overflowed = false;
    bool refused_by_openssl = false;
    std::array<unsigned char, 2> first_bytes{};  // of the peer: record type and version
    std::size_t first_bytes_seen = 0;

    int failed_check = X509_V_OK;
    int failed_depth = 0;
    x509_pointer failed_certificate;
    chain_pointer refused_chain;

    std::string joined;  // scratch for pieces that share a record
    std::shared_ptr<const peer_state> peer;
};

}  // namespace dragline::inline v1::tls::detail

#endif

// ---- dragline/tls/detail/impl/engine_state.ipp
// Included by <dragline/tls/detail/engine_state.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <new>
#include <utility>

namespace dragline::inline v1::tls::detail {

// What protocol duties may add beyond the output limit: a record that was begun, handshake messages, alerts.
inline constexpr std::size_t output_reserve = 64 * 1024;

DRAGLINE_DECL int read_from_input(BIO* bio, char* to, std::size_t size, std::size_t* taken) noexcept {
    auto& state = *static_cast<engine_state*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    *taken = state.input.take(to, size);
    if (*taken == 0) return BIO_set_retry_read(bio), 0;
    for (std::size_t i = 0; i < *taken && state.first_bytes_seen < state.first_bytes.size(); ++i) {
        state.first_bytes[state.first_bytes_seen++] = static_cast<unsigned char>(to[i]);
    }
    return 1;
}

DRAGLINE_DECL int write_to_output(BIO* bio, const char* from, std::size_t size,
                                  std::size_t* written) noexcept {
    auto& state = *static_cast<engine_state*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    *written = 0;
    if (state.output.size() + size > state.output_limit + output_reserve) {
        state.output_overflowed = true;
        return 0;
    }
    try {
        state.output.append(from, size);
    } catch (const std::bad_alloc&) {
        return 0;
    }
    *written = size;
    return 1;
}

// The end of the transport is the engine's business: to OpenSSL the input is merely not there yet. So the
// differences between its releases about an end without close_notify do not matter.
DRAGLINE_DECL long control_buffers(BIO*, int command, long, void*) noexcept {
    return command == BIO_CTRL_FLUSH || command == BIO_CTRL_DUP ? 1 : 0;
}

DRAGLINE_DECL BIO_METHOD* buffer_bio_method() noexcept {
    static BIO_METHOD* const method = [] {
        BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "dragline buffers");
        if (!made) return made;
        BIO_meth_set_read_ex(made, read_from_input);
        BIO_meth_set_write_ex(made, write_to_output);
        BIO_meth_set_ctrl(made, control_buffers);
        return made;
    }();
    return method;
}

// Notes the first failed check. It never changes the verdict.
DRAGLINE_DECL int on_verify(int good, X509_STORE_CTX* verification) noexcept {
    if (good) return good;
    auto* ssl =
        static_cast<SSL*>(X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto* state = ssl ? static_cast<engine_state*>(SSL_get_app_data(ssl)) : nullptr;
    if (!state || state->failed_check != X509_V_OK) return good;
    state->failed_check = X509_STORE_CTX_get_error(verification);
    state->failed_depth = X509_STORE_CTX_get_error_depth(verification);
    if (X509* certificate = X509_STORE_CTX_get_current_cert(verification)) {
        X509_up_ref(certificate);
        state->failed_certificate.reset(certificate);
    }
    if (auto* sent = X509_STORE_CTX_get0_untrusted(verification)) {
        state->refused_chain.reset(X509_chain_up_ref(sent));
    }
    return good;
}

DRAGLINE_DECL int on_new_session(SSL* connection, SSL_SESSION* session) noexcept {
    auto* state = static_cast<engine_state*>(SSL_get_app_data(connection));
    const auto cache = state ? state->tickets.lock() : nullptr;
    if (!cache) return 0;
    SSL_SESSION_up_ref(session);
    try {
        cache->put(state->ticket_key, ticket(session));
    } catch (const std::bad_alloc&) {
        // A ticket less: the next handshake is a full one.
    }
    return 0;
}

DRAGLINE_DECL engine_state::engine_state(context context_handle, const context_state* context_content,
                                         std::size_t most_input, std::size_t most_output)
    : shared_context(std::move(context_handle)),
      common(context_content),
      input(most_input),
      output_limit(std::max<std::size_t>(most_output, 1)) {}

DRAGLINE_DECL engine_state::~engine_state() {
    // Otherwise OpenSSL takes the connection for a broken one, and its session for unfit to be resumed.
    if (connection && !refused_by_openssl)
        SSL_set_shutdown(connection.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

DRAGLINE_DECL void engine_state::set_up(std::string_view host, std::string_view origin_key) {
    if (!common) return fail(dragline::errc::invalid_option);
    clear_errors();
    connection.reset(SSL_new(common->handle));
    BIO* const bio = buffer_bio_method() ? BIO_new(buffer_bio_method()) : nullptr;
    if (!connection || !bio) {
        BIO_free(bio);
        return fail_by_openssl();
    }
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(connection.get(), bio, bio);
    SSL_set_app_data(connection.get(), this);
    if (common->is_client)
        return set_up_client(common->server_name.empty() ? std::string(host) : common->server_name,
                             origin_key);
    SSL_set_accept_state(connection.get());
    constexpr int required = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    SSL_set_verify(connection.get(), common->verify ? required : SSL_VERIFY_NONE, on_verify);
}

DRAGLINE_DECL void engine_state::set_up_client(const std::string& host, std::string_view origin_key) {
    SSL* const ssl = connection.get();
    SSL_set_connect_state(ssl);
    SSL_set_verify(ssl, common->verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, on_verify);
    // Without verification there may be no name at all; then none is sent.
    server_identity identity;
    if (common->verify || !host.empty()) {
        auto parsed = server_identity::parse(host);
        if (!parsed) return fail(parsed.error(), "host: \"" + host.substr(0, 300) + '"');
        identity = *std::move(parsed);
    }
    const std::string& name = identity.text();
    ticket_key = std::to_string(common->id) + ' ' + name + ' ' + std::string(origin_key);
    if (name.empty()) return;

    X509_VERIFY_PARAM* const checks = SSL_get0_param(ssl);
    X509_VERIFY_PARAM_set_hostflags(
        checks, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    const bool set = identity.is_address()
                         ? X509_VERIFY_PARAM_set1_ip_asc(checks, name.c_str()) == 1
                         : X509_VERIFY_PARAM_set1_host(checks, name.data(), name.size()) == 1 &&
                               SSL_set_tlsext_host_name(ssl, name.c_str()) == 1;
    clear_errors();
    if (!set) fail(errc::invalid_host);
}

DRAGLINE_DECL void engine_state::offer_ticket() {
    const auto cache = tickets.lock();
    if (!cache) return;
    if (const ticket session = cache->take(ticket_key)) SSL_set_session(connection.get(), session.get());
    clear_errors();
}

DRAGLINE_DECL void engine_state::finish_handshake() {
    const unsigned char* chosen = nullptr;
    unsigned int chosen_size = 0;
    SSL_get0_alpn_selected(connection.get(), &chosen, &chosen_size);
    const std::string_view protocol(reinterpret_cast<const char*>(chosen), chosen_size);
    if (!protocol.empty() &&
        std::find(common->alpn.begin(), common->alpn.end(), protocol) == common->alpn.end()) {
        return fail(errc::no_application_protocol, "the peer chose a protocol that was not offered");
    }
    if (const long verdict = SSL_get_verify_result(connection.get());
        common->verify && verdict != X509_V_OK) {
        return fail(verify_error(static_cast<int>(verdict)), X509_verify_cert_error_string(verdict));
    }
    established = true;
}

DRAGLINE_DECL void engine_state::fail(std::error_code code, std::string detail) {
    if (error) return;
    error = code;
    error_detail = detail.empty() ? code.message() : std::move(detail);
}

DRAGLINE_DECL void engine_state::fail_by_openssl() {
    refused_by_openssl = true;
    failure found = take_failure(established);
    if (output_overflowed) return fail(errc::output_limit);
    if (!established && !peer_speaks_tls()) return fail(errc::not_tls);
    if (failed_check != X509_V_OK) {
        found = verification_failure(failed_check, failed_depth, failed_certificate.get());
    }
    fail(found.code, std::move(found.detail));
}

// Every record begins with a type from 20 to 23 and the version 3.x (RFC 8446, 5.1). No bytes: no verdict.
DRAGLINE_DECL bool engine_state::peer_speaks_tls() const noexcept {
    if (first_bytes_seen > 0 && (first_bytes[0] < 20 || first_bytes[0] > 23)) return false;
    return first_bytes_seen < 2 || first_bytes[1] == 3;
}

}  // namespace dragline::inline v1::tls::detail

#endif

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::tls {
namespace detail {

// RFC 8446, 5.1: the plaintext of one record.
inline constexpr std::size_t largest_record = 16 * 1024;

/// Goes through pieces of text in portions that fill a record each.
class piece_reader {
public:
    explicit piece_reader(std::span<const std::string_view> pieces) : rest_(pieces) { skip(0); }

    bool at_end() const noexcept { return rest_.empty(); }

    // The next portion; copied to `scratch` only where pieces have to be joined.
    std::string_view next(std::string& scratch) const {
        const std::string_view here = rest_.front().substr(offset_, largest_record);
        if (here.size() == largest_record || rest_.size() == 1) return here;
        scratch.assign(here);
        for (const std::string_view piece : rest_.subspan(1)) {
            scratch.append(piece.substr(0, largest_record - scratch.size()));
            if (scratch.size() == largest_record) break;
        }
        return scratch;
    }

    void skip(std::size_t size) noexcept {
        offset_ += size;
        while (!rest_.empty() && offset_ >= rest_.front().size()) {
            offset_ -= rest_.front().size();
            rest_ = rest_.subspan(1);
        }
    }

private:
    std::span<const std::string_view> rest_;
    std::size_t offset_ = 0;  // in the first of them
};

}  // namespace detail

DRAGLINE_DECL engine::engine(const context& shared, const engine_options& options)
    : state_(std::make_unique<detail::engine_state>(shared, shared.state_.get(), options.input_limit(),
                                                    options.output_limit())) {
    state_->tickets = options.tickets();
    state_->set_up(options.host(), options.ticket_key());
}

DRAGLINE_DECL engine::engine(engine&&) noexcept = default;
DRAGLINE_DECL engine& engine::operator=(engine&&) noexcept = default;
DRAGLINE_DECL engine::~engine() = default;

DRAGLINE_DECL std::span<char> engine::input_space(std::size_t hint) { return state_->input.space(hint); }
DRAGLINE_DECL void engine::input_received(std::size_t size) noexcept { state_->input.received(size); }
DRAGLINE_DECL void engine::input_ended() noexcept { state_->input_ended = true; }

DRAGLINE_DECL std::string_view engine::output() const noexcept { return state_->output.view(); }
DRAGLINE_DECL void engine::output_sent(std::size_t size) noexcept { state_->output.sent(size); }
DRAGLINE_DECL std::size_t engine::output_size() const noexcept { return state_->output.size(); }

DRAGLINE_DECL result<progress> engine::handshake() {
    auto& state = *state_;
    if (state.error) return state.error;
    if (state.established) return progress::done;
    detail::clear_errors();
    if (!std::exchange(state.started, true)) state.offer_ticket();
    const int outcome = SSL_do_handshake(state.connection.get());
    if (outcome == 1) {
        state.finish_handshake();
    } else {
        switch (SSL_get_error(state.connection.get(), outcome)) {
            case SSL_ERROR_WANT_READ:
                if (!state.input_ended) return progress::want_input;
                state.fail(state.peer_speaks_tls() ? errc::handshake_closed : errc::not_tls);
                break;
            case SSL_ERROR_ZERO_RETURN: state.fail(errc::handshake_closed); break;
            default: state.fail_by_openssl();
        }
    }
    if (state.error) return state.error;
    return progress::done;
}

DRAGLINE_DECL result<read_step> engine::read(std::span<char> plain) {
    auto& state = *state_;
    if (!state.established) {
        const auto step = handshake();
        if (!step) return step.error();
        if (*step == progress::want_input) return read_step{.want_input = true};
    }
    read_step step;
    detail::clear_errors();
    while (step.size < plain.size() && !state.error && !state.close_received && !state.is_drained()) {
        std::size_t got = 0;
        const int outcome =
            SSL_read_ex(state.connection.get(), plain.data() + step.size, plain.size() - step.size, &got);
        step.size += got;
        if (outcome == 1) continue;
        switch (SSL_get_error(state.connection.get(), outcome)) {
            case SSL_ERROR_WANT_READ: break;  // a part of a record: the input is used up
            case SSL_ERROR_ZERO_RETURN: state.close_received = true; break;
            default: state.fail_by_openssl();
        }
    }
    // What was decrypted comes first; an error waits for the next call.
    if (step.size != 0) return step;
    if (state.error) return state.error;
    step.closed = state.close_received;
    if (step.closed || (plain.empty() && !state.is_drained())) return step;
    if (state.input_ended) {
        state.fail(errc::truncated);
        return state.error;
    }
    step.want_input = true;
    return step;
}

DRAGLINE_DECL result<std::size_t> engine::write(std::string_view plain) {
    return write(std::span<const std::string_view>(&plain, 1));
}

DRAGLINE_DECL result<std::size_t> engine::write(std::span<const std::string_view> pieces) {
    auto& state = *state_;
    if (state.error) return state.error;
    if (state.close_sent) return errc::closed;
    std::size_t written = 0;
    if (!state.established) return written;
    detail::clear_errors();
    for (detail::piece_reader reader(pieces); !reader.at_end() && state.output.size() < state.output_limit;) {
        const std::string_view portion = reader.next(state.joined);
        std::size_t sent = 0;
        if (SSL_write_ex(state.connection.get(), portion.data(), portion.size(), &sent) != 1) {
            state.fail_by_openssl();
            return state.error;
        }
        written += sent;
        reader.skip(sent);
    }
    return written;
}

DRAGLINE_DECL void engine::close() noexcept {
    auto& state = *state_;
    if (!state.established || state.error || std::exchange(state.close_sent, true)) return;
    detail::clear_errors();
    SSL_shutdown(state.connection.get());
    detail::clear_errors();
}

DRAGLINE_DECL bool engine::handshake_done() const noexcept { return state_->established; }

DRAGLINE_DECL bool engine::has_pending_input() const noexcept {
    return state_->connection && !state_->is_drained();
}

DRAGLINE_DECL std::string engine::server_name() const {
    const auto& connection = state_->connection;
    const char* name = connection ? SSL_get_servername(connection.get(), TLSEXT_NAMETYPE_host_name) : nullptr;
    return name ? name : std::string();
}

DRAGLINE_DECL std::string_view engine::alpn() const noexcept {
    if (!state_->established) return {};
    const unsigned char* chosen = nullptr;
    unsigned int size = 0;
    SSL_get0_alpn_selected(state_->connection.get(), &chosen, &size);
    return {reinterpret_cast<const char*>(chosen), size};
}

DRAGLINE_DECL bool engine::resumed() const noexcept {
    return state_->established && SSL_session_reused(state_->connection.get()) == 1;
}

DRAGLINE_DECL peer_info engine::peer() const {
    auto& state = *state_;
    if (state.peer) return peer_info(state.peer);
    if (!state.established && !state.refused_chain) return peer_info();
    SSL* const ssl = state.connection.get();
    auto made = std::make_shared<detail::peer_state>();
    made->version = SSL_get_version(ssl);
    if (const char* cipher = SSL_get_cipher_name(ssl)) made->cipher = cipher;
    made->alpn = alpn();
    made->resumed = resumed();
    const STACK_OF(X509)* sent =
        state.refused_chain ? state.refused_chain.get() : SSL_get_peer_cert_chain(ssl);
    if (sent) made->chain = X509_chain_up_ref(const_cast<STACK_OF(X509)*>(sent));
    // OpenSSL gives a server the chain without the client's own certificate.
    if (!state.common->is_client && state.established) {
        if (detail::x509_pointer own{SSL_get1_peer_certificate(ssl)}) {
            if (!made->chain) made->chain = sk_X509_new_null();
            if (made->chain && sk_X509_unshift(made->chain, own.get()) > 0) static_cast<void>(own.release());
        }
    }
    state.peer = std::move(made);
    return peer_info(state.peer);
}

DRAGLINE_DECL std::string engine::error_detail() const { return state_->error_detail; }

DRAGLINE_DECL void engine::release_buffers() noexcept {
    auto& state = *state_;
    state.input.release();
    state.output.release();
    std::string().swap(state.joined);
    if (state.connection) SSL_free_buffers(state.connection.get());
}

DRAGLINE_DECL ssl_st* engine::native_handle() const noexcept { return state_->connection.get(); }

}  // namespace dragline::inline v1::tls

#endif

#include <chrono>
#include <optional>

namespace dragline::inline v1::net {

/// What connecting needs, resolved from the options of whoever asks.
class connect_request {
public:
    connect_request() {}

    endpoint target;
    std::optional<dns::resolver> resolver;  ///< Needed for a target that is a name.
    std::optional<tls::context> tls;        ///< Speaks TLS when set.
    tls::engine_options tls_options;
    async::time_point until = async::no_deadline;
    async::duration resolve_timeout = no_limit;
    async::duration connect_timeout = no_limit;
    async::duration tls_timeout = no_limit;
    async::duration attempt_delay = std::chrono::milliseconds(250);
    async::duration resolution_delay = std::chrono::milliseconds(50);
};

}  // namespace dragline::net

#include <asio/awaitable.hpp>
#include <asio/ip/address.hpp>

namespace dragline::inline v1::net {

/// A connection that stands.
class connected {
public:
    connected() {}

    net::stream stream;
    asio::ip::address address;  ///< The one that was dialled; none for a Unix socket.
    tls::peer_info peer;        ///< Empty without TLS.
};

/// Connects on the caller's loop. `trace` is filled as far as it gets; `ending` ends it from outside.
///
/// Errors: those of the resolver, of the first address that failed, of tls, and the timeout of the stage.
asio::awaitable<result<connected>> connect(async::loop_state& loop, connect_request request,
                                           connect_trace& trace, async::interrupter& ending);

}  // namespace dragline::net

// ---- dragline/net/impl/connector.ipp
// Included by <dragline/net/connector.hpp> only.

// ---- dragline/net/detail/connecting.hpp
// The race of look-ups and dials, as connect_machine decides it.

// ---- dragline/net/detail/connect_machine.hpp
// Decides which address is dialled when: happy eyeballs (RFC 8305). No clock, no socket, no resolver.


#include <asio/ip/address.hpp>

#include <cstddef>
#include <optional>
#include <system_error>
#include <variant>
#include <vector>

namespace dragline::inline v1::net::detail {

class connect_machine {
public:
    using time_point = async::time_point;
    using duration = async::duration;

    struct dial {
        asio::ip::address address;
    };
    struct wait {
        time_point until;
    };
    struct fail {
        std::error_code ec;  // the look-up's when no address was ever dialled, else the first dial's
    };
    using step = std::variant<dial, wait, fail>;

    /// `attempt_delay`: head start of each address over the next. `resolution_delay`: how long addresses of
    /// IPv4 wait for those of IPv6. At most `most_attempts` dials are alive at a time.
    connect_machine(duration attempt_delay, duration resolution_delay, std::size_t most_attempts = 6)
        : attempt_delay_(attempt_delay), resolution_delay_(resolution_delay), most_attempts_(most_attempts) {}

    // What happened. A family that is not looked up at all is reported as resolved with nothing and no error.
    void on_resolved(bool v6, const std::vector<asio::ip::address>& addresses, std::error_code ec,
                     time_point now);
    void on_dial_failed(std::error_code ec, time_point now);

    /// What to do at `now`; asked again until it says wait or fail, and after each event or wait.
    step next(time_point now);

private:
    struct family {
        std::vector<asio::ip::address> addresses;
        std::size_t used = 0;
        bool resolved = false;
        std::error_code ec;

        bool has_next() const noexcept { return used < addresses.size(); }
    };

    bool may_start(time_point now) const noexcept;

    duration attempt_delay_;
    duration resolution_delay_;
    std::size_t most_attempts_;
    family v4_, v6_;
    std::optional<time_point> v4_since_;  // when IPv4 came, while IPv6 is awaited
    time_point next_dial_ = time_point::min();
    std::size_t alive_ = 0;
    bool dialled_ = false;
    bool last_was_v6_ = false;
    std::error_code first_failure_;
};

}  // namespace dragline::net::detail

// ---- dragline/net/detail/impl/connect_machine.ipp
// Included by <dragline/net/detail/connect_machine.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL void connect_machine::on_resolved(bool v6, const std::vector<asio::ip::address>& addresses,
                                                std::error_code ec, time_point now) {
    auto& resolved = v6 ? v6_ : v4_;
    resolved.addresses = addresses;
    resolved.resolved = true;
    resolved.ec = ec;
    if (!v6 && !addresses.empty() && !v6_.resolved) v4_since_ = now;
}

DRAGLINE_DECL void connect_machine::on_dial_failed(std::error_code ec, time_point now) {
    --alive_;
    if (!first_failure_) first_failure_ = ec;
    next_dial_ = now;  // RFC 8305, 5: a failure starts the next one at once
}

DRAGLINE_DECL bool connect_machine::may_start(time_point now) const noexcept {
    if (dialled_ || v6_.resolved) return true;
    return v4_since_ && now >= async::deadline_after(*v4_since_, resolution_delay_);
}

DRAGLINE_DECL connect_machine::step connect_machine::next(time_point now) {
    const bool has_next = v4_.has_next() || v6_.has_next();
    if (!has_next) {
        if (alive_ > 0 || !v4_.resolved || !v6_.resolved) return wait{async::no_deadline};
        if (first_failure_) return fail{first_failure_};
        // Neither family has an address: a failed look-up tells more than an empty one.
        if (v4_.ec) return fail{v4_.ec};
        return fail{v6_.ec ? v6_.ec : make_error_code(errc::no_address)};
    }
    if (!may_start(now)) return wait{async::deadline_after(*v4_since_, resolution_delay_)};
    if (alive_ >= most_attempts_) return wait{async::no_deadline};
    if (alive_ > 0 && now < next_dial_) return wait{next_dial_};

    // IPv6 first, then the families in turn.
    const bool v6 = v6_.has_next() && (!v4_.has_next() || !dialled_ || !last_was_v6_);
    auto& chosen = v6 ? v6_ : v4_;
    dialled_ = true;
    last_was_v6_ = v6;
    ++alive_;
    next_dial_ = async::deadline_after(now, attempt_delay_);
    return dial{chosen.addresses[chosen.used++]};
}

}  // namespace dragline::net::detail

#endif
// ---- dragline/net/detail/socket_layer.hpp
// The bottom of a stream: a TCP or Unix socket.


#include <asio/generic/stream_protocol.hpp>

namespace dragline::inline v1::net::detail {

using stream_socket = asio::generic::stream_protocol::socket;

class socket_layer final : public stream_layer {
public:
    explicit socket_layer(stream_socket socket);

    asio::any_io_executor get_executor() noexcept override { return socket_.get_executor(); }
    asio::awaitable<result<std::size_t>> read_some(asio::mutable_buffer into, async::time_point until,
                                                   phase where) override;
    asio::awaitable<result<void>> write(gather pieces, async::time_point until, phase where) override;
    asio::awaitable<result<void>> shutdown(async::time_point until) override;
    result<std::size_t> try_read(asio::mutable_buffer into) noexcept override;
    void close() noexcept override;
    bool is_open() const noexcept override { return socket_.is_open(); }

private:
    struct direction {
        explicit direction(socket_layer& owner) : layer(owner), limit(&expire, this) {}
        static void expire(void* self) noexcept;

        socket_layer& layer;
        async::deadline limit;
        bool expired = false;
    };

    async::loop_state& loop_;
    stream_socket socket_;
    direction reading_{*this};
    direction writing_{*this};
};

}  // namespace dragline::net::detail

// ---- dragline/net/detail/impl/socket_layer.ipp
// Included by <dragline/net/detail/socket_layer.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <asio/cancellation_state.hpp>
#include <asio/error.hpp>
#include <asio/redirect_error.hpp>
#include <asio/this_coro.hpp>

#include <system_error>
#include <utility>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL socket_layer::socket_layer(stream_socket socket)
    : loop_(async::loop_state::of(socket.get_executor())), socket_(std::move(socket)) {
    std::error_code ignored;  // a socket that refuses only makes write() wait in the kernel
    socket_.non_blocking(true, ignored);
}

// Asio cannot cancel one direction of a socket; the other one sees that it was not meant, and goes on.
DRAGLINE_DECL void socket_layer::direction::expire(void* self) noexcept {
    auto& expired = *static_cast<direction*>(self);
    expired.expired = true;
    std::error_code ignored;
    expired.layer.socket_.cancel(ignored);
}

DRAGLINE_DECL asio::awaitable<result<std::size_t>> socket_layer::read_some(asio::mutable_buffer into,
                                                                           async::time_point until,
                                                                           phase where) {
    reading_.expired = false;
    loop_.deadlines().arm(reading_.limit, until);
    for (;;) {
        std::error_code ec;
        auto token = asio::redirect_error(asio::use_awaitable, ec);
        const auto size = co_await socket_.async_read_some(into, token);
        if (ec == asio::error::operation_aborted && socket_.is_open() && !reading_.expired) {
            const auto state = co_await asio::this_coro::cancellation_state;
            if (state.cancelled() == asio::cancellation_type::none) continue;
        }
        reading_.limit.disarm();
        if (!ec) co_return size;
        if (ec == asio::error::operation_aborted && reading_.expired) co_return make_timeout(where);
        co_return ec;
    }
}

DRAGLINE_DECL asio::awaitable<result<void>> socket_layer::write(gather pieces, async::time_point until,
                                                                phase where) {
    writing_.expired = false;
    for (;;) {
        // Mostly the kernel takes everything at once: then no operation is needed at all.
        std::error_code ec;
        // One piece costs less than a list of one.
        auto written =
            pieces[1].size() == 0 ? socket_.write_some(pieces[0], ec) : socket_.write_some(pieces, ec);
        if (ec == asio::error::would_block || ec == asio::error::try_again) {
            ec.clear();
            written = 0;
            if (!writing_.limit.armed()) loop_.deadlines().arm(writing_.limit, until);
            auto token = asio::redirect_error(asio::use_awaitable, ec);
            co_await socket_.async_wait(stream_socket::wait_write, token);
            if (ec == asio::error::operation_aborted && socket_.is_open() && !writing_.expired) {
                const auto state = co_await asio::this_coro::cancellation_state;
                if (state.cancelled() == asio::cancellation_type::none) ec.clear();
            }
        }
        if (ec) {
            writing_.limit.disarm();
            if (ec == asio::error::operation_aborted && writing_.expired) co_return make_timeout(where);
            co_return ec;
        }
        for (auto& piece : pieces) {
            const auto taken = std::min(written, piece.size());
            piece += taken;
            written -= taken;
        }
        if (asio::buffer_size(pieces) == 0) {
            writing_.limit.disarm();
            co_return result<void>();
        }
    }
}

DRAGLINE_DECL asio::awaitable<result<void>> socket_layer::shutdown(async::time_point) {
    std::error_code ec;
    socket_.shutdown(stream_socket::shutdown_send, ec);
    co_return result<void>(ec);
}

DRAGLINE_DECL result<std::size_t> socket_layer::try_read(asio::mutable_buffer into) noexcept {
    std::error_code ec;
    const auto size = socket_.read_some(into, ec);
    if (ec == asio::error::try_again) ec = asio::error::would_block;
    if (ec) return ec;
    return size;
}

DRAGLINE_DECL void socket_layer::close() noexcept {
    std::error_code ignored;
    socket_.close(ignored);
}

}  // namespace dragline::net::detail

#endif

#include <asio/cancellation_signal.hpp>
#include <asio/ip/address.hpp>

#include <cstddef>
#include <memory>
#include <system_error>
#include <vector>

namespace dragline::inline v1::net::detail {

// The completions of look-ups and dials hold it, so it may outlive the coroutine that waits for
// it.
class connecting : public std::enable_shared_from_this<connecting> {
public:
    connecting(async::loop_state& loop, const connect_request& request, connect_trace& trace);

    void start();
    asio::awaitable<result<void>> run(async::interrupter& ending);
    void end() noexcept;

    stream_socket take_socket() noexcept;
    const asio::ip::address& address() const noexcept { return address_; }

private:
    struct dial {
        explicit dial(const asio::any_io_executor& executor) : socket(executor) {}
        stream_socket socket;
        std::size_t record = 0;
        bool open = true;
    };

    static asio::awaitable<void> look_up(std::shared_ptr<connecting> self, bool v6);
    void on_resolved(bool v6, const std::vector<asio::ip::address>& addresses, std::error_code ec);
    void dial_endpoint(const asio::generic::stream_protocol::endpoint& target);
    void dial_address(const asio::ip::address& address);
    void on_dialled(const std::shared_ptr<dial>& ended, std::error_code ec);
    async::time_point stage_deadline() const noexcept;
    phase stage() const noexcept { return resolved_ ? phase::connect : phase::resolve; }
    async::duration elapsed() const noexcept { return loop_.now() - started_; }

    async::loop_state& loop_;
    const connect_request& request_;  // valid until end()
    connect_trace& trace_;            // the same
    connect_machine machine_;
    async::event changed_;
    async::time_point started_;
    async::time_point resolved_at_{};
    std::vector<std::shared_ptr<dial>> dials_;
    std::shared_ptr<dial> winner_;
    asio::ip::address address_;
    asio::cancellation_signal look_up_ends_[2];  // IPv4, IPv6
    bool looking_[2] = {};                       // whether there is somebody to be cancelled
    dns::lookup_trace look_ups_[2];
    bool resolved_ = false;  // an address is known
    bool ended_ = false;
};

}  // namespace dragline::net::detail

// ---- dragline/net/detail/impl/connecting.ipp
// Included by <dragline/net/detail/connecting.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>

#include <algorithm>
#include <exception>
#include <utility>
#include <variant>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL connecting::connecting(async::loop_state& loop, const connect_request& request,
                                     connect_trace& trace)
    : loop_(loop),
      request_(request),
      trace_(trace),
      machine_(request.attempt_delay, request.resolution_delay),
      changed_(loop),
      started_(loop.now()) {}

DRAGLINE_DECL void connecting::start() {
    const auto& target = request_.target;
    if (target.is_local_socket()) {
        on_resolved(true, {}, {});
        on_resolved(false, {asio::ip::address()}, {});  // stands for the path
    } else if (target.address()) {
        const bool v6 = target.address()->is_v6();
        on_resolved(!v6, {}, {});
        on_resolved(v6, {*target.address()}, {});
    } else if (!request_.resolver) {
        on_resolved(true, {}, {});
        on_resolved(false, {}, errc::no_address);
    } else {
        for (const bool v6 : {true, false}) {
            // The handler keeps the signal, in which the coroutine's cancellation state stands, alive.
            auto ended = [self = shared_from_this()](std::exception_ptr) {};
            asio::co_spawn(loop_.executor(), look_up(shared_from_this(), v6),
                           asio::bind_cancellation_slot(look_up_ends_[v6].slot(), std::move(ended)));
        }
    }
}

DRAGLINE_DECL asio::awaitable<void> connecting::look_up(std::shared_ptr<connecting> self, bool v6) {
    if (self->ended_) co_return;  // before it began
    struct presence {             // over with this frame, also when that dies with the loop
        bool& here;
        explicit presence(bool& flag) noexcept : here(flag) { here = true; }
        ~presence() { here = false; }
    } const present(self->looking_[v6]);
    auto& record = self->look_ups_[v6];
    const auto until =
        std::min(self->request_.until, async::deadline_after(self->started_, self->request_.resolve_timeout));
    auto looking = self->request_.resolver->lookup(self->request_.target.host(),
                                                   v6 ? dns::address_family::v6 : dns::address_family::v4,
                                                   dns::query_options().trace(&record), until);
    auto found = co_await std::move(looking);
    if (self->ended_) co_return;
    self->trace_.look_ups.push_back(record);
    self->on_resolved(v6, found->addresses, found.error());
}

DRAGLINE_DECL void connecting::on_resolved(bool v6, const std::vector<asio::ip::address>& addresses,
                                           std::error_code ec) {
    if (!addresses.empty() && !resolved_) {
        resolved_ = true;
        resolved_at_ = loop_.now();
        trace_.resolve = resolved_at_ - started_;
    }
    machine_.on_resolved(v6, addresses, ec, loop_.now());
    changed_.notify();
}

DRAGLINE_DECL void connecting::dial_address(const asio::ip::address& address) {
    if (request_.target.is_local_socket()) {
        return dial_endpoint(asio::local::stream_protocol::endpoint(request_.target.host()));
    }
    dial_record record;
    record.address = address;
    record.port = request_.target.port();
    record.started = elapsed();
    trace_.dials.push_back(record);
    dial_endpoint(asio::ip::tcp::endpoint(address, request_.target.port()));
}

DRAGLINE_DECL void connecting::dial_endpoint(const asio::generic::stream_protocol::endpoint& target) {
    auto started = std::make_shared<dial>(loop_.executor());
    started->record = trace_.dials.empty() ? 0 : trace_.dials.size() - 1;
    dials_.push_back(started);
    started->socket.async_connect(target, [self = shared_from_this(), started](std::error_code ec) {
        if (!self->ended_) self->on_dialled(started, ec);
    });
}

DRAGLINE_DECL void connecting::on_dialled(const std::shared_ptr<dial>& ended, std::error_code ec) {
    ended->open = false;
    if (!trace_.dials.empty()) {
        auto& record = trace_.dials[ended->record];
        record.took = elapsed() - record.started;
        record.ec = ec;
    }
    if (ec) {
        machine_.on_dial_failed(ec, loop_.now());
    } else if (!winner_) {
        winner_ = ended;
        if (!trace_.dials.empty()) address_ = trace_.dials[ended->record].address;
    }
    changed_.notify();
}

DRAGLINE_DECL async::time_point connecting::stage_deadline() const noexcept {
    const auto stage = resolved_ ? async::deadline_after(resolved_at_, request_.connect_timeout)
                                 : async::deadline_after(started_, request_.resolve_timeout);
    return std::min(stage, request_.until);
}

DRAGLINE_DECL asio::awaitable<result<void>> connecting::run(async::interrupter& ending) {
    async::interrupter::scope scope(
        ending, [](void* self) noexcept { static_cast<connecting*>(self)->changed_.notify(); }, this);
    while (!winner_) {
        if (ending.interrupted()) co_return asio::error::operation_aborted;
        auto step = machine_.next(loop_.now());
        if (auto* dialled = std::get_if<connect_machine::dial>(&step)) {
            dial_address(dialled->address);
        } else if (auto* failed = std::get_if<connect_machine::fail>(&step)) {
            co_return failed->ec;
        } else {
            const auto limit = stage_deadline();
            auto waiting =
                changed_.wait(std::min(limit, std::get<connect_machine::wait>(step).until), stage());
            auto woken = co_await std::move(waiting);
            if (!woken && (woken.error() == asio::error::operation_aborted || loop_.now() >= limit))
                co_return woken;
        }
    }
    trace_.connect = loop_.now() - resolved_at_;
    co_return result<void>();
}

DRAGLINE_DECL void connecting::end() noexcept {
    if (ended_) return;
    ended_ = true;
    for (auto& each : dials_) {
        if (!each->open) continue;
        if (!trace_.dials.empty()) {
            auto& record = trace_.dials[each->record];
            record.took = elapsed() - record.started;
            record.ec = asio::error::operation_aborted;
        }
        std::error_code ignored;
        each->socket.close(ignored);
    }
    for (const bool v6 : {false, true}) {
        if (looking_[v6]) look_up_ends_[v6].emit(asio::cancellation_type::terminal);
    }
}

DRAGLINE_DECL stream_socket connecting::take_socket() noexcept { return std::move(winner_->socket); }

}  // namespace dragline::net::detail

#endif
// ---- dragline/net/detail/tls_layer.hpp
// TLS on top of another layer: moves the bytes of an engine.


#include <memory>

namespace dragline::inline v1::net::detail {

class tls_layer final : public stream_layer {
public:
    tls_layer(std::shared_ptr<stream_layer> lower, const tls::context& context,
              const tls::engine_options& options);

    /// Before anything else, once.
    asio::awaitable<result<void>> handshake(async::time_point until);

    asio::any_io_executor get_executor() noexcept override { return lower_->get_executor(); }
    asio::awaitable<result<std::size_t>> read_some(asio::mutable_buffer into, async::time_point until,
                                                   phase where) override;
    asio::awaitable<result<void>> write(gather pieces, async::time_point until, phase where) override;
    asio::awaitable<result<void>> shutdown(async::time_point until) override;
    result<std::size_t> try_read(asio::mutable_buffer into) noexcept override;
    void close() noexcept override { lower_->close(); }
    bool is_open() const noexcept override { return lower_->is_open(); }

    const tls::engine& engine() const noexcept { return engine_; }

private:
    // The right to send, while it lives.
    class sending_turn {
    public:
        explicit sending_turn(tls_layer& layer) noexcept : layer_(layer) { layer_.sending_ = true; }
        ~sending_turn() {
            layer_.sending_ = false;
            layer_.sent_.notify();
        }
        sending_turn(const sending_turn&) = delete;

    private:
        tls_layer& layer_;
    };

    asio::awaitable<result<void>> flush(async::time_point until, phase where);
    asio::awaitable<result<void>> receive(async::time_point until, phase where);

    std::shared_ptr<stream_layer> lower_;
    tls::engine engine_;
    async::event sent_;  // a reader may have to send too (KeyUpdate) while a writer does
    bool sending_ = false;
};

}  // namespace dragline::net::detail

// ---- dragline/net/detail/impl/tls_layer.ipp
// Included by <dragline/net/detail/tls_layer.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL tls_layer::tls_layer(std::shared_ptr<stream_layer> lower, const tls::context& context,
                                   const tls::engine_options& options)
    : lower_(std::move(lower)),
      engine_(context, options),
      sent_(async::loop_state::of(lower_->get_executor())) {}

DRAGLINE_DECL asio::awaitable<result<void>> tls_layer::flush(async::time_point until, phase where) {
    while (engine_.output_size() > 0) {
        if (sending_) {
            auto waiting = sent_.wait(until, where);
            auto woken = co_await std::move(waiting);
            if (!woken) co_return woken;
            continue;
        }
        const sending_turn turn(*this);
        const auto output = engine_.output();
        const gather pieces{asio::buffer(output), asio::const_buffer()};
        auto writing = lower_->write(pieces, until, where);
        auto written = co_await std::move(writing);
        if (!written) co_return written;
        engine_.output_sent(output.size());
    }
    co_return result<void>();
}

DRAGLINE_DECL asio::awaitable<result<void>> tls_layer::receive(async::time_point until, phase where) {
    const auto space = engine_.input_space();
    auto reading = lower_->read_some(asio::buffer(space.data(), space.size()), until, where);
    auto size = co_await std::move(reading);
    if (size) {
        engine_.input_received(*size);
    } else if (size.error() == asio::error::eof) {
        engine_.input_ended();
    } else {
        co_return size.error();
    }
    co_return result<void>();
}

DRAGLINE_DECL asio::awaitable<result<void>> tls_layer::handshake(async::time_point until) {
    for (;;) {
        auto progress = engine_.handshake();
        auto flushing = flush(until, phase::tls);  // also after a failure: the alert tells the peer why
        auto flushed = co_await std::move(flushing);
        if (!progress) co_return progress.error();
        if (!flushed) co_return flushed;
        if (*progress == tls::progress::done) co_return result<void>();
        auto receiving = receive(until, phase::tls);
        auto received = co_await std::move(receiving);
        if (!received) co_return received;
    }
}

DRAGLINE_DECL asio::awaitable<result<std::size_t>> tls_layer::read_some(asio::mutable_buffer into,
                                                                        async::time_point until,
                                                                        phase where) {
    const std::span plain(static_cast<char*>(into.data()), into.size());
    for (;;) {
        auto step = engine_.read(plain);
        // A write under way sends what reading made, too; to wait for it could be to wait for ever, for a
        // peer that first wants to be read from.
        if (engine_.output_size() > 0 && !sending_) {
            auto flushing = flush(until, where);
            auto flushed = co_await std::move(flushing);
            if (step && !flushed) co_return flushed.error();
        }
        if (!step) co_return step.error();
        if (step->size > 0) co_return step->size;
        if (step->closed) co_return asio::error::make_error_code(asio::error::eof);
        auto receiving = receive(until, where);
        auto received = co_await std::move(receiving);
        if (!received) co_return received.error();
    }
}

DRAGLINE_DECL asio::awaitable<result<void>> tls_layer::write(gather pieces, async::time_point until,
                                                             phase where) {
    while (asio::buffer_size(pieces) > 0) {
        std::array<std::string_view, 2> plain;
        std::transform(pieces.begin(), pieces.end(), plain.begin(), [](const asio::const_buffer& piece) {
            return std::string_view(static_cast<const char*>(piece.data()), piece.size());
        });
        auto taken = engine_.write(plain);
        auto flushing = flush(until, where);
        auto flushed = co_await std::move(flushing);
        if (!taken) co_return taken.error();
        if (!flushed) co_return flushed;
        for (auto& piece : pieces) {
            const auto size = std::min(*taken, piece.size());
            piece += size;
            *taken -= size;
        }
    }
    co_return result<void>();
}

DRAGLINE_DECL asio::awaitable<result<void>> tls_layer::shutdown(async::time_point until) {
    engine_.close();
    auto flushing = flush(until, phase::write);
    auto flushed = co_await std::move(flushing);
    if (!flushed) co_return flushed;
    auto ending = lower_->shutdown(until);
    co_return co_await std::move(ending);
}

DRAGLINE_DECL result<std::size_t> tls_layer::try_read(asio::mutable_buffer into) noexcept {
    const std::span plain(static_cast<char*>(into.data()), into.size());
    for (;;) {
        auto step = engine_.read(plain);
        if (!step) return step.error();
        if (step->size > 0) return step->size;
        if (step->closed) return asio::error::make_error_code(asio::error::eof);
        const auto space = engine_.input_space();
        auto size = lower_->try_read(asio::buffer(space.data(), space.size()));
        if (size) {
            engine_.input_received(*size);
        } else if (size.error() == asio::error::eof) {
            engine_.input_ended();
        } else {
            return size.error();
        }
    }
}

}  // namespace dragline::net::detail

#endif

#if DRAGLINE_HEADER_BODIES

#include <asio/ip/tcp.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace dragline::inline v1::net {
namespace detail {

struct connecting_guard {
    std::shared_ptr<connecting> race;
    explicit connecting_guard(std::shared_ptr<connecting> started) : race(std::move(started)) {}
    ~connecting_guard() { race->end(); }
};

inline asio::awaitable<result<void>> shake_hands(async::loop_state& loop, connected& made,
                                                 std::shared_ptr<stream_layer> lower,
                                                 const connect_request& request, connect_trace& trace,
                                                 async::interrupter& ending) {
    const auto started = loop.now();
    auto layer = std::make_shared<tls_layer>(std::move(lower), *request.tls, request.tls_options);
    made.stream = net::stream(layer);
    async::interrupter::scope scope(
        ending, [](void* self) noexcept { static_cast<tls_layer*>(self)->close(); }, layer.get());
    auto shaking =
        layer->handshake(std::min(request.until, async::deadline_after(started, request.tls_timeout)));
    auto done = co_await std::move(shaking);
    trace.tls = loop.now() - started;
    trace.tls_resumed = layer->engine().resumed();
    made.peer = trace.peer = layer->engine().peer();
    if (!done) trace.tls_detail = layer->engine().error_detail();
    co_return done;
}

}  // namespace detail

DRAGLINE_DECL asio::awaitable<result<connected>> connect(async::loop_state& loop, connect_request request,
                                                         connect_trace& trace, async::interrupter& ending) {
    connected made;
    std::shared_ptr<detail::stream_layer> layer;
    {
        detail::connecting_guard guard(std::make_shared<detail::connecting>(loop, request, trace));
        guard.race->start();
        auto running = guard.race->run(ending);
        auto ran = co_await std::move(running);
        if (!ran) co_return ran.error();
        auto socket = guard.race->take_socket();
        std::error_code ignored;  // no such option on a Unix socket
        socket.set_option(asio::ip::tcp::no_delay(true), ignored);
        layer = std::make_shared<detail::socket_layer>(std::move(socket));
        made.address = guard.race->address();
    }
    if (!request.tls) {
        made.stream = net::stream(std::move(layer));
        co_return made;
    }
    auto shaking = detail::shake_hands(loop, made, std::move(layer), request, trace, ending);
    auto shaken = co_await std::move(shaking);
    if (!shaken) co_return shaken.error();
    co_return made;
}

}  // namespace dragline::net

#endif

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL fetch_op::fetch_op(std::shared_ptr<session_state> session, fetch_options options)
    : session_(std::move(session)),
      call_(*session_),
      options_(std::move(options)),
      started_(now()),
      until_(async::deadline_after(started_, options_.timeout())),
      body_(options_.body()) {}

DRAGLINE_DECL std::error_code fetch_op::prepare(const std::string& text) {
    if (session_->closed()) return errc::session_closed;
    for (const auto limit :
         {options_.timeout(), options_.resolve_timeout(), options_.connect_timeout(), options_.tls_timeout(),
          options_.write_timeout(), options_.first_byte_timeout(), options_.read_timeout()}) {
        if (!async::valid_timeout(limit)) return dragline::errc::invalid_option;
    }
    if (options_.max_interim() < 0 || options_.redirects().limit() < 0) return dragline::errc::invalid_option;
    const auto& shared = session_->options();
    if (shared.connections() == 0 || shared.connections_per_host() == 0 ||
        !async::valid_timeout(shared.idle_timeout())) {
        return dragline::errc::invalid_option;
    }
    auto parsed = url::parse(text);
    if (!parsed) return parsed.error();
    url_ = *std::move(parsed);
    if (url_.scheme() != "http" && url_.scheme() != "https") return errc::unsupported_scheme;

    method_ = !options_.method().empty() ? options_.method() : body_.has_value() ? "POST" : "GET";
    if (auto ec = h1::check_method(method_)) return ec;
    for (const auto& [name, value] : options_.headers()) {
        if (auto ec = h1::check_field_name(name)) return ec;
        if (auto ec = h1::check_field_value(value)) return ec;
        // How the message ends is said by the library alone.
        for (const auto* framing : {"Content-Length", "Transfer-Encoding", "Connection"}) {
            if (ascii::equals_ignoring_case(name, framing)) return dragline::errc::invalid_option;
        }
    }
    const auto& agent = options_.user_agent() ? *options_.user_agent() : shared.user_agent();
    if (auto ec = h1::check_field_value(agent)) return ec;
    if (auto ec = h1::check_field_value(body_.content_type())) return ec;
    prepare_fields();
    return {};
}

DRAGLINE_DECL void fetch_op::prepare_fields() {
    const auto& given = options_.headers();
    const auto add_default = [&](std::string_view name, std::string_view value) {
        if (!value.empty() && !given.contains(name)) fields_.add(name, value);
    };
    fields_.reserve(given.size() + 5, 256);
    add_default("User-Agent",
                options_.user_agent() ? *options_.user_agent() : session_->options().user_agent());
    add_default("Accept", "*/*");
    if (options_.decompress()) add_default("Accept-Encoding", codec::accept_encoding());
    for (const auto& [name, value] : given) {
        if (!ascii::equals_ignoring_case(name, "Host")) fields_.add(name, value);
    }
    add_default("Content-Type", body_.content_type());
    if (body_.has_value() || method_ == "POST" || method_ == "PUT" || method_ == "PATCH") {
        fields_.add("Content-Length", std::to_string(body_.bytes().size()));
    }
}

// Connections are shared by what may use them alike: origin, trust, and where they were told to go.
DRAGLINE_DECL result<std::string> fetch_op::pool_key() {
    tls_.reset();
    if (url_.scheme() == "https") {
        auto setup = options_.tls() ? loop_sessions::of(session_->loop().executor()).tls(*options_.tls())
                                    : session_->tls_setup_of_session();
        if (!setup) return setup.error();
        tls_ = *std::move(setup);
    }
    std::string key(url_.hostname());
    key += ':';
    key += std::to_string(url_.port_or_default());
    if (tls_) {
        key += " tls ";
        key += std::to_string(reinterpret_cast<std::uintptr_t>(tls_.get()));
    }
    if (pinned_ && options_.connect_to()) {
        key += " to ";
        key += options_.connect_to()->to_string();
    }
    return key;
}

DRAGLINE_DECL stage_limit fetch_op::limit_of(duration stage, phase where, time_point from) const noexcept {
    return {std::min(until_, async::deadline_after(from, stage)), where};
}

DRAGLINE_DECL asio::awaitable<result<response>> fetch_op::run(std::string url) {
    if (auto ec = prepare(url)) co_return ec;
    for (;;) {
        auto hopping = hop();
        auto hopped = co_await std::move(hopping);
        if (!hopped) co_return hopped.error();
        if (next_.ec) co_return next_.ec;
        if (!next_.target) break;
        follow();
    }
    response_.status = head_.status;
    response_.reason = std::move(head_.reason);
    response_.version_minor = head_.version_minor;
    response_.headers = std::move(head_.headers);
    response_.url = std::move(url_);
    response_.timings.total = now() - started_;
    co_return std::move(response_);
}

DRAGLINE_DECL void fetch_op::follow() {
    redirect_record taken;
    taken.status = head_.status;
    taken.from = std::move(url_);
    taken.to = *next_.target;
    response_.history.push_back(std::move(taken));
    ++followed_;
    if (next_.new_origin) {
        strip_credentials(fields_);
        pinned_ = false;
    }
    if (next_.drop_body) {
        strip_body_fields(fields_);
        body_ = http::body();
    }
    method_ = std::move(next_.method);
    url_ = *std::move(next_.target);
}

DRAGLINE_DECL asio::awaitable<result<void>> fetch_op::hop() {
    bool stale = false;
    auto first = attempt(stale);
    auto done = co_await std::move(first);
    if (!stale) co_return done;
    // Once more, on a connection of its own: nothing else idle is to be trusted more.
    auto second = attempt(stale);
    co_return co_await std::move(second);
}

// `stale` says in whether this repeats a stale attempt, and out whether it may be repeated.
DRAGLINE_DECL asio::awaitable<result<void>> fetch_op::attempt(bool& stale) {
    const bool repeats = std::exchange(stale, false);
    attempt_ = attempt_record();
    attempt_.retried = repeats;
    attempt_started_ = now();
    auto key = pool_key();
    if (!key) co_return record(key.error()), key.error();
    auto acquiring = session_->pool().acquire(*std::move(key), options_.fresh_connection() || repeats,
                                              attempt_started_, {until_, phase::queue}, call_.ending());
    auto place = co_await std::move(acquiring);
    attempt_.queue = now() - attempt_started_;
    if (!place) co_return record(place.error()), place.error();
    attempt_.reused = place->connection() != nullptr;
    if (!attempt_.reused) {
        auto connecting = connect(*place);
        auto connected = co_await std::move(connecting);
        if (!connected) co_return record(connected.error()), connected;
    }
    auto& connection = *place->connection();
    auto exchanging = exchange_on(connection);
    auto done = co_await std::move(exchanging);
    record(done.error());
    if (done) {
        if (connection.reusable() && !options_.fresh_connection()) place->park(now());
    } else {
        stale = !repeats && attempt_.reused && may_repeat(connection, done.error());
        if (call_.ending().interrupted())
            co_return asio::error::make_error_code(asio::error::operation_aborted);
    }
    co_return done;
}

DRAGLINE_DECL asio::awaitable<result<void>> fetch_op::connect(connection_pool::place& place) {
    net::connect_request request;
    request.target = pinned_ && options_.connect_to()
                         ? *options_.connect_to()
                         : net::endpoint(url_.hostname(), url_.port_or_default());
    request.resolver = session_->resolver();
    if (tls_) {
        request.tls = tls_->context;
        request.tls_options.host(std::string(url_.bare_hostname()));
        request.tls_options.tickets(tls_->tickets, std::string(url_.host()));
    }
    request.until = until_;
    request.resolve_timeout = options_.resolve_timeout();
    request.connect_timeout = options_.connect_timeout();
    request.tls_timeout = options_.tls_timeout();
    const auto port = request.target.port();
    auto connecting = net::connect(session_->loop(), std::move(request), attempt_.connection, call_.ending());
    auto made = co_await std::move(connecting);
    if (!made) co_return made.error();
    place.put(
        std::make_unique<h1_connection>(std::move(made->stream), made->address, port, std::move(made->peer)));
    co_return result<void>();
}

DRAGLINE_DECL asio::awaitable<result<void>> fetch_op::exchange_on(h1_connection& connection) {
    async::interrupter::scope scope(
        call_.ending(), [](void* self) noexcept { static_cast<h1_connection*>(self)->close(); }, &connection);
    if (call_.ending().interrupted()) co_return asio::error::make_error_code(asio::error::operation_aborted);
    const auto host = options_.headers().find("Host");
    request_view request;
    request.method = method_;
    request.scheme = url_.scheme();
    request.host = host && pinned_ ? *host : url_.host();
    request.target = url_.request_target();
    request.fields = &fields_;
    request.body = body_.bytes();
    connection.start(method_, options_.head_limits());

    const auto begun = attempt_.reused ? attempt_started_ + attempt_.queue : now();
    auto writing = connection.write_request(request, limit_of(options_.write_timeout(), phase::write, begun));
    auto written = co_await std::move(writing);
    attempt_.bytes_sent = connection.bytes_sent();
    if (!written) co_return written;
    const auto sent = request.body.empty() ? begun : now();  // a head alone goes out at once
    auto reading = connection.read_head(head_, options_.max_interim(),
                                        limit_of(options_.first_byte_timeout(), phase::first_byte, sent));
    auto read = co_await std::move(reading);
    if (!read) co_return read;
    attempt_.first_byte = now() - sent;
    attempt_.status = head_.status;

    auto& peer = response_.peer;
    peer.address = connection.peer_address();
    peer.port = connection.peer_port();
    peer.reused = attempt_.reused;
    peer.tls = connection.peer_tls();
    next_ = next_step(options_.redirects(), followed_, url_, method_, head_);
    body_reader reader(session_->loop(), options_, until_);
    auto rest =
        next_.target || next_.ec ? reader.discard(connection) : reader.read(connection, head_, response_);
    auto done = co_await std::move(rest);
    attempt_.bytes_received = reader.bytes_received();
    co_return done;
}

DRAGLINE_DECL bool fetch_op::may_repeat(const h1_connection& connection, std::error_code ec) const noexcept {
    const bool gone = ec == errc::connection_closed || ec == asio::error::connection_reset ||
                      ec == asio::error::broken_pipe || ec == tls::errc::truncated;
    if (!gone || !options_.stale_retry() || connection.answered()) return false;
    constexpr std::array<std::string_view, 6> idempotent{"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"};
    return connection.bytes_sent() == 0 || fields_.contains("Idempotency-Key") ||
           std::find(idempotent.begin(), idempotent.end(), method_) != idempotent.end();
}

DRAGLINE_DECL void fetch_op::record(std::error_code ec) {
    auto& timings = response_.timings;
    timings.queue = attempt_.queue;
    timings.resolve = attempt_.connection.resolve;
    timings.connect = attempt_.connection.connect;
    timings.tls = attempt_.connection.tls;
    timings.first_byte = attempt_.first_byte;
    if (!options_.trace()) return;
    attempt_.url = url_.without_credentials().href();
    attempt_.total = now() - attempt_started_;
    attempt_.ec = ec;
    options_.trace()->attempts.push_back(std::move(attempt_));
}

DRAGLINE_DECL asio::awaitable<result<response>> fetch_body(fetch_place place, std::string url,
                                                           fetch_options options) {
    auto session = place.session ? std::move(place.session) : loop_sessions::of(place.loop).get({}, nullptr);
    fetch_op operation(std::move(session), std::move(options));
    auto running = operation.run(std::move(url));
    co_return co_await std::move(running);
}

}  // namespace dragline::http::detail

#endif
// ---- dragline/http/session.hpp
// Sessions: what fetches of one purpose share, cached by (key, event loop). Start with get_session().

// ---- dragline/http/detail/close_everywhere.hpp
// Closes sessions on every loop of the process, from any thread.


#include <asio/associated_executor.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>
#include <asio/system_executor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace dragline::inline v1::http::detail {

// How long a loop may take before it counts as not running.
inline constexpr async::duration close_limit = std::chrono::seconds(5);

/// Closes the sessions of `key`, or all, everywhere; calls `done` once, on any thread.
void close_everywhere(std::optional<std::string> key, std::function<void(std::error_code)> done);

struct start_closing {
    template <class Handler>
    void operator()(Handler handler, std::optional<std::string> key) const {
        auto executor = asio::get_associated_executor(handler, asio::system_executor());
        auto work = asio::executor_work_guard<decltype(executor)>(executor);
        auto kept = std::make_shared<Handler>(std::move(handler));  // std::function wants to copy
        close_everywhere(std::move(key), [kept, work = std::move(work)](std::error_code ec) {
            asio::post(work.get_executor(), [kept, ec] { std::move (*kept)(ec); });
        });
    }
};

}  // namespace dragline::http::detail

// ---- dragline/http/detail/impl/close_everywhere.ipp
// Included by <dragline/http/detail/close_everywhere.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <asio/bind_executor.hpp>
#include <asio/co_spawn.hpp>
#include <asio/steady_timer.hpp>
#include <asio/strand.hpp>

#include <atomic>
#include <cstddef>
#include <exception>

namespace dragline::inline v1::http::detail {

// Ends once, when every loop has let go of its share, or at the limit.
class closing_gathering : public std::enable_shared_from_this<closing_gathering> {
public:
    explicit closing_gathering(std::function<void(std::error_code)> done) : done_(std::move(done)) {}

    void start() {
        limit_.expires_after(close_limit);
        limit_.async_wait(asio::bind_executor(strand_, [self = shared_from_this()](std::error_code ec) {
            if (!ec) self->finish(errc::loop_not_running);
        }));
    }

    // One for each loop; its end, also with the loop, says that the loop is done.
    class share {
    public:
        explicit share(std::shared_ptr<closing_gathering> owner) : owner_(std::move(owner)) {
            ++owner_->open_;
        }
        share(const share&) = delete;
        ~share() {
            if (--owner_->open_ > 0) return;
            asio::post(owner_->strand_, [owner = owner_] { owner->finish({}); });
        }

    private:
        std::shared_ptr<closing_gathering> owner_;
    };

private:
    void finish(std::error_code ec) {
        if (auto done = std::exchange(done_, nullptr)) done(ec);
        limit_.cancel();
    }

    asio::strand<asio::system_executor> strand_{asio::system_executor()};
    asio::steady_timer limit_{strand_};
    std::function<void(std::error_code)> done_;
    std::atomic<std::size_t> open_ = 0;
};

DRAGLINE_DECL asio::awaitable<void> close_share(loop_sessions& sessions, std::optional<std::string> key) {
    auto closing = key ? sessions.close(*key) : sessions.close_all();
    [[maybe_unused]] auto closed = co_await std::move(closing);
}

DRAGLINE_DECL void close_everywhere(std::optional<std::string> key,
                                    std::function<void(std::error_code)> done) {
    auto gathering = std::make_shared<closing_gathering>(std::move(done));
    gathering->start();
    const auto first = std::make_shared<closing_gathering::share>(gathering);  // until all loops are asked
    for (const auto& entry : sessions_registry::instance().entries()) {
        if (entry->open == 0) continue;
        auto share = std::make_shared<closing_gathering::share>(gathering);
        entry->gate->post([share, key, entry] {
            auto closing = close_share(entry->sessions, key);
            asio::co_spawn(entry->sessions.executor(), std::move(closing), [share](std::exception_ptr) {});
        });
    }
}

}  // namespace dragline::http::detail

#endif

#include <asio/any_io_executor.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace dragline::inline v1::http {

/// What a session has at the moment.
class session_statistics {
public:
    session_statistics() {}

    std::size_t calls = 0;        ///< Fetches under way.
    std::size_t waiting = 0;      ///< Of these, waiting for a connection.
    std::size_t connections = 0;  ///< Idle ones included.
    std::size_t idle_connections = 0;
};

/// A handle to one session: connections and limits of its own, resolver and TLS setup shared with its loop.
///
/// Cheap to copy. May be given to operations on any thread; its other members belong to the loop's thread.
class session {
public:
    using executor_type = asio::any_io_executor;

    executor_type get_executor() const noexcept { return state_->loop().executor(); }
    dns::resolver get_resolver() const { return state_->resolver(); }
    const std::string& key() const noexcept { return state_->key(); }

    /// False after close_session(): each call on this handle then ends with errc::session_closed.
    bool is_open() const noexcept { return !state_->closed(); }
    session_statistics statistics() const;

    friend bool operator==(const session&, const session&) = default;

private:
    friend struct session_access;
    explicit session(std::shared_ptr<detail::session_state> state) noexcept : state_(std::move(state)) {}

    std::shared_ptr<detail::session_state> state_;
};

/// Opens the handle for the operations of this module.
struct session_access {
    static session make(std::shared_ptr<detail::session_state> state) { return session(std::move(state)); }
    static const std::shared_ptr<detail::session_state>& state(const session& from) { return from.state_; }
};

/// The living session of `key` on this loop, made at first use with default options. Never fails.
///
/// Threads: the loop's, or any before the loop runs.
template <async::where Loop>
session get_session(Loop&& loop, std::string_view key = {}) {
    return session_access::make(detail::loop_sessions::of(async::executor_of(loop)).get(key, nullptr));
}

/// As above, made with `options`. Throws std::system_error(errc::session_options_differ) when it lives with
/// others.
template <async::where Loop>
session get_session(Loop&& loop, std::string_view key, const session_options& options) {
    return session_access::make(detail::loop_sessions::of(async::executor_of(loop)).get(key, &options));
}

namespace detail {

asio::awaitable<result<void>> close_session_body(asio::any_io_executor loop, std::string key);
asio::awaitable<result<void>> close_all_body(asio::any_io_executor loop);

}  // namespace detail

/// Ends the session of `key` on one loop and completes when its sockets are closed: void(error_code).
///
/// Calls in flight end with operation_aborted, new ones on old handles with errc::session_closed; the next
/// get_session() makes a new session. Without such a session it succeeds. Threads: any.
template <async::where Loop, class Token = default_token>
auto close_session(Loop&& loop, std::string_view key, Token&& token = {}) {
    auto executor = async::executor_of(loop);
    return async::initiate<void>(executor, &detail::close_session_body, std::forward<Token>(token), executor,
                                 std::string(key));
}

/// As above, on every loop of the process. Completes on the token's executor; without one, on a thread of
/// Asio's own.
///
/// Errors: errc::loop_not_running when a loop that has such a session did not answer within 5 seconds.
template <class Token = default_token>
auto close_session(std::string_view key, Token&& token = {}) {
    return asio::async_initiate<Token, void(std::error_code)>(detail::start_closing(), token,
                                                              std::optional<std::string>(key));
}

/// As close_session(), for every session of one loop.
template <async::where Loop, class Token = default_token>
auto close_all_sessions(Loop&& loop, Token&& token = {}) {
    auto executor = async::executor_of(loop);
    return async::initiate<void>(executor, &detail::close_all_body, std::forward<Token>(token), executor);
}

/// As above, for every session of every loop of the process.
template <class Token = default_token>
requires(!async::where<Token>) auto close_all_sessions(Token&& token = {}) {
    return asio::async_initiate<Token, void(std::error_code)>(detail::start_closing(), token,
                                                              std::optional<std::string>());
}

}  // namespace dragline::http

namespace dragline::inline v1 {
using http::close_all_sessions;
using http::close_session;
using http::get_session;
using http::session;
}

// ---- dragline/http/impl/session.ipp
// Included by <dragline/http/session.hpp> only.

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::http {

DRAGLINE_DECL session_statistics session::statistics() const {
    session_statistics now;
    now.calls = state_->calls();
    now.waiting = state_->pool().waiting();
    now.connections = state_->pool().connections();
    now.idle_connections = state_->pool().idle();
    return now;
}

namespace detail {

DRAGLINE_DECL asio::awaitable<result<void>> close_session_body(asio::any_io_executor loop, std::string key) {
    auto closing = loop_sessions::of(loop).close(std::move(key));
    co_return co_await std::move(closing);
}

DRAGLINE_DECL asio::awaitable<result<void>> close_all_body(asio::any_io_executor loop) {
    auto closing = loop_sessions::of(loop).close_all();
    co_return co_await std::move(closing);
}

}  // namespace detail
}  // namespace dragline::http

#endif

#include <concepts>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::http {

namespace detail {

template <class Where>
fetch_place place_of(Where&& where) {
    if constexpr (std::is_same_v<std::remove_cvref_t<Where>, session>) {
        return {where.get_executor(), session_access::state(where)};
    } else {
        return {async::executor_of(where), nullptr};
    }
}

asio::awaitable<result<response>> fetch_here_body(asio::any_io_executor here, std::string url,
                                                  fetch_options options);

// A WHERE is no text, though an executor-like text type could exist.
template <class T>
concept fetch_where = async::where<T> && !std::convertible_to<T, std::string_view>;

}  // namespace detail

/// Fetches `url` and completes with void(error_code, response).
///
/// `where` is a session, or anything that names a loop, whose default session is used. A status of 400 or
/// more is no error. `options.timeout()` bounds the whole, waiting for a connection included. Errors: url,
/// h1, codec, tls, dns and http errc; socket errors; the timeout of the stage that was under way, or of
///   phase::total when the body came too slowly; dragline::errc::invalid_option; condition groups them.
/// Cancel: any type; a connection in use is closed. Threads: any.
template <detail::fetch_where Where, class Token = default_token>
requires(!std::same_as<std::remove_cvref_t<Token>, fetch_options>) auto fetch_url(Where&& where,
                                                                                  std::string_view url,
                                                                                  Token&& token = {}) {
    return fetch_url(std::forward<Where>(where), url, fetch_options(), std::forward<Token>(token));
}

/// As above, with options.
template <detail::fetch_where Where, class Token = default_token>
auto fetch_url(Where&& where, std::string_view url, fetch_options options, Token&& token = {}) {
    auto place = detail::place_of(where);
    auto loop = place.loop;
    return async::initiate<response>(std::move(loop), &detail::fetch_body, std::forward<Token>(token),
                                     std::move(place), std::string(url), std::move(options));
}

/// As above, on the default session of the loop whose coroutine awaits this.
inline asio::awaitable<response> fetch_url(std::string_view url, fetch_options options = fetch_options()) {
    return async::await_here<response>(&detail::fetch_here_body, std::string(url), std::move(options));
}
inline asio::awaitable<std::tuple<std::error_code, response>> fetch_url(std::string_view url,
                                                                        fetch_options options,
                                                                        as_tuple_t<default_token>) {
    return async::await_here_as_tuple<response>(&detail::fetch_here_body, std::string(url),
                                                std::move(options));
}
inline asio::awaitable<std::tuple<std::error_code, response>> fetch_url(std::string_view url,
                                                                        as_tuple_t<default_token> token) {
    return fetch_url(url, fetch_options(), token);
}

}  // namespace dragline::http

namespace dragline::inline v1 {
using http::fetch_url;
}

// ---- dragline/http/impl/fetch.ipp
// Included by <dragline/http/fetch.hpp> only.

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL asio::awaitable<result<response>> fetch_here_body(asio::any_io_executor here, std::string url,
                                                                fetch_options options) {
    fetch_place place{std::move(here), nullptr};
    return fetch_body(std::move(place), std::move(url), std::move(options));
}

}  // namespace dragline::http::detail

#endif
// ---- dragline/net.hpp
// Endpoints, connecting, and one stream type over TCP, TLS and Unix sockets. Start with open_connection().

// ---- dragline/net/connect.hpp
// Connecting: names looked up, every address tried in the manner of RFC 8305, TLS on top where it is asked
// for.

// ---- dragline/net/options.hpp
// How a connection is made.


#include <chrono>
#include <optional>
#include <utility>

namespace dragline::inline v1::net {

class connect_trace;

/// How open_connection() turns an endpoint into a stream. A value that cannot work is kept and fails the
/// operation.
class connect_options {
public:
    using duration = async::duration;

    connect_options() {}

    /// The whole call: look-up, connecting and the TLS handshake.
    connect_options& timeout(duration value) { return timeout_ = value, *this; }
    duration timeout() const noexcept { return timeout_; }

    /// The handshake alone.
    connect_options& tls_timeout(duration value) { return tls_timeout_ = value, *this; }
    duration tls_timeout() const noexcept { return tls_timeout_; }

    /// Speaks TLS, verifying the endpoint's host unless the options name another.
    connect_options& tls(dragline::tls::client_options value) { return tls_ = std::move(value), *this; }
    const std::optional<dragline::tls::client_options>& tls() const noexcept { return tls_; }

    /// Head start of each address over the next one (RFC 8305).
    connect_options& attempt_delay(duration value) { return attempt_delay_ = value, *this; }
    duration attempt_delay() const noexcept { return attempt_delay_; }

    /// How long addresses of IPv4 wait for those of IPv6 (RFC 8305).
    connect_options& resolution_delay(duration value) { return resolution_delay_ = value, *this; }
    duration resolution_delay() const noexcept { return resolution_delay_; }

    /// Where to record what happens; must outlive the operation.
    connect_options& trace(connect_trace* value) { return trace_ = value, *this; }
    connect_trace* trace() const noexcept { return trace_; }

private:
    duration timeout_ = std::chrono::seconds(10);
    duration tls_timeout_ = std::chrono::seconds(10);
    duration attempt_delay_ = std::chrono::milliseconds(250);
    duration resolution_delay_ = std::chrono::milliseconds(50);
    std::optional<dragline::tls::client_options> tls_;
    connect_trace* trace_ = nullptr;
};

}  // namespace dragline::net

namespace dragline::inline v1 {
using net::connect_options;
}

#include <asio/any_io_executor.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::net {

namespace detail {

asio::awaitable<result<stream>> open_body(asio::any_io_executor loop, dns::resolver resolver, endpoint target,
                                          connect_options options);
asio::awaitable<result<stream>> open_here_body(asio::any_io_executor here, endpoint target,
                                               connect_options options);

}  // namespace detail

/// Connects to `target` and completes with void(error_code, stream).
///
/// Every address of a name is tried: IPv6 first, the next one after `attempt_delay` or at once when one
/// fails. Errors: those of the look-up; of the first address that failed, when all did; of tls;
/// make_timeout(resolve, connect
///   or tls); errc::invalid_endpoint, dragline::errc::invalid_option.
/// Cancel: any type. Threads: any.
template <async::where Where, class Token = default_token>
auto open_connection(Where&& where, endpoint target, connect_options options, Token&& token = {}) {
    auto loop = async::executor_of(where);
    return async::initiate<stream>(loop, &detail::open_body, std::forward<Token>(token), loop,
                                   dns::resolver_of(where), std::move(target), std::move(options));
}

/// As above, with default options.
template <async::where Where, class Token = default_token>
requires(!std::same_as<std::remove_cvref_t<Token>, connect_options>) auto open_connection(
    Where&& where, endpoint target, Token&& token = {}) {
    return open_connection(std::forward<Where>(where), std::move(target), connect_options(),
                           std::forward<Token>(token));
}

/// As above, on the loop whose coroutine awaits this.
inline asio::awaitable<stream> open_connection(endpoint target, connect_options options = connect_options()) {
    return async::await_here<stream>(&detail::open_here_body, std::move(target), std::move(options));
}

}  // namespace dragline::net

namespace dragline::inline v1 {
using net::open_connection;
}

// ---- dragline/net/impl/connect.ipp
// Included by <dragline/net/connect.hpp> only.


#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL asio::awaitable<result<stream>> open_body(asio::any_io_executor loop, dns::resolver resolver,
                                                        endpoint target, connect_options options) {
    for (const auto limit : {options.timeout(), options.tls_timeout()}) {
        if (!async::valid_timeout(limit)) co_return dragline::errc::invalid_option;
    }
    if (target.host().empty()) co_return errc::invalid_endpoint;
    auto& state = async::loop_state::of(loop);
    connect_request request;
    request.until = async::deadline_after(state.now(), options.timeout());
    request.tls_timeout = options.tls_timeout();
    request.attempt_delay = options.attempt_delay();
    request.resolution_delay = options.resolution_delay();
    if (options.tls()) {
        auto context = tls::context::make_client(*options.tls());
        if (!context) co_return context.error();
        request.tls = *std::move(context);
        request.tls_options.host(target.host());
    }
    request.resolver = std::move(resolver);
    request.target = std::move(target);
    connect_trace unused;
    async::interrupter never;
    auto connecting = connect(state, std::move(request), options.trace() ? *options.trace() : unused, never);
    auto made = co_await std::move(connecting);
    if (!made) co_return made.error();
    co_return std::move(made->stream);
}

DRAGLINE_DECL asio::awaitable<result<stream>> open_here_body(asio::any_io_executor here, endpoint target,
                                                             connect_options options) {
    return open_body(here, dns::resolver(here), std::move(target), std::move(options));
}

}  // namespace dragline::net::detail

#endif
// ---- dragline/net/dns_over_tls.hpp
// DNS over TLS (RFC 7858): look-ups that nobody on the way can read or change. Start with
// make_dns_over_tls().

// ---- dragline/net/dns_over_tls_options.hpp
// The knobs of DNS over TLS (RFC 7858). Every one has a default; the operation is in dns_over_tls.hpp.


#include <chrono>
#include <cstddef>
#include <string>
#include <system_error>
#include <utility>

namespace dragline::inline v1::net {

/// What is asked of a DNS server before it is trusted with a query (RFC 8310, 5).
enum class dns_privacy {
    strict,         ///< It proves its name or address by a certificate, or gets no query.
    opportunistic,  ///< Encryption alone: no help against somebody who answers in its place.
};

/// How a server is asked over TLS. Never without: there is no way back to plain DNS.
///
/// A value that cannot work is kept, and each look-up gives dragline::errc::invalid_option.
class dns_over_tls_options {
public:
    using duration = async::duration;

    dns_over_tls_options() {}

    /// The name that the server's certificate must be for, which is also asked for (SNI). Empty: the
    /// certificate must be for its address.
    dns_over_tls_options& server_name(std::string value) { return server_name_ = std::move(value), *this; }
    const std::string& server_name() const noexcept { return server_name_; }

    /// Strict by default; decides alone whether there is verification, whatever tls() says about it.
    dns_over_tls_options& privacy(dns_privacy value) { return privacy_ = value, *this; }
    dns_privacy privacy() const noexcept { return privacy_; }

    /// Whom to trust, and the versions of TLS. Without protocols of its own, "dot" is offered (ALPN).
    dns_over_tls_options& tls(dragline::tls::client_options value) { return tls_ = std::move(value), *this; }
    const dragline::tls::client_options& tls() const noexcept { return tls_; }

    /// Connecting and the TLS handshake together; 5 s.
    dns_over_tls_options& connect_timeout(duration value) { return connect_timeout_ = value, *this; }
    duration connect_timeout() const noexcept { return connect_timeout_; }

    /// After that an answer is not waited for, whatever the caller does; 10 s.
    dns_over_tls_options& answer_timeout(duration value) { return answer_timeout_ = value, *this; }
    duration answer_timeout() const noexcept { return answer_timeout_; }

    /// A connection that was idle for so long is not used again; 10 s, or less where the server says so (RFC
    /// 7828).
    dns_over_tls_options& idle_timeout(duration value) { return idle_timeout_ = value, *this; }
    duration idle_timeout() const noexcept { return idle_timeout_; }

    /// Connections to the server at most, 1 to 64; 2. A second one is opened only when the first is full or
    /// stuck.
    dns_over_tls_options& connections(std::size_t value) { return connections_ = value, *this; }
    std::size_t connections() const noexcept { return connections_; }

    /// Queries on their way on one connection at most, 1 to 10,000; 100. Others wait in line.
    dns_over_tls_options& max_pipelined(std::size_t value) { return max_pipelined_ = value, *this; }
    std::size_t max_pipelined() const noexcept { return max_pipelined_; }

    /// Queries are padded to a multiple of so many bytes, at most 16,384; 128 (RFC 8467, 4.1), 0 for none.
    /// One without EDNS cannot be.
    dns_over_tls_options& padding(std::size_t value) { return padding_ = value, *this; }
    std::size_t padding() const noexcept { return padding_; }

    /// Why these options cannot work, or nothing.
    DRAGLINE_DECL std::error_code problem() const noexcept;

private:
    std::string server_name_;
    dns_privacy privacy_ = dns_privacy::strict;
    dragline::tls::client_options tls_;
    duration connect_timeout_ = std::chrono::seconds(5);
    duration answer_timeout_ = std::chrono::seconds(10);
    duration idle_timeout_ = std::chrono::seconds(10);
    std::size_t connections_ = 2;
    std::size_t max_pipelined_ = 100;
    std::size_t padding_ = 128;
};

}  // namespace dragline::net

// ---- dragline/net/impl/dns_over_tls_options.ipp
// Included by <dragline/net/dns_over_tls_options.hpp> only.


#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::net {

DRAGLINE_DECL std::error_code dns_over_tls_options::problem() const noexcept {
    const bool times = async::valid_timeout(connect_timeout_) && async::valid_timeout(answer_timeout_) &&
                       async::valid_timeout(idle_timeout_);
    const bool counts = connections_ >= 1 && connections_ <= 64 && max_pipelined_ >= 1 &&
                        max_pipelined_ <= 10'000 && padding_ <= 16'384;
    return times && counts ? std::error_code() : make_error_code(dragline::errc::invalid_option);
}

}  // namespace dragline::net

#endif

#include <asio/ip/address.hpp>

#include <cstdint>
#include <memory>
#include <utility>

namespace dragline::inline v1::net {

inline constexpr std::uint16_t dns_over_tls_port = 853;

namespace detail {
DRAGLINE_DECL std::shared_ptr<dns::transport> make_dns_over_tls(async::loop_state& loop, dns::server where,
                                                                dns_over_tls_options options);
}

/// The server at `where`, for dns::resolver(loop, {transport}). Connects at the first question, keeps the
/// connection, and sends on it what is asked meanwhile; answers may come in any order.
///
/// A connection that was of use before and then breaks is replaced, and what it left unanswered is asked once
/// more.
/// Errors of look-ups: those of tls; dns::errc::servers_unreachable when the server refuses, cannot be
///   reached or hangs up; make_timeout(connect or tls); dns::errc::malformed_message, id_mismatch.
/// Threads: any; what it returns belongs to the loop of `place`.
template <async::where Where>
std::shared_ptr<dns::transport> make_dns_over_tls(Where&& place, dns::server where,
                                                  dns_over_tls_options options = dns_over_tls_options()) {
    return detail::make_dns_over_tls(async::loop_state::of(async::executor_of(place)), std::move(where),
                                     std::move(options));
}

/// As above, at the port that DNS over TLS has.
template <async::where Where>
std::shared_ptr<dns::transport> make_dns_over_tls(Where&& place, const asio::ip::address& where,
                                                  dns_over_tls_options options = dns_over_tls_options()) {
    return make_dns_over_tls(std::forward<Where>(place), dns::server(where, dns_over_tls_port),
                             std::move(options));
}

}  // namespace dragline::net

// ---- dragline/net/impl/dns_over_tls.ipp
// Included by <dragline/net/dns_over_tls.hpp> only.

// ---- dragline/net/detail/dns_over_tls_transport.hpp
// DNS over TLS as the resolver sees it: the connections to one server, and the questions that wait for one.

// ---- dragline/net/detail/dns_connection.hpp
// One connection to a DNS server, with many queries on their way and answers in any order (RFC 7766, 6.2.1.1;
// RFC 7858, 3.3).


#include <asio/awaitable.hpp>
#include <asio/cancellation_signal.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <system_error>
#include <unordered_map>
#include <vector>

namespace dragline::inline v1::net::detail {

// A question on its way to an answer, wherever it stands.
struct dns_errand {
    dns::question asked;
    dns::query_form form;
    std::shared_ptr<dns::reply_sink> sink;
    std::size_t tag = 0;
    async::time_point began;
    bool repeated = false;  // a connection broke before it was answered
};

class dns_connection;

// Who has the connection. May close or drop it inside each of these calls.
class dns_connection_owner {
public:
    virtual void opened() = 0;
    virtual void answered(dns_connection& by) = 0;  // there may be room for more
    virtual void not_opened(dns_connection& gone, std::error_code ec) = 0;
    virtual void broken(dns_connection& gone, std::error_code ec) = 0;

protected:
    ~dns_connection_owner() = default;
};

struct dns_connection_limits {
    std::size_t pipelined = 100;
    std::size_t padding = 128;
    async::duration idle{};
    async::duration write = std::chrono::seconds(5);
};

// A coroutine that waits keeps the loop running, so between pause() and resume() none does: the read under
// way is cancelled, which TLS survives. Coroutines hold the connection.
class dns_connection : public std::enable_shared_from_this<dns_connection> {
public:
    dns_connection(async::loop_state& loop, dns_connection_owner& owner, dns_connection_limits limits);

    void open(connect_request request);

    // Leaves the owner alone from now on.
    void close() noexcept;

    bool is_connecting() const noexcept { return state_ == state::connecting; }
    bool is_closed() const noexcept { return state_ == state::closed; }

    // Ready for one more query.
    bool has_room() const noexcept {
        return state_ == state::open && !retired_ && errands_.size() < limits_.pipelined;
    }
    std::size_t outstanding() const noexcept { return errands_.size(); }

    // Takes no more queries, and is of no use once it has answered those that it has.
    void retire() noexcept { retired_ = true; }
    bool is_retired() const noexcept { return retired_; }
    bool is_spent() const noexcept { return retired_ && errands_.empty(); }

    // Has answered, so that its end may be only that of its time.
    bool is_proven() const noexcept { return proven_; }

    // Owes answers and has said nothing for a while: new queries had better go elsewhere.
    bool is_stuck(async::time_point now) const noexcept;

    // Idle for too long, or ended by the server meanwhile.
    bool is_stale(async::time_point now) noexcept;

    // Takes over `errand` on success. Errors: those of a name that cannot be written.
    std::error_code send(dns_errand& errand);

    // What is not answered, the oldest first.
    std::vector<dns_errand> take_errands();

    // The same, for what began by `until`; answers to it that come later are no surprise.
    std::vector<dns_errand> forget(async::time_point until);

    // Between these there may be coroutines that wait. A pause closes what it cannot leave as it is.
    void resume();
    void pause() noexcept;

private:
    enum class state { connecting, open, closed };
    using self_pointer = std::shared_ptr<dns_connection>;

    static asio::awaitable<void> connect_body(self_pointer self, connect_request request);
    static asio::awaitable<void> read_body(self_pointer self);
    static asio::awaitable<void> write_body(self_pointer self);
    void start_reader();
    void start_writer();
    void ended(const std::exception_ptr& thrown, bool cancelled);

    bool wants_input() const noexcept { return state_ == state::open && running_; }
    bool wants_output() const noexcept { return state_ == state::open && !outgoing_.empty(); }
    std::uint16_t unused_id();
    byte_view make_room();
    void received(std::size_t size);
    void take_answer(byte_view bytes);
    void heed(const dns::wire::message& reply) noexcept;
    void fail(std::error_code ec);

    async::loop_state& loop_;
    dns_connection_owner* owner_;
    dns_connection_limits limits_;
    state state_ = state::connecting;
    bool running_ = true;
    bool retired_ = false;
    bool proven_ = false;
    async::interrupter ending_;  // of connecting
    connect_trace trace_;
    net::stream stream_;
    std::unordered_map<std::uint16_t, dns_errand> errands_;  // by id
    std::size_t forgotten_ = 0;                              // answers that nobody waits for any more
    async::duration idle_limit_;
    async::time_point heard_at_{};  // the last answer, or when there was a first query to answer

    asio::cancellation_signal stop_reading_;
    std::vector<std::uint8_t> input_;
    std::size_t input_size_ = 0;
    bool reader_runs_ = false;
    bool reader_waits_ = false;
    bool reader_stopped_ = false;  // cancelled, and on its way out

    std::vector<std::uint8_t> outgoing_;
    std::vector<std::uint8_t> sending_;
    bool writer_runs_ = false;
    bool writer_waits_ = false;
};

}  // namespace dragline::net::detail

// ---- dragline/net/detail/impl/dns_connection.ipp
// Included by <dragline/net/detail/dns_connection.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>

#include <algorithm>
#include <utility>

namespace dragline::inline v1::net::detail {

inline constexpr std::size_t dns_length_size = 2;
inline constexpr std::size_t dns_header_size = 12;
inline constexpr std::size_t dns_input_size = 16 * 1024;
inline constexpr std::chrono::seconds longest_dns_silence{1};

DRAGLINE_DECL dns_connection::dns_connection(async::loop_state& loop, dns_connection_owner& owner,
                                             dns_connection_limits limits)
    : loop_(loop), owner_(&owner), limits_(limits), idle_limit_(limits.idle) {}

// Posted: a caller of ask() must not hear of an outcome inside it.
DRAGLINE_DECL void dns_connection::open(connect_request request) {
    asio::post(loop_.executor(), [self = shared_from_this(), request = std::move(request)]() mutable {
        if (self->is_closed()) return;
        asio::co_spawn(self->loop_.executor(), connect_body(self, std::move(request)),
                       [self](std::exception_ptr thrown) { self->ended(thrown, false); });
    });
}

DRAGLINE_DECL asio::awaitable<void> dns_connection::connect_body(self_pointer self, connect_request request) {
    auto connecting = net::connect(self->loop_, std::move(request), self->trace_, self->ending_);
    auto made = co_await std::move(connecting);
    if (self->is_closed()) co_return;
    if (!made) co_return self->fail(made.error());
    self->stream_ = std::move(made->stream);
    self->state_ = state::open;
    self->heard_at_ = self->loop_.now();
    self->start_reader();
    self->owner_->opened();
}

// Coroutines here throw only for want of memory, and where they are cancelled as they begin to wait.
DRAGLINE_DECL void dns_connection::ended(const std::exception_ptr& thrown, bool cancelled) {
    if (thrown && !cancelled) fail(std::make_error_code(std::errc::not_enough_memory));
}

DRAGLINE_DECL void dns_connection::close() noexcept {
    owner_ = nullptr;
    state_ = state::closed;
    ending_.interrupt();
    stream_.close();
    errands_.clear();
}

DRAGLINE_DECL void dns_connection::fail(std::error_code ec) {
    if (is_closed()) return;
    const auto before = std::exchange(state_, state::closed);
    stream_.close();
    if (before == state::connecting) return owner_->not_opened(*this, ec);
    owner_->broken(*this, ec);
}

DRAGLINE_DECL bool dns_connection::is_stuck(async::time_point now) const noexcept {
    return !errands_.empty() && now - heard_at_ > longest_dns_silence;
}

DRAGLINE_DECL bool dns_connection::is_stale(async::time_point now) noexcept {
    if (state_ != state::open || !errands_.empty()) return false;
    if (now - heard_at_ >= idle_limit_) return true;
    if (reader_runs_) return false;  // it will hear
    make_room();
    auto space = asio::buffer(input_.data() + input_size_, input_.size() - input_size_);
    const auto size = stream_.layer().try_read(space);
    return size.error() != asio::error::would_block;  // the end, or what nobody asked for
}

// Ids need not be secret on a connection that nobody can write to, but a forgotten one should not come back.
DRAGLINE_DECL std::uint16_t dns_connection::unused_id() {
    for (;;) {
        const auto bits = loop_.random()();
        for (int shift = 0; shift < 64; shift += 16) {
            const auto id = static_cast<std::uint16_t>(bits >> shift);
            if (!errands_.contains(id)) return id;
        }
    }
}

DRAGLINE_DECL std::error_code dns_connection::send(dns_errand& errand) {
    const auto start = outgoing_.size();
    const auto message = start + dns_length_size;
    const auto id = unused_id();
    outgoing_.resize(message);
    if (const auto ec = dns::wire::append_query(id, errand.asked, errand.form, outgoing_)) {
        outgoing_.resize(start);
        return ec;
    }
    dns::wire::append_option(outgoing_, message, dns::wire::option_code::tcp_keepalive);
    if (limits_.padding > 0) dns::wire::pad_query(outgoing_, message, limits_.padding);
    store_big16(&outgoing_[start], static_cast<std::uint16_t>(outgoing_.size() - message));
    if (errands_.empty()) heard_at_ = loop_.now();
    errands_.emplace(id, std::move(errand));
    start_writer();
    return {};
}

DRAGLINE_DECL std::vector<dns_errand> dns_connection::take_errands() {
    return forget(async::time_point::max());
}

DRAGLINE_DECL std::vector<dns_errand> dns_connection::forget(async::time_point until) {
    std::vector<dns_errand> taken;
    for (auto at = errands_.begin(); at != errands_.end();) {
        if (at->second.began > until) {
            ++at;
            continue;
        }
        taken.push_back(std::move(at->second));
        at = errands_.erase(at);
    }
    forgotten_ += taken.size();
    std::sort(taken.begin(), taken.end(),
              [](const dns_errand& a, const dns_errand& b) { return a.began < b.began; });
    return taken;
}

DRAGLINE_DECL void dns_connection::resume() {
    running_ = true;
    start_reader();
    start_writer();
}

DRAGLINE_DECL void dns_connection::pause() noexcept {
    running_ = false;
    // A connection that is not yet there cannot wait, nor can half a record.
    if (is_connecting() || writer_waits_) return close();
    if (!reader_waits_ || std::exchange(reader_stopped_, true)) return;
    stop_reading_.emit(asio::cancellation_type::terminal);
}

DRAGLINE_DECL void dns_connection::start_reader() {
    if (reader_runs_ || !wants_input()) return;
    reader_runs_ = true;
    asio::post(loop_.executor(), [self = shared_from_this()] {
        auto ended = [self](std::exception_ptr thrown) {
            const bool cancelled = std::exchange(self->reader_stopped_, false);
            self->reader_runs_ = self->reader_waits_ = false;
            self->ended(thrown, cancelled);
            self->start_reader();
        };
        asio::co_spawn(self->loop_.executor(), read_body(self),
                       asio::bind_cancellation_slot(self->stop_reading_.slot(), std::move(ended)));
    });
}

DRAGLINE_DECL asio::awaitable<void> dns_connection::read_body(self_pointer self) {
    while (self->wants_input() && !self->reader_stopped_) {
        const auto space = self->make_room();
        auto into = asio::buffer(self->input_.data() + self->input_size_, space.size());
        auto reading = self->stream_.layer().read_some(into, async::no_deadline, phase::read);
        self->reader_waits_ = true;
        auto size = co_await std::move(reading);
        self->reader_waits_ = false;
        if (size) {
            self->received(*size);
        } else if (!self->reader_stopped_ || size.error() != asio::error::operation_aborted) {
            self->fail(size.error());
        }
    }
}

// Posted, so that queries which are asked one after the other go out in one piece.
DRAGLINE_DECL void dns_connection::start_writer() {
    if (writer_runs_ || !wants_output()) return;
    writer_runs_ = true;
    asio::post(loop_.executor(), [self = shared_from_this()] {
        asio::co_spawn(self->loop_.executor(), write_body(self), [self](std::exception_ptr thrown) {
            self->writer_runs_ = self->writer_waits_ = false;
            self->ended(thrown, false);
            self->start_writer();
        });
        if (self->running_) return;
        // Nobody waits for an answer: then nobody waits for the server to read, either.
        asio::post(self->loop_.executor(), [self] {
            if (!self->running_ && self->writer_waits_) self->fail(asio::error::operation_aborted);
        });
    });
}

DRAGLINE_DECL asio::awaitable<void> dns_connection::write_body(self_pointer self) {
    while (self->wants_output()) {
        self->sending_.clear();
        std::swap(self->sending_, self->outgoing_);
        const gather pieces{asio::buffer(self->sending_), asio::const_buffer()};
        const auto until = async::deadline_after(self->loop_.now(), self->limits_.write);
        auto writing = self->stream_.layer().write(pieces, until, phase::write);
        self->writer_waits_ = true;
        auto written = co_await std::move(writing);
        self->writer_waits_ = false;
        // What the server said before it hung up comes first: the reader will see the end.
        const bool gone =
            written.error() == asio::error::broken_pipe || written.error() == asio::error::connection_reset;
        if (!written && !gone) self->fail(written.error());
        if (!written) co_return;
    }
}

// Room for the message that is under way, or for some small ones.
DRAGLINE_DECL byte_view dns_connection::make_room() {
    auto wanted = dns_input_size;
    if (input_size_ >= dns_length_size) {
        wanted = std::max(wanted, dns_length_size + load_big16(input_.data()));
    }
    if (input_.size() < wanted) input_.resize(wanted);
    return byte_view(input_).subspan(input_size_);
}

DRAGLINE_DECL void dns_connection::received(std::size_t size) {
    heard_at_ = loop_.now();
    input_size_ += size;
    std::size_t used = 0;
    while (!is_closed() && input_size_ - used >= dns_length_size) {
        const std::size_t length = load_big16(&input_[used]);
        if (length < dns_header_size) return fail(dns::errc::malformed_message);
        if (input_size_ - used - dns_length_size < length) break;
        take_answer(byte_view(input_).subspan(used + dns_length_size, length));
        used += dns_length_size + length;
    }
    std::copy(input_.begin() + static_cast<std::ptrdiff_t>(used),
              input_.begin() + static_cast<std::ptrdiff_t>(input_size_), input_.begin());
    input_size_ -= used;
    if (used > 0 && owner_ && !is_closed()) owner_->answered(*this);
}

// One message that makes no sense ends only its own query: its length can still be trusted, and a resolver
// passes on what others wrote. One to no query at all ends the connection.
DRAGLINE_DECL void dns_connection::take_answer(byte_view bytes) {
    const auto found = errands_.find(load_big16(bytes.data()));
    auto reply = dns::wire::decode_message(bytes);
    std::error_code ec;
    if (found != errands_.end() && reply) {
        ec = dns::wire::check_response(*reply, found->first, found->second.asked);
        if (ec == dns::errc::not_a_response) return fail(ec);
    }
    if (found == errands_.end() || (ec && forgotten_ > 0)) {
        if (forgotten_ == 0) return fail(dns::errc::id_mismatch);
        --forgotten_;
        return;
    }
    const auto errand = std::move(found->second);
    errands_.erase(found);
    proven_ = true;
    if (ec) return errand.sink->on_reply(errand.tag, ec);
    if (reply) heed(*reply);
    errand.sink->on_reply(errand.tag, std::move(reply));
}

// RFC 7828, 3.3.2: units of 100 ms; 0 asks to hang up.
DRAGLINE_DECL void dns_connection::heed(const dns::wire::message& reply) noexcept {
    if (!reply.extension) return;
    const auto said = dns::wire::find_option(reply.extension->options, dns::wire::option_code::tcp_keepalive);
    if (!said || said->size() != 2) return;
    const std::chrono::milliseconds time(100 * load_big16(said->data()));
    idle_limit_ = std::min<async::duration>(limits_.idle, time);
    if (time.count() == 0) retire();
}

}  // namespace dragline::net::detail

#endif

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

namespace dragline::inline v1::net::detail {

// Nothing is opened before there is a question. Questions go to the first connection that has room; what
// finds none waits in line.
class dns_over_tls_transport final : public dns::transport,
                                     public dns_connection_owner,
                                     public std::enable_shared_from_this<dns_over_tls_transport> {
public:
    dns_over_tls_transport(async::loop_state& loop, dns::server where, dns_over_tls_options options);
    ~dns_over_tls_transport() override { shutdown(); }

    void ask(const dns::question& asked, const dns::query_form& form, std::shared_ptr<dns::reply_sink> sink,
             std::size_t tag) override;
    void hold() override;
    void release() noexcept override;
    void shutdown() noexcept override;
    std::string description() const override;

private:
    using connections = std::vector<std::shared_ptr<dns_connection>>;

    void opened() override;
    void answered(dns_connection& by) override;
    void not_opened(dns_connection& gone, std::error_code ec) override;
    void broken(dns_connection& gone, std::error_code ec) override;

    void remove(const dns_connection& gone) noexcept;
    void set_up();
    void pump();
    void drop_late();
    void drop_stale();
    dns_connection* connection_with_room();
    bool needs_another() const noexcept;
    bool make_place();
    void open_one();
    void give_up(dns_connection& on, std::error_code ec);
    void fail_later(dns_errand errand, std::error_code ec);
    void keep_ticking();
    void tick();
    static void on_tick(void* self) noexcept;

    async::loop_state& loop_;
    dns::server where_;
    dns_over_tls_options options_;
    std::error_code problem_;
    tls::context context_;  // made for the first connection
    std::shared_ptr<tls::ticket_cache> tickets_ = std::make_shared<tls::ticket_cache>();
    connections connections_;  // the oldest first
    std::deque<dns_errand> waiting_;
    async::deadline tick_;
    async::time_point may_open_at_{};  // beside one that works
    std::size_t holders_ = 0;
    bool set_up_ = false;
    bool ended_ = false;
};

// Ends the transports of a loop with it, also those that no resolver knows any more.
class dns_over_tls_registry final : public async::loop_object {
public:
    explicit dns_over_tls_registry(async::loop_state&) {}

    void add(std::weak_ptr<dns::transport> made);
    void shutdown() noexcept override;

private:
    std::vector<std::weak_ptr<dns::transport>> living_;
};

}  // namespace dragline::net::detail

// ---- dragline/net/detail/impl/dns_over_tls_transport.ipp
// Included by <dragline/net/detail/dns_over_tls_transport.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>
#include <asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace dragline::inline v1::net::detail {

inline constexpr std::chrono::milliseconds dns_tick{500};
inline constexpr std::chrono::seconds dns_connect_pause{1};

// What a look-up failed of: how exactly a server hung up tells its caller nothing.
DRAGLINE_DECL std::error_code dns_failure(std::error_code ec) noexcept {
    const bool ours = ec.category() == dns::error_category() || ec == condition::timeout;
    const bool tls = ec == condition::tls_failed && ec != tls::errc::truncated;
    if (ours || tls || ec == std::errc::not_enough_memory || ec == dragline::errc::invalid_option) return ec;
    return dns::errc::servers_unreachable;
}

DRAGLINE_DECL dns_over_tls_transport::dns_over_tls_transport(async::loop_state& loop, dns::server where,
                                                             dns_over_tls_options options)
    : loop_(loop),
      where_(std::move(where)),
      options_(std::move(options)),
      problem_(options_.problem()),
      tick_(&on_tick, this) {}

DRAGLINE_DECL std::string dns_over_tls_transport::description() const {
    const auto place = where_.to_string();
    return options_.server_name().empty() ? place : place + '#' + options_.server_name();
}

DRAGLINE_DECL void dns_over_tls_transport::set_up() {
    if (std::exchange(set_up_, true)) return;
    loop_.get<dns_over_tls_registry>().add(weak_from_this());
    if (problem_) return;
    auto wanted = options_.tls();
    wanted.verify(options_.privacy() == dns_privacy::strict);
    if (!options_.server_name().empty()) wanted.server_name(options_.server_name());
    if (wanted.alpn().empty()) wanted.alpn({"dot"});
    auto made = tls::context::make_client(wanted);
    if (made) context_ = *std::move(made);
    problem_ = made.error();
}

DRAGLINE_DECL void dns_over_tls_transport::ask(const dns::question& asked, const dns::query_form& form,
                                               std::shared_ptr<dns::reply_sink> sink, std::size_t tag) {
    if (ended_) return;
    set_up();
    dns_errand errand{asked, form, std::move(sink), tag, loop_.now()};
    if (problem_) return fail_later(std::move(errand), problem_);
    waiting_.push_back(std::move(errand));
    pump();
    keep_ticking();
}

DRAGLINE_DECL void dns_over_tls_transport::fail_later(dns_errand errand, std::error_code ec) {
    asio::post(loop_.executor(), [errand = std::move(errand), ec] { errand.sink->on_reply(errand.tag, ec); });
}

// While nobody waits, what is asked in the background goes only where there is a connection.
DRAGLINE_DECL void dns_over_tls_transport::pump() {
    drop_late();
    if (waiting_.empty()) return;
    drop_stale();
    while (!waiting_.empty()) {
        auto* connection = connection_with_room();
        if (!connection) break;
        if (const auto ec = connection->send(waiting_.front())) fail_later(std::move(waiting_.front()), ec);
        waiting_.pop_front();
    }
    if (holders_ > 0 && needs_another() && make_place()) open_one();
}

DRAGLINE_DECL void dns_over_tls_transport::drop_late() {
    const auto now = loop_.now();
    while (!waiting_.empty() && now - waiting_.front().began >= options_.answer_timeout()) {
        fail_later(std::move(waiting_.front()), make_timeout(phase::resolve));
        waiting_.pop_front();
    }
}

// Those that ended by themselves do no harm; those that are stuck answer what they have, if ever.
DRAGLINE_DECL void dns_over_tls_transport::drop_stale() {
    const auto now = loop_.now();
    std::erase_if(connections_, [now](const auto& each) {
        if (each->is_stuck(now)) each->retire();
        const bool useless = each->is_spent() || each->is_stale(now);
        if (useless) each->close();
        return useless;
    });
}

DRAGLINE_DECL dns_connection* dns_over_tls_transport::connection_with_room() {
    const auto found = std::find_if(connections_.begin(), connections_.end(),
                                    [](const auto& each) { return each->has_room(); });
    return found == connections_.end() ? nullptr : found->get();
}

// Those that are being opened will take as many as they can.
DRAGLINE_DECL bool dns_over_tls_transport::needs_another() const noexcept {
    if (!connections_.empty() && loop_.now() < may_open_at_) return false;
    const auto connecting = static_cast<std::size_t>(std::count_if(
        connections_.begin(), connections_.end(), [](const auto& each) { return each->is_connecting(); }));
    return waiting_.size() > connecting * options_.max_pipelined();
}

DRAGLINE_DECL bool dns_over_tls_transport::make_place() {
    if (connections_.size() < options_.connections()) return true;
    const auto worst = std::find_if(connections_.begin(), connections_.end(),
                                    [](const auto& each) { return each->is_retired(); });
    if (worst == connections_.end()) return false;
    const auto gone = std::move(*worst);
    connections_.erase(worst);
    give_up(*gone, make_timeout(phase::resolve));
    return true;
}

DRAGLINE_DECL void dns_over_tls_transport::open_one() {
    connect_request request;
    request.target = endpoint(where_.address(), where_.port());
    request.tls = context_;
    request.tls_options.host(request.target.host());
    request.tls_options.tickets(tickets_, where_.to_string());
    request.until = async::deadline_after(loop_.now(), options_.connect_timeout());
    dns_connection_limits limits;
    limits.pipelined = options_.max_pipelined();
    limits.padding = options_.padding();
    limits.idle = options_.idle_timeout();
    auto made = std::make_shared<dns_connection>(loop_, *this, limits);
    made->open(std::move(request));
    connections_.push_back(std::move(made));
}

// What the connection left unanswered is asked again, unless that was done before, or it never answered.
DRAGLINE_DECL void dns_over_tls_transport::give_up(dns_connection& on, std::error_code ec) {
    auto left = on.take_errands();
    for (auto at = left.rbegin(); at != left.rend(); ++at) {
        if (!on.is_proven() || std::exchange(at->repeated, true)) {
            fail_later(std::move(*at), dns_failure(ec));
        } else {
            waiting_.push_front(std::move(*at));
        }
    }
    on.close();
}

DRAGLINE_DECL void dns_over_tls_transport::opened() { pump(); }

DRAGLINE_DECL void dns_over_tls_transport::answered(dns_connection& by) {
    if (by.is_spent()) {
        by.close();
        remove(by);
    }
    pump();
}

DRAGLINE_DECL void dns_over_tls_transport::remove(const dns_connection& gone) noexcept {
    std::erase_if(connections_, [&gone](const auto& each) { return each.get() == &gone; });
}

DRAGLINE_DECL void dns_over_tls_transport::not_opened(dns_connection& gone, std::error_code ec) {
    remove(gone);
    if (!connections_.empty()) {  // these will do, if they have to
        may_open_at_ = loop_.now() + dns_connect_pause;
        return;
    }
    for (auto& each : std::exchange(waiting_, {})) fail_later(std::move(each), dns_failure(ec));
}

// Whatever ended it may have ended the others too: what is asked again goes to none of these.
DRAGLINE_DECL void dns_over_tls_transport::broken(dns_connection& gone, std::error_code ec) {
    remove(gone);
    for (const auto& each : connections_) {
        if (!each->is_connecting()) each->retire();
    }
    give_up(gone, ec);
    pump();
}

DRAGLINE_DECL void dns_over_tls_transport::hold() {
    if (ended_ || holders_++ > 0) return;
    drop_stale();
    for (const auto& each : connections_) each->resume();
    pump();
    keep_ticking();
}

DRAGLINE_DECL void dns_over_tls_transport::release() noexcept {
    if (ended_ || --holders_ > 0) return;
    tick_.disarm();
    waiting_.clear();  // nobody waits for these, nor for what a connection is closed with
    for (const auto& each : connections_) each->pause();
    std::erase_if(connections_, [](const auto& each) { return each->is_closed(); });
}

DRAGLINE_DECL void dns_over_tls_transport::keep_ticking() {
    const auto owed = [](const auto& each) { return each->outstanding() > 0; };
    const bool owing = !waiting_.empty() || std::any_of(connections_.begin(), connections_.end(), owed);
    if (tick_.armed() || holders_ == 0 || !owing) return;
    loop_.deadlines().arm(tick_, loop_.now() + dns_tick);
}

DRAGLINE_DECL void dns_over_tls_transport::on_tick(void* self) noexcept {
    const auto transport = static_cast<dns_over_tls_transport*>(self)->shared_from_this();
    transport->tick();
}

// Drops what has waited too long. A connection that has said nothing all that time is dead.
DRAGLINE_DECL void dns_over_tls_transport::tick() {
    const auto now = loop_.now();
    const auto patience = options_.answer_timeout();
    if (patience != no_limit) {
        for (const auto& each : connections_) {
            const bool silent = each->is_stuck(now);
            auto late = each->forget(now - patience);
            if (silent && !late.empty()) each->retire();
            for (auto& errand : late) fail_later(std::move(errand), make_timeout(phase::resolve));
        }
    }
    drop_stale();
    pump();
    keep_ticking();
}

DRAGLINE_DECL void dns_over_tls_transport::shutdown() noexcept {
    ended_ = true;
    tick_.disarm();
    for (const auto& each : std::exchange(connections_, {})) each->close();
    waiting_.clear();
}

DRAGLINE_DECL void dns_over_tls_registry::add(std::weak_ptr<dns::transport> made) {
    std::erase_if(living_, [](const auto& each) { return each.expired(); });
    living_.push_back(std::move(made));
}

DRAGLINE_DECL void dns_over_tls_registry::shutdown() noexcept {
    for (const auto& each : living_) {
        if (const auto transport = each.lock()) transport->shutdown();
    }
}

}  // namespace dragline::net::detail

#endif

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL std::shared_ptr<dns::transport> make_dns_over_tls(async::loop_state& loop, dns::server where,
                                                                dns_over_tls_options options) {
    return std::make_shared<dns_over_tls_transport>(loop, std::move(where), std::move(options));
}

}  // namespace dragline::net::detail

#endif
// ---- dragline/tls.hpp
// TLS without I/O: OpenSSL 3 on buffers that you fill and drain; `net` moves the bytes.
// Start with `context::make_client` in context.hpp, then `engine` in engine.hpp.

// ---- dragline/url.hpp
// URLs as the WHATWG URL Standard reads them: parse, resolve, serialise. No I/O and no Asio.
// Start with `parse` in parse.hpp; `url` in url.hpp is what it returns.

// ---- dragline/url/registrable_domain.hpp
// Where a name ends to belong to one owner: "example.co.uk" is registered, "co.uk" is a public suffix. Start
// with registrable_domain().


#include <optional>
#include <string>
#include <string_view>

namespace dragline::inline v1::url {

/// True when the functions below follow the Public Suffix List (publicsuffix.org): features::psl, and a
/// libpsl that carries the list. The list is as old as that libpsl; no file is read.
DRAGLINE_DECL bool has_public_suffix_list() noexcept;

/// The part of `name` that its owner registered: a public suffix and one label more, "example.co.uk" of
/// "www.example.co.uk". Nothing for a public suffix, for an address and for what is no domain.
///
/// `name` is read as the host of a URL is; the result is ASCII, in lower case and without a dot at the end.
/// A domain has at most 253 characters in labels of 1 to 63. Suffixes that private owners list ("github.io")
/// count; a top-level domain that no rule names is a suffix.
///
/// Without a list it is the last two labels, which is WRONG wherever the suffix has more than one ("co.uk").
/// Whoever draws a border of trust with it, as cookies do, asks has_public_suffix_list() first.
DRAGLINE_DECL std::optional<std::string> registrable_domain(std::string_view name);

/// True for a domain under which others register theirs: "com", "co.uk", "github.io". False for any other
/// domain, and for what is none.
///
/// Without a list only single labels are.
DRAGLINE_DECL bool is_public_suffix(std::string_view name);

}  // namespace dragline::url

// ---- dragline/url/impl/registrable_domain.ipp
// Included by <dragline/url/registrable_domain.hpp> only. The one file that knows libpsl.


#if DRAGLINE_HEADER_BODIES

#include <cstddef>

#if DRAGLINE_WITH_PSL
#include <libpsl.h>
#endif

namespace dragline::inline v1::url {
namespace detail {

/// Labels of 1 to 63 characters, 253 in all (RFC 1035, 2.3.4).
DRAGLINE_DECL bool fits_dns(std::string_view domain) noexcept {
    if (domain.size() > 253) return false;
    for (;;) {
        const auto label = domain.substr(0, domain.find('.'));
        if (label.empty() || label.size() > 63) return false;
        if (label.size() == domain.size()) return true;
        domain.remove_prefix(label.size() + 1);
    }
}

/// The domain that a URL with this host names, without a dot at the end.
DRAGLINE_DECL std::optional<std::string> read_domain(std::string_view name) {
    std::string domain;
    const auto kind = append_host(domain, name);
    if (!kind || *kind != host_kind::domain) return std::nullopt;
    if (domain.ends_with('.')) domain.pop_back();
    if (!fits_dns(domain)) return std::nullopt;
    return domain;
}

/// Where the registrable domain begins in `domain`, which read_domain() returned; npos when there is none.
DRAGLINE_DECL std::size_t find_registrable(const std::string& domain) noexcept {
#if DRAGLINE_WITH_PSL
    if (const psl_ctx_t* list = psl_builtin()) {
        const char* found = psl_registrable_domain(list, domain.c_str());
        return found ? static_cast<std::size_t>(found - domain.c_str()) : domain.npos;
    }
#endif
    const auto last = domain.rfind('.');
    if (last == domain.npos) return last;
    const auto before = domain.rfind('.', last - 1);
    return before == domain.npos ? 0 : before + 1;
}

}  // namespace detail

DRAGLINE_DECL bool has_public_suffix_list() noexcept {
#if DRAGLINE_WITH_PSL
    return psl_builtin() != nullptr;
#else
    return false;
#endif
}

DRAGLINE_DECL std::optional<std::string> registrable_domain(std::string_view name) {
    auto domain = detail::read_domain(name);
    if (!domain) return std::nullopt;
    const auto begin = detail::find_registrable(*domain);
    if (begin == domain->npos) return std::nullopt;
    return domain->substr(begin);
}

DRAGLINE_DECL bool is_public_suffix(std::string_view name) {
    const auto domain = detail::read_domain(name);
    return domain && detail::find_registrable(*domain) == domain->npos;
}

}  // namespace dragline::url

#endif
