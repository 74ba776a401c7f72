#include <dragline/tls/verify.hpp>

#include <tls/engine_pair.hpp>

#include <catch2/catch_test_macros.hpp>

#include <openssl/x509_vfy.h>

#include <string>
#include <string_view>
#include <system_error>

using namespace dragline;
using dragline::test::engine_pair;
using testing::certificate_request;

namespace {

// What a client that trusts the shared authority says about a server with this certificate.
std::error_code verdict(std::string host, const certificate_request& request,
                        const tls::client_options& options = test::trusting()) {
    engine_pair pair(test::example_client(options), test::make_server(request),
                     tls::engine_options().host(std::move(host)));
    pair.shake_hands();
    CHECK(pair.client.handshake_done() == !pair.client_error);
    // A refusal is told to the server in an alert.
    if (pair.client_error) CHECK(pair.server.handshake_done() == false);
    return pair.client_error;
}

}  // namespace

TEST_CASE("a host becomes the name or address that a certificate must be for", "[tls][verify]") {
    struct {
        std::string_view host, text;
        bool is_address;
    } const cases[] = {
        {"example.com", "example.com", false},
        {"EXAMPLE.com.", "example.com", false},
        {"_service.example.com", "_service.example.com", false},
        {"localhost", "localhost", false},
        {"127.0.0.1", "127.0.0.1", true},
        {"127.0.0.1.", "127.0.0.1", true},
        {"::1", "::1", true},
        {"[2001:DB8::1]", "2001:db8::1", true},
        {"[fe80::1%eth0]", "fe80::1", true},
        {"fe80::1%25eth0", "fe80::1", true},
        {"::", "::", true},
        {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7::", true},
        {"1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:192.0.2.1", true},
        {"::ffff:192.0.2.1", "::ffff:192.0.2.1", true},
    };
    for (const auto& one : cases) {
        CAPTURE(one.host);
        const auto identity = tls::server_identity::parse(one.host);
        REQUIRE(identity);
        CHECK(identity->text() == one.text);
        CHECK(identity->is_address() == one.is_address);
    }
}

TEST_CASE("a host that is no name and no address is refused", "[tls][verify]") {
    using namespace std::string_view_literals;
    for (const auto host : {""sv,
                            "."sv,
                            "a.."sv,
                            ".a"sv,
                            "a b"sv,
                            "a\0.example.com"sv,
                            "b\xc3\xbc.example"sv,
                            "[::1"sv,
                            "[example.com]"sv,
                            "[127.0.0.1]"sv,
                            "[]"sv,
                            ":"sv,
                            "1.2.3"sv,
                            "1.2.3.256"sv,
                            "1.2.3.4.5"sv,
                            " 1.2.3.4"sv,
                            "01.2.3.4"sv,
                            "::1::"sv,
                            ":::1"sv,
                            "1:"sv,
                            ":1"sv,
                            "1:2:3:4:5:6:7"sv,
                            "1:2:3:4:5:6:7:8:9"sv,
                            "1:2:3:4:5:6:7::8"sv,
                            "1:2:3:4:5:6:7:1.2.3.4"sv,
                            "::1.2.3"sv,
                            "12345::"sv,
                            "::g"sv,
                            "%eth0"sv,
                            "a%b"sv}) {
        CAPTURE(host);
        CHECK(tls::server_identity::parse(host).error() == tls::errc::invalid_host);
    }
    CHECK(tls::server_identity::parse(std::string(253, 'a')));
    CHECK(tls::server_identity::parse(std::string(254, 'a')).error() == tls::errc::invalid_host);
}

TEST_CASE("each kind of failed check has its error", "[tls][verify]") {
    CHECK(tls::verify_error(X509_V_ERR_CERT_REVOKED) == tls::errc::certificate_revoked);
    CHECK(tls::verify_error(X509_V_ERR_INVALID_PURPOSE) == tls::errc::certificate_invalid);
    CHECK(tls::verify_error(X509_V_ERR_EE_KEY_TOO_SMALL) == tls::errc::certificate_invalid);
    CHECK(tls::verify_error(X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN) == tls::errc::unknown_issuer);
}

TEST_CASE("a certificate is good for its names and no others", "[tls][verify]") {
    const auto request = certificate_request().name("example.com").name("www.example.org");
    CHECK(verdict("example.com", request) == std::error_code());
    CHECK(verdict("Example.COM.", request) == std::error_code());
    CHECK(verdict("www.example.org", request) == std::error_code());
    CHECK(verdict("example.org", request) == tls::errc::host_mismatch);
    CHECK(verdict("www.example.com", request) == tls::errc::host_mismatch);
    CHECK(verdict("example.com.evil.test", request) == tls::errc::host_mismatch);
    CHECK(verdict("127.0.0.1", request) == tls::errc::address_mismatch);
}

TEST_CASE("a wildcard covers one whole label", "[tls][verify]") {
    const auto request = certificate_request().name("*.example.com");
    CHECK(verdict("www.example.com", request) == std::error_code());
    CHECK(verdict("example.com", request) == tls::errc::host_mismatch);
    CHECK(verdict("a.b.example.com", request) == tls::errc::host_mismatch);
    CHECK(verdict("foo.example.com", certificate_request().name("f*.example.com")) ==
          tls::errc::host_mismatch);
    CHECK(verdict("foo.example.com", certificate_request().name("*o.example.com")) ==
          tls::errc::host_mismatch);
    CHECK(verdict("www.example.com", certificate_request().name("www.*.com")) == tls::errc::host_mismatch);
}

TEST_CASE("a certificate is good for its addresses and no others", "[tls][verify]") {
    const auto request = certificate_request().address("127.0.0.1").address("2001:db8::1");
    CHECK(verdict("127.0.0.1", request) == std::error_code());
    CHECK(verdict("[2001:db8::1]", request) == std::error_code());
    CHECK(verdict("2001:0db8:0::0:1", request) == std::error_code());
    CHECK(verdict("127.0.0.2", request) == tls::errc::address_mismatch);
    CHECK(verdict("::1", request) == tls::errc::address_mismatch);
    // An address in the place of a name proves nothing.
    CHECK(verdict("192.0.2.1", certificate_request().name("192.0.2.1")) == tls::errc::address_mismatch);
}

TEST_CASE("the common name is never taken for the host", "[tls][verify]") {
    CHECK(verdict("example.com", certificate_request().common_name("example.com")) ==
          tls::errc::host_mismatch);
    CHECK(verdict("example.com", certificate_request().common_name("example.com").name("other.test")) ==
          tls::errc::host_mismatch);
}

TEST_CASE("a name with a zero byte does not pass for its beginning", "[tls][verify]") {
    using namespace std::string_literals;
    CHECK(verdict("example.com", certificate_request().name("example.com\0.evil.test"s).common_name("x")) ==
          tls::errc::host_mismatch);
}

TEST_CASE("a certificate is good in its time only", "[tls][verify]") {
    CHECK(verdict("example.com", certificate_request().name("example.com").expired()) ==
          tls::errc::certificate_expired);
    CHECK(verdict("example.com", certificate_request().name("example.com").not_yet_valid()) ==
          tls::errc::certificate_not_yet_valid);
}

TEST_CASE("a certificate must lead to a trusted one", "[tls][verify]") {
    const auto good = certificate_request().name("example.com");
    CHECK(verdict("example.com", certificate_request().name("example.com").intermediate()) ==
          std::error_code());
    CHECK(verdict("example.com", certificate_request().name("example.com").self_signed()) ==
          tls::errc::self_signed);
    const testing::certificate_authority other;
    CHECK(verdict("example.com", good, tls::client_options().ca_pem(other.certificate_pem())) ==
          tls::errc::unknown_issuer);
}

TEST_CASE("a self-signed certificate is good when it is trusted itself", "[tls][verify]") {
    const auto issued =
        test::shared_authority().issue(certificate_request().name("example.com").self_signed());
    const auto server = tls::context::make_server(tls::server_options()
                                                      .certificate_chain_pem(issued.chain_pem)
                                                      .private_key_pem(issued.private_key_pem))
                            .value();
    engine_pair pair(test::example_client(tls::client_options().ca_pem(issued.chain_pem)), server);
    pair.shake_hands();
    CHECK(pair.client_error == std::error_code());
}

TEST_CASE("without verification every certificate is good", "[tls][verify]") {
    const auto off = tls::client_options().verify(false);
    CHECK(verdict("other.test", certificate_request().name("example.com"), off) == std::error_code());
    CHECK(verdict("example.com", certificate_request().expired().self_signed(), off) == std::error_code());
    CHECK(verdict("", certificate_request(), off) == std::error_code());
}

TEST_CASE("a host that cannot be verified fails before a byte is sent", "[tls][verify]") {
    for (const std::string host : {"", "a b", "[::1"}) {
        CAPTURE(host);
        tls::engine client(test::example_client(), tls::engine_options().host(host));
        CHECK(client.handshake().error() == tls::errc::invalid_host);
        CHECK(client.output_size() == 0);
        CHECK(client.output().empty());
    }
    // Not even without verification is a broken name ignored.
    tls::engine client(test::example_client(tls::client_options().verify(false)),
                       tls::engine_options().host("a b"));
    CHECK(client.handshake().error() == tls::errc::invalid_host);
}

TEST_CASE("the options' server name is asked for and verified in place of the host", "[tls][verify]") {
    const auto options = test::trusting().server_name("example.com");
    engine_pair pair(test::example_client(options), test::example_server(),
                     tls::engine_options().host("203.0.113.7"));
    pair.shake_hands();
    CHECK(pair.client_error == std::error_code());
    CHECK(pair.server.server_name() == "example.com");
}

TEST_CASE("the detail of a refusal names the check and the certificate", "[tls][verify]") {
    engine_pair pair(test::example_client(),
                     test::make_server(certificate_request().name("example.com").expired()));
    pair.shake_hands();
    CHECK(pair.client.error_detail() ==
          "certificate has expired (depth 0, subject CN=example.com,O=dragline)");
    CHECK(pair.server_error == tls::errc::certificate_refused);
    CHECK(pair.server.error_detail().starts_with("alert received: "));
}

TEST_CASE("a server can require a certificate of its clients", "[tls][verify]") {
    const auto server =
        test::example_server(tls::server_options().client_ca_pem(test::shared_authority().certificate_pem()));
    engine_pair pair(test::example_client(), server);
    pair.shake_hands();
    CHECK(pair.server_error == tls::errc::certificate_invalid);
    CHECK(test::read_all(pair.client).error == tls::errc::certificate_refused);
}

TEST_CASE("the name to ask for and the name to verify may differ", "[tls][verify]") {
    struct {
        const char* what;
        tls::client_options options;
        std::string host, asked;
        std::error_code error;
    } const cases[] = {
        {"none asked", test::trusting().sni(""), "example.com", "", {}},
        {"another asked", test::trusting().sni("Other.TEST."), "example.com", "other.test", {}},
        {"asked for beside an address", test::trusting().sni("example.com"), "127.0.0.1", "example.com",
         tls::errc::address_mismatch},
        {"another verified", test::trusting().verify_name("example.com"), "front.test", "front.test", {}},
        {"verified without a host", test::trusting().verify_name("example.com"), "", "", {}},
        {"both", test::trusting().sni("front.test").verify_name("example.com"), "10.0.0.1", "front.test", {}},
        {"all three",
         test::trusting().server_name("a.test").sni("").verify_name("example.com"),
         "b.test",
         "",
         {}},
        {"a server_name, and another verified",
         test::trusting().server_name("a.test").verify_name("example.com"),
         "b.test",
         "a.test",
         {}},
        {"another verified, in vain", test::trusting().verify_name("other.test"), "example.com",
         "example.com", tls::errc::host_mismatch},
        {"an address verified, in vain", test::trusting().verify_name("127.0.0.1"), "example.com",
         "example.com", tls::errc::address_mismatch},
    };
    for (const auto& one : cases) {
        INFO(one.what);
        engine_pair pair(test::example_client(one.options), test::example_server(),
                         tls::engine_options().host(one.host));
        pair.shake_hands();
        CHECK(pair.client_error == one.error);
        CHECK(pair.server.server_name() == one.asked);
    }
    for (const char* sni : {"127.0.0.1", "::1", "a b", "a..", "[::1]"}) {
        CHECK(tls::context::make_client(test::trusting().sni(sni)).error() == tls::errc::invalid_host);
    }
    CHECK(tls::context::make_client(test::trusting().verify_name("a b")).error() == tls::errc::invalid_host);
}
