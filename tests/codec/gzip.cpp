#include <dragline/codec/gzip.hpp>

#include <codec/compress.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace codec = dragline::codec;

#if DRAGLINE_WITH_ZLIB

using codec::errc;
using dragline::test::compress;
using dragline::test::gzip;
using dragline::test::wrapping;
using namespace std::string_view_literals;

namespace {

using maker = std::unique_ptr<codec::decoder> (*)(codec::decoding_limits);

struct outcome {
    std::error_code error;
    std::string text;
    bool operator==(const outcome&) const = default;
};

outcome decode_pieces(maker make, std::string_view input, std::size_t piece, std::size_t room,
                      codec::decoding_limits limits) {
    const auto coding = make(limits);
    std::vector<char> buffer(room);
    outcome out;
    while (!out.error && !input.empty()) {
        auto now = input.substr(0, piece);
        input.remove_prefix(now.size());
        for (;;) {
            const auto step = coding->decode(now, buffer);
            out.error = step.error();
            if (!step) break;
            out.text.append(buffer.data(), step->produced);
            now.remove_prefix(step->consumed);
            if (now.empty() && step->produced == 0) break;
        }
    }
    if (!out.error) out.error = coding->finish();
    return out;
}

// Every size of piece and of output buffer that is worth trying gives the same.
outcome decode(maker make, std::string_view input, codec::decoding_limits limits = {}) {
    const auto whole = decode_pieces(make, input, input.size() + 1, 4096, limits);
    for (const std::size_t piece : {1, 2, 3, 7, 100}) {
        for (const std::size_t room : {1, 2, 5, 1000}) {
            CAPTURE(piece, room);
            CHECK(decode_pieces(make, input, piece, room, limits) == whole);
        }
    }
    return whole;
}

outcome gunzip(std::string_view input, codec::decoding_limits limits = {}) {
    return decode(codec::make_gzip_decoder, input, limits);
}
outcome undeflate(std::string_view input) { return decode(codec::make_deflate_decoder, input); }

std::string sample() {
    std::string text;
    for (int i = 0; i < 300; ++i) text += "line " + std::to_string(i * i) + " of the sample\n";
    return text;
}

}  // namespace

TEST_CASE("decodes gzip, zlib and raw deflate at every level", "[codec][gzip]") {
    for (const int level : {0, 1, 9}) {
        for (const auto& text : {std::string(), std::string("x"), sample()}) {
            CAPTURE(level, text.size());
            const outcome expected{{}, text};
            CHECK(gunzip(compress(text, wrapping::gzip, level)) == expected);
            CHECK(undeflate(compress(text, wrapping::zlib, level)) == expected);
            CHECK(undeflate(compress(text, wrapping::raw, level)) == expected);
        }
    }
}

TEST_CASE("a stream cut at any byte is truncated", "[codec][gzip]") {
    const std::string text = "hello, hello, hello, world";
    for (const auto kind : {wrapping::gzip, wrapping::zlib, wrapping::raw}) {
        const auto make = kind == wrapping::gzip ? codec::make_gzip_decoder : codec::make_deflate_decoder;
        const auto coded = compress(text, kind);
        for (std::size_t size = 0; size < coded.size(); ++size) {
            CAPTURE(static_cast<int>(kind), size);
            const auto got = decode(make, std::string_view(coded).substr(0, size));
            CHECK(got.error == errc::truncated);
            CHECK(text.starts_with(got.text));
        }
    }
}

TEST_CASE("a wrong byte anywhere in a gzip stream is noticed, bar the free header fields", "[codec][gzip]") {
    const auto coded = gzip("hello, hello, hello, world");
    for (std::size_t at = 0; at < coded.size(); ++at) {
        if (at >= 4 && at <= 9) continue;  // time, extra flags, system
        CAPTURE(at);
        auto broken = coded;
        broken[at] = static_cast<char>(broken[at] ^ 0x20);
        CHECK(gunzip(broken).error);
    }
}

TEST_CASE("what precedes an error is handed out first", "[codec][gzip]") {
    auto coded = gzip(sample());
    coded[coded.size() - 6] ^= 1;  // the checksum
    const auto got = gunzip(coded);
    CHECK(got.error == errc::corrupt);
    CHECK(got.text == sample());
    CHECK(gunzip(gzip("abc") + "garbage") == outcome{errc::trailing_garbage, "abc"});
}

TEST_CASE("the length and the header checksum of gzip are verified", "[codec][gzip]") {
    auto wrong_length = gzip("abc");
    wrong_length.back() ^= 1;
    CHECK(gunzip(wrong_length).error == errc::corrupt);

    const auto plain = gzip("abc");
    std::string header("\x1f\x8b\x08\x02\0\0\0\0\0\x03"sv);  // FHCRC
    const auto crc = crc32(0, reinterpret_cast<const Bytef*>(header.data()), 10);
    std::string good = header;
    good += static_cast<char>(crc & 0xff);
    good += static_cast<char>(crc >> 8 & 0xff);
    CHECK(gunzip(good + plain.substr(10)).text == "abc");
    good.back() ^= 1;
    CHECK(gunzip(good + plain.substr(10)).error == errc::corrupt);
}

TEST_CASE("name, comment and extra fields of a gzip header are skipped", "[codec][gzip]") {
    std::string header("\x1f\x8b\x08\x1c\0\0\0\0\0\x03"sv);
    header.append("\x03\0abc"sv).append("name\0comment\0"sv);
    CHECK(gunzip(header + gzip("abc").substr(10)).text == "abc");
}

