#include <dragline/core/features.hpp>

#include <catch2/catch_test_macros.hpp>

#define DRAGLINE_IS_BOOLEAN(macro) ((macro) == 0 || (macro) == 1)

TEST_CASE("each optional library is a macro of 0 or 1, and a constant that says the same",
          "[core][features]") {
    namespace features = dragline::features;
    STATIC_REQUIRE(DRAGLINE_IS_BOOLEAN(DRAGLINE_WITH_ZLIB));
    STATIC_REQUIRE(DRAGLINE_IS_BOOLEAN(DRAGLINE_WITH_BROTLI));
    STATIC_REQUIRE(DRAGLINE_IS_BOOLEAN(DRAGLINE_WITH_ZSTD));
    STATIC_REQUIRE(DRAGLINE_IS_BOOLEAN(DRAGLINE_WITH_IDN2));
    STATIC_REQUIRE(DRAGLINE_IS_BOOLEAN(DRAGLINE_WITH_PSL));
    STATIC_REQUIRE(DRAGLINE_IS_BOOLEAN(DRAGLINE_WITH_NGHTTP2));
    STATIC_REQUIRE(features::zlib == (DRAGLINE_WITH_ZLIB == 1));
    STATIC_REQUIRE(features::brotli == (DRAGLINE_WITH_BROTLI == 1));
    STATIC_REQUIRE(features::zstd == (DRAGLINE_WITH_ZSTD == 1));
    STATIC_REQUIRE(features::idn2 == (DRAGLINE_WITH_IDN2 == 1));
    STATIC_REQUIRE(features::psl == (DRAGLINE_WITH_PSL == 1));
    STATIC_REQUIRE(features::nghttp2 == (DRAGLINE_WITH_NGHTTP2 == 1));
}

TEST_CASE("bodies are in the library exactly when it is compiled separately", "[core][features]") {
#if defined(DRAGLINE_SEPARATE_COMPILATION)
    STATIC_REQUIRE(DRAGLINE_HEADER_BODIES == 0);
#else
    STATIC_REQUIRE(DRAGLINE_HEADER_BODIES == 1);
#endif
}

TEST_CASE("the version of the headers is the version of the project", "[core][features]") {
    STATIC_REQUIRE(DRAGLINE_VERSION_MAJOR == DRAGLINE_PROJECT_MAJOR);
    STATIC_REQUIRE(DRAGLINE_VERSION_MINOR == DRAGLINE_PROJECT_MINOR);
    STATIC_REQUIRE(DRAGLINE_VERSION_PATCH == DRAGLINE_PROJECT_PATCH);
}
