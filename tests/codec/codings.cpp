#include <dragline/codec/codings.hpp>

#include <catch2/catch_test_macros.hpp>

#include <dragline/core/ascii.hpp>

#include <array>
#include <string>
#include <string_view>

namespace codec = dragline::codec;
namespace features = dragline::features;

TEST_CASE("codings are found by name, whatever its case", "[codec][codings]") {
    for (const std::string_view name : {"gzip", "GZip", "x-gzip", "deflate", "DEFLATE"}) {
        CAPTURE(name);
        CHECK((codec::make_decoder(name) != nullptr) == features::zlib);
    }
    for (const std::string_view name : {"br", "BR"}) {
        CHECK((codec::make_decoder(name) != nullptr) == features::brotli);
    }
    for (const std::string_view name : {"zstd", "ZStd"}) {
        CHECK((codec::make_decoder(name) != nullptr) == features::zstd);
    }
    CHECK(codec::make_decoder("Identity") != nullptr);
}

TEST_CASE("an unknown coding has no decoder", "[codec][codings]") {
    for (const std::string_view name :
         {"", "compress", "gzip ", "gzip;q=1", "x-deflate", "*", "x-br", "brotli", "dcb", "dcz", "zst"}) {
        CAPTURE(name);
        CHECK(codec::make_decoder(name) == nullptr);
    }
}

TEST_CASE("only what is built in is advertised, and all of it decodes", "[codec][codings]") {
    std::string expected;
    const auto expect = [&](bool built_in, std::string_view name) {
        if (built_in) expected.append(expected.empty() ? "" : ", ").append(name);
    };
    expect(features::zstd, "zstd");
    expect(features::brotli, "br");
    expect(features::zlib, "gzip");
    expect(features::zlib, "deflate");
    CHECK(codec::accept_encoding() == expected);
    dragline::ascii::for_each_item(codec::accept_encoding(), ',', [](std::string_view name) {
        CAPTURE(name);
        CHECK(codec::make_decoder(name) != nullptr);
    });
}

TEST_CASE("identity copies as much as fits", "[codec][codings]") {
    const auto coding = codec::make_decoder("identity");
    std::array<char, 4> out{};
    const auto step = coding->decode("abcdef", out).value();
    CHECK(step.consumed == 4);
    CHECK(std::string(out.data(), step.produced) == "abcd");
    CHECK(step.finished);
    CHECK_FALSE(coding->finish());
}
