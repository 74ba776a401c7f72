#include <dragline/dns/name.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>

namespace dns = dragline::dns;
using dns::errc;

namespace {

std::string normal(std::string_view name) { return dns::normal_host_name(name).value(); }
std::error_code error(std::string_view name) { return dns::normal_host_name(name).error(); }

std::string name_of_size(std::size_t size) {  // labels of 49 characters
    std::string name;
    while (name.size() < size) name += name.size() % 50 == 49 ? '.' : 'a';
    return name;
}

std::string reverse(const char* address) { return dns::reverse_name(asio::ip::make_address(address)); }

}  // namespace

TEST_CASE("host names become lower case without a dot at the end", "[dns][name]") {
    CHECK(normal("WWW.Example.ORG") == "www.example.org");
    CHECK(normal("example.org.") == "example.org");
    CHECK(normal("localhost") == "localhost");
    CHECK(normal("_dmarc.example.org") == "_dmarc.example.org");
    CHECK(normal("-a.b-.1.xn--bcher-kva") == "-a.b-.1.xn--bcher-kva");
}

TEST_CASE("each kind of bad host name is its own error", "[dns][name]") {
    CHECK(error("") == errc::empty_name);
    CHECK(error(".") == errc::empty_label);
    CHECK(error(".a") == errc::empty_label);
    CHECK(error("a..b") == errc::empty_label);
    CHECK(error("a..") == errc::empty_label);
    CHECK(error("a b") == errc::invalid_name);
    CHECK(error("a/b") == errc::invalid_name);
    CHECK(error("*.example.org") == errc::invalid_name);
    CHECK(error("host:80") == errc::invalid_name);
    CHECK(error(std::string("a\0b", 3)) == errc::invalid_name);
    CHECK(error("a\r\nb") == errc::invalid_name);
    CHECK(error("b\xc3\xbc"
                "cher.example") == errc::non_ascii_name);
    CHECK(error(std::string(100'000, 'a')) == errc::name_too_long);
}

TEST_CASE("a label has 63 characters at most", "[dns][name]") {
    CHECK(normal(std::string(63, 'a') + ".org").size() == 67);
    CHECK(error(std::string(64, 'a') + ".org") == errc::label_too_long);
}

TEST_CASE("a host name has 253 characters at most, without its last dot", "[dns][name]") {
    CHECK(normal(name_of_size(253)).size() == 253);
    CHECK(normal(name_of_size(253) + '.').size() == 253);
    CHECK(error(name_of_size(254)) == errc::name_too_long);
}

TEST_CASE("addresses have reverse names", "[dns][name]") {
    CHECK(reverse("192.0.2.17") == "17.2.0.192.in-addr.arpa");
    CHECK(reverse("4321:0:1:2:3:4:567:89ab") ==  // RFC 3596, 2.5
          "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa");
    CHECK(reverse("::1") == "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa");
}

TEST_CASE("an IPv4-mapped address has the reverse name of its IPv4 address", "[dns][name]") {
    CHECK(reverse("::ffff:192.0.2.17") == "17.2.0.192.in-addr.arpa");
}

TEST_CASE("special names are recognised by whole labels", "[dns][name]") {
    CHECK(dns::is_localhost("localhost"));
    CHECK(dns::is_localhost("a.b.localhost"));
    CHECK_FALSE(dns::is_localhost("notlocalhost"));
    CHECK_FALSE(dns::is_localhost("localhost.example"));
    CHECK(dns::is_onion("onion"));
    CHECK(dns::is_onion("abc.onion"));
    CHECK_FALSE(dns::is_onion("onion.example"));
    CHECK_FALSE(dns::is_onion("bunion"));
}
