#include <dragline/h1/head_parser.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace h1 = dragline::h1;
using h1::errc;
using namespace std::string_view_literals;

namespace {

// All that a parser can say, fit to compare.
struct outcome {
    std::error_code error;
    std::size_t size = 0;
    std::string text;
    bool operator==(const outcome&) const = default;
};

std::string describe(const h1::response_head& head) {
    std::string text = std::to_string(head.version_minor) + ' ' + std::to_string(head.status) + ' ';
    text += head.reason;
    for (const auto& one : head.fields) text.append("|").append(one.name).append("=").append(one.value);
    return text;
}

std::string describe(const h1::request_head& head) {
    std::string text(head.method);
    text.append(" ").append(head.target).append(" ").append(std::to_string(head.version_minor));
    for (const auto& one : head.fields) text.append("|").append(one.name).append("=").append(one.value);
    return text;
}

// Gives the beginnings of these sizes to one parser, each in memory of its own, until one decides.
template <class Parser>
outcome parse_in_steps(std::string_view input, const std::vector<std::size_t>& sizes,
                       h1::head_limits limits) {
    Parser parser(limits);
    outcome out;
    for (const auto size : sizes) {
        const std::vector<char> moved(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(size));
        const auto done = parser.parse({moved.data(), moved.size()});
        out = {done.error(), *done, done && *done != 0 ? describe(parser.head()) : ""};
        if (!done || *done != 0) break;
    }
    return out;
}

template <class Parser = h1::response_head_parser>
outcome parse(std::string_view input, h1::head_limits limits = {}) {
    const auto whole = parse_in_steps<Parser>(input, {input.size()}, limits);
    std::vector<std::size_t> every;
    for (std::size_t split = 0; split <= input.size(); ++split) {
        every.push_back(split);
        if (input.size() > 2000) continue;
        CAPTURE(split);
        CHECK(parse_in_steps<Parser>(input, {split, input.size()}, limits) == whole);
    }
    if (input.size() <= 2000) CHECK(parse_in_steps<Parser>(input, every, limits) == whole);
    return whole;
}

outcome parse_request(std::string_view input, h1::head_limits limits = {}) {
    return parse<h1::request_head_parser>(input, limits);
}

struct refusal {
    std::string_view input;
    errc expected;
};

}  // namespace

TEST_CASE("parses a response head and leaves the body alone", "[h1][head_parser]") {
    const auto got = parse("HTTP/1.1 200 OK\r\nServer: x\r\nA:b\r\n\r\nbody\r\n\r\n");
    CHECK_FALSE(got.error);
    CHECK(got.size == 35);
    CHECK(got.text == "1 200 OK|Server=x|A=b");
}

TEST_CASE("takes what RFC 9112 allows", "[h1][head_parser]") {
    CHECK(parse("HTTP/1.0 204 No Content\r\n\r\n").text == "0 204 No Content");
    CHECK(parse("HTTP/1.1 200 \r\n\r\n").text == "1 200 ");
    CHECK(parse("HTTP/1.1 999 \xe9t\xe9\r\n\r\n").text == "1 999 \xe9t\xe9");
    CHECK(parse("HTTP/1.1 100 a\tb\r\n\r\n").text == "1 100 a\tb");
    CHECK(parse("HTTP/1.1 200 OK\r\nA: \t b \t\tc \t\r\n\r\n").text == "1 200 OK|A=b \t\tc");
    CHECK(parse("HTTP/1.1 200 OK\r\nA:\r\nB: \r\n\r\n").text == "1 200 OK|A=|B=");
    CHECK(parse("HTTP/1.1 200 OK\r\n!#$%&'*+-.^_`|~09azAZ: \xff:\"\r\n\r\n").text ==
          "1 200 OK|!#$%&'*+-.^_`|~09azAZ=\xff:\"");
}

TEST_CASE("the reason may be missing together with its space", "[h1][head_parser]") {
    CHECK(parse("HTTP/1.1 200\r\n\r\n").text == "1 200 ");
}

TEST_CASE("header values are not percent-decoded", "[h1][head_parser]") {
    CHECK(parse("HTTP/1.1 200 OK\r\nA: %0d%0aB: c\r\n\r\n").text == "1 200 OK|A=%0d%0aB: c");
}

TEST_CASE("order and repetition of fields are kept", "[h1][head_parser]") {
    CHECK(parse("HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nX: y\r\nset-cookie: b\r\n\r\n").text ==
          "1 200 OK|Set-Cookie=a|X=y|set-cookie=b");
}

