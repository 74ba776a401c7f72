// A pool whose askers, connections and peers are the test's.
#pragma once

#include <dragline/http/detail/connection_pool.hpp>

#include "../../net/stream_pair.hpp"
#include "../read_head.hpp"
#include "../send_request.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::test {

using http::detail::connection_pool;
using http::detail::h1_connection;
using http::detail::pool_limits;

// One who asks for a place.
struct asker {
    bool done = false;
    std::error_code ec;
    std::optional<connection_pool::place> got;
    async::interrupter ending;
    asio::cancellation_signal cancel;
};

// Ends what was got; the asker itself lives as long as its coroutine may.
struct give_back {
    void operator()(asker* from) const { from->got.reset(); }
};
using asking = std::unique_ptr<asker, give_back>;

inline asio::awaitable<result<connection_pool::place>> acquire(connection_pool& pool, std::string key,
                                                               bool fresh, async::time_point now,
                                                               async::time_point until,
                                                               async::interrupter& ending) {
    if (auto free = pool.try_acquire(key, fresh, now)) co_return *std::move(free);
    auto waiting = pool.wait(key, fresh, {until, phase::queue}, ending);
    co_return co_await std::move(waiting);
}

struct pool_run {
    explicit pool_run(pool_limits limits = pool_limits()) : pool(loop.state(), limits) {}
    ~pool_run() { loop.shutdown(); }  // who still waits dies before the pool

    asking ask(const std::string& key, bool fresh = false, async::time_point until = async::no_deadline) {
        askers.push_back(std::make_unique<asker>());
        asking made(askers.back().get());
        asio::co_spawn(loop.get_executor(), acquire(pool, key, fresh, time, until, made->ending),
                       asio::bind_cancellation_slot(
                           made->cancel.slot(),
                           [who = made.get()](std::exception_ptr, result<connection_pool::place> given) {
                               who->done = true;
                               who->ec = given.error();
                               if (given) who->got.emplace(std::move(*given));
                           }));
        settle(loop);
        return made;
    }

    // A place with a connection that has carried an exchange.
    asking used(const std::string& key) {
        auto got = ask(key);
        REQUIRE(got->got);
        if (!got->got->connection()) got->got->put(connect(), time);
        exchange(*got->got->connection());
        return got;
    }

    std::unique_ptr<h1_connection> connect() {
        pairs.push_back(std::make_unique<stream_pair>(loop));
        return std::make_unique<h1_connection>(async::loop_state::of(loop.get_executor()),
                                               pairs.back()->connected(), 80);
    }

    // So that the connection knows what the peer says about keeping it.
    void exchange(h1_connection& connection) {
        http::fields none;
        http::request_view request;
        request.method = "GET";
        request.host = "a";
        request.target = "/";
        request.fields = &none;
        connection.start("GET", h1::head_limits());
        CHECK(!run_to_end(loop, send_request(connection, request)).error());
        write(*pairs.back(), "HTTP/1.1 204 No Content\r\n" + said + "\r\n");
        http::response_head head;
        CHECK(!run_to_end(loop, read_head(connection, head, 0, {})).error());
    }

    void write(stream_pair& to, const std::string& text) {
        kept_completion<std::size_t> written;
        to.server.async_write_some(asio::buffer(text), written);
        run_until(loop, [&] { return written.done(); });
    }

    void park(asking& from) {
        from->got->park(time);
        from.reset();
        settle(loop);
    }

    std::vector<std::unique_ptr<asker>> askers;
    event_loop loop;
    connection_pool pool;
    async::time_point time{std::chrono::hours(1)};
    std::vector<std::unique_ptr<stream_pair>> pairs;
    std::string said;  // fields of the responses
};

inline pool_limits limits(std::size_t per_host, std::size_t total, std::size_t waiters = 100) {
    pool_limits made;
    made.per_host = per_host;
    made.total = total;
    made.waiters = waiters;
    return made;
}

}  // namespace dragline::test
