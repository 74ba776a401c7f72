#include <dragline/tls/context.hpp>

#include <tls/engine_pair.hpp>

#include <catch2/catch_test_macros.hpp>

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <unistd.h>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

using namespace dragline;
using dragline::test::engine_pair;
using testing::certificate_request;

namespace {

// A folder of its own that vanishes with the test.
class scratch_folder {
public:
    scratch_folder() {
        std::string path = (std::filesystem::temp_directory_path() / "dragline-tls-XXXXXX").string();
        if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("mkdtemp");
        path_ = path;
    }
    ~scratch_folder() { std::filesystem::remove_all(path_); }

    std::string path() const { return path_; }
    std::string file(const std::string& name, const std::string& text) const {
        std::ofstream(path_ + "/" + name) << text;
        return path_ + "/" + name;
    }

private:
    std::string path_;
};

// Sets an environment variable, and puts back what was there.
class environment_setting {
public:
    environment_setting(const char* name, const std::string& value) : name_(name) {
        if (const char* before = std::getenv(name)) before_ = before;
        ::setenv(name, value.c_str(), 1);
    }
    ~environment_setting() {
        if (before_.empty()) {
            ::unsetenv(name_);
        } else {
            ::setenv(name_, before_.c_str(), 1);
        }
    }

private:
    const char* name_;
    std::string before_;
};

// The name under which OpenSSL looks for a certificate in a directory.
std::string hashed_name(const std::string& pem) {
    BIO* source = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    X509* certificate = PEM_read_bio_X509(source, nullptr, nullptr, nullptr);
    char name[32];
    std::snprintf(name, sizeof name, "%08lx.0", X509_subject_name_hash(certificate));
    X509_free(certificate);
    BIO_free(source);
    return name;
}

std::error_code handshake_with(const tls::client_options& options) {
    const auto client = tls::context::make_client(options);
    if (!client) return client.error();
    engine_pair pair(*client, test::example_server());
    pair.shake_hands();
    return pair.client_error;
}

std::string ca_pem() { return test::shared_authority().certificate_pem(); }

}  // namespace

TEST_CASE("CA certificates come from text, a file or a directory", "[tls][context]") {
    const scratch_folder folder;
    CHECK(handshake_with(tls::client_options().ca_pem(ca_pem())) == std::error_code());
    CHECK(handshake_with(tls::client_options().ca_file(folder.file("ca.pem", ca_pem()))) ==
          std::error_code());
    folder.file(hashed_name(ca_pem()), ca_pem());
    CHECK(handshake_with(tls::client_options().ca_directory(folder.path())) == std::error_code());
}

TEST_CASE("several sources of CA certificates add up", "[tls][context]") {
    const scratch_folder folder;
    const testing::certificate_authority other("another CA");
    const auto file = folder.file("other.pem", other.certificate_pem());
    CHECK(handshake_with(tls::client_options().ca_file(file)) == tls::errc::unknown_issuer);
    CHECK(handshake_with(tls::client_options().ca_file(file).ca_pem(ca_pem())) == std::error_code());
    CHECK(handshake_with(tls::client_options().ca_file(file).ca_pem("")) == tls::errc::empty_trust_store);
    CHECK(handshake_with(tls::client_options().ca_pem(ca_pem()).ca_file("/no/such/file")) ==
          tls::errc::invalid_trust);
    CHECK(handshake_with(tls::client_options().ca_pem(ca_pem()).ca_directory(folder.path())) ==
          tls::errc::empty_trust_store);
    folder.file(hashed_name(ca_pem()), ca_pem());
    CHECK(handshake_with(tls::client_options().ca_file(file).ca_directory(folder.path())) ==
          std::error_code());
    CHECK(handshake_with(tls::client_options().ca_pem("comment\n" + other.certificate_pem() + ca_pem())) ==
          std::error_code());
}

TEST_CASE("given CA certificates replace the system's", "[tls][context]") {
    const scratch_folder folder;
    const environment_setting file("SSL_CERT_FILE", folder.file("ca.pem", ca_pem()));
    CHECK(handshake_with(tls::client_options()) == std::error_code());
    const testing::certificate_authority other;
    CHECK(handshake_with(tls::client_options().ca_pem(other.certificate_pem())) == tls::errc::unknown_issuer);
}

TEST_CASE("an intermediate may be the trusted certificate", "[tls][context]") {
    const auto issued =
        test::shared_authority().issue(certificate_request().name("example.com").intermediate());
    const auto server = tls::context::make_server(tls::server_options()
                                                      .certificate_chain_pem(issued.chain_pem)
                                                      .private_key_pem(issued.private_key_pem))
                            .value();
    const auto second = issued.chain_pem.find("-----BEGIN", 1);
    REQUIRE(second != std::string::npos);
    engine_pair pair(test::example_client(tls::client_options().ca_pem(issued.chain_pem.substr(second))),
                     server);
    pair.shake_hands();
    CHECK(pair.client_error == std::error_code());
}

