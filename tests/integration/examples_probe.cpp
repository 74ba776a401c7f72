// The program examples/probe, run as a person runs it, against a small lab.
#include "../support/json_reader.hpp"
#include "probe_process.hpp"

#include <dragline/testing/certificate_authority.hpp>
#include <dragline/testing/dns_server.hpp>
#include <dragline/testing/http_server.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstddef>
#include <map>
#include <sstream>
#include <string>
#include <vector>

using dragline::test::json;
using dragline::test::json_reader;
using dragline::test::probe_outcome;
using dragline::test::probe_process;
using dragline::test::run_probe;
using dragline::test::scratch_folder;
using namespace dragline::testing;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

// Some hosts of small.test on 127.0.0.1, by HTTP and HTTPS.
class small_lab {
public:
    small_lab() : plain_(web_.listen().port()), secure_(web_.listen_tls(certificate()).port()) {
        dns_.host("good.small.test", {"127.0.0.1"}).host("hostile.small.test", {"127.0.0.1"});
        dns_.host("move.small.test", {"127.0.0.1"}).host("stall.small.test", {"127.0.0.1"});
        dns_.host("*.wild.small.test", {"127.0.0.1"});
        dns_.pointer(asio::ip::address_v4::loopback(), {"web.small.test"});
        web_.on("*", http_reply().header("Server", "tester/1").body("<title>Small &amp; good</title>"));
        web_.on_host("hostile.small.test", "*", http_reply().body("<title>\x1b[2J&#27;]0;x&#7;\"\\</title>"));
        web_.on_host("move.small.test", "/", http_reply::redirect("/there", 301));
        web_.on_host("stall.small.test", "*", http_reply().no_answer());
        authority_file_ = files_.write("ca.pem", authority_.certificate_pem());
    }

    // With what points the program here.
    texts arguments(const texts& more) const {
        texts all = {
            "--server",    dns_.to_string(),       "--ca",         authority_file_,        "--timeout", "20",
            "--http-port", std::to_string(plain_), "--https-port", std::to_string(secure_)};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }

    http_server& web() { return web_; }
    std::string url(const std::string& host) const {
        return "https://" + host + ':' + std::to_string(secure_) + "/page";
    }

private:
    issued_certificate certificate() const {
        return authority_.issue(certificate_request().name("*.small.test").name("*.wild.small.test"));
    }

    certificate_authority authority_{"Small CA"};
    http_server web_{http_server::unbound};
    unsigned plain_;
    unsigned secure_;
    dns_server dns_;
    scratch_folder files_;
    std::string authority_file_;
};

std::map<std::string, json> by_target(const std::string& lines) {
    std::map<std::string, json> all;
    std::istringstream from(lines);
    for (std::string line; std::getline(from, line);) {
        auto one = json_reader(line).read();
        const auto name = one["target"].text();
        all.emplace(name, std::move(one));
    }
    return all;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

std::string line_with(const std::string& text, const std::string& part) {
    std::istringstream from(text);
    for (std::string line; std::getline(from, line);) {
        if (contains(line, part)) return line;
    }
    return {};
}

}  // namespace

TEST_CASE("probe prints a table with a row for each host, and a summary", "[integration][examples][probe]") {
    small_lab lab;
    const auto ended =
        run_probe(lab.arguments({"good.small.test", "move.small.test", "x.wild.small.test", "127.0.0.1"}));
    INFO(ended.out << ended.error);
    CHECK(ended.status == 1);  // no certificate is for 127.0.0.1
    const auto good = line_with(ended.out, "good.small.test");
    for (const auto* part :
         {"127.0.0.1", "web.small.test", "200", "tester/1", "Small CA", "Small & good", " no "}) {
        CHECK(contains(good, part));
    }
    CHECK(contains(line_with(ended.out, "move.small.test"), "301>200"));
    CHECK(contains(line_with(ended.out, "x.wild.small.test"), " yes "));
    CHECK(contains(line_with(ended.out, "P50"), "P99"));
    CHECK(contains(ended.out, "4 hosts in "));
    CHECK(ended.error.empty());  // neither a bar nor anything else where there is no terminal
    CHECK_FALSE(contains(ended.out, "\x1b"));
}

TEST_CASE("probe writes one JSON object for each host", "[integration][examples][probe]") {
    small_lab lab;
    const auto ended = run_probe(lab.arguments({"--json", "-j", "3", "-"}),
                                 "good.small.test\nhostile.small.test\nmove.small.test\nnobody.small.test\n" +
                                     lab.url("good.small.test") + "\n127.0.0.1\n");
    INFO(ended.out << ended.error);
    const auto hosts = by_target(ended.out);
    REQUIRE(hosts.size() == 6);
    for (const auto& [name, host] : hosts) CHECK(host.members().size() == 10);

    const auto& good = hosts.at("good.small.test");
    CHECK(good["fine"].boolean());
    CHECK(good["a"]["found"].items().at(0).text() == "127.0.0.1");
    CHECK(good["aaaa"]["error"]["word"].text() == "no data");
    CHECK(good["ptr"].items().at(0)["found"].items().at(0).text() == "web.small.test");
    CHECK(good["wildcard"]["verdict"].text() == "no");
    CHECK(good["http"]["status"].number() == 200);
    CHECK(good["http"]["tls"].is_null());
    CHECK(good["https"]["title"].text() == "Small & good");
    CHECK(good["https"]["tls"]["issuer"].text() == "Small CA");
    CHECK(good["https"]["ms"]["total"].number() > 0);

    CHECK(hosts.at("hostile.small.test")["http"]["title"].text() == "\x1b[2J\x1b]0;x\x07\"\\");
    CHECK(hosts.at("move.small.test")["https"]["redirects"].items().at(0)["status"].number() == 301);
    CHECK(hosts.at("nobody.small.test")["a"]["error"]["word"].text() == "nxdomain");
    CHECK(hosts.at("nobody.small.test")["http"].is_null());
    CHECK(hosts.at(lab.url("good.small.test"))["http"].is_null());
    CHECK(hosts.at(lab.url("good.small.test"))["https"]["status"].number() == 200);
    CHECK(hosts.at("127.0.0.1")["a"].is_null());
    CHECK(hosts.at("127.0.0.1")["https"]["error"]["category"].text() == "dragline.tls");
    CHECK(contains(ended.error, "6 hosts in "));
}

