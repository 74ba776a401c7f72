// Fetching from Apache httpd.
#include <dragline/http.hpp>

#include "../support/http_client.hpp"
#include "apache_server.hpp"

#include <dragline/codec/codings.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using dragline::condition;
using dragline::fetch_options;
using dragline::http::cookie_policy;
using dragline::http::credentials;
using dragline::test::apache_server;
using dragline::test::fetched;
using dragline::test::file_list;
using dragline::test::http_client;
using dragline::test::pattern;

namespace http = dragline::http;

namespace {

constexpr std::size_t one_mebibyte = 1024 * 1024;

// mod_bucketeer takes each \x06 for the end of what is to be sent at once, and sends no length.
std::string pieces() {
    auto text = pattern(one_mebibyte);
    for (std::size_t at = 1; at < text.size(); at += 99'999) text.insert(at, 1, '\x06');
    return text;
}

file_list bodies() {
    return {{"www/small", "Hello, world!"},
            {"www/medium", pattern(4000)},
            {"www/large", pattern(one_mebibyte)},
            {"www/pieces", pieces()},
            {"www/folder/index.html", "the index"}};
}

bool is_closing(const fetched& got) { return got.response.headers.get("Connection") == "close"; }

}  // namespace

TEST_CASE("Apache lets in by Basic and by Digest who has the password, and nobody else",
          "[integration][apache]") {
    // htdigest has the MD5 of user:realm:password. Algorithms other than MD5 Apache does not have.
    const apache_server apache(R"(
        Alias /basic @F/www
        Alias /digest @F/www
        Alias /once @F/www
        Redirect 302 /handed http://127.0.0.1:@1/digest/small
        <Location /basic>
            AuthType Basic
            AuthName "within \"quotes\", and a comma"
            AuthUserFile @F/htpasswd
            Require valid-user
        </Location>
        <Location /digest>
            AuthType Digest
            AuthName realm
            AuthUserFile @F/htdigest
            Require valid-user
        </Location>
        <Location /once>
            AuthType Digest
            AuthName realm
            AuthUserFile @F/htdigest
            AuthDigestNonceLifetime 0
            Require valid-user
        </Location>)",
                               {{"www/small", "inside"},
                                {"htpasswd", "me:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n"},
                                {"htdigest", "me:realm:cb352d2e59223d5b09a5f771dbcbd6b9\n"}});
    http_client client;
    const auto get = [&](const char* target, const credentials& who, std::size_t which = 0) {
        return client.fetch(apache.url(target, which), fetch_options().credentials(who));
    };
    const auto basic = get("/basic/small", credentials::basic("me", "secret"));
    CHECK(basic.response.body == "inside");
    CHECK(basic.trace.attempts.size() == 1);
    CHECK(get("/basic/small", credentials::basic("me", "guess")).response.status == 401);
    CHECK(get("/basic/small", credentials::digest("me", "secret")).response.status == 401);
    CHECK(get("/basic/small", credentials()).response.status == 401);

    const auto first = get("/digest/small", credentials::digest("me", "secret"));
    CHECK(first.response.body == "inside");
    CHECK(first.trace.attempts.size() == 2);
    for (int round = 0; round < 5; ++round) {  // nc goes up
        const auto again = get("/digest/small", credentials::digest("me", "secret"));
        CHECK(again.response.body == "inside");
        CHECK(again.trace.attempts.size() == 1);
    }
    CHECK(get("/digest/small", credentials::digest("me", "guess")).response.status == 401);
    CHECK(get("/digest/small", credentials::basic("me", "secret")).response.status == 401);
    CHECK(get("/digest/small?a=1&b=%20", credentials::any("me", "secret")).response.body == "inside");
    // Another port is another origin.
    CHECK(get("/handed", credentials::any("me", "secret")).response.status == 401);

    for (int round = 0; round < 4; ++round) {  // a nonce for one request; the next one comes with the answer
        const auto once = get("/once/small", credentials::digest("me", "secret"));
        INFO(round << ": " << once.trace.attempts.size());
        CHECK(once.response.body == "inside");
    }
}

