// The engine against peers that break the rules.
#include <dragline/tls/engine.hpp>

#include <tls/engine_pair.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <openssl/ssl.h>

#include <string>
#include <string_view>
#include <system_error>

using namespace dragline;
using namespace std::string_literals;
using namespace std::string_view_literals;
using dragline::test::engine_pair;
using dragline::test::read_all;
using dragline::test::take_output;

namespace {

struct connected_pair : engine_pair {
    explicit connected_pair(tls::version version = tls::version::tls_1_3,
                            const tls::engine_options& options = tls::engine_options().host("example.com"))
        : engine_pair(test::example_client(),
                      test::example_server(tls::server_options().max_version(version)), options) {
        connect();
        REQUIRE(client_error == std::error_code());
    }
};

// A client that has sent its first message and now gets these bytes, `step` at a time.
std::error_code client_given(std::string_view bytes, bool then_ends, std::size_t step = 1u << 20) {
    tls::engine client(test::example_client(), tls::engine_options().host("example.com"));
    std::error_code error = client.handshake().error();
    for (std::string_view rest = bytes; !rest.empty() && !error;) {
        const auto portion = rest.substr(0, step);
        test::feed(client, portion);
        rest.remove_prefix(portion.size());
        error = client.handshake().error();
    }
    if (then_ends && !error) {
        client.input_ended();
        error = client.handshake().error();
    }
    // Sticky, whatever is asked next.
    char buffer[16];
    if (error) {
        CHECK(client.handshake().error() == error);
        CHECK(client.read(buffer).error() == error);
        CHECK(client.write("x").error() == error);
        CHECK_FALSE(client.handshake_done());
        CHECK_FALSE(client.error_detail().empty());
    }
    return error;
}

}  // namespace

