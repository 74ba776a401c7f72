// Our TLS against the openssl program: our client with its server, its client with our server.
#include <dragline/http.hpp>

#include "../support/http_client.hpp"
#include "openssl_server.hpp"
#include "server_process.hpp"

#include <dragline/tls/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using dragline::fetch_options;
using dragline::session_options;
using dragline::test::arguments;
using dragline::test::child_process;
using dragline::test::http_client;
using dragline::test::need_program;
using dragline::test::openssl_server;
using dragline::test::scratch_folder;
using dragline::test::server_plan;
using dragline::test::server_process;
using dragline::test::test_ca;
using dragline::test::trusting_test_ca;
using dragline::test::usual_certificate;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace tls = dragline::tls;

namespace {

// What `openssl s_client` prints, and its exit status.
struct conversation {
    int status = -1;
    std::string output;
};

conversation openssl_client(const http_server& with, const arguments& more) {
    const scratch_folder folder;
    arguments all{need_program("openssl"),
                  "s_client",
                  "-connect",
                  "127.0.0.1:" + std::to_string(with.port()),
                  "-CAfile",
                  folder.write("ca.pem", test_ca().certificate_pem()),
                  "-verify_return_error",
                  "-ign_eof"};
    all.insert(all.end(), more.begin(), more.end());
    const auto request =
        folder.write("request", "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
    child_process client(all, folder.file("output"), request);
    const auto status = client.wait();
    conversation out;
    out.status = status.value_or(-1);
    out.output = folder.read("output");
    return out;
}

}  // namespace

TEST_CASE("fetches from openssl s_server in both versions of TLS", "[integration][openssl]") {
    const struct {
        arguments more;
        std::string version;
        std::string cipher;
    } cases[] = {
        {{"-tls1_2"}, "TLSv1.2", ""},
        {{"-tls1_2", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305"}, "TLSv1.2", "ECDHE-ECDSA-CHACHA20-POLY1305"},
        {{"-tls1_3"}, "TLSv1.3", ""},
        {{"-tls1_3", "-ciphersuites", "TLS_AES_128_GCM_SHA256"}, "TLSv1.3", "TLS_AES_128_GCM_SHA256"},
        {{"-tls1_3", "-groups", "P-384"}, "TLSv1.3", ""},  // a second round of the handshake
        {{"-tls1_3", "-num_tickets", "0"}, "TLSv1.3", ""},
    };
    for (const auto& each : cases) {
        INFO(each.more.back());
        server_process server(openssl_server(each.more));
        http_client client(session_options().tls(trusting_test_ca()));
        for (int i = 0; i < 2; ++i) {
            const auto got = client.fetch("https://127.0.0.1:" + std::to_string(server.port()) + "/");
            INFO(got.ec.message());
            CHECK(got.response.status == 200);
            CHECK(got.response.version_minor == 0);
            CHECK(got.response.peer.tls.version() == each.version);
            if (!each.cipher.empty()) CHECK(got.response.peer.tls.cipher() == each.cipher);
            CHECK(got.response.body.find(each.version) != std::string::npos);
            CHECK(got.response.body.find(std::string(got.response.peer.tls.cipher())) != std::string::npos);
            CHECK(got.response.body.find("</HTML>") != std::string::npos);
        }
    }
}

TEST_CASE("openssl s_server agrees on a protocol, or on nothing", "[integration][openssl]") {
    server_process server(openssl_server({"-alpn", "h2,http/1.1"}));
    http_client client(session_options().tls(trusting_test_ca()));
    const auto url = "https://127.0.0.1:" + std::to_string(server.port()) + "/";
    CHECK(client.fetch(url).response.peer.tls.alpn() == "http/1.1");
    server_process old(openssl_server({"-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"}));
    const auto got = client.fetch("https://127.0.0.1:" + std::to_string(old.port()) + "/");
    INFO(got.ec.message());
    CHECK((got.ec ? got.ec == dragline::condition::tls_failed : got.response.status == 200));
}

TEST_CASE("openssl s_client speaks with our server in both versions of TLS", "[integration][openssl]") {
    http_server server(usual_certificate());
    server.on("/", http_reply().body("from dragline, " + std::string(100'000, '.') + " to openssl").close());
    for (const std::string version : {"-tls1_2", "-tls1_3"}) {
        INFO(version);
        const auto [status, output] =
            openssl_client(server, {version, "-servername", "a.test", "-verify_hostname", "a.test"});
        INFO(output.substr(0, 3000));
        CHECK(status == 0);
        CHECK(output.find("Verify return code: 0 (ok)") != std::string::npos);
        CHECK(output.find("from dragline, ...") != std::string::npos);
        CHECK(output.find("... to openssl") != std::string::npos);
        CHECK(server.requests().back().server_name == "a.test");
    }
    CHECK(server.failed_handshakes() == 0);

    const auto other = openssl_client(server, {"-servername", "c.test", "-verify_hostname", "c.test"});
    CHECK(other.status != 0);
    CHECK(server.request_count() == 2);
}
