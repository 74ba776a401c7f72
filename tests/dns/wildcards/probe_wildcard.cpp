#include <dragline/dns/wildcards/probe_wildcard.hpp>

#include <dragline/url/registrable_domain.hpp>

#include <catch2/catch_test_macros.hpp>

#include "../lab.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <utility>

namespace dns = dragline::dns;
using namespace dragline::test;
using namespace std::chrono_literals;
using dns::errc;
using dns::record_type;
using dns::wildcard_evidence;
using dns::wildcard_options;
using dns::wildcard_verdict;
using dragline::testing::dns_query;
using dragline::testing::dns_reply;

namespace {

constexpr auto yes = wildcard_verdict::yes, no = wildcard_verdict::no, unknown = wildcard_verdict::unknown;

// A domain of two labels without its controls: six names, three types each.
constexpr std::size_t one_round = 18;

wildcard_evidence probe(dns_lab& lab, std::string_view domain, wildcard_options how) {
    auto [ec, found] = lab.run(dns::probe_wildcard(lab.loop, domain, std::move(how), no_throw));
    REQUIRE_FALSE(ec);
    return found;
}
wildcard_evidence probe(dns_lab& lab, std::string_view domain) { return probe(lab, domain, lab.wildcard()); }

list pool_of(const wildcard_evidence& from, std::size_t level = 0) {
    return texts(from.levels.at(level).pool.addresses);
}

dns_reply address(const std::string& value) { return dns_reply().answer(record_type::a, {value}); }

// The first label of what a query asks for.
std::string label_of(const dns_query& query) { return query.name().substr(0, query.name().find('.')); }

bool is_control(const dns_query& query) { return label_of(query) == "www"; }

}  // namespace

TEST_CASE("a probe finds a wildcard, its pool, and that the resolver does not rewrite",
          "[dns][probe_wildcard]") {
    dns_lab lab;
    lab.server.host("*.wild.test", {"127.0.0.2", "::1"});
    const auto found = probe(lab, "Wild.test.");
    CHECK(found.verdict() == yes);
    CHECK(found.rewriting == no);
    CHECK(found.complete);
    CHECK_FALSE(found.is_signed);
    REQUIRE(found.levels.size() == 1);
    const auto& level = found.levels.front();
    CHECK(level.domain == "wild.test");
    CHECK(level.settled);
    CHECK_FALSE(level.proven());
    CHECK(pool_of(found) == list{"127.0.0.2", "::1"});
    CHECK(found.probes.size() == 4 * one_round + 6);  // one that finds, three that find nothing new
    CHECK(lab.server.query_count() == found.probes.size());
    CHECK(std::count_if(found.probes.begin(), found.probes.end(), [](const auto& each) {
              return each.control && each.code == dns::rcode::name_not_found && !each.exists;
          }) == 6);
    CHECK(level.answered == 4 * one_round * 2 / 3);
    CHECK(level.denied == 4 * one_round / 3);  // CNAME: no data
    CHECK(level.unclear == 0);
    const auto& probed = *std::find_if(found.probes.begin(), found.probes.end(),
                                       [](const auto& each) { return each.below == "wild.test"; });
    CHECK(probed.asked.type == record_type::a);
    CHECK_FALSE(probed.error);
    CHECK(probed.exists);
    CHECK(probed.server == lab.server.to_string());
    REQUIRE(probed.records.size() == 1);
    CHECK(probed.records.front().get<dns::a_record>()->address == std::array<std::uint8_t, 4>{127, 0, 0, 2});
}

TEST_CASE("without a wildcard one round denies it", "[dns][probe_wildcard]") {
    dns_lab lab;
    lab.server.host("www.plain.test", {"127.0.0.2"});
    const auto found = probe(lab, "plain.test");
    CHECK(found.verdict() == no);
    CHECK(found.levels.front().settled);
    CHECK(lab.server.query_count() == one_round + 6);
    CHECK_FALSE(found.is_synthesised("www.plain.test", std::vector{asio::ip::make_address("127.0.0.2")}));
}

TEST_CASE("probes are of every shape, one and two labels deep, and none comes twice",
          "[dns][probe_wildcard]") {
    dns_lab lab;
    lab.server.host("*.wild.test", {"127.0.0.2"});
    probe(lab, "wild.test");
    probe(lab, "wild.test");
    std::set<std::string> names, labels;
    std::size_t words = 0, digits = 0, letters = 0, deep = 0;
    for (const auto& query : lab.server.queries()) {
        if (is_control(query) || query.type() != record_type::a) continue;
        const auto& name = query.name();
        CHECK(names.insert(name).second);
        CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") == name.npos);
        if (std::count(name.begin(), name.end(), '.') == 3) {
            ++deep;
            continue;
        }
        const auto label = label_of(query);
        words += label.find('-') != label.npos;
        digits += label.find_first_not_of("0123456789") == label.npos;
        letters += label.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == label.npos;
    }
    CHECK(names.size() == 2 * 4 * 6);
    CHECK(deep == 2 * 4 * 3);
    CHECK((words >= 6 && digits >= 6 && letters >= 6));
    CHECK(lab.run([](dns::resolver r) -> asio::awaitable<std::size_t> {
        co_return r.statistics().stored;
    }(lab.resolver())) == 0);
}

