#include <dragline/tls/pin.hpp>

#include <tls/engine_pair.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <memory>
#include <string>
#include <type_traits>
#include <vector>

using namespace dragline;
using dragline::test::engine_pair;
using testing::certificate_request;

static_assert(!std::is_aggregate_v<tls::public_key_pin>);

namespace {

const std::string other_pin = "sha256/47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";  // of nothing

std::string pin_of(const std::string& pem) { return tls::public_key_pin::of_certificate(pem).value().text(); }

struct pin_lab {
    explicit pin_lab(const certificate_request& request = certificate_request().name("example.com"))
        : issued(test::shared_authority().issue(request)),
          server(tls::context::make_server(tls::server_options()
                                               .certificate_chain_pem(issued.chain_pem)
                                               .private_key_pem(issued.private_key_pem))
                     .value()) {}

    engine_pair connect(const tls::client_options& options) { return connect(test::example_client(options)); }
    engine_pair connect(const tls::context& client) {
        engine_pair pair(client, server, tls::engine_options().host("example.com").tickets(cache, "key"));
        pair.connect();
        return pair;
    }

    testing::issued_certificate issued;
    tls::context server;
    std::shared_ptr<tls::ticket_cache> cache = std::make_shared<tls::ticket_cache>();
};

}  // namespace

TEST_CASE("a pin is read in the spelling of RFC 7469 and in that of curl", "[tls][pin]") {
    const auto pin = tls::public_key_pin::parse(other_pin);
    REQUIRE(pin);
    CHECK(pin->digest()[0] == 0xe3);
    CHECK(pin->digest()[31] == 0x55);
    CHECK(pin->text() == other_pin);
    CHECK(tls::public_key_pin::parse("sha256//" + other_pin.substr(7)).value() == *pin);
    const std::string with_slash = "sha256//" + std::string(42, 'A') + "=";  // whose base64 begins with one
    REQUIRE(tls::public_key_pin::parse(with_slash));
    CHECK(tls::public_key_pin::parse(with_slash)->digest()[0] == 0xfc);
    CHECK(tls::public_key_pin::parse(with_slash)->text() == with_slash);
}

TEST_CASE("what is no pin is refused, also when a context is made", "[tls][pin]") {
    const std::string digits = other_pin.substr(7);
    for (const std::string& text : std::vector<std::string>{
             "",
             digits,
             "sha1/" + digits,
             "SHA256/" + digits,
             "sha256/",
             "sha256/" + digits.substr(1),
             "sha256/" + digits + "=",
             "sha256/" + digits + " ",
             "sha256/" + digits.substr(0, 42) + "==",
             "sha256/" + digits.substr(0, 42) + "V=",  // bits beyond the digest
             "sha256/" + digits.substr(0, 43) + "A",   // 33 bytes
             "sha256/*" + digits.substr(1),
             "sha256///" + digits,
         }) {
        INFO(text);
        CHECK(tls::public_key_pin::parse(text).error() == tls::errc::invalid_pin);
        const auto options = test::trusting().pin(other_pin).pin(text);
        CHECK(tls::context::make_client(options).error() == tls::errc::invalid_pin);
    }
}

TEST_CASE("the pin of a certificate comes from PEM, DER and the peer alike", "[tls][pin]") {
    pin_lab lab;
    const auto pair = lab.connect(test::trusting());
    const auto chain = pair.client.peer().chain();
    REQUIRE(chain.size() == 1);
    CHECK(chain[0].pin == pin_of(lab.issued.chain_pem));
    CHECK(chain[0].pin == pin_of(chain[0].der));
    CHECK(chain[0].pin != pin_of(test::shared_authority().certificate_pem()));
    CHECK(tls::public_key_pin::of_certificate("").error() == tls::errc::invalid_certificate);
    CHECK(tls::public_key_pin::of_certificate(chain[0].der.substr(1)).error() ==
          tls::errc::invalid_certificate);
}

