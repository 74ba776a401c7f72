// Very many requests, their outcomes taken one by one with next(). For a handler instead see fetch_many().
#pragma once

#include <dragline/async/operation.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/http/detail/fetch_feed.hpp>
#include <dragline/http/detail/fetch_place.hpp>
#include <dragline/http/detail/request_source.hpp>
#include <dragline/http/fan_out/fetch_many.hpp>
#include <dragline/http/fan_out/fetch_many_options.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/system_executor.hpp>

#include <memory>
#include <utility>

namespace dragline::inline v1::http {

/// What fetch_many() does, at the pace of who takes the outcomes.
///
///     http::fetch_stream pages(session, urls, fetch_many_options().window(200));
///     for (;;) {
///         auto [ec, page] = co_await pages.next(as_tuple(asio::use_awaitable));
///         if (ec == asio::error::eof) break;
///     }
///
/// Nothing is done before the first next(); from then on requests go ahead by the window. With this object,
/// what is under way is cancelled. Threads: moving, destroying and starting operations may be done on any
/// thread, but not at once; other members belong to the loop's.
class fetch_stream {
public:
    using executor_type = asio::any_io_executor;

    fetch_stream() {}
    template <detail::fetch_where Where, fetch_requests Requests>
    fetch_stream(Where&& where, Requests requests, fetch_many_options options = fetch_many_options())
        : feed_(std::make_shared<detail::fetch_feed>(detail::place_of(where),
                                                     detail::make_request_source(std::move(requests)),
                                                     std::move(options))) {}
    fetch_stream(fetch_stream&&) = default;
    fetch_stream& operator=(fetch_stream&& other) noexcept;
    ~fetch_stream() { detail::fetch_feed::abandon(std::move(feed_)); }

    executor_type get_executor() const noexcept {
        return feed_ ? feed_->executor() : executor_type(asio::system_executor());
    }

    /// Waits for the next outcome: void(error_code, fetch_outcome). That a request failed is no error here.
    ///
    /// Errors: asio::error::eof after the last one; those of fetch_many(), which end the run: final. One at a
    /// time, else errc::read_under_way; without requests asio::error::not_connected.
    /// Cancel: any type; no outcome is lost.
    template <class Token = default_token>
    auto next(Token&& token = {}) {
        return async::initiate<fetch_outcome>(get_executor(), &detail::fetch_feed::next,
                                              std::forward<Token>(token), feed_);
    }

    /// What was done; complete when next() has given eof or an error.
    fetch_summary summary() const { return feed_ ? feed_->summary() : fetch_summary(); }

    /// Cancels what is under way: next() ends as operation_aborted from now on.
    void close() noexcept {
        if (feed_) feed_->close();
    }

private:
    std::shared_ptr<detail::fetch_feed> feed_;
};

}  // namespace dragline::http

namespace dragline::inline v1 {
using http::fetch_stream;
}

#include <dragline/http/fan_out/impl/fetch_stream.ipp>