TEST_CASE("members of gzip follow each other", "[codec][gzip]") {
    CHECK(gunzip(gzip("ab") + gzip("") + gzip("cd")) == outcome{{}, "abcd"});
    const auto cut = gzip("ab") + gzip("cd").substr(0, 5);
    CHECK(gunzip(cut) == outcome{errc::truncated, "ab"});
    CHECK(gunzip(gzip("ab") + "\x1f\x8c").error == errc::corrupt);
    CHECK(gunzip(gzip("ab") + "\x1f").error == errc::truncated);
}

TEST_CASE("gzip may have max_gzip_members members and not one more", "[codec][gzip]") {
    const auto limits = codec::decoding_limits().max_gzip_members(3);
    CHECK(gunzip(gzip("a") + gzip("b") + gzip("c"), limits) == outcome{{}, "abc"});
    CHECK(gunzip(gzip("a") + gzip("b") + gzip("c") + gzip(""), limits) ==
          outcome{errc::too_many_members, "abc"});
    CHECK(gunzip(gzip("a"), codec::decoding_limits().max_gzip_members(0)).error == errc::too_many_members);
}

TEST_CASE("a flood of empty members ends at the default limit", "[codec][gzip]") {
    std::string flood;
    for (int i = 0; i < 1025; ++i) flood += gzip("");
    const auto limits = codec::decoding_limits();
    CHECK(decode_pieces(codec::make_gzip_decoder, flood, 1000, 100, limits).error == errc::too_many_members);
    flood.resize(flood.size() - 20);
    CHECK_FALSE(decode_pieces(codec::make_gzip_decoder, flood, 1000, 100, limits).error);
}

TEST_CASE("zeros after the end are padding, anything else is garbage", "[codec][gzip]") {
    const std::string zeros(600, '\0');
    CHECK(gunzip(gzip("ab") + zeros) == outcome{{}, "ab"});
    CHECK(gunzip(gzip("ab") + zeros + "x").error == errc::trailing_garbage);
    CHECK(gunzip(gzip("ab") + zeros + gzip("cd")).error == errc::trailing_garbage);
    CHECK(gunzip(gzip("ab") + "\r\n").error == errc::trailing_garbage);
    for (const auto kind : {wrapping::zlib, wrapping::raw}) {
        CHECK(undeflate(compress("ab", kind) + zeros) == outcome{{}, "ab"});
        CHECK(undeflate(compress("ab", kind) + "x") == outcome{errc::trailing_garbage, "ab"});
        CHECK(undeflate(compress("ab", kind) + compress("cd", kind)).error == errc::trailing_garbage);
    }
}

TEST_CASE("what is not coded at all is corrupt", "[codec][gzip]") {
    CHECK(gunzip("<html>plain</html>").error == errc::corrupt);
    CHECK(gunzip(compress("zlib", wrapping::zlib)).error == errc::corrupt);
    CHECK(undeflate("<html>plain</html>").error == errc::corrupt);
    CHECK(undeflate(gzip("gzip")).error == errc::corrupt);
    CHECK(undeflate("\x78\xbb\0\0\0\1abc"sv).error == errc::corrupt);  // a preset dictionary
}

TEST_CASE("a stream says when it is complete", "[codec][gzip]") {
    const auto coded = gzip("abc");
    const auto coding = codec::make_gzip_decoder();
    std::vector<char> buffer(100);
    CHECK_FALSE(coding->decode(std::string_view(coded).substr(0, coded.size() - 1), buffer).value().finished);
    CHECK(coding->finish() == errc::truncated);

    const auto again = codec::make_gzip_decoder();
    CHECK(again->decode(coded, buffer).value().finished);
    CHECK_FALSE(again->finish());
}

TEST_CASE("a bomb stops at the ratio, not at its end", "[codec][gzip]") {
    const auto bomb = gzip(std::string(16 * 1024 * 1024, '\0'));  // about 1028:1
    for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}, bomb.size()}) {
        CAPTURE(piece);
        const auto got = decode_pieces(codec::make_gzip_decoder, bomb, piece, 16 * 1024, {});
        CHECK(got.error == errc::ratio_exceeded);
        CHECK(got.text.size() <= 1024 * 1024 + 1000 * bomb.size());
        CHECK(got.text.size() >= 1024 * 1024 - 16 * 1024);
        CHECK(got.text.size() < 2 * 1024 * 1024);
    }
}

TEST_CASE("below the floor any ratio passes", "[codec][gzip]") {
    const auto small = gzip(std::string(1024 * 1024, '\0'));
    CHECK_FALSE(decode_pieces(codec::make_gzip_decoder, small, 1, 1024, {}).error);
    const auto strict = codec::decoding_limits().max_ratio(2).ratio_floor(1000);
    CHECK_FALSE(decode_pieces(codec::make_gzip_decoder, gzip(std::string(1000, 'x')), 1, 1, strict).error);
    CHECK(decode_pieces(codec::make_gzip_decoder, gzip(std::string(1001, 'x')), 1, 1, strict) ==
          outcome{errc::ratio_exceeded, std::string(1000, 'x')});
}

#else

TEST_CASE("without zlib there is no decoder for its codings", "[codec][gzip]") {
    CHECK(codec::make_gzip_decoder() == nullptr);
    CHECK(codec::make_deflate_decoder() == nullptr);
}

#endif
