#include <dragline/http/fan_out/fetch_many.hpp>

#include <dragline/testing/manual_clock.hpp>

#include "../../support/http_client.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

using namespace std::chrono_literals;
using dragline::fetch_many_options;
using dragline::fetch_options;
using dragline::test::http_client;
using dragline::test::kept_completion;
using dragline::test::run_until;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace http = dragline::http;

namespace {

using many_urls = std::vector<std::string>;
using outcome_handler = std::function<bool(http::fetch_outcome)>;

// Counts, so that a test knows how far the run has read.
class counting_source {
public:
    counting_source(std::size_t count, std::function<std::string(std::size_t)> url, std::size_t& read)
        : count_(count), url_(std::move(url)), read_(read) {}

    std::optional<http::fetch_request> operator()() {
        if (read_ == count_) return std::nullopt;
        return http::fetch_request(url_(read_++));
    }

private:
    std::size_t count_;
    std::function<std::string(std::size_t)> url_;
    std::size_t& read_;
};

struct many_run {
    std::error_code ec;
    http::fetch_summary summary;
    std::vector<std::string> seen;  // "index status" or "index error"
};

many_run run_many(
    http_client& client, many_urls from, const fetch_many_options& options,
    outcome_handler more = [](auto&&) { return true; }) {
    many_run made;
    kept_completion<http::fetch_summary> kept;
    const outcome_handler handler = [&](http::fetch_outcome done) {
        const auto what = done ? std::to_string(done.response.status) : done.ec.message();
        made.seen.push_back(std::to_string(done.index) + ' ' + what);
        return more(std::move(done));
    };
    http::fetch_many(client.session, std::move(from), handler, options, kept);
    run_until(client.loop, [&] { return kept.done(); });
    made.ec = kept.ec();
    made.summary = kept.value();
    run_until(client.loop, [&] { return client.statistics().calls == 0; });
    return made;
}

many_urls numbered(const http_server& server, std::size_t count) {
    many_urls all;
    for (std::size_t i = 0; i < count; ++i) all.push_back(server.url('/' + std::to_string(i)));
    return all;
}

std::size_t requests_in_large_run() {
    const auto* wanted = std::getenv("DRAGLINE_FETCH_MANY");
    return wanted ? std::strtoul(wanted, nullptr, 10) : 6000;
}

}  // namespace

TEST_CASE("many requests are each fetched once, whatever they come to", "[http][fetch_many]") {
    http_server server;
    server.on("*", [](const auto& request) {
        return http_reply(request.target.ends_with('3') ? 404 : 200).body(request.target);
    });
    auto from = numbered(server, 30);
    from[7] = "no url";
    from[8] = "http://127.0.0.1:1/";
    http_client client;
    std::size_t bodies = 0;
    auto got = run_many(client, from, fetch_many_options().window(7).per_host(3), [&](auto done) {
        if (done) bodies += done.response.body == '/' + std::to_string(done.index);
        return done.url == from.at(done.index);
    });
    CHECK_FALSE(got.ec);
    CHECK(bodies == 28);
    CHECK(got.summary.reported == 30);
    CHECK(got.summary.succeeded == 28);
    CHECK(got.summary.failed == 2);
    CHECK(got.summary.unreported == 0);
    CHECK_FALSE(got.summary.stopped);
    CHECK(server.connection_count() <= 3);
    CHECK(std::count(got.seen.begin(), got.seen.end(), "13 404") == 1);
    CHECK(run_many(client, {}, fetch_many_options()).summary.reported == 0);
}

TEST_CASE("outcomes come in the order of the requests when that is wanted", "[http][fetch_many]") {
    http_server server;
    server.on("*", [](const auto& request) {
        const auto slow = request.target == "/0" || request.target == "/11";
        return http_reply().delay(slow ? 60ms : 0ms);
    });
    http_client client;
    for (const std::size_t window : {1, 4, 64}) {
        std::size_t read = 0, reported = 0, ahead = 0;
        counting_source source(
            40, [&](std::size_t i) { return server.url('/' + std::to_string(i)); }, read);
        kept_completion<http::fetch_summary> kept;
        auto handler = [&](http::fetch_outcome done) -> asio::awaitable<void> {
            CHECK(done.index == reported);
            co_await asio::post(client.loop.get_executor(), asio::use_awaitable);
            CHECK(done.index == reported++);
            ahead = std::max(ahead, read - reported);
        };
        http::fetch_many(client.session, source, handler,
                         fetch_many_options().window(window).ordered(true).look_ahead(2), kept);
        run_until(client.loop, [&] { return kept.done(); });
        CHECK_FALSE(kept.ec());
        CHECK(reported == 40);
        CHECK(ahead <= window + 2);
    }
}

TEST_CASE("a host that does not answer holds up no other", "[http][fetch_many]") {
    http_server server(http_server::unbound);
    const auto port = ':' + std::to_string(server.listen(asio::ip::address_v4::any()).port());
    server.on_host("127.0.0.2", "*", http_reply().no_answer());
    server.on_host("127.0.0.1", "*", http_reply());
    many_urls from(20, "http://127.0.0.2" + port);
    from.insert(from.end(), 50, "http://127.0.0.1" + port);
    http_client client;
    std::size_t good = 0;
    const auto options = fetch_many_options().window(4).per_host(2);
    auto got = run_many(client, from, options, [&](auto done) { return !done || ++good < 50; });
    CHECK(good == 50);
    CHECK(got.summary.stopped);
    CHECK_FALSE(got.ec);
    CHECK(got.summary.failed == 0);
    CHECK(got.summary.unreported == 20);
}

