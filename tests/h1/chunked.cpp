#include <dragline/h1/chunked.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>

namespace h1 = dragline::h1;
using h1::errc;
using namespace std::string_view_literals;

namespace {

struct outcome {
    std::error_code error;
    std::string data;
    std::string trailers;
    std::size_t consumed = 0;
    bool finished = false;
    bool operator==(const outcome&) const = default;
};

void feed(h1::chunked_decoder& decoder, std::string_view input, outcome& out) {
    const std::string moved(input);  // memory of its own, so that a stale view is seen
    std::string_view rest = moved;
    while (!rest.empty() && !out.error && !out.finished) {
        const auto step = decoder.next(rest);
        out.error = step.error();
        if (!step) return;
        out.data += step->data;
        out.consumed += step->consumed;
        out.finished = step->finished;
        rest.remove_prefix(step->consumed);
    }
}

outcome decode_pieces(std::string_view input, std::size_t first, std::size_t piece,
                      h1::chunked_limits limits) {
    h1::chunked_decoder decoder(limits);
    outcome out;
    feed(decoder, input.substr(0, first), out);
    for (std::size_t at = first; at < input.size(); at += piece) feed(decoder, input.substr(at, piece), out);
    for (const auto& one : decoder.trailers()) out.trailers += one.name + '=' + one.value + ';';
    if (out.error) out.consumed = 0;
    return out;
}

// Decodes at once, in two pieces at every place, and byte by byte: all must agree.
outcome decode(std::string_view input, h1::chunked_limits limits = {}) {
    const auto whole = decode_pieces(input, input.size(), 1, limits);
    for (std::size_t split = 0; split < input.size(); ++split) {
        CAPTURE(split);
        CHECK(decode_pieces(input, split, input.size(), limits) == whole);
    }
    CHECK(decode_pieces(input, 0, 1, limits) == whole);
    return whole;
}

}  // namespace

TEST_CASE("decodes a chunked body and leaves what follows", "[h1][chunked]") {
    const auto got = decode("5\r\nhello\r\n1\r\n,\r\n6\r\n world\r\n0\r\n\r\nHTTP/1.1 200 OK");
    CHECK_FALSE(got.error);
    CHECK(got.data == "hello, world");
    CHECK(got.finished);
    CHECK(got.consumed == 32);
}

TEST_CASE("an empty chunked body is complete", "[h1][chunked]") {
    CHECK(decode("0\r\n\r\n").finished);
    CHECK(decode("0000000000000000\r\n\r\n").finished);
}

TEST_CASE("chunk sizes are hexadecimal in either case", "[h1][chunked]") {
    const std::string data(0xaf, 'x');
    CHECK(decode("aF\r\n" + data + "\r\n0\r\n\r\n").data == data);
    CHECK(decode("00Af\r\n" + data + "\r\n0\r\n\r\n").data == data);
}

TEST_CASE("data runs are views into the input", "[h1][chunked]") {
    constexpr std::string_view input = "5\r\nhello\r\n";
    h1::chunked_decoder decoder;
    const auto step = decoder.next(input).value();
    CHECK(step.data.data() == input.data() + 3);
    CHECK(step.consumed == 8);
}

TEST_CASE("data may hold what looks like framing", "[h1][chunked]") {
    CHECK(decode("7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n").data == "\r\n0\r\n\r\n");
}

TEST_CASE("truncation at every byte is noticed", "[h1][chunked]") {
    constexpr std::string_view input = "5;a=\"b\\\"\"\r\nhello\r\n0\r\nX: y\r\n\r\n";
    for (std::size_t size = 0; size <= input.size(); ++size) {
        CAPTURE(size);
        h1::chunked_decoder decoder;
        outcome out;
        feed(decoder, input.substr(0, size), out);
        CHECK_FALSE(out.error);
        CHECK(out.consumed == size);
        CHECK(out.finished == (size == input.size()));
        CHECK(decoder.finish() ==
              (size == input.size() ? std::error_code() : make_error_code(errc::truncated)));
    }
}

