#include <dragline/http/cookies/cookie_policy.hpp>

#include <catch2/catch_test_macros.hpp>

#include <memory>
#include <type_traits>

using dragline::http::cookie_jar;
using dragline::http::cookie_jar_options;
using dragline::http::cookie_policy;

TEST_CASE("a policy keeps no cookies unless it is asked to", "[http][cookie_policy]") {
    CHECK(cookie_policy().make_jar() == nullptr);
    CHECK(cookie_policy::none().make_jar() == nullptr);
    CHECK(cookie_policy::shared_jar(nullptr).make_jar() == nullptr);
    CHECK(cookie_policy() == cookie_policy::none());
    STATIC_CHECK(!std::is_aggregate_v<cookie_policy>);
}

TEST_CASE("an own jar is another one each time, also in copies of the policy", "[http][cookie_policy]") {
    const auto policy = cookie_policy::own_jar(cookie_jar_options().cookies(7));
    const auto copy = policy;
    const auto jar = policy.make_jar();
    REQUIRE(jar);
    CHECK(jar->options().cookies() == 7);
    CHECK(jar != policy.make_jar());
    CHECK(jar != copy.make_jar());
    CHECK(policy == copy);
    CHECK(policy != cookie_policy::own_jar());
    CHECK(policy != cookie_policy());
}

TEST_CASE("a jar is shared by giving it to several", "[http][cookie_policy]") {
    const auto jar = std::make_shared<cookie_jar>();
    const auto policy = cookie_policy::shared_jar(jar);
    CHECK(policy.make_jar() == jar);
    CHECK(policy.make_jar() == policy.make_jar());
    CHECK(policy == cookie_policy::shared_jar(jar));
    CHECK(policy != cookie_policy::shared_jar(std::make_shared<cookie_jar>()));
}
