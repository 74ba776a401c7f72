// Client certificates, stapled OCSP responses and the key log against the openssl program and nginx.
#include <dragline/http.hpp>

#include "../support/http_client.hpp"
#include "nginx_server.hpp"
#include "openssl_server.hpp"

#include <dragline/testing/ocsp_response.hpp>
#include <dragline/tls/error.hpp>
#include <dragline/tls/pin.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

using dragline::fetch_options;
using dragline::test::add_certificate;
using dragline::test::arguments;
using dragline::test::certificate_of;
using dragline::test::child_process;
using dragline::test::fetched;
using dragline::test::file_list;
using dragline::test::http_client;
using dragline::test::need_program;
using dragline::test::nginx_server;
using dragline::test::openssl_server;
using dragline::test::scratch_folder;
using dragline::test::server_plan;
using dragline::test::server_process;
using dragline::test::test_ca;
using dragline::test::trusting_test_ca;
using dragline::test::usual_certificate;
using dragline::testing::certificate_request;
using dragline::testing::issued_certificate;
using dragline::testing::make_ocsp_response;
using dragline::testing::ocsp_answer;
using dragline::tls::client_certificate;
using dragline::tls::client_options;

namespace tls = dragline::tls;

namespace {

fetched get(const server_process& server, const client_options& options, http_client& client) {
    return client.fetch("https://127.0.0.1:" + std::to_string(server.port()) + "/",
                        fetch_options().tls(options).fresh_connection(true));
}

void run_openssl(const scratch_folder& folder, arguments more) {
    more.insert(more.begin(), need_program("openssl"));
    child_process process(more, folder.file("output"));
    const auto status = process.wait();
    INFO(folder.read("output"));
    REQUIRE(status == 0);
}

const issued_certificate& alice() {
    static const auto issued = certificate_of(certificate_request().name("alice").intermediate());
    return issued;
}

// Her certificate as OpenSSL's tools write it.
struct alice_files {
    alice_files() {
        chain = folder.write("alice.pem", alice().chain_pem);
        key = folder.write("alice.key", alice().private_key_pem);
        run_openssl(folder, {"pkcs8", "-topk8", "-in", key, "-out", folder.file("encrypted.key"), "-passout",
                             "pass:secret"});
        run_openssl(folder, {"pkcs12", "-export", "-in", chain, "-inkey", key, "-out",
                             folder.file("alice.p12"), "-passout", "pass:secret"});
    }
    scratch_folder folder;
    std::string chain, key;
};

std::vector<std::string> sorted_lines(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) {
        if (!line.empty() && line.front() != '#') lines.push_back(line);
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

}  // namespace

TEST_CASE("openssl s_server verifies a client certificate from PEM and PKCS#12", "[integration][openssl]") {
    const alice_files files;
    const std::pair<const char*, client_certificate> cases[] = {
        {"PEM", client_certificate::pem(alice().chain_pem, alice().private_key_pem)},
        {"files", client_certificate::pem_files(files.chain, files.key)},
        {"encrypted",
         client_certificate::pem_files(files.chain, files.folder.file("encrypted.key")).passphrase("secret")},
        {"PKCS#12", client_certificate::pkcs12(files.folder.read("alice.p12")).passphrase("secret")},
        {"PKCS#12 file",
         client_certificate::pkcs12_file(files.folder.file("alice.p12")).passphrase("secret")},
    };
    const auto leaf = alice().chain_pem.substr(0, alice().chain_pem.find("-----BEGIN", 1));
    for (const char* const version : {"-tls1_2", "-tls1_3"}) {
        server_process server(
            openssl_server({version, "-Verify", "3", "-verify_return_error", "-CAfile", "@F/ca.pem"},
                           {{"ca.pem", test_ca().certificate_pem()}}));
        http_client client;
        for (const auto& [what, certificate] : cases) {
            INFO(version << ' ' << what);
            const auto got = get(server, trusting_test_ca().certificate(certificate), client);
            INFO(got.ec.message());
            CHECK(got.response.status == 200);
            CHECK(got.response.body.find(leaf) != std::string::npos);  // its page shows what it got
        }
        CHECK(get(server, trusting_test_ca(), client).ec == tls::errc::certificate_refused);
        const auto wrong =
            client_certificate::pkcs12_file(files.folder.file("alice.p12")).passphrase("other");
        CHECK(get(server, trusting_test_ca().certificate(wrong), client).ec == tls::errc::bad_passphrase);
    }
}

TEST_CASE("what openssl s_server staples is checked", "[integration][openssl]") {
    const auto mine = usual_certificate();
    const struct {
        std::string staple;
        tls::ocsp_status status;
        std::error_code if_stapled, required;
    } cases[] = {
        {make_ocsp_response(mine), tls::ocsp_status::good, {}, {}},
        {make_ocsp_response(mine, ocsp_answer().expired()),
         tls::ocsp_status::expired,
         {},
         tls::errc::staple_expired},
        {make_ocsp_response(mine, ocsp_answer(ocsp_answer::verdict::revoked)), tls::ocsp_status::revoked,
         tls::errc::certificate_revoked, tls::errc::certificate_revoked},
    };
    const auto strict = trusting_test_ca().ocsp(tls::ocsp_check::required);
    for (const char* const version : {"-tls1_2", "-tls1_3"}) {
        for (const auto& each : cases) {
            server_process server(
                openssl_server({version, "-status_file", "@F/staple"}, {{"staple", each.staple}}, mine));
            http_client client;
            const auto lenient = get(server, trusting_test_ca(), client);
            CHECK(lenient.ec == each.if_stapled);
            CHECK(lenient.trace.attempts.at(0).connection.peer.ocsp() == each.status);
            CHECK(get(server, strict, client).ec == each.required);
        }
        server_process bare(openssl_server({version}));
        http_client client;
        CHECK(get(bare, strict, client).ec == tls::errc::staple_missing);
    }
}

TEST_CASE("the key log says what openssl s_server logs", "[integration][openssl]") {
    for (const char* const version : {"-tls1_2", "-tls1_3"}) {
        server_process server(openssl_server({version, "-keylogfile", "@F/server.keys"}));
        const scratch_folder folder;
        http_client client;
        const auto options = trusting_test_ca().key_log(tls::key_log::to_file(folder.file("keys")));
        for (int i = 0; i < 2; ++i) CHECK(get(server, options, client).response.status == 200);
        const auto ours = sorted_lines(folder.read("keys"));
        CHECK(ours.size() == (version == std::string("-tls1_2") ? 2 : 10));
        CHECK(ours == sorted_lines(server.folder().read("server.keys")));
    }
}

TEST_CASE("nginx sees the client's certificate, and its key is pinned", "[integration][nginx]") {
    const auto mine = usual_certificate();
    file_list files{{"www/page", "private"}, {"ca.pem", test_ca().certificate_pem()}};
    add_certificate(files, "usual", mine);
    files["staple"] = make_ocsp_response(mine);
    const nginx_server nginx(R"(
        ssl_certificate @F/usual.pem;
        ssl_certificate_key @F/usual.key;
        ssl_client_certificate @F/ca.pem;
        ssl_verify_depth 3;
        add_header X-Client $ssl_client_s_dn always;
        add_header X-Verify $ssl_client_verify always;
        server { listen 127.0.0.1:@0 ssl; ssl_verify_client on; ssl_stapling on; ssl_stapling_file @F/staple; }
        server { listen 127.0.0.1:@1 ssl; ssl_verify_client optional; })",
                             files);
    http_client client;
    const auto fetch = [&](const client_options& options, std::size_t which = 0) {
        return client.fetch(nginx.secure_url("/page", which), fetch_options().tls(options));
    };
    const auto as_alice =
        trusting_test_ca().certificate(client_certificate::pem(alice().chain_pem, alice().private_key_pem));
    const auto pin = tls::public_key_pin::of_certificate(mine.chain_pem).value().text();
    const auto got = fetch(client_options(as_alice).pin(pin).ocsp(tls::ocsp_check::required));
    INFO(got.ec.message());
    CHECK(got.response.body == "private");
    CHECK(got.response.headers.get("X-Client") == "CN=alice,O=dragline");
    CHECK(got.response.headers.get("X-Verify") == "SUCCESS");
    CHECK(got.response.peer.tls.ocsp() == tls::ocsp_status::good);
    CHECK(got.response.peer.tls.verified_chain().size() == 2);

    const auto none = fetch(trusting_test_ca());  // nginx says so in HTTP
    CHECK(none.response.status == 400);
    CHECK(fetch(trusting_test_ca(), 1).response.headers.get("X-Verify") == "NONE");
    CHECK(fetch(as_alice, 1).response.headers.get("X-Verify") == "SUCCESS");
    const auto wrong = "sha256/47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    CHECK(fetch(client_options(as_alice).pin(wrong)).ec == tls::errc::pin_mismatch);
}
