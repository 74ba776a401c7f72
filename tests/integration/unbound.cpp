// Looking names up through unbound, which asks nsd, and checks signatures.
#include <dragline/dns.hpp>

#include "../support/run.hpp"
#include "nsd_server.hpp"
#include "unbound_server.hpp"

#include <dragline/async/event_loop.hpp>
#include <dragline/testing/dns_server.hpp>
#include <dragline/testing/sockets.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using dragline::as_tuple;
using dragline::condition;
using dragline::phase;
using dragline::dns::answer_source;
using dragline::dns::errc;
using dragline::dns::lookup_trace;
using dragline::dns::query_options;
using dragline::dns::record_type;
using dragline::test::child_process;
using dragline::test::nsd_plan;
using dragline::test::nsd_zone;
using dragline::test::patience;
using dragline::test::run_to_end;
using dragline::test::scratch_folder;
using dragline::test::server_process;
using dragline::test::sign_zone;
using dragline::test::start_of_zone;
using dragline::test::unbound_server;
using dragline::test::unbound_settings;
using dragline::testing::dns_reply;
using dragline::testing::dns_server;

namespace dns = dragline::dns;

namespace {

using texts = std::vector<std::string>;

std::string zone() {
    auto text = start_of_zone + R"(
one        A      192.0.2.1
one        AAAA   2001:db8::1
six        AAAA   2001:db8::6
mail       MX     10 one
alias      CNAME  alias2
alias2  20 CNAME  one
dangling   CNAME  nowhere
across     CNAME  one.other.
circle     CNAME  circle2
circle2    CNAME  circle
*.wild     A      192.0.2.99
changed    A      192.0.2.66
)";
    for (int i = 0; i < 100; ++i) text += "big A 198.51.100." + std::to_string(i + 1) + '\n';
    return text;
}

// The zone `name` with signatures, one of which does not hold, and the key that made them.
struct signed_zone {
    explicit signed_zone(const std::string& name) {
        folder.write("zone", zone());
        content = folder.read(sign_zone(folder, name, "zone"));
        const std::string before = "192.0.2.66", after = "192.0.2.67";
        content.replace(content.find(before), before.size(), after);
        for (const auto& each : std::filesystem::directory_iterator(folder.path())) {
            if (each.path().extension() == ".key") key_file = each.path().string();
        }
    }
    scratch_folder folder;
    std::string content;
    std::string key_file;
};

// unbound before nsd. It trusts the key of the zone "signed", and knows of none for "other".
struct recursor_lab {
    signed_zone proven{"signed."};
    server_process nsd{nsd_plan({{"signed.", proven.content}, {"other.", zone()}, {"unloaded.", ""}})};
    dns_server silent;
    dragline::testing::dead_port dead;
    unbound_server unbound;
    dragline::event_loop loop;
    dns::resolver resolver{loop, asking({unbound.port()})};
    lookup_trace trace;

    recursor_lab() : unbound(settings()) { silent.on_query(dns_reply().silent()); }

    unbound_settings settings() const {
        return unbound_settings()
            .forward("signed.", nsd.port())
            .forward("other.", nsd.port())
            .forward("unloaded.", nsd.port())
            .forward("silent.", silent.port())
            .forward("dead.", dead.port())
            .line("module-config: \"validator iterator\"")
            .line("trust-anchor-file: \"" + proven.key_file + '"');
    }
    static query_options asking(const std::vector<std::uint16_t>& ports) {
        query_options options;
        for (const auto port : ports) options.add_server("127.0.0.1:" + std::to_string(port));
        return options.hosts_file(false);
    }

    std::pair<std::error_code, dns::response> ask(const std::string& name, record_type type,
                                                  query_options with) {
        auto token = as_tuple(asio::use_awaitable);
        with.trace(&trace);
        auto [ec, said] = run_to_end(loop, dns::query(resolver, name, type, with, token));
        return {ec, std::move(said)};
    }
    dns::response said(const std::string& name, record_type type = record_type::a, query_options with = {}) {
        auto [ec, response] = ask(name, type, std::move(with));
        INFO(name << ": " << ec.message());
        REQUIRE_FALSE(ec);
        return response;
    }
    std::pair<std::error_code, texts> v4(const std::string& name, query_options with = {}) {
        auto token = as_tuple(asio::use_awaitable);
        with.trace(&trace);
        const auto [ec, found] = run_to_end(loop, resolve_host(resolver, name, with, token));
        texts out;
        for (const auto& each : found) out.push_back(each.to_string());
        return {ec, out};
    }
};

}  // namespace

