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

// Where each known trap of DNS has its test. tests/house/traps.py checks that every name in quotes is one.
// F: field_notes.md, S: seed_systems.md, by section.
//
// Wildcards
//   siblings and empty names keep one out (F 5)
//       "siblings, empty names and nested wildcards of nsd keep a wildcard out (RFC 4592)"
//   one label or two, each ancestor (F 5)
//       "probes are of every shape, one and two labels deep, and none comes twice"
//   public suffixes of two labels (F 5)    "each domain up to the registrable one has its own verdict"
//   NXDOMAIN rewriting (F 5)               "NXDOMAIN rewriting makes a yes unknown, but not a no"
//   timeout read as "no wildcard" (S 6.7)  "a timeout in a wildcard probe yields unknown, not false"
//   SERVFAIL and REFUSED too (F 5)
//       "timeouts, SERVFAIL and REFUSED leave the verdict unknown, never no"
//   pools that rotate (F 5)                "a pool that rotates is learnt, round after round"
//   A only (S 1.5)                         "a wildcard of any kind of record is found"
//   labels of RRSIG as proof (F 5)         "signatures of nsd prove wildcards and name them"
//   canaries (F 5)                         "canaries come now and then, and make the evidence grow"
//   one probe, kept (S 1.5)
//       "the probes are random, of the number that is asked for, and not kept"
// Aliases
//   a chain over the cap (F 5)
//       "16 aliases are followed, 17 are not"
//       "aliases at nsd are followed to their end, wherever that is"
//   loops (F 5)
//       "a loop of aliases is an error"
//       "aliases are followed through one message, as far as the limit"
//   a target without address (F 5)         "an alias that leads nowhere is no data, yet something exists"
//   the TTL of the chain (F 5)             "the TTL of a chain is its least, and TTL 0 is not kept"
//   DNAME (F 5)
//       "aliases that a server makes of a DNAME are followed"
//       "the alias that nsd makes of a DNAME is followed"
//   aliases listed as addresses (S 1.5)    "aliases are followed to their addresses"
// Cache
//   negative TTL: min(SOA TTL, MINIMUM), only with SOA, not another zone's (F 5)
//       "an absence holds as long as its SOA record says"
//       "absence without a SOA, or with that of another zone, is kept for nobody"
//   NXDOMAIN for all types, NODATA for one (F 5)  "NXDOMAIN goes for every type, NODATA for its own"
//   SERVFAIL briefly, timeouts never (F 5, S 1.5) "SERVFAIL is kept for 5 s, REFUSED and a timeout never"
//   positive TTL capped (F 5)
//       "the TTL is capped: an hour, a quarter of one for what does not exist"
//   TTL 0 shared in flight only (F 5)      "TTL 0 is shared by who waits, and kept for nobody"
//   TTL with its top bit set (F 5)
//       "a TTL with its top bit set is zero"
//       "a TTL with its top bit set is 0, and kept for nobody"
//   forgotten when the network changes (F 5)  "after a change of network everything is found out anew"
//   c-ares' own cache (F 7.4)              "bypass_cache neither reads the cache nor fills it"
//   unbounded (F 2)                        "a cache keeps no more bytes than it may"
//   poisoned by what was not asked for
//       "records of names that were not asked for are not believed, nor kept"
//   records beside NXDOMAIN                "records beside NXDOMAIN are not believed"
//   signed, unchecked and plain answers mixed  "answers to queries of different forms are kept apart"
// Transport
//   truncation (F 5)
//       "a truncated answer is asked for again over TCP"
//       "an answer of nsd comes over UDP up to the size that is taken, then over TCP"
//   ... then TCP refused
//       "a truncated answer is none where TCP is refused, and the next server is asked"
//   ... then TCP closed early, or silent
//       "a truncated answer is none where TCP breaks off, stays silent or makes no sense"
//   FORMERR on EDNS (F 5)                  "a server that does not know EDNS is asked again without"
//   wrong id, question, source (F 5)
//       "forged answers are not taken: wrong id, wrong question, wrong source"
//       "an answer from another address is not taken, and the true one after it is"
//   a flood of forgeries                   "a flood of forged answers neither hides the true one nor lasts"
//   late answers, duplicates
//       "an answer to an earlier try counts while a later one waits"
//       "duplicates of an answer disturb nobody"
//   compression loops, garbage for ever
//       "loops, forward pointers and unknown labels are refused"
//       "garbage for ever ends in bounded time, and one good answer after it is taken"
//   a refusal without its question         "a refusal that does not repeat the question is one all the same"
//   three dead servers (S 6.18)            "three dead servers end within the overall deadline"
//   a dead server among three
//       "of three servers one is dead and one fails: the third answers, or the deadline comes"
//       "the deadline of a look-up holds whatever three servers do"
//   all failures alike (S 1.5)             "NXDOMAIN, NODATA, SERVFAIL, REFUSED and a timeout are told apart"
//   wrong answers after an outage (F 2)    "a resolver that was made offline recovers"
//   resolv.conf read once (F 2)            "the servers of the system are read again when they change"
// Names
//   search for relative names only (F 5)
//       "a name with few dots is tried under each suffix, then as it stands"
//   no search when scanning (F 5)          "names are not searched for unless that is asked for"
//   underscores, dot at the end (F 5)      "host names become lower case without a dot at the end"
//   not ASCII (F 5)
//       "names that cannot exist are refused, each with its own error, and nobody is asked"
//   aliases and several addresses in hosts (F 5)  "a hosts file maps names to addresses and back"
//   hosts file or not, by installation (S 1.5)    "the hosts file comes first, and goes for both families"
//   localhost, .onion
//       "localhost is the loopback address and .onion never leaves the machine"
//   bytes that do not print (F 5)          "bytes that do not print are escaped"
// Reverse
//   several names, IPv6 (S 6.6)            "reverse_resolve gives every PTR name, for IPv6 too"
//   nibbles, v4-mapped (F 5)
//       "addresses have reverse names"
//       "an IPv4-mapped address has the reverse name of its IPv4 address"
//   RFC 2317, hostile text (F 5)
//       "a delegated PTR is found through its alias, and hostile names are escaped"
//   confirmation (F 5)
//       "of the names of an address only those that lead back to it count when that is asked for"
// Families
//   AAAA that is never answered (F 5)
//       "one family that fails is no error while the other has addresses"
//       "IPv4 waits 50 ms for IPv6, and no longer"
//   order lost (S 1.5)
//       "IPv4 addresses keep the order of the server, whatever prefix they share"
//   RFC 6724 (F 5)                         "orders the examples of RFC 6724, 10.2"
// Records
//   SRV, TLSA, ANY come empty, no TTL (S 2.3)  "nsd serves records of every type as they stand in its zone"
//   strings of TXT joined or cut           "the text of nsd's TXT records keeps its strings and every byte"
//   AD believed unasked
//       "unbound says what it has validated, present or absent, to who asks for signatures"
// Lifetimes
//   answer after cancellation (S 6.17)
//       "an answer that arrives after cancellation finds nobody, but fills the cache"
//   destroyed inside a callback (F 7.4)
//       "a completion may cancel others, let go of its resolver and begin anew"
//   the loop ends first (F 2)              "a loop may be destroyed with a thousand look-ups in flight"
//   hang at exit (F 2)                     "run() returns as soon as the last caller has its answer"
//   callbacks inside the call (F 7.4)      "servers that nobody runs are unreachable, at once"
//   one waiter cancels for all
//       "one cancelled waiter of a shared look-up leaves the others running"
//   a refused quota without a word (S 2.3) "a scope may cause as many look-ups as its quota says"

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
