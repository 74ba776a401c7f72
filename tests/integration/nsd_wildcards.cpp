// Evidence about wildcards in zones, signed and not, that nsd serves.
#include <dragline/dns.hpp>

#include "../support/run.hpp"
#include "nsd_server.hpp"
#include "unbound_server.hpp"

#include <dragline/async/event_loop.hpp>

#include <asio/ip/address.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <vector>

using asio::ip::make_address;
using dragline::as_tuple;
using dragline::dns::query_options;
using dragline::dns::record_type;
using dragline::dns::wildcard_evidence;
using dragline::dns::wildcard_options;
using dragline::dns::wildcard_verdict;
using dragline::test::nsd_plan;
using dragline::test::run_to_end;
using dragline::test::server_process;
using dragline::test::start_of_zone;
using dragline::test::unbound_server;
using dragline::test::unbound_settings;

namespace dns = dragline::dns;

namespace {

constexpr auto yes = wildcard_verdict::yes, no = wildcard_verdict::no, unknown = wildcard_verdict::unknown;
using texts = std::vector<std::string>;

const std::string zone = start_of_zone + R"(
www            A      192.0.2.1
*.plain        A      192.0.2.99
*.plain        AAAA   2001:db8::99
made.plain     A      192.0.2.98
same.plain     A      192.0.2.99
other.plain    A      192.0.2.97
deep.ent.plain A      192.0.2.96
*.nested.plain A      192.0.2.95
*.rotate       A      192.0.2.11
*.rotate       A      192.0.2.12
*.rotate       A      192.0.2.13
*.rotate       A      192.0.2.14
*.alias        CNAME  www
real.alias     CNAME  www
else.alias     CNAME  made.plain
*.broken       CNAME  nowhere
*.text         TXT    "hello"
old            DNAME  plain
)";

// nsd with the same content in a signed and in a plain zone.
struct wildcard_lab {
    server_process nsd{nsd_plan({{"signed.", zone, true}, {"unsigned.", zone}})};
    dragline::event_loop loop;
    query_options query =
        query_options().add_server("127.0.0.1:" + std::to_string(nsd.port())).hosts_file(false);
    dns::resolver resolver{loop, query};

    // A recursor before this nsd.
    unbound_settings unbound() const {
        return unbound_settings().forward("signed.", nsd.port()).forward("unsigned.", nsd.port());
    }
    wildcard_options through(const unbound_server& recursor) const {
        auto there = query_options().add_server("127.0.0.1:" + std::to_string(recursor.port()));
        return wildcard_options().query(there.hosts_file(false));
    }

    wildcard_evidence probe(std::string domain, wildcard_options how = {}) {
        auto token = as_tuple(asio::use_awaitable);
        auto [ec, found] = run_to_end(loop, dns::probe_wildcard(resolver, domain, how, token));
        REQUIRE_FALSE(ec);
        return found;
    }
    dns::response ask(std::string name, record_type type = record_type::a) {
        auto options = query_options().dnssec_ok(true);
        auto token = as_tuple(asio::use_awaitable);
        auto [ec, found] = run_to_end(loop, dns::query(resolver, name, type, options, token));
        REQUIRE_FALSE(ec);
        return found;
    }
    static texts pool(const dns::wildcard_level& level) {
        texts out;
        for (const auto& each : level.pool.addresses) out.push_back(each.to_string());
        return out;
    }
};

}  // namespace

TEST_CASE("signatures of nsd prove wildcards and name them", "[integration][nsd][probe_wildcard]") {
    wildcard_lab lab;
    const auto plain = lab.probe("plain.signed");
    CHECK(plain.verdict() == yes);
    CHECK(plain.is_signed);
    CHECK(plain.complete);
    CHECK(plain.rewriting == unknown);  // REFUSED: no zone of this server
    REQUIRE(plain.levels.size() == 1);
    CHECK(plain.levels[0].wildcard == "*.plain.signed");
    CHECK(plain.levels[0].unclear == 0);
    CHECK(lab.pool(plain.levels[0]) == texts{"192.0.2.99", "2001:db8::99"});

    const auto rotating = lab.probe("rotate.signed");
    CHECK(rotating.levels[0].proven());
    CHECK(rotating.levels[0].settled);
    CHECK(lab.pool(rotating.levels[0]) == texts{"192.0.2.11", "192.0.2.12", "192.0.2.13", "192.0.2.14"});

    for (const auto* domain : {"alias.signed", "broken.signed"}) {
        INFO(domain);
        const auto found = lab.probe(domain);
        CHECK(found.verdict() == yes);
        CHECK(found.levels[0].wildcard == '*' + ('.' + std::string(domain)));
        CHECK(found.levels[0].pool.targets.size() == 1);
    }
}

TEST_CASE("without signatures nsd's wildcards are found all the same", "[integration][nsd][probe_wildcard]") {
    wildcard_lab lab;
    for (const auto* domain : {"plain", "rotate", "alias", "broken"}) {
        INFO(domain);
        for (const auto& found :
             {lab.probe(domain + std::string(".unsigned")),
              lab.probe(domain + std::string(".signed"), wildcard_options().signatures(false))}) {
            CHECK(found.verdict() == yes);
            CHECK(found.levels[0].settled);
            CHECK_FALSE(found.levels[0].proven());
            CHECK_FALSE(found.is_signed);
        }
    }
    const auto none = lab.probe("www.signed");
    CHECK(none.verdict() == no);
    CHECK(none.is_signed);  // denials are signed too
    CHECK(lab.probe("text.signed").verdict() == no);
    const auto text = lab.probe("text.signed", wildcard_options().types({record_type::txt}));
    CHECK(text.levels[0].wildcard == "*.text.signed");
    CHECK(lab.probe("elsewhere.example").verdict() == unknown);  // REFUSED
}