TEST_CASE("any key of the verified chain may be the pinned one", "[tls][pin]") {
    pin_lab lab(certificate_request().name("example.com").intermediate());
    const auto second = lab.issued.chain_pem.find("-----BEGIN", 1);
    for (const std::string& pinned :
         std::vector{pin_of(lab.issued.chain_pem), pin_of(lab.issued.chain_pem.substr(second)),
                     pin_of(test::shared_authority().certificate_pem())}) {
        INFO(pinned);
        CHECK_FALSE(lab.connect(test::trusting().pin(pinned)).client_error);
        CHECK_FALSE(lab.connect(test::trusting().pin(other_pin).pin(pinned)).client_error);
    }
}

TEST_CASE("another key ends the handshake, and no byte of the application was sent", "[tls][pin]") {
    const auto version = GENERATE(tls::version::tls_1_2, tls::version::tls_1_3);
    pin_lab lab;
    auto pair = lab.connect(test::trusting().max_version(version).pin(other_pin));
    CHECK(pair.client_error == tls::errc::pin_mismatch);
    CHECK(pair.client_error == condition::tls_failed);
    CHECK(pair.client.write("secret").error() == tls::errc::pin_mismatch);
    CHECK_FALSE(pair.client.handshake_done());
    CHECK_FALSE(pair.server.handshake_done());
    CHECK(pair.server_error == tls::errc::handshake_failed);  // is told so in an alert
    const auto failure = pair.client.peer().failure();
    REQUIRE(failure);
    CHECK(failure->ec == tls::errc::pin_mismatch);
    CHECK(failure->depth == 0);
    CHECK(failure->certificate.pin == pin_of(lab.issued.chain_pem));
    CHECK(failure->reason.find("pinned") != std::string::npos);
    CHECK(pair.client.peer().verified_chain().empty());
    CHECK(lab.cache->size() == 0);
}

TEST_CASE("a pin does not make a certificate good", "[tls][pin]") {
    pin_lab expired(certificate_request().name("example.com").expired());
    const auto pinned = pin_of(expired.issued.chain_pem);
    CHECK(expired.connect(test::trusting().pin(pinned)).client_error == tls::errc::certificate_expired);
}

TEST_CASE("without verification the server's own key counts, whatever else it sends", "[tls][pin]") {
    pin_lab lab(certificate_request().name("other.test").intermediate());
    const auto unverified = tls::client_options().verify(false);
    const auto own = pin_of(lab.issued.chain_pem);
    const auto second = lab.issued.chain_pem.find("-----BEGIN", 1);
    CHECK_FALSE(lab.connect(tls::client_options(unverified).pin(own)).client_error);
    CHECK(lab.connect(tls::client_options(unverified).pin(pin_of(lab.issued.chain_pem.substr(second))))
              .client_error == tls::errc::pin_mismatch);
    CHECK(lab.connect(tls::client_options(unverified).pin(other_pin)).client_error ==
          tls::errc::pin_mismatch);
}

TEST_CASE("a resumed session holds to the pins of its options", "[tls][pin]") {
    const auto version = GENERATE(tls::version::tls_1_2, tls::version::tls_1_3);
    const bool by_authority = GENERATE(false, true);
    pin_lab lab;
    const auto& pinned = by_authority ? test::shared_authority().certificate_pem() : lab.issued.chain_pem;
    const auto client = test::example_client(test::trusting().max_version(version).pin(pin_of(pinned)));
    CHECK_FALSE(lab.connect(client).client.resumed());
    for (int i = 0; i < 3; ++i) {
        const auto pair = lab.connect(client);
        CHECK_FALSE(pair.client_error);
        CHECK(pair.client.resumed());
        CHECK(pair.client.peer().verified_chain().size() == 2);
    }
    // Other pins are other options: they resume nothing and are checked from the start.
    const auto other = lab.connect(test::trusting().max_version(version).pin(other_pin));
    CHECK(other.client_error == tls::errc::pin_mismatch);
}
