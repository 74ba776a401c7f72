#include <dragline/codec/brotli.hpp>

#include <codec/compress.hpp>
#include <codec/decode.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace codec = dragline::codec;

#if DRAGLINE_WITH_BROTLI

using codec::errc;
using dragline::test::brotli;
using dragline::test::decode_corrupt;
using dragline::test::decode_pieces;
using dragline::test::noise;
using dragline::test::outcome;
using dragline::test::sample;
using namespace std::string_view_literals;

namespace {

outcome unbrotli(std::string_view input, codec::decoding_limits limits = {}) {
    return dragline::test::decode(codec::make_brotli_decoder, input, limits);
}

outcome unbrotli_pieces(std::string_view input, std::size_t piece, std::size_t room,
                        codec::decoding_limits limits = {}) {
    return decode_pieces(codec::make_brotli_decoder, input, piece, room, limits);
}

}  // namespace

TEST_CASE("decodes br at every quality and window", "[codec][brotli]") {
    for (const int quality : {0, 1, 5, 11}) {
        for (const int window : {10, 18, 24}) {
            for (const auto& text : {std::string(), std::string("x"), sample(), noise(5000)}) {
                CAPTURE(quality, window, text.size());
                CHECK((unbrotli(brotli(text, quality, window)) == outcome{{}, text}));
            }
        }
    }
}

TEST_CASE("decodes br that was made by hand", "[codec][brotli]") {
    CHECK(unbrotli("\x06"sv) == outcome{{}, ""});                        // nothing, the shortest way
    CHECK(unbrotli("\x0b\x02\x80hello\x03"sv) == outcome{{}, "hello"});  // not compressed
    CHECK(unbrotli("\x0b\x02\x80hello\x96\x00xyz\x03"sv) == outcome{{}, "hello"});  // with metadata
}

TEST_CASE("a large body in br passes through small buffers", "[codec][brotli]") {
    const auto text = noise(1'000'000) + std::string(1'000'000, 'x') + sample();
    const auto coded = brotli(text, 5, 24);
    for (const std::size_t piece : {std::size_t{1000}, coded.size()}) {
        for (const std::size_t room : {100, 16 * 1024}) {
            CAPTURE(piece, room);
            CHECK((unbrotli_pieces(coded, piece, room) == outcome{{}, text}));
        }
    }
}

TEST_CASE("br cut at any byte is truncated", "[codec][brotli]") {
    const std::string text = "hello, hello, hello, world";
    const auto coded = brotli(text);
    for (std::size_t size = 0; size < coded.size(); ++size) {
        CAPTURE(size);
        const auto got = unbrotli(std::string_view(coded).substr(0, size));
        CHECK(got.error == errc::truncated);
        CHECK(text.starts_with(got.text));
    }
}

TEST_CASE("whatever follows br is garbage, and what precedes it is handed out", "[codec][brotli]") {
    const auto coded = brotli(sample());
    for (const auto& garbage : {std::string("x"), std::string(1, '\0'), std::string(600, '\0'),
                                std::string("\r\n"), coded, brotli("")}) {
        CAPTURE(garbage.size());
        CHECK((unbrotli(coded + garbage) == outcome{errc::trailing_garbage, sample()}));
    }
}

TEST_CASE("what is no br is corrupt", "[codec][brotli]") {
    CHECK(decode_corrupt(codec::make_brotli_decoder, "\x11"sv) == errc::corrupt);  // a reserved window
    CHECK(decode_corrupt(codec::make_brotli_decoder, std::string(100, '\xff')) == errc::corrupt);
    CHECK(decode_corrupt(codec::make_brotli_decoder, "\x28\xb5\x2f\xfd\x04\x00\x01\x00\x00") ==
          errc::corrupt);
    auto broken = brotli(sample());
    broken[broken.size() / 2] = static_cast<char>(broken[broken.size() / 2] ^ 0x55);
    CHECK(decode_corrupt(codec::make_brotli_decoder, broken));
}

TEST_CASE("a large window is no br", "[codec][brotli]") {
    CHECK(unbrotli(brotli(sample(), 9, 24)) == outcome{{}, sample()});
    CHECK(unbrotli(brotli(sample(), 9, 25)) == outcome{errc::corrupt, ""});
}

TEST_CASE("br says when it is complete, and that it stays so", "[codec][brotli]") {
    const auto coded = brotli("abc");
    const auto coding = codec::make_brotli_decoder();
    std::vector<char> buffer(100);
    CHECK_FALSE(coding->decode(std::string_view(coded).substr(0, coded.size() - 1), buffer).value().finished);
    CHECK(coding->finish() == errc::truncated);

    const auto again = codec::make_brotli_decoder();
    CHECK(again->decode(coded, buffer).value().finished);
    CHECK(again->decode("", buffer).value().finished);
    CHECK_FALSE(again->finish());
}

TEST_CASE("br is not complete as long as there is output left", "[codec][brotli]") {
    const auto coding = codec::make_brotli_decoder();
    std::vector<char> buffer(3);
    std::string_view input;
    const auto coded = brotli("abcdef");
    const auto first = coding->decode(coded, buffer).value();
    CHECK(first.produced == 3);
    CHECK_FALSE(first.finished);
    input = std::string_view(coded).substr(first.consumed);
    const auto second = coding->decode(input, buffer).value();
    CHECK(std::string(buffer.data(), second.produced) == "def");
    CHECK(coding->decode(input.substr(second.consumed), buffer).value().finished);
}

TEST_CASE("a bomb in br stops at the ratio, not at its end", "[codec][brotli]") {
    const auto bomb = brotli(std::string(64 * 1024 * 1024, '\0'));
    REQUIRE(bomb.size() < 1000);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{100}, bomb.size()}) {
        CAPTURE(piece);
        const auto got = unbrotli_pieces(bomb, piece, 16 * 1024);
        CHECK(got.error == errc::ratio_exceeded);
        CHECK(got.text.size() <= 1024 * 1024);
        CHECK(got.text.size() >= 1024 * 1024 - 16 * 1024);
    }
}

TEST_CASE("below the floor br may have any ratio", "[codec][brotli]") {
    CHECK_FALSE(unbrotli_pieces(brotli(std::string(1024 * 1024, '\0')), 1, 1024).error);
    const auto strict = codec::decoding_limits().max_ratio(2).ratio_floor(1000);
    CHECK(unbrotli(brotli(std::string(1000, 'x')), strict) == outcome{{}, std::string(1000, 'x')});
    CHECK(unbrotli_pieces(brotli(std::string(1001, 'x')), 1, 1, strict) ==
          outcome{errc::ratio_exceeded, std::string(1000, 'x')});
}

#else

TEST_CASE("without brotli there is no decoder for br", "[codec][brotli]") {
    CHECK(codec::make_brotli_decoder() == nullptr);
}

#endif
