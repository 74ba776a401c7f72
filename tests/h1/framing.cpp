#include <dragline/h1/framing.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace h1 = dragline::h1;
using h1::body_kind;
using h1::errc;

namespace {

// "length 5 keep", "until_close", or the text of the error.
std::string describe(const dragline::result<h1::body_framing>& got) {
    if (!got) return got.error().message();
    std::string text;
    switch (got->kind) {
        case body_kind::none: text = "none"; break;
        case body_kind::length: text = "length " + std::to_string(got->length); break;
        case body_kind::chunked: text = "chunked"; break;
        case body_kind::until_close: text = "until_close"; break;
    }
    return got->persistent ? text + " keep" : text;
}

std::string response(std::string_view status, std::string_view fields, std::string_view method = "GET",
                     std::string_view version = "1.1") {
    std::string input = "HTTP/";
    input.append(version).append(" ").append(status).append(" X\r\n").append(fields).append("\r\n");
    h1::response_head_parser parser;
    REQUIRE(parser.parse(input).value() == input.size());
    return describe(h1::response_framing(parser.head(), method));
}

std::string ok(std::string_view fields) { return response("200", fields); }

std::string request(std::string_view fields, std::string_view version = "1.1") {
    std::string input = "POST / HTTP/";
    input.append(version).append("\r\n").append(fields).append("\r\n");
    h1::request_head_parser parser;
    REQUIRE(parser.parse(input).value() == input.size());
    return describe(h1::request_framing(parser.head()));
}

std::string text(errc code) { return make_error_code(code).message(); }

}  // namespace

TEST_CASE("HEAD, 1xx, 204 and 304 have no body whatever the headers say", "[h1][framing]") {
    for (const std::string_view fields :
         {"", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Content-Length: x\r\n",
          "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"}) {
        CAPTURE(fields);
        CHECK(response("200", fields, "HEAD") == "none keep");
        CHECK(response("304", fields) == "none keep");
        CHECK(response("100", fields) == "none keep");
        CHECK(response("103", fields) == "none keep");
        CHECK(response("204", fields).substr(0, 4) == "none");
    }
}

TEST_CASE("a 204 that announces a body is not trusted with another request", "[h1][framing]") {
    CHECK(response("204", "") == "none keep");
    CHECK(response("204", "Content-Length: 0\r\n") == "none keep");
    CHECK(response("204", "Content-Length: 5\r\n") == "none");
    CHECK(response("204", "Content-Length: x\r\n") == "none");
    CHECK(response("204", "Transfer-Encoding: chunked\r\n") == "none");
}

TEST_CASE("2xx to CONNECT is a tunnel and ignores lengths; other answers have a body", "[h1][framing]") {
    CHECK(response("200", "Content-Length: 5\r\n", "CONNECT") == "none");
    CHECK(response("299", "Transfer-Encoding: chunked\r\n", "CONNECT") == "none");
    CHECK(response("204", "", "CONNECT") == "none");
    CHECK(response("407", "Content-Length: 5\r\n", "CONNECT") == "length 5 keep");
    CHECK(response("200", "Content-Length: 5\r\n", "connect") == "length 5 keep");  // methods have case
}

TEST_CASE("101 has no body and ends HTTP on the connection", "[h1][framing]") {
    CHECK(response("101", "Upgrade: websocket\r\nConnection: Upgrade\r\n") == "none");
}

TEST_CASE("Content-Length frames a body", "[h1][framing]") {
    CHECK(ok("Content-Length: 0\r\n") == "length 0 keep");
    CHECK(ok("content-length: 0042\r\n") == "length 42 keep");
    CHECK(ok("Content-Length: 18446744073709551615\r\n") == "length 18446744073709551615 keep");
}

TEST_CASE("identical lengths collapse, in a list or in several fields", "[h1][framing]") {
    CHECK(ok("Content-Length: 5, 5\r\n") == "length 5 keep");
    CHECK(ok("Content-Length: 5\r\nContent-Length: 5\r\n") == "length 5 keep");
    CHECK(ok("Content-Length: 5,05\r\nX: y\r\ncontent-length: 5\r\n") == "length 5 keep");
}

TEST_CASE("differing lengths are an error", "[h1][framing]") {
    CHECK(ok("Content-Length: 5\r\nContent-Length: 6\r\n") == text(errc::conflicting_content_length));
    CHECK(ok("Content-Length: 5, 6\r\n") == text(errc::conflicting_content_length));
    CHECK(request("Content-Length: 5\r\nContent-Length: 0\r\n") == text(errc::conflicting_content_length));
}

TEST_CASE("a length with sign, space, hex, overflow or nothing is an error", "[h1][framing]") {
    for (const std::string_view bad :
         {"", "+5", "-5", "5 5", "0x5", "5a", "a", "5.", "1e3", "18446744073709551616",
          "99999999999999999999999", "5,", ",5", "5,,5", ",", "5;5", "\"5\"", "5, x"}) {
        CAPTURE(bad);
        const std::string field = "Content-Length: " + std::string(bad) + "\r\n";
        CHECK(ok(field) == text(errc::invalid_content_length));
        CHECK(request(field) == text(errc::invalid_content_length));
    }
}

TEST_CASE("chunked frames a body", "[h1][framing]") {
    CHECK(ok("Transfer-Encoding: chunked\r\n") == "chunked keep");
    CHECK(ok("transfer-encoding:  ChunKed \r\n") == "chunked keep");
    CHECK(request("Transfer-Encoding: chunked\r\n") == "chunked keep");
}

