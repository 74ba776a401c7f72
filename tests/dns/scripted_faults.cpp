#include <dragline/dns/query.hpp>

#include <catch2/catch_test_macros.hpp>

#include "lab.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/buffer.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ip/udp.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

// TABLE

namespace dns = dragline::dns;
using namespace dragline::test;
using namespace std::chrono_literals;
using dns::errc;
using dns::record_type;
using dragline::condition;
using dragline::testing::dns_query;
using dragline::testing::dns_reply;
using dragline::testing::dns_server;
using dragline::testing::dns_transport;
using dragline::testing::make_record;

namespace {

// A server whose port refuses TCP, on a thread of its own. It sends what `answer` makes of a query, if that
// is anything.
class udp_server {
public:
    using bytes = std::vector<std::uint8_t>;
    using answer_function = std::function<bytes(bytes query, const asio::ip::udp::endpoint& from)>;

    explicit udp_server(answer_function answer) : answer_(std::move(answer)) {
        for (std::error_code taken = asio::error::address_in_use; taken;) {
            // Bound but not listening: nobody else gets the port, and who connects is refused.
            held_ = asio::ip::tcp::socket(context_, {asio::ip::address_v4::loopback(), 0});
            socket_ = asio::ip::udp::socket(context_, asio::ip::udp::v4());
            socket_.bind({asio::ip::address_v4::loopback(), port()}, taken);
        }
        thread_ = std::thread([this] { serve(); });
    }
    ~udp_server() {
        ended_ = true;
        asio::ip::udp::socket waker(context_, asio::ip::udp::v4());
        std::error_code ignored;
        waker.send_to(asio::buffer("", 0), {asio::ip::address_v4::loopback(), port()}, 0, ignored);
        thread_.join();
    }

    std::uint16_t port() const { return held_.local_endpoint().port(); }
    std::string to_string() const { return "127.0.0.1:" + std::to_string(port()); }
    int query_count() const { return queries_; }

private:
    void serve() {
        bytes buffer(4096);
        while (!ended_) {
            asio::ip::udp::endpoint from;
            std::error_code ec;
            const auto size = socket_.receive_from(asio::buffer(buffer), from, 0, ec);
            if (ec || size < 12) continue;
            ++queries_;
            const auto reply = answer_(bytes(buffer.begin(), buffer.begin() + static_cast<long>(size)), from);
            if (!reply.empty()) socket_.send_to(asio::buffer(reply), from, 0, ec);
        }
    }

    answer_function answer_;
    asio::io_context context_;
    asio::ip::tcp::socket held_{context_};
    asio::ip::udp::socket socket_{context_};
    std::atomic<bool> ended_ = false;
    std::atomic<int> queries_ = 0;
    std::thread thread_;
};

// The query as a response that is truncated (QR, TC).
udp_server::bytes truncated(udp_server::bytes query, const asio::ip::udp::endpoint&) {
    query[2] |= 0x82;
    return query;
}

// The answer of one address to a query, whatever it asks.
udp_server::bytes address_reply(const udp_server::bytes& query, const std::string& address) {
    auto response = dns::wire::make_response(dns::wire::decode_message(query).value());
    response.answers.push_back(make_record(response.questions[0].name, record_type::a, address));
    return dns::wire::encode_message(response).value();
}

dns::query_options asking(const std::vector<std::string>& servers) {
    dns::query_options options;
    for (const auto& each : servers) options.add_server(each);
    return options.hosts_file(false);
}

// Truncated over UDP; over TCP `then`.
dragline::testing::dns_script truncated_then(dns_reply then) {
    return [then = std::move(then)](const dns_query& query) {
        return query.transport == dns_transport::tcp ? then : dns_reply().truncated();
    };
}

}  // namespace

TEST_CASE("a truncated answer is none where TCP is refused, and the next server is asked", "[dns][faults]") {
    dns_lab lab;
    udp_server cutter(truncated);
    const auto alone = asking({cutter.to_string()}).tries(2);
    const auto ec = lab.error("a.test", alone);
    CAPTURE(ec.message());
    CHECK(ec == condition::resolve_failed);
    const auto [query_ec, said] =
        lab.run(dns::query(lab.loop, "a.test", record_type::a, dns::query_options(alone), no_throw));
    CHECK(query_ec == ec);
    CHECK(said.answers.empty());

    lab.server.host("a.test", {"192.0.2.1"});
    const auto [second_ec, found] =
        lab.resolve("a.test", asking({cutter.to_string(), lab.server.to_string()}));
    CHECK_FALSE(second_ec);
    CHECK(texts(found) == list{"192.0.2.1"});
    CHECK(cutter.query_count() > 0);
}

