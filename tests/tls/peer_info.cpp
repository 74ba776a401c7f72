#include <dragline/tls/peer_info.hpp>

#include <tls/engine_pair.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

using namespace dragline;
using dragline::test::engine_pair;
using std::chrono::system_clock;
using testing::certificate_request;

static_assert(!std::is_aggregate_v<tls::certificate_info>);

TEST_CASE("a connection without TLS has no peer", "[tls][peer_info]") {
    const tls::peer_info none;
    CHECK_FALSE(none);
    CHECK(none.version().empty());
    CHECK(none.cipher().empty());
    CHECK(none.alpn().empty());
    CHECK_FALSE(none.resumed());
    CHECK(none.chain().empty());
}

TEST_CASE("the peer is unknown before the handshake is done", "[tls][peer_info]") {
    tls::engine client(test::example_client(), tls::engine_options().host("example.com"));
    CHECK_FALSE(client.peer());
    CHECK(client.handshake());
    CHECK_FALSE(client.peer());
}

TEST_CASE("tells what was agreed and the chain that the peer sent", "[tls][peer_info]") {
    const auto from = system_clock::time_point(std::chrono::sys_days(std::chrono::January / 2 / 2020)) +
                      std::chrono::hours(3);
    const auto until = system_clock::time_point(std::chrono::sys_days(std::chrono::March / 4 / 2090));
    const auto request = certificate_request()
                             .name("example.com")
                             .name("*.example.org")
                             .address("127.0.0.1")
                             .address("2001:db8::0:1")
                             .common_name("Ex, \"ample\"")
                             .not_before(from)
                             .not_after(until)
                             .intermediate();
    std::optional<engine_pair> pair(std::in_place, test::example_client(test::trusting().alpn({"h2"})),
                                    test::make_server(request, tls::server_options().alpn({"h2"})));
    pair->connect();
    REQUIRE(pair->client_error == std::error_code());
    const tls::peer_info peer = pair->client.peer();
    pair.reset();  // it outlives the engine

    CHECK(peer);
    CHECK(peer.version() == "TLSv1.3");
    CHECK(peer.cipher().starts_with("TLS_"));
    CHECK(peer.alpn() == "h2");
    CHECK_FALSE(peer.resumed());
    const auto chain = peer.chain();
    REQUIRE(chain.size() == 2);
    const auto& leaf = chain[0];
    CHECK(leaf.subject == "CN=Ex\\, \\\"ample\\\",O=dragline");
    CHECK(leaf.subject_common_name == "Ex, \"ample\"");
    CHECK(leaf.issuer == "CN=dragline test intermediate,O=dragline");
    CHECK(leaf.issuer_common_name == "dragline test intermediate");
    CHECK(leaf.not_before == from);
    CHECK(leaf.not_after == until);
    CHECK(leaf.names == std::vector<std::string>{"example.com", "*.example.org"});
    CHECK(leaf.addresses == std::vector<std::string>{"127.0.0.1", "2001:db8::1"});
    CHECK(leaf.serial.size() == 30);
    CHECK(leaf.serial.find_first_not_of("0123456789ABCDEF") == std::string::npos);
    CHECK(leaf.der.starts_with("\x30\x82"));
    CHECK(chain[1].subject == leaf.issuer);
    CHECK(chain[1].issuer_common_name == "dragline test CA");
}

TEST_CASE("IPv6 addresses are written as RFC 5952 wants", "[tls][peer_info]") {
    const auto request = certificate_request()
                             .name("example.com")
                             .address("::")
                             .address("::1")
                             .address("1::")
                             .address("1:0:0:2:0:0:0:3")
                             .address("1:2:3:4:5:6:7:8")
                             .address("1:0:3:4:5:6:7:8")
                             .address("::ffff:192.0.2.1");
    engine_pair pair(test::example_client(), test::make_server(request));
    pair.connect();
    CHECK(pair.client.peer().chain().at(0).addresses ==
          std::vector<std::string>{"::", "::1", "1::", "1:0:0:2::3", "1:2:3:4:5:6:7:8", "1:0:3:4:5:6:7:8",
                                   "::ffff:c000:201"});
}

TEST_CASE("a certificate without end is clamped to the range of the clock", "[tls][peer_info]") {
    const auto request = certificate_request().name("example.com").not_after(system_clock::time_point::max());
    engine_pair pair(test::example_client(), test::make_server(request));
    pair.connect();
    CHECK(pair.client.peer().chain().at(0).not_after ==
          std::chrono::floor<std::chrono::seconds>(system_clock::time_point::max()));
}

TEST_CASE("hostile names arrive escaped", "[tls][peer_info]") {
    using namespace std::string_literals;
    const auto request =
        certificate_request().name("example.com").name("a\0b\x1b[31m\xff"s).common_name("x\x1b[2J\ny");
    engine_pair pair(test::example_client(), test::make_server(request));
    pair.connect();
    const auto leaf = pair.client.peer().chain().at(0);
    CHECK(leaf.names.at(1) == "a\\00b\\1B[31m\\FF");
    CHECK(leaf.subject_common_name == "x\\1B[2J\\0Ay");
    CHECK(leaf.subject == "CN=x\\1B[2J\\0Ay,O=dragline");
}

TEST_CASE("a refused chain can still be looked at", "[tls][peer_info]") {
    engine_pair pair(test::example_client(),
                     test::make_server(certificate_request().name("example.com").expired().intermediate()));
    pair.shake_hands();
    REQUIRE(pair.client_error == tls::errc::certificate_expired);
    const auto chain = pair.client.peer().chain();
    REQUIRE(chain.size() == 2);
    CHECK(chain[0].names.at(0) == "example.com");
    CHECK(chain[0].not_after < system_clock::now());
}
