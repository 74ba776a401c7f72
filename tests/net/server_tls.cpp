#include <dragline/net/server.hpp>

#include "../support/temporary_folder.hpp"
#include "server_lab.hpp"

#include <dragline/async/loop_group.hpp>
#include <dragline/testing/certificate_authority.hpp>

#include <asio/co_spawn.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <exception>
#include <set>
#include <stop_token>
#include <string>
#include <system_error>
#include <thread>
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

// By the name that is asked for, and another without one.
tls::server_options renewal_called(const std::string& name) {
    const auto issued = server_authority().issue(certificate_request().name("a.test").common_name(name));
    return proving("default.test")
        .certificate_for("a.test", tls::server_certificate::pem(issued.chain_pem, issued.private_key_pem));
}

struct handshake_notes {
    static constexpr std::size_t rounds = 20;
    std::set<std::string> names;  // of the certificates
    std::exception_ptr thrown;
    bool over = false;
};

asio::awaitable<void> shake_hands_often(net::endpoint at, handshake_notes& notes) {
    for (std::size_t i = 0; i < notes.rounds; ++i) {
        auto client = co_await net::open_connection(at, naming("a.test"));
        notes.names.insert(client.peer().chain().at(0).subject_common_name);
        co_await client.write("hello\n");
        const auto answer = co_await client.read_line();
        CHECK(answer == "hello");
        co_await client.close();
    }
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

TEST_CASE("every handshake has the old certificate or the new one while they change", "[net][server][tls]") {
    server_lab lab;
    dragline::loop_group group(2);
    const std::array<tls::server_options, 2> settings{renewal_called("first"), renewal_called("second")};
    auto started =
        lab.try_start(group, {"127.0.0.1", 0}, &echo_lines, server_options().tls(settings.front()));
    REQUIRE(!started.ec());
    const auto& server = started.value();
    std::size_t reloads = 0;
    std::jthread reloading([&](std::stop_token stop) {
        while (!stop.stop_requested()) server.reload(settings[++reloads % 2]).value();
    });
    std::array<handshake_notes, 8> notes;
    for (auto& each : notes) {
        asio::co_spawn(lab.loop.get_executor(), shake_hands_often(server.local_endpoint(), each),
                       [&each](std::exception_ptr thrown) { each.over = true, each.thrown = thrown; });
    }
    run_until(lab.loop, [&] {
        return std::all_of(notes.begin(), notes.end(), [](const auto& each) { return each.over; });
    });
    reloading.request_stop();
    reloading.join();
    std::set<std::string> seen;
    for (const auto& each : notes) {
        CHECK(each.thrown == nullptr);
        seen.insert(each.names.begin(), each.names.end());
    }
    CHECK(seen == std::set<std::string>{"first", "second"});
    CHECK(reloads > 10);
    CHECK(server.counters().accepted == notes.size() * handshake_notes::rounds);
    CHECK(server.counters().handshake_failures == 0);
    CHECK(shown_to(lab, server, "a.test") == (reloads % 2 == 0 ? "first" : "second"));
    CHECK(!lab.stop(server));
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