TEST_CASE("a pool that rotates is learnt, round after round", "[dns][probe_wildcard]") {
    dns_lab lab;
    auto turn = std::make_shared<std::atomic<int>>(0);
    lab.server.on("*.many.test", record_type::a, [turn](const dns_query&) {
        return address("192.0.2." + std::to_string(1 + (*turn)++ % 25));
    });
    const auto found = probe(lab, "many.test");
    CHECK(found.verdict() == yes);
    CHECK(found.levels.front().settled);
    CHECK(pool_of(found).size() == 25);
}

TEST_CASE("a pool that never ends is not settled, and what is not in it may be of it",
          "[dns][probe_wildcard]") {
    dns_lab lab;
    auto turn = std::make_shared<std::atomic<int>>(0);
    lab.server.on("*.endless.test", record_type::a, [turn](const dns_query&) {
        const int at = (*turn)++;
        return address("10.0." + std::to_string(at / 250) + '.' + std::to_string(1 + at % 250));
    });
    const auto found = probe(lab, "endless.test", lab.wildcard().max_rounds(5));
    CHECK(found.verdict() == yes);
    CHECK_FALSE(found.levels.front().settled);
    CHECK(pool_of(found).size() == 5 * 6);
    const std::vector other{asio::ip::make_address("192.0.2.1")};
    CHECK(found.synthesis("www.endless.test", other) == unknown);

    for (const std::size_t most : {29u, 30u}) {
        const auto full = probe(lab, "endless.test", lab.wildcard().max_rounds(5).max_pool(most));
        CHECK(pool_of(full).size() == most);
        CHECK_FALSE(full.levels.front().settled);
    }
}

TEST_CASE("wildcards of aliases are found wherever they lead", "[dns][probe_wildcard]") {
    dns_lab lab;
    lab.server.alias("*.good.test", "there.test").host("there.test", {"127.0.0.3"});
    lab.server.alias("*.broken.test", "nowhere.test");
    const auto good = probe(lab, "good.test");
    CHECK(good.verdict() == yes);
    CHECK(good.levels.front().pool.targets == std::set<std::string>{"there.test"});
    CHECK(pool_of(good) == list{"127.0.0.3"});
    const auto broken = probe(lab, "broken.test");
    CHECK(broken.verdict() == yes);
    CHECK(broken.levels.front().pool.targets == std::set<std::string>{"nowhere.test"});
    CHECK(broken.levels.front().pool.addresses.empty());
    CHECK(broken.levels.front().settled);
}

TEST_CASE("a wildcard of one type is found when that type is asked for", "[dns][probe_wildcard]") {
    dns_lab lab;
    lab.server.host("*.six.test", {"::1"}).answer("*.text.test", record_type::txt, {"hello"});
    CHECK(probe(lab, "six.test").verdict() == yes);
    CHECK(pool_of(probe(lab, "six.test")) == list{"::1"});
    // No data is what a wildcard of other types, an empty name and a server that denies compactly all say.
    const auto plain = probe(lab, "text.test");
    CHECK(plain.verdict() == no);
    CHECK(plain.probes.back().error == errc::no_data);
    const auto asked = probe(lab, "text.test", lab.wildcard().types({record_type::txt, record_type::mx}));
    CHECK(asked.verdict() == yes);
    CHECK(asked.levels.front().pool.others.size() == 1);
    CHECK(asked.levels.front().pool.addresses.empty());
}

