// The programs examples/http and examples/mirror, run as a person runs them, against servers on loopback.
#include "../support/json_reader.hpp"
#include "probe_process.hpp"

#include <dragline/testing/certificate_authority.hpp>
#include <dragline/testing/http_server.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

using dragline::test::find_program;
using dragline::test::json_reader;
using dragline::test::probe_outcome;
using dragline::test::probe_process;
using dragline::test::scratch_folder;
using namespace dragline::testing;

namespace {

using words = std::vector<std::string>;
using error_to = probe_process::error_to;

probe_outcome run_http(words arguments, error_to where = error_to::file) {
    auto ended = probe_process(std::move(arguments), {}, where, {}, "http").finish();
    UNSCOPED_INFO(ended.out << ended.error);
    return ended;
}

probe_outcome run_mirror(words arguments) {
    auto ended = probe_process(std::move(arguments), {}, error_to::file, {}, "mirror").finish();
    UNSCOPED_INFO(ended.out << ended.error);
    return ended;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

// The files below a folder, as paths relative to it.
std::set<std::string> files_below(const std::filesystem::path& folder) {
    std::set<std::string> all;
    for (const auto& each : std::filesystem::recursive_directory_iterator(folder)) {
        if (!each.is_directory()) all.insert(std::filesystem::relative(each.path(), folder).string());
    }
    return all;
}

http_reply html(std::string body) {
    return http_reply().header("Content-Type", "text/html").body(std::move(body));
}

}  // namespace

TEST_CASE("the example http prints a body to the byte, and what is asked for on standard error",
          "[integration][examples]") {
    http_server server;
    const std::string bytes("a\0\x1b[2J\xff\n", 8);
    server.on("/",
              http_reply().body(bytes).header("Set-Cookie", "sid=secret").header("X-Bad", "\xc2\x9b[2J"));
    const auto plain = run_http({server.url()});
    CHECK(plain.out == bytes);
    CHECK(plain.error.empty());
    CHECK(plain.status == 0);
    const auto told = run_http({"-v", "--timing", server.url(), "Authorization:Bearer secret", "X-Own:1"});
    CHECK(told.out == bytes);
    for (const auto* part : {"> GET /\n", "> X-Own: 1\n", "< HTTP/1.1 200", "first byte", "Set-Cookie: (not"})
        CHECK(has(told.error, part));
    CHECK_FALSE(has(told.error, "secret"));
    CHECK_FALSE(has(told.error, "\xc2\x9b"));
    CHECK_FALSE(has(told.error, "proxy"));
    CHECK_FALSE(has(run_http({"-v", server.url("/?token=secret"), "X-Auth-Token:secret"}).error, "secret"));
    CHECK(run_http({}).status == 0);
    CHECK(has(run_http({"--help"}).out, "--download"));
}

TEST_CASE("the items of the example http become fields, query, JSON, form and upload",
          "[integration][examples]") {
    http_server server;
    server.on("*", http_reply());
    const scratch_folder files;
    const auto file = files.write("beach.txt", "sand");
    run_http({"PATCH", server.url("/a?x=1"), "X-A:b:c", "q==d e", "name=\"quoted\"\n",
              "count:=[1, {\"a\":null}]", "a\\=b=c"});
    run_http({"--form", server.url("/"), "a=b c", "d=&"});
    run_http({server.url("/"), "title=Holiday", "photo@" + file});
    const auto got = server.requests();
    REQUIRE(got.size() == 3);
    CHECK(got[0].method == "PATCH");
    CHECK(got[0].target == "/a?x=1&q=d+e");
    CHECK(got[0].field("X-A") == "b:c");
    CHECK(got[0].field("Content-Type") == "application/json");
    CHECK(got[0].body == R"({"name":"\"quoted\"\u000a","count":[1, {"a":null}],"a=b":"c"})");
    CHECK(got[1].method == "POST");
    CHECK(got[1].body == "a=b+c&d=%26");
    CHECK(got[2].field("Content-Type").starts_with("multipart/form-data"));
    CHECK(has(got[2].body, "sand"));
    CHECK(has(got[2].body, "filename=\"beach.txt\""));
    for (const words& bad : {words{server.url(), "a:={"},
                             {server.url(), "a:=01"},
                             {server.url(), "a:=\"\x01\""},
                             {server.url(), "nothing"},
                             {server.url(), "a@/no/such/file"},
                             {"--such"},
                             {"-v"},
                             {"--timeout", "0", server.url()},
                             {"--form", server.url(), "a:=1"},
                             {"--auth", "nobody", server.url()}}) {
        CHECK(run_http(bad).status == 2);
    }
    CHECK(server.requests().size() == 3);
}