TEST_CASE("probe goes on past bad lines and names them", "[integration][examples][probe]") {
    small_lab lab;
    const auto ended = run_probe(lab.arguments({"--file", "-", "good.small.test", "bad host"}),
                                 "# list\n\nhttp://\n" + std::string(100'000, 'x') + "\ngood.small.test\n");
    INFO(ended.out << ended.error);
    CHECK(ended.status == 1);
    CHECK(contains(ended.error, "argument 2: "));
    CHECK(contains(ended.error, "standard input:3: "));
    CHECK(contains(ended.error, "standard input:4: longer than 8192 bytes"));
    CHECK(contains(ended.out, "2 hosts in "));
}

TEST_CASE("the status of probe says how it went", "[integration][examples][probe]") {
    small_lab lab;
    CHECK(run_probe(lab.arguments({"good.small.test"})).status == 0);
    CHECK(run_probe(lab.arguments({"nobody.small.test"})).status == 1);
    CHECK(run_probe({"--help"}).status == 0);
    for (const auto& wrong : std::vector<texts>{{},
                                                {"-"},
                                                {"--file", "/nonexistent"},
                                                {"--nonsense"},
                                                {"-j", "0", "x.test"},
                                                {"--timeout", "0", "x.test"},
                                                {"--timeout", "-1", "x.test"},
                                                {"--server", "no address", "x.test"},
                                                {"--ca", "/dev/null", "x.test"},
                                                {"--user-agent", "a\r\nb: c", "x.test"}}) {
        const auto ended = run_probe(wrong);
        INFO((wrong.empty() ? "" : wrong.front()));
        CHECK(ended.status == 2);
        CHECK(ended.out.empty());
        CHECK_FALSE(ended.error.empty());
    }
}

TEST_CASE("details show everything about a host, and nothing that steers a terminal",
          "[integration][examples][probe]") {
    small_lab lab;
    const auto ended = run_probe(lab.arguments({"--details", "hostile.small.test", "move.small.test"}));
    INFO(ended.out);
    CHECK(ended.status == 0);
    for (const auto* part :
         {"title \"?[2J?]0;x?\"\\\"", "301 to ", "issued by Small CA", "wildcard", "first byte"}) {
        CHECK(contains(ended.out, part));
    }
    CHECK_FALSE(contains(ended.out, "\x1b"));
}

TEST_CASE("an interrupted probe prints what is there", "[integration][examples][probe]") {
    small_lab lab;
    // One at a time: when the second one is asked for, the first one is done.
    probe_process program(
        lab.arguments({"-j", "1", "good.small.test", "stall.small.test", "move.small.test"}));
    REQUIRE(lab.web().wait_for_requests(4, 30s));
    program.interrupt();
    const auto ended = program.finish();
    INFO(ended.out << ended.error);
    CHECK(ended.status == 130);
    CHECK(contains(line_with(ended.out, "good.small.test"), "Small & good"));
    CHECK_FALSE(contains(ended.out, "stall.small.test"));
    CHECK(contains(ended.out, "interrupted, 2 hosts left; 1 host in "));
}

TEST_CASE("an interrupted probe has written its JSON lines", "[integration][examples][probe]") {
    small_lab lab;
    probe_process program(lab.arguments({"--json", "-j", "2", "stall.small.test", "good.small.test"}));
    const auto line = program.read_line();
    program.interrupt();
    const auto ended = program.finish();
    CHECK(by_target(line).count("good.small.test") == 1);
    CHECK(ended.status == 130);
    CHECK(ended.out.empty());
    CHECK(contains(ended.error, "interrupted, 1 host left"));
}

TEST_CASE("on a terminal a bar is drawn, and wiped out at the end", "[integration][examples][probe]") {
    small_lab lab;
    for (const bool color : {true, false}) {
        texts variables = {"TERM=xterm", "LC_ALL=C", color ? "NO_COLOR=" : "NO_COLOR=1"};
        probe_process program(lab.arguments({"-j", "1", "good.small.test", "stall.small.test"}), {},
                              probe_process::error_to::terminal, variables);
        REQUIRE(lab.web().wait_for_requests(4, 30s));
        lab.web().clear_requests();
        program.interrupt();
        const auto ended = program.finish();
        INFO(ended.error);
        CHECK(contains(ended.error, "% ["));
        CHECK(contains(ended.error, "\x1b[2m") == color);
        CHECK(ended.error.ends_with("\r\x1b[K"));
    }
}

TEST_CASE("probe finds its own lab as it is built", "[integration][examples][probe]") {
    const auto ended = run_probe({"--lab", "--timeout", "6", "-j", "16"});
    INFO(ended.out << ended.error);
    CHECK(ended.status == 0);
    CHECK(contains(ended.out, "500 of the lab's 500 hosts were found as they are built"));
    CHECK(contains(ended.out, "To probe real hosts:"));
}
