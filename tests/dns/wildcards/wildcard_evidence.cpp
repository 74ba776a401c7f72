#include <dragline/dns/wildcards/wildcard_evidence.hpp>

#include <dragline/dns/detail/signature_labels.hpp>
#include <dragline/dns/detail/wildcard_machine.hpp>
#include <dragline/dns/wildcards/wildcard_canary.hpp>
#include <dragline/testing/dns_message.hpp>

#include <asio/ip/address.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace dns = dragline::dns;
using asio::ip::make_address;
using dns::errc;
using dns::record_type;
using dns::wildcard_verdict;
using dragline::testing::make_record;

namespace {

constexpr auto yes = wildcard_verdict::yes, no = wildcard_verdict::no, unknown = wildcard_verdict::unknown;

dns::record signature(const std::string& owner, record_type covered, std::uint8_t labels) {
    dns::rrsig_record data;
    data.type_covered = covered;
    data.labels = labels;
    data.signer = "test";
    return dns::record(owner, 60, data);
}

// An answer of these records, as a look-up gives it.
dns::answer found(const std::string& name, std::vector<dns::record> records,
                  record_type type = record_type::a) {
    dns::wire::message message;
    message.answers = std::move(records);
    auto reply = std::make_shared<dns::server_reply>(message);
    auto made = dns::interpret(std::move(message), dns::question(name, type));
    made.reply = std::move(reply);
    return made;
}
dns::answer at(const std::string& name, const std::string& address) {
    return found(name, {make_record(name, record_type::a, address)});
}
dns::answer signed_at(const std::string& name, const std::string& address, std::uint8_t labels) {
    return found(name, {make_record(name, record_type::a, address), signature(name, record_type::a, labels)});
}
dns::answer alias(const std::string& name, const std::string& target, const std::string& address = {}) {
    std::vector<dns::record> records{make_record(name, record_type::cname, target)};
    if (!address.empty()) records.push_back(make_record(target, record_type::a, address));
    return found(name, std::move(records));
}
dns::answer failed(const std::string& name, errc error) {
    return dns::make_answer(dns::question(name), error);
}

dns::wildcard_level level(const std::string& domain, wildcard_verdict verdict,
                          std::initializer_list<const char*> addresses = {}) {
    dns::wildcard_level made;
    made.domain = domain;
    made.verdict = verdict;
    made.settled = verdict != unknown;
    for (const auto* each : addresses) made.pool.addresses.insert(make_address(each));
    (verdict == yes ? made.answered : verdict == no ? made.denied : made.unclear) = 1;
    return made;
}

// a.wild.test is denied below, wild.test has a wildcard with two addresses.
dns::wildcard_evidence evidence() {
    dns::wildcard_evidence made;
    made.levels.push_back(level("a.wild.test", no));
    made.levels.push_back(level("wild.test", yes, {"192.0.2.1", "192.0.2.2", "2001:db8::1"}));
    return made;
}

}  // namespace

TEST_CASE("a name is synthesised when all of its addresses are in the pool of its level",
          "[dns][wildcard_evidence]") {
    const auto known = evidence();
    CHECK(known.verdict() == no);
    CHECK(known.synthesis(at("www.wild.test", "192.0.2.1")) == yes);
    CHECK(known.synthesis(at("WWW.b.Wild.test", "192.0.2.2")) == yes);  // several labels deep
    CHECK(known.synthesis(at("www.wild.test", "192.0.2.3")) == no);
    const std::vector mixed{make_address("192.0.2.1"), make_address("192.0.2.3")};
    const std::vector inside{make_address("192.0.2.1"), make_address("2001:db8::1")};
    CHECK(known.synthesis("www.wild.test", mixed) == no);
    CHECK(known.synthesis("www.wild.test", inside) == yes);
    CHECK(known.is_synthesised("www.wild.test", inside));
    CHECK(known.synthesis("WWW.wild.test.", inside) == yes);
    CHECK_FALSE(known.is_synthesised(at("www.wild.test", "192.0.2.3")));
}

