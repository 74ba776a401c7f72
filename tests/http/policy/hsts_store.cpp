#include <dragline/http/policy/hsts_store.hpp>

#include <dragline/core/error.hpp>
#include <dragline/http/error.hpp>
#include <dragline/url/parse.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <system_error>
#include <type_traits>

using namespace std::chrono_literals;
using dragline::http::errc;
using dragline::http::hsts_entry;
using dragline::http::hsts_options;
using dragline::http::hsts_policy;
using dragline::http::hsts_store;

namespace http = dragline::http;
namespace url = dragline::url;

namespace {

constexpr hsts_store::time_point noon = std::chrono::sys_days(std::chrono::January / 1 / 2030) + 12h;

url::url secure(const std::string& host) { return url::parse("https://" + host + "/").value(); }

std::string upgraded(const hsts_store& store, const std::string& text, hsts_store::time_point now = noon) {
    const auto made = store.upgrade(url::parse(text).value(), now);
    return made ? made->href() : std::string();
}

}  // namespace

TEST_CASE("a host is known for as long as it said, and no longer", "[http][hsts_store]") {
    hsts_store store;
    CHECK(!store.is_known("a.test", noon));
    CHECK(!store.note(secure("a.test"), "max-age=60", noon));
    CHECK(store.is_known("a.test", noon));
    CHECK(store.is_known("a.test.", noon + 59s));
    CHECK(!store.is_known("a.test", noon + 60s));
    CHECK(!store.note(secure("A.TEST."), "max-age=60", noon + 30s));  // again: from then on
    CHECK(store.size() == 1);
    CHECK(store.is_known("a.test", noon + 89s));
    CHECK(!store.note(secure("a.test"), "max-age=0; includeSubDomains", noon + 31s));
    CHECK(!store.is_known("a.test", noon + 31s));
    CHECK(store.size() == 0);
    CHECK(!store.note(secure("a.test"), "max-age=0", noon));
}

TEST_CASE("names below a host are known where it includes them, and never names above",
          "[http][hsts_store]") {
    hsts_store store;
    CHECK(!store.note(secure("a.test"), "max-age=60; includeSubDomains", noon));
    CHECK(!store.note(secure("b.test"), "max-age=60", noon));
    for (const auto* name : {"a.test", "x.a.test", "y.x.a.test", "b.test"}) CHECK(store.is_known(name, noon));
    for (const auto* name : {"test", "xa.test", "x.b.test", "a.test.x", "", ".", "a", "est"})
        CHECK(!store.is_known(name, noon));
    // RFC 6797, 8.2: a name of its own without subdomains does not take it out of those above.
    CHECK(!store.note(secure("x.a.test"), "max-age=60", noon));
    CHECK(store.is_known("y.x.a.test", noon));
    CHECK(!store.note(secure("x.a.test"), "max-age=0", noon));
    CHECK(store.is_known("x.a.test", noon));
}

TEST_CASE("only names are noted, over TLS, and only what is well formed", "[http][hsts_store]") {
    hsts_store store;
    for (const auto* from :
         {"http://a.test/", "https://127.0.0.1/", "https://[::1]/", "https://0x7f.1/", "https://a.test../"}) {
        CHECK(store.note(url::parse(from).value(), "max-age=60", noon) == errc::strict_transport_ignored);
    }
    CHECK(make_error_code(errc::strict_transport_ignored) == dragline::condition::blocked);
    CHECK(store.note(secure("a.test"), "max-age=60; max-age=60", noon) == errc::invalid_strict_transport);
    CHECK(!store.note(secure("a.test"), "max-age=60", noon));
    CHECK(store.note(secure("a.test"), "max-age=x", noon) == errc::invalid_strict_transport);
    CHECK(store.is_known("a.test", noon));
    for (const auto* bad : {"", "127.0.0.1", "[::1]", "a b", "1.2.3.4.5", "a/b", ".", "a..", ".a", "a..b"})
        CHECK(store.set(hsts_entry(bad), noon) == std::errc::invalid_argument);
}

TEST_CASE("an http URL of a known host becomes the https one", "[http][hsts_store]") {
    hsts_store store;
    CHECK(!store.set(hsts_entry("A.test.", true), noon));
    CHECK(upgraded(store, "http://a.test/b?c#d") == "https://a.test/b?c#d");
    CHECK(upgraded(store, "http://a.test:80/") == "https://a.test/");
    CHECK(upgraded(store, "http://x.a.test:8080/") == "https://x.a.test:8080/");
    CHECK(upgraded(store, "http://a.test:443/") == "https://a.test/");
    CHECK(upgraded(store, "http://u:p@a.test/") == "https://u:p@a.test/");
    CHECK(upgraded(store, "http://a.test./") == "https://a.test./");
    for (const auto* other : {"https://a.test/", "http://b.test/", "ws://a.test/", "http://127.0.0.1/"})
        CHECK(upgraded(store, other).empty());
}

TEST_CASE("what the program put in stays whatever the host says", "[http][hsts_store]") {
    hsts_store store;
    CHECK(!store.set(hsts_entry("a.test"), noon));
    CHECK(!store.note(secure("a.test"), "max-age=60; includeSubDomains", noon));
    CHECK(store.is_known("x.a.test", noon));
    CHECK(!store.note(secure("a.test"), "max-age=0", noon));
    CHECK(store.is_known("a.test", noon + 24h * 365 * 100));
    CHECK(!store.is_known("x.a.test", noon));
    CHECK(store.remove("A.test"));
    CHECK(!store.remove("a.test"));
    CHECK(!store.is_known("a.test", noon));
    hsts_entry dead("b.test");
    dead.expires = std::chrono::floor<std::chrono::seconds>(noon);
    CHECK(!store.set(dead, noon));
    CHECK(store.size() == 0);
}

