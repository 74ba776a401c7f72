#include <dragline/net/proxies/proxy.hpp>

#include <dragline/net/options.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>
#include <type_traits>

using dragline::net::errc;
using dragline::net::proxy;
using dragline::net::proxy_chain;
using dragline::net::proxy_scheme;

namespace {

std::string parsed_text(std::string_view url) { return proxy::parse(url).value().to_string(); }

}  // namespace

TEST_CASE("a proxy URL names scheme, host and port, or the usual port", "[net][proxy]") {
    CHECK(parsed_text("http://proxy.test") == "http://proxy.test:80");
    CHECK(parsed_text("https://proxy.test/") == "https://proxy.test:443");
    CHECK(parsed_text("socks4a://proxy.test") == "socks4a://proxy.test:1080");
    CHECK(parsed_text("socks5://proxy.test") == "socks5://proxy.test:1080");
    CHECK(parsed_text("SOCKS5H://Proxy.Test:9050") == "socks5h://proxy.test:9050");
    CHECK(parsed_text("http://[2001:DB8::1]:3128") == "http://[2001:db8::1]:3128");
    CHECK(parsed_text("socks5://[::1]") == "socks5://[::1]:1080");
    CHECK(parsed_text("socks5://127.1:1") == "socks5://127.0.0.1:1");
    CHECK(parsed_text("http://0x7f000001:3128") == "http://127.0.0.1:3128");
    CHECK(parsed_text("http://proxy.test:80") == "http://proxy.test:80");
    CHECK(proxy(proxy_scheme::socks5, "::1").to_string() == "socks5://[::1]:1080");
    CHECK(proxy(proxy_scheme::https, "a.test", 8443).to_string() == "https://a.test:8443");
    CHECK(proxy::parse("socks5://a.test")->resolves() == false);
    for (const std::string_view url :
         {"http://a.test", "https://a.test", "socks4a://a.test", "socks5h://a.test"})
        CHECK(proxy::parse(url)->resolves());
}

TEST_CASE("credentials of a proxy URL are decoded, and stand in no text", "[net][proxy]") {
    const auto made = proxy::parse("http://me%40home:s%3Acr%65t%2F@proxy.test:3128").value();
    CHECK(made.has_credentials());
    CHECK(made.user() == "me@home");
    CHECK(made.password() == "s:cret/");
    CHECK(made.to_string() == "http://proxy.test:3128");
    CHECK(proxy::parse("socks5://me@a.test")->password().empty());
    CHECK(proxy::parse("socks5://me@a.test")->has_credentials());
    CHECK(!proxy::parse("socks5://a.test")->has_credentials());
    CHECK(proxy::parse("socks4a://me@a.test")->user() == "me");
}

TEST_CASE("what is no proxy URL is errc::invalid_proxy", "[net][proxy]") {
    for (const std::string url : {"",
                                  "proxy.test",
                                  "proxy.test:3128",
                                  "://a",
                                  "http:a.test",
                                  "http:/a.test",
                                  "http://",
                                  "socks5://",
                                  "socks://a",
                                  "socks4://a",
                                  "ftp://a",
                                  "socks5://a:0",
                                  "http://a:65536",
                                  "http://a:b",
                                  "http://a b",
                                  " http://a",
                                  "http://a\n",
                                  "http://a\\b",
                                  "http://a/path",
                                  "http://a/?q",
                                  "http://a/#f",
                                  "http://a?q",
                                  "http://[::1",
                                  "http://[fe80::1%25lo]",
                                  "http://1.2.3.4.5",
                                  "socks5://1.2.3.4.5",
                                  "socks5://a%20b",
                                  "socks4a://me:password@a",
                                  "http://us%3Aer:p@a",
                                  "socks5://:p@a",
                                  "http://me:a%0D%0Ab%00@",
                                  "a:1"}) {
        CAPTURE(url);
        CHECK(proxy::parse(url).error() == errc::invalid_proxy);
        CHECK(proxy(std::string_view(url)).error() == errc::invalid_proxy);
    }
    CHECK(proxy().error() == errc::invalid_proxy);
    CHECK(proxy(proxy_scheme::http, "").error() == errc::invalid_proxy);
    CHECK(!proxy(proxy_scheme::http, "fe80::1%1").error());
}

