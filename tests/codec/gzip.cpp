#include <dragline/codec/gzip.hpp>

#include <codec/compress.hpp>
#include <codec/decode.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace codec = dragline::codec;

#if DRAGLINE_WITH_ZLIB

using codec::errc;
using dragline::test::compress;
using dragline::test::decode;
using dragline::test::decode_pieces;
using dragline::test::gzip;
using dragline::test::outcome;
using dragline::test::sample;
using dragline::test::wrapping;
using namespace std::string_view_literals;

namespace {

outcome gunzip(std::string_view input, codec::decoding_limits limits = {}) {
    return decode(codec::make_gzip_decoder, input, limits);
}
outcome undeflate(std::string_view input) { return decode(codec::make_deflate_decoder, input); }

outcome gunzip_whole(std::string_view input) {
    return decode_pieces(codec::make_gzip_decoder, input, input.size() + 1, 4096, {});
}

std::string encode_pieces(std::string_view text, std::size_t piece, std::size_t room) {
    codec::gzip_encoder encoder;
    std::vector<char> buffer(room);
    std::string coded;
    while (!text.empty()) {
        auto now = text.substr(0, piece);
        text.remove_prefix(now.size());
        while (!now.empty()) {
            const auto step = encoder.encode(now, buffer).value();
            CHECK_FALSE(step.finished);
            coded.append(buffer.data(), step.produced);
            now.remove_prefix(step.consumed);
        }
    }
    for (bool finished = false; !finished;) {
        const auto step = encoder.finish(buffer).value();
        coded.append(buffer.data(), step.produced);
        finished = step.finished;
    }
    return coded;
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

TEST_CASE("gzip that is encoded in pieces, into buffers of any size, decodes to the same", "[codec][gzip]") {
    for (const auto& text : {std::string(), std::string("x"), sample(), dragline::test::noise(100'000)}) {
        for (const std::size_t piece :
             {std::size_t{1}, std::size_t{100}, std::size_t{70'000}, text.size() + 1}) {
            for (const std::size_t room : {1, 5, 1000, 100'000}) {
                if (text.size() > 10'000 && (piece == 1 || room < 1000)) continue;  // slow, and shows no more
                CAPTURE(text.size(), piece, room);
                CHECK((gunzip_whole(encode_pieces(text, piece, room)) == outcome{{}, text}));
            }
        }
    }
}

TEST_CASE("every level encodes, and a higher one makes no more bytes", "[codec][gzip]") {
    const auto text = sample();
    std::size_t before = 2 * text.size();
    for (int level = 0; level <= 9; ++level) {
        CAPTURE(level);
        const auto coded = codec::encode_gzip(text, level).value();
        CHECK((gunzip_whole(coded) == outcome{{}, text}));
        CHECK((coded.size() < text.size()) == (level != 0));
        if (level == 0 || level == 1 || level == 9) CHECK(coded.size() < std::exchange(before, coded.size()));
    }
}

TEST_CASE("a level that does not exist is an invalid option", "[codec][gzip]") {
    std::vector<char> out(100);
    for (const int level : {-1, 10}) {
        CHECK(codec::encode_gzip("x", level).error() == dragline::errc::invalid_option);
        CHECK(codec::gzip_encoder(level).encode("x", out).error() == dragline::errc::invalid_option);
        CHECK(codec::gzip_encoder(level).finish(out).error() == dragline::errc::invalid_option);
    }
}

TEST_CASE("equal content gives equal gzip: no time, no name", "[codec][gzip]") {
    const auto coded = codec::encode_gzip("hello").value();
    CHECK(coded == codec::encode_gzip("hello").value());
    CHECK(coded.substr(0, 8) == "\x1f\x8b\x08\0\0\0\0\0"sv);
}

TEST_CASE("what does not compress grows by little", "[codec][gzip]") {
    const auto noise = dragline::test::noise(1'000'000);
    const auto coded = codec::encode_gzip(noise).value();
    CHECK(coded.size() < noise.size() + noise.size() / 1000 + 100);
    CHECK((gunzip_whole(coded) == outcome{{}, noise}));
}

TEST_CASE("an encoder that has finished says so again, and takes no more", "[codec][gzip]") {
    codec::gzip_encoder encoder;
    std::vector<char> out(100);
    const auto first = encoder.encode("abc", out).value();
    CHECK(first.consumed == 3);
    std::string coded(out.data(), first.produced);
    auto moved = std::move(encoder);
    const auto last = moved.finish(out).value();
    CHECK(last.finished);
    CHECK(gunzip_whole(coded.append(out.data(), last.produced)) == outcome{{}, "abc"});
    const auto again = moved.finish(out).value();
    CHECK(again.finished);
    CHECK(again.produced == 0);
    CHECK_THROWS_AS(moved.encode("d", out), std::logic_error);
}

#else

TEST_CASE("without zlib nothing is encoded as gzip", "[codec][gzip]") {
    std::array<char, 10> out{};
    CHECK(codec::encode_gzip("x").error() == dragline::errc::not_supported);
    CHECK(codec::gzip_encoder().encode("x", out).error() == dragline::errc::not_supported);
    CHECK(codec::gzip_encoder().finish(out).error() == dragline::errc::not_supported);
}

TEST_CASE("without zlib there is no decoder for its codings", "[codec][gzip]") {
    CHECK(codec::make_gzip_decoder() == nullptr);
    CHECK(codec::make_deflate_decoder() == nullptr);
}

#endif
