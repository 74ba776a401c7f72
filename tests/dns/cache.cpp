#include <dragline/dns/cache.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace dns = dragline::dns;
using dns::errc;
using dns::record_type;
using namespace std::chrono_literals;

namespace {

const dns::cache::time_point start{1000h};

std::shared_ptr<const dns::answer> positive(const std::string& name, std::uint32_t ttl) {
    auto made = dns::make_answer(dns::question(name), {});
    made.records.emplace_back(name, ttl, dns::a_record{{192, 0, 2, 1}});
    made.ttl = ttl;
    return std::make_shared<const dns::answer>(std::move(made));
}

std::shared_ptr<const dns::answer> negative(const std::string& name, errc why, std::uint32_t ttl,
                                            record_type type = record_type::a) {
    auto made = dns::make_answer(dns::question(name, type), why);
    made.ttl = ttl;
    return std::make_shared<const dns::answer>(std::move(made));
}

bool knows(dns::cache& cache, const std::string& name, dns::cache::time_point now,
           record_type type = record_type::a) {
    return cache.find(dns::question(name, type), now).has_value();
}

}  // namespace

TEST_CASE("an answer holds exactly as long as its TTL", "[dns][cache]") {
    dns::cache cache;
    cache.store(positive("a.example", 60), start);
    CHECK(knows(cache, "a.example", start));
    CHECK(knows(cache, "A.Example.", start + 59s));
    CHECK(knows(cache, "a.example", start + 60s - 1ns));
    CHECK_FALSE(knows(cache, "a.example", start + 60s));
    CHECK(cache.size() == 0);
    CHECK_FALSE(knows(cache, "a.example", start));
}

TEST_CASE("the age of a hit takes its time off the TTLs", "[dns][cache]") {
    dns::cache cache;
    cache.store(positive("a.example", 60), start);
    const auto hit = cache.find(dns::question("a.example"), start + 40s + 999ms);
    REQUIRE(hit);
    CHECK(hit->age == 40);
    CHECK(hit->stored->aged(hit->age).ttl == 20);
    CHECK(hit->stored->aged(hit->age).records[0].ttl == 20);
}

TEST_CASE("answers are kept apart by type and class", "[dns][cache]") {
    dns::cache cache;
    cache.store(positive("a.example", 60), start);
    CHECK_FALSE(knows(cache, "a.example", start, record_type::aaaa));
    CHECK_FALSE(cache.find(dns::question("a.example", record_type::a, dns::record_class::chaos), start));
}

TEST_CASE("NXDOMAIN goes for every type, NODATA for its own", "[dns][cache]") {
    dns::cache cache;
    cache.store(negative("gone.example", errc::name_not_found, 60), start);
    cache.store(negative("half.example", errc::no_data, 60, record_type::aaaa), start);
    CHECK(knows(cache, "gone.example", start, record_type::a));
    CHECK(knows(cache, "gone.example", start, record_type::mx));
    CHECK(knows(cache, "half.example", start, record_type::aaaa));
    CHECK_FALSE(knows(cache, "half.example", start, record_type::a));
}

TEST_CASE("NXDOMAIN of the target of an alias goes for that question only", "[dns][cache]") {
    dns::cache cache;
    auto dangling = *negative("www.example", errc::name_not_found, 60);
    dangling.aliases = {"gone.example"};
    cache.store(std::make_shared<const dns::answer>(dangling), start);
    CHECK(knows(cache, "www.example", start, record_type::a));
    CHECK_FALSE(knows(cache, "www.example", start, record_type::cname));
}

TEST_CASE("the TTL is capped: an hour, a quarter of one for what does not exist", "[dns][cache]") {
    dns::cache cache;
    cache.store(positive("a.example", 1'000'000), start);
    cache.store(negative("gone.example", errc::name_not_found, 1'000'000), start);
    CHECK(knows(cache, "a.example", start + 1h - 1ns));
    CHECK_FALSE(knows(cache, "a.example", start + 1h));
    CHECK(knows(cache, "gone.example", start + 15min - 1ns));
    CHECK_FALSE(knows(cache, "gone.example", start + 15min));
}

