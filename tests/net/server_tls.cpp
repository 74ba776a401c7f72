#include <dragline/net/server.hpp>

#include "../support/temporary_folder.hpp"
#include "server_lab.hpp"

#include <dragline/testing/certificate_authority.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <array>
#include <chrono>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using dragline::net::connect_options;
using dragline::net::server_options;
using dragline::net::stream;
using dragline::test::echo_lines;
using dragline::test::kept_completion;
using dragline::test::run_until;
using dragline::test::server_lab;
using dragline::test::settle;
using dragline::testing::certificate_authority;
using dragline::testing::certificate_request;
using dragline::testing::issued_certificate;

namespace net = dragline::net;
namespace tls = dragline::tls;

namespace {

const certificate_authority& server_authority() {
    static const certificate_authority made;
    return made;
}

issued_certificate certificate_named(const std::string& name) {
    return server_authority().issue(certificate_request().name(name));
}

tls::server_certificate proof_of(const std::string& name) {
    const auto issued = certificate_named(name);
    return tls::server_certificate::pem(issued.chain_pem, issued.private_key_pem);
}

tls::server_options proving(const std::string& name) {
    return tls::server_options().certificate(proof_of(name));
}

connect_options naming(const std::string& name) {
    return connect_options().tls(
        tls::client_options().ca_pem(server_authority().certificate_pem()).server_name(name));
}

// Whose certificate a client gets that asks for `sni`, whatever it thinks of it.
std::string shown_to(server_lab& lab, const net::server& server, const std::string& sni) {
    auto client =
        lab.connect(server.local_endpoint(),
                    connect_options().tls(tls::client_options().verify(false).server_name("any").sni(sni)));
    const auto chain = client.peer().chain();
    CHECK(lab.ask(client, "hello") == "hello");
    return chain.empty() ? "" : chain.front().subject_common_name;
}

// Says who it takes the client for.
asio::awaitable<void> name_the_client(stream client) {
    const auto chain = client.peer().chain();
    const std::string name = chain.empty() ? "nobody" : chain.front().subject_common_name;
    co_await client.read_line();
    co_await client.write(name + '\n');
}

std::error_code refusal_by(server_lab& lab, const net::server& server, const connect_options& options) {
    kept_completion<stream> connected;
    net::open_connection(lab.loop, server.local_endpoint(), options, connected);
    run_until(lab.loop, [&] { return connected.done(); });
    if (connected.ec()) return connected.ec();
    return lab.end_of(connected.value());  // in TLS 1.3 the client is done before the server is
}

}  // namespace

TEST_CASE("a server speaks TLS, and chooses its certificate by the name asked for", "[net][server][tls]") {
    server_lab lab;
    const auto options = proving("default.test")
                             .certificate_for("One.test", proof_of("one.test"))
                             .certificate_for("*.wild.test", proof_of("wild.test"));
    const auto server = lab.start(&echo_lines, server_options().tls(options));
    auto client = lab.connect(server.local_endpoint(), naming("default.test"));
    CHECK(lab.ask(client, "hello") == "hello");
    CHECK(shown_to(lab, server, "one.test") == "one.test");
    CHECK(shown_to(lab, server, "ONE.TEST") == "one.test");
    CHECK(shown_to(lab, server, "a.wild.test") == "wild.test");
    CHECK(shown_to(lab, server, "a.b.wild.test") == "default.test");
    CHECK(shown_to(lab, server, "wild.test") == "default.test");
    CHECK(shown_to(lab, server, "unknown.test") == "default.test");
    CHECK(shown_to(lab, server, "") == "default.test");
    CHECK(server.counters().handshake_failures == 0);
}

TEST_CASE("a server knows its clients by their certificates, where it asks for them", "[net][server][tls]") {
    server_lab lab;
    const bool optional = GENERATE(false, true);
    const auto authority = server_authority().certificate_pem();
    const auto options = proving("a.test").client_ca_pem(authority).client_authentication(
        optional ? tls::client_authentication::optional : tls::client_authentication::required);
    const auto server = lab.start(&name_the_client, server_options().tls(options));
    const auto showing = [&](const issued_certificate& shown) {
        return connect_options().tls(
            tls::client_options().ca_pem(authority).server_name("a.test").certificate(
                tls::client_certificate::pem(shown.chain_pem, shown.private_key_pem)));
    };
    auto alice = lab.connect(server.local_endpoint(), showing(certificate_named("alice")));
    CHECK(lab.ask(alice, "who am I?") == "alice");

    const certificate_authority stranger;
    CHECK(refusal_by(lab, server, showing(stranger.issue(certificate_request().name("mallory")))) ==
          tls::errc::certificate_refused);
    if (optional) {
        auto unknown = lab.connect(server.local_endpoint(), naming("a.test"));
        CHECK(lab.ask(unknown, "who am I?") == "nobody");
    } else {
        CHECK(refusal_by(lab, server, naming("a.test")) == tls::errc::certificate_refused);
    }
    run_until(lab.loop, [&] { return server.counters().handshake_failures == (optional ? 1u : 2u); });
}