TEST_CASE("a peer that does not speak TLS is named so", "[tls][engine]") {
    const auto step = GENERATE(std::size_t{1}, 3, 1u << 20);
    for (const auto answer :
         {"HTTP/1.1 400 Bad Request\r\n\r\n"sv, "SSH-2.0-OpenSSH_9.2\r\n"sv, "220 mail ready\r\n"sv,
          "\0\0\0\0\0\0\0\0"sv, "\x16\x02\0\0\0\0\0"sv, "\x15\x45\0\0\0\0\0"sv}) {
        CAPTURE(answer);
        CHECK(client_given(answer, false, step) == tls::errc::not_tls);
    }
    CHECK(client_given("H", true) == tls::errc::not_tls);

    tls::engine server(test::example_server(), tls::engine_options());
    test::feed(server, "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
    CHECK(server.handshake().error() == tls::errc::not_tls);
}

TEST_CASE("an end inside the handshake is not a truncated answer", "[tls][engine]") {
    CHECK(client_given("", true) == tls::errc::handshake_closed);
    CHECK(client_given("\x16\x03\x03", true) == tls::errc::handshake_closed);

    engine_pair pair(test::example_client(), test::example_server());
    CHECK(pair.client.handshake());
    test::feed(pair.server, take_output(pair.client));
    CHECK(pair.server.handshake());
    const std::string flight = take_output(pair.server);
    for (std::size_t size = 0; size < flight.size(); size += 13) {
        CAPTURE(size);
        engine_pair other(test::example_client(), test::example_server());
        CHECK(other.client.handshake());
        test::feed(other.server, take_output(other.client));
        CHECK(other.server.handshake());
        const std::string own_flight = take_output(other.server);
        test::feed(other.client,
                   std::string_view(own_flight).substr(0, std::min(size, own_flight.size() - 1)));
        CHECK(*other.client.handshake() == tls::progress::want_input);
        other.client.input_ended();
        CHECK(other.client.handshake().error() == tls::errc::handshake_closed);
    }
}

TEST_CASE("alerts in the handshake have errors of their own", "[tls][engine]") {
    const auto alert = [](int description) {
        return "\x15\x03\x03\0\x02\x02"s + static_cast<char>(description);
    };
    CHECK(client_given(alert(40), false) == tls::errc::handshake_failed);
    CHECK(client_given(alert(70), false) == tls::errc::protocol_version);
    CHECK(client_given(alert(71), false) == tls::errc::no_shared_cipher);
    CHECK(client_given(alert(80), false) == tls::errc::handshake_failed);
    CHECK(client_given(alert(112), false) == tls::errc::unrecognized_name);
    CHECK(client_given(alert(116), false) == tls::errc::certificate_refused);
    CHECK(client_given(alert(120), false) == tls::errc::no_application_protocol);
    CHECK(client_given("\x15\x03\x03\0\x02\x01\0"sv, true) == tls::errc::handshake_closed);  // close_notify
}

TEST_CASE("broken handshake messages fail", "[tls][engine]") {
    CHECK(client_given("\x16\x03\x03\0\x04\x02\0\0\0"sv, false) == tls::errc::handshake_failed);
    CHECK(client_given("\x16\x03\x03\0\x04\x63\0\0\0"sv, false) == tls::errc::handshake_failed);
    CHECK(client_given("\x17\x03\x03\0\x01x"sv, false) == tls::errc::handshake_failed);
    CHECK(client_given("\x16\x03\x03\xff\xff"sv, false) == tls::errc::handshake_failed);
}

TEST_CASE("a server that knows no cipher of ours is told from other failures", "[tls][engine]") {
    const auto server = test::example_server(tls::server_options().max_version(tls::version::tls_1_2));
    SSL_CTX_set_cipher_list(server.native_handle(), "ECDHE-RSA-AES128-GCM-SHA256");  // its key is no RSA key
    engine_pair pair(test::example_client(), server);
    pair.shake_hands();
    CHECK(pair.server_error == tls::errc::no_shared_cipher);
    CHECK(pair.client_error == tls::errc::handshake_failed);
    CHECK(pair.client.error_detail() == "alert received: handshake failure");
}

TEST_CASE("a corrupted record ends the session, after the data before it", "[tls][engine]") {
    const auto version = GENERATE(tls::version::tls_1_2, tls::version::tls_1_3);
    for (std::size_t position = 0; position < 30; ++position) {
        CAPTURE(position);
        connected_pair pair(version);
        CHECK(pair.server.write("good"));
        const std::string good = take_output(pair.server);
        CHECK(pair.server.write("corrupted data"));
        std::string bad = take_output(pair.server);
        bad[position] = static_cast<char>(bad[position] ^ 0x40);
        test::feed(pair.client, good + bad);
        auto all = read_all(pair.client);
        // A length that grew waits for bytes that never come.
        if (!all.error) {
            pair.client.input_ended();
            all.error = read_all(pair.client).error;
            CHECK(all.error == tls::errc::truncated);
            CHECK((position == 3 || position == 4));
        } else {
            CHECK(all.error == tls::errc::bad_record);
        }
        CHECK(all.plain == "good");
        CHECK(read_all(pair.client).error == all.error);
        CHECK(pair.client.write("x").error() == all.error);
        CHECK(pair.client.peer().version() == pair.server.peer().version());
    }
}

TEST_CASE("plain text inside a session is a bad record", "[tls][engine]") {
    connected_pair pair;
    test::feed(pair.client, "HTTP/1.1 200 OK\r\n\r\n");
    CHECK(read_all(pair.client).error == tls::errc::bad_record);
}

TEST_CASE("a fatal alert inside a session is an error of its own", "[tls][engine]") {
    connected_pair pair;
    test::feed(pair.server, "\x17\x03\x03\0\x20"s + std::string(32, 'x'));
    CHECK(read_all(pair.server).error == tls::errc::bad_record);
    pair.exchange();
    CHECK(read_all(pair.client).error == tls::errc::alert_received);
    CHECK(pair.client.error_detail() == "alert received: bad record mac");
}

TEST_CASE("renegotiation is refused", "[tls][engine]") {
    connected_pair pair(tls::version::tls_1_2);
    SSL_clear_options(pair.server.native_handle(), SSL_OP_NO_RENEGOTIATION);
    SSL_renegotiate(pair.server.native_handle());
    SSL_do_handshake(pair.server.native_handle());
    CHECK(pair.server.write("after"));
    pair.exchange();
    read_all(pair.client);
    // A warning goes back, and no new handshake.
    CHECK(pair.client.output_size() < 100);
    CHECK(pair.client.peer().version() == "TLSv1.2");
}

TEST_CASE("key updates are answered while somebody sends the answers", "[tls][engine]") {
    connected_pair pair;
    for (int i = 0; i < 1000; ++i) {
        REQUIRE(SSL_key_update(pair.server.native_handle(), SSL_KEY_UPDATE_REQUESTED) == 1);
        REQUIRE(pair.server.write("x"));
        pair.exchange();
        const auto all = read_all(pair.client);
        REQUIRE(all.plain == "x");
        pair.exchange();
        REQUIRE(read_all(pair.server).error == std::error_code());
    }
}

TEST_CASE("a flood of key updates cannot make the output grow without bound", "[tls][engine]") {
    connected_pair pair(tls::version::tls_1_3, tls::engine_options().host("example.com").output_limit(1000));
    std::error_code error;
    for (int i = 0; i < 100'000 && !error; ++i) {
        REQUIRE(SSL_key_update(pair.server.native_handle(), SSL_KEY_UPDATE_REQUESTED) == 1);
        REQUIRE(pair.server.write("x"));
        test::feed(pair.client, take_output(pair.server));
        error = read_all(pair.client).error;
        REQUIRE(pair.client.output_size() <= 1000 + 64 * 1024);
    }
    CHECK(error == tls::errc::output_limit);
    CHECK(read_all(pair.client).error == tls::errc::output_limit);
}

TEST_CASE("a flood of tickets fills the cache to its limit and no further", "[tls][engine]") {
    auto cache = std::make_shared<tls::ticket_cache>();
    connected_pair pair(tls::version::tls_1_3,
                        tls::engine_options().host("example.com").tickets(cache, "key"));
    for (int i = 0; i < 100; ++i) {
        REQUIRE(SSL_new_session_ticket(pair.server.native_handle()) == 1);
        REQUIRE(pair.server.write("x"));
        pair.exchange();
        REQUIRE(read_all(pair.client).plain == "x");
    }
    CHECK(cache->size() == tls::ticket_cache_options().max_per_key());
}
