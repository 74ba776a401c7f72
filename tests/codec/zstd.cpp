#include <dragline/codec/zstd.hpp>

#include <codec/compress.hpp>
#include <codec/decode.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace codec = dragline::codec;

#if DRAGLINE_WITH_ZSTD

using codec::decoding_limits;
using codec::errc;
using dragline::test::decode_corrupt;
using dragline::test::decode_pieces;
using dragline::test::noise;
using dragline::test::outcome;
using dragline::test::sample;
using dragline::test::zstd;
using dragline::test::zstd_frame;
using namespace std::string_view_literals;

namespace {

constexpr auto magic = "\x28\xb5\x2f\xfd"sv;

outcome unzstd(std::string_view input, decoding_limits limits = {}) {
    return dragline::test::decode(codec::make_zstd_decoder, input, limits);
}

outcome unzstd_pieces(std::string_view input, std::size_t piece, std::size_t room,
                      decoding_limits limits = {}) {
    return decode_pieces(codec::make_zstd_decoder, input, piece, room, limits);
}

std::string frame(std::string_view rest) { return std::string(magic).append(rest); }

std::string skippable(std::string_view content, char kind = '\x50') {
    std::string out{kind, '\x2a', '\x4d', '\x18'};
    for (int i = 0; i < 4; ++i) out += static_cast<char>(content.size() >> 8 * i & 0xff);
    return out.append(content);
}

}  // namespace

TEST_CASE("decodes zstd at every level, with and without checksum and length", "[codec][zstd]") {
    for (const int level : {-5, 3, 19}) {
        for (const bool extras : {false, true}) {
            for (const auto& text : {std::string(), std::string("x"), sample(), noise(5000)}) {
                CAPTURE(level, extras, text.size());
                const zstd_frame how{.level = level, .checksum = extras, .length = extras};
                CHECK((unzstd(zstd(text, how)) == outcome{{}, text}));
            }
        }
    }
}

TEST_CASE("decodes zstd that was made by hand", "[codec][zstd]") {
    CHECK(unzstd(frame("\x20\x00\x01\x00\x00"sv)) == outcome{{}, ""});  // one raw block of nothing
    CHECK(unzstd(frame("\x20\x03\x19\x00\x00"sv
                       "abc")) == outcome{{}, "abc"});                        // a raw block
    CHECK(unzstd(frame("\x20\x05\x2b\x00\x00x"sv)) == outcome{{}, "xxxxx"});  // a run
    CHECK(unzstd(frame("\x00\x58\x18\x00\x00"sv
                       "abc\x13\x00\x00y"sv)) == outcome{{}, "abcyy"});
}

TEST_CASE("a large body in zstd passes through small buffers", "[codec][zstd]") {
    const auto text = noise(500'000) + std::string(500'000, 'x') + sample();
    const auto coded = zstd(text, {.window = 23, .length = false});
    for (const std::size_t piece : {std::size_t{100}, coded.size()}) {
        for (const std::size_t room : {100, 16 * 1024, 1'000'000}) {
            CAPTURE(piece, room);
            CHECK((unzstd_pieces(coded, piece, room) == outcome{{}, text}));
        }
    }
}

TEST_CASE("zstd cut at any byte is truncated", "[codec][zstd]") {
    const std::string text = "hello, hello, hello, world";
    for (const bool length : {false, true}) {
        const auto coded = skippable("...") + zstd(text, {.length = length});
        for (std::size_t size = 0; size < coded.size(); ++size) {
            if (size == 11) continue;  // a frame that is skipped is a stream of nothing
            CAPTURE(length, size);
            const auto got = unzstd(std::string_view(coded).substr(0, size));
            CHECK(got.error == errc::truncated);
            CHECK(text.starts_with(got.text));
        }
    }
}

TEST_CASE("frames of zstd follow each other", "[codec][zstd]") {
    const auto unsized = zstd("cd", {.checksum = false, .length = false});
    CHECK(unzstd(zstd("ab") + zstd("") + unsized) == outcome{{}, "abcd"});
    CHECK(unzstd(zstd("ab") + zstd("cd").substr(0, 7)) == outcome{errc::truncated, "ab"});
    CHECK(unzstd(zstd("ab") + std::string(magic.substr(0, 2))) == outcome{errc::truncated, "ab"});
}

TEST_CASE("skippable frames are skipped, wherever they stand", "[codec][zstd]") {
    for (char kind = '\x50'; kind <= '\x5f'; ++kind) {
        CAPTURE(kind);
        CHECK(unzstd(skippable("skip me", kind) + zstd("ab")) == outcome{{}, "ab"});
    }
    CHECK(unzstd(zstd("ab") + skippable("") + zstd("cd") + skippable(noise(300))) == outcome{{}, "abcd"});
    CHECK(unzstd(skippable("")) == outcome{{}, ""});
    CHECK(unzstd(skippable("only")) == outcome{{}, ""});
    CHECK(unzstd(skippable("only").substr(0, 11)).error == errc::truncated);
    const auto longest = "\x50\x2a\x4d\x18\xff\xff\xff\xff"sv;
    CHECK(unzstd(std::string(longest) + "...").error == errc::truncated);
}