TEST_CASE("a proxy is given only what its protocol can carry", "[net][proxy]") {
    const auto with = [](proxy_scheme scheme, const std::string& user, const std::string& password) {
        return proxy(scheme, "a.test").credentials(user, password).error();
    };
    const std::string full(255, 'x'), over(256, 'x');
    for (const auto scheme : {proxy_scheme::socks5, proxy_scheme::socks5h}) {
        CHECK(!with(scheme, full, full));
        CHECK(with(scheme, over, "b") == errc::invalid_proxy);
        CHECK(with(scheme, "a", over) == errc::invalid_proxy);
        CHECK(with(scheme, "", "b") == errc::invalid_proxy);
    }
    CHECK(!with(proxy_scheme::socks4a, full, ""));
    CHECK(with(proxy_scheme::socks4a, over, "") == errc::invalid_proxy);
    CHECK(with(proxy_scheme::socks4a, "a", "b") == errc::invalid_proxy);
    CHECK(!with(proxy_scheme::http, over, "a:b"));
    CHECK(with(proxy_scheme::http, "a:b", "c") == errc::invalid_proxy);
    CHECK(proxy(proxy_scheme::http, "a.test").credentials("a", "b").authorization_value() == "Basic YTpi");
    CHECK(proxy(proxy_scheme::http, "a.test").authorization_value().empty());
    CHECK(!proxy(proxy_scheme::https, "a.test").authorization("Digest a=\"b\"").error());
    CHECK(proxy(proxy_scheme::https, "a.test").authorization("a\r\nb: c").error() == errc::invalid_proxy);
    for (const auto scheme : {proxy_scheme::socks4a, proxy_scheme::socks5, proxy_scheme::socks5h})
        CHECK(proxy(scheme, "a.test").authorization("Bearer a").error() == errc::invalid_proxy);
}

TEST_CASE("proxies are equal only when their secrets and options are too", "[net][proxy]") {
    const auto made = proxy::parse("https://me:secret@a.test").value();
    CHECK(made == proxy::parse("https://me:secret@a.test:443/").value());
    for (const auto url :
         {"http://me:secret@a.test:443", "https://me:secret@b.test", "https://me:secret@a.test:444",
          "https://me:other@a.test", "https://you:secret@a.test", "https://a.test"})
        CHECK(made != proxy::parse(url).value());
    CHECK(made != proxy(made).tls(dragline::tls::client_options().verify(false)));
    CHECK(made != proxy(made).policed(false));
    CHECK(made != proxy(made).authorization("Bearer a"));
    CHECK(proxy_chain{made} == proxy_chain{made});
    CHECK(((made < proxy(made).policed(false)) != (proxy(made).policed(false) < made)));
    STATIC_CHECK(!std::is_aggregate_v<proxy>);
}

TEST_CASE("connect_options take one proxy, its URL, or several", "[net][proxy]") {
    const auto made = proxy::parse("socks5h://127.0.0.1:9050").value();
    dragline::connect_options options;
    CHECK(options.proxies().empty());
    CHECK(options.proxy(made).proxies() == proxy_chain{made});
    CHECK(options.proxy("socks5h://127.0.0.1:9050").proxies() == proxy_chain{made});
    CHECK(options.proxies({made, made}).proxies().size() == 2);
    CHECK(options.proxies({}).proxies().empty());
    CHECK(options.proxy("nonsense").proxies().front().error() == errc::invalid_proxy);
    CHECK(options.proxy_timeout() == std::chrono::seconds(10));
    CHECK(options.proxy_timeout(dragline::no_limit).proxy_timeout() == dragline::no_limit);
}
