// The program examples/subdomains, run as a person runs it, against a scripted server.
#include "../support/json_reader.hpp"
#include "probe_process.hpp"

#include <dragline/testing/dns_server.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using dragline::test::json;
using dragline::test::json_reader;
using dragline::test::probe_outcome;
using dragline::test::probe_process;
using dragline::test::scratch_folder;
using namespace dragline::testing;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

std::vector<json> lines_of(const std::string& text) {
    std::vector<json> all;
    std::istringstream from(text);
    for (std::string line; std::getline(from, line);) all.push_back(json_reader(line).read());
    return all;
}

// "found www.a.test A", each as often as it stands there.
std::multiset<std::string> told(const std::string& text) {
    std::multiset<std::string> all;
    for (const auto& line : lines_of(text)) {
        all.insert(line["kind"].text() + ' ' + line["name"].text() + ' ' +
                   (line["type"].is_null() ? line["wildcard"].text() : line["type"].text()));
    }
    return all;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

// a.test has a wildcard and so has cloud.a.test; 40 of 400 words are real.
class zone {
public:
    zone() {
        server_.host("*.a.test", {"127.0.1.1", "127.0.1.2"}).host("*.cloud.a.test", {"127.0.2.1"});
        for (int number = 0; number < 400; ++number) {
            const auto word = "w" + std::to_string(number) + (number % 8 == 0 ? ".cloud" : "");
            words_ += word + '\n';
            if (number % 10 != 0) continue;
            server_.host(word + ".a.test", {"127.0.0.1"});
            real_.insert("found " + word + ".a.test A");
        }
        list_ = files_.write("words", words_);
    }

    // `more` goes before the usual options.
    texts arguments(const texts& more = {}) const {
        texts all = more;
        const texts usual = {"--resolver", server_.to_string(), "--window", "50", "--timeout",
                             "0.5",        "--tries",           "10"};
        for (std::size_t at = 0; at < usual.size(); at += 2) {
            if (std::find(more.begin(), more.end(), usual[at]) != more.end()) continue;
            all.insert(all.end(), {usual[at], usual[at + 1]});
        }
        all.emplace_back("a.test");
        return all;
    }
    texts with_list(const texts& more = {}) const {
        texts all = {"--wordlist", list_};
        all.insert(all.end(), more.begin(), more.end());
        return arguments(all);
    }
    texts resumable(const texts& more = {}) const {
        texts all = {"--output", files_.file("out"), "--resume", files_.file("state")};
        all.insert(all.end(), more.begin(), more.end());
        return with_list(all);
    }

    dns_server& server() { return server_; }
    const scratch_folder& files() const { return files_; }
    const std::multiset<std::string>& real() const { return real_; }
    const std::string& words() const { return words_; }

private:
    dns_server server_;
    scratch_folder files_;
    std::multiset<std::string> real_;
    std::string words_;
    std::string list_;
};

std::unique_ptr<probe_process> start(const texts& arguments, const std::string& input = {}) {
    return std::make_unique<probe_process>(arguments, input, probe_process::error_to::file, texts(),
                                           "subdomains");
}

probe_outcome run(const texts& arguments, const std::string& input = {}) {
    return start(arguments, input)->finish();
}

}  // namespace

TEST_CASE("subdomains finds exactly the real names among a wildcard", "[integration][examples][subdomains]") {
    zone lab;
    const std::string engine = GENERATE("udp", "ares");
    const auto ended = run(lab.with_list({"--engine", engine}));
    INFO(ended.error);
    CHECK(ended.status == 0);
    CHECK(told(ended.out) == lab.real());
    for (const auto& line : lines_of(ended.out)) {
        CHECK(line.members().size() == 11);
        CHECK(line["wildcard"].text() == "real");
        CHECK(line["addresses"].items().at(0).text() == "127.0.0.1");
        CHECK(line["server"].text() == lab.server().to_string());
        CHECK(line["tries"].number() >= 1);
        CHECK_FALSE(line["confirmed"].boolean());
    }
    CHECK(contains(ended.error, "a.test: a wildcard, with 2 addresses"));
    CHECK(contains(ended.error, "40 found, 360 made by wildcards, 0 unresolved"));
}

