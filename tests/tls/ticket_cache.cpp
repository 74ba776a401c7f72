#include <dragline/tls/ticket_cache.hpp>

#include <tls/engine_pair.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

using namespace dragline;
using dragline::test::engine_pair;

static_assert(!std::is_aggregate_v<tls::ticket_cache_options>);

namespace {

tls::ticket make_ticket(int protocol_version) {
    tls::ticket made(SSL_SESSION_new());
    SSL_SESSION_set_protocol_version(made.get(), protocol_version);
    const unsigned char id[] = {1, 2, 3, 4};
    SSL_SESSION_set1_id(made.get(), id, sizeof id);
    return made;
}

struct resumption_lab {
    explicit resumption_lab(tls::version version)
        : server(test::example_server(tls::server_options().max_version(version))) {}

    // Whether this connection was resumed.
    bool connect(const tls::context& client, const std::string& key = "example.com:443",
                 const std::string& host = "example.com") {
        engine_pair pair(client, server, tls::engine_options().host(host).tickets(cache, key));
        pair.connect();
        REQUIRE(pair.client_error == std::error_code());
        CHECK(pair.client.resumed() == pair.server.resumed());
        CHECK(pair.client.peer().resumed() == pair.client.resumed());
        CHECK(pair.client.peer().chain().size() == 1);
        return pair.client.resumed();
    }

    tls::context server;
    std::shared_ptr<tls::ticket_cache> cache = std::make_shared<tls::ticket_cache>();
};

}  // namespace

TEST_CASE("a second connection to an origin is resumed", "[tls][ticket_cache]") {
    const auto version = GENERATE(tls::version::tls_1_2, tls::version::tls_1_3);
    resumption_lab lab(version);
    const auto client = test::example_client();
    CHECK_FALSE(lab.connect(client));
    CHECK(lab.connect(client));
    CHECK(lab.connect(client));
    CHECK_FALSE(lab.connect(client, "example.com:8443"));
}

TEST_CASE("a TLS 1.3 ticket is used once, a TLS 1.2 session again and again", "[tls][ticket_cache]") {
    const auto version = GENERATE(tls::version::tls_1_2, tls::version::tls_1_3);
    resumption_lab lab(version);
    const auto client = test::example_client();
    lab.connect(client);
    const std::size_t kept = lab.cache->size();
    CHECK(kept == (version == tls::version::tls_1_2 ? 1 : 2));
    // Engines that begin a handshake and go no further.
    const auto resumes = [&] {
        tls::engine engine(client,
                           tls::engine_options().host("example.com").tickets(lab.cache, "example.com:443"));
        static_cast<void>(engine.handshake());
        return SSL_get_session(engine.native_handle()) != nullptr &&
               SSL_SESSION_has_ticket(SSL_get_session(engine.native_handle())) == 1;
    };
    CHECK(resumes());
    CHECK(lab.cache->size() == (version == tls::version::tls_1_2 ? 1 : 1));
    CHECK(resumes());
    CHECK(lab.cache->size() == (version == tls::version::tls_1_2 ? 1 : 0));
    CHECK(resumes() == (version == tls::version::tls_1_2));
}

TEST_CASE("tickets never pass between contexts or names", "[tls][ticket_cache]") {
    const auto version = GENERATE(tls::version::tls_1_2, tls::version::tls_1_3);
    resumption_lab lab(version);
    const auto trusting = test::example_client();
    const auto careless = test::example_client(tls::client_options().verify(false));
    CHECK_FALSE(lab.connect(careless, "key", "other.test"));
    CHECK_FALSE(lab.connect(trusting, "key"));
    CHECK_FALSE(lab.connect(careless, "key", "another.test"));
    CHECK(lab.connect(careless, "key", "other.test"));
    CHECK(lab.connect(trusting, "key"));
    CHECK_FALSE(lab.connect(test::example_client(), "key"));
}

TEST_CASE("tickets without a name stay with their context and key", "[tls][ticket_cache]") {
    resumption_lab lab(tls::version::tls_1_3);
    const auto careless = test::example_client(tls::client_options().verify(false));
    CHECK_FALSE(lab.connect(careless, "one", ""));
    CHECK_FALSE(lab.connect(careless, "two", ""));
    CHECK_FALSE(lab.connect(test::example_client(tls::client_options().verify(false)), "one", ""));
    CHECK(lab.connect(careless, "one", ""));
}

TEST_CASE("an engine may outlive the cache", "[tls][ticket_cache]") {
    auto cache = std::make_shared<tls::ticket_cache>();
    engine_pair pair(test::example_client(), test::example_server(),
                     tls::engine_options().host("example.com").tickets(cache, "key"));
    cache.reset();
    pair.connect();
    CHECK(pair.client_error == std::error_code());
}

