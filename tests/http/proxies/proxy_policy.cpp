#include <dragline/http/proxies/proxy_policy.hpp>

#include <dragline/url/parse.hpp>

#include <catch2/catch_test_macros.hpp>

#include <stdexcept>
#include <string>
#include <type_traits>

using dragline::http::no_proxy;
using dragline::http::proxy_choices;
using dragline::http::proxy_environment;
using dragline::http::proxy_policy;
using dragline::net::proxy;
using dragline::net::proxy_chain;

namespace {

// The first proxy of the first choice; "direct" without.
std::string way_to(const char* where, const proxy_policy& policy) {
    const auto choices = policy.choices_for(dragline::url::parse(where).value());
    if (!choices) return "direct";
    return choices->empty()         ? "nowhere"
           : choices->at(0).empty() ? "direct"
                                    : choices->at(0).at(0).to_string();
}

}  // namespace

TEST_CASE("a proxy_policy is none, one way, a list, or what a function says", "[http][proxy_policy]") {
    CHECK(proxy_policy().is_none());
    CHECK(proxy_policy::none().is_none());
    CHECK(proxy_policy::through(proxy_chain()).is_none());
    CHECK(proxy_policy::first_of({{}, {}}).is_none());
    CHECK(way_to("http://a", proxy_policy::none()) == "direct");
    const proxy_policy one = proxy("http://p:1");
    CHECK(way_to("http://a", one) == "http://p:1");
    CHECK(way_to("https://a", proxy_policy::through("socks5://q")) == "socks5://q:1080");
    const auto chain = proxy_policy::through(proxy_chain{proxy("http://p:1"), proxy("http://q:2")});
    CHECK(chain.choices_for(dragline::url::parse("http://a").value())->at(0).size() == 2);
    CHECK(way_to("http://a", proxy_policy::first_of({})) == "nowhere");
    CHECK(way_to("http://a", proxy_policy::function({})) == "nowhere");
    const auto chosen = proxy_policy::function([](const dragline::url::url& where) {
        if (where.hostname() == "bad") throw std::runtime_error("bad");
        return where.hostname() == "a" ? proxy_choices{{}} : proxy_choices{{proxy("http://p:1")}};
    });
    CHECK(way_to("http://a", chosen) == "direct");
    CHECK(way_to("http://b", chosen) == "http://p:1");
    CHECK_THROWS_AS(way_to("http://bad", chosen), std::runtime_error);
    STATIC_CHECK(!std::is_aggregate_v<proxy_policy>);
}

TEST_CASE("a proxy_policy of the environment tells http and https apart, and leaves out no_proxy",
          "[http][proxy_policy]") {
    const auto all = proxy_environment().all_proxy("http://all:1");
    CHECK(way_to("http://a", proxy_policy::from_environment(all)) == "http://all:1");
    CHECK(way_to("https://a", proxy_policy::from_environment(all)) == "http://all:1");
    auto both = proxy_environment(all).http_proxy("http://plain:2").no_proxy(no_proxy("b.test"));
    const auto policy = proxy_policy::from_environment(both);
    CHECK(way_to("http://a", policy) == "http://plain:2");
    CHECK(way_to("https://a", policy) == "http://all:1");
    CHECK(way_to("https://b.test", policy) == "direct");
    const auto only_plain = proxy_policy::from_environment(proxy_environment().http_proxy("http://plain:2"));
    CHECK(way_to("https://a", only_plain) == "direct");
    CHECK(proxy_policy::from_environment(proxy_environment()).is_none());
    CHECK(way_to("http://a", proxy_policy::from_environment(proxy_environment().http_proxy("ftp://x"))) !=
          "direct");
    CHECK(way_to("http://a", proxy_policy(policy).except(no_proxy("a"))) == "direct");
    CHECK(way_to("http://a", policy) == "http://plain:2");
    CHECK(proxy_policy::none().except(no_proxy("a")).is_none());
}

TEST_CASE("policies are equal when they say the same, credentials included", "[http][proxy_policy]") {
    const auto one = proxy_policy::through("http://me:a@p:1");
    CHECK(one == proxy_policy::through("http://me:a@p:1"));
    CHECK(!(one == proxy_policy::through("http://me:b@p:1")));
    CHECK(!(one == proxy_policy::none()));
    CHECK(proxy_policy() == proxy_policy::none());
    CHECK(!(one == proxy_policy(one).except(no_proxy("a"))));
    CHECK(proxy_policy(one).except(no_proxy("a")) == proxy_policy(one).except(no_proxy("a")));
    const auto choose = [](const dragline::url::url&) { return proxy_choices(); };
    const auto chosen = proxy_policy::function(choose);
    CHECK(chosen == proxy_policy(chosen));
    CHECK(!(chosen == proxy_policy::function(choose)));
    const auto said = proxy_environment().all_proxy("p:1");
    CHECK(proxy_policy::from_environment(said) == proxy_policy::from_environment(said));
}
