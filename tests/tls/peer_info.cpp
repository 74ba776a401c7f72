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

static_assert(!std::is_aggregate_v<tls::certificate_info> && !std::is_aggregate_v<tls::verify_failure>);

TEST_CASE("a connection without TLS has no peer", "[tls][peer_info]") {
    const tls::peer_info none;
    CHECK_FALSE(none);
    CHECK(none.version().empty());
    CHECK(none.cipher().empty());
    CHECK(none.alpn().empty());
    CHECK_FALSE(none.resumed());
    CHECK(none.chain().empty());
    CHECK(none.verified_chain().empty());
    CHECK(none.ocsp() == tls::ocsp_status::unchecked);
    CHECK_FALSE(none.failure());
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

TEST_CASE("the verified chain ends at the trusted certificate, whatever was sent", "[tls][peer_info]") {
    auto issued = test::shared_authority().issue(certificate_request().name("example.com").intermediate());
    const testing::certificate_authority stranger("stranger");
    const auto server =
        tls::context::make_server(tls::server_options()
                                      .certificate_chain_pem(issued.chain_pem + stranger.certificate_pem())
                                      .private_key_pem(issued.private_key_pem))
            .value();
    engine_pair pair(test::example_client(), server);
    pair.connect();
    const auto peer = pair.client.peer();
    CHECK_FALSE(peer.failure());
    CHECK(peer.chain().size() == 3);
    CHECK(peer.chain().at(2).subject_common_name == "stranger");
    const auto verified = peer.verified_chain();
    REQUIRE(verified.size() == 3);
    CHECK(verified[0].der == peer.chain().at(0).der);
    CHECK(verified[1].der == peer.chain().at(1).der);
    CHECK(verified[2].subject_common_name == "dragline test CA");
    engine_pair careless(test::example_client(tls::client_options().verify(false)), server);
    careless.connect();
    CHECK(careless.client.peer().chain().size() == 3);
    CHECK(careless.client.peer().verified_chain().empty());
}

TEST_CASE("a failed verification says which check failed on which certificate", "[tls][peer_info]") {
    const testing::certificate_authority stranger("stranger");
    const auto unknown = stranger.issue(certificate_request().name("example.com").intermediate());
    struct {
        tls::context server;
        tls::errc code;
        int depth;
        std::string subject, reason;
    } const cases[] = {
        {test::make_server(certificate_request().name("example.com").expired()),
         tls::errc::certificate_expired, 0, "example.com", "certificate has expired"},
        {test::make_server(certificate_request().name("other.test")), tls::errc::host_mismatch, 0,
         "other.test", "hostname mismatch"},
        {test::make_server(certificate_request().name("example.com").self_signed()), tls::errc::self_signed,
         0, "example.com", "self-signed certificate"},
        {tls::context::make_server(tls::server_options()
                                       .certificate_chain_pem(unknown.chain_pem)
                                       .private_key_pem(unknown.private_key_pem))
             .value(),
         tls::errc::unknown_issuer, 1, "dragline test intermediate",
         "unable to get local issuer certificate"},
    };
    for (const auto& one : cases) {
        INFO(one.reason);
        engine_pair pair(test::example_client(), one.server);
        pair.connect();
        CHECK(pair.client_error == one.code);
        const auto failure = pair.client.peer().failure();
        REQUIRE(failure);
        CHECK(failure->ec == one.code);
        CHECK(failure->depth == one.depth);
        CHECK(failure->certificate.subject_common_name == one.subject);
        CHECK(failure->reason == one.reason);
        CHECK(pair.client.peer().verified_chain().empty());
    }
    engine_pair other(test::example_client(test::trusting().min_version(tls::version::tls_1_3)),
                      test::example_server(tls::server_options().max_version(tls::version::tls_1_2)));
    other.connect();
    CHECK(other.client_error == tls::errc::protocol_version);
    CHECK_FALSE(other.client.peer());  // no certificate failed
}