TEST_CASE("certificates are swapped for new connections, and bad ones refused", "[net][server][tls]") {
    server_lab lab;
    const auto server = lab.start(&echo_lines, server_options().tls(proving("old.test")));
    auto standing = lab.connect(server.local_endpoint(), naming("old.test"));
    CHECK(!server.reload(proving("new.test")).error());
    CHECK(shown_to(lab, server, "any.test") == "new.test");
    CHECK(lab.ask(standing, "go on") == "go on");

    using certificate = tls::server_certificate;
    const auto other = certificate_named("other.test");
    const auto bad = [&](const certificate& value) {
        return server.reload(tls::server_options().certificate(value)).error();
    };
    CHECK(bad(certificate::pem_files("/no/such/file", "/no/such/key")) == tls::errc::invalid_certificate);
    CHECK(bad(certificate::pem("nonsense", "nonsense")) == tls::errc::invalid_certificate);
    CHECK(bad(certificate::pem(other.chain_pem, certificate_named("x").private_key_pem)) ==
          tls::errc::private_key_mismatch);
    CHECK(server.reload(proving("a.test").certificate_for("b..", proof_of("b"))).error() ==
          tls::errc::invalid_host);
    CHECK(server.reload(proving("a.test").certificate_for("b", certificate())).error() ==
          tls::errc::invalid_certificate);
    CHECK(shown_to(lab, server, "any.test") == "new.test");

    const dragline::test::temporary_folder folder;
    CHECK(!bad(certificate::pem_files(folder.file("chain", other.chain_pem),
                                      folder.file("key", other.private_key_pem))));
    CHECK(shown_to(lab, server, "any.test") == "other.test");

    const auto plain = lab.start(&echo_lines);
    CHECK(plain.reload(proving("a.test")).error() == dragline::errc::invalid_option);
}

TEST_CASE("a bad certificate path is a typed error at the start", "[net][server][tls]") {
    server_lab lab;
    const auto nowhere = tls::server_certificate::pem_files("/no/such/file", "/no/such/key");
    const auto started = lab.try_start(lab.loop, {"127.0.0.1", 0}, &echo_lines,
                                       server_options().tls(tls::server_options().certificate(nowhere)));
    CHECK(started.ec() == tls::errc::invalid_certificate);
}

TEST_CASE("a client that is silent, slow or no TLS at all in the handshake loses its place",
          "[net][server][tls]") {
    server_lab lab;
    std::vector<std::error_code> told;
    const auto note = [&](std::exception_ptr failure, const net::endpoint& from) {
        CHECK(from.host() == "127.0.0.1");
        try {
            std::rethrow_exception(failure);
        } catch (const std::system_error& e) {
            told.push_back(e.code());
        }
    };
    const auto server = lab.start(
        &echo_lines,
        server_options().tls(proving("a.test")).handshake_timeout(40ms).max_connections(1).on_error(note));
    auto silent = lab.connect(server.local_endpoint());
    lab.end_of(silent);
    CHECK(told == std::vector<std::error_code>{dragline::make_timeout(dragline::phase::tls)});

    auto slow = lab.connect(server.local_endpoint());  // one byte of a record each time
    kept_completion<std::size_t> end;
    std::array<char, 16> bytes{};
    slow.async_read_some(asio::buffer(bytes), end);
    for (const char each : {'\x16', '\x03', '\x01'}) {
        kept_completion<std::size_t> sent;
        slow.write(std::string(1, each), sent);
        run_until(lab.loop, [&] { return sent.done(); });
    }
    run_until(lab.loop, [&] { return end.done(); });
    CHECK(told.size() == 2);

    auto plain = lab.connect(server.local_endpoint());
    kept_completion<std::size_t> sent;
    plain.write("GET / HTTP/1.1\r\n\r\n", sent);
    lab.end_of(plain);
    REQUIRE(told.size() == 3);
    CHECK(told[2] == tls::errc::not_tls);
    lab.connect(server.local_endpoint()).abort();

    auto client = lab.connect(server.local_endpoint(), naming("a.test"));
    CHECK(lab.ask(client, "hello") == "hello");
    CHECK(server.counters().handshake_failures >= 3);
    CHECK(server.counters().handler_failures == 0);
    CHECK(server.counters().active == 1);
}

TEST_CASE("stop ends handshakes as it ends handlers", "[net][server][tls]") {
    server_lab lab;
    const auto server = lab.start(&echo_lines, server_options().tls(proving("a.test")));
    auto silent = lab.connect(server.local_endpoint());
    run_until(lab.loop, [&] { return server.counters().active == 1; });
    CHECK(!lab.stop(server, 20ms));
    CHECK(server.counters().active == 0);
    CHECK(server.counters().handshake_failures == 0);
}
