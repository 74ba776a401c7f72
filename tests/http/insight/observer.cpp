#include <dragline/http/insight/observer.hpp>

#include "../../support/http_client.hpp"

#include <dragline/core/asio.hpp>
#include <dragline/http/open_url.hpp>

#include <asio/error.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace std::chrono_literals;
using dragline::fetch_options;
using dragline::test::http_client;
using dragline::testing::ending;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace http = dragline::http;

namespace {

// What it was told, as one word each, and all text of it.
class event_diary : public http::observer {
public:
    void on_attempt(const http::attempt_event& what) override {
        chunks = 0;
        told("attempt", what, what.url);
    }
    void on_queue(const http::queue_event& what) override { told("queue", what); }
    void on_dns(const http::dns_event& what) override { told("dns", what, what.look_ups->at(0).asked.name); }
    void on_connect(const http::connect_event& what) override { told("connect", what, what.ec.message()); }
    void on_tls(const http::tls_event& what) override { told("tls", what, what.peer->version()); }
    void on_request(const http::request_event& what) override {
        told("request", what, what.method);
        for (const auto& [name, value] : *what.headers) text.append(name).append(value);
    }
    void on_first_byte(const http::first_byte_event& what) override {
        told("head", what);
        for (const auto& [name, value] : *what.headers) text.append(name).append(value);
    }
    void on_chunk(const http::chunk_event& what) override {
        if (words.back() != "chunk") told("chunk", what);
        chunks += what.size;
        CHECK(what.total == chunks);
    }
    void on_attempt_done(const http::attempt_done_event& what) override {
        told("over", what, what.record->url);
    }
    void on_done(const http::done_event& what) override {
        told("done", what, what.ec.message());
        ec = what.ec;
    }

    std::vector<std::string> words;
    std::string text;
    std::uint64_t chunks = 0;
    std::uint64_t fetch = 0;
    std::error_code ec;
    std::string throws_at;

private:
    void told(const char* word, const http::fetch_event& what, std::string_view more = {}) {
        words.emplace_back(word);
        text.append(more);
        fetch = what.fetch;
        CHECK(what.elapsed >= 0ns);
        if (throws_at == word) throw std::runtime_error("mine");
    }
};

using words = std::vector<std::string>;

}  // namespace

TEST_CASE("an observer is told of each step in turn", "[http][observer]") {
    dragline::testing::dns_server names;
    names.host("a.test", {"127.0.0.1"});
    http_server server(dragline::test::usual_certificate());
    server.on("/", http_reply::redirect("/b")).on("/b", http_reply().body("12345"));
    const auto diary = std::make_shared<event_diary>();
    http_client client(
        dragline::test::using_dns(names).tls(dragline::test::trusting_test_ca()).observer(diary));
    const auto got = client.fetch("https://a.test:" + std::to_string(server.port()) + "/");
    REQUIRE(!got.ec);
    CHECK(diary->words == words{"attempt", "queue", "dns", "connect", "tls", "request", "head", "over",
                                "attempt", "queue", "request", "head", "chunk", "over", "done"});
    CHECK(diary->chunks == 5);
    CHECK(diary->fetch == got.trace.attempts.at(1).fetch);
    CHECK(!diary->ec);
}

TEST_CASE("observers of session and fetch are both told, and one that is both is told once",
          "[http][observer]") {
    http_server server;
    server.on("/", http_reply().body("x"));
    const auto ours = std::make_shared<event_diary>(), own = std::make_shared<event_diary>();
    http_client client(http::session_options().observer(ours));
    REQUIRE(!client.fetch(server.url("/"), fetch_options().observer(own)).ec);
    CHECK(ours->words == own->words);
    CHECK(ours->words.size() == 8);
    CHECK(ours->fetch == own->fetch);
    const auto before = ours->words.size();
    REQUIRE(!client.fetch(server.url("/"), fetch_options().observer(ours)).ec);
    CHECK(ours->words == words{"attempt", "queue", "connect", "request", "head", "chunk", "over", "done",
                               "attempt", "queue", "request", "head", "chunk", "over", "done"});
    CHECK(ours->words.size() == before + 7);
}

TEST_CASE("an observer hears of every end", "[http][observer]") {
    http_server server;
    server.on("/cut", http_reply().body("12345").cut_body(2, ending::reset))
        .on("/slow", http_reply().no_answer());
    const auto diary = std::make_shared<event_diary>();
    http_client client;
    const auto options = fetch_options().observer(diary);
    const auto cut = client.fetch(server.url("/cut"), options);
    REQUIRE(cut.ec);
    CHECK(diary->words.back() == "done");
    CHECK(diary->ec == cut.ec);
    const auto late = client.fetch(server.url("/slow"), fetch_options(options).first_byte_timeout(20ms));
    CHECK(diary->ec == late.ec);
    CHECK(diary->ec == dragline::condition::timeout);

    const auto begun = client.start(server.url("/slow"), options);
    client.run_for(20ms);
    dragline::close_session(client.loop, "test", [](std::error_code) {});
    client.wait_for(begun);
    CHECK(diary->ec == asio::error::operation_aborted);
    diary->words.clear();
    CHECK(client.fetch(server.url("/slow"), options).ec == http::errc::session_closed);
    CHECK(diary->words.empty());  // there was no attempt
}