TEST_CASE("each domain up to the registrable one has its own verdict", "[dns][probe_wildcard]") {
    dns_lab lab;
    lab.server.host("*.wild.test", {"127.0.0.2"})
        .host("made.wild.test", {"127.0.0.3"})
        .host("deep.empty.wild.test", {"127.0.0.4"})
        .host("*.nested.wild.test", {"127.0.0.5"});
    const auto sibling = probe(lab, "made.wild.test");
    REQUIRE(sibling.levels.size() == 2);
    CHECK(sibling.levels[0].verdict == no);  // RFC 4592: a name that exists keeps the wildcard out
    CHECK(sibling.levels[1].verdict == yes);
    CHECK(sibling.levels[1].domain == "wild.test");
    const std::vector made{asio::ip::make_address("127.0.0.2")};
    CHECK_FALSE(sibling.is_synthesised("www.made.wild.test", made));
    CHECK(sibling.is_synthesised("www.wild.test", made));

    CHECK(probe(lab, "empty.wild.test").verdict() == no);  // so does one that only has names below it

    const auto nested = probe(lab, "a.nested.wild.test");
    REQUIRE(nested.levels.size() == 3);
    CHECK(pool_of(nested, 0) == list{"127.0.0.5"});
    CHECK(pool_of(nested, 1) == list{"127.0.0.5"});
    CHECK(pool_of(nested, 2) == list{"127.0.0.2"});

    CHECK(probe(lab, "a.nested.wild.test", lab.wildcard().levels(2)).levels.size() == 2);
    CHECK(probe(lab, "a.nested.wild.test", lab.wildcard().levels(3)).levels.size() == 3);
    CHECK(probe(lab, "test").levels.size() == 1);
    CHECK(probe(lab, "www.example.co.uk").levels.size() ==
          (dragline::url::has_public_suffix_list() ? 2 : 3));  // else "co.uk" counts as registered
    CHECK(probe(lab, "test").verdict() == no);
}

TEST_CASE("NXDOMAIN rewriting makes a yes unknown, but not a no", "[dns][probe_wildcard]") {
    dns_lab lab;
    lab.server.on_query([](const dns_query& query) {
        return query.type() == record_type::a ? address("203.0.113.9") : dns_reply();
    });
    const auto found = probe(lab, "any.test");
    CHECK(found.rewriting == yes);
    CHECK(found.verdict() == unknown);
    CHECK(texts(found.rewritten.addresses) == list{"203.0.113.9"});
    const std::vector rewritten{asio::ip::make_address("203.0.113.9")};
    const std::vector other{asio::ip::make_address("192.0.2.1")};
    CHECK(found.synthesis("www.any.test", rewritten) == yes);
    CHECK(found.synthesis("www.any.test", other) == no);  // random names never get that

    CHECK(probe(lab, "any.test", lab.wildcard().controls({})).rewriting == unknown);
    CHECK(probe(lab, "any.test", lab.wildcard().controls({})).verdict() == yes);  // nothing speaks against it

    lab.server.on_query([](const dns_query& query) {  // only what looks like a web site
        return is_control(query) && query.type() == record_type::a ? address("203.0.113.9") : dns_reply();
    });
    const auto web = probe(lab, "any.test");
    CHECK(web.rewriting == yes);
    CHECK(web.verdict() == no);
}

TEST_CASE("controls stand below the root and com, or where the options say", "[dns][probe_wildcard]") {
    dns_lab lab;
    probe(lab, "any.test");
    probe(lab, "any.test", lab.wildcard().controls({"lab"}));
    std::set<std::string> controls;
    for (const auto& query : lab.server.queries()) {
        if (is_control(query)) controls.insert(query.name());
    }
    REQUIRE(controls.size() == 3);
    CHECK(std::count_if(controls.begin(), controls.end(), [](const auto& each) {
              return each.ends_with(".com") && std::count(each.begin(), each.end(), '.') == 2;
          }) == 1);
    CHECK(std::count_if(controls.begin(), controls.end(), [](const auto& each) {
              return std::count(each.begin(), each.end(), '.') == 1;
          }) == 1);
    CHECK(std::count_if(controls.begin(), controls.end(),
                        [](const auto& each) { return each.ends_with(".lab"); }) == 1);
}

TEST_CASE("timeouts, SERVFAIL and REFUSED leave the verdict unknown, never no",
          "[dns][probe_wildcard][seed_7]") {
    dns_lab lab;
    lab.server.on("*.silent.test", dns_reply().silent())
        .on("*.servfail.test", dns_reply(dns::rcode::server_failure))
        .on("*.refused.test", record_type::cname, dns_reply(dns::rcode::refused));
    const auto fast = wildcard_options().query(lab.options().try_timeout(30ms).tries(1)).quiet_rounds(2);
    const auto silent = probe(lab, "silent.test", fast);
    CHECK(silent.verdict() == unknown);
    CHECK(silent.complete);
    CHECK(silent.levels.front().unclear == 2 * one_round);
    CHECK(silent.probes.back().error == dragline::condition::timeout);
    const auto servfail = probe(lab, "servfail.test");
    CHECK(servfail.verdict() == unknown);
    CHECK(servfail.probes.back().code == dns::rcode::server_failure);
    CHECK(probe(lab, "refused.test").verdict() == unknown);
    const auto nobody = wildcard_options().query(dns::query_options().add_server("127.0.0.1:1"));
    const auto unreachable = probe(lab, "a.test", nobody);
    CHECK(unreachable.verdict() == unknown);
    CHECK(unreachable.rewriting == unknown);
    const std::vector found{asio::ip::make_address("192.0.2.1")};
    CHECK(unreachable.is_synthesised("www.a.test", found));  // not known to be real
}