TEST_CASE("refuses what is no chunk, by name", "[h1][chunked]") {
    struct refusal {
        std::string_view input;
        errc expected;
    };
    const auto table = std::to_array<refusal>({
        {"\r\n", errc::malformed_chunk},
        {"g\r\n", errc::malformed_chunk},
        {"-1\r\n", errc::malformed_chunk},
        {"+1\r\n", errc::malformed_chunk},
        {"0x1\r\n", errc::malformed_chunk},
        {" 1\r\n", errc::malformed_chunk},
        {"1 \r\n", errc::malformed_chunk},
        {"1_0\r\n", errc::malformed_chunk},
        {";a\r\n", errc::malformed_chunk},
        {"1\0\r\n"sv, errc::malformed_chunk},
        {"1\rx", errc::malformed_chunk},
        {"1\n", errc::bare_line_feed},
        {"0\n\n", errc::bare_line_feed},
        {"1;a\n", errc::bare_line_feed},
        {"1;a=\"\n", errc::bare_line_feed},
        {"00000000000000001", errc::chunk_too_large},
        {"fffffffffffffffff", errc::chunk_too_large},
        {"1\r\nab", errc::malformed_chunk},
        {"1\r\na\rb", errc::malformed_chunk},
        {"1\r\na\n", errc::bare_line_feed},
        {"1\r\na0\r\n\r\n", errc::malformed_chunk},
        {"0\r\n\n", errc::bare_line_feed},
        {"0\r\n\rx", errc::malformed_field},
        {"0\r\n X: y\r\n\r\n", errc::whitespace_before_field},
        {"0\r\nX: y\r\n z\r\n\r\n", errc::folded_field},
        {"0\r\nX : y\r\n\r\n", errc::whitespace_before_colon},
        {"0\r\nX: y\n\r\n", errc::bare_line_feed},
        {"0\r\nX: \x01\r\n\r\n", errc::malformed_field_value},
        {"0\r\nHTTP/1.1 200 OK\r\n\r\n", errc::malformed_field},
    });
    for (const auto& [input, expected] : table) {
        CAPTURE(input);
        CHECK(decode(input).error == expected);
    }
}

TEST_CASE("a chunk size may have all 64 bits", "[h1][chunked]") {
    const auto got = decode("ffffffffffffffff\r\nabc");
    CHECK_FALSE(got.error);
    CHECK(got.data == "abc");
    CHECK_FALSE(got.finished);
}

TEST_CASE("well-formed extensions are skipped", "[h1][chunked]") {
    for (const std::string_view good : {";a", ";a=b", ";a=\"b\"", ";a=\"\"", ";a=\"b;\\\"\\\\\tc\xff\"",
                                        ";a;b=c;d=\"e\";f", " ; a = b ; c", "\t;a\t=\t\"b\"\t;c"}) {
        CAPTURE(good);
        const auto got = decode("1" + std::string(good) + "\r\nx\r\n0" + std::string(good) + "\r\n\r\n");
        CHECK_FALSE(got.error);
        CHECK(got.data == "x");
        CHECK(got.finished);
    }
}

TEST_CASE("malformed extensions are refused", "[h1][chunked]") {
    for (const auto bad :
         {";\r\n"sv, ";;a\r\n"sv, ";=b\r\n"sv, ";a=\r\n"sv, ";a b\r\n"sv, ";a \r\n"sv, ";a=b c\r\n"sv,
          ";a=b \r\n"sv, ";a=\"b\r\n"sv, ";a=\"b\\\r\n"sv, ";a=\"b\"c\r\n"sv, ";a=\"b\" \r\n"sv,
          ";a=\"\0\"\r\n"sv, ";a=b\"c\"\r\n"sv, ";a,b\r\n"sv, ";a\x01\r\n"sv, ";a\rb"sv, " a\r\n"sv}) {
        CAPTURE(bad);
        CHECK(decode("1" + std::string(bad)).error == errc::malformed_chunk);
    }
}

TEST_CASE("the extensions of a chunk may have max_extension bytes", "[h1][chunked]") {
    const auto limits = h1::chunked_limits().max_extension(4);
    CHECK(decode("1;a=b\r\nx\r\n1;c=d\r\ny\r\n0\r\n\r\n", limits).data == "xy");
    CHECK(decode("1;a=bc", limits).error == errc::chunk_extension_too_large);
    CHECK(decode("1     ", limits).error == errc::chunk_extension_too_large);
}

