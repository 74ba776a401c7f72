#include <dragline/dns/detail/direct_query.hpp>

#include <catch2/catch_test_macros.hpp>

#include "dns/lab.hpp"
#include "support/run.hpp"

#include <asio/io_context.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dns = dragline::dns;
using namespace dragline::test;
using dns::errc;
using dns::record_type;
using dragline::testing::dns_query;
using dragline::testing::dns_reply;
using dragline::testing::dns_transport;

namespace {

struct heard : dns::reply_sink {
    std::vector<dragline::result<dns::wire::message>> replies;

    void on_reply(std::size_t tag, dragline::result<dns::wire::message> reply) override {
        CHECK(tag == 7);
        replies.push_back(std::move(reply));
    }
};

struct direct_lab : dns_lab {
    std::shared_ptr<heard> sink = std::make_shared<heard>();
    dns::query_form form;

    auto make(const std::string& name, record_type type = record_type::a) {
        const auto where = dns::server::parse(server.to_string());
        return std::make_shared<dns::detail::direct_query>(loop.state(), *where, dns::question(name, type),
                                                           form, sink, 7);
    }

    // What comes when the loop has nothing more to do.
    dragline::result<dns::wire::message> ask(const std::string& name, record_type type = record_type::a) {
        sink->replies.clear();
        const auto query = make(name, type);
        query->resume();
        CHECK(sink->replies.empty());  // never inside the call
        loop.restart();
        loop.run();
        CHECK(query->ended());
        REQUIRE(sink->replies.size() == 1);
        return std::move(sink->replies.front());
    }
};

}  // namespace

TEST_CASE("a question goes over UDP as it stands, whatever bytes are in its name", "[dns][direct_query]") {
    direct_lab lab;
    lab.server.host("a\\.b\\032c.test", {"192.0.2.1"});
    const auto reply = lab.ask("a\\.b\\032c.test");
    REQUIRE(reply);
    REQUIRE(reply->answers.size() == 1);
    CHECK(reply->answers[0].name == "a\\.b\\032c.test");
    CHECK(lab.server.query_count(dns_transport::tcp) == 0);
}

TEST_CASE("a truncated answer, and a form that says so, go over TCP", "[dns][direct_query]") {
    direct_lab lab;
    const std::vector<std::string> strings(200, '"' + std::string(250, 'x') + '"');
    lab.server.answer("big.test", record_type::txt, strings);
    const auto reply = lab.ask("big.test", record_type::txt);
    REQUIRE(reply);
    CHECK(reply->answers.size() == 200);
    CHECK_FALSE(reply->truncated);
    CHECK(lab.server.query_count(dns_transport::udp) == 1);
    CHECK(lab.server.query_count(dns_transport::tcp) == 1);
    lab.form.tcp = true;
    CHECK(lab.ask("big.test", record_type::txt));
    CHECK(lab.server.query_count(dns_transport::udp) == 1);
}

TEST_CASE("a truncated answer whose TCP fails is no answer", "[dns][direct_query]") {
    direct_lab lab;
    const auto over_tcp = [](dns_reply then) {
        return [then](const dns_query& query) {
            return query.transport == dns_transport::tcp ? then : dns_reply().truncated();
        };
    };
    lab.server.on("closed.test", over_tcp(dns_reply().close_tcp()))
        .on("cut.test", over_tcp(dns_reply().cut(20)))
        .on("other.test", over_tcp(dns_reply().wrong_question()));
    CHECK(lab.ask("closed.test").error() == errc::servers_unreachable);
    CHECK(lab.ask("cut.test").error() == errc::malformed_message);
    CHECK(lab.ask("other.test").error() == errc::malformed_message);
}

TEST_CASE("what is no answer to the question is passed over until time is up", "[dns][direct_query]") {
    direct_lab lab;
    lab.server.on("id.test", dns_reply().wrong_id())
        .on("question.test", dns_reply().wrong_question())
        .on("silent.test", dns_reply().silent());
    for (const auto* name : {"id.test", "question.test", "silent.test"}) {
        const auto query = lab.make(name);
        query->resume();
        run_until(lab.loop, [&] { return lab.server.query_count(name) == 1; });
        CHECK_FALSE(query->ended());
        lab.clock.advance(std::chrono::seconds(6));
        lab.loop.restart();
        lab.loop.run();
        CHECK(query->ended());
        CHECK(lab.sink->replies.back().error() == dragline::condition::timeout);
    }
}

TEST_CASE("a refusal that leaves the question out is an answer, success is none", "[dns][direct_query]") {
    direct_lab lab;
    lab.server.on_query([](const dns_query& query) {
        auto bytes = query.bytes;
        bytes.resize(12);
        bytes[2] |= 0x80;
        bytes[3] = static_cast<std::uint8_t>(dns::rcode::refused);
        for (int i = 4; i < 12; ++i) bytes[static_cast<std::size_t>(i)] = 0;
        return dns_reply().raw(bytes);
    });
    const auto reply = lab.ask("a.test");
    REQUIRE(reply);
    CHECK(reply->code == dns::rcode::refused);
}

TEST_CASE("where nobody listens there is no server, also over TCP", "[dns][direct_query]") {
    direct_lab lab;
    auto gone = std::make_unique<dragline::testing::dns_server>();
    const auto where = dns::server::parse(gone->to_string());
    gone.reset();
    for (const bool tcp : {false, true}) {
        lab.form.tcp = tcp;
        const auto query = std::make_shared<dns::detail::direct_query>(
            lab.loop.state(), *where, dns::question("a.test", record_type::a), lab.form, lab.sink, 7);
        query->resume();
        lab.loop.restart();
        lab.loop.run();
        CHECK(lab.sink->replies.back().error() == errc::servers_unreachable);
    }
}

TEST_CASE("a paused question keeps no loop running, and is asked again when it goes on",
          "[dns][direct_query]") {
    direct_lab lab;
    lab.server.host("a.test", {"192.0.2.1"})
        .on("a.test", std::vector<dns_reply>{dns_reply().silent(), dns_reply()});
    const auto query = lab.make("a.test");
    query->resume();
    run_until(lab.loop, [&] { return lab.server.query_count() == 1; });
    query->pause();
    query->resume();  // before what was cancelled has ended
    query->pause();
    lab.loop.restart();
    lab.loop.run();
    CHECK(lab.sink->replies.empty());
    query->resume();
    lab.loop.restart();
    lab.loop.run();
    REQUIRE(lab.sink->replies.size() == 1);
    CHECK(lab.sink->replies.front());
}

TEST_CASE("after shutdown nobody hears of a question, and a loop may end with one", "[dns][direct_query]") {
    direct_lab lab;
    lab.server.on("a.test", dns_reply().silent());
    const auto query = lab.make("a.test"), left = lab.make("a.test");
    query->resume();
    left->resume();
    run_until(lab.loop, [&] { return lab.server.query_count() == 2; });
    query->shutdown();
    CHECK(query->ended());
    query->resume();
    settle(lab.loop);
    CHECK(lab.sink->replies.empty());
}

TEST_CASE("a name that cannot be written is an error, later", "[dns][direct_query]") {
    direct_lab lab;
    CHECK(lab.ask("a..test").error() == errc::empty_label);
}