TEST_CASE("without a cache connections are not resumed", "[tls][ticket_cache]") {
    const auto client = test::example_client();
    const auto server = test::example_server();
    for (int i = 0; i < 2; ++i) {
        engine_pair pair(client, server);
        pair.connect();
        CHECK_FALSE(pair.client.resumed());
    }
}

TEST_CASE("a connection that ends without close_notify leaves its tickets good", "[tls][ticket_cache]") {
    const auto version = GENERATE(tls::version::tls_1_2, tls::version::tls_1_3);
    resumption_lab lab(version);
    const auto client = test::example_client();
    {
        engine_pair pair(client, lab.server,
                         tls::engine_options().host("example.com").tickets(lab.cache, "key"));
        pair.connect();
        pair.client.input_ended();
        CHECK(test::read_all(pair.client).error == tls::errc::truncated);
    }
    CHECK(lab.connect(client, "key"));
}

TEST_CASE("gives the newest ticket of a key", "[tls][ticket_cache]") {
    tls::ticket_cache cache;
    auto first = make_ticket(TLS1_3_VERSION), second = make_ticket(TLS1_3_VERSION);
    const auto *older = first.get(), *newer = second.get();
    cache.put("a", std::move(first));
    cache.put("a", std::move(second));
    CHECK(cache.take("b") == nullptr);
    CHECK(cache.take("a").get() == newer);
    CHECK(cache.take("a").get() == older);
    CHECK(cache.take("a") == nullptr);
    CHECK(cache.size() == 0);
}

TEST_CASE("keeps as many tickets per key as permitted, and drops the oldest", "[tls][ticket_cache]") {
    tls::ticket_cache cache(tls::ticket_cache_options().max_per_key(2));
    auto first = make_ticket(TLS1_3_VERSION), second = make_ticket(TLS1_3_VERSION);
    const auto *oldest = first.get(), *older = second.get();
    cache.put("a", std::move(first));
    cache.put("a", std::move(second));
    CHECK(cache.size() == 2);
    cache.put("a", make_ticket(TLS1_3_VERSION));
    CHECK(cache.size() == 2);
    CHECK(cache.take("a").get() != oldest);
    CHECK(cache.take("a").get() == older);
    CHECK(cache.take("a") == nullptr);
}

TEST_CASE("keeps a ticket for each connection that it is told to expect", "[tls][ticket_cache]") {
    const auto kept = [](tls::ticket_cache& cache) {
        for (int i = 0; i < 9; ++i) cache.put("a", make_ticket(TLS1_3_VERSION));
        return cache.size();
    };
    tls::ticket_cache cache(tls::ticket_cache_options().max_per_key(2));
    cache.expect_connections(5);
    cache.expect_connections(3);  // for others meanwhile
    CHECK(kept(cache) == 5);
    tls::ticket_cache small(tls::ticket_cache_options().max_tickets(4));
    small.expect_connections(5);
    CHECK(kept(small) == 4);
    tls::ticket_cache none(tls::ticket_cache_options().max_per_key(0));
    none.expect_connections(5);
    CHECK(kept(none) == 0);
}

TEST_CASE("keeps as many tickets as permitted, and drops those of the most idle key", "[tls][ticket_cache]") {
    tls::ticket_cache cache(tls::ticket_cache_options().max_tickets(3));
    cache.put("a", make_ticket(TLS1_2_VERSION));
    cache.put("b", make_ticket(TLS1_2_VERSION));
    cache.put("c", make_ticket(TLS1_2_VERSION));
    CHECK(cache.size() == 3);
    CHECK(cache.take("a") != nullptr);
    cache.put("d", make_ticket(TLS1_2_VERSION));
    CHECK(cache.size() == 3);
    CHECK(cache.take("b") == nullptr);
    for (const char* key : {"a", "c", "d"}) CHECK(cache.take(key) != nullptr);
}

TEST_CASE("a TLS 1.2 session replaces the one before it", "[tls][ticket_cache]") {
    tls::ticket_cache cache;
    for (int i = 0; i < 5; ++i) cache.put("a", make_ticket(TLS1_2_VERSION));
    CHECK(cache.size() == 1);
}

TEST_CASE("a cache for no tickets keeps none, and null is not kept", "[tls][ticket_cache]") {
    tls::ticket_cache none(tls::ticket_cache_options().max_tickets(0));
    none.put("a", make_ticket(TLS1_3_VERSION));
    CHECK(none.size() == 0);
    tls::ticket_cache cache;
    cache.put("a", nullptr);
    cache.put("a", tls::ticket(SSL_SESSION_new()));  // nothing to resume with
    CHECK(cache.size() == 0);
    cache.put("a", make_ticket(TLS1_3_VERSION));
    cache.clear();
    CHECK(cache.size() == 0);
    CHECK(cache.take("a") == nullptr);
}
