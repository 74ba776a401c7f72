#include <dragline/http/fan_out/fetch_stream.hpp>

#include "../../support/http_client.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/error.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using dragline::fetch_many_options;
using dragline::fetch_stream;
using dragline::test::http_client;
using dragline::test::kept_completion;
using dragline::test::run_until;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace http = dragline::http;

namespace {

using pulled = kept_completion<http::fetch_outcome>;

pulled pull(http_client& client, fetch_stream& from) {
    pulled kept;
    from.next(kept);
    run_until(client.loop, [&] { return kept.done(); });
    return kept;
}

// Statuses, or errors, up to the one that ends the stream.
std::string pull_all(http_client& client, fetch_stream& from) {
    for (std::string out;;) {
        auto kept = pull(client, from);
        if (kept.ec()) return out + ": " + kept.ec().message();
        out += kept.value() ? std::to_string(kept.value().response.status) : kept.value().ec.message();
        out += ' ';
    }
}

const std::string stream_end = ": " + make_error_code(asio::error::eof).message();

asio::awaitable<std::size_t> count_all(http::session session, std::vector<std::string> urls) {
    fetch_stream pages(session, std::move(urls));
    for (std::size_t count = 0;; ++count) {
        auto [ec, page] = co_await pages.next(dragline::as_tuple(asio::use_awaitable));
        if (ec == asio::error::eof) co_return count;
    }
}

}  // namespace

TEST_CASE("outcomes are pulled one by one, and requests go ahead by the window alone",
          "[http][fetch_stream]") {
    http_server server;
    server.on("*", http_reply());
    http_client client;
    std::vector<std::string> urls(20, server.url());
    urls[3] = "no url";
    fetch_stream stream(client.session, urls, fetch_many_options().window(2).ordered(true));
    client.run_for(20ms);
    CHECK(server.request_count() == 0);
    CHECK(pull(client, stream).value().index == 0);
    client.run_for(50ms);
    CHECK(server.request_count() <= 3);
    CHECK(pull(client, stream).value().index == 1);
    CHECK(pull_all(
              client,
              stream) == "200 " + make_error_code(dragline::url::errc::missing_scheme).message() + " " + [] {
        std::string rest;
        for (int i = 4; i < 20; ++i) rest += "200 ";
        return rest;
    }() + stream_end);
    CHECK(pull(client, stream).ec() == asio::error::eof);
    CHECK(stream.summary().succeeded == 19);
    CHECK(stream.summary().failed == 1);
    CHECK(dragline::test::run_to_end(client.loop, count_all(client.session, urls)) == 20);
    fetch_stream none;
    CHECK(pull(client, none).ec() == asio::error::not_connected);
}

TEST_CASE("a stream of outcomes ends with what ends its run", "[http][fetch_stream]") {
    http_server server;
    server.on("*", http_reply());
    http_client client;
    const std::vector<std::string> urls(5, server.url());
    fetch_stream bad(client.session, urls, fetch_many_options().window(0));
    CHECK(pull(client, bad).ec() == dragline::errc::invalid_option);
    auto source = [count = 0]() mutable -> std::optional<http::fetch_request> {
        if (++count == 3) throw std::runtime_error("mine");
        return http::fetch_request("http://127.0.0.1:1/");
    };
    fetch_stream throwing(client.session, source, fetch_many_options().look_ahead(1).window(1));
    CHECK(pull_all(client, throwing).ends_with(make_error_code(dragline::errc::callback_failed).message()));
    fetch_stream failing(client.session, std::vector<std::string>{"no url", server.url()},
                         fetch_many_options().fail_fast(true).ordered(true));
    const auto reason = make_error_code(dragline::url::errc::missing_scheme).message();
    CHECK(pull_all(client, failing) == reason + " : " + reason);
}

TEST_CASE("outcomes that nobody takes before a run ends are not reported", "[http][fetch_stream]") {
    http_server server;
    server.on("*", http_reply());
    http_client client;
    const std::vector<std::string> urls(20, server.url());
    fetch_stream stream(client.session, urls, fetch_many_options().window(5).timeout(1s));
    CHECK_FALSE(pull(client, stream).ec());
    run_until(client.loop, [&] { return stream.summary().unreported > 0; });
    CHECK(pull(client, stream).ec() == dragline::condition::timeout);
    const auto told = stream.summary();
    CHECK(told.reported == 1);
    CHECK(told.succeeded == 1);
    CHECK(told.failed == 0);
    CHECK(told.unreported == urls.size() - 1);
    CHECK(server.request_count() == 6);
}

TEST_CASE("a stream of outcomes is cancelled, closed and dropped at any time", "[http][fetch_stream]") {
    http_server server;
    server.on("*", http_reply());
    server.on("/silent", http_reply().no_answer());
    http_client client;
    const auto quiet = [&] { return client.statistics().calls == 0; };
    std::vector<std::string> urls(30, server.url("/silent"));
    urls[0] = server.url();
    {
        fetch_stream stream(client.session, urls, fetch_many_options().window(5));
        CHECK(pull(client, stream).value().index == 0);
        asio::cancellation_signal cancel;
        pulled kept, second;
        stream.next(asio::bind_cancellation_slot(cancel.slot(), kept));
        stream.next(second);
        run_until(client.loop, [&] { return second.done(); });
        CHECK(second.ec() == http::errc::read_under_way);
        cancel.emit(asio::cancellation_type::total);
        run_until(client.loop, [&] { return kept.done(); });
        CHECK(kept.ec() == asio::error::operation_aborted);
        CHECK(client.statistics().calls == 5);  // the run goes on
        stream.close();
        CHECK(pull(client, stream).ec() == asio::error::operation_aborted);
        run_until(client.loop, quiet);
    }
    {
        fetch_stream stream(client.session, std::vector<std::string>(30, server.url()));
        CHECK_FALSE(pull(client, stream).ec());
        stream = fetch_stream(client.session, urls);
        CHECK(pull(client, stream).value().index == 0);
    }
    run_until(client.loop, quiet);
    fetch_stream outliving;
    {
        http_client other;
        outliving = fetch_stream(other.session, urls);
        CHECK_FALSE(pull(other, outliving).ec());
    }
}