TEST_CASE("the example http says by its status what went wrong", "[integration][examples]") {
    const certificate_authority authority;
    http_server server, secure(authority.issue(certificate_request().address("127.0.0.1")));
    server.on("/moved", http_reply::redirect("/there"));
    server.on("/there", http_reply().body("there"));
    server.on("/silent", http_reply().no_answer());
    server.on("/garbage", http_reply::garbage());
    server.on("/secret", [](const auto& request) {
        return request.has_field("Authorization")
                   ? http_reply()
                   : http_reply(401).header("WWW-Authenticate", "Basic realm=x");
    });
    secure.on("/", http_reply());
    const scratch_folder files;
    CHECK(run_http({server.url("/nowhere")}).status == 4);
    CHECK(run_http({server.url("/moved")}).status == 3);
    const auto followed = run_http({"--follow", server.url("/moved")});
    CHECK(followed.status == 0);
    CHECK(followed.out == "there");
    CHECK(run_http({"http://127.0.0.1:1/"}).status == 7);
    CHECK(run_http({secure.url("/")}).status == 8);
    CHECK(run_http({"--ca", files.write("ca.pem", authority.certificate_pem()), secure.url("/")}).status ==
          0);
    CHECK(run_http({"--timeout=0.2", server.url("/silent")}).status == 9);
    CHECK(run_http({server.url("/garbage")}).status == 13);
    CHECK(run_http({"http://[/"}).status == 1);
    CHECK(run_http({server.url("/secret")}).status == 4);
    const auto known = run_http({"-v", "--auth", "me:hidden", server.url("/secret")});
    CHECK(known.status == 0);
    CHECK_FALSE(has(known.error, "hidden"));
}

TEST_CASE("the example http goes through a proxy and never around it", "[integration][examples]") {
    http_server proxy, origin;
    proxy.on("*", http_reply().body("by proxy"));
    origin.on("/", http_reply().body("directly"));
    const auto by = "http://me:hidden@" + proxy.url().substr(7);
    const auto got = run_http({"-v", "--timing", "--proxy", by, "http://origin.test/a"});
    CHECK(got.status == 0);
    CHECK(got.out == "by proxy");
    CHECK_FALSE(has(got.error, "hidden"));
    CHECK(has(got.error, "\nproxy  "));
    CHECK(proxy.requests().at(0).target == "http://origin.test/a");
    for (const auto* bad : {"http://127.0.0.1:1", "socks5://127.0.0.1:1"})
        CHECK(run_http({"--proxy", bad, origin.url("/")}).status == 12);
    CHECK(run_http({"--proxy", "no://proxy", origin.url("/")}).status != 0);
    CHECK(origin.requests().empty());
}