TEST_CASE("zstd may have max_zstd_frames frames and not one more", "[codec][zstd]") {
    const auto limits = decoding_limits().max_zstd_frames(3);
    CHECK(unzstd(zstd("a") + skippable("x") + zstd("c"), limits) == outcome{{}, "ac"});
    CHECK(unzstd(zstd("a") + skippable("x") + zstd("c") + zstd(""), limits) ==
          outcome{errc::too_many_members, "ac"});
    CHECK(unzstd(zstd("a") + zstd("b") + zstd("c") + skippable(""), limits) ==
          outcome{errc::too_many_members, "abc"});
    CHECK(unzstd(zstd("a"), decoding_limits().max_zstd_frames(0)).error == errc::too_many_members);
}

TEST_CASE("a flood of empty frames ends at the default limit", "[codec][zstd]") {
    std::string flood;
    for (int i = 0; i < 1025; ++i) flood += skippable("");
    CHECK(unzstd_pieces(flood, 1000, 100).error == errc::too_many_members);
    flood.resize(flood.size() - skippable("").size());
    CHECK_FALSE(unzstd_pieces(flood, 1000, 100).error);
}

TEST_CASE("a window of 8 MiB is decoded and a larger one is not", "[codec][zstd]") {
    const zstd_frame fits{.window = 23, .length = false}, larger{.window = 24, .length = false};
    CHECK((unzstd(zstd(sample(), fits)) == outcome{{}, sample()}));
    CHECK(unzstd(zstd(sample(), larger)) == outcome{errc::window_too_large, ""});
    const auto wide = decoding_limits().max_zstd_window(16 * 1024 * 1024);
    CHECK((unzstd(zstd(sample(), larger), wide) == outcome{{}, sample()}));

    // Ten bits are the base, and eighths are added to it.
    CHECK(unzstd(frame("\x00\x68\x01\x00\x00"sv)) == outcome{{}, ""});
    CHECK(unzstd(frame("\x00\x69\x01\x00\x00"sv)).error == errc::window_too_large);
    CHECK(unzstd(frame("\x00\xff\x01\x00\x00"sv)).error == errc::window_too_large);
}

TEST_CASE("the length of a frame in one segment is its window", "[codec][zstd]") {
    CHECK(unzstd(frame("\xa0\x00\x00\x80\x00"sv)).error == errc::truncated);         // 8 MiB
    CHECK(unzstd(frame("\xa0\x01\x00\x80\x00"sv)).error == errc::window_too_large);  // and a byte
    CHECK(unzstd(frame("\xe0\xff\xff\xff\xff\xff\xff\xff\xff"sv)).error == errc::window_too_large);
    const auto small = decoding_limits().max_zstd_window(2048);
    CHECK(unzstd(frame("\x60\x00\x07"sv), small).error == errc::truncated);  // 0x700 + 256 = 2048
    CHECK(unzstd(frame("\x60\x01\x07"sv), small).error == errc::window_too_large);
}

TEST_CASE("the limit of the window is rounded down, to 1 KiB at least", "[codec][zstd]") {
    const auto one_kilobyte = frame("\x00\x00\x01\x00\x00"sv), two = frame("\x00\x08\x01\x00\x00"sv);
    for (const std::uint64_t limit : {0, 1, 1024, 2047}) {
        CAPTURE(limit);
        CHECK_FALSE(unzstd(one_kilobyte, decoding_limits().max_zstd_window(limit)).error);
        CHECK(unzstd(two, decoding_limits().max_zstd_window(limit)).error == errc::window_too_large);
    }
    CHECK_FALSE(unzstd(two, decoding_limits().max_zstd_window(2048)).error);
    CHECK_FALSE(unzstd(two, decoding_limits().max_zstd_window(~std::uint64_t{0})).error);
}

TEST_CASE("whatever follows zstd is garbage, and what precedes it is handed out", "[codec][zstd]") {
    for (const auto& garbage : {std::string("x"), std::string(600, '\0'), std::string("\r\n"),
                                std::string("\x28\xb5\x2f\xfc"), std::string("\x50\x2a\x4d\x19")}) {
        CAPTURE(garbage);
        CHECK((unzstd(zstd(sample()) + garbage) == outcome{errc::trailing_garbage, sample()}));
        CHECK(unzstd(skippable("x") + garbage) == outcome{errc::trailing_garbage, ""});
    }
}

