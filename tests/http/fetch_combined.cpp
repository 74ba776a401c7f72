// Proxies, authentication, redirects, retries, host limits, circuits, observers and metrics in one fetch,
// which is ended wherever it may be: everything is accounted for, and nothing stays taken.
#include <dragline/http/fetch.hpp>

#include "../support/http_client.hpp"

#include <dragline/http/open_url.hpp>
#include <dragline/testing/sockets.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/error.hpp>
#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;
using dragline::fetch_options;
using dragline::session_options;
using dragline::net::proxy;
using dragline::net::proxy_scheme;
using dragline::test::http_client;
using dragline::test::kept_completion;
using dragline::test::run_until;
using dragline::testing::ending;
using dragline::testing::http_reply;
using dragline::testing::http_request;
using dragline::testing::http_server;

namespace http = dragline::http;

namespace {

class counting_observer final : public http::observer {
public:
    void on_attempt(const http::attempt_event&) override { ++attempts, called(); }
    void on_queue(const http::queue_event&) override { called(); }
    void on_connect(const http::connect_event&) override { called(); }
    void on_request(const http::request_event&) override { called(); }
    void on_first_byte(const http::first_byte_event&) override { called(); }
    void on_chunk(const http::chunk_event&) override { called(); }
    void on_attempt_done(const http::attempt_done_event&) override { ++attempts_done, called(); }
    void on_done(const http::done_event&) override { ++done, called(); }

    std::uint64_t attempts = 0, attempts_done = 0, done = 0;
    int calls = 0;
    int throws_at = -1;

private:
    void called() {
        if (calls++ == throws_at) throw std::runtime_error("observer");
    }
};

// One proxy that is down, and one that forwards and answers all itself: with a wish for Digest, 503, a
// redirect to another origin, half a body and a reset, and from then on well.
struct combined_lab {
    combined_lab() {
        by.on("*", [this](const http_request& request) { return answer(request); });
        client = std::make_unique<http_client>(options());
    }

    static session_options options() {
        auto limit = http::host_limit().concurrency(1).rate(http::rate_limit(1e6));
        auto retries = http::retry_policy(9).backoff(1ns, 1ns).budget(http::retry_budget::unlimited());
        return session_options()
            .host_limits(http::host_limits().each(limit))
            .circuit_breaker(http::circuit_breaker())
            .retry(retries)
            .metrics(true);
    }
    fetch_options through() const {
        const auto good = proxy(proxy_scheme::http, "127.0.0.1", by.port()).credentials("me", "secret");
        const http::proxy_choices ways{{proxy(proxy_scheme::http, "127.0.0.1", dead.port())}, {good}};
        return fetch_options().proxy(http::proxy_policy::first_of(ways)).observer(seen);
    }
    http_reply answer(const http_request& request) {
        if (!request.field("Proxy-Authorization").starts_with("Digest"))
            return http_reply(407).header("Proxy-Authenticate",
                                          "Digest realm=\"a\", nonce=\"n\", qop=\"auth\"");
        switch (answers++) {
            case 0: return http_reply(503).header("Retry-After", "0").body("busy");
            case 1: return http_reply::redirect("http://b.invalid/").body("moved");
            case 2: return http_reply().body("12345").cut_body(2);
            case 3: return http_reply().no_answer(ending::reset);
            default: return http_reply().body("good");
        }
    }

    void check_nothing_is_left() const {
        const auto sum = client->session.metrics()->snapshot().sum();
        CHECK(sum.in_flight == 0);
        CHECK(sum.attempts == sum.succeeded + sum.errors());
        CHECK(seen->attempts == sum.attempts);
        CHECK(seen->attempts_done == sum.attempts);
        CHECK(seen->done == (sum.attempts > 0 ? 1 : 0));
        CHECK(client->statistics().calls == 0);
        CHECK(client->statistics().held_back == 0);
        CHECK(client->statistics().waiting == 0);
        run_until(client->loop,
                  [&] { return client->statistics().connections == client->statistics().idle_connections; });
    }
    void check_works() {
        answers = 9;
        seen->throws_at = -1;
        for (const auto* where : {"http://a.invalid/", "http://b.invalid/"})
            CHECK(client->fetch(where, through()).response.body == "good");
    }

    std::atomic<int> answers = 0;
    dragline::testing::dead_port dead;
    http_server by;
    std::shared_ptr<counting_observer> seen = std::make_shared<counting_observer>();
    std::unique_ptr<http_client> client;
};

// A fetch that has had so many turns of the loop, or all that it needs.
struct begun_fetch {
    explicit begun_fetch(int turns) {
        fetch_url(lab.client->session, "http://a.invalid/", lab.through().trace(&trace),
                  asio::bind_cancellation_slot(cancel.slot(), ended));
        while (turns-- > 0 && !ended.done()) lab.client->loop.context().run_one_for(5s);
        was_over = ended.done();
    }
    bool is_over() const { return ended.done(); }

