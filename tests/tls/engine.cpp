#include <dragline/tls/engine.hpp>

#include <tls/engine_pair.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <openssl/err.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

using namespace dragline;
using dragline::test::engine_pair;
using dragline::test::read_all;
using dragline::test::take_output;

static_assert(!std::is_aggregate_v<tls::engine_options>);
static_assert(std::is_nothrow_move_constructible_v<tls::engine> &&
              !std::is_copy_constructible_v<tls::engine>);

namespace {

tls::server_options server_of(tls::version version) { return tls::server_options().max_version(version); }

// A pair that is connected, with TLS 1.3 tickets behind it.
struct connected_pair : engine_pair {
    explicit connected_pair(tls::version version = tls::version::tls_1_3,
                            const tls::engine_options& options = tls::engine_options().host("example.com"))
        : engine_pair(test::example_client(), test::example_server(server_of(version)), options) {
        connect();
        REQUIRE(client_error == std::error_code());
        REQUIRE(server_error == std::error_code());
    }
};

std::size_t write(tls::engine& to, std::string_view text) { return to.write(text).value(); }

std::string numbered(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 23);
    return text;
}

}  // namespace

TEST_CASE("shakes hands and carries data for any split of the bytes", "[tls][engine]") {
    const auto version = GENERATE(tls::version::tls_1_2, tls::version::tls_1_3);
    const auto step = GENERATE(std::size_t{1}, 2, 3, 5, 7, 64, 1000, 1u << 20);
    CAPTURE(step);
    engine_pair pair(test::example_client(), test::example_server(server_of(version)));
    pair.shake_hands(step);
    REQUIRE(pair.client_error == std::error_code());
    REQUIRE(pair.server_error == std::error_code());
    CHECK(pair.client.handshake_done());
    CHECK(pair.server.handshake_done());
    CHECK(pair.client.peer().version() == (version == tls::version::tls_1_2 ? "TLSv1.2" : "TLSv1.3"));

    REQUIRE(write(pair.server, "answer") == 6);
    const std::string bytes = take_output(pair.server);
    std::string got;
    for (std::string_view rest = bytes; !rest.empty();) {
        const auto portion = rest.substr(0, step);
        test::feed(pair.client, portion);
        rest.remove_prefix(portion.size());
        const auto all = read_all(pair.client);
        REQUIRE(all.error == std::error_code());
        got += all.plain;
    }
    CHECK(got == "answer");
}

TEST_CASE("the oldest permitted version is a floor on both sides", "[tls][engine]") {
    engine_pair strict_client(test::example_client(test::trusting().min_version(tls::version::tls_1_3)),
                              test::example_server(server_of(tls::version::tls_1_2)));
    strict_client.shake_hands();
    CHECK(strict_client.client_error == tls::errc::protocol_version);
    CHECK(strict_client.server_error == tls::errc::protocol_version);
    CHECK_FALSE(strict_client.client.error_detail().empty());

    engine_pair strict_server(test::example_client(test::trusting().max_version(tls::version::tls_1_2)),
                              test::example_server(tls::server_options().min_version(tls::version::tls_1_3)));
    strict_server.shake_hands();
    CHECK(strict_server.client_error == tls::errc::protocol_version);
    CHECK(strict_server.server_error == tls::errc::protocol_version);
}

TEST_CASE("the server name is sent for names only", "[tls][engine]") {
    struct {
        const char *host, *sent;
    } const cases[] = {{"example.com", "example.com"},
                       {"EXAMPLE.com.", "example.com"},
                       {"127.0.0.1", ""},
                       {"[::1]", ""},
                       {"::1", ""},
                       {"", ""}};
    for (const auto& one : cases) {
        CAPTURE(one.host);
        engine_pair pair(test::example_client(tls::client_options().verify(false)), test::example_server(),
                         tls::engine_options().host(one.host));
        pair.shake_hands();
        REQUIRE(pair.client_error == std::error_code());
        CHECK(pair.server.server_name() == one.sent);
    }
}

TEST_CASE("agrees on an application protocol, in the server's order", "[tls][engine]") {
    engine_pair pair(test::example_client(test::trusting().alpn({"http/1.1", "h2"})),
                     test::example_server(tls::server_options().alpn({"h2", "http/1.1"})));
    CHECK(pair.client.alpn().empty());
    pair.shake_hands();
    CHECK(pair.client.alpn() == "h2");
    CHECK(pair.server.alpn() == "h2");
}

TEST_CASE("a server without application protocols is accepted", "[tls][engine]") {
    engine_pair pair(test::example_client(test::trusting().alpn({"h2"})), test::example_server());
    pair.shake_hands();
    CHECK(pair.client_error == std::error_code());
    CHECK(pair.client.alpn().empty());
}

TEST_CASE("no application protocol in common is an error on both sides", "[tls][engine]") {
    engine_pair pair(test::example_client(test::trusting().alpn({"h2"})),
                     test::example_server(tls::server_options().alpn({"http/1.1"})));
    pair.shake_hands();
    CHECK(pair.client_error == tls::errc::no_application_protocol);
    CHECK(pair.server_error == tls::errc::no_application_protocol);
}