TEST_CASE("a trusted server has the last word on subdomains", "[integration][examples][subdomains]") {
    zone lab;
    dns_server liar;
    liar.on_query(dns_reply().answer(dragline::dns::record_type::a, {"127.0.0.66"}));
    const auto ended = run({"--resolver", liar.to_string(), "--trusted", lab.server().to_string(),
                            "--wordlist", "-", "--window", "20", "a.test"},
                           "w10\nw11\nw30\n");
    INFO(ended.error << ended.out);
    CHECK(ended.status == 0);
    CHECK(told(ended.out) == std::multiset<std::string>{"found w10.a.test A", "found w30.a.test A"});
    for (const auto& line : lines_of(ended.out)) {
        CHECK(line["confirmed"].boolean());
        CHECK(line["addresses"].items().at(0).text() == "127.0.0.1");
    }
}

TEST_CASE("subdomains takes its servers from a file and keeps to their rate",
          "[integration][examples][subdomains]") {
    zone lab;
    dns_server dead;
    dead.on_query(dns_reply().silent());
    const auto servers = lab.files().write(
        "servers", "# ours\n" + dead.to_string() + "\n\n  " + lab.server().to_string() + "  \n");
    const auto began = std::chrono::steady_clock::now();
    const auto ended = run({"--resolvers", servers, "--rate", "50", "--timeout", "0.2", "-w", "-", "a.test"},
                           lab.words().substr(0, lab.words().find("w100")));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    INFO(ended.error);
    CHECK(ended.status == 0);
    CHECK(told(ended.out).size() == 10);
    CHECK(dead.query_count() > 0);
    // However fast the machine is: a second's worth may come at once, the rest at 50 a second.
    const auto least = (static_cast<double>(lab.server().query_count()) - 50.0) / 50.0;
    CHECK(least > 0.5);
    CHECK(took.count() >= least);
}

TEST_CASE("subdomains loses nothing to a server that leaves out answers",
          "[integration][examples][subdomains]") {
    zone lab;
    lab.server().on_query([](const dns_query& query) {
        const bool lost = std::hash<std::string>()(query.name() + std::to_string(query.attempt)) % 20 == 0;
        return lost ? dns_reply().silent() : dns_reply();
    });
    const auto ended = run(lab.with_list());
    INFO(ended.error);
    CHECK(ended.status == 0);
    CHECK(told(ended.out) == lab.real());
}

TEST_CASE("what nobody answers is told as unresolved", "[integration][examples][subdomains]") {
    zone lab;
    lab.server().on("w1.a.test", dns_reply().silent());
    lab.server().on("w2.a.test", dns_reply(dragline::dns::rcode::server_failure));
    const auto ended = run({"--resolver", lab.server().to_string(), "-w", "-", "--timeout", "0.3", "--tries",
                            "2", "-t", "A,AAAA", "a.test"},
                           "w0.cloud\nw1\nw2\nw10\n");
    INFO(ended.error);
    CHECK(ended.status == 1);
    CHECK(told(ended.out) == std::multiset<std::string>{"found w0.cloud.a.test A", "found w10.a.test A",
                                                        "unresolved w1.a.test A", "unresolved w1.a.test AAAA",
                                                        "unresolved w2.a.test A",
                                                        "unresolved w2.a.test AAAA"});
    CHECK(contains(ended.error, "4 unresolved, servfail 2, timeout 2"));
}

