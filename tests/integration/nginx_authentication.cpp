// Fetching from nginx what only some users may see.
#include <dragline/http.hpp>

#include "../support/http_client.hpp"
#include "nginx_server.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using dragline::fetch_options;
using dragline::http::credentials;
using dragline::test::file_list;
using dragline::test::http_client;
using dragline::test::nginx_server;

namespace http = dragline::http;

namespace {

const std::string servers = R"(
    server { listen 127.0.0.1:@0;
        location /open { return 302 http://127.0.0.1:@0/closed; }
        location /away { return 302 http://127.0.0.1:@1/closed; }
        location /closed { auth_basic "caf$arg_x"; auth_basic_user_file @F/users; } }
    server { listen 127.0.0.1:@1;
        location /closed { auth_basic "other"; auth_basic_user_file @F/users; } })";

file_list files() {
    return {{"www/closed", "inside"}, {"users", "me:{PLAIN}s e@cret\nJ\xc3\xa4s:{PLAIN}\xe2\x82\xac\n"}};
}

}  // namespace

TEST_CASE("nginx lets in who has the password, and nobody else", "[integration][nginx]") {
    const nginx_server nginx(servers, files());
    http_client client;
    const auto get = [&](const credentials& who, const char* target = "/closed") {
        return client.fetch(nginx.url(target), fetch_options().credentials(who));
    };
    CHECK(get(credentials::basic("me", "s e@cret")).response.body == "inside");
    CHECK(get(credentials::basic("J\xc3\xa4s", "\xe2\x82\xac")).response.body == "inside");
    CHECK(get(credentials::basic("me", "secret")).response.status == 401);
    CHECK(get(credentials::digest("me", "s e@cret")).response.status == 401);
    CHECK(client.fetch(nginx.url("/closed")).response.status == 401);
    CHECK(client.statistics().connections == 1);

    const auto any = get(credentials::any("me", "s e@cret"));
    CHECK(any.response.body == "inside");
    CHECK(any.trace.attempts.size() == 2);
    CHECK(any.trace.attempts.at(1).reused);
    CHECK(get(credentials::any("me", "s e@cret")).trace.attempts.size() == 1);
}

TEST_CASE("nginx sees the user of a URL and of netrc, and no other origin does", "[integration][nginx]") {
    const nginx_server nginx(servers, files());
    const auto with_user = [&](const std::string& target) {
        return "http://me:s%20e%40cret@127.0.0.1:" + std::to_string(nginx.port()) + target;
    };
    http_client client;
    CHECK(client.fetch(with_user("/closed")).response.body == "inside");
    CHECK(client.fetch(with_user("/open")).response.body == "inside");
    CHECK(client.fetch(with_user("/away")).response.status == 401);

    const auto known = http::netrc::parse("machine 127.0.0.1 login me password \"s e@cret\"").value();
    http_client other(http::session_options().netrc(known));
    CHECK(other.fetch(nginx.url("/closed")).response.body == "inside");
    CHECK(other.fetch(nginx.url("/away")).response.body == "inside");  // the same machine
}
