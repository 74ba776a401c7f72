// One fetch: its hops up to a head that is the answer, and then its body.
#pragma once

#include <dragline/core/boxed.hpp>
#include <dragline/core/result.hpp>
#include <dragline/http/detail/fetch_hop.hpp>
#include <dragline/http/response.hpp>

#include <memory>
#include <string>
#include <system_error>
#include <utility>

namespace dragline::inline v1::http::detail {

class fetch_op : private fetch_hop {
public:
    /// The options must outlive it.
    fetch_op(std::shared_ptr<session_state> session, const fetch_options& options)
        : fetch_hop(std::move(session), options) {}

    /// Up to the head of the answer. Call once; the object must outlive the coroutine, here and below.
    asio::awaitable<result<void>> open(std::string url) { return follow_hops(prepare(url), false); }

    /// As open() once more, when the body has failed and its retry_policy says so; else with that error.
    asio::awaitable<result<void>> reopen(std::error_code ec) { return follow_hops(ec, true); }

    // For who wants all of the body, after open(): take_body(), read_body() if that is false, and answer().

    /// Appends the body when nothing has to be waited for, and says whether.
    bool take_body(std::string& into) {
        return !connection().sending() && reader_.take_all(connection(), into);
    }
    /// Appends the body, and sends the rest of the request.
    asio::awaitable<result<void>> read_body(std::string& into);
    /// The answer. `read` is what read_body() came to.
    result<boxed<response>> answer(const result<void>& read, std::string&& body);

    // For who reads the body in pieces: from connection(), with body(), until close_body().
    h1_connection& connection() noexcept { return *place_.connection(); }
    body_reader& body() noexcept { return reader_; }
    async::interrupter& ending() noexcept { return call_.ending(); }

    /// After the body: the rest of the request, as far as the peer takes it. What the caller ends or his
    /// source refuses is an error, a peer that takes no more is none.
    asio::awaitable<result<void>> finish_request();

    /// What is known before the body; once, and before the connection goes.
    void take_record(response_record& into);

    /// Who reads the body in pieces begins to: the operation itself is over.
    void leave_open() {
        leave_probe();
        if (insight_) insight_->leave_open(now(), attempt_);
    }

    /// The body has ended, or failed: the connection is kept for the next fetch, or closed.
    void close_body(std::error_code ec);

    /// The fetch is over, as answer() says by itself when it succeeds. give_up() throws what an observer
    /// threw.
    void finish(std::error_code ec) noexcept;
    std::error_code give_up(std::error_code ec);
    void give_up_throwing() noexcept;

private:
    asio::awaitable<result<void>> follow_hops(std::error_code ec, bool in_body);
    std::error_code prepare(const std::string& text);
    std::error_code enter();
    std::error_code follow();
    void count_bytes() noexcept;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/fetch_op.ipp>