TEST_CASE("subdomains that are interrupted and resumed are those of one run",
          "[integration][examples][subdomains]") {
    zone lab;
    lab.server().on_query(dns_reply().delay(5ms));
    const int signal = GENERATE(SIGINT, SIGTERM, SIGKILL);
    INFO(signal);
    auto first = start(lab.resumable({"--window", "4"}));
    REQUIRE(lab.server().wait_for_queries(250, 30s));
    first->interrupt(signal);
    const auto stopped = first->finish();
    INFO(stopped.error);
    CHECK(stopped.status == (signal == SIGKILL ? -1 : 130));
    CHECK(stopped.out.empty());
    CHECK(contains(lab.files().read("state"), "complete 0\n"));
    const auto before = told(lab.files().read("out"));
    CHECK(before.size() < lab.real().size());

    lab.server().on_query(dns_reply());
    const auto ended = run(lab.resumable());
    INFO(ended.error);
    CHECK(ended.status == 0);
    CHECK(told(lab.files().read("out")) == lab.real());
    CHECK(contains(ended.error, "400 names asked for"));
    CHECK(contains(ended.error, "40 found, 360 made by wildcards, 0 unresolved"));

    lab.server().clear_queries();
    const auto again = run(lab.resumable());
    CHECK(again.status == 0);
    CHECK(contains(again.error, "complete"));
    CHECK(lab.server().query_count() == 0);
    CHECK(told(lab.files().read("out")) == lab.real());
}

TEST_CASE("a run without a state that is interrupted tells what it found",
          "[integration][examples][subdomains]") {
    zone lab;
    lab.server().on("w0.cloud.a.test", dns_reply().silent());  // all others wait for this one
    auto program = start(lab.with_list({"--timeout", "60"}));
    REQUIRE(lab.server().wait_for_queries(400, 30s));
    program->interrupt();
    const auto ended = program->finish();
    INFO(ended.error);
    CHECK(ended.status == 130);
    CHECK_FALSE(ended.out.empty());
    CHECK(contains(ended.error, "interrupted"));
}

TEST_CASE("a wildcard that grows during the run takes names back", "[integration][examples][subdomains]") {
    dns_server server;
    auto grown = std::make_shared<std::atomic<bool>>(false);
    server.on_query([grown](const dns_query& query) {
        if (query.name().starts_with("switch.")) *grown = true;
        const bool exists = *grown || query.name().starts_with("early.");
        const bool is_a = query.type() == dragline::dns::record_type::a;
        return exists && is_a ? dns_reply().answer(dragline::dns::record_type::a, {"127.0.0.9"})
                              : dns_reply();
    });
    std::string words = "early\nswitch\n";
    for (int number = 0; number < 60; ++number) words += "x" + std::to_string(number) + '\n';
    const auto ended =
        run({"-r", server.to_string(), "-w", "-", "--window", "1", "--canary", "10", "b.test"}, words);
    INFO(ended.error << ended.out);
    std::map<std::string, std::string> verdicts;
    for (const auto& line : lines_of(ended.out)) verdicts[line["name"].text()] = line["wildcard"].text();
    CHECK(verdicts.contains("early.b.test"));
    for (const auto& [name, verdict] : verdicts) CHECK(verdict == "synthesised");
    CHECK(verdicts.size() <= 12);  // those before the first canary
    CHECK(contains(ended.error, " 0 found, 62 made by wildcards"));
}

TEST_CASE("bad words are told with their lines and do not stop subdomains",
          "[integration][examples][subdomains]") {
    zone lab;
    const auto ended = run(lab.arguments({"-w", "-"}),
                           "# list\n\nW10\ntwo words\n" + std::string(5000, 'x') + "\nw20\na..b\n");
    INFO(ended.error);
    CHECK(ended.status == 1);
    CHECK(told(ended.out) == std::multiset<std::string>{"found w10.a.test A", "found w20.a.test A"});
    for (const auto* line :
         {"standard input:4: ", "standard input:5: ", "standard input:7: ", "3 bad lines"}) {
        CHECK(contains(ended.error, line));
    }
}