TEST_CASE("refuses malformed status lines by name", "[h1][head_parser]") {
    const auto table = std::to_array<refusal>({
        {"SSH-2.0-OpenSSH_9.2\r\n", errc::malformed_status_line},
        {"\x15\x03\x01", errc::malformed_status_line},
        {"<html>", errc::malformed_status_line},  // HTTP/0.9
        {"ICY 200 OK\r\n\r\n", errc::malformed_status_line},
        {"http/1.1 200 OK\r\n\r\n", errc::malformed_status_line},
        {" HTTP/1.1 200 OK\r\n\r\n", errc::malformed_status_line},
        {"\r\nHTTP/1.1 200 OK\r\n\r\n", errc::malformed_status_line},
        {"HTTP/1.1\r\n\r\n", errc::malformed_status_line},
        {"HTTP/1.1 \r\n\r\n", errc::malformed_status_line},
        {"HTTP/ 200 OK\r\n\r\n", errc::malformed_status_line},
        {"HTTP/x.1 200 OK\r\n\r\n", errc::malformed_status_line},
        {"HTTP/1.1 20\r\n\r\n", errc::malformed_status_line},
        {"HTTP/1.1 2000 OK\r\n\r\n", errc::malformed_status_line},
        {"HTTP/1.1 099 Low\r\n\r\n", errc::malformed_status_line},
        {"HTTP/1.1 +20 OK\r\n\r\n", errc::malformed_status_line},
        {"HTTP/1.1 -20 OK\r\n\r\n", errc::malformed_status_line},
        {"HTTP/1.1 2x0 OK\r\n\r\n", errc::malformed_status_line},
        {"HTTP/1.1 200OK\r\n\r\n", errc::malformed_status_line},
        {"HTTP/1.1 200\tOK\r\n\r\n", errc::malformed_status_line},
        {"HTTP/1.1  200 OK\r\n\r\n", errc::malformed_status_line},
        {"HTTP/1.1\t200 OK\r\n\r\n", errc::malformed_status_line},
        {"HTTP/1.1 200 O\rK\r\n\r\n", errc::malformed_status_line},
        {"HTTP/1.1 200 O\0K\r\n\r\n"sv, errc::malformed_status_line},
        {"HTTP/1.1 200 OK\n\n", errc::bare_line_feed},
        {"HTTP/2 200\r\n\r\n", errc::unsupported_version},
        {"HTTP/2.0 200 OK\r\n\r\n", errc::unsupported_version},
        {"HTTP/0.9 200 OK\r\n\r\n", errc::unsupported_version},
        {"HTTP/1.2 200 OK\r\n\r\n", errc::unsupported_version},
        {"HTTP/1.10 200 OK\r\n\r\n", errc::unsupported_version},
        {"HTTP/11.1 200 OK\r\n\r\n", errc::unsupported_version},
    });
    for (const auto& [input, expected] : table) {
        CAPTURE(input);
        CHECK(parse(input).error == expected);
    }
}

TEST_CASE("refuses malformed fields by name", "[h1][head_parser]") {
    const auto table = std::to_array<refusal>({
        {"A : b\r\n\r\n", errc::whitespace_before_colon},
        {"A\t: b\r\n\r\n", errc::whitespace_before_colon},
        {"A b: c\r\n\r\n", errc::whitespace_before_colon},
        {" A: b\r\n\r\n", errc::whitespace_before_field},
        {"\tA: b\r\n\r\n", errc::whitespace_before_field},
        {" \r\n\r\n", errc::whitespace_before_field},
        {"A: b\r\n c\r\n\r\n", errc::folded_field},
        {"A: b\r\n\tc\r\n\r\n", errc::folded_field},
        {"A: b\r\n \r\n\r\n", errc::folded_field},
        {": b\r\n\r\n", errc::malformed_field},
        {"A\r\n\r\n", errc::malformed_field},
        {"\rA: b\r\n\r\n", errc::malformed_field},
        {"A\0: b\r\n\r\n"sv, errc::malformed_field},
        {"A(b): c\r\n\r\n", errc::malformed_field},
        {"\xc3\x84: c\r\n\r\n", errc::malformed_field},
        {"A\"b\": c\r\n\r\n", errc::malformed_field},
        {"A: b\0c\r\n\r\n"sv, errc::malformed_field_value},
        {"A: b\rc\r\n\r\n", errc::malformed_field_value},
        {"A: b\r\r\n\r\n", errc::malformed_field_value},
        {"A: \x7f\r\n\r\n", errc::malformed_field_value},
        {"A: 1234567\x01\r\n\r\n", errc::malformed_field_value},
        {"A: b\n\r\n", errc::bare_line_feed},
        {"A: b\r\n\n", errc::bare_line_feed},
        {"A\n: b\r\n\r\n", errc::bare_line_feed},
    });
    for (const auto& [input, expected] : table) {
        CAPTURE(input);
        CHECK(parse("HTTP/1.1 200 OK\r\n" + std::string(input)).error == expected);
        CHECK(parse_request("GET / HTTP/1.1\r\n" + std::string(input)).error == expected);
    }
}