TEST_CASE("a truncated answer is none where TCP breaks off, stays silent or makes no sense",
          "[dns][faults]") {
    dns_server bad;
    bad.on("closed.test", truncated_then(dns_reply().close_tcp()))
        .on("cut.test", truncated_then(dns_reply().cut(20)))
        .on("loop.test", truncated_then(dns_reply().compression_loop()))
        .on("garbage.test", truncated_then(dns_reply().garbage()))
        .on("silent.test", truncated_then(dns_reply().silent()))
        .on("other.test", truncated_then(dns_reply().wrong_question()))
        .on("id.test", truncated_then(dns_reply().wrong_id()));
    for (const auto* name :
         {"closed.test", "cut.test", "loop.test", "garbage.test", "silent.test", "other.test", "id.test"}) {
        dns_lab lab;
        CAPTURE(name);
        const auto ec = lab.error(name, asking({bad.to_string()}).try_timeout(50ms).tries(2).timeout(2s));
        CAPTURE(ec.message());
        CHECK((ec == condition::resolve_failed || ec == condition::timeout));
        CHECK(bad.query_count(dns_transport::tcp) > 0);
        bad.clear_queries();

        lab.server.host(name, {"192.0.2.1"});
        const auto two = asking({bad.to_string(), lab.server.to_string()}).try_timeout(50ms);
        CHECK(texts(std::get<1>(lab.resolve(name, two))) == list{"192.0.2.1"});
    }
}

TEST_CASE("an answer from another address is not taken, and the true one after it is", "[dns][faults]") {
    dns_lab lab;
    asio::io_context context;
    asio::ip::udp::socket other(context, {asio::ip::make_address_v4("127.0.0.9"), 0});
    udp_server server([&](const udp_server::bytes& query, const asio::ip::udp::endpoint& from) {
        std::error_code refused;
        for (int i = 0; i < 3; ++i) {
            other.send_to(asio::buffer(address_reply(query, "192.0.2.66")), from, 0, refused);
        }
        return address_reply(query, "192.0.2.1");
    });
    const auto [ec, found] = lab.resolve("a.test", asking({server.to_string()}));
    CHECK_FALSE(ec);
    CHECK(texts(found) == list{"192.0.2.1"});
}

TEST_CASE("a flood of forged answers neither hides the true one nor lasts", "[dns][faults]") {
    dns_lab lab;
    lab.server.host("*.test", {"192.0.2.1"})
        .on("id.test", dns_reply().wrong_id().duplicates(500))
        .on("question.test", dns_reply().wrong_question().duplicates(500))
        .on("healed.test", std::vector<dns_reply>{dns_reply().wrong_id().duplicates(500), dns_reply()});
    const auto fast = lab.options().try_timeout(100ms).timeout(1s);
    for (const auto* name : {"id.test", "question.test"}) {
        const auto ec = lab.error(name, fast);
        CAPTURE(name, ec.message());
        CHECK((ec == condition::timeout || ec == condition::resolve_failed));
    }
    CHECK(texts(std::get<1>(lab.resolve("healed.test", fast))) == list{"192.0.2.1"});
    CHECK(texts(std::get<1>(lab.resolve("beside.test", fast))) == list{"192.0.2.1"});
}

TEST_CASE("of three servers one is dead and one fails: the third answers, or the deadline comes",
          "[dns][faults]") {
    dns_lab lab;
    dns_server dead, failing;
    dead.on_query(dns_reply().silent());
    failing.on_query(dns_reply(dns::rcode::server_failure));
    lab.server.host("a.test", {"192.0.2.1"}).on("slow.test", dns_reply().silent());
    const auto three =
        asking({dead.to_string(), failing.to_string(), lab.server.to_string()}).try_timeout(50ms);
    CHECK(texts(std::get<1>(lab.resolve("a.test", three))) == list{"192.0.2.1"});
    CHECK(dead.query_count() == 1);
    CHECK(failing.query_count() == 1);
    // The answer of the one is no reason to give up while another may still have a better one.
    CHECK(lab.error("slow.test", dns::query_options(three).tries(100).timeout(200ms)) == condition::timeout);
    CHECK(lab.error("slow.test", dns::query_options(three).tries(3)) == errc::server_failure);
}

TEST_CASE("aliases that a server makes of a DNAME are followed", "[dns][faults]") {
    dns_lab lab;
    lab.server.on("host.old.test",
                  dns_reply()
                      .answer(make_record("old.test", record_type::dname, "new.test", 600s))
                      .answer(make_record("host.old.test", record_type::cname, "host.new.test", 0s))
                      .answer(make_record("host.new.test", record_type::a, "192.0.2.1", 300s)));
    const auto with = lab.options();
    const auto said = lab.run(dns::query(lab.loop, "host.old.test", record_type::a, with));
    CHECK_FALSE(said.error);
    CHECK(said.aliases == list{"host.new.test"});
    CHECK(said.records<dns::dname_record>().at(0).name == "new.test");
    CHECK(said.ttl == 0);  // that of the alias
    CHECK(texts(std::get<1>(lab.resolve("host.old.test"))) == list{"192.0.2.1"});
}