TEST_CASE("a wildcard does not reach below a level that denies, whatever the addresses",
          "[dns][wildcard_evidence]") {
    const auto known = evidence();
    CHECK(known.synthesis(at("www.a.wild.test", "192.0.2.1")) == no);
    CHECK(known.synthesis(at("a.wild.test", "192.0.2.1")) == yes);  // it stands under wild.test itself
}

TEST_CASE("what the evidence does not tell is unknown, and not taken for real", "[dns][wildcard_evidence]") {
    const auto known = evidence();
    CHECK(known.synthesis(at("www.elsewhere.test", "192.0.2.3")) == unknown);
    CHECK(known.synthesis(at("wild.test", "192.0.2.3")) == unknown);  // no level is above it
    CHECK(known.is_synthesised(at("www.elsewhere.test", "192.0.2.3")));
    CHECK(known.synthesis(failed("www.wild.test", errc::server_failure)) == unknown);
    CHECK(known.synthesis(failed("www.wild.test", errc::name_not_found)) == no);
    CHECK(known.synthesis("www.wild.test", {}) == unknown);
    CHECK(dns::wildcard_evidence().verdict() == unknown);
    CHECK(dns::wildcard_evidence().synthesis(at("a.test", "192.0.2.1")) == unknown);

    dns::wildcard_evidence open;
    open.levels.push_back(level("open.test", yes, {"192.0.2.1"}));
    open.levels.push_back(level("test", unknown));
    open.levels.front().settled = false;
    CHECK(open.synthesis(at("www.open.test", "192.0.2.1")) == yes);
    CHECK(open.synthesis(at("www.open.test", "192.0.2.9")) == unknown);  // perhaps another of the pool
    CHECK(open.synthesis(at("www.test", "192.0.2.9")) == unknown);
}

TEST_CASE("a name is synthesised when its alias is one of the pool", "[dns][wildcard_evidence]") {
    dns::wildcard_evidence known;
    known.levels.push_back(level("wild.test", yes));
    auto& pool = known.levels.front().pool;
    CHECK(pool.learn(alias("x.wild.test", "Shop.CDN.test", "192.0.2.1"), "wild.test", 100) == 2);
    CHECK(known.synthesis(alias("www.wild.test", "shop.cdn.test", "192.0.2.77")) == yes);
    CHECK(known.synthesis(alias("www.wild.test", "shop.cdn.test")) == yes);  // broken, for now
    CHECK(known.synthesis(alias("www.wild.test", "other.cdn.test", "192.0.2.77")) == no);
    CHECK(known.synthesis(alias("www.wild.test", "other.cdn.test")) == no);
    const auto asked =
        found("www.wild.test", {make_record("www.wild.test", record_type::cname, "shop.cdn.test")},
              record_type::cname);
    CHECK(known.synthesis(asked) == yes);
    const auto other =
        found("www.wild.test", {make_record("www.wild.test", record_type::cname, "other.cdn.test")},
              record_type::cname);
    CHECK(known.synthesis(other) == no);
}

TEST_CASE("aliases that repeat the name, as DNAME makes them, are one and tell nothing of where they lead",
          "[dns][wildcard_evidence]") {
    dns::wildcard_evidence known;
    known.levels.push_back(level("old.test", yes));
    auto& pool = known.levels.front().pool;
    CHECK(pool.learn(alias("x.old.test", "x.new.test"), "old.test", 100) == 1);
    CHECK(pool.learn(alias("y.z.old.test", "y.z.new.test"), "old.test", 100) == 0);
    CHECK(pool.targets == std::set<std::string>{"*.new.test"});
    CHECK(known.synthesis(alias("www.old.test", "www.new.test")) == yes);
    CHECK(known.synthesis(alias("www.old.test", "www.new.test", "192.0.2.1")) == no);  // that exists there
    CHECK(known.synthesis(alias("www.old.test", "real.new.test")) == no);
}