TEST_CASE("bodies of Apache come whole: by their length, in chunks, and to the end of the connection",
          "[integration][apache]") {
    const apache_server apache(R"(
        Alias /chunked @F/www
        Alias /old @F/www
        <Location /chunked>
            ForceType text/plain
            SetOutputFilter BUCKETEER
        </Location>
        <Location /old>
            ForceType text/plain
            SetOutputFilter BUCKETEER
            SetEnv downgrade-1.0 1
            SetEnv force-response-1.0 1
        </Location>)",
                               bodies());
    http_client client;
    for (const std::string kind : {"", "/chunked", "/old"}) {
        const auto target = apache.url(kind.empty() ? "/large" : kind + "/pieces");
        const auto got = client.fetch(target);
        INFO(kind << ": " << got.ec.message());
        CHECK_FALSE(got.ec);
        CHECK(bool(got.response.body == pattern(one_mebibyte)));
        CHECK(got.response.headers.contains("Content-Length") == kind.empty());
        CHECK(got.response.headers.contains("Transfer-Encoding") == (kind == "/chunked"));
        CHECK(got.response.version_minor == (kind == "/old" ? 0 : 1));
        CHECK(client.statistics().idle_connections == (kind == "/old" ? 0 : 1));
        const auto refused = client.fetch(target, fetch_options().max_body(one_mebibyte - 1));
        CHECK(refused.ec == http::errc::body_too_large);
    }
    const auto head = client.fetch(apache.url("/large"), fetch_options().method("HEAD"));
    CHECK(head.response.headers.get("Content-Length") == std::to_string(one_mebibyte));
    CHECK(head.response.body.empty());
    CHECK(client.fetch(apache.url("/small")).response.body == "Hello, world!");
}

TEST_CASE("what Apache is sent it gives back, whatever its size", "[integration][apache]") {
    const apache_server apache("<Location /echo>\nSetHandler reflector\n</Location>\n");
    http_client client;
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{65536}, 4 * one_mebibyte}) {
        const auto content = pattern(size);
        const auto got = client.fetch(apache.url("/echo"), fetch_options().method("POST").body(content));
        INFO(size << ": " << got.ec.message());
        CHECK(got.response.status == 200);
        CHECK(bool(got.response.body == content));
    }
    CHECK(client.statistics().connections == 1);
}

TEST_CASE("Apache says how long it keeps a connection and when it will not", "[integration][apache]") {
    const apache_server apache(R"(
        KeepAliveTimeout 60
        <VirtualHost 127.0.0.1:@0>
            MaxKeepAliveRequests 6
        </VirtualHost>
        <VirtualHost 127.0.0.1:@1>
            KeepAlive Off
        </VirtualHost>
        <VirtualHost 127.0.0.1:@2>
            RequestHeader set Connection keep-alive early
        </VirtualHost>)",
                               bodies());
    http_client client;
    for (int request = 1; request <= 21; ++request) {  // the first does not count for it
        INFO(request);
        const auto got = client.fetch(apache.url("/small"));
        CHECK(got.response.body == "Hello, world!");
        CHECK(got.response.peer.reused == (request % 7 != 1));
        CHECK(got.trace.attempts.size() == 1);
        CHECK(is_closing(got) == (request % 7 == 0));
        CHECK(client.statistics().idle_connections == (request % 7 == 0 ? 0 : 1));
    }
    for (int request = 0; request < 3; ++request) {
        const auto got = client.fetch(apache.url("/small", 1));
        CHECK(got.response.body == "Hello, world!");
        CHECK(is_closing(got));
        CHECK_FALSE(got.response.peer.reused);
    }
    for (int request = 0; request < 3; ++request) {  // it says so only to who asks for it
        const auto got = client.fetch(apache.url("/small", 2));
        CHECK(got.response.headers.get("Keep-Alive") == "timeout=60, max=" + std::to_string(100 - request));
        CHECK(got.response.headers.get("Connection") == "Keep-Alive");
        CHECK(got.response.peer.reused == (request > 0));
    }
    std::vector<std::shared_ptr<fetched>> many;
    for (int each = 0; each < 300; ++each) many.push_back(client.start(apache.url("/small")));
    client.wait_for(many);
    for (const auto& each : many) CHECK(each->response.body == "Hello, world!");
}