TEST_CASE("what an observer throws ends the fetch, and its trace has it", "[http][observer]") {
    http_server server;
    server.on("/", http_reply().body("x"));
    for (const auto* word : {"attempt", "queue", "connect", "request", "head", "chunk", "over", "done"}) {
        CAPTURE(word);
        const auto diary = std::make_shared<event_diary>();
        diary->throws_at = word;
        http_client client;
        const auto got = client.fetch(server.url("/"), fetch_options().observer(diary));
        CHECK(got.ec == dragline::errc::callback_failed);
        CHECK(diary->words.back() == "done");
        CHECK(std::count(diary->words.begin(), diary->words.end(), "done") == 1);
        if (diary->throws_at != "done") CHECK(diary->ec == dragline::errc::callback_failed);
        REQUIRE(got.trace.attempts.size() == 1);
        REQUIRE(got.trace.attempts[0].exception);
        CHECK_THROWS_AS(std::rethrow_exception(got.trace.attempts[0].exception), std::runtime_error);
        CHECK(client.statistics().calls == 0);
    }
}

TEST_CASE("an awaiting caller gets what an observer threw", "[http][observer]") {
    http_server server;
    server.on("/", http_reply().body("x"));
    http_client client;
    const auto diary = std::make_shared<event_diary>();
    diary->throws_at = "head";
    const auto options = fetch_options().observer(diary);
    CHECK_THROWS_AS(dragline::test::run_to_end(client.loop,
                                               dragline::fetch_url(client.session, server.url("/"), options)),
                    std::runtime_error);
}

TEST_CASE("the observer of a stream is told done when its body has ended", "[http][observer]") {
    http_server server;
    server.on("/", http_reply().body("12345"));
    http_client client;
    const auto diary = std::make_shared<event_diary>();
    http::trace trace;
    auto opening =
        dragline::open_url(client.session, server.url("/"), fetch_options().observer(diary).trace(&trace));
    auto stream = dragline::test::run_to_end(client.loop, std::move(opening));
    CHECK(diary->words.back() == "head");
    REQUIRE(trace.attempts.size() == 1);
    CHECK(!trace.attempts[0].complete);
    CHECK(trace.attempts[0].status == 200);
    CHECK(dragline::test::run_to_end(client.loop, stream.read_all()) == "12345");
    CHECK(diary->words.back() == "done");
    CHECK(!diary->ec);
    REQUIRE(trace.attempts.size() == 1);
    CHECK(trace.attempts[0].complete);
    CHECK(trace.attempts[0].bytes_received == 5);
    CHECK(trace.attempts[0].bytes_decoded == 5);
}

TEST_CASE("a stream that outlives its trace leaves it alone", "[http][observer][trace]") {
    http_server server;
    server.on("/", http_reply().body("12345"));
    http_client client;
    auto trace = std::make_unique<http::trace>();
    auto opening = dragline::open_url(client.session, server.url("/"), fetch_options().trace(trace.get()));
    auto stream = dragline::test::run_to_end(client.loop, std::move(opening));
    trace.reset();
    CHECK(dragline::test::run_to_end(client.loop, stream.read_all()) == "12345");
}

TEST_CASE("an event has no secrets, unless the recording keeps them", "[http][observer][secrets]") {
    http_server server;
    server.on("*",
              http_reply().header("Set-Cookie", "a=secret").header("Location", "/?key=secret").body("x"));
    const auto here = "http://me:secret@127.0.0.1:" + std::to_string(server.port()) + "/?token=secret";
    http_client client(http::session_options().recording(http::recording().headers(true)));
    const auto options = fetch_options()
                             .header("Authorization", "Bearer secret")
                             .secret_header("X-Mine", "secret")
                             .cookie("b", "secret");
    const auto diary = std::make_shared<event_diary>();
    REQUIRE(!client.fetch(here, fetch_options(options).observer(diary)).ec);
    CHECK(diary->text.find("secret") == std::string::npos);
    CHECK(diary->text.find("Bearer ***") != std::string::npos);
    CHECK(diary->text.find("b=***") != std::string::npos);
    const auto all = std::make_shared<event_diary>();
    const auto keeping = http::recording().headers(true).masking(http::masking::none());
    REQUIRE(!client.fetch(here, fetch_options(options).observer(all).recording(keeping)).ec);
    CHECK(all->text.find("Bearer secret") != std::string::npos);
    CHECK(all->text.find("token=secret") != std::string::npos);
}
