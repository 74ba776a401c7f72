#include <dragline/tls/client_certificate.hpp>

#include <tls/engine_pair.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/ssl.h>

#include <unistd.h>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <type_traits>
#include <vector>

using namespace dragline;
using dragline::test::engine_pair;
using testing::certificate_request;
using testing::issued_certificate;
using tls::client_certificate;

static_assert(!std::is_aggregate_v<client_certificate>);

namespace {

issued_certificate issue(const std::string& name, bool intermediate = false) {
    return test::shared_authority().issue(certificate_request().name(name).intermediate(intermediate));
}

const issued_certificate& alice() {
    static const auto issued = issue("alice", true);
    return issued;
}

std::shared_ptr<BIO> bio_of(const std::string& text) {
    return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free};
}

std::shared_ptr<EVP_PKEY> key_of(const issued_certificate& issued) {
    return {PEM_read_bio_PrivateKey(bio_of(issued.private_key_pem).get(), nullptr, nullptr, nullptr),
            EVP_PKEY_free};
}

std::string text_of(const std::shared_ptr<BIO>& memory) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &data);
    return std::string(data, static_cast<std::size_t>(size));
}

std::shared_ptr<BIO> memory() { return {BIO_new(BIO_s_mem()), BIO_free}; }

// PKCS#8 of today, or the block with a header of its own that older programs write.
std::string encrypted_key(const issued_certificate& issued, const std::string& passphrase,
                          bool traditional = false) {
    const auto to = memory();
    const auto key = key_of(issued);
    const auto* bytes = reinterpret_cast<const unsigned char*>(passphrase.data());
    const int size = static_cast<int>(passphrase.size());
    const int written = traditional
                            ? PEM_write_bio_PrivateKey_traditional(to.get(), key.get(), EVP_aes_256_cbc(),
                                                                   bytes, size, nullptr, nullptr)
                            : PEM_write_bio_PKCS8PrivateKey(to.get(), key.get(), EVP_aes_256_cbc(),
                                                            passphrase.data(), size, nullptr, nullptr);
    REQUIRE(written == 1);
    return text_of(to);
}

// With the chain in the wrong order, and the root, as browsers export it.
std::string pkcs12_of(const issued_certificate& issued, const char* passphrase, bool with_key = true) {
    std::vector<std::shared_ptr<X509>> all;
    const std::string pem = test::shared_authority().certificate_pem() + issued.chain_pem;
    const auto source = bio_of(pem);
    while (X509* next = PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr))
        all.emplace_back(next, X509_free);
    STACK_OF(X509)* others = sk_X509_new_null();
    for (const auto& each : all) {
        if (each != all[1]) sk_X509_push(others, each.get());
    }
    const std::shared_ptr<PKCS12> made(
        PKCS12_create(passphrase, "alice", with_key ? key_of(issued).get() : nullptr, all.at(1).get(), others,
                      0, 0, 0, 0, 0),
        PKCS12_free);
    sk_X509_free(others);
    REQUIRE(made);
    const auto to = memory();
    i2d_PKCS12_bio(to.get(), made.get());
    return text_of(to);
}

tls::context asking_server(tls::version highest = tls::version::tls_1_3) {
    static const auto authority = test::shared_authority().certificate_pem();
    return test::example_server(tls::server_options().client_ca_pem(authority).max_version(highest));
}

std::error_code refusal(const client_certificate& certificate) {
    return tls::context::make_client(test::trusting().certificate(certificate)).error();
}

// Whom the server saw: the common names of the chain.
std::string seen_by_server(const client_certificate& certificate,
                           tls::version version = tls::version::tls_1_3) {
    engine_pair pair(test::example_client(test::trusting().certificate(certificate)), asking_server(version));
    pair.connect();
    CHECK_FALSE(pair.client_error);
    CHECK_FALSE(pair.server_error);
    std::string names;
    for (const auto& each : pair.server.peer().chain()) names += each.subject_common_name + ' ';
    return names;
}

class scratch_file {
public:
    scratch_file(const std::string& name, const std::string& content)
        : path_(
              (std::filesystem::temp_directory_path() / (name + '-' + std::to_string(::getpid()))).string()) {
        std::ofstream(path_, std::ios::binary) << content;
    }
    ~scratch_file() { std::filesystem::remove(path_); }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

}  // namespace

TEST_CASE("a client shows its certificate with the chain, from PEM and from PKCS#12",
          "[tls][client_certificate]") {
    const auto version = GENERATE(tls::version::tls_1_2, tls::version::tls_1_3);
    const auto& [chain, key, issuer, issuer_key] = alice();
    const std::string whole = "alice dragline test intermediate ";
    const auto see = [&](const client_certificate& with) { return seen_by_server(with, version); };
    CHECK(see(client_certificate::pem(chain, key)) == whole);
    CHECK(see(client_certificate::pem(key + chain, key + chain)) == whole);
    CHECK(see(client_certificate::pem(chain, encrypted_key(alice(), "secret")).passphrase("secret")) ==
          whole);
    CHECK(see(client_certificate::pem(chain, encrypted_key(alice(), "secret", true)).passphrase("secret")) ==
          whole);
    CHECK(see(client_certificate::pkcs12(pkcs12_of(alice(), "secret")).passphrase("secret")) == whole);
    CHECK(see(client_certificate::pkcs12(pkcs12_of(alice(), ""))) == whole);
    CHECK(see(client_certificate::pkcs12(pkcs12_of(alice(), nullptr))) == whole);
}