TEST_CASE("a trust store with nothing in it is reported when the context is made", "[tls][context]") {
    const scratch_folder folder;
    const auto key_only = test::shared_authority().issue(certificate_request()).private_key_pem;
    CHECK(handshake_with(tls::client_options().ca_pem("")) == tls::errc::empty_trust_store);
    CHECK(handshake_with(tls::client_options().ca_pem("no certificate here")) ==
          tls::errc::empty_trust_store);
    CHECK(handshake_with(tls::client_options().ca_pem(key_only)) == tls::errc::empty_trust_store);
    CHECK(handshake_with(tls::client_options().ca_file(folder.file("empty", ""))) ==
          tls::errc::empty_trust_store);
    folder.file("ca.pem", ca_pem());  // not a hashed name: OpenSSL would never find it
    CHECK(handshake_with(tls::client_options().ca_directory(folder.path())) == tls::errc::empty_trust_store);

    const environment_setting file("SSL_CERT_FILE", folder.path() + "/missing");
    const environment_setting directory("SSL_CERT_DIR", folder.path());
    CHECK(handshake_with(tls::client_options()) == tls::errc::empty_trust_store);
    CHECK(tls::context::make_client(tls::client_options().verify(false)));
}

TEST_CASE("a trust store that cannot be read is reported when the context is made", "[tls][context]") {
    const scratch_folder folder;
    std::string broken = ca_pem();
    broken.replace(broken.size() / 2, 4, "!!!!");
    CHECK(handshake_with(tls::client_options().ca_pem(broken)) == tls::errc::invalid_trust);
    CHECK(handshake_with(tls::client_options().ca_pem(ca_pem() + broken)) == tls::errc::invalid_trust);
    CHECK(handshake_with(tls::client_options().ca_pem(ca_pem().substr(0, 100))) == tls::errc::invalid_trust);
    CHECK(handshake_with(tls::client_options().ca_file("")) == tls::errc::invalid_trust);
    CHECK(handshake_with(tls::client_options().ca_file(folder.path())) == tls::errc::invalid_trust);
    CHECK(handshake_with(tls::client_options().ca_file(folder.path() + "/missing")) ==
          tls::errc::invalid_trust);
    CHECK(handshake_with(tls::client_options().ca_directory(folder.path() + "/missing")) ==
          tls::errc::invalid_trust);
}

TEST_CASE("contexts refuse options that cannot work", "[tls][context]") {
    const auto refused = [](const tls::client_options& options) {
        return tls::context::make_client(options).error() == std::errc::invalid_argument;
    };
    CHECK(refused(test::trusting().min_version(tls::version::tls_1_3).max_version(tls::version::tls_1_2)));
    CHECK(refused(test::trusting().alpn({""})));
    CHECK(refused(test::trusting().alpn({std::string(256, 'a')})));
    CHECK_FALSE(refused(test::trusting().alpn({std::string(255, 'a')})));
    CHECK(refused(test::trusting().alpn(std::vector<std::string>(256, std::string(255, 'a')))));
    CHECK_FALSE(refused(test::trusting().alpn(std::vector<std::string>(255, std::string(255, 'a')))));

    tls::engine nowhere{tls::context(), tls::engine_options().host("example.com")};
    CHECK(nowhere.handshake().error() == std::errc::invalid_argument);
    CHECK(nowhere.has_pending_input() == false);
    CHECK_FALSE(nowhere.peer());
}

TEST_CASE("ciphers, suites and groups are those of the options", "[tls][context]") {
    using options = tls::client_options;
    const auto agreed = [](const options& with, tls::version highest) {
        engine_pair pair(test::example_client(with),
                         test::example_server(tls::server_options().max_version(highest)));
        pair.connect();
        CHECK(pair.client_error == std::error_code());
        return std::string(pair.client.peer().cipher()) + ' ' +
               std::to_string(SSL_get_negotiated_group(pair.client.native_handle()));
    };
    const auto trusting = test::trusting();
    const std::string p384 = std::to_string(NID_secp384r1), x448 = std::to_string(NID_X448);
    CHECK(agreed(options(trusting).ciphers("ECDHE-ECDSA-CHACHA20-POLY1305").groups("P-384:P-256"),
                 tls::version::tls_1_2) == "ECDHE-ECDSA-CHACHA20-POLY1305 " + p384);
    CHECK(agreed(options(trusting).cipher_suites("TLS_CHACHA20_POLY1305_SHA256").groups("X448"),
                 tls::version::tls_1_3) == "TLS_CHACHA20_POLY1305_SHA256 " + x448);
    CHECK(agreed(options(trusting).cipher_suites("TLS_AES_128_GCM_SHA256").groups("P-384"),
                 tls::version::tls_1_3) == "TLS_AES_128_GCM_SHA256 " + p384);
}

TEST_CASE("AES-128 is asked for before the other suites that OpenSSL offers", "[tls][context]") {
    const auto suites_of = [](SSL_CTX* context) {
        std::vector<std::string> names;
        const auto* ciphers = SSL_CTX_get_ciphers(context);
        for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i)
            names.push_back(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(ciphers, i)));
        return names;
    };
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> plain(SSL_CTX_new(TLS_client_method()),
                                                                  &SSL_CTX_free);
    auto wanted = suites_of(plain.get());
    const auto found = std::find(wanted.begin(), wanted.end(), "TLS_AES_128_GCM_SHA256");
    REQUIRE(found != wanted.end());
    std::rotate(wanted.begin(), found, found + 1);
    CHECK(suites_of(test::example_client().native_handle()) == wanted);
    engine_pair pair(test::example_client(), test::example_server());
    pair.connect();
    CHECK(pair.client.peer().cipher() == "TLS_AES_128_GCM_SHA256");
}

