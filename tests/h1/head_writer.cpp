#include <dragline/h1/head_writer.hpp>

#include <catch2/catch_test_macros.hpp>

#include <limits>
#include <string>
#include <string_view>

namespace h1 = dragline::h1;

TEST_CASE("writes a request head", "[h1][head_writer]") {
    std::string out;
    h1::append_request_line(out, "POST", "/a?b=c");
    h1::append_field(out, "Host", "example.com");
    h1::append_field(out, "Content-Length", 42u);
    out += h1::line_end;
    CHECK(out == "POST /a?b=c HTTP/1.1\r\nHost: example.com\r\nContent-Length: 42\r\n\r\n");
}

TEST_CASE("writes status lines with and without a reason", "[h1][head_writer]") {
    std::string out;
    h1::append_status_line(out, 404, "Not Found");
    h1::append_status_line(out, 200, {}, 0);
    CHECK(out == "HTTP/1.1 404 Not Found\r\nHTTP/1.0 200 \r\n");
}

TEST_CASE("writes HTTP/1.0 request lines", "[h1][head_writer]") {
    std::string out;
    h1::append_request_line(out, "GET", "*", 0);
    CHECK(out == "GET * HTTP/1.0\r\n");
}

TEST_CASE("writes chunks", "[h1][head_writer]") {
    std::string out;
    h1::append_chunk_size(out, 0x1f);
    h1::append_chunk_size(out, std::numeric_limits<std::uint64_t>::max());
    out += h1::last_chunk;
    CHECK(out == "1f\r\nffffffffffffffff\r\n0\r\n\r\n");
}

TEST_CASE("a method is a token", "[h1][head_writer]") {
    CHECK_FALSE(h1::check_method("GET"));
    CHECK_FALSE(h1::check_method("M-SEARCH"));
    for (const std::string_view bad : {"", "GET ", "G\r\nX", "G(T", "G\xc3\x89T"}) {
        CAPTURE(bad);
        CHECK(h1::check_method(bad) == h1::errc::invalid_method);
    }
}

TEST_CASE("a target is visible ASCII without a fragment", "[h1][head_writer]") {
    for (const std::string_view good : {"/", "*", "example.com:443", "http://[::1]/?q=%20|{}\"<>"}) {
        CAPTURE(good);
        CHECK_FALSE(h1::check_target(good));
    }
    using namespace std::string_view_literals;
    for (const auto bad :
         {""sv, "/a b"sv, "/a\r\nHost: evil"sv, "/a\tb"sv, "/\0"sv, "/\x7f"sv, "/\xc3\xa9"sv, "/#f"sv}) {
        CAPTURE(bad);
        CHECK(h1::check_target(bad) == h1::errc::invalid_target);
    }
}

TEST_CASE("every byte that is no token byte is refused in a field name", "[h1][head_writer]") {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    for (int code = 0; code < 256; ++code) {
        const char c = static_cast<char>(code);
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        const bool valid = letter || marks.find(c) != marks.npos;
        CAPTURE(code);
        CHECK(h1::check_field_name(std::string("X") + c) ==
              (valid ? std::error_code() : make_error_code(h1::errc::invalid_field_name)));
    }
    CHECK(h1::check_field_name("") == h1::errc::invalid_field_name);
}

TEST_CASE("every control byte but HTAB is refused in a field value, wherever it stands",
          "[h1][head_writer]") {
    for (int code = 0; code < 256; ++code) {
        const bool control = (code < 0x20 && code != '\t') || code == 0x7f;
        for (std::size_t at = 0; at < 20; ++at) {
            std::string value(20, at % 2 == 0 ? '\t' : '\xff');
            value[at] = static_cast<char>(code);
            CAPTURE(code, at);
            CHECK(h1::check_field_value(value) ==
                  (control ? make_error_code(h1::errc::invalid_field_value) : std::error_code()));
        }
    }
    CHECK_FALSE(h1::check_field_value(""));
}

TEST_CASE("CR and LF in a header value cannot smuggle a second header", "[h1][head_writer]") {
    CHECK(h1::check_field_value("a\r\nX-Evil: 1") == h1::errc::invalid_field_value);
    CHECK(h1::check_field_value("a\nX-Evil: 1") == h1::errc::invalid_field_value);
    CHECK(h1::check_field_value("a\rb") == h1::errc::invalid_field_value);
    CHECK(h1::check_field_value("a\r\n") == h1::errc::invalid_field_value);
}