TEST_CASE("certificate and key may be files", "[tls][client_certificate]") {
    const scratch_file chain("dragline-chain", alice().chain_pem);
    const scratch_file key("dragline-key", encrypted_key(alice(), "secret"));
    const scratch_file archive("dragline-p12", pkcs12_of(alice(), "secret"));
    const std::string whole = "alice dragline test intermediate ";
    CHECK(seen_by_server(client_certificate::pem_files(chain.path(), key.path()).passphrase("secret")) ==
          whole);
    CHECK(seen_by_server(client_certificate::pkcs12_file(archive.path()).passphrase("secret")) == whole);
    const std::string nowhere = "/no/such/file";
    CHECK(refusal(client_certificate::pem_files(nowhere, key.path())) == tls::errc::invalid_certificate);
    CHECK(refusal(client_certificate::pem_files(chain.path(), nowhere)) == tls::errc::invalid_private_key);
    CHECK(refusal(client_certificate::pkcs12_file(nowhere)) == tls::errc::invalid_certificate);
    CHECK(refusal(client_certificate::pkcs12_file("/")) == tls::errc::invalid_certificate);
}

TEST_CASE("what cannot work is told when the context is made", "[tls][client_certificate]") {
    const auto& chain = alice().chain_pem;
    const auto& key = alice().private_key_pem;
    const auto archive = pkcs12_of(alice(), "secret");
    using certificate = client_certificate;
    CHECK(refusal(certificate::pem("", key)) == tls::errc::invalid_certificate);
    CHECK(refusal(certificate::pem("garbage", key)) == tls::errc::invalid_certificate);
    CHECK(refusal(certificate::pem(key, key)) == tls::errc::invalid_certificate);
    CHECK(refusal(certificate::pem(chain.substr(0, chain.size() - 100), key)) ==
          tls::errc::invalid_certificate);
    CHECK(refusal(certificate::pem(chain, "")) == tls::errc::invalid_private_key);
    CHECK(refusal(certificate::pem(chain, chain)) == tls::errc::invalid_private_key);
    CHECK(refusal(certificate::pem(chain, issue("bob").private_key_pem)) == tls::errc::private_key_mismatch);
    for (const bool traditional : {false, true}) {
        const auto secret_key = encrypted_key(alice(), "secret", traditional);
        CHECK(refusal(certificate::pem(chain, secret_key)) == tls::errc::bad_passphrase);
        CHECK(refusal(certificate::pem(chain, secret_key).passphrase("other")) == tls::errc::bad_passphrase);
        CHECK(refusal(certificate::pem(chain, secret_key).passphrase(std::string(5000, 'x'))) ==
              tls::errc::bad_passphrase);
    }
    CHECK(refusal(certificate::pkcs12("")) == tls::errc::invalid_certificate);
    CHECK(refusal(certificate::pkcs12("garbage")) == tls::errc::invalid_certificate);
    CHECK(refusal(certificate::pkcs12(chain)) == tls::errc::invalid_certificate);
    CHECK(refusal(certificate::pkcs12(archive)) == tls::errc::bad_passphrase);
    CHECK(refusal(certificate::pkcs12(archive).passphrase("other")) == tls::errc::bad_passphrase);
    CHECK(refusal(certificate::pkcs12(archive.substr(0, archive.size() / 2)).passphrase("secret")) ==
          tls::errc::invalid_certificate);
    CHECK(refusal(certificate::pkcs12(pkcs12_of(alice(), "secret", false)).passphrase("secret")));
}

TEST_CASE("a server that asks is shown nothing where there is nothing, and refuses",
          "[tls][client_certificate]") {
    const auto version = GENERATE(tls::version::tls_1_2, tls::version::tls_1_3);
    engine_pair pair(test::example_client(), asking_server(version));
    pair.connect();
    CHECK(pair.server_error == tls::errc::certificate_invalid);
    CHECK(test::read_all(pair.client).error == tls::errc::certificate_refused);
    const testing::certificate_authority stranger("stranger");
    const auto mallory = stranger.issue(certificate_request().name("mallory"));
    engine_pair other(test::example_client(test::trusting().certificate(
                          client_certificate::pem(mallory.chain_pem, mallory.private_key_pem))),
                      asking_server(version));
    other.connect();
    CHECK(other.server_error == tls::errc::unknown_issuer);
    const auto failure = other.server.peer().failure();
    REQUIRE(failure);
    CHECK(failure->certificate.subject_common_name == "mallory");
}