TEST_CASE("an abandoned receive loses nothing", "[tls][engine]") {
    connected_pair pair;
    write(pair.server, "whole");
    const std::string bytes = take_output(pair.server);
    char buffer[16];
    CHECK(pair.client.read(buffer)->want_input);
    // The receive is given up: room was taken, and nothing came.
    CHECK(pair.client.input_space().size() == 16 * 1024);
    CHECK(pair.client.read(buffer)->want_input);
    test::feed(pair.client, bytes.substr(0, 9));
    CHECK(pair.client.read(buffer)->want_input);
    CHECK(pair.client.input_space(1).size() == 1);
    test::feed(pair.client, bytes.substr(9));
    CHECK(pair.client.has_pending_input());
    const auto step = pair.client.read(buffer);
    REQUIRE(step);
    CHECK(std::string_view(buffer, step->size) == "whole");
    CHECK_FALSE(pair.client.has_pending_input());
}

TEST_CASE("room for input stays valid while other calls use the input before it", "[tls][engine]") {
    connected_pair pair;
    write(pair.server, "first");
    test::feed(pair.client, take_output(pair.server));
    const auto space = pair.client.input_space(100);
    char buffer[16];
    CHECK(pair.client.read(buffer)->size == 5);
    write(pair.client, "meanwhile");
    write(pair.server, "second");
    const std::string bytes = take_output(pair.server);
    REQUIRE(bytes.size() <= space.size());
    std::copy(bytes.begin(), bytes.end(), space.begin());
    pair.client.input_received(bytes.size());
    CHECK(read_all(pair.client).plain == "second");
}

TEST_CASE("a view of output stays as it is while more is written", "[tls][engine]") {
    connected_pair pair;
    write(pair.client, "one");
    const auto view = pair.client.output();
    const std::string before(view);
    for (int i = 0; i < 50; ++i) write(pair.client, numbered(1000));
    CHECK(view == before);
    CHECK(pair.client.output().data() == view.data());
    CHECK(pair.client.output().size() == view.size());
    test::feed(pair.server, view.substr(0, 10));
    pair.client.output_sent(10);
    CHECK(pair.client.output() == std::string_view(before).substr(10));
    pair.exchange();
    CHECK(read_all(pair.server).plain.size() == 3 + 50 * 1000);
}

TEST_CASE("records that nobody has looked at yet leave in one view", "[tls][engine]") {
    connected_pair pair;
    write(pair.client, "head");
    write(pair.client, "body");
    CHECK(pair.client.output().size() == pair.client.output_size());
}