TEST_CASE("a full store keeps what it knows, and has room again when something expires",
          "[http][hsts_store]") {
    hsts_store store(hsts_options().hosts(2));
    CHECK(!store.note(secure("a.test"), "max-age=60", noon));
    CHECK(!store.note(secure("b.test"), "max-age=90", noon));
    CHECK(store.note(secure("c.test"), "max-age=90", noon) == errc::strict_transport_full);
    CHECK(make_error_code(errc::strict_transport_full) == dragline::condition::limit_exceeded);
    CHECK(!store.set(hsts_entry("d.test"), noon));  // not counted
    CHECK(!store.note(secure("b.test"), "max-age=90", noon));
    CHECK(store.size() == 3);
    CHECK(!store.note(secure("c.test"), "max-age=90", noon + 60s));
    CHECK(!store.is_known("a.test", noon));
    CHECK(store.remove_expired(noon + 24h) == 2);
    CHECK(store.entries().size() == 1);
    store.clear();
    CHECK(store.size() == 0);
    hsts_store none(hsts_options().hosts(0));
    CHECK(none.note(secure("a.test"), "max-age=60", noon) == errc::strict_transport_full);
}

TEST_CASE("nothing is noted for longer than the store allows", "[http][hsts_store]") {
    hsts_store store(hsts_options().max_lifetime(60s));
    CHECK(!store.note(secure("a.test"), "max-age=99999999999999", noon));
    CHECK(store.is_known("a.test", noon + 59s));
    CHECK(!store.is_known("a.test", noon + 60s));
    hsts_store patient(hsts_options().max_lifetime(std::chrono::seconds::max()));
    CHECK(!patient.note(secure("a.test"), "max-age=99999999999999", hsts_store::time_point::max()));
    CHECK(patient.size() == 1);
}

TEST_CASE("a store is saved and loaded in the format of curl", "[http][hsts_store]") {
    hsts_store store;
    CHECK(!store.set(hsts_entry("listed.test", true), noon));
    CHECK(!store.note(secure("a.test"), "max-age=3661; includeSubDomains", noon));
    CHECK(!store.note(secure("b.test"), "max-age=1", noon));
    const auto text = to_curl_hsts(store, noon);
    CHECK(text ==
          "# Your HSTS cache. https://curl.se/docs/hsts.html\n.listed.test \"unlimited\"\n"
          ".a.test \"20300101 13:01:01\"\nb.test \"20300101 12:00:01\"\n");
    hsts_store loaded;
    auto counts = load_curl_hsts(loaded, text, noon);
    CHECK(counts.loaded == 3);
    CHECK(counts.bad_lines == 0);
    CHECK(loaded.entries() == store.entries());
    CHECK(to_curl_hsts(store, noon + 1s).find("b.test") == std::string::npos);

    hsts_store other;
    counts = load_curl_hsts(
        other,
        "# x\r\n\r\n  \na.test \"20300101 12:00:00\"\r\n.b.test\t\"20300101 12:00:01\"\n"
        "c.test\nc.test unlimited\nc.test \"\nc.test \"20300101\"\nc.test \"20301301 00:00:00\"\n"
        "c.test \"20300230 00:00:00\"\nc.test \"20300101 24:00:00\"\n"
        "c.test \"20300101 00:00:00 \"\nc.test \"2030101 00:00:00\"\n"
        "127.0.0.1 \"unlimited\"\n. \"unlimited\"\nc.test \"-0300101 00:00:00\"\n"
        "c.test \"20300101 00:00:00Z\"\nd.test \"unlimited\"",
        noon);
    CHECK(counts.loaded == 2);
    CHECK(counts.expired == 1);
    CHECK(counts.bad_lines == 13);
    CHECK(other.is_known("x.b.test", noon));
    CHECK(other.is_known("d.test", noon));
    CHECK(!other.is_known("c.test", noon));
    hsts_entry distant("a.test");
    distant.expires = std::chrono::sys_days(std::chrono::January / 1 / 12000);
    hsts_store far;
    CHECK(!far.set(distant, noon));
    CHECK(far.is_known("a.test", noon));
    CHECK(to_curl_hsts(far, noon).find("a.test \"99991231 00:00:00\"") != std::string::npos);
    CHECK(load_curl_hsts(far, "b.test \"99991231 23:59:59\"", noon).loaded == 1);
}

TEST_CASE("a policy says whose store it is", "[http][hsts_store]") {
    CHECK(hsts_policy::none().make_store() == nullptr);
    CHECK(hsts_policy() == hsts_policy::none());
    const auto own = hsts_policy::own_store(hsts_options().hosts(7));
    CHECK(own.make_store() != own.make_store());
    CHECK(own.make_store()->options().hosts() == 7);
    CHECK(own != hsts_policy::own_store());
    const auto store = std::make_shared<hsts_store>();
    CHECK(hsts_policy::shared_store(store).make_store() == store);
    CHECK(hsts_policy::shared_store(nullptr) == hsts_policy::none());
    STATIC_CHECK(!std::is_aggregate_v<hsts_policy>);
    STATIC_CHECK(!std::is_aggregate_v<hsts_entry>);
    STATIC_CHECK(!std::is_aggregate_v<hsts_options>);
    STATIC_CHECK(!std::is_aggregate_v<http::hsts_load>);
}
