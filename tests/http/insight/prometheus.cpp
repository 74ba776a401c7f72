#include <dragline/http/insight/prometheus.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

using namespace std::chrono_literals;
using dragline::http::metrics_snapshot;
using dragline::http::origin_metrics;
using dragline::http::prometheus_options;
using dragline::http::to_prometheus;

namespace {

metrics_snapshot two_origins() {
    metrics_snapshot made;
    origin_metrics first, others;
    first.origin = "https://a.test:443";
    first.attempts = 7;
    first.succeeded = 4;
    first.in_flight = 1;
    first.statuses[2] = 3;
    first.statuses[5] = 1;
    first.failed[0][static_cast<std::size_t>(dragline::phase::first_byte)] = 2;
    first.bytes_received = 12345;
    for (const auto value : {100us, 128us, 129us, 3000us, 90'000'000us}) first.total.record(value);
    others.attempts = 5;
    made.origins = {others, first};
    return made;
}

// The samples by what stands before their value; every line is of the documented grammar.
std::map<std::string, std::string> read_samples(const std::string& text) {
    std::map<std::string, std::string> samples;
    REQUIRE(!text.empty());
    REQUIRE(text.back() == '\n');
    std::string family;
    for (std::size_t at = 0; at < text.size();) {
        const auto line = text.substr(at, text.find('\n', at) - at);
        at += line.size() + 1;
        CAPTURE(line);
        if (line.starts_with("# TYPE ")) family = line.substr(7, line.find(' ', 7) - 7);
        if (line.starts_with("#")) continue;
        REQUIRE(line.starts_with(family));
        const auto end = line.rfind("} ");
        REQUIRE(end != std::string::npos);
        REQUIRE(samples.emplace(line.substr(0, end + 1), line.substr(end + 2)).second);
    }
    return samples;
}

}  // namespace

TEST_CASE("the Prometheus text has every counter", "[http][prometheus]") {
    const auto text = *to_prometheus(two_origins());
    auto samples = read_samples(text);
    CHECK(samples["dragline_http_attempts_total{origin=\"https://a.test:443\"}"] == "7");
    CHECK(samples["dragline_http_attempts_total{origin=\"other\"}"] == "5");
    CHECK(samples["dragline_http_in_flight{origin=\"https://a.test:443\"}"] == "1");
    CHECK(samples["dragline_http_received_bytes_total{origin=\"https://a.test:443\"}"] == "12345");
    CHECK(samples["dragline_http_responses_total{origin=\"https://a.test:443\",class=\"2xx\"}"] == "3");
    CHECK(samples["dragline_http_responses_total{origin=\"https://a.test:443\",class=\"5xx\"}"] == "1");
    CHECK(samples["dragline_http_errors_total{origin=\"https://a.test:443\",kind=\"timeout\","
                  "phase=\"first byte\"}"] == "2");
    CHECK(text.find("# TYPE dragline_http_attempts_total counter\n") != std::string::npos);
    CHECK(text.find("# TYPE dragline_http_in_flight gauge\n") != std::string::npos);
    CHECK(text.find("# EOF") == std::string::npos);
}

TEST_CASE("the buckets of a Prometheus histogram are cumulative and end with its count",
          "[http][prometheus]") {
    auto samples = read_samples(*to_prometheus(two_origins()));
    const auto at = [&](const std::string& bound) {
        return samples["dragline_http_attempt_duration_seconds_bucket{origin=\"https://a.test:443\",le=\"" +
                       bound + "\"}"];
    };
    CHECK(at("0.000128") == "2");
    CHECK(at("0.000256") == "3");
    CHECK(at("0.004096") == "4");
    CHECK(at("67.108864") == "4");
    CHECK(at("+Inf") == "5");
    CHECK(samples["dragline_http_attempt_duration_seconds_count{origin=\"https://a.test:443\"}"] == "5");
    CHECK(samples["dragline_http_attempt_duration_seconds_sum{origin=\"https://a.test:443\"}"] ==
          "90.003357");
    CHECK(samples["dragline_http_connect_seconds_sum{origin=\"other\"}"] == "0.0");
}

TEST_CASE("labels of a Prometheus text are escaped, whatever bytes they have",
          "[http][prometheus][secrets]") {
    metrics_snapshot hostile;
    hostile.origins.emplace_back().origin = "a\"b\\c\nd\xff\xc3\xa9";
    const auto text = *to_prometheus(hostile, prometheus_options().prefix("x_").label("who", "\"\n}"));
    CHECK(
        text.find("x_attempts_total{who=\"\\\"\\n}\",origin=\"a\\\"b\\\\c\\nd\xef\xbf\xbd\xc3\xa9\"} 0\n") !=
        std::string::npos);
    std::size_t lines = 0, plain = 0;
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1, ++lines)
        plain += text.compare(at, 2, "x_") == 0 || text.compare(at, 2, "# ") == 0;
    CHECK(lines == plain);
}

TEST_CASE("a name that Prometheus does not take is refused", "[http][prometheus]") {
    for (const auto* prefix : {"", "9a", "a-b", "a b", "a\n", "\xc3\xa9"}) {
        CAPTURE(prefix);
        const auto got = to_prometheus(two_origins(), prometheus_options().prefix(prefix));
        CHECK(got.error() == dragline::errc::invalid_option);
    }
    for (const auto* name : {"", "9a", "a:b", "a b", "origin", "le", "class", "__name__", "a\"b"}) {
        CAPTURE(name);
        const auto got = to_prometheus(two_origins(), prometheus_options().label(name, "x"));
        CHECK(got.error() == dragline::errc::invalid_option);
    }
    CHECK(to_prometheus(two_origins(), prometheus_options().label("a", "").label("b", "")));
    CHECK(!to_prometheus(two_origins(), prometheus_options().label("a", "").label("a", "")));
    CHECK(to_prometheus(two_origins(), prometheus_options().prefix("ns:sub_")));
}

TEST_CASE("OpenMetrics names its families without _total, and says where it ends", "[http][prometheus]") {
    const auto text = *to_prometheus(two_origins(), prometheus_options().openmetrics(true));
    auto samples = read_samples(text);
    CHECK(text.find("# TYPE dragline_http_attempts counter\n") != std::string::npos);
    CHECK(text.find("# UNIT dragline_http_received_bytes bytes\n") != std::string::npos);
    CHECK(samples["dragline_http_attempts_total{origin=\"other\"}"] == "5");
    CHECK(text.ends_with("\n# EOF\n"));
    CHECK(dragline::http::prometheus_content_type(true).starts_with("application/openmetrics-text"));
    CHECK(dragline::http::prometheus_content_type().starts_with("text/plain; version=0.0.4"));
    CHECK(*to_prometheus(metrics_snapshot(), prometheus_options().openmetrics(true)) != "");
}
