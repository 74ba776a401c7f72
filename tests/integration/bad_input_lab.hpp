// A session that meets everything bad there is, with a good server beside it.
#pragma once

#include "../support/http_client.hpp"

#include <dragline/core/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <string>
#include <system_error>

namespace dragline::test {

/// Each fetch has a good one beside it and a good one after it.
class bad_input_lab {
public:
    bad_input_lab() {
        using namespace std::chrono_literals;
        using testing::http_reply;
        good.on("/", http_reply().body("good"))
            .on("/slow", http_reply().body("slow").chunks({1}).drip_body(4, 5ms));
        names.host("good.test", {"127.0.0.1"});
    }

    testing::http_server good;
    testing::http_server bad;
    testing::dns_server names;
    http_client client{using_dns(names).tls(trusting_test_ca())};

    /// Fetches, while a slow fetch from the good server goes on beside it; afterwards the session still
    /// works.
    fetched fetch(const std::string& what, const fetch_options& options = fetch_options()) {
        const auto beside = client.start(good.url("/slow"));
        auto got = client.fetch(what, options);
        const auto after = client.fetch("http://good.test:" + std::to_string(good.port()) + "/");
        client.wait_for(beside);
        CHECK(beside->response.body == "slow");
        CHECK(after.response.body == "good");
        CHECK(client.statistics().calls == 0);
        CHECK(client.statistics().connections == client.statistics().idle_connections);
        return got;
    }

    /// What the bad server does to a request.
    fetched meet(const testing::http_reply& reply, const fetch_options& options = fetch_options()) {
        bad.on("/", reply);
        return fetch(bad.url("/"), options);
    }
};

template <class Kind>
void check_error(const fetched& got, std::error_code code, Kind kind, phase where) {
    INFO(got.ec.category().name() << ": " << got.ec.message());
    CHECK(got.ec == code);
    CHECK(got.ec == kind);
    CHECK(phase_of(got.ec) == where);
    CHECK(got.response.body.empty());
}

}  // namespace dragline::test
