// The outcomes of a fan_out_run, handed out as they are asked for. Kept by its fetch_stream and by the run.
#pragma once

#include <dragline/async/event.hpp>
#include <dragline/async/loop_gate.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/result.hpp>
#include <dragline/http/detail/fetch_place.hpp>
#include <dragline/http/detail/request_source.hpp>
#include <dragline/http/fan_out/fetch_many_options.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/cancellation_signal.hpp>

#include <cstddef>
#include <exception>
#include <list>
#include <memory>
#include <system_error>

namespace dragline::inline v1::http::detail {

class fetch_feed : public std::enable_shared_from_this<fetch_feed> {
public:
    using pointer = std::shared_ptr<fetch_feed>;

    fetch_feed(fetch_place place, std::shared_ptr<request_source> source, fetch_many_options options);

    static asio::awaitable<result<fetch_outcome>> next(pointer self);

    const asio::any_io_executor& executor() const noexcept { return place_.loop->executor(); }
    const fetch_summary& summary() const noexcept { return summary_; }

    /// Threads: close() the loop's own, abandon() any.
    void close() noexcept;
    static void abandon(pointer self) noexcept;

private:
    struct offer;
    class waiting;

    void start();
    static asio::awaitable<void> drive(pointer self);
    static asio::awaitable<void> hand_over(pointer self, fetch_outcome done);

    fetch_place place_;
    std::shared_ptr<request_source> source_;
    fetch_many_options options_;
    std::shared_ptr<async::loop_gate> gate_;
    async::event arrived_;
    asio::cancellation_signal signal_;  // of the run
    std::list<offer*> offers_;          // each stands in the coroutine that waits for its being taken
    fetch_summary summary_;
    std::size_t untaken_ = 0;  // offers that the end of the run has withdrawn
    std::size_t untaken_failures_ = 0;
    std::error_code end_;
    std::exception_ptr thrown_;
    bool started_ = false;
    bool ended_ = false;
    bool closed_ = false;
    bool waiting_ = false;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/fetch_feed.ipp>