TEST_CASE("SERVFAIL is kept for 5 s, other failures and timeouts never", "[dns][cache]") {
    dns::cache cache;
    cache.store(negative("bad.example", errc::server_failure, 0), start);
    CHECK(knows(cache, "bad.example", start + 5s - 1ns));
    CHECK_FALSE(knows(cache, "bad.example", start + 5s));
    CHECK_FALSE(knows(cache, "bad.example", start, record_type::aaaa));

    for (const std::error_code ec :
         {make_error_code(errc::refused), make_error_code(errc::format_error),
          make_error_code(errc::servers_unreachable), make_error_code(errc::cname_loop),
          dragline::make_timeout(dragline::phase::resolve)}) {
        auto failed = dns::make_answer(dns::question("other.example"), ec);
        failed.ttl = 60;
        cache.store(std::make_shared<const dns::answer>(std::move(failed)), start);
        CHECK_FALSE(knows(cache, "other.example", start));
    }
}

TEST_CASE("what has no TTL is not kept", "[dns][cache]") {
    dns::cache cache;
    cache.store(positive("a.example", 0), start);
    cache.store(negative("gone.example", errc::name_not_found, 0), start);
    CHECK(cache.size() == 0);
}

TEST_CASE("a new answer replaces the old one", "[dns][cache]") {
    dns::cache cache;
    cache.store(positive("a.example", 60), start);
    cache.store(positive("a.example", 600), start + 30s);
    CHECK(cache.size() == 1);
    CHECK(knows(cache, "a.example", start + 100s));
    cache.store(negative("a.example", errc::name_not_found, 60), start);
    CHECK(cache.size() == 1);
    cache.store(positive("a.example", 60), start);  // exists again, for every type
    CHECK_FALSE(knows(cache, "a.example", start, record_type::mx));
}

TEST_CASE("a full cache forgets what was not asked for longest", "[dns][cache]") {
    dns::cache cache(dns::cache_options().max_entries(3));
    for (const auto* name : {"a", "b", "c"}) cache.store(positive(name, 60), start);
    CHECK(cache.size() == 3);
    CHECK(knows(cache, "a", start));
    cache.store(positive("d", 60), start);
    CHECK(cache.size() == 3);
    CHECK_FALSE(knows(cache, "b", start));
    CHECK(knows(cache, "a", start));
    CHECK(knows(cache, "c", start));
    CHECK(knows(cache, "d", start));
    CHECK(cache.statistics().evicted == 1);
}

TEST_CASE("a cache without entries keeps nothing", "[dns][cache]") {
    dns::cache cache(dns::cache_options().max_entries(0));
    cache.store(positive("a", 60), start);
    CHECK(cache.size() == 0);
}

TEST_CASE("the cache counts what it does", "[dns][cache]") {
    dns::cache cache;
    CHECK_FALSE(knows(cache, "a", start));
    cache.store(positive("a", 60), start);
    CHECK(knows(cache, "a", start));
    CHECK_FALSE(knows(cache, "a", start + 61s));
    const auto& counts = cache.statistics();
    CHECK(counts.hits == 1);
    CHECK(counts.misses == 2);
    CHECK(counts.stored == 1);
    CHECK(counts.expired == 1);
    CHECK(counts.evicted == 0);
    cache.store(positive("a", 60), start);
    cache.clear();
    CHECK(cache.size() == 0);
}

TEST_CASE("answers to queries of different forms are kept apart", "[dns][cache]") {
    dns::cache cache;
    dns::query_form signed_form;
    signed_form.dnssec_ok = true;
    dns::query_form over_tcp;
    over_tcp.tcp = true;
    cache.store(positive("a.example", 60), start);
    CHECK(cache.find(dns::question("a.example"), start, over_tcp));
    CHECK_FALSE(cache.find(dns::question("a.example"), start, signed_form));
    cache.store(negative("a.example", errc::name_not_found, 60), start, signed_form);
    CHECK(cache.find(dns::question("a.example"), start)->stored->error == std::error_code());
}

