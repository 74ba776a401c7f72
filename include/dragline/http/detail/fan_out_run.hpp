// One run of fetch_many(): reads requests, has the machine choose, fetches side by side, reports.
#pragma once

#include <dragline/async/event.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/result.hpp>
#include <dragline/http/detail/fan_out_machine.hpp>
#include <dragline/http/detail/fetch_place.hpp>
#include <dragline/http/detail/receiver.hpp>
#include <dragline/http/detail/request_source.hpp>
#include <dragline/http/fan_out/fetch_many_options.hpp>

#include <asio/awaitable.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/cancellation_state.hpp>

#include <cstddef>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <system_error>

namespace dragline::inline v1::http::detail {

// Held by the coroutine that waits for it, and by its workers: a loop that ends destroys their frames in any
// order.
class fan_out_run : public std::enable_shared_from_this<fan_out_run> {
public:
    fan_out_run(fetch_place place, std::shared_ptr<request_source> source, receiver<fetch_outcome> handler,
                fetch_many_options options);

    static asio::awaitable<result<fetch_summary>> run(std::shared_ptr<fan_out_run> self);

private:
    using ticket = fan_out_machine::ticket;
    struct worker {
        asio::cancellation_signal signal;
        bool running = false;
    };

    static asio::awaitable<void> work(std::shared_ptr<fan_out_run> self, ticket first);
    static asio::awaitable<fetch_outcome> fetch_one(fan_out_run& self, ticket& which);
    static asio::awaitable<void> report(fan_out_run& self, ticket which, fetch_outcome done);
    static asio::awaitable<void> hand_over(fan_out_run& self, fetch_outcome done);

    void pump();
    std::optional<ticket> take();
    void start_worker(ticket first);
    void worker_ended(worker& which, std::exception_ptr thrown);
    void show_progress();
    void stop(std::error_code ec);
    void break_off(std::exception_ptr thrown);
    bool over() const noexcept;
    // At once, though the wait of run() ends in a later turn of the loop.
    bool ending() const noexcept {
        return stopping_ || cancellation_.cancelled() != asio::cancellation_type::none;
    }
    fetch_summary summary();

    async::loop_state& loop_;
    fetch_place place_;
    std::shared_ptr<request_source> source_;
    receiver<fetch_outcome> handler_;
    const fetch_many_options options_;
    fan_out_machine machine_;
    async::event changed_;
    asio::cancellation_state cancellation_;  // of run()
    async::time_point began_;
    std::deque<worker> workers_;                  // as many as were ever under way at once
    std::map<std::size_t, fetch_outcome> early_;  // with ordered(): those that wait for one before them
    fetch_summary counted_;
    std::size_t next_ = 0;     // with ordered(): to be reported
    std::size_t running_ = 0;  // workers
    bool reporting_ = false;   // with ordered(): somebody empties early_
    bool exhausted_ = false;
    bool pumping_ = false;
    bool stopping_ = false;
    std::error_code error_;
    std::exception_ptr thrown_;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/fan_out_run.ipp>
