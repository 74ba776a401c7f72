#include <dragline/codec/content_decoder.hpp>

#include <codec/compress.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace codec = dragline::codec;
namespace features = dragline::features;
using codec::content_decoder;
using codec::errc;

namespace {

struct outcome {
    std::error_code error;
    std::string text;
    bool operator==(const outcome&) const = default;
};

// The same by read(): so many bytes at a time into so small a buffer.
[[maybe_unused]] outcome decode_by_reading(std::string_view coding, std::string_view input,
                                           codec::decoding_limits limits, std::size_t piece) {
    outcome out;
    auto made = content_decoder::make(coding, limits);
    if (!made) return {made.error(), ""};
    std::string room(1 + piece % 61, '\0');
    for (auto given = input.substr(0, piece);;) {
        const auto step = made->read(given, room);
        if (!step) return {step.error(), out.text};
        out.text.append(room, 0, step->produced);
        given.remove_prefix(step->consumed);
        input.remove_prefix(step->consumed);
        if (step->produced != 0) continue;
        REQUIRE(given.empty());
        if (input.empty()) return {made->finish(), out.text};
        given = input.substr(0, piece);
    }
}

[[maybe_unused]] outcome decode(std::string_view coding, std::string_view input,
                                codec::decoding_limits limits = {}, std::size_t piece = 1000) {
    outcome out;
    auto made = content_decoder::make(coding, limits);
    if (!made) return {made.error(), ""};
    const auto sink = [&](std::string_view text) {
        out.text += text;
        return true;
    };
    const auto read = decode_by_reading(coding, input, limits, piece);
    for (; !input.empty() && !out.error; input.remove_prefix(std::min(piece, input.size()))) {
        out.error = made->write(input.substr(0, piece), sink).error();
    }
    if (!out.error) out.error = made->finish();
    CHECK(read.error == out.error);
    if (!out.error) CHECK((read.text == out.text));
    return out;
}

}  // namespace

TEST_CASE("no coding and identity pass bytes through as they are", "[codec][content_decoder]") {
    for (const std::string_view coding : {"", "identity", " , IDENTITY ,", "identity, identity"}) {
        CAPTURE(coding);
        CHECK(content_decoder::make(coding).value().identity());
        CHECK(decode(coding, "abc") == outcome{{}, "abc"});
        CHECK(decode(coding, "") == outcome{{}, ""});
    }
    CHECK(content_decoder().identity());
}

TEST_CASE("unknown codings are refused by name", "[codec][content_decoder]") {
    for (const std::string_view coding :
         {"compress", "gzip;q=1", "none", "utf-8", "identity, foo", "gzip deflate"}) {
        CAPTURE(coding);
        CHECK(content_decoder::make(coding).error() == errc::unknown_coding);
    }
}

TEST_CASE("a sink that stops is not called again", "[codec][content_decoder]") {
    content_decoder decoder;
    int calls = 0;
    const auto sink = [&](std::string_view) { return ++calls < 2; };
    CHECK(decoder.write("a", sink).value() == content_decoder::progress::more);
    CHECK(decoder.write("", sink).value() == content_decoder::progress::more);
    CHECK(decoder.write("b", sink).value() == content_decoder::progress::stopped);
    CHECK(decoder.write("c", sink).value() == content_decoder::progress::stopped);
    CHECK(calls == 2);
}

TEST_CASE("an exception of a sink passes through", "[codec][content_decoder]") {
    content_decoder decoder;
    const auto sink = [](std::string_view) -> bool { throw std::runtime_error("sink"); };
    CHECK_THROWS_AS(decoder.write("a", sink), std::runtime_error);
}

#if DRAGLINE_WITH_ZLIB

using dragline::test::compress;
using dragline::test::gzip;
using dragline::test::wrapping;

