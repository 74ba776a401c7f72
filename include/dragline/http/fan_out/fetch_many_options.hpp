// What fetch_many() takes and gives besides requests: fetch_request, fetch_outcome, fetch_summary, options.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/core/features.hpp>
#include <dragline/http/options.hpp>
#include <dragline/http/response.hpp>

#include <concepts>
#include <cstddef>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace dragline::inline v1::http {

/// One of many requests: a URL, and options where they are not those of all.
class fetch_request {
public:
    fetch_request() {}
    template <std::convertible_to<std::string_view> Text>
    fetch_request(const Text& address) : url(std::string_view(address)) {}
    fetch_request(std::string_view address, fetch_options own) : url(address), options(std::move(own)) {}

    std::string url;
    std::optional<fetch_options> options;  ///< Default: fetch_many_options::fetch().
};

/// What one of them came to.
class fetch_outcome {
public:
    fetch_outcome() {}

    std::size_t index = 0;         ///< Among the requests, from 0.
    std::string url;               ///< As it was given.
    std::error_code ec;            ///< Why there is no response.
    std::exception_ptr exception;  ///< What a callback of its options threw; ec is errc::callback_failed.
    http::response response;

    explicit operator bool() const noexcept { return !ec; }
};

/// What a whole run did.
class fetch_summary {
public:
    fetch_summary() {}

    std::size_t reported = 0;    ///< Outcomes that the handler got.
    std::size_t succeeded = 0;   ///< Of these, with a response, whatever its status.
    std::size_t failed = 0;      ///< Of these, with an error.
    std::size_t unreported = 0;  ///< Requests that were read and given up, since the run ended early.
    bool stopped = false;        ///< The handler wanted no more.
    async::duration elapsed{};
};

/// How far a run has come.
class fetch_progress {
public:
    fetch_progress() {}

    std::size_t reported = 0;
    std::size_t failed = 0;   ///< Among these.
    std::size_t running = 0;  ///< Under way, or waiting for the handler.
    std::size_t waiting = 0;  ///< Read ahead.
};

/// How fetch_many() goes about it. A value that cannot work is kept, and the call gives
/// errc::invalid_option.
class fetch_many_options {
public:
    using duration = async::duration;
    using progress_callback = std::function<void(const fetch_progress&)>;

    fetch_many_options() {}

    /// The options of requests that have none of their own. May have no trace(): one cannot serve many.
    fetch_many_options& fetch(fetch_options value) { return fetch_ = std::move(value), *this; }
    const fetch_options& fetch() const noexcept { return fetch_; }

    /// Requests under way, waiting for the handler, or for their turn with ordered(): 1 or more; 64.
    fetch_many_options& window(std::size_t value) { return window_ = value, *this; }
    std::size_t window() const noexcept { return window_; }

    /// Of these, for one host and port: 1 or more; 10. It goes by the URL, not by where redirects lead.
    fetch_many_options& per_host(std::size_t value) { return per_host_ = value, *this; }
    std::size_t per_host() const noexcept { return per_host_; }

    /// Requests to read ahead, 1 or more; 256. Hosts among them take turns; one that has per_host() under way
    /// holds up the others only when all that was read ahead is for such hosts.
    fetch_many_options& look_ahead(std::size_t value) { return look_ahead_ = value, *this; }
    std::size_t look_ahead() const noexcept { return look_ahead_; }

    /// Outcomes in the order of the requests: one that comes early keeps its place in the window. Off.
    fetch_many_options& ordered(bool value) { return ordered_ = value, *this; }
    bool ordered() const noexcept { return ordered_; }

    /// Whether the first outcome with an error ends the run with it, once it is reported. Off.
    fetch_many_options& fail_fast(bool value) { return fail_fast_ = value, *this; }
    bool fail_fast() const noexcept { return fail_fast_; }

    /// The whole run; no_limit. fetch() has the limit of each request.
    fetch_many_options& timeout(duration value) { return timeout_ = value, *this; }
    duration timeout() const noexcept { return timeout_; }

    /// Called on the loop after every `every` outcomes, and at the end. What it throws ends the run.
    fetch_many_options& on_progress(progress_callback callback, std::size_t every = 1) {
        return on_progress_ = std::move(callback), progress_step_ = every, *this;
    }
    const progress_callback& on_progress() const noexcept { return on_progress_; }
    std::size_t progress_step() const noexcept { return progress_step_; }

    /// Why these options cannot work, or nothing.
    DRAGLINE_DECL std::error_code problem() const noexcept;

private:
    fetch_options fetch_;
    progress_callback on_progress_;
    std::size_t progress_step_ = 1;
    std::size_t window_ = 64;
    std::size_t per_host_ = 10;
    std::size_t look_ahead_ = 256;
    duration timeout_ = async::no_limit;
    bool ordered_ = false;
    bool fail_fast_ = false;
};

}  // namespace dragline::http

namespace dragline::inline v1 {
using http::fetch_many_options;
}

#include <dragline/http/fan_out/impl/fetch_many_options.ipp>