TEST_CASE("a list of ciphers, suites or groups that has nothing in it is an error", "[tls][context]") {
    const auto refused = [](const tls::client_options& options) {
        return tls::context::make_client(options).error() == tls::errc::invalid_ciphers;
    };
    CHECK(refused(test::trusting().ciphers("no-such-cipher")));
    CHECK(refused(test::trusting().ciphers("!ALL")));
    CHECK(refused(test::trusting().ciphers(std::string("ALL:@SECLEVEL=0\0", 16))));
    CHECK(refused(test::trusting().ciphers("aNULL:@SECLEVEL=0")));  // a server would need no certificate
    CHECK(refused(test::trusting().ciphers("eNULL:@SECLEVEL=0")));
    CHECK(refused(test::trusting().cipher_suites("no-such-suite")));
    CHECK(refused(test::trusting().cipher_suites("ECDHE-ECDSA-CHACHA20-POLY1305")));
    CHECK(refused(test::trusting().groups("no-such-group")));
    CHECK_FALSE(refused(test::trusting().ciphers("ECDHE+AESGCM:no-such-cipher")));
}

TEST_CASE("a server without any certificate is refused, should one ever be agreed with", "[tls][context]") {
    const char* const anonymous = "ADH-AES128-GCM-SHA256:@SECLEVEL=0";
    const auto server = test::example_server(tls::server_options().max_version(tls::version::tls_1_2));
    SSL_CTX_set_dh_auto(server.native_handle(), 1);
    REQUIRE(SSL_CTX_set_cipher_list(server.native_handle(), anonymous) == 1);
    for (const auto check : {tls::ocsp_check::off, tls::ocsp_check::if_stapled}) {
        const auto client =
            test::example_client(test::trusting().max_version(tls::version::tls_1_2).ocsp(check));
        REQUIRE(SSL_CTX_set_cipher_list(client.native_handle(), anonymous) == 1);
        engine_pair pair(client, server);
        pair.connect();
        CHECK(pair.client_error == tls::errc::certificate_invalid);
        CHECK(pair.client.write("secret").error() == tls::errc::certificate_invalid);
    }
}

TEST_CASE("a server needs a certificate and its key", "[tls][context]") {
    const auto issued = test::shared_authority().issue(certificate_request().name("example.com"));
    const auto other = test::shared_authority().issue(certificate_request().name("example.com"));
    const auto attempt = [](const std::string& chain, const std::string& key) {
        return tls::context::make_server(
                   tls::server_options().certificate_chain_pem(chain).private_key_pem(key))
            .error();
    };
    CHECK(attempt(issued.chain_pem, issued.private_key_pem) == std::error_code());
    CHECK(attempt("", issued.private_key_pem) == tls::errc::invalid_certificate);
    CHECK(attempt("garbage", issued.private_key_pem) == tls::errc::invalid_certificate);
    CHECK(attempt(issued.chain_pem.substr(0, 200), issued.private_key_pem) == tls::errc::invalid_certificate);
    CHECK(attempt(issued.chain_pem, "") == tls::errc::invalid_private_key);
    CHECK(attempt(issued.chain_pem, other.private_key_pem) == tls::errc::private_key_mismatch);
    // Must not ask for a password on the terminal.
    CHECK(attempt(issued.chain_pem,
                  "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAAA\n-----END ENCRYPTED PRIVATE KEY-----\n") ==
          tls::errc::invalid_private_key);
}

TEST_CASE("copies of a context are equal, and it knows its role", "[tls][context]") {
    const auto client = test::example_client();
    const auto copy = client;
    CHECK(copy == client);
    CHECK(copy.native_handle() == client.native_handle());
    CHECK(client.is_client());
    CHECK(test::example_client() != client);
    CHECK_FALSE(test::example_server().is_client());
    CHECK_FALSE(tls::context());
}

TEST_CASE("contexts on the system's certificates share them while one lives", "[tls][context]") {
    const scratch_folder folder;
    const environment_setting file("SSL_CERT_FILE", folder.file("ca.pem", ca_pem()));
    const auto first = test::example_client(tls::client_options());
    const auto second = test::example_client(tls::client_options().alpn({"h2"}));
    CHECK(first != second);
    CHECK(SSL_CTX_get_cert_store(first.native_handle()) == SSL_CTX_get_cert_store(second.native_handle()));
    // Other places, other certificates.
    const environment_setting moved("SSL_CERT_FILE", folder.file("other.pem", ca_pem()));
    const auto third = test::example_client(tls::client_options());
    CHECK(SSL_CTX_get_cert_store(first.native_handle()) != SSL_CTX_get_cert_store(third.native_handle()));
}