    combined_lab lab;
    asio::cancellation_signal cancel;
    kept_completion<http::response> ended;
    http::trace trace;
    bool was_over;
};

}  // namespace

TEST_CASE("a fetch goes its way through all of them at once", "[http][fetch][combined]") {
    combined_lab lab;
    const auto got = lab.client->fetch("http://a.invalid/", lab.through());
    CHECK(!got.ec);
    CHECK(got.response.body == "good");
    CHECK(got.response.history.size() == 1);
    CHECK(got.trace.attempts.size() == 10);
    CHECK(lab.by.request_count() == 6);
    for (const auto& each : got.trace.attempts) {
        CHECK(each.proxy.find("secret") == each.proxy.npos);
        CHECK(each.number == &each - got.trace.attempts.data() + 1);
    }
    lab.check_nothing_is_left();
    lab.check_works();
}

TEST_CASE("a fetch that is cancelled in whatever turn leaves nothing behind", "[http][fetch][combined]") {
    bool over = false;
    for (int turns = 0; !over; ++turns) {
        CAPTURE(turns);
        begun_fetch begun(turns);
        over = begun.was_over;
        begun.cancel.emit(asio::cancellation_type::terminal);
        run_until(begun.lab.client->loop, [&] { return begun.is_over(); });
        if (begun.ended.ec()) CHECK(begun.ended.ec() == asio::error::operation_aborted);
        begun.lab.check_nothing_is_left();
        CHECK(begun.trace.attempts.size() == begun.lab.seen->attempts);
        begun.lab.check_works();
    }
}

TEST_CASE("a session that is closed in whatever turn ends its fetch", "[http][fetch][combined]") {
    bool over = false;
    for (int turns = 0; !over; ++turns) {
        CAPTURE(turns);
        begun_fetch begun(turns);
        over = begun.was_over;
        kept_completion<void> closed;
        dragline::close_session(begun.lab.client->loop, "test", closed);
        run_until(begun.lab.client->loop, [&] { return begun.is_over() && closed.done(); });
        if (begun.ended.ec()) CHECK(begun.ended.ec() == asio::error::operation_aborted);
        begun.lab.check_nothing_is_left();
        CHECK(begun.lab.client->statistics().connections == 0);
    }
}

TEST_CASE("a loop that is destroyed in whatever turn takes its fetch along", "[http][fetch][combined]") {
    bool over = false;
    for (int turns = 0; !over; ++turns) {
        begun_fetch begun(turns);
        over = begun.was_over;
        begun.lab.client.reset();
        CHECK(begun.lab.seen->done <= 1);
    }
}

TEST_CASE("a fetch whose observer throws in whatever call leaves nothing behind", "[http][fetch][combined]") {
    for (int at = 0;; ++at) {
        CAPTURE(at);
        combined_lab lab;
        lab.seen->throws_at = at;
        const auto got = lab.client->fetch("http://a.invalid/", lab.through());
        if (lab.seen->calls <= at) break;
        CHECK(got.ec == dragline::errc::callback_failed);
        CHECK(got.trace.attempts.size() == lab.seen->attempts);
        CHECK(got.trace.attempts.back().exception);
        lab.check_nothing_is_left();
        lab.check_works();
    }
}

TEST_CASE("an open response that is left in whatever turn leaves nothing behind", "[http][fetch][combined]") {
    for (const bool closes : {false, true}) {
        for (int turns = 0; turns < 8; ++turns) {
            CAPTURE(closes, turns);
            combined_lab lab;
            lab.answers = 3;
            kept_completion<dragline::response_stream> opened;
            open_url(lab.client->session, "http://a.invalid/", lab.through(), opened);
            run_until(lab.client->loop, [&] { return opened.done(); });
            REQUIRE(!opened.ec());
            kept_completion<std::string> read;
            opened.value().read_all(read);
            for (int i = 0; i < turns; ++i) lab.client->loop.context().poll_one();
            if (closes) dragline::close_session(lab.client->loop, "test", [](std::error_code) {});
            opened.value() = dragline::response_stream();
            run_until(lab.client->loop, [&] { return read.done(); });
            dragline::test::settle(lab.client->loop);
            lab.check_nothing_is_left();
            if (!closes) lab.check_works();
        }
    }
}
