#include <dragline/http/proxies/proxy_environment.hpp>

#include <catch2/catch_test_macros.hpp>

#include <map>
#include <string>
#include <type_traits>

using dragline::http::no_proxy;
using dragline::http::proxy_environment;
using dragline::net::proxy;

namespace {

proxy_environment read_from(const std::map<std::string, std::string>& variables) {
    return proxy_environment::read([&](const char* name) -> const char* {
        const auto found = variables.find(name);
        return found == variables.end() ? nullptr : found->second.c_str();
    });
}

}  // namespace

TEST_CASE("the environment names proxies in small letters, and but for http in capitals",
          "[http][proxy_environment]") {
    CHECK(read_from({}) == proxy_environment());
    const auto small = read_from({{"http_proxy", "http://a:1"},
                                  {"https_proxy", "https://me:secret@b"},
                                  {"all_proxy", "socks5h://c"},
                                  {"no_proxy", "d.test"},
                                  {"HTTPS_PROXY", "http://z"},
                                  {"NO_PROXY", "z"}});
    CHECK(small.http_proxy() == proxy("http://a:1"));
    CHECK(small.https_proxy() == proxy("https://me:secret@b"));
    CHECK(small.all_proxy() == proxy("socks5h://c"));
    CHECK(small.no_proxy() == no_proxy("d.test"));
    const auto capitals = read_from({{"HTTP_PROXY", "http://a:1"},
                                     {"HTTPS_PROXY", "http://b"},
                                     {"ALL_PROXY", "http://c"},
                                     {"NO_PROXY", "*"},
                                     {"https_proxy", ""}});
    CHECK(!capitals.http_proxy());
    CHECK(capitals.https_proxy() == proxy("http://b"));
    CHECK(capitals.all_proxy() == proxy("http://c"));
    CHECK(capitals.no_proxy() == no_proxy("*"));
    STATIC_CHECK(!std::is_aggregate_v<proxy_environment>);
}

TEST_CASE("a proxy of the environment may have no scheme, and one that is none is kept",
          "[http][proxy_environment]") {
    const auto plain = read_from({{"http_proxy", "proxy.test:3128"}, {"all_proxy", "me:secret@[::1]:8080"}});
    CHECK(plain.http_proxy() == proxy("http://proxy.test:3128"));
    CHECK(plain.all_proxy() == proxy("http://me:secret@[::1]:8080"));
    for (const auto* bad : {"ftp://a", "a b", "http://", "://", "a:99999"}) {
        CAPTURE(bad);
        const auto read = proxy_environment().https_proxy(bad);
        REQUIRE(read.https_proxy());
        CHECK(read.https_proxy()->error());
    }
    CHECK(!proxy_environment().https_proxy("").https_proxy());
}