TEST_CASE("the extensions of a body may have max_extension_total bytes", "[h1][chunked]") {
    const auto limits = h1::chunked_limits().max_extension_total(6);
    CHECK(decode("1;ab\r\nx\r\n1;cd\r\ny\r\n0\r\n\r\n", limits).data == "xy");
    CHECK(decode("1;ab\r\nx\r\n1;cd\r\ny\r\n0;", limits).error == errc::chunk_extension_too_large);
}

TEST_CASE("trailers are kept apart, as copies", "[h1][chunked]") {
    const auto got = decode("1\r\nx\r\n0\r\nDigest: abc\r\nX-Two:  2 \r\n\r\nnext");
    CHECK(got.data == "x");
    CHECK(got.trailers == "Digest=abc;X-Two=2;");
    CHECK(got.finished);
}

TEST_CASE("fields that frame or route a message are dropped from trailers", "[h1][chunked]") {
    const auto got = decode(
        "0\r\nContent-Length: 5\r\nA: b\r\nTRANSFER-encoding: chunked\r\nHost: evil\r\n"
        "Trailer: x\r\nSet-Cookie: a=b\r\nConnection: close\r\n\r\n");
    CHECK(got.trailers == "A=b;");
    CHECK(got.finished);
}

TEST_CASE("trailers may have max_trailer_size bytes and fail without their end", "[h1][chunked]") {
    const std::string trailers = "A: b\r\nC: d\r\n";  // 12 bytes
    CHECK(decode("0\r\n" + trailers + "\r\n", h1::chunked_limits().max_trailer_size(12)).finished);
    CHECK(decode("0\r\n" + trailers + "\r\n", h1::chunked_limits().max_trailer_size(11)).error ==
          errc::trailer_too_large);
    CHECK(decode("0\r\nA: " + std::string(20, 'x'), h1::chunked_limits().max_trailer_size(12)).error ==
          errc::trailer_too_large);
    CHECK(decode("0\r\n\r\n", h1::chunked_limits().max_trailer_size(0)).finished);
    CHECK(decode("0\r\nA:", h1::chunked_limits().max_trailer_size(0)).error == errc::trailer_too_large);
}

TEST_CASE("a body may have max_trailers trailers and not one more", "[h1][chunked]") {
    const auto limits = h1::chunked_limits().max_trailers(1);
    CHECK(decode("0\r\nA: b\r\n\r\n", limits).finished);
    CHECK(decode("0\r\nA: b\r\nC", limits).error == errc::too_many_trailers);
}

TEST_CASE("an error of a chunked body repeats", "[h1][chunked]") {
    h1::chunked_decoder decoder;
    CHECK(decoder.next("x").error() == errc::malformed_chunk);
    CHECK(decoder.next("0\r\n\r\n").error() == errc::malformed_chunk);
    CHECK(decoder.finish() == errc::malformed_chunk);
    decoder.reset();
    CHECK(decoder.next("0\r\n\r\n").value().finished);
}

TEST_CASE("after its end a chunked body consumes nothing", "[h1][chunked]") {
    h1::chunked_decoder decoder;
    CHECK(decoder.next("0\r\nA: b\r\n\r\n").value().finished);
    const auto step = decoder.next("more").value();
    CHECK(step.consumed == 0);
    CHECK(step.finished);
    CHECK_FALSE(decoder.finish());
    decoder.reset();
    CHECK_FALSE(decoder.finished());
    CHECK(decoder.trailers().empty());
}

TEST_CASE("1 MiB in one-byte chunks arrives whole", "[h1][chunked]") {
    std::string input;
    for (int i = 0; i < 1024 * 1024; ++i) input += "1\r\nx\r\n";
    input += "0\r\n\r\n";
    const auto got = decode_pieces(input, 0, 4096, {});
    CHECK_FALSE(got.error);
    CHECK(got.finished);
    CHECK(got.data == std::string(1024 * 1024, 'x'));
}