TEST_CASE("what Apache compresses is decoded: gzip and br, at any length", "[integration][apache]") {
    const apache_server apache(R"(
        Alias /gzip @F/www
        Alias /br @F/www
        <Location /gzip>
            SetOutputFilter DEFLATE
        </Location>
        <Location /br>
            SetOutputFilter BROTLI_COMPRESS
        </Location>)",
                               bodies());
    http_client client;
    const auto decoded = [&](const std::string& coding) {
        for (const std::string name : {"/medium", "/large"}) {
            const auto got = client.fetch(apache.url("/" + coding + name));
            INFO(coding << name << ": " << got.ec.message());
            CHECK(got.response.headers.get("Content-Encoding") == coding);
            CHECK(got.response.headers.get("Vary") == "Accept-Encoding");
            CHECK(bool(got.response.body == bodies().at("www" + name)));
        }
        const auto raw =
            client.fetch(apache.url("/" + coding + "/medium"), fetch_options().decompress(false));
        CHECK_FALSE(raw.response.headers.contains("Content-Encoding"));
        CHECK(bool(raw.response.body == pattern(4000)));
    };
    if (dragline::features::zlib) decoded("gzip");
    if (dragline::features::brotli) decoded("br");
}

TEST_CASE("ranges and conditions go to Apache, and its 206, 304, 412 and 416 come back",
          "[integration][apache]") {
    const apache_server apache("FileETag Digest\n", bodies());
    http_client client;
    const auto get = [&](const char* name, std::string_view value, std::string_view range = {}) {
        auto options = fetch_options().header(name, value);
        if (!range.empty()) options.header("Range", range);
        return client.fetch(apache.url("/small"), options).response;
    };
    const auto whole = client.fetch(apache.url("/small")).response;
    const std::string tag(whole.headers.get("ETag"));
    REQUIRE_FALSE(tag.empty());
    CHECK(whole.headers.get("Accept-Ranges") == "bytes");
    const auto part = get("Range", "bytes=7-11");
    CHECK(part.status == 206);
    CHECK(part.body == "world");
    CHECK(part.headers.get("Content-Range") == "bytes 7-11/13");
    CHECK(get("Range", "bytes=0-0,-1").headers.get("Content-Type").starts_with("multipart/byteranges"));
    CHECK(get("Range", "bytes=13-").status == 416);
    CHECK(get("If-Range", tag, "bytes=7-11").status == 206);
    CHECK(get("If-Range", "\"other\"", "bytes=7-11").body == "Hello, world!");
    CHECK(get("If-None-Match", tag).status == 304);
    CHECK(get("If-None-Match", tag).body.empty());
    CHECK(get("If-Match", "\"other\"").status == 412);
    CHECK(client.fetch(apache.url("/small")).response.body == "Hello, world!");
    CHECK(client.statistics().connections == 1);
}