TEST_CASE("a run ends early for what its caller says", "[http][fetch_many]") {
    http_server server;
    server.on("*", http_reply());
    server.on("/silent", http_reply().no_answer());
    dragline::testing::manual_clock time;
    http_client client(http::session_options(), dragline::event_loop_options().time(time));
    auto from = numbered(server, 20);
    SECTION("the first failure") {
        from[5] = "no url";
        auto got = run_many(client, from, fetch_many_options().window(1).look_ahead(1).fail_fast(true));
        CHECK(got.ec == dragline::url::errc::missing_scheme);
        CHECK(got.summary.reported == 6);
        CHECK(got.summary.failed == 1);
    }
    SECTION("time") {
        from[3] = server.url("/silent");
        int answered = 0;
        auto got = run_many(client, from, fetch_many_options().window(2).timeout(1s), [&](auto) {
            if (++answered == 19) time.advance(2s);
            return true;
        });
        CHECK(got.ec == dragline::make_timeout(dragline::phase::total));
        CHECK(got.summary.reported == 19);
        CHECK(got.summary.unreported == 1);
    }
    SECTION("options that cannot work") {
        CHECK(run_many(client, from, fetch_many_options().window(0)).ec == dragline::errc::invalid_option);
    }
    SECTION("what a callback throws") {
        const auto thrower = [](auto&&...) -> bool { throw std::runtime_error("mine"); };
        CHECK(run_many(client, from, fetch_many_options(), thrower).ec == dragline::errc::callback_failed);
        CHECK(run_many(client, from, fetch_many_options().ordered(true), thrower).ec ==
              dragline::errc::callback_failed);
        const auto progress = fetch_many_options().on_progress(thrower);
        CHECK(run_many(client, from, progress).ec == dragline::errc::callback_failed);
        std::size_t read = 0;
        counting_source source(
            10, [&](std::size_t i) { return from.at(i < 4 ? i : 99); }, read);
        kept_completion<http::fetch_summary> kept;
        const outcome_handler all = [](auto&&) { return true; };
        http::fetch_many(client.session, source, all, kept);
        run_until(client.loop, [&] { return kept.done(); });
        CHECK(kept.ec() == dragline::errc::callback_failed);
        CHECK(client.statistics().calls == 0);
    }
    SECTION("a session that is closed") {
        from.assign(2000, server.url("/silent"));
        from[0] = server.url("/1");
        std::error_code last;
        auto got = run_many(client, from, fetch_many_options(), [&](auto done) {
            if (done) dragline::close_session(client.loop, "test", [](std::error_code) {});
            last = done.ec;
            return true;
        });
        CHECK_FALSE(got.ec);
        CHECK(got.summary.reported == 2000);
        CHECK(last == http::errc::session_closed);
    }
}

TEST_CASE("many requests on many hosts are fetched fairly, read as they are needed, and cancelled half way",
          "[http][fetch_many]") {
    constexpr std::size_t hosts = 50, in_a_row = 40, per_host = 2, window = 50, ahead = 4000;
    const std::size_t count = requests_in_large_run();
    http_server server(http_server::unbound);
    const auto port = ':' + std::to_string(server.listen(asio::ip::address_v4::any()).port()) + '/';
    server.on("*", http_reply().body("x"));
    http_client client;
    std::size_t read = 0, reported = 0, apart = 0, furthest = 0;
    std::vector<std::size_t> of_host(hosts);
    const auto host = [&](std::size_t i) { return i / in_a_row % hosts; };
    counting_source source(
        count, [&](std::size_t i) { return "http://127.0.0." + std::to_string(host(i) + 1) + port; }, read);
    asio::cancellation_signal cancel;
    std::size_t cancel_at = count + 1;
    const outcome_handler handler = [&](http::fetch_outcome done) {
        REQUIRE(done);
        ++of_host[host(done.index)];
        const auto [least, most] = std::minmax_element(of_host.begin(), of_host.end());
        apart = std::max(apart, *most - *least);
        furthest = std::max(furthest, read - reported);
        if (++reported % 1000 == 0) server.clear_requests();
        if (reported == cancel_at) cancel.emit(asio::cancellation_type::total);
        return true;
    };
    const auto options = fetch_many_options().window(window).per_host(per_host).look_ahead(ahead);
    const auto run = [&] {
        kept_completion<http::fetch_summary> kept;
        http::fetch_many(client.session, source, handler, options,
                         asio::bind_cancellation_slot(cancel.slot(), kept));
        while (!kept.done()) {  // as long as it gets on
            const auto next = reported + 1000;
            run_until(client.loop, [&] { return kept.done() || reported >= next; });
        }
        CHECK(client.statistics().calls == 0);
        CHECK(furthest <= window + ahead);
        CHECK(apart < in_a_row);  // in the order of the requests it would be as many at the least
        return kept;
    };
    SECTION("to the end") {
        const auto kept = run();
        CHECK_FALSE(kept.ec());
        CHECK(reported == count);
        CHECK(kept.value().succeeded == count);
    }
    SECTION("half way") {
        cancel_at = count / 2;
        const auto kept = run();
        CHECK(kept.ec() == asio::error::operation_aborted);
        CHECK(reported >= cancel_at);
        CHECK(reported < cancel_at + 2 * window);
        CHECK(kept.value().reported == reported);
        CHECK(kept.value().unreported == read - reported);
    }
}
