#include <dragline/http/insight/har.hpp>

#include "../../support/http_client.hpp"
#include "../../support/json_reader.hpp"

#include <dragline/testing/sockets.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <string>
#include <system_error>
#include <vector>

using namespace std::chrono_literals;
using dragline::fetch_options;
using dragline::test::http_client;
using dragline::test::json;
using dragline::test::json_reader;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace http = dragline::http;

namespace {

json read_har(const std::string& text) { return json_reader(text).read()["log"]; }

const json& entry_of(const json& log, std::size_t at = 0) { return log["entries"].items().at(at); }

double time_of(const json& entry) {
    double sum = 0;
    for (const auto& [name, value] : entry["timings"].members()) {
        if (name != "ssl" && name != "_proxy" && value.number() > 0) sum += value.number();
    }
    return sum;
}

http::attempt_record hostile_attempt(const std::string& bytes) {
    http::attempt_record made;
    made.method = made.url = made.reason = made.media_type = made.redirect_to = bytes;
    made.request_headers.add(bytes, bytes).add("Cookie", bytes).add("Authorization", bytes);
    made.response_headers.add(bytes, bytes).add("Set-Cookie", bytes);
    made.connection.tls_detail = bytes;
    made.connection.look_ups.emplace_back().asked.name = bytes;
    made.connection.proxies.emplace_back().proxy = bytes;
    return made;
}

}  // namespace

TEST_CASE("an archive of nothing is an archive", "[http][har]") {
    const auto log = read_har(http::to_har(http::trace()));
    CHECK(log["version"].text() == "1.2");
    CHECK(log["creator"]["name"].text() == "dragline");
    CHECK(log["entries"].items().empty());
    CHECK(log["pages"].is_null());
}

TEST_CASE("an archive has an entry for each attempt, with times that add up", "[http][har]") {
    http_server server;
    server.on("/?a=1&b=%41+", http_reply::redirect("/b", 302))
        .on("/b", http_reply().header("Content-Type", "text/plain").body("12345"));
    http_client client(http::session_options().recording(http::recording().headers(true)));
    const auto got = client.fetch(server.url("/?a=1&b=%41+"), fetch_options().header("X-One", "1"));
    REQUIRE(!got.ec);
    const auto log = read_har(http::to_har(got.trace, http::har_options().pages(true)));
    REQUIRE(log["entries"].items().size() == 2);
    REQUIRE(log["pages"].items().size() == 1);
    const auto& first = entry_of(log);
    CHECK(first["pageref"].text() == log["pages"].items()[0]["id"].text());
    CHECK(first["request"]["method"].text() == "GET");
    CHECK(first["request"]["url"].text() == server.url("/?a=1&b=%41+"));
    const auto& query = first["request"]["queryString"].items();
    REQUIRE(query.size() == 2);
    CHECK(query[1]["name"].text() == "b");
    CHECK(query[1]["value"].text() == "A+");
    CHECK(first["request"]["headers"].items().at(0)["name"].text() == "Host");
    CHECK(first["response"]["status"].number() == 302);
    CHECK(first["response"]["redirectURL"].text() == server.url("/b"));
    CHECK(first["response"]["statusText"].text() == "Found");
    CHECK(first["serverIPAddress"].text() == "127.0.0.1");
    CHECK(first["timings"]["connect"].number() >= 0);
    CHECK(first["timings"]["ssl"].number() == -1);
    CHECK(first["timings"]["dns"].number() == -1);
    const auto& second = entry_of(log, 1);
    CHECK(second["response"]["content"]["size"].number() == 5);
    CHECK(second["response"]["content"]["mimeType"].text() == "text/plain");
    CHECK(second["response"]["bodySize"].number() == 5);
    CHECK(second["timings"]["connect"].number() == -1);
    CHECK(second["connection"].text() == first["connection"].text());
    CHECK(second["_cause"].text() == "redirect");
    CHECK(second["_reused"].boolean());
    for (const auto& each : log["entries"].items()) {
        CHECK(std::abs(time_of(each) - each["time"].number()) < 0.0005);
        CHECK(each["startedDateTime"].text().size() == 24);
        CHECK(each["startedDateTime"].text().starts_with("20"));
    }
}

TEST_CASE("a failed attempt has an entry that says so", "[http][har]") {
    const dragline::testing::dead_port dead;
    http_client client;
    const auto got = client.fetch("http://127.0.0.1:" + std::to_string(dead.port()) + "/");
    const auto log = read_har(http::to_har(got.trace));
    const auto& entry = entry_of(log);
    CHECK(entry["response"]["status"].number() == 0);
    CHECK(entry["response"]["headersSize"].number() == -1);
    CHECK(entry["_phase"].text() == "connect");
    CHECK(entry["_error"].text().find(got.ec.message()) != std::string::npos);
    CHECK(entry["_dials"].items().size() == 1);
    CHECK(entry["timings"]["send"].number() == 0);
}

