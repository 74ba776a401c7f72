#include <dragline/http/detail/challenge_cache.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>

using dragline::http::digest_challenge;
using dragline::http::detail::challenge_cache;

namespace {

digest_challenge asked(const std::string& nonce, const std::string& realm = "here") {
    digest_challenge made;
    made.realm = realm;
    made.nonce = nonce;
    made.offers_auth = true;
    return made;
}

}  // namespace

TEST_CASE("a cache of challenges knows the last one of each origin", "[http][challenge_cache]") {
    challenge_cache cache(10);
    CHECK(!cache.find("http://a").basic);
    CHECK(!cache.find("http://a").digest);
    CHECK(cache.size() == 0);
    CHECK(cache.put_basic("http://a").basic);
    CHECK(cache.find("http://a").basic);
    CHECK(!cache.find("https://a").basic);
    const auto put = cache.put_digest("http://a", asked("n"), "c");
    CHECK(cache.find("http://a").digest == put.digest);
    CHECK(!cache.find("http://a").basic);
    CHECK(cache.size() == 1);
}

TEST_CASE("a nonce that comes again goes on with its count", "[http][challenge_cache]") {
    challenge_cache cache(10);
    const auto first = cache.put_digest("http://a", asked("n"), "c");
    CHECK(cache.put_digest("http://a", asked("n"), "d").digest == first.digest);
    CHECK(cache.put_digest("http://b", asked("n"), "d").digest != first.digest);
    CHECK(cache.put_digest("http://a", asked("n", "there"), "d").digest != first.digest);
    CHECK(cache.put_digest("http://a", asked("m"), "d").digest != first.digest);
}

TEST_CASE("a cache of challenges keeps as many origins as it may, the last used", "[http][challenge_cache]") {
    challenge_cache cache(2);
    cache.put_basic("http://a");
    cache.put_basic("http://b");
    CHECK(cache.size() == 2);
    CHECK(cache.find("http://a").basic);
    cache.put_basic("http://c");
    CHECK(cache.size() == 2);
    CHECK(cache.find("http://a").basic);
    CHECK(!cache.find("http://b").basic);
    CHECK(cache.find("http://c").basic);

    challenge_cache none(0);
    CHECK(none.put_digest("http://a", asked("n"), "c").digest);
    CHECK(!none.find("http://a").digest);
    CHECK(none.size() == 0);
}
