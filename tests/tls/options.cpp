#include <dragline/tls/options.hpp>

#include <catch2/catch_test_macros.hpp>

#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

using namespace dragline;

// GCC 12 destroys aggregate temporaries of a co_await expression twice (design.md, section 3).
static_assert(!std::is_aggregate_v<tls::client_options> && !std::is_aggregate_v<tls::server_options>);

TEST_CASE("client options verify by default, with TLS 1.2 or newer", "[tls][options]") {
    const tls::client_options options;
    CHECK(options.verify());
    CHECK(options.min_version() == tls::version::tls_1_2);
    CHECK(options.max_version() == tls::version::tls_1_3);
    CHECK(options.ca_file() == std::nullopt);
    CHECK(options.ca_directory() == std::nullopt);
    CHECK(options.ca_pem() == std::nullopt);
    CHECK(options.alpn().empty());
    CHECK(options.server_name().empty());
    CHECK(options.sni() == std::nullopt);
    CHECK(options.verify_name().empty());
    CHECK_FALSE(options.certificate());
    CHECK(options.pins().empty());
    CHECK(options.ocsp() == tls::ocsp_check::if_stapled);
    CHECK(options.ciphers().empty());
    CHECK(options.cipher_suites().empty());
    CHECK(options.groups().empty());
    CHECK_FALSE(options.key_log());
}

TEST_CASE("client options that differ in any setting are different keys", "[tls][options]") {
    const std::vector<tls::client_options> all = {
        tls::client_options(),
        tls::client_options().verify(false),
        tls::client_options().ca_file("a"),
        tls::client_options().ca_file("b"),
        tls::client_options().ca_directory("a"),
        tls::client_options().ca_pem(""),
        tls::client_options().ca_pem("a"),
        tls::client_options().min_version(tls::version::tls_1_3),
        tls::client_options().max_version(tls::version::tls_1_2),
        tls::client_options().alpn({"h2"}),
        tls::client_options().alpn({"h2", "http/1.1"}),
        tls::client_options().server_name("a"),
        tls::client_options().sni(""),
        tls::client_options().sni("a"),
        tls::client_options().verify_name("a"),
        tls::client_options().certificate(tls::client_certificate::pem("a", "b")),
        tls::client_options().certificate(tls::client_certificate::pem("a", "b").passphrase("c")),
        tls::client_options().pin("a"),
        tls::client_options().pin("a").pin("b"),
        tls::client_options().ocsp(tls::ocsp_check::required),
        tls::client_options().ocsp(tls::ocsp_check::off),
        tls::client_options().ciphers("a"),
        tls::client_options().cipher_suites("a"),
        tls::client_options().groups("a"),
        tls::client_options().key_log(tls::key_log::to_file("a")),
    };
    std::map<tls::client_options, std::size_t> by_options;
    for (std::size_t i = 0; i < all.size(); ++i) CHECK(by_options.emplace(all[i], i).second);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const tls::client_options copy = all[i];
        CHECK(copy == all[i]);
        CHECK(by_options.at(copy) == i);
    }
}

TEST_CASE("server options keep what they are given", "[tls][options]") {
    const auto options = tls::server_options()
                             .certificate_chain_pem("c")
                             .private_key_pem("k")
                             .client_ca_pem("a")
                             .ocsp_response("o");
    CHECK(options.certificate_chain_pem() == "c");
    CHECK(options.private_key_pem() == "k");
    CHECK(options.client_ca_pem() == "a");
    CHECK(options.ocsp_response() == "o");
    CHECK(options != tls::server_options());
}
