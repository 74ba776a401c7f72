#include <dragline/codec/limits.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <limits>

using dragline::codec::decoding_limits;

TEST_CASE("decoding limits have the documented defaults and are set in a chain", "[codec][limits]") {
    const decoding_limits defaults;
    CHECK(defaults.max_ratio() == 1000);
    CHECK(defaults.ratio_floor() == 1024 * 1024);
    CHECK(defaults.max_codings() == 5);
    CHECK(defaults.max_gzip_members() == 1024);
    CHECK(defaults.max_zstd_frames() == 1024);
    CHECK(defaults.max_zstd_window() == 8 * 1024 * 1024);
    const auto own = decoding_limits()
                         .max_ratio(1)
                         .ratio_floor(2)
                         .max_codings(3)
                         .max_gzip_members(4)
                         .max_zstd_frames(5)
                         .max_zstd_window(6);
    CHECK(own.max_ratio() == 1);
    CHECK(own.ratio_floor() == 2);
    CHECK(own.max_codings() == 3);
    CHECK(own.max_gzip_members() == 4);
    CHECK(own.max_zstd_frames() == 5);
    CHECK(own.max_zstd_window() == 6);
}

TEST_CASE("the ratio counts past the floor, up to the limit and not one byte more", "[codec][limits]") {
    const auto limits = decoding_limits().max_ratio(10).ratio_floor(100);
    CHECK(limits.allows(0, 100));
    CHECK_FALSE(limits.allows(0, 101));
    CHECK(limits.allows(11, 110));
    CHECK_FALSE(limits.allows(11, 111));
}

TEST_CASE("the ratio does not overflow, and 0 allows the floor alone", "[codec][limits]") {
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    CHECK(decoding_limits().max_ratio(most).allows(1, most));
    CHECK(decoding_limits().allows(most, most));
    CHECK_FALSE(decoding_limits().allows(1, most));
    CHECK(decoding_limits().max_ratio(0).ratio_floor(5).allows(most, 5));
    CHECK_FALSE(decoding_limits().max_ratio(0).ratio_floor(5).allows(most, 6));
}
