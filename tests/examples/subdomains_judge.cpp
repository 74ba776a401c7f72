#include "../../examples/subdomains/judge.hpp"
#include "../../examples/subdomains/ledger.hpp"

#include <dragline/core/error.hpp>
#include <dragline/testing/dns_message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

using namespace subdomains;
namespace dns = dragline::dns;
using dns::record_type;

namespace {

using texts = std::vector<std::string>;

dns::answer answer_of(const std::string& name, record_type type, const texts& values) {
    auto made = dns::make_answer(dns::question(name, type), {});
    for (const auto& each : values) made.records.push_back(dragline::testing::make_record(name, type, each));
    made.ttl = 60;
    return made;
}

finding found(const std::string& name, const texts& values, record_type type = record_type::a) {
    finding made;
    made.answer = answer_of(name, type, values);
    made.server = "192.0.2.1:53";
    made.tries = 2;
    return made;
}

finding failed(const std::string& name, std::error_code error) {
    finding made;
    made.answer = dns::make_answer(dns::question(name), error);
    return made;
}

// A level that was probed; without addresses it has no wildcard.
dns::wildcard_evidence evidence_of(const std::string& domain, const texts& addresses) {
    dns::wildcard_evidence made;
    auto& level = made.levels.emplace_back();
    level.domain = domain;
    level.settled = true;
    level.verdict = addresses.empty() ? wildcard_verdict::no : wildcard_verdict::yes;
    for (const auto& each : addresses) level.pool.addresses.insert(asio::ip::make_address(each));
    return made;
}

// The names that a ledger hands out.
struct collected {
    texts names;
    auto emitter() {
        return [this](std::vector<finding> all) {
            for (const auto& each : all) names.push_back(each.name());
        };
    }
};

}  // namespace

TEST_CASE("what a wildcard makes is told from what is real", "[examples][subdomains]") {
    judge by(1000);
    CHECK(by.synthesis({found("www.a.test", {"127.0.0.1"})}) == wildcard_verdict::unknown);
    by.add("a.test", evidence_of("a.test", {"127.0.0.9"}));
    CHECK(by.synthesis({found("www.a.test", {"127.0.0.1"})}) == wildcard_verdict::no);
    CHECK(by.synthesis({found("www.a.test", {"127.0.0.9"})}) == wildcard_verdict::yes);
    CHECK(by.synthesis({found("www.b.test", {"127.0.0.9"})}) == wildcard_verdict::unknown);
}

TEST_CASE("the nearest level that is known decides", "[examples][subdomains]") {
    judge by(1000);
    by.add("a.test", evidence_of("a.test", {"127.0.0.9"}));
    CHECK(by.synthesis({found("x.dev.a.test", {"127.0.0.9"})}) == wildcard_verdict::yes);
    by.add("dev.a.test", evidence_of("dev.a.test", {}));
    CHECK(by.knows("dev.a.test"));
    CHECK(by.synthesis({found("x.dev.a.test", {"127.0.0.9"})}) == wildcard_verdict::no);
    CHECK(by.synthesis({found("x.y.dev.a.test", {"127.0.0.9"})}) == wildcard_verdict::no);
}

TEST_CASE("one type that is real makes the name real", "[examples][subdomains]") {
    judge by(1000);
    by.add("a.test", evidence_of("a.test", {"127.0.0.9", "::9"}));
    const auto made = found("www.a.test", {"::9"}, record_type::aaaa);
    CHECK(by.synthesis({made}) == wildcard_verdict::yes);
    CHECK(by.synthesis({made, found("www.a.test", {"127.0.0.1"})}) == wildcard_verdict::no);
    CHECK(by.synthesis({failed("www.a.test", dragline::make_timeout(dragline::phase::resolve)), made}) ==
          wildcard_verdict::yes);
}

TEST_CASE("a canary that exists has earlier names judged again", "[examples][subdomains]") {
    judge by(1000);
    by.add("a.test", evidence_of("a.test", {}));
    by.add("b.test", evidence_of("b.test", {}));
    for (const auto* name : {"x.a.test", "y.a.test", "x.b.test"}) {
        const auto address = name[0] == 'x' ? "127.0.0.9" : "127.0.0.1";
        by.remember({found(name, {address})}, wildcard_verdict::no);
    }
    auto nothing = answer_of("canary.a.test", record_type::a, {});
    nothing.error = dns::errc::name_not_found;
    CHECK(by.learn(nothing).empty());

    const auto canary = answer_of("canary.a.test", record_type::a, {"127.0.0.9"});
    auto changed = by.learn(canary);
    REQUIRE(changed.size() == 2);
    CHECK(changed[0].name == "x.a.test");
    CHECK(changed[0].before == wildcard_verdict::no);
    CHECK(changed[0].now == wildcard_verdict::yes);
    CHECK(changed[1].name == "y.a.test");
    CHECK(changed[1].now == wildcard_verdict::unknown);  // there may be more in the wildcard
    CHECK(by.synthesis({found("z.a.test", {"127.0.0.9"})}) == wildcard_verdict::yes);

    // Canaries that bring nothing new settle it.
    CHECK(by.learn(canary).empty());
    CHECK(by.learn(canary).empty());
    changed = by.learn(canary);
    REQUIRE(changed.size() == 1);
    CHECK(changed[0].name == "y.a.test");
    CHECK(changed[0].now == wildcard_verdict::no);
}