TEST_CASE("needs more bytes at every truncation, and says so", "[h1][head_parser]") {
    constexpr std::string_view response = "HTTP/1.1 200 OK\r\nServer: x\r\nA: b\r\n\r\n";
    constexpr std::string_view request = "\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n";
    for (std::size_t size = 0; size < response.size(); ++size) {
        CAPTURE(size);
        CHECK(parse(response.substr(0, size)) == outcome());
    }
    for (std::size_t size = 0; size < request.size(); ++size) {
        CAPTURE(size);
        CHECK(parse_request(request.substr(0, size)) == outcome());
    }
    CHECK(parse(response).size == response.size());
    CHECK(parse_request(request).size == request.size());
}

TEST_CASE("a head may be max_size bytes, and fails at max_size without its end", "[h1][head_parser]") {
    const std::string head = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n";
    CHECK(parse(head + "body", h1::head_limits().max_size(head.size())).size == head.size());
    for (std::size_t limit = 0; limit < head.size(); ++limit) {
        CAPTURE(limit);
        const auto limits = h1::head_limits().max_size(limit);
        CHECK(parse(head, limits).error == errc::head_too_large);
        CHECK(parse(head.substr(0, limit), limits).error == errc::head_too_large);
        if (limit > 0) CHECK_FALSE(parse(head.substr(0, limit - 1), limits).error);
    }
}

TEST_CASE("a line may be max_line bytes, and fails one byte later though incomplete", "[h1][head_parser]") {
    const auto limits = h1::head_limits().max_line(20);
    const std::string status = "HTTP/1.1 200 Success";  // 20 bytes
    CHECK(parse(status + "\r\nA: 45678901234567890\r\n\r\n", limits).text ==
          "1 200 Success|A=45678901234567890");
    CHECK_FALSE(parse(status, limits).error);
    CHECK(parse(status + "!", limits).error == errc::line_too_long);
    CHECK_FALSE(parse(status + "\r\nA: 45678901234567890", limits).error);
    CHECK(parse(status + "\r\nA: 45678901234567890!", limits).error == errc::line_too_long);
    CHECK(parse(status + "\r\nA2345678901234567890:", limits).error == errc::line_too_long);
    CHECK(parse(status + "\r\nA23456789012345678901", limits).error == errc::line_too_long);
    CHECK(parse(status + "\r\nA: 45678901234567890 ", limits).error == errc::line_too_long);
    CHECK(parse_request("GET /6789 HTTP/1.1\r\n\r\n", h1::head_limits().max_line(18)).size == 22);
    CHECK(parse_request("GET /6789a HTTP/1.1\r\n\r\n", h1::head_limits().max_line(18)).error ==
          errc::line_too_long);
}

