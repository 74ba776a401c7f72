// Server-sent events over one connection after the other. Kept by its event_stream and by what is under way.
#pragma once

#include <dragline/async/event.hpp>
#include <dragline/async/loop_gate.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/result.hpp>
#include <dragline/http/detail/fetch_place.hpp>
#include <dragline/http/events/event_stream_parser.hpp>
#include <dragline/http/events/events_options.hpp>
#include <dragline/http/open_url.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace dragline::inline v1::http {

class event_stream;

namespace detail {

class event_source {
public:
    using pointer = std::shared_ptr<event_source>;

    event_source(std::shared_ptr<session_state> session, std::string url, events_options options);

    static asio::awaitable<result<void>> connect(pointer self);
    static asio::awaitable<result<server_event>> next(pointer self);

    const asio::any_io_executor& executor() const noexcept { return executor_; }
    const std::string& last_event_id() const noexcept { return parser_.last_event_id(); }

    /// Threads: close() the loop's own, abandon() any.
    void close() noexcept;
    static void abandon(pointer self) noexcept;

private:
    class waiting;

    static asio::awaitable<result<server_event>> read_event(pointer self);
    static asio::awaitable<result<void>> read_more(pointer self);
    static asio::awaitable<result<void>> pause(pointer self);
    bool may_connect_again(std::error_code ec) const noexcept;

    asio::any_io_executor executor_;
    std::shared_ptr<async::loop_gate> gate_;
    std::shared_ptr<session_state> session_;
    std::string url_;
    events_options options_;
    response_stream stream_;
    event_stream_parser parser_;
    std::vector<char> buffer_;
    std::string_view unread_;
    async::event* pause_ = nullptr;     // while there is one
    open_response* opening_ = nullptr;  // likewise
    std::error_code end_;
    int failures_ = 0;
    bool waiting_ = false;
    bool stopped_ = false;  // the server has said that there will be no more
};

asio::awaitable<result<event_stream>> open_events_body(fetch_place place, std::string url,
                                                       events_options options);

}  // namespace detail
}  // namespace dragline::http

#include <dragline/http/detail/impl/event_source.ipp>