TEST_CASE("unbound finds out what there is and what there is not", "[integration][unbound]") {
    recursor_lab lab;
    for (const std::string name : {"signed", "other"}) {
        INFO(name);
        const auto one = lab.said("one." + name);
        CHECK_FALSE(one.error);
        CHECK(one.recursion_available);
        CHECK_FALSE(one.authoritative);
        CHECK(one.records<dns::a_record>().size() == 1);
        CHECK(lab.said("mail." + name, record_type::mx).records<dns::mx_record>().at(0) ==
              dns::mx_record(10, "one." + name));

        const auto nothing = lab.said("nothing." + name);
        CHECK(nothing.error == errc::name_not_found);
        CHECK(nothing.ttl > 0);
        CHECK(nothing.ttl <= 60);
        const auto six = lab.said("six." + name);
        CHECK(six.error == errc::no_data);
        CHECK(six.code == dns::rcode::no_error);
        CHECK(six.ttl > 0);
        CHECK(six.ttl <= 60);
        CHECK(lab.v4("big." + name).second.size() == 100);  // over TCP
        CHECK(lab.v4("any.thing.wild." + name).second == texts{"192.0.2.99"});
    }
}

TEST_CASE("unbound follows aliases to their end, and so is the answer read", "[integration][unbound]") {
    recursor_lab lab;
    const auto alias = lab.said("alias.other");
    CHECK(alias.aliases == texts{"alias2.other", "one.other"});
    CHECK(alias.answers.size() == 3);
    CHECK(alias.ttl <= 20);  // the least of the chain
    CHECK(lab.v4("alias.other").second == texts{"192.0.2.1"});
    CHECK(lab.v4("across.signed").second == texts{"192.0.2.1"});  // in the zone of another
    CHECK(lab.said("across.signed").canonical_name() == "one.other");
    CHECK(lab.v4("dangling.other").first == errc::name_not_found);
    const auto circle = lab.v4("circle.other").first;
    CHECK((circle == errc::cname_loop || circle == errc::server_failure));  // as unbound sees fit
}

TEST_CASE("TTLs of unbound count down, and the cache keeps what is left of them", "[integration][unbound]") {
    recursor_lab lab;
    const auto began = std::chrono::steady_clock::now();
    for (const std::string name : {"one.other", "nothing.other"}) {
        INFO(name);
        const auto fresh = query_options().bypass_cache(true);
        const auto first = lab.said(name, record_type::a, fresh).ttl;
        CHECK(first > 0);
        auto later = first;
        while (later == first && std::chrono::steady_clock::now() - began < patience) {
            child_process::nap();
            later = lab.said(name, record_type::a, fresh).ttl;
        }
        CHECK(later < first);
        CHECK(lab.said(name).ttl <= later);
        CHECK(lab.said(name).source == answer_source::cache);
        CHECK(lab.said(name).ttl <= later);
    }
}

TEST_CASE("an upstream that is dead or fails is SERVFAIL; that unbound still waits for one is a timeout",
          "[integration][unbound]") {
    recursor_lab lab;
    CHECK(lab.said("a.unloaded").error == errc::server_failure);

    // With its own limits unbound would wait for a minute.
    const unbound_server hasty(lab.settings()
                                   .line("infra-cache-max-rtt: 50")
                                   .line("infra-cache-min-rtt: 10")
                                   .line("unknown-server-time-limit: 20")
                                   .line("outbound-msg-retry: 1"));
    for (const auto* name : {"a.dead", "a.silent"}) {
        INFO(name);
        const auto failed = lab.said(name, record_type::a, lab.asking({hasty.port()}).timeout(patience));
        CHECK(failed.error == errc::server_failure);
        CHECK(failed.code == dns::rcode::server_failure);
    }

    const auto [silence, nothing] = lab.ask("a.silent", record_type::a, query_options().timeout(300ms));
    CHECK(silence == dragline::make_timeout(phase::resolve));
    CHECK(silence == condition::timeout);
    CHECK(nothing.server.empty());
}

TEST_CASE("an unbound that refuses is told from one that fails", "[integration][unbound]") {
    recursor_lab lab;
    const unbound_server closed{unbound_settings()};
    const auto refusal = lab.said("one.other", record_type::a, lab.asking({closed.port()}));
    CHECK(refusal.error == errc::refused);
    CHECK(refusal.code == dns::rcode::refused);

    // Strangers get a header without the question: c-ares drops that, as if nothing had come.
    const unbound_server unfriendly(lab.settings().line("access-control: 127.0.0.1/32 refuse"));
    const auto two = lab.asking({unfriendly.port(), lab.unbound.port()});
    CHECK(lab.v4("one.other", query_options(two).try_timeout(500ms)).second == texts{"192.0.2.1"});
    REQUIRE(lab.trace.attempts.size() == 2);
    const auto ec = lab.trace.attempts[0].error;
    CAPTURE(ec);
    CHECK((ec == errc::refused || ec == condition::timeout || ec == errc::malformed_message));
}