TEST_CASE("a 100 kB line is refused as soon as it passes the limit", "[h1][head_parser]") {
    const std::string start = "HTTP/1.1 200 OK\r\n";
    const std::string line = "X: " + std::string(100'000, 'a');
    h1::response_head_parser parser;
    for (std::size_t size = start.size() + 1; size <= start.size() + 32 * 1024; ++size) {
        const auto done = parser.parse((start + line).substr(0, size));
        if (!done || *done != 0) FAIL("decided at " << size);
        size += 1000;  // the last step lands below the limit
    }
    CHECK_FALSE(parser.parse((start + line).substr(0, start.size() + 32 * 1024)).error());
    CHECK(parser.parse((start + line).substr(0, start.size() + 32 * 1024 + 1)).error() ==
          errc::line_too_long);
}

TEST_CASE("a head may have max_fields fields and not one more", "[h1][head_parser]") {
    const std::string start = "HTTP/1.1 200 OK\r\n";
    const auto limits = h1::head_limits().max_fields(2);
    CHECK_FALSE(parse(start + "A: 1\r\nB: 2\r\n\r\n", limits).error);
    CHECK(parse(start + "A: 1\r\nB: 2\r\nC", limits).error == errc::too_many_fields);
    CHECK_FALSE(parse(start + "\r\n", h1::head_limits().max_fields(0)).error);

    std::string thousand = start;
    for (int i = 0; i < 1000; ++i) thousand += "A: 1\r\n";
    CHECK_FALSE(parse(thousand + "\r\n").error);
    CHECK(parse(thousand + "A: 1\r\n\r\n").error == errc::too_many_fields);
}

TEST_CASE("parses request heads", "[h1][head_parser]") {
    CHECK(parse_request("GET / HTTP/1.1\r\nHost: a\r\n\r\n").text == "GET / 1|Host=a");
    CHECK(parse_request("OPTIONS * HTTP/1.0\r\n\r\n").text == "OPTIONS * 0");
    CHECK(parse_request("CONNECT a:443 HTTP/1.1\r\n\r\n").text == "CONNECT a:443 1");
    CHECK(parse_request("GET http://a/b HTTP/1.1\r\n\r\n").text == "GET http://a/b 1");
}

TEST_CASE("one empty line before a request is skipped", "[h1][head_parser]") {
    const auto got = parse_request("\r\nGET / HTTP/1.1\r\nA: b\r\n\r\n");
    CHECK(got.text == "GET / 1|A=b");
    CHECK(got.size == 26);
    CHECK(parse_request("\r\n\r\nGET / HTTP/1.1\r\n\r\n").error == errc::malformed_request_line);
}

TEST_CASE("refuses malformed request lines by name", "[h1][head_parser]") {
    const auto table = std::to_array<refusal>({
        {"GET\r\n\r\n", errc::malformed_request_line},
        {"GET /\r\n\r\n", errc::malformed_request_line},  // HTTP/0.9
        {"GET / \r\n\r\n", errc::malformed_request_line},
        {" GET / HTTP/1.1\r\n\r\n", errc::malformed_request_line},
        {"GET  / HTTP/1.1\r\n\r\n", errc::malformed_request_line},
        {"GET /  HTTP/1.1\r\n\r\n", errc::malformed_request_line},
        {"GET / HTTP/1.1 \r\n\r\n", errc::malformed_request_line},
        {"GET /a b HTTP/1.1\r\n\r\n", errc::malformed_request_line},
        {"GET /\t HTTP/1.1\r\n\r\n", errc::malformed_request_line},
        {"GET /\xff HTTP/1.1\r\n\r\n", errc::malformed_request_line},
        {"G@T / HTTP/1.1\r\n\r\n", errc::malformed_request_line},
        {"GET / HTTP/1.1\n\n", errc::bare_line_feed},
        {"GET / HTTP/2.0\r\n\r\n", errc::unsupported_version},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", errc::unsupported_version},
    });
    for (const auto& [input, expected] : table) {
        CAPTURE(input);
        CHECK(parse_request(input).error == expected);
    }
}

TEST_CASE("a parser serves one head after another", "[h1][head_parser]") {
    const std::string stream = "HTTP/1.1 100 Continue\r\nA: b\r\n\r\nHTTP/1.0 404 No\r\n\r\n";
    h1::response_head_parser parser;
    CHECK(parser.head().status == 0);
    const auto first = parser.parse(stream);
    REQUIRE(first.value() == 31);
    CHECK(describe(parser.head()) == "1 100 Continue|A=b");
    parser.reset();
    const auto rest = std::string_view(stream).substr(*first);
    REQUIRE(parser.parse(rest).value() == rest.size());
    CHECK(describe(parser.head()) == "0 404 No");
}

TEST_CASE("a parser that gave back its memory reads the next head", "[h1][head_parser]") {
    h1::response_head_parser parser;
    REQUIRE(parser.parse("HTTP/1.1 200 OK\r\nA: b\r\nC: d\r\n\r\n"));
    parser.release_memory();
    CHECK(parser.head().status == 0);
    CHECK(parser.head().fields.capacity() == 0);
    REQUIRE(parser.parse("HTTP/1.1 404 No\r\nE: f\r\n\r\n"));
    CHECK(describe(parser.head()) == "1 404 No|E=f");
}

TEST_CASE("a parser is usable after an error and a reset", "[h1][head_parser]") {
    h1::response_head_parser parser;
    CHECK(parser.parse("HTTP/1.1 200 OK\r\nA: b\r\n c\r\n").error() == errc::folded_field);
    CHECK(parser.parse("HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n").error() == errc::folded_field);
    parser.reset();
    REQUIRE(parser.parse("HTTP/1.1 200 OK\r\n\r\n"));
    CHECK(describe(parser.head()) == "1 200 OK");
}

TEST_CASE("a moved parser keeps its head", "[h1][head_parser]") {
    const std::string input = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n";
    h1::response_head_parser parser;
    REQUIRE(parser.parse(input));
    const h1::response_head_parser moved = std::move(parser);
    CHECK(describe(moved.head()) == "1 200 OK|A=b");
}
