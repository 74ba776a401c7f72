// Archives and metrics of real fetches, read by Python's readers of these formats.
#include "../support/http_client.hpp"
#include "../support/temporary_folder.hpp"

#include <dragline/http/insight/har.hpp>
#include <dragline/http/insight/prometheus.hpp>
#include <dragline/testing/sockets.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using dragline::fetch_options;
using dragline::test::http_client;
using dragline::testing::ending;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace http = dragline::http;

namespace {

constexpr const char* quiet = " 2>&1";

// Debian's Python, which has Debian's packages.
bool python_reads(const std::string& kind, std::string_view text, const char* errors = "") {
    const dragline::test::temporary_folder folder;
    const auto command = "/usr/bin/python3 " DRAGLINE_SOURCE_DIR "/tests/integration/insight_reader.py " +
                         kind + " " + folder.file("written", text) + " > /dev/null" + errors;
    return std::system(command.c_str()) == 0;
}

// Fetches of many kinds, over DNS and TLS too, with hostile answers among them.
class insight_lab {
public:
    insight_lab()
        : client(dragline::test::using_dns(names_)
                     .tls(dragline::test::trusting_test_ca())
                     .recording(http::recording().headers(true))
                     .metrics(true)) {
        names_.host("a.test", {"127.0.0.1"});
        plain_.on("/from?a=%22%0a&key=secret&b", http_reply::redirect("/to?token=secret"))
            .on("/to*", http_reply().header("Content-Type", "text/plain; charset=\"\xff\"").body("12345"))
            .on("/odd", http_reply(299)
                            .reason("\xfftext\t\"\\")
                            .header("X", "\xc3\xa9\xff\"\\")
                            .header("Set-Cookie", "\xff=secret; HttpOnly"))
            .on("/cut", http_reply().body("12345").cut_body(2, ending::reset))
            .on("/slow", http_reply().no_answer())
            .on("/broken", http_reply(503));
        const auto port = std::to_string(plain_.listen_tls(dragline::test::usual_certificate()).port());
        const dragline::testing::dead_port dead;
        const std::vector<std::string> urls{plain_.url("/from?a=%22%0a&key=secret&b"),
                                            plain_.url("/odd"),
                                            plain_.url("/cut"),
                                            plain_.url("/slow"),
                                            plain_.url("/broken"),
                                            "https://a.test:" + port + "/to",
                                            "https://a.test:" + port + "/to",
                                            "https://localhost:" + port + "/to",
                                            "http://none.test/",
                                            "http://127.0.0.1:" + std::to_string(dead.port()) + "/"};
        for (const auto& url : urls) {
            const auto options = fetch_options()
                                     .first_byte_timeout(50ms)
                                     .header("Authorization", "Bearer secret")
                                     .cookie("mine", "secret");
            traces.push_back(client.fetch(url, options).trace);
        }
        for (int time = 0; time < 2; ++time) {  // through a proxy, on one connection
            const auto by = fetch_options().proxy("http://me:secret@" + plain_.url("").substr(7));
            traces.push_back(client.fetch("http://b.invalid/to", by).trace);
        }
    }

private:
    dragline::testing::dns_server names_;
    http_server plain_;

public:
    http_client client;
    std::vector<http::trace> traces;
};

}  // namespace

TEST_CASE("an archive is what HAR 1.2 says", "[integration][har]") {
    const insight_lab lab;
    for (const bool pages : {false, true}) {
        const auto text = http::to_har(lab.traces, http::har_options().pages(pages));
        CHECK(python_reads("har", text));
        CHECK(text.find("secret") == std::string::npos);
    }
    CHECK(!python_reads("har", "{\"log\":{}}", quiet));
}

TEST_CASE("prometheus_client reads the metrics, in both formats", "[integration][prometheus]") {
    const insight_lab lab;
    auto taken = lab.client.session.metrics()->snapshot();
    taken.origins.emplace_back().origin = "hostile\"\\\n\xff{},#";
    const auto labelled = http::prometheus_options().label("service", "a \"b\"\\\n");
    const auto text = *http::to_prometheus(taken, labelled);
    CHECK(python_reads("prometheus", text));
    CHECK(text.find("secret") == std::string::npos);
    CHECK(python_reads("openmetrics",
                       *http::to_prometheus(taken, http::prometheus_options(labelled).openmetrics(true))));
    CHECK(!python_reads("prometheus", "a{b=\"} 1\n", quiet));
}