TEST_CASE("a cache keeps no more bytes than it may", "[dns][cache]") {
    dns::cache cache(dns::cache_options().max_bytes(2000));
    for (int i = 0; i < 100; ++i) cache.store(positive("name" + std::to_string(i) + ".example", 60), start);
    CHECK(cache.size() > 1);
    CHECK(cache.size() < 20);
    CHECK(cache.statistics().bytes <= 2000);
    CHECK(cache.statistics().entries == cache.size());
    CHECK(cache.statistics().evicted == 100 - cache.size());
    CHECK(knows(cache, "name99.example", start));
    cache.clear();
    CHECK(cache.statistics().bytes == 0);

    auto large = *positive("large.example", 60);
    large.records.resize(1000, large.records[0]);
    cache.store(std::make_shared<const dns::answer>(large), start);
    CHECK(cache.size() == 0);
}

TEST_CASE("an answer that ends soon is to be asked for again, once", "[dns][cache]") {
    dns::cache cache;
    cache.store(positive("a.example", 100), start);
    cache.store(positive("brief.example", 9), start);
    const auto refresh = [&cache](const char* name, auto when) {
        const auto hit = cache.find(dns::question(name), start + when);
        return hit && hit->refresh;
    };
    CHECK_FALSE(refresh("a.example", 89s));
    CHECK(refresh("a.example", 90s));
    CHECK_FALSE(refresh("a.example", 91s));
    CHECK_FALSE(refresh("brief.example", 8s));
    CHECK(cache.statistics().refreshed == 1);

    dns::cache never(dns::cache_options().refresh_ahead(0));
    never.store(positive("a.example", 100), start);
    CHECK_FALSE(never.find(dns::question("a.example"), start + 99s)->refresh);
}

TEST_CASE("an answer that has ended serves when that is allowed, not longer", "[dns][cache]") {
    dns::cache cache(dns::cache_options().max_stale(100s));
    cache.store(positive("a.example", 60), start);
    const dns::question asked("a.example");
    CHECK_FALSE(cache.find(asked, start + 60s));  // as long as the servers may be asked
    REQUIRE(cache.find_stale(asked, start + 60s));
    CHECK(cache.find_stale(asked, start + 159s)->stale);
    CHECK_FALSE(cache.find_stale(asked, start + 160s));
    CHECK_FALSE(dns::cache().find_stale(asked, start));

    cache.store(negative("gone.example", errc::name_not_found, 60), start);
    CHECK_FALSE(cache.find_stale(dns::question("gone.example"), start + 60s));  // only what was there
}

TEST_CASE("after a failure a stale answer serves for a while without asking", "[dns][cache]") {
    dns::cache cache(dns::cache_options().max_stale(1000s));
    cache.store(positive("a.example", 60), start);
    const dns::question asked("a.example");
    cache.store(negative("a.example", errc::server_failure, 0), start + 70s);
    const auto hit = cache.find(asked, start + 71s);
    REQUIRE(hit);
    CHECK(hit->stale);
    CHECK_FALSE(cache.find(asked, start + 70s + 30s));
    CHECK(cache.find_stale(asked, start + 100s));
    CHECK(cache.statistics().stale == 2);
}

TEST_CASE("a failure does not make untrue what is known", "[dns][cache]") {
    dns::cache cache;
    cache.store(positive("a.example", 60), start);
    cache.store(negative("a.example", errc::server_failure, 0), start + 10s);
    CHECK(cache.find(dns::question("a.example"), start + 59s)->stored->error == std::error_code());
    CHECK_FALSE(knows(cache, "a.example", start + 60s));
}

