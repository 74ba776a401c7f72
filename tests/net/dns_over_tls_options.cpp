#include <dragline/net/dns_over_tls_options.hpp>

#include "tls_dns_server.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace std::chrono_literals;
using namespace dragline::test;
using dragline::condition;
using dragline::net::dns_over_tls_options;
using dragline::net::dns_privacy;

namespace dns = dragline::dns;

TEST_CASE("by default a server proves its name, and queries are padded to 128 bytes",
          "[net][dns_over_tls_options]") {
    const dns_over_tls_options options;
    CHECK(options.privacy() == dns_privacy::strict);
    CHECK(options.server_name().empty());
    CHECK(options.connect_timeout() == 5s);
    CHECK(options.answer_timeout() == 10s);
    CHECK(options.idle_timeout() == 10s);
    CHECK(options.connections() == 2);
    CHECK(options.max_pipelined() == 100);
    CHECK(options.padding() == 128);
}

TEST_CASE("options that cannot work fail each look-up", "[net][dns_over_tls_options]") {
    const dns_over_tls_options good;
    CHECK(!good.problem());
    CHECK(!dns_over_tls_options(good).connections(64).max_pipelined(10'000).padding(16'384).problem());
    CHECK(!dns_over_tls_options(good).connections(1).max_pipelined(1).padding(0).problem());
    for (const auto& bad :
         {dns_over_tls_options().connections(0), dns_over_tls_options().connections(65),
          dns_over_tls_options().max_pipelined(0), dns_over_tls_options().max_pipelined(10'001),
          dns_over_tls_options().padding(16'385), dns_over_tls_options().connect_timeout(0s),
          dns_over_tls_options().answer_timeout(-1s), dns_over_tls_options().idle_timeout(0s)}) {
        CHECK(bad.problem() == dragline::errc::invalid_option);
        dns_over_tls_lab lab(&tls_dns_server::answer_all, bad);
        CHECK(lab.error("a.test") == dragline::errc::invalid_option);
        CHECK(lab.server.connections() == 0);
    }
    dns_over_tls_lab lab(&tls_dns_server::answer_all,
                         dns_over_tls_options().tls(dragline::tls::client_options().ca_pem("")));
    CHECK(lab.error("a.test") == condition::tls_failed);
    CHECK(lab.error("bad..name", {}) == dns::errc::empty_label);
}