TEST_CASE("the example http downloads, with a bar on a terminal alone", "[integration][examples]") {
    http_server server;
    server.on("/image.iso", http_reply().body(std::string(300'000, 'x')));
    const scratch_folder folder;
    const auto file = folder.file("here.iso");
    const auto quiet = run_http({"--download=" + file, server.url("/image.iso")});
    CHECK(quiet.status == 0);
    CHECK(quiet.out.empty());
    CHECK_FALSE(has(quiet.error, "\r"));
    CHECK(std::filesystem::file_size(file) == 300'000);
    const auto drawn = run_http({"--download=" + file, server.url("/image.iso")}, error_to::terminal);
    CHECK(drawn.status == 0);
    CHECK(has(drawn.error, "300.0 kB"));
    CHECK(run_http({"--download=" + folder.file("no"), server.url("/no")}).status != 0);
    CHECK(files_below(folder.path()).count("no") == 0);
}

TEST_CASE("the example http writes an archive that others read, without secrets", "[integration][examples]") {
    http_server server;
    server.on("/a", http_reply::redirect("/b?token=hidden"));
    server.on("/b*", http_reply().body("b").header("Set-Cookie", "sid=hidden"));
    server.on("/cut", http_reply().body("12345").cut_body(2, ending::reset));
    const scratch_folder folder;
    const auto file = folder.file("a.har");
    CHECK(run_http({"--follow", "--har", file, server.url("/a"), "Authorization:Bearer hidden"}).status == 0);
    const auto text = folder.read("a.har");
    CHECK_FALSE(has(text, "hidden"));
    const auto archive = json_reader(text).read();
    const auto& entries = archive["log"]["entries"].items();
    REQUIRE(entries.size() == 2);
    CHECK(archive["log"]["version"].text() == "1.2");
    CHECK(entries[0]["response"]["status"].number() == 302);
    CHECK(entries[1]["request"]["url"].text().starts_with(server.url("/b")));
    CHECK(entries[1]["response"]["headers"].items().size() > 1);
    CHECK(run_http({"--har", file, server.url("/cut")}).status != 0);
    CHECK(json_reader(folder.read("a.har")).read()["log"]["entries"].items().size() == 1);
    const auto reader = std::string(DRAGLINE_SOURCE_DIR) + "/tests/integration/insight_reader.py";
    if (find_program("python3") && std::system("/usr/bin/python3 -c 'import jsonschema' 2>/dev/null") == 0)
        CHECK(std::system(("/usr/bin/python3 " + reader + " har " + file).c_str()) == 0);
    CHECK(run_http({"--har", folder.file("no/such/folder/a.har"), server.url("/b")}).status == 1);
}

TEST_CASE("the example mirror copies one site and nothing else, as robots.txt allows",
          "[integration][examples]") {
    http_server server, elsewhere;
    server.on("/robots.txt", http_reply()
                                 .body("User-agent: dragline-mirror\nDisallow: /private\nCrawl-delay: 0\n")
                                 .endless_body("# one of a hundred megabytes and more\n"));
    elsewhere.on("*", http_reply());
    server.on("/",
              html("<a href=/docs/a>a</a><a href='docs/b.html?x=1&amp;y=../2'>b</a><a href=/private/>no</a>"
                   "<a href=" +
                   elsewhere.url() +
                   ">away</a><a href=/to-private>x</a><a href=/to-away>x</a>"
                   "<!-- <a href=/comment> --><script>'<a href=/script>'</script><img src=i.png>"
                   "<a href=/nofollow rel=nofollow>n</a><a href=/gone>g</a>"));
    server.on("/docs/a", html("<base href=/docs/deep/><a href=c.html>c</a>"));
    server.on("/docs/b.html*", html("b"));
    server.on("/docs/deep/c.html", html("c"));
    server.on("/i.png", http_reply().header("Content-Type", "image/png").body("<a href=/image>"));
    server.on("/to-private", http_reply::redirect("/private/"));
    server.on("/to-away", http_reply::redirect(elsewhere.url()));
    const scratch_folder folder;
    const auto ended = run_mirror({"--delay", "0", server.url(), folder.file("copy")});
    CHECK(ended.status == 1);  // three could not be had
    CHECK(has(ended.error, "5 saved"));
    CHECK(has(ended.error, "3 failed, 1 refused"));
    CHECK(files_below(folder.file("copy")) ==
          std::set<std::string>{"docs/a/index.html", "docs/b@x=1%26y=..%2F2.html", "docs/deep/c.html",
                                "i.png", "index.html"});
    CHECK(elsewhere.request_count() == 0);
    for (const auto& each : server.requests()) CHECK_FALSE(each.target.starts_with("/private"));
    CHECK(server.requests().at(0).field("User-Agent") == "dragline-mirror/1.0");
}

TEST_CASE("the example mirror keeps what it is given below its folder, and comes to an end",
          "[integration][examples]") {
    http_server server;
    const std::string longest(5000, 'n');
    server.on(
        "*",
        html("<a href=/..%2f..%2f..%2fup.html><a href='/%2e%2e%2fup2.html'><a href=\"/a/..%5c..%5cb.html\">"
             "<a href=/%00.html><a href=/.hidden/.x.html><a href=//" +
             longest +
             ">"
             "<a href=/" +
             longest.substr(0, 1500) +
             ".html><a href=/c/%2E%2E/%2e/d.html>"
             "<a href='/q.html?../../../x'><a href=/con:y.html><a href=more/>"));
    const scratch_folder folder;
    const auto copy = folder.file("below/copy");
    const auto ended =
        run_mirror({"--delay", "0", "--depth", "3", "--jobs", "8", server.url("/start/"), copy});
    CHECK(ended.status == 0);
    const auto files = files_below(folder.path());
    CHECK(files.size() == 19);
    for (const auto& each : files) {
        CAPTURE(each);
        CHECK(each.starts_with("below/copy/"));
        CHECK_FALSE(has(each, "/."));
        CHECK(each.size() < 200);
    }
    CHECK(files.count("below/copy/%2E.%2F..%2F..%2Fup.html") == 1);
    CHECK(files.count("below/copy/start/more/more/more/index.html") == 1);

    const auto bounded = run_mirror(
        {"--delay", "0", "--depth", "1000", "--max-pages", "40", server.url("/"), folder.file("bounded")});
    CHECK(bounded.status == 0);
    CHECK(has(bounded.error, "40 saved"));
}

TEST_CASE("the example mirror pauses between any two requests, those of redirects too",
          "[integration][examples]") {
    http_server server;
    server.on("/robots.txt", http_reply().body("User-agent: *\nCrawl-delay: 0.2\n"));
    server.on("/", html("<a href=/a>a</a>"));
    server.on("/a", http_reply::redirect("/b"));
    server.on("/b", html("b"));
    const scratch_folder folder;
    const auto begin = std::chrono::steady_clock::now();
    const auto ended = run_mirror({"--delay", "10", "--jobs", "8", server.url(), folder.file("copy")});
    CHECK(ended.status == 0);
    CHECK(server.request_count() == 4);
    CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(350));
}

TEST_CASE("the example mirror leaves a site alone whose robots.txt cannot be had",
          "[integration][examples]") {
    http_server server;
    server.on("*", html("x"));
    server.on("/robots.txt", http_reply(503));
    const scratch_folder folder;
    const auto ended = run_mirror({"--delay", "0", server.url(), folder.file("copy")});
    CHECK(ended.status == 1);
    CHECK(server.request_count() == 1);
    CHECK(run_mirror({"only-a-url"}).status == 2);
    CHECK(run_mirror({"--depth", "-1", server.url(), folder.file("copy")}).status == 2);
    CHECK(run_mirror({"mailto:a", folder.file("copy")}).status == 2);
    CHECK(run_mirror({}).status == 0);
}