TEST_CASE("a cache counts what records of any type hold", "[dns][cache]") {
    const std::vector<std::uint8_t> key(10'000);
    const std::string text(10'000, 'x');
    dns::naptr_record rule;
    rule.regexp = text;
    dns::rrsig_record signature;
    signature.signature = key;
    const dns::https_record binding(1, ".", dns::service_parameters().ech(key));
    const dns::record_data all[] = {dns::raw_record(key),
                                    dns::txt_record({text}),
                                    dns::caa_record(0, "issue", text),
                                    dns::uri_record(0, 0, text),
                                    dns::dnskey_record(257, 13, key),
                                    signature,
                                    dns::ds_record(1, 2, 3, key),
                                    dns::tlsa_record(1, 2, 3, key),
                                    dns::sshfp_record(1, 2, key),
                                    rule,
                                    binding,
                                    dns::nsec_record(".", std::vector<record_type>(5000, record_type::a))};
    for (const auto& data : all) {
        auto made = dns::make_answer(dns::question("a.example"), {});
        made.ttl = 60;
        made.records.emplace_back().data = data;
        dns::cache cache;
        cache.store(std::make_shared<const dns::answer>(std::move(made)), start);
        CAPTURE(data.index());
        CHECK(cache.statistics().bytes > 10'000);
        CHECK(cache.statistics().bytes < 12'000);
    }
}

TEST_CASE("cache options have the documented defaults", "[dns][cache]") {
    STATIC_CHECK(!std::is_aggregate_v<dns::cache_options>);
    const dns::cache_options options;
    CHECK(options.max_entries() == 10'000);
    CHECK(options.max_bytes() == 64u * 1024 * 1024);
    CHECK(options.max_ttl() == 1h);
    CHECK(options.max_negative_ttl() == 15min);
    CHECK(options.failure_ttl() == 5s);
    CHECK(options.refresh_ahead() == 10);
    CHECK(options.max_stale() == 0s);
    CHECK(options.stale_after() == 1800ms);
    CHECK(options == dns::cache_options());
    CHECK(options != dns::cache_options().max_entries(1));
}

TEST_CASE("what is stored comes out as it was", "[dns][cache]") {
    const auto same = [](const dns::answer& value) {
        dns::cache cache;
        cache.store(std::make_shared<const dns::answer>(value), start);
        const auto hit = cache.find(value.asked, start);
        REQUIRE(hit);
        const auto& out = *hit->stored;
        CHECK(out.asked == value.asked);
        CHECK(out.error == value.error);
        CHECK(out.code == value.code);
        CHECK(out.authoritative == value.authoritative);
        CHECK(out.authentic == value.authentic);
        CHECK(out.aliases == value.aliases);
        CHECK(out.records == value.records);
        CHECK(out.ttl == value.ttl);
        CHECK(out.reply == value.reply);
    };
    auto v4 = *positive("a.example", 60);
    same(v4);
    v4.authoritative = true;
    v4.records.emplace_back("a.example", 60, dns::a_record{{192, 0, 2, 2}});
    same(v4);
    v4.authentic = true;
    v4.records.emplace_back("a.example", 70, dns::a_record{{192, 0, 2, 3}});  // another TTL
    same(v4);
    v4.records.back() = dns::record("A.example", 60, dns::a_record{{192, 0, 2, 3}});  // another case
    same(v4);

    auto v6 = dns::make_answer(dns::question("a.example", record_type::aaaa), {});
    v6.ttl = 60;
    v6.records.emplace_back("a.example", 60, dns::aaaa_record{{0x20, 1, 0xd, 0xb8, 0, 1}});
    same(v6);
    auto text = dns::make_answer(dns::question("a.example", record_type::txt), {});
    text.ttl = 60;
    text.records.emplace_back("a.example", 60, dns::txt_record({"one", "two"}));
    same(text);

    same(*negative("gone.example", errc::name_not_found, 60));
    same(*negative("gone.example", errc::no_data, 60, record_type::mx));
    auto alias = *negative("gone.example", errc::name_not_found, 60);
    alias.aliases = {"elsewhere.example"};
    same(alias);
    same(*negative("Upper.Example", errc::name_not_found, 60));
    same(*positive("Upper.Example.", 60));
    std::string longest = "a";
    for (int i = 0; i < 250; ++i) longest += "\\200";
    same(*positive(longest, 60));
}
