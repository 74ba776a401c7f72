#include <dragline/h1/limits.hpp>

#include <catch2/catch_test_macros.hpp>

namespace h1 = dragline::h1;

TEST_CASE("head limits have the documented defaults", "[h1][limits]") {
    const h1::head_limits limits;
    CHECK(limits.max_size() == 256 * 1024);
    CHECK(limits.max_fields() == 1000);
    CHECK(limits.max_line() == 32 * 1024);
}

TEST_CASE("limits are set in a chain", "[h1][limits]") {
    const auto head = h1::head_limits().max_size(1).max_fields(2).max_line(3);
    CHECK(head.max_size() == 1);
    CHECK(head.max_fields() == 2);
    CHECK(head.max_line() == 3);
    const auto chunked =
        h1::chunked_limits().max_extension(1).max_extension_total(2).max_trailer_size(3).max_trailers(4);
    CHECK(chunked.max_extension() == 1);
    CHECK(chunked.max_extension_total() == 2);
    CHECK(chunked.max_trailer_size() == 3);
    CHECK(chunked.max_trailers() == 4);
}