TEST_CASE("the timeout of the call ends all rounds, with the evidence so far", "[dns][probe_wildcard]") {
    dns_lab lab;
    lab.server.on("*.half.test", record_type::a, address("127.0.0.2"))
        .on("*.half.test", record_type::aaaa, dns_reply().silent());
    const auto how = wildcard_options().query(lab.options().timeout(60ms));
    const auto half = probe(lab, "half.test", how);
    CHECK_FALSE(half.complete);
    CHECK(half.verdict() == yes);
    CHECK_FALSE(half.levels.front().settled);
    CHECK(pool_of(half) == list{"127.0.0.2"});
    lab.server.on("*.all.test", dns_reply().silent());
    const auto all = probe(lab, "all.test", how);
    CHECK_FALSE(all.complete);
    CHECK(all.verdict() == unknown);
}

TEST_CASE("a server that fails every other time still shows its wildcard, and cannot hide the lack of one",
          "[dns][probe_wildcard]") {
    dns_lab lab;
    auto turn = std::make_shared<std::atomic<int>>(0);
    const auto flaky = [turn](dns_reply truth) {
        return [turn, truth](const dns_query&) {
            return (*turn)++ % 2 ? dns_reply(dns::rcode::server_failure) : truth;
        };
    };
    lab.server.on("*.wild.test", record_type::a, flaky(address("127.0.0.2")));
    lab.server.on("*.plain.test", flaky(dns_reply(dns::rcode::name_not_found)));
    const auto wild = probe(lab, "wild.test");
    CHECK(wild.verdict() == yes);
    CHECK(wild.levels.front().settled);
    CHECK(wild.levels.front().unclear > 0);
    CHECK(probe(lab, "plain.test").verdict() == unknown);
}

TEST_CASE("wildcards that answer only some shapes of names are found", "[dns][probe_wildcard]") {
    dns_lab lab;
    const auto only = [](const char* characters, bool hyphen) {
        return [=](const dns_query& query) {
            const auto label = label_of(query);
            const bool fits = label.find_first_not_of(characters) == label.npos &&
                              (label.find('-') != label.npos) == hyphen;
            return fits ? address("127.0.0.2") : dns_reply(dns::rcode::name_not_found);
        };
    };
    lab.server.on("*.words.test", record_type::a, only("abcdefghijklmnopqrstuvwxyz-", true));
    lab.server.on("*.letters.test", record_type::a, only("abcdefghijklmnopqrstuvwxyz", false));
    lab.server.on("*.digits.test", record_type::a, only("0123456789", false));
    lab.server.on("*.deep.test", record_type::a, [](const dns_query& query) {
        const bool deep = std::count(query.name().begin(), query.name().end(), '.') == 3;
        return deep ? address("127.0.0.2") : dns_reply(dns::rcode::name_not_found);
    });
    for (const auto* domain : {"words.test", "letters.test", "digits.test", "deep.test"}) {
        INFO(domain);
        CHECK(probe(lab, domain).verdict() == yes);
    }
    CHECK(probe(lab, "deep.test", lab.wildcard().depth(1)).verdict() == no);
}

TEST_CASE("a signature proves a wildcard, even through a resolver that rewrites", "[dns][probe_wildcard]") {
    dns_lab lab;
    dns::rrsig_record signature;
    signature.type_covered = record_type::a;
    signature.labels = 2;  // wild.test
    signature.signer = "test";
    lab.server.on("*.wild.test", record_type::a, [signature](const dns_query& query) {
        auto reply = address("127.0.0.2");
        const bool wanted = query.message.extension && query.message.extension->dnssec_ok;
        if (wanted) reply.answer(dns::record(query.name(), 60, signature));
        return reply;
    });
    lab.server.on_query([](const dns_query& query) {
        return query.type() == record_type::a ? address("203.0.113.9") : dns_reply();
    });
    const auto found = probe(lab, "not.there.wild.test");
    CHECK(found.rewriting == yes);
    CHECK(found.is_signed);
    for (const auto& level : found.levels) {
        CHECK(level.verdict == yes);
        CHECK(level.wildcard == "*.wild.test");
    }
    const auto without = probe(lab, "wild.test", lab.wildcard().signatures(false));
    CHECK(without.verdict() == unknown);
    CHECK_FALSE(without.is_signed);
}

TEST_CASE("a server that knows no EDNS is asked without", "[dns][probe_wildcard]") {
    dns_lab lab;
    lab.server.host("*.wild.test", {"127.0.0.2"}).on_query([](const dns_query& query) {
        return query.message.extension ? dns_reply(dns::rcode::format_error).no_extension() : dns_reply();
    });
    const auto found = probe(lab, "wild.test");
    CHECK(found.verdict() == yes);
    CHECK(found.levels.front().unclear == 0);
    CHECK(found.rewriting == no);
}
