#include <dragline/dns/transport.hpp>

#include <catch2/catch_test_macros.hpp>

#include "lab.hpp"

#include <dragline/dns/query.hpp>

#include <asio/post.hpp>

#include <memory>
#include <optional>

namespace dns = dragline::dns;
using namespace dragline::test;
using namespace std::chrono_literals;
using dns::errc;

namespace {

// Answers with an address, with an error, or not at all.
class scripted_transport final : public dns::transport {
public:
    explicit scripted_transport(dragline::event_loop& loop) : loop_(loop) {}

    void ask(const dns::question& asked, const dns::query_form&, std::shared_ptr<dns::reply_sink> sink,
             std::size_t tag) override {
        ++questions;
        if (silent) {
            kept = std::move(sink);
            return;
        }
        auto reply = dns::wire::make_response(
            dns::wire::make_query(0, wrong_question ? dns::question("x.test") : asked));
        reply.answers.emplace_back(asked.name, 60, dns::a_record{{192, 0, 2, 1}});
        if (header_only) {
            reply.questions.clear();
            reply.answers.clear();
            reply.code = dns::rcode::refused;
        }
        asio::post(loop_.get_executor(), [sink = std::move(sink), tag, reply = std::move(reply), ec = error] {
            if (ec) {
                sink->on_reply(tag, ec);
            } else {
                sink->on_reply(tag, reply);
                sink->on_reply(tag, reply);  // a second time, against the rule: nothing happens
            }
        });
    }
    void hold() override { ++held; }
    void release() noexcept override { --held; }
    void shutdown() noexcept override {
        ended = true;
        kept.reset();
    }
    std::string description() const override { return "scripted"; }

    int questions = 0;
    int held = 0;
    bool silent = false;
    bool wrong_question = false;
    bool header_only = false;
    bool ended = false;
    std::error_code error;
    std::shared_ptr<dns::reply_sink> kept;

private:
    dragline::event_loop& loop_;
};

}  // namespace

TEST_CASE("a resolver asks through the transports that it is given", "[dns][transport]") {
    dragline::event_loop loop;
    const auto first = std::make_shared<scripted_transport>(loop);
    const auto second = std::make_shared<scripted_transport>(loop);
    dns::lookup_trace trace;
    const dns::resolver resolver(loop, std::vector<std::shared_ptr<dns::transport>>{first, second},
                                 dns::query_options().hosts_file(false).trace(&trace));

    CHECK(texts(dragline::run(loop, dns::resolve_host(resolver, "a.test"))) == list{"192.0.2.1"});
    CHECK(trace.attempts.at(0).server == "scripted");
    CHECK(first->questions == 1);
    CHECK(first->held == 0);

    first->error = make_error_code(errc::servers_unreachable);
    CHECK(texts(dragline::run(loop, dns::resolve_host(resolver, "b.test"))) == list{"192.0.2.1"});
    CHECK(first->questions == 2);
    CHECK(second->questions == 1);
    CHECK(trace.attempts.size() == 2);
    CHECK(first->held == 0);
    CHECK(second->held == 0);

    CHECK(texts(dragline::run(loop, dns::resolve_host(resolver, "a.test"))) == list{"192.0.2.1"});  // cached
    CHECK(second->questions == 1);
}

TEST_CASE("the answer to another question is not taken", "[dns][transport]") {
    dragline::event_loop loop;
    const auto transport = std::make_shared<scripted_transport>(loop);
    transport->wrong_question = true;
    const dns::resolver resolver(loop, std::vector<std::shared_ptr<dns::transport>>{transport});
    const auto [ec, none] = dragline::run(loop, dns::resolve_host(resolver, "a.test", no_throw));
    CHECK(ec == errc::question_mismatch);
    CHECK(ec == dragline::condition::protocol_error);
}

TEST_CASE("a refusal that does not repeat the question is one all the same", "[dns][transport]") {
    dragline::event_loop loop;
    const auto first = std::make_shared<scripted_transport>(loop);
    const auto second = std::make_shared<scripted_transport>(loop);
    first->header_only = true;
    const dns::resolver both(loop, std::vector<std::shared_ptr<dns::transport>>{first, second});
    CHECK(texts(dragline::run(loop, dns::resolve_host(both, "a.test"))) == list{"192.0.2.1"});
    CHECK(first->questions == 1);

    const dns::resolver alone(loop, std::vector<std::shared_ptr<dns::transport>>{first});
    const auto [ec, none] = dragline::run(loop, dns::resolve_host(alone, "a.test", no_throw));
    CHECK(ec == errc::refused);
    const auto token = no_throw;
    const auto [said_ec, said] = dragline::run(loop, dns::query(alone, "a.test", dns::record_type::a, token));
    CHECK_FALSE(said_ec);
    CHECK(said.error == errc::refused);
    CHECK(said.asked.name == "a.test");
}

TEST_CASE("a resolver without transports has no servers", "[dns][transport]") {
    dragline::event_loop loop;
    const dns::resolver resolver(loop, std::vector<std::shared_ptr<dns::transport>>());
    const auto [ec, none] = dragline::run(loop, dns::resolve_host(resolver, "a.test", no_throw));
    CHECK(ec == errc::no_servers);
}

TEST_CASE("a transport is let go when nobody waits, and shut down with its loop", "[dns][transport]") {
    std::optional<dragline::event_loop> loop(std::in_place);
    const auto transport = std::make_shared<scripted_transport>(*loop);
    transport->silent = true;
    const dns::resolver resolver(*loop, std::vector<std::shared_ptr<dns::transport>>{transport});
    const auto fast = dns::query_options().try_timeout(20ms).tries(2);
    const auto [ec, none] = dragline::run(*loop, dns::resolve_host(resolver, "a.test", fast, no_throw));
    CHECK(ec == dragline::condition::timeout);
    CHECK(transport->questions == 2);
    CHECK(transport->held == 0);
    dns::resolve_host(resolver, "b.test",
                      [](std::error_code, auto) { FAIL("completed after the end of its loop"); });
    loop->poll();
    CHECK(transport->held == 1);
    loop.reset();
    CHECK(transport->ended);
}