TEST_CASE("redirects of Apache are followed, that to a folder's slash among them", "[integration][apache]") {
    const apache_server apache(R"(
        <Location /echo>
            SetHandler reflector
        </Location>
        Redirect 301 /301 /small
        Redirect 302 /302 http://127.0.0.1:@0/small
        Redirect 303 /303 /small
        Redirect 307 /307 /echo
        Redirect 308 /308 /echo
        Redirect 410 /gone
        RedirectMatch 302 ^/circle(/*)$ /circle$1/)",
                               bodies());
    http_client client;
    const auto index = client.fetch(apache.url("/folder"));
    CHECK(index.response.body == "the index");
    CHECK(index.response.url.href() == apache.url("/folder/"));
    REQUIRE(index.response.history.size() == 1);
    CHECK(index.response.history[0].status == 301);
    const auto content = fetch_options().method("POST").body("content");
    for (const std::string from : {"/301", "/302", "/303"}) {
        INFO(from);
        CHECK(client.fetch(apache.url(from), content).response.body == "Hello, world!");
    }
    for (const std::string from : {"/307", "/308"})
        CHECK(client.fetch(apache.url(from), content).response.body == "content");
    CHECK(client.fetch(apache.url("/gone")).response.status == 410);
    CHECK(client.fetch(apache.url("/circle")).ec == http::errc::too_many_redirects);
}

TEST_CASE("TRACE shows that Apache got every field", "[integration][apache]") {
    const apache_server apache("TraceEnable on\nMergeTrailers off\n");
    http_client client;
    const auto seen = client.fetch(apache.url("/any?x=1"), fetch_options()
                                                               .method("TRACE")
                                                               .user_agent("me/1")
                                                               .decompress(false)
                                                               .header("X-Second", "2")
                                                               .header("x-first", "1")
                                                               .header("X-Second", "two"));
    CHECK(seen.response.headers.get("Content-Type") == "message/http");
    INFO(seen.response.body);
    CHECK(seen.response.body.starts_with("TRACE /any?x=1 HTTP/1.1\r\nHost: 127.0.0.1:"));
    CHECK(seen.response.body.find("X-Second: 2, two\r\nx-first: 1\r\n") !=
          std::string::npos);  // it joins them
    CHECK(
        client.fetch(apache.url("/"), fetch_options().method("OPTIONS")).response.headers.contains("Allow"));
    CHECK(client.fetch(apache.url("/"), fetch_options().method("BREW")).response.status == 501);
}

TEST_CASE("an offer of Apache to upgrade is no concern of a fetch", "[integration][apache]") {
    const apache_server apache("Protocols h2c http/1.1\n", bodies());
    http_client client;
    for (int round = 0; round < 3; ++round) {
        const auto got = client.fetch(apache.url("/small"));
        CHECK(got.response.status == 200);
        CHECK(got.response.headers.get("Upgrade") == (round == 0 ? "h2c" : ""));
        CHECK(got.response.headers.get("Connection") == (round == 0 ? "Upgrade" : ""));
        CHECK(got.response.peer.reused == (round > 0));
    }
}

TEST_CASE("fields of Apache may be large up to the limit, and those to it up to its own",
          "[integration][apache]") {
    const auto large = [](std::size_t size) { return std::string(size, 'x'); };
    const auto fitting = dragline::h1::head_limits().max_line() - std::string_view("X-Large: ").size();
    std::string many;
    for (int each = 0; each < 20; ++each) many += "Header add X-Many " + large(8000) + "\n";
    const apache_server apache(
        "Alias /fits @F/www\nAlias /over @F/www\nAlias /many @F/www\nAlias /cookies @F/www\n"
        "<Location /fits>\nHeader set X-Large " +
        large(fitting) + "\n</Location>\n<Location /over>\nHeader set X-Large " + large(fitting + 1) +
        "\n</Location>\n<Location /many>\n" + many +
        "</Location>\n<Location /cookies>\nHeader add Set-Cookie \"a=1; Path=/\"\n"
        "Header add Set-Cookie \"b=2; Path=/\"\n</Location>\n"
        "Header always set X-Empty \"\"\n");
    http_client client(http::session_options().cookies(cookie_policy::own_jar()));
    CHECK(client.fetch(apache.url("/fits")).response.headers.get("X-Large").size() == fitting);
    CHECK(client.fetch(apache.url("/over")).ec == condition::limit_exceeded);
    const auto all = client.fetch(apache.url("/many")).response.headers;
    CHECK(all.all("X-Many").size() == 20);
    CHECK(all.contains("X-Empty"));
    CHECK(all.get("X-Empty").empty());

    const auto sent = [&](std::size_t size) {
        return client.fetch(apache.url("/"), fetch_options().header("X-Large", large(size))).response;
    };
    CHECK(sent(8000).status == 200);
    CHECK(sent(9000).status == 400);
    CHECK(client.fetch(apache.url("/cookies")).response.status == 200);
    CHECK(client.session.cookie_jar()->size() == 2);
}

TEST_CASE("Apache is fetched from over TLS, resumed, and to the end of the connection",
          "[integration][apache]") {
    file_list files = bodies();
    dragline::test::add_certificate(files, "usual", dragline::test::usual_certificate());
    const apache_server apache(R"(
        SSLEngine on
        SSLCertificateFile @F/usual.pem
        SSLCertificateKeyFile @F/usual.key
        SSLSessionCache none
        Alias /old @F/www
        <Location /old>
            ForceType text/plain
            SetOutputFilter BUCKETEER
            SetEnv downgrade-1.0 1
            SetEnv force-response-1.0 1
        </Location>)",
                               files);
    http_client client(http::session_options().tls(dragline::test::trusting_test_ca()));
    for (const std::string kind : {"", "/old", ""}) {
        const auto got = client.fetch(apache.secure_url(kind.empty() ? "/large" : kind + "/pieces"));
        INFO(kind << ": " << got.ec.message());
        CHECK_FALSE(got.ec);  // with close_notify, else it would be cut off
        CHECK(bool(got.response.body == pattern(one_mebibyte)));
        CHECK(got.response.peer.tls.version() == "TLSv1.3");
    }
    const auto fresh = client.fetch(apache.secure_url("/small"), fetch_options().fresh_connection(true));
    CHECK(fresh.response.peer.tls.resumed());
    CHECK(client.fetch(apache.url("/small")).response.status == 400);  // plain text to a TLS port
}