TEST_CASE("decodes one coding, in pieces of any size", "[codec][content_decoder]") {
    const std::string text(100'000, 'x');
    for (const std::size_t piece : {1, 7, 100'000}) {
        CAPTURE(piece);
        CHECK(decode("gzip", gzip(text), {}, piece) == outcome{{}, text});
        CHECK(decode("deflate", compress(text, wrapping::raw), {}, piece) == outcome{{}, text});
    }
    CHECK_FALSE(content_decoder::make("gzip").value().identity());
}

TEST_CASE("stacked codings are undone from the last to the first", "[codec][content_decoder]") {
    const auto coded = gzip(compress("hello", wrapping::zlib));
    CHECK(decode("deflate, identity, X-GZIP", coded) == outcome{{}, "hello"});
    CHECK(decode("gzip, deflate", coded).error == errc::corrupt);
}

TEST_CASE("five codings may be stacked and not one more", "[codec][content_decoder]") {
    std::string coded = "hello";
    for (int i = 0; i < 5; ++i) coded = gzip(coded);
    CHECK(decode("gzip,gzip,gzip,gzip,gzip", coded, {}, 1) == outcome{{}, "hello"});
    CHECK(content_decoder::make("gzip,gzip,gzip,gzip,gzip,gzip").error() == errc::too_many_codings);
    CHECK(content_decoder::make("gzip", codec::decoding_limits().max_codings(0)).error() ==
          errc::too_many_codings);
}

TEST_CASE("a body that ends early in any coding is truncated", "[codec][content_decoder]") {
    const auto inner = gzip("hello"), coded = gzip(inner);
    for (std::size_t size = 1; size < coded.size(); ++size) {
        CAPTURE(size);
        CHECK(decode("gzip, gzip", coded.substr(0, size)).error == errc::truncated);
    }
    CHECK(decode("gzip, gzip", gzip(inner.substr(0, inner.size() - 1))).error == errc::truncated);
    CHECK(decode("gzip, gzip", gzip("")).error == errc::truncated);
}

TEST_CASE("a body of no bytes is complete whatever its coding", "[codec][content_decoder]") {
    CHECK(decode("gzip", "") == outcome{{}, ""});
    CHECK(decode("gzip, deflate", "") == outcome{{}, ""});
}

TEST_CASE("an error of a coded body is final, and what came before it is delivered",
          "[codec][content_decoder]") {
    CHECK(decode("gzip", gzip("abc") + "garbage") == outcome{errc::trailing_garbage, "abc"});
    auto decoder = content_decoder::make("gzip").value();
    const auto sink = [](std::string_view) { return true; };
    CHECK(decoder.write("garbage", sink).error() == errc::corrupt);
    CHECK(decoder.write(gzip("abc"), sink).error() == errc::corrupt);
    CHECK(decoder.finish() == errc::corrupt);
}

TEST_CASE("an error behind the last decoded byte shows in the same call", "[codec][content_decoder]") {
    auto coded = gzip("abc");
    coded.back() ^= 1;
    auto decoder = content_decoder::make("gzip").value();
    std::string text;
    const auto sink = [&](std::string_view piece) { return text += piece, true; };
    CHECK(decoder.write(coded, sink).error() == errc::corrupt);
    CHECK(text == "abc");
}

TEST_CASE("a sink can stop a bomb at the byte it wants", "[codec][content_decoder]") {
    auto decoder = content_decoder::make("gzip").value();
    std::size_t room = 500'000;
    const auto sink = [&](std::string_view piece) {
        room -= std::min(room, piece.size());
        return room != 0;
    };
    const auto done = decoder.write(gzip(std::string(64 * 1024 * 1024, '\0')), sink);
    CHECK(done.value() == content_decoder::progress::stopped);
    CHECK(room == 0);
}

TEST_CASE("a bomb of 1028 to 1 trips the alarm past 1 MiB", "[codec][content_decoder]") {
    const auto got = decode("gzip", gzip(std::string(8 * 1024 * 1024, '\0')));
    CHECK(got.error == errc::ratio_exceeded);
    CHECK(got.text.size() <= 1100 * 1024);
}

TEST_CASE("stacked bombs do not multiply their ratios", "[codec][content_decoder]") {
    // Each layer alone stays below 1000:1; together they make 100,000:1.
    const auto limits = codec::decoding_limits().ratio_floor(64 * 1024);
    std::string layer;
    for (int i = 0; i < 200; ++i) layer += gzip(std::string(50 * 1024, 'x'));
    const auto coded = gzip(layer);
    REQUIRE(coded.size() * 1000 < 200 * 50 * 1024);
    REQUIRE(coded.size() * 1000 > layer.size());
    const auto got = decode("gzip, gzip", coded, limits);
    CHECK(got.error == errc::ratio_exceeded);
    CHECK(got.text.size() <= std::max<std::size_t>(64 * 1024, 1000 * coded.size()));
}

TEST_CASE("a content decoder can be moved between writes", "[codec][content_decoder]") {
    const auto coded = gzip("hello");
    std::string text;
    const auto sink = [&](std::string_view piece) { return text += piece, true; };
    auto first = content_decoder::make("gzip").value();
    REQUIRE(first.write(coded.substr(0, 12), sink));
    content_decoder second = std::move(first);
    REQUIRE(second.write(coded.substr(12), sink));
    CHECK_FALSE(second.finish());
    CHECK(text == "hello");
}

#endif

#if DRAGLINE_WITH_BROTLI && DRAGLINE_WITH_ZSTD

using dragline::test::brotli;
using dragline::test::zstd;

TEST_CASE("br and zstd are decoded, in pieces of any size", "[codec][content_decoder]") {
    const std::string text(100'000, 'x');
    for (const std::size_t piece : {1, 7, 100'000}) {
        CAPTURE(piece);
        CHECK((decode("br", brotli(text), {}, piece) == outcome{{}, text}));
        CHECK((decode("zstd", zstd(text), {}, piece) == outcome{{}, text}));
        CHECK((decode("BR, identity, Zstd", zstd(brotli(text)), {}, piece) == outcome{{}, text}));
    }
    CHECK(decode("br", "") == outcome{{}, ""});
    CHECK(decode("zstd", "") == outcome{{}, ""});
}

TEST_CASE("br and zstd that end early in any place are truncated", "[codec][content_decoder]") {
    const auto coded = zstd(brotli("hello"));
    for (std::size_t size = 1; size < coded.size(); ++size) {
        CAPTURE(size);
        CHECK(decode("br, zstd", coded.substr(0, size)).error == errc::truncated);
    }
    CHECK(decode("zstd, br", brotli(zstd("hello").substr(0, 9))).error == errc::truncated);
}

TEST_CASE("a sink can stop a bomb in br and zstd at the byte it wants", "[codec][content_decoder]") {
    const std::string zeros(64 * 1024 * 1024, '\0');
    for (const auto& [coding, bomb] : {std::pair("br", brotli(zeros)), std::pair("zstd", zstd(zeros))}) {
        CAPTURE(coding);
        auto decoder = content_decoder::make(coding).value();
        std::size_t room = 500'000;
        const auto sink = [&](std::string_view piece) {
            room -= std::min(room, piece.size());
            return room != 0;
        };
        CHECK(decoder.write(bomb, sink).value() == content_decoder::progress::stopped);
        CHECK(room == 0);
        CHECK(decode(coding, bomb).error == errc::ratio_exceeded);
    }
}

TEST_CASE("stacked bombs of br and zstd do not multiply their ratios", "[codec][content_decoder]") {
    // Each layer alone stays below 1000:1; together they are far above.
    const auto limits = codec::decoding_limits().ratio_floor(64 * 1024);
    std::string layer;
    for (int i = 0; i < 200; ++i) layer += zstd(std::string(5 * 1024, 'x'));
    const auto coded = brotli(layer);
    REQUIRE(layer.size() * 1000 > 200 * 5 * 1024);
    REQUIRE(coded.size() * 1000 > layer.size());
    REQUIRE(coded.size() * 1000 < 200 * 5 * 1024);
    const auto got = decode("zstd, br", coded, limits);
    CHECK(got.error == errc::ratio_exceeded);
    CHECK(got.text.size() <= std::max<std::size_t>(64 * 1024, 1000 * coded.size()));
}

#if DRAGLINE_WITH_ZLIB

TEST_CASE("five codings of all kinds may be stacked", "[codec][content_decoder]") {
    const auto text = std::string(10'000, 'x') + "hello";
    const auto coded = compress(zstd(brotli(compress(gzip(text), wrapping::raw))), wrapping::zlib);
    const std::string_view codings = "gzip, deflate, br, zstd, deflate";
    for (const std::size_t piece : {1, 1000}) {
        CHECK((decode(codings, coded, {}, piece) == outcome{{}, text}));
        CHECK(decode(codings, coded.substr(0, coded.size() - 1), {}, piece).error == errc::truncated);
    }
    CHECK(content_decoder::make("br, zstd, br, zstd, br, zstd").error() == errc::too_many_codings);
}

#endif
#endif

TEST_CASE("codings that this build does not have are unknown", "[codec][content_decoder]") {
    const auto known = [](std::string_view coding) {
        return content_decoder::make(coding).error() != errc::unknown_coding;
    };
    CHECK(known("gzip") == features::zlib);
    CHECK(known("deflate") == features::zlib);
    CHECK(known("br") == features::brotli);
    CHECK(known("zstd") == features::zstd);
}
