#include <dragline/url/detail/serialised.hpp>

#include <dragline/url/detail/parser.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <string>
#include <string_view>

using namespace dragline::url::detail;

namespace {

bool is_read(std::string_view text) {
    record out;
    return read_serialised(out, text);
}

// The bytes that may end a part or that some part has to escape, and one that none has to.
constexpr std::string_view interesting("a.:/\\?#@[]|'\"`<>{}^% \t\n\x7f\x80\0", 26);

}  // namespace

TEST_CASE("URLs as the parser would write them are read at once", "[url]") {
    for (const auto text :
         {"https://example.com/", "http://example.com/", "http://127.0.0.1/", "https://example.com:8443/",
          "http://example.com:443/", "http://a.b:0/", "https://xn--bcher-kva.example/a/b.c?d=e%20f&g#h",
          "https://example.com/?", "https://example.com/#", "https://example.com/a%2Fb//c/;x=(1)"}) {
        CAPTURE(text);
        CHECK(is_read(text));
    }
}

TEST_CASE("what is read at once is what the parser makes of it", "[url]") {
    std::string text;
    std::size_t at_once = 0;
    const auto check = [&] {
        record fast, whole;
        if (!read_serialised(fast, text)) return;
        ++at_once;
        const bool refused = static_cast<bool>(parser(whole, nullptr).parse(text));
        if (refused || fast != whole) FAIL(text << " is not " << whole.href);
    };
    const std::array hosts = {"",        "h",        "H.example", "a..b", ".",     "h.",
                              "1.2.3.4", "1.2.3.4.", "1.2.3.04",  "1",    "h.0x1", "h.0x",
                              "h.9",     "h.9a",     "h_",        "a@h",  "[::1]", "256.1.1.1"};
    const std::array ports = {"",     ":",     ":0",     ":00",    ":80", ":443",
                              ":080", ":8080", ":65535", ":65536", ":8a"};
    const std::array paths = {"",    "/",   "/a",    "/.",     "/..",  "/a/.",   "/a/../b", "/%2e", "/%2E.",
                              "/.a", "/a.", "/a//b", "/a/%61", "/%zz", "/a/..b", "//.",     "\\a"};
    for (const std::string scheme : {"http://", "https://", "HTTP://", "http:/", "ws://", "http:///"}) {
        for (const auto host : hosts) {
            for (const auto port : ports) {
                for (const auto path : paths) {
                    text = scheme + host + port + path;
                    check();
                }
            }
        }
    }
    // Two bytes of each kind, in each part.
    for (const std::string before :
         {"http://h", "http://h:8", "http://h/", "http://h/?", "http://h/#", "h"}) {
        for (const char first : interesting) {
            for (const char second : interesting) {
                for (const auto after : {"", "z", "/z"}) {
                    text = before + first + second + after;
                    check();
                }
            }
        }
    }
    CHECK(at_once > 500);
}

TEST_CASE("a URL that is not read at once leaves no trace", "[url]") {
    record out;
    for (const auto text :
         {"https://example.com:8443/a?b#c d", "http://h:80/", "http://h/a/../b", "http://h"}) {
        CAPTURE(text);
        CHECK(!read_serialised(out, text));
        CHECK(bool(out == record()));
    }
}