TEST_CASE("records of other types are compared too", "[dns][wildcard_evidence]") {
    dns::wildcard_pool pool;
    const auto text = [](const std::string& name, const std::string& value) {
        return found(name, {make_record(name, record_type::txt, value)}, record_type::txt);
    };
    CHECK(pool.learn(text("x.wild.test", "hello"), "wild.test", 100) == 1);
    CHECK(pool.learn(text("y.wild.test", "hello"), "wild.test", 100) == 0);
    CHECK(pool.covers(text("www.wild.test", "hello"), "wild.test"));
    CHECK_FALSE(pool.covers(text("www.wild.test", "mine"), "wild.test"));
}

TEST_CASE("a pool keeps what it may keep and not one more", "[dns][wildcard_evidence]") {
    for (const std::size_t most : {2u, 3u}) {
        dns::wildcard_pool pool;
        const auto many = found("x.test", {make_record("x.test", record_type::a, "192.0.2.1"),
                                           make_record("x.test", record_type::a, "192.0.2.2"),
                                           make_record("x.test", record_type::a, "192.0.2.3")});
        CHECK(pool.learn(many, "test", most) == most);
        CHECK(pool.size() == most);
    }
}

TEST_CASE("labels are counted as signatures count them", "[dns][wildcard_evidence][signature_labels]") {
    using dns::detail::count_labels;
    using dns::detail::last_labels;
    using dns::detail::parent_of;
    CHECK(count_labels(".") == 0);  // RFC 4034, 3.1.3
    CHECK(count_labels("example.com.") == 2);
    CHECK(count_labels("www.example.com.") == 3);
    CHECK(count_labels("*.example.com.") == 2);
    CHECK(count_labels("*") == 0);
    CHECK(count_labels("a\\.b.example.com") == 3);
    CHECK(count_labels("a\\\\.example") == 2);
    CHECK(last_labels("a.b.example.com", 2) == "example.com");
    CHECK(last_labels("a.b.example.com.", 3) == "b.example.com");
    CHECK(last_labels("a\\.b.com", 1) == "com");
    CHECK(last_labels("com", 0) == ".");
    CHECK(last_labels("com", 5) == "com");
    CHECK(parent_of("a.b") == "b");
    CHECK(parent_of("b") == ".");
    CHECK(parent_of(".").empty());
}

TEST_CASE("fewer labels in a signature than in the name prove synthesis, and name the wildcard",
          "[dns][wildcard_evidence][signature_labels]") {
    using dns::detail::signature_kind;
    using dns::detail::signature_of;
    const auto made = signature_of(signed_at("X.b.wild.test", "192.0.2.1", 2));
    CHECK(made.kind == signature_kind::wildcard);
    CHECK(made.wildcard == "*.wild.test");
    CHECK(signature_of(signed_at("x.test", "192.0.2.1", 0)).wildcard == "*");
    CHECK(signature_of(signed_at("x.test", "192.0.2.1", 2)).kind == signature_kind::exact);
    CHECK(signature_of(signed_at("x.test", "192.0.2.1", 3)).kind == signature_kind::none);  // impossible
    CHECK(signature_of(signed_at("*.test", "192.0.2.1", 1)).kind == signature_kind::exact);
    CHECK(signature_of(at("x.test", "192.0.2.1")).kind == signature_kind::none);
    // A signature of another type, or of what the alias leads to, says nothing of this name.
    const auto of_other = found("x.test", {make_record("x.test", record_type::a, "192.0.2.1"),
                                           signature("x.test", record_type::txt, 1)});
    CHECK(signature_of(of_other).kind == signature_kind::none);
    const auto of_target = found("x.test", {make_record("x.test", record_type::cname, "y.wild.test"),
                                            make_record("y.wild.test", record_type::a, "192.0.2.1"),
                                            signature("y.wild.test", record_type::a, 2)});
    CHECK(signature_of(of_target).kind == signature_kind::none);
    const auto of_alias = found("x.test", {make_record("x.test", record_type::cname, "y.wild.test"),
                                           signature("x.test", record_type::cname, 1)});
    CHECK(signature_of(of_alias).wildcard == "*.test");
}