TEST_CASE("Transfer-Encoding together with Content-Length is an error", "[h1][framing]") {
    for (const std::string_view fields : {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                                          "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                                          "Transfer-Encoding: gzip\r\nContent-Length: 5\r\n",
                                          "Transfer-Encoding:\r\nContent-Length: 5\r\n"}) {
        CAPTURE(fields);
        CHECK(ok(fields) == text(errc::content_length_with_transfer_encoding));
        CHECK(request(fields) == text(errc::content_length_with_transfer_encoding));
    }
}

TEST_CASE("Transfer-Encoding in HTTP/1.0 is an error", "[h1][framing]") {
    CHECK(response("200", "Transfer-Encoding: chunked\r\n", "GET", "1.0") ==
          text(errc::transfer_encoding_in_http10));
    CHECK(request("Transfer-Encoding: chunked\r\n", "1.0") == text(errc::transfer_encoding_in_http10));
}

TEST_CASE("a response whose last coding is not chunked ends with the connection", "[h1][framing]") {
    CHECK(ok("Transfer-Encoding: gzip\r\n") == "until_close");
    CHECK(ok("Transfer-Encoding: identity\r\n") == "until_close");
    CHECK(ok("Transfer-Encoding: xchunked\r\n") == "until_close");
    CHECK(ok("Transfer-Encoding: chunkedx\r\n") == "until_close");
    CHECK(ok("Transfer-Encoding: a, b;q=1\r\nTransfer-Encoding: c\r\n") == "until_close");
}

TEST_CASE("chunked twice, not last, with parameters or on another coding is refused", "[h1][framing]") {
    for (const std::string_view bad :
         {"chunked, chunked", "chunked, gzip", "chunked, identity", "gzip, chunked", "identity, chunked",
          "chunked;a=b", "chunked;", "", ",", "\"chunked\"", "chun ked", "gzip chunked",
          "\x80"
          "chunked"}) {
        CAPTURE(bad);
        const std::string field = "Transfer-Encoding: " + std::string(bad) + "\r\n";
        CHECK(ok(field) == text(errc::unsupported_transfer_encoding));
        CHECK(request(field) == text(errc::unsupported_transfer_encoding));
    }
    CHECK(ok("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") ==
          text(errc::unsupported_transfer_encoding));
}

TEST_CASE("a request with any coding but chunked is refused", "[h1][framing]") {
    for (const std::string_view bad : {"gzip", "identity", "xchunked"}) {
        CAPTURE(bad);
        CHECK(request("Transfer-Encoding: " + std::string(bad) + "\r\n") ==
              text(errc::unsupported_transfer_encoding));
    }
}

TEST_CASE("without framing fields a response lasts until close and a request has no body", "[h1][framing]") {
    CHECK(ok("") == "until_close");
    CHECK(ok("Connection: keep-alive\r\n") == "until_close");
    CHECK(request("") == "none keep");
    CHECK(request("Content-Length: 7\r\n") == "length 7 keep");
}

TEST_CASE("Connection: close wins, in any field and any case", "[h1][framing]") {
    const std::string length = "Content-Length: 5\r\n";
    CHECK(ok(length + "Connection: close\r\n") == "length 5");
    CHECK(ok(length + "connection: x, CLOSE\r\n") == "length 5");
    CHECK(ok(length + "Connection: keep-alive\r\nConnection: close\r\n") == "length 5");
    CHECK(ok(length + "Connection: close\r\nConnection: keep-alive\r\n") == "length 5");
    CHECK(ok(length + "Connection: close, keep-alive\r\n") == "length 5");
    CHECK(ok(length + "Connection: closed\r\n") == "length 5 keep");
    CHECK(ok(length + "Proxy-Connection: close\r\n") == "length 5 keep");
    CHECK(response("304", "Connection: close\r\n") == "none");
    CHECK(request("Connection: close\r\n") == "none");
}

TEST_CASE("HTTP/1.0 persists only with an explicit keep-alive", "[h1][framing]") {
    const std::string length = "Content-Length: 5\r\n";
    CHECK(response("200", length, "GET", "1.0") == "length 5");
    CHECK(response("200", length + "Connection: Keep-Alive\r\n", "GET", "1.0") == "length 5 keep");
    CHECK(response("200", length + "Connection: keep-alive, close\r\n", "GET", "1.0") == "length 5");
    CHECK(response("200", length + "Connection: keep-alive, x\r\nConnection: y\r\n", "GET", "1.0") ==
          "length 5 keep");
    CHECK(response("304", "", "GET", "1.0") == "none");
    CHECK(request("", "1.0") == "none");
}

TEST_CASE("reads the timeout of Keep-Alive, and garbage as nothing", "[h1][framing]") {
    const auto timeout = [](std::string_view value) {
        const h1::field_view one{"keep-alive", value};
        return h1::keep_alive_timeout({&one, 1});
    };
    using std::chrono::seconds;
    CHECK(timeout("timeout=5") == seconds(5));
    CHECK(timeout("max=100, TIMEOUT=15") == seconds(15));
    CHECK(timeout("timeout=0") == seconds(0));
    CHECK(timeout("timeout=4294967295") == seconds(4294967295));
    for (const std::string_view bad :
         {"", "5", "timeout", "timeout=", "timeout=-1", "timeout= 5", "timeout=5s", "timeout=4294967296",
          "timeout=5; max=100", "xtimeout=5", "timeout=\"5\""}) {
        CAPTURE(bad);
        CHECK_FALSE(timeout(bad).has_value());
    }
    CHECK_FALSE(h1::keep_alive_timeout({}).has_value());
}