TEST_CASE("what is no zstd is corrupt", "[codec][zstd]") {
    CHECK(unzstd("<html>plain</html>").error == errc::corrupt);
    CHECK(unzstd("\x28\xb5\x2f\xfc").error == errc::corrupt);
    CHECK(unzstd("\x1f\x8b\x08").error == errc::corrupt);
    CHECK(unzstd("\x37\xa4\x30\xec"sv).error == errc::corrupt);                      // a dictionary
    CHECK(unzstd("\x25\xb5\x2f\xfd\x00\x00\x00\x00\x00"sv).error == errc::corrupt);  // the format of 2015
    CHECK(unzstd(frame("\x28\x00"sv)).error == errc::corrupt);                       // a reserved bit
    CHECK(unzstd(frame("\x21\x07\x00\x01\x00\x00"sv)).error == errc::corrupt);       // a dictionary is needed
    CHECK(unzstd(frame("\x20\x00\x07\x00\x00"sv)).error == errc::corrupt);  // a reserved kind of block
    // Shorter and longer than it says.
    for (const auto rest : {"\x20\x04\x19\x00\x00"sv, "\x20\x02\x19\x00\x00"sv}) {
        CHECK(decode_corrupt(codec::make_zstd_decoder, frame(rest) + "abc") == errc::corrupt);
    }
}

TEST_CASE("the checksum of zstd is verified, after what precedes it", "[codec][zstd]") {
    auto coded = zstd(sample());
    coded.back() = static_cast<char>(coded.back() ^ 1);
    CHECK((unzstd(coded) == outcome{errc::corrupt, sample()}));
}

TEST_CASE("the blocks before a corrupt one are handed out", "[codec][zstd]") {
    const auto blocks =
        "\x00\x58\x18\x00\x00"sv
        "abc\x10\x00\x00"sv
        "de"sv;
    CHECK(unzstd(frame(blocks).append("\x07\x00\x00"sv)) == outcome{errc::corrupt, "abcde"});
    auto flipped = zstd(noise(200'000), {.checksum = false});
    flipped[131'072 + 12] = '\xff';  // the header of the second block
    CHECK((unzstd_pieces(flipped, flipped.size(), 300'000) == outcome{errc::corrupt, noise(131'072)}));
    CHECK((unzstd_pieces(flipped, 1000, 1000) == outcome{errc::corrupt, noise(131'072)}));
}

TEST_CASE("zstd says when it is complete, and that it stays so", "[codec][zstd]") {
    const auto coded = zstd("abc");
    const auto coding = codec::make_zstd_decoder();
    std::vector<char> buffer(100);
    CHECK_FALSE(coding->decode(std::string_view(coded).substr(0, coded.size() - 1), buffer).value().finished);
    CHECK(coding->finish() == errc::truncated);

    const auto again = codec::make_zstd_decoder();
    CHECK(again->decode(coded, buffer).value().finished);
    for (int i = 0; i < 100; ++i) CHECK(again->decode("", buffer).value().finished);
    CHECK_FALSE(again->decode(magic, buffer).value().finished);
    CHECK(again->finish() == errc::truncated);
}

TEST_CASE("a decoder that is asked again and again without input does not mind", "[codec][zstd]") {
    const auto coded = zstd("abcdef");
    const auto coding = codec::make_zstd_decoder();
    std::vector<char> buffer(100);
    std::string text;
    for (const char& byte : coded) {
        for (int i = 0; i < 50; ++i) CHECK(coding->decode("", buffer).value().produced == 0);
        const auto step = coding->decode({&byte, 1}, buffer).value();
        CHECK(step.consumed == 1);
        text.append(buffer.data(), step.produced);
    }
    CHECK(text == "abcdef");
    CHECK_FALSE(coding->finish());
}

TEST_CASE("a bomb in zstd stops at the ratio, not at its end", "[codec][zstd]") {
    const auto bomb = zstd(std::string(64 * 1024 * 1024, '\0'));
    REQUIRE(bomb.size() < 10'000);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{100}, bomb.size()}) {
        CAPTURE(piece);
        const auto got = unzstd_pieces(bomb, piece, 16 * 1024);
        CHECK(got.error == errc::ratio_exceeded);
        CHECK(got.text.size() <= 1024 * 1024);
        CHECK(got.text.size() >= 1024 * 1024 - 16 * 1024);
    }
}

TEST_CASE("below the floor zstd may have any ratio", "[codec][zstd]") {
    CHECK_FALSE(unzstd_pieces(zstd(std::string(1024 * 1024, '\0')), 1, 1024).error);
    const auto strict = decoding_limits().max_ratio(2).ratio_floor(1000);
    CHECK(unzstd(zstd(std::string(1000, 'x')), strict) == outcome{{}, std::string(1000, 'x')});
    CHECK(unzstd_pieces(zstd(std::string(1001, 'x')), 1, 1, strict) ==
          outcome{errc::ratio_exceeded, std::string(1000, 'x')});
}

#else

TEST_CASE("without libzstd there is no decoder for zstd", "[codec][zstd]") {
    CHECK(codec::make_zstd_decoder() == nullptr);
}

#endif