TEST_CASE("signatures tell a real name from a made one at the same address", "[dns][wildcard_evidence]") {
    auto known = evidence();
    known.levels[1].wildcard = "*.wild.test";
    CHECK(known.synthesis(signed_at("www.wild.test", "192.0.2.1", 3)) == no);
    CHECK(known.synthesis(signed_at("www.wild.test", "192.0.2.1", 2)) == yes);
    CHECK(known.synthesis(signed_at("www.wild.test", "192.0.2.9", 2)) == yes);  // not in the pool, and yet
    // Where what is made up is signed as if it were there, a signature is no help.
    known.levels[1].wildcard.clear();
    CHECK(known.synthesis(signed_at("www.wild.test", "192.0.2.1", 3)) == yes);
}

TEST_CASE("a response is judged as an answer is", "[dns][wildcard_evidence]") {
    const auto known = evidence();
    dns::response response;
    response.asked = dns::question("www.wild.test");
    response.answers.push_back(make_record("www.wild.test", record_type::a, "192.0.2.1"));
    CHECK(known.synthesis(response) == yes);
    response.answers.push_back(make_record("www.wild.test", record_type::a, "192.0.2.8"));
    CHECK(known.synthesis(response) == no);
    response.answers.push_back(signature("www.wild.test", record_type::a, 2));
    CHECK(known.synthesis(response) == yes);
    response.answers.clear();
    response.error = errc::name_not_found;
    CHECK(known.synthesis(response) == no);
}

TEST_CASE("canaries come now and then, and make the evidence grow", "[dns][wildcard_evidence][canary]") {
    auto known = evidence();
    CHECK_FALSE(known.learn(failed("x.wild.test", errc::name_not_found)));
    CHECK_FALSE(known.learn(failed("x.wild.test", errc::server_failure)));
    CHECK_FALSE(known.learn(at("x.elsewhere.test", "192.0.2.1")));
    CHECK_FALSE(known.learn(at("x.wild.test", "192.0.2.1")));
    CHECK(known.learn(at("y.wild.test", "192.0.2.50")));
    CHECK(known.synthesis(at("www.wild.test", "192.0.2.50")) == yes);
    CHECK(known.synthesis(at("www.wild.test", "192.0.2.60")) == unknown);  // how large is it?
    for (const auto* name : {"z1.wild.test", "z2.wild.test", "z3.wild.test"})
        CHECK_FALSE(known.learn(at(name, "192.0.2.50")));
    CHECK(known.synthesis(at("www.wild.test", "192.0.2.60")) == no);

    CHECK(known.learn(at("x.a.wild.test", "192.0.2.70")));  // somebody made a wildcard during the run
    CHECK(known.verdict() == yes);
    CHECK(known.synthesis(at("www.a.wild.test", "192.0.2.70")) == yes);
}

TEST_CASE("a verdict has a text, and what stands in a co_await expression is no aggregate",
          "[dns][wildcard_evidence]") {
    CHECK(to_string(yes) == "yes");
    CHECK(to_string(no) == "no");
    CHECK(to_string(unknown) == "unknown");
    STATIC_CHECK(!std::is_aggregate_v<dns::wildcard_evidence>);
    STATIC_CHECK(!std::is_aggregate_v<dns::wildcard_level>);
    STATIC_CHECK(!std::is_aggregate_v<dns::wildcard_probe>);
    STATIC_CHECK(!std::is_aggregate_v<dns::wildcard_pool>);
}