TEST_CASE("subdomains says what is wrong with what it was given", "[integration][examples][subdomains]") {
    zone lab;
    const auto& files = lab.files();
    const auto list = files.write("list", lab.words());
    const auto here = lab.server().to_string();
    const auto other =
        files.write("other",
                    "dragline subdomains state 1\ndomains b.test\ntypes A\nlist_bytes 1\n"
                    "names 1\noutput 1\nfound 1\nsynthesised 0\nunresolved 0\ncomplete 0\nend\n");
    const std::vector<std::pair<texts, std::string>> wrong = {
        {{"-w", files.file("missing"), "a.test"}, "cannot read"},
        {{"-w", files.path(), "a.test"}, "cannot read"},
        {{"-w", files.write("empty", "# nothing\n\n"), "a.test"}, "has no words"},
        {{"-w", "-", "a.test"}, "has no words"},
        {{"-w", list}, "no domain"},
        {{"a.test"}, "no words"},
        {{"-w", list, "127.0.0.1"}, "no domain: 127.0.0.1"},
        {{"-w", list, "a..test"}, "a..test"},
        {{"-w", list, "no domain"}, "no domain"},
        {{"-w", list, "-r", "localhost", "a.test"}, "localhost"},
        {{"-w", list, "--trusted", "1.2.3", "a.test"}, "1.2.3"},
        {{"-w", list, "--resolvers", files.file("missing"), "a.test"}, "cannot read"},
        {{"-w", list, "--resolvers", files.write("bad", "192.0.2.1\n\nx\n"), "a.test"}, "bad:3: "},
        {{"-w", list, "--resolvers", files.write("none", "#\n"), "a.test"}, "names no server"},
        {{"-w", list, "--types", "A,NONSENSE", "a.test"}, "NONSENSE"},
        {{"-w", list, "--engine", "tcp", "a.test"}, "tcp"},
        {{"-w", list, "--window", "0", "a.test"}, "--window"},
        {{"-w", list, "--resume", files.file("s"), "a.test"}, "--output"},
        {{"-w", list, "-r", here, "-o", files.file("o"), "--resume", files.write("garbage", "x"), "a.test"},
         "is no state of subdomains"},
        {{"-w", list, "-r", here, "-o", files.file("o"), "--resume", other, "a.test"},
         "state of another run: its domains are b.test"},
        {{"-w", list, "-r", here, "-o", files.file("missing/o"), "a.test"}, "cannot write"},
        {{"--lab", "a.test"}, "--lab brings its own"},
    };
    for (const auto& [arguments, message] : wrong) {
        const auto ended = run(arguments);
        INFO(message << ": " << ended.error);
        CHECK(ended.status == 2);
        CHECK(ended.out.empty());
        CHECK(contains(ended.error, message));
    }
    CHECK(lab.server().query_count() == 0);
    CHECK_FALSE(std::filesystem::exists(files.file("o")));
}

TEST_CASE("an output that was cut short is not continued", "[integration][examples][subdomains]") {
    zone lab;
    const auto size = std::to_string(lab.words().size());
    lab.files().write("state",
                      "dragline subdomains state 1\ndomains a.test\ntypes A\nlist_bytes " + size +
                          "\nnames 1\noutput 100\nfound 1\nsynthesised 0\nunresolved 0\ncomplete 0\nend\n");
    lab.files().write("out", "short\n");
    const auto ended = run(lab.resumable());
    INFO(ended.error);
    CHECK(ended.status == 2);
    CHECK(contains(ended.error, "has 6 bytes, and had 100 when"));
    CHECK(lab.files().read("out") == "short\n");
}

TEST_CASE("subdomains shows progress on a terminal, and where it is asked to",
          "[integration][examples][subdomains]") {
    zone lab;
    lab.server().on_query(dns_reply().delay(20ms));
    const bool on_terminal = GENERATE(true, false);
    auto arguments = lab.with_list({"--window", "3"});
    if (!on_terminal) arguments.emplace_back("--progress");
    const auto place = on_terminal ? probe_process::error_to::terminal : probe_process::error_to::file;
    const auto ended = probe_process(arguments, {}, place, {"TERM=xterm"}, "subdomains").finish();
    INFO(ended.error);
    CHECK(ended.status == 0);
    CHECK(contains(ended.error, "/400 names  "));
    CHECK(contains(ended.error, "3 in flight"));
    CHECK(contains(ended.error, "\x1b[K") == on_terminal);
}

TEST_CASE("subdomains finds its own lab as it is built", "[integration][examples][subdomains]") {
    const auto ended = run({});
    INFO(ended.error << ended.out);
    CHECK(ended.status == 0);
    CHECK(contains(ended.error, "the lab's names were found, and no others"));
    CHECK(run({"--help"}).status == 0);
}