TEST_CASE("an archive is JSON whatever bytes a peer sends", "[http][har][secrets]") {
    std::string every;
    for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
    const std::vector<std::string> hostile{every,          "\"}],\n\r\t\\u0000", std::string(3, '\0'),
                                           "\xc3",         "\xed\xa0\x80",       "\xf0\x9f\x98\x80\xf0\x9f",
                                           "\xe2\x80\xa8", "</script>",          "=;=;;\x7f"};
    for (const auto& bytes : hostile) {
        http::trace trace;
        trace.attempts.push_back(hostile_attempt(bytes));
        const auto text = http::to_har(trace, http::har_options().pages(true));
        const auto log = read_har(text);
        REQUIRE(log["entries"].items().size() == 1);
        CHECK(text.find('\n') == std::string::npos);
    }
    http::trace trace;
    trace.attempts.push_back(hostile_attempt("\xf0\x9f\x98\x80\xf0\x9f."));
    CHECK(entry_of(read_har(http::to_har(trace)))["response"]["statusText"].text() ==
          "\xf0\x9f\x98\x80\xef\xbf\xbd\xef\xbf\xbd.");
}

TEST_CASE("no secret stands in an archive, also of a trace that kept them", "[http][har][secrets]") {
    http_server server;
    server.on("*", http_reply()
                       .status(302)
                       .header("Set-Cookie", "a=secret; HttpOnly; Secure")
                       .header("Location", "http://you:secret@127.0.0.1:1/?password=secret#token=secret"));
    const auto keeping = http::recording().headers(true).masking(http::masking::none());
    for (const bool kept : {false, true}) {
        http_client client(
            http::session_options().recording(kept ? keeping : http::recording().headers(true)));
        const auto got = client.fetch(
            "http://me:secret@127.0.0.1:" + std::to_string(server.port()) + "/?key=secret&user[token]=secret",
            fetch_options().secret_header("X-Mine", "secret").cookie("b", "secret"));
        CHECK(got.trace.attempts.size() == 2);
        const auto text = http::to_har(got.trace);
        CHECK(text.find("secret") == std::string::npos);
        CHECK(text.find("c2VjcmV0") == std::string::npos);
        const auto log = read_har(text);
        const auto& set = entry_of(log)["response"]["cookies"].items();
        REQUIRE(set.size() == 1);
        CHECK(set[0]["name"].text() == "a");
        CHECK(set[0]["value"].text() == "***");
        CHECK(set[0]["httpOnly"].boolean());
        CHECK(entry_of(log)["request"]["cookies"].items().at(0)["name"].text() == "b");
        const auto plain = http::to_har(got.trace, http::har_options().masking(http::masking::none()));
        CHECK((plain.find("b=secret") != std::string::npos) == kept);
    }
}

TEST_CASE("an archive names the proxies, also of a connection that is reused, and their time",
          "[http][har][secrets]") {
    http_server forwarder;
    forwarder.on("*", http_reply().body("x"));
    const auto where = "127.0.0.1:" + std::to_string(forwarder.port());
    http_client client(http::session_options()
                           .proxy("http://me:secret@" + where)
                           .recording(http::recording().headers(true).masking(http::masking::none())));
    http::trace trace;
    for (int time = 0; time < 2; ++time)
        REQUIRE(!client.fetch("http://a.invalid/", fetch_options().trace(&trace)).ec);
    const auto text = http::to_har(trace);
    CHECK(text.find("secret") == std::string::npos);
    CHECK(text.find("bWU6c2VjcmV0") == std::string::npos);
    const auto log = read_har(text);
    REQUIRE(log["entries"].items().size() == 2);
    for (const auto& each : log["entries"].items()) {
        CHECK(each["_proxy"].text() == "http://" + where);
        CHECK(std::abs(time_of(each) - each["time"].number()) < 0.0005);
    }
    const auto& first = entry_of(log)["timings"];
    CHECK(first["_proxy"].number() >= 0);
    CHECK(first["_proxy"].number() <= first["connect"].number() + 0.0005);
    CHECK(entry_of(log, 1)["timings"]["_proxy"].is_null());
    CHECK(entry_of(log, 1)["_reused"].boolean());
}

TEST_CASE("an archive of several traces has the attempts of all", "[http][har]") {
    http_server server;
    server.on("*", http_reply());
    http_client client;
    std::vector<http::trace> traces(3);
    for (auto& each : traces) REQUIRE(!client.fetch(server.url("/"), fetch_options().trace(&each)).ec);
    const auto log = read_har(http::to_har(traces, http::har_options().pages(true)));
    CHECK(log["entries"].items().size() == 3);
    CHECK(log["pages"].items().size() == 3);
}