TEST_CASE("a server that does not ask is shown nothing", "[tls][client_certificate]") {
    const auto certificate = client_certificate::pem(alice().chain_pem, alice().private_key_pem);
    engine_pair pair(test::example_client(test::trusting().certificate(certificate)), test::example_server());
    pair.connect();
    CHECK_FALSE(pair.client_error);
    CHECK(pair.server.peer().chain().empty());
}

TEST_CASE("a certificate is shown when a server asks behind the handshake", "[tls][client_certificate]") {
    const auto certificate = client_certificate::pem(alice().chain_pem, alice().private_key_pem);
    const auto server = test::example_server();
    engine_pair pair(test::example_client(test::trusting().certificate(certificate)), server);
    pair.connect();
    REQUIRE_FALSE(pair.client_error);
    SSL* const ssl = pair.server.native_handle();
    X509_STORE* const trust = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(ssl));
    X509_STORE_add_cert(trust, std::shared_ptr<X509>(
                                   PEM_read_bio_X509(bio_of(test::shared_authority().certificate_pem()).get(),
                                                     nullptr, nullptr, nullptr),
                                   X509_free)
                                   .get());
    SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    REQUIRE(SSL_verify_client_post_handshake(ssl) == 1);
    REQUIRE(SSL_do_handshake(ssl) == 1);
    for (int turns = 0; turns < 3; ++turns) {
        pair.exchange();
        CHECK_FALSE(test::read_all(pair.client).error);
        CHECK_FALSE(test::read_all(pair.server).error);
    }
    REQUIRE(SSL_get0_peer_certificate(ssl) != nullptr);
}

TEST_CASE("a session of one certificate is never resumed with another", "[tls][client_certificate]") {
    const auto version = GENERATE(tls::version::tls_1_2, tls::version::tls_1_3);
    const auto server = asking_server(version);
    const auto cache = std::make_shared<tls::ticket_cache>();
    const auto bob = issue("bob");
    const auto client = [](const issued_certificate& who) {
        return test::example_client(
            test::trusting().certificate(client_certificate::pem(who.chain_pem, who.private_key_pem)));
    };
    const auto as_alice = client(alice()), as_bob = client(bob);
    const auto connect = [&](const tls::context& with, const std::string& expected) {
        engine_pair pair(with, server, tls::engine_options().host("example.com").tickets(cache, "key"));
        pair.connect();
        CHECK_FALSE(pair.server_error);
        CHECK(pair.server.peer().chain().at(0).subject_common_name == expected);
        return pair.client.resumed();
    };
    CHECK_FALSE(connect(as_alice, "alice"));
    CHECK_FALSE(connect(as_bob, "bob"));
    CHECK(connect(as_alice, "alice"));
    CHECK(connect(as_bob, "bob"));
}

TEST_CASE("certificates are values that serve as keys, by all that they hold", "[tls][client_certificate]") {
    const std::vector<client_certificate> all = {
        client_certificate(),
        client_certificate::pem("a", "b"),
        client_certificate::pem("a", "c"),
        client_certificate::pem("b", "b"),
        client_certificate::pem("a", "b").passphrase("x"),
        client_certificate::pem("a", "b").passphrase("y"),
        client_certificate::pem_files("a", "b"),
        client_certificate::pkcs12("a"),
        client_certificate::pkcs12("b"),
        client_certificate::pkcs12_file("a"),
    };
    std::map<client_certificate, std::size_t> by_value;
    for (std::size_t i = 0; i < all.size(); ++i) CHECK(by_value.emplace(all[i], i).second);
    CHECK(by_value.at(client_certificate::pem("a", "b").passphrase("x")) == 4);
    CHECK_FALSE(all[0]);
    CHECK(all[1]);
}

TEST_CASE("a server proves who it is from PKCS#12 and from files, as a client does",
          "[tls][client_certificate]") {
    const auto issued = issue("a.test", true);
    const auto bytes = pkcs12_of(issued, "secret");
    const auto serving = [](const client_certificate& own) {
        return tls::context::make_server(tls::server_options().certificate(own));
    };
    const auto whole = serving(client_certificate::pkcs12(bytes).passphrase("secret"));
    REQUIRE(whole);
    engine_pair pair(test::example_client(test::trusting().server_name("a.test")), *whole);
    pair.connect();
    CHECK_FALSE(pair.client_error);
    CHECK(serving(client_certificate::pkcs12(bytes).passphrase("wrong")).error() ==
          tls::errc::bad_passphrase);
    CHECK(serving(client_certificate::pkcs12("nonsense")).error() == tls::errc::invalid_certificate);
    CHECK(serving(client_certificate::pkcs12_file("/no/such/file")).error() ==
          tls::errc::invalid_certificate);
    CHECK(tls::context::make_server(tls::server_options()).error() == tls::errc::invalid_certificate);
}