TEST_CASE("siblings, empty names and nested wildcards of nsd keep a wildcard out (RFC 4592)",
          "[integration][nsd][probe_wildcard]") {
    wildcard_lab lab;
    for (const std::string zone_name : {"signed", "unsigned"}) {
        INFO(zone_name);
        CHECK(lab.probe("made.plain." + zone_name).verdict() == no);
        CHECK(lab.probe("ent.plain." + zone_name).verdict() == no);
        const auto nested = lab.probe("x.nested.plain." + zone_name);
        REQUIRE(nested.levels.size() == 3);
        CHECK(lab.pool(nested.levels[0]) == texts{"192.0.2.95"});
        CHECK(lab.pool(nested.levels[2]) == texts{"192.0.2.99", "2001:db8::99"});
        if (zone_name == "signed") {  // x.nested is no name: what makes those below it stands further up
            CHECK(nested.levels[0].wildcard == "*.nested.plain.signed");
            CHECK(nested.levels[2].wildcard == "*.plain.signed");
        }
        const auto ent = lab.probe("ent.plain." + zone_name);
        const std::vector wild{make_address("192.0.2.99")};
        CHECK_FALSE(ent.is_synthesised("www.ent.plain." + zone_name, wild));
        CHECK(ent.is_synthesised("www.plain." + zone_name, wild));
    }
}

TEST_CASE("real names beside a wildcard of nsd are told from those that it makes",
          "[integration][nsd][probe_wildcard]") {
    wildcard_lab lab;
    const auto judge = [&](const wildcard_evidence& by, const std::string& name) {
        return by.synthesis(lab.ask(name));
    };
    const auto with = lab.probe("plain.signed"), without = lab.probe("plain.unsigned");
    CHECK(judge(with, "anything.plain.signed") == yes);
    CHECK(judge(with, "any.thing.plain.signed") == yes);
    CHECK(judge(with, "other.plain.signed") == no);
    CHECK(judge(with, "same.plain.signed") ==
          no);  // at the very address of the wildcard: signed as it stands
    CHECK(judge(without, "anything.plain.unsigned") == yes);
    CHECK(judge(without, "other.plain.unsigned") == no);
    CHECK(judge(without, "same.plain.unsigned") == yes);  // nothing tells it from the others

    const auto aliases = lab.probe("alias.signed"), plain_aliases = lab.probe("alias.unsigned");
    CHECK(judge(aliases, "x.alias.signed") == yes);
    CHECK(judge(aliases, "real.alias.signed") == no);
    CHECK(judge(aliases, "else.alias.signed") == no);
    CHECK(judge(plain_aliases, "x.alias.unsigned") == yes);
    CHECK(judge(plain_aliases, "real.alias.unsigned") == yes);
    CHECK(judge(plain_aliases, "else.alias.unsigned") == no);
}

TEST_CASE("names that a DNAME of nsd redirects are judged by where they lead",
          "[integration][nsd][probe_wildcard]") {
    wildcard_lab lab;
    const auto found = lab.probe("old.unsigned");
    CHECK(found.verdict() == yes);
    CHECK(found.levels[0].settled);
    CHECK(found.levels[0].pool.targets == std::set<std::string>{"*.plain.unsigned"});
    CHECK(found.synthesis(lab.ask("x.old.unsigned")) == yes);
    CHECK(found.synthesis(lab.ask("other.old.unsigned")) == no);
}

TEST_CASE("a canary at nsd finds nothing new below a wildcard that stays",
          "[integration][nsd][probe_wildcard]") {
    wildcard_lab lab;
    auto found = lab.probe("rotate.signed");
    dns::wildcard_canary canary("rotate.signed", 1);
    for (int i = 0; i < 8; ++i) CHECK_FALSE(found.learn(lab.ask(*canary.next())));
    CHECK(found.levels[0].settled);
}

TEST_CASE("the evidence through unbound is that of nsd behind it", "[integration][unbound][probe_wildcard]") {
    wildcard_lab lab;
    const unbound_server recursor(lab.unbound().zone("com.", "static"));
    const auto how = lab.through(recursor);
    const auto plain = lab.probe("plain.signed", how);
    CHECK(plain.rewriting == no);
    CHECK(plain.verdict() == yes);
    CHECK(plain.levels[0].wildcard == "*.plain.signed");
    CHECK(plain.levels[0].settled);
    CHECK(lab.pool(lab.probe("rotate.unsigned", how).levels[0]).size() == 4);
    CHECK(lab.probe("made.plain.signed", how).verdict() == no);
    CHECK(lab.probe("alias.unsigned", how).levels[0].pool.targets == std::set<std::string>{"www.unsigned"});
    CHECK(lab.probe("elsewhere.example", how).verdict() == unknown);  // SERVFAIL
}

TEST_CASE("an unbound that makes up answers is found out, and only signatures get past it",
          "[integration][unbound][probe_wildcard]") {
    wildcard_lab lab;
    const unbound_server recursor(lab.unbound().zone("com.", "redirect").record("com. 60 IN A 203.0.113.9"));
    const auto how = lab.through(recursor);
    const auto proven = lab.probe("plain.signed", how), open = lab.probe("plain.unsigned", how);
    CHECK(proven.rewriting == yes);
    CHECK(proven.verdict() == yes);
    CHECK(open.rewriting == yes);
    CHECK(open.verdict() == unknown);
    const std::vector made_up{make_address("203.0.113.9")};
    CHECK(open.synthesis("www.plain.unsigned", made_up) == yes);
    CHECK(lab.probe("www.unsigned", how).verdict() == no);
}