TEST_CASE("pieces are joined into as few records as hold them", "[tls][engine]") {
    connected_pair pair;
    constexpr std::size_t overhead = 22;  // of a TLS 1.3 record
    const std::string_view short_pieces[] = {"head", "", "body"};
    CHECK(pair.client.write(short_pieces).value() == 8);
    CHECK(pair.client.output_size() == 8 + overhead);
    pair.exchange();
    CHECK(read_all(pair.server).plain == "headbody");

    const std::string body = numbered(40'000);
    const std::string_view long_pieces[] = {"head", body, "tail"};
    CHECK(pair.client.write(long_pieces).value() == body.size() + 8);
    CHECK(pair.client.output_size() == body.size() + 8 + 3 * overhead);
    pair.exchange();
    CHECK(read_all(pair.server).plain == "head" + body + "tail");

    CHECK(pair.client.write("").value() == 0);
    CHECK(pair.client.write(std::span<const std::string_view>()).value() == 0);
    CHECK(pair.client.output_size() == 0);
}

TEST_CASE("a huge write goes out in parts that the output limit permits", "[tls][engine]") {
    const auto version = GENERATE(tls::version::tls_1_2, tls::version::tls_1_3);
    connected_pair pair(version);
    const std::string sent = numbered(3'000'000);
    std::string received;
    std::size_t parts = 0;
    for (std::string_view rest = sent; !rest.empty(); ++parts) {
        const std::size_t size = write(pair.client, rest);
        rest.remove_prefix(size);
        CHECK(pair.client.output_size() < 128 * 1024 + 17 * 1024);
        if (!rest.empty()) CHECK(write(pair.client, rest) == 0);
        for (const std::string bytes = take_output(pair.client); const char& byte : bytes) {
            const auto at = static_cast<std::size_t>(&byte - bytes.data());
            if (at % 60'000 != 0) continue;
            test::feed(pair.server, std::string_view(bytes).substr(at, 60'000));
            received += read_all(pair.server).plain;
        }
    }
    CHECK(parts > 20);
    CHECK(received == sent);
}

TEST_CASE("write starts no record at the output limit, and one below it", "[tls][engine]") {
    connected_pair measured;
    write(measured.client, "x");
    const std::size_t one_record = measured.client.output_size();
    const auto accepted = [&](std::size_t limit) {
        connected_pair pair(tls::version::tls_1_3,
                            tls::engine_options().host("example.com").output_limit(limit));
        CHECK(write(pair.client, "x") == 1);
        return write(pair.client, "y");
    };
    CHECK(accepted(one_record) == 0);
    CHECK(accepted(one_record + 1) == 1);
    CHECK(accepted(0) == 0);
}

TEST_CASE("room for input ends at the input limit", "[tls][engine]") {
    tls::engine client(test::example_client(), tls::engine_options().host("example.com").input_limit(100));
    CHECK(client.input_space(1000).size() == 100);
    client.input_received(99);
    CHECK(client.input_space(1000).size() == 1);
    client.input_received(1);
    CHECK(client.input_space(1000).empty());
    CHECK(client.input_space(1).empty());
}

TEST_CASE("an input limit of one byte is slow and still works", "[tls][engine]") {
    engine_pair pair(test::example_client(), test::example_server(),
                     tls::engine_options().host("example.com").input_limit(1));
    pair.shake_hands(1);
    CHECK(pair.client_error == std::error_code());
    CHECK(pair.client.handshake_done());
}

TEST_CASE("nothing is written before the handshake is done", "[tls][engine]") {
    tls::engine client(test::example_client(), tls::engine_options().host("example.com"));
    CHECK(write(client, "early") == 0);
    CHECK(client.output_size() == 0);
    client.close();
    CHECK(client.output_size() == 0);
}

TEST_CASE("reading drives the handshake too", "[tls][engine]") {
    engine_pair pair(test::example_client(), test::example_server());
    char buffer[16];
    for (int i = 0; i < 4; ++i) {
        CHECK(pair.client.read(buffer)->want_input);
        CHECK(pair.server.read(buffer)->want_input);
        pair.exchange();
    }
    CHECK(pair.client.handshake_done());
    CHECK(pair.server.handshake_done());
}

TEST_CASE("close_notify is a clean end, after the data", "[tls][engine]") {
    const auto version = GENERATE(tls::version::tls_1_2, tls::version::tls_1_3);
    connected_pair pair(version);
    write(pair.server, "bye");
    pair.server.close();
    pair.server.close();
    pair.exchange();
    pair.client.input_ended();
    const auto all = read_all(pair.client);
    CHECK(all.plain == "bye");
    CHECK(all.closed);
    CHECK(read_all(pair.client).closed);
    // The other half is still open.
    CHECK(write(pair.client, "late") == 4);
    CHECK(pair.server.write("x").error() == tls::errc::closed);
    pair.exchange();
    CHECK(read_all(pair.server).plain == "late");
}

TEST_CASE("an end without close_notify is truncation, after the data", "[tls][engine]") {
    const auto version = GENERATE(tls::version::tls_1_2, tls::version::tls_1_3);
    connected_pair pair(version);
    write(pair.server, "cut");
    write(pair.server, "off");
    const std::string bytes = take_output(pair.server);
    test::feed(pair.client, std::string_view(bytes).substr(0, bytes.size() - 1));
    pair.client.input_ended();
    const auto all = read_all(pair.client);
    CHECK(all.plain == "cut");
    CHECK(all.error == tls::errc::truncated);
    CHECK(read_all(pair.client).error == tls::errc::truncated);
    CHECK(pair.client.write("x").error() == tls::errc::truncated);
}

TEST_CASE("an engine can be moved while connected", "[tls][engine]") {
    connected_pair pair;
    write(pair.server, "moved");
    pair.exchange();
    tls::engine moved = std::move(pair.client);
    CHECK(read_all(moved).plain == "moved");
    pair.client = std::move(moved);
    write(pair.server, "back");
    pair.exchange();
    CHECK(read_all(pair.client).plain == "back");
}

TEST_CASE("a connection goes on after its idle buffers were freed", "[tls][engine]") {
    connected_pair pair;
    for (int i = 0; i < 3; ++i) {
        pair.client.release_buffers();
        pair.server.release_buffers();
        write(pair.client, "ping");
        pair.server.release_buffers();
        pair.client.release_buffers();  // the output is still waiting
        pair.exchange();
        pair.server.release_buffers();  // and so is the input
        CHECK(read_all(pair.server).plain == "ping");
    }
}

TEST_CASE("an empty span reads nothing but sees the state", "[tls][engine]") {
    connected_pair pair;
    CHECK(pair.client.read({})->want_input);
    write(pair.server, "data");
    pair.exchange();
    const auto step = pair.client.read({});
    CHECK(step->size == 0);
    CHECK_FALSE(step->want_input);
    CHECK_FALSE(step->closed);
    CHECK(read_all(pair.client).plain == "data");
}

TEST_CASE("errors of others in OpenSSL's queue are not taken for ours, and ours are not left there",
          "[tls][engine]") {
    connected_pair pair;
    ERR_raise(ERR_LIB_USER, ERR_R_PASSED_NULL_PARAMETER);
    write(pair.server, "fine");
    pair.exchange();
    CHECK(read_all(pair.client).plain == "fine");
    CHECK(ERR_peek_error() == 0);

    engine_pair refused(test::example_client(), test::make_server(testing::certificate_request().expired()));
    refused.shake_hands();
    CHECK(refused.client_error);
    CHECK(ERR_peek_error() == 0);
}
