#include <dragline/http/insight/recording.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <type_traits>
#include <vector>

using dragline::http::masking;
using dragline::http::recording;

TEST_CASE("a recording masks, and keeps no header fields, unless told otherwise", "[http][recording]") {
    const recording usual;
    CHECK(!usual.headers());
    CHECK(usual.masking().active());
    CHECK(recording().headers(true).masking(masking::none()) ==
          recording().headers(true).masking(masking::none()));
    CHECK(recording().headers(true) != usual);
    CHECK(recording().masking(masking().field("X-Mine")) != usual);
    STATIC_CHECK(!std::is_aggregate_v<recording>);
    STATIC_CHECK(!std::is_aggregate_v<masking>);
}

TEST_CASE("no user and no password stays in a URL", "[http][recording][secrets]") {
    const masking usual;
    for (const std::string url :
         {"http://me:secret@a.test/x", "http://secret@a.test/x", "//me:secret@a.test/x",
          "http:me:secret@a.test/x", "http:\\\\me:secret@a.test/x", "http:/\\me:secret@a.test/x",
          "http://me:secret@also:secret@a.test/x", "http://:secret@a.test/x", "http:////me:secret@a.test/x",
          "http://me:secret,secret@a.test/x", "http://me:secret;secret@a.test/x",
          "http://me:'secret' secret@a.test/x", "5; url=http:me:secret@a.test/x",
          "<http://me:secret@a.test/x>; rel=next", "5; url=http://me:secret@a.test/x",
          "http://b.test/?next=http://me:secret@a.test/x", "http://b.test/#http://me:secret@a.test/x"}) {
        CAPTURE(url, usual.url(url));
        CHECK(usual.url(url).find("secret") == std::string::npos);
        CHECK(usual.url(url).find("a.test/x") != std::string::npos);
        CHECK(masking::none().url(url) == url);
    }
    CHECK(usual.url("http://me:secret@a.test:81/x?y#z") == "http://a.test:81/x?y#z");
    CHECK(usual.url("http://a.test/@me/x@y") == "http://a.test/@me/x@y");
    CHECK(usual.url("/@me") == "/@me");
    CHECK(usual.url("http://[::1]:8080/") == "http://[::1]:8080/");
    CHECK(usual.url("") == "");
    CHECK(usual.url("@") == "@");
    CHECK(usual.url("http://secret@") == "http://");
}

TEST_CASE("secret parameters of a URL keep their names alone", "[http][recording][secrets]") {
    const masking usual;
    CHECK(usual.url("http://a.test/x?a=1&key=secret&b=2") == "http://a.test/x?a=1&key=***&b=2");
    CHECK(usual.url("/x?TOKEN=secret#access_token=secret&x=1") == "/x?TOKEN=***#access_token=***&x=1");
    for (const std::string pair :
         {"password=secret", "pass=secret", "%70ass=secret", "p%41ss=secret", "user[password]=secret",
          "api_key=secret", "X-Amz-Signature=secret", "token=secret=secret", "sid=secret%26secret",
          "client_secret=secret", "code=secret", "jsessionid=secret", "token[]=secret", "token%5B0%5D=secret",
          "user[token][a]=secret", "token=secret,secret", "token=secret;secret", "token=secret?secret",
          "token='secret' secret"}) {
        CAPTURE(pair, usual.url("/x?" + pair));
        for (const auto* before : {"/x?", "/x?a=b&", "/x?a;", "#", "x?y?"}) {
            const auto masked = usual.url(before + pair);
            CHECK(masked == before + pair.substr(0, pair.find('=') + 1) + "***");
        }
    }
    CHECK(usual.url("/x?key") == "/x?key");
    CHECK(usual.url("/x?key=") == "/x?key=***");
    CHECK(usual.url("/x?monkey=1&keys=2") == "/x?monkey=1&keys=2");
    CHECK(usual.url("/x?mine=secret") == "/x?mine=secret");
    CHECK(masking().parameter("mine").url("/x?MINE=secret&a=1") == "/x?MINE=***&a=1");
}

TEST_CASE("fields with secrets keep no more than a scheme or the names of cookies",
          "[http][recording][secrets]") {
    const masking usual;
    CHECK(usual.value("Authorization", "Basic c2VjcmV0") == "Basic ***");
    CHECK(usual.value("proxy-authorization", "Digest username=\"me\", response=\"x\"") == "Digest ***");
    CHECK(usual.value("Authorization", "c2VjcmV0 more") == "***");
    CHECK(usual.value("Authorization", "c2VjcmV0") == "***");
    CHECK(usual.value("Authorization", "") == "***");
    CHECK(usual.value("COOKIE", "a=1; b=\"2=3\";c") == "a=***; b=***; ***");
    CHECK(usual.value("Set-Cookie", "a=secret; Path=/; HttpOnly") == "a=***; Path=/; HttpOnly");
    CHECK(usual.value("Set-Cookie", "secret") == "***");
    CHECK(usual.value("Set-Cookie", "=secret; Path=/") == "=***; Path=/");
    CHECK(usual.value("X-API-Key", "secret") == "***");
    CHECK(usual.value("Accept", "text/html") == "text/html");
    CHECK(usual.value("Location", "http://me:secret@a.test/?key=secret") == "http://a.test/?key=***");
    CHECK(usual.value("Referer", "http://a.test/?token=secret") == "http://a.test/?token=***");

    const std::vector<std::string> names{"X-Own"};
    CHECK(usual.value("x-own", "secret", names) == "***");
    CHECK(masking::none().value("X-Own", "secret", names) == "secret");
    CHECK(masking().field("x-mine").value("X-Mine", "secret") == "***");
    CHECK(masking().field("x-mine").hides_field("X-MINE"));
    CHECK(!masking::none().hides_field("Cookie"));
    CHECK(!masking::none().hides_parameter("key"));
}

TEST_CASE("masking takes any bytes", "[http][recording][secrets]") {
    const masking usual;
    const std::string bytes("?key=\xff\x00\n\"&a=\xc3", 13);
    CHECK(usual.url(bytes) == std::string("?key=***\"&a=\xc3"));
    CHECK(usual.value("Cookie", std::string("\xff=\0secret", 9)) == "\xff=***");
    for (std::size_t size = 0; size < 40; ++size) {
        const auto text = std::string("http://me:secret@h/?key=secret#token=secret").substr(0, size);
        const auto masked = usual.url(text);
        CHECK(masked.find("key=s") == std::string::npos);
        CHECK(masked.size() <= text.size() + 3);
    }
}
