#include <dragline/net/framing/codecs.hpp>

#include "codec_checks.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>

using namespace std::string_literals;
using dragline::net::delimited;
using dragline::net::errc;
using dragline::net::netstring;
using dragline::net::varint_prefixed;
using dragline::test::same_for_every_split;

namespace {

template <class Codec>
std::string wire_of(const Codec& codec, std::string_view frame) {
    std::string out, head, body;
    codec.encode(frame, out).value();
    codec.encode_apart(std::string(frame), head, body).value();
    CHECK(head + body == out);
    CHECK(codec.decode(out)->frame == frame);
    CHECK(codec.decode(out)->size == out.size());
    return out;
}

template <class Codec>
std::error_code refusal_of(const Codec& codec, std::string_view frame) {
    std::string out = "kept", head, body;
    const auto ec = codec.encode(frame, out).error();
    CHECK(out == "kept");
    CHECK(codec.encode_apart(std::string(frame), head, body).error() == ec);
    return ec;
}

// Of an input that must be refused however it comes.
template <class Codec>
std::error_code decoding_of(const Codec& codec, std::string_view input) {
    CHECK(same_for_every_split(codec, input));
    return codec.decode(input).error();
}

}  // namespace

TEST_CASE("frames up to a delimiter", "[net][codecs]") {
    const delimited lines;
    CHECK(wire_of(lines, "hello") == "hello\n");
    CHECK(wire_of(lines, "") == "\n");
    CHECK(same_for_every_split(lines, "one\ntwo\n\nthree\nrest"));
    CHECK(refusal_of(lines, "a\nb") == errc::unencodable_frame);

    const delimited longer("\r\n.\r\n");
    CHECK(wire_of(longer, "a\r\n..\r\nb") == "a\r\n..\r\nb\r\n.\r\n");
    CHECK(same_for_every_split(longer, "a\r\n.\r\r\n.\r\n\r\n.\r\n\r\n."));
    CHECK(delimited("").decode("x").error() == dragline::errc::invalid_option);
    CHECK(refusal_of(delimited(""), "x") == dragline::errc::invalid_option);
}

TEST_CASE("a kept delimiter is part of the frame", "[net][codecs]") {
    const auto kept = delimited("--").keep(true).max_frame(4);
    CHECK(kept.decode("abcd--e")->frame == "abcd--");
    CHECK(kept.decode("abcd--e")->size == 6);
    CHECK(same_for_every_split(kept, "abcd----b--x"));
    std::string out;
    CHECK(kept.encode("abcd--", out));
    CHECK(out == "abcd--");
    CHECK(refusal_of(kept, "abcd") == errc::unencodable_frame);
    CHECK(refusal_of(kept, "a--b--") == errc::unencodable_frame);
    CHECK(refusal_of(kept, "abcde--") == errc::frame_too_large);
}

TEST_CASE("a payload whose end would begin the delimiter is refused", "[net][codecs]") {
    const delimited twice("aa");
    CHECK(refusal_of(twice, "xa") == errc::unencodable_frame);
    CHECK(wire_of(twice, "ax") == "axaa");
    CHECK(refusal_of(delimited("abab"), "xab") == errc::unencodable_frame);
    CHECK(wire_of(delimited("abab"), "xa") == "xaabab");
}

TEST_CASE("a delimiter that does not come is waited for up to the limit", "[net][codecs]") {
    const auto lines = delimited("\r\n").max_frame(4);
    CHECK(wire_of(lines, "1234") == "1234\r\n");
    CHECK(refusal_of(lines, "12345") == errc::frame_too_large);
    CHECK(decoding_of(lines, "12345\r\n") == errc::frame_too_large);
    CHECK(decoding_of(lines, "123456") == errc::frame_too_large);
    CHECK(lines.decode("12345")->size == 0);  // the limit ends within what may yet be the delimiter
}

TEST_CASE("netstrings, strictly", "[net][codecs]") {
    const netstring codec;
    CHECK(wire_of(codec, "hello world!") == "12:hello world!,");
    CHECK(wire_of(codec, "") == "0:,");
    CHECK(same_for_every_split(codec, "0:,3:abc,1:,,10:0123456789,4:ab"));
    for (const auto bad :
         {":,", "00:,", "01:a,", "+1:a,", "-1:a,", " 1:a,", "1 :a,", "1;a,", "1:a;", "x", ","}) {
        CAPTURE(bad);
        CHECK(decoding_of(codec, bad) == errc::malformed_frame);
    }
}

TEST_CASE("a netstring's limit is exact, and enforced before its payload", "[net][codecs]") {
    const auto codec = netstring().max_frame(10);
    CHECK(wire_of(codec, std::string(10, 'x')).size() == 14);
    CHECK(refusal_of(codec, std::string(11, 'x')) == errc::frame_too_large);
    CHECK(decoding_of(codec, "11:") == errc::frame_too_large);
    CHECK(decoding_of(codec, "4294967295:") == errc::frame_too_large);
    CHECK(decoding_of(codec, std::string(100, '9')) == errc::frame_too_large);
    CHECK(decoding_of(netstring().max_frame(0), "1:a,") == errc::frame_too_large);
    CHECK(wire_of(netstring().max_frame(0), "") == "0:,");
    const auto boundless = netstring().max_frame(std::string::npos);
    CHECK(decoding_of(boundless, "18446744073709551616:") == errc::frame_too_large);
    CHECK(boundless.decode("18446744073709551615:")->needed == std::string::npos);
}

TEST_CASE("lengths as varints, in the shortest spelling only", "[net][codecs]") {
    const varint_prefixed codec;
    CHECK(wire_of(codec, "") == "\0"s);
    CHECK(wire_of(codec, "abc") == "\3abc");
    CHECK(wire_of(codec, std::string(127, 'x')).substr(0, 2) == "\x7fx");
    CHECK(wire_of(codec, std::string(300, 'x')).substr(0, 3) == "\xac\x02x");
    CHECK(same_for_every_split(codec, "\3abc\0\1x\x80\1"s + std::string(128, 'y') + "\x80"));
    CHECK(decoding_of(codec, "\x80\0"s) == errc::malformed_frame);
    CHECK(decoding_of(codec, "\x83\x80\0"s) == errc::malformed_frame);
}

TEST_CASE("a varint's limit is exact, and enforced before its payload", "[net][codecs]") {
    const auto codec = varint_prefixed().max_frame(300);
    CHECK(wire_of(codec, std::string(300, 'x')).size() == 302);
    CHECK(refusal_of(codec, std::string(301, 'x')) == errc::frame_too_large);
    CHECK(decoding_of(codec, "\xad\2") == errc::frame_too_large);
    CHECK(decoding_of(codec, "\xff\xff\xff\xff\x0f") == errc::frame_too_large);
    CHECK(decoding_of(codec, "\x80\x80") == errc::frame_too_large);  // 16384 at least
    CHECK(codec.decode("\x80")->needed == 2);
    const auto boundless = varint_prefixed().max_frame(std::string::npos);
    CHECK(decoding_of(boundless, std::string(10, '\xff')) == errc::frame_too_large);
    CHECK(boundless.decode(std::string(8, '\xff') + "\x7f")->needed > std::string::npos / 2);
    CHECK(decoding_of(varint_prefixed().max_frame(0), "\1") == errc::frame_too_large);
}