TEST_CASE("aliases are followed through one message, as far as the limit", "[dns][faults]") {
    dns_lab lab;
    for (int i = 0; i <= 17; ++i) {
        lab.server.alias("c" + std::to_string(i) + ".test", "c" + std::to_string(i + 1) + ".test");
    }
    lab.server.host("c18.test", {"192.0.2.1"});
    CHECK_FALSE(lab.error("c2.test"));
    CHECK(lab.error("c1.test") == errc::cname_loop);
    lab.server.alias("self.test", "self.test").alias("bare.test", "empty.test").empty("empty.test");
    CHECK(lab.error("self.test") == errc::cname_loop);
    CHECK(lab.error("bare.test") == errc::no_data);  // an alias, and nothing at its end
}

TEST_CASE("TTL 0 is shared by who waits, and kept for nobody", "[dns][faults]") {
    dns_lab lab;
    lab.server.answer("zero.test", record_type::a, {"192.0.2.1"}, 0s)
        .on("zero.test", dns_reply().delay(20ms));
    int right = 0;
    for (int i = 0; i < 10; ++i) {
        dns::resolve_host(lab.loop, "zero.test", lab.options(),
                          [&right](std::error_code ec, const dns::address_list_v4& found) {
                              right += !ec && texts(found) == list{"192.0.2.1"};
                          });
    }
    lab.loop.run();
    CHECK(right == 10);
    CHECK(lab.server.query_count("zero.test") == 1);
    CHECK_FALSE(lab.error("zero.test"));
    CHECK(lab.server.query_count("zero.test") == 2);
}

TEST_CASE("a TTL with its top bit set is 0, and kept for nobody", "[dns][faults]") {
    dns_lab lab;
    dns::record odd = make_record("odd.test", record_type::a, "192.0.2.1");
    odd.ttl = 0x80000001;
    lab.server.answer(odd);
    for (std::size_t i = 1; i <= 2; ++i) {
        const auto with = lab.options();
        const auto said = lab.run(dns::query(lab.loop, "odd.test", record_type::a, with));
        CHECK(said.ttl == 0);
        CHECK(said.answers.at(0).ttl == 0);
        CHECK(lab.server.query_count() == i);
    }
}

TEST_CASE("records of names that were not asked for are not believed, nor kept", "[dns][faults]") {
    dns_lab lab;
    lab.server.host("victim.test", {"192.0.2.1"})
        .on("a.test", dns_reply()
                          .answer(record_type::a, {"192.0.2.2"})
                          .answer(make_record("victim.test", record_type::a, "192.0.2.66"))
                          .answer(make_record("test", record_type::ns, "evil.example")))
        .on("b.test", dns_reply().answer(make_record("victim.test", record_type::a, "192.0.2.66")));
    CHECK(texts(std::get<1>(lab.resolve("a.test"))) == list{"192.0.2.2"});
    CHECK(lab.error("b.test") == errc::no_data);
    CHECK(texts(std::get<1>(lab.resolve("victim.test"))) == list{"192.0.2.1"});
    CHECK(lab.server.query_count("victim.test") == 1);
}

TEST_CASE("absence without a SOA, or with that of another zone, is kept for nobody", "[dns][faults]") {
    dns_lab lab;
    lab.server.on("bare.test", dns_reply(dns::rcode::name_not_found).no_soa());
    for (std::size_t i = 1; i <= 2; ++i) {
        CHECK(lab.error("bare.test") == errc::name_not_found);
        CHECK(lab.server.query_count("bare.test") == i);
    }
    lab.server.on("brief.test", dns_reply(dns::rcode::name_not_found).negative_ttl(10s));
    CHECK(lab.error("brief.test") == errc::name_not_found);
    lab.clock.advance(9s);
    CHECK(lab.error("brief.test") == errc::name_not_found);
    CHECK(lab.server.query_count("brief.test") == 1);
    lab.clock.advance(1s);
    CHECK(lab.error("brief.test") == errc::name_not_found);
    CHECK(lab.server.query_count("brief.test") == 2);
}

TEST_CASE("a completion may cancel others, let go of its resolver and begin anew", "[dns][faults]") {
    dns_lab lab;
    lab.server.host("*.test", {"192.0.2.1"}).on("silent.test", dns_reply().silent());
    std::optional<dns::resolver> resolver = lab.resolver();
    asio::cancellation_signal signal;
    std::error_code cancelled, shared, renewed = errc::inconclusive;
    dns::resolve_host(
        *resolver, "silent.test",
        asio::bind_cancellation_slot(
            signal.slot(), [&](std::error_code ec, const dns::address_list_v4&) { cancelled = ec; }));
    dns::resolve_host(*resolver, "a.test", [&](std::error_code, const dns::address_list_v4&) {
        signal.emit(asio::cancellation_type::terminal);
        resolver->clear_cache();
        resolver->reconfigure();  // new sockets, while c-ares may still be reading from an old one
        resolver.reset();
        dns::resolve_host(lab.resolver(), "a.test",
                          [&](std::error_code ec, const dns::address_list_v4&) { renewed = ec; });
    });
    dns::resolve_host(*resolver, "a.test",
                      [&](std::error_code ec, const dns::address_list_v4&) { shared = ec; });
    lab.loop.run();
    CHECK(cancelled == asio::error::operation_aborted);
    CHECK_FALSE(shared);
    CHECK_FALSE(renewed);
    CHECK(lab.server.query_count("a.test") == 2);
}