TEST_CASE("unbound says what it has validated, present or absent, to who asks for signatures",
          "[integration][unbound][dnssec]") {
    recursor_lab lab;
    const auto with = query_options().dnssec_ok(true);
    for (const auto* name : {"one.signed", "nothing.signed", "alias.signed", "x.wild.signed"}) {
        INFO(name);
        CHECK(lab.said(name, record_type::a, with).authentic);
        CHECK_FALSE(lab.said(name).authentic);  // not asked for
    }
    const auto six = lab.said("six.signed", record_type::a, with);
    CHECK(six.error == errc::no_data);
    CHECK(six.authentic);

    const auto one = lab.said("one.signed", record_type::a, with);
    const auto signatures = one.records<dns::rrsig_record>();
    REQUIRE(signatures.size() == 1);
    CHECK(signatures[0].type_covered == record_type::a);
    CHECK(signatures[0].signer == "signed");
    CHECK(signatures[0].labels == 2);
    CHECK(lab.said("one.signed").records<dns::rrsig_record>().empty());
    CHECK(lab.said("signed", record_type::dnskey, with).authentic);

    CHECK_FALSE(lab.said("one.other", record_type::a, with).authentic);
    CHECK_FALSE(
        lab.said("across.signed", record_type::a, with).authentic);  // ends in a zone that proves nothing
}

TEST_CASE("a signature that does not hold is SERVFAIL, and data for who takes it all the same",
          "[integration][unbound][dnssec]") {
    recursor_lab lab;
    for (const bool signatures : {false, true}) {
        const auto with = query_options().dnssec_ok(signatures);
        const auto bogus = lab.said("changed.signed", record_type::a, with);
        CHECK(bogus.error == errc::server_failure);
        CHECK(bogus.answers.empty());
        CHECK_FALSE(bogus.authentic);

        const auto unchecked =
            lab.said("changed.signed", record_type::a, query_options(with).checking_disabled(true));
        CHECK_FALSE(unchecked.error);
        CHECK(unchecked.checking_disabled);
        CHECK_FALSE(unchecked.authentic);
        REQUIRE(unchecked.records<dns::a_record>().size() == 1);
        CHECK(unchecked.records<dns::a_record>()[0].address[3] == 67);
        CHECK(lab.said("changed.signed", record_type::a, with).error == errc::server_failure);  // still
    }
    CHECK(lab.v4("changed.signed").first == errc::server_failure);
    CHECK(lab.v4("changed.signed", query_options().checking_disabled(true)).second == texts{"192.0.2.67"});
}

TEST_CASE("of three servers one is dead, one refuses, and unbound answers", "[integration][unbound]") {
    recursor_lab lab;
    const unbound_server closed{unbound_settings()};
    const auto three = lab.asking({lab.silent.port(), closed.port(), lab.unbound.port()});
    CHECK(lab.v4("one.other", query_options(three).try_timeout(200ms)).second == texts{"192.0.2.1"});
    REQUIRE(lab.trace.attempts.size() == 3);
    CHECK(lab.trace.attempts[0].error == condition::timeout);
    CHECK(lab.trace.attempts[1].error == errc::refused);
    CHECK_FALSE(lab.trace.attempts[2].error);
}

TEST_CASE("the deadline of a look-up holds whatever three servers do", "[integration][unbound]") {
    recursor_lab lab;
    const unbound_server closed{unbound_settings()};
    const auto three = lab.asking({lab.silent.port(), closed.port(), lab.unbound.port()});
    const auto bounded = query_options(three).try_timeout(100ms).timeout(500ms);
    CHECK(lab.v4("a.silent", query_options(bounded).tries(100)).first == condition::timeout);
    CHECK(lab.v4("b.silent", query_options(bounded).tries(3)).first == errc::refused);  // the tries are over
    CHECK(lab.v4("c.silent", query_options(bounded).try_timeout(1h)).first == condition::timeout);
    CHECK(lab.trace.took >= 500ms);  // the whole ended it: a try would last an hour
    CHECK(lab.v4("one.signed", bounded).second == texts{"192.0.2.1"});
}