TEST_CASE("only so many names are kept for another look", "[examples][subdomains]") {
    for (const std::size_t memory : {0, 1, 2}) {
        judge by(1000, memory);
        by.add("a.test", evidence_of("a.test", {}));
        for (const auto* name : {"x.a.test", "y.a.test", "z.a.test"}) {
            by.remember({found(name, {"127.0.0.9"})}, wildcard_verdict::no);
        }
        CHECK(by.learn(answer_of("canary.a.test", record_type::a, {"127.0.0.9"})).size() == memory);
    }
}

TEST_CASE("a canary is due beside so many names of its level", "[examples][subdomains]") {
    judge by(3);
    by.add("a.test", evidence_of("a.test", {}));
    for (int round = 0; round < 3; ++round) {
        CHECK_FALSE(by.canary_beside("x.a.test"));
        CHECK_FALSE(by.canary_beside("y.a.test"));
        CHECK_FALSE(by.canary_beside("x.unknown.a.test"));
        const auto canary = by.canary_beside("z.a.test");
        REQUIRE(canary);
        CHECK(parent_of(*canary) == "a.test");
    }
}

TEST_CASE("what is found comes out in the order of the names", "[examples][subdomains]") {
    ledger names(1);
    collected out;
    for (int count = 0; count < 4; ++count) names.open(count != 1);
    names.close(3, found("d.test", {}), out.emitter());
    names.close(1, std::nullopt, out.emitter());
    CHECK(names.done() == 0);
    CHECK_FALSE(names.counts(1));
    CHECK(out.names.empty());
    names.close(0, found("a.test", {}), out.emitter());
    CHECK(names.done() == 1);  // the canary is no name
    CHECK(out.names == texts{"a.test"});
    names.close(2, std::nullopt, out.emitter());
    CHECK(names.done() == 3);
    CHECK(out.names == texts{"a.test", "d.test"});
    CHECK(names.held() == 0);
}

TEST_CASE("a name is done when all its types are", "[examples][subdomains]") {
    ledger names(2, 100);
    collected out;
    names.open();
    CHECK(names.unanswered() == 2);
    names.close(0, found("a.test", {}), out.emitter());
    CHECK(names.unanswered() == 1);
    CHECK(names.is_last_question(0));
    CHECK(names.done() == 100);
    names.close(0, found("a.test", {}, record_type::aaaa), out.emitter());
    CHECK(names.done() == 101);
    CHECK(out.names == texts{"a.test", "a.test"});
}

TEST_CASE("a run that ends for good gets what waits", "[examples][subdomains]") {
    ledger names(1);
    collected out;
    for (int count = 0; count < 3; ++count) names.open();
    names.close(1, found("b.test", {}), out.emitter());
    names.close(2, found("c.test", {}), out.emitter());
    names.drain(out.emitter());
    names.drain(out.emitter());
    CHECK(out.names == texts{"b.test", "c.test"});
    CHECK(names.done() == 0);
}

TEST_CASE("a line has all that is known", "[examples][subdomains]") {
    auto www = found("www.a.test", {"127.0.0.1", "127.0.0.2"});
    www.answer.aliases = {"web.test"};
    CHECK(found_line(www, wildcard_verdict::no) ==
          R"({"kind":"found","name":"www.a.test","type":"A","addresses":["127.0.0.1","127.0.0.2"],)"
          R"("cname":["web.test"],"data":[],"ttl":60,"server":"192.0.2.1:53","tries":2,"confirmed":false,)"
          R"("wildcard":"real"})");
    const auto mail = found_line(found("a.test", {"10 mx.test"}, record_type::mx), wildcard_verdict::unknown);
    CHECK(mail.find(R"("addresses":[],"cname":[],"data":["10 mx.test)") != mail.npos);
    CHECK(mail.find(R"("wildcard":"unknown")") != mail.npos);
    const auto lost = unresolved_line(failed("b.test", dragline::make_timeout(dragline::phase::resolve)));
    CHECK(lost.starts_with(R"({"kind":"unresolved","name":"b.test","type":"A","error":"timeout","text":")"));
    CHECK(rejudged_line("c.test", wildcard_verdict::yes) ==
          R"({"kind":"rejudged","name":"c.test","wildcard":"synthesised"})");
}

TEST_CASE("errors have short names", "[examples][subdomains]") {
    using dns::errc;
    CHECK(word_for(make_error_code(errc::server_failure)) == std::string("servfail"));
    CHECK(word_for(make_error_code(errc::refused)) == std::string("refused"));
    CHECK(word_for(make_error_code(errc::servers_unreachable)) == std::string("unreachable"));
    CHECK(word_for(make_error_code(errc::malformed_message)) == std::string("other"));
    CHECK(is_denial(errc::name_not_found));
    CHECK(is_denial(errc::no_data));
    CHECK_FALSE(is_denial(errc::refused));
}
